"""The synchronous Django app in a fixed pool of threads under an ASGI server.

A view never meets a slow client: its request is in before it starts (config.bodies), and its answer is a file or
a spool that is sent after its thread is free. Measured on two cores, eight threads serve an order of magnitude more
than Django's own ASGI handler, which gives each request a thread and a database connection.
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from tempfile import SpooledTemporaryFile
from typing import IO, Any, TypeVar

from config.bodies import MEMORY_BYTES, Body, Scope, Send

Headers = list[tuple[bytes, bytes]]
T = TypeVar("T")
WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

CHUNK_BYTES = 2**18


def nothing() -> None:
    """Close what is closed."""


@dataclass
class Answer:
    """A whole answer: its body is bytes, or a file to be sent in pieces. `close` ends the request inside the app."""

    status: int
    headers: Headers
    body: bytes | IO[bytes]
    close: Callable[[], None]


class FileWrapper:
    """What a view's FileResponse becomes (`wsgi.file_wrapper`, PEP 3333), so that the file is sent and not copied."""

    def __init__(self, file: IO[bytes], block_size: int = CHUNK_BYTES) -> None:
        self.file = file

    def __iter__(self) -> Iterable[bytes]:
        return iter(lambda: self.file.read(CHUNK_BYTES), b"")

    def close(self) -> None:
        """End the request; Django has put the response's own `close` here."""
        self.file.close()


class Pool:
    """A WSGI application in `threads` threads."""

    def __init__(self, application: WSGI, *, threads: int) -> None:
        self.application = application
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="app")
        # Files may lie on slow or remote storage: reading them is neither the loop's work nor the app's.
        self.readers = ThreadPoolExecutor(threads, thread_name_prefix="files")

    async def answer(
        self, scope: Scope, body: Body, extra: dict[str, object], before: Callable[[], None] = nothing
    ) -> Answer:
        """Run the app once for this request, after `before`; `extra` goes into its WSGI environment."""
        environ = {**environ_of(scope, body), **extra}
        return await asyncio.get_running_loop().run_in_executor(self.threads, _run, self.application, environ, before)

    async def do(self, work: Callable[[], T]) -> T:
        """Run something short in one of the app's threads."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, work)

    async def close(self, answer: Answer) -> None:
        """End the request inside the app, in one of the app's threads."""
        if answer.close is nothing:
            return
        await asyncio.get_running_loop().run_in_executor(self.threads, answer.close)

    async def send(self, answer: Answer, send: Send) -> None:
        """Send an answer to the client, however slow it is, and close it."""
        try:
            await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
            if isinstance(answer.body, bytes):
                await send({"type": "http.response.body", "body": answer.body})
                return
            loop = asyncio.get_running_loop()
            while chunk := await loop.run_in_executor(self.readers, answer.body.read, CHUNK_BYTES):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            await self.close(answer)

    def shut_down(self) -> None:
        """Take no more requests."""
        for executor in (self.threads, self.readers):
            executor.shutdown(wait=False, cancel_futures=True)


def _run(application: WSGI, environ: dict[str, Any], before: Callable[[], None]) -> Answer:
    """Run the app in this thread, after `before`, and take its answer whole."""
    before()
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        started.append((status, headers))

    result = application(environ, start_response)
    close: Callable[[], None] = getattr(result, "close", lambda: None)
    try:
        body: bytes | IO[bytes] = result.file if isinstance(result, FileWrapper) else _whole(result)
    except BaseException:
        close()
        raise
    status, headers = started[-1]
    return Answer(
        status=int(status.split(" ", 1)[0]),
        headers=[_header(name, value) for name, value in headers],
        body=body,
        close=close,
    )


@lru_cache(maxsize=256)
def _header(name: str, value: str) -> tuple[bytes, bytes]:
    """A header as ASGI has it. Most are alike, and thousands of held answers share them."""
    return name.lower().encode("latin-1"), value.encode("latin-1")


def _whole(chunks: Iterable[bytes]) -> bytes | IO[bytes]:
    """All chunks: as bytes when small, else in a file on disk."""
    spool: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115 - outlives this
    for chunk in chunks:
        spool.write(chunk)
    large = spool.tell() > MEMORY_BYTES
    spool.seek(0)
    if large:
        return spool
    with spool:
        return spool.read()


def environ_of(scope: Scope, body: Body) -> dict[str, Any]:
    """The WSGI environment (PEP 3333) of an ASGI request whose body is in.

    Headers whose name holds an underscore are dropped: in the environment they could not be told from the same
    name with a hyphen, which a proxy in front may have set.
    """
    server = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body.file if body.size else io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
    }
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").upper(), raw_value.decode("latin-1")
        if "_" in name:
            continue
        key = name.replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        if key in environ and key.startswith("HTTP_"):
            value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
        environ[key] = value
    # What came in chunks has a length by now.
    environ["CONTENT_LENGTH"] = str(body.size)
    return environ

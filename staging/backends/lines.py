"""Connections to one HTTP server that are kept and asked one thing at a time: HTTP/1.1 in as little work as it takes.

A render asks its engine five short questions while somebody waits. By httpx each takes one and a half milliseconds of
processor time before anything goes out, most of all where the caches are cold; the parser here (httptools, the one of
our own server) takes a tenth. No redirects, no proxies, no cookies, no compression: the server is the operator's own.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import secrets
import select
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import httptools

# More than any server's headers have.
_HEAD_BYTES = 2**18
# Read at once, and sent without waiting for what was sent before.
_PIECE_BYTES = 2**18
# What may wait to be read before the sender is made to wait.
_BUFFER_BYTES = 2**19


class LineError(Exception):
    """No whole answer came."""


class Unreachable(LineError):
    """There was no connection: nothing was sent."""


class TimedOut(LineError):
    """Nothing was heard for too long, when connecting or afterwards."""


class Broken(LineError):
    """The connection broke, or what came over it is no HTTP."""


class TooLarge(LineError):
    """The answer's body has more bytes than are taken."""


@dataclass(frozen=True)
class Answer:
    """Header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class _Question:
    """What is asked: `head` is its first line and its headers, `most` the bytes that an answer may have, `read` the
    seconds that a read may take."""

    head: bytes
    body: tuple[bytes, ...]
    most: int
    read: float


@dataclass(frozen=True)
class Times:
    """Seconds: for connecting, for one read or write, and for which an idle connection is kept.

    The last must be shorter than what the server keeps its own: it would close while we begin to speak.
    """

    connect: float
    io: float
    idle: float


class _Line:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.used = time.monotonic()

    def is_alive(self, idle: float) -> bool:
        """Whether it may be asked again: nothing is there to be read, not even its end."""
        if time.monotonic() - self.used > idle or self.writer.is_closing() or self.reader.at_eof():
            return False
        waiting = select.poll()
        waiting.register(self.writer.get_extra_info("socket").fileno(), select.POLLIN)
        return not waiting.poll(0)

    def close(self) -> None:
        self.writer.close()


class Lines:
    """Connections to the server at `url` (http or https, perhaps with a path that all questions begin with), for one
    event loop; as many as are asked at once. `headers` go with every question.
    """

    def __init__(self, url: str, headers: Mapping[str, str], times: Times, *, trusted: ssl.SSLContext) -> None:
        parts = urlsplit(url)
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port or (443 if self._secure else 80)
        self._trusted = trusted if self._secure else None
        self._prefix = parts.path.rstrip("/")
        self._times = times
        said = {"Host": parts.netloc.rpartition("@")[2], "Accept": "*/*", "Accept-Encoding": "identity", **headers}
        if parts.username is not None:
            login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            said.setdefault("Authorization", f"Basic {base64.b64encode(login.encode()).decode()}")
        self._head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
        self._idle: list[_Line] = []

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: tuple[bytes, ...] = (),
        kind: str = "",
        most: int,
        wait: float = 0.0,
    ) -> Answer:
        """The answer to one question; `body` comes in pieces of the media type `kind`.

        `wait`: seconds for which the server may say nothing, beyond what a read may take. Raises LineError; TooLarge
        for a body of more than `most` bytes.
        """
        head = f"{method} {self._prefix}{path} HTTP/1.1\r\n{self._head}"
        if body:
            head += f"Content-Type: {kind}\r\nContent-Length: {sum(map(len, body))}\r\n"
        question = _Question(f"{head}\r\n".encode("latin-1"), body, most, self._times.io + wait)
        line = self._kept() or await self._opened()
        try:
            answer, again = await self._asked(line, question)
        except BaseException:
            # Cancelled too: what is left of the answer must not be read as that of the next question.
            line.close()
            raise
        if again:
            line.used = time.monotonic()
            self._idle.append(line)
        else:
            line.close()
        return answer

    def close(self) -> None:
        """Close what is idle."""
        for line in self._idle:
            line.close()
        self._idle.clear()

    def _kept(self) -> _Line | None:
        """The connection that was used last, of those that stand."""
        while self._idle:
            line = self._idle.pop()
            if line.is_alive(self._times.idle):
                return line
            line.close()
        return None

    async def _opened(self) -> _Line:
        try:
            async with asyncio.timeout(self._times.connect):
                return _Line(
                    *await asyncio.open_connection(self._host, self._port, ssl=self._trusted, limit=_BUFFER_BYTES)
                )
        except TimeoutError as error:
            raise TimedOut("no connection in time") from error
        except (OSError, ValueError) as error:
            raise Unreachable(str(error)) from error

    async def _asked(self, line: _Line, question: _Question) -> tuple[Answer, bool]:
        """The answer, and whether the connection may be used again."""
        reading, sending = _Reading(question.most), None
        try:
            line.writer.write(question.head)
            if sum(map(len, question.body)) <= _PIECE_BYTES:
                line.writer.writelines(question.body)
            else:
                sending = asyncio.create_task(self._send(line, question.body))
            while not reading.whole:
                reading.take(await self._read(line, question.read, sending))
        except TimeoutError as error:
            raise TimedOut("no answer in time") from error
        except (OSError, httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            raise Broken(str(error)) from error
        finally:
            if sending is not None:
                sending.cancel()
        # Who answers before all was sent does not read the rest.
        again = reading.goes_on and (sending is None or sending.done())
        return Answer(reading.status, reading.headers, bytes(reading.body)), again

    async def _send(self, line: _Line, body: tuple[bytes, ...]) -> None:
        """Send what is large; each piece has its own time."""
        # Nobody may be there to read the rest; what he said first is what counts.
        with contextlib.suppress(ConnectionError):
            for part in body:
                for start in range(0, len(part), _PIECE_BYTES):
                    line.writer.write(part[start : start + _PIECE_BYTES])
                    async with asyncio.timeout(self._times.io):
                        await line.writer.drain()

    async def _read(self, line: _Line, seconds: float, sending: asyncio.Task[None] | None) -> bytes:
        """What comes next; its time begins when everything is sent."""
        if sending is None or sending.done():
            if sending is not None:
                sending.result()
            async with asyncio.timeout(seconds):
                return await line.reader.read(_PIECE_BYTES)
        # A server may refuse what it has not read to the end, and hang up: its answer is lost if it is read later.
        coming = asyncio.create_task(line.reader.read(_PIECE_BYTES))
        try:
            await asyncio.wait({coming, sending}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
            elif coming.done():
                return coming.result()
            async with asyncio.timeout(seconds):
                return await coming
        finally:
            coming.cancel()


class _Reading:
    """An answer as it comes in; its methods are called by the parser."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.parser = httptools.HttpResponseParser(self)
        self.status, self.whole, self.goes_on = 0, False, False
        self.headers: dict[str, str] = {}
        self.body = bytearray()
        self._head, self._in_body, self._too_large = 0, False, False

    def take(self, part: bytes) -> None:
        """Take what was read; empty at the end of the connection. Raises LineError, HttpParserError."""
        if not part:
            # Without a length, the end of the connection is the end of the body.
            if not self._in_body or {"content-length", "transfer-encoding"} & self.headers.keys():
                raise Broken("the connection ended before the answer did")
            self.whole = True
            return
        if not self._in_body:
            self._head += len(part)
            if self._head > _HEAD_BYTES:
                raise Broken("headers without an end")
        self.parser.feed_data(part)
        if self._too_large:
            raise TooLarge(f"more than {self.most} bytes")

    def on_message_begin(self) -> None:
        if self.whole:
            raise Broken("a second answer to one question")

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self.status, self._in_body, self._head = self.parser.get_status_code(), True, 0

    def on_body(self, part: bytes) -> None:
        self._too_large = self._too_large or len(self.body) + len(part) > self.most
        if not self._too_large:
            self.body += part

    def on_message_complete(self) -> None:
        if self.status < 200:
            # "Continue" and the like: the answer is yet to come.
            self.headers, self._in_body = {}, False
            return
        self.whole, self.goes_on = True, self.parser.should_keep_alive()


def multipart(parts: Mapping[str, tuple[str, bytes, str]]) -> tuple[tuple[bytes, ...], str]:
    """The pieces of a multipart/form-data body (RFC 7578), and its media type.

    `parts` are file name, bytes and media type by field name; all names are plain ASCII of our own.
    """
    boundary = secrets.token_hex(16)
    pieces: list[bytes] = []
    for name, (file, data, kind) in parts.items():
        named = f'Content-Disposition: form-data; name="{name}"; filename="{file}"'
        pieces += [f"--{boundary}\r\n{named}\r\nContent-Type: {kind}\r\n\r\n".encode("ascii"), data, b"\r\n"]
    pieces.append(f"--{boundary}--\r\n".encode("ascii"))
    return tuple(pieces), f"multipart/form-data; boundary={boundary}"

"""The one guarded door to addresses that users give.

`fetch` resolves a host once, judges every address that came back, and connects to the literal address it judged:
between the judgement and the connection no name is resolved again, so a name that changes its answer (DNS
rebinding) gains nothing. The name stays in the Host header, in SNI and in the certificate check. Redirects are
followed here, one by one, each through the same judgement. One deadline covers the whole, dripping servers included.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import email.utils
import functools
import os
import socket
import ssl
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpcore
import httpx

from staging.addresses import is_public

CHUNK = 64 * 1024
CONNECT_SECONDS = 5.0
USER_AGENT = "Openhouse photo fetcher"
# Services that listen below 1024 are not places where photos lie, and some of them obey whatever text they are sent.
_LOW_PORTS = frozenset({80, 443})

Resolve = Callable[[str, int], list[str]]


class FetchError(Exception):
    """The address could not be fetched; the message is a sentence for people."""


class Blocked(FetchError):
    """The address, or one it leads to, is none that we fetch from."""


class Unreachable(FetchError):
    """No answer, a broken one, or one that says no."""


class Refused(Unreachable):
    """An answer that says no. `retry_after`: seconds that the server asks to wait, where it says so."""

    def __init__(self, message: str, status: int, retry_after: float | None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


class TooLarge(FetchError):
    """More bytes than are taken."""


@dataclass(frozen=True)
class Fetched:
    """A body on disk; the caller deletes it with `discard`. `url` is the last one, after redirects."""

    path: Path
    content_type: str
    url: str

    def discard(self) -> None:
        """Delete the body."""
        self.path.unlink(missing_ok=True)


@dataclass(frozen=True)
class Answer:
    """What a server answered, whatever its status; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def retry_after(self) -> float | None:
        """Seconds that the server asks to wait (RFC 9110, 10.2.3), a date among them; None where it asks nothing."""
        return _retry_after(self.headers)


def _system_resolve(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


# getaddrinfo knows no time-out; the thread that asks may outlive the fetch that gave up on it.
_resolvers = concurrent.futures.ThreadPoolExecutor(max_workers=8, thread_name_prefix="resolve")


class _BoundedStream(httpcore.NetworkStream):
    """A connection on which no operation outlives the fetch's deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def _left(self, timeout: float | None) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the deadline has passed")
        return left if timeout is None else min(left, timeout)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._left(timeout))
        return _BoundedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _JudgingBackend(httpcore.SyncBackend):
    """Connects only to addresses that were judged, by their literal form."""

    def __init__(self, deadline: float, resolve: Resolve, judge: Callable[[str], bool]) -> None:
        self._deadline = deadline
        self._resolve = resolve
        self._judge = judge

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._addresses(host, port)
        # One bad address among good ones is how a name smuggles: all are refused.
        if not all(self._judge(address) for address in addresses):
            raise Blocked("This address leads to a private network, where we do not go.")
        failure: Exception | None = None
        for address in addresses[:3]:
            left = self._deadline - time.monotonic()
            if left <= 0:
                break
            try:
                stream = super().connect_tcp(
                    address, port, min(left, timeout or CONNECT_SECONDS), local_address, socket_options
                )
                return _BoundedStream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectTimeout("the deadline has passed")

    def _addresses(self, host: str, port: int) -> list[str]:
        left = max(0.0, self._deadline - time.monotonic())
        try:
            found = _resolvers.submit(self._resolve, host, port).result(timeout=left)
        except (concurrent.futures.TimeoutError, OSError, UnicodeError) as error:
            raise Unreachable("This address cannot be found.") from error
        if not found:
            raise Unreachable("This address cannot be found.")
        return list(dict.fromkeys(found))

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        raise Blocked("This address is not on the web.")


class _GuardedTransport(httpx.HTTPTransport):
    """httpx over `_JudgingBackend`; no proxies, nothing from the environment, no connection kept."""

    def __init__(self, backend: httpcore.NetworkBackend, certificates: ssl.SSLContext) -> None:
        super().__init__(verify=certificates, trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=certificates,
            max_connections=1,
            max_keepalive_connections=0,
            http1=True,
            http2=False,
            network_backend=backend,
        )


def _parsed(url: str) -> httpx.URL:
    """`url` when it is one that we fetch; raises Blocked."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError, ValueError):
        raise Blocked("This is not a web address.") from None
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise Blocked("Only addresses that start with http:// or https:// are called.")
    if parsed.userinfo:
        raise Blocked("An address with a user name in it is not called.")
    if parsed.port is not None and parsed.port < 1024 and parsed.port not in _LOW_PORTS:
        raise Blocked(f"Port {parsed.port} is not one that we connect to.")
    return parsed


def fetch(
    url: str,
    *,
    max_bytes: int,
    timeout: float,
    max_redirects: int,
    allow_private: bool = False,
    folder: Path | None = None,
    resolve: Resolve = _system_resolve,
    certificates: ssl.SSLContext | None = None,
) -> Fetched:
    """GET `url` into a file in `folder` (the system's own by default), within `timeout` seconds in all.

    `allow_private` is for tests that serve from loopback; `resolve` and `certificates` are where they stand in.
    Raises Blocked, Unreachable or TooLarge.
    """
    headers = {"Accept": "image/*,*/*;q=0.5", "Accept-Encoding": "identity", "User-Agent": USER_AGENT}
    with _in_words(), _client(timeout, allow_private, resolve, certificates) as client:
        client.headers.update(headers)
        here = _parsed(url)
        for _ in range(max_redirects + 1):
            with client.stream("GET", here) as response:
                if not response.is_redirect:
                    return _body(response, max_bytes, folder)
                here = _next(response)
    raise Unreachable(f"This address redirects more than {max_redirects} times.")


def post(
    url: str,
    body: bytes,
    *,
    headers: Mapping[str, str],
    timeout: float,
    allow_private: bool = False,
    resolve: Resolve = _system_resolve,
    certificates: ssl.SSLContext | None = None,
) -> int:
    """POST `body` to `url` within `timeout` seconds in all; the status of the answer, whose body is not read.

    Redirects are not followed: their status is the answer. Raises Blocked or Unreachable.
    """
    with (
        _in_words(),
        _client(timeout, allow_private, resolve, certificates) as client,
        client.stream("POST", _parsed(url), content=body, headers=dict(headers)) as response,
    ):
        return response.status_code


def call(
    url: str,
    *,
    headers: Mapping[str, str],
    max_bytes: int,
    timeout: float,
    form: Mapping[str, str] | None = None,
    allow_private: bool = False,
    resolve: Resolve = _system_resolve,
    certificates: ssl.SSLContext | None = None,
) -> Answer:
    """GET `url`, or POST `form` to it, within `timeout` seconds in all; the answer with its body in memory.

    Redirects are not followed, so that no other host gets the headers: their status is the answer.
    Raises Blocked, Unreachable or TooLarge.
    """
    method = "GET" if form is None else "POST"
    sent = {"Accept-Encoding": "identity", "User-Agent": USER_AGENT, **headers}
    with (
        _in_words(),
        _client(timeout, allow_private, resolve, certificates) as client,
        client.stream(method, _parsed(url), data=form, headers=sent) as response,
    ):
        _require_identity(response)
        body = bytearray()
        for part in response.iter_raw(CHUNK):
            body += part
            if len(body) > max_bytes:
                raise TooLarge(_too_large(max_bytes))
        return Answer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, bytes(body))


def require_address(url: str) -> None:
    """Raise Blocked when `url` is none that we would connect to, as far as its text tells."""
    _parsed(url)


@functools.cache
def _trusted() -> ssl.SSLContext:
    """The usual authorities, read once: that takes longer than many a fetch."""
    return httpx.create_ssl_context(trust_env=False)


def _client(timeout: float, allow_private: bool, resolve: Resolve, certificates: ssl.SSLContext | None) -> httpx.Client:
    """A client that connects only to addresses that were judged, and whose deadline begins now."""
    backend = _JudgingBackend(time.monotonic() + timeout, resolve, (lambda _: True) if allow_private else is_public)
    return httpx.Client(
        transport=_GuardedTransport(backend, certificates or _trusted()),
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(timeout, connect=CONNECT_SECONDS),
    )


@contextlib.contextmanager
def _in_words() -> Iterator[None]:
    """The errors of httpx and of TLS, as ours."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise Unreachable("This address takes too long to answer.") from error
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, ssl.SSLError) as error:
        raise Unreachable("This address does not answer as a web server should.") from error


def _next(response: httpx.Response) -> httpx.URL:
    try:
        target = response.url.join(response.headers["location"])
    except (httpx.InvalidURL, UnicodeError, ValueError, KeyError):
        raise Unreachable("This address redirects to nowhere.") from None
    return _parsed(str(target))


def _body(response: httpx.Response, max_bytes: int, folder: Path | None) -> Fetched:
    """Stream the body to disk, no further than `max_bytes`."""
    if response.status_code != httpx.codes.OK:
        said = f"This address answers with status {response.status_code} instead of a photo."
        raise Refused(said, response.status_code, _retry_after(response.headers))
    _require_identity(response)
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > max_bytes:
        raise TooLarge(_too_large(max_bytes))
    handle, name = tempfile.mkstemp(prefix="fetched-", dir=folder)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            size = 0
            for part in response.iter_raw(CHUNK):
                size += len(part)
                if size > max_bytes:
                    raise TooLarge(_too_large(max_bytes))
                file.write(part)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Fetched(path, response.headers.get("content-type", ""), str(response.url))


def _require_identity(response: httpx.Response) -> None:
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        # Decompressing would let a small body become a large one.
        raise Unreachable("This address answers in an encoding that we did not ask for.")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit() and len(said) < 9:
        return float(said)
    try:
        moment = email.utils.parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return None
    return max(0.0, moment.timestamp() - time.time())


def _too_large(max_bytes: int) -> str:
    return f"The file at this address is larger than {max_bytes // 2**20} MB."

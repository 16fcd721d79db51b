"""Our own side of HTTP: what servers may say and how they may break off, over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ipaddress
import socket
import ssl
import threading
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from staging.backends import lines, trust
from staging.backends.lines import Answer, Lines, Times
from tests.staging.stand_in_http import parts

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
TIMES = Times(connect=2.0, io=2.0, idle=3.0)


class Server:
    """Says what it is told to: to each connection, one text after each request that has come to its end."""

    def __init__(self, *connections: list[bytes], linger: float = 0.0, secure: ssl.SSLContext | None = None) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.connections, self.linger, self.secure = list(connections), linger, secure
        self.requests: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http{'s' if self.secure else ''}://127.0.0.1:{self.port}"

    def _serve(self) -> None:
        for texts in self.connections:
            line, _ = self.socket.accept()
            with contextlib.suppress(OSError):
                self._speak(self.secure.wrap_socket(line, server_side=True) if self.secure else line, texts)

    def _speak(self, line: socket.socket, texts: list[bytes]) -> None:
        with line:
            for text in texts:
                self.requests.append(_request(line))
                line.sendall(text)
            time.sleep(self.linger)


def _request(line: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        got += line.recv(65536)
    head, _, body = got.partition(b"\r\n\r\n")
    length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0] or 0)
    while len(body) < length:
        body += line.recv(65536)
    return head + b"\r\n\r\n" + body


def ask(
    url: str, *questions: tuple[str, str], times: Times = TIMES, most: int = 1000, pause: float = 0.0
) -> list[Answer]:
    """The answers to questions that are asked one after the other."""

    async def asked() -> list[Answer]:
        told = []
        with contextlib.closing(Lines(url, {"X-Mine": "yes"}, times, trusted=trust.context())) as open_lines:
            for method, path in questions:
                told.append(await open_lines.ask(method, path, most=most))
                await asyncio.sleep(pause)
        return told

    return asyncio.run(asked())


@pytest.mark.parametrize(
    "text",
    [
        OK,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\nTrailer: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello",
        b"HTTP/1.0 200 OK\r\n\r\nhello",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nX-A: b\r\n\r\n" + OK,
    ],
    ids=["length", "chunks", "until the end", "of the first version", "after others"],
)
def test_an_answer_comes_in_whole_however_its_length_is_told(text: bytes) -> None:
    server = Server([text])
    (answer,) = ask(f"{server.url}/under/", ("GET", "/a?b=c"))
    assert (answer.status, answer.body) == (200, b"hello")
    head = server.requests[0].decode()
    assert head.startswith("GET /under/a?b=c HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{server.port}\r\n" in head
    assert "X-Mine: yes\r\n" in head


def test_a_status_without_a_body_and_headers_in_any_case() -> None:
    (answer,) = ask(Server([b"HTTP/1.1 204 No Content\r\nRETRY-After: 7\r\n\r\n"]).url, ("DELETE", "/a"))
    assert (answer.status, answer.headers["retry-after"], answer.body) == (204, "7", b"")


def test_one_connection_serves_questions_that_come_one_after_the_other() -> None:
    server = Server([OK, OK, OK])
    assert len(ask(server.url, ("GET", "/1"), ("GET", "/2"), ("GET", "/3"))) == 3


@pytest.mark.parametrize(
    ("first", "idle"),
    [(OK, 3.0), (OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), 3.0), (OK, 0.0)],
    ids=["the server hung up", "the server said that it would", "idle for too long"],
)
def test_a_connection_that_is_over_is_not_asked_again(first: bytes, idle: float) -> None:
    server = Server([first], [OK])
    times = Times(connect=2.0, io=2.0, idle=idle)
    assert [answer.body for answer in ask(server.url, ("GET", "/1"), ("PUT", "/2"), times=times, pause=0.1)] == [
        b"hello",
        b"hello",
    ]


def test_a_connection_that_was_left_in_the_middle_is_not_asked_again() -> None:
    server = Server([b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"], [OK], linger=0.5)

    async def asked() -> Answer:
        with contextlib.closing(Lines(server.url, {}, TIMES, trusted=trust.context())) as open_lines:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.2):
                    await open_lines.ask("GET", "/1", most=100)
            return await open_lines.ask("GET", "/2", most=100)

    assert asyncio.run(asked()).body == b"hello"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (b"", lines.Broken),
        (b"SSH-2.0-OpenSSH_9.2\r\n", lines.Broken),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", lines.Broken),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", lines.Broken),
        (b"HTTP/1.1 200 OK\r\nContent-Le", lines.Broken),
        (OK + OK, lines.Broken),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: tea\r\nConnection: upgrade\r\n\r\n", lines.Broken),
        (b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 100_000, lines.Broken),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + b"a" * 1001, lines.TooLarge),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"a" * 5000, lines.TooLarge),
    ],
    ids=[
        "nothing",
        "no HTTP",
        "short",
        "no last chunk",
        "half a head",
        "two answers",
        "another protocol",
        "headers for ever",
        "too long",
        "longer",
    ],
)
def test_what_is_no_whole_answer_is_none(text: bytes, error: type[lines.LineError]) -> None:
    with pytest.raises(error):
        ask(Server([text]).url, ("GET", "/a"))


def test_a_server_that_says_nothing_is_waited_for_as_long_as_was_said() -> None:
    times = Times(connect=2.0, io=0.2, idle=3.0)
    with pytest.raises(lines.TimedOut):
        ask(Server([b"HTTP/1.1 200 OK\r\n"], linger=5.0).url, ("GET", "/a"), times=times)

    slow = Server([b""], linger=5.0)

    async def asked() -> Answer:
        with contextlib.closing(Lines(slow.url, {}, times, trusted=trust.context())) as open_lines:
            return await open_lines.ask("GET", "/a", most=100, wait=0.5)

    began = time.monotonic()
    with pytest.raises(lines.TimedOut):
        asyncio.run(asked())
    assert 0.7 <= time.monotonic() - began < 2.0


def test_nobody_is_there() -> None:
    with pytest.raises(lines.Unreachable):
        ask("http://127.0.0.1:9", ("GET", "/a"))
    with pytest.raises(lines.Unreachable):
        ask("http://no-such-host.invalid", ("GET", "/a"))


def test_a_refusal_is_heard_although_not_all_was_sent() -> None:
    """A server may answer 413 and hang up while a photo is still on its way."""
    listening = socket.create_server(("127.0.0.1", 0))

    def refuse() -> None:
        line, _ = listening.accept()
        line.recv(1000)
        line.sendall(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        line.shutdown(socket.SHUT_WR)
        time.sleep(0.5)
        line.close()

    threading.Thread(target=refuse, daemon=True).start()

    async def asked() -> Answer:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with contextlib.closing(Lines(url, {}, TIMES, trusted=trust.context())) as open_lines:
            return await open_lines.ask("PUT", "/a", body=(b"a" * 20_000_000,), kind="image/png", most=100)

    assert asyncio.run(asked()).status == 413


def test_a_form_arrives_as_it_was_sent() -> None:
    server = Server([OK])
    photo = b"\x89PNG\r\n--not the end--\r\n" * 1000
    body, kind = lines.multipart(
        {"job": ("job.json", b"{}", "application/json"), "photo": ("p.png", photo, "image/png")}
    )

    async def asked() -> None:
        with contextlib.closing(Lines(server.url, {}, TIMES, trusted=trust.context())) as open_lines:
            await open_lines.ask("PUT", "/a", body=body, kind=kind, most=100)

    asyncio.run(asked())
    sent = server.requests[0].partition(b"\r\n\r\n")[2]
    assert parts(kind, sent) == {"job": b"{}", "photo": photo}


def test_an_address_may_hold_a_name_and_a_password() -> None:
    server = Server([OK])
    ask(server.url.replace("://", "://us%40er:pass@"), ("GET", "/a"))
    assert b"Authorization: Basic dXNAZXI6cGFzcw==\r\n" in server.requests[0]
    assert f"Host: 127.0.0.1:{server.port}\r\n".encode() in server.requests[0]


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's certificate for 127.0.0.1 that signs itself, and its file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context, file


def test_a_certificate_must_be_one_that_is_trusted(certificate: tuple[ssl.SSLContext, Path]) -> None:
    secure, file = certificate
    with pytest.raises(lines.Unreachable, match="certificate verify failed"):
        ask(Server([OK], secure=secure).url, ("GET", "/a"))

    server, trusted = Server([OK, OK], secure=secure), ssl.create_default_context(cafile=str(file))

    async def asked() -> list[bytes]:
        with contextlib.closing(Lines(server.url, {}, TIMES, trusted=trusted)) as open_lines:
            return [(await open_lines.ask("GET", path, most=100)).body for path in ("/1", "/2")]

    assert asyncio.run(asked()) == [b"hello", b"hello"]

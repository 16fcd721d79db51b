"""The guarded door: what it fetches and what it refuses. Every server here is a real one on loopback."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from staging import network
from staging.network import Blocked, Fetched, FetchError, TooLarge, Unreachable, is_public

LOOPBACK = "127.0.0.1"


class Handler(BaseHTTPRequestHandler):
    """A web server with bad manners."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.seen.append((self.headers["Host"], self.path))  # type: ignore[attr-defined]
        getattr(self, "_" + self.path.strip("/").split("/")[0].split("?")[0], self._photo)()

    def _photo(self) -> None:
        self._say(200, b"PHOTO", {"Content-Type": "image/jpeg"})

    def _gone(self) -> None:
        self._say(410, b"gone")

    def _to(self) -> None:
        self._say(302, b"", {"Location": self.path.split("/", 2)[2]})

    def _loop(self) -> None:
        self._say(302, b"", {"Location": "/loop"})

    def _nowhere(self) -> None:
        self._say(302, b"", {"Location": "http://["})

    def _packed(self) -> None:
        self._say(200, b"x", {"Content-Encoding": "gzip"})

    def _declared(self) -> None:
        self._say(200, b"", {"Content-Length": "99999999"})

    def _endless(self) -> None:
        self._stream(b"x" * 65536, 0)

    def _drip(self) -> None:
        self._stream(b"x", 0.1)

    def _drip_headers(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        self._pour(b"X-Drip: 1\r\n", 0.1)

    def _silent(self) -> None:
        time.sleep(3)

    def _noise(self) -> None:
        self.wfile.write(b"220 mail.example.com ESMTP\r\n")
        self.close_connection = True

    def _say(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, part: bytes, pause: float) -> None:
        self.send_response(200)
        self.end_headers()
        self._pour(part, pause)

    def _pour(self, part: bytes, pause: float) -> None:
        self.close_connection = True
        try:
            for _ in range(2000):
                self.wfile.write(part)
                time.sleep(pause)
        except OSError:
            return

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Remembers the Host and path of each request."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((LOOPBACK, 0), Handler)
        self.seen: list[tuple[str, str]] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the test."""


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def loopback_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the test server's address pass, and no other private one."""
    real = network.is_public
    monkeypatch.setattr(network, "is_public", lambda address: address == LOOPBACK or real(address))


Fetch = Callable[..., Fetched]


@pytest.fixture
def fetch(tmp_path: Path) -> Iterator[Fetch]:
    def fetch(url: str, **options: Any) -> Fetched:
        limits: dict[str, Any] = {"max_bytes": 1_000_000, "timeout": 5, "max_redirects": 3, "folder": tmp_path}
        return network.fetch(url, **{**limits, **options})

    yield fetch
    assert [path for path in tmp_path.iterdir() if path.name.startswith("fetched-") and path.stat().st_size > 5] == []


def at(*addresses: str) -> Callable[[str, int], list[str]]:
    """A resolver that answers these for every name, and a literal address with itself."""

    def resolve(host: str, port: int) -> list[str]:
        return [host] if host.replace(".", "").isdigit() or ":" in host else list(addresses)

    return resolve


# --- judging addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.9.9.9", "169.254.169.254",
        "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.7",
        "203.0.113.9", "192.88.99.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:c0a8:101::1",
        "2001:0:7f00:1::", "2001:db8::1", "100::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1",
        "ff02::1", "ff0e::1",
    ],
)  # fmt: skip
def test_no_place_for_strangers(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_places_on_the_web(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::1]:{port}/", "http://[::ffff:127.0.0.1]:{port}/",
        "http://2130706433:{port}/", "http://0x7f000001:{port}/", "http://0x7f.1:{port}/", "http://0177.0.0.1:{port}/",
        "http://127.1:{port}/", "http://0:{port}/", "http://0.0.0.0:{port}/", "http://[::]:{port}/",
        "http://[64:ff9b::7f00:1]:{port}/", "http://[2002:7f00:1::]:{port}/", "http://①②⑦.⓪.⓪.①:{port}/",
        "http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://100.64.0.1/", "http://10.0.0.1:8080/",
        "http://192.168.0.1/", "http://172.16.0.1/", "http://224.0.0.1/", "http://[fe80::1%25eth0]/", "http://[fe80::1]/",
        "http://user:password@example.com/", "http://example.com:22/", "http://example.com:25/", "https://example.com:445/",
        "file:///etc/passwd", "ftp://example.com/a.jpg", "gopher://example.com/", "unix:///var/run/docker.sock",
        "data:text/plain,hello", "//example.com/a.jpg", "a.jpg", "http://", "http:///a.jpg", "", "http://[",
        "http://a b/",
    ],
)  # fmt: skip
def test_hostile_addresses_are_refused_and_nothing_is_asked(url: str, server: Server, fetch: Fetch) -> None:
    with pytest.raises(FetchError) as refused:
        fetch(url.format(port=server.server_port), timeout=2)
    assert isinstance(refused.value, Blocked | Unreachable)
    assert str(refused.value)[0].isupper()
    assert server.seen == []


# --- names ------------------------------------------------------------------------------------------------


def test_the_name_is_kept_in_the_host_header(server: Server, fetch: Fetch, loopback_is_public: None) -> None:
    fetched = fetch(f"http://photos.test:{server.server_port}/a.jpg", resolve=at(LOOPBACK))
    assert fetched.path.read_bytes() == b"PHOTO"
    assert fetched.content_type == "image/jpeg"
    assert server.seen == [(f"photos.test:{server.server_port}", "/a.jpg")]
    fetched.discard()
    assert not fetched.path.exists()


def test_one_private_address_among_public_ones_is_enough(server: Server, fetch: Fetch) -> None:
    with pytest.raises(Blocked):
        fetch(f"http://mixed.test:{server.server_port}/", resolve=at("93.184.216.34", LOOPBACK))
    assert server.seen == []


def test_a_name_is_resolved_once(server: Server, fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: public when it is judged, loopback a moment later."""
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34"] if len(asked) == 1 else [LOOPBACK]

    connected: list[str] = []

    def connect(address: tuple[str, int], *args: Any, **kwargs: Any) -> socket.socket:
        connected.append(address[0])
        raise OSError("no way out of this test")

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Unreachable):
        fetch(f"http://rebind.test:{server.server_port}/", resolve=rebinding)
    assert (asked, connected) == (["rebind.test"], ["93.184.216.34"])


def test_a_name_that_is_not_there(fetch: Fetch) -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(Unreachable, match="cannot be found"):
        fetch("http://nowhere.test/", resolve=unknown)


def test_a_resolver_that_hangs_is_given_up(fetch: Fetch) -> None:
    with pytest.raises(Unreachable):
        fetch("http://slow.test/", resolve=lambda host, port: time.sleep(2) or [], timeout=0.3)


# --- redirects --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://[::1]/", "file:///etc/passwd"],
)
def test_a_redirect_to_a_private_place_is_refused(
    target: str, server: Server, fetch: Fetch, loopback_is_public: None
) -> None:
    with pytest.raises(Blocked):
        fetch(f"http://ok.test:{server.server_port}/to/{target}", resolve=at(LOOPBACK))
    assert len(server.seen) == 1


def test_redirects_are_followed_so_far_and_no_further(server: Server, fetch: Fetch, loopback_is_public: None) -> None:
    here = f"http://ok.test:{server.server_port}"
    fetched = fetch(f"{here}/to//a.jpg", resolve=at(LOOPBACK))
    assert fetched.url == f"{here}/a.jpg"
    fetched.discard()
    with pytest.raises(Unreachable, match="more than 3 times"):
        fetch(f"{here}/loop", resolve=at(LOOPBACK))
    with pytest.raises(FetchError):
        fetch(f"{here}/nowhere", resolve=at(LOOPBACK))


# --- limits -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["endless", "declared"])
def test_a_large_body_is_refused(path: str, server: Server, fetch: Fetch, loopback_is_public: None) -> None:
    with pytest.raises(TooLarge):
        fetch(f"http://ok.test:{server.server_port}/{path}", resolve=at(LOOPBACK))


@pytest.mark.parametrize("path", ["drip", "drip_headers", "silent"])
def test_one_deadline_covers_all(path: str, server: Server, fetch: Fetch, loopback_is_public: None) -> None:
    began = time.monotonic()
    with pytest.raises(Unreachable, match="too long"):
        fetch(f"http://ok.test:{server.server_port}/{path}", resolve=at(LOOPBACK), timeout=0.7)
    assert time.monotonic() - began < 2.5


@pytest.mark.parametrize("path", ["gone", "packed", "noise"])
def test_answers_that_are_no_photo(path: str, server: Server, fetch: Fetch, loopback_is_public: None) -> None:
    with pytest.raises(Unreachable):
        fetch(f"http://ok.test:{server.server_port}/{path}", resolve=at(LOOPBACK))


def test_nobody_listens(fetch: Fetch, loopback_is_public: None) -> None:
    with pytest.raises(Unreachable):
        fetch("http://ok.test:9999/", resolve=at(LOOPBACK))


def test_proxies_of_the_environment_are_not_used(
    server: Server, fetch: Fetch, loopback_is_public: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    fetch(f"http://ok.test:{server.server_port}/a.jpg", resolve=at(LOOPBACK)).discard()


# --- certificates -----------------------------------------------------------------------------------------


@pytest.fixture
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, ssl.SSLContext]]:
    """A server with a certificate for secure.test, and a client's trust in it."""
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=secure.test"
    command += f" -addext subjectAltName=DNS:secure.test -keyout {key} -out {certificate}"
    made = subprocess.run(command.split(), capture_output=True, check=False)
    assert made.returncode == 0, made.stderr
    server, context = Server(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server, ssl.create_default_context(cafile=str(certificate))
    server.shutdown()
    server.server_close()


def test_the_certificate_is_checked_against_the_name(
    secure: tuple[Server, ssl.SSLContext], fetch: Fetch, loopback_is_public: None
) -> None:
    server, trust = secure
    port = server.server_port
    fetch(f"https://secure.test:{port}/a.jpg", resolve=at(LOOPBACK), certificates=trust).discard()
    for name, certificates in (("other.test", trust), ("secure.test", None)):
        with pytest.raises(Unreachable):
            fetch(f"https://{name}:{port}/a.jpg", resolve=at(LOOPBACK), certificates=certificates)
    assert len(server.seen) == 1

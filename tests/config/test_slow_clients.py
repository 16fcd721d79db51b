"""Slow clients, slow servers and large bodies: none of them takes a thread that others need."""

from __future__ import annotations

import contextlib
import io
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from PIL import Image

from billing import keys
from billing.models import Account
from staging import files
from staging.models import Photo
from tests import serving
from tests.serving import Web
from tests.staging.api.renders.conftest import BRIEF, picture

pytestmark = pytest.mark.django_db(transaction=True)

# More than the app has threads (config.asgi.APP_THREADS).
MANY = 12


@pytest.fixture
def headers(account: Account) -> dict[str, str]:
    """The headers of a caller with a key of `account`."""
    return {"Authorization": f"Api-Key {keys.create(account, 'slow')[1]}"}


def require_quick_ping(web: Web, headers: dict[str, str]) -> None:
    """The process answers others at once."""
    started = time.monotonic()
    assert serving.get(f"{web.url}/v1/ping", headers=headers).status_code == 200
    assert time.monotonic() - started < 4.0


@contextlib.contextmanager
def silent_server() -> Iterator[str]:
    """A server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/room.jpg"


def test_uploads_that_never_end_take_no_thread(web: Web, headers: dict[str, str]) -> None:
    head = "POST /v1/render/create HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: image/jpeg\r\n"
    with contextlib.ExitStack() as open_sockets:
        for _ in range(MANY):
            link = open_sockets.enter_context(socket.create_connection(("127.0.0.1", web.port)))
            link.sendall(f"{head}Content-Length: 90000\r\n\r\n".encode() + b"\xff\xd8" * 100)
        require_quick_ping(web, headers)


def test_addresses_that_never_answer_take_no_thread(web: Web, headers: dict[str, str]) -> None:
    with silent_server() as url, contextlib.ExitStack() as open_sockets:
        for _ in range(MANY):
            link = open_sockets.enter_context(socket.create_connection(("127.0.0.1", web.port)))
            key = headers["Authorization"]
            link.sendall(
                f"POST /v1/render/create?image_url={url} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                f"Authorization: {key}\r\nContent-Length: 0\r\n\r\n".encode()
            )
        time.sleep(0.5)
        require_quick_ping(web, headers)


def large_photo(web: Web, headers: dict[str, str]) -> Photo:
    """A photo of noise, whose PNG has more than a megabyte, sent to the web process."""
    file = io.BytesIO()
    Image.effect_noise((1000, 800), 80).convert("RGB").save(file, "JPEG", quality=40)
    answer = serving.post(
        f"{web.url}/v1/render/create",
        params={**BRIEF, "wait_for_completion": "false"},
        files={"file": file.getvalue()},
        headers=headers,
    )
    assert answer.status_code == 200, answer.text
    return Photo.objects.get()


def test_downloads_that_are_never_read_take_no_thread(web: Web, headers: dict[str, str]) -> None:
    path = files.photo_url(large_photo(web, headers))
    assert len(serving.get(web.url + path).content) > 1_000_000
    with contextlib.ExitStack() as open_sockets:
        for _ in range(MANY):
            link = socket.socket()
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            open_sockets.enter_context(link)
            link.connect(("127.0.0.1", web.port))
            for _ in range(4):
                link.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        time.sleep(0.5)
        require_quick_ping(web, headers)


def test_who_sends_too_much_is_told_by_whom_it_concerns(web: Web, headers: dict[str, str]) -> None:
    url, large = f"{web.url}/v1/render/create", b"\xff" * 500_000
    typed = {"Content-Type": "image/jpeg"}
    assert serving.post(url, content=large, headers=typed).json()["code"] == "invalid_api_key"
    for body in (large, iter([large[:250_000], large[250_000:]])):
        answer = serving.post(url, params=BRIEF, content=body, headers={**headers, **typed})
        assert (answer.status_code, answer.json()["code"]) == (413, "image_too_large")
    page = serving.post(f"{web.url}/accounts/login/", content=large)
    assert (page.status_code, page.headers["content-type"]) == (413, "text/html; charset=utf-8")
    assert "up to 50 MB" in page.text
    assert not Photo.objects.exists()


def test_an_address_is_fetched_and_its_redirects_followed(web: Web, headers: dict[str, str]) -> None:
    with photo_server() as url:
        answer = serving.post(
            f"{web.url}/v1/render/create",
            json={"image_url": f"{url}/moved", **BRIEF, "wait_for_completion": False},
            headers=headers,
        )
    assert list(answer.json()) == ["render_id"]
    assert Photo.objects.get().format == "JPEG"


@contextlib.contextmanager
def photo_server() -> Iterator[str]:
    """A server with a photo at /room.jpg, to which /moved leads."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            moved = self.path == "/moved"
            body = b"" if moved else picture()
            self.send_response(302 if moved else 200)
            self.send_header("Location" if moved else "Content-Type", "/room.jpg" if moved else "image/jpeg")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()

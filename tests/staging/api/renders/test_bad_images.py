"""Images that cannot be taken: each with its documented error, nothing made and nothing charged."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from billing import ledger
from billing.models import Account
from staging.models import Photo, Render
from tests.staging.api.renders.conftest import BRIEF, Caller, picture, uploaded


@pytest.fixture
def refused(said: Callable[..., None], account: Account) -> Callable[..., None]:
    """Asserts 400 `invalid_image`, and that nothing came of it."""

    def check(answer: Any) -> None:
        said(answer, 400, "invalid_image")
        assert answer.json()["error"] == "Invalid image"
        assert answer["X-Error-Detail"]
        assert not Photo.objects.exists()
        assert not Render.objects.exists()
        assert ledger.balance(account) == 10

    return check


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises a large picture."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 10_000)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def test_no_image_at_all(caller: Caller, refused: Callable[..., None]) -> None:
    refused(caller.create(file=None))
    refused(caller.post("/v1/render/create", BRIEF))
    refused(caller.post("/v1/render/create", {**BRIEF, "image_url": 5}))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"This is no picture. " * 100, id="text as JPEG"),
        pytest.param(b"", id="empty"),
        pytest.param(picture()[:2000], id="truncated JPEG"),
        pytest.param(picture(format="PNG")[:-400], id="truncated PNG"),
        pytest.param(picture(format="GIF"), id="a format that is not taken"),
        pytest.param(picture(255, 400), id="too small"),
        pytest.param(png_that_claims(30_000, 30_000), id="decompression bomb"),
        pytest.param(png_that_claims(9_000, 9_001), id="81 megapixels"),
    ],
)
def test_a_file_that_is_no_usable_photo(data: bytes, caller: Caller, refused: Callable[..., None]) -> None:
    refused(caller.create(file=uploaded(data)))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/room.jpg",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/room.jpg",
        "http://10.0.0.8/room.jpg",
        "file:///etc/passwd",
        "ftp://example.com/room.jpg",
        "data:image/jpeg;base64,AAAA",
        "data:image/jpeg;base64",
        "not an address",
    ],
)
def test_an_address_that_is_not_fetched(url: str, caller: Caller, refused: Callable[..., None]) -> None:
    refused(caller.create(file=None, image_url=url))


def test_the_image_is_judged_before_other_arguments(caller: Caller, refused: Callable[..., None]) -> None:
    refused(caller.create(file=uploaded(b"text"), style="gothic", resolution="8k"))


def test_an_image_of_too_many_bytes_is_413(
    caller: Caller, settings: Any, said: Callable[..., None], account: Account
) -> None:
    settings.PHOTO_MAX_BYTES = 1000
    said(caller.create(file=uploaded(picture() + b"\0" * 1000)), 413, "image_too_large")
    settings.BODY_MAX_BYTES = 500
    said(caller.create(), 413, "image_too_large")
    assert not Photo.objects.exists()
    assert ledger.balance(account) == 10


def test_a_body_that_is_broken_json_is_refused(caller: Caller, said: Callable[..., None]) -> None:
    def send(body: str) -> Any:
        return caller.client.post("/v1/render/create", body, content_type="application/json", headers=caller.headers)

    said(send('{"image_url": '), 400, "invalid_request")
    said(send("[1, 2]"), 400, "invalid_request", "must be an object")
    said(send("[" * 100_000), 400, "invalid_request")

"""A caller of the Render API, and photos for it to send."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from PIL import Image

BRIEF = {"room_type": "living", "style": "modern"}


def picture(width: int = 320, height: int = 256, *, format: str = "JPEG", shade: int = 120) -> bytes:
    """A small photo-like picture; another `shade` is another photo."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    image.paste((shade, 90, 60), (0, height * 2 // 3, width, height))
    file = io.BytesIO()
    image.save(file, format)
    return file.getvalue()


def uploaded(data: bytes | None = None, name: str = "room.jpg") -> SimpleUploadedFile:
    """The file part of a form."""
    return SimpleUploadedFile(name, picture() if data is None else data, "image/jpeg")


class Caller:
    """Calls the API with one key, as a partner does."""

    def __init__(self, key: str) -> None:
        self.client = Client(raise_request_exception=True)
        self.headers = {"Authorization": f"Api-Key {key}"} if key else {}

    def get(self, path: str, **query: str) -> HttpResponse:
        """GET with a query string."""
        return self.client.get(path, query, headers=self.headers)

    def post(self, path: str, body: dict[str, Any] | None = None, **query: str) -> HttpResponse:
        """POST of a JSON body."""
        return self.client.post(
            path, json.dumps(body or {}), content_type="application/json", headers=self.headers, query_params=query
        )

    def form(self, path: str, fields: dict[str, Any], **query: str) -> HttpResponse:
        """POST of a multipart form."""
        return self.client.post(path, fields, headers=self.headers, query_params=query)

    def create(self, **arguments: Any) -> HttpResponse:
        """Ask for a living room of a small photo, without waiting, unless told otherwise."""
        fields = {"file": uploaded(), **BRIEF, "wait_for_completion": "false", **arguments}
        return self.form("/v1/render/create", {name: value for name, value in fields.items() if value is not None})


@pytest.fixture
def caller(api_key: str) -> Caller:
    """A caller with a key of `account`."""
    return Caller(api_key)


@pytest.fixture
def nobody() -> Caller:
    """A caller without a key."""
    return Caller("")


@pytest.fixture
def said() -> Callable[..., None]:
    """Asserts an error answer: its status, code, text and shape."""

    def check(answer: HttpResponse, status: int, code: str, text: str = "") -> None:
        body = answer.json()
        assert (answer.status_code, body["code"]) == (status, code), body
        assert body["error"] == body["message"]
        assert text in body["error"]
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert set(body) <= {"error", "message", "code", "render_id", "status"}

    return check

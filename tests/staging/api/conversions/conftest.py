"""A caller of the Conversion API, and photos for it to send."""

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

from staging import jobs
from staging.models import Run, State
from tests.staging import pictures

UUID = "5f0e7c1a-41F3-4b0c-9a53-0d6f7f1a2b3c"
FIELDS = {"uuid": UUID, "room_type": "living_room", "style": "modern", "space": "interior", "staging": "true"}


def uploaded(mark: int = 0, *, data: bytes | None = None, name: str = "room.jpg") -> SimpleUploadedFile:
    """The file part of a form; another `mark` is another photo."""
    if data is None:
        image = pictures.room()
        image.paste((mark, 90, 60), (200, 20, 260, 60))
        data = pictures.encoded(image)
    return SimpleUploadedFile(name, data, "image/jpeg")


class Caller:
    """Calls the API with one key, as a partner does."""

    def __init__(self, key: str) -> None:
        self.client = Client(raise_request_exception=True)
        self.headers = {"Authorization": f"Token {key}"} if key else {}

    def create(self, path: str = "/interior/", **fields: Any) -> HttpResponse:
        """Ask for a staged living room of a small photo unless told otherwise; None leaves a field out."""
        form = {"files": uploaded(), **FIELDS, **fields}
        given = {name: value for name, value in form.items() if value is not None}
        return self.client.post(path, given, headers=self.headers)

    def results(self, uuid: str = UUID) -> HttpResponse:
        """Where a conversion stands, by JSON."""
        body = json.dumps({"conversion": uuid})
        return self.client.post("/results/", body, content_type="application/json", headers=self.headers)

    def file(self, address: str) -> tuple[HttpResponse, bytes]:
        """A file, asked for as anybody may: without a header."""
        answer = Client().get(address)
        return answer, b"".join(answer.streaming_content) if answer.streaming else answer.content


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

    def check(answer: HttpResponse, status: int, code: str, text: str = "", *, fields: set[str] | None = None) -> None:
        body = answer.json()
        assert (answer.status_code, body["code"]) == (status, code), body
        assert body["error"] == body["detail"]
        assert text in body["error"]
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert set(body) == {"detail", "error", "code"} | ({"errors"} if fields else set())
        if fields:
            assert set(body["errors"]) == fields
            assert all(isinstance(told, list) and isinstance(told[0], str) for told in body["errors"].values())

    return check


def work_off() -> None:
    """What workers and follower do until nothing is left."""
    while Run.objects.filter(state__in=(State.QUEUED, State.RUNNING)).exists():
        jobs.start_next()
        for run in Run.objects.filter(state=State.RUNNING):
            jobs.look_after(run.pk)
        # The pauses before other tries are over at once.
        Run.objects.filter(state=State.QUEUED).update(not_before=None)


def opened(data: bytes) -> Image.Image:
    """A picture."""
    return Image.open(io.BytesIO(data))

"""Visitors with their browsers, and renders for them to look at."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from billing.models import Account, User
from staging import renders, sources, wakeups
from staging.briefs import Brief, Kind, RoomType, Style
from staging.models import Output, Photo, Render, Role, Run, Source, State
from tests.staging.pictures import encoded


@pytest.fixture(autouse=True)
def own_place(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Temporary files of a test lie in its own folder, and Redis is away."""
    settings.DATA_DIR = tmp_path / "data"
    settings.REDIS_URL = f"unix://{tmp_path}/no-redis.sock"
    monkeypatch.setattr(wakeups, "_connection", None)


def signed_in(user: User) -> Client:
    """The user's browser."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def browser(owner: User) -> Client:
    """The owner's browser."""
    return signed_in(owner)


@pytest.fixture
def photo(account: Account) -> Photo:
    """A photo of `account`."""
    return sources.accept(account, raw=encoded())


@pytest.fixture
def render(account: Account, photo: Photo) -> Render:
    """A render of `account` that waits for its turn."""
    brief = Brief(kind=Kind.STAGING, room_type=RoomType.LIVING, style=Style.COASTAL, seed=3)
    return renders.request(account, photo, brief, source=Source.DASHBOARD)


def finish(render: Render, colour: tuple[int, int, int] = (90, 120, 150), role: Role = Role.STAGED) -> Output:
    """Give the render's latest run its picture, as a worker does."""
    file = io.BytesIO()
    Image.new("RGB", (render.photo.width, render.photo.height), colour).save(file, "PNG")
    run = renders.latest_run(render)
    Run.objects.filter(pk=run.pk).update(state=State.DONE, progress=1.0, finished_at=timezone.now())
    files = ("master", "delivered", "preview", "thumbnail")
    return Output.objects.create(
        run=run,
        role=role,
        order=0,
        **{name: ContentFile(file.getvalue(), f"{name}.png") for name in files},
        width=render.photo.width,
        height=render.photo.height,
        delivered_width=1920,
        delivered_height=1280,
        sha256="0" * 64,
    )


def fail(render: Render, message: str) -> None:
    """Let the render fail."""
    Run.objects.filter(render=render).update(
        state=State.FAILED, finished_at=timezone.now(), error_code="room_unreadable", error_message=message
    )

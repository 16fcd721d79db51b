"""Asking the ComfyUI backend one thing, in a loop of its own, against stand-ins."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import pytest
from PIL import Image

from staging.backends import comfyui
from staging.backends.base import BackendError, Failed, Job, Pictures
from staging.backends.comfyui import Node, Note
from staging.backends.comfyui.backend import ComfyUI
from staging.backends.comfyui.catalogue import catalogue
from staging.backends.comfyui.planning import Maps
from tests.staging import pictures
from tests.staging.backends.comfyui.stand_in import ComfyStandIn

T = TypeVar("T")
WIDTH, HEIGHT = 200, 150
PHOTO = pictures.encoded(pictures.room(WIDTH, HEIGHT), "PNG")


def job(kind: str = "redesign", model: str = "sdxl", mask: bytes | None = None, **brief: Any) -> Job:
    said = {"kind": kind, "model": model, "room_type": "living", "style": "modern", "seed": 5, **brief}
    return Job(photo=PHOTO, brief=said, time_limit=60, mask=mask)


def node(comfy: ComfyStandIn, number: int = 1, **changes: Any) -> Node:
    models = frozenset((folder, file) for folder, files in comfy.models.items() for file in files)
    return Node(**{"id": number, "url": comfy.url, "models": models, "jobs_api": comfy.switches.jobs_api} | changes)


def mask_of(box: tuple[int, int, int, int]) -> bytes:
    picture = Image.new("L", (WIDTH, HEIGHT), 0)
    picture.paste(255, box)
    return pictures.encoded(picture, "PNG")


async def mapper(_job: Job, purpose: str, _key: str) -> Maps:
    """Maps as an engine would draw them: the lower half may change."""
    mask = mask_of((0, HEIGHT // 3, WIDTH, HEIGHT))
    lines = pictures.encoded(Image.new("L", (WIDTH, HEIGHT), 40), "PNG")
    return Maps({"mask": mask, "lines": lines, "depth": lines}, {"room": {"read for": purpose}})


def ask(nodes: Sequence[Node], question: Callable[[ComfyUI], Awaitable[T]], **options: Any) -> T:
    """Ask one thing of the backend."""

    async def asked() -> T:
        given = {"mapper": mapper} | options
        async with comfyui.connect(nodes, catalogue(), given.pop("mapper"), **given) as backend:
            return await question(backend)

    return asyncio.run(asked())


def submitted(comfy: ComfyStandIn, wanted: Job | None = None, key: str = "k-1-1", **options: Any) -> str:
    return ask([node(comfy)], lambda backend: backend.submit(wanted or job(), key), **options)


def refused(nodes: Sequence[Node], question: Callable[[ComfyUI], Awaitable[object]], **options: Any) -> Failed:
    with pytest.raises(BackendError) as caught:
        ask(nodes, question, **options)
    return caught.value.failed


def made(comfy: ComfyStandIn, wanted: Job, **options: Any) -> dict[str, Image.Image]:
    """Submit, poll and fetch; the pictures by role."""

    async def all_of_it(backend: ComfyUI) -> Pictures:
        handle = await backend.submit(wanted, "k-1-1")
        listed = await backend.poll(handle, 5)
        assert isinstance(listed, Pictures)
        return await backend.fetch(handle, lambda: wanted, listed)

    found = ask([node(comfy)], all_of_it, **options)
    return {picture.role: Image.open(io.BytesIO(picture.data)) for picture in found.pictures}


def notes(learned: list[Note]) -> list[str]:
    return [note.event.value for note in learned]

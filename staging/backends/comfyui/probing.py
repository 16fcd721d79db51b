"""Asking a node what it can do: its models, the node classes that it lacks, its card and its queue."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass
from typing import Any

from staging.backends.base import BackendError
from staging.backends.comfyui.catalogue import Catalogue
from staging.backends.comfyui.client import Client, Refused, session
from staging.backends.comfyui.node import Node


@dataclass(frozen=True)
class Probed:
    """What a node said. Memory in bytes; `error` says in words why it said nothing."""

    models: dict[str, list[str]]
    lacks: tuple[str, ...] = ()
    version: str = ""
    device: str = ""
    vram_total: int = 0
    vram_free: int = 0
    running: int = 0
    pending: int = 0
    jobs_api: bool = False
    error: str = ""


async def probe(node: Node, catalogue: Catalogue) -> Probed:
    """Ask a node all that decides what it may be given; never raises for what it answers."""
    async with session() as http:
        client = Client(http, node)
        try:
            stats = await client.read("/system_stats")
            running, pending = await client.queue()
            models = {folder: await _files(client, folder) for folder in sorted(catalogue.folders)}
            classes = sorted(catalogue.classes)
            known = await asyncio.gather(*(_knows(client, name) for name in classes))
            jobs_api = await _has_jobs_api(client)
        except BackendError as error:
            return Probed({}, error=f"{error.failed.code}: {error.failed.message}")
        except Refused as refused:
            return Probed({}, error=str(refused))
    device = _first(stats.get("devices"))
    system = stats.get("system") if isinstance(stats.get("system"), dict) else {}
    return Probed(
        models=models,
        lacks=tuple(name for name, is_known in zip(classes, known, strict=True) if not is_known),
        version=str(system.get("comfyui_version") or ""),
        device=str(device.get("name") or ""),
        vram_total=_whole(device.get("vram_total")),
        vram_free=_whole(device.get("vram_free")),
        running=len(running),
        pending=len(pending),
        jobs_api=jobs_api,
    )


async def _files(client: Client, folder: str) -> list[str]:
    """The model files in a folder; a folder that the node does not have is empty."""
    try:
        told = await client.read(f"/models/{folder}")
    except Refused as refused:
        if refused.status == 404:
            return []
        raise
    return [str(name) for name in told] if isinstance(told, list) else []


async def _knows(client: Client, name: str) -> bool:
    try:
        told = await client.read(f"/object_info/{name}")
    except Refused as refused:
        if refused.status == 404:
            return False
        raise
    return isinstance(told, dict) and name in told


async def _has_jobs_api(client: Client) -> bool:
    """Newer servers say in JSON that they do not know a job; older ones do not know the page."""
    try:
        await client.read(f"/api/jobs/{uuid.uuid4()}")
    except Refused as refused:
        return refused.status == 404 and "error" in refused.said
    return True


def _first(found: Any) -> dict[str, Any]:
    return found[0] if isinstance(found, list) and found and isinstance(found[0], dict) else {}


def _whole(found: Any) -> int:
    return found if isinstance(found, int) and found > 0 else 0

"""The GPU nodes as a whole: what the backend is told of them, what it learned, and asking them what they can do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta

import structlog
from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from staging.backends import comfyui
from staging.backends.comfyui import choosing, probing
from staging.backends.comfyui.catalogue import Catalogue, catalogue
from staging.backends.comfyui.node import Event, Note
from staging.briefs import Kind
from staging.models import GpuNode

log = structlog.get_logger("openhouse.fleet")


def workflows() -> Catalogue:
    """The workflows, with the operator's names of models."""
    return catalogue(settings.COMFYUI_MODELS)


def nodes() -> tuple[comfyui.Node, ...]:
    """All nodes, as the backend is told of them; those that take no work too, since some may still run there."""
    return tuple(as_told(row) for row in GpuNode.objects.order_by("pk"))


def addresses() -> tuple[comfyui.Node, ...]:
    """The same without what changes from job to job: enough to follow one."""
    return tuple(comfyui.Node(node.id, node.url, node.token, jobs_api=node.jobs_api) for node in nodes())


def as_told(row: GpuNode) -> comfyui.Node:
    """A row as frozen data."""
    return comfyui.Node(
        id=row.pk,
        url=row.url,
        token=row.token,
        models=frozenset((folder, file) for folder, files in row.models_by_folder.items() for file in files),
        lacks=frozenset(row.lacks),
        takes=row.enabled and not row.is_set_aside,
        loaded=row.loaded,
        away_since=row.away_since,
        jobs_api=row.jobs_api,
    )


def learn(notes: Iterable[Note]) -> None:
    """Write down what was learned of nodes while they worked."""
    now = timezone.now()
    for note in notes:
        row = GpuNode.objects.filter(pk=note.node)
        if note.event == Event.AWAY:
            reason = f"not reached: {note.text}"[:300]
            row.update(away_since=Coalesce(F("away_since"), now), last_error=reason, last_error_at=now)
            continue
        row.update(seen_at=now, away_since=None)
        if note.event == Event.LOADED:
            row.update(loaded=note.text[:200])
        elif note.text:
            row.update(last_error=note.text[:300], last_error_at=now)
        if note.event == Event.FAULTY:
            row.update(set_aside_until=now + timedelta(seconds=settings.COMFYUI_SET_ASIDE_SECONDS))
            log.error("node_set_aside", node=note.node, reason=note.text)
        elif note.event == Event.CHANGED:
            # Due at once: what it was thought to have is not there.
            row.update(probed_at=None)


def probe(node_id: int) -> None:
    """Ask a node what it can do and write that down; one that does not answer keeps what it said before."""
    row = GpuNode.objects.filter(pk=node_id).first()
    if row is None:
        return
    said = asyncio.run(probing.probe(as_told(row), workflows()))
    now = timezone.now()
    found = GpuNode.objects.filter(pk=node_id)
    if said.error:
        found.update(
            probed_at=now,
            away_since=Coalesce(F("away_since"), now),
            last_error=said.error[:300],
            last_error_at=now,
        )
        log.warning("node_away", node=row.name, error=said.error)
        return
    found.update(
        probed_at=now,
        seen_at=now,
        away_since=None,
        models_by_folder=said.models,
        lacks=list(said.lacks),
        version=said.version[:40],
        device=said.device[:200],
        vram_total=said.vram_total,
        vram_free=said.vram_free,
        running=said.running,
        pending=said.pending,
        jobs_api=said.jobs_api,
    )


def due() -> list[int]:
    """The enabled nodes that are to be probed again."""
    before = timezone.now() - timedelta(seconds=settings.COMFYUI_PROBE_SECONDS)
    late = GpuNode.objects.filter(Q(probed_at__isnull=True) | Q(probed_at__lt=before), enabled=True)
    return list(late.order_by("pk").values_list("pk", flat=True))


def served_by(row: GpuNode) -> dict[str, dict[str, list[str]]]:
    """What a node can make, by kind of job and model: nothing where it can, else what the nearest workflow lacks."""
    node, known = as_told(row), workflows()
    told: dict[str, dict[str, list[str]]] = {}
    for kind in Kind:
        for model in known.models:
            found = known.serving(kind, model) or known.serving(kind, model, "exterior")
            if found:
                lacking = [
                    sorted(workflow.classes & node.lacks) + sorted(file for _, file in workflow.needs - node.models)
                    for workflow in found
                ]
                told.setdefault(kind.value, {})[model] = min(lacking, key=len)
    return told


def models_served() -> frozenset[str]:
    """The models for which some enabled node has everything, for one kind of job at least."""
    able = [as_told(row) for row in GpuNode.objects.filter(enabled=True)]
    known = workflows()
    return frozenset(
        model for model in known.models if any(choosing.first_served(able, known.serving(kind, model)) for kind in Kind)
    )

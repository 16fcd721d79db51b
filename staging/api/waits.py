"""What the layer that holds requests asks of the rows."""

from __future__ import annotations

from collections.abc import Collection

from staging.models import UNFINISHED, Render, Run


def ended(public_ids: Collection[str]) -> set[str]:
    """Which of these renders have no run that is queued or running; drafts are nobody's to wait for."""
    running = Run.objects.filter(render__public_id__in=public_ids, state__in=UNFINISHED).exclude(kind=Run.Kind.PREVIEW)
    return set(public_ids) - set(running.values_list("render__public_id", flat=True))


def render_of(public_id: str) -> Render:
    """The render that a request was held for; whose it is was checked before it was held."""
    return Render.objects.get(public_id=public_id)

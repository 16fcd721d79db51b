"""`/status`: for people, without signing in, how the site stands; no more than a visitor would notice anyway."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config import health
from staging import turns

# A picture whose turn has not come for so long is late.
LATE_SECONDS = 600.0
_NAMES = {
    "database": gettext_lazy("Listings, photos and accounts"),
    "queue": gettext_lazy("Taking orders for pictures at once"),
    "engine": gettext_lazy("Making pictures"),
}


@dataclass(frozen=True)
class Part:
    """One thing that the site does, and whether it does it now."""

    name: object
    works: bool


@never_cache
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """The page; 503 where something does not work, so that a watcher from outside needs no other address."""
    _, told = health.ready()
    parts = [Part(name, bool(told.get(key, {}).get("ok"))) for key, name in _NAMES.items()]
    works = all(part.works for part in parts)
    context = {"parts": parts, "works": works, "minutes": _oldest_minutes() if parts[0].works else None}
    return render(request, "status.html", context, status=200 if works else 503)


def _oldest_minutes() -> int | None:
    """How many minutes the oldest picture waits for its turn, where that is longer than LATE_SECONDS."""
    try:
        oldest = turns.due().order_by("queued_at").values_list("queued_at", flat=True).first()
    except DatabaseError:
        return None
    waits = (timezone.now() - oldest).total_seconds() if oldest else 0.0
    return round(waits / 60) if waits > LATE_SECONDS else None

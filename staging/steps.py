"""The changes of a run that every picture passes through, each one compare-and-set whose SQL is written once.

The compare part is that of `leases.mine`: still running, and still the attempt that we know.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from billing.compiled import Compiled, CompiledUpdate, Given
from staging import commits, leases
from staging.models import ConversionFile, Run, State


def get(run_id: int) -> Run | None:
    """The run with what its handling needs: its photo, its key, and `converted`, whether a conversion asked for it."""
    return _RUN.one(run=run_id)


def note_handle(run: Run, backend: str, handle: str) -> bool:
    """The backend has taken it."""
    return bool(commits.run(_HANDLE, **_mine(run), backend=backend, handle=handle, until=leases.end()))


def begin_collecting(run: Run) -> bool:
    """Fetch its pictures from now on; False when another does."""
    return bool(commits.run(_COLLECT, **_mine(run), now=timezone.now(), until=leases.end()))


def end(run: Run, at: datetime) -> bool:
    """RUNNING -> DONE."""
    return bool(_DONE.run(**_mine(run), at=at))


def _mine(run: Run) -> dict[str, Any]:
    return {"run": run.pk, "attempt": run.attempt}


def _runs() -> QuerySet[Run]:
    return Run.objects.filter(pk=Given("run", Run, "pk"), state=State.RUNNING, attempt=Given("attempt", Run, "attempt"))


_RUN = Compiled(
    lambda: (
        Run.objects.select_related("render__photo", "render__api_key")
        .annotate(converted=Exists(ConversionFile.objects.filter(render=OuterRef("render"))))
        .filter(pk=Given("run", Run, "pk"))
        .order_by()
    )
)
_UNTIL = Given("until", Run, "lease_until")
_HANDLE = CompiledUpdate(
    _runs, backend=Given("backend", Run, "backend"), handle=Given("handle", Run, "handle"), lease_until=_UNTIL
)
_COLLECT = CompiledUpdate(
    lambda: _runs().filter(
        Q(collecting_until__isnull=True) | Q(collecting_until__lte=Given("now", Run, "collecting_until"))
    ),
    collecting_until=_UNTIL,
    lease_until=_UNTIL,
    stage="checking the picture",
)
_DONE = CompiledUpdate(
    _runs,
    state=State.DONE,
    progress=1.0,
    stage="",
    finished_at=Given("at", Run, "finished_at"),
    lease_until=None,
    collecting_until=None,
)

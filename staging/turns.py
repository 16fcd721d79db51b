"""Whose turn it is: a fair queue over the rows.

Accounts on a paid plan come before those on the free one; among equals the account that was served longest ago; within
an account its oldest run. So one account's thousand renders delay another's first by one render at most.

Runs wait here and not in a backend's own queue, which knows no accounts: only so many are handed over at once as it has
slots (`ENGINE_SLOTS`; two for each GPU node).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from billing import access
from billing.compiled import Compiled, CompiledUpdate, Given
from staging import commits, leases, routes
from staging.models import Run, State


def due(now: datetime | Given | None = None) -> QuerySet[Run]:
    """Queued runs that may start."""
    now = now or timezone.now()
    return Run.objects.filter(Q(not_before__isnull=True) | Q(not_before__lte=now), state=State.QUEUED)


def free_slots() -> int:
    """How many more runs the backends may be given. Counted without a lock: one too many only waits at the backend."""
    return sum(_free(routes.table()).values())


def _free(table: routes.Table) -> dict[str, int]:
    """The free slots of each backend."""
    taken = {backend or routes.ENGINE: count for backend, count in _RUNNING.rows()}
    return {backend: max(0, slots - taken.get(backend, 0)) for backend, slots in table.slots().items()}


def anyone_waiting() -> bool:
    """Whether a run is due and a slot is free."""
    return bool(_WAITING.rows(now=timezone.now())) and free_slots() > 0


def claim() -> Run | None:
    """Compare-and-set the next run from QUEUED to RUNNING, with a lease; None when nothing is due or no slot free.

    Its route is chosen here. One that a backend may have already keeps its backend.
    """
    table = routes.table()
    free = _free(table)
    if not any(free.values()):
        return None
    for run in _in_turn():
        backend = run.backend or table.backend_for(run)
        if free.get(backend) and _win(run, backend):
            return run
    return None


def _win(run: Run, backend: str) -> bool:
    """QUEUED -> RUNNING, in the row and in `run`; False when another was first.

    A row that somebody else has had since it was read says so by its start, which every claim writes: what else `run`
    knows of its row is as it was.
    """
    now = timezone.now()
    started = {
        "backend": backend,
        "lease_until": leases.end(),
        "started_at": now,
        "first_started_at": run.first_started_at or now,
    }
    if run.started_at is None:
        won = commits.run(_FIRST_CLAIM, run=run.pk, **started)
    else:
        won = commits.run(_LATER_CLAIM, run=run.pk, before=run.started_at, **started)
    if not won:
        return False
    for column, value in (started | _CLAIMED).items():
        setattr(run, column, value)
    return True


def _in_turn() -> list[Run]:
    """Due runs, the oldest of each account, in the order of the accounts' turns, with what their handling needs.

    Paid plans first, then served least recently, never served before all.
    """
    return sorted(_CANDIDATES.all(now=timezone.now()), key=_turn)


def _turn(run: Any) -> tuple[bool, datetime, int]:
    never = datetime.min.replace(tzinfo=UTC)
    return not access.has_priority(run.account), run.served or never, run.pk


# --- the queries --------------------------------------------------------------------------------------

_NOW = Given("now", Run, "not_before")
_CLAIMED = {"state": State.RUNNING, "not_before": None}
_STARTED = {name: Given(name, Run, name) for name in ("backend", "lease_until", "started_at", "first_started_at")}


def _candidates() -> QuerySet[Any]:
    served = Run.objects.filter(account=OuterRef("account"), first_started_at__isnull=False)
    oldest = due(_NOW).order_by().values("account").annotate(oldest=Min("pk")).values("oldest")
    return (
        Run.objects.filter(pk__in=oldest)
        .select_related("render__photo", "account__plan")
        .annotate(served=Subquery(served.order_by("-first_started_at").values("first_started_at")[:1]))
    )


def _unclaimed(**started_at: Any) -> QuerySet[Run]:
    return Run.objects.filter(pk=Given("run", Run, "pk"), state=State.QUEUED, **started_at)


_CANDIDATES = Compiled(_candidates)
_WAITING = Compiled(lambda: due(_NOW).order_by().values_list("pk")[:1])
_RUNNING = Compiled(
    lambda: (
        Run.objects.filter(state=State.RUNNING)
        .order_by()
        .values("backend")
        .annotate(count=Count("pk"))
        .values_list("backend", "count")
    )
)
_FIRST_CLAIM = CompiledUpdate(lambda: _unclaimed(started_at__isnull=True), **_STARTED, **_CLAIMED)
_LATER_CLAIM = CompiledUpdate(lambda: _unclaimed(started_at=Given("before", Run, "started_at")), **_STARTED, **_CLAIMED)

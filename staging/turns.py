"""Whose turn it is: a fair queue over the rows.

Accounts on a paid plan come before those on the free one; among equals the account that was served longest ago; within
an account its oldest run. So one account's thousand renders delay another's first by one render at most.

Runs wait here and not in a backend's own queue, which knows no accounts: only so many are handed over at once as it has
slots (`ENGINE_SLOTS`; two for each GPU node).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from billing import access
from staging import routes
from staging.models import Run, State


def due(now: datetime | None = None) -> QuerySet[Run]:
    """Queued runs that may start."""
    now = now or timezone.now()
    return Run.objects.filter(Q(not_before__isnull=True) | Q(not_before__lte=now), state=State.QUEUED)


def free_slots() -> int:
    """How many more runs the backends may be given. Counted without a lock: one too many only waits at the backend."""
    return sum(_free(routes.table()).values())


def _free(table: routes.Table) -> dict[str, int]:
    """The free slots of each backend."""
    running = Run.objects.filter(state=State.RUNNING).order_by().values("backend").annotate(count=Count("pk"))
    taken = {backend or routes.ENGINE: count for backend, count in running.values_list("backend", "count")}
    return {backend: max(0, slots - taken.get(backend, 0)) for backend, slots in table.slots().items()}


def anyone_waiting() -> bool:
    """Whether a run is due and a slot is free."""
    return due().exists() and free_slots() > 0


def claim() -> Run | None:
    """Compare-and-set the next run from QUEUED to RUNNING, with a lease; None when nothing is due or no slot free.

    Its route is chosen here. One that a backend may have already keeps its backend.
    """
    table = routes.table()
    free = _free(table)
    if not any(free.values()):
        return None
    for candidate in _in_turn():
        backend = candidate.backend or table.backend_for(candidate)
        if not free.get(backend):
            continue
        now = timezone.now()
        won = Run.objects.filter(pk=candidate.pk, state=State.QUEUED).update(
            state=State.RUNNING,
            backend=backend,
            lease_until=now + timedelta(seconds=settings.RUN_LEASE_SECONDS),
            started_at=now,
            first_started_at=Coalesce(F("first_started_at"), now),
            not_before=None,
        )
        if won:
            return Run.objects.select_related("render__photo", "account").get(pk=candidate.pk)
    return None


def _in_turn() -> list[Run]:
    """Due runs, the oldest of each account, in the order of the accounts' turns.

    Paid plans first, then served least recently, never served before all.
    """
    served = Run.objects.filter(account=OuterRef("account"), first_started_at__isnull=False)
    oldest = due().order_by().values("account").annotate(oldest=Min("pk")).values("oldest")
    candidates = (
        Run.objects.filter(pk__in=oldest)
        .select_related("account__plan")
        .annotate(served=Subquery(served.order_by("-first_started_at").values("first_started_at")[:1]))
    )
    return sorted(candidates, key=_turn)


def _turn(run: Any) -> tuple[bool, datetime, int]:
    never = datetime.min.replace(tzinfo=UTC)
    return not access.has_priority(run.account), run.served or never, run.pk

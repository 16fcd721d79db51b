"""The sweeper: finds what was lost. Wake-ups, leases, queue entries and temporary files may be lost; rows may not.

Each part stands alone and may run in several processes at once: what changes a row compares first.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.utils import timezone
from rq import worker_registration
from rq.registry import clean_registries

from billing import sweeper as billing
from staging import fleet, idempotency, jobs, leases, sources, turns, webhooks
from staging.models import Run, State

log = structlog.get_logger("openhouse.sweeper")

# Nothing that comes in takes this long; what lies in the temporary folder longer was left by a process that died.
LEFTOVER_SECONDS = 3600.0


_others: list[Callable[[], object]] = []


def also(part: Callable[[], object]) -> None:
    """Have every sweep do this too: how apps that staging does not know join in."""
    if part not in _others:
        _others.append(part)


def sweep() -> None:
    """All parts, each whatever became of the others."""
    parts: tuple[Callable[[], object], ...] = (
        take_over,
        wake,
        deliver_webhooks,
        probe_nodes,
        clean_queue,
        delete_leftovers,
        idempotency.sweep,
        billing.sweep,
    )
    for part in (*parts, *_others):
        try:
            part()
        # The database or Redis is away: the next sweep comes in seconds.
        except Exception as error:
            log.warning("sweep_failed", part=part.__name__, error=str(error))


def pause() -> float:
    """Seconds until the next sweep: earlier than SWEEP_SECONDS when a run becomes due before."""
    soonest = (
        Run.objects.filter(state=State.QUEUED, not_before__gt=timezone.now())
        .order_by("not_before")
        .values_list("not_before", flat=True)
        .first()
    )
    if soonest is None:
        return settings.SWEEP_SECONDS
    until_due = (soonest - timezone.now()).total_seconds()
    return min(settings.SWEEP_SECONDS, max(0.1, until_due))


def take_over() -> int:
    """Have every run looked after whose lease ran out; how many.

    The lease is renewed once the wake-up is in the queue, so that there is one a lease, and a lost one is repeated.
    """
    taken = 0
    late = Run.objects.filter(state=State.RUNNING, lease_until__lt=timezone.now())
    for run_id, lease_until in late.values_list("pk", "lease_until"):
        jobs.enqueue(jobs.look_after, run_id)
        taken += Run.objects.filter(pk=run_id, state=State.RUNNING, lease_until=lease_until).update(
            lease_until=leases.end()
        )
        log.warning("taken_over", run_id=run_id)
    return taken


def wake() -> int:
    """A wake-up for each free slot that a due run could have; how many. One too many finds nothing and ends."""
    wanted = min(turns.free_slots(), turns.due().count())
    for _ in range(wanted):
        jobs.enqueue(jobs.start_next)
    return wanted


def deliver_webhooks() -> int:
    """A wake-up for each webhook that is due; how many. One that is being tried already finds nothing and ends."""
    due = webhooks.due()
    for delivery_id in due:
        jobs.enqueue(jobs.deliver, delivery_id)
    return len(due)


def probe_nodes() -> int:
    """A wake-up for each GPU node that is to be asked again what it can do; how many."""
    due = fleet.due()
    for node_id in due:
        jobs.enqueue(jobs.probe, node_id)
    return len(due)


def clean_queue() -> None:
    """Remove what killed workers left in Redis. RQ's own cleaning comes every ten minutes, which is too late for us."""
    queue = jobs.queue()
    clean_registries(queue)
    worker_registration.clean_worker_registry(queue)


def delete_leftovers() -> int:
    """Delete old files from the temporary folder; how many."""
    deleted = 0
    oldest = time.time() - LEFTOVER_SECONDS
    for path in sources.temporary_folder().iterdir():
        try:
            if path.stat().st_mtime >= oldest:
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            deleted += 1
        except FileNotFoundError:
            continue
    return deleted

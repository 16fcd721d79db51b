"""Leases: until when whoever acts on a running run answers for it, and renewing them while the work goes on.

One thread of a process renews all leases that the process holds. It dies with the process, so a worker that was killed
still loses its lease. A thread for each piece of work would do the same, but starting and ending one while a processor
is busy takes milliseconds, twice for each render.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection
from django.utils import timezone

from staging import commits
from staging.models import Run, State

log = structlog.get_logger("openhouse.leases")

# Renewed so often within its time that one renewal may fail.
_RENEWALS = 3


def end() -> datetime:
    """Until when whoever acts now answers for the run."""
    return timezone.now() + timedelta(seconds=settings.RUN_LEASE_SECONDS)


def mine(run: Run) -> dict[str, object]:
    """The compare part of every change: still running, and still the attempt that we know."""
    return {"pk": run.pk, "state": State.RUNNING, "attempt": run.attempt}


@contextlib.contextmanager
def kept(run: Run, *also: str) -> Iterator[None]:
    """Renew the lease (and the columns `also`) as long as the block takes: a large photo may take longer than a lease.

    Nothing is renewed any more once the block has ended.
    """
    lease = _Lease(run, ("lease_until", *also))
    _keeper.add(lease)
    try:
        yield
    finally:
        _keeper.drop(lease)


class _Lease:
    """A lease that is kept. `due` is when it is renewed next, by the monotonic clock."""

    def __init__(self, run: Run, columns: tuple[str, ...]) -> None:
        self._mine, self._columns = mine(run), columns
        self._lock = threading.Lock()
        self._over = False
        self.due = time.monotonic() + settings.RUN_LEASE_SECONDS / _RENEWALS

    def renew(self) -> None:
        """Renew it, unless it is over; a database that is away is tried again when it is next due."""
        self.due = time.monotonic() + settings.RUN_LEASE_SECONDS / _RENEWALS
        with self._lock:
            if self._over:
                return
            try:
                with commits.unhurried():
                    Run.objects.filter(**self._mine).update(**dict.fromkeys(self._columns, end()))
            # Whatever it was, the other leases are to be renewed all the same.
            except Exception as error:
                log.warning("lease_unrenewed", run_id=self._mine["pk"], error=str(error))

    def give_up(self) -> None:
        """Renew it no more; waits for a renewal that is under way."""
        with self._lock:
            self._over = True


class _Keeper:
    """The thread that renews. It starts with the first lease, and sleeps until one is due."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._leases: set[_Lease] = set()
        self._thread: threading.Thread | None = None
        self._woken = threading.Event()
        self._sleeps_until = 0.0

    def add(self, lease: _Lease) -> None:
        """Keep it from now on."""
        with self._lock:
            self._leases.add(lease)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="leases", daemon=True)
                self._thread.start()
            elif lease.due < self._sleeps_until:
                self._woken.set()

    def drop(self, lease: _Lease) -> None:
        """Keep it no longer."""
        with self._lock:
            self._leases.discard(lease)
        lease.give_up()

    def _run(self) -> None:
        while True:
            with self._lock:
                self._woken.clear()
                now = time.monotonic()
                due = [lease for lease in self._leases if lease.due <= now]
                soonest = min((lease.due for lease in self._leases), default=None)
                self._sleeps_until = float("inf") if soonest is None else soonest
            if due:
                for lease in due:
                    lease.renew()
                # Seldom needed, so none is kept.
                connection.close()
            else:
                self._woken.wait(None if soonest is None else soonest - now)


_keeper = _Keeper()

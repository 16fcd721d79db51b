"""Commits that need not be on the disk before the work goes on (PostgreSQL's `synchronous_commit = off`).

A transaction waits for the disk so that what it promised outlives the machine. What only says who is at work on a run,
and how far, promises nothing: lost in a crash of the database, a later lease runs out earlier or the sweeper wakes the
run again, and the backend's idempotency key makes it the same job. Waiting for the disk there is most of what our part
of a render takes on PostgreSQL. Whatever concerns credits, what was asked for and what was delivered is never written
so. The log is written in order: a transaction that waits for the disk takes with it all that was committed before.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from billing.compiled import CompiledUpdate

_OFF = "SET LOCAL synchronous_commit = off"


def run(update: CompiledUpdate, **given: Any) -> int:
    """How many rows the update changed; as inside `unhurried`, but in one round trip instead of four."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return update.run(**given)
    return update.run(first=_OFF, **given)


@contextlib.contextmanager
def unhurried() -> Iterator[None]:
    """A transaction whose commit does not wait for the disk. Inside another transaction, that one's commit decides."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_OFF)
        yield

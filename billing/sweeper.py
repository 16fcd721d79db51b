"""Finds what a lost wake-up left behind (a door: the scheduler of `staging` calls `sweep`)."""

from __future__ import annotations

import datetime
import time

from billing import jobs, low_balance, stripe_events

# An event that has been due for so long was not woken, or its worker died; the others have a wake-up in the queue.
LOST_AFTER = datetime.timedelta(seconds=15)
# Balances are looked at when they fall; this only repeats looks that were lost, or whose charge Stripe did not answer.
BALANCES_EVERY_SECONDS = 300.0

_balances_due = 0.0


def sweep() -> int:
    """Wake everything of billing that is due; how many. Cheap, and harmless in several processes at once."""
    events = stripe_events.waiting(due_for=LOST_AFTER)
    for event_id in events:
        jobs.enqueue_after_commit("billing.stripe_events.handle", event_id)
    return len(events) + _sweep_balances()


def _sweep_balances() -> int:
    global _balances_due  # noqa: PLW0603 - one clock per process
    now = time.monotonic()
    if now < _balances_due:
        return 0
    _balances_due = now + BALANCES_EVERY_SECONDS
    low = low_balance.waiting()
    for account_id in low:
        jobs.enqueue_after_commit("billing.low_balance.look", account_id)
    return len(low)

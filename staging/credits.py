"""What a render costs, and its way through the ledger: held when asked for, settled when done, released when it failed.

The only module of `staging` that imports the ledger.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from billing import access, ledger
from billing.ledger import InsufficientCredits
from staging.briefs import Brief
from staging.models import UNFINISHED, Run, State

if TYPE_CHECKING:
    from billing.models import Account, User

__all__ = [
    "InsufficientCredits",
    "NothingToRefund",
    "balance",
    "explain",
    "held_or_settled",
    "hold",
    "lock",
    "price",
    "refund",
    "release",
    "settle",
    "settled_in_period",
]

_GAVE_NOTHING = (State.FAILED, State.CANCELLED)


def price(brief: Brief, *, variation: bool = False) -> int:
    """Credits for one run of this brief."""
    prices: dict[str, int] = settings.PRICES
    return prices["variation" if variation else brief.kind.value]


def hold(account: Account, credits: int, *, run_key: str) -> str:
    """Set `credits` aside for a run; the reference under which they are held, empty when the price is 0.

    Raises InsufficientCredits.
    """
    reference = f"run:{run_key}"
    return reference if ledger.hold(account, credits, reference=reference) is not None else ""


def lock(account: Account) -> None:
    """Let no other transaction hold credits of the account, nor ask for a variation, until the open one ends."""
    ledger.lock(account.pk)


def settle(hold_reference: str) -> None:
    """Charge all that is held; a price of 0 has nothing to charge. The second picture of one hold charges nothing."""
    if hold_reference:
        ledger.settle(hold_reference)


def release(hold_reference: str) -> None:
    """Give all that is held back, unless another run under the same hold goes on or has made its picture.

    Called in the transaction that ends a run, after its state was written.
    """
    if not hold_reference:
        return
    with transaction.atomic():
        sharing = Run.objects.filter(hold_reference=hold_reference)
        for account_id in sharing.values_list("account_id", flat=True)[:1]:
            # Of the last two runs to fail at once, the second must see that the first has failed.
            ledger.lock(account_id)
        if not sharing.exclude(state__in=_GAVE_NOTHING).exists():
            ledger.release(hold_reference)


class NothingToRefund(Exception):
    """The run charged nothing, or all of it was given back already."""


def refund(run: Run, *, actor: User, reason: str) -> int:
    """Give back what the run charged, once; the entry names the run, `actor` and `reason`. How many credits that were.

    Runs under one hold were charged once and are refunded once. Raises NothingToRefund.
    """
    if not run.hold_reference:
        raise NothingToRefund
    reference = f"refund:{run.hold_reference}"
    with transaction.atomic():
        lock(run.account)
        kept = held_or_settled(run.account, [run.hold_reference])
        settled = ledger.statement(run.account).filter(ends__reference=run.hold_reference, kind="settle").exists()
        if not settled or kept <= 0 or ledger.statement(run.account).filter(reference=reference).exists():
            raise NothingToRefund
        ledger.adjust(
            run.account, kept, reference=reference, actor=actor, note=f"Refund of run {run.key}: {reason}"[:300]
        )
    return kept


def held_or_settled(account: Account, hold_references: Collection[str]) -> int:
    """Credits that these holds keep: what is held or was charged, less what came back."""
    entries = ledger.statement(account).filter(
        Q(reference__in=hold_references) | Q(ends__reference__in=hold_references)
    )
    return -(entries.order_by().aggregate(total=Sum("credits"))["total"] or 0)


def balance(account: Account) -> int:
    """Credits that the account may still spend."""
    return ledger.balance(account)


def settled_in_period(account: Account) -> int:
    """Credits charged to the account in the present period.

    What was charged until an hour ago does not change any more, and is added up anew but once an hour: a partner who
    has thousands of pictures made in a month asks all day long.
    """
    start, end = access.period_of(account)
    closed = timezone.now().replace(minute=0, second=0, microsecond=0) - datetime.timedelta(hours=1)
    if closed <= start:
        return ledger.settled_between(account, start, end)
    key = f"charged:{account.uid}:{int(start.timestamp())}:{int(closed.timestamp())}"
    before = cache.get(key)
    if before is None:
        before = ledger.settled_between(account, start, closed)
        cache.set(key, before, 2 * 3600)
    return int(before) + ledger.settled_between(account, closed, end)


def explain(references: Collection[str]) -> Mapping[str, str]:
    """How holds stand at their runs: "hold" while none has its picture and one goes on, "settle" when one has its
    picture, "release" when they gave nothing.

    What `manage.py reconcile` compares the ledger with; a reference of no run is left out.
    """
    states: dict[str, set[str]] = {}
    for reference, state in Run.objects.filter(hold_reference__in=references).values_list("hold_reference", "state"):
        states.setdefault(reference, set()).add(state)
    return {reference: _stands(found) for reference, found in states.items()}


def _stands(states: set[str]) -> str:
    if State.DONE in states:
        return "settle"
    return "hold" if states & set(UNFINISHED) else "release"

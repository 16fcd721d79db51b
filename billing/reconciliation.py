"""Proof of the ledger: what its verbs promise is computed again from the entries, and from the runs they were for."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from billing import explaining
from billing.models import Account, Entry

Kind = Entry.Kind


@dataclass(frozen=True)
class Difference:
    """Where an account's entries disagree: at number `sequence`, `what` should be `expected` and is `found`."""

    sequence: int
    what: str
    expected: int
    found: int

    def __str__(self) -> str:
        return f"entry {self.sequence}: {self.what} is {self.found}, expected {self.expected}"


def reconcile(account: Account) -> list[Difference]:
    """Every difference between the account's entries and the ledger's promises; none when they hold.

    Proved are: sequence counts 1, 2, 3 without a gap; balance_after is the running sum; a release gives back what was
    held; a settlement gives back no more than that; both end an earlier hold of the same account; no hold overdraws.
    Reads every entry of the account once.
    """
    differences: list[Difference] = []
    entries = Entry.objects.filter(account=account).select_related("ends").order_by("sequence")
    total = 0
    for place, entry in enumerate(entries.iterator(), start=1):
        total += entry.credits
        if entry.sequence != place:
            differences.append(Difference(entry.sequence, "sequence", place, entry.sequence))
        if entry.balance_after != total:
            differences.append(Difference(entry.sequence, "balance_after", total, entry.balance_after))
        if entry.kind == Kind.HOLD and total < 0:
            differences.append(Difference(entry.sequence, "balance after the hold", 0, total))
        differences.extend(_differences_of_end(entry))
    return differences


def _differences_of_end(entry: Entry) -> Iterator[Difference]:
    """What is wrong between a settle or release and the hold that it ends."""
    held = entry.ends
    if held is None:
        return
    if held.account_id != entry.account_id:
        yield Difference(entry.sequence, "account of the hold it ends", entry.account_id, held.account_id)
    elif held.sequence >= entry.sequence:
        yield Difference(entry.sequence, "latest sequence of the hold it ends", entry.sequence - 1, held.sequence)
    if held.kind != Kind.HOLD:
        yield Difference(entry.sequence, "hold among the entries it ends", 1, 0)
    if entry.kind == Kind.RELEASE and entry.credits != -held.credits:
        yield Difference(entry.sequence, "released", -held.credits, entry.credits)
    if entry.kind == Kind.SETTLE and entry.credits > -held.credits:
        yield Difference(entry.sequence, "given back by settling", -held.credits, entry.credits)


# --- what the entries are for -----------------------------------------------------------------------------

BATCH = 500


def unended(account: Account, *, before: datetime.datetime) -> list[Difference]:
    """Holds made before `before` that nothing has ended: no run lasts so long, so its end was lost."""
    late = Entry.objects.filter(account=account, kind=Kind.HOLD, end__isnull=True, made_at__lt=before)
    return [
        Difference(entry.sequence, f"ends of {entry.reference}, held since {entry.made_at:%Y-%m-%d %H:%M}", 1, 0)
        for entry in late.order_by("sequence")
    ]


def unexplained(account: Account) -> list[Difference]:
    """Holds that disagree with the runs they were for, as the registered explainers tell: every render's entries."""
    differences: list[Difference] = []
    for prefix, explainer in explaining.explainers():
        holds = Entry.objects.filter(account=account, kind=Kind.HOLD, reference__startswith=prefix)
        ordered = holds.select_related("end").order_by("sequence").iterator(chunk_size=BATCH)
        while batch := list(itertools.islice(ordered, BATCH)):
            told = explainer([entry.reference for entry in batch])
            differences.extend(found for entry in batch for found in _disagreement(entry, told.get(entry.reference)))
    return differences


def _disagreement(entry: Entry, told: str | None) -> Iterator[Difference]:
    ended = entry.end.kind if hasattr(entry, "end") else Kind.HOLD.value
    if told is None:
        yield Difference(entry.sequence, f"runs known for {entry.reference}", 1, 0)
    elif told != ended:
        yield Difference(
            entry.sequence, f"{entry.reference} is “{ended}” here and “{told}” at its run; agreements", 1, 0
        )

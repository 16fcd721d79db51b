"""Judges what a simulation left in the database, from the rows alone and without the ledger's code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import ModuleType

from django.utils import timezone

from billing.models import Account, Entry, User
from tests.billing.simulation.operations import charge_of, correction_of, gift_of, price_of


def problems(
    ledger: ModuleType, accounts: Sequence[Account], actor: User, *, seed: int, confirmed: Iterable[Mapping[str, int]]
) -> Iterator[str]:
    """Everything that should not be so; nothing when the ledger kept all its promises."""
    written = {}
    for number, account in enumerate(accounts):
        entries = list(Entry.objects.filter(account=account).order_by("sequence"))
        written.update({entry.reference: entry.pk for entry in entries})
        yield from _running(account, entries)
        yield from _ends(account, entries)
        for entry in entries:
            yield from _explained(entry, number, actor, seed)
        yield from _sums(ledger, account, entries)
    for client in confirmed:
        for reference, key in client.items():
            if written.get(reference) != key:
                yield f"{reference} was confirmed and is not there"


def _running(account: Account, entries: Sequence[Entry]) -> Iterator[str]:
    """Sequence without gaps, running balance, and no hold that overdraws."""
    total = 0
    for place, entry in enumerate(entries, start=1):
        total += entry.credits
        if (entry.sequence, entry.balance_after) != (place, total):
            yield f"{account}: entry {entry} should be number {place} with balance {total}"
        if entry.kind == "hold" and (total < 0 or account.frozen_at):
            yield f"{account}: {entry} overdraws, or holds on a frozen account"


def _ends(account: Account, entries: Sequence[Entry]) -> Iterator[str]:
    """Every end ends an earlier hold of this account, and no other does."""
    holds = {entry.pk: entry for entry in entries if entry.kind == "hold"}
    ended: set[int] = set()
    for entry in entries:
        if entry.kind in {"settle", "release"}:
            held = holds.get(entry.ends_id or 0)
            if held is None or held.sequence > entry.sequence or held.pk in ended:
                yield f"{account}: {entry} ends no hold of its own"
            ended.add(entry.ends_id or 0)


def _explained(entry: Entry, number: int, actor: User, seed: int) -> Iterator[str]:
    """The entry says what its reference means: kind, credits, account, who and why."""
    prefix, _, reference = entry.reference.partition(":") if entry.ends_id else ("", "", entry.reference)
    if reference.startswith(("own:", "taken:")):
        expected = ("grant", 3) if reference.startswith("own:") else ("adjust", -3)
    elif reference.count(":") < 3:
        yield f"{entry} has a reference that nobody asked for"
        return
    else:
        verb = reference.split(":")[2]
        price = price_of(seed, reference)
        charged = charge_of(seed, reference)
        expected = {
            "grant": ("grant", gift_of(seed, reference)),
            "purchase": ("purchase", gift_of(seed, reference)),
            "adjust": ("adjust", correction_of(seed, reference)),
            "hold": ("hold", -price),
            "settle": ("settle", 0 if charged is None else price - charged),
            "release": ("release", price),
        }[prefix or verb]
    if (entry.kind, entry.credits) != expected or f":{number}:" not in reference:
        yield f"{entry} should be {expected} of account {number}"
    if entry.kind == "adjust" and (entry.actor_id != actor.pk or not entry.note):
        yield f"{entry} does not say who corrected, and why"


def _sums(ledger: ModuleType, account: Account, entries: Sequence[Entry]) -> Iterator[str]:
    """The ledger's own readings agree with the rows."""
    if ledger.balance(account) != sum(entry.credits for entry in entries):
        yield f"{account}: the balance is read as {ledger.balance(account)}"
    prices = {entry.pk: -entry.credits for entry in entries if entry.kind == "hold"}
    charged = sum(prices.get(entry.ends_id or 0, 0) - entry.credits for entry in entries if entry.kind == "settle")
    start = account.created_at
    if ledger.settled_between(account, start, timezone.now()) != charged:
        yield f"{account}: charged {charged}, read as {ledger.settled_between(account, start, timezone.now())}"
    if [entry.pk for entry in ledger.statement(account)] != [entry.pk for entry in reversed(entries)]:
        yield f"{account}: the statement shows other entries"

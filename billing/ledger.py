"""The ledger: every credit an account is given, has held, pays or gets back (a door: other apps may import this).

Each verb is one transaction, and a part of the caller's where one is open. While it writes, the account's row is locked
(`SELECT … FOR UPDATE`; SQLite transactions are IMMEDIATE and so lock the whole database), which makes the sequence, the
balance and "exactly one end per hold" hold between processes. The database's constraints stand behind each of these.
"""

from __future__ import annotations

import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, QuerySet, Sum

from billing import jobs
from billing.compiled import Compiled, Given
from billing.models import Account, Entry, User

Kind = Entry.Kind
# Leaves room for the word that an end puts before the hold's reference (Entry.reference is 120 long).
REFERENCE_LENGTH = 100


class LedgerError(Exception):
    """A verb of the ledger was refused; nothing was written."""


class InsufficientCredits(LedgerError):
    """The balance does not cover a hold. `needed` and `balance` in credits."""

    code = "insufficient_credits"

    def __init__(self, needed: int, balance: int) -> None:
        super().__init__(f"{needed} credits are needed and the balance is {balance}")
        self.needed = needed
        self.balance = balance


class AccountFrozen(InsufficientCredits):
    """Nothing can be held while the account is frozen or closed: of its balance, nothing is at hand."""

    code = "account_frozen"

    def __init__(self, needed: int) -> None:
        super().__init__(needed, 0)


class ReferenceTaken(LedgerError):
    """The reference stands for another movement already: another account, kind or number of credits."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(f"reference {entry.reference} is taken by a {entry.kind} of {entry.credits:+d}")
        self.entry = entry


class HoldNotFound(LedgerError):
    """No hold has this reference."""

    def __init__(self, reference: str) -> None:
        super().__init__(f"there is no hold {reference}")


class AlreadyEnded(LedgerError):
    """The hold has ended in the other way, or was settled at another charge. `end` is the entry that ended it."""

    def __init__(self, end: Entry) -> None:
        super().__init__(f"the hold has ended already: {end.kind} {end.credits:+d}")
        self.end = end


def grant(account: Account, credits: int, *, reference: str, note: str = "") -> Entry:
    """Give `credits` (1 or more). The same reference gives once and then returns that entry.

    Raises ReferenceTaken when the reference means something else.
    """
    return _give(account, Kind.GRANT, credits, reference, note)


def purchase(account: Account, credits: int, *, reference: str, note: str = "") -> Entry:
    """Add `credits` (1 or more) that were paid for. The same reference adds once and then returns that entry.

    Raises ReferenceTaken when the reference means something else.
    """
    return _give(account, Kind.PURCHASE, credits, reference, note)


def hold(account: Account, credits: int, *, reference: str) -> Entry | None:
    """Set `credits` aside for the run that `reference` names; None for a price of 0, which needs no hold.

    The same reference holds once and then returns that entry, whether it has ended or not.
    Raises InsufficientCredits when the balance is short, AccountFrozen (one of these) when the account is frozen or
    closed, ReferenceTaken when the reference means something else.
    """
    if credits < 0:
        raise ValueError("a price is 0 or more")
    if credits == 0:
        return None
    with transaction.atomic():
        locked = lock(account.pk)
        known = _known(account, Kind.HOLD, -credits, reference)
        if known:
            return known
        if locked.frozen_at or locked.closed_at:
            raise AccountFrozen(credits)
        last = _last(account.pk)
        available = last.balance_after if last else 0
        if available < credits:
            raise InsufficientCredits(credits, available)
        entry = _append(account.pk, last, Kind.HOLD, -credits, reference)
        _notice_fall(locked, available, entry.balance_after)
        return entry


def settle(hold_reference: str, *, charged: int | None = None) -> Entry:
    """End a hold by charging `charged` credits of it (0 to what is held; all of it when None); the rest comes back.

    Settling again at the same charge changes nothing.
    Raises AlreadyEnded after a release or another charge, HoldNotFound.
    """
    held = _hold_of(hold_reference)
    price = -held.credits
    if charged is not None and not 0 <= charged <= price:
        raise ValueError(f"a charge is 0 to the {price} credits held")
    return _end(held, Kind.SETTLE, 0 if charged is None else price - charged)


def release(hold_reference: str) -> Entry:
    """End a hold by giving all of it back.

    Releasing again changes nothing. Raises AlreadyEnded when the hold was settled, HoldNotFound.
    """
    held = _hold_of(hold_reference)
    return _end(held, Kind.RELEASE, -held.credits)


def adjust(account: Account, credits: int, *, reference: str, actor: User | None, note: str) -> Entry:
    """Correct the balance by `credits` (any but 0), below zero if need be; `note` says why.

    `actor` is the person who did it; None where a machine did (a refund that Stripe reports).
    The same reference corrects once. Raises ReferenceTaken when the reference means something else.
    """
    if credits == 0:
        raise ValueError("an adjustment changes something")
    if not note.strip():
        raise ValueError("an adjustment says why")
    with transaction.atomic():
        lock(account.pk)
        return _known(account, Kind.ADJUST, credits, reference) or _append(
            account.pk, _last(account.pk), Kind.ADJUST, credits, reference, note=note, actor=actor
        )


def balance(account: Account) -> int:
    """Credits that the account may still hold: the sum of its entries, read from the last one."""
    last = Entry.objects.filter(account=account).order_by("-sequence").values_list("balance_after", flat=True).first()
    return last or 0


def settled_between(account: Account, start: datetime.datetime, end: datetime.datetime) -> int:
    """Credits charged by settlements made at or after `start` and before `end`."""
    settled = Entry.objects.filter(account=account, kind=Kind.SETTLE, made_at__gte=start, made_at__lt=end)
    # A hold is negative and a settlement gives back what is not charged, so both together are minus the charge.
    return -(settled.aggregate(total=Sum(F("ends__credits") + F("credits")))["total"] or 0)


def statement(account: Account) -> QuerySet[Entry]:
    """The account's entries, newest first."""
    return Entry.objects.filter(account=account).order_by("-sequence")


def lock(account_id: int) -> Account:
    """The account, once no other transaction writes entries of it; none does until the open transaction ends.

    NO KEY, because rows of other tables that merely point at the account (a render, a photo) need not wait for it.
    """
    locked = _LOCKED.one(account=account_id)
    if locked is None:
        raise Account.DoesNotExist
    return locked


def _give(account: Account, kind: str, credits: int, reference: str, note: str) -> Entry:
    if credits < 1:
        raise ValueError(f"a {kind} is of 1 credit or more")
    with transaction.atomic():
        locked = lock(account.pk)
        known = _known(account, kind, credits, reference)
        if known:
            return known
        entry = _append(account.pk, _last(account.pk), kind, credits, reference, note=note)
        # New credits, and not those of a failed run that came back: the next low balance is worth telling again.
        if locked.warned_at and entry.balance_after >= locked.warn_below:
            Account.objects.filter(pk=account.pk).update(warned_at=None)
        return entry


def _notice_fall(account: Account, before: int, after: int) -> None:
    """Have the balance looked at once it has fallen below what the account wants to be told of, or buys at."""
    if after < account.warn_below <= before or after < account.top_up_below <= before:
        jobs.enqueue_after_commit("billing.low_balance.look", account.pk)


def _known(account: Account, kind: str, credits: int, reference: str) -> Entry | None:
    """The entry that this very movement has written before, if it has."""
    if not 0 < len(reference) <= REFERENCE_LENGTH:
        raise ValueError(f"a reference is 1 to {REFERENCE_LENGTH} characters")
    entry = _OF_REFERENCE.one(reference=reference)
    if entry and (entry.account_id, entry.kind, entry.credits) != (account.pk, kind, credits):
        raise ReferenceTaken(entry)
    return entry


def _hold_of(reference: str) -> Entry:
    held = _OF_REFERENCE.one(reference=reference)
    if held is None or held.kind != Kind.HOLD:
        raise HoldNotFound(reference)
    return held


def _end(held: Entry, kind: str, credits: int) -> Entry:
    with transaction.atomic():
        lock(held.account_id)
        end = _END_OF.one(held=held.pk)
        if end is None:
            last = _last(held.account_id)
            return _append(held.account_id, last, kind, credits, f"{kind}:{held.reference}", ends=held)
        if (end.kind, end.credits) != (kind, credits):
            raise AlreadyEnded(end)
        return end


class _Last(NamedTuple):
    """Where an account's ledger ends."""

    sequence: int
    balance_after: int


def _last(account_id: int) -> _Last | None:
    """The account's last entry; None before its first."""
    found = _LAST.row(account=account_id)
    return _Last(*found) if found else None


def _append(
    account_id: int,
    last: _Last | None,
    kind: str,
    credits: int,
    reference: str,
    *,
    ends: Entry | None = None,
    note: str = "",
    actor: User | None = None,
) -> Entry:
    """Write the entry after `last`; the caller has held the account's lock since before it read that one."""
    return Entry.objects.create(
        account_id=account_id,
        sequence=last.sequence + 1 if last else 1,
        kind=kind,
        credits=credits,
        balance_after=(last.balance_after if last else 0) + credits,
        reference=reference,
        ends=ends,
        note=note,
        actor=actor,
    )


# --- the queries --------------------------------------------------------------------------------------

_LOCKED = Compiled(
    lambda: (
        Account.objects.select_for_update(no_key=True)
        .only("pk", "frozen_at", "closed_at", "warn_below", "warned_at", "top_up_below")
        .filter(pk=Given("account", Account, "pk"))
    )
)
# Each of these two finds one entry at most, by the database's constraints.
_OF_REFERENCE = Compiled(lambda: Entry.objects.filter(reference=Given("reference", Entry, "reference")).order_by())
_END_OF = Compiled(lambda: Entry.objects.filter(ends=Given("held", Entry, "pk")).order_by())
_LAST = Compiled(
    lambda: (
        Entry.objects.filter(account_id=Given("account", Account, "pk"))
        .order_by("-sequence")
        .values_list("sequence", "balance_after")[:1]
    )
)

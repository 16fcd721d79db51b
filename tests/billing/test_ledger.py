"""Credits given, held, settled, released and adjusted."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from billing import ledger
from billing.models import Account, Entry, User
from billing.models.ledger import AppendOnlyError


def test_a_hold_takes_its_price_from_the_balance(account: Account) -> None:
    entry = ledger.hold(account, 2, reference="run:a")

    assert entry is not None
    assert (entry.kind, entry.credits, entry.balance_after, entry.sequence) == ("hold", -2, 8, 2)
    assert ledger.balance(account) == 8


def test_the_same_reference_holds_once(account: Account) -> None:
    first = ledger.hold(account, 2, reference="run:a")
    again = ledger.hold(account, 2, reference="run:a")

    assert first == again
    assert ledger.balance(account) == 8


def test_a_hold_that_ended_is_not_held_again(account: Account) -> None:
    first = ledger.hold(account, 2, reference="run:a")
    ledger.release("run:a")

    assert ledger.hold(account, 2, reference="run:a") == first
    assert ledger.balance(account) == 10


def test_a_price_of_nothing_writes_nothing(account: Account) -> None:
    assert ledger.hold(account, 0, reference="run:a") is None
    assert Entry.objects.filter(account=account).count() == 1


def test_a_hold_beyond_the_balance_says_what_is_missing_and_writes_nothing(account: Account) -> None:
    ledger.hold(account, 9, reference="run:a")

    with pytest.raises(ledger.InsufficientCredits) as refused:
        ledger.hold(account, 2, reference="run:b")

    assert (refused.value.needed, refused.value.balance) == (2, 1)
    assert ledger.balance(account) == 1
    assert ledger.hold(account, 1, reference="run:c") is not None
    assert ledger.balance(account) == 0


def test_a_settled_hold_stays_charged(account: Account) -> None:
    ledger.hold(account, 2, reference="run:a")
    end = ledger.settle("run:a")

    assert (end.kind, end.credits, end.balance_after) == ("settle", 0, 8)
    assert end.ends is not None
    assert end.ends.reference == "run:a"


def test_settling_for_less_gives_the_rest_back(account: Account) -> None:
    ledger.hold(account, 8, reference="run:a")
    ledger.settle("run:a", charged=6)

    assert ledger.balance(account) == 4


@pytest.mark.parametrize("charged", [-1, 3])
def test_a_charge_outside_the_hold_is_refused(account: Account, charged: int) -> None:
    ledger.hold(account, 2, reference="run:a")

    with pytest.raises(ValueError, match="0 to the 2 credits"):
        ledger.settle("run:a", charged=charged)

    assert ledger.balance(account) == 8


def test_a_released_hold_costs_nothing(account: Account) -> None:
    ledger.hold(account, 2, reference="run:a")
    end = ledger.release("run:a")

    assert (end.kind, end.credits) == ("release", 2)
    assert ledger.balance(account) == 10


def test_the_same_end_twice_is_one_end(account: Account) -> None:
    ledger.hold(account, 2, reference="run:a")
    ledger.hold(account, 2, reference="run:b")

    assert ledger.settle("run:a") == ledger.settle("run:a", charged=2)
    assert ledger.release("run:b") == ledger.release("run:b")
    assert ledger.balance(account) == 8


def test_a_contrary_end_is_refused(account: Account) -> None:
    ledger.hold(account, 2, reference="run:a")
    ledger.hold(account, 2, reference="run:b")
    ledger.settle("run:a")
    ledger.release("run:b")

    with pytest.raises(ledger.AlreadyEnded):
        ledger.release("run:a")
    with pytest.raises(ledger.AlreadyEnded):
        ledger.settle("run:a", charged=1)
    with pytest.raises(ledger.AlreadyEnded):
        ledger.settle("run:b")

    assert ledger.balance(account) == 8


def test_an_end_without_a_hold_is_refused(account: Account) -> None:
    with pytest.raises(ledger.HoldNotFound):
        ledger.settle("run:none")
    with pytest.raises(ledger.HoldNotFound):
        ledger.release("fixture:account")  # a grant, not a hold


def test_a_reference_means_one_thing(account: Account, stranger_account: Account) -> None:
    ledger.hold(account, 2, reference="run:a")

    with pytest.raises(ledger.ReferenceTaken):
        ledger.hold(stranger_account, 2, reference="run:a")
    with pytest.raises(ledger.ReferenceTaken):
        ledger.hold(account, 3, reference="run:a")
    with pytest.raises(ledger.ReferenceTaken):
        ledger.grant(account, 2, reference="run:a")

    assert (ledger.balance(account), ledger.balance(stranger_account)) == (8, 10)


def test_a_grant_is_given_once(account: Account) -> None:
    assert ledger.grant(account, 5, reference="promo:1") == ledger.grant(account, 5, reference="promo:1")
    assert ledger.balance(account) == 15


def test_an_adjustment_may_leave_the_balance_below_zero_and_then_nothing_can_be_held(
    account: Account, owner: User
) -> None:
    entry = ledger.adjust(account, -13, reference="dispute:1", actor=owner, note="Card dispute")

    assert (entry.actor, entry.note) == (owner, "Card dispute")
    assert ledger.balance(account) == -3
    with pytest.raises(ledger.InsufficientCredits):
        ledger.hold(account, 1, reference="run:a")


def test_a_hold_is_undone_with_the_transaction_it_is_part_of(account: Account) -> None:
    def request() -> None:
        with transaction.atomic():
            ledger.hold(account, 2, reference="run:a")
            raise RuntimeError("the rest of the request failed")

    with pytest.raises(RuntimeError):
        request()

    assert ledger.balance(account) == 10
    assert not Entry.objects.filter(reference="run:a").exists()


def test_what_was_settled_in_a_period_counts_charges_alone(account: Account, stranger_account: Account) -> None:
    start = timezone.now()
    ledger.hold(account, 2, reference="run:a")
    ledger.hold(account, 4, reference="run:b")
    ledger.hold(account, 1, reference="run:c")
    ledger.hold(account, 1, reference="run:d")
    ledger.hold(stranger_account, 5, reference="run:e")
    ledger.settle("run:a")
    ledger.settle("run:b", charged=3)
    ledger.release("run:c")
    ledger.settle("run:e")
    end = timezone.now() + datetime.timedelta(seconds=1)

    assert ledger.settled_between(account, start, end) == 5
    assert ledger.settled_between(account, end, end + datetime.timedelta(days=1)) == 0


def test_the_statement_lists_entries_newest_first(account: Account, stranger_account: Account) -> None:
    ledger.hold(account, 2, reference="run:a")
    ledger.settle("run:a")

    assert [entry.kind for entry in ledger.statement(account)] == ["settle", "hold", "grant"]


def test_an_entry_is_never_changed_or_deleted(account: Account) -> None:
    entry = Entry.objects.get(reference="fixture:account")
    entry.credits = 1000

    for change in (
        entry.save,
        entry.delete,
        Entry.objects.all().delete,
        lambda: Entry.objects.update(credits=1000),
        lambda: Entry.objects.bulk_update([entry], ["credits"]),
    ):
        with pytest.raises(AppendOnlyError):
            change()

    entry.refresh_from_db()
    assert entry.credits == 10


def test_an_account_with_entries_cannot_be_deleted(account: Account) -> None:
    with pytest.raises(IntegrityError):
        account.delete()

    assert ledger.balance(account) == 10


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "grant", "credits": -1, "balance_after": 9},
        {"kind": "hold", "credits": 1, "balance_after": 11},
        {"kind": "hold", "credits": -11, "balance_after": -1},
        {"kind": "adjust", "credits": 0, "balance_after": 10},
        {"kind": "settle", "credits": 0, "balance_after": 10},
        {"kind": "gift", "credits": 1, "balance_after": 11},
        {"kind": "grant", "credits": 1, "balance_after": 11, "sequence": 1},
        {"kind": "grant", "credits": 1, "balance_after": 11, "sequence": 0},
        {"kind": "grant", "credits": 1, "balance_after": 11, "reference": "fixture:account"},
    ],
)
def test_the_database_itself_refuses_a_wrong_entry(account: Account, wrong: dict[str, object]) -> None:
    entry = Entry(**{"account": account, "sequence": 2, "reference": "wrong", **wrong})

    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save()


def test_the_database_itself_refuses_a_second_end(account: Account) -> None:
    held = ledger.hold(account, 2, reference="run:a")
    ledger.settle("run:a")
    second = Entry(
        account=account, sequence=4, kind="release", credits=2, balance_after=10, reference="second", ends=held
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()


def test_the_database_itself_refuses_to_change_an_entry(account: Account) -> None:
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE billing_entry SET note = 'other'")

    if connection.vendor == "postgresql":
        with pytest.raises(IntegrityError, match="never"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM billing_entry")
    assert Entry.objects.get().note == ""

"""Proving the ledger, and finding what someone changed behind its back."""

from __future__ import annotations

import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from billing import explaining, ledger, reconciliation
from billing.models import Account
from billing.reconciliation import reconcile, unended, unexplained


@pytest.fixture
def busy_account(account: Account) -> Account:
    """10 granted; run:a (2) settled, run:b (4) settled at 3, run:c (1) released, run:d (1) held: balance 4."""
    for reference, price in (("run:a", 2), ("run:b", 4), ("run:c", 1), ("run:d", 1)):
        ledger.hold(account, price, reference=reference)
    ledger.settle("run:a")
    ledger.settle("run:b", charged=3)
    ledger.release("run:c")
    return account


@pytest.fixture(autouse=True)
def nobody_explains(monkeypatch: pytest.MonkeyPatch) -> None:
    """No run stands behind the holds of these tests."""
    monkeypatch.setattr(explaining, "_explainers", {})


def _tamper(statement: str) -> None:
    """Change rows as only somebody can who takes the database's own guard away first."""
    on_table = " ON billing_entry" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER IF EXISTS billing_entry_stays{on_table}")
        cursor.execute(f"UPDATE billing_entry SET {statement}")


def test_what_the_verbs_wrote_reconciles(busy_account: Account) -> None:
    assert ledger.balance(busy_account) == 4
    assert reconcile(busy_account) == []


@pytest.mark.parametrize(
    ("tampering", "expected"),
    [
        ("credits = 100 WHERE sequence = 5", []),  # refused by the database: a hold is negative
        ("balance_after = 50 WHERE sequence = 4", ["entry 4: balance_after is 50, expected 3"]),
        ("sequence = 20 WHERE sequence = 8", ["entry 20: sequence is 20, expected 8"]),
        (
            "credits = 3, balance_after = balance_after + 2 WHERE kind = 'release'",
            ["entry 8: released is 3, expected 1"],
        ),
        (
            "credits = 5, balance_after = balance_after + 4 WHERE sequence = 7",
            [
                "entry 7: given back by settling is 5, expected 4",
                "entry 8: balance_after is 4, expected 8",
            ],
        ),
    ],
)
def test_a_changed_row_is_found(busy_account: Account, tampering: str, expected: list[str]) -> None:
    if not expected:
        with pytest.raises(Exception, match="entry_sign_fits_kind"):
            _tamper(tampering)
        return
    _tamper(tampering)

    assert [str(difference) for difference in reconcile(busy_account)] == expected


def test_an_end_of_another_accounts_hold_is_found(busy_account: Account, stranger_account: Account) -> None:
    held = ledger.hold(stranger_account, 1, reference="run:s")
    assert held is not None
    _tamper(f"ends_id = {held.pk} WHERE kind = 'release'")

    assert [difference.what for difference in reconcile(busy_account)] == ["account of the hold it ends"]


def test_the_command_says_what_differs_and_fails(busy_account: Account, stranger_account: Account) -> None:
    out = StringIO()
    call_command("reconcile", stdout=out)
    assert out.getvalue() == "2 accounts reconcile\n"

    _tamper("balance_after = 50 WHERE sequence = 4")
    out = StringIO()
    with pytest.raises(CommandError, match="1 of 2 accounts do not reconcile"):
        call_command("reconcile", stdout=out)
    assert "Acme Realty): entry 4: balance_after is 50, expected 3" in out.getvalue()

    call_command("reconcile", "Stranger@example.com", stdout=StringIO())
    with pytest.raises(CommandError, match="no account belongs to"):
        call_command("reconcile", "nobody@example.com")


def test_a_hold_without_an_end_is_found_once_it_is_older_than_any_run(busy_account: Account) -> None:
    assert unended(busy_account, before=timezone.now() - datetime.timedelta(hours=1)) == []

    (lost,) = unended(busy_account, before=timezone.now() + datetime.timedelta(seconds=1))
    assert lost.what.startswith("ends of run:d, held since")


def test_what_the_runs_say_is_compared(busy_account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciliation, "BATCH", 3)
    told = {"run:a": "settle", "run:b": "settle", "run:c": "release", "run:d": "hold"}
    explaining.register("run:", lambda references: {r: told[r] for r in references if r in told})
    assert unexplained(busy_account) == []

    told |= {"run:b": "release"}
    del told["run:d"]
    assert [difference.what for difference in unexplained(busy_account)] == [
        "run:b is “settle” here and “release” at its run; agreements",
        "runs known for run:d",
    ]

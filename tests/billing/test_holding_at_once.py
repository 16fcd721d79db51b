"""Hundreds of holds on one account from many processes never overdraw."""

from __future__ import annotations

import pytest

from billing import ledger
from billing.models import Account, Entry
from billing.reconciliation import reconcile
from tests import needs
from tests.billing.holding import at_once, by_verb


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_hundreds_of_holds_from_many_processes_never_overdraw(account: Account) -> None:
    needs.postgres()
    ledger.grant(account, 110, reference="more")

    outcomes = at_once(account, processes=8, each=30, hold=by_verb)

    assert outcomes == {"held": 120, "InsufficientCredits": 120}
    assert ledger.balance(account) == 0
    assert Entry.objects.filter(account=account, balance_after__lt=0).count() == 0
    assert reconcile(account) == []

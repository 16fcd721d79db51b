"""A long random life of an account, against a model of it in plain Python."""

from __future__ import annotations

import random

import pytest

from billing import ledger
from billing.models import Account, Entry, User
from billing.reconciliation import reconcile


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_the_balance_is_what_was_given_minus_what_was_charged_and_is_held(
    account: Account, owner: User, seed: int
) -> None:
    chance = random.Random(seed)
    given, charged, held = 10, 0, dict[str, int]()
    for step in range(120):
        verb = chance.choice(["grant", "hold", "hold", "hold", "settle", "release", "adjust"])
        reference, credits = f"walk:{step}", chance.randint(1, 6)
        if verb == "grant":
            ledger.grant(account, credits, reference=reference)
            given += credits
        elif verb == "adjust":
            ledger.adjust(account, -credits, reference=reference, actor=owner, note="Refund")
            given -= credits
        elif verb == "hold":
            try:
                ledger.hold(account, credits, reference=reference)
                held[reference] = credits
            except ledger.InsufficientCredits:
                assert given - charged - sum(held.values()) < credits
        elif held:
            ended = chance.choice(sorted(held))
            price = held.pop(ended)
            if verb == "settle":
                cost = chance.randint(0, price)
                ledger.settle(ended, charged=cost)
                charged += cost
            else:
                ledger.release(ended)
        assert ledger.balance(account) == given - charged - sum(held.values())

    assert reconcile(account) == []
    assert ledger.balance(account) == sum(Entry.objects.filter(account=account).values_list("credits", flat=True))

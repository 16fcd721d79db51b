"""Running low: one mail until credits come, and credits that are bought by themselves."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from billing import jobs, ledger, low_balance, top_ups
from billing.models import Account, Customer, Pack, TopUp, TopUpRule
from billing.reconciliation import reconcile
from tests.billing.conftest import Shopper, work
from tests.billing.stripe_stand_in import StandIn

pytestmark = pytest.mark.django_db


def _subjects() -> list[str]:
    return [message.subject for message in mail.outbox]


def _spend(account: Account, credits: int, reference: str) -> None:
    ledger.hold(account, credits, reference=reference)
    ledger.settle(reference)


def test_a_low_balance_is_told_once_until_credits_come(shopper: Shopper) -> None:
    assert shopper.press("/billing/warning/", warn_below=4) == "Saved."
    _spend(shopper.account, 2, "run:a")
    work()
    assert _subjects() == ["3 credits are left"]
    assert mail.outbox[0].to == ["ann@example.com"]
    assert "/billing/plans/" in mail.outbox[0].body

    ledger.hold(shopper.account, 1, reference="run:b")
    work()
    ledger.release("run:b")
    _spend(shopper.account, 1, "run:c")
    work()
    assert len(mail.outbox) == 1, "credits that came back from a failed run are no new ones"

    ledger.grant(shopper.account, 5, reference="promo:1")
    _spend(shopper.account, 6, "run:d")
    work()
    assert _subjects()[1:] == ["1 credit is left"]


def test_a_hold_wakes_the_look_only_when_it_falls_below(
    shopper: Shopper, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(jobs, "_enqueue", lambda function, arguments: woken.append(function))
    shopper.press("/billing/warning/", warn_below=4)
    with django_capture_on_commit_callbacks(execute=True):
        ledger.hold(shopper.account, 1, reference="run:a")
    assert woken == []
    with django_capture_on_commit_callbacks(execute=True):
        ledger.hold(shopper.account, 1, reference="run:b")
        ledger.hold(shopper.account, 1, reference="run:c")
    assert woken == ["billing.low_balance.look"]


def test_an_account_that_was_given_nothing_yet_is_not_told_that_it_is_low(stranger_account: Account) -> None:
    fresh = Account.objects.create(name="New", plan=stranger_account.plan, warn_below=5)

    assert fresh.pk not in low_balance.waiting()


def _order(shopper: Shopper, **fields: int | str) -> str:
    return shopper.press("/billing/top-up/", **{"pack": "small", "below": 10, "per_month": 2, **fields})


def test_credits_are_bought_by_the_saved_card_when_few_are_left(shopper: Shopper, stripe: StandIn) -> None:
    shopper.buy("/billing/packs/small/buy/")
    shopper.webhooks()
    assert "bought by themselves" in _order(shopper)
    assert "Visa ending 4242" in shopper.told()

    _spend(shopper.account, 25, "run:a")
    work()
    assert ledger.balance(shopper.account) == 30
    (charged,) = stripe.calls("POST", "/v1/payment_intents")
    assert (charged.params["amount"], charged.params["off_session"]) == ("1200", "true")
    shopper.webhooks()
    assert ledger.balance(shopper.account) == 30
    assert TopUp.objects.get().state == "paid"

    # The month's limit.
    _spend(shopper.account, 25, "run:b")
    shopper.webhooks()
    _spend(shopper.account, 25, "run:c")
    shopper.webhooks()
    assert ledger.balance(shopper.account) == 5
    assert len(stripe.calls("POST", "/v1/payment_intents")) == 2
    assert "The automatic top-up has reached its limit" in _subjects()
    assert reconcile(shopper.account) == []


def test_a_declined_top_up_switches_the_order_off_and_says_so(shopper: Shopper, stripe: StandIn) -> None:
    shopper.buy("/billing/packs/small/buy/")
    _order(shopper)
    stripe.change_card(shopper.customer, works=False)
    shopper.webhooks()

    _spend(shopper.account, 25, "run:a")
    work()
    shopper.webhooks()

    assert ledger.balance(shopper.account) == 5
    assert TopUp.objects.get().state == "failed"
    assert not TopUpRule.objects.get().enabled
    assert "It was switched off: Your card was declined." in shopper.told()
    assert _subjects() == ["Credits could not be bought"]
    work()
    assert len(stripe.calls("POST", "/v1/payment_intents")) == 1


def test_a_crash_after_the_charge_is_not_charged_twice(shopper: Shopper, stripe: StandIn) -> None:
    shopper.buy("/billing/packs/small/buy/")
    _order(shopper)
    _spend(shopper.account, 25, "run:a")
    asked = top_ups.ask(Account.objects.get(pk=shopper.account.pk))
    assert asked is not None
    top_ups.charge(asked)
    TopUp.objects.update(stripe_id="")  # the process died before it could write this

    work()

    assert ledger.balance(shopper.account) == 30
    assert len([paid for paid in stripe.all("payment_intent") if paid["metadata"].get("top_up")]) == 1
    assert TopUp.objects.get().state == "paid"


def test_only_one_top_up_is_under_way(shopper: Shopper) -> None:
    shopper.buy("/billing/packs/small/buy/")
    _order(shopper, per_month=5)
    _spend(shopper.account, 25, "run:a")
    account = Account.objects.get(pk=shopper.account.pk)

    assert top_ups.ask(account) is not None
    assert top_ups.ask(account) is None


def test_without_a_saved_card_there_is_no_order(shopper: Shopper) -> None:
    assert "its card is then used" in _order(shopper)
    assert not TopUpRule.objects.exists()
    assert not Customer.objects.exists()


def test_an_order_can_be_switched_off(shopper: Shopper, stripe: StandIn) -> None:
    shopper.buy("/billing/packs/small/buy/")
    _order(shopper)
    shopper.press("/billing/top-up/stop/")

    _spend(shopper.account, 25, "run:a")
    work()

    assert stripe.calls("POST", "/v1/payment_intents") == []


def test_a_pack_changed_later_keeps_what_was_bought(shopper: Shopper) -> None:
    shopper.buy("/billing/packs/small/buy/", return_to_us=False)
    Pack.objects.filter(slug="small").update(credits=1)

    shopper.webhooks()

    assert ledger.balance(shopper.account) == 30

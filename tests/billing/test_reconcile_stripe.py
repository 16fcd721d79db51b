"""Comparing Stripe with our mirror, and mending what lost webhooks left behind."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from billing import fetches, ledger
from billing.models import Account, Payment, Subscription
from tests.billing.conftest import Shopper
from tests.billing.stripe_stand_in import StandIn

pytestmark = pytest.mark.django_db


def _compare(**options: bool) -> str:
    out = StringIO()
    call_command("reconcile_stripe", stdout=out, **options)
    return out.getvalue()


def test_without_a_lost_webhook_nothing_differs(shopper: Shopper, stripe: StandIn) -> None:
    shopper.buy("/billing/plans/pro/buy/")
    shopper.buy("/billing/packs/small/buy/")
    stripe.refund(Payment.objects.get(kind="pack").stripe_id, 600)
    shopper.webhooks()

    assert _compare() == "1 customers compared, 0 differences\n"


def test_lost_webhooks_are_found_and_mended(shopper: Shopper, stripe: StandIn) -> None:
    shopper.buy("/billing/plans/pro/buy/")
    shopper.buy("/billing/packs/small/buy/", return_to_us=False)
    stripe.advance(days=31)
    stripe.dispute(Payment.objects.get(kind="plan").stripe_id)
    stripe.cancel(stripe.objects[shopper.subscription])
    stripe.outbox.clear()

    out = StringIO()
    with pytest.raises(CommandError, match="5 differences among 1 customers"):
        call_command("reconcile_stripe", stdout=out)
    assert f"{shopper.subscription}: status is canceled at Stripe and active here" in out.getvalue()
    assert "payment in cents is 1200 at Stripe and missing here" in out.getvalue()
    assert "dispute is needs_response at Stripe and none here" in out.getvalue()

    assert "5 differences mended" in _compare(repair=True)
    assert "0 differences" in _compare()
    account = Account.objects.get(pk=shopper.account.pk)
    assert (account.plan_id, account.frozen_why, ledger.balance(account)) == ("free", "dispute", 5 + 25 + 120)


def test_credits_without_money_and_money_without_credits_are_found(shopper: Shopper) -> None:
    shopper.buy("/billing/packs/small/buy/")
    ledger.purchase(shopper.account, 100, reference="purchase:pi_nobody")
    Payment.objects.update(refunded_cents=1200)

    out = StringIO()
    with pytest.raises(CommandError, match="3 differences"):
        call_command("reconcile_stripe", stdout=out)

    assert "25 credits given, 0 paid for" in out.getvalue()
    assert "purchase +100 -> 130 (purchase:pi_nobody) was never paid" in out.getvalue()


def test_it_says_when_billing_is_not_set_up(shopper: Shopper, settings: object) -> None:
    shopper.buy("/billing/packs/small/buy/")
    settings.STRIPE_SECRET_KEY = ""  # type: ignore[attr-defined]

    with pytest.raises(CommandError, match="STRIPE_SECRET_KEY is not set"):
        call_command("reconcile_stripe", stdout=StringIO())


def test_an_answer_that_was_overtaken_is_not_written(shopper: Shopper) -> None:
    shopper.buy("/billing/plans/pro/buy/")
    subscription = Subscription.objects.get()
    early, late = fetches.take(subscription.stripe_id), fetches.take(subscription.stripe_id)

    assert fetches.may_write(subscription.stripe_id, late)
    assert not fetches.may_write(subscription.stripe_id, early)
    assert not fetches.may_write(subscription.stripe_id, late)

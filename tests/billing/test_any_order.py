"""The same events in any order, at any time and in any number end in the same state."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import accounts, ledger, prices
from billing.models import Account, Payment, Plan, StripeEvent, Subscription, User
from billing.reconciliation import reconcile
from tests.billing.conftest import Shopper, post_webhook, work
from tests.billing.stripe_stand_in import StandIn

_numbers = itertools.count()


def _life(shopper: Shopper, between: Callable[[], None]) -> None:
    """A customer's life as it happens at Stripe; what we learn of it when is up to `between`."""
    stripe = shopper.stripe
    plus = prices.ensure(Plan.objects.get(slug="pro_plus"))
    shopper.buy("/billing/plans/pro/buy/", return_to_us=False)
    between()
    shopper.buy("/billing/packs/medium/buy/", return_to_us=False)
    between()
    (found,) = stripe.all("subscription", customer=shopper.customer)
    (pack,) = (paid for paid in stripe.all("payment_intent", customer=shopper.customer) if paid["metadata"])
    stripe.advance(days=31)
    between()
    (item,) = found["items"]["data"]
    stripe.now = (item["current_period_end"] + item["current_period_start"]) // 2
    change = {"items": [{"id": item["id"], "price": plus.stripe_id}], "proration_behavior": "always_invoice"}
    stripe.post_subscription(found, change)
    between()
    stripe.change_card(shopper.customer, works=False)
    stripe.advance(days=16)
    between()
    stripe.change_card(shopper.customer, works=True)
    stripe.retry_now(found["id"])
    between()
    refund = stripe.refund(pack["id"], 1200)
    stripe.refund(pack["id"], 1000)
    between()
    stripe.fail_refund(refund["id"])
    renewal = next(paid for paid in stripe.all("payment_intent", customer=shopper.customer) if paid["amount"] == 14900)
    dispute = stripe.dispute(renewal["id"])
    between()
    stripe.decide(dispute["id"], won=True)
    lost = stripe.dispute(pack["id"], 500)
    between()
    stripe.decide(lost["id"], won=False)
    stripe.post_subscription(found, {"cancel_at_period_end": "true"})
    between()
    stripe.advance(days=31)


def _end_state(shopper: Shopper) -> dict[str, Any]:
    account = Account.objects.get(pk=shopper.account.pk)
    assert reconcile(account) == []
    payments = Payment.objects.filter(account=account)
    return {
        "plan": account.plan_id,
        "credits": ledger.balance(account),
        "frozen": account.frozen_why,
        "subscriptions": list(
            Subscription.objects.filter(account=account).values_list("status", "plan_id", "cancel_at_period_end")
        ),
        "payments": sorted(
            payments.values_list("kind", "credits", "cents", "refunded_cents", "disputed_cents", "dispute_status")
        ),
        "kept": sum(payment.kept_credits for payment in payments),
    }


def _shopper(stripe: StandIn) -> Shopper:
    user = User.objects.create_user(f"ann{next(_numbers)}@example.com")
    return Shopper(stripe, user, accounts.found_account(user))


EXPECTED = {
    "plan": "free",
    # 120 + 120 + 240 + 600 of the plans, 100 of the pack, of which 10 dollars of 42 were refunded and 5 were lost.
    "credits": 120 + 120 + 240 + 600 + round(100 * (4200 - 1000 - 500) / 4200),
    "frozen": "dispute",
    "subscriptions": [("canceled", "pro_plus", True)],
    "payments": [
        ("pack", 100, 4200, 1000, 500, "lost"),
        ("plan", 120, 3900, 0, 0, ""),
        ("plan", 120, 3900, 0, 0, ""),
        ("plan", 240, 5500, 0, 0, ""),
        ("plan", 600, 14900, 0, 14900, "won"),
    ],
    "kept": 120 + 120 + 240 + 600 + round(100 * (4200 - 1000 - 500) / 4200),
}


@pytest.mark.django_db
def test_in_the_order_of_time(stripe: StandIn) -> None:
    shopper = _shopper(stripe)

    _life(shopper, between=shopper.webhooks)
    shopper.webhooks()

    assert _end_state(shopper) == EXPECTED


@pytest.mark.django_db
@settings(max_examples=2, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.randoms(use_true_random=False))
def test_in_any_order_and_number(stripe: StandIn, chance: random.Random) -> None:
    shopper = _shopper(stripe)

    def some() -> None:
        stripe.deliver_some(post_webhook, chance)
        if chance.random() < 0.5:
            work()

    _life(shopper, between=some)
    late = stripe.outbox * chance.choice([1, 2])
    stripe.outbox = []
    chance.shuffle(late)
    stripe.deliver(post_webhook, events=late)
    work()

    assert _end_state(shopper) == EXPECTED
    assert not StripeEvent.objects.exclude(state__in=("done", "ignored")).exists()

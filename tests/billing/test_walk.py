"""From sign-up to a dispute, through our pages, Stripe's and its webhooks; the credits are right at each step."""

from __future__ import annotations

import pytest
from django.core import mail

from billing import accounts, ledger, prices
from billing.models import Account, Entry, Payment, Plan, Subscription
from billing.reconciliation import reconcile
from tests.billing.conftest import Shopper
from tests.billing.stripe_stand_in import StandIn


def _stands(shopper: Shopper, plan: str, credits: int, status: str | None = "active") -> None:
    """The account's plan, balance and subscription are these, and its entries reconcile."""
    account = Account.objects.get(pk=shopper.account.pk)
    assert (account.plan_id, ledger.balance(account)) == (plan, credits)
    subscription = Subscription.objects.filter(account=account).order_by("-pk").first()
    assert (subscription.status if subscription else None) == status
    assert reconcile(account) == []


def test_the_whole_life_of_a_customer(shopper: Shopper, stripe: StandIn) -> None:
    _stands(shopper, "free", 5, None)

    # A paid plan: the credits are there when the browser comes back, before any webhook.
    shopper.buy("/billing/plans/pro/buy/")
    _stands(shopper, "pro", 125)
    shopper.webhooks()
    _stands(shopper, "pro", 125)

    # Renewal, a month later.
    stripe.advance(days=31)
    shopper.webhooks()
    _stands(shopper, "pro", 245)

    # Upgrade in the middle of the month: about half of the difference of 480 credits, and the plan at once.
    item = stripe.objects[shopper.subscription]["items"]["data"][0]
    half = (item["current_period_end"] + item["current_period_start"]) // 2
    stripe.now = half
    assert "You are on Pro Plus now." in shopper.press("/billing/plans/pro_plus/buy/")
    _stands(shopper, "pro_plus", 245 + 240)
    shopper.webhooks()
    _stands(shopper, "pro_plus", 245 + 240)

    # The card fails at the next renewal: no credits, the plan stays while Stripe tries again.
    stripe.change_card(shopper.customer, works=False)
    stripe.advance(days=16)
    shopper.webhooks()
    _stands(shopper, "pro_plus", 485, "past_due")
    assert "Your card was declined" in shopper.told()
    assert [message.subject for message in mail.outbox].count("Your card was declined") == 1

    # Recovery with another card.
    stripe.change_card(shopper.customer, works=True)
    assert stripe.retry_now(shopper.subscription)
    shopper.webhooks()
    _stands(shopper, "pro_plus", 1085)

    # Cancellation: two clicks; the plan lasts to the end of what is paid, the credits for ever.
    assert "Cancel Pro Plus?" in shopper.client.get("/billing/cancel/").content.decode()
    assert "Cancelled" in shopper.press("/billing/cancel/")
    shopper.webhooks()
    _stands(shopper, "pro_plus", 1085)
    assert "ends on" in shopper.told()
    stripe.advance(days=31)
    shopper.webhooks()
    _stands(shopper, "free", 1085, "canceled")
    assert mail.outbox[-1].subject == "Your Pro Plus plan has ended"

    # A pack, half of it refunded, then disputed and lost.
    shopper.buy("/billing/packs/medium/buy/")
    shopper.webhooks()
    _stands(shopper, "free", 1185, "canceled")
    pack = Payment.objects.get(kind="pack")
    stripe.refund(pack.stripe_id, pack.cents // 2)
    shopper.webhooks()
    _stands(shopper, "free", 1135, "canceled")
    dispute = stripe.dispute(pack.stripe_id, pack.cents // 2)
    shopper.webhooks()
    _stands(shopper, "free", 1085, "canceled")
    assert "The account is frozen" in shopper.told()
    with pytest.raises(ledger.AccountFrozen):
        ledger.hold(shopper.account, 1, reference="run:a")
    stripe.decide(dispute["id"], won=True)
    shopper.webhooks()
    _stands(shopper, "free", 1135, "canceled")
    assert ledger.hold(shopper.account, 1, reference="run:a")


def test_the_entries_say_what_happened(shopper: Shopper, stripe: StandIn) -> None:
    shopper.buy("/billing/plans/pro/buy/")
    shopper.webhooks()
    payment = Payment.objects.get()
    stripe.refund(payment.stripe_id)
    shopper.webhooks()

    start = stripe.objects[shopper.subscription]["items"]["data"][0]["current_period_start"]
    entries = [(entry.kind, entry.credits, entry.note) for entry in Entry.objects.order_by("sequence")]
    assert entries == [
        ("grant", 5, "Sign-up credits"),
        ("grant", 120, "Pro, month from 01 January 2026"),
        ("adjust", -120, "Refunded: Pro, month from 01 January 2026"),
    ]
    assert Entry.objects.get(credits=120).reference == f"period:{shopper.subscription}:{start}"


def test_a_card_that_is_declined_at_checkout_changes_nothing(shopper: Shopper) -> None:
    shopper.buy("/billing/plans/pro/buy/", card_works=False)
    shopper.webhooks()

    _stands(shopper, "free", 5, None)


def test_who_closes_the_window_gets_everything_by_webhook(shopper: Shopper) -> None:
    shopper.buy("/billing/plans/pro/buy/", return_to_us=False)
    _stands(shopper, "free", 5, None)

    shopper.webhooks()
    _stands(shopper, "pro", 125)


def test_an_upgrade_whose_charge_fails_changes_nothing(shopper: Shopper, stripe: StandIn) -> None:
    shopper.buy("/billing/plans/pro/buy/")
    stripe.change_card(shopper.customer, works=False)
    stripe.advance(days=10)

    assert "declined, so the plan stays Pro" in shopper.press("/billing/plans/pro_plus/buy/")
    shopper.webhooks()

    _stands(shopper, "pro", 125)


def test_a_cheaper_plan_begins_when_the_paid_month_ends(shopper: Shopper, stripe: StandIn) -> None:
    shopper.buy("/billing/plans/pro_plus/buy/")
    assert "You go on with Pro when" in shopper.press("/billing/plans/pro/buy/")
    shopper.webhooks()
    _stands(shopper, "pro_plus", 605)
    assert "then Pro from" in shopper.told()

    stripe.advance(days=31)
    shopper.webhooks()
    _stands(shopper, "pro", 725)


def test_who_thinks_again_keeps_the_plan(shopper: Shopper, stripe: StandIn) -> None:
    shopper.buy("/billing/plans/pro_plus/buy/")
    shopper.press("/billing/plans/pro/buy/")
    shopper.press("/billing/resume/")
    shopper.press("/billing/cancel/")
    assert "Your plan goes on." in shopper.press("/billing/resume/")

    stripe.advance(days=31)
    shopper.webhooks()
    _stands(shopper, "pro_plus", 1205)


def test_a_card_that_never_recovers_ends_on_the_free_plan(shopper: Shopper, stripe: StandIn) -> None:
    shopper.buy("/billing/plans/pro/buy/")
    stripe.change_card(shopper.customer, works=False)

    stripe.advance(days=60)
    shopper.webhooks()

    _stands(shopper, "free", 125, "canceled")


def test_a_refund_that_the_bank_sends_back_gives_the_credits_back(shopper: Shopper, stripe: StandIn) -> None:
    shopper.buy("/billing/packs/small/buy/")
    refund = stripe.refund(Payment.objects.get().stripe_id)
    shopper.webhooks()
    _stands(shopper, "free", 5, None)

    stripe.fail_refund(refund["id"])
    shopper.webhooks()
    _stands(shopper, "free", 30, None)


def test_a_lost_dispute_takes_the_credits_even_when_they_are_spent(shopper: Shopper, stripe: StandIn) -> None:
    shopper.buy("/billing/packs/small/buy/")
    ledger.hold(shopper.account, 30, reference="run:a")
    ledger.settle("run:a")
    dispute = stripe.dispute(Payment.objects.get().stripe_id)
    stripe.decide(dispute["id"], won=False)
    shopper.webhooks()

    _stands(shopper, "free", -25, None)
    assert Account.objects.get(pk=shopper.account.pk).frozen_why == "dispute"


def test_pressing_twice_buys_once(shopper: Shopper, stripe: StandIn) -> None:
    once, twice = (shopper.client.post("/billing/packs/small/buy/", {"attempt": "same"}) for _ in range(2))

    assert once["Location"] == twice["Location"]
    assert len(list(stripe.all("checkout.session"))) == 1


def test_a_second_subscription_is_not_sold(shopper: Shopper) -> None:
    shopper.buy("/billing/plans/pro/buy/")

    assert "on Pro already" in shopper.press("/billing/plans/pro/buy/")


def test_every_change_carries_an_idempotency_key_and_prices_are_made_once(shopper: Shopper, stripe: StandIn) -> None:
    shopper.buy("/billing/plans/pro/buy/")
    shopper.press("/billing/plans/pro_plus/buy/")
    shopper.press("/billing/cancel/")
    shopper.webhooks()

    changing = [call for call in stripe.faults.seen if call.method != "GET"]
    assert changing
    assert all(call.idempotency_key for call in changing)
    assert len(stripe.calls("POST", "/v1/prices")) == Plan.objects.filter(monthly_price_cents__gt=0).count()


def test_a_plan_that_staff_gave_is_kept_when_a_first_payment_never_comes(shopper: Shopper, stripe: StandIn) -> None:
    accounts.change_plan(shopper.account, "pro")
    shopper.buy("/billing/packs/small/buy/")
    card = stripe.card(shopper.customer, works=False)
    plus = prices.ensure(Plan.objects.get(slug="pro_plus"))
    made = stripe.subscribe(shopper.customer, plus.stripe_id, card["id"], {})
    shopper.webhooks()
    _stands(shopper, "pro", 30, "incomplete")

    made["status"] = "incomplete_expired"
    stripe.emit("customer.subscription.updated", made)
    shopper.webhooks()
    _stands(shopper, "pro", 30, "incomplete_expired")
    shopper.buy("/billing/plans/pro_plus/buy/")
    _stands(shopper, "pro_plus", 630)

"""The webhook's inbox: signatures, doubles, outages, failures that stay visible, and replays."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
import stripe as library
import time_machine
from django.db import transaction
from django.test import Client
from django.utils import timezone

from billing import jobs, ledger, stripe_client, stripe_events, sweeper
from billing.models import StripeEvent
from tests.billing.conftest import Shopper, post_webhook, work
from tests.billing.stripe_stand_in import StandIn

pytestmark = pytest.mark.django_db


def test_an_event_is_kept_once_and_answered_before_it_is_handled(shopper: Shopper, stripe: StandIn) -> None:
    shopper.buy("/billing/packs/small/buy/", return_to_us=False)
    event = next(event for event in stripe.outbox if event["type"] == "payment_intent.succeeded")
    asked = len(stripe.faults.seen)

    assert stripe.deliver(post_webhook, events=[event, event]) == [200, 200]

    row = StripeEvent.objects.get()
    assert (row.stripe_id, row.type, row.state) == (event["id"], "payment_intent.succeeded", "waiting")
    assert len(stripe.faults.seen) == asked, "nothing was fetched while Stripe waited"
    work()
    row.refresh_from_db()
    assert (row.state, row.attempts, ledger.balance(shopper.account)) == ("done", 1, 30)


@pytest.mark.parametrize("secret", ["whsec_other", ""])
def test_a_body_that_is_not_signed_by_stripe_is_refused(stripe: StandIn, settings: Any, secret: str) -> None:
    stripe.emit("invoice.paid", stripe.new("in", "invoice"))
    body, signature = stripe.signed(stripe.outbox[0])
    settings.STRIPE_WEBHOOK_SECRET = secret

    assert post_webhook(body, signature) == 400
    assert post_webhook(body, "") == 400
    assert not StripeEvent.objects.exists()


def test_a_changed_or_old_body_is_refused(stripe: StandIn) -> None:
    stripe.emit("invoice.paid", stripe.new("in", "invoice"))
    body, signature = stripe.signed(stripe.outbox[0])
    assert post_webhook(body.replace(b"paid", b"void"), signature) == 400

    # Stripe's own tolerance is five minutes.
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=6)):
        assert post_webhook(body, signature) == 400
    assert Client().get("/billing/stripe/webhook").status_code == 405


def test_the_payload_is_not_believed(shopper: Shopper, stripe: StandIn) -> None:
    shopper.buy("/billing/plans/pro/buy/")
    shopper.webhooks()
    forged = json.loads(json.dumps(stripe.objects[shopper.subscription]))
    forged["status"] = "canceled"
    stripe.emit("customer.subscription.deleted", forged)

    shopper.webhooks()

    shopper.account.refresh_from_db()
    assert shopper.account.plan_id == "pro"


def test_while_stripe_is_away_an_event_waits_longer_each_time_and_then_succeeds(
    shopper: Shopper, stripe: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The library pauses between its own retries.
    monkeypatch.setattr(stripe_client, "NETWORK_RETRIES", 0)
    shopper.buy("/billing/packs/small/buy/", return_to_us=False)
    stripe_client._client_for.cache_clear()
    event = next(event for event in stripe.outbox if event["type"] == "payment_intent.succeeded")
    stripe.deliver(post_webhook, events=[event])
    stripe.faults.away = True
    work()
    row = StripeEvent.objects.get()
    assert (row.state, row.attempts) == ("waiting", 1)
    assert "unknown error" in row.error
    assert stripe_events.waiting() == []
    first_pause = row.not_before - timezone.now()

    StripeEvent.objects.update(not_before=timezone.now())
    work()
    row.refresh_from_db()
    assert row.not_before - timezone.now() > first_pause * 1.5

    stripe.faults.away = False
    StripeEvent.objects.update(not_before=timezone.now())
    work()
    row.refresh_from_db()
    assert (row.state, ledger.balance(shopper.account)) == ("done", 30)


def test_what_fails_stays_visible_and_can_be_replayed(shopper: Shopper, stripe: StandIn) -> None:
    shopper.buy("/billing/packs/small/buy/", return_to_us=False)
    event = next(event for event in stripe.outbox if event["type"] == "payment_intent.succeeded")
    intent = stripe.objects.pop(event["data"]["object"]["id"])
    stripe.deliver(post_webhook, events=[event])
    work()
    row = StripeEvent.objects.get()
    assert row.state == "failed"
    assert "No such payment_intent" in row.error
    work()
    assert ledger.balance(shopper.account) == 5

    stripe.objects[intent["id"]] = intent
    assert stripe_events.replay(row)
    work()
    row.refresh_from_db()
    assert (row.state, ledger.balance(shopper.account)) == ("done", 30)
    assert stripe_events.replay(row)
    work()
    assert ledger.balance(shopper.account) == 30


def test_other_peoples_events_are_ignored(shopper: Shopper, stripe: StandIn) -> None:
    other = stripe.post_customer({"email": "x@example.com"})
    card = stripe.card(other["id"])
    stripe.pay(other["id"], 5000, card["id"], metadata={"kind": "pack", "credits": "1000"})
    stripe.emit("invoice.upcoming", {"object": "invoice"})
    stripe.emit("payout.paid", {"id": "po_1", "object": "payout"})

    shopper.webhooks()

    assert set(StripeEvent.objects.values_list("state", flat=True)) == {"ignored"}
    assert ledger.balance(shopper.account) == 5


def test_the_sweeper_wakes_what_was_lost(
    shopper: Shopper, stripe: StandIn, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    woken: list[tuple[str, tuple[int, ...]]] = []
    monkeypatch.setattr(jobs, "_enqueue", lambda function, arguments: woken.append((function, arguments)))
    monkeypatch.setattr(sweeper, "_balances_due", 0.0)
    shopper.press("/billing/warning/", warn_below=9)
    stripe.emit("invoice.paid", stripe.new("in", "invoice"))
    stripe.deliver(post_webhook)
    event = StripeEvent.objects.get()

    def sweep() -> list[tuple[str, tuple[int, ...]]]:
        woken.clear()
        with django_capture_on_commit_callbacks(execute=True):
            sweeper.sweep()
        return list(woken)

    assert sweep() == [("billing.low_balance.look", (shopper.account.pk,))], "the event's own wake-up may still come"
    event.not_before -= datetime.timedelta(minutes=1)
    event.save()
    assert sweep() == [("billing.stripe_events.handle", (event.pk,))], "balances are swept less often"


def test_a_lost_answer_is_asked_for_again_under_the_same_key(shopper: Shopper, stripe: StandIn) -> None:
    stripe.faults.lost_answers = 1

    shopper.buy("/billing/packs/small/buy/")

    made = stripe.calls("POST", "/v1/customers")
    assert len(made) == 2
    assert made[0].idempotency_key == made[1].idempotency_key
    assert len(list(stripe.all("customer"))) == 1


def test_stripe_is_never_asked_inside_a_transaction(stripe: StandIn) -> None:

    with transaction.atomic(), pytest.raises(RuntimeError, match="inside a transaction"):
        stripe_client.price("price_1")


def test_the_library_asks_for_the_version_that_the_stand_in_speaks() -> None:
    assert library.api_version == "2026-10-28.endive"

"""Several workers that handle the same events at the same moment: threads with a database connection each.

Seen to fail: with `fetches.may_write` always true, once an answer is held back until a later one has been written.
"""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from billing import fetches, ledger, stripe_client, stripe_events, subscriptions
from billing.models import Account, Payment, StripeEvent, Subscription
from billing.reconciliation import reconcile
from billing.remote import RemoteSubscription
from tests.billing.conftest import Shopper, post_webhook
from tests.billing.stripe_stand_in import StandIn

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_worker_handles_every_event_and_the_credits_come_once(shopper: Shopper, stripe: StandIn) -> None:
    shopper.buy("/billing/plans/pro/buy/", return_to_us=False)
    shopper.buy("/billing/packs/small/buy/", return_to_us=False)
    stripe.deliver(post_webhook)
    due = stripe_events.waiting()
    start = threading.Barrier(3)

    def work() -> None:
        try:
            start.wait(30)
            for event_id in due:
                stripe_events.handle(event_id)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert not StripeEvent.objects.filter(state="failed").exists()
    StripeEvent.objects.filter(state="waiting").update(not_before=stripe_events.timezone.now())
    for event_id in stripe_events.waiting():  # those that met another's lock
        stripe_events.handle(event_id)
    account = Account.objects.get(pk=shopper.account.pk)
    assert (account.plan_id, ledger.balance(account)) == ("pro", 5 + 120 + 25)
    assert (Subscription.objects.count(), Payment.objects.count()) == (1, 2)
    assert set(StripeEvent.objects.values_list("state", flat=True)) <= {"done", "ignored"}
    assert reconcile(account) == []


def test_an_old_answer_that_comes_late_is_not_written_over_a_new_one(
    shopper: Shopper, stripe: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    shopper.buy("/billing/plans/pro/buy/")
    old_is_fetched, new_is_written = threading.Event(), threading.Event()
    fetch = stripe_client.subscription

    def slow_fetch(stripe_id: str) -> RemoteSubscription:
        answer = fetch(stripe_id)
        if threading.current_thread() is slow:
            old_is_fetched.set()
            assert new_is_written.wait(30)
        return answer

    def sync_slowly() -> None:
        try:
            subscriptions.sync(shopper.subscription)
        finally:
            connection.close()

    monkeypatch.setattr(stripe_client, "subscription", slow_fetch)
    slow = threading.Thread(target=sync_slowly)
    slow.start()
    assert old_is_fetched.wait(30)
    stripe.cancel(stripe.objects[shopper.subscription])
    subscriptions.sync(shopper.subscription)
    new_is_written.set()
    slow.join()

    assert Subscription.objects.get().status == "canceled"
    assert Account.objects.get(pk=shopper.account.pk).plan_id == "free"
    assert fetches.take(shopper.subscription) >= 3

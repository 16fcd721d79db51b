"""Stripe's stand-in, wired to our pages, and a browser that walks between the two."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client, TestCase

from billing import accounts, jobs, low_balance, stripe_client, stripe_events
from billing.models import Account, Customer, StripeEvent, Subscription, User
from tests.billing.stripe_stand_in import StandIn

# The real one, for tests of the queue itself.
ENQUEUE = jobs._enqueue


@pytest.fixture(autouse=True)
def no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wake-ups go nowhere here: tests call what the sweeper finds. Rows decide, so nothing may depend on a wake-up."""
    monkeypatch.setattr(jobs, "_enqueue", lambda function, arguments: None)


@pytest.fixture
def stripe(settings: Any) -> Iterator[StandIn]:
    """Stripe's stand-in, which our settings name."""
    with StandIn() as stand_in:
        settings.STRIPE_SECRET_KEY = stand_in.secret_key
        settings.STRIPE_WEBHOOK_SECRET = stand_in.webhook_secret
        settings.STRIPE_API_BASE = stand_in.url
        stripe_client._client_for.cache_clear()
        yield stand_in
        stripe_client._client_for.cache_clear()


def post_webhook(body: bytes, signature: str) -> int:
    """What Stripe does with an event."""
    return (
        Client()
        .post("/billing/stripe/webhook", body, content_type="application/json", headers={"Stripe-Signature": signature})
        .status_code
    )


def work() -> None:
    """What the workers do until nothing is due."""
    # A test's own transaction never commits; what waits for a commit (mails) is done here.
    with TestCase.captureOnCommitCallbacks(execute=True):
        for event_id in stripe_events.waiting():
            stripe_events.handle(event_id)
        for account_id in low_balance.waiting():
            low_balance.look(account_id)


class Shopper:
    """A member's browser, and the pages at Stripe that it is sent to."""

    def __init__(self, stripe: StandIn, user: User, account: Account) -> None:
        self.stripe = stripe
        self.account = account
        self.client = Client()
        self.client.force_login(user)

    def buy(self, path: str, *, card_works: bool = True, return_to_us: bool = True) -> None:
        """Press a buy button, pay at Stripe, and come back (or close the window before)."""
        answer = self.client.post(path, {"attempt": uuid.uuid4().hex})
        assert answer.status_code == 302, answer
        assert answer["Location"].startswith("https://checkout.stripe.com/"), self.told()
        back = self.stripe.complete(answer["Location"].rpartition("/")[2], card_works=card_works)
        if return_to_us and back.startswith("http://testserver"):
            assert self.client.get(back).status_code == 302

    def press(self, path: str, **fields: Any) -> str:
        """Press one of our buttons; what the next page tells."""
        with TestCase.captureOnCommitCallbacks(execute=True):
            answer = self.client.post(path, {"attempt": uuid.uuid4().hex, **fields}, follow=True)
        assert answer.status_code == 200
        return " ".join(str(message) for message in answer.context["messages"])

    def told(self) -> str:
        """The plans page."""
        return self.client.get("/billing/plans/").content.decode()

    def webhooks(self) -> None:
        """Stripe delivers what waits, and the workers handle it."""
        assert set(self.stripe.deliver(post_webhook)) <= {200}
        work()
        assert not StripeEvent.objects.filter(state="failed").exists(), StripeEvent.objects.filter(state="failed")[
            0
        ].error

    @property
    def customer(self) -> str:
        """The account's id at Stripe."""
        return Customer.objects.get(account=self.account).stripe_id

    @property
    def subscription(self) -> str:
        """The id of the newest subscription at Stripe."""
        return Subscription.objects.filter(account=self.account).latest("pk").stripe_id


@pytest.fixture
def shopper(stripe: StandIn, db: None) -> Shopper:
    """Somebody who has signed up and confirmed the address: on Free, with 5 credits."""

    user = User.objects.create_user("ann@example.com", "a long enough password")
    account = accounts.found_account(user, name="Ann Realty")
    accounts.grant_signup_credits(user)
    return Shopper(stripe, user, account)

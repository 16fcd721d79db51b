"""The same questions to the stand-in and, where STRIPE_TEST_KEY names a key of Stripe's test mode, to Stripe itself.

Only the second proves that the stand-in answers as Stripe does. It needs the network and is never run by default:
`STRIPE_TEST_KEY=sk_test_… make test PYTEST_ARGS=tests/billing/test_agreement.py`.
"""

from __future__ import annotations

import datetime
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import stripe as library

from billing import stripe_client
from billing.remote import RemoteCustomer
from tests.billing.stripe_stand_in import StandIn

pytestmark = pytest.mark.django_db


@dataclass
class Api:
    """Whoever answers: our client's settings point there, and `raw` does what only a card's holder does."""

    raw: library.StripeClient
    customer: RemoteCustomer
    card: str


def _key() -> str:
    return f"agreement:{uuid.uuid4()}"


@pytest.fixture(params=["stand-in", "Stripe"])
def api(request: pytest.FixtureRequest, settings: Any) -> Iterator[Api]:
    """A customer with a working card."""
    stripe_client._client_for.cache_clear()
    if request.param == "Stripe":
        settings.STRIPE_SECRET_KEY = os.environ.get("STRIPE_TEST_KEY", "")
        if not settings.STRIPE_SECRET_KEY.startswith("sk_test_"):
            pytest.skip("NEEDS STRIPE: STRIPE_TEST_KEY=sk_test_... asks Stripe's test mode")
        settings.STRIPE_API_BASE = ""
        yield _api(library.StripeClient(settings.STRIPE_SECRET_KEY))
    else:
        with StandIn() as stand_in:
            settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE = stand_in.secret_key, stand_in.url
            yield _api(library.StripeClient(stand_in.secret_key, base_addresses={"api": stand_in.url}))
    stripe_client._client_for.cache_clear()


def _api(raw: library.StripeClient) -> Api:
    customer = stripe_client.create_customer(email="a@example.com", name="A", account_uid="uid", key=_key())
    card = raw.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    stripe_client.set_default_payment_method(customer.id, card.id, key=_key())
    return Api(raw, customer, card.id)


def _price(cents: int, plan: str) -> str:
    price = stripe_client.create_price(cents=cents, product=f"Openhouse {plan}", plan=plan, key=_key())
    assert stripe_client.price(price.id) == price
    assert (price.cents, price.currency, price.plan) == (cents, "usd", plan)
    return price.id


def test_a_customer_with_a_saved_card(api: Api) -> None:
    found = stripe_client.customer(api.customer.id)

    assert (found.payment_method, found.card, found.deleted) == (api.card, "Visa ending 4242", False)


def test_a_payment_with_a_saved_card_and_its_refund(api: Api) -> None:
    key = _key()
    ask = {"payment_method": api.card, "cents": 1200, "description": "Credits", "key": key}
    paid = stripe_client.charge_saved_card(api.customer.id, metadata={"kind": "pack"}, **ask)
    again = stripe_client.charge_saved_card(api.customer.id, metadata={"kind": "pack"}, **ask)
    assert paid.id == again.id
    assert (paid.status, paid.cents, paid.metadata["kind"]) == ("succeeded", 1200, "pack")
    with pytest.raises(stripe_client.Refused):
        stripe_client.charge_saved_card(api.customer.id, metadata={"kind": "other"}, **ask)

    stripe_client.refund(paid.id, cents=500, key=_key())
    found = stripe_client.payment(paid.id)
    assert (found.refunded_cents, found.disputed, found.customer) == (500, False, api.customer.id)
    assert stripe_client.dispute_of(paid.id) is None
    assert stripe_client.invoice_of_payment(paid.id) == ""
    assert [row.id for row in stripe_client.payments_of(api.customer.id)] == [paid.id]
    with pytest.raises(stripe_client.Refused):
        stripe_client.refund(paid.id, cents=1000, key=_key())


def test_a_declined_card_says_so(api: Api) -> None:
    card = api.raw.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": api.customer.id})

    with pytest.raises(stripe_client.CardDeclined, match="declined"):
        stripe_client.charge_saved_card(
            api.customer.id, payment_method=card.id, cents=1200, description="x", metadata={}, key=_key()
        )


def test_a_subscription_paid_upgraded_planned_and_cancelled(api: Api) -> None:
    pro, plus = _price(3900, "pro"), _price(14900, "pro_plus")
    made = api.raw.v1.subscriptions.create(
        {"customer": api.customer.id, "items": [{"price": pro}], "default_payment_method": api.card}
    )
    found = stripe_client.subscription(made.id)
    assert (found.status, found.price, found.customer) == ("active", pro, api.customer.id)
    assert datetime.timedelta(days=27) < found.period_end - found.period_start < datetime.timedelta(days=32)
    invoice = stripe_client.invoice(found.latest_invoice)
    assert (invoice.status, invoice.cents_paid, invoice.subscription) == ("paid", 3900, found.id)
    (line,) = invoice.lines
    assert (line.price, line.cents, line.proration, line.start) == (pro, 3900, False, found.period_start)
    assert stripe_client.invoice_of_payment(invoice.payment_intent) == invoice.id

    upgraded = stripe_client.upgrade_subscription(found.id, item_id=found.item, price_id=plus, key=_key())
    assert (upgraded.price, upgraded.changes_pending) == (plus, False)
    difference = stripe_client.invoice(upgraded.latest_invoice)
    assert sorted(line.price for line in difference.lines) == sorted([pro, plus])
    assert all(line.proration for line in difference.lines)

    schedule = stripe_client.create_schedule(found.id, key=_key())
    stripe_client.schedule_price(schedule, pro, key=_key())
    planned = stripe_client.subscription(found.id)
    assert (planned.price, planned.next_price, planned.schedule) == (plus, pro, schedule["id"])
    stripe_client.release_schedule(planned.schedule, key=_key())

    ending = stripe_client.set_cancel_at_period_end(found.id, True, key=_key())
    assert (ending.cancel_at_period_end, ending.schedule, ending.next_price) == (True, "", "")
    assert not stripe_client.set_cancel_at_period_end(found.id, False, key=_key()).cancel_at_period_end
    ended = stripe_client.cancel_subscription(found.id, key=_key())
    assert ended.status == "canceled"
    assert ended.ended_at is not None
    assert [row.id for row in stripe_client.subscriptions_of(api.customer.id)] == [found.id]
    assert {row.id for row in stripe_client.paid_invoices_of(api.customer.id)} == {invoice.id, difference.id}


def test_payment_pages(api: Api) -> None:
    frame = {"customer": api.customer.id, "success_url": "https://a.example/?s={CHECKOUT_SESSION_ID}"}
    pack = {
        "mode": "payment",
        "line_items": [
            {"price_data": {"currency": "usd", "unit_amount": 900, "product_data": {"name": "P"}}, "quantity": 1}
        ],
        "payment_intent_data": {"metadata": {"kind": "pack"}, "setup_future_usage": "off_session"},
        "invoice_creation": {"enabled": True},
    }
    plan = {"mode": "subscription", "line_items": [{"price": _price(3900, "pro"), "quantity": 1}]}

    for params in (pack, plan):
        opened = stripe_client.create_checkout({**frame, **params}, key=_key())
        assert opened.url.startswith("https://checkout.stripe.com/")
        found = stripe_client.checkout(opened.id)
        assert (found.status, found.mode, found.customer) == ("open", params["mode"], api.customer.id)


def test_what_is_missing_is_refused_by_name(api: Api) -> None:
    with pytest.raises(stripe_client.Refused) as refused:
        stripe_client.payment("pi_missing")

    assert refused.value.code == "resource_missing"

"""The one way to Stripe, and the only importer of its library. Answers come back as billing.remote's data.

Parameters are `Any`: the library types each as a TypedDict of its own, which a dictionary with options cannot be.

* Every call that changes something carries an idempotency key that its caller derives from what is meant, so that a
  call repeated after a lost answer, a crash or a double click does it once.
* No call is made inside a transaction: a slow answer would keep rows locked.
* Errors are four: not set up, away (try again), card declined (ask for another), refused (our mistake, or theirs).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import stripe
from django.conf import settings
from django.db import connection

from billing.remote import (
    RemoteCustomer,
    RemoteDispute,
    RemoteInvoice,
    RemotePayment,
    RemotePrice,
    RemoteSession,
    RemoteSubscription,
)

T = TypeVar("T")

# A retry of the library keeps the idempotency key of the first attempt.
NETWORK_RETRIES = 2


class StripeError(Exception):
    """Stripe did not do what was asked."""


class NotSetUp(StripeError):
    """No secret key is configured."""


class StripeAway(StripeError):
    """No answer, too many calls, or a fault of Stripe's: the same call may work later."""


class CardDeclined(StripeError):
    """The bank said no; the message is fit to be shown."""


class Refused(StripeError):
    """Stripe understood and refused. `code` is Stripe's, e.g. `resource_missing`."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class WrongSignature(Exception):
    """A webhook's body was not signed with our secret, or too long ago."""


def is_set_up() -> bool:
    """Whether there is a key, so that something can be sold."""
    return bool(settings.STRIPE_SECRET_KEY)


def verified_event(body: bytes, signature: str) -> Mapping[str, Any]:
    """The event in a webhook's body. Raises WrongSignature; also when no webhook secret is configured."""
    if not settings.STRIPE_WEBHOOK_SECRET:
        raise WrongSignature("no webhook secret is configured")
    try:
        event = stripe.Webhook.construct_event(body, signature, settings.STRIPE_WEBHOOK_SECRET)
    except (ValueError, stripe.SignatureVerificationError) as error:
        raise WrongSignature(str(error)) from error
    return _plain(event)


# --- customers and prices ---------------------------------------------------------------------------------


def create_customer(*, email: str, name: str, account_uid: str, key: str) -> RemoteCustomer:
    """Make the customer that stands for an account."""
    params: Any = {"email": email, "name": name, "metadata": {"account": account_uid}}
    return RemoteCustomer.of(_call(lambda api: api.v1.customers.create(params, {"idempotency_key": key})))


def customer(stripe_id: str) -> RemoteCustomer:
    """The customer with the payment method that is charged by default."""
    params: Any = {"expand": ["invoice_settings.default_payment_method"]}
    return RemoteCustomer.of(_call(lambda api: api.v1.customers.retrieve(stripe_id, params)))


def set_default_payment_method(stripe_id: str, payment_method: str, *, key: str) -> None:
    """Have the customer's invoices and top-ups charged to this payment method."""
    params: Any = {"invoice_settings": {"default_payment_method": payment_method}}
    _call(lambda api: api.v1.customers.update(stripe_id, params, {"idempotency_key": key}))


def create_price(*, cents: int, product: str, plan: str, key: str) -> RemotePrice:
    """Make a monthly price in US dollars; `product` is what invoices call it."""
    params: Any = {
        "currency": "usd",
        "unit_amount": cents,
        "recurring": {"interval": "month"},
        "product_data": {"name": product, "metadata": {"plan": plan}},
        "metadata": {"plan": plan},
    }
    if settings.STRIPE_AUTOMATIC_TAX:
        params["tax_behavior"] = "exclusive"
    return RemotePrice.of(_call(lambda api: api.v1.prices.create(params, {"idempotency_key": key})))


def price(stripe_id: str) -> RemotePrice:
    """A price."""
    return RemotePrice.of(_call(lambda api: api.v1.prices.retrieve(stripe_id)))


# --- pages at Stripe --------------------------------------------------------------------------------------


def create_checkout(params: Mapping[str, Any], *, key: str) -> RemoteSession:
    """Open Stripe's payment page; `params` as Stripe documents them, taxes are added as configured."""
    taxes: dict[str, Any] = {}
    if settings.STRIPE_AUTOMATIC_TAX:
        taxes = {
            "automatic_tax": {"enabled": True},
            "customer_update": {"address": "auto", "name": "auto"},
            "tax_id_collection": {"enabled": True},
        }
    full: Any = {**params, **taxes}
    return RemoteSession.of(_call(lambda api: api.v1.checkout.sessions.create(full, {"idempotency_key": key})))


def checkout(stripe_id: str) -> RemoteSession:
    """A payment page that was opened."""
    return RemoteSession.of(_call(lambda api: api.v1.checkout.sessions.retrieve(stripe_id)))


def create_portal(customer_id: str, *, return_url: str, key: str) -> str:
    """The address of Stripe's page where the customer changes card, address and tax number and finds invoices."""
    params: Any = {"customer": customer_id, "return_url": return_url}
    session = _call(lambda api: api.v1.billing_portal.sessions.create(params, {"idempotency_key": key}))
    return str(session["url"])


# --- subscriptions ----------------------------------------------------------------------------------------


def subscription(stripe_id: str) -> RemoteSubscription:
    """A subscription, with the schedule that will change it."""
    params: Any = {"expand": ["schedule"]}
    return RemoteSubscription.of(_call(lambda api: api.v1.subscriptions.retrieve(stripe_id, params)))


def subscriptions_of(customer_id: str) -> Iterator[RemoteSubscription]:
    """Every subscription of the customer, the ended ones included."""
    params: Any = {"customer": customer_id, "status": "all", "limit": 100, "expand": ["data.schedule"]}
    for found in _pages(params, lambda api, page: api.v1.subscriptions.list(page)):
        yield RemoteSubscription.of(found)


def upgrade_subscription(stripe_id: str, *, item_id: str, price_id: str, key: str) -> RemoteSubscription:
    """Change the price now and charge the difference for the rest of the period at once.

    When that charge fails nothing has changed (`pending_if_incomplete`): no plan is given on credit.
    """
    params: Any = {
        "items": [{"id": item_id, "price": price_id}],
        "proration_behavior": "always_invoice",
        "payment_behavior": "pending_if_incomplete",
        "expand": ["schedule"],
    }
    return RemoteSubscription.of(
        _call(lambda api: api.v1.subscriptions.update(stripe_id, params, {"idempotency_key": key}))
    )


def set_cancel_at_period_end(stripe_id: str, cancel: bool, *, key: str) -> RemoteSubscription:
    """End the subscription with the paid period, or let it go on after all."""
    params: Any = {"cancel_at_period_end": cancel, "expand": ["schedule"]}
    return RemoteSubscription.of(
        _call(lambda api: api.v1.subscriptions.update(stripe_id, params, {"idempotency_key": key}))
    )


def cancel_subscription(stripe_id: str, *, key: str) -> RemoteSubscription:
    """End the subscription now; what was paid stays paid."""
    return RemoteSubscription.of(
        _call(lambda api: api.v1.subscriptions.cancel(stripe_id, {}, {"idempotency_key": key}))
    )


def create_schedule(subscription_id: str, *, key: str) -> Mapping[str, Any]:
    """Put the subscription under a schedule whose one phase is what it has now."""
    params: Any = {"from_subscription": subscription_id}
    return _call(lambda api: api.v1.subscription_schedules.create(params, {"idempotency_key": key}))


def schedule_price(schedule: Mapping[str, Any], price_id: str, *, key: str) -> None:
    """After the schedule's present phase go on at another price, and then without a schedule."""
    now = schedule["phases"][0]
    items = [{"price": item["price"], "quantity": item.get("quantity", 1)} for item in now["items"]]
    params: Any = {
        "end_behavior": "release",
        "proration_behavior": "none",
        "phases": [
            {"items": items, "start_date": now["start_date"], "end_date": now["end_date"]},
            {"items": [{"price": price_id, "quantity": 1}], "duration": {"interval": "month", "interval_count": 1}},
        ],
    }
    _call(lambda api: api.v1.subscription_schedules.update(schedule["id"], params, {"idempotency_key": key}))


def release_schedule(schedule_id: str, *, key: str) -> None:
    """Forget the planned change; the subscription stays as it is."""
    _call(lambda api: api.v1.subscription_schedules.release(schedule_id, {}, {"idempotency_key": key}))


# --- money ------------------------------------------------------------------------------------------------


def invoice(stripe_id: str) -> RemoteInvoice:
    """An invoice with the payments made for it."""
    params: Any = {"expand": ["payments"]}
    return RemoteInvoice.of(_call(lambda api: api.v1.invoices.retrieve(stripe_id, params)))


def paid_invoices_of(customer_id: str) -> Iterator[RemoteInvoice]:
    """Every paid invoice of the customer."""
    params: Any = {"customer": customer_id, "status": "paid", "limit": 100, "expand": ["data.payments"]}
    for found in _pages(params, lambda api, page: api.v1.invoices.list(page)):
        yield RemoteInvoice.of(found)


def invoice_of_payment(payment_intent: str) -> str:
    """The id of the invoice that a payment intent pays; empty when it pays none."""
    params: Any = {"payment": {"type": "payment_intent", "payment_intent": payment_intent}, "limit": 1}
    found = _call(lambda api: api.v1.invoice_payments.list(params))["data"]
    return str(found[0]["invoice"]) if found else ""


def payment(stripe_id: str) -> RemotePayment:
    """A payment intent with its charge."""
    params: Any = {"expand": ["latest_charge"]}
    return RemotePayment.of(_call(lambda api: api.v1.payment_intents.retrieve(stripe_id, params)))


def payments_of(customer_id: str) -> Iterator[RemotePayment]:
    """Every payment intent of the customer."""
    params: Any = {"customer": customer_id, "limit": 100, "expand": ["data.latest_charge"]}
    for found in _pages(params, lambda api, page: api.v1.payment_intents.list(page)):
        yield RemotePayment.of(found)


def charge_saved_card(
    customer_id: str, *, payment_method: str, cents: int, description: str, metadata: Mapping[str, str], key: str
) -> RemotePayment:
    """Charge a saved card while nobody is at the screen. Raises CardDeclined, also when the bank wants to ask."""
    params: Any = {
        "amount": cents,
        "currency": "usd",
        "customer": customer_id,
        "payment_method": payment_method,
        "off_session": True,
        "confirm": True,
        # Ways to pay that send the customer elsewhere are of no use here, and Stripe would ask for a return address.
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        "description": description,
        "metadata": dict(metadata),
        "expand": ["latest_charge"],
    }
    return RemotePayment.of(_call(lambda api: api.v1.payment_intents.create(params, {"idempotency_key": key})))


def refund(payment_intent: str, *, cents: int, key: str) -> None:
    """Give `cents` of a payment back."""
    params: Any = {"payment_intent": payment_intent, "amount": cents, "reason": "requested_by_customer"}
    _call(lambda api: api.v1.refunds.create(params, {"idempotency_key": key}))


def payment_of_charge(charge_id: str) -> str:
    """The payment intent that a charge belongs to; empty when none."""
    return str(_call(lambda api: api.v1.charges.retrieve(charge_id))["payment_intent"] or "")


def payment_of_refund(refund_id: str) -> str:
    """The payment intent that a refund belongs to; empty when none."""
    return str(_call(lambda api: api.v1.refunds.retrieve(refund_id))["payment_intent"] or "")


def payment_of_dispute(dispute_id: str) -> str:
    """The payment intent that a dispute is about; empty when none."""
    return str(_call(lambda api: api.v1.disputes.retrieve(dispute_id))["payment_intent"] or "")


def dispute_of(payment_intent: str) -> RemoteDispute | None:
    """The latest dispute about a payment; None when there is none."""
    found = _call(lambda api: api.v1.disputes.list({"payment_intent": payment_intent, "limit": 1}))["data"]
    return RemoteDispute.of(found[0]) if found else None


# --- the call ---------------------------------------------------------------------------------------------


def _call(ask: Callable[[stripe.StripeClient], Any]) -> Mapping[str, Any]:
    """What Stripe answers, as plain dictionaries, with its errors as ours."""
    # Django marks the transaction that a test runs in; every other one is a mistake of ours.
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise RuntimeError("Stripe is asked inside a transaction")
    try:
        return _plain(ask(_client()))
    except stripe.CardError as error:
        raise CardDeclined(error.user_message or "The card was declined.") from error
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise StripeAway(str(error)) from error
    except stripe.StripeError as error:
        status = error.http_status or 500
        # 409 says that the first call with this idempotency key is still being worked on.
        if status >= 500 or status == 409:
            raise StripeAway(str(error)) from error
        raise Refused(str(error), error.code or "") from error


def _pages(params: Any, ask: Callable[[stripe.StripeClient, Any], Any]) -> Iterator[Mapping[str, Any]]:
    """Every row of a list, however many pages it has."""
    while True:
        page = _call(functools.partial(_ask_page, ask, params))
        yield from page["data"]
        if not page["has_more"]:
            return
        params = {**params, "starting_after": page["data"][-1]["id"]}


def _ask_page(ask: Callable[[stripe.StripeClient, Any], Any], params: Any, api: stripe.StripeClient) -> Any:
    return ask(api, params)


def _plain(answer: Any) -> Mapping[str, Any]:
    plain: Mapping[str, Any] = answer.to_dict()
    return plain


def _client() -> stripe.StripeClient:
    if not settings.STRIPE_SECRET_KEY:
        raise NotSetUp("STRIPE_SECRET_KEY is not set")
    return _client_for(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE, settings.STRIPE_TIMEOUT)


@functools.lru_cache(maxsize=4)
def _client_for(secret_key: str, api_base: str, timeout: float) -> stripe.StripeClient:
    """One client per process, which keeps its connections."""
    return stripe.StripeClient(
        secret_key,
        base_addresses={"api": api_base} if api_base else {},
        max_network_retries=NETWORK_RETRIES,
        http_client=stripe.RequestsClient(timeout=timeout),
    )

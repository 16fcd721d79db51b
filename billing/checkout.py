"""Ways to Stripe's own pages, where cards are typed: buying a plan or a pack, and the customer portal."""

from __future__ import annotations

from typing import Any

from billing import customers, payments, prices, stripe_client, subscriptions
from billing.models import Account, Pack, Payment, Plan


class AlreadySubscribed(ValueError):
    """The account pays for a plan already; that one is changed instead of buying a second."""


class NotOnSale(ValueError):
    """This cannot be bought."""


def buy_plan(account: Account, plan: Plan, *, done_url: str, back_url: str, attempt: str) -> str:
    """The address of the page where the plan is paid; `attempt` names the member's click, two of which are one.

    Raises AlreadySubscribed, NotOnSale, StripeError.
    """
    if plan.monthly_price_cents == 0:
        raise NotOnSale(f"{plan.name} costs nothing.")
    if subscriptions.of(account):
        raise AlreadySubscribed("A payment for your plan is open. Change the card, and it is tried again.")
    customer = customers.ensure(account)
    params = {
        **_frame(account, customer.stripe_id, done_url, back_url),
        "mode": "subscription",
        "line_items": [{"price": prices.ensure(plan).stripe_id, "quantity": 1}],
        "subscription_data": {"metadata": {"account": str(account.uid)}},
    }
    return stripe_client.create_checkout(params, key=f"plan:{account.uid}:{plan.slug}:{attempt}").url


def buy_pack(account: Account, pack: Pack, *, done_url: str, back_url: str, attempt: str) -> str:
    """The address of the page where the pack is paid; the card is saved there for automatic top-ups.

    Raises NotOnSale, StripeError.
    """
    if not pack.on_sale:
        raise NotOnSale(f"{pack.name} is not sold any more.")
    customer = customers.ensure(account)
    bought = {"kind": Payment.Kind.PACK.value, "credits": str(pack.credits), "name": pack.name}
    price = {
        "currency": "usd",
        "unit_amount": pack.price_cents,
        "product_data": {"name": f"Openhouse {pack.name}: {pack.credits} credits"},
    }
    params = {
        **_frame(account, customer.stripe_id, done_url, back_url),
        "mode": "payment",
        "line_items": [{"price_data": price, "quantity": 1}],
        "payment_intent_data": {"metadata": bought, "setup_future_usage": "off_session"},
        "invoice_creation": {"enabled": True},
    }
    return stripe_client.create_checkout(params, key=f"pack:{account.uid}:{pack.slug}:{attempt}").url


def portal(account: Account, *, back_url: str, attempt: str) -> str:
    """The address of Stripe's page for card, invoices and tax number. Raises StripeError."""
    customer = customers.ensure(account)
    return stripe_client.create_portal(customer.stripe_id, return_url=back_url, key=f"portal:{account.uid}:{attempt}")


def sync(session_id: str) -> bool:
    """Bring everything in line with a payment page that may be done; whether it is ours. Raises StripeError."""
    session = stripe_client.checkout(session_id)
    if customers.account_of(session.customer) is None:
        return False
    if session.status != "complete":
        return True
    if session.subscription:
        subscriptions.sync(session.subscription)
        if session.invoice:
            payments.sync_invoice(session.invoice)
    if session.payment_intent:
        payments.sync_payment(session.payment_intent)
    return True


def _frame(account: Account, customer_id: str, done_url: str, back_url: str) -> dict[str, Any]:
    return {
        "customer": customer_id,
        "client_reference_id": str(account.uid),
        # Stripe puts the session's id where the braces are.
        "success_url": f"{done_url}?session={{CHECKOUT_SESSION_ID}}",
        "cancel_url": back_url,
    }

"""Proof of the mirror: what Stripe has of our customers is compared with our rows, and can be brought in line.

Webhooks may be lost for longer than Stripe repeats them; this finds what they would have told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from billing import payments, stripe_client, subscriptions
from billing.models import Customer, Payment, Subscription


@dataclass(frozen=True)
class MirrorDifference:
    """`what` of the object `stripe_id` is `there` at Stripe and `here` with us."""

    stripe_id: str
    what: str
    there: object
    here: object

    def __str__(self) -> str:
        return f"{self.stripe_id}: {self.what} is {self.there} at Stripe and {self.here} here"


def compare(customer: Customer) -> Iterator[MirrorDifference]:
    """Every difference between Stripe's subscriptions and payments of a customer and ours. Raises StripeError."""
    yield from _subscriptions(customer)
    yield from _payments(customer)


def repair(difference: MirrorDifference) -> None:
    """Fetch the object again and bring rows and ledger in line. Raises StripeError."""
    if difference.stripe_id.startswith("sub_"):
        subscriptions.sync(difference.stripe_id)
    elif difference.stripe_id.startswith("in_"):
        payments.sync_invoice(difference.stripe_id)
    else:
        payments.sync_payment(difference.stripe_id)


def _subscriptions(customer: Customer) -> Iterator[MirrorDifference]:
    ours = {row.stripe_id: row for row in Subscription.objects.filter(account_id=customer.account_id)}
    for remote in stripe_client.subscriptions_of(customer.stripe_id):
        row = ours.pop(remote.id, None)
        if row is None:
            yield MirrorDifference(remote.id, "subscription", remote.status, "missing")
            continue
        for what, there, here in (
            ("status", remote.status, row.status),
            ("end of the period", remote.period_end, row.period_end),
            ("cancelling", remote.cancel_at_period_end, row.cancel_at_period_end),
        ):
            if there != here:
                yield MirrorDifference(remote.id, what, there, here)
    for stripe_id, row in ours.items():
        yield MirrorDifference(stripe_id, "subscription", "missing", row.status)


def _payments(customer: Customer) -> Iterator[MirrorDifference]:
    ours = {row.stripe_id: row for row in Payment.objects.filter(account_id=customer.account_id)}
    for remote in stripe_client.payments_of(customer.stripe_id):
        if remote.status != "succeeded":
            continue
        row = ours.pop(remote.id, None)
        if row is None:
            yield MirrorDifference(remote.id, "payment in cents", remote.cents, "missing")
        elif row.refunded_cents != remote.refunded_cents:
            yield MirrorDifference(remote.id, "refunded cents", remote.refunded_cents, row.refunded_cents)
        else:
            yield from _dispute(row, disputed=remote.disputed)
    for invoice in stripe_client.paid_invoices_of(customer.stripe_id):
        if not invoice.payment_intent and invoice.subscription and ours.pop(invoice.id, None) is None:
            yield MirrorDifference(invoice.id, "invoice without a payment", "paid", "missing")
    for stripe_id, row in ours.items():
        yield MirrorDifference(stripe_id, "payment in cents", "missing", row.cents)


def _dispute(row: Payment, *, disputed: bool) -> Iterator[MirrorDifference]:
    dispute = stripe_client.dispute_of(row.stripe_id) if disputed else None
    status = dispute.status if dispute else ""
    if status != row.dispute_status:
        yield MirrorDifference(row.stripe_id, "dispute", status or "none", row.dispute_status or "none")

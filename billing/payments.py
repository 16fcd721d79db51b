"""Money that came in, and the credits that it bought.

Whatever Stripe reports about a payment (paid, refunded in part, disputed, won, lost) ends in the same two steps: fetch
the payment and write its row; then write the entries that the row asks for. So reports may come late, twice or in any
order, and the ledger ends the same.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from billing import customers, fetches, freezing, ledger, notices, prices, stripe_client, top_ups
from billing.models import Account, Entry, Payment
from billing.remote import RemoteDispute, RemoteInvoice, RemoteLine, RemotePayment

Kind = Payment.Kind
MOVING = ("refunded_cents", "disputed_cents", "dispute_id", "dispute_status")


@dataclass(frozen=True)
class Bought:
    """What a payment was for. `reference` is that of the entry that gives the credits."""

    kind: str
    description: str
    reference: str
    credits: int
    invoice_id: str = ""
    invoice_url: str = ""


class NotRefundable(ValueError):
    """More is asked back than the payment still holds, or a bank is deciding about it."""


def sync_payment(payment_intent: str) -> bool:
    """Fetch a payment and bring row and ledger in line with it; whether it is ours. Raises StripeError."""
    number = fetches.take(payment_intent)
    remote = stripe_client.payment(payment_intent)
    account = customers.account_of(remote.customer)
    if account is None:
        return False
    if remote.status != "succeeded":
        top_ups.note_failure(remote)
        return True
    bought = _bought_by_metadata(remote) or _bought_by_invoice(stripe_client.invoice_of_payment(payment_intent))
    if bought is None:
        return False
    dispute = stripe_client.dispute_of(payment_intent) if remote.disputed else None
    _write(account, number, _row(remote, bought, dispute))
    customers.save_first_card(remote.customer, remote.payment_method)
    return True


def sync_invoice(invoice_id: str) -> bool:
    """Fetch an invoice and, when it is paid, its payment; whether it is ours. Raises StripeError."""
    number = fetches.take(invoice_id)
    invoice = stripe_client.invoice(invoice_id)
    account = customers.account_of(invoice.customer)
    if account is None:
        return False
    if invoice.status == "open" and invoice.attempts:
        _tell_failed(account, invoice)
    if invoice.status != "paid":
        return True
    if invoice.payment_intent:
        return sync_payment(invoice.payment_intent)
    bought = _bought_on(invoice)
    if bought:
        # Nothing was collected: a coupon or the customer's credit at Stripe covered it.
        _write(account, number, _free_row(invoice, bought))
    return True


def refund(payment: Payment, cents: int) -> None:
    """Give `cents` of the payment back; its credits go with it. Raises NotRefundable, StripeError."""
    left = payment.cents - payment.refunded_cents
    if not 0 < cents <= left:
        raise NotRefundable(f"of this payment 1 to {left} cents can be given back")
    if payment.is_disputed:
        raise NotRefundable("the bank is deciding about this payment")
    # What is refunded already stands in the key: the same refund asked twice is one, a further one is another.
    key = f"refund:{payment.stripe_id}:{payment.refunded_cents}:{cents}"
    stripe_client.refund(payment.stripe_id, cents=cents, key=key)
    sync_payment(payment.stripe_id)


def align(payment: Payment) -> None:
    """Write the entries that bring what the payment has given to what it is worth now; none when it does already."""
    if payment.credits == 0:
        return
    with transaction.atomic():
        account = ledger.lock(payment.account_id)
        verb = ledger.grant if payment.kind == Kind.PLAN else ledger.purchase
        verb(account, payment.credits, reference=payment.reference, note=payment.description)
        made = _corrections(payment)
        change = payment.kept_credits - payment.credits - sum(made)
        if change:
            reference = f"payment:{payment.stripe_id}:{len(made) + 1}"
            note = f"{_reason(payment)}: {payment.description}"
            ledger.adjust(account, change, reference=reference, actor=None, note=note)


def given_credits(payment: Payment) -> int:
    """Credits that the payment's entries add up to; `kept_credits` when all is well."""
    if payment.credits == 0:
        return 0
    first = Entry.objects.filter(account_id=payment.account_id, reference=payment.reference).first()
    return (first.credits if first else 0) + sum(_corrections(payment))


def _corrections(payment: Payment) -> list[int]:
    prefix = f"payment:{payment.stripe_id}:"
    made = Entry.objects.filter(account_id=payment.account_id, kind=Entry.Kind.ADJUST, reference__startswith=prefix)
    return list(made.values_list("credits", flat=True))


def _write(account: Account, number: int, row: Mapping[str, Any]) -> None:
    with transaction.atomic():
        ledger.lock(account.pk)
        if not fetches.may_write(row["stripe_id"], number):
            return
        payment = Payment.objects.filter(stripe_id=row["stripe_id"]).first()
        if payment is None:
            twice = Payment.objects.filter(reference=row["reference"]).exists()
            # A month that is paid by a second invoice has its credits already.
            payment = Payment.objects.create(**{**row, "account": account, "credits": 0 if twice else row["credits"]})
        else:
            # What was bought stands as it was when it was paid, however plans change; only the money moves.
            for column in MOVING:
                setattr(payment, column, row[column])
            payment.save(update_fields=MOVING)
        align(payment)
        freezing.review(account)
        top_ups.note_success(payment)


def _row(remote: RemotePayment, bought: Bought, dispute: RemoteDispute | None) -> dict[str, Any]:
    return {
        **asdict(bought),
        "stripe_id": remote.id,
        "cents": remote.cents,
        "currency": remote.currency,
        "refunded_cents": remote.refunded_cents,
        "disputed_cents": dispute.cents if dispute else 0,
        "dispute_id": dispute.id if dispute else "",
        "dispute_status": dispute.status if dispute else "",
        "paid_at": remote.made_at,
    }


def _free_row(invoice: RemoteInvoice, bought: Bought) -> dict[str, Any]:
    paid_at = invoice.paid_at or datetime.datetime.now(datetime.UTC)
    nothing = {"refunded_cents": 0, "disputed_cents": 0, "dispute_id": "", "dispute_status": ""}
    return {
        **asdict(bought),
        **nothing,
        "stripe_id": invoice.id,
        "cents": 0,
        "currency": invoice.currency,
        "paid_at": paid_at,
    }


def _bought_by_metadata(remote: RemotePayment) -> Bought | None:
    """A pack: we wrote into the payment what it buys (billing.checkout, billing.top_ups)."""
    kind, credits = remote.metadata.get("kind"), remote.metadata.get("credits", "")
    if kind not in {Kind.PACK, Kind.TOP_UP} or not credits.isdigit():
        return None
    description = remote.metadata.get("name", "Credits")
    return Bought(kind, description[:200], f"purchase:{remote.id}", int(credits))


def _bought_by_invoice(invoice_id: str) -> Bought | None:
    return _bought_on(stripe_client.invoice(invoice_id)) if invoice_id else None


def _bought_on(invoice: RemoteInvoice) -> Bought | None:
    """The months, or parts of months, of plans that an invoice charges; None when it charges none of ours.

    A line buys the share of the plan's monthly credits that its amount is of the plan's price. A change of plan
    within a month gives two such lines: minus what is left of the old plan, plus as much of the new one.
    """
    credits, names = Fraction(0), []
    full: list[RemoteLine] = []
    for line in invoice.lines:
        price = prices.of(line.price)
        if price is None or not price.cents:
            continue
        credits += Fraction(price.plan.monthly_credits * line.cents, price.cents)
        names.append(price.plan.name)
        if not line.proration:
            full.append(line)
    if not names:
        return None
    # A month is paid once, even if it is invoiced twice.
    reference = f"period:{invoice.subscription}:{int(full[0].start.timestamp())}" if full else f"change:{invoice.id}"
    words = f"{names[-1]}, month from {full[0].start:%d %B %Y}" if full else f"Change to {names[-1]}"
    return Bought(Kind.PLAN, words, reference, max(0, round(credits)), invoice.id, invoice.url[:500])


def _reason(payment: Payment) -> str:
    if payment.is_disputed:
        return "Disputed"
    return "Refunded" if payment.refunded_cents else "Dispute decided for us"


def _tell_failed(account: Account, invoice: RemoteInvoice) -> None:
    notices.tell(
        account,
        f"unpaid:{invoice.id}",
        subject=gettext_lazy("Your card was declined"),
        paragraphs=[
            format_lazy(
                gettext_lazy(
                    "The payment for {name} did not go through. Your plan stays in force while we try again over the "
                    "next days; after that the account goes back to the free plan. Credits that you have stay yours."
                ),
                name=account.name,
            )
        ],
        label=gettext_lazy("Change the card"),
        path="/billing/plans/",
    )

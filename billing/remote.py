"""What Stripe answers, cut down to what we use: frozen data made from the shapes that its API documents.

Shapes as of API version 2026-10-28 (the one that the locked library asks for): an invoice line names its price under
`pricing.price_details` and says under `parent` whether it is a proration; a subscription's period stands at its item;
an invoice's payment intent stands under `payments`.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Answer = Mapping[str, Any]


@dataclass(frozen=True)
class RemoteCustomer:
    """A customer. `payment_method` is what is charged by default, empty when nothing is saved."""

    id: str
    deleted: bool
    payment_method: str
    card: str

    @classmethod
    def of(cls, answer: Answer) -> RemoteCustomer:
        """From Stripe's answer."""
        method = (answer.get("invoice_settings") or {}).get("default_payment_method") or ""
        if isinstance(method, str):
            return cls(answer["id"], bool(answer.get("deleted")), method, "")
        card = method.get("card") or {}
        looks = f"{card.get('brand', 'card').capitalize()} ending {card['last4']}" if card else method.get("type", "")
        return cls(answer["id"], bool(answer.get("deleted")), method["id"], looks)


@dataclass(frozen=True)
class RemotePrice:
    """A price; `plan` is the slug that we wrote into it, empty in a price that is not ours."""

    id: str
    cents: int
    currency: str
    plan: str

    @classmethod
    def of(cls, answer: Answer) -> RemotePrice:
        """From Stripe's answer."""
        plan = (answer.get("metadata") or {}).get("plan", "")
        return cls(answer["id"], answer["unit_amount"] or 0, answer["currency"], plan)


@dataclass(frozen=True)
class RemoteSession:
    """A payment page that was opened. `url` is empty once it is done or expired."""

    id: str
    url: str
    mode: str
    status: str
    customer: str
    payment_intent: str
    subscription: str
    invoice: str

    @classmethod
    def of(cls, answer: Answer) -> RemoteSession:
        """From Stripe's answer."""
        return cls(
            id=answer["id"],
            url=answer.get("url") or "",
            mode=answer["mode"],
            status=answer["status"] or "",
            customer=_id(answer.get("customer")),
            payment_intent=_id(answer.get("payment_intent")),
            subscription=_id(answer.get("subscription")),
            invoice=_id(answer.get("invoice")),
        )


@dataclass(frozen=True)
class RemoteSubscription:
    """A subscription of one plan. `next_price` is set where a schedule changes the price at the period's end."""

    id: str
    customer: str
    status: str
    item: str
    price: str
    period_start: datetime.datetime
    period_end: datetime.datetime
    cancel_at_period_end: bool
    ended_at: datetime.datetime | None
    schedule: str
    next_price: str
    changes_pending: bool
    latest_invoice: str

    @classmethod
    def of(cls, answer: Answer) -> RemoteSubscription:
        """From Stripe's answer, its schedule expanded where it has one."""
        item = answer["items"]["data"][0]
        schedule = answer.get("schedule") or {}
        phases = schedule.get("phases", []) if isinstance(schedule, Mapping) else []
        later = [phase for phase in phases if phase["start_date"] >= item["current_period_end"]]
        ended = answer.get("ended_at")
        return cls(
            id=answer["id"],
            customer=_id(answer["customer"]),
            status=answer["status"],
            item=item["id"],
            price=item["price"]["id"],
            period_start=_time(item["current_period_start"]),
            period_end=_time(item["current_period_end"]),
            cancel_at_period_end=bool(answer["cancel_at_period_end"]),
            ended_at=_time(ended) if ended else None,
            schedule=_id(schedule),
            next_price=_id(later[0]["items"][0]["price"]) if later else "",
            changes_pending=bool(answer.get("pending_update")),
            latest_invoice=_id(answer.get("latest_invoice")),
        )


@dataclass(frozen=True)
class RemoteLine:
    """A line of an invoice: `cents` (negative where something is given back) for the time from `start`."""

    price: str
    cents: int
    proration: bool
    start: datetime.datetime

    @classmethod
    def of(cls, answer: Answer) -> RemoteLine:
        """From Stripe's answer."""
        details = (answer.get("pricing") or {}).get("price_details") or {}
        parent = answer.get("parent") or {}
        origin = parent.get("subscription_item_details") or parent.get("invoice_item_details") or {}
        return cls(
            price=_id(details.get("price")),
            cents=answer["amount"],
            proration=bool(origin.get("proration")),
            start=_time(answer["period"]["start"]),
        )


@dataclass(frozen=True)
class RemoteInvoice:
    """An invoice. `payment_intent` is empty while nothing was collected, or nothing had to be."""

    id: str
    customer: str
    subscription: str
    status: str
    cents_paid: int
    currency: str
    attempts: int
    paid_at: datetime.datetime | None
    url: str
    payment_intent: str
    lines: tuple[RemoteLine, ...]

    @classmethod
    def of(cls, answer: Answer) -> RemoteInvoice:
        """From Stripe's answer, its payments expanded."""
        parent = (answer.get("parent") or {}).get("subscription_details") or {}
        paid_at = (answer.get("status_transitions") or {}).get("paid_at")
        made = [row for row in (answer.get("payments") or {}).get("data", []) if row["status"] == "paid"]
        return cls(
            id=answer["id"],
            customer=_id(answer.get("customer")),
            subscription=_id(parent.get("subscription")),
            status=answer["status"] or "",
            cents_paid=answer["amount_paid"],
            currency=answer["currency"],
            attempts=answer["attempt_count"],
            paid_at=_time(paid_at) if paid_at else None,
            url=answer.get("hosted_invoice_url") or "",
            payment_intent=_id(made[0]["payment"].get("payment_intent")) if made else "",
            lines=tuple(RemoteLine.of(line) for line in answer["lines"]["data"]),
        )


@dataclass(frozen=True)
class RemotePayment:
    """A payment intent: what came in, and what went back."""

    id: str
    customer: str
    status: str
    cents: int
    currency: str
    made_at: datetime.datetime
    metadata: Mapping[str, str]
    payment_method: str
    refunded_cents: int
    disputed: bool
    error: str

    @classmethod
    def of(cls, answer: Answer) -> RemotePayment:
        """From Stripe's answer, its latest charge expanded."""
        charge = answer.get("latest_charge") or {}
        return cls(
            id=answer["id"],
            customer=_id(answer.get("customer")),
            status=answer["status"],
            cents=answer["amount_received"],
            currency=answer["currency"],
            made_at=_time(charge.get("created") or answer["created"]),
            metadata=answer.get("metadata") or {},
            payment_method=_id(answer.get("payment_method")),
            refunded_cents=charge.get("amount_refunded") or 0,
            disputed=bool(charge.get("disputed")),
            error=(answer.get("last_payment_error") or {}).get("message") or "",
        )


@dataclass(frozen=True)
class RemoteDispute:
    """A customer's complaint to the bank."""

    id: str
    cents: int
    status: str

    @classmethod
    def of(cls, answer: Answer) -> RemoteDispute:
        """From Stripe's answer."""
        return cls(answer["id"], answer["amount"], answer["status"])


def _id(value: Any) -> str:
    """The id of something that Stripe gives as an id, as the object itself, or as nothing."""
    if not value:
        return ""
    return str(value["id"]) if isinstance(value, Mapping) else str(value)


def _time(seconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)

"""Payments: intents, charges, invoices, refunds and disputes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.billing.stripe_stand_in.objects import ApiError, Object, Store, invalid


class Money(Store):
    """Moves money between cards and us."""

    def card(self, customer: str, *, works: bool = True) -> Object:
        """A card saved for the customer; one that does not work is declined whenever it is charged."""
        last4 = "4242" if works else "0341"
        return self.new(
            "pm", "payment_method", type="card", customer=customer, card={"brand": "visa", "last4": last4}, works=works
        )

    def named_card(self, name: str, customer: str) -> Object:
        """A card by its id, or by one of Stripe's names for test cards, which are saved for whoever uses them."""
        if name.startswith("pm_card_"):
            return self.card(customer, works=name == "pm_card_visa")
        return self.get(name, "payment_method")

    def attach(self, name: str, params: Object) -> Object:
        """POST /v1/payment_methods/:id/attach."""
        return self.named_card(name, params["customer"])

    def pay(self, customer: str, cents: int, method: str, *, metadata: Object, off_session: bool = False) -> Object:
        """A payment intent that is charged at once; see its status for how it went."""
        intent = self.new(
            "pi",
            "payment_intent",
            amount=cents,
            amount_received=0,
            currency="usd",
            customer=customer,
            status="requires_payment_method",
            latest_charge=None,
            last_payment_error=None,
            payment_method=None,
        )
        intent["metadata"] = dict(metadata)
        self.confirm(intent, method)
        return intent

    def confirm(self, intent: Object, method: str) -> bool:
        """Charge the intent to a card; whether it went through."""
        works = self.get(method, "payment_method")["works"]
        charge = self.new(
            "ch",
            "charge",
            amount=intent["amount"],
            amount_captured=intent["amount"] if works else 0,
            amount_refunded=0,
            currency="usd",
            customer=intent["customer"],
            payment_intent=intent["id"],
            payment_method=method,
            paid=works,
            refunded=False,
            disputed=False,
            status="succeeded" if works else "failed",
        )
        intent["latest_charge"] = charge["id"]
        if works:
            intent.update(status="succeeded", amount_received=intent["amount"], payment_method=method)
            intent["last_payment_error"] = None
            self.emit("charge.succeeded", charge)
            self.emit("payment_intent.succeeded", intent)
        else:
            error = {"type": "card_error", "code": "card_declined", "message": "Your card was declined."}
            intent.update(status="requires_payment_method", last_payment_error=error)
            self.emit("charge.failed", charge)
            self.emit("payment_intent.payment_failed", intent)
        return bool(works)

    def invoice(self, customer: str, lines: list[Object], *, reason: str, subscription: str | None = None) -> Object:
        """A finalised invoice over `lines` (made by `line`), not paid yet."""
        total = max(0, sum(line["amount"] for line in lines))
        parent = None
        if subscription:
            parent = {"type": "subscription_details", "subscription_details": {"subscription": subscription}}
        made = self.new(
            "in",
            "invoice",
            customer=customer,
            status="open",
            billing_reason=reason,
            currency="usd",
            amount_due=total,
            amount_paid=0,
            amount_remaining=total,
            total=total,
            attempt_count=0,
            parent=parent,
            lines={"object": "list", "has_more": False, "url": "", "data": lines},
            status_transitions={"finalized_at": self.now, "paid_at": None},
            hosted_invoice_url="https://invoice.stripe.com/i/stand-in",
        )
        self.emit("invoice.created", made)
        self.emit("invoice.finalized", made)
        return made

    def line(self, price: str, cents: int, start: int, end: int, *, proration: bool = False) -> Object:
        """A line of an invoice."""
        origin = {"proration": proration, "subscription_item": None, "subscription": None, "invoice_item": None}
        product = self.get(price, "price")["product"]
        return {
            "object": "line_item",
            "amount": cents,
            "currency": "usd",
            "period": {"start": start, "end": end},
            "parent": {"type": "subscription_item_details", "subscription_item_details": origin},
            "pricing": {"type": "price_details", "price_details": {"price": price, "product": product}},
            "quantity": 1,
        }

    def collect(self, invoice: Object, method: str | None) -> bool:
        """Try to collect an invoice; whether it is paid."""
        if invoice["amount_due"] == 0:
            return self.mark_paid(invoice, None)
        invoice["attempt_count"] += 1
        if method is None:
            self.emit("invoice.payment_failed", invoice)
            return False
        earlier = next(self.all("invoice_payment", invoice=invoice["id"]), None)
        if earlier:
            intent = self.get(earlier["payment"]["payment_intent"], "payment_intent")
            paid = self.confirm(intent, method)
        else:
            intent = self.pay(invoice["customer"], invoice["amount_due"], method, metadata={})
            paid = intent["status"] == "succeeded"
        if paid:
            return self.mark_paid(invoice, intent)
        self._note_payment(invoice, intent, "open")
        self.emit("invoice.payment_failed", invoice)
        return False

    def mark_paid(self, invoice: Object, intent: Object | None) -> bool:
        """The invoice is paid, by this intent or by nothing."""
        invoice.update(status="paid", amount_paid=invoice["amount_due"], amount_remaining=0)
        invoice["status_transitions"]["paid_at"] = self.now
        if intent:
            self._note_payment(invoice, intent, "paid")
        self.emit("invoice.payment_succeeded", invoice)
        self.emit("invoice.paid", invoice)
        return True

    def refund(self, intent_id: str, cents: int | None = None, *, status: str = "succeeded") -> Object:
        """Give money of a payment back (what the dashboard and POST /v1/refunds do)."""
        intent = self.get(intent_id, "payment_intent")
        charge = self.get(intent["latest_charge"], "charge")
        amount = cents or charge["amount"] - charge["amount_refunded"]
        if charge["disputed"] and next(self.all("dispute", payment_intent=intent_id))["status"] != "won":
            raise invalid("This charge has been charged back.", code="charge_disputed")
        if amount > charge["amount"] - charge["amount_refunded"]:
            raise invalid("Refund amount is greater than unrefunded amount on charge.", param="amount")
        made = self.new(
            "re",
            "refund",
            amount=amount,
            charge=charge["id"],
            payment_intent=intent_id,
            currency="usd",
            status=status,
            reason="requested_by_customer",
        )
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self.emit("refund.created", made)
        self.emit("charge.refunded", charge)
        return made

    def fail_refund(self, refund_id: str) -> None:
        """The bank sends a refund back."""
        refund = self.get(refund_id, "refund")
        charge = self.get(refund["charge"], "charge")
        refund.update(status="failed", failure_reason="lost_or_stolen_card")
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        self.emit("refund.failed", refund)

    def dispute(self, intent_id: str, cents: int | None = None) -> Object:
        """The card's holder complains to the bank, which takes the money back."""
        intent = self.get(intent_id, "payment_intent")
        charge = self.get(intent["latest_charge"], "charge")
        charge["disputed"] = True
        made = self.new(
            "du",
            "dispute",
            amount=cents or charge["amount"],
            charge=charge["id"],
            payment_intent=intent_id,
            currency="usd",
            reason="fraudulent",
            status="needs_response",
        )
        self.emit("charge.dispute.created", made)
        self.emit("charge.dispute.funds_withdrawn", made)
        return made

    def decide(self, dispute_id: str, *, won: bool) -> None:
        """The bank decides: for us, or for the card's holder."""
        dispute = self.get(dispute_id, "dispute")
        dispute["status"] = "won" if won else "lost"
        if won:
            self.emit("charge.dispute.funds_reinstated", dispute)
        self.emit("charge.dispute.closed", dispute)

    # What the API answers.

    def post_payment_intent(self, params: Object) -> Object:
        """POST /v1/payment_intents with confirm=true and off_session=true, the one way we use it."""
        method = self.get(params["payment_method"], "payment_method")
        if method["customer"] != params["customer"]:
            raise invalid("The payment method does not belong to the customer.", param="payment_method")
        metadata = params.get("metadata", {})
        intent = self.pay(params["customer"], int(params["amount"]), method["id"], metadata=metadata)
        intent["description"] = params.get("description")
        if intent["status"] != "succeeded":
            raise ApiError(
                402,
                "card_error",
                "Your card was declined.",
                code="card_declined",
                decline_code="generic_decline",
                payment_intent=self.shown(intent, []),
            )
        return intent

    def post_refund(self, params: Object) -> Object:
        """POST /v1/refunds."""
        return self.refund(params["payment_intent"], int(params["amount"]) if "amount" in params else None)

    def invoice_payments(self, params: Object) -> Iterable[Object]:
        """GET /v1/invoice_payments of a payment intent."""
        wanted = params["payment"]["payment_intent"]
        return (row for row in self.all("invoice_payment") if row["payment"]["payment_intent"] == wanted)

    def _note_payment(self, invoice: Object, intent: Object, status: str) -> None:
        row: Any = next(self.all("invoice_payment", invoice=invoice["id"]), None)
        if row is None:
            payment = {"type": "payment_intent", "payment_intent": intent["id"]}
            row = self.new("inpay", "invoice_payment", invoice=invoice["id"], payment=payment, is_default=True)
        row["status"] = status

"""Subscriptions through time: paid, renewed, changed, failing, ending."""

from __future__ import annotations

from typing import Any

from tests.billing.stripe_stand_in.money import Money
from tests.billing.stripe_stand_in.objects import Object, a_month_after, invalid

DAY = 86_400
# When a failed renewal is tried again, and what then becomes of the subscription (Stripe's retry settings).
RETRIES = (3 * DAY, 5 * DAY, 7 * DAY)


class Subscribing(Money):
    """Adds subscriptions and their clock."""

    after_last_retry = "canceled"

    def subscribe(self, customer: str, price: str, method: str, metadata: Object) -> Object:
        """A subscription whose first invoice this card pays (Checkout lets only working cards through)."""
        end = a_month_after(self.now)
        made = self.new(
            "sub",
            "subscription",
            customer=customer,
            status="incomplete",
            cancel_at_period_end=False,
            canceled_at=None,
            ended_at=None,
            collection_method="charge_automatically",
            currency="usd",
            default_payment_method=method,
            pending_update=None,
            schedule=None,
            start_date=self.now,
            latest_invoice=None,
            items={"object": "list", "has_more": False, "url": "", "data": [self._item(price, self.now, end)]},
        )
        made["metadata"] = dict(metadata)
        self.emit("customer.subscription.created", made)
        cents = self.get(price, "price")["unit_amount"]
        invoice = self.invoice(
            customer, [self.line(price, cents, self.now, end)], reason="subscription_create", subscription=made["id"]
        )
        made["latest_invoice"] = invoice["id"]
        if self.collect(invoice, method):
            made["status"] = "active"
            self.emit("customer.subscription.updated", made)
        return made

    def advance(self, days: float) -> None:
        """Let time pass, with every renewal, retry and end that falls into it, in order."""
        until = self.now + int(days * DAY)
        while True:
            due = [(when, sub) for sub in list(self.all("subscription")) for when in [self._due(sub)] if when]
            when, sub = min(due, key=lambda pair: (pair[0], pair[1]["id"]), default=(until + 1, {}))
            if when > until:
                break
            self.now = max(self.now, when)
            self._come_due(sub)
        self.now = until

    def change_card(self, customer: str, *, works: bool) -> Object:
        """What the customer portal does: another card for everything, and open invoices are tried again with it."""
        card = self.card(customer, works=works)
        found = self.get(customer, "customer")
        found["invoice_settings"]["default_payment_method"] = card["id"]
        self.emit("customer.updated", found)
        for sub in self.all("subscription", customer=customer):
            sub["default_payment_method"] = card["id"]
        return card

    def retry_now(self, subscription: str) -> bool:
        """Try the open invoice of a subscription again (the portal's “pay now”); whether it is paid."""
        return self._retry(self.get(subscription, "subscription"))

    # What the API answers.

    def create_subscription(self, params: Object) -> Object:
        """POST /v1/subscriptions (which our own code leaves to Checkout)."""
        method = self.named_card(params["default_payment_method"], params["customer"])
        return self.subscribe(params["customer"], params["items"][0]["price"], method["id"], params.get("metadata", {}))

    def post_subscription(self, found: Object, params: Object) -> Object:
        """POST /v1/subscriptions/:id: another price, or (not) ending with the period."""
        if found["status"] in {"canceled", "incomplete_expired"}:
            raise invalid("A canceled subscription can only update its cancellation_details and metadata.")
        if "cancel_at_period_end" in params:
            if found["schedule"]:
                raise invalid("The subscription is managed by a subscription schedule.")
            found["cancel_at_period_end"] = params["cancel_at_period_end"] == "true"
            found["canceled_at"] = self.now if found["cancel_at_period_end"] else None
        for item in params.get("items", []):
            self._change_price(found, item, params)
        self.emit("customer.subscription.updated", found)
        return found

    def cancel(self, found: Object) -> Object:
        """DELETE /v1/subscriptions/:id."""
        if found["status"] == "canceled":
            raise invalid(f"No such subscription: '{found['id']}'", code="resource_missing")
        found.update(status="canceled", canceled_at=self.now, ended_at=self.now)
        self.emit("customer.subscription.deleted", found)
        return found

    def post_schedule(self, params: Object) -> Object:
        """POST /v1/subscription_schedules from a subscription."""
        found = self.get(params["from_subscription"], "subscription")
        if found["schedule"]:
            raise invalid("You cannot migrate a subscription that is already attached to a schedule.")
        item = found["items"]["data"][0]
        phase = {
            "start_date": item["current_period_start"],
            "end_date": item["current_period_end"],
            "items": [{"price": item["price"]["id"], "quantity": 1}],
        }
        made = self.new(
            "sub_sched", "subscription_schedule", subscription=found["id"], status="active", end_behavior="release"
        )
        made["phases"] = [phase]
        found["schedule"] = made["id"]
        self.emit("customer.subscription.updated", found)
        return made

    def put_phases(self, schedule: Object, params: Object) -> Object:
        """POST /v1/subscription_schedules/:id."""
        first, second = params["phases"]
        start = int(first["end_date"])
        schedule["end_behavior"] = params["end_behavior"]
        schedule["phases"] = [
            {"start_date": int(first["start_date"]), "end_date": start, "items": first["items"]},
            {"start_date": start, "end_date": a_month_after(start), "items": second["items"]},
        ]
        self.emit("subscription_schedule.updated", schedule)
        return schedule

    def release_schedule(self, schedule: Object) -> Object:
        """POST /v1/subscription_schedules/:id/release."""
        if schedule["status"] != "active":
            raise invalid("You cannot release a subscription schedule that is in the released status.")
        schedule["status"] = "released"
        found = self.get(schedule["subscription"], "subscription")
        found["schedule"] = None
        self.emit("customer.subscription.updated", found)
        return schedule

    def _item(self, price: str, start: int, end: int) -> Object:
        priced = self.get(price, "price")
        return {
            "id": f"si_{price}_{start}",
            "object": "subscription_item",
            "price": priced,
            "quantity": 1,
            "current_period_start": start,
            "current_period_end": end,
        }

    def _change_price(self, found: Object, change: Object, params: Object) -> None:
        """Proration as Stripe bills it: what is left of the old price back, as much of the new one."""
        (item,) = found["items"]["data"]
        if change["id"] != item["id"]:
            raise invalid(f"No such subscription_item: '{change['id']}'", code="resource_missing")
        price = self.get(change["price"], "price")
        start, end = item["current_period_start"], item["current_period_end"]
        left = (end - self.now) / (end - start)
        lines = [
            self.line(item["price"]["id"], -round(item["price"]["unit_amount"] * left), self.now, end, proration=True),
            self.line(price["id"], round(price["unit_amount"] * left), self.now, end, proration=True),
        ]
        if params.get("proration_behavior") == "always_invoice":
            invoice = self.invoice(found["customer"], lines, reason="subscription_update", subscription=found["id"])
            found["latest_invoice"] = invoice["id"]
            if not self.collect(invoice, self._method(found)):
                if params.get("payment_behavior") != "pending_if_incomplete":
                    raise invalid("The card was declined.", code="card_declined")
                found["pending_update"] = {"expires_at": self.now + 23 * 3600, "subscription_items": [dict(change)]}
                return
        item["price"] = price

    def _method(self, found: Object) -> str | None:
        customer = self.get(found["customer"], "customer")
        method: Any = found["default_payment_method"] or customer["invoice_settings"]["default_payment_method"]
        return method

    def _due(self, found: Object) -> int | None:
        """When something happens to the subscription next."""
        if found["status"] == "active":
            return int(found["items"]["data"][0]["current_period_end"])
        if found["status"] == "past_due":
            return int(found["retry_at"])
        return None

    def _come_due(self, found: Object) -> None:
        if found["status"] == "past_due":
            if not self._retry(found):
                self._give_up_or_wait(found)
            return
        if found["cancel_at_period_end"]:
            found.update(status="canceled", ended_at=self.now)
            self.emit("customer.subscription.deleted", found)
            return
        self._renew(found)

    def _renew(self, found: Object) -> None:
        (item,) = found["items"]["data"]
        start = item["current_period_end"]
        if found["schedule"]:
            schedule = self.get(found["schedule"], "subscription_schedule")
            later = [phase for phase in schedule["phases"] if phase["start_date"] >= start]
            if later:
                item["price"] = self.get(later[0]["items"][0]["price"], "price")
            schedule["status"], found["schedule"] = "released", None
        end = a_month_after(start)
        item.update(current_period_start=start, current_period_end=end)
        lines = [self.line(item["price"]["id"], item["price"]["unit_amount"], start, end)]
        invoice = self.invoice(found["customer"], lines, reason="subscription_cycle", subscription=found["id"])
        found["latest_invoice"] = invoice["id"]
        if not self.collect(invoice, self._method(found)):
            found.update(status="past_due", retries=0, retry_at=self.now + RETRIES[0])
        self.emit("customer.subscription.updated", found)

    def _retry(self, found: Object) -> bool:
        invoice = self.get(found["latest_invoice"], "invoice")
        if invoice["status"] != "open" or not self.collect(invoice, self._method(found)):
            return False
        found["status"] = "active"
        self.emit("customer.subscription.updated", found)
        return True

    def _give_up_or_wait(self, found: Object) -> None:
        found["retries"] += 1
        if found["retries"] < len(RETRIES):
            found["retry_at"] = self.now + RETRIES[found["retries"]] - RETRIES[found["retries"] - 1]
            return
        found["status"] = self.after_last_retry
        if found["status"] == "canceled":
            found.update(canceled_at=self.now, ended_at=self.now)
            self.emit("customer.subscription.deleted", found)
        else:
            self.emit("customer.subscription.updated", found)

"""Customers, prices, and the pages at Stripe where people pay."""

from __future__ import annotations

from tests.billing.stripe_stand_in.objects import Object, invalid
from tests.billing.stripe_stand_in.subscribing import Subscribing


class Selling(Subscribing):
    """Adds what is asked for before any money moves."""

    def post_customer(self, params: Object) -> Object:
        """POST /v1/customers."""
        made = self.new(
            "cus",
            "customer",
            email=params.get("email"),
            name=params.get("name"),
            invoice_settings={"default_payment_method": None},
        )
        made["metadata"] = params.get("metadata", {})
        self.emit("customer.created", made)
        return made

    def update_customer(self, found: Object, params: Object) -> Object:
        """POST /v1/customers/:id."""
        method = params.get("invoice_settings", {}).get("default_payment_method")
        if method:
            if self.get(method, "payment_method")["customer"] != found["id"]:
                raise invalid("The customer does not have a payment method with that ID.", param="invoice_settings")
            found["invoice_settings"]["default_payment_method"] = method
        self.emit("customer.updated", found)
        return found

    def post_price(self, params: Object) -> Object:
        """POST /v1/prices with a product made along."""
        product = self.new("prod", "product", name=params["product_data"]["name"])
        made = self.new(
            "price",
            "price",
            active=True,
            currency=params["currency"],
            unit_amount=int(params["unit_amount"]),
            product=product["id"],
            recurring={"interval": params["recurring"]["interval"], "interval_count": 1},
            type="recurring",
        )
        made["metadata"] = params.get("metadata", {})
        return made

    def post_session(self, params: Object) -> Object:
        """POST /v1/checkout/sessions."""
        self.get(params["customer"], "customer")
        for line in params["line_items"]:
            if "price" in line and line["price"] not in self.objects:
                raise invalid(
                    f"No such price: '{line['price']}'", code="resource_missing", param="line_items[0][price]"
                )
        made = self.new(
            "cs_test",
            "checkout.session",
            mode=params["mode"],
            customer=params["customer"],
            client_reference_id=params.get("client_reference_id"),
            status="open",
            payment_status="unpaid",
            payment_intent=None,
            subscription=None,
            invoice=None,
            success_url=params["success_url"],
            cancel_url=params.get("cancel_url"),
        )
        made["asked"] = params
        made["url"] = f"https://checkout.stripe.com/c/pay/{made['id']}"
        return made

    def post_portal(self, params: Object) -> Object:
        """POST /v1/billing_portal/sessions."""
        self.get(params["customer"], "customer")
        made = self.new("bps", "billing_portal.session", customer=params["customer"])
        made.update(url=f"https://billing.stripe.com/p/session/{made['id']}", return_url=params.get("return_url"))
        return made

    def complete(self, session_id: str, *, card_works: bool = True) -> str:
        """Somebody types a card on the payment page; where the browser goes. A declined card leaves the page open."""
        session = self.get(session_id, "checkout.session")
        if session["status"] != "open":
            raise AssertionError("the page is closed")
        asked = session["asked"]
        if not card_works:
            return str(session["url"])
        card = self.card(session["customer"])
        if session["mode"] == "subscription":
            metadata = asked.get("subscription_data", {}).get("metadata", {})
            made = self.subscribe(session["customer"], asked["line_items"][0]["price"], card["id"], metadata)
            session.update(subscription=made["id"], invoice=made["latest_invoice"])
        else:
            self._pay_once(session, card)
        session.update(status="complete", payment_status="paid", url=None)
        self.emit("checkout.session.completed", session)
        return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session_id)

    def _pay_once(self, session: Object, card: Object) -> None:
        asked = session["asked"]
        cents = sum(int(row["price_data"]["unit_amount"]) * int(row["quantity"]) for row in asked["line_items"])
        data = asked.get("payment_intent_data", {})
        if data.get("setup_future_usage") != "off_session":
            card["customer"] = None
        intent = self.pay(session["customer"], cents, card["id"], metadata=data.get("metadata", {}))
        session["payment_intent"] = intent["id"]
        if asked.get("invoice_creation", {}).get("enabled") == "true":
            invoice = self.invoice(session["customer"], [], reason="manual")
            invoice.update(amount_due=cents, total=cents)
            session["invoice"] = invoice["id"]
            self.mark_paid(invoice, intent)

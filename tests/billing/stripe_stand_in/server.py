"""The stand-in behind HTTP: keys, idempotency, outages, and the delivery of signed events."""

from __future__ import annotations

import http.server
import json
import random
import re
import threading
import urllib.parse
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import stripe

from tests.billing.stripe_stand_in.objects import ApiError, Object, invalid, parsed
from tests.billing.stripe_stand_in.selling import Selling

# Posts a signed body to our webhook; the status that it was answered with.
Send = Callable[[bytes, str], int]


@dataclass(frozen=True)
class Call:
    """A request that came in."""

    method: str
    path: str
    params: Object
    idempotency_key: str


@dataclass
class Faults:
    """What goes wrong with the next requests."""

    away: bool = False
    errors: int = 0
    lost_answers: int = 0
    seen: list[Call] = field(default_factory=list)


class StandIn(Selling):
    """Stripe, for a test: `with StandIn() as stripe: settings.STRIPE_API_BASE = stripe.url`."""

    secret_key = "sk_test_stand_in"
    webhook_secret = "whsec_stand_in"

    def __init__(self, now: int = 1_767_225_600) -> None:
        super().__init__(now)
        self.faults = Faults()
        self.answered: dict[str, tuple[Object, int, Object]] = {}
        self.lock = threading.Lock()
        self.url = ""
        self._server: http.server.ThreadingHTTPServer | None = None

    def __enter__(self) -> StandIn:
        stand_in = self

        class Handler(_Handler):
            api = stand_in

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def __exit__(self, *error: object) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    def calls(self, method: str, path: str) -> list[Call]:
        """Requests so far whose path matches the pattern."""
        return [call for call in self.faults.seen if call.method == method and re.fullmatch(path, call.path)]

    # Events.

    def deliver(self, send: Send, *, events: Iterable[Object] | None = None) -> list[int]:
        """Post events (all that wait, in order) to our webhook, signed; the statuses it answered with."""
        if events is None:
            events, self.outbox = self.outbox, []
        return [send(*self.signed(event)) for event in events]

    def signed(self, event: Object) -> tuple[bytes, str]:
        """An event's body and the header that signs it."""
        body = json.dumps(event).encode()
        return body, stripe.WebhookSignature.generate_signature_header(body.decode(), self.webhook_secret)

    def deliver_some(self, send: Send, chance: random.Random) -> None:
        """Deliver some of what waits, in any order, some of it twice; the rest stays for later."""
        now = [event for event in self.outbox if chance.random() < 0.5]
        self.outbox = [event for event in self.outbox if event not in now]
        again = [event for event in now if chance.random() < 0.3]
        batch = now + again
        chance.shuffle(batch)
        self.deliver(send, events=batch)

    # Requests.

    def answer(self, call: Call) -> tuple[int, Object]:
        """What the API says to a request, once per idempotency key."""
        with self.lock:
            known = self.answered.get(call.idempotency_key)
            if known:
                asked, status, body = known
                if asked != {"path": call.path, "params": call.params}:
                    message = "Keys for idempotent requests can only be used with the same parameters."
                    return 400, ApiError(400, "idempotency_error", message).body
                return status, body
            status, body = self._route(call)
            if call.idempotency_key and call.method != "GET":
                self.answered[call.idempotency_key] = ({"path": call.path, "params": call.params}, status, body)
            return status, body

    def _route(self, call: Call) -> tuple[int, Object]:
        for method, pattern, allowed, verb in ROUTES:
            match = re.fullmatch(pattern, call.path)
            if match and method == call.method:
                try:
                    unknown = set(call.params) - allowed - {"expand"}
                    if unknown:
                        name = min(unknown)
                        raise invalid(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
                    found = verb(self, *match.groups(), call.params)
                    expand = call.params.get("expand", [])
                    return 200, found if found["object"] == "list" else self.shown(found, expand)
                except ApiError as error:
                    return error.status, error.body
        return 404, invalid(f"Unrecognized request URL ({call.method}: {call.path}).").body


def _get(kind: str) -> Callable[..., Object]:
    return lambda api, stripe_id, params: api.get(stripe_id, kind)


def _list(kind: str, *fields: str) -> Callable[..., Object]:
    def found(api: StandIn, params: Object) -> Object:
        wanted = {name: params[name] for name in fields if name in params and params[name] != "all"}
        return api.page(api.all(kind, **wanted), params)

    return found


PAGE = {"limit", "starting_after"}
SESSION = {
    *("customer", "client_reference_id", "success_url", "cancel_url", "mode", "line_items", "subscription_data"),
    *("payment_intent_data", "invoice_creation", "automatic_tax", "customer_update", "tax_id_collection"),
}
INTENT = {
    *("amount", "currency", "customer", "payment_method", "off_session", "confirm", "description", "metadata"),
    "automatic_payment_methods",
}

Route = tuple[str, str, set[str], Callable[..., Any]]
ROUTES: list[Route] = [
    ("POST", "/v1/customers", {"email", "name", "metadata"}, lambda a, p: a.post_customer(p)),
    ("GET", "/v1/customers/([^/]+)", set(), _get("customer")),
    (
        *("POST", "/v1/customers/([^/]+)", {"invoice_settings"}),
        lambda a, i, p: a.update_customer(a.get(i, "customer"), p),
    ),
    (
        *("POST", "/v1/prices"),
        {"currency", "unit_amount", "recurring", "product_data", "metadata", "tax_behavior"},
        lambda a, p: a.post_price(p),
    ),
    ("GET", "/v1/prices/([^/]+)", set(), _get("price")),
    ("POST", "/v1/checkout/sessions", SESSION, lambda a, p: a.post_session(p)),
    ("GET", "/v1/checkout/sessions/([^/]+)", set(), _get("checkout.session")),
    ("POST", "/v1/billing_portal/sessions", {"customer", "return_url"}, lambda a, p: a.post_portal(p)),
    (
        *("POST", "/v1/subscriptions", {"customer", "items", "default_payment_method", "metadata"}),
        lambda a, p: a.create_subscription(p),
    ),
    ("POST", "/v1/payment_methods/([^/]+)/attach", {"customer"}, lambda a, i, p: a.attach(i, p)),
    ("GET", "/v1/subscriptions", {"customer", "status", *PAGE}, _list("subscription", "customer", "status")),
    ("GET", "/v1/subscriptions/([^/]+)", set(), _get("subscription")),
    (
        *("POST", "/v1/subscriptions/([^/]+)"),
        {"items", "proration_behavior", "payment_behavior", "cancel_at_period_end"},
        lambda a, i, p: a.post_subscription(a.get(i, "subscription"), p),
    ),
    ("DELETE", "/v1/subscriptions/([^/]+)", set(), lambda a, i, p: a.cancel(a.get(i, "subscription"))),
    ("POST", "/v1/subscription_schedules", {"from_subscription"}, lambda a, p: a.post_schedule(p)),
    (
        *("POST", "/v1/subscription_schedules/([^/]+)/release", set()),
        lambda a, i, p: a.release_schedule(a.get(i, "subscription_schedule")),
    ),
    (
        *("POST", "/v1/subscription_schedules/([^/]+)", {"phases", "end_behavior", "proration_behavior"}),
        lambda a, i, p: a.put_phases(a.get(i, "subscription_schedule"), p),
    ),
    ("GET", "/v1/invoices", {"customer", "status", *PAGE}, _list("invoice", "customer", "status")),
    ("GET", "/v1/invoices/([^/]+)", set(), _get("invoice")),
    ("GET", "/v1/invoice_payments", {"payment", *PAGE}, lambda a, p: a.page(iter(a.invoice_payments(p)), p)),
    ("GET", "/v1/payment_intents", {"customer", *PAGE}, _list("payment_intent", "customer")),
    ("POST", "/v1/payment_intents", INTENT, lambda a, p: a.post_payment_intent(p)),
    ("GET", "/v1/payment_intents/([^/]+)", set(), _get("payment_intent")),
    ("GET", "/v1/charges/([^/]+)", set(), _get("charge")),
    ("POST", "/v1/refunds", {"payment_intent", "amount", "reason"}, lambda a, p: a.post_refund(p)),
    ("GET", "/v1/refunds/([^/]+)", set(), _get("refund")),
    ("GET", "/v1/disputes", {"payment_intent", *PAGE}, _list("dispute", "payment_intent")),
    ("GET", "/v1/disputes/([^/]+)", set(), _get("dispute")),
]


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # One packet an answer: head and body apart would wait 40 ms for each other (Nagle and delayed acknowledgement).
    wbufsize = -1
    disable_nagle_algorithm = True
    api: StandIn

    def _any(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        url = urllib.parse.urlsplit(self.path)
        params = parsed(urllib.parse.parse_qsl(body or url.query, keep_blank_values=True))
        call = Call(self.command, url.path, params, self.headers.get("Idempotency-Key", ""))
        faults = self.api.faults
        faults.seen.append(call)
        if self.headers.get("Authorization") != f"Bearer {self.api.secret_key}":
            self._say(401, invalid("Invalid API Key provided").body)
        elif faults.away or faults.errors:
            faults.errors = max(0, faults.errors - 1)
            self._say(500, ApiError(500, "api_error", "An unknown error occurred").body)
        else:
            answer = self.api.answer(call)
            if faults.lost_answers:
                faults.lost_answers -= 1
                self.close_connection = True
                return
            self._say(*answer)

    do_GET = do_POST = do_DELETE = _any  # noqa: N815 - the base class calls these names

    def _say(self, status: int, body: Object) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Request-Id", "req_stand_in")
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""

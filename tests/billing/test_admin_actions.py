"""What staff do in the admin: adjust with a reason, freeze, replay, refund; by the verbs, and in the audit trail."""

from __future__ import annotations

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client

from billing import ledger
from billing.models import Account, Entry, Pack, Payment, StripeEvent, User
from tests.billing.conftest import Shopper, post_webhook, work
from tests.billing.stripe_stand_in import StandIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(db: None) -> User:
    """A superuser."""
    return User.objects.create_superuser("admin@example.com", "a long enough password")


@pytest.fixture
def staff(admin: User) -> Client:
    """The superuser's browser."""
    client = Client()
    client.force_login(admin)
    return client


def _act(staff: Client, model: str, action: str, *rows: int, **fields: str) -> str:
    form = {"action": action, "_selected_action": list(rows), **fields}
    return staff.post(f"/admin/billing/{model}/", form, follow=True).content.decode()


def test_credits_are_adjusted_with_a_reason_once_per_form(staff: Client, admin: User, account: Account) -> None:
    page = _act(staff, "account", "adjust_credits", account.pk)
    (token,) = re.findall(r'name="token" value="([^"]+)"', page)
    assert "Acme Realty" in page

    for reason, credits in (("", "-4"), ("Goodwill", "0")):
        _act(staff, "account", "adjust_credits", account.pk, apply="1", token=token, reason=reason, credits=credits)
    assert ledger.balance(account) == 10
    for _ in range(2):
        _act(staff, "account", "adjust_credits", account.pk, apply="1", token=token, reason="Goodwill", credits="-4")

    entry = Entry.objects.get(kind="adjust")
    assert (entry.credits, entry.actor, entry.note) == (-4, admin, "Goodwill")
    assert ledger.balance(account) == 6
    assert LogEntry.objects.filter(change_message="Adjusted by -4: Goodwill", user=admin).exists()


def test_staff_without_the_right_move_no_credits_and_refund_nothing(account: Account) -> None:
    clerk = User.objects.create_user("clerk@example.com", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__in=("view_account", "view_payment")))
    client = Client()
    client.force_login(clerk)

    page = client.get("/admin/billing/account/").content.decode()
    assert "Acme Realty" in page
    assert "adjust_credits" not in page
    token = "7e0f6d86-9a53-4f0a-8a2e-3c2f7f1f6b11"
    _act(client, "account", "adjust_credits", account.pk, apply="1", token=token, reason="x", credits="100")
    _act(client, "account", "freeze", account.pk)

    assert ledger.balance(account) == 10
    account.refresh_from_db()
    assert account.frozen_at is None
    assert "refund_rest" not in client.get("/admin/billing/payment/").content.decode()


def test_an_account_is_frozen_and_thawed(staff: Client, account: Account) -> None:
    _act(staff, "account", "freeze", account.pk)
    with pytest.raises(ledger.AccountFrozen):
        ledger.hold(account, 1, reference="run:a")

    _act(staff, "account", "thaw", account.pk)
    assert ledger.hold(account, 1, reference="run:a")
    assert LogEntry.objects.count() == 2


def test_a_failed_event_is_replayed(staff: Client, shopper: Shopper, stripe: StandIn) -> None:
    shopper.buy("/billing/packs/small/buy/", return_to_us=False)
    event = next(event for event in stripe.outbox if event["type"] == "payment_intent.succeeded")
    stripe.deliver(post_webhook, events=[event])
    StripeEvent.objects.update(state="failed", error="RuntimeError: our bug")
    assert "our bug" in staff.get("/admin/billing/stripeevent/").content.decode()

    assert "1 events are handled again" in _act(staff, "stripeevent", "replay", StripeEvent.objects.get().pk)
    work()

    assert ledger.balance(shopper.account) == 30


def test_a_payment_is_refunded_with_its_credits(staff: Client, shopper: Shopper, stripe: StandIn) -> None:
    shopper.buy("/billing/packs/small/buy/")
    payment = Payment.objects.get()

    assert "refunded." in _act(staff, "payment", "refund_rest", payment.pk)
    assert "can be given back" in _act(staff, "payment", "refund_rest", payment.pk)

    assert ledger.balance(shopper.account) == 5
    (refund,) = stripe.all("refund")
    assert refund["amount"] == 1200


def test_packs_are_the_shops_to_change(staff: Client) -> None:
    form = {"name": "Small pack", "slug": "small", "credits": "30", "price_cents": "1500", "on_sale": "on"}

    assert staff.post("/admin/billing/pack/small/change/", form).status_code == 302
    assert Pack.objects.get(slug="small").credits == 30
    assert staff.post("/admin/billing/pack/small/delete/", {"post": "yes"}).status_code == 403


def test_every_list_opens_for_staff_alone(staff: Client, shopper: Shopper) -> None:
    shopper.buy("/billing/plans/pro/buy/")
    shopper.webhooks()

    for name in (
        "account",
        "invitation",
        "stripeevent",
        "payment",
        "subscription",
        "customer",
        "price",
        "topup",
        "pack",
    ):
        assert staff.get(f"/admin/billing/{name}/").status_code == 200, name
        assert shopper.client.get(f"/admin/billing/{name}/").status_code == 302, name

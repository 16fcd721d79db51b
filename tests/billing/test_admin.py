"""What staff see in the admin, and what nobody may do there."""

from __future__ import annotations

import pytest
from django.test import Client

from billing import keys, ledger
from billing.models import Account, ApiKey, Entry, Plan, User


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    """The browser of a superuser."""
    client.force_login(User.objects.create_superuser("admin@example.com", "a long enough password"))
    return client


def test_the_account_shows_its_balance_and_members(staff: Client, account: Account, team_mate: User) -> None:
    ledger.hold(account, 3, reference="run:a")

    assert staff.get("/admin/billing/account/").status_code == 200
    page = staff.get(f"/admin/billing/account/{account.pk}/change/").content.decode()
    assert "Acme Realty" in page
    assert team_mate.email in page
    assert ">7<" in page


def test_neither_keys_nor_password_hashes_are_shown(staff: Client, account: Account, owner: User) -> None:
    key, text = keys.create(account, "Zapier")

    pages = [
        staff.get(path).content.decode()
        for path in (
            "/admin/billing/apikey/",
            f"/admin/billing/apikey/{key.pk}/change/",
            f"/admin/billing/user/{owner.pk}/change/",
        )
    ]
    assert key.prefix in pages[0]
    assert key.prefix in pages[1]
    assert "owner@example.com" in pages[2]
    for page in pages:
        assert key.sha256 not in page
        assert text not in page
        assert owner.password not in page


def test_entries_are_there_to_read_alone(staff: Client, account: Account) -> None:
    entry = Entry.objects.get()
    base = "/admin/billing/entry/"

    assert "fixture:account" in staff.get(base).content.decode()
    assert staff.get(f"{base}{entry.pk}/change/").status_code == 200
    assert staff.post(f"{base}{entry.pk}/change/", {"credits": "1000"}).status_code == 403
    assert staff.get(f"{base}add/").status_code == 403
    assert staff.post(f"{base}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    staff.post(base, {"action": "delete_selected", "_selected_action": entry.pk, "post": "yes"})
    assert ledger.balance(account) == 10


def test_a_plans_numbers_can_be_changed(staff: Client) -> None:
    plan = Plan.objects.get(slug="free")
    answer = staff.post(
        "/admin/billing/plan/free/change/",
        {
            "name": "Free",
            "slug": "gratis",
            "monthly_credits": 0,
            "signup_credits": 9,
            "labelled": "on",
            "max_renders": 1,
            "monthly_price_cents": 0,
        },
    )

    assert answer.status_code == 302
    plan.refresh_from_db()
    assert (plan.signup_credits, plan.slug) == (9, "free")
    assert staff.get("/admin/billing/plan/add/").status_code == 403


@pytest.mark.parametrize("name", ["account", "user", "apikey", "plan", "entry"])
def test_a_customer_does_not_get_in(client: Client, account: Account, owner: User, name: str) -> None:
    client.force_login(owner)

    assert client.get(f"/admin/billing/{name}/").status_code == 302
    assert ApiKey.objects.count() == 0

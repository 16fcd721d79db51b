"""The plans page: true prices, what the account has, and what it says when nothing can be sold."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from billing import freezing
from billing.models import Account, Pack, Plan, Subscription, User
from tests.billing.conftest import Shopper
from tests.billing.stripe_stand_in import StandIn

pytestmark = pytest.mark.django_db


def test_true_monthly_prices_are_shown(client: Client, account: Account, owner: User) -> None:
    Plan.objects.filter(slug="pro").update(monthly_price_cents=4150)
    Pack.objects.filter(slug="large").update(on_sale=False)
    client.force_login(owner)

    page = client.get("/billing/plans/").content.decode()

    assert "$41.50" in page
    assert "each month, billed monthly" in page
    assert "$12, once" in page
    assert "$139" not in page


def test_without_a_key_nothing_is_sold_and_the_page_says_so(client: Client, account: Account, owner: User) -> None:
    client.force_login(owner)

    page = client.get("/billing/plans/").content.decode()
    assert "Billing is not set up on this server" in page
    assert "/buy/" not in page
    answer = client.post("/billing/plans/pro_plus/buy/", follow=True)
    assert "Billing is not set up on this server, so nothing" in str(next(iter(answer.context["messages"])))
    assert client.post("/billing/stripe/webhook", b"{}", content_type="application/json").status_code == 400


def test_while_stripe_is_away_nothing_breaks(shopper: Shopper, stripe: StandIn) -> None:
    stripe.faults.errors = 3

    assert "does not answer. Nothing was charged" in shopper.press("/billing/plans/pro/buy/")
    assert not Subscription.objects.exists()
    shopper.buy("/billing/plans/pro/buy/")
    assert "renews on" in shopper.told()


def test_only_owners_and_billing_members_buy(shopper: Shopper, team_mate: User, client: Client) -> None:
    client.force_login(team_mate)
    page = client.get("/billing/plans/").content.decode()

    assert "/buy/" not in page
    for path in ("plans/pro/buy", "packs/small/buy", "cancel", "resume", "portal", "warning", "top-up", "top-up/stop"):
        assert client.post(f"/billing/{path}/").status_code == 403, path
    client.logout()
    assert client.post("/billing/plans/pro/buy/")["Location"].startswith("/accounts/login/")


def test_cancelling_takes_two_clicks_and_the_first_changes_nothing(shopper: Shopper, stripe: StandIn) -> None:
    shopper.buy("/billing/plans/pro/buy/")
    (link,) = re.findall(r'href="(/billing/cancel/)"', shopper.told())
    shopper.client.get(link)
    assert not stripe.objects[shopper.subscription]["cancel_at_period_end"]

    shopper.press(link)
    assert stripe.objects[shopper.subscription]["cancel_at_period_end"]


def test_the_portal_is_stripes(shopper: Shopper) -> None:
    answer = shopper.client.post("/billing/portal/", {"attempt": "a"})

    assert answer["Location"].startswith("https://billing.stripe.com/")


def test_the_policy_of_the_pages_lets_forms_end_at_stripe(shopper: Shopper) -> None:
    policy = shopper.client.get("/billing/plans/")["Content-Security-Policy"]

    assert "https://checkout.stripe.com" in policy.split("form-action")[1].split(";")[0]


def test_plan_and_pack_that_are_not_sold(shopper: Shopper) -> None:
    Pack.objects.filter(slug="large").update(on_sale=False)

    assert "not sold any more" in shopper.press("/billing/packs/large/buy/")
    assert "costs nothing" in shopper.press("/billing/plans/free/buy/")
    assert shopper.client.post("/billing/packs/none/buy/").status_code == 404


def test_staff_freeze_and_thaw(shopper: Shopper, stripe: StandIn) -> None:
    freezing.freeze(shopper.account, why="Looks like fraud.")
    freezing.review(shopper.account)
    assert "Looks like fraud." in shopper.told()

    freezing.thaw(shopper.account)
    assert "frozen" not in shopper.told()


@pytest.mark.parametrize("path", ["plans", "statement", "members", "close", "cancel", "new"])
def test_every_page_has_labels_and_neither_inline_script_nor_style(shopper: Shopper, path: str) -> None:
    shopper.buy("/billing/plans/pro/buy/")
    page = shopper.client.get(f"/billing/{path}/").content.decode()
    main = page.partition("<main")[2].partition("</main>")[0]

    assert main.count("<h1>") == 1
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", main)
    for control in re.findall(r'<(?:input|select)(?![^>]*type="hidden")[^>]*\sid="([^"]+)"', main):
        assert f'for="{control}"' in main, "every control has its label"

"""The account: its balance and its keys."""

from __future__ import annotations

import datetime
import re

from django.test import Client
from django.utils import timezone

from billing import accounts, keys
from billing.models import Account, ApiKey, User
from tests.listings.conftest import signed_in


def test_the_balance_and_what_it_is_made_of(browser: Client) -> None:
    page = browser.get("/account/").content.decode()
    assert '<p class="figure">10</p>' in page
    assert "Given" in page
    assert "+10" in page


def test_a_key_is_shown_once_and_works(browser: Client, account: Account) -> None:
    page = browser.post("/account/keys/", {"name": "Website"}).content.decode()
    shown = re.search(r'<code class="key">([\w-]{32,})</code>', page)
    assert shown is not None
    key = keys.verify(shown[1])
    assert key is not None
    assert key.account == account
    later = browser.get("/account/").content.decode()
    assert shown[1] not in later
    assert "Website" in later
    assert key.prefix in later
    assert "last used" in later


def test_a_key_without_a_name_is_not_made(browser: Client) -> None:
    assert browser.post("/account/keys/", {"name": ""}).status_code == 400
    assert not ApiKey.objects.exists()


def test_a_revoked_key_no_longer_works(browser: Client, account: Account) -> None:
    key, text = keys.create(account, "Website")
    page = browser.post(f"/account/keys/{key.pk}/revoke/", follow=True).content.decode()
    assert "no longer works" in page
    assert keys.verify(text) is None


def test_agents_see_keys_but_do_not_manage_them_and_strangers_see_nothing(
    account: Account, team_mate: User, stranger: User
) -> None:
    key, text = keys.create(account, "Showroom")
    agent, outside = signed_in(team_mate), signed_in(stranger)
    assert "Make a key" not in agent.get("/account/").content.decode()
    assert agent.post("/account/keys/", {"name": "Mine"}).status_code == 403
    assert agent.post(f"/account/keys/{key.pk}/revoke/").status_code == 403
    assert "Showroom" not in outside.get("/account/").content.decode()
    assert outside.post(f"/account/keys/{key.pk}/revoke/").status_code == 404
    assert keys.verify(text) is not None


def test_a_plan_without_the_api_says_so(browser: Client, account: Account) -> None:
    accounts.change_plan(account, "free")
    assert "no API access" in browser.get("/account/").content.decode()


def test_a_key_may_be_narrow_and_end_by_itself(browser: Client, account: Account) -> None:
    page = browser.post("/account/keys/", {"name": "Contractor", "scope": "read", "days": "30"}).content.decode()
    key = ApiKey.objects.get()
    assert key.scope == ApiKey.Scope.READ
    assert key.expires_at is not None
    assert datetime.timedelta(days=29) < key.expires_at - timezone.now() <= datetime.timedelta(days=30)
    assert "until " in page

    ApiKey.objects.update(expires_at=timezone.now())
    assert "expired" in browser.get("/account/").content.decode()
    assert browser.post("/account/keys/", {"name": "x", "scope": "all"}).status_code == 400

"""Mails about the bill come in the language of the pages that their reader last saw, each reader's own."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from billing import ledger, low_balance, members
from billing.models import Account, Membership, User


@pytest.fixture
def bookkeeper(account: Account) -> User:
    """Somebody who looks after the bill and has never signed in."""
    user = User.objects.create_user("books@example.com", "a long enough password")
    Membership.objects.create(user=user, account=account, role=Membership.Role.BILLING)
    return user


def test_two_readers_of_one_mail(
    account: Account, owner: User, bookkeeper: User, django_capture_on_commit_callbacks: Any
) -> None:
    browser = Client()
    browser.force_login(owner)
    browser.get("/account/", headers={"Accept-Language": "es-MX"})
    Account.objects.filter(pk=account.pk).update(warn_below=8)
    ledger.hold(account, 3, reference="run:a")
    with django_capture_on_commit_callbacks(execute=True):
        low_balance.warn(account)
    told = {message.to[0]: message for message in mail.outbox}
    assert told[owner.email].subject == "Quedan 7 créditos"
    assert "Quedan 7 créditos en Acme Realty. Una estancia amueblada cuesta 2." in told[owner.email].body
    assert "Conseguir créditos" in str(told[owner.email].alternatives[0].content)
    assert told[bookkeeper.email].subject == "7 credits are left"
    # The choice of another language holds from the next page on.
    browser.post("/language/", {"language": "en", "next": "/"})
    browser.get("/account/", headers={"Accept-Language": "es-MX"})
    owner.refresh_from_db()
    assert owner.language == "en"


def test_who_is_no_user_yet_is_asked_in_the_language_of_the_page(
    account: Account, owner: User, django_capture_on_commit_callbacks: Any
) -> None:
    browser = Client()
    browser.force_login(owner)
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(
            "/billing/members/invite/", {"email": "new@example.com", "role": "agent"}, headers={"Accept-Language": "es"}
        )
    assert "le invita a Acme Realty" in mail.outbox[0].subject
    assert "le pide que trabaje en Acme Realty" in mail.outbox[0].body
    assert members.waiting_for(account).count() == 1

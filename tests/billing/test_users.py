"""Users are known by their e-mail address, in any case of letters."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import authenticate, get_user
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from billing import accounts
from billing.models import User

PASSWORD = "correct horse battery"


def test_an_address_is_one_user_in_any_case(owner: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User(email=" OWNER@Example.COM ").save()
    # Past our own code too: the database keeps addresses in lower case.
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="Other@example.com")])

    assert accounts.find_user(" Owner@EXAMPLE.com") == owner
    assert authenticate(username="OWNER@example.com", password="a long enough password") == owner


def test_a_user_needs_an_address(db: None) -> None:
    with pytest.raises(ValueError, match="e-mail"):
        User.objects.create_user("")


def test_a_superuser_enters_the_admin(db: None, client: Client) -> None:
    User.objects.create_superuser("admin@example.com", PASSWORD)

    client.post("/accounts/login/?next=/admin/", {"login": "Admin@example.com", "password": PASSWORD})

    assert client.get("/admin/").status_code == 200


def test_who_was_given_an_account_without_a_password_sets_one_by_mail(db: None, client: Client) -> None:
    accounts.open_account("agent@example.com")
    user = User.objects.get()
    assert authenticate(username="agent@example.com", password="") is None

    client.post("/accounts/password/reset/", {"email": "agent@example.com"})
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", mail.outbox[0].body)
    assert link is not None
    form = client.get(link[1])
    client.post(form["Location"], {"password1": PASSWORD, "password2": PASSWORD})
    client.post("/accounts/login/", {"login": "agent@example.com", "password": PASSWORD})

    assert get_user(client) == user

"""Signing up, confirming the address, signing in and out, and setting a new password: the real pages and mails."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from billing import accounts, ledger
from billing.models import Account, Entry, Membership, User

PASSWORD = "correct horse battery"
SIGN_UP = {"email": "Agent@Example.com", "password1": PASSWORD}


@pytest.fixture(autouse=True)
def page_frame(settings: Any, db: None) -> None:
    """Stand in for the site's base.html where there is none: these pages only need its blocks."""
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], Path(__file__).parent / "templates"]}]


def _link(message: EmailMultiAlternatives, path: str) -> str:
    """The one link under `path` in a mail, the same in its text and its HTML."""
    (page,) = message.alternatives
    pattern = re.compile(rf"http://testserver({path}[^\s\"<]+)")
    found = {*pattern.findall(str(message.body)), *pattern.findall(str(page[0]))}
    assert len(found) == 1
    return found.pop()


def test_signing_up_opens_an_account_on_the_free_plan_and_asks_to_confirm(client: Client) -> None:
    page = client.get("/accounts/signup/").content.decode()
    assert "5 free credits" in page

    answer = client.post("/accounts/signup/", SIGN_UP)

    assert (answer.status_code, answer["Location"]) == (302, "/listings/")
    user = User.objects.get()
    assert get_user(client) == user
    assert user.email == "agent@example.com"
    membership = Membership.objects.get()
    assert (membership.user, membership.role, membership.account.plan.slug) == (user, "owner", "free")
    assert ledger.balance(membership.account) == 0
    (message,) = mail.outbox
    assert (message.subject, message.to) == ("Confirm your email address", ["agent@example.com"])
    assert "5 free credits" in message.body


def test_confirming_the_address_gives_the_free_credits_once(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP)
    link = _link(mail.outbox[0], "/accounts/confirm-email/")

    answer = client.get(link)
    assert (answer.status_code, answer["Location"]) == (302, "/listings/")
    told = [str(message) for message in client.get("/accounts/email/").context["messages"]]
    assert "Thank you: agent@example.com is confirmed." in told
    assert "5 free credits are in your account." in told
    account = Account.objects.get()
    assert ledger.balance(account) == 5

    client.get(link)
    client.post("/accounts/email/", {"action_add": "", "email": "second@example.com"})
    Client().get(_link(mail.outbox[-1], "/accounts/confirm-email/"))
    assert Entry.objects.get().note == "Sign-up credits"
    assert ledger.balance(account) == 5


def test_the_link_works_in_another_browser_and_signs_nobody_in(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP)
    other = Client()

    answer = other.get(_link(mail.outbox[0], "/accounts/confirm-email/"))

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    assert not get_user(other).is_authenticated
    assert ledger.balance(Account.objects.get()) == 5


def test_the_plan_says_how_many_credits_and_a_later_change_gives_no_more(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP)
    account = Account.objects.get()
    account.plan.signup_credits = 20
    account.plan.save()
    user = User.objects.get()

    assert accounts.credits_on_confirmation(user) == 20
    client.get(_link(mail.outbox[0], "/accounts/confirm-email/"))
    account.plan.signup_credits = 50
    account.plan.save()

    assert accounts.credits_on_confirmation(user) == 0
    assert accounts.grant_signup_credits(user) is None
    assert ledger.balance(account) == 20


def test_a_wrong_confirmation_link_says_so_and_gives_nothing(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP)

    answer = client.get("/accounts/confirm-email/nonsense/")

    assert "expired or was used before" in answer.content.decode()
    assert ledger.balance(Account.objects.get()) == 0


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"email": "OWNER@example.com"}, "already registered"),
        ({"email": "nonsense"}, "valid email address"),
        ({"email": ""}, "required"),
        ({"password1": "short"}, "at least 10 characters"),
        ({"password1": "agent@example.com"}, "too similar"),
    ],
)
def test_a_sign_up_that_cannot_be_says_why_beside_the_field(
    client: Client, account: Account, change: dict[str, str], error: str
) -> None:
    page = client.post("/accounts/signup/", {**SIGN_UP, **change}).content.decode()

    (name,) = (field for field in change)
    assert re.search(rf'<ul class="errorlist" id="id_{name}_error">.*{error}', page)
    control = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    assert control is not None
    assert f"id_{name}_error" in control[0]
    assert 'aria-invalid="true"' in control[0]
    assert User.objects.count() == 1
    assert mail.outbox == []


def test_signing_in_by_address_in_any_case_and_out_again(client: Client, account: Account, owner: User) -> None:
    owner.set_password(PASSWORD)
    owner.save()
    wrong = client.post("/accounts/login/", {"login": "owner@example.com", "password": "not this one"})
    assert 'role="alert"' in wrong.content.decode()
    assert "not correct" in wrong.content.decode()
    assert not get_user(client).is_authenticated

    answer = client.post("/accounts/login/", {"login": "OWNER@Example.com", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/listings/")
    assert get_user(client) == owner

    assert "<h1>Sign out</h1>" in client.get("/accounts/logout/").content.decode()
    assert get_user(client).is_authenticated, "a link alone signs nobody out"
    client.post("/accounts/logout/")
    assert not get_user(client).is_authenticated


def test_a_forgotten_password_is_set_anew_once(client: Client, account: Account, owner: User) -> None:
    answer = client.post("/accounts/password/reset/", {"email": "Owner@Example.com"}, follow=True)
    assert "on its way" in answer.content.decode()
    (message,) = mail.outbox
    assert (message.subject, message.to) == ("Set a new password", ["owner@example.com"])
    link = _link(message, "/accounts/password/reset/key/")

    form = client.get(link, follow=True)
    assert "<h1>Set a new password</h1>" in form.content.decode()
    done = client.post(form.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD}, follow=True)
    assert "new password is set" in done.content.decode()

    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)
    client.post("/accounts/login/", {"login": "owner@example.com", "password": PASSWORD})
    assert get_user(client) == owner
    again = Client().get(link, follow=True)
    assert "does not work any more" in again.content.decode()


def test_an_unknown_address_is_answered_alike_and_told_by_mail(client: Client) -> None:
    answer = client.post("/accounts/password/reset/", {"email": "nobody@example.com"}, follow=True)

    assert "on its way" in answer.content.decode()
    (message,) = mail.outbox
    assert (message.subject, message.to) == ("There is no account with this address", ["nobody@example.com"])
    assert _link(message, "/accounts/signup") == "/accounts/signup/"


def test_mailed_links_start_with_what_the_operator_calls_the_site(client: Client, settings: Any, owner: User) -> None:
    settings.PUBLIC_URL = "https://openhouse.example"
    client.post("/accounts/password/reset/", {"email": "owner@example.com"})
    client.post("/accounts/signup/", SIGN_UP)

    reset, confirm = mail.outbox
    assert "https://openhouse.example/accounts/password/reset/key/" in reset.body
    assert "https://openhouse.example/accounts/confirm-email/" in confirm.body
    assert "testserver" not in reset.body + confirm.body


def test_changing_the_password_asks_for_the_old_one(client: Client, owner: User) -> None:
    client.force_login(owner)
    new = {"password1": PASSWORD, "password2": PASSWORD}

    page = client.post("/accounts/password/change/", {**new, "oldpassword": "not this one"}).content.decode()
    assert 'id="id_oldpassword_error"' in page
    client.post("/accounts/password/change/", {**new, "oldpassword": "a long enough password"})

    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)
    assert get_user(client) == owner, "still signed in"


@pytest.mark.parametrize(
    "path",
    [
        "login",
        "signup",
        "logout",
        "email",
        "password/change",
        "password/reset",
        "password/reset/done",
        "password/reset/key/done",
        "confirm-email",
        "inactive",
        "confirm-email/nonsense",
        "reauthenticate",
    ],
)
def test_every_page_stands_in_the_sites_frame_without_inline_script_or_style(
    client: Client, owner: User, path: str
) -> None:
    if path in {"logout", "email", "password/change", "reauthenticate"}:
        client.force_login(owner)

    answer = client.get(f"/accounts/{path}/")

    assert answer.status_code == 200
    main = answer.content.decode().partition('<section class="card narrow">')[2]
    assert "<h1>" in main
    assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=|<style|\son\w+=", main)
    assert "Openhouse</title>" in answer.content.decode()
    for control in re.findall(r'<input[^>]*\sid="([^"]+)"', main):
        assert f'<label for="{control}">' in main, "every control has its label"

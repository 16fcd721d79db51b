"""`manage.py create_account`, the demo account, and opening accounts."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from billing import access, accounts, keys, ledger
from billing.models import Account, ApiKey, Membership, User


def _run(*args: str) -> list[str]:
    out = StringIO()
    call_command("create_account", *args, stdout=out)
    return out.getvalue().splitlines()


def test_it_prints_a_working_key_alone_on_the_last_line(db: None) -> None:
    lines = _run("Agent@Example.com", "--credits", "50")

    assert re.fullmatch(r"[A-Za-z0-9_-]{32,}", lines[-1])
    key = keys.verify(lines[-1])
    assert key is not None
    assert access.may_use_api(key.account)
    assert (key.account.plan.slug, ledger.balance(key.account)) == ("pro", 50)
    owner = accounts.owner_of(key.account)
    assert owner is not None
    assert owner.email == "agent@example.com"
    assert not owner.has_usable_password()


def test_run_again_it_makes_a_further_key_and_grants_only_what_is_asked_for(db: None) -> None:
    first = keys.verify(_run("agent@example.com", "--credits", "50", "--password", "a long enough password")[-1])
    second = keys.verify(_run("AGENT@example.com")[-1])
    assert first is not None
    assert second is not None
    assert first != second
    assert first.account == second.account
    assert ledger.balance(first.account) == 50

    _run("agent@example.com", "--credits", "50", "--plan", "free")
    assert ledger.balance(first.account) == 100
    assert Account.objects.get().plan.slug == "free"
    assert Membership.objects.get().role == "owner"
    assert ApiKey.objects.count() == 3
    assert User.objects.get().check_password("a long enough password")


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("nonsense",), "not an e-mail address"),
        (("agent@example.com", "--plan", "gold"), "no plan gold; choose from free, pro, pro_plus"),
        (("agent@example.com", "--credits", "-1"), "0 or more"),
    ],
)
def test_what_cannot_be_done_is_refused_whole(db: None, args: tuple[str, ...], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        _run(*args)

    assert not User.objects.exists()
    assert not Account.objects.exists()


def test_an_address_opens_one_account_in_any_case(db: None) -> None:
    accounts.open_account("agent@example.com")

    with pytest.raises(accounts.EmailTaken):
        accounts.open_account("AGENT@example.com")
    assert Account.objects.count() == 1


def test_the_demo_account_is_made_once_and_its_login_mended(db: None) -> None:
    account = accounts.ensure_demo("demo@example.com", "demo password one")
    ledger.hold(account, 2, reference="run:a")

    assert accounts.ensure_demo("demo@example.com", "demo password two") == account
    assert account.plan.slug == "pro"
    assert ledger.balance(account) == 498
    assert User.objects.get().check_password("demo password two")

"""What an owner, a team-mate and a stranger may do, and what a plan allows."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser

from billing import access, accounts
from billing.models import Account, Membership, User


def test_a_member_works_in_the_account_and_a_stranger_does_not(
    account: Account, owner: User, team_mate: User, stranger: User, stranger_account: Account
) -> None:
    assert access.account_of(owner) == access.account_of(team_mate) == account
    assert access.account_of(stranger) == stranger_account
    assert [access.is_member(user, account) for user in (owner, team_mate, stranger, AnonymousUser())] == [
        True,
        True,
        False,
        False,
    ]


def test_a_user_without_an_account_is_told_so(db: None) -> None:
    admin = User.objects.create_superuser("admin@example.com", "a long enough password")

    for user in (admin, AnonymousUser()):
        with pytest.raises(access.NoAccount):
            access.account_of(user)


@pytest.mark.parametrize(
    ("role", "pictures", "manages_keys", "bill"),
    [
        ("owner", True, True, True),
        ("manager", True, True, False),
        ("agent", True, False, False),
        ("billing", False, False, True),
        (None, False, False, False),
    ],
)
def test_what_each_role_may_do(
    account: Account, stranger: User, role: str | None, pictures: bool, manages_keys: bool, bill: bool
) -> None:
    if role:
        Membership.objects.create(user=stranger, account=account, role=role)

    assert access.may_make_pictures(stranger, account) is pictures
    assert access.may_manage_keys(stranger, account) is manages_keys
    assert access.may_manage_bill(stranger, account) is bill


def test_a_user_who_was_switched_off_may_do_nothing(account: Account, owner: User) -> None:
    owner.is_active = False
    owner.save()

    assert not access.is_member(owner, account)
    with pytest.raises(access.NoAccount):
        access.account_of(owner)


@pytest.mark.parametrize(
    ("plan", "api", "large", "renders", "labels", "priority"),
    [
        ("free", False, False, 1, True, False),
        ("pro", True, True, 4, False, True),
        ("pro_plus", True, True, 4, False, True),
    ],
)
def test_what_each_plan_allows(
    account: Account, plan: str, api: bool, large: bool, renders: int, labels: bool, priority: bool
) -> None:
    accounts.change_plan(account, plan)

    assert access.may_use_api(account) is api
    assert access.may_use_4k(account) is large
    assert access.renders_limit(account) == renders
    assert access.labels_required(account) is labels
    assert access.has_priority(account) is priority


def test_usage_is_counted_by_calendar_month(account: Account) -> None:
    with time_machine.travel(datetime.datetime(2029, 12, 31, 23, 59, tzinfo=datetime.UTC)):
        start, end = access.period_of(account)

    assert (start.isoformat(), end.isoformat()) == ("2029-12-01T00:00:00+00:00", "2030-01-01T00:00:00+00:00")

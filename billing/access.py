"""What an account and its members may do (a door: other apps may import this module).

Everything follows the account's plan and the member's role as they are now.
"""

from __future__ import annotations

import datetime

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from billing import accounts
from billing.models import Account, Membership, User

Role = Membership.Role

MANAGES_KEYS = frozenset({Role.OWNER, Role.MANAGER})
MANAGES_MEMBERS = frozenset({Role.OWNER, Role.MANAGER})
MANAGES_BILL = frozenset({Role.OWNER, Role.BILLING})
MAKES_PICTURES = frozenset({Role.OWNER, Role.MANAGER, Role.AGENT})


class NoAccount(PermissionDenied):
    """The user belongs to no account; Django answers 403."""


def account_of(user: User | AnonymousUser) -> Account:
    """The account that a signed-in user works in, with its plan. Raises NoAccount."""
    account = accounts.account_for(user) if isinstance(user, User) and user.is_active else None
    if account is None:
        raise NoAccount("This user belongs to no account.")
    return account


def role_of(user: User | AnonymousUser, account: Account) -> Membership.Role | None:
    """The user's role in the account; None for a stranger."""
    if not isinstance(user, User) or not user.is_active:
        return None
    role = Membership.objects.filter(user=user, account=account).values_list("role", flat=True).first()
    return Role(role) if role else None


def is_member(user: User | AnonymousUser, account: Account) -> bool:
    """Whether the user belongs to the account in any role."""
    return role_of(user, account) is not None


def may_make_pictures(user: User | AnonymousUser, account: Account) -> bool:
    """Whether the user may upload photos and spend the account's credits."""
    return role_of(user, account) in MAKES_PICTURES


def may_manage_keys(user: User | AnonymousUser, account: Account) -> bool:
    """Whether the user may make and revoke the account's API keys."""
    return role_of(user, account) in MANAGES_KEYS


def may_manage_bill(user: User | AnonymousUser, account: Account) -> bool:
    """Whether the user may change the plan and see the bill."""
    return role_of(user, account) in MANAGES_BILL


def may_manage_members(user: User | AnonymousUser, account: Account) -> bool:
    """Whether the user may invite, change and remove the account's members."""
    return role_of(user, account) in MANAGES_MEMBERS


def may_transfer(user: User | AnonymousUser, account: Account) -> bool:
    """Whether the user may hand the account over, take its data out and close it."""
    return role_of(user, account) == Role.OWNER


def is_frozen(account: Account) -> bool:
    """Whether the account can hold no credits for now, because a payment is disputed or staff said so."""
    return account.frozen_at is not None


def may_use_api(account: Account) -> bool:
    """Whether the account's API keys may ask for renders."""
    return account.plan.has_api


def may_use_4k(account: Account) -> bool:
    """Whether outputs may have a long edge of 3840 pixels."""
    return account.plan.allows_4k


def renders_limit(account: Account) -> int:
    """Pictures that one request may ask for, 1 or more."""
    return account.plan.max_renders


def labels_required(account: Account) -> bool:
    """Whether every output carries the "Virtually Staged" label, asked for or not."""
    return account.plan.labelled


def has_priority(account: Account) -> bool:
    """Whether the account's runs go before those of the free plan."""
    return account.plan.monthly_price_cents > 0


def period_of(account: Account) -> tuple[datetime.datetime, datetime.datetime]:
    """Start and end (exclusive) of the period that usage is counted in: the calendar month, in UTC."""
    now = timezone.now().astimezone(datetime.UTC)
    start = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    # 32 days after the first of any month lie in the next one.
    return start, (start + datetime.timedelta(days=32)).replace(day=1)

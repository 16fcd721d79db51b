"""Opening accounts, and finding whose they are."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Case, When

from billing import ledger
from billing.models import Account, Entry, Membership, Plan, User


class EmailTaken(ValueError):
    """A user with this e-mail address exists already."""

    def __init__(self, email: str) -> None:
        super().__init__(f"{email} has an account already")
        self.email = email


def open_account(email: str, password: str | None = None, plan: str = Plan.FREE, *, name: str = "") -> Account:
    """Make a user and the account that the user owns.

    The address counts as confirmed, because whoever calls this vouches for it; people who sign up themselves come
    through `billing.adapter` instead. No credits are given.
    Raises EmailTaken, and Plan.DoesNotExist for an unknown `plan`.
    """
    with transaction.atomic():
        if find_user(email):
            raise EmailTaken(email)
        user = User.objects.create_user(email, password)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return found_account(user, plan, name=name)


def found_account(user: User, plan: str = Plan.FREE, *, name: str = "", warn_below: int = 0) -> Account:
    """Make an account that `user` owns; it is called after the address when no `name` is given.

    A balance below `warn_below` credits is told by mail.
    """
    with transaction.atomic():
        row = Plan.objects.get(slug=plan)
        account = Account.objects.create(name=name or user.email, plan=row, warn_below=warn_below)
        Membership.objects.create(user=user, account=account, role=Membership.Role.OWNER)
    return account


def find_user(email: str) -> User | None:
    """The user with this address, in any case of letters."""
    return User.objects.filter(email=email.strip().lower()).first()


def account_for(user: User) -> Account | None:
    """The account that the user works in: the one switched to, else the first joined; None where there is none.

    An admin who only runs the shop has none.
    """
    joined = Account.objects.filter(memberships__user=user, closed_at__isnull=True).select_related("plan")
    # One query, whichever it is: the account switched to sorts before the others while the user still belongs to it.
    chosen_first = Case(When(pk=user.current_account_id, then=0), default=1)
    return joined.order_by(chosen_first, "memberships__pk").first()


def owner_of(account: Account) -> User | None:
    """The account's first owner."""
    return User.objects.filter(memberships__account=account, memberships__role=Membership.Role.OWNER).first()


def change_plan(account: Account, plan: str) -> None:
    """Put the account on another plan, from now on. Raises Plan.DoesNotExist."""
    account.plan = Plan.objects.get(slug=plan)
    account.save(update_fields=["plan"])


def credits_on_confirmation(user: User) -> int:
    """Credits that `user` will be given on confirming an address: those of the plan, 0 once they were given."""
    account = _owned_by(user)
    if account is None or Entry.objects.filter(reference=_signup_reference(account)).exists():
        return 0
    return account.plan.signup_credits


def grant_signup_credits(user: User) -> Entry | None:
    """Give the sign-up credits of the plan to the account that `user` owns, once in the account's life.

    Called when an e-mail address of the user is confirmed. None when there is nothing to give, or it was given before.
    """
    with transaction.atomic():
        account = _owned_by(user)
        # Asked first, because the plan may give another number today than it gave then, which grant() would refuse.
        credits = credits_on_confirmation(user)
        if account is None or credits == 0:
            return None
        return ledger.grant(account, credits, reference=_signup_reference(account), note="Sign-up credits")


def ensure_demo(email: str, password: str, credits: int = 500) -> Account:
    """The demo account of `make run`: on Pro, with this login and `credits`, given once however often it runs."""
    with transaction.atomic():
        user = find_user(email)
        account = account_for(user) if user else open_account(email, password, Plan.PRO, name="Demo")
        if user and not user.check_password(password):
            user.set_password(password)
            user.save(update_fields=["password"])
        if account is None:
            raise LookupError(f"{email} is in use by a user without an account")
        if credits:
            ledger.grant(account, credits, reference=f"demo:{account.uid}", note="Demo credits")
    return account


def _owned_by(user: User) -> Account | None:
    """The first account that the user owns, with its plan."""
    owned = Account.objects.filter(memberships__user=user, memberships__role=Membership.Role.OWNER)
    return owned.select_related("plan").order_by("pk").first()


def _signup_reference(account: Account) -> str:
    return f"signup:{account.uid}"

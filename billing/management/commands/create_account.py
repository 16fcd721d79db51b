"""`manage.py create_account EMAIL`: an account with an API key, from the operator's shell."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.forms import ValidationError

from billing import accounts, keys, ledger
from billing.models import Account, ApiKey, Plan, User


class Command(BaseCommand):
    """Make an account, or a further key of one, and print the key alone on the last line."""

    help = "Make an account (or one more key of it) and print its API key alone on the last line."

    def add_arguments(self, parser: CommandParser) -> None:
        """The address, and what the account gets."""
        parser.add_argument("email")
        parser.add_argument("--plan", help="Plan of the account: free, pro or pro_plus. A new account is on pro.")
        parser.add_argument("--credits", type=int, default=0, help="Credits to grant, each time the command runs.")
        parser.add_argument("--password", help="Password to sign in with; without one it is set by “forgot password”.")

    def handle(
        self, *args: Any, email: str, plan: str | None, credits: int, password: str | None, **options: Any
    ) -> None:
        """Check all arguments first, then do everything or nothing."""
        _check(email, plan, credits)
        with transaction.atomic():
            user = accounts.find_user(email)
            account = self._existing(user, plan, password) if user else self._new(email, plan, password)
            if credits:
                reference = f"command:{uuid.uuid4()}"
                ledger.grant(account, credits, reference=reference, note="Granted by create_account")
            _, text = keys.create(account, name="create_account", scope=ApiKey.Scope.ADMIN)
        self.stdout.write(f"Plan: {account.plan.name}")
        self.stdout.write(f"Credits: {ledger.balance(account)}")
        self.stdout.write("The API key is shown this once:")
        self.stdout.write(text)

    def _new(self, email: str, plan: str | None, password: str | None) -> Account:
        account = accounts.open_account(email, password, plan or Plan.PRO)
        self.stdout.write(f"Made an account for {email}.")
        return account

    def _existing(self, user: User, plan: str | None, password: str | None) -> Account:
        account = accounts.account_for(user) or accounts.found_account(user, plan or Plan.PRO)
        if plan:
            accounts.change_plan(account, plan)
        if password:
            user.set_password(password)
            user.save(update_fields=["password"])
        self.stdout.write(f"{user.email} has an account; this is one more key of it.")
        return account


def _check(email: str, plan: str | None, credits: int) -> None:
    """Refuse what cannot be done, before anything is written."""
    try:
        validate_email(email)
    except ValidationError as error:
        raise CommandError(f"{email} is not an e-mail address") from error
    slugs = list(Plan.objects.values_list("slug", flat=True))
    if plan and plan not in slugs:
        raise CommandError(f"there is no plan {plan}; choose from {', '.join(slugs)}")
    if credits < 0:
        raise CommandError("--credits is 0 or more")

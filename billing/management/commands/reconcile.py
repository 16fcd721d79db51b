"""`manage.py reconcile`: prove the ledger."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from billing import accounts
from billing.models import Account
from billing.reconciliation import reconcile, unended, unexplained


class Command(BaseCommand):
    """Compute every account's entries again; exit with an error where they do not agree."""

    help = (
        "Prove that every account's entries agree with each other and with the runs they were for, and that no hold is "
        "older than a run can be; fails with the differences where they do not."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """One optional address, to prove one account."""
        parser.add_argument("email", nargs="?", help="Prove the account of this user alone.")

    def handle(self, *args: Any, email: str | None, **options: Any) -> None:
        """Print the differences, then one line of sums."""
        proved = differing = 0
        longest = settings.RUN_RETRY_WINDOW + settings.RUN_ATTEMPTS * settings.RUN_TIME_LIMIT
        before = timezone.now() - datetime.timedelta(seconds=longest)
        for account in _of(email) if email else Account.objects.iterator():
            differences = [*reconcile(account), *unended(account, before=before), *unexplained(account)]
            proved += 1
            differing += bool(differences)
            for difference in differences:
                self.stdout.write(f"account {account.pk} ({account.name}): {difference}")
        if differing:
            raise CommandError(f"{differing} of {proved} accounts do not reconcile")
        self.stdout.write(f"{proved} accounts reconcile")


def _of(email: str) -> list[Account]:
    user = accounts.find_user(email)
    account = accounts.account_for(user) if user else None
    if account is None:
        raise CommandError(f"no account belongs to {email}")
    return [account]

"""`manage.py webhook_secret EMAIL`: the secret with which the webhooks of this owner's account are signed."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing import accounts
from billing.models import User
from staging import webhooks


class Command(BaseCommand):
    """Print the secret alone on one line."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("email", help="of somebody in the account")
        parser.add_argument("--new", action="store_true", help="make a new one; for a day the old one signs beside it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print."""
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        account = accounts.account_for(user) if user else None
        if account is None:
            raise CommandError(f"Nobody with an account has the address {options['email']}.")
        self.stdout.write(webhooks.renew_secret(account) if options["new"] else webhooks.secret_of(account))

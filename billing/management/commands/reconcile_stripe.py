"""`manage.py reconcile_stripe`: compare Stripe with our mirror of it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing import mirroring, payments, stripe_client
from billing.models import Customer, Entry, Payment


class Command(BaseCommand):
    """Ask Stripe for every customer's subscriptions and payments; fail where ours differ."""

    help = "Compare Stripe's subscriptions and payments with ours; fails with the differences. --repair mends them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to mend."""
        parser.add_argument("--repair", action="store_true", help="Fetch again what differs, and mend rows and ledger.")

    def handle(self, *args: Any, repair: bool, **options: Any) -> None:
        """Print the differences, then one line of sums."""
        differing = customers = 0
        try:
            for customer in Customer.objects.select_related("account").iterator():
                customers += 1
                for difference in list(mirroring.compare(customer)):
                    differing += 1
                    self.stdout.write(f"account {customer.account_id} ({customer.account.name}): {difference}")
                    if repair:
                        mirroring.repair(difference)
        except stripe_client.StripeError as error:
            raise CommandError(f"Stripe: {error}") from error
        differing += self._prove_credits(repair=repair)
        if differing and not repair:
            raise CommandError(f"{differing} differences among {customers} customers")
        mended = " mended" if repair else ""
        self.stdout.write(f"{customers} customers compared, {differing} differences{mended}")

    def _prove_credits(self, *, repair: bool) -> int:
        """Payments whose entries do not add up to what the payment is worth; how many."""
        wrong = 0
        for payment in Payment.objects.iterator():
            given = payments.given_credits(payment)
            if given != payment.kept_credits:
                wrong += 1
                self.stdout.write(f"{payment.stripe_id}: {given} credits given, {payment.kept_credits} paid for")
                if repair:
                    payments.align(payment)
        known = {payment.reference for payment in Payment.objects.iterator()}
        for entry in Entry.objects.filter(kind=Entry.Kind.PURCHASE).iterator():
            if entry.reference not in known:
                wrong += 1
                self.stdout.write(f"account {entry.account_id}: {entry} was never paid")
        return wrong

"""Accounts that may not spend: a bank has taken back money that bought credits, or staff said stop."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from billing import ledger, notices
from billing.models import Account, Payment

FREEZES = Q(dispute_status__in=Payment.TAKEN_BACK, dispute_cleared_at__isnull=True)


def review(account: Account) -> None:
    """Freeze or thaw the account as its payments' disputes say now. What staff has frozen stays so."""
    with transaction.atomic():
        locked = ledger.lock(account.pk)
        disputed = Payment.objects.filter(FREEZES, account=account).exists()
        if disputed and not locked.frozen_at:
            _set(account, Account.DISPUTE)
            _tell(account)
        elif not disputed and locked.frozen_at:
            Account.objects.filter(pk=account.pk, frozen_why=Account.DISPUTE).update(frozen_at=None, frozen_why="")


def freeze(account: Account, *, why: str) -> None:
    """Stop the account by hand, until `thaw`."""
    if not why.strip() or why == Account.DISPUTE:
        raise ValueError("say why the account is frozen")
    _set(account, why)


def thaw(account: Account) -> None:
    """Let the account go on, whatever its disputes say; those that are open now freeze it no more."""
    with transaction.atomic():
        ledger.lock(account.pk)
        Payment.objects.filter(FREEZES, account=account).update(dispute_cleared_at=timezone.now())
        Account.objects.filter(pk=account.pk).update(frozen_at=None, frozen_why="")


def _set(account: Account, why: str) -> None:
    Account.objects.filter(pk=account.pk).update(frozen_at=timezone.now(), frozen_why=why[:200])


def _tell(account: Account) -> None:
    newest = Payment.objects.filter(FREEZES, account=account).order_by("-paid_at").first()
    notices.tell(
        account,
        f"frozen:{newest.dispute_id if newest else timezone.now().isoformat()}",
        subject=gettext_lazy("Your account is frozen"),
        paragraphs=[
            format_lazy(
                gettext_lazy(
                    "The bank has taken back a payment for {name}, because its card holder disputed it. The credits "
                    "it bought are taken off, and nothing can be rendered until the bank has decided."
                ),
                name=account.name,
            ),
            gettext_lazy("If this is a mistake, tell your bank and answer this mail."),
        ],
        label=gettext_lazy("See the statement"),
        path="/billing/statement/",
    )

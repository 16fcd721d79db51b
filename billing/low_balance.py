"""What happens when an account's balance has fallen: a mail, and where it is ordered, new credits."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from billing import ledger, notices, payments, top_ups
from billing.models import Account, Entry


def look(account_id: int) -> None:
    """Look at the account's balance now, and do what it asks for. A job: comes twice or late without harm.

    Raises StripeError when a charge could not be made; the sweeper comes again.
    """
    account = Account.objects.filter(pk=account_id, closed_at__isnull=True).first()
    if account is None:
        return
    top_up = top_ups.overdue(account_id) or top_ups.ask(account)
    if top_up:
        paid = top_ups.charge(top_up)
        if paid:
            payments.sync_payment(paid)
            return
    warn(account)


def warn(account: Account) -> bool:
    """Tell a low balance, once until credits were added; whether it was told now."""
    with transaction.atomic():
        locked = ledger.lock(account.pk)
        balance = ledger.balance(account)
        if locked.warned_at or balance >= locked.warn_below:
            return False
        now = timezone.now()
        Account.objects.filter(pk=account.pk).update(warned_at=now)
        one = balance == 1
        subject = gettext_lazy("1 credit is left") if one else gettext_lazy("{count} credits are left")
        left = (
            gettext_lazy("1 credit is left in {name}.") if one else gettext_lazy("{count} credits are left in {name}.")
        )
        figures = {"count": balance, "name": account.name}
        return notices.tell(
            account,
            f"low:{now.isoformat()}",
            subject=format_lazy(subject, **figures),
            paragraphs=[format_lazy("{} {}", format_lazy(left, **figures), gettext_lazy("A staged room takes 2."))],
            label=gettext_lazy("Get credits"),
            path="/billing/plans/",
        )


def waiting() -> list[int]:
    """Accounts that should have been looked at: low and not told, or with a standing order that has not bought."""
    newest = Entry.objects.filter(account=OuterRef("pk")).order_by("-sequence").values("balance_after")[:1]
    # An account without entries has no balance here, and is not told that it is low before it was given any.
    watched = Account.objects.filter(closed_at__isnull=True).filter(
        Q(warn_below__gt=0, warned_at__isnull=True) | Q(top_up_below__gt=0)
    )
    low = watched.annotate(left=Subquery(newest)).filter(
        Q(warned_at__isnull=True, left__lt=F("warn_below")) | Q(left__lt=F("top_up_below"))
    )
    return list(low.values_list("pk", flat=True))

"""The end of an account: nothing is charged any more, nobody gets in, and what is personal is emptied.

Its entries stay, because money was moved by them, and with them the bare account. What other apps hold, they erase when
`account_closed` is sent (a door).
"""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from billing import ledger, second_factor, subscriptions, top_ups
from billing.models import Account, ApiKey, Customer, Invitation, Membership, User

# Sent with `account`, in the transaction that closes it.
account_closed = Signal()


def close(account: Account) -> None:
    """Close the account for good. Subscriptions end first, and where that fails nothing is closed.

    Raises StripeError, when the account pays by Stripe and Stripe is away.
    """
    subscriptions.end_now(account)
    now = timezone.now()
    with transaction.atomic():
        ledger.lock(account.pk)
        if not Account.objects.filter(pk=account.pk, closed_at__isnull=True).update(
            closed_at=now, name=f"Closed account {account.pk}", settings={}, warn_below=0
        ):
            return
        top_ups.stop(account)
        ApiKey.objects.filter(account=account, revoked_at__isnull=True).update(revoked_at=now)
        Invitation.objects.filter(account=account).delete()
        Customer.objects.filter(account=account).update(payment_method="", card="")
        people = list(User.objects.filter(memberships__account=account))
        Membership.objects.filter(account=account).delete()
        for user in people:
            _forget(user)
        account_closed.send(sender=Account, account=account)


def _forget(user: User) -> None:
    """Empty the user's personal fields, unless another account or the shop still needs the user."""
    if user.is_staff or Membership.objects.filter(user=user).exists():
        return
    user.email = f"closed-{user.pk}@invalid.example"
    user.name = ""
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["email", "name", "is_active", "password"])
    EmailAddress.objects.filter(user=user).delete()
    second_factor.forget(user)

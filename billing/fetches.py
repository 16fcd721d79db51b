"""Which of several fetches of one Stripe object may be written (see models.mirror.Fetch)."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from billing.models import Fetch


def take(stripe_id: str) -> int:
    """The number of a fetch that is about to be made."""
    with transaction.atomic():
        Fetch.objects.get_or_create(stripe_id=stripe_id)
        Fetch.objects.filter(stripe_id=stripe_id).update(asked=F("asked") + 1)
        # Still locked by the update, so this is our own number.
        return Fetch.objects.values_list("asked", flat=True).get(stripe_id=stripe_id)


def may_write(stripe_id: str, number: int) -> bool:
    """Whether this fetch's answer may be written: no later one has been. Called in the transaction that writes."""
    return bool(Fetch.objects.filter(stripe_id=stripe_id, answered__lt=number).update(answered=number))

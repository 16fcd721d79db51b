"""What was lost of listings: wake-ups of deliveries, and of the copies that pages of originals keep."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone

from listings import deliveries, originals
from listings.models import Delivery, OriginalPage
from staging import jobs

# A wake-up that has not been answered for so long was lost, or its worker died.
_LOST_AFTER = timedelta(seconds=60)
_AT_ONCE = 50
# The copies of one page are asked for again no more often.
_PAUSE_SECONDS = 600
State = Delivery.State


def sweep() -> int:
    """Wake whatever waits in vain; how many wake-ups that were."""
    before = timezone.now() - _LOST_AFTER
    return _deliveries(before) + _copies(before)


def _deliveries(before: datetime) -> int:
    """Deliveries that nobody has begun, and those whose builder's lease ran out.

    The lease of a waiting one is the sweeper's own: until it is over, its wake-up is in the queue.
    """
    now, woken = timezone.now(), 0
    waiting = Q(state=State.QUEUED, made_at__lt=before) & (Q(lease_until=None) | Q(lease_until__lt=now))
    dead = Q(state=State.BUILDING, lease_until__lt=now)
    for pk, state, lease in Delivery.objects.filter(waiting | dead).values_list("pk", "state", "lease_until")[
        :_AT_ONCE
    ]:
        jobs.enqueue(deliveries.build, pk)
        if state == State.QUEUED:
            same = Delivery.objects.filter(pk=pk, state=state, lease_until=lease)
            same.update(lease_until=now + deliveries.LEASE)
        woken += 1
    return woken


def _copies(before: datetime) -> int:
    """Pages of originals that show the pictures of others because theirs were never made."""
    woken = 0
    lost = OriginalPage.objects.filter(original="", removed_at=None, output__isnull=False, made_at__lt=before)
    for pk in lost.order_by("made_at").values_list("pk", flat=True)[:_AT_ONCE]:
        if cache.add(f"copies-asked-for:{pk}", True, _PAUSE_SECONDS):
            jobs.enqueue(originals.keep_copies, pk)
            woken += 1
    return woken

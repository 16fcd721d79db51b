"""Asking for a delivery, building it in a job, and finding it again."""

from __future__ import annotations

import hashlib
import tempfile
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from django.core.files import File
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from listings import contents, events, notifications, packing, preparing
from listings.contents import NothingApproved
from listings.models import Delivery, Listing, Profile
from listings.presets import PRESETS
from listings.rules import NoCaptionFits
from staging import jobs

if TYPE_CHECKING:
    from billing.models import User

__all__ = ["PRESETS", "NothingApproved", "build", "get", "of_listing", "profiles", "request", "resume"]

State = Delivery.State
# Each told share of progress renews it; a worker that died is followed by another after so long.
LEASE = timedelta(seconds=90)
# Seconds between two of them: often enough for a bar that people watch.
_TOLD_EVERY = 0.5

log = structlog.get_logger("openhouse.deliveries")


class NoSuchDelivery(LookupError):
    """No delivery of this listing has this key."""


def profiles() -> QuerySet[Profile]:
    """The rules in force, one version of each."""
    return Profile.objects.filter(retired_at__isnull=True)


def usual(listing: Listing) -> Profile:
    """The rules that this listing's people followed last, else the account's; for a new one the first in the list."""
    last = preparing.last_of(listing)
    return (profiles().filter(slug=last.profile.slug).first() if last else None) or profiles()[0]


def request(listing: Listing, profile: Profile, *, preset: str, labelled: bool, user: User | None) -> Delivery:
    """Ask for the ZIP of a listing. Raises NothingApproved; ValueError for a preset that is none."""
    if preset not in PRESETS:
        raise ValueError(f"no preset is called {preset!r}")
    contents.require_approved(contents.of(listing, profile))
    delivery = Delivery.objects.create(
        listing=listing, profile=profile, preset=preset, labelled=labelled, asked_by=user
    )
    notifications.await_delivery(delivery, user)
    jobs.enqueue_after_commit(build, delivery.pk)
    return delivery


def get(listing: Listing, key: UUID) -> Delivery:
    """The listing's delivery of this key. Raises NoSuchDelivery."""
    try:
        return Delivery.objects.select_related("profile", "listing").get(listing=listing, key=key)
    except Delivery.DoesNotExist:
        raise NoSuchDelivery(key) from None


def of_listing(listing: Listing) -> QuerySet[Delivery]:
    """Newest first."""
    return Delivery.objects.filter(listing=listing).select_related("profile", "asked_by")


def resume(delivery: Delivery) -> None:
    """Wake a worker for a delivery that nobody builds: its wake-up was lost, or its worker died."""
    if delivery.state == State.QUEUED or (delivery.state == State.BUILDING and _lease_is_over(delivery)):
        jobs.enqueue_after_commit(build, delivery.pk)


def _lease_is_over(delivery: Delivery) -> bool:
    return delivery.lease_until is None or delivery.lease_until < timezone.now()


def build(delivery_id: int) -> None:
    """Build a delivery that nobody builds; a repeated wake-up finds nothing to do."""
    now = timezone.now()
    free = Q(state=State.QUEUED) | Q(state=State.BUILDING, lease_until__lt=now)
    mine = Delivery.objects.filter(free, pk=delivery_id)
    if not mine.update(state=State.BUILDING, lease_until=now + LEASE, progress=0.0):
        return
    delivery = Delivery.objects.select_related("listing__account", "profile").get(pk=delivery_id)
    try:
        _build(delivery)
    except (NothingApproved, NoCaptionFits) as error:
        _fail(delivery, str(error) or gettext_noop("No picture is approved any more."))
    except Exception:
        log.exception("delivery_failed", delivery=str(delivery.key))
        _fail(delivery, gettext_noop("The delivery could not be built; please try again."))


def _build(delivery: Delivery) -> None:
    items = contents.of(delivery.listing, delivery.profile)
    contents.require_approved(items)
    with tempfile.TemporaryFile() as file:
        manifest = packing.write(file, delivery, items, _Teller(delivery))
        size = file.tell()
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        delivery.file.save(f"deliveries/{delivery.key}.zip", File(file), save=False)
    done = _end(
        delivery,
        events.DELIVERY_DONE,
        state=State.DONE,
        progress=1.0,
        file=delivery.file.name,
        byte_size=size,
        sha256=digest,
        manifest=manifest,
    )
    if not done:
        delivery.file.storage.delete(str(delivery.file.name))


class _Teller:
    """Writes the share that is done to the row, and with it the lease; a picture may take no longer than that write."""

    def __init__(self, delivery: Delivery) -> None:
        self._rows = Delivery.objects.filter(pk=delivery.pk, state=State.BUILDING)
        self._next = 0.0

    def __call__(self, share: float) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _TOLD_EVERY
        self._rows.update(progress=min(share, 1.0), lease_until=timezone.now() + LEASE)


def _fail(delivery: Delivery, why: str) -> None:
    _end(delivery, events.DELIVERY_FAILED, state=State.FAILED, error=why[:300])


def _end(delivery: Delivery, event: str, **columns: Any) -> bool:
    """BUILDING -> DONE or FAILED, and who subscribed is told; False when another was first."""
    with transaction.atomic():
        mine = Delivery.objects.filter(pk=delivery.pk, state=State.BUILDING)
        if not mine.update(**columns, lease_until=None, finished_at=timezone.now()):
            return False
        events.tell(delivery.listing, event, DeliveryKey=str(delivery.key))
    return True

"""Making a delivery's copies ahead: once somebody has approved a picture, its listing's delivery is to be expected.

Nothing is made for listings in which nobody has approved anything. What is expected is the delivery that was asked for
last, of this listing, else of the account, else the usual size without a label, which most rules ask for; any other one
makes its copies when it is asked for. A job makes a few and leaves the rest to the next: no render waits for all.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache
from django.db import transaction
from django.db.models import Prefetch

from listings import prepared, presets, rules
from listings.models import Delivery, Listing, ListingPhoto, Profile, StagedPhoto
from staging import jobs

# Copies made by one job: about a second.
AT_ONCE = 12
# Approvals that come while a job waits are that job's too; one that was lost is waited for no longer than this.
_PAUSE_SECONDS = 60


def soon(listing_id: int) -> None:
    """Have the listing's copies made, once the open transaction has committed."""
    transaction.on_commit(lambda: _ask(listing_id), robust=True)


def _ask(listing_id: int) -> None:
    if cache.add(_name(listing_id), True, _PAUSE_SECONDS):
        jobs.enqueue_after_commit(prepare, listing_id)


def _name(listing_id: int) -> str:
    return f"prepare:{listing_id}"


def prepare(listing_id: int) -> None:
    """Make the listing's next copies; a repeated wake-up finds nothing to do."""
    cache.delete(_name(listing_id))
    live = Listing.objects.filter(archived_at__isnull=True, account__closed_at__isnull=True)
    listing = live.filter(pk=listing_id).first()
    if listing is None:
        return
    missing = prepared.missing(listing, wanted(listing, expected(listing)))
    for _ in prepared.copies(listing, missing[:AT_ONCE], threads=1):
        pass
    if len(missing) > AT_ONCE:
        soon(listing_id)


@dataclass(frozen=True)
class Order:
    """What decides a delivery's pixels: preset, label, and edits (RESO MediaAlteration) that it does not hold."""

    preset: str
    labelled: bool
    forbidden: tuple[str, ...] = ()


def last_of(listing: Listing) -> Delivery | None:
    """The delivery that was asked for last, of this listing, else of its account."""
    of_account = Delivery.objects.filter(listing__account=listing.account_id).select_related("profile")
    return of_account.filter(listing=listing).first() or of_account.first()


def expected(listing: Listing) -> Order:
    """What the listing's people will ask for most likely."""
    last = last_of(listing)
    if last is None or last.preset not in presets.PRESETS:
        return Order(presets.USUAL, labelled=False)
    # Its rules may have a new version since.
    now = Profile.objects.filter(slug=last.profile.slug, retired_at__isnull=True).first()
    last.profile = now or last.profile
    return Order(last.preset, rules.is_labelled(last), tuple(last.profile.forbidden))


def wanted(listing: Listing, order: Order) -> list[prepared.Wanted]:
    """What such a delivery would hold: the listing's photos, and each one's approved pictures that it lets out.

    Nothing where nothing is approved.
    """
    approved = StagedPhoto.objects.filter(verdict=StagedPhoto.Verdict.APPROVED, output__isnull=False)
    staged = Prefetch("staged", queryset=approved.select_related("output__original_page"))
    photos = ListingPhoto.objects.filter(listing=listing, removed_at__isnull=True).select_related("photo")
    originals, altered = [], []
    for photo in photos.prefetch_related(staged):
        if set(photo.media_alteration) & set(order.forbidden):
            continue
        originals.append(prepared.of_photo(photo.photo, order.preset))
        for one in photo.staged.all():
            page = getattr(one.output, "original_page", None)
            if one.output is not None and page is not None and not set(page.alterations) & set(order.forbidden):
                altered.append(prepared.of_output(one.output, order.preset, labelled=order.labelled))
    return altered + originals if altered else []

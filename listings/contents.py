"""What a delivery of a listing holds, and what is kept back and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext_noop

from listings import originals, photos, reviews, rules
from listings.models import Listing, ListingPhoto, OriginalPage, Profile, StagedPhoto
from staging import alterations
from staging.models import Output
from staging.models import Verdict as Check


@dataclass(frozen=True)
class Altered:
    """An approved picture of a listing's photo, with its page."""

    staged: StagedPhoto
    output: Output
    page: OriginalPage


@dataclass(frozen=True)
class Item:
    """One photo of the listing and what is delivered of it. `withheld` names pictures that stay here, and why."""

    photo: ListingPhoto
    altered: tuple[Altered, ...]
    withheld: tuple[tuple[StagedPhoto, str], ...]


class NothingApproved(Exception):
    """There are altered pictures and not one is approved: nothing is exported before somebody said yes."""


def of(listing: Listing, profile: Profile) -> list[Item]:
    """The listing's photos in their order, each with its approved pictures that the profile lets out."""
    staged = StagedPhoto.objects.select_related("render__photo", "judged_by", "output__run__render__photo").order_by(
        "pk"
    )
    rows = photos.of_listing(listing).select_related("photo").prefetch_related(Prefetch("staged", queryset=staged))
    return [_item(photo, profile) for photo in rows]


def require_approved(items: Iterable[Item]) -> None:
    """Raise NothingApproved where pictures wait for a verdict and none has been approved."""
    items = list(items)
    waiting = any(item.withheld for item in items)
    if waiting and not any(item.altered for item in items):
        raise NothingApproved


def _item(photo: ListingPhoto, profile: Profile) -> Item:
    altered: list[Altered] = []
    withheld: list[tuple[StagedPhoto, str]] = []
    for staged in photo.staged.all():
        why = _kept_back(staged)
        output = reviews.picture_of(staged)
        if output is None:
            continue
        page = None if why else originals.publish(output)
        if output.verdict == Check.FAIL and not alterations.is_overridden(output):
            why = "the structure check failed"
        elif page is not None:
            banned = rules.forbidden(profile, page.alterations)
            why = f"{profile.name} does not allow: {', '.join(banned)}" if banned else ""
        if why or page is None:
            withheld.append((staged, why))
        else:
            altered.append(Altered(staged, output, page))
    return Item(photo, tuple(altered), tuple(withheld))


def _kept_back(staged: StagedPhoto) -> str:
    if staged.verdict == StagedPhoto.Verdict.APPROVED:
        return ""
    rejected = staged.verdict == StagedPhoto.Verdict.REJECTED
    return gettext_noop("rejected") if rejected else gettext_noop("not approved yet")

"""What a delivery of a listing holds, and what is kept back and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext_noop

from listings import originals, photos, rules
from listings.models import Listing, ListingPhoto, OriginalPage, Profile, StagedPhoto
from staging import alterations, editing
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
    """One photo of the listing and what is delivered of it. `withheld` names pictures that stay here, and why.

    `banned` says why the photo itself stays here: it came altered in a way that the profile does not allow. Whatever
    was made of it stays with it.
    """

    photo: ListingPhoto
    altered: tuple[Altered, ...]
    withheld: tuple[tuple[StagedPhoto, str], ...]
    banned: str = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        """RESO MediaAlteration of the photo as it came; empty: as it was taken."""
        return tuple(self.photo.media_alteration)


class NothingApproved(Exception):
    """There are altered pictures and not one is approved: nothing is exported before somebody said yes."""


def of(listing: Listing, profile: Profile) -> list[Item]:
    """The listing's photos in their order, each with its approved pictures that the profile lets out."""
    staged = StagedPhoto.objects.select_related("render__photo", "judged_by", "output__run__render__photo").order_by(
        "pk"
    )
    rows = photos.of_listing(listing).select_related("photo").prefetch_related(Prefetch("staged", queryset=staged))
    known = _Known([staged for photo in rows for staged in photo.staged.all()])
    items = [_item(photo, profile, known) for photo in rows]
    if profile.primary_unaltered:
        # A photo that came altered has no original of ours to begin with: the first one as it was taken goes before.
        first = next((item for item in items if not item.kinds), None)
        if first is not None and items[0].kinds:
            items = [first, *(item for item in items if item is not first)]
    return items


def outgoing(items: Iterable[Item]) -> list[Item]:
    """Those whose photo goes out."""
    return [item for item in items if not item.banned]


def require_approved(items: Iterable[Item]) -> None:
    """Raise NothingApproved where pictures wait for a verdict and none has been approved, or no photo may go out."""
    items = list(items)
    waiting = any(item.withheld for item in items)
    if (waiting and not any(item.altered for item in items)) or (items and not outgoing(items)):
        raise NothingApproved


class _Known:
    """What many pictures are asked for one by one, read together."""

    def __init__(self, staged: Collection[StagedPhoto]) -> None:
        approved = {one.pk: one.output for one in staged if _is_approved(one) and one.output is not None}
        latest = editing.latest_of([one.render for one in staged if one.pk not in approved])
        found = {one.pk: approved.get(one.pk) or latest.get(one.render_id) for one in staged}
        self.pictures = {pk: output for pk, output in found.items() if output is not None}
        published = OriginalPage.objects.filter(output__in=approved.values()).select_related("output")
        # A page without its copies may have lost its wake-up: `publish` sees to it.
        self.pages = {page.output_id: page for page in published if page.original}
        self.overridden = alterations.overridden(
            [output.uuid for output in self.pictures.values() if output.verdict == Check.FAIL]
        )


def _item(photo: ListingPhoto, profile: Profile, known: _Known) -> Item:
    altered: list[Altered] = []
    withheld: list[tuple[StagedPhoto, str]] = []
    came = _banned(profile, photo.media_alteration)
    for staged in photo.staged.all():
        why = _kept_back(staged) or came
        output = known.pictures.get(staged.pk)
        if output is None:
            continue
        page = None if why else known.pages.get(output.pk) or originals.publish(output)
        if output.verdict == Check.FAIL and output.uuid not in known.overridden:
            why = "the structure check failed"
        elif page is not None:
            why = _banned(profile, page.alterations)
        if why or page is None:
            withheld.append((staged, why))
        else:
            altered.append(Altered(staged, output, page))
    return Item(photo, tuple(altered), tuple(withheld), came)


def _banned(profile: Profile, kinds: list[str]) -> str:
    """Why pictures of these edits stay here; empty where they may go out."""
    banned = rules.forbidden(profile, kinds)
    return f"{profile.name} does not allow: {', '.join(banned)}" if banned else ""


def _kept_back(staged: StagedPhoto) -> str:
    if _is_approved(staged):
        return ""
    rejected = staged.verdict == StagedPhoto.Verdict.REJECTED
    return gettext_noop("rejected") if rejected else gettext_noop("not approved yet")


def _is_approved(staged: StagedPhoto) -> bool:
    return staged.verdict == StagedPhoto.Verdict.APPROVED

"""The public page of a listing: published and withdrawn by the agent; what it shows, and its picture files.

Only approved pictures are shown, each beside its original. A picture is on the page once its own copies are made.
"""

from __future__ import annotations

import datetime
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.text import slugify
from PIL import Image

from billing import access
from listings import contents, originals, presets, rules, xmp
from listings.models import Listing, ListingPage, ListingPhoto, OriginalPage, PagePicture, Profile, StagedPhoto
from staging import jobs, renditions

if TYPE_CHECKING:
    from django.db.models.fields.files import FieldFile

    from billing.models import User

# Addresses in one sitemap file at most (sitemaps.org).
SITEMAP_MOST = 50_000
# Pixels of the long edge.
LARGE, SMALL = 1920, 800
_QUALITY = 84
# A picture that cannot be copied is not tried for ever.
_LATELY = datetime.timedelta(days=1)


class NotForTheInternet(Exception):
    """The MLS says that this listing must not be shown on the internet."""


class NothingToShow(Exception):
    """The listing has no photos."""


@dataclass(frozen=True)
class Altered:
    """An approved picture, with the permanent page of its original."""

    picture: PagePicture
    page: OriginalPage


@dataclass(frozen=True)
class Shot:
    """One photo of the page and the pictures that were made of it."""

    photo: ListingPhoto
    original: PagePicture
    altered: tuple[Altered, ...]


def publish(listing: Listing, profile: Profile, user: User) -> ListingPage:
    """Show the listing to the public, in the profile's wording. Raises NotForTheInternet, NothingToShow."""
    if not listing.internet_entire_listing_display_yn:
        raise NotForTheInternet
    if not _own_photos(listing).exists():
        raise NothingToShow
    with transaction.atomic():
        page, _ = ListingPage.objects.get_or_create(listing=listing, defaults={"profile": profile})
        ListingPage.objects.filter(pk=page.pk).update(
            profile=profile, published_at=timezone.now(), published_by=user, withdrawn_at=None
        )
        jobs.enqueue_after_commit(make_copies, page.pk)
    page.refresh_from_db()
    return page


def withdraw(page: ListingPage) -> None:
    """Take the page from the public; its address then says so, and comes back with the next publishing."""
    ListingPage.objects.filter(pk=page.pk, withdrawn_at__isnull=True).update(withdrawn_at=timezone.now())


def of_listing(listing: Listing) -> ListingPage | None:
    """The listing's page, published or not; None where it never was."""
    return ListingPage.objects.select_related("profile").filter(listing=listing).first()


def public() -> QuerySet[ListingPage]:
    """The pages that anybody may see, of open accounts and of listings that are in nobody's archive."""
    return ListingPage.objects.filter(_PUBLIC).select_related("listing__account", "profile")


def sitemap_parts() -> list[int]:
    """Numbers of the sitemap's files; a file is of a range of rows, so that new pages move none to another file."""
    last = public().order_by("-pk").values_list("pk", flat=True).first() or 0
    parts = [part for part in range(last // SITEMAP_MOST + 1) if of_sitemap(part).exists()]
    return parts or [0]


def of_sitemap(part: int) -> QuerySet[ListingPage]:
    """The public pages of one file."""
    return public().filter(pk__gte=part * SITEMAP_MOST, pk__lt=(part + 1) * SITEMAP_MOST)


_PUBLIC = Q(
    published_at__isnull=False,
    withdrawn_at__isnull=True,
    listing__archived_at__isnull=True,
    listing__internet_entire_listing_display_yn=True,
    listing__account__closed_at__isnull=True,
)


def name_of(page: ListingPage) -> str:
    """How the page's address ends: readable where the address may be shown, and a code that nobody guesses."""
    listing = page.listing
    words = listing.title if listing.internet_address_display_yn else listing.city
    return "-".join(filter(None, (slugify(words)[:60].strip("-"), page.code.lower())))


def find(name: str) -> ListingPage | None:
    """The page of this name, public or withdrawn; the words before the code may be others."""
    code = name.rpartition("-")[2].upper()
    found = ListingPage.objects.select_related("listing__account", "profile")
    return found.filter(code=code, published_at__isnull=False).first()


def is_public(page: ListingPage) -> bool:
    """Whether anybody may see it now."""
    return public().filter(pk=page.pk).exists()


def shown(page: ListingPage) -> list[Shot]:
    """What the page shows, in the listing's order, by what is approved now and not banned by the profile."""
    there = page.pictures.filter(listing_photo__removed_at__isnull=True).select_related(
        "listing_photo", "staged", "original_page__output__run"
    )
    altered: dict[int, list[Altered]] = {}
    taken: list[PagePicture] = []
    for picture in there.order_by("listing_photo__order", "listing_photo", "staged"):
        if picture.staged is None:
            taken.append(picture)
        elif picture.original_page and _stands(page, picture.staged, picture.original_page):
            altered.setdefault(picture.listing_photo_id, []).append(Altered(picture, picture.original_page))
    return [
        Shot(picture.listing_photo, picture, tuple(altered.get(picture.listing_photo_id, ())))
        for picture in taken
        if not picture.listing_photo.media_alteration
    ]


def _stands(page: ListingPage, staged: StagedPhoto, original: OriginalPage) -> bool:
    """Whether the approval is of the very picture that was copied, and its page and the rules let it be shown."""
    return (
        staged.verdict == StagedPhoto.Verdict.APPROVED
        and staged.output_id == original.output_id
        and original.removed_at is None
        and not rules.forbidden(page.profile, original.alterations)
    )


def missing(page: ListingPage) -> int:
    """How many photos and approved pictures have no copies yet."""
    approved = _approved().filter(listing_photo__in=_own_photos(page.listing))
    copied = page.pictures.filter(staged__in=approved, original_page__output=F("staged__output"))
    photos = _own_photos(page.listing).exclude(pk__in=page.pictures.filter(staged=None).values("listing_photo"))
    return photos.count() + approved.exclude(pk__in=copied.values("staged")).count()


def refresh(page: ListingPage) -> None:
    """Have the copies made that are missing."""
    if page.is_public and missing(page):
        jobs.enqueue_after_commit(make_copies, page.pk)


def remarks(page: ListingPage, shots: Iterable[Shot]) -> str:
    """The public remarks, begun as the profile prescribes where a picture is altered."""
    text, prescribed = page.listing.public_remarks, page.profile.remarks
    if prescribed and any(shot.altered for shot in shots) and not text.startswith(prescribed):
        return f"{prescribed} {text}".rstrip()
    return text


def _own_photos(listing: Listing | None) -> QuerySet[ListingPhoto]:
    """A listing's (None: all) photos as they were taken. What came altered has no original here to stand beside it."""
    there = ListingPhoto.objects.filter(removed_at__isnull=True, media_alteration=[])
    return there if listing is None else there.filter(listing=listing).order_by("order", "pk")


# --- copies -------------------------------------------------------------------------------------------------


def make_copies(page_id: int) -> None:
    """Give the page files of its own of its photos and of all that is approved. Safe to repeat: what is there stays.

    What the profile bans is copied too, and not shown: another profile may let it out.
    """
    page = ListingPage.objects.select_related("listing__account", "profile").get(pk=page_id)
    labelled = page.profile.label == Profile.Label.REQUIRED or access.labels_required(page.listing.account)
    approved = _approved().select_related("output__run__render__photo").order_by("pk")
    rows = _own_photos(page.listing).select_related("photo").prefetch_related(Prefetch("staged", queryset=approved))
    for photo in rows:
        _copy(page, photo, None, photo.photo.picture, photo.photo.sha256, labelled=False)
        for staged in photo.staged.all():
            assert staged.output is not None
            altered = contents.Altered(staged, staged.output, originals.publish(staged.output))
            _copy(page, photo, altered, staged.output.master, staged.output.sha256, labelled=labelled)


def sweep() -> int:
    """Have copies made for pages whose photos or approvals are newer than their copies; how many pages."""
    lately = timezone.now() - _LATELY
    photos = _own_photos(None).filter(listing=OuterRef("listing"), created_at__gte=lately)
    photos = photos.exclude(Exists(PagePicture.objects.filter(listing_photo=OuterRef("pk"), staged=None)))
    staged = _approved().filter(listing_photo__listing=OuterRef("listing"), judged_at__gte=lately)
    staged = staged.filter(listing_photo__removed_at__isnull=True, listing_photo__media_alteration=[])
    same = PagePicture.objects.filter(staged=OuterRef("pk"), original_page__output=OuterRef("output"))
    behind = public().filter(Exists(photos) | Exists(staged.exclude(Exists(same))))
    found = list(behind.values_list("pk", flat=True)[:20])
    for page_id in found:
        jobs.enqueue(make_copies, page_id)
    return len(found)


def _approved() -> QuerySet[StagedPhoto]:
    return StagedPhoto.objects.filter(verdict=StagedPhoto.Verdict.APPROVED, output__isnull=False)


def _copy(
    page: ListingPage,
    photo: ListingPhoto,
    altered: contents.Altered | None,
    source: FieldFile,
    sha256: str,
    *,
    labelled: bool,
) -> None:
    made_from = hashlib.sha256(f"{sha256} {labelled}".encode()).hexdigest()
    staged = altered.staged if altered else None
    there = PagePicture.objects.filter(page=page, listing_photo=photo, staged=staged).first()
    if there is not None and there.sha256 == made_from:
        return
    with source.open("rb") as file, Image.open(file) as opened:
        large = presets.finished(renditions.shrunk(opened.convert("RGB"), LARGE), labelled=labelled)
    row = PagePicture(
        page=page,
        listing_photo=photo,
        staged=staged,
        original_page=altered.page if altered else None,
        sha256=made_from,
        width=large.width,
        height=large.height,
    )
    packet = _packet(altered) if altered else b""
    for name, picture in (("large", large), ("small", renditions.shrunk(large, SMALL))):
        getattr(row, name).save(
            f"homes/{page.code}/{row.code}-{name}.jpg", ContentFile(_packed(picture, packet)), False
        )
    with transaction.atomic():
        # Of two workers the second waits here, and what the first one made makes way.
        ListingPage.objects.select_for_update().get(pk=page.pk)
        before = list(PagePicture.objects.filter(page=page, listing_photo=photo, staged=staged))
        PagePicture.objects.filter(pk__in=[one.pk for one in before]).delete()
        row.save()
    _discard(before)


def _discard(pictures: Sequence[PagePicture]) -> None:
    for picture in pictures:
        for field in (picture.large, picture.small):
            field.storage.delete(str(field.name))


def _packet(altered: contents.Altered) -> bytes:
    """What an altered picture says of itself to machines; a photo as it was taken carries nothing."""
    record, run = altered.output.record, altered.output.run
    engine, version = str(record.get("engine", run.backend)), str(record.get("version", ""))
    return xmp.packet(
        source_type=xmp.source_type(engine, run.brief.kind.value),
        description=f"Digitally altered: {altered.page.said}. Original: {rules.address(altered.page)}",
        tool="Openhouse",
        system=engine,
        version=version,
    )


def _packed(picture: Image.Image, packet: bytes) -> bytes:
    picture.info.clear()
    buffer = io.BytesIO()
    picture.save(
        buffer, "JPEG", quality=_QUALITY, optimize=True, progressive=True, **({"xmp": packet} if packet else {})
    )
    return buffer.getvalue()

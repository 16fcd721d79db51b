"""The photos of imported listings: what the source says of them, and putting downloaded ones into their listings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from listings import photos
from listings.models import ImportedListing, ImportedPhoto, ListingPhoto
from listings.reso.rows import Media, Row
from listings.reso_words import IMAGES_OF, ROOM_OF_IMAGE

if TYPE_CHECKING:
    from staging.models import Photo

State = ImportedPhoto.State
_SAID = ("room_type", "image_of", "short_description", "long_description")


def note(imported: ImportedListing, row: Row) -> bool:
    """Write down which photos the source has now: new and changed ones are downloaded later, others left alone.

    Nothing is looked at while PhotosChangeTimestamp stands still. Whether anything changed.
    """
    if row.media is None or (row.photos_moment is not None and row.photos_moment == imported.photos_moment):
        return False
    known = {photo.media_key: photo for photo in imported.photos.select_related("listing_photo__listing")}
    fresh = [_new(imported, one) for one in row.media if one.key not in known]
    ImportedPhoto.objects.bulk_create(fresh)
    changed = [_told(known[one.key], one) for one in row.media if one.key in known]
    gone = set(known) - {one.key for one in row.media}
    for key in gone:
        _drop(known[key])
    moved = bool(fresh) or any(changed) or bool(gone)
    ImportedListing.objects.filter(pk=imported.pk).update(
        photos_moment=row.photos_moment, **({"photos_settled": False} if moved else {})
    )
    return moved


def note_new(found: Sequence[tuple[ImportedListing, list[Media]]]) -> None:
    """Write down the photos of listings that are new here."""
    ImportedPhoto.objects.bulk_create(_new(imported, one) for imported, all_of_it in found for one in all_of_it)


def refresh(imported: ImportedListing, found: list[Media]) -> None:
    """Take over new addresses of photos that still wait: the old ones had expired."""
    addresses = {one.key: one.address for one in found}
    for photo in imported.photos.filter(state=State.WAITING):
        if photo.media_key in addresses:
            ImportedPhoto.objects.filter(pk=photo.pk).update(address=addresses[photo.media_key])


def place(photo: ImportedPhoto, taken: Photo) -> None:
    """Put a downloaded photo into its listing, in place of the one that it was before, and say what it shows."""
    listing, before = photo.imported.listing, photo.listing_photo
    with transaction.atomic():
        added, new = photos.add(listing, taken, user=None)
        if new:
            # What people said of the photo before holds for the one that takes its place.
            about = _about(photo) if before is None else {name: getattr(before, name) for name in _SAID}
            ListingPhoto.objects.filter(pk=added.pk).update(**about, media_alteration=photo.alteration)
        if before is not None and before.pk != added.pk and before.removed_at is None and not before.staged.exists():
            photos.move(added, before.order)
            photos.remove(before)
        ImportedPhoto.objects.filter(pk=photo.pk).update(state=State.DONE, listing_photo=added, tries=0, error="")


def settle(imported: ImportedListing) -> None:
    """Order the photos as the source does, unless a person has ordered them otherwise since the last import.

    A person's own photos keep their places among them.
    """
    with transaction.atomic():
        mine = list(
            imported.photos.filter(listing_photo__isnull=False, listing_photo__removed_at__isnull=True)
            .select_related("listing_photo")
            .order_by("order", "pk")
        )
        if not _reordered(mine):
            there = [photo.media_key for photo in photos.of_listing(imported.listing)]
            keys = list(dict.fromkeys(photo.listing_photo.media_key for photo in mine if photo.listing_photo))
            following = iter(keys)
            wanted = [next(following) if key in set(keys) else key for key in there]
            if wanted != there:
                photos.reorder(imported.listing, wanted)
            orders = dict(photos.of_listing(imported.listing).values_list("pk", "order"))
            for photo in mine:
                photo.placed = orders.get(photo.listing_photo_id or 0)
            ImportedPhoto.objects.bulk_update(mine, ["placed"])
        ImportedListing.objects.filter(pk=imported.pk).update(photos_settled=True)


def _reordered(mine: list[ImportedPhoto]) -> bool:
    """Whether the photos that an import placed stand in another order than it gave them."""
    placed = [
        (photo.placed, photo.listing_photo.order) for photo in mine if photo.listing_photo and photo.placed is not None
    ]
    orders = [order for _, order in sorted(placed)]
    return orders != sorted(orders)


def _new(imported: ImportedListing, one: Media) -> ImportedPhoto:
    return ImportedPhoto(imported=imported, media_key=one.key, **_fields(one))


def _fields(one: Media) -> dict[str, object]:
    return {
        "address": one.address,
        "moment": one.moment,
        "order": one.order,
        "image_of": one.image_of,
        "short_description": one.short_description,
        "long_description": one.long_description,
        "alteration": one.alteration,
    }


def _told(photo: ImportedPhoto, one: Media) -> bool:
    """Take over what the source says of a known photo; whether it has to be downloaded again, or stands elsewhere."""
    same = photo.moment == one.moment if one.moment else photo.address == one.address
    moved = photo.order != one.order
    removed_here = photo.listing_photo is not None and photo.listing_photo.removed_at is not None
    again = not same and not removed_here
    fields = _fields(one) | ({"state": State.WAITING, "tries": 0, "error": ""} if again else {})
    ImportedPhoto.objects.filter(pk=photo.pk).update(**fields)
    return moved or again


def _drop(photo: ImportedPhoto) -> None:
    """The source has the photo no more: it leaves its listing, unless something was made of it here."""
    shown = photo.listing_photo
    if shown is not None and shown.removed_at is None and not shown.staged.exists():
        photos.remove(shown)
    photo.delete()


def _about(photo: ImportedPhoto) -> dict[str, object]:
    """What the listing's photo takes over from its source."""
    image_of = photo.image_of if photo.image_of in IMAGES_OF else ("Other" if photo.image_of else "")
    room = ROOM_OF_IMAGE.get(image_of)
    return {
        "image_of": image_of,
        "room_type": room.value if room else "",
        "short_description": photo.short_description,
        "long_description": photo.long_description,
        "modification_timestamp": timezone.now(),
    }

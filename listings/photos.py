"""The photos of a listing: add, order, describe, remove. The listing's row is locked while their order changes."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from listings import events
from listings.models import Listing, ListingPhoto
from listings.reso_words import IMAGE_OF_ROOM
from staging.briefs import RoomType

if TYPE_CHECKING:
    from billing.models import User
    from staging.models import Photo

# What file names say of rooms, in English and Spanish; the first that fits counts.
_HINTS = (
    (RoomType.KIDS_ROOM, "kid kids child children nursery playroom infantil"),
    (RoomType.BATHROOM, "bath bathroom ensuite shower powder wc toilet aseo"),
    (RoomType.KITCHEN, "kitchen kitchenette cocina"),
    (RoomType.DINING, "dining comedor breakfast"),
    (RoomType.HOME_OFFICE, "office study den despacho oficina"),
    (RoomType.BED, "bed bedroom master guest dormitorio habitacion"),
    (RoomType.OUTDOOR, "patio deck balcony terrace garden yard backyard terraza jardin outdoor porch"),
    (RoomType.LIVING, "living lounge family great salon sala loft"),
)


class PhotoNotFound(LookupError):
    """The listing has no photo of this key."""


class Reordered(Exception):
    """The order that was sent does not name the listing's photos as they are now, or somebody has changed it."""


class Stale(Exception):
    """Somebody else has just changed what was to be changed."""


@dataclass(frozen=True)
class Place:
    """Where a person saw a photo, from 0, and which photo was the primary one then."""

    order: int
    primary: UUID | None


@contextlib.contextmanager
def locked(photo: ListingPhoto) -> Iterator[ListingPhoto]:
    """A transaction in which nobody else changes the photo or its place; with it as it is now.

    The listing's row is locked first, as everywhere. Raises PhotoNotFound, where it has been removed meanwhile.
    """
    with transaction.atomic():
        _lock(photo.listing)
        ListingPhoto.objects.select_for_update().get(pk=photo.pk)
        yield get(photo.listing, photo.media_key)


def of_listing(listing: Listing) -> QuerySet[ListingPhoto]:
    """The photos in their order, with their files."""
    return ListingPhoto.objects.filter(listing=listing, removed_at__isnull=True).select_related("photo")


def get(listing: Listing, key: UUID) -> ListingPhoto:
    """The listing's photo of this media key. Raises PhotoNotFound."""
    found = of_listing(listing).select_related("listing").filter(media_key=key).first()
    if found is None:
        raise PhotoNotFound(key)
    return found


def suggested_room(file_name: str) -> str:
    """The room type that a file name hints at; empty when it says nothing."""
    words = set(re.findall(r"[a-z]+", file_name.lower().rsplit(".", 1)[0]))
    for room, hints in _HINTS:
        if words & set(hints.split()):
            return room.value
    return ""


def add(listing: Listing, photo: Photo, *, user: User | None, file_name: str = "") -> tuple[ListingPhoto, bool]:
    """Put the photo behind the others; one that is there already is left where it is. (the photo, whether it is new)"""
    with transaction.atomic():
        _lock(listing)
        known = of_listing(listing).filter(photo=photo).first()
        if known is not None:
            return known, False
        room = suggested_room(file_name)
        added = ListingPhoto.objects.create(
            listing=listing,
            photo=photo,
            order=of_listing(listing).count(),
            file_name=file_name[-255:],
            room_type=room,
            image_of=IMAGE_OF_ROOM[RoomType(room)] if room else "",
            added_by=user,
        )
        _touch(listing)
    return added, True


def reorder(listing: Listing, keys: Sequence[UUID], *, seen: Sequence[UUID] | None = None) -> list[UUID]:
    """Order the photos as `keys` does, the first being the primary one; the order that they have then.

    Without `seen`, `keys` must name each photo once. `seen` is the order that was on the screen: photos that came or
    went meanwhile are no matter, new ones stay behind; that somebody else has ordered those two lists' photos
    otherwise is. Raises Reordered.
    """
    with transaction.atomic():
        _lock(listing)
        there = {photo.media_key: photo for photo in of_listing(listing)}
        if seen is not None:
            if len(set(keys)) != len(keys) or [key for key in seen if key in there] != [k for k in there if k in seen]:
                raise Reordered
            keys = merged(keys, list(there))
        if len(keys) != len(there) or set(keys) != set(there):
            raise Reordered
        _number([there[key] for key in keys])
        _touch(listing)
    return list(keys)


def merged(keys: Sequence[UUID], there: Sequence[UUID]) -> list[UUID]:
    """The order of `keys` for the photos that are `there`: what has gone is left out, what is new stays behind."""
    return [key for key in keys if key in there] + [key for key in there if key not in keys]


def place_of(photo: ListingPhoto) -> Place:
    """Where the photo is now."""
    return Place(photo.order, of_listing(photo.listing).values_list("media_key", flat=True).first())


def move(photo: ListingPhoto, place: int, *, seen: Place | None = None) -> None:
    """Move one photo to `place`, counted from 0; a place beyond the end is the end.

    Raises Reordered when it is not where it was `seen`, or another photo is the primary one.
    """
    with transaction.atomic():
        _lock(photo.listing)
        photo.refresh_from_db(fields=["order"])
        if seen is not None and place_of(photo) != seen:
            raise Reordered
        others = [other for other in of_listing(photo.listing) if other.pk != photo.pk]
        others.insert(max(0, place), photo)
        _number(others)
        _touch(photo.listing)


def describe(photo: ListingPhoto, **said: str) -> None:
    """Say which room the photo shows (`room_type`) and its caption (`short_description`), one of them or both.

    What is said was made from what `photo` says. Raises Stale when it says something else by now, and changes nothing.
    """
    room = said.get("room_type", photo.room_type)
    fields = {**said, **(_room(room) if room != photo.room_type else {}), "modification_timestamp": timezone.now()}
    # Each field is compared by itself: who writes a caption does not disturb who names the room.
    as_read = ListingPhoto.objects.filter(pk=photo.pk, **{name: getattr(photo, name) for name in said})
    if not as_read.update(**fields):
        raise Stale
    for name, value in fields.items():
        setattr(photo, name, value)


def name_room(photo: ListingPhoto, room: RoomType) -> None:
    """The photo is staged as this room, so that is what it shows, whatever was said of it before."""
    if photo.room_type != room:
        ListingPhoto.objects.filter(pk=photo.pk).update(**_room(room), modification_timestamp=timezone.now())


def _room(room: str) -> dict[str, object]:
    return {"room_type": room, "image_of": IMAGE_OF_ROOM[RoomType(room)] if room else ""}


def remove(photo: ListingPhoto) -> None:
    """Take the photo out of its listing; its pictures and their records stay."""
    with transaction.atomic():
        _lock(photo.listing)
        now = timezone.now()
        if ListingPhoto.objects.filter(pk=photo.pk, removed_at__isnull=True).update(removed_at=now):
            _number(list(of_listing(photo.listing)))
            _touch(photo.listing)


def _lock(listing: Listing) -> None:
    Listing.objects.select_for_update().get(pk=listing.pk)


def _number(photos: Sequence[ListingPhoto]) -> None:
    """Give the photos the orders 0, 1, 2 ..., and primary is the first."""
    moved = [photo for order, photo in enumerate(photos) if photo.order != order]
    for order, photo in enumerate(photos):
        photo.order = order
    now = timezone.now()
    for photo in moved:
        photo.modification_timestamp = now
    ListingPhoto.objects.bulk_update(moved, ["order", "modification_timestamp"])


def _touch(listing: Listing) -> None:
    """The listing's photos have changed; its own fields have not, so its version stays."""
    now = timezone.now()
    Listing.objects.filter(pk=listing.pk).update(photos_change_timestamp=now, modification_timestamp=now)
    events.tell(listing, events.PHOTOS_CHANGED)

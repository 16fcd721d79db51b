"""Listings and their pictures in RESO's names: Common Format JSON, and CSV of Property and of Media.

Altered pictures are those that are approved, each with its MediaAlteration, directly behind its original. Addresses of
photos are signed and end after FILE_URL_LIFETIME; those of altered pictures are the permanent ones of their originals'
pages. What an MLS sent beside our columns is in the JSON alone.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet

from listings import rules
from listings.models import Listing, ListingPhoto, StagedPhoto
from listings.reso import names
from staging import files

_AT_ONCE = 100


def as_json(listings: QuerySet[Listing]) -> Iterator[str]:
    """RESO Common Format, in pieces."""
    yield '{"@reso.context": "urn:reso:metadata:2.1:resource:property", "value": ['
    for number, listing in enumerate(_whole(listings)):
        told = property_record(listing) | {"Media": media_records(listing)}
        yield (", " if number else "") + json.dumps({**listing.local_fields, **told}, ensure_ascii=False)
    yield "]}\n"


def properties_as_csv(listings: QuerySet[Listing]) -> Iterator[str]:
    """A line a listing."""
    columns = (*names.ROW, *names.PROPERTY)
    yield from _lines(columns, (property_record(listing) for listing in _whole(listings)))


def media_as_csv(listings: QuerySet[Listing]) -> Iterator[str]:
    """A line a picture."""
    columns = (*names.MEDIA, "OriginatingSystemName")
    yield from _lines(columns, (one for listing in _whole(listings) for one in media_records(listing)))


def property_record(listing: Listing) -> dict[str, Any]:
    """RESO Property of a listing, as JSON has it."""
    told: dict[str, Any] = {
        "ListingKey": str(listing.listing_key),
        "OriginatingSystemName": listing.originating_system_name,
        "ModificationTimestamp": listing.modification_timestamp.isoformat(),
        "PhotosChangeTimestamp": listing.photos_change_timestamp.isoformat(),
        "StatusChangeTimestamp": listing.status_change_timestamp.isoformat(),
        "PhotosCount": len(listing.photos.all()),
    }
    for name in names.PROPERTY:
        value = names.plain(name, getattr(listing, names.column(name)))
        told[name] = None if value == "" else value
    return told


def media_records(listing: Listing) -> list[dict[str, Any]]:
    """RESO Media of a listing's photos and approved pictures, in their order."""
    found: list[dict[str, Any]] = []
    for photo in listing.photos.all():
        found.append(_photo(listing, photo, len(found)))
        for staged in photo.staged.all():
            record = _altered(listing, photo, staged, len(found))
            if record is not None:
                found.append(record)
    return found


def _whole(listings: QuerySet[Listing]) -> Iterator[Listing]:
    """The listings with all that is told of them, some at a time."""
    approved = StagedPhoto.objects.filter(verdict=StagedPhoto.Verdict.APPROVED, output__original_page__isnull=False)
    staged = approved.select_related("output__original_page", "output__run__render").order_by("pk")
    there = ListingPhoto.objects.filter(removed_at__isnull=True).select_related("photo").order_by("order", "pk")
    photos = Prefetch("photos", queryset=there.prefetch_related(Prefetch("staged", queryset=staged)))
    return listings.order_by("pk").prefetch_related(photos).iterator(chunk_size=_AT_ONCE)


def _photo(listing: Listing, photo: ListingPhoto, order: int) -> dict[str, Any]:
    return _media(listing, photo, order) | {
        "MediaKey": str(photo.media_key),
        "MediaURL": _absolute(files.photo_url(photo.photo)),
        "MediaType": "png",
        "MediaAlteration": photo.media_alteration or ["None"],
        "ShortDescription": photo.short_description or None,
        "LongDescription": photo.long_description or None,
        "ImageWidth": photo.photo.width,
        "ImageHeight": photo.photo.height,
    }


def _altered(listing: Listing, photo: ListingPhoto, staged: StagedPhoto, order: int) -> dict[str, Any] | None:
    output = staged.output
    if output is None or output.original_page.removed_at is not None:
        return None
    page = output.original_page
    own = f"/o/{page.code}/altered.jpg" if page.altered else files.master_url(output)
    return _media(listing, photo, order) | {
        "MediaKey": f"{photo.media_key}-{page.code}",
        "MediaURL": _absolute(own),
        "MediaType": "jpeg" if page.altered else "png",
        "MediaAlteration": page.alterations,
        "ShortDescription": "Digitally altered",
        "LongDescription": f"Digitally altered: {page.said}. The original, unaltered photo is at {rules.address(page)}",
        "ImageWidth": output.width,
        "ImageHeight": output.height,
    }


def _media(listing: Listing, photo: ListingPhoto, order: int) -> dict[str, Any]:
    moment = photo.modification_timestamp.isoformat()
    return {
        "ResourceName": "Property",
        "ResourceRecordKey": str(listing.listing_key),
        "OriginatingSystemName": listing.originating_system_name,
        "MediaCategory": "Photo",
        "ImageOf": photo.image_of or None,
        "Order": order,
        "PreferredPhotoYN": order == 0,
        "MediaStatus": "Active",
        "MediaModificationTimestamp": moment,
        "ModificationTimestamp": moment,
    }


def _lines(columns: Iterable[str], records: Iterable[dict[str, Any]]) -> Iterator[str]:
    """CSV (RFC 4180) with a mark that tells spreadsheets its encoding."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(columns), extrasaction="ignore")
    yield "\ufeff"
    writer.writeheader()
    for record in records:
        writer.writerow({name: _cell(value) for name, value in record.items()})
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _cell(value: Any) -> Any:
    """A cell; one that a spreadsheet would take for a formula is told to be text."""
    if isinstance(value, list):
        return ",".join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} and not _is_number(value):
        return f"'{value}"
    return value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _absolute(path: str) -> str:
    return f"{settings.PUBLIC_URL or f'http://{settings.HOST}:{settings.PORT}'}{path}"

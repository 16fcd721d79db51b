"""A listing's life: create, find, change, archive. Two people who change one listing do not lose each other's work."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from listings import events, prepared
from listings.models import Listing, ListingPhoto
from listings.reso import names

if TYPE_CHECKING:
    from billing.models import Account


class ListingNotFound(LookupError):
    """No listing of this account has this number."""


class Stale(Exception):
    """Somebody else has changed the listing since the version that this change was made from."""


class Ambiguous(Exception):
    """Two originating systems have a listing of this key."""

    def __init__(self) -> None:
        super().__init__("Two systems have a listing of this ListingKey: name one as OriginatingSystemName")


class Exists(Exception):
    """The account has a listing of this key from this system."""


def create(account: Account, **fields: Any) -> Listing:
    """Make a listing with RESO fields in snake_case; an address or an MLS number is needed (the database says so)."""
    with transaction.atomic():
        listing = Listing.objects.create(account=account, **fields)
        events.tell(listing, events.LISTING_CREATED)
    return listing


def create_named(account: Account, **fields: Any) -> Listing:
    """`create` by a key that the caller may have chosen. Raises Exists."""
    try:
        with transaction.atomic():
            return create(account, **fields)
    except IntegrityError:
        key, system = fields.get("listing_key", ""), fields.get("originating_system_name", "")
        if Listing.objects.filter(account=account, listing_key=key, originating_system_name=system).exists():
            raise Exists(key) from None
        raise


def by_key(account: Account, key: str, *, system: str | None = None) -> Listing:
    """The account's listing of this RESO ListingKey; `system` tells apart what two systems call the same.

    Raises ListingNotFound, for another account's too; Ambiguous.
    """
    found = Listing.objects.filter(account=account, listing_key=key)
    if system is not None:
        found = found.filter(originating_system_name=system)
    several = list(found[:2])
    if not several:
        raise ListingNotFound(key)
    if len(several) > 1:
        raise Ambiguous
    return several[0]


def filtered(
    account: Account, *, words: str, columns: Mapping[str, str], since: datetime | None, archived: bool
) -> QuerySet[Listing]:
    """`find`, by RESO fields (their columns hold just these values) and by the time of the last change."""
    found = find(account, words=words, archived=archived)
    found = found.filter(**{names.column(name): value for name, value in columns.items()})
    return found.filter(modification_timestamp__gt=since) if since else found


def get(account: Account, number: int) -> Listing:
    """The account's listing of this number, archived or not. Raises ListingNotFound, for another account's too."""
    try:
        return Listing.objects.get(account=account, pk=number)
    except Listing.DoesNotExist:
        raise ListingNotFound(number) from None


def find(account: Account, *, words: str = "", status: str = "", archived: bool = False) -> QuerySet[Listing]:
    """The account's listings, latest change first, with `photos_count`.

    Every one of `words` must be in the address, the place or the MLS number, in any case.
    """
    found = Listing.objects.filter(account=account, archived_at__isnull=not archived)
    for word in words.split():
        found = found.filter(
            Q(unparsed_address__icontains=word)
            | Q(listing_id__icontains=word)
            | Q(city__icontains=word)
            | Q(postal_code__icontains=word)
        )
    if status:
        found = found.filter(standard_status=status)
    # Counted for the listings that are shown, where a join would count for all before the first is known.
    there = ListingPhoto.objects.filter(listing=OuterRef("pk"), removed_at__isnull=True).order_by()
    counted = there.values("listing").annotate(count=Count("pk")).values("count")
    return found.annotate(photos_count=Coalesce(Subquery(counted), 0)).order_by("-modification_timestamp", "-pk")


def with_covers(listings: Sequence[Listing]) -> list[tuple[Listing, ListingPhoto | None]]:
    """Each listing with its primary photo, in one query more."""
    primary = ListingPhoto.objects.select_related("photo").filter(
        listing__in=listings, removed_at__isnull=True, order=0
    )
    covers = {photo.listing_id: photo for photo in primary}
    return [(listing, covers.get(listing.pk)) for listing in listings]


def change(listing: Listing, version: int, **fields: Any) -> Listing:
    """Set `fields`, made from `version` of the listing. Raises Stale when it has moved on, and changes nothing then."""
    now = timezone.now()
    if fields.get("standard_status", listing.standard_status) != listing.standard_status:
        fields["status_change_timestamp"] = now
    with transaction.atomic():
        changed = Listing.objects.filter(pk=listing.pk, version=version).update(
            **fields, version=F("version") + 1, modification_timestamp=now
        )
        if not changed:
            raise Stale
        listing.refresh_from_db()
        events.tell(listing, events.LISTING_CHANGED)
    return listing


@contextlib.contextmanager
def locked(listing: Listing) -> Iterator[Listing]:
    """A transaction in which nobody else changes the listing, its fields or which photos it has; with it as it is now.

    For whoever compares before a change: what was compared is what is changed.
    """
    with transaction.atomic():
        yield Listing.objects.select_for_update().get(pk=listing.pk)


def archive(listing: Listing) -> None:
    """Take the listing out of the lists; all of it is kept but copies that can be made again."""
    with transaction.atomic():
        if Listing.objects.filter(pk=listing.pk, archived_at__isnull=True).update(archived_at=timezone.now()):
            prepared.discard(listing.prepared_copies.all())
            events.tell(listing, events.LISTING_ARCHIVED)


def restore(listing: Listing) -> None:
    """Put an archived listing back into the lists."""
    Listing.objects.filter(pk=listing.pk).update(archived_at=None)

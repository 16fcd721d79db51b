"""Putting rows of a source into listings. What a person changed here stays; what only the source changed is taken.

For each field three values are compared: what the source said last time, what it says now, what stands here. Where
both have moved on, the one here stays and the other is kept as a conflict until somebody chooses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from listings.models import Import, ImportedListing, Listing
from listings.reso import media, names
from listings.reso.rows import Row
from listings.reso_words import StandardStatus

if TYPE_CHECKING:
    from billing.models import Account


@dataclass
class Counts:
    """What became of a portion of rows; `unknown` tell of photos alone, of listings that are not here."""

    created: int = 0
    changed: int = 0
    gone: int = 0
    unknown: list[Row] = field(default_factory=list)


def keep(rows: Sequence[Row], run: Import) -> Counts:
    """Put the rows into the account's listings, each by its (OriginatingSystemName, ListingKey); one transaction.

    The same rows kept twice change nothing the second time.
    """
    counts = Counts()
    latest = {(row.system, row.key): row for row in rows}
    with transaction.atomic():
        known = _known(run.account, latest)
        new = [row for key, row in latest.items() if key not in known]
        counts.unknown = [row for row in new if not row.values]
        counts.created = _create([row for row in new if row.values and not row.gone], run)
        for key, listing in known.items():
            row = latest[key]
            if row.gone:
                counts.gone += leave(_source_of(listing, row, run), run)
            else:
                counts.changed += _update(listing, row, run)
    return counts


def leave(imported: ImportedListing, run: Import) -> bool:
    """The source has the listing no more: it goes to the archive, with everything that was made of it."""
    now = timezone.now()
    values = {**imported.values, "StandardStatus": StandardStatus.DELETE.value}
    here = ImportedListing.objects.filter(pk=imported.pk, gone_at__isnull=True)
    if not here.update(gone_at=now, found_by=run, values=values):
        return False
    Listing.objects.filter(pk=imported.listing_id).update(
        standard_status=StandardStatus.DELETE,
        status_change_timestamp=now,
        modification_timestamp=now,
        archived_at=now,
        version=F("version") + 1,
    )
    return True


def take_theirs(listing: Listing) -> None:
    """End the listing's conflicts with what the source says."""
    imported = ImportedListing.objects.get(listing=listing)
    with transaction.atomic():
        _write(listing, {name: names.read(name, said) for name, said in imported.conflicts.items()})
        ImportedListing.objects.filter(pk=imported.pk).update(conflicts={})


def keep_ours(listing: Listing) -> None:
    """End the listing's conflicts with what stands here; they come back only when the source changes again."""
    ImportedListing.objects.filter(listing=listing).update(conflicts={})


def _known(account: Account, wanted: dict[tuple[str, str], Row]) -> dict[tuple[str, str], Listing]:
    """The account's listings among the wanted, locked in one order, with their sources."""
    by_system: dict[str, list[str]] = {}
    for system, key in wanted:
        by_system.setdefault(system, []).append(key)
    there = Q(pk__in=())
    for system, keys in by_system.items():
        there |= Q(originating_system_name=system, listing_key__in=keys)
    locked = Listing.objects.select_for_update(of=("self",)).filter(there, account=account)
    found = list(locked.select_related("imported").order_by("pk"))
    return {(one.originating_system_name, one.listing_key): one for one in found}


def _create(rows: Sequence[Row], run: Import) -> int:
    """Make listings of rows that are new here, with what is known of their photos; how many."""
    listings = [
        Listing(
            account=run.account,
            originating_system_name=row.system,
            listing_key=row.key,
            local_fields=row.local,
            **{names.column(name): value for name, value in _named(row).items()},
        )
        for row in rows
    ]
    Listing.objects.bulk_create(listings)
    sources = [
        ImportedListing(
            listing=listing,
            connection=run.connection,
            values=_plain(row),
            moment=row.moment,
            photos_moment=row.photos_moment,
            photos_settled=not row.media,
            found_by=run,
        )
        for listing, row in zip(listings, rows, strict=True)
    ]
    ImportedListing.objects.bulk_create(sources)
    media.note_new([(imported, row.media or []) for imported, row in zip(sources, rows, strict=True)])
    return len(listings)


def _named(row: Row) -> dict[str, Any]:
    """The row's values; a listing has an address or a number at least."""
    bare = not row.values.get("UnparsedAddress") and not row.values.get("ListingId")
    return {**row.values, "ListingId": row.key} if bare else row.values


def _source_of(listing: Listing, row: Row, run: Import) -> ImportedListing:
    """The listing's source. One that a person made under the same number has none yet: nothing of it was imported."""
    found: ImportedListing | None = getattr(listing, "imported", None)
    return found or ImportedListing.objects.create(listing=listing, connection=run.connection, found_by=run)


def _update(listing: Listing, row: Row, run: Import) -> bool:
    """Merge one row into its listing; whether anything of it changed."""
    imported = _source_of(listing, row, run)
    back = imported.gone_at is not None
    said = _plain(row)
    changes, conflicts = _compare(listing, imported, row, said)
    local = {**listing.local_fields, **row.local}
    changed = bool(changes) or back or local != listing.local_fields
    if changed:
        extra = {"local_fields": local, **({"archived_at": None} if back else {})}
        _write(listing, changes, **extra)
    changed |= media.note(imported, row)
    imported.values, imported.conflicts = {**imported.values, **said}, conflicts
    imported.moment, imported.found_by, imported.gone_at = row.moment, run, None
    imported.connection = run.connection or imported.connection
    imported.imported_at = timezone.now()
    imported.save(update_fields=["values", "conflicts", "moment", "found_by", "gone_at", "connection", "imported_at"])
    return changed


def _compare(
    listing: Listing, imported: ImportedListing, row: Row, said: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what to write, by RESO name; what the source says and a person had changed too)."""
    changes, conflicts = {}, dict(imported.conflicts)
    for name, theirs in said.items():
        ours = names.plain(name, getattr(listing, names.column(name)))
        before = imported.values.get(name, _untouched(name))
        if theirs == ours:
            conflicts.pop(name, None)
        elif ours == before:
            changes[name] = row.values[name]
            conflicts.pop(name, None)
        elif theirs != before:
            conflicts[name] = theirs
    return changes, conflicts


def _untouched(name: str) -> Any:
    """What a column holds that nobody has filled."""
    return names.plain(name, names.field(name).get_default())


def _plain(row: Row) -> dict[str, Any]:
    return {name: names.plain(name, value) for name, value in row.values.items()}


def _write(listing: Listing, values: dict[str, Any], **extra: Any) -> None:
    """Set RESO fields of the listing; whoever has it open in a form is told that it moved on."""
    now = timezone.now()
    fields = {names.column(name): value for name, value in values.items()} | extra
    if "standard_status" in fields:
        fields["status_change_timestamp"] = now
    Listing.objects.filter(pk=listing.pk).update(**fields, version=F("version") + 1, modification_timestamp=now)

"""One portion of an import: a page of listings or of keys, some rows of a file, or a photo."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from listings.models import Connection, Import, ImportedListing, ImportedPhoto
from listings.reso import files, media, merging, names, rows
from listings.reso.provider import AddressExpired, CursorLost, Provider, Refuses, Trouble
from staging import network, sources

State, Phase, Photo = Import.State, Import.Phase, ImportedPhoto.State
PROBLEMS_KEPT = 200
_ROWS_AT_ONCE = 200
_UNMAPPED_KEPT = 200
_PHOTO_GIVEN_UP_AFTER = 4
Unreadable = files.Unreadable


class Lost(Exception):
    """The run is not this worker's any more: it was stopped, or another has taken over."""


def do(run: Import, provider: Provider) -> bool:
    """Do the next portion; whether the run is over. Raises what provider raises, Unreadable and Lost."""
    if run.phase == Phase.PHOTOS:
        return _photo(run, provider)
    if run.connection is None:
        _file_rows(run)
    elif run.phase == Phase.KEYS:
        _keys(run, provider)
    else:
        _listings(run, provider)
    return False


def mine(run: Import) -> QuerySet[Import]:
    """The run's row, as long as this worker holds it."""
    return Import.objects.filter(pk=run.pk, state=State.RUNNING, lease_until=run.lease_until)


def photos_of(run: Import) -> QuerySet[ImportedPhoto]:
    """Photos of the run's source."""
    if run.connection_id is not None:
        return ImportedPhoto.objects.filter(imported__connection=run.connection_id)
    return ImportedPhoto.objects.filter(imported__connection__isnull=True, imported__listing__account=run.account_id)


def try_photos_again(run: Import, most: int) -> None:
    """Photos that could not be had are tried once more, unless they failed too often."""
    photos_of(run).filter(state=Photo.FAILED, tries__lt=most).update(state=Photo.WAITING)


# --- listings -----------------------------------------------------------------------------------------------


def _listings(run: Import, provider: Provider) -> None:
    assert run.connection is not None
    address = run.cursor or provider.first_page(run.reached or run.since, including=run.reached is not None)
    try:
        page = provider.page(address)
    except CursorLost as error:
        if not run.cursor:
            if provider.media_is_apart():
                return
            raise Refuses(f"{error} Is the address right?") from error
        # What was kept is kept; the rest is asked for by its time.
        _keep(run, {"cursor": ""}, lambda: None)
        return
    _add_media(run, provider, page.rows)
    read, refused = _read(run, page.rows, strict=False)
    reached = max((row.moment for row in [*read, rows.Row(moment=run.reached)] if row.moment), default=None)
    moved: dict[str, Any] = {
        "cursor": page.after,
        "reached": reached,
        "total": page.total if run.total is None else run.total,
        "tries": 0,
    }
    if not page.after:
        moved["phase"] = Phase.KEYS if _keys_are_due(run.connection) else Phase.PHOTOS
    _keep(run, moved, lambda: _kept(run, read, refused, last=not page.after, reached=reached))


def _add_media(run: Import, provider: Provider, raw: Sequence[Any]) -> None:
    """Put their Media into the rows of a provider that expands none: of listings whose photos have changed alone."""
    rows_of = [one for one in raw if isinstance(one, dict) and one.get("ListingKey")]
    if not provider.connection.media_apart:
        # Some do not refuse to expand and just leave it out.
        with_photos = [one for one in rows_of if one.get("PhotosCount") or one.get("PhotosChangeTimestamp")]
        if not with_photos or any("Media" in one for one in rows_of) or not provider.media_is_apart():
            return
    keys = [str(one["ListingKey"]) for one in rows_of]
    known = ImportedListing.objects.filter(connection=run.connection, listing__listing_key__in=keys)
    moments = dict(known.values_list("listing__listing_key", "photos_moment"))
    changed = {}
    for key, one in zip(keys, rows_of, strict=True):
        moment = names.moment(one.get("PhotosChangeTimestamp"))
        if moment is None or moments.get(key) != moment:
            changed[key] = one
    try:
        media_of = provider.media(list(changed))
    except CursorLost as error:
        raise Trouble(f"The provider's Media could not be read: {error}") from error
    for key, one in changed.items():
        one["Media"] = media_of[key]


def _kept(
    run: Import, read: Sequence[rows.Row], refused: int, *, last: bool, reached: datetime.datetime | None = None
) -> None:
    counts = merging.keep(read, run)
    for row in counts.unknown:
        _note(run, 0, "ResourceRecordKey", "No listing of yours has this key", key=row.key)
    Import.objects.filter(pk=run.pk).update(
        seen=F("seen") + len(read) + refused,
        created=F("created") + counts.created,
        changed=F("changed") + counts.changed,
        gone=F("gone") + counts.gone,
        refused=F("refused") + refused + len(counts.unknown),
        problems=run.problems,
    )
    connection = run.connection
    if connection is None:
        return
    fields: dict[str, Any] = {"unmapped": connection.unmapped}
    if last:
        fields["watermark"] = reached or connection.watermark
        if run.since is None:
            # Everything has just been seen: nothing can be missing at the provider.
            fields["keys_checked_at"] = timezone.now()
    Connection.objects.filter(pk=connection.pk).update(**fields)


def _read(run: Import, raw: Sequence[Any], *, strict: bool, first: int = 1) -> tuple[list[rows.Row], int]:
    """The rows that can be taken, and how many cannot. A `strict` reading refuses a row for one bad value."""
    mappings = run.connection.mapping if run.connection else {}
    found, refused = [], 0
    for number, one in enumerate(raw):
        where = run.seen + number + first
        try:
            row = rows.read(one, system=run.source, mappings=mappings)
        except rows.Unusable as error:
            _note(run, where, "", str(error))
            refused += 1
            continue
        for name, why in row.problems:
            _note(run, where, name, why, key=row.key)
        for name, value in row.unmapped:
            _note_unmapped(run, name, value, where)
        if strict and row.problems:
            refused += 1
        else:
            found.append(row)
    return found, refused


def _note(run: Import, where: int, name: str, why: str, *, key: str = "") -> None:
    if len(run.problems) < PROBLEMS_KEPT:
        run.problems.append({"row": where, "name": name, "why": why, "key": key})


def _note_unmapped(run: Import, name: str, value: str, where: int) -> None:
    if run.connection is None:
        _note(run, where, name, f"“{value}” is none of RESO's values; it is kept as a word of its own")
        return
    known = run.connection.unmapped.setdefault(name, [])
    if value not in known and len(known) < _UNMAPPED_KEPT:
        known.append(value)


def _file_rows(run: Import) -> None:
    """The next rows of a file; the cursor is the number of the first one."""
    all_rows = files.read(run.file, run.file_name)
    begin = int(run.cursor or 0)
    read, refused = _read(
        run, all_rows[begin : begin + _ROWS_AT_ONCE], strict=True, first=files.first_row(run.file_name)
    )
    end = begin + _ROWS_AT_ONCE
    moved: dict[str, Any] = {"cursor": str(end), "total": len(all_rows), "tries": 0}
    if end >= len(all_rows):
        moved["phase"] = Phase.PHOTOS
    _keep(run, moved, lambda: _kept(run, read, refused, last=end >= len(all_rows)))


# --- keys: what is gone ---------------------------------------------------------------------------------------


def _keys_are_due(connection: Connection) -> bool:
    checked = connection.keys_checked_at
    every = datetime.timedelta(seconds=settings.IMPORT_KEYS_SECONDS)
    return connection.watermark is not None and (checked is None or checked < timezone.now() - every)


def _keys(run: Import, provider: Provider) -> None:
    """A page of all keys of the provider; behind the last, what has no key there is gone."""
    try:
        page = provider.page(run.cursor or provider.first_keys())
    except CursorLost:
        # Keys are few: from the beginning again, or not at all where the provider cannot list them.
        _keep(run, {"cursor": ""} if run.cursor else {"phase": Phase.PHOTOS}, lambda: None)
        return
    keys = [str(one["ListingKey"]) for one in page.rows if isinstance(one, dict) and one.get("ListingKey")]
    moved: dict[str, Any] = {"cursor": page.after, "tries": 0, **({} if page.after else {"phase": Phase.PHOTOS})}

    def kept() -> None:
        ours = ImportedListing.objects.filter(connection=run.connection, listing__listing_key__in=keys)
        ours.update(found_by=run)
        if not page.after:
            _leave_missing(run)

    _keep(run, moved, kept)


def _leave_missing(run: Import) -> None:
    here = ImportedListing.objects.filter(connection=run.connection, gone_at__isnull=True)
    missing = list(here.exclude(found_by=run))
    if missing and len(missing) == here.count():
        # A provider that suddenly lists nothing is broken rather than empty.
        _note(run, 0, "", "The provider listed none of our listings; nothing was archived.")
        Import.objects.filter(pk=run.pk).update(problems=run.problems)
        return
    gone = sum(merging.leave(one, run) for one in missing)
    assert run.connection is not None
    Import.objects.filter(pk=run.pk).update(gone=F("gone") + gone)
    Connection.objects.filter(pk=run.connection.pk).update(keys_checked_at=timezone.now())


# --- photos -------------------------------------------------------------------------------------------------


def _photo(run: Import, provider: Provider) -> bool:
    """Download the next photo that waits; when none does, put listings' photos in order and end the run."""
    waiting = photos_of(run).filter(state=Photo.WAITING, imported__gone_at__isnull=True)
    photo = waiting.select_related("imported__listing__account", "listing_photo").order_by("imported", "order").first()
    if photo is None:
        return _end(run)
    try:
        path = provider.photo(photo.address)
    except AddressExpired as error:
        _renew(run, photo, provider, str(error))
        return False
    except (network.Blocked, network.TooLarge) as error:
        _give_up(run, photo, str(error))
        return False
    try:
        taken = sources.accept(photo.imported.listing.account, raw=path)
    except (sources.DecodersBusy, sources.StorageFull) as error:
        raise Trouble(str(error)) from error
    except sources.InvalidImage as error:
        _give_up(run, photo, str(error))
        return False
    finally:
        path.unlink(missing_ok=True)

    def kept() -> None:
        media.place(photo, taken)
        Import.objects.filter(pk=run.pk).update(photos_done=F("photos_done") + 1)

    _keep(run, {"tries": 0}, kept)
    return False


def _renew(run: Import, photo: ImportedPhoto, provider: Provider, why: str) -> None:
    """Ask the provider for a new address of a photo whose old one has ended; give it up after some."""
    photo.tries += 1
    found = None
    if photo.tries < _PHOTO_GIVEN_UP_AFTER and run.connection is not None:
        with contextlib.suppress(CursorLost):
            found = provider.one(photo.imported.listing.listing_key)
    if found is None:
        _give_up(run, photo, why)
        return
    ImportedPhoto.objects.filter(pk=photo.pk).update(tries=photo.tries)
    known = rows.media(found.get("Media") or [], {})
    if photo.media_key not in {one.key for one in known}:
        _give_up(run, photo, why)
        return
    _keep(run, {}, lambda: media.refresh(photo.imported, known))


def _give_up(run: Import, photo: ImportedPhoto, why: str) -> None:
    def kept() -> None:
        ImportedPhoto.objects.filter(pk=photo.pk).update(
            state=Photo.FAILED, error=why[:200], tries=photo.tries + _PHOTO_GIVEN_UP_AFTER
        )
        Import.objects.filter(pk=run.pk).update(photos_failed=F("photos_failed") + 1)

    _keep(run, {}, kept)


def _end(run: Import) -> bool:
    unsettled = ImportedListing.objects.filter(photos_settled=False, connection=run.connection)
    for imported in unsettled.filter(listing__account=run.account).select_related("listing")[:_ROWS_AT_ONCE]:
        media.settle(imported)
    if unsettled.filter(listing__account=run.account).exists():
        return False
    mine(run).update(state=State.DONE, finished_at=timezone.now())
    run.state = State.DONE
    return True


def _keep(run: Import, moved: dict[str, Any], kept: Callable[[], object]) -> None:
    """Keep what a portion brought and move the cursor, together or not at all. Raises Lost."""
    lease = timezone.now() + datetime.timedelta(seconds=settings.IMPORT_LEASE_SECONDS)
    with transaction.atomic():
        # Moving the row first locks it: a worker that took over meanwhile waits, or we find that it has.
        if not mine(run).update(**moved, lease_until=lease):
            raise Lost
        kept()
    run.refresh_from_db()

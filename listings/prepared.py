"""The pixels of a delivery: each photo and each approved picture as a JPEG at a preset's size.

Decoding a master and encoding it again takes most of a delivery's time, and gives the same bytes every time. So a copy
is kept under a key of everything that decides its bytes, made ahead (listings.preparing) or when a delivery first needs
it. A profile decides order, words, and whether the label is drawn; only the last is in the pixels, and in the key.
Words go into the XMP, which is put beside the pixels when the delivery is written.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import structlog
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone
from PIL import Image, features

from billing.models import Account
from listings import presets
from listings.models import Listing, PreparedCopy
from staging import label
from staging.models import Output, Photo

# Raised whenever this code, `presets` or the label's drawing gives other bytes than before for the same picture.
EDITION: Final = 1
# Pillow decodes, resizes and encodes without Python's lock, and two cores are what a small machine has.
THREADS: Final = 2
# A picture of more pixels is made alone: two of them at once would take more memory than a delivery may.
_LARGE_PIXELS: Final = 24_000_000
_DAY: Final = datetime.timedelta(days=1)
_SWEPT_AT_ONCE: Final = 200

log = structlog.get_logger("openhouse.prepared")


@dataclass(frozen=True)
class Copy:
    """A JPEG without metadata, and its width and height."""

    data: bytes
    size: tuple[int, int]


@dataclass(frozen=True)
class Wanted:
    """A picture in a size: the stored file that it is made from, that file's hash, preset, label; pixels of the file.

    A stored file is never written again under its name, so name and hash stand for its pixels.
    """

    source: str
    sha256: str
    preset: str
    labelled: bool
    pixels: int

    @cached_property
    def key(self) -> str:
        """A hash of all that decides the bytes of the copy."""
        preset = presets.PRESETS[self.preset]
        encoder = [Image.__version__, features.version("jpg"), EDITION]
        drawn = [label.TEXT, label.SHARE_OF_SHORT_EDGE, label.LEAST_PIXELS, label.CONTRAST] if self.labelled else None
        said = [self.source, self.sha256, preset.box, preset.cropped, preset.most_bytes, drawn, encoder]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def of_photo(photo: Photo, preset: str) -> Wanted:
    """A photo as it goes out: never labelled."""
    return Wanted(str(photo.picture.name), photo.sha256, preset, False, photo.width * photo.height)


def of_output(output: Output, preset: str, *, labelled: bool) -> Wanted:
    """A picture that was made of a photo."""
    return Wanted(str(output.master.name), output.sha256, preset, labelled, output.width * output.height)


def missing(listing: Listing, wanted: Iterable[Wanted]) -> list[Wanted]:
    """What has no copy yet, each once."""
    there = set(PreparedCopy.objects.filter(listing=listing).values_list("key", flat=True))
    return list({one.key: one for one in wanted if one.key not in there}.values())


def found(account_id: int, wanted: Wanted) -> bytes | None:
    """The bytes of a copy that any listing of the account has; None where none lies ready."""
    row = PreparedCopy.objects.filter(listing__account=account_id, key=wanted.key).first()
    return _stored(row) if row else None


def copies(listing: Listing, wanted: Sequence[Wanted], *, threads: int = THREADS) -> Iterator[Copy]:
    """The copy of each, in order, a few in memory at a time. What is missing or damaged is made now and kept.

    Raises FileNotFoundError when the storage has lost a master.
    """
    keys = {one.key for one in wanted}
    there = PreparedCopy.objects.filter(listing=listing, key__in=keys)
    rows = {row.key: row for row in there}
    now = timezone.now()
    there.filter(used_at__lt=now - _DAY).update(used_at=now)
    if any(one.pixels > _LARGE_PIXELS for one in wanted if one.key not in rows):
        threads = 1
    with ThreadPoolExecutor(threads, "copies") as pool:
        waiting: deque[tuple[Wanted, Future[tuple[Copy, bool]]]] = deque()
        rest = iter(wanted)
        try:
            while True:
                while len(waiting) <= threads and (one := next(rest, None)) is not None:
                    waiting.append((one, pool.submit(_read_or_made, rows.get(one.key), one)))
                if not waiting:
                    return
                one, future = waiting.popleft()
                copy, made = future.result()
                if made:
                    _keep(listing, one, copy)
                yield copy
        finally:
            for _, future in waiting:
                future.cancel()


def made(wanted: Wanted) -> Copy:
    """The copy, made from its master. Raises FileNotFoundError."""
    preset = presets.PRESETS[wanted.preset]
    with default_storage.open(wanted.source) as file, Image.open(file) as opened:
        picture = presets.sized(opened.convert("RGB"), preset)
    picture = presets.finished(picture, labelled=wanted.labelled)
    return Copy(presets.encoded(picture, preset), picture.size)


def sweep() -> int:
    """Delete some of the copies that no delivery has used for PREPARED_KEPT_DAYS; how many."""
    before = timezone.now() - datetime.timedelta(days=settings.PREPARED_KEPT_DAYS)
    unused = PreparedCopy.objects.filter(used_at__lt=before).order_by("used_at")[:_SWEPT_AT_ONCE]
    return discard(PreparedCopy.objects.filter(pk__in=list(unused.values_list("pk", flat=True))))


def discard(rows: QuerySet[PreparedCopy]) -> int:
    """Delete copies, their files too; how many."""
    return rows.delete()[1].get("listings.PreparedCopy", 0)


def forget_account(*, account: Account, **_: Any) -> None:
    """Delete what lies ready for an account that is closed (the signal `account_closed`)."""
    discard(PreparedCopy.objects.filter(listing__account=account))


def delete_file(*, instance: PreparedCopy, **_: Any) -> None:
    """Delete a row's file once the row is gone for good (the signal `post_delete`)."""
    name = str(instance.file.name)
    transaction.on_commit(lambda: default_storage.delete(name), robust=True)


def stored_bytes() -> int:
    """What all copies weigh in the storage."""
    rows = PreparedCopy.objects.all()
    return int(rows.aggregate(weight=Sum("byte_size"))["weight"] or 0)


def _read_or_made(row: PreparedCopy | None, wanted: Wanted) -> tuple[Copy, bool]:
    """The copy, and whether it had to be made. In a thread of its own: it must not ask the database."""
    data = _stored(row) if row else None
    if row is not None and data is not None:
        return Copy(data, (row.width, row.height)), False
    return made(wanted), True


def _stored(row: PreparedCopy) -> bytes | None:
    """The bytes of a row's file; None when they are gone or no longer what was written."""
    try:
        with default_storage.open(str(row.file.name)) as file:
            data = bytes(file.read())
    except FileNotFoundError:
        return None
    if hashlib.sha256(data).hexdigest() != row.sha256:
        log.warning("prepared_copy_damaged", listing=row.listing_id, file=row.file.name)
        return None
    return data


def _keep(listing: Listing, wanted: Wanted, copy: Copy) -> None:
    """Keep a copy; of two that were made at once, or where the one before was damaged, the later one stays."""
    name = default_storage.save(f"prepared/{listing.pk}/{wanted.key}.jpg", ContentFile(copy.data))
    columns = {
        "file": name,
        "sha256": hashlib.sha256(copy.data).hexdigest(),
        "byte_size": len(copy.data),
        "width": copy.size[0],
        "height": copy.size[1],
    }
    row, is_new = PreparedCopy.objects.get_or_create(listing=listing, key=wanted.key, defaults=columns)
    if is_new:
        return
    before = str(row.file.name)
    same = PreparedCopy.objects.filter(pk=row.pk, file=before)
    spare = before if same.update(**columns) else name
    # A file that was lost leaves its name to the new one.
    if before != name:
        default_storage.delete(spare)

"""Files coming in by pieces, so that a lost line costs one piece and not the file.

    begin -> append, append, ... -> read -> finish

Pieces lie in the storage, not on this machine: any web process may take the next one. `received` is the truth, moved
by compare-and-set, so two tabs that send the same file cannot mix their pieces.
"""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from listings import photos
from listings.models import Listing, ListingPhoto, Upload
from staging import sources, storage_limits

if TYPE_CHECKING:
    from billing.models import User
    from staging.models import Photo

# An upload that nobody has continued for so long is given up.
KEPT_FOR = timedelta(days=2)
_SWEPT_AT_ONCE = 10


class UploadNotFound(LookupError):
    """No upload of this user and listing has this token."""


class WrongOffset(Exception):
    """The piece does not begin where the upload stands. `received` is where it must begin."""

    def __init__(self, received: int) -> None:
        super().__init__(f"{received} bytes are here")
        self.received = received


class Incomplete(Exception):
    """The upload cannot be finished: pieces are missing."""


def begin(listing: Listing, user: User, *, file_name: str, size: int, fingerprint: str) -> Upload:
    """Start an upload, or find the one of the same file that was broken off. Raises ImageTooLarge, StorageFull."""
    if size > settings.PHOTO_MAX_BYTES:
        raise sources.ImageTooLarge(f"This image is larger than {settings.PHOTO_MAX_BYTES // 2**20} MB.")
    storage_limits.require_room(listing.account, size)
    sweep()
    upload, _ = Upload.objects.get_or_create(
        listing=listing,
        user=user,
        fingerprint=fingerprint[:200],
        defaults={"file_name": file_name[-255:], "size": size},
    )
    return upload


def get(listing: Listing, user: User, token: UUID) -> Upload:
    """The user's own upload. Raises UploadNotFound."""
    found = Upload.objects.filter(listing=listing, user=user, token=token).first()
    if found is None:
        raise UploadNotFound(token)
    return found


def append(upload: Upload, offset: int, piece: bytes) -> int:
    """Add a piece that begins at `offset`; how many bytes are here now. Raises WrongOffset."""
    end = offset + len(piece)
    if offset != upload.received or end > upload.size or not piece:
        raise WrongOffset(upload.received)
    name = default_storage.save(f"uploads/{upload.token}/{offset}-{uuid4().hex}", ContentFile(piece))
    pieces = [*upload.pieces, name]
    moved = Upload.objects.filter(pk=upload.pk, received=offset).update(
        received=end, pieces=pieces, touched_at=timezone.now()
    )
    if not moved:
        # Another tab was faster.
        default_storage.delete(name)
        upload.refresh_from_db()
        raise WrongOffset(upload.received)
    upload.received, upload.pieces = end, pieces
    return end


def read(upload: Upload) -> Photo:
    """The whole file as a photo of the account; the upload stays until `finish`. Slow: decodes.

    Raises Incomplete, and InvalidImage for a file that is no photo.
    """
    if upload.received != upload.size:
        raise Incomplete
    with tempfile.TemporaryDirectory(prefix="upload-", dir=sources.temporary_folder()) as folder:
        whole = Path(folder) / "file"
        with whole.open("wb") as target:
            for name in upload.pieces:
                with default_storage.open(name) as piece:
                    target.write(piece.read())
        return sources.accept(upload.listing.account, raw=whole)


def finish(upload: Upload, photo: Photo) -> tuple[ListingPhoto, bool]:
    """Put what was read into the listing and forget the upload. (the photo, whether it is new)"""
    added = photos.add(upload.listing, photo, user=upload.user, file_name=upload.file_name)
    forget(upload)
    return added


def forget(upload: Upload) -> None:
    """Delete the upload and its pieces."""
    upload.delete()
    for name in upload.pieces:
        default_storage.delete(name)


def sweep() -> int:
    """Give up some of what nobody has continued for KEPT_FOR; how many that were. Every new upload does it."""
    old = list(Upload.objects.filter(touched_at__lt=timezone.now() - KEPT_FOR)[:_SWEPT_AT_ONCE])
    for upload in old:
        forget(upload)
    return len(old)

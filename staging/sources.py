"""Photos coming in: as an upload, a raw body, a `data:` URL or an address to fetch, and what is kept of them.

The bytes are kept unchanged with their SHA-256; everything that is shown or worked with is made from the normalised
copy, which has no metadata. The same bytes from the same account are the same `Photo`.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import io
import re
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from billing.compiled import Compiled, Given
from staging import ingest, network, storage_limits
from staging.ingest import DecodersBusy, ImageTooLarge, InvalidImage, Normalised
from staging.models import Photo
from staging.storage_limits import StorageFull

if TYPE_CHECKING:
    from billing.models import Account

__all__ = [
    "DecodersBusy",
    "ImageTooLarge",
    "InvalidImage",
    "StorageFull",
    "accept",
    "fetch",
    "spool_address",
    "temporary_folder",
    "workplace",
]

_DATA_URL = re.compile(r"data:(?P<type>[^;,]*)(?P<parameters>(;[^;,]*)*),(?P<body>.*)", re.DOTALL | re.IGNORECASE)
_KNOWN = Compiled(
    lambda: Photo.objects.filter(
        account=Given("account", Photo, "account"), sha256=Given("sha256", Photo, "sha256")
    ).order_by()
)
_SUFFIXES = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif", "HEIF": "heic"}


def accept(
    account: Account,
    *,
    upload: UploadedFile | None = None,
    image_url: str | None = None,
    raw: bytes | Path | BinaryIO | None = None,
    copies: bool = True,
) -> Photo:
    """Take one photo in, from one of: an upload, an address (http, https or data:), raw bytes, a file or its path.

    `copies`: whether the smaller ones, which pages show, are made now or when they are first asked for.
    Fetches and decodes before it returns. Raises InvalidImage (a sentence for people) and, for an upload or a body of
    too many bytes, ImageTooLarge; an address of too many is just no usable image. StorageFull where the plan has no
    room left for it.
    """
    with workplace() as folder:
        spooled = folder / "original"
        if upload is not None:
            upload.seek(0)
            digest = _spool(upload, spooled)
        elif raw is not None:
            digest = _spool_raw(raw, spooled)
        elif image_url:
            try:
                digest = spool_address(image_url, spooled)
            except ImageTooLarge as error:
                # The contract tells who sends too much from who names it: the latter is an image that cannot be used.
                raise InvalidImage(str(error)) from error
        else:
            raise InvalidImage("No image was sent.")
        known = _KNOWN.one(account=account.pk, sha256=digest)
        if known is not None:
            return known
        # Before the work of decoding, and once more when it is kept.
        storage_limits.require_room(account, spooled.stat().st_size)
        limits = ingest.Limits(
            memory=settings.DECODE_MAX_MEMORY,
            seconds=settings.DECODE_TIMEOUT,
            max_pixels=settings.PHOTO_MAX_PIXELS,
            min_edge=settings.PHOTO_MIN_EDGE,
        )
        normalised = ingest.decoders(limits, settings.DECODE_PROCESSES).normalise(spooled, folder, copies=copies)
        return _keep(account, digest, spooled, normalised)


def fetch(image_url: str) -> Path:
    """Fetch an http(s) address into a temporary file, which the caller deletes. Raises InvalidImage.

    For servers that fetch outside of the request; `accept(raw=path)` goes on from there.
    """
    try:
        return network.fetch(
            image_url,
            max_bytes=settings.PHOTO_MAX_BYTES,
            timeout=settings.FETCH_TIMEOUT,
            max_redirects=settings.FETCH_MAX_REDIRECTS,
            allow_private=settings.FETCH_ALLOW_PRIVATE,
            folder=temporary_folder(),
        ).path
    except network.FetchError as error:
        raise InvalidImage(str(error)) from error


def temporary_folder() -> Path:
    """Where photos lie while they come in; the sweeper deletes what was left behind."""
    folder: Path = settings.DATA_DIR / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def workplace() -> Iterator[Path]:
    """A folder for one picture on its way in, gone with the block."""
    folder = Path(tempfile.mkdtemp(prefix="photo-", dir=temporary_folder()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _too_large() -> ImageTooLarge:
    return ImageTooLarge(f"This image is larger than {settings.PHOTO_MAX_BYTES // 2**20} MB.")


def _spool(source: UploadedFile | BinaryIO, target: Path) -> str:
    """Copy to `target`, no further than the limit; SHA-256 in hex."""
    digest, size = hashlib.sha256(), 0
    with target.open("wb") as file:
        while part := source.read(2**20):
            size += len(part)
            if size > settings.PHOTO_MAX_BYTES:
                raise _too_large()
            digest.update(part)
            file.write(part)
    if size == 0:
        raise InvalidImage("The image is empty.")
    return digest.hexdigest()


def _spool_raw(raw: bytes | Path | BinaryIO, target: Path) -> str:
    if isinstance(raw, bytes):
        return _spool(io.BytesIO(raw), target)
    if isinstance(raw, Path):
        with raw.open("rb") as file:
            return _spool(file, target)
    return _spool(raw, target)


def spool_address(address: str, target: Path) -> str:
    """Fetch an http(s) address, or unpack a `data:` URL, into `target`; SHA-256 in hex. Raises InvalidImage."""
    address = address.strip()
    if address[:5].lower() == "data:":
        return _spool(io.BytesIO(_data_url_bytes(address)), target)
    fetched = fetch(address)
    try:
        with fetched.open("rb") as file:
            return _spool(file, target)
    finally:
        fetched.unlink(missing_ok=True)


def _data_url_bytes(url: str) -> bytes:
    """The body of a data URL (RFC 2397), base64 or percent-encoded. What it says of its type is not believed."""
    # Base64 makes 4 characters of 3 bytes; a body beyond that is too large before it is decoded.
    if len(url) > settings.PHOTO_MAX_BYTES * 4 // 3 + 1000:
        raise _too_large()
    found = _DATA_URL.fullmatch(url)
    if found is None:
        raise InvalidImage("This data: URL is incomplete.")
    body = found["body"]
    if not found["parameters"].lower().endswith(";base64"):
        return unquote_to_bytes(body)
    try:
        # Line breaks and missing padding are common in what clients paste together.
        packed = re.sub(r"\s+", "", unquote_to_bytes(body).decode("ascii"))
        # URL-safe base64 differs in two characters.
        packed = packed.replace("-", "+").replace("_", "/")
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidImage("The base64 of this data: URL is broken.") from None


def _keep(account: Account, digest: str, original: Path, normalised: Normalised) -> Photo:
    """Store the files, then the row; the files go again when another request stored the same photo first."""
    name = uuid.uuid4()
    base = f"photos/{account.pk}/{name}"
    kept = {
        "original": _store(f"{base}/original.{_SUFFIXES[normalised.format]}", original),
        "picture": _store(f"{base}/picture.png", normalised.picture),
        **{copy: _store(f"{base}/{path.name}", path) for copy, path in normalised.copies.items()},
    }
    try:
        with transaction.atomic():
            storage_limits.require_room_for_good(account, original.stat().st_size)
            return Photo.objects.create(
                account=account,
                uuid=name,
                sha256=digest,
                format=normalised.format,
                byte_size=original.stat().st_size,
                width=normalised.width,
                height=normalised.height,
                focal_35mm=normalised.focal_35mm,
                **kept,
            )
    except BaseException as error:
        for stored in kept.values():
            default_storage.delete(stored)
        if isinstance(error, IntegrityError):
            return Photo.objects.get(account=account, sha256=digest)
        raise


def _store(name: str, path: Path) -> str:
    with path.open("rb") as file:
        return default_storage.save(name, File(file))

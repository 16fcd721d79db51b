"""Masks that callers draw: black-and-white pictures whose white is to be removed. They scale to the photo."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from staging import ingest, sources

if TYPE_CHECKING:
    from pathlib import Path

    from billing.models import Account

# A mask's pixel at least this bright means "remove".
_WHITE = 128
# Masks are small and rare: they get one child of their own, beside those that decode photos.
_CHILDREN = 1


class InvalidMask(Exception):
    """The mask cannot be used; the message is a sentence for people."""


def accept(account: Account, address: str) -> str:
    """Fetch a mask from an http(s) address or a `data:` URL; its name in the storage. Raises InvalidMask.

    Sources of every size and format are taken; kept is black or white. The same mask is kept once.
    """
    limits = ingest.Limits(
        memory=settings.DECODE_MAX_MEMORY,
        seconds=settings.DECODE_TIMEOUT,
        max_pixels=settings.PHOTO_MAX_PIXELS,
        min_edge=1,
    )
    with sources.workplace() as folder:
        try:
            sources.spool_address(address, folder / "original")
            picture = ingest.decoders(limits, _CHILDREN).normalise(folder / "original", folder, copies=False).picture
        except sources.DecodersBusy:
            raise
        except sources.InvalidImage as error:
            raise InvalidMask(str(error)) from error
        data = _black_and_white(picture)
    name = f"masks/{account.pk}/{hashlib.sha256(data).hexdigest()}.png"
    return name if default_storage.exists(name) else default_storage.save(name, ContentFile(data))


def _black_and_white(picture: Path) -> bytes:
    """PNG of one bit a pixel of what the decoding child wrote."""
    with Image.open(picture, formats=("PNG",)) as opened:
        mask = opened.convert("L").point(lambda level: 255 if level >= _WHITE else 0).convert("1")
    file = io.BytesIO()
    mask.save(file, "PNG", optimize=True)
    return file.getvalue()

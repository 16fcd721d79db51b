"""The JPEG copies of a conversion's pictures: what is made, the photo that it was made of, and a thumbnail.

Made by the worker that collects the pictures, so that no request waits for a large photo to be packed.
"""

from __future__ import annotations

import io
from collections.abc import Collection
from typing import Literal, get_args

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models.fields.files import FieldFile
from PIL import Image

from staging import copies, renditions
from staging.models import MAIN_ROLES, Output

Copy = Literal["results", "originals", "thumbs"]
COPIES: tuple[Copy, ...] = get_args(Copy)
_QUALITY = 92


def stored_name(output: Output, copy: Copy) -> str:
    """Where the storage keeps this copy."""
    return f"renders/{output.run.render.public_id}/{output.uuid}/{copy}.jpg"


def store(outputs: Collection[Output]) -> None:
    """Make the copies of one run's outputs, when the run belongs to a conversion. Their files must lie in storage."""
    asked = [output for output in outputs if output.role == MAIN_ROLES[output.run.brief.kind]]
    if not asked or not copies.is_converted(asked[0].run):
        return
    photo = _opened(asked[0].run.render.photo.picture)
    for output in asked:
        picture = _opened(output.delivered)
        made: dict[Copy, Image.Image] = {
            "results": picture,
            # At the picture's size, so that the two can be laid over each other; from the copy without metadata.
            "originals": renditions.resampled(photo, max(picture.size)),
            "thumbs": _shrunk(picture),
        }
        for copy, image in made.items():
            default_storage.save(stored_name(output, copy), ContentFile(_packed(image)))


def discard(outputs: Collection[Output]) -> None:
    """Delete the copies, if there are any."""
    for output in outputs:
        for copy in COPIES:
            default_storage.delete(stored_name(output, copy))


def _opened(field: FieldFile) -> Image.Image:
    with field.open("rb") as file, Image.open(file, formats=("PNG",)) as opened:
        return opened.convert("RGB")


def _shrunk(image: Image.Image) -> Image.Image:
    small = image.copy()
    small.thumbnail((renditions.THUMBNAIL_EDGE, renditions.THUMBNAIL_EDGE), Image.Resampling.LANCZOS)
    return small


def _packed(image: Image.Image) -> bytes:
    """JPEG bytes, without metadata and with all of the colour's detail."""
    image.info.clear()
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=_QUALITY, subsampling=0, optimize=True)
    return buffer.getvalue()

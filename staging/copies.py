"""The copies of a picture that are delivered and shown: at the brief's resolution, and three smaller ones; of a photo
the smaller ones alone.

Packing them costs several times what checking the picture costs. So nobody who holds a request waits for it: a run of
the API has none of them when its caller is answered, and each is made from the master when it is first asked for. Runs
of our own pages, which show them at once, and of the Conversion API have theirs made by the worker (`store`).
The same holds for photos that come in through those APIs: they are decoded, and their copies wait.
The row is the truth: an empty name means that the copy has yet to be made.
"""

from __future__ import annotations

from typing import Literal, cast

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models.fields.files import FieldFile
from PIL import Image

from staging import label, renditions
from staging.briefs import Brief
from staging.models import MASKS, ConversionFile, Output, Photo, Run, Source

Smaller = Literal["preview", "medium", "thumbnail"]
Copy = Literal["delivered"] | Smaller
# Long edges of what pages show, by the field that keeps it.
_SMALLER: dict[Smaller, int] = {
    "preview": renditions.PREVIEW_EDGE,
    "medium": renditions.MEDIUM_EDGE,
    "thumbnail": renditions.THUMBNAIL_EDGE,
}


def wanted_at_once(run: Run) -> bool:
    """Whether this run's copies are made together with its pictures."""
    return run.render.source != Source.API or is_converted(run)


def is_converted(run: Run) -> bool:
    """Whether a conversion asked for it; known already of a run that `steps.get` gave."""
    told: bool | None = getattr(run, "converted", None)
    return ConversionFile.objects.filter(render=run.render_id).exists() if told is None else told


def describe(output: Output, image: Image.Image) -> None:
    """Set what can be told of the delivered copy before it is made: its size, and that it is the master itself."""
    brief = output.run.brief
    long_edge = renditions.LONG_EDGES[brief.resolution]
    size = renditions.size_for(image.width, image.height, long_edge)
    output.delivered_width, output.delivered_height = size
    if size == image.size and not brief.label:
        output.delivered = output.master.name


def store(output: Output, image: Image.Image) -> None:
    """Make every copy of `image`, the RGB master of a row that is not saved yet."""
    brief = output.run.brief
    if not output.delivered:
        output.delivered = _saved(output, "delivered", _delivered(image, brief))
    small = image
    for copy, edge in _SMALLER.items():
        # Each from the next larger one, before its label is drawn.
        small = renditions.shrunk(small, edge)
        setattr(output, copy, _saved(output, copy, renditions.webp(_finished(small, brief))))


def of(output: Output, copy: Copy) -> FieldFile:
    """The file of a saved picture's copy, made now when nobody has asked for it before.

    Slow then, as long as packing takes: call it in no thread that others wait for. Raises FileNotFoundError when the
    storage has lost the master, LookupError for a mask, which has no copies.
    """
    if output.role in MASKS:
        raise LookupError("a mask has no copies")
    found: FieldFile = getattr(output, copy)
    return found if found else _made(output, copy)


def of_photo(photo: Photo, copy: Smaller) -> FieldFile:
    """The file of a photo's smaller copy, made now when nobody has asked for it before; as slow then as `of`.

    Raises FileNotFoundError when the storage has lost the photo.
    """
    found: FieldFile = getattr(photo, copy)
    if found:
        return found
    small = renditions.shrunk(_opened(photo.picture), _SMALLER[copy])
    name = default_storage.save(
        f"photos/{photo.account_id}/{photo.uuid}/{copy}.webp", ContentFile(renditions.webp(small))
    )
    return _kept(photo, copy, name)


def _kept(picture: Output | Photo, copy: Copy, name: str) -> FieldFile:
    """Two who ask at once both pack; the row keeps the first one's file."""
    if not type(picture).objects.filter(pk=picture.pk, **{copy: ""}).update(**{copy: name}):
        default_storage.delete(name)
    picture.refresh_from_db(fields=[copy])
    return cast(FieldFile, getattr(picture, copy))


def _opened(field: FieldFile) -> Image.Image:
    with field.open("rb") as file, Image.open(file, formats=("PNG",)) as opened:
        return opened.convert("RGB")


def _made(output: Output, copy: Copy) -> FieldFile:
    brief = output.run.brief
    image = _opened(output.master)
    if copy == "delivered":
        data = _delivered(image, brief)
    else:
        data = renditions.webp(_finished(renditions.shrunk(image, _SMALLER[copy]), brief))
    return _kept(output, copy, _saved(output, copy, data))


def _delivered(image: Image.Image, brief: Brief) -> bytes:
    resampled = renditions.resampled(image, renditions.LONG_EDGES[brief.resolution])
    return renditions.png(_finished(resampled, brief))


def _finished(image: Image.Image, brief: Brief) -> Image.Image:
    """The label is drawn anew at each size, or it would shrink with the picture."""
    return label.drawn(image) if brief.label else image


def _saved(output: Output, copy: Copy, data: bytes) -> str:
    ending = "png" if copy == "delivered" else "webp"
    # The storage changes a name that is taken, so a file that stands in a row is never written again.
    name = f"renders/{output.run.render.public_id}/{output.uuid}/{output.role}-{copy}.{ending}"
    return default_storage.save(name, ContentFile(data))

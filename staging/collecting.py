"""From a backend's finished pictures to checked, stored outputs (rows not yet saved)."""

from __future__ import annotations

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from staging import jpegs, label, renditions, structure
from staging.backends.base import Picture, Pictures
from staging.models import Output, Role, Run
from staging.structure import Unusable

_ORDER = {Role.STAGED: 0, Role.EMPTIED: 1, Role.MASK: 2}


def collect(run: Run, pictures: Pictures) -> list[Output]:
    """Check all pictures of a run, then store them with what is delivered and shown of them. Raises Unusable.

    The rows are not saved: the caller does that in the transaction that finishes the run, or calls `discard`.
    """
    by_role = _by_role(pictures)
    photo = run.render.photo
    size = (photo.width, photo.height)
    images = {role: structure.opened(picture.data, size, role) for role, picture in by_role.items()}
    _check(run, images)
    outputs: list[Output] = []
    try:
        for role in sorted(images, key=_ORDER.__getitem__):
            outputs.append(_blank_output(run, role, images[role]))
            _store(outputs[-1], images[role], by_role[role].data)
            outputs[-1].record = pictures.record if role == Role.STAGED else {}
        jpegs.store(outputs)
    except BaseException:
        discard(outputs)
        raise
    return outputs


def discard(outputs: list[Output]) -> None:
    """Delete the files of outputs that were not saved."""
    for output in outputs:
        for name in {output.master.name, output.delivered.name, output.preview.name, output.thumbnail.name}:
            if name:
                default_storage.delete(name)
    jpegs.discard(outputs)


def _by_role(pictures: Pictures) -> dict[Role, Picture]:
    by_role: dict[Role, Picture] = {}
    for picture in pictures.pictures:
        if picture.role not in Role.values or picture.role in by_role:
            raise Unusable("unexpected_picture", f"the backend sent a second or unknown picture {picture.role!r}")
        by_role[Role(picture.role)] = picture
    if Role.STAGED not in by_role or Role.MASK not in by_role:
        raise Unusable(
            "missing_picture", f"the backend sent {sorted(by_role)} instead of a staged picture and its mask"
        )
    return by_role


def _check(run: Run, images: dict[Role, Image.Image]) -> None:
    with run.render.photo.picture.open("rb") as file, Image.open(file, formats=("PNG",)) as opened:
        photo = opened.convert("RGB")
    for role, image in images.items():
        if role != Role.MASK:
            structure.require_content(image)
    structure.require_same_room(photo, images[Role.STAGED], images[Role.MASK])


def _blank_output(run: Run, role: Role, image: Image.Image) -> Output:
    return Output(run=run, role=role, order=_ORDER[role], width=image.width, height=image.height)


def _store(output: Output, image: Image.Image, data: bytes) -> None:
    """Store the master, and for a picture also the delivered size, the preview and the thumbnail.

    The master is always clean. The label is drawn anew at each size, or it would shrink with the picture.
    """
    base = f"renders/{output.run.render.public_id}/{output.uuid}"
    master = renditions.bare_png(data)
    output.sha256 = hashlib.sha256(master).hexdigest()
    output.master = default_storage.save(f"{base}/{output.role}.png", ContentFile(master))
    if output.role == Role.MASK:
        return
    brief = output.run.brief
    finish = label.drawn if brief.label else _as_it_is
    long_edge = renditions.LONG_EDGES[brief.resolution]
    delivered = finish(renditions.resampled(image, long_edge))
    output.delivered_width, output.delivered_height = delivered.size
    output.delivered = (
        output.master.name
        if delivered is image
        else default_storage.save(f"{base}/{output.role}-{long_edge}.png", ContentFile(renditions.png(delivered)))
    )
    for name, edge in (("preview", renditions.PREVIEW_EDGE), ("thumbnail", renditions.THUMBNAIL_EDGE)):
        small = renditions.webp(finish(renditions.shrunk(image, edge)))
        setattr(output, name, default_storage.save(f"{base}/{output.role}-{name}.webp", ContentFile(small)))


def _as_it_is(image: Image.Image) -> Image.Image:
    return image

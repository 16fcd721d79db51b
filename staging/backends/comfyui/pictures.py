"""Sizes that models can work at, and the way back: a generated picture laid into the photo, at the photo's own size.

Where a mask is black the result has the photo's own bytes; towards the mask's border the generated picture fades out
inside of it, never beyond.
"""

from __future__ import annotations

import io
import math
from typing import Final

from PIL import Image, ImageChops, ImageFilter, ImageStat

from staging.backends.base import BackendError, Failed, FailureClass

# Models see this many pixels in all; a smaller photo stays as it is, in steps of STEP.
PIXELS: Final = 1024 * 1024
# Autoencoders crop what is no multiple of 8, FLUX what is none of 16; the crop would move the room.
STEP: Final = 16
_BLANK_DEVIATION: Final = 1.5
_BLANK_EDGE: Final = 512
_BLACK: Final = 6.0
_NOT_GOOD: Final = "The picture that we made did not pass our checks."
# How far from its border, as a share of the long edge, a mask fades.
_FADE: Final = 0.006
_SAME_SHAPE: Final = 0.03


def working_size(width: int, height: int) -> tuple[int, int]:
    """The size at which a photo is given to a model: at most PIXELS, both sides multiples of STEP."""
    scale = min(1.0, math.sqrt(PIXELS / (width * height)))
    return max(STEP, int(width * scale) // STEP * STEP), max(STEP, int(height * scale) // STEP * STEP)


def opened(data: bytes, mode: str = "RGB") -> Image.Image:
    """A picture that we have checked ourselves before, decoded."""
    with Image.open(io.BytesIO(data)) as picture:
        return picture.convert(mode)


def generated(data: bytes, sent: tuple[int, int], within: Image.Image | None) -> Image.Image:
    """A picture that came back, decoded and looked at. `sent` is the size that went in, `within` its mask (any size).

    Raises BackendError of the class "nothing usable" for one that cannot be decoded, has another shape, or is blank,
    all over or where it was to be new.
    """
    try:
        picture = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")).convert("RGB")
    # Pillow answers damaged files with many kinds of errors.
    except Exception as error:
        raise _unusable("undecodable") from error
    if abs(math.log(picture.width / picture.height) - math.log(sent[0] / sent[1])) > _SAME_SHAPE:
        raise _unusable("wrong_size")
    if is_blank(picture, within):
        raise _unusable("blank")
    return picture


def is_blank(picture: Image.Image, within: Image.Image | None = None) -> bool:
    """Whether a picture shows nothing: not a number is saved as black, and reported as a success."""
    small = picture.convert("L")
    small.thumbnail((_BLANK_EDGE, _BLANK_EDGE))
    if ImageStat.Stat(small).stddev[0] < _BLANK_DEVIATION:
        return True
    if within is None:
        return False
    mask = within.convert("L").resize(small.size, Image.Resampling.NEAREST)
    if not mask.getbbox():
        return False
    # A patch of bare wall may be as even; only black is never one.
    inside = ImageStat.Stat(small, mask)
    return inside.mean[0] < _BLACK and inside.stddev[0] < _BLANK_DEVIATION


def laid_into(photo: Image.Image, picture: Image.Image, mask: Image.Image | None) -> tuple[Image.Image, Image.Image]:
    """The photo with the generated picture in it where the mask is white, and where it may differ (L; 0 or 255).

    All has the photo's size in the end; without a mask all of the photo is replaced.
    """
    fitting = picture.resize(photo.size, Image.Resampling.LANCZOS)
    if mask is None:
        return fitting, Image.new("L", photo.size, 255)
    hard = mask.convert("L").resize(photo.size, Image.Resampling.NEAREST).point(lambda level: 255 * (level >= 128))
    faded = hard.filter(ImageFilter.GaussianBlur(max(photo.size) * _FADE)).point(lambda level: max(0, 2 * level - 255))
    # Beyond the mask the blur is under half and so black already; this says it without arithmetic.
    alpha = ImageChops.darker(faded, hard)
    return Image.composite(fitting, photo, alpha), alpha.point(lambda level: 255 * (level > 0))


def png(image: Image.Image) -> bytes:
    """PNG bytes, quickly made."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _unusable(code: str) -> BackendError:
    return BackendError(Failed(FailureClass.NOTHING_USABLE, code, _NOT_GOOD))

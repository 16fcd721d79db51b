"""The structure check: the room stays the room. Every picture that comes back passes here before anyone pays.

What a picture must be: a PNG that decodes, of exactly the photo's size (or that of the photo resampled for a larger
delivery), not blank, and outside its edit mask identical to that photo, pixel for pixel.
"""

from __future__ import annotations

import io

from PIL import Image, ImageChops, ImageStat

from staging.models import MASKS

# Standard deviation of the grey levels below which a picture shows nothing; an evenly painted wall has some 3.
_BLANK_DEVIATION = 1.5
_BLANK_EDGE = 512


class Unusable(Exception):
    """The backend's picture may not be delivered. `code` is a slug; the message says what is wrong with it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def opened(data: bytes, size: tuple[int, int], role: str) -> Image.Image:
    """The decoded picture; mode L for a mask, else RGB. `size` is (width, height). Raises Unusable."""
    try:
        image = Image.open(io.BytesIO(data), formats=("PNG",))
        if image.size != size:
            raise Unusable(
                "wrong_size",
                f"the {role} picture has {image.width}x{image.height} pixels, the photo {size[0]}x{size[1]}",
            )
        return image.convert("L" if role in MASKS else "RGB")
    except Unusable:
        raise
    # Pillow answers damaged files with many kinds of errors.
    except Exception as error:
        raise Unusable("undecodable", f"the {role} picture cannot be decoded: {error}") from error


def require_content(image: Image.Image) -> None:
    """Raise Unusable for a blank picture: generative backends return black images as successes."""
    small = image.convert("L")
    small.thumbnail((_BLANK_EDGE, _BLANK_EDGE))
    if ImageStat.Stat(small).stddev[0] < _BLANK_DEVIATION:
        raise Unusable("blank", "the picture is blank")


def changed_outside(photo: Image.Image, picture: Image.Image, mask: Image.Image) -> int:
    """How many pixels of `picture` differ from `photo` where `mask` is 0; all three have one size."""
    red, green, blue = ImageChops.difference(photo, picture).split()
    changed = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    # Any value but 0 in the mask allows a change.
    changed.paste(0, mask=mask.point(lambda level: 255 if level else 0))
    return sum(changed.histogram()[1:])


def require_same_room(photo: Image.Image, picture: Image.Image, mask: Image.Image) -> None:
    """Raise Unusable when even one pixel outside of the mask is not the photo's."""
    count = changed_outside(photo, picture, mask)
    if count:
        share = count / (photo.width * photo.height)
        raise Unusable("changed_outside_mask", f"{count} pixels ({share:.4%}) outside of the edit mask were changed")


def united(mask: Image.Image, other: Image.Image) -> Image.Image:
    """White (255) where either of two masks of one size is not black."""
    brighter = ImageChops.lighter(mask.convert("L"), other.convert("L"))
    return brighter.point(lambda level: 255 if level else 0)

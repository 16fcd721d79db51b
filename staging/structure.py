"""The structure check: the room stays the room. Every picture that comes back passes here before anyone pays.

What a picture must be: a PNG that decodes, of exactly the photo's size (or that of the photo resampled for a larger
delivery), and not blank; anything else is `Unusable`. Then it is judged, and the figures are stored with it:

* A backend that composites, as the embedded engine does, promises more than likeness: outside its edit mask every pixel
  is the photo's own. One that is not fails the picture.
* A generative model draws every pixel anew, whatever it was told. Its pictures are compared with the photo by edges,
  openings, frame and colour (staging.likeness); where the backend sends no mask, what differs visibly is the mask.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, ImageChops, ImageFilter, ImageStat

from staging import likeness
from staging.briefs import Brief, Kind
from staging.models import MASKS, Verdict

# Standard deviation of the grey levels below which a picture shows nothing; an evenly painted wall has some 3.
_BLANK_DEVIATION = 1.5
_BLANK_EDGE = 512
# Grey levels from which on a change is seen; less of it a model's decoder makes everywhere.
_SEEN = 24
# From where on a figure is noted, and from where on it fails the picture. Measured on our two sample rooms: furnished
# by the engine they lose no opening and 2 to 6 % of their lines; a door painted over loses 2.5 heights of openings, a
# window moved by 1 % of the picture's width 0.2, by 2 % 0.67.
_OPENINGS = (0.08, 0.2)
_EDGES = (0.15, 0.3)
_SHIFT = (0.003, 0.006)
_OUTSIDE = (0.005, 0.05)
_CAST = (4.0, 12.0)


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


def changed_outside(photo: Image.Image, picture: Image.Image, mask: Image.Image, *, beyond: int = 0) -> int:
    """How many pixels of `picture` differ from `photo` where `mask` is 0; all three have one size.

    A difference counts beyond so many grey levels of a channel.
    """
    changed = _apart(photo, picture)
    if beyond:
        changed = changed.point(lambda level: level if level > beyond else 0)
    # Any value but 0 in the mask allows a change.
    changed.paste(0, mask=mask.point(lambda level: 255 if level else 0))
    return sum(changed.histogram()[1:])


def _apart(photo: Image.Image, picture: Image.Image) -> Image.Image:
    """The largest difference of the three channels, mode L."""
    red, green, blue = ImageChops.difference(photo, picture).split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


@dataclass(frozen=True)
class Check:
    """`failed` and `noted` name what was found, slugs in the order of their weight; `figures` are JSON numbers."""

    failed: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """The worst of what was found."""
        return Verdict.FAIL if self.failed else Verdict.WARN if self.noted else Verdict.PASS

    def to_dict(self) -> dict[str, Any]:
        """As it is stored beside the verdict."""
        return {**self.figures, "failed": list(self.failed), "noted": list(self.noted)}


def is_exact(record: Mapping[str, Any]) -> bool:
    """Whether the backend that tells this record promises the photo's own pixels outside of the mask.

    A generative one says `generative: true` (backends.base.Pictures); whoever says nothing is held to the promise.
    """
    return not record.get("generative")


def judge(photo: Image.Image, picture: Image.Image, mask: Image.Image, brief: Brief, *, exact: bool) -> Check:
    """What the check says of a picture; all three have one size, and the mask is white where changes are meant."""
    pixels = photo.width * photo.height
    within = sum(mask.histogram()[1:]) / pixels
    outside = changed_outside(photo, picture, mask, beyond=0 if exact else _SEEN)
    figures: dict[str, Any] = {
        "mask_share": round(within, 4),
        "changed_outside": outside,
        "changed_outside_share": round(outside / pixels, 6),
    }
    if exact:
        return Check(("changed_outside_mask",) if outside else (), (), figures)
    return _judged(outside / pixels, likeness.compare(photo, picture, _unjudged(mask, brief)), brief, figures)


def _unjudged(mask: Image.Image, brief: Brief) -> Image.Image | None:
    """Where lines may go: of a room that is emptied, with what was removed."""
    return mask if brief.kind == Kind.DECLUTTER else None


def _judged(outside: float, found: likeness.Likeness, brief: Brief, figures: dict[str, Any]) -> Check:
    limits = {
        "openings": (found.openings_lost, *_OPENINGS),
        "edges": (1.0 - found.edges_kept, *_EDGES),
        "frame": (found.shift, *_SHIFT),
        "changed_outside_mask": (outside, *_OUTSIDE),
    }
    if brief.kind in {Kind.STAGING, Kind.DECLUTTER}:
        limits["colour"] = (found.cast, *_CAST)
    failed = tuple(name for name, (value, _, most) in limits.items() if value >= most)
    noted = tuple(name for name, (value, least, most) in limits.items() if least <= value < most)
    if brief.kind == Kind.SKETCH:
        # A drawing's lines are the wish and not yet a room: what was lost of them is told, and refuses nothing.
        failed, noted = (), failed + noted
    return Check(failed, noted, figures | found.to_dict())


def difference(photo: Image.Image, picture: Image.Image) -> Image.Image:
    """The mask of a picture that came without one: white where it visibly differs, and a little around."""
    apart = _apart(photo, picture).filter(ImageFilter.GaussianBlur(1.5))
    return apart.point(lambda level: 255 if level > _SEEN else 0).filter(ImageFilter.MaxFilter(7))


def worst(checks: Iterable[Check]) -> Check:
    """The check with the gravest verdict, the first of several; a passed one where there is none."""
    grave = (Verdict.FAIL, Verdict.WARN, Verdict.PASS)
    return min(checks, key=lambda check: grave.index(check.verdict), default=Check())


def united(mask: Image.Image, other: Image.Image) -> Image.Image:
    """White (255) where either of two masks of one size is not black."""
    brighter = ImageChops.lighter(mask.convert("L"), other.convert("L"))
    return brighter.point(lambda level: 255 if level else 0)

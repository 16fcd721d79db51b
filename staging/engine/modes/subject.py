"""What was sent, before anybody reads a room into it: a drawing is no photo, and a street is no room."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.errors import UnusablePhoto
from staging.engine.modes.drawing import paper
from staging.engine.redesign import sky
from staging.engine.redesign.matting import Floats, working_copy
from staging.engine.redesign.patches import Patches, lab_of

Bytes = NDArray[np.uint8]

JUDGED_AT: Final = 500  # long side, pixels
LEAST_SKY: Final = 0.04  # of the picture
LEAST_TOP: Final = 0.3  # of its upper edge: a window or a skylight takes less
MUCH_GREEN: Final = 0.18  # of the picture: trees and lawn; no room of 77 looked at had more than half of that
LEAST_GREEN: Final = 0.08  # of the picture, under a pale sky, which a white ceiling may be taken for
PLENTY_GREEN: Final = 0.12  # of the picture, where no sky is seen: more than plants behind a window take
# Of 17 house fronts all had one of these, of 77 rooms one: a room in blue light.
SOME_GREEN: Final = 0.05
ANY_GREEN: Final = 0.004
LITTLE_GREEN: Final = 0.02
_BLUISH: Final = -2.0
_BLUE: Final = -6.0  # Lab b of a sky that is no ceiling


def require_photo(picture: Bytes) -> None:
    """Raise UnusablePhoto where `picture` (H, W, 3) is a line drawing on paper."""
    if paper.is_drawing(picture):
        raise UnusablePhoto(
            "a_drawing",
            "This is a line drawing and not a photo. Ask for a sketch to be rendered, or send a photo of the room.",
        )


def require_inside(photo: Bytes) -> None:
    """Raise UnusablePhoto where `photo` (H, W, 3) was taken outdoors: under a sky that takes much of its upper edge."""
    if taken_outdoors(photo):
        raise UnusablePhoto(
            "taken_outdoors",
            "This photo was taken outside. Ask for the exterior, or send a photo of the room.",
        )


def require_outside(photo: Bytes) -> None:
    """Raise UnusablePhoto where `photo` (H, W, 3) shows nothing of the open air: the walls of a room are no front."""
    if not may_be_outdoors(photo):
        raise UnusablePhoto(
            "taken_indoors",
            "This photo seems to be taken inside: neither sky nor plants are seen. Ask for a redesign of the room, or "
            "send a photo of the house from the street.",
        )


def require_view(photo: Bytes) -> None:
    """Raise UnusablePhoto where `photo` (H, W, 3) has neither sky, however dull, nor a leaf: a wall is no terrace."""
    patches = Patches.cut(working_copy(photo, JUDGED_AT))
    if sky.find(patches).share < sky.LEAST and _green(patches.lab) < ANY_GREEN:
        raise UnusablePhoto(
            "no_open_air",
            "Neither sky nor plants are seen in this photo. Take the terrace or garden with what is round it.",
        )


def may_be_outdoors(photo: Bytes) -> bool:
    """Whether there is blue sky along the upper edge of a photo (H, W, 3), or much green, or some of both."""
    patches = Patches.cut(working_copy(photo, JUDGED_AT))
    seen, green = sky.find(patches), _green(patches.lab)
    if seen.share <= sky.LEAST:
        return green > PLENTY_GREEN
    blue = float(np.median(patches.lab[seen.rough][:, 2]))
    above = bool(seen.rough[:3].mean() >= LEAST_TOP)
    return (blue < _BLUE and above) or green > SOME_GREEN or (blue < _BLUISH and green > LITTLE_GREEN)


def taken_outdoors(photo: Bytes) -> bool:
    """Whether there is sky over most of a photo (H, W, 3), and under a pale one, which may be a ceiling, leaves; or
    trees and lawn all over it.
    """
    copy = working_copy(photo, JUDGED_AT)
    lab = lab_of(copy)
    green = _green(lab)
    if green > MUCH_GREEN:
        return True
    bluest = _BLUE if green <= LITTLE_GREEN else _BLUISH
    # Half of a sky of that blue must be as blue: most rooms need not be searched for one.
    if green <= LEAST_GREEN and (lab[..., 2] < bluest).mean() < LEAST_SKY / 2:
        return False
    seen = sky.find(Patches.cut(copy))
    if seen.share < LEAST_SKY or seen.rough[:3].mean() < LEAST_TOP:
        return False
    blue = float(np.median(lab[seen.rough][:, 2]))
    return blue < _BLUE or green > LEAST_GREEN or (blue < _BLUISH and green > LITTLE_GREEN)


def _green(lab: Floats) -> float:
    """The share of a picture, CIE Lab (h, w, 3), that leaves and grass take, 0..1."""
    a, b = lab[..., 1], lab[..., 2]
    green = (a < -5) & (b > 6) & (sky.roughness(lab) > 2)
    return float(cv2.medianBlur(green.astype(np.uint8), 5).mean())

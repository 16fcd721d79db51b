"""The colours of floor and walls in a furnished room, where a bed or a window may show more of itself than they do."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import least
from staging.engine.geometry.colours import commonest, length
from staging.engine.removal.cover import LAB_WEIGHTS
from staging.engine.removal.scene import Scene
from staging.engine.removal.sheets import Floats, Mask
from staging.engine.scene.faces import FLOOR, LEFT

MODES: Final = 4
NEAR: Final = 9.0  # weighted Lab units from a mode's middle that are of its colour
FOOT: Final = 0.30  # metres from the foot of the walls in which the floor is most likely to be seen
PAINT: Final = 9.0  # weighted Lab units from the walls' paint within which a mode is rather the paint
FEWEST: Final = 0.004  # of the picture
LEAST_TELLING: Final = 0.15  # of what is seen of a floor
OVEREXPOSED: Final = 0.965  # of white: what is lighter in every channel is lit from behind, or light itself

Colour = NDArray[np.float32]


def colour_of_floor(scene: Scene, hidden: Mask) -> Colour | None:
    """The Lab colour (3,) of what is most likely the floor; None when none is seen.

    Among the commonest colours before the walls, the floor's is the one that most of their feet touch.
    """
    lab = _soft_lab(scene)
    labels = scene.faces.labels
    free = not_overexposed((labels == FLOOR) & ~hidden, scene.photo)
    if free.sum() < FEWEST * free.size:
        return None
    paint = np.median(lab[(labels >= LEFT) & ~hidden & (scene.faces.points[..., 2] > 1.2)], 0)
    foot = free & _at_foot(scene)
    best, found, rest = 0.0, None, free.copy()
    for _ in range(MODES):
        if rest.sum() < FEWEST * free.size:
            break
        middle = _commonest(lab[rest])
        own = rest & (length((lab - middle) * LAB_WEIGHTS) < NEAR)
        rest &= ~own
        share = own.sum() / free.sum()
        touching = (own & foot).sum() / max(1, int(foot.sum()))
        likeness = 0.7 if np.linalg.norm((middle - paint) * LAB_WEIGHTS) < PAINT else 1.0
        score = float((np.sqrt(share) + touching) * likeness)
        if score > best:
            best, found = score, middle
    return found


def colour_of_walls(scene: Scene, hidden: Mask) -> Colour | None:
    """The Lab colour (3,) that most of the walls show; None when too little of them is seen.

    A wall with a large window shows more of blinds and curtains than of its paint, which its neighbours tell.
    """
    labels = scene.faces.labels
    free = (labels >= LEFT) & ~hidden & ~overexposed(scene.photo)
    if free.sum() < FEWEST * free.size:
        return None
    return _commonest(_soft_lab(scene)[free])


def overexposed(picture: Floats) -> Mask:
    """Where (h, w) a picture (h, w, 3), sRGB 0..1, is white beyond paint: panes, and blinds with the day behind."""
    return np.asarray(least(picture) > OVEREXPOSED)


def not_overexposed(floor: Mask, picture: Floats) -> Mask:
    """The pixels (h, w) of a floor that tell its colour in a picture (h, w, 3), sRGB 0..1: sun that blows boards out is
    none of theirs, unless next to all of a floor is as white.
    """
    telling = floor & ~overexposed(picture)
    return telling if telling.sum() > LEAST_TELLING * floor.sum() else floor


def share_of(colour: Colour, shown: Floats) -> float:
    """How much of what is `shown` (N, 3), sRGB, is about the `colour` (3,), Lab, 0..1."""
    if not len(shown):
        return 0.0
    lab = np.asarray(cv2.cvtColor(shown[None], cv2.COLOR_RGB2Lab)[0], np.float32)
    return float((length((lab - colour) * LAB_WEIGHTS) < NEAR).mean())


def _soft_lab(scene: Scene) -> Floats:
    return np.asarray(cv2.cvtColor(cv2.GaussianBlur(scene.photo, (0, 0), 2.0), cv2.COLOR_RGB2Lab), np.float32)


def _at_foot(scene: Scene) -> Mask:
    x, y, box = scene.faces.points[..., 0], scene.faces.points[..., 1], scene.room.box
    return np.asarray((x - box.x0 < FOOT) | (box.x1 - x < FOOT) | (box.y1 - y < FOOT))


def _commonest(colours: Floats) -> Colour:
    """The mode of colours (N, 3): the sample with most others near it."""
    some = colours[:: max(1, len(colours) // 200)]
    rest = colours[:: max(1, len(colours) // 2500)]
    return np.asarray(some[commonest(some * LAB_WEIGHTS, rest * LAB_WEIGHTS)], np.float32)

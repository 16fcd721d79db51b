"""What lies on a floor or is let into it, and what only looks so: joints, odd boards, windows mirrored in it."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from staging.engine.composite.fields import dilated
from staging.engine.redesign.matting import Bytes, Floats, Mask
from staging.engine.redesign.regions import Regions
from staging.engine.scene.faces import FLOOR

CHROMATIC: Final = 18.0  # Lab chroma of a floor that skirtings and walls do not share
OWN_CHROMA: Final = 0.6  # of it, that its own places have at least
OWN_HUE: Final = 0.3  # of their own, by which they may be of another hue
GRATE: Final = 0.005  # of the picture: what is larger is no grate
_NARROW: Final = 0.045  # metres: what is nowhere broader is a joint
_SAME_BOARD: Final = 7.0  # Lab units by which boards of one colour differ
_OFTEN: Final = 0.02  # share of the floor that has a colour which is its own
_PLAIN: Final = 9.0  # spread of lightness beyond which something has marks
_HARD: Final = 12.0  # Lab units of the step round a thing that is let into the floor
_GREYER: Final = 4.0
_ENCLOSED: Final = 0.6  # share of what is round a worn place that is floor
_OVER_GRAIN: Final = 80  # percentile of a floor's own contrasts, beyond which one is an edge
_MOST_EDGE: Final = 0.5  # share of the seam between a floor and its shaded part that may be one
_LARGEST: Final = 0.04  # of the picture: what is larger and of the floor's very hue is floor between sun and shade
_BRIGHTER: Final = 8.0  # lightness by which a mirrored window stands out
_MIRRORED: Final = 0.6  # share of a bright part that lies where an opening is mirrored
_WIDER: Final = 0.12  # of its size, by which a mirrored opening may be larger: floors are no perfect mirrors
_NEAREST: Final = 0.1  # metres before the camera
_NEAR_BY: Final = 12  # pixels
_GOES_ON: Final = 0.1  # share of what is round a thing that is of its colour, and above the floor
_OWN_COLOUR: Final = 12.0  # Lab units from it


def thick(regions: Regions, things: Bytes) -> Bytes:
    """Without those `things` (h, w) that are nowhere as broad as a thing: joints between tiles, gaps between boards."""
    height, width = things.shape
    camera = regions.room.camera.resized(width, height)
    depth = np.linalg.norm(regions.faces.points - camera.position, axis=-1)
    breadth = 2 * cv2.distanceTransform(things, cv2.DIST_L2, 3) * depth / camera.f
    count, parts = cv2.connectedComponents(things, connectivity=4)
    broadest = np.zeros(count)
    np.maximum.at(broadest, parts.ravel().astype(np.intp), breadth.ravel())
    return np.asarray(things * (broadest > _NARROW)[parts], np.uint8)


def own(regions: Regions, floor: Mask, things: Bytes) -> Mask:
    """Those of the `things` (h, w) that are the floor itself: odd boards, worn places, windows mirrored in it."""
    colours = regions.lab[floor]
    colours = colours[:: max(1, len(colours) // 3000)]
    mirror = _mirrored(regions)
    count, parts = cv2.connectedComponents(things, connectivity=4)
    own = np.zeros_like(floor)
    for part in range(1, count):
        here = parts == part
        inside = regions.lab[here]
        near = np.linalg.norm(colours - np.median(inside, 0), axis=-1) < _SAME_BOARD
        board = near.mean() > _OFTEN and float(inside[:, 0].std()) < _PLAIN
        around = dilated(here, _NEAR_BY) & floor
        same = _stained(regions, here, floor) or _shaded(regions, here, floor)
        same = same or (here.mean() > _LARGEST and _of_its_hue(regions, here, floor))
        if board or same or _glint(regions, here, around, mirror):
            own |= here
    return own


def _glint(regions: Regions, here: Mask, around: Mask, mirror: Mask) -> bool:
    """Whether a part of the floor is brighter than what is `around` it, where an opening is mirrored."""
    if not around.any() or _goes_on(regions, here):
        return False
    brighter = float(np.median(regions.lab[here][:, 0]) - np.median(regions.lab[around][:, 0]))
    return brighter > _BRIGHTER and float(mirror[here].mean()) > _MIRRORED


def _stained(regions: Regions, here: Mask, floor: Mask) -> bool:
    """Whether a part that a strongly coloured `floor` encloses has its very hue: worn or polished places of it."""
    ring = dilated(here, 3) & ~here
    if here.mean() > GRATE or floor[ring].mean() < _ENCLOSED:
        return False
    return _of_its_hue(regions, here, floor)


def _shaded(regions: Regions, here: Mask, floor: Mask) -> bool:
    """Whether a part is a strongly coloured `floor` in the shade of a wall: of its hue, and hardly an edge between."""
    beside = dilated(here, 3) & floor
    if not beside.any():
        return False
    edge = float(np.percentile(regions.contrast[floor], _OVER_GRAIN))
    return float((regions.contrast[beside] > edge).mean()) < _MOST_EDGE and _of_its_hue(regions, here, floor)


def _of_its_hue(regions: Regions, here: Mask, floor: Mask) -> bool:
    """Whether a part (h, w) has the very hue of a `floor` that is coloured strongly enough to be told by it."""
    one, other = np.median(regions.lab[here], 0)[1:], np.median(regions.lab[floor], 0)[1:]
    chroma = float(np.hypot(*other))
    if chroma < CHROMATIC:
        return False
    along, across = float(one @ other) / chroma, abs(float(one[0] * other[1] - one[1] * other[0])) / chroma
    return along > OWN_CHROMA * chroma and across < OWN_HUE * along


def set_in(regions: Regions, floor: Floats) -> Mask:
    """Small patches (n,) with hard edges that are greyer than the `floor` (h, w, 3) Lab there: grates and sockets."""
    borders = regions.borders
    length = np.bincount(borders.one, borders.length, regions.count)
    length += np.bincount(borders.other, borders.length, regions.count)
    step = np.bincount(borders.one, borders.length * borders.step, regions.count)
    step += np.bincount(borders.other, borders.length * borders.step, regions.count)
    hard = step > _HARD * np.maximum(length, 1)
    own, round_it = (np.hypot(lab[..., 1], lab[..., 2]).astype(np.float32) for lab in (regions.lab, floor))
    greyer = regions.mean(round_it - own) > _GREYER
    return (regions.area < GRATE * regions.patch.size) & hard & greyer


def _goes_on(regions: Regions, here: Mask) -> bool:
    """Whether a part (h, w) goes on above the floor: the foot of a column, and no light."""
    ring = dilated(here, 5) & ~here
    above = ring & (regions.faces.labels != FLOOR)
    alike = np.linalg.norm(regions.lab[above] - np.median(regions.lab[here], 0), axis=-1) < _OWN_COLOUR
    return float(alike.sum()) > _GOES_ON * float(ring.sum())


def _mirrored(regions: Regions) -> Mask:
    """The pixels (h, w) of the floor in which the room's openings would be seen if it were a mirror.

    The mirror image of a point lies as deep under the floor as the point is high over it.
    """
    height, width = regions.patch.shape
    camera = regions.room.camera.resized(width, height)
    canvas = np.zeros((height, width), np.uint8)
    for opening in regions.room.openings:
        corners = opening.corners(regions.room.box) * np.array([1.0, 1.0, -1.0])
        middle = corners.mean(0)
        pixels, depth = camera.project(middle + (corners - middle) * (1 + _WIDER))
        if depth.min() > _NEAREST:
            cv2.fillPoly(canvas, [np.round(np.clip(pixels, -1e5, 1e5)).astype(np.int32)], 1)
    return np.asarray((canvas > 0) & (regions.faces.labels == FLOOR))

"""The foot of a skirting, at which a floor ends that ran up it.

A white skirting over light boards is told from them more faintly than from its wall, so that a flood or a cut may
take it for floor and end at its top, and so may one of wood over tiles. But a skirting runs along the whole wall,
equally high, and is whiter than what lies before it, or of a stronger colour: where that is seen below a straight end
of the floor, it ends at the foot of that strip.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.redesign import tape
from staging.engine.redesign.matting import Floats, Mask
from staging.engine.redesign.regions import Regions
from staging.engine.scene.faces import FLOOR

_HIGH: Final = (0.03, 0.24)  # metres of a skirting
_STEP: Final = 0.5  # pixels between heights that are tried
_UPRIGHT: Final = 0.25  # of a border's direction into the floor, that is downwards in the picture
_BESIDE: Final = 1.5  # pixels from a line at which its two sides are compared
_LEAST: Final = 6.0  # pixels of a skirting that is seen at all
_DEEP: Final = 12.0  # pixels of floor below it that it is compared with
_AVERAGED: Final = 41  # pixels along it over which grain averages out
_PARTED: Final = 1.6  # Lab units of the mean step at its foot
_UNLIKE: Final = 2.5  # Lab lightness of its face over that of the floor below
_ALONG: Final = 0.75  # share of its length along which it does
_OWN: Final = 3.0  # Lab units within which the floor has its colour
_ELSEWHERE: Final = 0.15  # share of the floor that may have it
_DARKER: Final = 9.0  # the same of a wooden one under that of the floor
_PARTED_DARK: Final = 3.5  # Lab units of the mean step at its foot
_SHARP_DARK: Final = 4.5  # Lab units of that step, where the skirting has the floor's own hue: shade ends softly
_DARK: Final = 4.0  # Lab lightness of such a one under that of the floor
_ALL_ALONG: Final = 0.88  # share of its length along which it is: boards differ from piece to piece
_LEAST_DARK: Final = 8.0  # pixels of its height: the gap under a white skirting is dark too
_HIGH_DARK: Final = 0.12  # metres: those that are sold with a wooden floor are no higher
_TINGED: Final = 8.0  # Lab chroma that wood has in the shade
_NEAR_BOX: Final = 4.0  # pixels from the box's line at which a foot lies on it
_OVER: Final = 5.0  # pixels over its top at which its wall is seen
_OTHER: Final = 10.0  # Lab lightness by which that is lighter
_STRONGER: Final = 1.15  # of the floor's chroma, and
_BROWN: Final = 12.0  # Lab chroma that it has at the least
_GREYER: Final = 0.8  # of the floor's chroma
_AS_LIGHT: Final = 0.75  # of the lightness of walls and ceiling
_FEWEST: Final = 60  # pixels of its length

Points = NDArray[np.float64]


def ended(regions: Regions, floor: Mask) -> Mask:
    """The `floor` (h, w) without the skirtings that it ran up."""
    smooth = np.asarray(cv2.GaussianBlur(regions.lab, (0, 0), 0.8), np.float32)
    _, lines = tape.drawn(regions.lab, floor)
    inside = _inside(regions)
    for line in lines:
        strip = _strip(regions, smooth, floor, line, inside)
        if strip is not None:
            floor = floor & ~strip
    return floor


def _inside(regions: Regions) -> Floats:
    """How many pixels each pixel (h, w) lies inside the floor of the box, less than 0 outside of it."""
    face = (regions.faces.labels == FLOOR).astype(np.uint8)
    within, beyond = (cv2.distanceTransform(side, cv2.DIST_L2, 5) for side in (face, 1 - face))
    return np.asarray(within - beyond, np.float32)


def _on_box(inside: Floats, top: Points, foot: Points) -> bool:
    """Whether a skirting's `foot` (N, 2) lies on the line where the box has the floor end, and its `top` beyond it.

    That line was read from edges alone: where it says the same, a floor of many colours may have a skirting's too.
    """
    height, width = inside.shape
    at_top, at_foot = (
        np.median(inside[tuple(np.clip(np.round(places).astype(int), 0, [width - 1, height - 1]).T[::-1])])
        for places in (top, foot)
    )
    return bool(abs(at_foot) < _NEAR_BOX and at_top < -_LEAST)


def _strip(regions: Regions, smooth: Floats, floor: Mask, line: tape.Line, inside_floor: Floats) -> Mask | None:
    """The skirting (h, w) that lies in the `floor` under a `line` of its border; None where none is seen."""
    along = np.arange(line.start, line.stop + 1.0)
    if line.inner[1] < _UPRIGHT or len(along) < _FEWEST:
        return None
    top = line.places(along, line.offset(along))
    height, width = floor.shape
    inside = np.all((top > 3) & (top < [width - 4, height - 4]), -1)
    along, top = along[inside], top[inside]
    if len(along) < _FEWEST:
        return None
    metre = _pixels_of_a_metre(regions, top)
    most = float(np.median(metre)) * _HIGH[1]
    heights = np.arange(_HIGH[0], _HIGH[1], max(_STEP / max(float(np.median(metre)), 1.0), 0.002))
    heights = heights[heights * float(np.median(metre)) >= _LEAST]
    if most < _LEAST or not len(heights):
        return None
    best: tuple[float, float] | None = None
    above = np.median(_at(smooth, top, -_OVER), 0)
    walls = float(np.median(regions.lab[..., 0][regions.faces.labels != FLOOR]))
    colours = regions.lab[floor][:: max(1, int(floor.sum()) // 4000)]
    for high in heights:
        foot = top + np.stack([np.zeros_like(metre), high * metre], -1)
        if (foot[:, 1] > height - 4).mean() > 1 - _ALONG:
            continue
        # The shade at the foot of a wall makes the same step beside the line as on it.
        step, over, under = (_across(smooth, foot, shift) for shift in (0.0, -2 * _BESIDE, 2 * _BESIDE))
        mean = float(np.linalg.norm(step - (over + under) / 2))
        if mean < _PARTED or (best is not None and mean <= best[0]):
            continue
        face = np.mean([_at(smooth, top, part * high * metre) for part in (0.35, 0.5, 0.65, 0.8)], 0)
        below = np.mean([_at(smooth, foot, 2.5 + part * _DEEP) for part in (0.0, 0.25, 0.5, 0.75, 1.0)], 0)
        lighter = cv2.blur(np.ascontiguousarray(face - below, np.float32)[:, None], (1, _AVERAGED))[:, 0, 0]
        own, other = np.median(face, 0), np.median(below, 0)
        elsewhere = np.linalg.norm(colours - own, axis=-1) < _OWN
        own_colour = elsewhere.mean() < _ELSEWHERE or _on_box(inside_floor, top, foot)
        white = (lighter > _UNLIKE).mean() > _ALONG and own_colour and _white(own, other, walls)
        wooden = mean > _PARTED_DARK and (lighter < -_DARKER).mean() > _ALONG and _wooden(own, other, above)
        dark = mean > _SHARP_DARK and (lighter < -_DARK).mean() > _ALL_ALONG and _like_wood(own, above)
        dark &= high * float(np.median(metre)) > _LEAST_DARK and high < _HIGH_DARK
        if white or wooden or dark:
            best = mean, float(high)
    if best is None:
        return None
    foot = top + np.stack([np.zeros_like(metre), best[1] * metre], -1)
    canvas = np.zeros(floor.shape, np.uint8)
    over = top - np.array([0.0, 4.0])
    cv2.fillPoly(canvas, [np.round(np.concatenate([over, foot[::-1]])).astype(np.int32)], 1)
    return np.asarray(canvas > 0)


def _white(face: Floats, floor: Floats, walls: float) -> bool:
    """Whether a `face` is greyer than the `floor` below it, Lab (3,), and as light as the `walls`: no mirror image."""
    own, other = (float(np.hypot(*colour[1:])) for colour in (face, floor))
    return own < _GREYER * other + 1 and float(face[0]) > _AS_LIGHT * walls


def _wooden(face: Floats, floor: Floats, above: Floats) -> bool:
    """Whether a `face` is of a stronger colour than the `floor` below it, Lab (3,): shade makes colours weaker.

    The wall `above` is lighter, or the face is only the mirror image of what is there.
    """
    if above[0] - face[0] < _OTHER:
        return False
    own, other = (float(np.hypot(*colour[1:])) for colour in (face, floor))
    return own > max(_STRONGER * other + 3, _BROWN)


def _like_wood(face: Floats, above: Floats) -> bool:
    """Whether a `face`, Lab (3,), has a tinge of colour, and is no mirror image of the wall `above` it."""
    return bool(above[0] - face[0] > _OTHER and np.hypot(*face[1:]) > _TINGED)


def _across(smooth: Floats, places: Points, down: float) -> Floats:
    """The mean step (3,) across a line that lies so many pixels `down` of `places` (N, 2)."""
    return np.asarray((_at(smooth, places, down + _BESIDE) - _at(smooth, places, down - _BESIDE)).mean(0))


def _pixels_of_a_metre(regions: Regions, places: Points) -> Points:
    """How many pixels an upright metre takes at `places` (N, 2)."""
    height, width = regions.patch.shape
    camera = regions.room.camera.resized(width, height)
    index = np.round(places).astype(int)
    points = regions.faces.points[index[:, 1], index[:, 0]]
    depth = np.linalg.norm((points - camera.position)[:, :2], axis=-1)
    # The box may be off: what is near by along the border is as far away.
    return np.asarray(
        camera.f / np.maximum(cv2.blur(depth[:, None].astype(np.float32), (1, 31))[:, 0], 0.3), np.float64
    )


def _at(smooth: Floats, places: Points, down: float | Points) -> Floats:
    """The colours (N, 3) at `places` (N, 2), so many pixels further `down`."""
    at = (places + np.stack([np.zeros(len(places)), np.broadcast_to(down, len(places))], -1)).astype(np.float32)
    return np.asarray(
        cv2.remap(smooth, at[:, None, 0], at[:, None, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[:, 0]
    )

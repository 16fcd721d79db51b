"""The upper end of a painted wall: under eaves a lamp, the ground or the soffit throws light of its own on it."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from staging.engine.redesign.continuation import beside
from staging.engine.redesign.front import Front
from staging.engine.redesign.matting import Floats, Mask

BOUNCED: Final = (12.0, 9.0, 35.0)  # lightness, Lab a and b, by which paint in such light differs
OWN: Final = 7.0  # Lab units of b by which any paint differs from itself
ROUGH: Final = 10.0  # deviation of lightness: tiles and leaves
REACH: Final = 0.08  # of the height: how far up from the wall such light is looked for
ALONG: Final = 0.15  # of the width: how far to the side, over windows and awnings
BAND: Final = 5  # pixels: the least breadth of what is in it; gutters and trim are narrower
NEAR: Final = 12.0  # pixels over which the wall below is averaged
KNOWN: Final = 0.02  # weight of an average that says something
LONG: Final = 15  # pixels along the wall: what reaches up over less is a bracket or a lamp


def reached(front: Front, wall: Mask) -> Mask:
    """The `wall` (h, w) with what lies right over it and is its paint in other light, up to what ends it there, and
    with what lies beside that under the same eaves: over windows and awnings.

    Asked pixel by pixel along columns and rows: such a band is narrow, its light changes all along it, and the eaves
    over it are of another colour. Where nothing ends it within REACH or ALONG, the wall stays as it is.
    """
    below, known = _below(front.patches.lab, wall)
    free = _alike(front.patches.lab - below, own=True) & ~_other(front) & (known > KNOWN)
    band = _up(wall, free)
    # From there over windows and awnings, and from what is over these up once more.
    return _up(_along(band, free), free)


def _up(wall: Mask, free: Mask) -> Mask:
    """The wall (h, w) with the `free` pixels over it, without spikes and gaps."""
    over = _ran(wall, free, round(REACH * len(wall)))
    both, level = (over | wall).astype(np.uint8), np.ones((1, LONG), np.uint8)
    even = cv2.morphologyEx(cv2.morphologyEx(both, cv2.MORPH_CLOSE, level), cv2.MORPH_OPEN, level)
    return np.asarray(wall | (over & (even > 0)))


def _along(wall: Mask, free: Mask) -> Mask:
    """The wall (h, w) with the `free` pixels to the side of what of it is at most REACH under its upper end."""
    top = (wall & ~np.roll(wall, 1, 0)).astype(np.uint8)
    column = np.ones((round(REACH * len(wall)) + 1, 1), np.uint8)
    start = wall & (cv2.dilate(top, column, anchor=(0, len(column) - 1)) > 0)
    reach, free = round(ALONG * wall.shape[1]), free & ~wall
    beside_it = _ran(start.T[::-1], free.T[::-1], reach)[::-1].T | _ran(start.T, free.T, reach).T
    broad = cv2.morphologyEx(beside_it.astype(np.uint8), cv2.MORPH_OPEN, np.ones((BAND, BAND), np.uint8))
    return np.asarray(wall | (broad > 0))


def _below(lab: Floats, wall: Mask) -> tuple[Floats, Floats]:
    """What the wall (h, w) is like near each pixel or farther down (h, w, 3), and how surely that is known (h, w)."""
    below, known = beside(lab, wall, NEAR)
    for row in range(len(wall) - 2, -1, -1):
        unknown = known[row] < KNOWN
        below[row, unknown], known[row, unknown] = below[row + 1, unknown], known[row + 1, unknown]
    return below, known


def _ran(start: Mask, free: Mask, reach: int) -> Mask:
    """The `free` pixels (h, w) that lie over `start` (h, w) without a gap, at most `reach` of them, where something
    else comes next.
    """
    found, length = start.copy(), np.zeros(start.shape[1], int)
    ended = np.zeros_like(start)
    for row in range(len(start) - 2, -1, -1):
        up = ~start[row] & free[row] & found[row + 1]
        found[row] |= up
        ended[row] = ~up & (length > 0) & (length < reach)
        length = np.where(up, length + 1, 0)
    # How long a run is shows at its upper end: tell the rest of it.
    for row in range(1, len(start)):
        ended[row] |= ended[row - 1] & found[row] & ~start[row]
    return np.asarray(found & ended & ~start)


def left(front: Front, wall: Mask) -> float:
    """What lies just over the `wall` (h, w) and may still be its own paint in such light, as a share of it: about as
    light and smooth, and yellower.

    Counted by pixels: patches under eaves fall together with soffits in one size of a photo and not in another.
    """
    usual = np.median(front.patches.lab[wall], 0).astype(np.float32)
    alike = _alike(front.patches.lab - usual, own=False)
    reach = round(REACH * len(wall))
    over = cv2.dilate(wall.astype(np.uint8), np.ones((reach + 1, 1), np.uint8), anchor=(0, 0)) > 0
    rest = (alike & over & ~wall & ~_other(front)).astype(np.uint8)
    broad = cv2.morphologyEx(rest, cv2.MORPH_OPEN, np.ones((BAND, BAND), np.uint8))
    return float(broad.sum() / wall.sum())


def _alike(off: Floats, *, own: bool) -> Mask:
    """Where a colour that differs by `off` (h, w, 3), Lab, may be the same paint in such light, or by its `own`."""
    alike = (np.abs(off[..., 0]) < BOUNCED[0]) & (np.abs(off[..., 1]) < BOUNCED[1]) & (off[..., 2] < BOUNCED[2])
    return np.asarray(alike & (off[..., 2] > (-OWN if own else OWN)))


def _other(front: Front) -> Mask:
    """Pixels (h, w) of plants, ground, doors, sky and tiles."""
    patches = front.green | front.ground | front.doors | front.in_sky | (front.grain > ROUGH)
    return np.asarray(patches[front.patches.patch])

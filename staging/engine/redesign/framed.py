"""What has the colour of a wall and is none: panes in their frames, and garage doors in the wall's own paint."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from staging.engine.redesign.matting import Floats, Mask

LEAST: Final = 0.002  # of the picture: a smaller piece is no garage door
MOST: Final = 0.06
FULL: Final = 0.78  # of its rectangle that a door fills
WIDE: Final = (0.33, 3.2)  # width to height of doors, 2.4 of a double one; a board or a pillar is slimmer
FOOT: Final = 0.06  # of the height: no higher over the foot of the wall does a door end
OVER: Final = 0.12  # of the height: wall, or the beam that it rests on, is seen over a door within this
COVERED: Final = 0.5  # share of a door's width and height that has wall over and beside it
BESIDE: Final = 0.06  # of the width: wall is seen to either side of a door within this
CREASE: Final = 8.0  # Lab units of an edge that frames have
FRAME: Final = 8  # pixels: how much wider than what it holds a frame is
LINE: Final = 2  # pixels: the lines round a pane or a door are no thinner


def without_framed(wall: Mask, creases: Floats) -> Mask:
    """The wall (h, w) without what a frame parts from it on all sides, or on three down to the ground.

    `creases` (h, w) is how sharp the photo's edges are, Lab units: a frame in the wall's own paint is seen as such.
    """
    core = cv2.erode(wall.astype(np.uint8), np.ones((2 * LINE - 1,) * 2, np.uint8), borderValue=1)
    framed = in_holes(core) & (core > 0)
    parted = core * (creases < CREASE).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(parted, connectivity=4)
    found = np.zeros_like(framed)
    for piece in range(1, count):
        if LEAST < stats[piece, cv2.CC_STAT_AREA] / wall.size < MOST and _is_door(labels == piece, core > 0):
            found |= labels == piece
    grown = (
        cv2.dilate(mask.astype(np.uint8), np.ones((2 * by + 1,) * 2, np.uint8)) > 0
        for mask, by in ((framed, LINE), (found, FRAME))
    )
    return np.asarray(wall & ~next(grown) & ~next(grown))


def in_holes(core: np.ndarray) -> Mask:
    """What lies in holes of `core` (h, w), 0 or 1."""
    contours, tree = cv2.findContours(core, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    holes = np.zeros_like(core)
    for contour, node in zip(contours, [] if tree is None else tree[0], strict=True):
        if node[3] >= 0:
            cv2.drawContours(holes, [contour], -1, 1, cv2.FILLED)
            # The line itself belongs to the piece round the hole.
            cv2.drawContours(holes, [contour], -1, 0, 1)
    return np.asarray(holes > 0)


def _is_door(piece: Mask, core: Mask) -> bool:
    """Whether a piece (h, w) of the `core` is a rectangle at the foot of the wall that has other wall over it."""
    height = len(core)
    ys, xs = np.nonzero(piece)
    _, (one, other), _ = cv2.minAreaRect(np.stack([xs, ys], -1).astype(np.float32))
    wide = (np.ptp(xs) + 1) / (np.ptp(ys) + 1)
    if len(ys) < FULL * (one + 1) * (other + 1) or not WIDE[0] < wide < WIDE[1]:
        return False
    foot = np.percentile(np.nonzero(core)[0], 98)
    if ys.max() < foot - FOOT * height:
        return False
    # Wall over it, and to either side at half its height.
    left, right, top, low = xs.min(), xs.max(), ys.min(), ys.max()
    other = core & ~cv2.dilate(piece.astype(np.uint8), np.ones((2 * FRAME + 1,) * 2, np.uint8)).astype(bool)
    over = other[max(0, top - round(OVER * height)) : top, left:right].any(0).mean()
    reach = round(BESIDE * core.shape[1])
    rows = slice((top + low) // 2 - (low - top) // 4, (top + low) // 2 + (low - top) // 4 + 1)
    before, after = (
        other[rows, max(0, left - reach) : left].any(1).mean(),
        other[rows, right : right + reach].any(1).mean(),
    )
    return bool(min(over, before, after) > COVERED)

"""Leaves of doors that stand open: what lies against the wall, or slants before it, beside a doorway.

A leaf is as wide as its doorway at most. Seen on the rectified wall it begins at the casing, and where it swings
towards the camera it looks taller towards its free edge, because it stands nearer: its head rises in a straight line
from the casing's head to the top of that edge.  White on white the free edge may be lost below the handle.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from staging.engine.geometry.rectangles import EdgeSums, Rectangle
from staging.engine.geometry.walls import PER_METRE, WallPicture

DOORWAY: Final = (0.5, 1.3)  # metres of width
HEAD: Final = (1.72, 2.45)  # metres
NARROWEST: Final = 0.3  # metres of a leaf on the wall: what slants more hides little of it
OVERHANG: Final = 0.85  # metres by which a leaf, nearer than its wall, and its casing may be wider than its doorway
CASING: Final = 0.1  # metres beside a doorway that may be its casing
DROP: Final = 0.12  # metres by which the leaf's head may be lower than the casing's
RISE: Final = 0.3  # metres by which the head may rise towards the free edge
LEAST_HEAD: Final = 0.72
LEAST_EDGE: Final = 0.6
HANDLE: Final = 1.1  # metres: above it a free edge shows against the wall
OUTWARD: Final = 0.1  # score that a metre of width is worth
SCORE: Final = 0.6  # at most what `scale` passes over, for a leaf before its wall is no measure of doors


def find(picture: WallPicture, sums: EdgeSums, taken: list[Rectangle]) -> list[Rectangle]:
    """The open leaves beside those of the `taken` rectangles that are doorways; they overlap none of `taken`."""
    columns = sums.columns(HANDLE - 0.1, min(HEAD[1], picture.height - 0.05), 0.7, LEAST_EDGE)
    found: list[Rectangle] = []
    for doorway in taken:
        if not _is_doorway(picture, doorway):
            continue
        for leaf in (_beside(picture, sums, doorway, side, columns) for side in (-1, 1)):
            if leaf is not None and all(leaf.overlap(r) < 0.05 for r in [*taken, *found]):
                found.append(leaf)
    return found


def _is_doorway(picture: WallPicture, r: Rectangle) -> bool:
    wide, high = DOORWAY[0] <= r.width <= DOORWAY[1], HEAD[0] <= picture.z(r.top) <= HEAD[1]
    return wide and high and picture.z(r.bottom) < 0.3


def _beside(
    picture: WallPicture, sums: EdgeSums, doorway: Rectangle, side: int, columns: list[int]
) -> Rectangle | None:
    """The best leaf on the left (`side` -1) or right (1) of a doorway."""
    hinge = doorway.right if side > 0 else doorway.left
    best: Rectangle | None = None
    for free in columns:
        width = side * (free - hinge) / PER_METRE
        if not NARROWEST <= width <= doorway.width + OVERHANG:
            continue
        head, top = _slanted_head(picture, doorway.top, hinge + side * round(CASING * PER_METRE), free)
        edge = float(sums.upright(free, top + 3, picture.row(HANDLE)))
        # what runs on above is a corner or a pilaster
        over = float(sums.upright(free, max(0, top - round(0.3 * PER_METRE)), max(1, top - 5)))
        if head < LEAST_HEAD or edge < LEAST_EDGE or over > 0.35:
            continue
        # the edge itself rather than that of a panel inside it
        score = SCORE * (head + edge) / 2
        if best is None or score + OUTWARD * width > best.score + OUTWARD * best.width:
            left, right = sorted((hinge, free))
            best = Rectangle(left, top, right, picture.lab.shape[0], score)
    return best


def _slanted_head(picture: WallPicture, casing: int, hinge: int, free: int) -> tuple[float, int]:
    """Evidence 0..1 of the best head line between two columns, and its row at the free edge."""
    rows = picture.lab.shape[0]
    across = np.linspace(hinge, free, max(2, abs(free - hinge)))
    start = casing + np.arange(-2, round(DROP * PER_METRE) + 1)
    rise = np.arange(0, round(RISE * PER_METRE) + 1)
    at = start[:, None, None] - rise[None, :, None] * np.linspace(0.0, 1.0, len(across))
    index = np.clip(np.round(at).astype(int), 0, rows - 1)
    column = np.clip(np.round(across).astype(int), 0, picture.lab.shape[1] - 1)
    # a line in halves, so that a strong piece does not make up for none
    line = picture.level_edges[index, column]
    halves = np.stack([half.mean(-1) for half in np.array_split(line, 2, axis=-1)])
    evidence = 0.5 * (halves.mean(0) + halves.min(0))
    i, j = np.unravel_index(int(evidence.argmax()), evidence.shape)
    return float(evidence[i, j]), int(max(start[i] - rise[j], 0))

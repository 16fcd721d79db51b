"""What a tall thin piece stands before in the picture: a lamp across a painting looks like a mistake."""

from __future__ import annotations

from typing import Final

import numpy as np

from staging.engine.scene.room import Box, Opening, Room
from staging.engine.scene.visibility import View

THIN: Final = frozenset({"floor_lamp", "plant"})
ON_TABLES: Final = frozenset({"table_lamp"})  # before a door they look misplaced; before a window and art they do not
DISPLAYED: Final = frozenset({"wall_art", "mirror", "tv"})  # hung or set up to be looked at
ACROSS: Final = 0.25  # share of its own width by which a thin piece may stick before something
OF_BEHIND: Final = 0.5  # or share of the width of what is behind it: a door seen edge-on is narrower than a plant
UPWARDS: Final = 0.12  # share of its own height

Bounds = tuple[float, float, float, float]  # left, top, right, bottom: shares of the picture


def bounds(seen: View) -> Bounds:
    """Where a piece is in the picture."""
    return seen.left, seen.top, seen.right, seen.bottom


def opening_bounds(room: Room, box: Box, opening: Opening) -> Bounds | None:
    """Where an opening is in the picture; None where the picture does not show it."""
    a, b, _, d = opening.corners(box)
    # A grid and not the corners: one of them may lie behind the camera.
    s, t = np.meshgrid(np.linspace(0, 1, 9), np.linspace(0, 1, 5))
    points = a + s[..., None] * (b - a) + t[..., None] * (d - a)
    pixels, depth = room.camera.project(points.reshape(-1, 3))
    shares = pixels[depth > 0.2] / np.array([room.camera.width, room.camera.height_px])
    if not len(shares):
        return None
    (left, top), (right, bottom) = shares.min(0), shares.max(0)
    if right <= 0 or left >= 1 or bottom <= 0 or top >= 1:
        return None
    return float(left), float(top), float(right), float(bottom)


def crosses(thin: Bounds, behind: Bounds) -> bool:
    """Whether a thin piece stands noticeably before what is behind it."""
    wide = min(thin[2], behind[2]) - max(thin[0], behind[0])
    high = min(thin[3], behind[3]) - max(thin[1], behind[1])
    allowed = min(ACROSS * (thin[2] - thin[0]), OF_BEHIND * (behind[2] - behind[0]))
    return wide > max(allowed, 0.0) and high > UPWARDS * (thin[3] - thin[1])

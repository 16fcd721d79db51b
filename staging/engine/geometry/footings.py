"""Where the walls of a box have no foot in the photo: stretches that are not there, or that something stands before.

An open plan is read as a box with a wall across the open floor; what is put against that wall stands about in
mid-room. A wall that is there ends at the floor in a line, of its skirting or of the two colours.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.geometry.walls import LAB_WEIGHTS, LONGEST, NEAREST, WALLS, on_wall
from staging.engine.scene.fittings import Stretch
from staging.engine.scene.frames import wall_range
from staging.engine.scene.room import Floats, Room, Wall
from staging.engine.scene.site import REACHES_FLOOR

STEP: Final = 0.025  # metres between columns
HEIGHTS: Final = np.arange(-0.16, 0.30, 0.01)  # metres: a strip of the wall's plane about its foot
ACROSS: Final = 4  # rows to both sides between which colours are compared: 8 cm
NEAR_FOOT: Final = (-0.05, 0.17)  # metres: the foot may be read a little off, and a skirting's edge counts too
FAINT: Final = (5.0, 11.0)  # weighted Lab units: fainter is no foot
OF_CLEAREST: Final = 0.25  # of the clearest wall's: one room has one skirting, in more or less light
WINDOW: Final = 17  # columns that are judged together
MISSING: Final = 0.75  # share of them without a foot


def missing(photo: NDArray[np.uint8], room: Room) -> tuple[Stretch, ...]:
    """The stretches of the visible walls, passages left out, at whose foot the RGB photo shows no line."""
    lab = np.asarray(cv2.cvtColor(photo.astype(np.float32) / 255, cv2.COLOR_RGB2Lab), np.float32)
    strips = {wall: strip for wall in WALLS if (strip := _strip(lab, room, wall)) is not None}
    clearest = max((float(np.median(edge[seen])) for _, edge, seen in strips.values()), default=0.0)
    faint = float(np.clip(OF_CLEAREST * clearest, *FAINT))
    found = []
    for wall, (along, edge, seen) in strips.items():
        footless = seen & (edge < faint)
        for o in room.openings_on(wall):
            if o.z0 < REACHES_FLOOR:
                footless &= (along < o.u0) | (along > o.u1)
        share = np.convolve(footless, np.full(WINDOW, 1 / WINDOW), "same")
        ends = np.flatnonzero(np.diff(np.concatenate([[0], share > MISSING, [0]]).astype(int)))
        found += [
            Stretch(wall, float(along[a]), float(along[b - 1])) for a, b in zip(ends[::2], ends[1::2], strict=True)
        ]
    return tuple(found)


def _strip(lab: NDArray[np.float32], room: Room, wall: Wall) -> tuple[Floats, Floats, NDArray[np.bool_]] | None:
    """Places along a wall, metres, the strongest level edge about its foot at each, and whether the photo shows it."""
    low, high = wall_range(room.box, wall)
    low = max(low, -LONGEST)
    along = np.arange(low, min(high, low + LONGEST), STEP)
    if len(along) < WINDOW:
        return None
    u, z = np.meshgrid(along, HEIGHTS)
    uv, depth = room.camera.project(on_wall(room.box, wall, u, z))
    inside = (depth > NEAREST) & (uv > 2).all(-1) & (uv < [room.camera.width - 3, room.camera.height_px - 3]).all(-1)
    seen = inside[np.abs(HEIGHTS) < NEAR_FOOT[1]].all(0)
    if not seen.any():
        return None
    at = np.where(inside[..., None], uv, 0.0).astype(np.float32) - np.float32(0.5)
    strip = cv2.remap(lab, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    strip = cv2.GaussianBlur(strip, (0, 0), sigmaX=3.0, sigmaY=0.8)
    steps = np.linalg.norm((strip[2 * ACROSS :] - strip[: -2 * ACROSS]) * LAB_WEIGHTS, axis=-1)
    heights = HEIGHTS[ACROSS:-ACROSS]
    near = (heights >= NEAR_FOOT[0]) & (heights <= NEAR_FOOT[1])
    return along, steps[near].max(0), seen

"""Islands, peninsulas, stairs and other blocks in a room: what they take of the floor, and what they hide."""

from __future__ import annotations

import itertools
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.scene.footprints import Footprint
from staging.engine.scene.room import Block, Camera, Floats, Occluder, Opening, Room

NEAREST: Final = 0.15  # metres before the camera from which on a block is drawn
HIDDEN: Final = 0.5  # share of an opening that blocks hide, from which on it was not seen
_STEPS: Final = np.linspace(0.0, 1.0, 9)


def occluder(camera: Camera, block: Block, *, wall: bool = False) -> Occluder | None:
    """The block with its outline in the picture and how deep it stands; None where it lies behind the camera."""
    low, high = _bounds(block)
    grid = np.stack(np.meshgrid(_STEPS, _STEPS, _STEPS), -1).reshape(-1, 3)
    surface = grid[((grid == 0.0) | (grid == 1.0)).any(-1)]
    pixels, depth = camera.project(low + surface * (high - low))
    if not (depth > NEAREST).any():
        return None
    seen = np.clip(pixels[depth > NEAREST], -1e5, 1e5).astype(np.float32)
    hull = cv2.convexHull(seen).reshape(-1, 2)
    return Occluder(tuple((float(u), float(v)) for u, v in hull), block.y0, block, wall)


def footprint(block: Block) -> Footprint:
    """The floor that a block takes up."""
    middle = (block.x0 + block.x1) / 2, (block.y0 + block.y1) / 2
    return Footprint(*middle, block.x1 - block.x0, block.y1 - block.y0, 0.0, 0.0, block.height)


def entered(origin: Floats, ways: Any, block: Block) -> NDArray[np.float64]:
    """How many times `ways` (..., 3) from `origin` a ray goes until it enters the block, (...): infinite past it."""
    steps = np.asarray(ways, np.float64)
    steps = np.where(np.abs(steps) < 1e-9, 1e-9, steps)
    low, high = _bounds(block)
    first, second = (low - origin) / steps, (high - origin) / steps
    enter, leave = np.minimum(first, second).max(-1), np.maximum(first, second).min(-1)
    return np.asarray(np.where((enter <= leave) & (leave > 0), np.maximum(enter, 0.0), np.inf))


def hidden(camera: Camera, points: Floats, occluders: tuple[Occluder, ...]) -> NDArray[np.bool_]:
    """Which of the points (N, 3) blocks among the occluders hide from the camera, or hold within them."""
    found = np.zeros(len(points), np.bool_)
    for block in (o.block for o in occluders if o.block is not None):
        found |= entered(camera.position, points - camera.position, block) < 1.0 - 1e-6
    return found


def unhidden(room: Room) -> tuple[Opening, ...]:
    """The openings without those that blocks before their walls hide: what was read there is on the blocks."""
    s, t = (grid.reshape(-1, 1) for grid in np.meshgrid(_STEPS, _STEPS))
    kept = []
    for opening in room.openings:
        a, b, _, d = opening.corners(room.box)
        if hidden(room.camera, a + s * (b - a) + t * (d - a), room.occluders).mean() < HIDDEN:
            kept.append(opening)
    return tuple(kept)


def carried(before: Camera, after: Camera, block: Block) -> Block | None:
    """The block where its foot is in the picture, for a camera that was corrected; None where it would be nowhere."""
    corners = [(x, y, 0.0) for x, y in itertools.product((block.x0, block.x1), (block.y0, block.y1))]
    pixels, depth = before.project(corners)
    rays = after.rays(pixels)
    if (depth < NEAREST).any() or (rays[:, 2] > -1e-3).any():
        return None
    places = after.position + rays * (after.height / -rays[:, 2])[:, None]
    (x0, y0), (x1, y1) = places[:, :2].min(0), places[:, :2].max(0)
    return Block(float(x0), float(x1), float(y0), float(y1), block.height * after.height / before.height)


def _bounds(block: Block) -> tuple[Floats, Floats]:
    return np.array([block.x0, block.y0, 0.0]), np.array([block.x1, block.y1, block.height])

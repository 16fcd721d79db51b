"""Set the floor at the visible foot of the walls: its height is what furniture hides first, and what a seam shows most.

First only the floor moves, so walls, corners and ceiling stay where they are in the picture; then each wall by the
little that its own foot is still off.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.removal.scene import Scene
from staging.engine.removal.sheets import Mask
from staging.engine.removal.skirting import ends_of_floor
from staging.engine.scene.faces import BACK, LEFT, RIGHT
from staging.engine.scene.room import Box, Room

DEEPEST: Final = -0.30  # metres below the foot as read, where a wall's plane shows floor for sure
HIGHEST: Final = 0.55
STEP: Final = 0.005
FEWEST: Final = 25  # columns
APART: Final = 0.025  # metres between answers that are the same
AGREEING: Final = 0.45  # of the columns
LEAST: Final = 0.012
LEAST_EACH: Final = 0.006  # the same of each wall by itself
MOST_EACH: Final = 0.12  # metres: farther off, it is no foot that was found
COLUMNS: Final = 480


def settled(scene: Scene, hole: Mask) -> Scene:
    """The scene with its floor raised or lowered to the feet of the walls outside of the hole, where they agree."""
    rise = _agreed(np.concatenate([_feet(scene, hole, face) for face in (BACK, LEFT, RIGHT)]), LEAST)
    if rise is not None:
        scene = scene.with_room(_raised(scene.room, rise))
    each = {face: _agreed(_feet(scene, hole, face), LEAST_EACH) or 0.0 for face in (BACK, LEFT, RIGHT)}
    if all(abs(rise) < LEAST_EACH or abs(rise) > MOST_EACH for rise in each.values()):
        return scene
    return scene.with_room(_shifted(scene.room, each))


def _agreed(found: NDArray[np.float64], least: float) -> float | None:
    """What most columns say; None where they do not, or say that the foot is where it was read.

    What is left of furniture before the walls answers anything: the answer of most is the foot's.
    """
    if len(found) < FEWEST:
        return None
    votes = (np.abs(found[:, None] - found[None]) < APART).sum(0)
    near = np.abs(found - found[votes.argmax()]) < APART
    rise = float(np.median(found[near]))
    return None if near.mean() < AGREEING or abs(rise) < least else rise


def _raised(room: Room, rise: float) -> Room:
    """The room with its floor `rise` metres higher in the same picture."""
    camera = dataclasses.replace(room.camera, height=room.camera.height - rise)
    openings = tuple(dataclasses.replace(o, z0=max(0.0, o.z0 - rise), z1=max(0.1, o.z1 - rise)) for o in room.openings)
    box = dataclasses.replace(room.box, height=room.box.height - rise)
    return dataclasses.replace(room, camera=camera, box=box, openings=openings)


def _shifted(room: Room, each: dict[int, float]) -> Room:
    """The room with each wall nearer or farther, so that its foot is `each` metres higher in the same picture."""
    eye = room.camera.height
    by = {face: eye / (eye - rise) if abs(rise) <= MOST_EACH else 1.0 for face, rise in each.items()}
    box = dataclasses.replace(
        room.box, x0=room.box.x0 * by[LEFT], x1=room.box.x1 * by[RIGHT], y1=room.box.y1 * by[BACK]
    )
    return dataclasses.replace(room, box=box)


def _feet(scene: Scene, hole: Mask, face: int) -> NDArray[np.float64]:
    """The heights (N,) at which columns of a wall cease to look like the floor below them, metres from its foot."""
    heights = np.arange(DEEPEST, HIGHEST, STEP)
    points = _strip(scene.room.box, face, heights)
    uv, depth = scene.camera.project(points)
    inside = (depth > 0.3) & (uv > 1).all(-1) & (uv < [scene.camera.width - 2, scene.camera.height_px - 2]).all(-1)
    at = np.where(inside[..., None], uv, 0.0).astype(np.float32) - np.float32(0.5)
    colour = np.asarray(cv2.remap(_lab(scene), at[..., 0], at[..., 1], cv2.INTER_LINEAR), np.float32)
    free = inside & (cv2.remap(hole.astype(np.uint8), at[..., 0], at[..., 1], cv2.INTER_NEAREST) == 0)
    on_wall = scene.faces.labels[at[..., 1].astype(int), at[..., 0].astype(int)]
    above = heights > 0.02
    # Another wall may stand before this one there.
    whole = free.all(0) & (on_wall[above] == face).mean(0).astype(bool)
    if not whole.any():
        return np.zeros(0)
    found = heights[0] + STEP * ends_of_floor(colour[:, whole], 1 / STEP)
    return found[np.isfinite(found)]


def _strip(box: Box, face: int, heights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points (heights, columns, 3) on a wall's plane round its foot."""
    if face == BACK:
        u, z = np.meshgrid(np.linspace(box.x0 + 0.05, box.x1 - 0.05, COLUMNS), heights)
        return np.stack([u, np.full_like(u, box.y1), z], -1)
    u, z = np.meshgrid(np.linspace(0.3, box.y1 - 0.05, COLUMNS), heights)
    return np.stack([np.full_like(u, box.x0 if face == LEFT else box.x1), u, z], -1)


def _lab(scene: Scene) -> NDArray[np.float32]:
    smooth = cv2.GaussianBlur(scene.photo, (0, 0), 1.0)
    return np.asarray(cv2.cvtColor(smooth, cv2.COLOR_RGB2Lab), np.float32)

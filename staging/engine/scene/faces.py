"""Which face of the room's box each pixel sees, and where it meets it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.scene import blocks
from staging.engine.scene.room import Room

NONE: Final = 0
FLOOR: Final = 1
CEILING: Final = 2
LEFT: Final = 3
RIGHT: Final = 4
BACK: Final = 5
RETURN: Final = 6  # walls inside the box, of an L or an alcove
NAMES: Final = {FLOOR: "floor", CEILING: "ceiling", LEFT: "left", RIGHT: "right", BACK: "back", RETURN: "return"}


@dataclass(frozen=True)
class FaceMap:
    """`labels` (H, W) int8: the constants above; `points` (H, W, 3): the surface point, metres, room frame."""

    labels: NDArray[np.int8]
    points: NDArray[np.float64]


def face_map(room: Room, width: int, height: int) -> FaceMap:
    """Meet the centre ray of every pixel of a `width` x `height` rendering of the photo with the box, from inside."""
    camera = room.camera.resized(width, height)
    u, v = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    directions = camera.rays(np.stack([u, v], -1))
    origin = camera.position
    nearest = np.full((height, width), np.inf)
    labels = np.zeros((height, width), np.int8)
    box = room.box
    faces = (
        (FLOOR, 2, 0.0, -1),
        (CEILING, 2, box.height, 1),
        (LEFT, 0, box.x0, -1),
        (RIGHT, 0, box.x1, 1),
        (BACK, 1, box.y1, 1),
    )
    for label, axis, value, sign in faces:
        along = directions[..., axis]
        with np.errstate(divide="ignore", invalid="ignore"):
            t = (value - origin[axis]) / along
        hit = (along * sign > 1e-6) & (t < nearest)
        nearest[hit] = t[hit]
        labels[hit] = label
    for block in room.walls_inside:
        t = blocks.entered(origin, directions, block)
        nearer = t < nearest
        nearest[nearer], labels[nearer] = t[nearer], RETURN
    if room.open_air:
        labels = _ground(room, width, height)
    points = origin + np.where(np.isfinite(nearest), nearest, 0.0)[..., None] * directions
    return FaceMap(labels, points)


def _ground(room: Room, width: int, height: int) -> NDArray[np.int8]:
    """In the open air only the free ground is a face: what else the rays of the box would meet is not there."""
    camera = room.camera.resized(width, height)
    outline = np.array([(x, y, 0.0) for x, y in room.floor_polygon]).reshape(-1, 3)
    pixels, depth = camera.project(outline)
    labels = np.zeros((height, width), np.uint8)
    if len(outline) >= 3 and depth.min() > 0:
        cv2.fillPoly(labels, [np.round(pixels).astype(np.int32)], FLOOR)
    return labels.astype(np.int8)

"""Where the photo shows a window, a lamp or something before the room: what the tracer does not model."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.scene import blocks
from staging.engine.scene.faces import BACK, LEFT, RIGHT, FaceMap
from staging.engine.scene.room import Occluder, Room

Mask = NDArray[np.bool_]

_WALLS = {"left": LEFT, "right": RIGHT, "back": BACK}


def opening_mask(room: Room, faces: FaceMap, *kinds: str) -> Mask:
    """Pixels (h, w) of the map's size that see an opening of the given kinds ("window", "door", "opening")."""
    seen = np.zeros(faces.labels.shape, bool)
    for opening in room.openings:
        if opening.kind not in kinds or opening.wall not in _WALLS:
            continue
        along = faces.points[..., 0 if opening.wall == "back" else 1]
        up = faces.points[..., 2]
        inside = (along > opening.u0) & (along < opening.u1) & (up > opening.z0) & (up < opening.z1)
        seen |= inside & (faces.labels == _WALLS[opening.wall])
    return seen


def lamp_mask(room: Room, width: int, height: int, radius: float = 0.05) -> Mask:
    """Pixels within `radius` (share of the width) of a ceiling lamp in front of the camera."""
    seen = np.zeros((height, width), np.uint8)
    camera = room.camera.resized(width, height)
    for lamp in room.lamps:
        pixel, depth = camera.project(np.array(lamp))
        if depth > 0.1 and np.all(np.abs(pixel) < 4 * width):
            cv2.circle(seen, (int(pixel[0]), int(pixel[1])), max(1, int(radius * width)), 1, -1)
    return seen > 0


def before_room(room: Room, width: int, height: int) -> Mask:
    """Pixels (height, width) of what stands before the room, or in it, and is not traced: no light of furniture is
    known there, and the floor that the box has behind it is not seen. The walls of an L or an alcove are traced."""
    seen = np.zeros((height, width), np.uint8)
    _drawn(seen, [o for o in room.occluders if not o.wall], room)
    return seen > 0


def walls_before(room: Room, width: int, height: int) -> Mask:
    """Pixels (height, width) where the walls of an L or an alcove hide a part of the box."""
    seen = np.zeros((height, width), np.uint8)
    _drawn(seen, [o for o in room.occluders if o.wall], room)
    return seen > 0


def _drawn(canvas: NDArray[np.uint8], occluders: list[Occluder], room: Room) -> None:
    scale = np.array([canvas.shape[1] / room.camera.width, canvas.shape[0] / room.camera.height_px])
    for occluder in occluders:
        cv2.fillPoly(canvas, [np.round(np.array(occluder.polygon) * scale).astype(np.int32)], (1,))


def occluder_depth(room: Room, width: int, height: int) -> NDArray[np.float32] | None:
    """Depth (h, w) along the optical axis, metres, of what stands before the room, infinite elsewhere; None when
    nothing does. A wall's end or a column is a face parallel to the back wall, an island a box.
    """
    if not room.occluders:
        return None
    camera = room.camera.resized(width, height)
    nearest = np.full((height, width), np.inf, np.float32)
    scale = np.array([width / room.camera.width, height / room.camera.height_px])
    for occluder in room.occluders:
        shape = np.zeros((height, width), np.uint8)
        cv2.fillPoly(shape, [np.round(np.array(occluder.polygon) * scale).astype(np.int32)], 1)
        rows, columns = np.nonzero(shape)
        rays = camera.rays(np.stack([columns + 0.5, rows + 0.5], -1))  # of depth 1 along the axis
        if occluder.block is not None:
            depth = blocks.entered(camera.position, rays, occluder.block)
        else:
            depth = np.where(rays[:, 1] > 1e-6, occluder.depth / np.maximum(rays[:, 1], 1e-6), np.inf)
        nearest[rows, columns] = np.minimum(nearest[rows, columns], depth)
    return nearest

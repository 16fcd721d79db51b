"""Between the photo's pixels and the room's metres, for editors: where a piece is seen, what floor was pointed at.

Pixels are of the photo shown at `size` (width, height), or at the size that the room was read at.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.scene.arrangement import Piece
from staging.engine.scene.footprints import footprint
from staging.engine.scene.room import Camera, Room

NEAREST: Final = 0.1  # metres along the optical axis; what is nearer, or behind the camera, is cut off
FARTHEST: Final = 60.0  # metres: pixels this close to the horizon point at no floor of a room

Size = tuple[int, int]
Pixels = list[tuple[float, float]]


def footprint_pixels(room: Room, piece: Piece, size: Size | None = None) -> Pixels:
    """The piece's rectangle on the floor as a polygon of the picture; empty when it lies behind the camera."""
    corners = np.array([(x, y, 0.0) for x, y in footprint(piece).corners])
    return _polygon(_camera(room, size), corners)


def body_pixels(room: Room, piece: Piece, size: Size | None = None) -> Pixels:
    """The convex outline of the piece's bounding box in the picture, for highlighting and for clicks."""
    shape, camera = footprint(piece), _camera(room, size)
    faces = [np.array([(x, y, z) for x, y in shape.corners]) for z in (shape.z0, shape.z1)]
    for i in range(4):
        (ax, ay), (bx, by) = shape.corners[i], shape.corners[(i + 1) % 4]
        faces.append(np.array([(ax, ay, shape.z0), (bx, by, shape.z0), (bx, by, shape.z1), (ax, ay, shape.z1)]))
    points = [point for face in faces for point in _polygon(camera, face)]
    if len(points) < 3:
        return []
    hull = cv2.convexHull(np.array(points, np.float32))[:, 0]
    return [(float(u), float(v)) for u, v in hull]


def floor_point(room: Room, u: float, v: float, size: Size | None = None) -> tuple[float, float] | None:
    """The floor (x, y), metres, under a pixel; None at and above the horizon. It may lie beyond the walls."""
    camera = _camera(room, size)
    ray = camera.rays(np.array([u, v]))
    if ray[2] > -camera.height / FARTHEST:
        return None
    along = camera.height / -ray[2]
    return float(ray[0] * along), float(ray[1] * along)


def wall_point(room: Room, u: float, v: float, size: Size | None = None) -> tuple[float, float, float]:
    """Where the ray of a pixel leaves the box: a point (x, y, z), metres, of a wall, the floor or the ceiling."""
    camera, box = _camera(room, size), room.box
    ray, origin = camera.rays(np.array([u, v])), camera.position
    low, high = np.array([box.x0, box.y0, 0.0]), np.array([box.x1, box.y1, box.height])
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.where(ray > 0, (high - origin) / ray, (low - origin) / ray)
    point = np.clip(origin + ray * float(np.min(steps[np.isfinite(steps)])), low, high)
    return float(point[0]), float(point[1]), float(point[2])


def before_camera(camera: Camera, corners: NDArray[np.float64], nearest: float = NEAREST) -> NDArray[np.float64]:
    """A flat polygon (N, 3) clipped to depths beyond `nearest` metres (Sutherland-Hodgman against one plane)."""
    depth = (corners - camera.position) @ camera.matrix[2] - nearest
    kept: list[NDArray[np.float64]] = []
    for i in range(len(corners)):
        j = (i + 1) % len(corners)
        if depth[i] >= 0:
            kept.append(corners[i])
        if (depth[i] >= 0) != (depth[j] >= 0):
            kept.append(corners[i] + (corners[j] - corners[i]) * depth[i] / (depth[i] - depth[j]))
    return np.array(kept).reshape(-1, 3)


def _camera(room: Room, size: Size | None) -> Camera:
    return room.camera if size is None else room.camera.resized(*size)


def _polygon(camera: Camera, corners: NDArray[np.float64]) -> Pixels:
    visible = before_camera(camera, corners)
    if len(visible) < 3:
        return []
    pixels, _ = camera.project(visible)
    return [(float(u), float(v)) for u, v in pixels]

"""The part of the floor that the photo shows, and the share of the picture that each face takes."""

from __future__ import annotations

import numpy as np

from staging.engine.scene.faces import NAMES, face_map
from staging.engine.scene.room import Camera, Floats, Room

NEAREST = 0.05  # metres before the camera


def visible_polygon(camera: Camera, walls: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    """The floor inside the outline of the `walls` and the picture's frame: (x, y) metres; empty when none is seen."""
    polygon = np.array(walls)
    for normal, offset in _frustum(camera):
        # on the floor, in camera coordinates: R (x, y, -height)
        across, into, up = normal @ camera.matrix
        polygon = _clipped(polygon, across, into, -up * camera.height - offset)
        if len(polygon) == 0:
            break
    return tuple((float(x), float(y)) for x, y in polygon)


def _frustum(camera: Camera) -> list[tuple[Floats, float]]:
    """Half spaces (normal, offset) in the camera frame in which normal . p >= offset is in the picture."""
    f, cx, cy = camera.f, camera.cx, camera.cy
    return [
        (np.array([f, 0.0, cx]), 0.0),
        (np.array([-f, 0.0, camera.width - cx]), 0.0),
        (np.array([0.0, f, cy]), 0.0),
        (np.array([0.0, -f, camera.height_px - cy]), 0.0),
        (np.array([0.0, 0.0, 1.0]), NEAREST),
    ]


def _clipped(polygon: Floats, a: float, b: float, c: float) -> Floats:
    """Sutherland-Hodgman: the part of a polygon (N, 2) with a x + b y + c >= 0."""
    value = polygon @ [a, b] + c
    kept = []
    for i in range(len(polygon)):
        j = (i + 1) % len(polygon)
        if value[i] >= 0:
            kept.append(polygon[i])
        if (value[i] >= 0) != (value[j] >= 0):
            kept.append(polygon[i] + value[i] / (value[i] - value[j]) * (polygon[j] - polygon[i]))
    return np.array(kept).reshape(-1, 2)


def face_shares(room: Room, longest: int = 160) -> dict[str, float]:
    """Share of the picture, 0..1, that floor, ceiling, left, right and back take."""
    k = longest / max(room.camera.width, room.camera.height_px)
    width, height = (max(1, round(n * k)) for n in (room.camera.width, room.camera.height_px))
    labels = face_map(room, width, height).labels
    return {name: float((labels == label).mean()) for label, name in NAMES.items()}

"""Ceiling lamps: compact bright spots on the ceiling, or hanging before the upper walls.

The light fit uses them as emitters, so a missed lamp is filled in by the uniform light of the ceiling, and
a false one gets no power: few and rough is enough.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.scene import faces
from staging.engine.scene.room import Floats, Room

LONGEST: Final = 500  # pixels of the picture that is searched
SURROUNDINGS: Final = 51  # pixels: what a lamp is brighter than
BRIGHTER: Final = 7.0  # lightness
LIGHT: Final = 88.0
SIZE: Final = (0.05, 0.9)  # metres across, were it on the ceiling
PENDANT_DROP: Final = 0.5  # metres below the ceiling, where the photo shows a lamp before a wall
FLUSH_DROP: Final = 0.08
ABOVE: Final = 1.8  # metres: nothing lower on a wall is a pendant lamp
MOST: Final = 12


def find(photo: NDArray[np.uint8], room: Room) -> tuple[tuple[float, float, float], ...]:
    """Positions (x, y, z) in metres of the lamps in an RGB photo (H, W, 3) of `room`, the brightest first."""
    k = LONGEST / max(photo.shape[:2])
    width, height = max(1, round(photo.shape[1] * k)), max(1, round(photo.shape[0] * k))
    small = cv2.resize(photo, (width, height), interpolation=cv2.INTER_AREA)
    light = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)[..., 0]
    around = cv2.medianBlur(np.round(light * 2.55).astype(np.uint8), SURROUNDINGS) / 2.55
    where = faces.face_map(room, width, height)
    bright = (light > LIGHT) & (light - around > BRIGHTER) & _overhead(room, where)
    count, labels, stats, centres = cv2.connectedComponentsWithStats(bright.astype(np.uint8))
    found = []
    for i in range(1, count):
        _, _, w, h, area = (int(v) for v in stats[i])
        if area < 8 or area < 0.45 * w * h or max(w, h) > 3.5 * min(w, h):
            continue
        lamp = _placed(room, where, centres[i] + 0.5, size=float(np.sqrt(w * h)))
        if lamp is not None:
            found.append((float(light[labels == i].sum()), lamp))
    found.sort(key=lambda f: -f[0])
    return tuple(lamp for _, lamp in found[:MOST])


def _overhead(room: Room, where: faces.FaceMap) -> NDArray[np.bool_]:
    """Pixels of the ceiling, and of high wall that is no opening."""
    high = where.points[..., 2] > ABOVE
    walls = np.isin(where.labels, (faces.LEFT, faces.RIGHT, faces.BACK))
    for label, wall in ((faces.LEFT, "left"), (faces.RIGHT, "right"), (faces.BACK, "back")):
        along = where.points[..., 0 if wall == "back" else 1]
        for o in room.openings:
            if o.wall == wall:
                inside = (along > o.u0 - 0.15) & (along < o.u1 + 0.15) & (where.points[..., 2] < o.z1 + 0.15)
                walls &= ~(inside & (where.labels == label))
    return np.asarray((where.labels == faces.CEILING) | (walls & high))


def _placed(room: Room, where: faces.FaceMap, pixel: Floats, size: float) -> tuple[float, float, float] | None:
    """Where in the room a bright spot hangs; None where a lamp cannot be."""
    height, width = where.labels.shape
    camera = room.camera.resized(width, height)
    on_ceiling = where.labels[int(pixel[1]), int(pixel[0])] == faces.CEILING
    z = room.box.height - (FLUSH_DROP if on_ceiling else PENDANT_DROP)
    ray = camera.rays(pixel)
    if ray[2] <= 1e-3 or z <= camera.height:
        return None
    distance = (z - camera.height) / ray[2]
    x, y = (float(v) for v in distance * ray[:2])
    box = room.box
    metres = size * distance / camera.f
    inside = box.x0 < x < box.x1 and box.y0 < y < box.y1
    return (x, y, float(z)) if inside and SIZE[0] < metres < SIZE[1] else None

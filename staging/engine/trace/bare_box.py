"""What primary rays see first of an empty room that is a box and nothing else: worked out, not traced.

The scalar tracer takes as long for these rays as for a fifteenth of a standard picture's light.
Import only in a process in which a variant is active.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from staging.engine.light.rig import LightRig
from staging.engine.scene.room import Room
from staging.engine.trace import bsdf
from staging.engine.trace.passes import Image, Surface

# Faces by axis (x, y, z) and whether they lie at its lower or its upper end: 2 axis + end.
_LEFT, _RIGHT, _FRONT, _BACK, _FLOOR, _CEILING = range(6)
_NORMALS: Final = ((1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1))


def is_bare(room: Room) -> bool:
    """Whether there is nothing to see but the box's own faces."""
    return not (room.open_air or room.walls_inside or room.tops)


def surface(room: Room, light: LightRig, size: tuple[int, int], samples: int) -> Surface:
    """`passes.first_surface` of a bare box for a picture of `size` (width, height), `samples` being a square number.

    Rays go through the middles of as many parts of each pixel.
    """
    width, height = size
    side = math.isqrt(samples)
    table = np.array([[*_albedo(light, face), *_NORMALS[face]] for face in range(6)], np.float32)
    colours, depth = np.zeros((height, width, 6), np.float32), np.zeros((height, width), np.float32)
    for part in range(side**2):
        within = (part % side + 0.5) / side, (part // side + 0.5) / side
        face, away = _met(room, width, height, within)
        colours += table[face]
        depth += away
    colours /= side**2
    depth /= side**2
    return Surface(np.ones_like(depth), colours[..., :3], colours[..., 3:], depth)


def _albedo(light: LightRig, face: int) -> NDArray[np.float64]:
    own = {_FLOOR: light.floor, _CEILING: light.ceiling}.get(face, light.wall)
    return np.clip(own, bsdf.DARKEST, bsdf.WHITEST)


def _met(room: Room, width: int, height: int, within: tuple[float, float]) -> tuple[NDArray[np.int8], Image]:
    """The face (H, W) that the ray at `within` (across, down, 0..1) of each pixel meets, and how far along the axis."""
    lens, box = room.camera.resized(width, height), room.box
    # Mitsuba's pixels are square, and as wide as the picture says.
    lens = replace(lens, f=room.camera.f * width / room.camera.width)
    across = ((np.arange(width) + within[0] - lens.cx) / lens.f).astype(np.float32)
    down = ((np.arange(height) + within[1] - lens.cy) / lens.f).astype(np.float32)[:, None]
    right, below, ahead = lens.matrix.astype(np.float32)
    ends = np.array([(box.x0, box.x1), (box.y0, box.y1), (-lens.height, box.height - lens.height)], np.float32)
    nearest = np.full((height, width), np.inf, np.float32)
    face = np.zeros((height, width), np.int8)
    for axis, (low, high) in enumerate(ends):
        along = across * right[axis] + (down * below[axis] + ahead[axis])
        upper = along > 0
        with np.errstate(divide="ignore"):
            away = np.where(upper, high, low) / along
        nearer = away < nearest
        np.copyto(nearest, away, where=nearer)
        np.copyto(face, (2 * axis + upper).astype(np.int8), where=nearer)
    return face, nearest

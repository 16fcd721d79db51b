"""A camera hypothesis while the room is still being read: focal length, vertical shift, and three angles.

Axis frame (used only inside this package; `reading` converts to the room frame once, at the end): origin
at the camera, axis ACROSS to the right along the back wall, DOWN to the floor, ALONG into the room. Lengths
are camera heights until `scale` finds the metre. Camera frame: x right, y down, z forward.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ACROSS: Final = 0
DOWN: Final = 1
ALONG: Final = 2


def rotation(yaw: float, pitch: float, roll: float) -> Floats:
    """Axis-to-camera rotation Rz(roll) Rx(pitch) Ry(yaw), shape (3, 3); angles in radians, pitch > 0 looks down."""
    cy, sy = math.cos(yaw), math.sin(yaw)
    cp, sp = math.cos(pitch), math.sin(pitch)
    cr, sr = math.cos(roll), math.sin(roll)
    about_z = np.array([[cr, -sr, 0.0], [sr, cr, 0.0], [0.0, 0.0, 1.0]])
    about_x = np.array([[1.0, 0.0, 0.0], [0.0, cp, -sp], [0.0, sp, cp]])
    about_y = np.array([[cy, 0.0, sy], [0.0, 1.0, 0.0], [-sy, 0.0, cy]])
    return about_z @ about_x @ about_y


def angles(matrix: Floats) -> tuple[float, float, float]:
    """Yaw, pitch and roll of `rotation`, radians."""
    pitch = math.asin(float(np.clip(matrix[2, 1], -1.0, 1.0)))
    yaw = math.atan2(-matrix[2, 0], matrix[2, 2])
    roll = math.atan2(-matrix[0, 1], matrix[1, 1])
    return yaw, pitch, roll


@dataclass(frozen=True)
class View:
    """A pinhole view of a `width` x `height` picture.

    `f` and `shift` are pixels; `shift` is how far the principal point lies below the middle of the picture
    (perspective-corrected listing photos have it far off). Angles are radians.
    """

    width: int
    height: int
    f: float
    shift: float
    yaw: float
    pitch: float
    roll: float

    @cached_property
    def matrix(self) -> Floats:
        """Axis-to-camera rotation, shape (3, 3)."""
        return rotation(self.yaw, self.pitch, self.roll)

    @property
    def centre(self) -> tuple[float, float]:
        """Principal point, pixels."""
        return self.width / 2, self.height / 2 + self.shift

    def vanishing_points(self) -> Floats:
        """Homogeneous vanishing points of ACROSS, DOWN, ALONG, shape (3, 3), relative to the middle of the picture."""
        points = self.matrix.T.copy()
        points[:, :2] *= self.f
        points[:, 1] += self.shift * points[:, 2]
        return points

    def rays(self, pixels: Any) -> Floats:
        """Axis-frame directions (..., 3) through pixels (..., 2)."""
        p = np.asarray(pixels, dtype=np.float64)
        cx, cy = self.centre
        d = np.ones((*p.shape[:-1], 3))
        d[..., :2] = (p - (cx, cy)) / self.f
        return d @ self.matrix

    def resized(self, width: int, height: int) -> View:
        """The same view of the same picture at another size."""
        k = max(width, height) / max(self.width, self.height)
        return replace(self, width=width, height=height, f=self.f * k, shift=self.shift * height / self.height)

    def squared(self) -> View:
        """The same view with the axes renamed so that ALONG is the one looked along: |yaw| <= 45 degrees."""
        yaw = (self.yaw + math.pi / 4) % (math.pi / 2) - math.pi / 4
        return replace(self, yaw=yaw)

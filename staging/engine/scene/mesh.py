"""Triangle meshes: the one currency between furniture, arrangement and tracer."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Mesh:
    """Vertices (N, 3) and texture coordinates (N, 2) in metres; triangles (M, 3) counter-clockwise seen from outside.

    `material` names a material of the piece's style (`furniture.materials`).  In the local frame of a
    piece the origin is on the floor at the middle of its footprint, z is up and its front looks to -y.
    """

    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    uv: NDArray[np.float64]
    material: str

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Mesh:
        """A copy shifted by metres."""
        return replace(self, vertices=self.vertices + np.array([x, y, z]))

    def turned(self, degrees: float) -> Mesh:
        """A copy turned about the z axis, counter-clockwise seen from above."""
        a = np.deg2rad(degrees)
        c, s = np.cos(a), np.sin(a)
        return replace(self, vertices=self.vertices @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]).T)

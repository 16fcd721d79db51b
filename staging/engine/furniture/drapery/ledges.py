"""Arms and seats that throws lie over, as outlines, and where along an outline it bends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from staging.engine.furniture.cloth import rounded
from staging.engine.furniture.drapery.bodies import Box

Floats = NDArray[np.float64]


def bends(path: Floats, corners: Sequence[tuple[float, float]]) -> list[float]:
    """Metres along a `path` (n, 2) to the places nearest to its `corners`, its two ends included."""
    p = np.asarray(path)
    s = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(p, axis=0), axis=1))])
    near = [int(np.linalg.norm(p - corner, axis=1).argmin()) for corner in np.asarray(corners)[1:-1]]
    return [0.0, *(float(s[i]) for i in near), float(s[-1])]


@dataclass(frozen=True)
class Ledge:
    """What a throw on a seat lies over, as `corners` of its outline (sideways or deep, high), bent with `radius`."""

    corners: tuple[tuple[float, float], ...]
    radius: float
    bodies: tuple[Box, ...]

    @property
    def path(self) -> Floats:
        """The outline (n, 2), every two millimetres."""
        return rounded(self.corners, self.radius, spacing=0.002)

    @property
    def arcs(self) -> list[float]:
        """Metres along the outline to its start, its bends and its end."""
        return bends(self.path, self.corners)


ARM: Final = Ledge(
    ((0.09, -0.36), (0.09, 0.0), (-0.09, 0.0), (-0.09, -0.13), (-0.112, -0.18)),
    0.05,
    (Box((-2, -0.09, -0.8), (2, 0.09, 0.0), 0.05), Box((-2, -1.0, -0.8), (2, -0.05, -0.2), 0.05)),
)
SEAT: Final = Ledge(((0.36, 0.0), (0.0, 0.0), (0.0, -0.28)), 0.06, (Box((-2, 0.0, -0.8), (2, 2.0, 0.0), 0.06),))
LEDGES: Final = {"arm": ARM, "seat": SEAT}

"""Sunlight in a room, as the photo shows it on the floor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.scene.room import Floats

CELL: Final = 0.02  # metres of the map of the patches


@dataclass(frozen=True)
class Sunbeam:
    """Sunlight in a room: `direction` to the sun, a unit vector of the room frame; a map of the floor's `lit` share,
    (rows along y, columns along x) 0..1 from (`x0`, `y0`) metres in cells of `CELL`; and the radiances (3,) of the
    floor in the `light` and in the `shade`, linear."""

    direction: tuple[float, float, float]
    x0: float
    y0: float
    lit: NDArray[np.float32]
    light: NDArray[np.float64]
    shade: NDArray[np.float64]

    def cells(self, points: Floats) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The column and row (h, w) of the map at which the rays through `points` (h, w, 3), metres, meet the floor."""
        x, y, z = self.direction
        down = points[..., 2] / z
        column = (points[..., 0] - x * down - self.x0) / CELL - 0.5
        row = (points[..., 1] - y * down - self.y0) / CELL - 0.5
        return column.astype(np.float32), row.astype(np.float32)

    def at(self, points: Floats) -> NDArray[np.float32]:
        """How much sun comes to `points` (h, w, 3), metres, with nothing in its way, 0..1: what the photo shows where
        the ray through each goes on to the floor."""
        seen = cv2.remap(
            self.lit, *self.cells(points), cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0.0
        )
        return np.asarray(seen, np.float32)

"""What cloth falls on, as signed distances: rounded boxes, bars, walls and cloth that already lies there.

A body answers, for points (N, 3) in metres, how far outside it they are (N,) and the way out (N, 3), a unit vector.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy  # its parts load when they are used, and who reads the catalogue uses none
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Body = Callable[[Floats], tuple[Floats, Floats]]


@dataclass(frozen=True)
class Box:
    """A box with rounded edges from corner `low` to corner `high`; `radius` must not exceed half its smallest side."""

    low: tuple[float, float, float]
    high: tuple[float, float, float]
    radius: float

    def __call__(self, points: Floats) -> tuple[Floats, Floats]:
        core_low, core_high = np.asarray(self.low) + self.radius, np.asarray(self.high) - self.radius
        away = points - np.clip(points, core_low, core_high)
        reach = np.linalg.norm(away, axis=1)
        # Within the core there is no nearest point of it to go by: the nearest face shows the way.
        gaps = np.concatenate([points - core_low, core_high - points], 1)
        face = gaps.argmin(1)
        out = np.zeros_like(points)
        out[np.arange(len(points)), face % 3] = np.where(face < 3, -1.0, 1.0)
        inside = reach < 1e-9
        way = np.where(inside[:, None], out, away / np.maximum(reach, 1e-9)[:, None])
        return np.where(inside, -gaps.min(1), reach) - self.radius, way


@dataclass(frozen=True)
class Bar:
    """A round bar of endless length along x through (`y`, `z`)."""

    y: float
    z: float
    radius: float

    def __call__(self, points: Floats) -> tuple[Floats, Floats]:
        away = points - np.stack([points[:, 0], np.full(len(points), self.y), np.full(len(points), self.z)], 1)
        reach = np.linalg.norm(away, axis=1)
        return reach - self.radius, away / np.maximum(reach, 1e-9)[:, None]


@dataclass(frozen=True)
class Wall:
    """Everything behind the plane through `at` whose unit normal is `facing`: a floor, a wall."""

    at: tuple[float, float, float]
    facing: tuple[float, float, float]

    def __call__(self, points: Floats) -> tuple[Floats, Floats]:
        way = np.asarray(self.facing)
        return (points - np.asarray(self.at)) @ way, np.broadcast_to(way, points.shape)


class Covered:
    """Cloth that already lies there: a lattice (n, m, 3) whose upper side is that of d/dn x d/dm.

    The plane of the nearest lattice point stands for it, so it must be finer than its own folds.
    """

    def __init__(self, lattice: Floats) -> None:
        along = np.gradient(lattice, axis=0)
        across = np.gradient(lattice, axis=1)
        way = np.cross(along, across)
        self._way = (way / (np.linalg.norm(way, axis=-1, keepdims=True) + 1e-12)).reshape(-1, 3)
        self._points = lattice.reshape(-1, 3)
        self._tree = scipy.spatial.cKDTree(self._points)

    def __call__(self, points: Floats) -> tuple[Floats, Floats]:
        _, nearest = self._tree.query(points)
        way = self._way[nearest]
        return np.einsum("ij,ij->i", points - self._points[nearest], way), way

"""Straight line segments of a photo: detect, merge collinear pieces, keep the longest.

Detection is LSD (von Gioi et al., IPOL 2012) on a contrast-equalised picture; long merged lines carry far
better vanishing points than the pieces that tiles, frames and reflections leave of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.geometry.view import Floats
from staging.engine.memory import MEMORY, digest

MOST = 450
MOST_PIECES = 1800  # before merging
SHORTEST_PIECE = 9.0  # pixels of the 1000 px working picture
SHORTEST = 22.0


@dataclass(frozen=True)
class Segments:
    """`ends` (N, 4) holds x0, y0, x1, y1 in pixels; the derived arrays are relative to the middle of the picture."""

    ends: Floats
    width: int
    height: int

    def __len__(self) -> int:
        return len(self.ends)

    @cached_property
    def start(self) -> Floats:
        return self.ends[:, :2] - [self.width / 2, self.height / 2]

    @cached_property
    def stop(self) -> Floats:
        return self.ends[:, 2:] - [self.width / 2, self.height / 2]

    @cached_property
    def middle(self) -> Floats:
        return (self.start + self.stop) / 2

    @cached_property
    def length(self) -> Floats:
        return np.hypot(*(self.stop - self.start).T)

    @cached_property
    def direction(self) -> Floats:
        return (self.stop - self.start) / np.maximum(self.length, 1e-9)[:, None]

    @cached_property
    def lines(self) -> Floats:
        """Homogeneous lines through the segments, shape (N, 3)."""
        one = np.ones(len(self))
        return np.cross(np.c_[self.start, one], np.c_[self.stop, one])

    def chosen(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> Segments:
        """The segments that the mask or index picks."""
        return Segments(self.ends[which], self.width, self.height)

    def resized(self, width: int, height: int) -> Segments:
        """The same segments for the same picture at another size."""
        sx, sy = width / self.width, height / self.height
        return Segments(self.ends * [sx, sy, sx, sy], width, height)

    def sines(self, points: Floats) -> Floats:
        """Sine of the angle between each segment and the direction from its middle to vanishing points.

        `points` (..., 3) are homogeneous, relative to the middle of the picture; returns (..., N), 0..1.
        """
        return self.own_sines(points[..., None, :])

    def own_sines(self, points: Floats) -> Floats:
        """The same with a point for each segment: (..., N, 3) -> (..., N)."""
        (x, y), (dx, dy) = self.middle.T, self.direction.T
        a = points[..., 0] - points[..., 2] * x
        b = points[..., 1] - points[..., 2] * y
        off = np.abs(a * dy - b * dx)
        return np.asarray(off / np.maximum(np.hypot(a, b), 1e-9))


def detect(grey: NDArray[np.uint8]) -> Segments:
    """The at most `MOST` longest segments of a grey picture (H, W), longest first; may be none."""
    # Reading, fittings and a second reading all look at the same picture.
    return MEMORY.recall(("segments", digest(grey)), lambda: _detected(grey))


def _detected(grey: NDArray[np.uint8]) -> Segments:
    height, width = grey.shape
    even = cv2.createCLAHE(2.0, (8, 8)).apply(grey)
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(even)[0]
    if found is None or len(found) == 0:
        return Segments(np.zeros((0, 4)), width, height)
    # LSD counts from the centre of the first pixel, this package from its corner
    ends = found.reshape(-1, 4).astype(np.float64) + 0.5
    ends = ends[np.argsort(-_lengths(ends), kind="stable")][:MOST_PIECES]
    ends = merge_collinear(ends[_lengths(ends) > SHORTEST_PIECE])
    lengths = _lengths(ends)
    order = np.argsort(-lengths, kind="stable")
    return Segments(ends[order[lengths[order] > SHORTEST][:MOST]], width, height)


def merge_collinear(ends: Floats, angle: float = 3.0, gap: float = 0.35, across: float = 1.6) -> Floats:
    """Join collinear pieces, longest first.

    Two pieces join when they differ by less than `angle` degrees and `across` pixels, and the gap between
    them is under `gap` of the grown line's length and under 80 pixels.
    """
    if len(ends) == 0:
        return ends
    length = _lengths(ends)
    along = (ends[:, 2:] - ends[:, :2]) / np.maximum(length, 1e-9)[:, None]
    middle, beside = (ends[:, :2] + ends[:, 2:]) / 2, np.stack([-along[:, 1], along[:, 0]], 1)
    # One row for each piece: which others lie on its line.
    on_line = np.abs(beside @ along.T) < math.sin(math.radians(angle))
    at = (beside * middle).sum(1)[:, None]
    for end in (ends[:, :2], ends[:, 2:]):
        on_line &= np.abs(beside @ end.T - at) < across
    used = np.zeros(len(ends), bool)
    merged = []
    for i in np.argsort(-length, kind="stable"):
        if used[i]:
            continue
        used[i] = True
        candidates = np.flatnonzero(on_line[i] & ~used)
        members = [int(i)]
        if len(candidates):
            reach = np.sort((ends[candidates].reshape(-1, 2, 2) - middle[i]) @ along[i], axis=1)
            members += _grow(length[i], reach, candidates, used=used, gap=gap)
        merged.append(ends[i] if len(members) == 1 else _fitted(ends[members].reshape(-1, 2)))
    return np.array(merged)


def _grow(
    length: float, reach: Floats, candidates: NDArray[np.int64], *, used: NDArray[np.bool_], gap: float
) -> list[int]:
    """Indices of the `candidates` (N,) that join a piece of this length, from whose middle they `reach` (N, 2) along
    it; marks them as used."""
    low, high = -length / 2, length / 2
    members: list[int] = []
    grown = True
    while grown:
        grown = False
        for j, (a, b) in zip(candidates.tolist(), reach.tolist(), strict=True):
            if used[j]:
                continue
            if max(a - high, low - b, 0.0) < min(gap * (high - low), 80.0):
                used[j] = True
                low, high = min(low, a), max(high, b)
                members.append(j)
                grown = True
    return members


def _fitted(points: Floats) -> Floats:
    """The least-squares segment that spans the points."""
    middle = points.mean(0)
    u = np.linalg.svd(points - middle)[2][0]
    t = (points - middle) @ u
    return np.concatenate([middle + u * t.min(), middle + u * t.max()])


def _lengths(ends: Floats) -> Floats:
    return np.asarray(np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]))

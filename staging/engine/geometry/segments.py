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
        a = points[..., 0, None] - points[..., 2, None] * self.middle[:, 0]
        b = points[..., 1, None] - points[..., 2, None] * self.middle[:, 1]
        off = np.abs(a * self.direction[:, 1] - b * self.direction[:, 0])
        return np.asarray(off / np.maximum(np.hypot(a, b), 1e-9))


def detect(grey: NDArray[np.uint8]) -> Segments:
    """The at most `MOST` longest segments of a grey picture (H, W), longest first; may be none."""
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
    used = np.zeros(len(ends), bool)
    merged = []
    for i in np.argsort(-length, kind="stable"):
        if used[i]:
            continue
        used[i] = True
        u, n = along[i], np.array([-along[i][1], along[i][0]])
        from_middle = ends.reshape(-1, 2, 2) - (ends[i, :2] + ends[i, 2:]) / 2
        reach = from_middle @ u
        near = np.abs(from_middle @ n).max(1) < across
        candidates = np.flatnonzero(~used & near & (np.abs(along @ n) < math.sin(math.radians(angle))))
        members = _grow(i, length[i], reach, candidates, used=used, gap=gap)
        merged.append(ends[i] if len(members) == 1 else _fitted(ends[members].reshape(-1, 2)))
    return np.array(merged)


def _grow(
    first: int, length: float, reach: Floats, candidates: NDArray[np.int64], *, used: NDArray[np.bool_], gap: float
) -> list[int]:
    """Indices of the pieces that join the first one; marks them as used."""
    low, high = -length / 2, length / 2
    members = [first]
    grown = True
    while grown:
        grown = False
        for j in candidates:
            if used[j]:
                continue
            a, b = reach[j].min(), reach[j].max()
            if max(a - high, low - b, 0.0) < min(gap * (high - low), 80.0):
                used[j] = True
                low, high = min(low, a), max(high, b)
                members.append(int(j))
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

"""Where the vertical could vanish: the hypotheses that the camera search starts from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from staging.engine.geometry.segments import Segments
from staging.engine.geometry.view import Floats

_NOWHERE: Final = 1e-18  # squared distance of a point that is a segment's middle
STEEP = 28.0  # degrees from the vertical within which a segment may be an edge of a wall


@dataclass(frozen=True)
class Support:
    """How much of the picture's line evidence a set of vanishing points explains."""

    segments: Segments
    tolerance: Floats  # sine of the angle beyond which a segment is an outlier: short ones are less sure
    weight: Floats

    @classmethod
    def of(cls, segments: Segments) -> Support:
        """Weights grow with length, less than linearly, and stop growing at a quarter of the picture."""
        longest = max(segments.width, segments.height)
        tolerance = np.sin(np.radians(1.0 + 35.0 / np.maximum(segments.length, 8.0)))
        return cls(segments, tolerance, np.minimum(segments.length, 0.25 * longest) ** 0.8)

    @property
    def total(self) -> float:
        return float(self.weight.sum()) + 1e-9

    def kernel(self, points: Floats) -> Floats:
        """Soft inliers, 1 on the vanishing point and 0 beyond the tolerance; `points` (..., 3) -> (..., N).

        It is 1 - (`Segments.sines` / tolerance)^2; tens of thousands of points are tried for one photo, so both parts
        of the square are taken as products of matrices.
        """
        across, away = self._products
        x, y, z = points[..., 0], points[..., 1], points[..., 2]
        distance = np.stack([x * x + y * y, -2 * z * x, -2 * z * y, z * z], -1) @ away
        off = points @ across
        off *= off
        off /= np.maximum(distance, _NOWHERE, out=distance)
        np.subtract(1.0, off, out=off)
        return np.maximum(off, 0.0, out=off)

    @cached_property
    def _products(self) -> tuple[Floats, Floats]:
        """What homogeneous points are multiplied with, (3, N) and (4, N): how far they lie off the segments' lines, in
        tolerances, and their squared distances from the segments' middles."""
        (x, y), (dx, dy) = self.segments.middle.T, self.segments.direction.T
        across = np.stack([dy, -dx, y * dx - x * dy]) / self.tolerance
        return across, np.stack([np.ones_like(x), x, y, x * x + y * y])

    def share(self, points: Floats) -> float:
        """Weighted share of the segments that the three vanishing points (3, 3) explain, 0..1."""
        return float((self.kernel(points).max(0) * self.weight).sum() / self.total)

    def strength(self, points: Floats, which: Floats | None = None) -> Floats:
        """Weight of the soft inliers of each of many vanishing points, (M, 3) -> (M,)."""
        weight = self.weight if which is None else self.weight * which
        # in chunks, to bound the memory
        chunks = np.array_split(points, max(1, len(points) // 400))
        return np.concatenate([(self.kernel(c) * weight).sum(1) for c in chunks])


def zeniths(support: Support) -> list[Floats]:
    """Exact vertical, and the best meeting points of near-vertical segments: two each for tilt up, down and none.

    Both signs are kept because floor boards seen from above converge upwards and look like the zenith of a
    camera that is tilted up.
    """
    upright = np.array([0.0, 1.0, 0.0])
    s = support.segments
    longest = max(s.width, s.height)
    off = np.degrees(np.arctan2(np.abs(s.direction[:, 0]), np.abs(s.direction[:, 1])))
    steep = np.flatnonzero(off < STEEP)
    steep = steep[np.argsort(-s.length[steep], kind="stable")][:60]
    if len(steep) < 2:
        return [upright]
    i, j = np.triu_indices(len(steep), 1)
    v = np.cross(s.lines[steep[i]], s.lines[steep[j]])
    v /= np.linalg.norm(v / [longest, longest, 1.0], axis=1, keepdims=True) + 1e-12
    v *= np.where(v[:, 1:2] < 0, -1.0, 1.0)
    v = v[(np.abs(v[:, 1]) > 0.75 * longest * np.abs(v[:, 2])) & (np.abs(v[:, 0]) < 0.17 * np.abs(v[:, 1]))]
    if len(v) == 0:
        return [upright]
    among = np.zeros(len(s))
    among[steep] = 1.0
    down = np.abs(v[:, 1])
    score = support.strength(v, among) / support.total
    score -= 0.02 * (np.abs(v[:, 2]) * longest / down) ** 2 + 0.004 * (v[:, 0] / down / 0.05) ** 2
    return [upright, *_best_of_each_tilt(v, score, longest)]


def _best_of_each_tilt(v: Floats, score: Floats, longest: int) -> list[Floats]:
    n = v / [longest, longest, 1.0]
    n /= np.linalg.norm(n, axis=1, keepdims=True)
    level = np.abs(n[:, 2] / np.maximum(np.abs(n[:, 1]), 1e-9)) < 0.12
    tilt = np.where(level, 0, np.where(v[:, 2] > 0, 1, -1))
    kept = [np.array([0.0, 1.0, 0.0])]
    best: list[Floats] = []
    count = {-1: 0, 0: 0, 1: 0}
    for k in np.argsort(-score, kind="stable"):
        group = int(tilt[k])
        if count[group] >= 2 or any(np.abs(np.cross(n[k], other)).max() < 0.02 for other in kept):
            continue
        count[group] += 1
        kept.append(n[k])
        best.append(v[k])
        if min(count.values()) >= 2:
            break
    return best


def horizons(support: Support) -> list[float]:
    """Heights of up to three strong meeting points of any lines, pixels below the middle of the picture.

    Each is a guess at the horizon of a camera without roll; the zenith then follows from the focal length.
    """
    s = support.segments
    rng = np.random.default_rng(0)
    i, j = rng.choice(len(s), (2, 1500), p=support.weight / support.weight.sum())
    v = np.cross(s.lines[i], s.lines[j])
    v = v[np.abs(v[:, 2]) > 1e-9]
    v = v / v[:, 2:]
    v = v[np.abs(v[:, 1]) < 1.2 * s.height]
    if len(v) == 0:
        return []
    found: list[float] = []
    for k in np.argsort(-support.strength(v), kind="stable"):
        y = float(v[k, 1])
        if all(abs(y - other) > 0.06 * s.height for other in found):
            found.append(y)
        if len(found) == 3:
            break
    return found

"""Rectangles on a wall that its edges support: how openings look, whatever fills them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from staging.engine.geometry.walls import PER_METRE, WallPicture
from staging.engine.scene.room import Floats

MOST_LINES: Final = 36
FRAME_SIDE: Final = 0.55  # evidence that the photo's frame counts as a side

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Rectangle:
    """Pixel bounds on a wall picture (right and bottom exclusive, row 0 at the ceiling) and a score 0..1."""

    left: int
    top: int
    right: int
    bottom: int
    score: float

    @property
    def width(self) -> float:
        """Metres."""
        return (self.right - self.left) / PER_METRE

    @property
    def height(self) -> float:
        """Metres."""
        return (self.bottom - self.top) / PER_METRE

    def overlap(self, other: Rectangle) -> float:
        """Shared area over the smaller rectangle's area, 0..1."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        smaller = min(
            (self.right - self.left) * (self.bottom - self.top), (other.right - other.left) * (other.bottom - other.top)
        )
        return max(across, 0) * max(down, 0) / max(smaller, 1)


class EdgeSums:
    """Mean edge evidence along any upright or level stretch, by sums over the whole picture."""

    def __init__(self, picture: WallPicture) -> None:
        self.picture = picture
        self._upright = _summed(picture.upright_edges, 0)
        self._level = _summed(picture.level_edges, 1)
        self._upright_seen = _summed(picture.seen, 0)

    def upright(self, column: object, top: object, bottom: object) -> Floats:
        """Evidence on columns between rows, over what is seen of them; arguments broadcast."""
        c, t, b = (np.asarray(v, int) for v in (column, top, bottom))
        c = np.clip(c, 0, self.picture.seen.shape[1] - 1)
        seen = self._upright_seen[b, c] - self._upright_seen[t, c]
        found = (self._upright[b, c] - self._upright[t, c]) / np.maximum(seen, 1)
        return np.where(seen > 0.3 * (b - t), found, 0.0)

    def level(self, row: object, left: object, right: object) -> Floats:
        """Evidence on rows between columns; arguments broadcast."""
        r, a, b = (np.asarray(v, int) for v in (row, left, right))
        r = np.clip(r, 0, self.picture.seen.shape[0] - 1)
        return np.asarray((self._level[r, b] - self._level[r, a]) / np.maximum(b - a, 1))

    def columns(self, low: float, high: float, length: float, least: float) -> list[int]:
        """Columns with an upright edge of `length` metres somewhere between two heights above the floor."""
        top, bottom = self.picture.row(high), self.picture.row(low)
        n = min(round(length * PER_METRE), bottom - top)
        if n < 5:
            return []
        every = np.arange(self.picture.seen.shape[1])
        starts = np.arange(top, bottom - n + 1)[:, None]
        return _peaks(self.upright(every, starts, starts + n).max(0), least)

    def rows(self, low: float, high: float, length: float, least: float) -> list[int]:
        """Rows between two heights with a level edge of `length` metres somewhere."""
        top, bottom = self.picture.row(high), self.picture.row(low)
        n = min(round(length * PER_METRE), self.picture.seen.shape[1])
        if n < 5 or bottom <= top:
            return []
        starts = np.arange(self.picture.seen.shape[1] - n + 1)
        strength = self.level(np.arange(top, bottom)[:, None], starts, starts + n).max(1)
        return [top + i for i in _peaks(strength, least)]


def _summed(values: NDArray[Any], axis: int) -> Floats:
    """Cumulative sum with a leading zero along `axis`."""
    total = np.cumsum(values, axis, dtype=np.float64)
    return np.concatenate([np.zeros_like(total.take([0], axis)), total], axis)


def _peaks(strength: Floats, least: float) -> list[int]:
    """The strongest local maxima above a limit, at least 5 cm apart."""
    reach = 2
    padded = np.pad(strength, reach)
    around = np.max([padded[i : i + len(strength)] for i in range(2 * reach + 1)], 0)
    peaks = np.flatnonzero((strength >= least) & (strength == around))
    found: list[int] = []
    for i in peaks[np.argsort(-strength[peaks], kind="stable")]:
        if all(abs(i - j) > reach for j in found):
            found.append(int(i))
        if len(found) == MOST_LINES:
            break
    return sorted(found)


class Fill:
    """Mean over rectangles of how little a wall picture looks like bare paint."""

    def __init__(self, picture: WallPicture) -> None:
        self._unlike = _summed(_summed(picture.unlike, 0), 1)
        self._seen = _summed(_summed(picture.seen, 0), 1)

    def __call__(self, left: Ints, top: Ints, right: Ints, bottom: Ints) -> Floats:
        """Mean 0..1 over what is seen of rectangles; arguments (N,) pixels."""

        def inside(table: Floats) -> Floats:
            return np.asarray(table[bottom, right] - table[top, right] - table[bottom, left] + table[top, left])

        seen = inside(self._seen)
        area = (bottom - top) * (right - left)
        return np.where(seen > 0.3 * area, inside(self._unlike) / np.maximum(seen, 1), 0.0)


@dataclass(frozen=True)
class Framed:
    """Many rectangles at once: pixel bounds (N,) each, and the edge evidence of left, right, top, bottom (4, N)."""

    left: Ints
    top: Ints
    right: Ints
    bottom: Ints
    sides: Floats

    def chosen(self, which: NDArray[np.bool_] | Ints) -> Framed:
        """Those that the mask or index picks."""
        return Framed(self.left[which], self.top[which], self.right[which], self.bottom[which], self.sides[:, which])

    def rectangles(self, scores: Floats) -> list[Rectangle]:
        """As single rectangles with the given scores."""
        rows = zip(self.left, self.top, self.right, self.bottom, scores, strict=True)
        return [Rectangle(int(a), int(b), int(c), int(d), float(s)) for a, b, c, d, s in rows]


def framed(sums: EdgeSums, columns: list[int], rows: list[int], least: float) -> Framed:
    """All rectangles between given columns and rows whose four sides each have `least` edge evidence.

    The ends of the picture count as weak sides, because the photo's frame cuts through openings.
    """
    width = sums.picture.seen.shape[1]
    cs, rs = np.array([0, *columns, width]), np.array(sorted(rows))
    c, r = np.triu_indices(len(cs), 1), np.triu_indices(len(rs), 1)
    left, right, top, bottom = cs[c[0]], cs[c[1]], rs[r[0]], rs[r[1]]
    level = sums.level(rs, left[:, None], right[:, None])
    upright = sums.upright(cs[:, None], top, bottom)
    upright[[0, -1]] = FRAME_SIDE
    sides = np.stack([upright[c[0]], upright[c[1]], level[:, r[0]], level[:, r[1]]])
    i, j = np.nonzero(sides.min(0) >= least)
    return Framed(left[i], top[j], right[i], bottom[j], sides[:, i, j])


def without_overlaps(
    rectangles: list[Rectangle], most: float = 0.08, rank: Callable[[Rectangle], float] = lambda r: r.score
) -> list[Rectangle]:
    """The best rectangles, by score or by `rank`, of which no two overlap by more than `most`."""
    kept: list[Rectangle] = []
    for r in sorted(rectangles, key=lambda r: -rank(r)):
        if all(r.overlap(k) <= most for k in kept):
            kept.append(r)
    return kept

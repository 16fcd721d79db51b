"""The joints of a tiled floor, as geometry: one lattice through all that are seen.

Pieces copied by whole steps lie a little off where the room was read a little wrong, and their joints break. So the
joints are found one by one, a lattice in perspective is fitted to them, and they are drawn as lines of the width and
depth that the seen ones have.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from staging.engine.removal.sheets import Floats, Mask, applied, sampled

BESIDE: Final = 0.03  # metres from a joint at which the tiles beside it are looked at
EVERY: Final = 0.06  # metres along a joint between places at which it is looked for
REACHES: Final = (0.12, 0.08, 0.05, 0.05)  # of a step, on both sides of where a joint should be, round by round
FINE: Final = 0.5  # pixels of the sheet between heights looked at
OFF: Final = (0.006, 2.0)  # metres, and pixels of the photo, that a joint may be off the lattice's line
CLEAR: Final = 0.02  # log of the light, by which a joint is off its tiles at the least
AGREED: Final = 0.6  # of the places at which a joint should be seen, it is
FEWEST: Final = 60  # places at which joints of a family are seen
LINES: Final = 2  # joints of a family that are seen
STEP: Final = 0.0005  # metres between places across a joint whose width is measured
SHARPEST: Final = 0.15  # of the places at which joints are seen, where their width is measured
BINS: Final = 60  # of a step, in which its joints are looked for first
FLAT: Final = 0.05  # how much the lattice holds to have no perspective of its own
SOFT: Final = 0.6  # pixels of the photo, the blur of its lens
NEARBY: Final = 0.3  # metres from seen joints over which the lattice is bent to them
EVENED: Final = 0.5  # metres over which their depth is evened out
EVENED_BY: Final = 5.0  # places that say it is as usual
THINNEST: Final = 0.001  # metres of a joint
WIDEST: Final = 0.015
CROSSED: Final = 0.1  # of a step from where another joint crosses, where there is nothing to see of this one

Table = NDArray[np.float64]
Look = Callable[[Floats, Floats], Floats]


@dataclass(frozen=True)
class Joints:
    """The joints of a floor: `matrix` (3, 3) brings places of its sheet to a lattice whose joints lie at whole numbers.

    `bent` (h, w, 2) is what is still to be added there: a lens bends what is straight. A joint is `wide` metres and
    `deep` (2, h, w, 3), log, off the tiles beside it, in each family.
    """

    matrix: Table
    bent: Floats
    wide: float
    deep: Floats

    def off(self, column: Floats, row: Floats) -> tuple[Floats, Floats]:
        """The lattice coordinates (N,) of places of the sheet."""
        u, v = applied(self.matrix, column, row)
        bent = sampled(self.bent, column.ravel(), row.ravel()).reshape(*column.shape, 2)
        return u + bent[..., 0], v + bent[..., 1]

    def near(self, shape: tuple[int, ...], ppm: float) -> Mask:
        """The pixels (h, w) of the sheet on a joint or beside it."""
        row, column = (np.asarray(a, np.float32) for a in np.indices(shape[:2]))
        marked = np.zeros(shape[:2], bool)
        for at in self.off(column, row):
            slope = np.hypot(*np.gradient(at))
            marked |= np.abs(at - np.round(at)) < (self.wide * ppm / 2 + 2.0) * slope
        return marked

    def drawn(self, places: tuple[Floats, Floats], beside: tuple[tuple[Floats, Floats], ...], metre: Floats) -> Floats:
        """What joints add (N, 3), log, at `places` of the sheet, (N,) columns and rows.

        `beside` are the places one photo pixel to the right and one below, `metre` (N,) photo pixels of a metre.
        """
        total = np.zeros((len(metre), 3), np.float32)
        at, right, down = (self.off(*place) for place in (places, *beside))
        wide = self.wide * metre
        for family in (0, 1):
            slope = np.maximum(np.hypot(right[family] - at[family], down[family] - at[family]), 1e-6)
            far = np.abs(at[family] - np.round(at[family])) / slope
            ends = ((far + side * wide / 2) / SOFT / np.sqrt(2) for side in (1, -1))
            share = np.subtract(*(special.erf(end) for end in ends))
            total += (0.5 * share).astype(np.float32)[:, None] * sampled(self.deep[family], *places)
        return total


@dataclass(frozen=True)
class Shown:
    """What a floor's sheet shows: its `picture` (h, w, 3), sRGB, where it is `known` (h, w), at `ppm` pixels a metre.

    `resolution` (h, w) is how sharp the photo shows each place, and `look` tells what the photo itself shows (N, 3) at
    places of the sheet, (N,) columns and rows.
    """

    picture: Floats
    known: Mask
    resolution: Floats
    ppm: float
    look: Look


def found(shown: Shown, steps: Table) -> Joints | None:
    """The joints of a floor that repeats itself by `steps` (2, 2).

    None where they do not lie on one lattice, as those of staggered tiles.
    """
    work = _Work(shown)
    matrix = work.first(steps)
    if matrix is None:
        return None
    for reach in REACHES:
        seen = [work.along(matrix, family, reach) for family in (0, 1)]
        if min(len(one.place) for one in seen) < FEWEST:
            return None
        matrix = work.fitted(matrix, seen)
    seen = [work.along(matrix, family, REACHES[-1]) for family in (0, 1)]
    if not all(one.sure() for one in seen):
        return None
    return work.measured(matrix, seen)


@dataclass(frozen=True)
class _Seen:
    """Joints of a family looked for at N places: `place` (M, 2) of those found in the sheet, on which `line` (M,) they
    are, how far `off` (M,) the lattice's own line in metres, against what is `allowed` (M,), and how `sharp` (M,).
    `asked` places could have shown one.
    """

    place: Table
    line: Table
    off: Table
    allowed: Table
    sharp: Floats
    asked: int

    def sure(self) -> bool:
        """Whether the lattice's lines are where the joints are."""
        good = np.abs(self.off) < self.allowed
        return good.sum() > max(FEWEST, AGREED * self.asked) and len(np.unique(self.line[good])) >= LINES


class _Work:
    """The work on one sheet: `grey` (h, w) is the log of its picture; `dark` is -1 where joints are pale, else 1."""

    def __init__(self, shown: Shown) -> None:
        self.grey = np.log(np.maximum(shown.picture, 0.02)).mean(-1).astype(np.float32)
        self.known, self.resolution, self.ppm, self.look = shown.known, shown.resolution, shown.ppm, shown.look
        self.dark = 1.0

    def first(self, steps: Table) -> Table | None:
        """A lattice of the `steps` alone, its joints where most of the edges are."""
        matrix = np.eye(3)
        matrix[:2, :2] = np.linalg.inv(steps.T)
        row, column = (np.asarray(a, np.float32) for a in np.indices(self.known.shape))
        found = []
        for family in (0, 1):
            ridge, sure = self._ridge(column, row, self._normal(matrix, family))
            phase = (applied(matrix, column, row)[family] % 1.0 * BINS).astype(int) % BINS
            count = np.bincount(phase[sure], minlength=BINS)
            mean = np.bincount(phase[sure], ridge[sure], minlength=BINS) / np.maximum(count, 1)
            found.append(mean - np.median(mean))
        self.dark = 1.0 if sum(m.max() for m in found) > -sum(m.min() for m in found) else -1.0
        for family, mean in enumerate(found):
            matrix[family, 2] = -((self.dark * mean).argmax() + 0.5) / BINS
        return matrix

    def along(self, matrix: Table, family: int, reach: float) -> _Seen:
        """The joints of a family, looked for `reach` of a step on both sides of the lattice's lines."""
        place, line, window = self._asked(matrix, family, reach)
        normal = self._normal(matrix, family)
        heights = np.arange(-window, window + FINE, FINE)
        column = (place[:, :1] + heights * normal[0]).astype(np.float32)
        row = (place[:, 1:] + heights * normal[1]).astype(np.float32)
        ridge, sure = self._ridge(column, row, normal)
        ridge, whole = self.dark * ridge, sure.all(1)
        best = np.where(sure, ridge, -1).argmax(1)
        inner = whole & (best > 0) & (best < len(heights) - 1)
        clear = inner & (ridge.max(1) > CLEAR)
        at, best = np.flatnonzero(clear), best[clear]
        before, top, after = ridge[at, best - 1], ridge[at, best], ridge[at, best + 1]
        part = np.clip(0.5 * (before - after) / np.minimum(before - 2 * top + after, -1e-6), -0.5, 0.5)
        off = (heights[best] + part * FINE) / self.ppm
        found = place[at] + (off * self.ppm)[:, None] * normal
        sharp = self._at(self.resolution, found[:, 0], found[:, 1])
        allowed = np.maximum(OFF[0], OFF[1] / np.maximum(sharp, 0.05) / self.ppm)
        return _Seen(found, line[at], off, allowed, sharp, int(whole.sum()))

    def fitted(self, matrix: Table, seen: list[_Seen]) -> Table:
        """The lattice that goes through the joints `seen` of both families."""
        size = float(max(self.known.shape))
        scale = np.diag([1 / size, 1 / size, 1.0])
        start = matrix @ np.linalg.inv(scale)
        ends = [np.c_[one.place / size, np.ones(len(one.place))] for one in seen]
        steps = [self._step(matrix, family) / self.ppm for family in (0, 1)]

        def apart(values: Table) -> Table:
            lattice = np.append(values, 1.0).reshape(3, 3)
            rests = [
                (place @ lattice[k] / (place @ lattice[2]) - one.line) * steps[k] / one.allowed
                for k, (place, one) in enumerate(zip(ends, seen, strict=True))
            ]
            flat = np.sqrt(sum(len(one.line) for one in seen)) / FLAT * 0.1
            return np.concatenate([*rests, values[6:] * flat])

        found = optimize.least_squares(apart, (start / start[2, 2]).ravel()[:8], loss="soft_l1", f_scale=0.5)
        return np.asarray(np.append(found.x, 1.0).reshape(3, 3) @ scale)

    def measured(self, matrix: Table, seen: list[_Seen]) -> Joints:
        """The joints with their width, as the photo shows it where it is sharpest, and with their depth everywhere."""
        bent, deep, width = [], [], []
        for family, one in enumerate(seen):
            good = (np.abs(one.off) < one.allowed) & (one.sharp >= np.median(one.sharp))
            profile = self._profiles(one.place[good], self._normal(matrix, family))
            totals = profile.sum(1) * STEP
            sharpest = one.sharp[good] >= np.quantile(one.sharp[good], 1 - SHARPEST)
            middle = np.median(profile[sharpest], 0)
            most = -self.dark * max(CLEAR, -self.dark * float(middle[len(middle) // 2].mean()))
            width.append(float(np.clip(middle.sum(0).mean() * STEP / most, THINNEST, WIDEST)))
            usual = np.median(totals, 0)
            off = np.clip(totals, 2 * np.minimum(usual, 0), 2 * np.maximum(usual, 0)) - usual
            deep.append(usual + self._carried(one.place[good], off, EVENED * self.ppm, EVENED_BY))
            good = np.abs(one.off) < one.allowed
            place = one.place[good]
            lattice = applied(matrix, place[:, 0].astype(np.float32), place[:, 1].astype(np.float32))[family]
            # As much as one place alone says nothing yet.
            bent.append(self._carried(place, (one.line[good] - lattice)[:, None], NEARBY * self.ppm, 1.0)[..., 0])
        wide = float(np.mean(width))
        return Joints(matrix, np.stack(bent, -1), wide, (np.stack(deep) / wide).astype(np.float32))

    def _profiles(self, place: Table, normal: Table) -> Table:
        """How much lighter (N, n, 3), log, the photo is across joints at places (N, 2) than on both sides of them."""
        count = round(BESIDE / STEP)
        reach = np.arange(-2 * count, 2 * count + 1) * STEP * self.ppm
        column, row = (place[:, k : k + 1] + reach * normal[k] for k in (0, 1))
        light = np.log(np.maximum(self.look(column.ravel(), row.ravel()), 0.02)).reshape(*column.shape, 3)
        # Each has its own middle: half a pixel's errors would make the joint broad and pale.
        near = slice(3 * count // 2, -3 * count // 2)
        middle = (self.dark * light[:, near].mean(-1)).argmin(1) + near.start
        step = light[np.arange(len(light))[:, None], middle[:, None] + np.arange(-count, count + 1)]
        return np.asarray(step - 0.5 * (step[:, :1] + step[:, -1:]), np.float64)

    def _carried(self, place: Table, values: Table, sigma: float, doubt: float) -> Floats:
        """Values (N, C) at places (N, 2) of the sheet, carried over it (h, w, C), to 0 where there are none near; a
        `doubt` counts as so many places that say 0.
        """
        total = np.zeros((*self.known.shape, values.shape[1]), np.float32)
        count = np.zeros(self.known.shape, np.float32)
        at = np.round(place[:, 1]).astype(int), np.round(place[:, 0]).astype(int)
        np.add.at(total, at, values.astype(np.float32))
        np.add.at(count, at, 1.0)
        total = np.asarray(cv2.GaussianBlur(total, (0, 0), sigma)).reshape(total.shape)
        count = cv2.GaussianBlur(count, (0, 0), sigma) + np.float32(doubt / (2 * np.pi * sigma**2))
        return np.asarray(total / count[..., None], np.float32)

    def _asked(self, matrix: Table, family: int, reach: float) -> tuple[Table, Table, float]:
        """Places (N, 2) on the lattice's lines, their lines (N,), and how many pixels `reach` of a step is."""
        height, width = self.known.shape
        corners = np.array([[0, 0], [width, 0], [0, height], [width, height]], np.float32)
        ends = np.stack(applied(matrix, corners[:, 0], corners[:, 1]))
        lines = np.arange(np.ceil(ends[family].min()), np.floor(ends[family].max()) + 1)
        fine = EVERY * self.ppm / self._step(matrix, 1 - family)
        along = np.arange(ends[1 - family].min(), ends[1 - family].max(), fine)
        across, way = (a.ravel().astype(np.float32) for a in np.meshgrid(lines, along))
        both = (across, way) if family == 0 else (way, across)
        column, row = applied(np.linalg.inv(matrix), *both)
        fits = (column > 0) & (row > 0) & (column < width - 1) & (row < height - 1)
        fits[fits] = self.known[np.round(row[fits]).astype(int), np.round(column[fits]).astype(int)]
        fits &= np.abs(way - np.round(way)) > CROSSED
        return (
            np.stack([column, row], -1)[fits].astype(float),
            across[fits].astype(float),
            reach * self._step(matrix, family),
        )

    def _step(self, matrix: Table, family: int) -> float:
        """Pixels between the lines of a family."""
        return float(1 / np.linalg.norm(matrix[family, :2]))

    def _normal(self, matrix: Table, family: int) -> Table:
        return np.asarray(matrix[family, :2] / np.linalg.norm(matrix[family, :2]))

    def _ridge(self, column: Floats, row: Floats, normal: Table) -> tuple[Floats, Mask]:
        """How much darker places are than what is on both sides of them along the `normal`, and where that is seen."""
        far, known = BESIDE * self.ppm * normal, self.known.astype(np.float32)
        sides = [self._at(self.grey, column + k * far[0], row + k * far[1]) for k in (-1, 1)]
        seen = [self._at(known, column + k * far[0], row + k * far[1]) > 0.9 for k in (-1, 0, 1)]
        middle = self._at(self.grey, column, row)
        return np.asarray(0.5 * (sides[0] + sides[1]) - middle, np.float32), np.asarray(np.all(seen, 0))

    def _at(self, field: Floats, column: Table | Floats, row: Table | Floats) -> Floats:
        found = sampled(field, np.asarray(column, np.float32).ravel(), np.asarray(row, np.float32).ravel())
        return np.asarray(found.reshape(*np.shape(column), *field.shape[2:]))

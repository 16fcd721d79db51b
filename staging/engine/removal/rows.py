"""The rows in which the boards of a floor lie: their way, and where the joints between them are.

Joints go on straight for longer than any grain does. Rows are about evenly wide; where the room was read a little
wrong, or boards of several widths are mixed, only about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import shrunk
from staging.engine.removal.sheets import Floats, Mask

LOOKED_AT: Final = 85.0  # pixels per metre at which the way of boards is looked for
# Metres of a joint that are looked at as one, and of the steps across boards the share that go on so far. The second
# where too little is seen for the first.
STRAIGHT: Final = ((0.40, 0.32), (0.20, 0.60))
ASIDE: Final = 0.6  # of the straight steps, the most that the other way has: what has as many is tiles
SURE: Final = 0.98  # of what is looked at that must be known
EDGE: Final = 0.08  # log of the light, the most that a step between two pixels counts
SKEW: Final = 9.0  # degrees that boards may lie off the walls
TURN: Final = 1.5  # degrees between ways that are tried first
FINE_TURN: Final = 0.25
ENOUGH: Final = 0.1  # of what is seen, where joints of that length would show
NARROWEST: Final = 0.05  # metres of a board
WIDEST: Final = 0.26
ABOUT: Final = 0.6  # metres over which joints are told from what is usual
EVEN: Final = 0.12  # of a board's width, that others differ
WIDTHS: Final = (0.6, 1.4)  # times the usual width, the least and the most between two joints

Table = NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    """The rows of a floor's boards: `turn` (2, 3) brings places of its sheet, columns and rows, to `u` along and `v`
    across them, in pixels of the sheet. Row k lies from `edges[k]` to `edges[k + 1]`; all are `length` long.
    """

    turn: Table
    edges: Table
    length: int

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.edges) - 1

    @property
    def widths(self) -> Table:
        """How wide each is."""
        return np.asarray(np.diff(self.edges))

    def along(self, column: Floats, row: Floats) -> tuple[Table, Table]:
        """`u` and `v` of places of the sheet."""
        u, v = (self.turn[k, 0] * column + self.turn[k, 1] * row + self.turn[k, 2] for k in (0, 1))
        return np.asarray(u, np.float64), np.asarray(v, np.float64)

    def places(self, u: Table, v: Table) -> tuple[Floats, Floats]:
        """The columns and rows of the sheet of places along and across."""
        back = np.linalg.inv(np.vstack([self.turn, [0, 0, 1]]))
        x, y = (back[k, 0] * u + back[k, 1] * v + back[k, 2] for k in (0, 1))
        return x.astype(np.float32), y.astype(np.float32)


def rows_of(light: Floats, known: Mask, ppm: float) -> Rows | None:
    """The rows of boards that a floor's `light` (h, w), log, shows where it is `known` (h, w); None where it has none.

    `ppm` are the sheet's pixels per metre.
    """
    way = _way(light, known, ppm)
    if way is None:
        return None
    degrees, long = way
    turn, size = _turned(degrees, known.shape)
    edges = _edges(*_both(light, known, turn, size), ppm, max(2, round(long * ppm)))
    return None if edges is None else Rows(turn, edges, size[0])


def _turned(degrees: float, shape: tuple[int, ...]) -> tuple[Table, tuple[int, int]]:
    """The way (2, 3) from places of a sheet to along and across its boards, and the size (u, v) of it all so."""
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle), 0], [-np.sin(angle), np.cos(angle), 0]])
    height, width = shape[:2]
    corners = turn[:, :2] @ np.array([[0, width - 1, 0, width - 1], [0, 0, height - 1, height - 1]], float)
    turn[:, 2] = -corners.min(1)
    far = np.ceil(np.ptp(corners, axis=1)).astype(int) + 1
    return turn, (int(far[0]), int(far[1]))


def _put(field: Floats, turn: Table, size: tuple[int, int]) -> Floats:
    return np.asarray(cv2.warpAffine(field, turn, size, flags=cv2.INTER_LINEAR), np.float32)


def _both(light: Floats, known: Mask, turn: Table, size: tuple[int, int]) -> tuple[Floats, Mask]:
    return _put(light, turn, size), np.asarray(_put(known.astype(np.float32), turn, size) > SURE)


def _across(light: Floats, known: Mask, long: int) -> tuple[Floats, Floats, Mask]:
    """Steps from row to row as they are over `long` pixels of it, the mean of their squares, and where known."""
    step = np.zeros_like(light)
    step[1:] = light[1:] - light[:-1]
    sure = known.copy()
    sure[1:] &= known[:-1]
    sure[0] = False
    step = np.clip(step, -EDGE, EDGE) * sure
    count = cv2.boxFilter(sure.astype(np.float32), -1, (long, 1), normalize=False)
    whole = count >= SURE * long
    mean = cv2.boxFilter(step, -1, (long, 1), normalize=False) / np.maximum(count, 1)
    square = cv2.boxFilter(step * step, -1, (long, 1), normalize=False) / np.maximum(count, 1)
    return np.asarray(mean, np.float32), np.asarray(square, np.float32), np.asarray(whole)


def _straight(light: Floats, known: Mask, degrees: float, long: int) -> tuple[float, int]:
    """The share, 0..1, of the steps across a way of `degrees` that go on for `long` pixels along it, 1 of lines and 0
    of grain, and how many pixels say so.
    """
    turn, size = _turned(degrees, light.shape)
    mean, square, whole = _across(*_both(light, known, turn, size), long)
    return float((mean[whole] ** 2).sum() / max(float(square[whole].sum()), 1e-9)), int(whole.sum())


def _way(light: Floats, known: Mask, ppm: float) -> tuple[float, float] | None:
    """The way of the boards in degrees from the sheet's rows, and over how many metres it was told; None where there
    are none.
    """
    k = min(1.0, LOOKED_AT / ppm)
    size = max(8, round(light.shape[1] * k)), max(8, round(light.shape[0] * k))
    small, seen = shrunk(light, *size), shrunk(known.astype(np.float32), *size) > SURE
    off = np.arange(-SKEW, SKEW + 0.1, TURN)
    for metres, least in STRAIGHT:
        long = max(2, round(metres * ppm * k))
        found = [[_straight(small, seen, float(way), long) for way in first + off] for first in (0.0, 90.0)]
        if min(max(count for _share, count in one) for one in found) < ENOUGH * seen.sum():
            continue
        best = [int(np.argmax([share for share, _count in one])) for one in found]
        share = [one[i][0] for one, i in zip(found, best, strict=True)]
        along = int(share[1] > share[0])
        # Boards lie as walls do: what is straightest farther off them is light.
        if share[along] < least or share[1 - along] > ASIDE * share[along] or best[along] in (0, len(off) - 1):
            return None
        ways = 90.0 * along + off[best[along]] + np.arange(-TURN, TURN + 0.1, FINE_TURN)
        best_way = int(np.argmax([_straight(small, seen, float(way), long)[0] for way in ways]))
        return float(ways[best_way]), metres
    return None


def _edges(light: Floats, known: Mask, ppm: float, long: int) -> Table | None:
    """Where (n + 1,) the joints between rows lie, over all of the turned sheet; None where none is seen for `long`
    pixels.
    """
    mean, _square, whole = _across(light, known, long)
    count = whole.sum(1)
    good = count > 0
    if good.sum() < NARROWEST * ppm:
        return None
    step = (np.abs(mean) * whole).sum(1) / np.maximum(count, 1)
    window = (1, 2 * round(ABOUT * ppm / 2) + 1)
    usual, share = (cv2.blur(a.astype(np.float32)[:, None], window)[:, 0] for a in (step * good, good))
    clear = np.where(good, step / np.maximum(usual / np.maximum(share, 1e-6), 1e-6) - 1, 0)
    clear = np.convolve(clear, [0.25, 0.5, 0.25], "same")
    wide = _width(clear, good, ppm)
    return _chain(clear, wide)


def _width(clear: Table, good: Mask, ppm: float) -> float:
    """The width of boards in pixels: that whose comb has the surest teeth."""
    at = np.arange(len(clear))
    most, found = -1.0, NARROWEST * ppm
    for wide in np.arange(NARROWEST * ppm, WIDEST * ppm, 0.25):
        bins = max(4, int(wide / 2))
        tooth = ((at / wide) % 1 * bins).astype(int)
        count = np.bincount(tooth, good, minlength=bins)
        mean = np.bincount(tooth, clear * good, minlength=bins) / np.maximum(count, 1)
        sure = float((mean * np.sqrt(count)).max())
        if sure > most:
            most, found = sure, float(wide)
    return found


def _chain(clear: Table, wide: float) -> Table:
    """The joints that are clearest while they are about evenly `wide` apart, beyond both ends too (Viterbi 1967)."""
    count = len(clear)
    near = np.arange(max(2, round(WIDTHS[0] * wide)), round(WIDTHS[1] * wide) + 1)
    cost = ((near / wide - 1) / EVEN) ** 2 / 2
    best, before = np.zeros(count), np.full(count, -1)
    for at in range(count):
        back = at - near
        inside = back >= 0
        if at >= near[0] and inside.any():
            total = best[back[inside]] - cost[inside]
            choice = int(total.argmax())
            if at > near[-1] or total[choice] > 0:
                best[at], before[at] = total[choice], back[inside][choice]
        best[at] += clear[at]
    last = max(0, count - round(wide))
    at = last + int(best[last:].argmax())
    chain = [at]
    while before[at] >= 0:
        at = int(before[at])
        chain.append(at)
        # A step from one row of pixels to the next lies between them.
    edges = np.array(chain[::-1], np.float64) - 0.5
    first = np.arange(edges[0] - wide, -wide, -wide)[::-1]
    after = np.arange(edges[-1] + wide, count + wide, wide)
    return np.concatenate([first, edges, after])

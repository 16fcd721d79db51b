"""The fine grain of a covering without a pattern, paint or carpet, laid anew where it was hidden.

Pieces of it are taken from the photo itself, from places about as near to the camera as those that they go to, and
laid over each other by half with weights whose squares sum to one, which keeps the strength of the grain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

TILES: Final = (96, 64, 40, 24)  # pixels of the photo, the sides of the pieces that are tried
BANDS: Final = 10  # of the photo's height: pieces are taken from the band of the place or the nearest with any
MOST: Final = 16  # pieces of a band
CALMER: Final = 0.35  # of the pieces
UNUSUAL: Final = 0.6  # log of a piece's strength against the calmer ones': beyond, there is an edge in it
SPOT: Final = 0.6  # what the log of its strongest pixel counts: the larger a piece, the stronger that is by chance
FEWEST: Final = 3  # the same, for a band to have its own
VARIED: Final = 8  # pieces that a band has of its own, not to repeat them in sight
ENOUGH: Final = 0.75  # of the bands that any size gives so many, for smaller pieces not to be needed


@dataclass(frozen=True)
class Grain:
    """`pieces` (n, s, s, 3), sRGB around 0 at the photo's size; `bands` tells for each band of rows which are used.

    They are laid mirrored and, but for grain that `lies` before the camera and is foreshortened, on their sides as
    well: what a camera or a JPEG leaves in all of them would add up to stripes.
    """

    pieces: Floats
    bands: tuple[NDArray[np.int64], ...]
    height: int
    lies: bool = False

    def at(self, x: Integers, y: Integers) -> Floats:
        """The grain (N, 3) of the photo's pixels (x, y)."""
        total = np.zeros((len(x), 3), np.float32)
        side = self.pieces.shape[1]
        if side < 2:
            return total
        half = side // 2
        energy = np.zeros(len(x), np.float32)
        for down in (0, 1):
            for right in (0, 1):
                row, column = y // half + down, x // half + right
                inside_y, inside_x = y - (row - 1) * half, x - (column - 1) * half
                weight = _window(inside_y, 2 * half) * _window(inside_x, 2 * half)
                number = _number(row, column)
                which = self._which(number, row, half)
                at_y, at_x = _turned(number, inside_y, inside_x, 2 * half, lies=self.lies)
                total += weight[:, None] * self.pieces[which, at_y, at_x]
                energy += weight * weight
        return np.asarray(total / np.sqrt(np.maximum(energy, 1e-6))[:, None], np.float32)

    def _which(self, number: Integers, row: Integers, half: int) -> Integers:
        """The piece that lies at each place of the half-overlapping grid, by the place's `number`."""
        band = np.clip((row * half * len(self.bands)) // max(1, self.height), 0, len(self.bands) - 1)
        counts = np.array([len(own) for own in self.bands])
        table = np.zeros((len(self.bands), int(counts.max())), np.int64)
        for i, own in enumerate(self.bands):
            table[i, : len(own)] = own
        return np.asarray(table[band, number % counts[band]])


def _number(row: Integers, column: Integers) -> Integers:
    """A hash of each place."""
    number = (row * 73856093 ^ column * 19349663) & 0x7FFFFFFF
    return np.asarray((number * 1103515245 + 12345) >> 8)


def _turned(number: Integers, y: Integers, x: Integers, side: int, *, lies: bool) -> tuple[Integers, Integers]:
    """Where in a piece of `side` pixels each pixel (y, x) of its place is taken from."""
    how = number >> 7
    x = np.where(how & 1, side - 1 - x, x)
    if lies:
        return y, x
    y = np.where(how & 2, side - 1 - y, y)
    return np.where(how & 4, x, y), np.where(how & 4, y, x)


NONE: Final = Grain(np.zeros((1, 1, 1, 3), np.float32), (np.zeros(1, np.int64),), 1)


def taken(photo: Bytes, own: Mask, sigma: float, *, lies: bool = False) -> Grain:
    """The grain of the photo's (H, W, 3) `own` pixels (h, w, any size): what is finer than `sigma` pixels of it.

    `lies`: it is that of a floor. The pieces are as large as they can be without anything in them but grain.
    """
    height, width = photo.shape[:2]
    bare = cv2.resize(own.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    total = np.asarray(cv2.integral(bare), np.int32)
    cut = {side: _cut(photo, total, side, sigma) for side in TILES if side < min(height, width) and side >= 4 * sigma}
    cut = {side: pieces for side, pieces in cut.items() if len(pieces.band) >= FEWEST}
    if not cut:
        return NONE
    smallest = cut[min(cut)]
    usual = smallest.strength()
    calm = {side: pieces.calmest(usual) for side, pieces in cut.items()}
    # Few pieces are seen to repeat, and those of far bands are of another strength.
    varied = {side: pieces.varied() for side, pieces in calm.items()}
    pieces = calm[max(side for side, bands in varied.items() if bands >= ENOUGH * max(varied.values()))]
    pieces = pieces if len(pieces.band) >= FEWEST else smallest
    return Grain(pieces.fine, pieces.by_band(), height, lies)


@dataclass(frozen=True)
class _Pieces:
    """Pieces (n, s, s, 3) of one size, and the `band` (n,) of the photo that each is from."""

    fine: Floats
    band: Integers

    def strength(self) -> NDArray[np.float64]:
        """Of the calmer pieces of each band (BANDS, 2): log of their energy and of their strongest pixel.

        A band without enough pieces has that of the nearest one.
        """
        own = self._logs()
        known = {
            b: np.quantile(own[self.band == b], CALMER, axis=0)
            for b in range(BANDS)
            if (self.band == b).sum() >= FEWEST
        } or {0: np.quantile(own, CALMER, axis=0)}
        at = np.array(list(known))
        return np.stack([known[int(at[np.abs(at - b).argmin()])] for b in range(BANDS)])

    def calmest(self, usual: NDArray[np.float64]) -> _Pieces:
        """Those about as strong as is `usual` in their band, in all and in their spots, the nearest to it first."""
        off = self._logs() - usual[self.band]
        unusual = np.maximum(np.abs(off[:, 0]), SPOT * off[:, 1])
        order = np.argsort(unusual, kind="stable")
        order = order[unusual[order] < UNUSUAL]
        return _Pieces(self.fine[order], self.band[order])

    def varied(self) -> int:
        """How many bands have pieces enough of their own."""
        return int((np.bincount(self.band, minlength=BANDS) >= VARIED).sum())

    def by_band(self) -> tuple[NDArray[np.int64], ...]:
        """The numbers of the pieces of each band, of the nearest one where it has too few."""
        own = {b: np.flatnonzero(self.band == b)[:MOST] for b in range(BANDS)}
        own = {b: mine for b, mine in own.items() if len(mine) >= VARIED} or {0: np.arange(len(self.band))[:MOST]}
        at = np.array(list(own))
        return tuple(own[int(at[np.abs(at - b).argmin()])] for b in range(BANDS))

    def _logs(self) -> NDArray[np.float64]:
        energy, strongest = (self.fine**2).mean((1, 2, 3)), np.abs(self.fine).max((1, 2, 3))
        return np.log(np.stack([energy + 1e-9, strongest + 1e-3], -1).astype(np.float64))


def _cut(photo: Bytes, total: NDArray[np.int32], side: int, sigma: float) -> _Pieces:
    """Pieces of `side` pixels that lie wholly on the covering, of which `total` is the integral."""
    whole = total[side:, side:] - total[:-side, side:] - total[side:, :-side] + total[:-side, :-side]
    step = max(1, side // 4)
    corners = np.argwhere(whole[::step, ::step] == side * side) * step
    band = np.clip((corners[:, 0] + side // 2) * BANDS // photo.shape[0], 0, BANDS - 1)
    some: list[int] = []
    for index in range(BANDS):
        mine = np.flatnonzero(band == index)
        some += mine[:: max(1, len(mine) // (3 * MOST))].tolist()
    fine = [_fine(photo, int(y), int(x), side, sigma) for y, x in corners[some]]
    return _Pieces(np.stack(fine) if fine else np.zeros((0, side, side, 3), np.float32), band[some])


def _fine(photo: Bytes, y: int, x: int, side: int, sigma: float) -> Floats:
    """A piece without what is broader than `sigma`; blurred with its surroundings, so that its rim is as good."""
    reach = min(round(3 * sigma), y, x, photo.shape[0] - side - y, photo.shape[1] - side - x)
    reach = max(0, reach)
    part = photo[y - reach : y + side + reach, x - reach : x + side + reach].astype(np.float32) / 255
    fine = part - cv2.GaussianBlur(part, (0, 0), sigma)
    cut = fine[reach : reach + side, reach : reach + side]
    return np.asarray(cut - cut.mean((0, 1)), np.float32)


def _window(at: Integers, side: int) -> Floats:
    """A Hann window's root: squares of neighbours that overlap by half sum to one."""
    return np.sin(np.pi * (np.asarray(at, np.float32) + 0.5) / side).astype(np.float32)

"""The fine grain of a covering without a pattern, paint or carpet, laid anew where it was hidden.

Pieces of it are taken from the photo itself, from places about as near to the camera as those that they go to, and
laid over each other by half with weights whose squares sum to one, which keeps the strength of the grain.
"""

from __future__ import annotations

import dataclasses
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
UNUSUAL: Final = 0.6  # log of a piece's strength against the calmer ones': beyond, there is an edge in it
FEWEST: Final = 3  # the same, for a band to have its own


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

    `lies`: it is that of a floor.
    """
    height, width = photo.shape[:2]
    bare = cv2.resize(own.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    for side in TILES:
        total = cv2.integral(bare)
        if min(height, width) <= side or side < 4 * sigma:
            continue
        whole = total[side:, side:] - total[:-side, side:] - total[side:, :-side] + total[:-side, :-side]
        step = max(1, side // 4)
        corners = np.argwhere(whole[::step, ::step] == side * side) * step
        if len(corners) >= FEWEST:
            return dataclasses.replace(_grain(photo, corners, side, sigma), lies=lies)
    return NONE


def _grain(photo: Bytes, corners: Integers, side: int, sigma: float) -> Grain:
    height = photo.shape[0]
    band = np.clip((corners[:, 0] + side // 2) * BANDS // height, 0, BANDS - 1)
    pieces: list[Floats] = []
    own: dict[int, list[int]] = {}
    for index in range(BANDS):
        mine = corners[band == index]
        if len(mine) < FEWEST:
            continue
        some = mine[:: max(1, len(mine) // (3 * MOST))]
        found = [_fine(photo, int(y), int(x), side, sigma) for y, x in some]
        # What differs most from the usual has something in it.
        energy = np.array([float((piece**2).mean()) for piece in found])
        unusual = np.abs(np.log((energy + 1e-9) / (np.quantile(energy, 0.35) + 1e-9)))
        order = np.argsort(unusual)[: min(MOST, max(FEWEST, int((unusual < UNUSUAL).sum())))]
        own[index] = [len(pieces) + k for k in range(len(order))]
        pieces += [found[k] for k in order]
    if not own:
        some = corners[:: max(1, len(corners) // MOST)]
        pieces = [_fine(photo, int(y), int(x), side, sigma) for y, x in some]
        own[0] = list(range(len(pieces)))
    filled = np.array(list(own))
    nearest = filled[np.abs(filled - np.arange(BANDS)[:, None]).argmin(1)]
    return Grain(np.stack(pieces), tuple(np.array(own[int(k)], np.int64) for k in nearest), height)


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

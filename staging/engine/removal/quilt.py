"""Continue a plane's pattern over its hidden part with pieces of itself, each where it fits its neighbours best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import shrunk
from staging.engine.removal.sheets import Floats, Mask

TILE: Final = 0.34  # metres
SMALLEST_TILE: Final = 24  # pixels
OVERLAP: Final = 0.4  # of a tile
BLUR_COST: Final = 0.7  # of the pattern's own variance, for a source of half or of twice the sharpness
REUSE_COST: Final = 0.15
GOOD: Final = 1.25  # times the usual error of a search, for a neighbour's offset to be taken without one
FEATHER: Final = 2.0  # pixels


@dataclass(frozen=True)
class Quilt:
    """From where each pixel (h, w) of a sheet takes its pattern: offsets (h, w, 2) in sheet pixels, column and row.

    The first and the second choice, with the first one's share; 1 and offsets of 0 outside of the hidden part.
    """

    first: Floats
    second: Floats
    share: Floats


def quilted(detail: Floats, known: Mask, hidden: Mask, resolution: Floats, ppm: float) -> Quilt | None:
    """Lay the pattern `detail` (h, w, 3) of the `known` pixels over the `hidden` ones; None when too little is known.

    `resolution` (h, w) is how sharp the photo shows each place.
    """
    tile = _tile(known, ppm)
    if tile is None:
        return None
    work = _Work(detail, known, hidden, resolution, tile)
    work.run()
    return work.quilt()


def _tile(known: Mask, ppm: float) -> int | None:
    """The largest tile, in pixels, of which the known part holds enough whole ones."""
    for tile in dict.fromkeys(max(SMALLEST_TILE, round(TILE * k * ppm)) for k in (1, 0.7, 0.5, 0.3)):
        if min(known.shape) > tile and (_whole(known, tile)).sum() > 30:
            return tile
    return None


def _whole(known: Mask, tile: int) -> Mask:
    """Corners (h - tile + 1, w - tile + 1) of the tiles that are all but wholly known."""
    total = cv2.integral(known.astype(np.uint8))
    inside = total[tile:, tile:] - total[:-tile, tile:] - total[tile:, :-tile] + total[:-tile, :-tile]
    return np.asarray(inside >= 0.995 * tile * tile)


class _Work:
    """One sheet's laying: `laid` is the pattern so far, `owner` (h, w) which tile laid it (-1: none)."""

    def __init__(self, detail: Floats, known: Mask, hidden: Mask, resolution: Floats, tile: int) -> None:
        self.tile = tile
        self.known, self.hidden = known, hidden
        self.laid = np.where(known[..., None], detail, 0).astype(np.float32)
        self.have = known & ~hidden
        self.owner = np.full(known.shape, -1, np.int32)
        self.offsets: list[tuple[int, int]] = []
        self.half = shrunk(self.laid, known.shape[1] // 2, known.shape[0] // 2)
        # Known only at half size where all four pixels are.
        corners = _whole(known, tile)
        self.all_corners = corners
        self.corners = corners[: 2 * (corners.shape[0] // 2) : 2, : 2 * (corners.shape[1] // 2) : 2]
        self.variance = float((detail[known] ** 2).sum(-1).mean()) + 1e-6
        middle = tile // 2
        sharp = np.log2(np.maximum(resolution, 1e-3))
        self.sharp = sharp
        self.corner_sharp = sharp[middle::2, middle::2][: self.corners.shape[0], : self.corners.shape[1]]
        self.used: Floats = np.zeros_like(self.corners, np.float32)
        self.errors: list[float] = []

    def run(self) -> None:
        """Lay tile after tile, always the one of whose place most is known."""
        places = np.array(self._places(), np.int32).reshape(-1, 2)
        shares = np.array([self._share(y, x) for y, x in places], np.float32)
        for _ in range(len(places)):
            index = int(np.argmax(shares))
            y, x = (int(v) for v in places[index])
            self._lay(y, x)
            shares[index] = -1
            for near in np.flatnonzero((np.abs(places - [y, x]).max(1) < self.tile) & (shares >= 0)):
                shares[near] = self._share(*places[near])

    def _share(self, y: int, x: int) -> float:
        """How much of a tile's place is known or laid, 0..1."""
        return float(np.count_nonzero(self.have[y : y + self.tile, x : x + self.tile])) / self.tile**2

    def quilt(self) -> Quilt:
        """The offsets by which the tiles were laid, feathered between neighbours."""
        height, width = self.known.shape
        first, second = (np.zeros((height, width, 2), np.float32) for _ in range(2))
        table = np.array([*self.offsets, (0, 0)], np.float32)
        first[...] = table[self.owner]
        share = np.ones((height, width), np.float32)
        best, runner = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
        reach = round(3 * FEATHER) + 1
        second[...] = first
        for index in range(len(self.offsets)):
            ys, xs = np.nonzero(self.owner == index)
            if len(ys) == 0:
                continue
            part = (slice(max(0, ys.min() - reach), ys.max() + reach + 1),
                    slice(max(0, xs.min() - reach), xs.max() + reach + 1))  # fmt: skip
            weight = cv2.GaussianBlur((self.owner[part] == index).astype(np.float32), (0, 0), FEATHER)
            own = self.owner[part] == index
            best[part] = np.where(own, weight, best[part])
            better = ~own & (weight > runner[part]) & (self.owner[part] >= 0)
            runner[part] = np.where(better, weight, runner[part])
            second[part] = np.where(better[..., None], table[index], second[part])
        mixed = runner > 1e-3
        share[mixed] = (best / np.maximum(best + runner, 1e-6))[mixed]
        return Quilt(first, second, share)

    def _places(self) -> list[tuple[int, int]]:
        """Upper left corners of tiles that together cover the hidden part."""
        height, width = self.known.shape
        step = max(4, round(self.tile * (1 - OVERLAP)))
        rows = sorted({*range(0, height - self.tile, step), height - self.tile})
        columns = sorted({*range(0, width - self.tile, step), width - self.tile})
        return [(y, x) for y in rows for x in columns if self.hidden[y : y + self.tile, x : x + self.tile].any()]

    def _lay(self, y: int, x: int) -> None:
        tile = self.tile
        place = slice(y, y + tile), slice(x, x + tile)
        open_ = self.hidden[place] & (self.owner[place] < 0)
        if not open_.any():
            return
        top, left = self._coherent(y, x) or self._best(y, x)
        source = slice(top, top + tile), slice(left, left + tile)
        index = len(self.offsets)
        self.offsets.append((left - x, top - y))
        self.laid[place] = np.where(open_[..., None], self.laid[source], self.laid[place])
        self.owner[place] = np.where(open_, index, self.owner[place])
        self.have[place] |= open_
        near = max(1, tile // 6)
        cy, cx = top // 2, left // 2
        self.used[max(0, cy - near) : cy + near, max(0, cx - near) : cx + near] += 1

    def _coherent(self, y: int, x: int) -> tuple[int, int] | None:
        """The corner that a neighbour's offset leads to, when it fits about as well as searching has fitted so far."""
        if len(self.errors) < 2:
            return None
        tile, best, found = self.tile, GOOD * float(np.median(self.errors)), None
        place = slice(y, y + tile), slice(x, x + tile)
        have = self.have[place]
        if have.mean() < 0.1:
            return None
        for index in np.unique(self.owner[place]):
            if index < 0:
                continue
            dx, dy = self.offsets[index]
            top, left = y + dy, x + dx
            if not (0 <= top <= self.known.shape[0] - tile and 0 <= left <= self.known.shape[1] - tile):
                continue
            if not self.all_corners[top, left]:
                continue
            error = self._error(top, left, self.laid[place], have)
            if error < best:
                best, found = error, (top, left)
        return found

    def _error(self, top: int, left: int, pattern: Floats, have: Mask) -> float:
        source = self.laid[top : top + self.tile, left : left + self.tile]
        return float((((source - pattern) ** 2).sum(-1) * have).sum() / max(1, int(have.sum())))

    def _best(self, y: int, x: int) -> tuple[int, int]:
        """The corner of the known tile that fits the place best: all of them at half size, then the nearest ones."""
        tile = self.tile
        small = tile // 2
        have = self.have[y : y + tile, x : x + tile].astype(np.float32)
        pattern = self.laid[y : y + tile, x : x + tile]
        mask = shrunk(have[: 2 * small, : 2 * small], small, small)
        mask = (mask > 0.9).astype(np.float32)
        cost = np.zeros_like(self.used)
        if mask.sum() > 8:
            wanted = shrunk(pattern[: 2 * small, : 2 * small], small, small)
            error = differences(self.half, wanted, mask) / np.float32(mask.sum())
            cost[: len(error), : error.shape[1]] = error[: len(cost), : cost.shape[1]]
        middle = float(self.sharp[y + tile // 2, x + tile // 2])
        cost += self.variance * (
            BLUR_COST * np.abs(self.corner_sharp - middle) ** 2 * np.where(self.corner_sharp < middle, 1.0, 0.35)
            + REUSE_COST * self.used
        )
        cost = np.where(self.corners, cost, np.inf)
        row, column = divmod(int(cost.argmin()), self.corners.shape[1])
        return self._refined(2 * row, 2 * column, pattern, have)

    def _refined(self, top: int, left: int, pattern: Floats, have: Floats) -> tuple[int, int]:
        best, found = np.inf, (top, left)
        height, width = self.known.shape
        for dy in (-1, 0, 1):
            for dx in (-1, 0, 1):
                t, s = top + dy, left + dx
                if t < 0 or s < 0 or t + self.tile > height or s + self.tile > width:
                    continue
                error = self._error(t, s, pattern, have > 0)
                if error < best - 1e-9:
                    best, found = error, (t, s)
        if have.mean() > 0.1:
            self.errors.append(best)
        return found


def differences(picture: Floats, wanted: Floats, mask: Floats) -> NDArray[np.float32]:
    """Sum of squared differences of `wanted` (n, m, 3), where `mask` (n, m) is 1, at every place of a picture."""
    weights = np.repeat(mask[..., None], 3, -1)
    error = cv2.matchTemplate(picture, wanted * weights, cv2.TM_CCORR)
    energy = (picture**2).sum(-1)
    power = cv2.matchTemplate(energy, mask, cv2.TM_CCORR)
    total = float(((wanted**2).sum(-1) * mask).sum())
    return np.asarray(np.maximum(power - 2 * error + total, 0), np.float32)

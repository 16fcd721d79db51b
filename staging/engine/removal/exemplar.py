"""Fill a hole with pieces of what is round it, for places of which no plane is known.

Nearest patches are searched by PatchMatch (Barnes et al. 2009) and vote for the hidden pixels (Wexler et al. 2007),
from a coarse copy of the surroundings to a fine one. Seeds are fixed: the same photo gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import filled

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Places = NDArray[np.int64]

HALF: Final = 3  # pixels of a patch on each side of its middle
LONGEST: Final = 300  # pixels of the surroundings' long side at the finest search
COARSEST: Final = 44
ROUNDS: Final = (5, 4, 3, 2)  # of search and votes, from coarse to fine
AROUND: Final = 0.9  # of the hole's size, how far round it patches are taken from
OTHER_FACE: Final = 60.0  # squared Lab units: what a patch of another plane costs
FAR: Final = 12.0  # the same of a patch from the other end of the surroundings, up or down
_OY, _OX = (a.ravel() for a in np.mgrid[-HALF : HALF + 1, -HALF : HALF + 1])


@dataclass(frozen=True)
class Window:
    """The surroundings of a hole in the photo: rows and columns, and the size at which they are searched."""

    rows: slice
    columns: slice
    size: tuple[int, int]

    @classmethod
    def of(cls, hole: Mask) -> Window:
        """Of a hole (H, W) that is not empty."""
        ys, xs = np.nonzero(hole)
        reach = round(AROUND * max(np.ptp(ys), np.ptp(xs), 0.06 * max(hole.shape)))
        top, left = max(0, int(ys.min()) - reach), max(0, int(xs.min()) - reach)
        bottom, right = min(hole.shape[0], int(ys.max()) + reach + 1), min(hole.shape[1], int(xs.max()) + reach + 1)
        k = min(1.0, LONGEST / max(bottom - top, right - left))
        return cls(
            slice(top, bottom),
            slice(left, right),
            (max(8, round((right - left) * k)), max(8, round((bottom - top) * k))),
        )


def completed(photo: Bytes, hole: Mask, faces: NDArray[np.int8]) -> Bytes | None:
    """The photo (H, W, 3) with its `hole` (H, W) filled; None where too little is left round it to take from.

    `faces` (h, w), of any size, says which plane each place belongs to: patches rather stay on theirs. Pixels outside
    of the hole are the photo's own.
    """
    window = Window.of(hole)
    area = photo[window.rows, window.columns]
    inside = hole[window.rows, window.columns]
    size = (photo.shape[1], photo.shape[0])
    small = cv2.resize(area, window.size, interpolation=cv2.INTER_AREA)
    hidden = cv2.resize(inside.astype(np.float32), window.size, interpolation=cv2.INTER_AREA) > 0.02
    face = cv2.resize(faces.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)[window.rows, window.columns]
    face = cv2.resize(face, window.size, interpolation=cv2.INTER_NEAREST)
    lab = np.asarray(cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2Lab), np.float32)
    found = _searched(lab, hidden, np.asarray(face, np.uint8))
    if found is None:
        return None
    colour, source = found
    filled_area = _sharpened(area, inside, colour, source, window.size)
    picture = photo.copy()
    picture[window.rows, window.columns] = filled_area
    return picture


def _searched(lab: Floats, hidden: Mask, face: Bytes) -> tuple[Floats, Places] | None:
    """The filled surroundings (h, w, 3) Lab, and from where each pixel takes its detail (h, w, 2), rows and columns."""
    rng = np.random.default_rng(11)
    source: Places | None = None
    colour: Floats = lab
    for depth, (picture, hole, faces) in enumerate(reversed(_pyramid(lab, hidden, face))):
        level = _Level.of(picture, hole, faces)
        if level is None:
            return None
        if source is None:
            known = (~hole).astype(np.float32)
            colour = filled(np.where(hole[..., None], 0, picture).astype(np.float32), known)
            source = level.free[rng.integers(0, len(level.free), hole.size)].reshape(*hole.shape, 2)
        else:
            colour = np.asarray(cv2.resize(colour, hole.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)
            source = _enlarged(source, hole.shape)
        colour = np.where(hole[..., None], colour, picture).astype(np.float32)
        for _ in range(ROUNDS[min(depth, len(ROUNDS) - 1)]):
            source, cost = level.matched(colour, source, rng)
            colour = level.voted(colour, source, cost)
    return None if source is None else (colour, source)


def _pyramid(lab: Floats, hidden: Mask, face: Bytes) -> list[tuple[Floats, Mask, Bytes]]:
    """The surroundings, the hole in them and their faces, each half the size of the one before."""
    levels = [(lab, hidden, face)]
    while max(levels[-1][1].shape) > 2 * COARSEST and len(levels) < len(ROUNDS):
        picture, hole, faces = levels[-1]
        size = (picture.shape[1] // 2, picture.shape[0] // 2)
        smaller = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)
        hole = cv2.resize(hole.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.2
        levels.append((smaller, hole, np.asarray(cv2.resize(faces, size, interpolation=cv2.INTER_NEAREST), np.uint8)))
    return levels


def _enlarged(source: Places, shape: tuple[int, ...]) -> Places:
    """Sources (h, w, 2) for a picture of about twice the size."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    cy, cx = np.minimum(y // 2, source.shape[0] - 1), np.minimum(x // 2, source.shape[1] - 1)
    return np.asarray(2 * source[cy, cx] + np.stack([y - 2 * cy, x - 2 * cx], -1), np.int64)


@dataclass(frozen=True)
class _Level:
    """One size: `targets` (n, 2) are the middles of patches that touch the hole, `free` (m, 2) those of whole ones."""

    picture: Floats
    hole: Mask
    faces: Bytes
    targets: Places
    free: Places
    allowed: Mask

    @classmethod
    def of(cls, picture: Floats, hole: Mask, faces: Bytes) -> _Level | None:
        square = np.ones((2 * HALF + 1, 2 * HALF + 1), np.uint8)
        touched = cv2.dilate(hole.astype(np.uint8), square) > 0
        frame = np.zeros(hole.shape, bool)
        frame[HALF:-HALF, HALF:-HALF] = True
        allowed = ~touched & frame
        if allowed.sum() < 30:
            return None
        return cls(picture, hole, faces, np.argwhere(touched), np.argwhere(allowed), allowed)

    def matched(self, colour: Floats, source: Places, rng: np.random.Generator) -> tuple[Places, Floats]:
        """Better sources (h, w, 2) for the patches of `colour`, and their costs (n,)."""
        height, width = self.hole.shape
        padded = np.pad(colour, ((HALF, HALF), (HALF, HALF), (0, 0)), mode="edge")
        y, x = self.targets.T
        wanted = padded[y[:, None] + HALF + _OY, x[:, None] + HALF + _OX]

        def cost(at: Places) -> Floats:
            fits = self.allowed[at[:, 0], at[:, 1]]
            shown = padded[at[:, :1] + HALF + _OY, at[:, 1:] + HALF + _OX]
            apart = ((shown - wanted) ** 2).sum(-1).mean(-1)
            apart = apart + OTHER_FACE * (self.faces[at[:, 0], at[:, 1]] != self.faces[y, x])
            apart = apart + FAR * ((at[:, 0] - y) / height) ** 2
            return np.where(fits, apart, np.inf).astype(np.float32)

        def within(at: Places) -> Places:
            return np.stack([np.clip(at[:, 0], 0, height - 1), np.clip(at[:, 1], 0, width - 1)], -1)

        best = within(source[y, x])
        lowest = cost(best)
        field = source.copy()
        reach = max(height, width)
        for step in (4, 1):
            for dy, dx in ((0, step), (0, -step), (step, 0), (-step, 0)):
                field[y, x] = best
                ny, nx = np.clip(y + dy, 0, height - 1), np.clip(x + dx, 0, width - 1)
                best, lowest = _better(best, lowest, within(field[ny, nx] - [dy, dx]), cost)
            for radius in (reach, reach // 4, reach // 16, 2):
                moved = best + rng.integers(-max(1, radius), max(1, radius) + 1, best.shape)
                best, lowest = _better(best, lowest, within(moved), cost)
        lost = ~np.isfinite(lowest)
        if lost.any():
            best[lost] = self.free[rng.integers(0, len(self.free), int(lost.sum()))]
            lowest = cost(best)
        field[y, x] = best
        return field, lowest

    def voted(self, colour: Floats, source: Places, cost: Floats) -> Floats:
        """The hidden pixels as the mean of what all patches over them say, near ones more."""
        height, width = self.hole.shape
        spread = max(float(np.percentile(cost, 60)), 1.0)
        weight = np.exp(-cost / spread)
        y, x = self.targets.T
        at = source[y, x]
        total, share = np.zeros((height * width, 3)), np.zeros(height * width)
        for oy, ox in zip(_OY, _OX, strict=True):
            ty, tx, sy, sx = y + oy, x + ox, at[:, 0] + oy, at[:, 1] + ox
            fits = (ty >= 0) & (tx >= 0) & (ty < height) & (tx < width)
            fits &= (sy >= 0) & (sx >= 0) & (sy < height) & (sx < width)
            where = ty[fits] * width + tx[fits]
            shown = colour[sy[fits], sx[fits]]
            share += np.bincount(where, weight[fits], height * width)
            for channel in range(3):
                total[:, channel] += np.bincount(where, weight[fits] * shown[:, channel], height * width)
        mean = (total / np.maximum(share, 1e-9)[:, None]).reshape(height, width, 3)
        known = share.reshape(height, width) > 0
        return np.where((self.hole & known)[..., None], mean, colour).astype(np.float32)


def _better(best: Places, lowest: Floats, other: Places, cost: Callable[[Places], Floats]) -> tuple[Places, Floats]:
    price = cost(other)
    wins = price < lowest
    return np.where(wins[:, None], other, best), np.where(wins, price, lowest)


def _sharpened(area: Bytes, inside: Mask, colour: Floats, source: Places, size: tuple[int, int]) -> Bytes:
    """The surroundings (H, W, 3) at their own size: light as voted, detail from where each pixel was taken."""
    height, width = area.shape[:2]
    ky, kx = height / size[1], width / size[0]
    voted = np.clip(cv2.cvtColor(colour, cv2.COLOR_Lab2RGB), 0, 1) * 255
    soft = max(0.8, 0.8 * max(ky, kx))
    broad = cv2.GaussianBlur(cv2.resize(voted, (width, height), interpolation=cv2.INTER_LINEAR), (0, 0), soft)
    photo = area.astype(np.float32)
    fine = photo - cv2.GaussianBlur(photo, (0, 0), soft)
    y, x = np.nonzero(inside)
    sy, sx = np.minimum((y / ky).astype(int), size[1] - 1), np.minimum((x / kx).astype(int), size[0] - 1)
    from_y = np.clip(np.round(y + (source[sy, sx, 0] - sy) * ky), 0, height - 1).astype(int)
    from_x = np.clip(np.round(x + (source[sy, sx, 1] - sx) * kx), 0, width - 1).astype(int)
    usable = ~inside[from_y, from_x]
    new = broad[y, x] + fine[from_y, from_x] * usable[:, None]
    depth = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 3)
    share = np.clip(depth[y, x] / max(1.5, 1.5 * max(ky, kx)), 0, 1)[:, None]
    filled_area = area.copy()
    filled_area[y, x] = np.clip(np.round(new * share + photo[y, x] * (1 - share)), 0, 255).astype(np.uint8)
    return filled_area

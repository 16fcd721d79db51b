"""Tiles, bricks and papers repeat: what is hidden of such a pattern is what is seen of it whole steps away.

The steps are the peaks of the pattern's correlation with itself over its known pixels (masked normalised correlation,
Padfield 2012); repetition of offsets is what completes a regular picture best (He and Sun 2012).
"""

from __future__ import annotations

from itertools import product
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

from staging.engine.composite.fields import shrunk
from staging.engine.removal.quilt import Quilt
from staging.engine.removal.sheets import Floats, Mask

AT: Final = 340  # long side in pixels at which a sheet is correlated
SHORTEST: Final = 0.09  # metres of a step
LONGEST: Final = 1.7
SHARED: Final = 0.12  # of the known pixels: fewer that lie on each other tell nothing of a step
ALIKE: Final = 0.30  # correlation from which on a step repeats the pattern
ABOVE: Final = 4.0  # times the usual spread of the correlation: the least that a peak stands out
ACROSS: Final = 0.6  # sine between the two steps of a pattern
NEARLY: Final = 0.75  # of the best correlation: a shorter step that has it is the pattern's own
STEPS: Final = 9  # of each kind that are tried
SHARP: Final = (0.65, 0.25, 0.0)  # of the place's own sharpness, that what is taken has; the first where it can
ENOUGH: Final = 0.97  # of the hidden pixels that must find a place to take from

Table = NDArray[np.float64]


def steps(detail: Floats, known: Mask, ppm: float) -> Table | None:
    """The two shortest steps (2, 2) by which a pattern repeats itself, columns and rows; None where it does not."""
    k = min(1.0, AT / max(known.shape))
    size = max(16, round(known.shape[1] * k)), max(16, round(known.shape[0] * k))
    seen = shrunk(known.astype(np.float32), *size) > 0.9
    if seen.sum() < 400:
        return None
    grey = shrunk(np.where(known[..., None], detail, 0).astype(np.float32).mean(-1), *size)
    grey = np.where(seen, grey - grey[seen].mean(), 0)
    spread = 3 * float(grey[seen].std()) + 1e-6
    alike = _correlation(np.clip(grey, -spread, spread), seen)
    if alike is None:
        return None
    rows, columns = np.mgrid[: alike.shape[0], : alike.shape[1]]
    rows, columns = rows - alike.shape[0] // 2, columns - alike.shape[1] // 2
    length = np.hypot(rows, columns) / (ppm * k)
    ring = (length > SHORTEST) & (length < LONGEST) & np.isfinite(alike)
    if ring.sum() < 100:
        return None
    usual = float(np.std(alike[ring]))
    top = alike >= cv2.dilate(np.nan_to_num(alike, nan=-1).astype(np.float32), np.ones((5, 5), np.uint8)) - 1e-6
    peak = top & ring & (alike > max(ALIKE, ABOVE * usual)) & ((rows > 0) | ((rows == 0) & (columns > 0)))
    at = np.argwhere(peak)
    if len(at) < 2:
        return None
    score, far = alike[peak], length[peak]
    vectors = np.stack([columns[peak], rows[peak]], -1).astype(np.float64)
    first = _shortest(score, far, np.ones(len(at), bool))
    cross = np.abs(vectors[:, 0] * vectors[first, 1] - vectors[:, 1] * vectors[first, 0])
    aside = cross > ACROSS * np.linalg.norm(vectors, axis=1) * np.linalg.norm(vectors[first])
    if not aside.any():
        return None
    second = _shortest(score, far, aside)
    chosen = [vectors[i] + _between(alike, at[i]) for i in (first, second)]
    return np.asarray(np.stack(chosen) / [size[0] / known.shape[1], size[1] / known.shape[0]])


def _shortest(score: Table, length: Table, among: Mask) -> int:
    good = among & (score > NEARLY * score[among].max())
    return int(np.where(good, length, np.inf).argmin())


def _between(alike: Table, at: NDArray[np.int64]) -> Table:
    """Where between pixels (x, y) a peak lies, by a parabola through its neighbours."""
    y, x = (int(v) for v in at)
    if not (0 < y < alike.shape[0] - 1 and 0 < x < alike.shape[1] - 1):
        return np.zeros(2)
    moved = []
    for before, after in ((alike[y, x - 1], alike[y, x + 1]), (alike[y - 1, x], alike[y + 1, x])):
        curve = before - 2 * alike[y, x] + after
        moved.append(float(np.clip(0.5 * (before - after) / curve, -0.5, 0.5)) if curve < -1e-9 else 0.0)
    return np.nan_to_num(np.array(moved))


def _correlation(grey: Table, seen: Mask) -> Table | None:
    """How alike (2h, 2w), -1..1, the picture is to itself at each step, the middle being none; NaN where unknown."""
    shape = [fft.next_fast_len(2 * n) for n in seen.shape]
    mask = fft.rfft2(seen.astype(np.float64), shape)
    value = fft.rfft2(grey, shape)
    square = fft.rfft2(grey**2, shape)

    def together(a: NDArray[np.complex128], b: NDArray[np.complex128]) -> Table:
        return np.asarray(fft.fftshift(fft.irfft2(np.conj(a) * b, shape)))

    count = together(mask, mask)
    enough = count > SHARED * seen.sum()
    if enough.sum() < 100:
        return None
    count = np.maximum(count, 1)
    one, other = together(value, mask), together(mask, value)
    top = together(value, value) - one * other / count
    power = (together(square, mask) - one**2 / count) * (together(mask, square) - other**2 / count)
    return np.where(enough, top / np.sqrt(np.maximum(power, 1e-12)), np.nan)


def repeated(vectors: Table, known: Mask, hidden: Mask, resolution: Floats) -> Quilt | None:
    """Lay the `known` pixels (h, w) of a pattern over the `hidden` ones, whole steps (2, 2) of it away.

    Each takes from the nearest one that is sharp enough: `resolution` (h, w) is how sharp the photo shows each place.
    None where too few of them find one.
    """
    height, width = known.shape
    usable = cv2.erode(known.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=0) > 0
    ys, xs = np.nonzero(hidden)
    chosen = np.zeros((len(ys), 2), np.float32)
    open_ = np.ones(len(ys), bool)
    tried = [
        i * vectors[0] + j * vectors[1] for i, j in product(range(-STEPS, STEPS + 1), repeat=2) if (i, j) != (0, 0)
    ]
    tried.sort(key=lambda v: float(np.hypot(*v)))
    for sharp in SHARP:
        for step in tried:
            at = np.flatnonzero(open_)
            if len(at) == 0:
                break
            x, y = np.round(xs[at] + step[0]).astype(int), np.round(ys[at] + step[1]).astype(int)
            fits = (x >= 0) & (y >= 0) & (x < width) & (y < height)
            at, x, y = at[fits], x[fits], y[fits]
            fits = usable[y, x] & (resolution[y, x] >= sharp * resolution[ys[at], xs[at]])
            chosen[at[fits]] = step
            open_[at[fits]] = False
    if not len(ys) or open_.mean() > 1 - ENOUGH:
        return None
    first = np.zeros((height, width, 2), np.float32)
    first[ys, xs] = chosen
    return Quilt(first, first, np.ones((height, width), np.float32))

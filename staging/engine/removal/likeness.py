"""Which columns of a wall seen straight on look like which others: frames like frames, panes like panes.

Columns are compared by the mean and the spread of their colours, so that neither the leaves behind a pane nor the
pattern of a cloth count, but what the column is part of.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.removal.sheets import Floats, Mask

Integers = NDArray[np.int64]

ALIKE: Final = 0.67  # of how much columns usually differ: by so much may two of one kind
LEAST, MOST = 0.02, 0.12  # sRGB: the same at least, and at most
LIGHT: Final = 0.1  # sRGB by which one of them may be lighter as a whole,
LIGHT_COUNTS: Final = 0.3  # which counts so much of what other differences do
BY_CHANCE: Final = (
    0.5  # times what the rows of two columns differ: by so much their means may, as leaves behind panes do
)
FAR: Final = 0.005  # sRGB that a metre between two columns counts
SWITCH: Final = 0.2  # metres of columns as good as any, by which another move must be better
TOGETHER: Final = 0.2  # metres of rows whose mean is compared
FINEST: Final = 0.02  # metres over which columns are averaged before they are compared


def matched(band: Floats, columns: Integers, sources: Integers, allowed: Mask, ppm: float) -> Integers:
    """Which of `sources` (M,) each of `columns` (N,) looks like in a `band` of rows (h, w, 3), (N,), -1 for none.

    `allowed` (N, M) says which pairs may be; `ppm` is in pixels a metre. Runs that move as one are preferred
    (Viterbi 1967).
    """
    if len(columns) == 0 or len(sources) == 0 or not allowed.any():
        return np.full(len(columns), -1)
    signs = _signs(band, ppm)
    costs = _costs(signs[columns], signs[sources], BY_CHANCE)
    alike = float(np.clip(ALIKE * np.median(costs[allowed]), LEAST, MOST))
    costs += FAR * np.abs(columns[:, None] - sources[None]) / ppm - alike
    costs = np.where(allowed, costs, 1.0).astype(np.float32)
    before = np.concatenate([[-1], np.where(np.diff(sources) == 1, np.arange(len(sources) - 1), -1)])
    taken = _best(costs, before, SWITCH * ppm * alike)
    return np.where(taken < 0, -1, sources[taken])


def unlike(band: Floats, columns: Integers, others: Integers, ppm: float) -> Floats:
    """How unlike (N,) `columns` of a `band` (h, w, 3) are to those of `others` that they resemble most, sRGB."""
    signs = _signs(band, ppm)
    return np.asarray(_costs(signs[columns], signs[others]).min(1), np.float32)


def _signs(band: Floats, ppm: float) -> Floats:
    """What tells columns from each other, (w, 3 n + 1): mean colours at n heights, and how far their rows differ."""
    heights = max(1, round(len(band) / (TOGETHER * ppm)))
    means = cv2.resize(band, (band.shape[1], heights), interpolation=cv2.INTER_AREA)
    spread = np.abs(band - band.mean(0)).mean((0, 2))
    signs = np.concatenate([*means, spread[:, None]], 1).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(signs[None], (0, 0), max(0.5, FINEST * ppm))[0], np.float32)


def _costs(signs: Floats, others: Floats, by_chance: float = 0.0) -> Floats:
    """How unlike (N, M) columns are to `others`, sRGB, by their signs."""
    steps = others[None, :, :-1] - signs[:, None, :-1]
    lighter = np.clip(steps.mean(-1), -LIGHT, LIGHT)
    colour = np.abs(steps - lighter[..., None]).mean(-1) + LIGHT_COUNTS * np.abs(lighter)
    one, other = signs[:, None, -1], others[None, :, -1]
    colour = np.maximum(colour - by_chance * np.minimum(one, other), 0)
    return np.asarray(colour + np.abs(other - one), np.float32)


def _best(worth: Floats, follows: Integers, switch: float) -> Integers:
    """The cheapest way through the states (M,) of each column by `worth` (N, M), (N,), -1 for none of them, which is 0.

    What `follows` (M,) the state of the column before, is free, and so is to stop; all else costs `switch`.
    """
    count, most = worth.shape
    total = np.concatenate([[0.0], np.full(most, switch)])
    before = np.zeros((count, most + 1), np.int64)
    moved = np.flatnonzero(follows >= 0) + 1
    for k in range(count):
        cheapest = int(total.argmin())
        came = np.full(most + 1, cheapest)
        cost = np.full(most + 1, total[cheapest] + switch)
        cost[0] = total[cheapest]
        along = total[follows[moved - 1] + 1]
        better = along <= cost[moved]
        came[moved[better]], cost[moved[better]] = follows[moved[better] - 1] + 1, along[better]
        before[k] = came
        total = cost + np.concatenate([[0.0], worth[k]])
    state, taken = int(total.argmin()), np.full(count, -1)
    for k in range(count - 1, -1, -1):
        taken[k] = state - 1
        state = int(before[k, state])
    return taken

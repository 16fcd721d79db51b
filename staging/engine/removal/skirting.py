"""The foot of a wall behind furniture: its board is drawn along the wall as its visible stretches show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from staging.engine.removal.sheets import Floats, Mask

TALLEST: Final = 0.26  # metres
FEWEST: Final = 0.12  # metres of a foot that must be seen, to be believed
NEARBY: Final = 0.5  # metres along the wall over which stretches speak for their neighbourhood
TALLEST_BOARD: Final = 0.17  # metres
OTHER: Final = 0.06  # mean difference, sRGB, from the paint
LIKE_FLOOR: Final = 0.12  # sRGB
ODD: Final = 0.13  # mean difference, sRGB, from the usual profile at which a stretch shows something else


@dataclass(frozen=True)
class Foot:
    """How the lowest rows of a wall differ from its paint, row by row from the top: (rows, columns, 3) and its mean.

    `seen` is how many metres of it the photo shows.
    """

    along: Floats
    mean: Floats
    seen: float


def foot_of(picture: Floats, surface: Floats, shown: Mask, ppm: float, floor: Floats | None) -> Foot | None:
    """The foot of a wall's sheet, whose photo pixels are free of furniture where `shown`; None when none is seen.

    Where the lowest rows have the `floor`'s colour (3,), or are higher than any board, the wall was read too low, and
    they are no foot.
    """
    rows = min(round(TALLEST * ppm), picture.shape[0])
    if rows < 3:
        return None
    low = slice(picture.shape[0] - rows, None)
    step = picture[low] - surface[low]
    free = shown[low].mean(0) > 0.97
    if free.sum() < FEWEST * ppm:
        return None
    usual = np.median(step[:, free], 1)
    if floor is not None and _is_floor(np.median(picture[low][:, free], 1), np.median(surface[low][:, free], 1), floor):
        return None
    if (np.abs(usual).mean(-1) > OTHER).mean() > TALLEST_BOARD / TALLEST:
        return None
    odd = np.abs(step - usual[:, None]).mean((0, 2))
    free &= odd < ODD
    if free.sum() < FEWEST * ppm:
        return None
    columns = np.flatnonzero(free)
    columns = columns[:: max(1, len(columns) // 300)]
    apart = (np.arange(picture.shape[1])[:, None] - columns[None]) / (NEARBY * ppm)
    weight = np.exp(-np.abs(apart)) + 1e-4 / len(columns)
    weight /= weight.sum(1, keepdims=True)
    along = np.einsum("uc,rck->ruk", weight, step[:, columns])
    return Foot(along.astype(np.float32), np.median(step[:, free], 1).astype(np.float32), float(free.sum() / ppm))


def _is_floor(seen: Floats, paint: Floats, floor: Floats) -> bool:
    """Whether the lower half of the rows (n, 3) is rather the floor than the wall or a board."""
    half = slice(len(seen) // 2, None)
    to_floor = np.abs(seen[half] - floor).mean(-1)
    to_paint = np.abs(seen[half] - paint[half]).mean(-1)
    return bool(((to_floor < 0.5 * to_paint) & (to_floor < LIKE_FLOOR)).mean() > 0.5)


def drawn(surface: Floats, foot: Foot) -> Floats:
    """The wall's surface with its own foot drawn all along it."""
    with_foot = surface.copy()
    rows = foot.along.shape[0]
    with_foot[-rows:] += foot.along
    return with_foot


def borrowed(surface: Floats, foot: Foot, ppm: float, lender_ppm: float) -> Floats:
    """The wall's surface with another wall's foot."""
    rows = min(round(foot.mean.shape[0] * ppm / lender_ppm), surface.shape[0])
    at = (np.arange(rows) + 0.5) * foot.mean.shape[0] / rows - 0.5
    profile = np.stack([np.interp(at, np.arange(foot.mean.shape[0]), foot.mean[:, k]) for k in range(3)], -1)
    with_foot = surface.copy()
    with_foot[-rows:] += profile[:, None].astype(np.float32)
    return with_foot

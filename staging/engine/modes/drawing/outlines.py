"""The strokes that bound things, without those that only shade them: hatching, tiles, bricks, dots of grass.

A shading stroke is short or faint, and a thing is still closed without it. An outline runs on: its ink hangs together
over a good part of the sheet. So strokes are left out by their darkness and the extent of what they hang together
with, as long as the paper around the house does not run into it.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.modes.drawing import regions
from staging.engine.modes.drawing.regions import STROKE, Regions

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

# Ink and extent, of the long side, that a stroke needs; the strongest lines alone come first.
LEVELS: Final = ((0.6, 0.06), (0.45, 0.045), (STROKE, 0.03))
_BALL: Final = 4  # pixels at a long side of 1000: a gap in an outline that is none
_LARGE: Final = 0.01  # of the picture: what all strokes part and is as large as this are two things


def find(ink: Floats) -> tuple[Floats, Regions]:
    """The `ink` (H, W) 0..1 of the strokes that bound things, 0 elsewhere, and the areas that these close.

    Where the paper around or two large areas would run together between the strokes that stay, all strokes stay. Of
    the levels, the one that leaves fewest areas.
    """
    around = _around(ink >= STROKE)
    best = ink, regions.find(ink)
    large = np.where(best[1].areas > _LARGE * ink.size, np.arange(best[1].count), -1)[best[1].labels]
    for darkness, extent in LEVELS:
        kept = _long(ink >= darkness, extent)
        kept |= _around(kept) & ~around
        areas = regions.find(_only(ink, kept))
        merged = _merged(areas, large)
        if merged.any():
            kept |= merged[areas.labels]
            areas = regions.find(_only(ink, kept))
        if areas.count < best[1].count:
            best = _only(ink, kept), areas
    return best


def _only(ink: Floats, where: Mask) -> Floats:
    return np.where(where, ink, 0).astype(np.float32)


def _merged(areas: Regions, large: NDArray[np.int64]) -> Mask:
    """Which `areas` (N,) hold much of two or more of the `large` ones, whose names (H, W) are -1 elsewhere."""
    known = large >= 0
    held = np.zeros((areas.count, int(large.max()) + 1), np.int64)
    np.add.at(held, (areas.labels[known], large[known]), 1)
    return np.asarray((held > 0.5 * _LARGE * large.size).sum(1) > 1)


def _long(strokes: Mask, extent: float) -> Mask:
    """The strokes (H, W) that hang together over `extent` of the long side."""
    _, names, stats, _ = cv2.connectedComponentsWithStats(strokes.astype(np.uint8), connectivity=8)
    across = np.hypot(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    across[0] = 0
    return np.asarray(across[names] >= extent * max(strokes.shape))


def _around(strokes: Mask) -> Mask:
    """The paper (H, W) that a ball reaches from the edges of the sheet."""
    reach = max(1, round(_BALL * max(strokes.shape) / 1000))
    ball = np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2), np.uint8)
    free = cv2.erode((~strokes).astype(np.uint8), ball, borderValue=1)
    _, names = cv2.connectedComponents(free, connectivity=4)
    edge = np.unique(np.concatenate([names[0], names[-1], names[:, 0], names[:, -1]]))
    reached = np.isin(names, edge[edge > 0])
    return np.asarray(cv2.dilate(reached.astype(np.uint8), ball) > 0)

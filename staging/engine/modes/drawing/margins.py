"""The margin of a sheet: where lines break off at one edge, the drawing ends there and not at the edge of the paper."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.modes.drawing.regions import STROKE

Floats = NDArray[np.float32]
Box = tuple[int, int, int, int]

_LEAST: Final = 0.04  # of the sheet's width or height: less is no margin
_LONG: Final = 0.02  # of the long side: shorter strokes are specks of a scan, or lettering
_BAND: Final = 0.012  # of the same: how unevenly lines drawn by hand break off
_ENDS: Final = 5  # strokes that end in one line
_SIDES: Final = 2
_SPREAD: Final = 0.5  # of the drawing's side: how far apart the outermost of them are


def within(ink: Floats) -> Box:
    """x0, y0, x1, y1 of the drawing on its sheet, from strokes `ink` (H, W) 0..1; the whole sheet without margins.

    Many lines that break off along one side, far apart, were cut off there by a frame; where two sides tell of one,
    the others end with the outermost line.
    """
    height, width = ink.shape
    size = max(height, width)
    strokes = (ink >= STROKE).astype(np.uint8)
    _, names, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    long = np.hypot(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) > _LONG * size
    long[0] = False
    lines = long[names]
    if not lines.any():
        return 0, 0, width, height
    band = max(2, round(_BAND * size))
    box = [0, 0, width, height]
    cut = 0
    for axis, near, far in ((0, 1, 3), (1, 0, 2)):
        across = lines if axis == 0 else lines.T
        filled = np.flatnonzero(across.any(1))
        first, last = int(filled[0]), int(filled[-1]) + 1
        if first > _LEAST * len(across):
            box[near] = first
            cut += _cut_off(across[first : first + band])
        if len(across) - last > _LEAST * len(across):
            box[far] = last
            cut += _cut_off(across[last - band : last])
    if cut < _SIDES:
        return 0, 0, width, height
    x0, y0, x1, y1 = box
    return x0, y0, x1, y1


def _cut_off(edge: NDArray[np.bool_]) -> bool:
    """Whether many strokes far apart reach into the band `edge` (n, W) along a side."""
    reached = np.asarray(edge.any(0), np.int8)
    starts = np.flatnonzero(np.diff(reached, prepend=0) == 1)
    # A line along the side is a stroke of its own, and no end of many.
    alone = reached.mean() < _SPREAD
    return bool(alone and len(starts) >= _ENDS and starts[-1] - starts[0] > _SPREAD * len(reached))

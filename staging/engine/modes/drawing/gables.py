"""Gables of a drawn house: walls that end in a triangle under the bargeboards of its roof."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from staging.engine.modes.drawing.reading import Reading
from staging.engine.modes.drawing.regions import STROKE

Mask = NDArray[np.bool_]

BARGE: Final = 0.008  # of the long side: how near the sky is where nothing lies between
_BOARD: Final = 0.03  # of the long side: how wide a bargeboard can be
_EDGED: Final = 0.4  # share of a side: a single line has none
_FILLED: Final = 0.68  # share of a triangle: a collar beam or another gable may cut a corner off
_LEAST_GABLE: Final = 12  # pixels


def under(roofs: Mask, sky: Mask, reading: Reading, *, least: float) -> Mask:
    """Where (H, W) what was taken for `roofs` (H, W) is a gable, in areas with at `least` such a share of the picture.

    A triangle under a roof is a wall: along both its slanting sides lie bargeboards or another roof's planes. A hipped
    roof's own triangle has the sky right behind at least one of them, and no second line along it.
    """
    labels, shapes = reading.regions.labels, reading.shapes
    height, width = labels.shape
    size = max(height, width)
    reach = max(4, round(BARGE * size))
    near_sky = cv2.dilate(sky.astype(np.uint8), np.ones((2 * reach + 1,) * 2, np.uint8)) > 0
    lined = reading.bounding >= STROKE
    found = np.zeros_like(roofs)
    for name, place in enumerate(ndimage.find_objects(labels + 1, reading.regions.count)):
        if place is None or shapes.area[name] < least:
            continue
        mask = labels[place] == name
        roof = roofs[place]
        if roof[mask].mean() < 0.6 or not _triangular(mask):
            continue
        rows = np.flatnonzero(mask.any(1))[1:-1]
        edged = []
        for side, inwards in (
            (mask.argmax(1)[rows], 1),
            (mask.shape[1] - 1 - mask[:, ::-1].argmax(1)[rows], -1),
        ):
            at = rows + place[0].start, side + place[1].start
            steps = inwards * np.arange(-reach, round(_BOARD * size))
            band = lined[at[0][:, None], np.clip(at[1][:, None] + steps, 0, width - 1)]
            double = (band[:, 1:] & ~band[:, :-1]).sum(1) + band[:, 0] > 1
            edged.append((~near_sky[at] | double).mean())
        if min(edged) > _EDGED:
            found[place] |= mask & roof
    return found


def _triangular(mask: Mask) -> bool:
    """Whether a mask (h, w) fills a triangle of two slanting sides that meet above a flatter one."""
    height, width = mask.shape
    if min(height, width) < _LEAST_GABLE:
        return False
    area, corners = cv2.minEnclosingTriangle(np.argwhere(mask)[:, None, ::-1].astype(np.float32))
    if corners is None or mask.sum() < _FILLED * area:
        return False
    corner = corners.reshape(3, 2)
    apex, left, right = corner[corner[:, 1].argsort()]
    if left[0] > right[0]:
        left, right = right, left
    flat = abs(right[1] - left[1]) < 0.5 * (right[0] - left[0])
    between = left[0] + 0.1 * (right[0] - left[0]) < apex[0] < right[0] - 0.1 * (right[0] - left[0])
    return bool(flat and between and apex[1] < min(left[1], right[1]))

"""Corners of a room at which paint ends, because the next wall keeps its own.

Two walls of one paint that meet stand differently in the light: their corner shows. Where paint ends upright on what
looks the same on both sides, the box of the room put its corner into the middle of a wall.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from staging.engine.composite.fields import dilated
from staging.engine.redesign import tape
from staging.engine.redesign.matting import Mask
from staging.engine.redesign.regions import Regions

_SLACK: Final = 28  # pixels by which the box may put a corner beside the photo's
_BESIDE: Final = 8.0  # pixels from an end at which its two sides are compared
_UPRIGHT: Final = 0.7  # of a border's direction that is level: then the border stands upright
_ONE_PAINT: Final = (12.0, 5.0)  # Lab units of lightness and hue within which two walls are of one paint
_SAME: Final = 2.0  # Lab units within which two places are of one wall
_FEWEST: Final = 12  # pixels of such an end
_MOST: Final = 0.5  # share of it at which nothing may change


def unseen(regions: Regions, paint: Mask, whole: Mask, others: list[int]) -> bool:
    """Whether the `paint` (h, w) of a wall ends beside one of the labels `others` where the photo shows no corner.

    `whole` (h, w) is all paint of the room: where that goes on there is no end.
    """
    points, normals = tape.border(paint)
    if not others or not len(points):
        return False
    smooth = np.asarray(cv2.GaussianBlur(regions.lab, (0, 0), 1.5), np.float32)
    height, width = paint.shape
    at, outside, inside = (
        np.clip(np.round(points + side * normals).astype(int), 0, [width - 1, height - 1])
        for side in (0.0, -_BESIDE, _BESIDE)
    )
    beside = dilated(np.isin(regions.faces.labels, others), _SLACK)[at[:, 1], at[:, 0]]
    end = beside & (np.abs(normals[:, 0]) > _UPRIGHT) & ~whole[outside[:, 1], outside[:, 0]]
    step = smooth[inside[:, 1], inside[:, 0]] - smooth[outside[:, 1], outside[:, 0]]
    end &= (np.abs(step[:, 0]) < _ONE_PAINT[0]) & (np.hypot(step[:, 1], step[:, 2]) < _ONE_PAINT[1])
    same = np.linalg.norm(step[end], axis=-1) < _SAME
    return len(same) > _FEWEST and float(same.mean()) > _MOST

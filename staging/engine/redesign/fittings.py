"""Outlets, switches, vents and thermostats on painted walls: small upright boxes that stand out from the paint."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from staging.engine.redesign.matting import Mask
from staging.engine.redesign.regions import Regions

_STEP: Final = 2.4  # Lab units between pixels that touch, which are an edge of something
_AREA: Final = (70, 3000)  # pixels of the working copy
_SIDE: Final = 8  # pixels at the least
_SHAPE: Final = (0.28, 4.5)  # breadth by height
_FULL: Final = 0.76  # of its upright rectangle that a fitting fills
_MARGIN: Final = 5  # pixels round it that are paint
_BLUR: Final = 5  # pixels of a blurred edge, the outer half of which is paint
_CALM: Final = 0.12  # share of those that may be edges


def seen(regions: Regions, paint: Mask) -> Mask:
    """What (h, w) within the `paint` (h, w) is a fitting: an outline that is closed, upright and alone."""
    smooth = np.asarray(cv2.GaussianBlur(regions.lab, (0, 0), 0.8), np.float32)
    kernel = np.ones((3, 3), np.uint8)
    edge = (np.linalg.norm(cv2.dilate(smooth, kernel) - cv2.erode(smooth, kernel), axis=-1) > _STEP).astype(np.uint8)
    edge = cv2.morphologyEx(edge, cv2.MORPH_CLOSE, kernel)
    found = np.zeros_like(paint)
    contours, _ = cv2.findContours(edge, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    height, width = paint.shape
    for contour in contours:
        x, y, wide, high = cv2.boundingRect(contour)
        area = cv2.contourArea(contour)
        if not (_AREA[0] < area < _AREA[1] and min(wide, high) >= _SIDE and _SHAPE[0] < wide / high < _SHAPE[1]):
            continue
        left, top, right, bottom = x - _MARGIN, y - _MARGIN, x + wide + _MARGIN, y + high + _MARGIN
        if min(left, top) < 0 or right > width or bottom > height or area < _FULL * (wide - 1) * (high - 1):
            continue
        around = (slice(top, bottom), slice(left, right))
        ring = np.ones((bottom - top, right - left), bool)
        ring[_MARGIN - 1 : 1 - _MARGIN, _MARGIN - 1 : 1 - _MARGIN] = False
        if paint[around][ring].mean() > 0.97 and edge[around][ring].mean() < _CALM:
            part = np.zeros((height, width), np.uint8)
            cv2.drawContours(part, [contour], -1, 1, cv2.FILLED)
            found |= cv2.erode(part, np.ones((_BLUR, _BLUR), np.uint8)) > 0
    return found

"""The verge of a floor: where it ends in the photo, and how clearly the photo parts its two sides there."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from staging.engine.redesign.matting import Floats, Mask
from staging.engine.redesign.regions import Regions

EDGE_OVER_GRAIN: Final = 80  # the percentile of a floor's own contrasts, beyond which one is an edge and no grain
FAINT_EDGE: Final = 4.5
SAME: Final = 5.0  # Lab units between the two sides of a border that is none


def verge(regions: Regions, floor: Mask) -> tuple[Mask, Floats, Mask]:
    """The floor's border inside the picture (h, w); how far apart its two sides are there, Lab units; where it lies on
    no edge.
    """
    inner = cv2.erode(floor.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1) > 0
    border = floor & ~inner
    # The means some way inside and outside: the pattern of the floor itself is no border.
    size = max(7, round(max(floor.shape) * 0.012)) | 1
    within, beyond = floor.astype(np.float32), (~floor).astype(np.float32)
    one, other = (
        cv2.blur(regions.lab * side[..., None], (size, size))
        / np.maximum(cv2.blur(side, (size, size)), 1e-3)[..., None]
        for side in (within, beyond)
    )
    apart = np.linalg.norm(one - other, axis=-1).astype(np.float32)
    return border, apart, np.asarray(regions.contrast < edge_of(regions, floor)) if floor.any() else border


def edge_of(regions: Regions, floor: Mask) -> float:
    """The contrast, Lab units, that is an edge on this floor and no grain of it."""
    return max(FAINT_EDGE, float(np.percentile(regions.contrast[floor], EDGE_OVER_GRAIN)))

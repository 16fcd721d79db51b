"""Make what was drawn as light as what it adjoins: a step of light along an edge is what a seam shows first.

Along the edge of a hole the drawn side is held against the photo's own side; where both are the same covering, the
difference is spread over the hole as smoothly as it can be (a membrane, Perez et al. 2003, in logs of the colours).
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import blurred_within, dilated, filled, reduced, steepness, widest
from staging.engine.removal.relight import lightened
from staging.engine.removal.sheets import Floats, Mask
from staging.engine.scene.faces import FaceMap

Bytes = NDArray[np.uint8]

NEAR: Final = 3.0  # pixels on each side of the edge, at working size
MOST: Final = 0.40  # log of the light: more, and it is not the same covering in other light
HUE: Final = 0.06  # the same between the colours
CALM: Final = 2.5  # Lab units a pixel: at an edge of the photo's own there is no telling
FIXED: Final = 3  # pixels beside a window, which its frame takes
DOUBT: Final = 0.06  # how much an edge that tells nothing holds the drawn light, against one that tells


def levelled(picture: Bytes, hole: Mask, faces: FaceMap, fixed: Mask | None = None) -> None:
    """Change the light of the drawn pixels, `hole` (H, W), of a picture (H, W, 3) in place.

    What is `fixed` (h, w), at the size of `faces`, is a window or a curtain and tells nothing of the wall beside it.
    """
    height, width = faces.labels.shape
    small = reduced(picture, width, height)
    inside = cv2.resize(hole.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA) > 0.5
    gain = _gain(small, inside, faces, np.zeros_like(inside) if fixed is None else dilated(fixed, FIXED))
    if gain is not None:
        lightened(picture, hole, gain)


def _gain(picture: Floats, hole: Mask, faces: FaceMap, fixed: Mask) -> Floats | None:
    """By how much, in logs of the colours (h, w, 3), the drawn pixels should be lighter."""
    logs = np.log(np.maximum(picture, 0.01)).astype(np.float32)
    lab = cv2.cvtColor(cv2.GaussianBlur(picture, (0, 0), 1.0), cv2.COLOR_RGB2Lab)
    calm = steepness(lab[..., 0]) < CALM
    rim = cv2.morphologyEx(hole.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    gain = np.zeros_like(picture)
    for face in np.unique(faces.labels[hole]):
        mine = faces.labels == face
        drawn, share = blurred_within(logs, (hole & mine).astype(np.float32), NEAR)
        own, beyond = blurred_within(logs, (~hole & mine & calm & ~fixed).astype(np.float32), NEAR)
        step = own - drawn
        edge = rim & mine & (share > 0.2)
        mean = step.mean(-1)
        same = edge & (beyond > 0.2) & (np.abs(mean) < MOST) & (widest(np.abs(step - mean[..., None])) < HUE)
        if same.sum() < 12:
            continue
        weight = np.where(same, 1.0, np.where(edge, DOUBT, 0.0)).astype(np.float32)
        field = filled(np.where(same[..., None], step, 0).astype(np.float32), weight)
        at = hole & mine
        gain[at] = field[at]
    if not gain.any():
        return None
    # A little beyond the hole, so that it is whole where it is read between pixels.
    near = hole.astype(np.float32)
    spread = filled(gain * near[..., None], near)
    return np.where(cv2.dilate(hole.astype(np.uint8), np.ones((5, 5), np.uint8))[..., None] > 0, spread, 0)

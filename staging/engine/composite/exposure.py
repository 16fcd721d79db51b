"""How brightly the furniture is exposed against the room: listing photos are fused from several exposures.

In such a photo nothing that daylight falls on is much brighter than the walls beside it; furniture traced in plain
linear light is, near a window or beside the camera, and then looks pasted on.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import Floats, Mask, blurred_within
from staging.engine.composite.tone import luminance
from staging.engine.scene.faces import CEILING, NONE

# Light beyond this multiple of the room's own is held back: what is left is its excess to this power.
ORDINARY: Final = 1.1
KEPT: Final = 0.5
# Darker surfaces than this are judged as if they reflected so much: their highlights are gloss and not light.
LEAST_ALBEDO: Final = 0.25
# Whiter than any cloth or paint is only what shines by itself (lamps) or mirrors; its brightness is its own.
OWN: Final = 0.95
# Spread of the gain, share of the width: folds and edges keep their contrast, whole sides lose brightness together.
_WIDE: Final = 0.016


def room_level(radiance: Floats, albedo: Floats, walls: Mask) -> float:
    """The light that falls on the empty room's `walls` (h, w), as the radiance of a perfectly white surface."""
    where = walls if walls.any() else np.ones(walls.shape, bool)
    return float(np.median(luminance(radiance[where]) / np.maximum(luminance(albedo[where]), 0.05)))


def bare_walls(labels: np.ndarray, panes: Mask) -> Mask:
    """Pixels (h, w) of walls, or of all there is in the open air, that are no window."""
    walls: Mask = (labels > CEILING) & ~panes
    return walls if walls.any() else (labels != NONE) & ~panes


def shines(albedo: NDArray[np.floating]) -> Mask:
    """Where furniture of this `albedo` (h, w, 3) is a lamp or a mirror, whose brightness is its own."""
    own: Mask = luminance(np.asarray(albedo, np.float32)) >= OWN
    return own


def evened(radiance: Floats, albedo: Floats, alpha: Floats, level: float) -> Floats:
    """Furniture `radiance` (h, w, 3) whose light passes `level` only softly, as a fused exposure shows it.

    `albedo` (h, w, 3) belongs to it, `alpha` (h, w) is its cover. The gain is smooth over the picture, at most 1.
    """
    light = luminance(radiance) / np.maximum(luminance(albedo), LEAST_ALBEDO)
    sigma = max(1.0, _WIDE * alpha.shape[1])
    lit = ~shines(albedo)
    region = ((alpha > 0.5) & lit).astype(np.float32) + np.float32(1e-4)
    mean, _ = blurred_within(light.astype(np.float32), region, sigma)
    over = np.maximum(mean / max(ORDINARY * level, 1e-4), 1.0)
    gain = cv2.GaussianBlur((over ** (KEPT - 1)).astype(np.float32), (0, 0), sigma / 2)
    return (radiance * np.where(lit, gain, 1)[..., None]).astype(np.float32)

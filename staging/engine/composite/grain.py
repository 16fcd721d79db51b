"""The photo's grain, measured, and laid over the furniture, which comes clean out of the denoiser."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from staging.engine.composite.tone import Bytes, Floats

# More than this is texture (carpet, brick) and no noise.
_LIMIT: Final = 0.012
_TILE: Final = 192


def measured(photo: Bytes) -> float:
    """Standard deviation of the grain in sRGB units 0..1: the robust spread of the high-pass over tiles of the photo.

    Tiles spread over the photo stand for the whole; of them the calmer half counts, since texture only adds.
    """
    height, width = photo.shape[:2]
    spreads = []
    for y in np.linspace(0, max(0, height - _TILE), 4).astype(int):
        for x in np.linspace(0, max(0, width - _TILE), 4).astype(int):
            grey = cv2.cvtColor(photo[y : y + _TILE, x : x + _TILE], cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
            high = grey - cv2.GaussianBlur(grey, (0, 0), 1.2)
            spreads.append(1.4826 * float(np.median(np.abs(high))))
    return min(float(np.percentile(spreads, 35)), _LIMIT)


def field(height: int, width: int, sigma: float, seed: tuple[int, ...]) -> Floats:
    """Grain (height, width) of spread `sigma`, slightly soft as demosaicked noise is; same seed, same grain."""
    if sigma <= 0:
        return np.zeros((height, width), np.float32)
    noise = np.random.default_rng(seed).standard_normal((height, width), dtype=np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 0.6)
    # 0.454 is the spread of unit white noise after that blur, fixed so that a band does not depend on its own sample.
    return (soft * np.float32(sigma / 0.454)).astype(np.float32)

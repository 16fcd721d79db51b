"""The same paint in sun and shade.

What lights a wall changes its brightness, and its colour only along one line: the sky makes what lies in the shade
bluer, and under eaves light that came off the wall itself makes its colour deeper.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import cv2
import numpy as np

from staging.engine.composite.tone import linear, luminance
from staging.engine.redesign.matting import Bytes, Floats, Mask

ACROSS: Final = 0.07  # of log chromaticity, by which pixels of one paint differ otherwise than light makes them
BLUER: Final = (0.08, 0.25)  # the same towards blue: in the sun, and so much more where it is dark
DEEPER: Final = 0.1  # the same away from it
DARKER: Final = (0.1, 1.7)  # shares of the wall's light
SHADE: Final = 0.85  # of the wall's light: below that paint lies in the shade
RING: Final = (4, 10)  # pixels from the border of the paint that show what goes on beyond it
_DARK: Final = 0.004  # of white, added so that black has no colour


@dataclass(frozen=True)
class Shades:
    """Of each pixel (h, w): whether it may be the paint of a wall, `same`, and how bright beside it, `light`."""

    same: Mask
    light: Floats

    @classmethod
    def of(cls, copy: Bytes, wall: Mask) -> Self:
        """Of the paint that the `wall` (h, w) has for the most part, in the working `copy` (h, w, 3)."""
        light = linear(np.asarray(cv2.bilateralFilter(copy, 5, 20.0, 3.0), np.uint8)) + _DARK
        red, blue = np.log(light[..., 0] / light[..., 1]), np.log(light[..., 2] / light[..., 1])
        bright = luminance(light)
        core = cv2.erode(wall.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        core = core if core.any() else wall
        own = float(np.median(red[core]) - np.median(blue[core])) / 2
        red, blue = red - np.median(red[core]), blue - np.median(blue[core])
        bright = bright / np.median(bright[core])
        bluer = (blue - red) / 2
        same = (np.abs(red + blue) / 2 < ACROSS) & (bluer > -DEEPER - max(own, 0.0))
        same &= bluer < BLUER[0] + BLUER[1] * np.clip(1 - bright, 0, 1)
        same &= (bright > DARKER[0]) & (bright < DARKER[1])
        return cls(np.asarray(same), bright.astype(np.float32))

    def beyond(self, wall: Mask, ground: Mask) -> float:
        """The share, 0..1, of what lies just beyond the `wall` (h, w) that is its paint in the shade, no `ground`."""
        inner, outer = (cv2.dilate(wall.astype(np.uint8), _disc(reach)) > 0 for reach in RING)
        ring = outer & ~inner
        return float((self.same & (self.light < SHADE) & ~ground)[ring].mean()) if ring.any() else 0.0


def _disc(radius: int) -> np.ndarray:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2)

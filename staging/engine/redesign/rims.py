"""The rim of new paint: what shows old paint and trim at once keeps the trim's part and no more.

A lens, a camera's sharpening and JPEG smear the edge of a strongly coloured wall over some pixels. Painted as wall
they are far too bright, for they hold trim; left as trim they keep a line of the old colour. How much of each they hold
is told by their hue, between that of the wall inside and that of what lies beside it (as in alpha matting).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

import cv2
import numpy as np

from staging.engine.composite.fields import band, dilated, filled
from staging.engine.composite.tone import linear
from staging.engine.redesign.matting import Floats, Mask
from staging.engine.redesign.paint import Tint
from staging.engine.redesign.regions import Regions

_REACH: Final = 4  # pixels to both sides of an edge over which it is smeared
_APART: Final = (10.0, 20.0)  # Lab units of hue between wall and trim, that tell nothing and all
_COLOURED: Final = (6.0, 12.0)  # the same between walls and light: of greys 5 were seen, of the palest coloured ones 15
_MOST: Final = 1.5  # times the wall's light, that glints may have
_LEAST: Final = 0.003  # squared sine of the angle between two colours that can be told apart
_DARK: Final = 1e-5
_BLACK: Final = 1e-12
_NONE: Final = 0.02


@dataclass(frozen=True)
class Rim:
    """Linear light of the `wall` and of what lies `beside` it, each (h, w, 3), and how far the hues of both tell a
    mixture there, `told` (h, w), 0..1; 0 off the rim.
    """

    wall: Floats
    beside: Floats
    told: Floats

    @classmethod
    def of(cls, regions: Regions, share: Floats) -> Self | None:
        """Of paint that covers a `share` (h, w) of each pixel of the working copy; None where no hue tells anything."""
        paint = share > 0.5
        size = (2 * _REACH + 1,) * 2
        inside = cv2.erode(paint.astype(np.uint8), np.ones(size, np.uint8), borderValue=1) > 0
        near = dilated(paint, _REACH)
        light = linear(regions.copy)
        wall, beside = _carried_on(light, inside), _carried_on(light, ~near)
        hues = [_carried_on(regions.lab, known)[..., 1:] for known in (inside, ~near)]
        # A lamp before a grey wall smears too, but leaves no line of old paint.
        own = np.linalg.norm(regions.lab[..., 1:][inside] - regions.hue_of_light, axis=-1)
        told = _telling(np.linalg.norm(hues[0] - hues[1], axis=-1), _APART) * (near & ~inside)
        told *= _telling(float(np.median(own)) if inside.any() else 0.0, _COLOURED)
        told = np.asarray(cv2.GaussianBlur(told.astype(np.float32), (0, 0), 1.0))
        told[told < _NONE] = 0
        return cls(wall, beside, told) if told.any() else None

    def rows(self, before: Floats, tint: Tint, height: int, top: int, bottom: int) -> tuple[Floats, Floats]:
        """How far rows `top`..`bottom` of a photo `height` rows high are such mixtures, (n, w), and these repainted.

        `before` (n, w, 3) is their linear light.
        """
        width = before.shape[1]
        wall, beside = (
            band(field, width, height, top, bottom, kernel=cv2.INTER_LINEAR) for field in (self.wall, self.beside)
        )
        told = band(self.told, width, height, top, bottom, kernel=cv2.INTER_LINEAR)
        # How much of either makes up the pixel, by least squares: their sum is less than all in the shade.
        one, other, both = np.square(wall).sum(-1), np.square(beside).sum(-1), (wall * beside).sum(-1)
        of_wall, of_other = (before * wall).sum(-1), (before * beside).sum(-1)
        # Where one of them is black nothing parts them, and nothing is divided by: the other is all there is.
        apart = np.maximum(np.maximum(one * other - both * both, _LEAST * one * other), _BLACK)
        alone = of_wall / np.maximum(one, _DARK)
        part = np.where(of_other * one < of_wall * both, alone, (of_wall * other - of_other * both) / apart)
        part = np.clip(part, 0, _MOST)[..., None]
        return told, np.maximum(before + part * (tint.rows(wall, height, top, bottom) - wall), 0).astype(np.float32)


def _telling(apart: Floats | float, limits: tuple[float, float]) -> Any:
    """How far, 0..1, hues that are so many Lab units `apart` tell what a pixel is made of."""
    return np.clip((apart - limits[0]) / (limits[1] - limits[0]), 0, 1)


def _carried_on(field: Floats, known: Mask) -> Floats:
    """A field (h, w, 3) from where it is `known` (h, w) over all of the picture."""
    return filled(np.where(known[..., None], field, 0).astype(np.float32), known.astype(np.float32))

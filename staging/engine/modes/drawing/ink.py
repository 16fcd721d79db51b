"""Colour and strokes in one picture: every drawn line stays where it was, thin and dark."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

_STRENGTH: Final = 0.82
_LINE: Final = np.array([0.085, 0.075, 0.07], np.float32)  # warm near-black
_HATCHED: Final = (0.22, 0.5)  # mean ink of a neighbourhood, from that of single lines to that of dense hatching
_NEAR: Final = 0.008  # of the long side: how wide such a neighbourhood is
_SOFTER: Final = 0.4  # how much weaker strokes are amid hatching


def joined(colour: Floats, ink: Floats) -> Bytes:
    """The picture (H, W, 3): `colour` (h, w, 3), sRGB 0..1 and perhaps smaller, under the strokes `ink` (H, W) 0..1."""
    height, width = ink.shape
    if colour.shape[:2] != ink.shape:
        colour = np.asarray(cv2.resize(colour, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    line = _line(colour)
    # Amid hatching strokes are a tone, which the wash under them has already; alone, a stroke is an edge.
    amid = cv2.GaussianBlur(ink, (0, 0), _NEAR * max(ink.shape))
    tone = np.clip((amid - _HATCHED[0]) / (_HATCHED[1] - _HATCHED[0]), 0, 1)
    over = (np.clip(ink * 1.15 - 0.08, 0, 1) * _STRENGTH * (1 - _SOFTER * tone))[..., None]
    mixed = colour * (1 - over) + line * over
    return np.asarray(np.clip(mixed * 255 + 0.5, 0, 255), np.uint8)


def _line(colour: Floats) -> Floats:
    """Strokes take a little of what they bound: black outlines on a sunlit wall look stamped on."""
    return (_LINE * 0.6 + colour * 0.3).astype(np.float32)


def levelled(light: Floats) -> Floats:
    """Linear light to sRGB 0..1 with a soft shoulder, so that sunlit walls keep their colour."""
    rolled = np.where(light < 0.7, light, 0.7 + 0.3 * (1 - np.exp(-(np.maximum(light, 0.7) - 0.7) / 0.3)))
    encoded = np.where(rolled <= 0.0031308, 12.92 * rolled, 1.055 * np.maximum(rolled, 0) ** (1 / 2.4) - 0.055)
    return np.asarray(np.clip(encoded, 0, 1), np.float32)


def linear(srgb: Floats) -> Floats:
    """sRGB 0..1 to linear light (IEC 61966-2-1)."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4).astype(np.float32)

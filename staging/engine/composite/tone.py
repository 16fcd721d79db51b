"""Between the photo's bytes and linear light, and the photo's own tone curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

# Every camera's picture style is steeper than the plain sRGB curve that its bytes are decoded with; traced
# furniture without it looks hazy beside the room.
CAMERA_CONTRAST: Final = 1.12
_MOST_LIFT: Final = 0.006

# Rec. 709 luminance of linear RGB.
LUMINANCE: Final = np.array([0.2126, 0.7152, 0.0722], np.float32)


def decode(encoded: Any) -> Floats:
    """sRGB values 0..1 of any shape to linear light (IEC 61966-2-1)."""
    e = np.asarray(encoded, np.float32)
    return np.where(e <= 0.04045, e / 12.92, ((np.maximum(e, 0) + 0.055) / 1.055) ** 2.4).astype(np.float32)


def encode(light: Any) -> Floats:
    """Linear light to sRGB values 0..1; clips what the photo could not hold."""
    x = np.clip(np.asarray(light, np.float32), 0, 1)
    return np.where(x <= 0.0031308, 12.92 * x, 1.055 * x ** (1 / 2.4) - 0.055).astype(np.float32)


_DECODED: Final = decode(np.arange(256) / 255.0)


def linear(picture: Bytes) -> Floats:
    """Linear light of an 8-bit sRGB picture of any shape, by table."""
    return _DECODED[picture]


def quantised(encoded: Floats) -> Bytes:
    """sRGB values 0..1 to bytes, rounded to nearest."""
    result: Bytes = (np.clip(encoded, 0, 1) * 255 + 0.5).astype(np.uint8)
    return result


def luminance(light: Floats) -> Floats:
    """Luminance of linear RGB, shape (..., 3) -> (...)."""
    result: Floats = light @ LUMINANCE
    return result


def shoulder(light: Floats, knee: float = 0.6, white: float = 1.0) -> Floats:
    """Roll highlights off softly above `knee`, so that nothing passes `white`; cameras do, a tracer does not."""
    room = white - knee
    rolled = knee + room * (1 - np.exp(-np.maximum(light - knee, 0) / room))
    return np.where(light < knee, light, rolled).astype(np.float32)


@dataclass(frozen=True)
class ToneCurve:
    """The photo's own tones, linear light: how far its shadows and highlights reach, and its middle grey (`pivot`)."""

    black: float
    white: float
    pivot: float

    @classmethod
    def of(cls, photo: Bytes) -> ToneCurve:
        """Measure on every few pixels of the photo, shape (H, W, 3).

        Listing photos are often exposure-fused: their shadows are lifted and nothing in them is black.
        Furniture that goes deeper than the photo's own darkest parts looks pasted on.
        """
        step = max(1, int(np.sqrt(photo.shape[0] * photo.shape[1] / 250_000)))
        light = luminance(linear(photo[::step, ::step]))
        low, middle, high = np.percentile(light, [0.5, 50, 99.5])
        return cls(
            black=float(np.clip(low, 0.0, _MOST_LIFT)),
            white=float(np.clip(high, 0.75, 1.0)),
            pivot=float(np.clip(middle / 2, 0.05, 0.4)),
        )

    def fitted(self, light: Floats) -> Floats:
        """Furniture radiance, any shape, as the photo's camera would have drawn it."""
        # By luminance: channel by channel, contrast would make every colour louder than the room's.
        grey = np.maximum(luminance(np.maximum(light, 0)), 1e-6)[..., None]
        contrasty = (np.maximum(light, 0) * (grey / self.pivot) ** (CAMERA_CONTRAST - 1)).astype(np.float32)
        rolled = shoulder(contrasty, knee=0.6 * self.white, white=self.white)
        return (self.black + (1 - self.black / self.white) * rolled).astype(np.float32)

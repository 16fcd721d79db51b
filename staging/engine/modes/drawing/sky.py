"""The day behind a drawn house: a clear sky, thin clouds, and trees far away."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.modes.drawing.ink import linear
from staging.engine.modes.drawing.palette import srgb
from staging.engine.modes.drawing.texture import clouds

Floats = NDArray[np.float32]

_ROWS: Final = ((0.075, "#b4c3c0", 26), (0.048, "#93a78d", 40))  # height of the picture, colour, crowns across


def painted(height: int, width: int, horizon: float, seed: int) -> Floats:
    """A bright day, linear (H, W, 3): blue above, pale over the `horizon` (a row of pixels), trees that end there."""
    rows = np.arange(height, dtype=np.float32)[:, None]
    up = np.clip(1 - rows / max(horizon, 1), 0, 1)
    zenith, low = linear(srgb("#6fa0cf")), linear(srgb("#e3ecf2"))
    sky = low + (zenith - low) * (up**0.9)[..., None]
    cover = clouds(height, width, seed + 11, 6, 4)
    # Seen from below, clouds are wider than high, more so towards the horizon.
    columns, lines = np.meshgrid(np.arange(width, dtype=np.float32) * 0.42, np.arange(height, dtype=np.float32) ** 1.02)
    bent = np.asarray(cv2.remap(cover, columns, lines, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT), np.float32)
    thick = np.clip((bent - 0.50) / 0.25, 0, 1)
    veil = (thick**1.2 * (0.25 + 0.45 * np.clip(up * 2.2, 0, 1)))[..., None]
    # The thicker a cloud, the less light comes through to its underside.
    body = np.array([0.95, 0.96, 0.97], np.float32) * (1 - 0.10 * thick[..., None])
    return _with_trees(np.asarray(sky * (1 - veil) + body * veil, np.float32), horizon, seed)


def _with_trees(sky: Floats, horizon: float, seed: int) -> Floats:
    """Two hazy rows of round crowns on the horizon."""
    height, width = sky.shape[:2]
    rows = np.arange(height, dtype=np.float32)[:, None]
    across = np.arange(width, dtype=np.float32)
    rng = np.random.default_rng(seed + 12)
    for tall, colour, count in _ROWS:
        edge = np.zeros(width, np.float32)
        for middle in rng.uniform(-0.03, 1.03, 2 * count) * width:
            wide, high = rng.uniform(0.5, 1.2) * width / count, rng.uniform(0.35, 1.0)
            arc = 1 - ((across - middle) / wide) ** 2
            edge = np.maximum(edge, high * np.sqrt(np.clip(arc, 0, 1)))
        leaves = clouds(1, width, int(rng.integers(1 << 30)), 5, 60)[0] - 0.5
        top = horizon - tall * height * (0.92 * edge + 0.25 * leaves)
        inside = np.clip((rows - top[None]) / (0.004 * height) + 0.5, 0, 1)[..., None]
        spot = 0.88 + 0.24 * clouds(height, width, int(rng.integers(1 << 30)), 4, 60)[..., None]
        sky = sky * (1 - inside) + linear(srgb(colour)) * spot * inside
    return np.asarray(sky, np.float32)

"""Glass in a drawn house by day: the sky mirrored above, a dim room below, the frame's shadow at its upper edges."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.modes.drawing.ink import linear
from staging.engine.modes.drawing.palette import srgb

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

_ONE_WINDOW: Final = 10  # pixels at a long side of 1000: panes nearer than that are one window's
_REVEAL: Final = 5  # the same: how far the frame's shadow reaches into a pane
_SKY, _LOW, _ROOM = (linear(srgb(code)) for code in ("#bcd3e4", "#86a0b3", "#3d4b56"))


def painted(panes: Mask, seed: int) -> Floats:
    """Linear light (H, W, 3) of the `panes` (H, W), right there alone.

    The panes of one window mirror one piece of sky, which runs on behind its bars: bright above, darker below, where
    a mirror at eye height shows the ground, with a slanting edge of light, as clouds or the house opposite give it.
    """
    height, width = panes.shape
    unit = max(height, width) / 1000
    apart = round(_ONE_WINDOW * unit) | 1
    joined = cv2.morphologyEx(panes.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((apart, apart), np.uint8))
    count, names, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    left, top, wide, high = (stats[names, k].astype(np.float32) for k in range(4))
    down = np.clip((rows - top) / np.maximum(high, 1), 0, 1)
    across = np.clip((columns - left) / np.maximum(wide, 1), 0, 1)
    rng = np.random.default_rng(seed + 21)
    start = rng.uniform(0.35, 0.75, count).astype(np.float32)[names]
    # Of a wide window the streak is as broad as of a high one.
    slant = across * wide / np.maximum(high, 1) + 0.8 * down
    span = wide / np.maximum(high, 1) + 0.8
    streak = np.clip(1 - np.abs(slant / span - start) / 0.10, 0, 1) ** 0.5
    mirrored = (0.74 - 0.52 * down + 0.16 * streak)[..., None]
    sky = _SKY + (_LOW - _SKY) * down[..., None]
    light = _ROOM + (sky - _ROOM) * mirrored
    return np.asarray(light * (1 - 0.45 * _reveal(panes, unit)[..., None]), np.float32)


def _reveal(panes: Mask, unit: float) -> Floats:
    """How much of the sun the frame keeps from its panes, (H, W) 0..1: at their upper and left edges."""
    reach = max(1, round(_REVEAL * unit))
    frame = (~panes).astype(np.float32)
    moved = np.zeros_like(frame)
    moved[reach:, reach // 2 :] = frame[:-reach, : -(reach // 2) or None]
    return np.asarray(cv2.GaussianBlur(moved, (0, 0), max(0.6, 0.35 * reach)) * panes, np.float32)

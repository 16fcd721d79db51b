"""Floors and the view outside, painted as bitmaps of linear light."""

from __future__ import annotations

import itertools
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.tone import decode
from staging.engine.furniture.noise import field

Floats = NDArray[np.float32]

FLOOR_PIXELS: Final = 2048
FLOOR_METRES: Final = 6.8
_BOARD: Final = 0.14  # metres


def oak(seed: int = 1) -> Floats:
    """Oak boards laid along y, (2048, 2048, 3) linear: staggered joints, boards of their own tone, grain along them."""
    rng = np.random.default_rng(seed)
    size, scale = FLOOR_PIXELS, FLOOR_PIXELS / FLOOR_METRES
    base = np.array([0.66, 0.52, 0.37])
    picture = np.zeros((size, size, 3), np.float32)
    grain = field((size, size), (60, 1.2), rng) * 0.5 + field((size, size), (25, 0.7), rng) * 0.35
    cathedral = np.sin(field((size, size), (110, 5), rng) * 5.0)
    edges = np.round(np.arange(0, FLOOR_METRES + _BOARD, _BOARD) * scale).astype(int)
    for left, right in itertools.pairwise(edges):
        at = -rng.uniform(0, 1.6)
        while at < FLOOR_METRES:
            length = rng.uniform(1.1, 2.1)
            rows = slice(max(0, round(at * scale)), min(size, round((at + length) * scale)))
            shift = int(rng.integers(size))
            tone = base * (1 + rng.normal(0, 0.055)) * (1 + rng.normal(0, 0.012, 3))
            streaks = np.roll(grain, shift, 0)[rows, left:right] * 0.035
            figure = np.roll(cathedral, shift, 0)[rows, left:right] * 0.022
            picture[rows, left:right] = tone * (1 + streaks + figure)[..., None]
            if rows.stop < size:
                picture[max(rows.stop - 1, 0) : rows.stop, left:right] *= 0.62
            at += length
        picture[:, left : left + 1] *= 0.66
    return decode(np.clip(picture, 0, 1))


def carpet(seed: int = 2) -> Floats:
    """Short pile carpet, (2048, 2048, 3) linear: speckle, and the faint lanes of a vacuum cleaner."""
    rng = np.random.default_rng(seed)
    size = FLOOR_PIXELS
    pile = field((size, size), 0.8, rng) * 0.055 + field((size, size), 3, rng) * 0.022
    wear = field((size, size), 60, rng) * 0.012
    lanes = 0.012 * np.tanh(4 * np.sin(np.arange(size) / size * FLOOR_METRES / 0.62 * np.pi))[None]
    tone = np.array([0.70, 0.665, 0.615])
    return decode(np.clip(tone * (1 + pile + wear + lanes)[..., None], 0, 1))


def view(seed: int = 3) -> Floats:
    """A garden behind the window, (512, 1024, 3) linear 0..1: bright sky, trees out of focus, a hedge, lawn."""
    rng = np.random.default_rng(seed)
    height, width = 512, 1024
    up = np.linspace(1, 0, height)[:, None, None]
    sky = np.array([0.86, 0.92, 0.98]) * up + np.array([0.97, 0.97, 0.96]) * (1 - up)
    picture = np.broadcast_to(sky, (height, width, 3)).astype(np.float32).copy()
    columns = np.arange(height)[:, None]
    leaves = field((height, width), 5, rng) * 0.10 + field((height, width), 16, rng) * 0.10
    for line, rough, colour in (
        (0.34, 46, (0.74, 0.79, 0.74)),
        (0.46, 30, (0.60, 0.67, 0.53)),
        (0.66, 8, (0.50, 0.58, 0.42)),
    ):
        crown = (
            height * line + field((1, width), (0, 42), rng)[0] * rough + field((1, width), (0, 9), rng)[0] * rough / 4
        )
        inside = np.clip((columns - crown[None]) / 6, 0, 1)[..., None].astype(np.float32)
        foliage = np.clip(np.array(colour) * (1 + leaves)[..., None], 0, 1)
        picture = picture * (1 - inside) + foliage.astype(np.float32) * inside
    lawn = np.clip((columns - height * 0.80) / 4, 0, 1)[..., None]
    grass = np.array([0.66, 0.71, 0.52]) * (1 + field((height, width), (1.5, 4), rng)[..., None] * 0.05)
    picture = (picture * (1 - lawn) + grass * lawn).astype(np.float32)
    return decode(np.clip(cv2.GaussianBlur(picture, (0, 0), 1.2), 0, 1))

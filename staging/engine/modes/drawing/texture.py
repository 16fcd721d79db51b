"""Grain of grass, paint, boards and sky, drawn by numbers; the same seed gives the same grain."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Floats = NDArray[np.float32]


def clouds(height: int, width: int, seed: int, octaves: int = 5, coarsest: int = 4) -> Floats:
    """Fractal value noise (height, width), 0..1, mean about 0.5; `coarsest` cells across the longer side."""
    rng = np.random.default_rng(seed)
    total = np.zeros((height, width), np.float32)
    strength, whole = 1.0, 0.0
    for octave in range(octaves):
        cells = coarsest * 2**octave
        scale = cells / max(height, width)
        small = rng.random((max(2, round(height * scale)) + 3, max(2, round(width * scale)) + 3), dtype=np.float32)
        total += strength * cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
        whole += strength
        strength *= 0.52
    return np.clip(total / whole, 0, 1)


_TILE: Final = 512


def grain(at_x: Floats, at_y: Floats, footprint: Floats, seed: int, sharpness: float = 1.0) -> Floats:
    """Noise -1..1 (H, W) that lies on a surface: `at_x`, `at_y` are its coordinates, one unit a cell of the noise.

    `footprint` (H, W) is how many cells a pixel covers: the noise fades out before it would flicker.
    """
    rng = np.random.default_rng(seed)
    white = rng.standard_normal((_TILE, _TILE)).astype(np.float32)
    # Blurred around its edges, so that the tile goes on without a seam.
    tile = np.asarray(ndimage.gaussian_filter(white, 0.8, mode="wrap"), np.float32)
    tile = np.pad(tile / tile.std(), (0, 1), mode="wrap")
    sampled = np.zeros(at_x.shape, np.float32)
    for k, strength in ((1.0, 0.6), (0.27, 0.5), (0.07, 0.4)):
        x, y = np.mod(at_x * k, _TILE).astype(np.float32), np.mod(at_y * k, _TILE).astype(np.float32)
        layer = cv2.remap(tile, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        sampled += strength * layer * np.clip(1.4 - footprint * k, 0, 1)
    return np.clip(sampled * sharpness, -2, 2)


def boards(at_x: Floats, at_y: Floats, footprint: Floats, seed: int) -> Floats:
    """Factor about 1 (H, W) of a floor of boards that run along `at_y`; coordinates in metres, footprint in metres."""
    wide, long = 0.16, 1.6  # metres
    row = np.floor(at_x / wide)
    shift = _hash(row, seed) * long
    piece = np.floor((at_y + shift) / long)
    tone = 0.82 + 0.36 * _hash(row * 57 + piece, seed + 1)
    seam_x = np.abs(at_x / wide - row - 0.5) > 0.5 - 0.012
    along = (at_y + shift) / long
    seam_y = np.abs(along - piece - 0.5) > 0.5 - 0.0018
    seam = np.where(seam_x | seam_y, 0.62, 1.0)
    fine = np.clip(1.15 - footprint / (wide * 0.45), 0, 1)
    sleek = 1 + 0.02 * np.sin(at_x * 260 + 7 * _hash(row, seed + 2) + 0.8 * np.sin(at_y * 5))
    return np.asarray(
        1 + (tone * (1 - (1 - seam) * fine) * (1 + (sleek - 1) * fine) - 1) * (0.35 + 0.65 * fine), np.float32
    )


def _hash(n: Floats, seed: int) -> Floats:
    """A number 0..1 for each whole number."""
    value = np.sin(n * 12.9898 + seed * 78.233) * 43758.5453
    return np.asarray(value - np.floor(value), np.float32)

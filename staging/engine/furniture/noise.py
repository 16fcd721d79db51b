"""Smooth randomness: over points for folds and wrinkles, over images for grain and weave. Deterministic by seed."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import scipy  # its parts load when they are used, and who reads the catalogue uses none
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def waves(points: Any, frequency: float, seed: int, count: int = 10) -> Floats:
    """Smooth noise over `points` (..., k), about -1.5..1.5, as a sum of `count` plane waves.

    `frequency` is in cycles per metre; unlike lattice noise it needs no table and has no preferred axis.
    """
    p = np.asarray(points, dtype=np.float64)
    rng = np.random.default_rng(seed)
    direction = rng.normal(size=(count, p.shape[-1]))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    pace = frequency * 2 * np.pi * rng.uniform(0.6, 1.5, count)
    phase = rng.uniform(0, 2 * np.pi, count)
    return np.sin((p @ direction.T) * pace + phase).sum(-1) / np.sqrt(count)


def field(shape: tuple[int, int], sigma: float | tuple[float, float], rng: np.random.Generator) -> Floats:
    """Gaussian noise image (h, w) of mean 0 and deviation 1, blurred by `sigma` pixels (rows, columns), tiling
    seamlessly.

    The blur is a product in the frequency domain. A blur that is wide along an axis is made on a coarser lattice and
    interpolated there (cubic, periodic), which looks the same and costs a fraction.
    """
    rows, columns = (sigma, sigma) if isinstance(sigma, int | float) else sigma
    coarse = (_coarser(shape[0], rows), _coarser(shape[1], columns))
    scale = coarse[0] / shape[0], coarse[1] / shape[1]
    spectrum = scipy.fft.rfft2(rng.standard_normal(coarse, dtype=np.float32))
    across, along = np.fft.fftfreq(coarse[0]) * rows * scale[0], np.fft.rfftfreq(coarse[1]) * columns * scale[1]
    spectrum *= np.outer(*(np.exp(-2 * np.pi**2 * paces**2) for paces in (across, along))).astype(np.float32)
    image = scipy.fft.irfft2(spectrum, s=coarse)
    if coarse != shape:
        image = _enlarged(image, shape)
    image -= image.mean()
    return (image / (image.std() + 1e-9)).astype(np.float64)


def _coarser(length: int, sigma: float) -> int:
    """How many samples an axis needs so that a blur of `sigma` pixels still spans three of them."""
    return length if sigma < 6 else max(8, int(np.ceil(length * 3.0 / sigma)))


def _enlarged(image: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Cubic interpolation of a periodic image to `shape`."""
    margin = 4
    padded = np.pad(image, margin, mode="wrap")
    y = (np.arange(shape[0]) + 0.5) * image.shape[0] / shape[0] - 0.5 + margin
    x = (np.arange(shape[1]) + 0.5) * image.shape[1] / shape[1] - 0.5 + margin
    map_x, map_y = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
    out = cv2.remap(padded.astype(np.float32), map_x, map_y, interpolation=cv2.INTER_CUBIC)
    return np.asarray(out, dtype=np.float32)

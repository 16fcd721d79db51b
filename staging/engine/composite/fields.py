"""Fields over a picture: filling what is unknown, blurring within a region, reading a small field at full size."""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.linalg import toeplitz

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

WIDE: Final = 40.0  # pixels of sigma from which on a blur is a product of matrices
LARGE: Final = 10  # pixels from which on a disc is taken as the rectangles it is made of, which OpenCV grows by faster


def filled(values: Floats, known: Floats) -> Floats:
    """Extend the known values over the unknown pixels, smoothly and everywhere.

    A pull-push pyramid (Gortler et al., The Lumigraph, 1996). `values` (h, w, c), `known` (h, w) 0..1;
    a pixel with `known` of 1 keeps its value. Where nothing at all is known the result is 0.
    """
    weight = known[..., None]
    height, width = known.shape
    if min(height, width) <= 2 or known.min() >= 1:
        total = weight.sum()
        mean = (values * weight).sum((0, 1)) / total if total > 0 else np.zeros(values.shape[-1], np.float32)
        return (values * weight + mean * (1 - weight)).astype(np.float32)
    small_weight = cv2.pyrDown(known)
    small = cv2.pyrDown(np.ascontiguousarray(values * weight)) / np.maximum(small_weight, 1e-6)[..., None]
    # Saturating quickly lets one known pixel speak for its whole coarse cell.
    coarse = filled(small.astype(np.float32), np.minimum(small_weight * 4, 1))
    up = cv2.pyrUp(coarse, dstsize=(width, height))
    return (values * weight + up * (1 - weight)).astype(np.float32)


def blurred_within(values: Floats, region: Floats, sigma: float) -> tuple[Floats, Floats]:
    """Gaussian mean of `values` (h, w[, c]) over `region` (h, w) 0..1, and the share of region under the kernel."""
    share = cv2.GaussianBlur(region, (0, 0), sigma).astype(np.float32)
    weighted = values * (region if values.ndim == 2 else region[..., None])
    mean = cv2.GaussianBlur(weighted, (0, 0), sigma) / (share if values.ndim == 2 else share[..., None]).clip(1e-4)
    return mean.astype(np.float32), share


def blurred_widely(field: Floats, sigma: float) -> Floats:
    """Gaussian mean of `field` (h, w) over `sigma` pixels, as OpenCV's, whose time grows with sigma, makes it.

    A wide one is two products of matrices, which is as exact and takes a fraction of the time.
    """
    if sigma < WIDE:
        return np.asarray(cv2.GaussianBlur(field, (0, 0), sigma), np.float32)
    down, across = (_gaussian(length, sigma) for length in field.shape)
    return np.asarray(down @ field @ across.T, np.float32)


def _gaussian(length: int, sigma: float) -> Floats:
    """The matrix (length, length) that blurs a line of pixels, mirrored at its ends (BORDER_REFLECT_101)."""
    reach = int(np.rint(8 * sigma + 1)) // 2
    kernel = cv2.getGaussianKernel(2 * reach + 1, sigma, cv2.CV_64F).ravel()
    period = max(1, 2 * (length - 1))
    folded = np.bincount(np.arange(-reach, reach + 1) % period, kernel, period)
    place = np.arange(length)
    weights = toeplitz(folded[place])
    inner = place[1:-1]
    weights[:, 1:-1] += folded[(place[:, None] + inner) % period]
    return weights.astype(np.float32)


def widest(field: Floats) -> Floats:
    """The largest of the three channels (h, w, 3) -> (h, w); numpy's own maximum along so short an axis is slow."""
    return np.maximum(np.maximum(field[..., 0], field[..., 1]), field[..., 2])


def least(field: Floats) -> Floats:
    """The smallest of the three channels (h, w, 3) -> (h, w), as `widest`."""
    return np.minimum(np.minimum(field[..., 0], field[..., 1]), field[..., 2])


def steepness(field: NDArray[Any]) -> Floats:
    """How much a field (h, w) changes from pixel to pixel there, by Sobel's operator."""
    across, down = cv2.Sobel(field, cv2.CV_32F, 1, 0), cv2.Sobel(field, cv2.CV_32F, 0, 1)
    return np.asarray(np.hypot(across, down) / 8, np.float32)


def dilated(mask: Mask, pixels: int) -> Mask:
    """Grow a mask by a disc of `pixels`."""
    if pixels < 1:
        return mask
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * pixels + 1, 2 * pixels + 1))
    given = mask.astype(np.uint8)
    if pixels < LARGE:
        return np.asarray(cv2.dilate(given, disc) > 0)
    grown = given
    widths = disc.sum(1)
    for width in np.unique(widths):
        rectangle = np.ones((int((widths >= width).sum()), int(width)), np.uint8)
        grown = np.maximum(grown, cv2.dilate(given, rectangle))
    return np.asarray(grown > 0)


def runs(flags: Mask) -> list[tuple[int, int]]:
    """The first and one past the last index of each run of True in `flags` (n,)."""
    turns = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(first), int(end)) for first, end in turns.reshape(-1, 2)]


def holding(free: Mask, seeds: Mask, connectivity: int = 4) -> Mask:
    """The connected parts of `free` (h, w) that hold some of the seeds (h, w)."""
    count, parts = cv2.connectedComponents(free.astype(np.uint8), connectivity=connectivity)
    held = np.zeros(count, bool)
    held[np.unique(parts[seeds & free])] = True
    return held[parts] & free


def band(field: Floats, width: int, height: int, top: int, bottom: int, *, kernel: int = cv2.INTER_CUBIC) -> Floats:
    """Rows `top`..`bottom` of `field` (h, w[, c]) as if resized to `width` x `height`: full size, band by band.

    Bicubic or by another OpenCV `kernel`, pixel centres aligned; a field of that very size is returned as it is.
    """
    h, w = field.shape[:2]
    if (w, h) == (width, height):
        return field[top:bottom]
    sx, sy = w / width, h / height
    matrix = np.array([[sx, 0, 0.5 * sx - 0.5], [0, sy, (top + 0.5) * sy - 0.5]])
    flags = kernel | cv2.WARP_INVERSE_MAP
    resized = cv2.warpAffine(field, matrix, (width, bottom - top), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return resized.astype(np.float32, copy=False)


def shrunk(field: Floats | NDArray[np.uint8], width: int, height: int) -> Floats:
    """Area average of a full-size field at `width` x `height`."""
    if field.shape[:2] == (height, width):
        return np.asarray(field, np.float32)
    interpolation = cv2.INTER_AREA if field.shape[1] >= width else cv2.INTER_LINEAR
    resized = cv2.resize(np.asarray(field, np.float32), (width, height), interpolation=interpolation)
    return resized.astype(np.float32, copy=False)


def reduced(picture: NDArray[np.uint8], width: int, height: int) -> Floats:
    """Area average of a picture (H, W, 3) at `width` x `height`, 0..1, without a copy of it all in floats."""
    return (cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA) / 255).astype(np.float32)

"""The small copy of a photo cut into patches of nearly one colour, and the borders between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from staging.engine.redesign.matting import Bytes, Floats, Mask

_SCALE: Final = 90.0  # of Felzenszwalb and Huttenlocher: larger patches with a larger value
_SMALLEST: Final = 30  # pixels of a patch
_BESIDE: Final = 3  # pixels from a border at which the colours of its two sides are compared
_LEAST_SHARED: Final = 4  # pixels of a border that joins two patches
_EDGE: Final = 5.0  # Lab units within some pixels that are an edge
FAINT: Final = 3.5  # Lab units of contrast that are an edge between white and white
_WIDE: Final = 4.0  # pixels over which light falls off, and more
_CREASE: Final = 6.0  # Lab units of an edge that paint and sky end at
_WEIGHTS: Final = np.array([1.0, 1.3, 1.3], np.float32)


@dataclass(frozen=True)
class Borders:
    """Pairs of patches that touch: their numbers, how many pixels long, and the mean step across, Lab units."""

    one: NDArray[np.int64]
    other: NDArray[np.int64]
    length: Floats
    step: Floats

    def touching(self, chosen: Mask, count: int, weakest: float) -> tuple[Floats, Floats]:
        """Per patch (n,): the length of its border with chosen patches over steps below `weakest`, and of all."""
        weak = self.length * (self.step < weakest)
        near = np.bincount(self.one, weak * chosen[self.other], count)
        near += np.bincount(self.other, weak * chosen[self.one], count)
        whole = np.bincount(self.one, self.length, count) + np.bincount(self.other, self.length, count)
        return near.astype(np.float32), whole.astype(np.float32)


def lab_of(copy: Bytes) -> Floats:
    """CIE Lab (h, w, 3) of a picture, sRGB."""
    return np.asarray(cv2.cvtColor(copy.astype(np.float32) / 255, cv2.COLOR_RGB2Lab), np.float32)


@dataclass(frozen=True)
class Patches:
    """`lab` (h, w, 3) CIE Lab of the `copy`; `patch` (h, w) numbers of connected areas of nearly one colour."""

    copy: Bytes
    lab: Floats
    patch: NDArray[np.int32]

    @classmethod
    def cut(cls, copy: Bytes) -> Self:
        """Cut `copy` (h, w, 3) into patches."""
        lab = lab_of(copy)
        cutter = cv2.ximgproc.segmentation.createGraphSegmentation(0.7, _SCALE, _SMALLEST)
        return cls(copy, lab, np.asarray(cutter.processImage(cv2.bilateralFilter(lab, 7, 4.0, 2.5)), np.int32))

    @cached_property
    def count(self) -> int:
        return int(self.patch.max()) + 1

    @cached_property
    def area(self) -> Floats:
        """Pixels of each patch (n,)."""
        return np.bincount(self.patch.ravel(), minlength=self.count).astype(np.float32)

    def mean(self, field: Floats | Mask) -> Floats:
        """The mean of a field (h, w) over each patch (n,)."""
        return (np.bincount(self.patch.ravel(), field.ravel(), self.count) / self.area).astype(np.float32)

    @cached_property
    def borders(self) -> Borders:
        """The borders between patches that touch."""
        smooth = np.asarray(cv2.GaussianBlur(self.lab, (0, 0), 0.8), np.float32) * _WEIGHTS
        found: list[tuple[NDArray[np.int32], NDArray[np.int32], Floats]] = []
        for axis in (0, 1):
            ahead, behind = np.roll(smooth, -_BESIDE, axis), np.roll(smooth, _BESIDE - 1, axis)
            step = np.linalg.norm(ahead - behind, axis=-1).astype(np.float32)
            here, there = self.patch, np.roll(self.patch, -1, axis)
            inner = [slice(_BESIDE, -_BESIDE)] * 2
            differs = (here != there)[tuple(inner)]
            found.append(
                (here[tuple(inner)][differs], there[tuple(inner)][differs], np.asarray(step[tuple(inner)][differs]))
            )
        one, other = (np.concatenate([f[i] for f in found]) for i in (0, 1))
        step = np.concatenate([f[2] for f in found])
        key = np.minimum(one, other).astype(np.int64) * self.count + np.maximum(one, other)
        keys, index, length = np.unique(key, return_inverse=True, return_counts=True)
        mean = np.bincount(index, step) / length
        return Borders(keys // self.count, keys % self.count, length.astype(np.float32), mean.astype(np.float32))

    def joined(self, chosen: Mask, weakest: float) -> NDArray[np.int32]:
        """The number of the group of each patch (n,): `chosen` patches that no step over `weakest` parts are one."""
        borders = self.borders
        soft = (borders.step < weakest) & (borders.length > _LEAST_SHARED)
        soft &= chosen[borders.one] & chosen[borders.other]
        pairs = np.ones(int(soft.sum())), (borders.one[soft], borders.other[soft])
        _, groups = connected_components(coo_matrix(pairs, shape=(self.count, self.count)), directed=False)
        return np.asarray(groups, np.int32)

    @cached_property
    def contrast(self) -> Floats:
        """Lab units between what lies within some pixels of each pixel (h, w): faint edges show, grain does not."""
        smooth = np.asarray(cv2.GaussianBlur(self.lab, (0, 0), 1.2), np.float32)
        kernel = np.ones((7, 7), np.uint8)
        return np.asarray(np.linalg.norm(cv2.dilate(smooth, kernel) - cv2.erode(smooth, kernel), axis=-1), np.float32)

    @cached_property
    def creases(self) -> Floats:
        """The same of edges alone: where light falls off evenly there is none, however fast it does."""
        sharp = cv2.GaussianBlur(self.lab, (0, 0), 1.2) - cv2.GaussianBlur(self.lab, (0, 0), _WIDE)
        kernel = np.ones((7, 7), np.uint8)
        return np.asarray(np.linalg.norm(cv2.dilate(sharp, kernel) - cv2.erode(sharp, kernel), axis=-1), np.float32)

    def spread(self, start: Mask, through: Mask, reach: int) -> Mask:
        """What is reached from `start` (h, w) within `reach` pixels `through` what is no crease, and the edge there."""
        free = (through & (self.creases < _CREASE)).astype(np.uint8)
        found = start.astype(np.uint8)
        kernel = np.ones((3, 3), np.uint8)
        for _ in range(reach):
            grown = np.maximum(found, np.asarray(cv2.dilate(found, kernel), np.uint8) & free)
            if np.array_equal(grown, found):
                break
            found = grown
        # Creases are wider than edges, by the blur and the window by which they are found.
        new = cv2.dilate((found > start).astype(np.uint8), np.ones((11, 11), np.uint8))
        return np.asarray(start | (found > 0) | ((new > 0) & through))

    def outlined(self, area: Mask, within: Mask) -> float:
        """The share, 0..1, of the border of an `area` (h, w) inside `within` that an edge follows."""
        inner = cv2.erode(area.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1) > 0
        inside = cv2.erode(within.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=1) > 0
        border = area & ~inner & inside
        return float((self.contrast[border] > FAINT).mean()) if border.sum() > 20 else 1.0

    @cached_property
    def edges(self) -> Mask:
        """Pixels (h, w) on or beside an edge of the photo."""
        smooth = np.asarray(cv2.GaussianBlur(self.lab, (0, 0), 0.8), np.float32)
        kernel = np.ones((7, 7), np.uint8)
        spread = cv2.dilate(smooth, kernel) - cv2.erode(smooth, kernel)
        return np.asarray(np.linalg.norm(spread, axis=-1) > _EDGE)

"""Areas that strokes enclose. Lines drawn by hand have gaps: a ball that cannot pass a gap finds the area all the same.

Trapped-ball segmentation (Zhang et al., Vectorizing Cartoon Animations, TVCG 2009): balls of falling size fill what
they can reach; each ball's reach, grown back by its radius, is an area; what is left goes to the nearest one.
Where a ball just did not fit there is no line: small areas that no strokes part from a larger one are a part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Labels = NDArray[np.int32]

STROKE: Final = 0.30  # ink over which a pixel belongs to a line
RADII: Final = (11, 8, 6, 4, 3, 2)  # pixels at a long side of 1000
_LEAST: Final = 60.0  # pixels of area at a long side of 1000
_SMALL: Final = 0.02  # of the picture: larger areas stay what they are
_BARE: Final = 0.55  # share of a common border without a stroke, by which two areas are one
_SHARED: Final = 0.12  # share of an area's whole border that must be common
_PASSES: Final = 4


@dataclass(frozen=True)
class Regions:
    """`labels` (H, W) names an area of each pixel, 0..count-1; the strokes themselves belong to the nearest area."""

    labels: Labels
    count: int

    @property
    def areas(self) -> NDArray[np.int64]:
        """Pixels of each area, shape (count,)."""
        return np.bincount(self.labels.ravel(), minlength=self.count)


def strokes(ink: Floats) -> NDArray[np.bool_]:
    """Pixels (H, W) on a stroke or within two pixels of one, at a long side of 1000."""
    reach = max(2, round(2 * max(ink.shape) / 1000))
    return np.asarray(cv2.dilate((ink >= STROKE).astype(np.uint8), np.ones((2 * reach + 1,) * 2, np.uint8)) > 0)


def find(ink: Floats) -> Regions:
    """Areas of a drawing whose strokes are `ink` (H, W) 0..1. There is at least one."""
    unit = max(ink.shape) / 1000
    free = (ink < STROKE).astype(np.uint8)
    labels = np.zeros(ink.shape, np.int32)
    count = 0
    for radius in RADII:
        reach = max(1, round(radius * unit))
        open_to_ball = cv2.erode(free & (labels == 0), _disc(reach), borderValue=1)
        found, cores, stats, _ = cv2.connectedComponentsWithStats(open_to_ball, connectivity=4)
        for core in range(1, found):
            if stats[core, cv2.CC_STAT_AREA] < max(4, 0.3 * _LEAST * unit * unit):
                continue
            count += 1
            x, y, w, h = _grown(np.asarray(stats[core, :4], np.int32), reach, ink.shape)
            window = (cores[y : y + h, x : x + w] == core).astype(np.uint8)
            back = cv2.dilate(window, _disc(reach)) > 0
            area = labels[y : y + h, x : x + w]
            area[back & (free[y : y + h, x : x + w] > 0) & (area == 0)] = count
    if count == 0:
        return Regions(np.zeros(ink.shape, np.int32), 1)
    return _joined(_complete(labels, count, _LEAST * unit * unit), ink, unit)


def _joined(regions: Regions, ink: Floats, unit: float) -> Regions:
    """Areas under `_SMALL` of the picture joined to the neighbour from which no stroke parts them, and counted anew."""
    near = cv2.dilate((ink >= STROKE).astype(np.uint8), _disc(max(1, round(unit)))) > 0
    labels = regions.labels
    for _ in range(_PASSES):
        sizes = np.bincount(labels.ravel(), minlength=regions.count)
        length, inked = borders(labels, near, regions.count)
        bare = length - inked
        whole = np.maximum(length.sum(1), 1)
        into = np.arange(regions.count)
        open_to = (bare > _BARE * length) & (length > _SHARED * whole[:, None]) & (sizes[None] >= sizes[:, None])
        np.fill_diagonal(open_to, val=False)
        small = (sizes > 0) & (sizes < _SMALL * labels.size) & open_to.any(1)
        into[small] = np.where(open_to, bare, -1).argmax(1)[small]
        if not small.any():
            break
        # A chain of joined areas ends at the largest of them: sizes only grow along it, but for equals.
        for _ in range(_PASSES):
            into = into[into]
        labels = into[labels].astype(np.int32)
    order, dense = np.unique(labels, return_inverse=True)
    return Regions(dense.reshape(labels.shape).astype(np.int32), len(order))


def borders(labels: Labels, near: NDArray[np.bool_], count: int) -> tuple[Floats, Floats]:
    """Pixels of border between each two areas, and those of them `near` (H, W) a stroke: (N, N) each, symmetric."""
    length, inked = (np.zeros((count, count), np.float32) for _ in range(2))
    for one, other, stroke in (
        (labels[:, :-1], labels[:, 1:], near[:, 1:]),
        (labels[:-1], labels[1:], near[1:]),
    ):
        differs = one != other
        pairs, index = np.unique(one[differs].astype(np.int64) * count + other[differs], return_inverse=True)
        length.flat[pairs] += np.bincount(index)
        inked.flat[pairs] += np.bincount(index, stroke[differs])
    return length + length.T, inked + inked.T


def _complete(labels: Labels, count: int, least: float) -> Regions:
    """Give every pixel, and areas under `least` pixels, to the nearest area that stays; count anew from 0."""
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    stays = sizes >= least
    stays[0] = False
    if not stays.any():
        stays[1:] = True
    kept = np.where(stays[labels], labels, 0)
    _, nearest = cv2.distanceTransformWithLabels(
        (kept == 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    names = np.zeros(int(nearest.max()) + 1, np.int32)
    names[nearest[kept > 0]] = kept[kept > 0]
    whole = names[nearest]
    order, dense = np.unique(whole, return_inverse=True)
    return Regions(dense.reshape(labels.shape).astype(np.int32), len(order))


def _grown(box: NDArray[np.int32], by: int, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    x0, y0 = max(0, int(box[0]) - by), max(0, int(box[1]) - by)
    x1, y1 = min(shape[1], int(box[0] + box[2]) + by), min(shape[0], int(box[1] + box[3]) + by)
    return x0, y0, x1 - x0, y1 - y0


def _disc(radius: int) -> NDArray[np.uint8]:
    size = 2 * radius + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)

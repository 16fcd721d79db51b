"""Where paint really ends: carried on to the photo's next edges, and taken off where it runs over one.

The lines of the room's box are off by some pixels, and more where a room is no box. An edge of the photo is where
something begins; a border of paint across bare wall is a mistake that anyone sees. So the border is cut anew in a band
round it (GrabCut, Rother et al. 2004), by how far each pixel is from the paint near it, along the strongest edges. What
that changes counts only where the new border lies on an edge, and where the old one did not or the paint is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import dilated, filled
from staging.engine.redesign.matting import Floats, Mask
from staging.engine.redesign.regions import Regions

_GRAIN: Final = 95  # percentile of a wall's own steps between neighbours, beyond which one may be an edge
_OVER_GRAIN: Final = 1.4  # times that, which is one
_FAINTEST: Final = (0.8, 3.0)  # Lab units between which that lies
_CORE: Final = 13  # pixels, by half of which paint is surely paint inside its border
_BAND: Final = 16  # pixels outside of it in which it may end
_ROUNDS: Final = 3
_COUNTS: Final = np.array([6.0, 8.0, 8.0], np.float32)  # what a Lab unit of a step counts for the cut
_CELL: Final = 48  # pixels of a side of the squares in which changes are judged that are good in part
_MOSTLY: Final = 0.6  # share of a piece that must be good
_ON_EDGE: Final = 0.6  # share of a new border that must lie on an edge
_OFF_EDGE: Final = 0.4  # share of an old one that may, for paint to move away from it
_THIN: Final = 4.0  # pixels by which a border only moves a little
_SAME_OFF_EDGE: Final = 0.65  # the same share where what is beyond is the very paint
_SAME: Final = (1.6, 2.2)  # Lab units of lightness and of hue within which something is the very paint
_LIGHTER: Final = 2.5  # Lab lightness over the paint's, from which something is white trim
_NEAR_BY: Final = 2  # pixels from an edge at which a border lies on it


def reached(regions: Regions, paint: Mask, may_be: Mask, trim: Mask, known: Mask) -> Mask:
    """The `paint` (h, w) with its border on the edges next to it, inside of what `may_be` (h, w) wall.

    `known` (h, w) are ends that the photo shows too faintly for an edge; where `trim` was found (h, w) what looks like
    paint may be that.
    """
    if not _eroded(paint, _CORE).any():
        return paint
    outline = dilated(trim, _NEAR_BY) & ~_eroded(trim, 2 * _NEAR_BY + 1)
    for _ in range(_ROUNDS):
        step = _step(regions, paint)
        whole = _cut(step, paint, may_be)
        edge = _edges(regions, paint)
        changes = _Changes(paint, whole, step, trim, dilated(edge, _NEAR_BY), dilated(edge, 1) | known | outline)
        more, less = changes.accepted(whole & ~paint, more=True), changes.accepted(paint & ~whole, more=False)
        if not (more.any() or less.any()):
            break
        paint = (paint | more) & ~less
    return paint


def _step(regions: Regions, paint: Mask) -> Floats:
    """How far each pixel is from the sure paint near it, (h, w, 3) Lab."""
    core = _eroded(paint, _CORE)
    known = np.where(core[..., None], regions.lab, 0).astype(np.float32)
    return np.asarray(regions.lab - filled(known, core.astype(np.float32)), np.float32)


def _edges(regions: Regions, paint: Mask) -> Mask:
    """The pixels (h, w) on an edge that is more than the grain of the `paint` (h, w); light that falls off is none."""
    smooth = np.asarray(cv2.GaussianBlur(regions.lab, (0, 0), 1.0), np.float32)
    kernel = np.ones((3, 3), np.uint8)
    between = np.linalg.norm(cv2.dilate(smooth, kernel) - cv2.erode(smooth, kernel), axis=-1)
    grain = float(np.percentile(between[_eroded(paint, _CORE)], _GRAIN))
    return np.asarray(between > np.clip(_OVER_GRAIN * grain, *_FAINTEST))


def _cut(step: Floats, paint: Mask, may_be: Mask) -> Mask:
    """The `paint` (h, w) cut anew in a band round its border."""
    guess: NDArray[np.uint8] = np.full(paint.shape, cv2.GC_BGD, np.uint8)
    guess[dilated(paint, _BAND) & may_be] = cv2.GC_PR_BGD
    guess[paint] = cv2.GC_PR_FGD
    guess[_eroded(paint, _CORE)] = cv2.GC_FGD
    if not np.isin(guess, (cv2.GC_BGD, cv2.GC_PR_BGD)).any():
        return paint
    smooth = cv2.GaussianBlur(step, (0, 0), 0.7) * _COUNTS + 128
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    picture = np.clip(smooth, 0, 255).astype(np.uint8)
    found = cv2.grabCut(picture, guess, (0, 0, 1, 1), *models, 1, cv2.GC_INIT_WITH_MASK)[0]
    return np.isin(found, (cv2.GC_FGD, cv2.GC_PR_FGD))


@dataclass(frozen=True)
class _Changes:
    """From `paint` to `whole` (h, w), with the `trim` that was found (h, w).

    `edge` (h, w) are the pixels where a new border lies on an edge, and `old`
    those where the old one has an end.
    """

    paint: Mask
    whole: Mask
    step: Floats
    trim: Mask
    edge: Mask
    old: Mask

    def accepted(self, change: Mask, *, more: bool) -> Mask:
        """Those pieces of a `change` (h, w) that are for the better, as a whole or square by square."""
        count, parts = cv2.connectedComponents(change.astype(np.uint8), connectivity=4)
        good = self._good(change, np.asarray(parts, np.int32), more)
        rest = change & ~good
        height, width = change.shape
        rows, columns = np.arange(height)[:, None] // _CELL, np.arange(width)[None] // _CELL
        cells = rows * (width // _CELL + 1) + columns
        squares = np.zeros(change.shape, np.int32)
        _, numbers = np.unique((parts * (int(cells.max()) + 1) + cells)[rest], return_inverse=True)
        squares[rest] = numbers + 1
        partly = self._good(rest, squares, more)
        area, agreed = (np.bincount(parts[where], minlength=count) for where in (rest, partly))
        mostly = agreed > _MOSTLY * np.maximum(area, 1)
        mostly[0] = False
        return np.asarray(good | (rest & mostly[parts]))

    def _good(self, change: Mask, parts: NDArray[np.int32], more: bool) -> Mask:
        count = int(parts.max()) + 1
        # What is added ends outside; what is taken away leaves a new border inside.
        before, after = dilated(self.paint, 1), dilated(~self.whole, 1)
        if not more:
            before, after = dilated(~self.paint, 1), dilated(self.whole, 1)
        was, ends = change & before, change & after
        length, on_edge, old_length, on_old = (
            np.bincount(parts[where], minlength=count) for where in (ends, ends & self.edge, was, was & self.old)
        )
        founded = (length > 0) & (on_edge > _ON_EDGE * length)
        loose = on_old < _OFF_EDGE * np.maximum(old_length, 1)
        area = np.maximum(np.bincount(parts[change], minlength=count), 1)
        # A border that only moves a little may leave one edge for a stronger one.
        good = founded & (loose | (area < _THIN * old_length))
        if more:
            means = [np.bincount(parts[change], self.step[..., i][change], count) / area for i in range(3)]
            good &= means[0] < _LIGHTER
            bare = np.bincount(parts[change & ~self.trim], minlength=count) > 0.5 * area
            good |= (
                founded
                & bare
                & (on_old < _SAME_OFF_EDGE * np.maximum(old_length, 1))
                & (np.abs(means[0]) < _SAME[0])
                & (np.hypot(means[1], means[2]) < _SAME[1])
            )
        good[0] = False
        return np.asarray(good[parts] & change)


def _eroded(mask: Mask, size: int) -> Mask:
    return cv2.erode(mask.astype(np.uint8), np.ones((size, size), np.uint8), borderValue=1) > 0

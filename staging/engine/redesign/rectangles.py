"""Upright rectangles in a photo, as pieces that stay the same when it is cut at one level after the other.

Extremal regions that are stable (Matas et al., Robust Wide Baseline Stereo from Maximally Stable Extremal Regions,
2002), with what they enclose, so that a curtain or a lamp behind a pane does not break them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.redesign.matting import Floats, Mask

STABLE: Final = 2  # levels over which a piece stays the same
SAME: Final = 0.75  # of two boxes, common over all, that are one piece
NARROWEST: Final = 0.005  # of the long side
AREA: Final = (6e-5, 0.05)  # of the picture
SHAPE: Final = (0.23, 2.8)  # width over height
CLOSED: Final = 0.6  # of its box that a piece fills at least
FULL: Final = 0.86  # of its four straight sides' area that a piece has in common with it
LEANING: Final = 0.12  # slope of upright sides
RECEDING: Final = 0.5  # slope of level sides, which recede on walls seen at an angle

Box = tuple[int, int, int, int]  # left, top, width and height in pixels


@dataclass(frozen=True)
class Piece:
    """One rectangular piece: `box` is left, top, width and height in pixels, `shape` (height, width) its pixels.

    `full`, 0..1, is how well it fills straight sides.
    """

    box: Box
    shape: Mask
    full: float

    @property
    def area(self) -> int:
        return int(self.shape.sum())

    @property
    def where(self) -> tuple[slice, slice]:
        x, y, width, height = self.box
        return slice(y, y + height), slice(x, x + width)


def stable(field: Floats, levels: NDArray[Any]) -> list[Piece]:
    """The rectangular pieces of a `field` (h, w) that lie under several of the `levels`, which rise, inside a rim over
    them.
    """
    seen: list[list[Piece]] = []
    for level in levels:
        for piece in _under(field < level):
            alike = next((s for s in seen if common(s[-1].box, piece.box) > SAME), None)
            if alike is None:
                seen.append([piece])
            else:
                alike.append(piece)
    return [max(s, key=lambda p: p.full) for s in seen if len(s) >= STABLE]


def common(one: Box, other: Box) -> float:
    """What two boxes have in common, over what they cover together, 0..1."""
    both = overlap(one, other)
    return both / (one[2] * one[3] + other[2] * other[3] - both)


def overlap(one: Box, other: Box) -> int:
    """The pixels that two boxes have in common."""
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return max(across, 0) * max(down, 0)


def _under(low: Mask) -> list[Piece]:
    """The rectangular pieces of what is `low` (h, w), with what they enclose."""
    height, width = low.shape
    least = NARROWEST * max(height, width)
    contours, tree = cv2.findContours(low.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    found = []
    for contour, node in zip(contours, [] if tree is None else tree[0], strict=True):
        if node[3] >= 0 or len(contour) < 3 * least:
            continue
        x, y, w, h = cv2.boundingRect(contour)
        if min(w, h) < least or not AREA[0] < w * h / low.size < AREA[1] or not SHAPE[0] < w / h < SHAPE[1]:
            continue
        if x == 0 or y == 0 or x + w >= width or y + h >= height or cv2.contourArea(contour) < CLOSED * w * h:
            continue
        canvas = np.zeros((h, w), np.uint8)
        cv2.drawContours(canvas, [contour - np.array([x, y])], -1, 1, cv2.FILLED)
        full = _straight(canvas > 0)
        if full > FULL:
            found.append(Piece((x, y, w, h), canvas > 0, full))
    return found


def _straight(shape: Mask) -> float:
    """How much, 0..1, a piece (h, w) has in common with the straight lines fitted to its four sides; 0 if they lean."""
    height, width = shape.shape
    left, right = _line(shape.argmax(1)), _line(width - 1 - shape[:, ::-1].argmax(1))
    if max(abs(left[0]), abs(right[0])) > LEANING:
        return 0.0
    top, low = _line(shape.argmax(0)), _line(height - 1 - shape[::-1].argmax(0))
    if max(abs(top[0]), abs(low[0])) > RECEDING:
        return 0.0
    y, x = np.arange(height)[:, None], np.arange(width)[None]
    inside = (y >= top[0] * x + top[1] - 0.5) & (y <= low[0] * x + low[1] + 0.5)
    inside &= (x >= left[0] * y + left[1] - 0.5) & (x <= right[0] * y + right[1] + 0.5)
    return float((inside & shape).sum() / max(int((inside | shape).sum()), 1))


def _line(side: NDArray[np.intp]) -> tuple[float, float]:
    """Slope and start of the line along a `side` (n,), without its ends and what sticks out."""
    along, cut = np.arange(len(side), dtype=np.float64), len(side) // 6
    along, values = along[cut : len(side) - cut], side[cut : len(side) - cut].astype(np.float64)
    slope, start = _fitted(along, values)
    off = np.abs(values - slope * along - start)
    near = off <= 2 * _median(off) + 1
    return (slope, start) if near.all() else _fitted(along[near], values[near])


def _fitted(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
    """Least squares: slope and start."""
    mean_x, mean_y = float(np.add.reduce(x)) / len(x), float(np.add.reduce(y)) / len(y)
    beside = x - mean_x
    spread = float(np.add.reduce(beside**2))
    slope = float(np.add.reduce(beside * (y - mean_y))) / spread if spread > 0 else 0.0
    return slope, mean_y - slope * mean_x


def _median(values: NDArray[np.float64]) -> float:
    """The median of a few values (n,), of which numpy's own takes ten times as long."""
    rising = np.sort(values)
    return float(rising[(len(rising) - 1) // 2] + rising[len(rising) // 2]) / 2

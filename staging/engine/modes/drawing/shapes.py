"""What the outline of each area tells: upright, receding, slanted or scribbled; how large, how full, how dark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from staging.engine.geometry import camera
from staging.engine.geometry.segments import Segments, detect
from staging.engine.geometry.view import ACROSS, ALONG, DOWN, View
from staging.engine.modes.drawing.paper import Drawing
from staging.engine.modes.drawing.regions import Regions

Floats = NDArray[np.float32]

LINES_AT: Final = 1000
_FLAT: Final = 0.2  # slope
_LEANS: Final = 0.3  # columns a row: a camera that looks up lets walls lean by less
_TALL: Final = 0.015  # of the long side: lower areas have no sides to tell by
_ROUGH: Final = 0.1  # of an area's width: how far a straight side may be off its line
FEWEST: Final = 6
# Directions of an outline: columns of `Shapes.outline`.
UPRIGHT: Final = 0
LEVEL: Final = 1  # along the picture plane
RECEDING: Final = 2
SLANTED: Final = 3
LOOSE: Final = 4  # no straight line: scribble, foliage, cloth


@dataclass(frozen=True)
class Shapes:
    """One row for each area. `outline` (N, 5) are shares of its border by direction, summing to 1.

    `box` (N, 4) holds x0, y0, x1, y1 and `middle` (N, 2) x, y, both 0..1 of the picture; `area` (N,) is the share of
    the picture; `full` (N,) the share of its bounding box; `wash` and `tinted` (N,) are the drawing's own, averaged;
    `tint` (N, 3) the drawn colour; `leaning` (N,) how many of its two sides lean, as walls' do not. `touches` (N,
    N) counts common border pixels. `horizon` is the height of the eye in the picture, 0..1 from the top, or None
    where the lines do not tell, and `aspect` the picture's width over its height.
    """

    outline: Floats
    box: Floats
    middle: Floats
    area: Floats
    full: Floats
    wash: Floats
    tinted: Floats
    tint: Floats
    leaning: NDArray[np.int64]
    touches: NDArray[np.int32]
    horizon: float | None
    aspect: float


@dataclass(frozen=True)
class Lines:
    """Straight lines of a drawing, the axis of each (-1: none), and the height of the eye that they agree on."""

    segments: Segments
    axes: NDArray[np.int64]
    horizon: float | None

    def barriers(self, least: float) -> Floats:
        """The lines longer than `least` of the long side alone, as ink (H, W) 0 or 1."""
        height, width = self.segments.height, self.segments.width
        canvas = np.zeros((height, width), np.float32)
        thick = max(1, round(max(height, width) / 700))
        for ends in self.segments.ends[self.segments.length > least * max(height, width)]:
            x0, y0, x1, y1 = (round(v) for v in ends)
            cv2.line(canvas, (x0, y0), (x1, y1), 1.0, thick)
        return canvas


def measure(drawing: Drawing, regions: Regions, lines: Lines) -> Shapes:
    """Measure all areas of a drawing."""
    height, width = drawing.shape
    direction = _directions(lines.segments, lines.axes, (height, width))
    border, pairs = _borders(regions)
    count = regions.count
    outline = np.zeros((count, 5), np.float64)
    for side in (0, 1):
        names = pairs[:, side]
        np.add.at(outline, (names, direction[border[:, 0], border[:, 1]]), 1)
    outline /= np.maximum(outline.sum(1, keepdims=True), 1)
    touches = np.zeros((count, count), np.int32)
    np.add.at(touches, (pairs[:, 0], pairs[:, 1]), 1)
    box, middle, full, pixels = _boxes(regions)
    of = np.maximum(pixels, 1)
    flat = regions.labels.ravel()
    tint = np.stack([np.bincount(flat, drawing.tint[..., c].ravel(), count) for c in range(3)], 1) / of[:, None]
    return Shapes(
        outline=outline.astype(np.float32),
        box=box,
        middle=middle,
        area=(pixels / (height * width)).astype(np.float32),
        full=full,
        wash=(np.bincount(flat, drawing.wash.ravel(), count) / of).astype(np.float32),
        tinted=(np.bincount(flat, drawing.tinted.ravel(), count) / of).astype(np.float32),
        tint=tint.astype(np.float32),
        leaning=_leaning(regions),
        touches=touches + touches.T,
        horizon=lines.horizon,
        aspect=width / height,
    )


def find_lines(grey: NDArray[np.uint8]) -> Lines:
    """The straight lines of a picture `grey` (H, W), at its size."""
    height, width = grey.shape
    k = LINES_AT / max(height, width)
    small = cv2.resize(grey, (max(1, round(width * k)), max(1, round(height * k))), interpolation=cv2.INTER_AREA)
    found = detect(np.asarray(small, np.uint8))
    if len(found) < FEWEST:
        return Lines(found.resized(width, height), np.full(len(found), -1), None)
    fit = camera.estimate(found)
    return Lines(found.resized(width, height), fit.axis, _horizon(fit.view))


def _horizon(view: View) -> float:
    """Where the level directions vanish, in the middle column, 0..1 from the top (may lie outside)."""
    # The horizon is the image of the directions at right angles to DOWN.
    normal = view.matrix.T[DOWN]
    centre = view.centre[1]
    level = normal[1] if abs(normal[1]) > 1e-6 else 1e-6
    return float((centre - view.f * normal[2] / level) / view.height)


def _directions(lines: Segments, axes: NDArray[np.int64], shape: tuple[int, int]) -> NDArray[np.int64]:
    """The direction of the nearest straight line for each pixel (H, W), LOOSE where none is near."""
    height, width = shape
    canvas = np.full((height, width), LOOSE, np.uint8)
    names = {ACROSS: LEVEL, ALONG: RECEDING, DOWN: UPRIGHT}
    thick = max(3, round(max(shape) / 160)) | 1
    for ends, axis in zip(lines.ends[::-1], axes[::-1], strict=True):
        x0, y0, x1, y1 = ends
        steep = abs(y1 - y0) > 8 * abs(x1 - x0)
        # No roof is as flat as that: a level line drawn by hand, or one that recedes slowly.
        flat = abs(y1 - y0) < _FLAT * abs(x1 - x0)
        name = UPRIGHT if steep else names.get(int(axis), LEVEL if flat else SLANTED)
        cv2.line(canvas, (round(x0), round(y0)), (round(x1), round(y1)), int(name), thick)
    return canvas.astype(np.int64)


def _borders(regions: Regions) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Pixels (M, 2) as rows and columns at which two areas meet, and the two areas there, (M, 2)."""
    labels = regions.labels
    right, down = labels[:, :-1] != labels[:, 1:], labels[:-1] != labels[1:]
    at_right, at_down = np.argwhere(right), np.argwhere(down)
    pairs_right = np.stack([labels[:, :-1][right], labels[:, 1:][right]], 1)
    pairs_down = np.stack([labels[:-1][down], labels[1:][down]], 1)
    return np.concatenate([at_right, at_down]), np.concatenate([pairs_right, pairs_down])


def _leaning(regions: Regions) -> NDArray[np.int64]:
    """How many of the left and right sides of each area, (N,), are straight and lean, leaving out its two ends."""
    height, width = regions.labels.shape
    rows, columns = (v.ravel() for v in np.mgrid[:height, :width])
    names = regions.labels.ravel()
    sides = np.full((2, regions.count, height), np.nan, np.float64)
    for side, most in zip(sides, (np.fmin, np.fmax), strict=True):
        most.at(side, (names, rows), columns)
    leaning = np.zeros(regions.count, np.int64)
    for name in range(regions.count):
        seen = np.flatnonzero(~np.isnan(sides[0, name]))
        seen = seen[len(seen) // 8 : len(seen) - len(seen) // 8]
        if len(seen) < _TALL * max(height, width):
            continue
        wide = np.nanmedian(sides[1, name] - sides[0, name])
        for side in sides[:, name, seen]:
            slope, start = np.polyfit(seen, side, 1)
            off = np.percentile(np.abs(slope * seen + start - side), 80)
            leaning[name] += abs(slope) > _LEANS and off < _ROUGH * max(wide, 1)
    return leaning


def _boxes(regions: Regions) -> tuple[Floats, Floats, Floats, NDArray[np.int64]]:
    height, width = regions.labels.shape
    pixels = regions.areas
    flat = regions.labels.ravel()
    rows, columns = np.divmod(np.arange(flat.size), width)
    low = np.full((regions.count, 2), np.inf)
    high = np.full((regions.count, 2), -np.inf)
    for name, place in enumerate(ndimage.find_objects(regions.labels + 1, regions.count)):
        if place is not None:
            low[name], high[name] = ([side.start for side in place[::-1]], [side.stop for side in place[::-1]])
    size = np.array([width, height], np.float64)
    middle = (
        np.stack([np.bincount(flat, v, regions.count) for v in (columns, rows)], 1) / np.maximum(pixels, 1)[:, None]
    )
    full = pixels / np.maximum((high - low).prod(1), 1)
    box = np.concatenate([low / size, high / size], 1)
    return box.astype(np.float32), (middle / size).astype(np.float32), full.astype(np.float32), pixels

"""What each area of a drawn house is. Rules of thumb over outlines and neighbours; every pixel gets one part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from staging.engine.errors import UnusablePhoto
from staging.engine.modes.drawing.reading import Reading
from staging.engine.modes.drawing.regions import Regions
from staging.engine.modes.drawing.shapes import LEVEL, LOOSE, RECEDING, SLANTED, UPRIGHT, Shapes

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

SKY: Final = 0
LAWN: Final = 1
PAVING: Final = 2
ROOF: Final = 3
FACADE: Final = 4  # a wall that faces the viewer more than the other does
SIDE: Final = 5  # the other wall
GLASS: Final = 6
DOOR: Final = 7
FOLIAGE: Final = 8
PARTS: Final = 9
GROUND_AND_SKY: Final = (SKY, LAWN, PAVING)  # these may meet without a line

_LARGE: Final = 0.03  # of the picture: open paper, not a piece of a house
_LEAKED: Final = 0.14  # of the picture: a coarse area that runs over several things
_LEAST_HOUSE: Final = 0.04


@dataclass(frozen=True)
class House:
    """`parts` (H, W) holds the constants above; `horizon` is a row of pixels; `base` the row the house stands on."""

    parts: NDArray[np.int8]
    horizon: float
    base: float
    top: float


def read(reading: Reading) -> House:
    """Say of each area what it is. Raises UnusablePhoto where nothing closed stands before open paper.

    The areas between long straight lines alone see a roof as a whole where its tiles are drawn one by one.
    """
    regions, shapes = reading.regions, reading.shapes
    coarse, outlines = reading.coarse()
    height = regions.labels.shape[0]
    open_paper = _open_paper(shapes)
    if 1 - float(shapes.area[open_paper].sum()) < _LEAST_HOUSE or regions.count < 8:
        raise UnusablePhoto(
            "no_closed_shapes", "The lines of this drawing close too few shapes to tell a house from its background."
        )
    top, base = _extent(regions, open_paper)
    horizon = _horizon(shapes, top, base)
    part = _first_guess(shapes, open_paper, horizon, top, base)
    whole = _first_guess(outlines, _open_paper(outlines), horizon, top, base)
    part = _smoothed(part, shapes, _votes(regions, whole[coarse.labels]), _shared(regions, coarse))
    parts = part[regions.labels].astype(np.int8)
    background = open_paper[regions.labels]
    rows = np.arange(height)[:, None] / height
    whole_sheet = np.where(background, np.where(rows < horizon, SKY, LAWN), parts)
    parts = _no_sky_below(whole_sheet, rows, horizon, base).astype(np.int8)
    return House(parts, horizon * height, base * height, top * height)


def _open_paper(shapes: Shapes) -> Mask:
    """Areas of bare paper around what is drawn: at the upper edge of the sheet, or large and at another edge."""
    at_top = shapes.box[:, 1] < 0.01
    beside = (shapes.box[:, 0] < 0.01) | (shapes.box[:, 2] > 0.99) | (shapes.box[:, 3] > 0.99)
    paper = (at_top & (shapes.area > 0.004)) | (beside & (shapes.area > _LARGE))
    # Clouds, birds and lettering: small and loose, and nearly all around them is such paper.
    whole = np.maximum(shapes.touches.sum(1), 1)
    for _ in range(3):
        around = shapes.touches[:, paper].sum(1) / whole
        paper |= (
            (around > 0.85) & (shapes.area < 0.02) & (shapes.outline[:, LOOSE] > 0.55) & (shapes.middle[:, 1] < 0.5)
        )
    return np.asarray(paper)


def _extent(regions: Regions, paper: Mask) -> tuple[float, float]:
    """Top and foot of what is drawn, 0..1 of the height, leaving out what thinly sticks out."""
    drawn = ~paper[regions.labels]
    rows = drawn.mean(1)
    filled = np.flatnonzero(rows > 0.25 * rows.max())
    return float(filled[0] / len(rows)), float((filled[-1] + 1) / len(rows))


def _horizon(shapes: Shapes, top: float, base: float) -> float:
    """The eye's height: by the lines, held to where the ground can meet a house of this extent."""
    tall = base - top
    told = shapes.horizon if shapes.horizon is not None else base - 0.2 * tall
    return float(np.clip(told, base - 0.42 * tall, base - 0.07 * tall))


def _first_guess(shapes: Shapes, paper: Mask, horizon: float, top: float, base: float) -> NDArray[np.int64]:
    out, middle, area = shapes.outline, shapes.middle, shapes.area
    wide = (shapes.box[:, 2] - shapes.box[:, 0]) / np.maximum(shapes.box[:, 3] - shapes.box[:, 1], 1e-4)
    level = out[:, LEVEL] + out[:, RECEDING]
    tall = base - top
    part = np.where(out[:, LEVEL] >= out[:, RECEDING], FACADE, SIDE)
    upper = middle[:, 1] < top + 0.62 * tall
    roof = (out[:, SLANTED] > 1.3 * out[:, UPRIGHT]) & (out[:, SLANTED] > 0.22) & upper
    part[roof] = ROOF
    low = (middle[:, 1] > horizon) & (out[:, UPRIGHT] < 0.22)
    seeded = low & (shapes.box[:, 3] > base - 0.03)
    whole = np.maximum(shapes.touches.sum(1), 1)
    for _ in range(4):
        beside_ground = shapes.touches[:, seeded | (paper & (middle[:, 1] > horizon))].sum(1) / whole
        seeded |= low & (beside_ground > 0.3) & (wide > 0.8)
    part[seeded] = np.where(out[seeded, LOOSE] > 0.6, LAWN, PAVING)
    small = (area > 0.00012) & (area < 0.012)
    framed = (out[:, UPRIGHT] > 0.2) & (level > 0.15) & (out[:, LOOSE] < 0.5) & (shapes.full > 0.55)
    pane = small & framed & (wide > 0.15) & (wide < 6) & ~seeded & (middle[:, 1] < base - 0.03 * tall)
    # A large pane is drawn darker than the walls; else it is a panel of the wall.
    built = ~paper & ~seeded
    darker = shapes.wash < np.median(shapes.wash[built]) - 0.02 if built.any() else small
    pane &= darker | (area < 0.0035)
    part[pane] = GLASS
    door = pane & (wide < 0.62) & (shapes.box[:, 3] > base - 0.16 * tall) & (area > 0.0015)
    part[door] = DOOR
    loose = (out[:, LOOSE] > 0.72) & (area < 0.03) & (shapes.touches[:, paper | seeded].sum(1) / whole > 0.04)
    leafy = loose & ((middle[:, 1] > horizon - 0.25 * tall) | (shapes.full < 0.6))
    part[leafy & ~seeded] = FOLIAGE
    return part


def _votes(regions: Regions, parts: NDArray[np.int64]) -> Floats:
    """Which share of each area is which part in `parts` (H, W): (N, PARTS)."""
    flat = regions.labels.ravel()
    counts = np.bincount(flat * PARTS + parts.ravel(), minlength=regions.count * PARTS).reshape(-1, PARTS)
    return np.asarray(counts / np.maximum(counts.sum(1, keepdims=True), 1), np.float32)


def _shared(regions: Regions, coarse: Regions) -> Floats:
    """Share of each area that lies in each coarse one, (N, M); coarse ones so large that they leaked count as none."""
    flat = regions.labels.ravel().astype(np.int64) * coarse.count + coarse.labels.ravel()
    counts = np.bincount(flat, minlength=regions.count * coarse.count).reshape(-1, coarse.count).astype(np.float32)
    counts[:, coarse.areas > _LEAKED * regions.labels.size] = 0
    return np.asarray(counts / np.float32(regions.labels.size), np.float32)


def _smoothed(part: NDArray[np.int64], shapes: Shapes, whole: Floats, shared: Floats) -> NDArray[np.int64]:
    """Small pieces take the part of what they belong to, and of what they border on: boards, tiles, bricks, leaves."""
    neighbours = np.maximum(shapes.touches.sum(1, keepdims=True), 1)
    certain = np.sqrt(np.clip(shapes.area / 0.0035, 0.02, 1.0))[:, None]
    own = np.eye(PARTS)[part] * (0.25 + certain)
    # Glass and doors are small by nature: a large area says nothing of them.
    large = np.where(np.isin(np.arange(PARTS), (GLASS, DOOR)), 0, whole)
    own += 0.75 * large * (1 - certain)
    # What a pane is, its own outline tells best.
    own[part == GLASS] *= 1.6
    # What lies between the same long lines is most likely of one kind.
    quiet = own.copy()
    quiet[:, [GLASS, DOOR]] = 0
    together = shared.T @ quiet / np.maximum(shared.sum(0)[:, None], 1e-9)
    together /= np.maximum(together.sum(1, keepdims=True), 1e-9)
    inside = shared / np.maximum(shared.sum(1, keepdims=True), 1e-9)
    own += 1.1 * (inside @ together**1.5) * (1 - certain)
    belief = own.copy()
    weight = shapes.touches * np.sqrt(np.clip(shapes.area / 0.0035, 0.05, 1.0))[None]
    for _ in range(5):
        around = weight @ (belief / belief.sum(1, keepdims=True)) / neighbours
        around[:, [GLASS, DOOR]] *= 0.35
        belief = own + 0.9 * around
    return np.asarray(belief.argmax(1))


def _no_sky_below(parts: NDArray[np.int64], rows: Floats, horizon: float, base: float) -> NDArray[np.int64]:
    """Sky under the house is ground; ground high above the horizon is wall."""
    parts = np.where((parts == SKY) & (rows > max(horizon, base - 0.02)), LAWN, parts)
    high = np.isin(parts, (LAWN, PAVING)) & (rows < horizon)
    return np.where(high, FACADE, parts)

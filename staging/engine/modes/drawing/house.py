"""What each area of a drawn house is. Rules of thumb over outlines and neighbours; every pixel gets one part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, sparse
from scipy.sparse.csgraph import connected_components

from staging.engine.errors import UnusablePhoto
from staging.engine.modes.drawing import gables, openings, spreading
from staging.engine.modes.drawing.openings import Pane
from staging.engine.modes.drawing.reading import LONG_LINES, Reading
from staging.engine.modes.drawing.regions import Regions, strokes
from staging.engine.modes.drawing.shapes import LEVEL, LOOSE, RECEDING, SLANTED, UPRIGHT, Shapes

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Guess = tuple[NDArray[np.int64], Floats]  # the part of each area, and how sure that is, 0..1

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
_FEWEST: Final = 6  # areas: paper, a roof, a wall, an opening and what else makes a house of them
_LARGE_ROOF: Final = 0.01  # of the picture: a roof over a porch need not meet the sky
_SCRAP: Final = 0.006
_BARE: Final = 0.92  # of white
_AIRY: Final = 0.75  # share of a crown's outline before the sky, where it does not grow up from the ground
_HATCHED: Final = 0.6  # share of a patch that strokes cover
_RULED: Final = 0.6  # share of its outline on long straight lines
_ENDS: Final = 0.9  # share of a roof's outline on drawn lines
_TELLING: Final = 0.004  # of the picture: an area this large tells by its outline what it is
_ABOVE: Final = 0.03  # of the height: how far ground may rise over the eye's height
_FAINT: Final = 0.12  # ink
_GRASSY: Final = 0.15  # share of an area: the one lawn of ours had 0.20 and more, gravel and concrete 0.07 and less
_LEAST_LAWN: Final = 0.015  # of the picture: a narrow strip with strokes is a step or a kerb in the shade
_RISING: Final = 0.2  # share of an area
_THIN: Final = 6  # pixels at a long side of 1000: half of how narrow no sky is that shows among strokes
_MOST_ROOF: Final = 0.65  # of what is built; of 14 houses 13 had 0.51 and less, and that one's walls were misread
_LOW: Final = 0.12  # of the house's height
_PLINTH: Final = 0.03  # of the same: how far under a stone of a plinth the ground begins
_BEHIND: Final = 0.3  # share of what lies round a pane
_HELD: Final = 0.5  # how much of its size a piece holds against its neighbours


@dataclass(frozen=True)
class House:
    """`parts` (H, W) holds the constants above; `horizon` is a row of pixels; `base` the row the house stands on."""

    parts: NDArray[np.int8]
    horizon: float
    base: float
    top: float

    def resized(self, width: int, height: int) -> House:
        """The same for another size of the drawing."""
        scale = height / self.parts.shape[0]
        parts = np.asarray(cv2.resize(self.parts, (width, height), interpolation=cv2.INTER_NEAREST), np.int8)
        return House(parts, self.horizon * scale, self.base * scale, self.top * scale)


def read(reading: Reading) -> House:
    """Say of each area what it is. Raises UnusablePhoto where nothing closed stands before open paper.

    The areas between long straight lines alone see a roof as a whole where its tiles are drawn one by one.
    """
    regions, shapes = reading.regions, reading.shapes
    coarse, outlines = reading.coarse()
    height = regions.labels.shape[0]
    open_paper = _open_paper(shapes)
    if 1 - float(shapes.area[open_paper].sum()) < _LEAST_HOUSE or regions.count < _FEWEST:
        raise UnusablePhoto(
            "no_closed_shapes", "The lines of this drawing close too few shapes to tell a house from its background."
        )
    top, base = _extent(regions, open_paper)
    horizon = _horizon(shapes, top, base)
    guessed = _first_guess(shapes, open_paper, horizon, top, base)
    part, sure = _first_guess(outlines, _open_paper(outlines), horizon, top, base)
    sure[coarse.areas > _LEAKED * regions.labels.size] = 0
    parts = _carried_over(reading, coarse, guessed, (part, sure))
    background = open_paper[regions.labels]
    rows = np.arange(height)[:, None] / height
    # Bare paper before the house is grass; a tone drawn there is a drive's or a terrace's.
    ground = np.where(shapes.wash > _BARE, LAWN, PAVING)[regions.labels]
    parts = np.where(background, np.where(rows < horizon, SKY, ground), parts)
    drawn = strokes(reading.bounding)
    ruled = strokes(reading.lines.barriers(LONG_LINES))
    parts = _no_high_ground(parts, regions, background, horizon)
    parts = _tidied(_no_sky_below(parts, rows, horizon, base), drawn, ruled, horizon)
    parts = without_slits(parts)
    parts = _with_terraces(parts, reading, horizon)
    under = gables.under(parts == ROOF, parts == SKY, reading, least=_TELLING / 3)
    parts = np.where(under, FACADE, parts)
    parts = np.where((parts == PAVING) & _dotted(reading)[regions.labels], LAWN, parts)
    built = np.isin(parts, (FACADE, SIDE, ROOF))
    panes = openings.find(reading.drawing, built, reading.bounding)
    tall = (base - top) * height
    # What is hatched and stands on the ground is a pillar of bricks as often as a glazed door.
    panes = [pane for pane in panes if not (pane.hatched and _is_door(pane, base * height, tall))]
    panes = [pane for pane in panes if not _before_sky(pane, parts)]
    # A door hangs alone: what stands in a row with its like is a glazed front.
    rows_of = openings.in_rows(panes, parts.shape)
    doors = [pane for pane in panes if pane not in rows_of and _is_door(pane, base * height, tall)]
    windows = [pane for pane in panes if pane not in doors and not _at_foot(pane, parts, tall)]
    for kind, found in ((GLASS, windows), (DOOR, doors)):
        parts = np.where(openings.drawn(found, parts.shape) & built, kind, parts)
    roofs = float((parts == ROOF).sum())
    if roofs > _MOST_ROOF * np.isin(parts, (ROOF, FACADE, SIDE, GLASS, DOOR)).sum():
        raise UnusablePhoto(
            "walls_unclear",
            "Hardly any wall could be told from the roofs in this drawing. Send a drawing with clear outlines.",
        )
    return House(parts.astype(np.int8), horizon * height, base * height, top * height)


def _carried_over(reading: Reading, coarse: Regions, own: Guess, whole: Guess) -> NDArray[np.int64]:
    """The part of each pixel (H, W): each area's `own`, else that of the `whole` between long lines, else what lies
    beside it.
    """
    over = spreading.pieces(reading.regions, coarse, reading.bounding, reading.lines.barriers(LONG_LINES))
    kinds = np.eye(PARTS, dtype=np.float32)
    sure = own[1][over.area]
    known = kinds[own[0]][over.area] * sure[:, None]
    known += kinds[whole[0]][over.cell] * ((1 - sure) * whole[1][over.cell])[:, None]
    strength = known.sum(1)
    pixels = np.bincount(over.labels.ravel(), minlength=over.count)
    belief = spreading.spread(
        known / np.maximum(strength, 1e-6)[:, None], strength * np.sqrt(pixels).astype(np.float32) * _HELD, over
    )
    return np.asarray(belief.argmax(1)[over.labels], np.int64)


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


def _first_guess(shapes: Shapes, paper: Mask, horizon: float, top: float, base: float) -> Guess:
    """The part of each area by its outline, and how sure that is, 0..1: small scraps tell nothing."""
    out, middle, area = shapes.outline, shapes.middle, shapes.area
    wide = shapes.aspect * (shapes.box[:, 2] - shapes.box[:, 0]) / np.maximum(shapes.box[:, 3] - shapes.box[:, 1], 1e-4)
    tall = base - top
    sure = np.clip(area / _TELLING, 0, 1).astype(np.float32) ** 0.5 * (1 - out[:, LOOSE])
    part = np.where(out[:, LEVEL] >= out[:, RECEDING], FACADE, SIDE)
    upper = middle[:, 1] < top + 0.62 * tall
    roof = (out[:, SLANTED] > 1.3 * out[:, UPRIGHT]) & (out[:, SLANTED] > 0.22) & upper
    # Seen from its eaves, a roof has a level ridge before the sky and no upright edge.
    sky = shapes.touches[:, paper & (middle[:, 1] < horizon)].sum(1) / np.maximum(shapes.touches.sum(1), 1)
    hipped = (out[:, UPRIGHT] < 0.1) & (out[:, LOOSE] < 0.65) & (sky > 0.12) & (wide > 1.2)
    # Walls stand upright; what leans to both sides, or to one before the sky, and is wider than high, does not.
    leans = (shapes.leaning + (sky > 0.12) > 1) & (shapes.leaning > 0) & (wide > 1.2) & (area > _TELLING / 2)
    roof |= leans & upper
    part[roof | (hipped & (middle[:, 1] < top + 0.5 * tall))] = ROOF
    # Level ground lies under the eye's height as a whole.
    low = (middle[:, 1] > horizon) & (shapes.box[:, 1] > horizon - _ABOVE) & (out[:, UPRIGHT] < 0.22)
    seeded = low & (shapes.box[:, 3] > base - 0.03)
    whole = np.maximum(shapes.touches.sum(1), 1)
    for _ in range(4):
        beside_ground = shapes.touches[:, seeded | (paper & (middle[:, 1] > horizon))].sum(1) / whole
        seeded |= low & (beside_ground > np.where(out[:, UPRIGHT] < 0.1, 0.15, 0.3)) & (wide > 0.8)
    part[seeded] = np.where(out[seeded, LOOSE] > 0.6, LAWN, PAVING)
    loose = (out[:, LOOSE] > 0.72) & (area < 0.03) & (shapes.touches[:, paper | seeded].sum(1) / whole > 0.04)
    leafy = loose & ((middle[:, 1] > horizon - 0.25 * tall) | (shapes.full < 0.6)) & ~seeded
    together = _grown_together(shapes, leafy)
    part[leafy] = FOLIAGE
    sure[seeded] = np.clip(area[seeded] / _TELLING, 0, 1) ** 0.5
    sure[leafy] = np.clip(together[leafy] / _TELLING, 0, 1) ** 0.5
    sure[paper] = 0
    return part, sure


def _grown_together(shapes: Shapes, leafy: Mask) -> Floats:
    """The area, as a share of the picture, of all `leafy` areas (N,) that hang together with each of them, (N,).

    A shrub is many small scribbled areas side by side, of which each alone tells nothing.
    """
    members = np.flatnonzero(leafy)
    together = np.zeros(len(leafy), np.float32)
    if len(members):
        near = sparse.csr_matrix(shapes.touches[np.ix_(members, members)] > 0)
        _, names = connected_components(near, directed=False)
        together[members] = np.bincount(names, shapes.area[members])[names]
    return together


def _is_door(pane: Pane, base: float, tall: float) -> bool:
    """Whether a pane, in pixels, is higher than wide and reaches down to where one walks in."""
    x0, y0, x1, y1 = pane.box
    return y1 > base - 0.16 * tall and x1 - x0 < 0.62 * (y1 - y0) and y1 - y0 > _LOW * tall


def _before_sky(pane: Pane, parts: NDArray[np.int64]) -> bool:
    """Whether the sky lies right behind much of a pane: a chimney is framed in lines, too, but stands in no wall."""
    x0, y0, x1, y1 = pane.box
    by = max(4, round(gables.BARGE * max(parts.shape)))
    around = parts[max(0, y0 - by) : y1 + by, max(0, x0 - by) : x1 + by]
    return bool((around == SKY).sum() > _BEHIND * (around.size - pane.size))


def _no_sky_below(parts: NDArray[np.int64], rows: Floats, horizon: float, base: float) -> NDArray[np.int64]:
    """Sky under the house is ground; ground high above the horizon is wall."""
    parts = np.where((parts == SKY) & (rows > max(horizon, base - 0.02)), LAWN, parts)
    high = np.isin(parts, (LAWN, PAVING)) & (rows < horizon)
    return np.where(high, FACADE, parts)


def _no_high_ground(parts: NDArray[np.int64], regions: Regions, background: Mask, horizon: float) -> NDArray[np.int64]:
    """Level ground lies below the horizon: an area that rises over it is a wall as a whole, and ends at its lines."""
    rows = np.arange(parts.shape[0])[:, None] / parts.shape[0]
    ground = np.isin(parts, (LAWN, PAVING)) & ~background
    labels = regions.labels
    all_of, above = (
        np.bincount(labels[where], minlength=regions.count) for where in (ground, ground & (rows < horizon))
    )
    return np.where(ground & (above > _RISING * all_of)[labels], FACADE, parts)


def _at_foot(pane: Pane, parts: NDArray[np.int64], tall: float) -> bool:
    """Whether a low pane, in pixels, stands right on the ground: a stone, a step or a panel and no window."""
    x0, y0, x1, y1 = pane.box
    under = parts[y1 : y1 + max(3, round(_PLINTH * tall)), (x0 + x1) // 2]
    return y1 - y0 < _LOW * tall and bool(np.isin(under, (LAWN, PAVING)).any())


def without_slits(parts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sky that comes in between tiles and through a ridge drawn with gaps, where no ball fits, is what lies beside."""
    reach = max(1, round(_THIN * max(parts.shape) / 1000))
    ball = np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2), np.uint8)
    sky = (parts == SKY).astype(np.uint8)
    open_sky = cv2.dilate(cv2.erode(sky, ball, borderValue=1), ball) > 0
    slit = (sky > 0) & ~open_sky
    # Along the outlines only corners are left over, which take the stroke's own side.
    solid = np.isin(parts, (SKY, LAWN, PAVING)) & ~slit
    beside = ndimage.distance_transform_edt(slit | solid, return_distances=False, return_indices=True)
    return np.where(slit, parts[tuple(beside)], parts)


def _dotted(reading: Reading) -> Mask:
    """Broad areas (N,) full of short strokes that bound nothing: on the ground these are blades of grass."""
    short = (reading.drawing.ink > _FAINT) & ~strokes(reading.bounding)
    count = reading.regions.count
    held = np.bincount(reading.regions.labels.ravel(), short.ravel(), count)
    return np.asarray((held > _GRASSY * reading.regions.areas) & (reading.shapes.area > _LEAST_LAWN))


def _with_terraces(parts: NDArray[np.int64], reading: Reading, horizon: float) -> NDArray[np.int64]:
    """Level slabs below the eye's height, amid ground, are ground: nothing upright bounds them."""
    regions, shapes = reading.regions, reading.shapes
    flat = regions.labels.ravel()
    out, box = shapes.outline, shapes.box
    whole = np.maximum(shapes.touches.sum(1), 1)
    parts = parts.copy()
    wide = shapes.aspect * (box[:, 2] - box[:, 0]) > 1.2 * (box[:, 3] - box[:, 1])
    low = (box[:, 1] > horizon) & (out[:, UPRIGHT] < 0.15) & wide
    for _ in range(3):
        counts = np.bincount(flat * PARTS + parts.ravel(), minlength=regions.count * PARTS).reshape(-1, PARTS)
        own = counts.argmax(1)
        ground = np.isin(own, (LAWN, PAVING))
        amid = shapes.touches[:, ground].sum(1) / whole > 0.4
        new = low & amid & np.isin(own, (FACADE, SIDE, ROOF))
        if not new.any():
            break
        beside = shapes.touches[:, own == LAWN].sum(1) > shapes.touches[:, own == PAVING].sum(1)
        kind = np.where(beside & (out[:, LOOSE] > 0.5), LAWN, PAVING)
        parts = np.where(new[regions.labels] & np.isin(parts, (FACADE, SIDE, ROOF)), kind[regions.labels], parts)
    return parts


def _tidied(parts: NDArray[np.int64], drawn: Mask, ruled: Mask, horizon: float) -> NDArray[np.int64]:
    """Patches that stand where such a thing cannot stand take the part round them.

    A roof lies under the sky or is large, and ends where lines are `drawn` (H, W), or where hatching covers it, at the
    long straight ones, `ruled` (H, W); leaves grow up from the ground or stand before the sky; a scrap of wall that a
    roof surrounds is roof.
    """
    height = parts.shape[0]
    parts = parts.copy()
    for kind, beside, least, into in (
        (ROOF, (SKY,), 0.10, FACADE),
        (FOLIAGE, (SKY, LAWN, PAVING), 0.4, FACADE),
        (FACADE, (SKY, FACADE, SIDE, LAWN, PAVING, FOLIAGE), 0.3, ROOF),
        (SIDE, (SKY, FACADE, SIDE, LAWN, PAVING, FOLIAGE), 0.3, ROOF),
    ):
        count, names, stats, _ = cv2.connectedComponentsWithStats((parts == kind).astype(np.uint8), connectivity=4)
        around, inked = _around(names, parts, drawn, count)
        share = around[:, list(beside)].sum(1) / np.maximum(around.sum(1), 1)
        size = stats[:, cv2.CC_STAT_AREA] / parts.size
        foot = (stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT]) / height
        wrong = share < least
        if kind == ROOF:
            hatched = np.bincount(names.ravel(), drawn.ravel(), count) > _HATCHED * stats[:, cv2.CC_STAT_AREA]
            straight = _around(names, parts, ruled, count)[1] > _RULED
            wrong = (wrong & (size < _LARGE_ROOF)) | (inked < _ENDS) | (hatched & ~straight)
        elif kind == FOLIAGE:
            wrong = np.where(foot > horizon, wrong & (foot < horizon + 0.1), share < _AIRY)
        else:
            wrong &= size < _SCRAP
        wrong[0] = False
        built = np.array([ROOF, FACADE, SIDE])[around[:, [ROOF, FACADE, SIDE]].argmax(1)]
        parts = np.where(wrong[names], built[names] if kind == FOLIAGE else into, parts)
    return parts


def _around(
    names: NDArray[np.int32], parts: NDArray[np.int64], drawn: Mask, count: int
) -> tuple[NDArray[np.int64], Floats]:
    """Pixels of border of each patch with each part, (count, PARTS), and which share of its border is `drawn`."""
    found = np.zeros((count, PARTS), np.int64)
    on_line = np.zeros(count, np.int64)
    for one, other in (
        ((slice(None), slice(None, -1)), (slice(None), slice(1, None))),
        ((slice(None, -1), slice(None)), (slice(1, None), slice(None))),
    ):
        for here, there in ((one, other), (other, one)):
            border = (names[here] > 0) & (names[here] != names[there])
            own = names[here][border].astype(np.int64)
            found += np.bincount(own * PARTS + parts[there][border], minlength=count * PARTS).reshape(count, PARTS)
            on_line += np.bincount(own, drawn[here][border], count).astype(np.int64)
    return found, np.asarray(on_line / np.maximum(found.sum(1), 1), np.float32)

"""Windows, curtains, blinds and doors of a wall seen straight on: told from its paint, and where they end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_fill_holes

from staging.engine.composite.fields import blurred_within, dilated, holding, least, steepness, widest
from staging.engine.removal.sheets import Floats, Mask, Sheet

Integers = NDArray[np.int64]

OFF: Final = 0.06  # sRGB from the paint, from which on there is something
HUE: Final = 0.05  # log of one colour against the others, by which paint in a shadow may be off its hue
HUE_IN_DARK: Final = 0.15  # the same for each unit, log, that it is darker
FOLDS: Final = 0.006  # sRGB, mean change from pixel to pixel, from which on it is no paint
ROUGHER: Final = 2.5  # times what is usual of the paint, the same
BROAD: Final = 0.04  # of the paint that is seen: a smaller part by itself may be something else
CLIPPED: Final = 0.96  # sRGB of all colours, from which on it is sky and no paint
EDGED: Final = 1.2  # units of lightness a pixel of the sheet: steeper is no light on paint
CLOSED: Final = 0.05  # metres between parts of one fixture: panes, folds, slats
NARROWEST: Final = 0.25  # metres
BOARD: Final = 0.16  # metres that a rail or a skirting board is at most tall
LOWEST: Final = 0.3  # metres that a fixture is tall, of what is seen of it
REACHING: Final = 1.3  # metres above the floor: what does not reach so high may be furniture's, or its shadow
EDGE: Final = 0.04  # metres under a fixture's end, in which the wall must be seen
STEADY: Final = 0.03  # metres by which the ends of columns beside each other differ
SHORTEST: Final = 0.1  # metres of columns that must end alike, and that are continued


@dataclass(frozen=True)
class Fixtures:
    """The fixtures of a wall's sheet: `parts` (h, w) numbers them, 0 where there are none.

    `ends` (w,) is the last row of the columns that are seen down to their end, -1 for the others, and `owners` (w,)
    the parts that end there.
    """

    parts: NDArray[np.int32]
    ends: Integers
    owners: Integers


def found(sheet: Sheet, picture: Floats, surface: Floats, confirmed: Mask, shown: Mask) -> Fixtures:
    """What is neither paint nor furniture on a wall, from its sheet's `picture` and the paint's `surface` (h, w, 3).

    `confirmed` (h, w) is paint for sure, `shown` is what nothing that is removed hides.
    """
    confirmed = _broad(confirmed)
    smooth = np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.0), np.float32)
    off = (widest(np.abs(smooth - surface)) > OFF) & ~_in_shadow(smooth, surface)
    # Cloth may have the very colour of the paint, and is told by its folds.
    fine = np.abs(picture - smooth).mean(-1).astype(np.float32)
    usual = float(np.median(fine[confirmed])) if confirmed.any() else 0.0
    folds = blurred_within(fine, shown.astype(np.float32), 3)[0] > max(FOLDS, ROUGHER * usual)
    folds = cv2.erode(folds.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0  # without the blur's own rim
    things = shown & ((folds & ~confirmed) | (off & ~_reached(smooth, confirmed, shown)))
    things[sheet.foot :] = False
    # Rails and skirting boards lie across the wall and would join what hangs on it.
    tall = cv2.morphologyEx(
        _closed(things, round(CLOSED * sheet.ppm)).astype(np.uint8),
        cv2.MORPH_OPEN, np.ones((max(2, round(BOARD * sheet.ppm)), 1), np.uint8),
    )  # fmt: skip
    # A pane may look like the paint round its window: what is enclosed belongs to it.
    closed = binary_fill_holes(tall > 0) & shown
    count, parts, boxes, _ = cv2.connectedComponentsWithStats(closed.astype(np.uint8), connectivity=4)
    large = boxes[:, cv2.CC_STAT_WIDTH] >= NARROWEST * sheet.ppm
    large &= boxes[:, cv2.CC_STAT_HEIGHT] >= LOWEST * sheet.ppm
    large &= boxes[:, cv2.CC_STAT_TOP] < sheet.foot - REACHING * sheet.ppm
    large[0] = False
    numbers = np.where(large, np.arange(count), 0)[parts].astype(np.int32)
    ends = np.full(numbers.shape[1], -1)
    owners = np.zeros_like(ends)
    for part in np.flatnonzero(large):
        own = _ends(sheet, numbers == part, shown)
        owners[own > ends] = part
        ends = np.maximum(ends, own)
    return Fixtures(numbers, ends, owners)


def runs(wanted: Mask, values: Integers, most: float) -> list[tuple[int, int]]:
    """Where runs of `wanted` (w,) columns begin and end, whose values change by at most `most` from one to the next."""
    runs: list[tuple[int, int]] = []
    first = -1
    for column in range(len(wanted) + 1):
        goes_on = column < len(wanted) and bool(wanted[column])
        if first >= 0 and (not goes_on or abs(int(values[column]) - int(values[column - 1])) > most):
            runs.append((first, column))
            first = -1
        if goes_on and first < 0:
            first = column
    return runs


def _in_shadow(picture: Floats, surface: Floats) -> Mask:
    """Where (h, w) the picture has the hue of the paint and is darker."""
    light = np.log(np.maximum(picture, 0.01)) - np.log(np.maximum(surface, 0.01))
    mean = light.mean(-1)
    return np.asarray((mean < 0) & (widest(np.abs(light - mean[..., None])) < HUE + HUE_IN_DARK * np.abs(mean)))


def _broad(confirmed: Mask) -> Mask:
    """What is confirmed (h, w), without the small parts: panes and blinds that are as white as the paint."""
    _, parts, sizes, _ = cv2.connectedComponentsWithStats(confirmed.astype(np.uint8), connectivity=4)
    broad = sizes[:, cv2.CC_STAT_AREA] > BROAD * confirmed.sum()
    broad[0] = False
    return np.asarray(broad[parts])


def _reached(picture: Floats, confirmed: Mask, shown: Mask) -> Mask:
    """The paint (h, w), with what no edge parts from it: beside a window it may be lit far beyond the rest."""
    lightness = cv2.cvtColor(np.clip(picture, 0, 1).astype(np.float32), cv2.COLOR_RGB2Lab)[..., 0]
    calm = shown & ~dilated((steepness(lightness) > EDGED) | (least(picture) > CLIPPED), 2)
    return confirmed | (dilated(holding(calm | confirmed, confirmed), 2) & shown)


def _ends(sheet: Sheet, part: Mask, shown: Mask) -> Integers:
    """The last rows (w,) of a `part` (h, w) whose lower end is seen, and is that of the columns beside it; or -1."""
    height, width = part.shape
    below = max(2, round(EDGE * sheet.ppm))
    last = np.where(part.any(0), height - 1 - np.argmax(part[::-1], 0), -1)
    whole = np.zeros(width, bool)
    for column in np.flatnonzero(last >= 0):
        under = slice(last[column] + 1, last[column] + 1 + below)
        to_floor = last[column] >= sheet.foot - below
        whole[column] = bool(to_floor or (shown[under, column].all() and not part[under, column].any()))
    ends = np.full(width, -1)
    for first, stop in runs(whole, last, STEADY * sheet.ppm):
        if stop - first >= SHORTEST * sheet.ppm:
            ends[first:stop] = _level(last[first:stop], round(SHORTEST * sheet.ppm), STEADY * sheet.ppm)
    return ends


def _level(rows: Integers, wide: int, most: float) -> Integers:
    """The `rows` (n,) that change by `most` over `wide` columns, -1 for the others: the side of a curtain, which falls
    aslant, is no hem.
    """
    over = np.ones((1, wide), np.uint8)
    row = rows.astype(np.float32)[None]
    spread = (cv2.dilate(row, over) - cv2.erode(row, over))[0]
    return np.where(spread <= most, rows, -1)


def _closed(mask: Mask, pixels: int) -> Mask:
    kernel = np.ones((2 * max(1, pixels // 2) + 1,) * 2, np.uint8)
    return np.asarray(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, kernel) > 0)

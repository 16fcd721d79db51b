"""What runs along a wall, seen on both sides of what is removed, goes on between them: rails, mouldings, sills.

On a wall seen straight on such things are level, so each row of the hidden part is held against what lies at its two
ends. Only thin bands are believed: a wide one may be two of the same piece of furniture.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from staging.engine.composite.fields import runs
from staging.engine.removal.sheets import Floats, Mask, Sheet

BESIDE: Final = 0.15  # metres on each side of the hidden part that are looked at
MIXED: Final = 2  # pixels of the sheet next to it that are mixed with what is removed
OFF: Final = 0.03  # sRGB from the paint, from which on there is something
ALIKE: Final = 0.06  # the same between the two sides
THICKEST: Final = 0.14  # metres
LOWEST: Final = 0.22  # metres: below it is the skirting board's
LONGEST: Final = 2.6  # metres between the two sides


def continued(sheet: Sheet, picture: Floats, surface: Floats, shown: Mask, hidden: Mask) -> Floats:
    """The wall's `surface` (h, w, 3), sRGB, with rails drawn over the `hidden` pixels (h, w).

    `picture` (h, w, 3) is what the photo shows of the sheet, where `shown` (h, w) without furniture.
    """
    off = np.where(shown[..., None], picture - surface, 0).astype(np.float32)
    reach = max(2, round(BESIDE * sheet.ppm))
    with_rails = surface.copy()
    for columns, row, step in _bands(off, shown, hidden, reach, sheet):
        first, last = columns
        share = ((np.arange(first, last) - first + 0.5) / (last - first)).astype(np.float32)[:, None]
        with_rails[row, first:last] += step[0] * (1 - share) + step[1] * share
    return with_rails


def _bands(
    off: Floats, shown: Mask, hidden: Mask, reach: int, sheet: Sheet
) -> list[tuple[tuple[int, int], int, tuple[Floats, Floats]]]:
    """Runs of hidden columns that a thin band crosses, their rows, and what is off the paint at their two ends."""
    found = []
    marks = np.zeros(hidden.shape, np.uint8)
    for row in range(max(0, sheet.foot - round(LOWEST * sheet.ppm))):
        for first, last in runs(hidden[row]):
            sides = _sides(off[row], shown[row], first, last, reach)
            if sides is None or last - first > LONGEST * sheet.ppm:
                continue
            one, other = sides
            same = np.abs(one - other).max() < ALIKE and np.abs(one).max() > OFF and np.abs(other).max() > OFF
            if same:
                found.append(((first, last), row, sides))
                marks[row, first:last] = 1
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(marks, connectivity=4)
    thin = boxes[:, cv2.CC_STAT_HEIGHT] <= THICKEST * sheet.ppm
    return [band for band in found if thin[labels[band[1], band[0][0]]]]


def _sides(off: Floats, shown: Mask, first: int, last: int, reach: int) -> tuple[Floats, Floats] | None:
    """What is off the paint (3,) at both ends of a run of a row's columns; None where one is not seen."""
    left, right = first - MIXED - reach, last + MIXED + reach
    if left < 0 or right > len(off):
        return None
    one, other = slice(left, left + reach), slice(right - reach, right)
    if not (shown[one].all() and shown[other].all()):
        return None
    means = off[one].mean(0), off[other].mean(0)
    # A rail is the same along all that is looked at, a bottle or a socket is not.
    steady = all(np.abs(off[side] - mean).max() < ALIKE for side, mean in zip((one, other), means, strict=True))
    return means if steady else None

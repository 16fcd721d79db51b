"""Where a bed could be: the foot of a front, under and beside its windows, that meets the lawn.

Every window votes for the wall round it. From its sill the wall is followed down to where its colour ends, and what
ends there must be lawn, or a strip of soil or gravel before the lawn. Doors, steps, paths, drives, cars and shrubs
break the row, because the wall's colour ends higher up before them, or no lawn begins under it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from staging.engine.composite.fields import runs
from staging.engine.redesign.front import Front
from staging.engine.redesign.matting import Floats, Mask
from staging.engine.redesign.rectangles import Box

HEAD: Final = 2.3  # metres from the ground to the head of a ground floor's windows: as high as doors, and a step
# Sill over head: what is lower is a door, what is higher a window upstairs; on a raised ground floor it is .71.
SILL: Final = (0.15, 0.72)
CASING: Final = 0.04  # metres under a window that are its frame
USUAL: Final = 1.3  # metres of the longer side of a window
BESIDE: Final = 4.0  # metres to either side of a window in which its wall is followed
WALL: Final = 9.0  # Lab units from the wall's colour, of which lightness counts less
JOINT: Final = 0.09  # metres of a joint, a shadow or a moulding in the wall
OFF: Final = 0.10  # metres of the foot off the straight line on which a wall stands
EYE: Final = 1.55  # metres of the camera over the ground: houses are photographed by people who stand
FOCAL: Final = 0.6  # of the long side: the lens of listing photos
BED: Final = 1.5  # metres from wall to lawn that may be soil or gravel: deeper ones are yards
SHADY: Final = 3.0  # metres of grass in the shade of a wall, which the eye for lawns may miss
GREEN: Final = -4.0  # Lab a of such grass at most
ROUGH: Final = 2.5  # Lab lightness by which soil and gravel vary along the wall; slabs and concrete less
GRAINS: Final = 9  # pixels over which they do
STANDS: Final = (0.25, 0.5)  # shares of a strip in which plants stand: beyond them may be a kerb
LOW: Final = (0.04, 0.2, 0.4, 0.8)  # metres up a wall: its lowest part, and what that must look like
PAVING: Final = (4.0, 5.0)  # Lab lightness more, and units of hue, from which on the lowest part may be paving like it
DARKER: Final = 15.0  # lightness by which a wall may be in the shade of its own foot
THIN: Final = 4.0  # pixels of a strip that is only the edge between wall and lawn
LONG: Final = 1.2  # metres of a foot under which nobody makes a bed
BARE: Final = 0.12  # metres of a gap in the row that are a joint and no door
COMMON: Final = 0.3  # share of what is round a window that its wall takes at least
BEGINS: Final = 0.4  # metres under a sill within which a casing, a shutter or a moulding gives way to the wall
RAGGED: Final = 0.16  # metres of the foot over which it is evened out: gravel may have the colour of the wall
SMALLEST: Final = 30.0  # pixels of a metre: at less, plants are specks
_WEIGHTS: Final = np.array([0.35, 1, 1], np.float32)


@dataclass(frozen=True)
class Foot:
    """A stretch of a front's foot on the working copy: its `columns` (n,), the `rows` (n,) at which the wall ends and
    those at which the `lawn` (n,) begins.

    `metre` is how many pixels one is there; `clear` (h, w) what plants may be seen before: the wall, the ground.
    """

    columns: NDArray[np.int64]
    rows: Floats
    lawn: Floats
    metre: float
    sill: float
    clear: Mask

    @property
    def length(self) -> float:
        """Metres."""
        return len(self.columns) / self.metre

    def part(self, start: int, end: int) -> Foot:
        """The stretch from its column number `start` up to number `end`."""
        of = slice(start, end)
        return replace(self, columns=self.columns[of], rows=self.rows[of], lawn=self.lawn[of])


def find(front: Front, lawn: Mask) -> list[Foot]:
    """The feet along which a bed could be, `lawn` (h, w) being the grass; none where none is sure."""
    if not lawn.any():
        return []
    lab = np.asarray(cv2.GaussianBlur(front.patches.lab, (0, 0), 1.0), np.float32)
    found: list[Foot] = []
    taken = np.zeros(lawn.shape[1], bool)
    for box in sorted(front.windows, key=lambda b: -b[2] * b[3]):
        for foot in _under(box, lab, lawn):
            for start, end in runs(~taken[foot.columns]):
                one = foot.part(start, end)
                if one.length >= LONG and _stands(one, front.patches.lab) and _plantable(one, front.patches.lab):
                    found.append(one)
                    taken[one.columns] = True
    return found


def _under(box: Box, lab: Floats, lawn: Mask) -> list[Foot]:
    """The feet of the wall round a window."""
    x, y, w, h = box
    sill, (height, width) = y + h, lawn.shape
    colour = _common(lab[max(0, y - h // 3) : sill + round(1.2 * h), max(0, x - w) : x + 2 * w].reshape(-1, 3))
    if colour is None:
        return []
    like = np.linalg.norm((lab - colour) * _WEIGHTS, axis=-1) < WALL
    like[y:sill, x : x + w] = False
    # The metre is known only with the foot; till then a window counts for as much as most are.
    guess = max(w, h) / USUAL
    left, right = max(0, round(x - BESIDE * guess)), min(width, round(x + w + BESIDE * guess))
    columns = np.arange(left, right)
    rows = _ends(like[:, left:right], sill, max(2, round(JOINT * guess)), round(BEGINS * guess))
    rows = np.asarray(median_filter(rows, 2 * max(1, round(RAGGED * guess / 2)) + 1), np.float32)
    tops = _tops(lawn[:, left:right], rows)
    deep = _depths(rows, tops, guess, max(height, width))
    meets = (rows > 0) & (deep < SHADY)
    line = _line(columns[meets], rows[meets], guess)
    if line is None:
        return []
    straight = np.polyval(line, columns).astype(np.float32)
    foot = float(np.polyval(line, x + w / 2))
    metre = (foot - y) / HEAD
    if metre < SMALLEST or not SILL[0] < (foot - sill) / (foot - y) < SILL[1]:
        return []
    good = (rows > 0) & (np.abs(rows - straight) < OFF * metre) & (tops - rows > -OFF * metre)
    good &= _depths(straight, tops, metre, max(height, width)) < SHADY
    good &= (columns > x - BESIDE * metre) & (columns < x + w + BESIDE * metre)
    clear = like | lawn
    v = np.arange(height)[:, None]
    clear[:, left:right] |= (v > straight - OFF * metre) & (v < np.where(tops < height, tops, straight)[None])
    whole = Foot(columns, straight, np.minimum(tops, height - 1.0), metre, sill, clear)
    return [whole.part(*run) for run in runs(_closed(good, max(1, round(BARE * metre))))]


def _depths(rows: Floats, tops: Floats, metre: float, longest: int) -> Floats:
    """Metres of ground from a wall's foot at `rows` (w,) to the lawn at `tops` (w,), as one sees it who stands."""
    distance = FOCAL * longest / metre
    return np.asarray((tops - rows) / metre * distance / EYE, np.float32)


def _stands(foot: Foot, lab: Floats) -> bool:
    """Whether the lowest part of what was followed down to a foot is the wall's still, or in its shade.

    A walk of the wall's own colour may pass for it; then plants stand on the lawn along that walk.
    """
    near, far, under, over = (v * foot.metre for v in LOW)
    up = foot.rows - np.arange(len(lab))[:, None]
    pixels = lab[:, foot.columns]
    low, high = (pixels[(up > a) & (up < b)] for a, b in ((near, far), (under, over)))
    lighter, a, b = np.median(low, 0) - np.median(high, 0)
    return bool(-DARKER < lighter < PAVING[0] and np.hypot(a, b) < PAVING[1])


def _plantable(foot: Foot, lab: Floats) -> bool:
    """Whether what lies between wall and lawn is grass in the shade, or a narrow strip as rough as soil and gravel."""
    gap = float(np.median(foot.lawn - foot.rows))
    if gap < THIN:
        return True
    deep = float(_depths(np.zeros(1, np.float32), np.array([gap], np.float32), foot.metre, max(lab.shape))[0])
    for share in STANDS:
        strip = lab[np.round(foot.rows + share * (foot.lawn - foot.rows)).astype(int), foot.columns]
        light = np.ascontiguousarray(strip[:, 0])
        varies = 1.4826 * float(np.median(np.abs(light - median_filter(light, GRAINS))))
        if float(np.median(strip[:, 1])) > GREEN and (varies < ROUGH or deep > BED):
            return False
    return True


def _common(colours: Floats) -> Floats | None:
    """The colour (3,), Lab, that most of what is round a window has; None where there is none."""
    some = colours[:: max(1, len(colours) // 400)]
    apart = np.linalg.norm((some[:, None] - some[None]) * _WEIGHTS, axis=-1)
    votes = (apart < WALL / 2).sum(1)
    best = some[int(votes.argmax())]
    near = np.linalg.norm((colours - best) * _WEIGHTS, axis=-1) < WALL
    return np.asarray(np.median(colours[near], 0), np.float32) if near.mean() > COMMON else None


def _ends(like: Mask, start: int, joint: int, begins: int) -> Floats:
    """The row (w,) at which what is `like` (h, w) the wall ends, followed down over gaps of no more than `joint`
    pixels from where it begins, within `begins` pixels of row `start`; 0 where it does not.
    """
    down = like[start:]
    closed = cv2.morphologyEx(down.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((joint + 1, 1), np.uint8)) > 0
    first = closed.argmax(0)
    broken = ~closed & (np.arange(len(down))[:, None] > first)
    ends = np.where(broken.any(0), broken.argmax(0), 0)
    return np.where(closed.any(0) & (first <= begins) & (ends > 0), start + ends, 0).astype(np.float32)


def _line(columns: NDArray[np.int64], rows: Floats, metre: float) -> Floats | None:
    """The straight line, slope and row at column 0, on which most of the wall's ends lie; None where they do not."""
    if len(columns) < metre * LONG:
        return None
    x, y = columns.astype(float), rows.astype(float)
    rng = np.random.default_rng(0)
    best, most = None, 0
    for _ in range(200):
        i, j = rng.choice(len(x), 2, replace=False)
        if abs(x[i] - x[j]) < 0.3 * metre:
            continue
        slope = (y[j] - y[i]) / (x[j] - x[i])
        near = np.abs(y - y[i] - slope * (x - x[i])) < 0.5 * OFF * metre
        if near.sum() > most:
            best, most = near, int(near.sum())
    if best is None or most < LONG * metre:
        return None
    return np.asarray(np.polyfit(x[best], y[best], 1), np.float32)


def _tops(lawn: Mask, rows: Floats) -> Floats:
    """The row (w,) at which the lawn (h, w) begins at or under each of `rows`; the height where it does not."""
    height = len(lawn)
    below = lawn & (np.arange(height)[:, None] >= rows[None] - 3)
    return np.where(below.any(0), below.argmax(0), height).astype(np.float32)


def _closed(good: Mask, size: int) -> Mask:
    kernel = np.ones((1, 2 * size + 1), np.uint8)
    padded = np.pad(good.astype(np.uint8)[None], ((0, 0), (size, size)))
    return np.asarray(cv2.morphologyEx(padded, cv2.MORPH_CLOSE, kernel)[0, size:-size] > 0)

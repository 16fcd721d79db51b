"""The foot of a wall behind furniture: where it runs, and its board as the visible stretches show it.

A reading of the whole room is a few pixels off at any one wall, and a board that jumps is seen at once. So the foot is
a straight line through where the wall ends beside the furniture, and the board is taken along that line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.removal.sheets import Floats, Mask, Sheet

TALLEST: Final = 0.20  # metres: boards are lower
ABOVE: Final = 0.22  # metres over the foot as it was read, and under it, in which the foot is looked for
UNDER: Final = 0.16
OVER: Final = 0.04  # metres over which the colours on both sides of an end are taken
CLEAR: Final = 6.0  # Lab units of the least step there
NEARLY: Final = 0.5  # of the clearest step of a column: the lowest that is as clear is the end of the floor
FEWEST: Final = 0.10  # metres of a foot that must be seen, to be believed
AGREEING: Final = 0.5  # of the columns that show an end of the floor
APART: Final = 0.018  # metres between columns that agree
LONG: Final = 0.7  # metres that must be seen of a foot, for its slope to be believed
STEEPEST: Final = 0.05  # metres a metre: a wall that was read at the right angle
TOP: Final = 0.25  # share of the profile, at its upper end, that must be paint again
LIKE_PAINT: Final = 0.05  # sRGB
OWN: Final = 0.5  # metres that must be seen of a wall's own board
LOWEST: Final = 0.03  # metres: boards are higher
FACE: Final = 0.03  # log of the light, that the top of a board is off the paint at the least
EVEN: Final = 0.15  # of that, which each row of it is off the paint to the same side
EDGE: Final = 0.08  # log of the light, that the moulding on a board of the paint's colour is off it
FADED: Final = 0.6  # of the strongest row, which a board is off the paint at its top; a shadow is weaker there
OTHER: Final = 0.3  # of that, which no row under it is off the paint to the other side
HUED: Final = 0.15  # log between the colours, from which on a board's hue is not its wall's
OVER_IT: Final = 0.5  # of the same, which no row of the paint above it is off

Line = NDArray[Any]


@dataclass(frozen=True)
class Foot:
    """`line` (columns,) is the row of the sheet at which the wall ends; `seen` metres of it were looked at.

    `board` is None where there is no board, or it was not seen.
    """

    line: Line
    board: Board | None
    seen: float


@dataclass(frozen=True)
class Board:
    """A board `high` metres; its `face` (n, 3), log, is how much lighter it is than its wall's `paint` (3,), log, the
    lowest first.
    """

    high: float
    face: Floats
    paint: Floats

    def drawn(self, above: Line, metre: Line, paint: Floats) -> Floats:
        """The `paint` (N, 3), sRGB, with the board on it, at pixels `above` (N,) metres over the foot of a wall, where
        a metre of it has `metre` (N,) pixels. It has its own colour in the light that falls on the paint, or
        the hue of the paint if it is painted like it.
        """
        share = np.clip((self.high - above) * metre + 0.5, 0, 1)[:, None]
        at = np.clip(above / self.high * len(self.face) - 0.5, 0, len(self.face) - 1)
        rows = np.arange(len(self.face))
        own = np.stack([np.interp(at, rows, self.face[:, k] + self.paint[k]) for k in range(3)], -1)
        here = np.log(np.maximum(paint, 0.02))
        lighter = here - self.paint
        usual = np.median(self.face, 0)
        hue = min(1.0, float(np.linalg.norm(usual - usual.mean())) / HUED)
        own += lighter + hue * (lighter.mean(-1, keepdims=True) - lighter)
        return np.asarray(np.exp(here + (own - here) * share), np.float32)


def foot_of(sheet: Sheet, picture: Floats, surface: Floats, shown: Mask) -> Foot | None:
    """The foot on a wall's sheet, whose photo pixels are free of furniture where `shown`; None where it is not seen."""
    ppm = sheet.ppm
    top, bottom = max(0, sheet.foot - round(ABOVE * ppm)), min(sheet.height, sheet.foot + round(UNDER * ppm))
    band = slice(top, bottom)
    free = np.flatnonzero(shown[band].all(0) & (picture[band].max(-1) > 0).all(0))
    if len(free) < FEWEST * ppm:
        return None
    ends = _ends(picture[band][:, free], ppm)
    known = np.isfinite(ends)
    line = _line(free[known].astype(float), ends[known] + top, ppm)
    if line is None:
        return None
    slope, start = line
    rows = start + slope * np.arange(sheet.width)
    near = free[known][np.abs(ends[known] + top - rows[free[known]]) < APART * ppm]
    board, seen = _board(picture, surface, rows, near, ppm) or (None, len(near) / ppm)
    return Foot(rows, board, seen)


def _ends(band: Floats, ppm: float) -> Line:
    """The row (columns,) at which each column ceases to look like the floor at its lower end; nan where it does not."""
    lab = np.asarray(cv2.cvtColor(np.ascontiguousarray(band), cv2.COLOR_RGB2Lab), np.float32)
    return np.asarray(len(band) - ends_of_floor(lab[::-1], ppm))


def ends_of_floor(lab: Floats, ppm: float) -> Line:
    """The row (columns,) of `lab` (n, columns, 3), read from the floor up at `ppm` rows a metre, at which each column
    ceases to be floor; nan where it shows no end of it.

    That is the lowest of its clear steps of colour, not the first row that is unlike the floor: a wall in the shade is
    nearer to a dark floor than to what it is higher up.
    """
    reach = max(1, round(OVER * ppm))
    total = np.cumsum(np.concatenate([np.zeros_like(lab[:1]), lab]), 0, dtype=np.float64)
    mean = (total[reach:] - total[:-reach]) / reach
    step = np.linalg.norm(mean[reach:] - mean[:-reach], axis=-1)
    if len(step) < 3:
        return np.full(lab.shape[1], np.nan)
    clear = step >= np.maximum(CLEAR, NEARLY * step.max(0))
    top = np.zeros_like(clear)
    top[1:-1] = (step[1:-1] >= step[:-2]) & (step[1:-1] > step[2:]) & clear[1:-1]
    return np.where(top.any(0), top.argmax(0) + reach, np.nan)


def _line(columns: Line, rows: Line, ppm: float) -> tuple[float, float] | None:
    """Slope and start of the line on which most ends lie."""
    if len(columns) < FEWEST * ppm:
        return None
    some = np.linspace(0, len(columns) - 1, min(60, len(columns))).astype(int)
    best, found = -1, (0.0, 0.0)
    for i in some:
        for j in some:
            apart = columns[j] - columns[i]
            slope = (rows[j] - rows[i]) / apart if apart > 0.4 * LONG * ppm else 0.0
            if apart < 0 or abs(slope) > STEEPEST:
                continue
            start = rows[i] - slope * columns[i]
            count = int((np.abs(rows - start - slope * columns) < APART * ppm).sum())
            if count > best:
                best, found = count, (slope, start)
    near = np.abs(rows - found[1] - found[0] * columns) < APART * ppm
    if best < FEWEST * ppm or near.mean() < AGREEING:
        return None
    if np.ptp(columns[near]) < LONG * ppm:
        return 0.0, float(np.median(rows[near]))
    slope, start = np.polyfit(columns[near], rows[near], 1)
    return float(slope), float(start)


def _board(
    picture: Floats, surface: Floats, rows: Line, columns: NDArray[np.int64], ppm: float
) -> tuple[Board, float] | None:
    """The board above the foot, and of how many metres; None where none is seen."""
    tall = round(TALLEST * ppm)
    at = rows[columns][None] - 1.0 - np.arange(tall)[:, None]
    where = np.broadcast_to(columns[None], at.shape).astype(np.float32)
    off, paint = (
        cv2.remap(a, where, at.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for a in (picture - surface, surface)
    )
    first = round((1 - TOP) * tall)
    # Over a board is paint again; over the sill of a glass door, or under a curtain, there is none.
    boarded = np.abs(off[first:].mean(0)).max(-1) < LIKE_PAINT
    if boarded.sum() < FEWEST * ppm:
        return None
    light, usual = (np.log(np.maximum(a[:, boarded], 0.02)) for a in (paint + off, paint))
    profile = np.median(light - usual, 1)
    found = board_of((profile - profile[first:].mean(0)).astype(np.float32), ppm)
    usual = np.median(usual[:first], (0, 1)).astype(np.float32)
    return None if found is None else (Board(*found, usual), float(boarded.sum() / ppm))


def board_of(profile: Floats, ppm: float) -> tuple[float, Floats] | None:
    """How high a board is, metres, and its face (n, 3), both from a `profile` (m, 3), log: how much lighter than its
    paint a wall is from its foot upwards. None where it shows no board.

    A board is off the paint to one side all over, or at its top if it has the paint's own colour, and over its edge is
    nothing but paint. A shadow ends softly, and noise does not stay on one side.
    """
    best, found = 0.0, None
    for k in range(max(3, round(LOWEST * ppm)), len(profile) - 2):
        # The lowest row is mixed with the floor, the one at the top with the paint: it says how high the board is.
        inside, over = profile[1:k], profile[k + 1 :]
        top = inside[-2:].mean(0)
        strength = float(np.linalg.norm(top))
        along = inside @ top / max(strength, 1e-6)
        faded = strength < FADED * np.linalg.norm(inside, axis=-1).max()
        even = strength > np.sqrt(3) * FACE and along.min() > EVEN * strength
        edged = strength > np.sqrt(3) * EDGE and along.min() > -OTHER * strength
        if faded or not (even or edged) or np.linalg.norm(over, axis=-1).max() > OVER_IT * strength:
            continue
        if strength > best:
            part = float(np.clip(profile[k] @ top / strength**2, 0, 1))
            best, found = strength, ((k + part) / ppm, profile[:k])
    return found


def lenders(feet: Mapping[int, Foot], walls: Iterable[int]) -> dict[int, int]:
    """From which wall each of `walls` has its board: its own where enough is seen of it, else the one most is seen of.

    A room has one board. Of a short piece beside furniture the shadow on it is taken for its profile.
    """
    boarded = [wall for wall, foot in feet.items() if foot.board is not None]
    if not boarded:
        return {}
    most = max(boarded, key=lambda wall: feet[wall].seen)
    return {wall: wall if wall in boarded and feet[wall].seen >= OWN else most for wall in walls}

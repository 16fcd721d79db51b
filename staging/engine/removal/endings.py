"""Where what is hidden of a wall's fixtures ends: in few straight lines, as a builder and a decorator would have it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import runs as runs_of
from staging.engine.removal import likeness
from staging.engine.removal.fixtures import LOWEST, STEADY, runs
from staging.engine.removal.sheets import Floats, Mask, Sheet

Integers = NDArray[np.int64]

NEAR: Final = 0.06  # metres between what is seen of a fixture and what hides the rest
HAND: Final = 0.12  # metres: no step in a hem or a sill is narrower
STEP: Final = 0.2  # metres: nor is it lower
THREAD: Final = 0.04  # metres of columns that are seen to reach lower than others, for these to do so too
# Metres above the floor, from which down what is seen of a fixture goes on to it: under 24 inches a window that opens
# needs a guard (International Residential Code, R312.2), so that builders set their sills higher than that.
TO_FLOOR: Final = 0.61
ABOVE: Final = 0.8  # metres above what hides it, in which a column's part may end that is as pale as the paint
LOOKED_AT: Final = 0.8  # metres of a column above the furniture, by which it is told from others
MOST_HIDDEN: Final = 1.0  # times what is seen of a fixture, that goes on to an end that others of it have


@dataclass(frozen=True)
class Cut:
    """Where something hides the columns of a part, (w,): the `firsts` rows that are hidden, -1 in columns of which
    nothing is, the `lasts` from which on nothing more is seen, and the first rows of the part, its `tops`.
    """

    firsts: Integers
    lasts: Integers
    tops: Integers


@dataclass(frozen=True)
class Piece:
    """Columns `first` to before `stop` that end in one line, its last row `end`; `seen` says that an end was seen."""

    first: int
    stop: int
    end: int
    seen: bool

    @property
    def width(self) -> int:
        """How many columns it has."""
        return self.stop - self.first


def cut_at(sheet: Sheet, part: Mask, hidden: Mask, ends: Integers) -> Cut:
    """Where something hides the rest of a `part` (h, w), of which columns are not seen to their `ends` (w,)."""
    beneath = hidden.copy()
    beneath[1:] &= _near_above(part, max(2, round(NEAR * sheet.ppm)))[:-1]
    beneath[0] = False
    tops = np.argmax(part, 0)
    firsts, lasts = np.full(part.shape[1], -1), np.full(part.shape[1], -1)
    for column in np.flatnonzero(beneath.any(0)):
        rows = [top_of(hidden[:, column], row) for row, _ in runs_of(beneath[:, column])]
        rows = [row for row in rows if row - tops[column] >= LOWEST / 2 * sheet.ppm]
        if rows and not 0 <= ends[column] < rows[-1]:
            firsts[column], lasts[column] = rows[0], rows[-1]
    cut = Cut(firsts, lasts, tops)
    _mended(cut, hidden, round(HAND * sheet.ppm))
    for first, stop in runs_of(firsts >= 0):
        if stop - first < HAND * sheet.ppm:
            firsts[first:stop] = -1
    _widened(cut, part, hidden, ends, sheet.ppm)
    return cut


def top_of(mask: Mask, row: int) -> int:
    """The first row of the run of set rows (h,) that holds `row`."""
    above = np.flatnonzero(~mask[:row])
    return int(above[-1]) + 1 if len(above) else 0


def pieces(sheet: Sheet, picture: Floats, cut: Cut, ends: Integers, own: Integers) -> list[Piece]:
    """How a part's columns that are hidden from its `cut` on end: where they look like others, at the `ends` (w,) of
    these, -1 where they do not.

    Those whose end nobody sees reach as low as any of their kind is seen, or to the end that others of it have; `own`
    (w,) are the ends seen of columns of the part. `picture` is the sheet's.
    """
    groups = [group for first, stop in runs_of(cut.firsts >= 0) for group in _grouped(first, ends[first:stop], sheet)]
    others = [group for group in groups if group.seen]
    others += [
        Piece(first, stop, int(np.median(own[first:stop])), seen=True)
        for first, stop in runs(own >= 0, own, STEADY * sheet.ppm)
    ]
    unseen = [dataclasses.replace(group, end=_lowest(sheet, cut, group)) for group in groups if not group.seen]
    others = [_corrected(sheet, picture, cut, other, others=others, unseen=unseen) for other in others] + unseen
    made = []
    for group in groups:
        if group.seen:
            made.append(group)
        else:
            guessed = _guessed(sheet, picture, cut, group, others)
            seen = {other.end for other in others if other.seen}
            made += [dataclasses.replace(one, seen=one.end in seen) for one in _grouped(group.first, guessed, sheet)]
    return made


def _corrected(
    sheet: Sheet, picture: Floats, cut: Cut, one: Piece, *, others: list[Piece], unseen: list[Piece]
) -> Piece:
    """A piece that was taken to end on a sill, lower if it is like what hangs beside it: a sheer curtain."""
    beside = [
        lower
        for lower in unseen
        if lower.end - one.end > STEP * sheet.ppm and min(abs(lower.first - one.stop), abs(one.first - lower.stop)) < 3
    ]
    level = [other for other in others if other is not one and abs(other.end - one.end) < STEADY * sheet.ppm]
    if not beside or not level:
        return one
    band = _above(sheet, picture, cut, beside[0])
    columns = np.arange(one.first, one.stop)

    def unlike(these: list[Piece]) -> float:
        where = np.concatenate([np.arange(other.first, other.stop) for other in these])
        return float(likeness.unlike(band, columns, where, sheet.ppm).mean())

    return dataclasses.replace(one, end=beside[0].end) if unlike(beside) < unlike(level) else one


def _above(sheet: Sheet, picture: Floats, cut: Cut, group: Piece) -> Floats:
    """The rows (n, w, 3) of the sheet's picture over what hides a group, in which it is seen."""
    columns = slice(group.first, group.stop)
    top, row = int(np.median(cut.tops[columns])), int(cut.firsts[columns].min())
    return picture[max(0, min(top, row - 2), row - round(LOOKED_AT * sheet.ppm)) : row]


def _guessed(sheet: Sheet, picture: Floats, cut: Cut, group: Piece, others: list[Piece]) -> Integers:
    """The rows (n,) at which columns of a group end, whose end nobody sees: as those of `others` that they resemble."""
    columns, low = np.arange(group.first, group.stop), _lowest(sheet, cut, group)
    top, band = int(np.median(cut.tops[columns])), _above(sheet, picture, cut, group)
    lowest, highest = low - STEADY * sheet.ppm, low + MOST_HIDDEN * (low - top)
    fitting = [other for other in others if lowest <= other.end <= highest and other.first != group.first]
    if not fitting:
        return np.full(len(columns), low)
    wide = max(1, round(HAND * sheet.ppm))
    costs = np.stack(
        [likeness.unlike(band, columns, np.arange(other.first, other.stop), sheet.ppm) for other in fitting]
    )
    costs = np.asarray(cv2.blur(costs, (wide, 1), borderType=cv2.BORDER_REPLICATE), np.float32)
    seen = [other.end for other in fitting if other.seen]
    ends = np.array([_nearest(max(low, other.end), seen, STEP * sheet.ppm) for other in fitting])
    return np.asarray(ends[costs.argmin(0)])


def _nearest(end: int, ends: list[int], most: float) -> int:
    """The nearest of the `ends` that are less than `most` away from one, or this."""
    near = [other for other in ends if abs(other - end) < most]
    return min(near, key=lambda other: abs(other - end)) if near else end


def _lowest(sheet: Sheet, cut: Cut, group: Piece) -> int:
    """How low a group's columns are seen, or the floor if that is near it."""
    thread = np.ones((1, max(1, round(THREAD * sheet.ppm))), np.uint8)
    row = int(cv2.erode(cut.lasts[None, group.first : group.stop].astype(np.float32), thread).max())
    return sheet.foot - 1 if row > sheet.foot - TO_FLOOR * sheet.ppm else row


def _grouped(start: int, ends: Integers, sheet: Sheet) -> list[Piece]:
    """Neighbouring columns, from `start` on, whose `ends` (n,) lie near each other; none is narrower than a hand."""
    hand = round(HAND * sheet.ppm)
    groups = [
        Piece(start + first, start + stop, int(np.median(ends[first:stop])), bool(ends[first] >= 0))
        for first, stop in _steady(ends, STEADY * sheet.ppm)
    ]
    while len(groups) > 1:
        at = min(range(len(groups)), key=lambda k: groups[k].width)
        beside = [k for k in (at - 1, at + 1) if 0 <= k < len(groups)]
        if groups[at].width >= hand:
            close = [k for k in range(len(groups) - 1) if _one(groups[k], groups[k + 1], STEP * sheet.ppm)]
            if not close:
                break
            at, beside = close[0], [close[0] + 1]
        other = min(beside, key=lambda k: (groups[k].seen != groups[at].seen, -groups[k].width))
        wider = max(groups[at], groups[other], key=lambda group: group.width)
        low, high = min(at, other), max(at, other)
        groups[low : high + 1] = [Piece(groups[low].first, groups[high].stop, wider.end, wider.seen)]
    return groups


def _one(group: Piece, other: Piece, step: float) -> bool:
    return group.seen == other.seen and abs(group.end - other.end) < step


def _steady(ends: Integers, most: float) -> list[tuple[int, int]]:
    return sorted([*runs(ends >= 0, ends, most), *runs_of(ends < 0)])


def _widened(cut: Cut, part: Mask, hidden: Mask, ends: Integers, ppm: float) -> None:
    """Let columns beside those of a part go on as well whose own part ends a little above what hides them, in place."""
    widest, most = round(HAND * ppm), round(ABOVE * ppm)
    for first, stop in runs_of(cut.firsts >= 0):
        for start, step in ((first - 1, -1), (stop, 1)):
            column = start
            while 0 <= column < len(ends) and abs(column - start) < widest and cut.firsts[column] < 0 > ends[column]:
                rows = np.flatnonzero(hidden[:, column])
                rows = rows[rows > cut.tops[column]]
                if len(rows) == 0 or part[max(0, rows[0] - most) : rows[0], column].sum() < LOWEST * ppm:
                    break
                cut.firsts[column] = cut.lasts[column] = rows[0]
                column += step


def _mended(cut: Cut, hidden: Mask, widest: int) -> None:
    """Let gaps between columns of a part be of it where they are hidden too, in place."""
    for first, stop in runs_of(cut.firsts < 0):
        if first == 0 or stop == len(cut.firsts) or stop - first > widest:
            continue
        row = max(int(cut.firsts[first - 1]), int(cut.firsts[stop]))
        for column in np.flatnonzero(hidden[row, first:stop]) + first:
            cut.firsts[column] = cut.lasts[column] = top_of(hidden[:, column], row)
            cut.tops[column] = min(int(cut.tops[first - 1]), int(cut.tops[stop]))


def _near_above(part: Mask, rows: int) -> Mask:
    """The part and the `rows` under it."""
    kernel = np.zeros((2 * rows + 1, 1), np.uint8)
    kernel[: rows + 1] = 1
    return np.asarray(cv2.dilate(part.astype(np.uint8), kernel) > 0)

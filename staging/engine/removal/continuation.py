"""Windows, curtains, blinds and doors that furniture hid in part go on behind it, down to where they end.

On a wall seen straight on they are upright: below the part that is seen the rest stands in the same columns. Where
they end is seen beside the furniture, or on another of their kind: windows of one room have their sills at one height,
and so have the hems of its curtains. What lies between is taken from the same heights of the columns that are seen
whole, and where there are none, from the part above, mirrored. Where no end is seen at all, they end in one line as
low as any of them is seen: so far they reach for sure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.removal.fixtures import CLOSED, LOWEST, SHORTEST, Fixtures, runs
from staging.engine.removal.sheets import Floats, Mask, Sheet

Integers = NDArray[np.int64]

NEAR: Final = 0.06  # metres between what is seen of a fixture and what hides the rest
LOOKED_AT: Final = 0.4  # metres of a column above the furniture, by which it is told from others
OWN: Final = 0.9  # of the contrast: by so much may the same heights of two columns of one fixture differ
OTHER: Final = 0.5  # the same between two fixtures of a kind
HIGH: Final = 0.2  # sRGB: contrast beyond this counts no more
LIGHT: Final = 0.1  # sRGB by which one of them may be lighter as a whole,
LIGHT_COUNTS: Final = 0.3  # which counts so much of what other differences do
SWITCH: Final = 0.25  # of it: by so much over the shortest run must another move be better
FAR: Final = 0.01  # sRGB that a metre between two columns counts
MOST_HIDDEN: Final = 1.0  # times what is seen of a column, that a mirrored one goes on
MIRRORED_AT: Final = 0.08  # sRGB: so well must a window's upper half, mirrored, meet what is seen
TO_FLOOR: Final = 0.3  # metres above the floor, from which down what is seen of a fixture goes on to it
FRAME: Final = 0.07  # metres of a window's frame
STRAIGHT: Final = 0.7  # of the columns of a part: so many must end in one line above, where there is a frame
EVEN: Final = 0.03  # sRGB by which a frame's colour usually changes along it, at most
TALL: Final = 0.4  # metres of a part that are seen, from which on it is closed below where it is seen last
WIDE: Final = 0.1  # metres of columns over which their light is averaged
LIGHTER: Final = 0.25  # log of the light by which columns beside each other may differ


@dataclass(frozen=True)
class Continued:
    """Where (h, w) fixtures go on, and what of the sheet is taken there.

    A pixel (column, row) takes (column + `across`, `turn` * row + `down`), each (h, w), times exp(`gain`) (h, w, 3).
    """

    where: Mask
    across: Floats
    turn: Floats
    down: Floats
    gain: Floats


@dataclass(frozen=True)
class _Wall:
    """What is known of a wall while its fixtures are continued into `made`; other names are as for `fixtures.found`."""

    sheet: Sheet
    picture: Floats
    fixtures: Fixtures
    shown: Mask
    made: Continued


def continued(sheet: Sheet, picture: Floats, fixtures: Fixtures, shown: Mask, hidden: Mask) -> Continued | None:
    """How a wall's `fixtures` go on over its `hidden` pixels (h, w); None where none does.

    The other arguments are as for `fixtures.found`.
    """
    shape = hidden.shape
    made = Continued(
        np.zeros(shape, bool),
        np.zeros(shape, np.float32),
        np.ones(shape, np.float32),
        np.zeros(shape, np.float32),
        np.zeros((*shape, 3), np.float32),
    )
    wall = _Wall(sheet, picture, fixtures, shown, made)
    for part in np.unique(fixtures.parts[fixtures.parts > 0]):
        cuts = _cuts(sheet, fixtures.parts == part, hidden)
        for first, stop in runs(cuts >= 0, cuts, shape[0]):
            left, rows = _from_beside(wall, int(part), np.arange(first, stop), cuts)
            if len(left) and len(rows):
                _from_above(wall, int(part), left, cuts[left], int(np.median(rows)))
        _closed_below(wall, int(part), cuts)
    made.where[:] &= hidden
    return made if made.where.any() else None


def _cuts(sheet: Sheet, part: Mask, hidden: Mask) -> Integers:
    """The first hidden row (w,) of the columns of a `part` (h, w) whose rest something hides, -1 for the others."""
    width = hidden.shape[1]
    beneath = hidden.copy()
    beneath[1:] &= _near_above(part, max(2, round(NEAR * sheet.ppm)))[:-1]
    beneath[0] = False
    top = np.argmax(part, 0)
    cuts = np.full(width, -1)
    for column in np.flatnonzero(beneath.any(0)):
        row = _top_of(hidden[:, column], int(np.flatnonzero(beneath[:, column])[-1]))
        if row - top[column] >= LOWEST / 2 * sheet.ppm:
            cuts[column] = row
    return cuts


def _top_of(mask: Mask, row: int) -> int:
    """The first row of the run of set rows (h,) that holds `row`."""
    above = np.flatnonzero(~mask[:row])
    return int(above[-1]) + 1 if len(above) else 0


def _from_beside(wall: _Wall, part: int, columns: Integers, cuts: Integers) -> tuple[Integers, Integers]:
    """Let columns of a part, hidden from the rows `cuts` (w,) on, go on as those do that are seen whole and look like
    them at the same heights, moved as one.

    The columns for which there are none, and the rows at which the others end.
    """
    sheet, picture, ends, made = wall.sheet, wall.picture, wall.fixtures.ends, wall.made
    reach = round(LOOKED_AT * sheet.ppm)
    low = int(cuts[columns].min())
    above = slice(max(0, low - reach), low)
    whole = np.flatnonzero((ends >= 0) & wall.shown[above].all(0))
    nothing = np.zeros(0, np.int64)
    if low < 2 or len(whole) == 0:
        return columns, nothing
    smooth = cv2.blur(picture[above], (max(1, round(CLOSED * sheet.ppm)), 5))
    costs = _costs(np.asarray(smooth, np.float32), columns, whole)
    costs += FAR * np.abs(columns[:, None] - whole[None]) / sheet.ppm
    seen = picture[above][:, columns]
    contrast = min(HIGH, float(np.abs(seen - seen.mean((0, 1))).mean()))
    same = contrast * np.where(wall.fixtures.owners[whole] == part, OWN, OTHER)
    taken = _sources(costs - same.astype(np.float32), whole, SWITCH * contrast * SHORTEST * sheet.ppm)
    good = taken >= 0
    to, source = columns[good], taken[good]
    if len(to) == 0:
        return columns, nothing
    light = _light(picture, above, to, source, round(WIDE * sheet.ppm))
    for column, other, gains in zip(to, source, light, strict=True):
        rows = slice(int(cuts[column]), int(ends[other]) + 1)
        made.where[rows, column] = True
        made.across[rows, column] = other - column
        made.gain[rows, column] = gains
    return columns[~good], ends[source]


def _sources(worth: Floats, sources: Integers, switch: float) -> Integers:
    """Which of `sources` (M,) each column takes from, (N,), -1 for none, by dynamic programming (Viterbi 1967).

    `worth` (N, M), negative where a column looks like a source, is summed; what moves by the same way as the column
    before is free, all else costs `switch`.
    """
    count, most = worth.shape
    follows = np.concatenate([[-1], np.where(np.diff(sources) == 1, np.arange(most - 1), -1)])
    total = np.concatenate([[0.0], np.full(most, switch)])  # the first state is to take from none
    before = np.zeros((count, most + 1), np.int64)
    for k in range(count):
        cheapest = int(total.argmin())
        came = np.full(most + 1, cheapest)
        cost = np.full(most + 1, total[cheapest] + switch)
        if total[0] <= cost[0]:
            came[0], cost[0] = 0, total[0]
        else:
            cost[0] -= switch  # to stop is free
        moved = np.flatnonzero(follows >= 0) + 1
        along = total[follows[moved - 1] + 1]
        better = along <= cost[moved]
        came[moved[better]], cost[moved[better]] = follows[moved[better] - 1] + 1, along[better]
        before[k] = came
        total = cost + np.concatenate([[0.0], worth[k]])
    state, taken = int(total.argmin()), np.full(count, -1)
    for k in range(count - 1, -1, -1):
        taken[k] = sources[state - 1] if state > 0 else -1
        state = int(before[k, state])
    return taken


def _costs(picture: Floats, columns: Integers, others: Integers) -> Floats:
    """How unlike (N, M) `columns` of a picture (h, w, 3) are to `others`, sRGB."""
    apart = np.zeros((len(columns), len(others)), np.float32)
    for k, column in enumerate(columns):
        steps = picture[:, others] - picture[:, column : column + 1]
        lighter = np.clip(steps.mean((0, 2)), -LIGHT, LIGHT)
        apart[k] = np.abs(steps - lighter[None, :, None]).mean((0, 2)) + LIGHT_COUNTS * np.abs(lighter)
    return apart


def _from_above(wall: _Wall, part: int, columns: Integers, cuts: Integers, row: int) -> None:
    """Let columns of a part, hidden from the rows `cuts` on, go on to `row` by what is seen above, mirrored: about the
    middle of the whole where that fits, else about the cut.
    """
    mine, picture, made = wall.fixtures.parts == part, wall.picture, wall.made
    tops = np.array([_top_of(mine[:, c], int(k) - 1) for c, k in zip(columns, cuts, strict=True)], np.int64)
    enough = (row - cuts < MOST_HIDDEN * (cuts - tops)) & (row >= cuts)
    columns, cuts, tops = columns[enough], cuts[enough], tops[enough]
    if len(columns) == 0:
        return
    middle = tops + row
    meets = picture[cuts - 3, columns] - picture[np.clip(middle - cuts + 3, 0, len(mine) - 1), columns]
    halves = bool((middle - cuts < cuts).all()) and float(np.abs(meets).mean()) < MIRRORED_AT
    for column, cut, centre in zip(columns, cuts, middle, strict=True):
        rows = np.arange(int(cut), row + 1)
        made.where[rows, column] = True
        made.turn[rows, column], made.down[rows, column] = -1, centre if halves else 2 * cut - 1


def _closed_below(wall: _Wall, part: int, cuts: Integers) -> None:
    """Let the columns of a part that nothing else has continued, hidden from the rows `cuts` (w,) on, go on as low as
    any of them is seen, and end there in one line. So low they reach for sure.

    What is seen to come close to the floor reaches it; what has a frame above has the same, mirrored, below.
    """
    sheet, mine = wall.sheet, wall.fixtures.parts == part
    open_ = cuts >= 0
    open_[open_] &= ~wall.made.where[cuts[open_], np.flatnonzero(open_)]
    if not open_.any():
        return
    tops = np.argmax(mine, 0)
    top = int(np.median(tops[open_]))
    wide = max(1, round(SHORTEST * sheet.ppm))
    for first, stop in runs(open_, np.zeros_like(cuts), 0):
        columns = np.arange(first, stop)
        lowest = int(cv2.erode(cuts[None, columns].astype(np.float32), np.ones((1, wide), np.uint8)).max())
        if lowest - top < TALL * sheet.ppm:
            continue
        to_floor = lowest > sheet.foot - TO_FLOOR * sheet.ppm
        frame = 0 if to_floor else _frame(wall, tops[columns], columns)
        row = sheet.foot if to_floor else min(lowest + frame, sheet.foot)
        for column in columns:
            _folded(wall.made, int(column), slice(int(tops[column]) + frame, int(cuts[column])), row + 1)
        _framed(wall, columns, tops[columns], cuts[columns], slice(row - frame + 1, row + 1))


def _frame(wall: _Wall, tops: Integers, columns: Integers) -> int:
    """How tall, in rows, the frame is that closes columns of a part above, from its `tops` on; 0 where there is none.

    A frame is straight, and of one colour all along.
    """
    tall, middle = round(FRAME * wall.sheet.ppm), int(np.median(tops))
    straight = columns[np.abs(tops - middle) <= 1]
    if tall < 2 or middle == 0 or len(straight) < STRAIGHT * len(columns):
        return 0
    band = wall.picture[middle : middle + tall, straight]
    return tall if float(np.median(np.abs(band - np.median(band, 1, keepdims=True)))) < EVEN else 0


def _folded(made: Continued, column: int, seen: slice, stop: int) -> None:
    """Let a column go on from the rows that are `seen` of it to `stop`, mirrored as often as it takes."""
    tall = max(1, seen.stop - seen.start)
    rows = np.arange(seen.stop, stop)
    fold, into = np.divmod(rows - seen.stop, tall)
    back = fold % 2 == 0
    made.where[rows, column] = True
    made.turn[rows, column] = np.where(back, -1, 1)
    taken = np.where(back, seen.stop - 1 - into, seen.stop - tall + into)
    made.down[rows, column] = taken - made.turn[rows, column] * rows


def _framed(wall: _Wall, columns: Integers, tops: Integers, cuts: Integers, rows: slice) -> None:
    """Give columns of a part the frame above them, mirrored, in `rows`."""
    made = wall.made
    for column, top, cut in zip(columns, tops, cuts, strict=True):
        at = np.arange(max(int(cut), rows.start), rows.stop)
        at = at[made.where[at, column]]
        made.turn[at, column], made.down[at, column] = -1, top + rows.stop - 1


def _light(picture: Floats, above: slice, to: Integers, source: Integers, wide: int) -> Floats:
    """By how much (N, 3), log, columns are lighter than those that they take from, evened out over `wide` columns."""
    means = np.log(np.maximum(picture[above].mean(0), 0.02))
    step = np.asarray(means[to] - means[source], np.float32)[None]
    even = cv2.blur(step, (2 * wide + 1, 1), borderType=cv2.BORDER_REPLICATE)[0]
    return np.asarray(np.clip(even, -LIGHTER, LIGHTER), np.float32)


def _near_above(part: Mask, rows: int) -> Mask:
    """The part and the `rows` under it."""
    kernel = np.zeros((2 * rows + 1, 1), np.uint8)
    kernel[: rows + 1] = 1
    return np.asarray(cv2.dilate(part.astype(np.uint8), kernel) > 0)

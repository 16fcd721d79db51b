"""Windows, curtains, blinds and doors that furniture hid in part go on behind it, down to where they end.

On a wall seen straight on they are upright: below the part that is seen the rest stands in the same columns. What is
seen of others that look like them, at the same heights, is repeated there. Below that, and where there are none, what
is seen above goes on, mirrored about where it is hidden, or slat by slat.
All ends in straight lines, as seen beside the furniture or else as low as anything is seen: so far it reaches for sure.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import dilated
from staging.engine.composite.fields import runs as runs_of
from staging.engine.removal import endings, likeness
from staging.engine.removal.endings import LOOKED_AT, NEAR, Cut, Piece
from staging.engine.removal.fixtures import LOWEST, Fixtures, runs
from staging.engine.removal.sheets import Floats, Mask, Sheet

Integers = NDArray[np.int64]

JUMP: Final = 0.3  # metres by which the furniture's top may step between columns that are looked at together
LOWER: Final = 0.1  # metres that must be seen of a column below where another is hidden, to be repeated there
APART: Final = 0.25  # metres between columns, from which on one may repeat another,
CLOSE: Final = 0.12  # and where the other is seen to its end
ROUND: Final = 0.5  # metres beside hidden columns that are looked at with them: a pane is placed by its frame
TALL: Final = 0.4  # metres of a fixture that are seen, from which on it goes on to where nobody sees it end
WIDE: Final = 0.4  # metres of columns over which their light is averaged
VIEW: Final = 0.05  # sRGB by which rows of a column differ where it is a pane
LIGHTER: Final = 0.25  # log of the light by which columns beside each other may differ
FOLD: Final = 0.2  # metres above what hides a column, that go on below, mirrored: what is higher is too unlike it
RAIL: Final = 0.09  # metres that a rail of a window's frame is at most tall
EVEN: Final = 0.03  # sRGB by which a rail's colour changes along it, at most,
ALONG: Final = 0.6  # of it
SEAM: Final = 2  # pixels of the sheet about the outline of what is hidden
SLATS: Final = 0.3  # metres from slat to slat of a blind, at most
REPEATED: Final = 0.5  # times what rows differ: by so much may those differ that repeat each other


@dataclass(frozen=True)
class Continued:
    """Where (h, w) fixtures go on, and what of the sheet is taken there.

    The middle of a pixel takes (`column`, `row`); what lies beside it, `along` and `turn` (1, or -1 where mirrored)
    times as far beside that. All are (h, w). The colour is times exp(`gain`).
    """

    where: Mask
    column: Integers
    row: Integers
    along: Integers
    turn: Integers
    gain: Floats

    @classmethod
    def none(cls, shape: tuple[int, int]) -> Continued:
        """Nothing goes on: each pixel is its own."""
        row, column = np.mgrid[: shape[0], : shape[1]].astype(np.int64)
        ones = np.ones(shape, np.int64)
        return cls(np.zeros(shape, bool), column, row, ones, ones.copy(), np.zeros(shape, np.float32))

    def places(self, column: Floats, row: Floats) -> tuple[Floats, Floats]:
        """Where on the sheet the colours of places (N,) of it are taken from."""
        height, width = self.where.shape
        c, r = np.rint(column).astype(int).clip(0, width - 1), np.rint(row).astype(int).clip(0, height - 1)
        x = self.column[r, c] + self.along[r, c] * (column - c)
        y = self.row[r, c] + self.turn[r, c] * (row - r)
        return x.astype(np.float32), y.astype(np.float32)

    def copy(self, to: tuple[Integers | slice, int], source: tuple[Integers | slice, int], turned: Integers) -> None:
        """Let rows of a column take what rows of another show, or take; `turned` (rows, 2) says which way."""
        self.column[to], self.row[to] = self.column[source], self.row[source]
        self.along[to] = self.along[source] * turned[:, 0]
        self.turn[to] = self.turn[source] * turned[:, 1]
        self.gain[to] = self.gain[source]


@dataclass(frozen=True)
class _Wall:
    """What is known of a wall: how low its columns can be taken from (`bottoms`, one past the last row, 0 for none),
    and which of them end there for sure; other names are as for `fixtures.found`.
    """

    sheet: Sheet
    picture: Floats
    shown: Mask
    hidden: Mask
    bottoms: Integers
    ended: Mask


def continued(sheet: Sheet, picture: Floats, fixtures: Fixtures, shown: Mask, hidden: Mask) -> Continued | None:
    """How a wall's `fixtures` go on over its `hidden` pixels (h, w); None where none does.

    The other arguments are as for `fixtures.found`.
    """
    made = Continued.none(hidden.shape)
    numbers = [int(number) for number in np.unique(fixtures.parts) if number > 0]
    ended = fixtures.ends >= 0
    cut = {number: endings.cut_at(sheet, fixtures.parts == number, hidden, fixtures.ends) for number in numbers}
    lowest = np.max([one.firsts for one in cut.values()], axis=0, initial=-1)
    wall = _Wall(sheet, picture, shown, hidden, np.where(ended, fixtures.ends + 1, np.maximum(lowest, 0)), ended)
    for number, one in cut.items():
        reached, ends = one.firsts.copy(), np.full_like(one.firsts, -1)
        for first, stop in runs(one.firsts >= 0, one.firsts, JUMP * sheet.ppm):
            columns = np.arange(first, stop)
            top = int(np.median(one.tops[columns]))
            reached[columns], ends[columns] = _from_beside(wall, made, columns, one.firsts[columns], top)
        own = np.where(fixtures.owners == number, fixtures.ends, -1)
        for piece in endings.pieces(sheet, picture, one, ends, own):
            _finished(wall, made, fixtures.parts == number, piece, (one, reached))
    made.where[:] &= hidden
    # Between what is drawn and what is seen of the same fixture there is no paint.
    made.where[:] |= dilated(made.where, SEAM) & (fixtures.parts > 0) & shown
    return made if (made.where & hidden).any() else None


def _from_beside(
    wall: _Wall, made: Continued, columns: Integers, cuts: Integers, top: int
) -> tuple[Integers, Integers]:
    """Let `columns`, hidden from the rows `cuts` (N,) on, go on as others do that look like them and are seen lower.

    How low they are drawn then, one past the last row, and the rows at which they end, -1 where that is not known.
    """
    ppm, bottoms = wall.sheet.ppm, wall.bottoms
    low = int(cuts.min())
    above = slice(max(0, min(top + 2, low - 2), low - round(LOOKED_AT * ppm)), low)
    seen = np.asarray(wall.shown[above].all(0))
    # What is seen beside the columns is compared with them.
    near = np.arange(max(0, columns[0] - round(ROUND * ppm)), min(len(seen), columns[-1] + 1 + round(ROUND * ppm)))
    near = near[seen[near]]
    least = np.full(len(seen), low)
    least[columns] = cuts
    sources, allowed = _sources(wall, seen, near, least[near])
    reached, ends = cuts.copy(), np.full(len(cuts), -1)
    taken = np.full(len(seen), -1)
    taken[near] = likeness.matched(wall.picture[above], near, sources, allowed, ppm)
    good = np.flatnonzero(taken[columns] >= 0)
    if len(good) == 0:
        return reached, ends
    light = _light(wall.picture[above], columns[good], taken[columns[good]], round(WIDE * ppm))
    for k, gain in zip(good, light, strict=True):
        column, source = int(columns[k]), int(taken[columns[k]])
        stop = max(int(cuts[k]), int(bottoms[source]))
        rows = np.arange(int(cuts[k]), stop)
        made.column[rows, column], made.gain[rows, column] = source, gain
        reached[k] = stop
        ends[k] = stop - 1 if wall.ended[source] else -1
    return reached, ends


def _sources(wall: _Wall, seen: Mask, near: Integers, least: Integers) -> tuple[Integers, Mask]:
    """Columns (M,) that can be repeated in those that are `near` (N,), and which (N, M) can: those that are `seen` (w,)
    as high as these, and lower than their rows `least` (N,).
    """
    low, ppm = int(least.min(initial=len(wall.shown))), wall.sheet.ppm
    sources = np.flatnonzero((wall.bottoms > low) & seen)
    sources = sources[[bool(wall.shown[low : wall.bottoms[source], source].all()) for source in sources]]
    ended = wall.ended[sources]
    lower = wall.bottoms[sources] - np.where(ended, 0, round(LOWER * ppm))
    apart = np.abs(sources[None] - near[:, None])
    return sources, (lower[None] > least[:, None]) & (apart >= np.where(ended, CLOSE, APART) * ppm)


def _finished(wall: _Wall, made: Continued, part: Mask, piece: Piece, known: tuple[Cut, Integers]) -> None:
    """Draw a piece of a `part` (h, w) down to its end. `known` are where it is hidden, and how low it is drawn (w,)."""
    cut, reached = known
    cuts, tops = cut.firsts, cut.tops
    columns = np.arange(piece.first, piece.stop)
    top = int(np.median(tops[columns]))
    if not piece.seen and int(cuts[columns].max()) - top < TALL * wall.sheet.ppm:
        return
    end = piece.end
    if piece.seen and end - int(np.median(cuts[columns])) < NEAR * wall.sheet.ppm:
        return
    period = _period(wall, columns, top, int(cuts[columns].min()))
    no_rail = piece.seen or period or end >= wall.sheet.foot - 1
    rail = None if no_rail else _rail(wall, columns, top, cuts[columns])
    if rail is not None:
        end += rail.stop - rail.start
    end, fold = min(end, len(wall.shown) - 1), round(FOLD * wall.sheet.ppm)
    for column in columns:
        made.where[cuts[column] : end + 1, column] = True
        low = int(reached[column])
        if period and low == cuts[column]:
            rows = np.arange(low, end + 1)
            taken = low - period + (rows - low) % period
            made.copy((rows, int(column)), (taken, int(column)), np.ones((len(rows), 2), np.int64))
        else:
            _folded(made, int(column), slice(max(int(tops[column]), low - fold), low), end + 1)
        if rail is not None:
            to, source = np.arange(end + 1 - (rail.stop - rail.start), end + 1), np.arange(rail.start, rail.stop)
            inside = to >= cuts[column]
            made.copy(
                (to[inside], int(column)), (source[inside], int(column)), np.ones((int(inside.sum()), 2), np.int64)
            )
    _to_border(wall, made, part & (cuts < 0), piece, end)


def _folded(made: Continued, column: int, seen: slice, stop: int) -> None:
    """Let a column go on from the rows that are `seen` of it to `stop`, mirrored as often as it takes."""
    tall = max(1, seen.stop - seen.start)
    rows = np.arange(seen.stop, stop)
    fold, into = np.divmod(rows - seen.stop, tall)
    back = fold % 2 == 0
    taken = np.where(back, seen.stop - 1 - into, seen.start + into)
    made.copy((rows, column), (taken, column), np.stack([np.ones_like(rows), np.where(back, -1, 1)], -1))


def _period(wall: _Wall, columns: Integers, top: int, cut: int) -> int:
    """After how many rows `columns` repeat themselves, seen from `top` to `cut`, as blinds do; 0: they do not."""
    most = round(SLATS * wall.sheet.ppm)
    if cut - top < 2 * most:
        return 0
    rows = wall.picture[cut - 2 * most : cut, columns].mean(-1)
    apart = np.array([np.abs(rows[most:] - rows[most - by : 2 * most - by]).mean() for by in range(most)])
    # Half a period away rows differ most, and after a whole one they are alike again.
    alike = apart < REPEATED * np.maximum.accumulate(apart)
    alike[1:-1] &= (apart[1:-1] <= apart[:-2]) & (apart[1:-1] <= apart[2:])
    alike[[0, -1]] = False
    return int(np.argmax(alike)) if alike.any() and apart.max() > EVEN else 0


def _rail(wall: _Wall, columns: Integers, top: int, cuts: Integers) -> slice | None:
    """The rows of the lowest rail of a frame seen across `columns` between `top` and their `cuts`; None: no frame."""
    stop = int(np.median(cuts))
    even, colours = np.zeros(stop, bool), np.zeros((stop, 3), np.float32)
    for row in range(top, stop):
        across = wall.picture[row, columns[cuts > row]]
        colours[row] = np.median(across, 0)
        even[row] = np.quantile(np.abs(across - colours[row]).max(-1), ALONG) < EVEN
    bands = []
    for first, last in runs_of(even):
        steps = first + 1 + np.flatnonzero(np.abs(np.diff(colours[first:last], axis=0)).max(-1) > EVEN)
        edges = [first, *steps, last]
        bands += [(int(a), int(b)) for a, b in pairwise(edges) if 2 <= b - a <= RAIL * wall.sheet.ppm]
    # Plain cloth is even too, but not unlike what is above and below.
    means = wall.picture[:, columns].mean(1)
    unlike = [
        [np.abs(colours[first:last].mean(0) - means[row]).max() for row in (max(first - 3, 0), last + 2)]
        for first, last in bands
    ]
    bands = [band for band, steps in zip(bands, unlike, strict=True) if min(steps) > EVEN]
    return slice(*bands[-1]) if bands else None


def _to_border(wall: _Wall, made: Continued, part: Mask, piece: Piece, end: int) -> None:
    """Let a piece go on to the photo's border where only its `part` is seen above what is hidden there."""
    width, few = made.where.shape[1], LOWEST / 2 * wall.sheet.ppm
    other = wall.shown & ~part
    for start, step in ((piece.first - 1, -1), (piece.stop, 1)):
        columns = np.arange(start, -1 if step < 0 else width, step)
        first = np.where(wall.hidden[: end + 1, columns].any(0), np.argmax(wall.hidden[: end + 1, columns], 0), -1)
        fits = [
            row >= 0 and not wall.ended[column] and other[:row, column].sum() <= few
            for column, row in zip(columns, first, strict=True)
        ]
        count = len(columns) if all(fits) else fits.index(False)
        outside = count == len(columns) or not (wall.shown | wall.hidden)[: end + 1, columns[count]].any()
        for into, column in enumerate(columns[:count] if outside else []):
            rows = np.flatnonzero(wall.hidden[: end + 1, column])
            fold = into % (2 * piece.width)
            source = start - step * (1 + min(fold, 2 * piece.width - 1 - fold))
            made.where[rows, column] = True
            made.copy((rows, column), (rows, source), np.tile([-1, 1], (len(rows), 1)))


def _light(band: Floats, to: Integers, source: Integers, wide: int) -> Floats:
    """By how much (N,), log, columns of a `band` (h, w, 3) are lighter than those that they take from, evened out over
    `wide` columns.

    Of frames and cloth this tells the light, of panes what stands behind them.
    """
    means = np.log(np.maximum(band.mean((0, 2)), 0.02))
    plain = np.exp(-((np.abs(band[:, to] - band[:, to].mean(0)).mean((0, 2)) / VIEW) ** 2))
    told = np.stack([plain, plain * np.asarray(means[to] - means[source])], -1).astype(np.float32)
    weight, step = cv2.blur(told[None], (2 * wide + 1, 1), borderType=cv2.BORDER_REPLICATE)[0].T
    return np.asarray(np.clip(step / (weight + 0.1), -LIGHTER, LIGHTER), np.float32)

"""A floor of boards behind what is removed: board after board, each of pieces of boards that are seen.

Boards lie in rows. A piece of a row that is laid in another, joint on joint, looks as boards do, and where it ends, a
board ends; pieces laid anyhow (see `quilt`) break all joints.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import dilated, runs
from staging.engine.removal.cover import Cover
from staging.engine.removal.quilt import differences
from staging.engine.removal.rows import Rows, rows_of
from staging.engine.removal.sheets import Floats, Mask, sampled

SAMPLES: Final = 6  # across a row
BEYOND: Final = 12  # pixels of the sheet that boards are laid beyond what was found to be hidden
STEP: Final = 2  # pixels of the sheet along it
OVERLAP: Final = 0.12  # metres on both sides of where a piece begins, in which it must fit what is seen
IN_ONE: Final = 0.8  # of the longest that is seen of a row: no more is laid in one piece from end to end
FITTED: Final = 0.2  # of OVERLAP that must be seen for others to be fitted to it
WHOLE: Final = 0.95  # of a row's width that is seen, where a piece may be taken from it
RIM: Final = 0.04  # metres from where the seen floor ends, in which a skirting's foot may be taken for it
SHORTEST: Final = 0.25  # metres of a piece
PIECE: Final = (0.6, 1.3)  # metres of a piece that ends before what it is taken from does
MOST_TONE: Final = 0.25  # log of the light that a piece may be off what it goes on from
BLUR_COST: Final = 0.7  # of the boards' own variance, for a source of half or of twice the sharpness
SHARPER: Final = 0.35  # of that, for one that is sharper
REUSE_COST: Final = 0.25  # of it too, for each time that a place was used before
SHORT_COST: Final = 0.5  # for a place of which next to nothing goes on
CHANCE: Final = 0.2  # drawn by lot, that the best is not always the same
CLIP: Final = 0.8  # log of the light that a pattern may be off the surface

Table = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Boards:
    """A floor's boards, in its `rows`.

    Pieces (N,) lie row by row: in row `lies` from `begin` to `end`, each taken from row `source_row`, `move` pixels
    further, the log of its light changed by `tone` (N, 2, 3) from its begin to its end. `local` (h, w, 3) is the
    picture without boards.
    """

    rows: Rows
    lies: Integers
    begin: Table
    end: Table
    source_row: Integers
    move: Table
    tone: Floats
    local: Floats

    def source(self, column: Floats, row: Floats) -> tuple[tuple[Floats, Floats], Floats]:
        """From which places (N,), columns and rows of the sheet, those at places (N,) are taken, and the tone (N, 3)
        that is added to the log of their light.
        """
        long, edges, wide = float(self.rows.length), self.rows.edges, self.rows.widths
        u, v = self.rows.along(column, row)
        u, k = np.clip(u, 0, long - 1e-3), np.clip(np.searchsorted(edges, v) - 1, 0, self.rows.count - 1)
        piece = np.searchsorted(self.lies * long + self.begin, k * long + u, side="right") - 1
        other = self.source_row[piece]
        part = ((u - self.begin[piece]) / np.maximum(self.end[piece] - self.begin[piece], 1e-3))[:, None]
        tone = self.tone[piece, 0] * (1 - part) + self.tone[piece, 1] * part
        across = edges[other] + (v - edges[k]) * (wide[other] / wide[k])
        return self.rows.places(u + self.move[piece], across), tone.astype(np.float32)


@dataclass(frozen=True)
class _Piece:
    """A piece from place `begin` to `end` of a `row`, taken from place `start` of row `other` on."""

    row: int
    begin: int
    end: int
    other: int
    start: int
    tone: Floats


def planked(cover: Cover, known: Mask, hidden: Mask, resolution: Floats) -> Boards | None:
    """The boards of a floor of which `known` (h, w) is seen and `hidden` (h, w) is not; None where it has none.

    `resolution` (h, w) is how sharp the photo shows each place.
    """
    light = np.log(np.maximum(cover.picture, 0.02)) - np.log(np.maximum(cover.local, 0.02))
    light = np.where(known[..., None], np.clip(light, -CLIP, CLIP), 0).astype(np.float32)
    rows = rows_of(light.mean(-1), known, cover.ppm)
    return None if rows is None else _Work(rows, light, known, resolution, cover.ppm).laid(hidden, cover.local)


class _Work:
    """The laying of one floor. Its rows are brought to the same SAMPLES across, and every STEP pixels along."""

    def __init__(self, rows: Rows, light: Floats, known: Mask, resolution: Floats, ppm: float) -> None:
        self.rows, self.ppm = rows, ppm / STEP
        count = rows.length // STEP
        u = np.broadcast_to(np.arange(count) * float(STEP) + (STEP - 1) / 2, (rows.count, SAMPLES, count))
        part = (np.arange(SAMPLES) + 0.5) / SAMPLES
        self.x, self.y = rows.places(u, (rows.edges[:-1, None] + rows.widths[:, None] * part)[..., None])
        x, y = self.x, self.y
        self.inside = (x >= 0) & (y >= 0) & (x <= known.shape[1] - 1) & (y <= known.shape[0] - 1)
        self.known = self._marked(known, 0.98) & self.inside
        self.light = np.where(self.known[..., None], self._at(light), 0).astype(np.float32)
        self.sharp = np.log2(np.maximum(self._at(resolution)[:, SAMPLES // 2], 1e-3))
        inner = cv2.erode(known.astype(np.uint8), np.ones((2 * round(RIM * ppm) + 1,) * 2, np.uint8), borderValue=0)
        whole = (self.known & self._marked(inner > 0, 0.5)).mean(1) > WHOLE
        # How far each row is seen, from each place on to the right and up to it from the left.
        self.right = _lengths(whole[:, ::-1])[:, ::-1]
        self.left = np.pad(_lengths(whole), ((0, 0), (1, 0)))[:, :-1]
        self.used = np.zeros(whole.shape, np.float32)
        own = self.light[self.known]
        self.variance = float((own**2).sum(-1).mean()) + 1e-6 if len(own) else 1.0
        self.draw = np.random.default_rng(0)
        self.pieces: list[_Piece] = []

    def _at(self, field: Floats) -> Floats:
        """A field (h, w[, C]) of the sheet at all places of the rows."""
        return np.asarray(sampled(field, self.x.ravel(), self.y.ravel()).reshape(*self.x.shape, *field.shape[2:]))

    def _marked(self, mask: Mask, share: float) -> Mask:
        """Where at least a `share` of what is about a place is of a mask (h, w)."""
        return np.asarray(self._at(mask.astype(np.float32)) > share)

    def _wanted(self, hidden: Mask) -> Mask:
        """Where (rows, SAMPLES, places) boards are to be laid.

        What is asked of a floor may lie a little beyond what was found to be hidden of it, and beyond its sheet.
        """
        asked = dilated(hidden, round(float(self.rows.widths.max()) / SAMPLES))  # between samples too
        near = dilated(np.pad(hidden, BEYOND), BEYOND).astype(np.float32)
        beyond = sampled(near, self.x.ravel() + BEYOND, self.y.ravel() + BEYOND).reshape(self.x.shape)
        return np.asarray((self.inside & self._marked(asked, 0.02)) | ((beyond > 0) & ~self.known))

    def laid(self, hidden: Mask, local: Floats) -> Boards | None:
        """All rows laid; None where too little of any is seen."""
        if self.right.max(initial=0) < SHORTEST * self.ppm:
            return None
        for row, wanted in enumerate(np.any(self._wanted(hidden), axis=1)):
            for begin, end in runs(np.asarray(wanted)):
                self._lay(row, begin, end)
        pieces = self._all()
        lies, begins, ends, other, start = (
            np.array([getattr(piece, name) for piece in pieces]) for name in ("row", "begin", "end", "other", "start")
        )
        scale = float(STEP)
        tone = np.stack([piece.tone for piece in pieces])
        return Boards(self.rows, lies, begins * scale, ends * scale, other, (start - begins) * scale, tone, local)

    def _all(self) -> list[_Piece]:
        """The pieces, and between them those that stay."""
        whole, none, made = self.rows.length // STEP + 1, np.zeros((2, 3), np.float32), []
        for row in range(self.rows.count):
            at = 0
            laid = sorted((piece for piece in self.pieces if piece.row == row), key=lambda piece: piece.begin)
            for piece in [*laid, _Piece(row, whole, whole, row, whole, none)]:
                if piece.begin > at:
                    made.append(_Piece(row, at, piece.begin, row, at, none))
                if piece.end > piece.begin:
                    made.append(piece)
                at = piece.end
        return made

    def _lay(self, row: int, begin: int, end: int) -> None:
        """Lay pieces from `begin` to `end` of a row: on from what is seen at both ends, then between them."""
        before, after = self._fit(row, begin), self._fit(row, end)
        if before is not None and after is not None and end - begin <= IN_ONE * self.right.max():
            both = before[:, : before.shape[1] - (end - begin)] + after[:, end - begin :]
            if (np.isfinite(both) & (self.right[:, : both.shape[1]] >= end - begin)).any():
                source = self._best(both, self.right, end - begin, (row, begin))
                self._put_down(_Piece(row, begin, end, *source, self._tones(row, (begin, end), source)))
                return
        if before is not None:
            source = self._best(before, self.right, self._least(begin, end), (row, begin))
            stop = begin + self._long(end - begin, int(self.right[source]))
            self._put_down(_Piece(row, begin, stop, *source, self._tones(row, (begin, None), source)))
            begin = stop
        if after is not None and begin < end:
            other, place = self._best(after, self.left, self._least(begin, end), (row, end - 1))
            start = end - self._long(end - begin, int(self.left[other, place]))
            source = other, place - (end - start)
            self._put_down(_Piece(row, start, end, *source, self._tones(row, (None, end), (other, place))))
            end = start
        while begin < end:
            source = self._best(np.zeros_like(self.used), self.right, self._least(begin, end), (row, begin))
            stop = begin + self._long(end - begin, int(self.right[source]))
            self._put_down(_Piece(row, begin, stop, *source, np.zeros((2, 3), np.float32)))
            begin = stop

    def _least(self, begin: int, end: int) -> int:
        """How long what a piece is taken from must be."""
        return min(end - begin, round(SHORTEST * self.ppm))

    def _long(self, wanted: int, known: int) -> int:
        """How long a piece is made, of which so much is wanted and known; no stub is left."""
        most, least = min(wanted, known), round(SHORTEST * self.ppm)
        long = min(most, round(self.draw.uniform(*PIECE) * self.ppm))
        if wanted - long < least:
            long = most if most == wanted else max(min(long, wanted - least), min(long, wanted // 2))
        return max(1, long)

    def _fit(self, row: int, at: int) -> Floats | None:
        """How badly (rows, places) each place fits what is seen about place `at` of a row; None if too little is."""
        reach = round(OVERLAP * self.ppm)
        low, high = max(0, at - reach), min(self.known.shape[2], at + reach)
        seen = self.known[row, :, low:high].astype(np.float32)
        if at >= high or seen.sum() < FITTED * SAMPLES * reach:
            return None
        rows, _samples, count = self.known.shape
        wanted = self.light[row, :, low:high]
        stack = self.light.reshape(rows * SAMPLES, count, 3)
        known = self.known.reshape(rows * SAMPLES, count).astype(np.float32)
        error = differences(stack, wanted, seen)[::SAMPLES] / float(seen.sum())
        shown = cv2.matchTemplate(known, seen, cv2.TM_CCORR)[::SAMPLES] / float(seen.sum())
        cost = np.full((rows, count), np.inf, np.float32)
        error = np.where(shown > WHOLE, error, np.inf)
        cost[:, at - low : at - low + error.shape[1]] = error / self.variance
        return cost

    def _best(self, cost: Floats, long: Integers, least: int, here: tuple[int, int]) -> tuple[int, int]:
        """The row and place from which a piece for the row and place `here` is best taken.

        `cost` (rows, places) is how badly each fits, `long` (rows, places) how far it is seen: `least`, if any is.
        """
        count = cost.shape[1]
        long = long[:, :count]
        off = self.sharp[:, :count] - self.sharp[here[0], min(here[1], count - 1)]
        blur = BLUR_COST * off**2 * np.where(off < 0, 1.0, SHARPER)
        short = SHORT_COST * (1 - np.minimum(long / (PIECE[0] * self.ppm), 1))
        usual = blur + short + REUSE_COST * self.used[:, :count] + CHANCE * self.draw.random(cost.shape)
        choices = (np.isfinite(cost) & (long >= least), long >= least, long == long.max())
        among = next(choice for choice in choices if choice.any())
        total = np.where(among, usual + np.where(np.isfinite(cost), cost, 0), np.inf)
        row, place = divmod(int(total.argmin()), count)
        return row, place

    def _put_down(self, piece: _Piece) -> None:
        self.pieces.append(piece)
        near, long = round(SHORTEST * self.ppm), piece.end - piece.begin
        self.used[piece.other, max(0, piece.start - near) : piece.start + long] += 1

    def _tones(self, row: int, at: tuple[int | None, int | None], source: tuple[int, int]) -> Floats:
        """By how much (2, 3), log, a piece is made lighter at its begin and at its end to go on from what is seen `at`
        them; `source` is where it is taken from at the first of these that is given.
        """
        first = next(place for place in at if place is not None)
        return np.stack(
            [
                np.zeros(3, np.float32)
                if place is None
                else self._tone(row, place, source[0], source[1] + place - first)
                for place in at
            ]
        )

    def _tone(self, row: int, at: int, other: int, place: int) -> Floats:
        """How much lighter (3,), log, a row is about place `at` than another about a `place`."""
        reach = round(OVERLAP * self.ppm)
        low = max(-reach, -at, -place)
        high = min(reach, self.known.shape[2] - max(at, place))
        here, there = slice(at + low, at + high), slice(place + low, place + high)
        both = self.known[row, :, here] & self.known[other, :, there]
        if not both.any():
            return np.zeros(3, np.float32)
        step = (self.light[row, :, here] - self.light[other, :, there])[both].mean(0)
        return np.asarray(np.clip(step, -MOST_TONE, MOST_TONE), np.float32)


def _lengths(flags: Mask) -> Integers:
    """How many flags of each row are set on end, up to and with each place."""
    at = np.arange(flags.shape[1])
    last = np.maximum.accumulate(np.where(flags, -1, at), axis=1)
    return np.asarray(np.where(flags, at - last, 0), np.int64)

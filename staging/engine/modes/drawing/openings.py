"""Panes of windows and doors in a drawing: bare paper with upright sides and straight ends, in a frame.

A frame is drawn by several lines close together, so that more ink lies round a pane than round a board or a stone;
where they are further apart, the strip between them is narrow, even, and on at least three sides of the pane.
Glass in a thin frame is told where it is drawn darker than the wall.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.modes.drawing.paper import Drawing
from staging.engine.modes.drawing.regions import STROKE

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

_LEAST: Final = 0.00012  # of the picture
_MOST: Final = 0.02
_FRAME: Final = 9  # pixels at a long side of 1000: how far round a pane ink counts as its frame's
_FRAMED: Final = 0.3  # share of ink there, on the side that has least
_THIN: Final = 0.17
_DARKER: Final = 0.06
_STRIP: Final = 0.3  # of a pane's shorter side, and of the long side below: how wide a frame's strip can be
_WIDEST: Final = 0.014
_EVEN: Final = 0.75  # share of a side along which the strip goes on
_BROAD: Final = 0.36  # of its longer side
_STEEP: Final = 0.6  # rows a column: lines that recede faster than that are a roof's
_STRIPE: Final = 0.12  # the same of a fascia, a rail or a gutter
_HALF: Final = 0.4  # share of a box that is known already
_TOGETHER: Final = 30  # panes of one window
_BESIDE: Final = 2.0  # frames apart: panes nearer than that and as high or as wide are of one window
_WIDE: Final = 1.3  # of its height


@dataclass(frozen=True, eq=False)
class Pane:
    """One pane: `mask` (h, w) inside `box`, x0, y0, x1, y1 in pixels, and how much ink its weakest side has.

    `light` is its mean tone, 0..1, and `strips` on how many of its sides a second line runs along the first;
    `hatched` where strokes go across it, as for glass.
    """

    mask: Mask
    box: tuple[int, int, int, int]
    framed: float
    light: float
    strips: int
    hatched: bool

    @property
    def broad(self) -> bool:
        """Whether it is no strip: pillars, sills and boards have frames' lines along them, too."""
        return self.slender > _BROAD

    @property
    def slender(self) -> float:
        """Its shorter side over its longer one; of one that slants, its height is what stands upright in it."""
        wide = self.box[2] - self.box[0]
        tall = self.size / wide
        return min(wide, tall) / max(wide, tall)

    @property
    def size(self) -> int:
        return int(self.mask.sum())


def find(drawing: Drawing, where: Mask, bounding: Floats | None = None) -> list[Pane]:
    """The panes that lie in `where` (H, W). `bounding` (H, W) 0..1 is the ink without hatching."""
    height, width = drawing.shape
    unit = max(height, width) / 1000
    reach = max(3, round(_FRAME * unit)) | 1
    seen = _candidates(drawing, drawing.ink, where, reach)
    if bounding is not None:
        known = drawn(seen, drawing.shape)
        more = _candidates(drawing, bounding, where, reach)
        seen += [p for p in more if p.broad and known[p.box[1] : p.box[3], p.box[0] : p.box[2]].mean() < _HALF]
    wall = float(np.median(drawing.wash[where])) if where.any() else 1.0
    seen = [pane for pane in seen if pane.slender > _STRIPE]
    sure = [
        p
        for p in seen
        if p.framed > _FRAMED or (p.framed > _THIN and p.light < wall - _DARKER) or (p.strips > 2 and p.broad)
    ]
    # Panes in a row or a column with one that is sure are of the same window, and so are those beside them.
    rest, new = [pane for pane in seen if pane not in sure], sure
    while new:
        new = [pane for pane in rest if any(_in_line(pane, other, _BESIDE * reach) for other in new)]
        rest = [pane for pane in rest if pane not in new]
        sure = sure + new
    return _without_patterns(_without_gates(sure), drawing.shape, reach)


def _candidates(drawing: Drawing, ink: Floats, where: Mask, reach: int) -> list[Pane]:
    """Paper between strokes of `ink` (H, W) that has a pane's shape and lies in `where` (H, W)."""
    free = (ink < STROKE).astype(np.uint8)
    count, names, stats, _ = cv2.connectedComponentsWithStats(free, connectivity=4)
    mass = np.asarray(cv2.dilate(cv2.blur(drawing.ink, (reach, reach)), np.ones((3, 3), np.uint8)), np.float32)
    lined = free == 0
    seen: list[Pane] = []
    for name in range(1, count):
        x, y, w, h, size = (int(v) for v in stats[name])
        if not _LEAST < size / free.size < _MOST or w < 5 or h < 6 or not 0.12 * h < w < 5 * h:
            continue
        mask = names[y : y + h, x : x + w] == name
        if where[y : y + h, x : x + w][mask].mean() < 0.8 or not _upright(mask):
            continue
        seen.append(
            Pane(
                mask,
                (x, y, x + w, y + h),
                _ring(mass, mask, x, y),
                float(drawing.wash[y : y + h, x : x + w][mask].mean()),
                _strips(lined, (x, y, x + w, y + h)),
                hatched=ink is not drawing.ink,
            )
        )
    return seen


def _without_gates(panes: list[Pane]) -> list[Pane]:
    """The panes without those that lie three and more above one another and are wider than high: a gate's panels."""

    def over(one: Pane, other: Pane) -> bool:
        (x0, y0, x1, y1), (u0, v0, u1, v1) = one.box, other.box
        wide = x1 - x0 > _WIDE * (y1 - y0) and u1 - u0 > _WIDE * (v1 - v0)
        return wide and _level((x0, x1 - x0), (u0, u1 - u0)) and 0 <= v0 - y1 < y1 - y0

    below = {pane: [other for other in panes if over(pane, other)] for pane in panes}
    gates = {
        pane for first in panes for second in below[first] for third in below[second] for pane in (first, second, third)
    }
    return [pane for pane in panes if pane not in gates]


def in_rows(panes: list[Pane], shape: tuple[int, int]) -> list[Pane]:
    """Those of the `panes` beside which another one of their height stands."""
    apart = _BESIDE * (max(3, round(_FRAME * max(shape) / 1000)) | 1)

    def beside(one: Pane, other: Pane) -> bool:
        (ax, ay, aw, ah), (bx, by, bw, bh) = one.box, other.box
        return _next_to((ax, aw - ax), (bx, bw - bx), apart) and _level((ay, ah - ay), (by, bh - by))

    return [pane for pane in panes if any(beside(pane, other) for other in panes if other is not pane)]


def _without_patterns(panes: list[Pane], shape: tuple[int, int], reach: int) -> list[Pane]:
    """The panes without those of which very many lie together: tiles, bricks, lattices."""
    together = cv2.dilate(drawn(panes, shape).astype(np.uint8), np.ones((reach, reach), np.uint8))
    _, names = cv2.connectedComponents(together, connectivity=4)
    of = [int(names[pane.box[1], pane.box[0] + int(pane.mask[0].argmax())]) for pane in panes]
    counts = np.bincount(of, minlength=1) if of else np.zeros(1, np.int64)
    return [pane for pane, name in zip(panes, of, strict=True) if counts[name] <= _TOGETHER]


def drawn(panes: list[Pane], shape: tuple[int, int]) -> Mask:
    """All panes in one mask (H, W), grown to the middle of their strokes."""
    whole = np.zeros(shape, np.uint8)
    for pane in panes:
        x0, y0, x1, y1 = pane.box
        whole[y0:y1, x0:x1] |= pane.mask
    return np.asarray(cv2.dilate(whole, np.ones((3, 3), np.uint8)) > 0)


def _upright(mask: Mask) -> bool:
    """Whether a mask (h, w) has upright sides, and straight ends above and below."""
    height, width = mask.shape
    columns = np.arange(width)
    top, foot = mask.argmax(0), height - 1 - mask[::-1].argmax(0)
    tall = foot - top + 1
    if mask.sum() < 0.88 * tall.sum():
        return False
    inner = slice(max(1, width // 10), width - max(1, width // 10))
    for end in (top, foot):
        slope, start = np.polyfit(columns[inner], end[inner], 1)
        off = np.percentile(np.abs(slope * columns[inner] + start - end[inner]), 85)
        if abs(slope) > _STEEP or off > max(1.5, 0.05 * height):
            return False
    sides = min(tall[1:3].min(), tall[-3:-1].min())
    return bool(sides > 0.7 * np.percentile(tall, 90))


def _ring(mass: Floats, mask: Mask, x: int, y: int) -> float:
    """The least ink of the four sides of a mask that lies at (x, y)."""
    height, width = mask.shape
    columns = np.arange(width)
    top, foot = mask.argmax(0), height - 1 - mask[::-1].argmax(0)
    rows = slice(y, y + height)
    left, right = max(x - 2, 0), min(x + width + 1, mass.shape[1] - 1)
    return float(
        min(
            mass[y + top, x + columns].mean(),
            mass[y + foot, x + columns].mean(),
            mass[rows, left].mean(),
            mass[rows, right].mean(),
        )
    )


def _strips(lined: Mask, box: tuple[int, int, int, int]) -> int:
    """Along how many of the four sides of a `box` a narrow strip of paper lies outside its stroke, up to a second one.

    `lined` (H, W) is where strokes are. All along a side the strip is about as wide.
    """
    height, width = lined.shape
    x0, y0, x1, y1 = box
    widest = max(4, min(round(_STRIP * min(x1 - x0, y1 - y0)), round(_WIDEST * max(height, width))))
    far = widest + 7
    columns, rows = (
        np.arange(x0 + (x1 - x0) // 6, x1 - (x1 - x0) // 6),
        np.arange(y0 + (y1 - y0) // 6, y1 - (y1 - y0) // 6),
    )
    count = 0
    for along, start, step, upright in (
        (columns, y0, -1, True),
        (columns, y1 - 1, 1, True),
        (rows, x0, -1, False),
        (rows, x1 - 1, 1, False),
    ):
        across = start + step * np.arange(1, far + 1)
        most = height if upright else width
        if across.min() < 0 or across.max() >= most or len(along) == 0:
            continue
        seen = lined[np.ix_(across, along)] if upright else lined[np.ix_(along, across)].T
        first = seen.argmax(0)
        after = seen | (np.arange(far)[:, None] <= first)
        # Past the first stroke: paper begins, then the next stroke.
        paper = (~seen & (np.arange(far)[:, None] > first)).argmax(0)
        second = (seen & (np.arange(far)[:, None] > paper)).argmax(0)
        gap = np.where(after.all(0) | (second == 0) | (first > 5), 0, second - paper)
        usual = np.median(gap)
        count += bool(usual > 1 and (np.abs(gap - usual) <= max(2, 0.25 * usual)).mean() > _EVEN)
    return count


def _in_line(one: Pane, other: Pane, reach: float) -> bool:
    """Whether two panes lie in one row and are as high, or in one column and as wide; boards and the panels of a
    gate, wider than high, make no column.
    """
    (ax, ay, aw, ah), (bx, by, bw, bh) = ((x0, y0, x1 - x0, y1 - y0) for x0, y0, x1, y1 in (one.box, other.box))
    if _next_to((ax, aw), (bx, bw), reach) and _level((ay, ah), (by, bh)):
        return True
    upright = aw < _WIDE * ah and bw < _WIDE * bh
    return upright and _next_to((ay, ah), (by, bh), reach) and _level((ax, aw), (bx, bw))


def _next_to(one: tuple[int, int], other: tuple[int, int], reach: float) -> bool:
    """Whether two spans, each a start and a length, lie apart by less than `reach`."""
    apart = max(one[0] - other[0] - other[1], other[0] - one[0] - one[1])
    return 0 <= apart < reach


def _level(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two spans begin and end together, give or take a fifth of the longer."""
    off = 0.2 * max(one[1], other[1])
    return abs(one[0] - other[0]) < off and abs(one[0] + one[1] - other[0] - other[1]) < off

"""Paint that ends along straight lines: ceilings, skirtings, casings and corners, as a decorator masks them off.

A flood finds where paint ends to a few pixels, and frays where the photo's edge is faint. All these ends are straight
in a room, so the line that most of the frayed border and the photo's edges agree on takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.redesign import tape
from staging.engine.redesign.matting import Floats, Mask
from staging.engine.redesign.regions import WALL_LABELS, Regions
from staging.engine.scene.faces import BACK, LEFT, RIGHT
from staging.engine.scene.room import Box, Opening

_BESIDE: Final = 2.5  # pixels from a line at which its two sides are compared
_STRONG: Final = 8.0  # Lab units of a step that is as good as any
_NEAR: Final = 2.5  # pixels from a line within which a border lies on it
_FEWEST: Final = 30  # places along a line that must have a border
_LEAST_VALID: Final = 0.2  # share of a line along which paint must end at all
_EDGE: Final = 0.45  # strength of an edge that speaks for a line
_APART: Final = 5  # pixels between two edges that are two
_FAINT: Final = 0.2  # of a casing's edge, white on white
_ASIDE: Final = 5.0  # pixels from a line at which its sides are compared once it is drawn
_AVERAGED: Final = 41  # pixels along a line over which they are
_LEAST_STEP: Final = 0.9  # Lab units between them
_CORNER_STEP: Final = 2.5  # the same at a corner: light changes along a wall that goes on
_ALONG: Final = 0.65  # share of a casing along which its edge must show
_CASING_SHARE: Final = 0.7  # of the reach into the paint, within which a casing ends
_BORDER: Final = 0.7  # what a border on a line counts for, beside an edge of the photo there
_AGREED: Final = 0.45  # share of those places at which the border or an edge must lie on the line
_BRIDGED: Final = 25  # places without a border that a line goes on over
_PAST: Final = 15  # pixels past its ends to which a line cuts
_CEILING: Final = (-0.06, 0.3)  # metres from the ceiling's line, outwards and into the wall, in which paint may end
_FOOT: Final = (-0.06, 0.3)
_CASING: Final = (-0.03, 0.2)  # the same round an opening
_CORNER: Final = 0.2
_BESIDE_SIDE: Final = 10.0  # pixels by which an opening's side may lie beside the photo's
_SHOWN: Final = 0.3  # share of a side that must be seen
_SILL: Final = 0.3  # metres above the floor, over which an opening is a window
_FEWEST_SEEN: Final = 16  # pixels, and places of 60, of a side that must be in the picture
_ON_IT: Final = 1.5  # pixels by which an edge may lie beside a line that is known, besides its bow
_LEAST_REACH: Final = 12.0
_MOST_REACH: Final = 70.0

Points = NDArray[np.float64]
Pair = tuple[float, float]
# On a wall, metres: start, end, the direction into the paint, and how far out of and into it paint may end.
_Drawn = tuple[Pair, Pair, Pair, Pair]


@dataclass(frozen=True)
class Rule:
    """A line to look for, from `start` to `end` (pixels, (2,)); paint lies on the side of `inner` (2,).

    It may lie up to `outwards` pixels out of the paint and `inwards` into it. That of a `casing` ends with it, and is
    the outermost of those that run along it. The photo shows it where its two sides differ by `least` Lab units.
    """

    start: Points
    end: Points
    inner: Points
    outwards: float
    inwards: float
    casing: bool
    least: float


def straightened(
    regions: Regions, label: int, paint: Mask, openings: tuple[Opening, ...], beside: frozenset[int]
) -> tuple[Mask, Mask]:
    """The `paint` (h, w) of a wall with its frayed ends on lines, and the pixels (h, w) along those lines.

    Where it meets a wall of the labels `beside`, which are painted too, it has no end.
    """
    ruled = np.zeros_like(paint)
    smooth = np.asarray(cv2.GaussianBlur(regions.lab, (0, 0), 0.8), np.float32)
    for rule in _rules(regions, label, openings, beside):
        paint = _ruled(smooth, paint, ruled, rule)
    return paint, ruled


def _rules(regions: Regions, label: int, openings: tuple[Opening, ...], beside: frozenset[int]) -> list[Rule]:
    box = regions.room.box
    u0, u1 = span(box, label)
    lines: list[_Drawn] = [
        ((u0, box.height), (u1, box.height), (0.0, -1.0), _CEILING),
        ((u0, 0.0), (u1, 0.0), (0.0, 1.0), _FOOT),
    ]
    # Side walls end at the back wall alone.
    corners = ((u0, 1.0, LEFT), (u1, -1.0, RIGHT)) if label == BACK else ((u1, -1.0, BACK),)
    for u, inner, neighbour in corners:
        if neighbour not in beside:
            lines.append(((u, 0.0), (u, box.height), (inner, 0.0), (-_CORNER, _CORNER)))
    for o in openings:
        if WALL_LABELS.get(o.wall) == label:
            lines += [
                ((o.u0, o.z0), (o.u0, o.z1), (-1.0, 0.0), _CASING),
                ((o.u1, o.z0), (o.u1, o.z1), (1.0, 0.0), _CASING),
                ((o.u0, o.z1), (o.u1, o.z1), (0.0, 1.0), _CASING),
                ((o.u0, o.z0), (o.u1, o.z0), (0.0, -1.0), _CASING),
            ]
    made = (_rule(regions, label, line) for line in lines)
    return [rule for rule in made if rule is not None]


def bounded(regions: Regions, opening: Opening) -> bool:
    """Whether the photo shows the sides of an opening: all four of a window, all of a door's but one.

    A door ends below on a floor as dark as itself, and its head may be hidden. What is read into bare wall or into
    painted shapes has sides that are nowhere to be seen.
    """
    height, width = regions.patch.shape
    camera = regions.room.camera.resized(width, height)
    smooth = np.asarray(cv2.GaussianBlur(regions.lab, (0, 0), 0.8), np.float32)
    window = opening.z0 > _SILL
    corners = opening.corners(regions.room.box)
    seen = missing = 0
    for start, end in pairwise((*corners, corners[0]) if window else (*corners[1:], corners[0])):
        along = np.linspace(0.05, 0.95, 60)[:, None]
        uv, depth = camera.project(start * (1 - along) + end * along)
        uv = uv[(depth > 0.15) & np.all((uv > _LEAST_REACH) & (uv < [width - _LEAST_REACH, height - _LEAST_REACH]), -1)]
        if len(uv) < _FEWEST_SEEN or np.hypot(*(uv[-1] - uv[0])) < _FEWEST_SEEN:
            continue
        seen += 1
        missing += tape.shown(smooth, uv[0], uv[-1], _BESIDE_SIDE) < _SHOWN
    return missing == 0 or (not window and missing == 1 and seen > 2)


def parted(regions: Regions, label: int, start: Pair, end: Pair) -> float:
    """The share, 0..1, of a line on a wall (along and up, metres) along which it parts two colours, however faintly."""
    rule = _rule(regions, label, (start, end, (0.0, 1.0), _FOOT))
    if rule is None:
        return 0.0
    smooth = np.asarray(cv2.GaussianBlur(regions.lab, (0, 0), 0.8), np.float32)
    length = float(np.hypot(*(rule.end - rule.start)))
    along = np.arange(0.0, length)
    places = np.round(rule.start + along[:, None] * (rule.end - rule.start) / length).astype(int)
    height, width = regions.patch.shape
    inside = np.all((places >= 6) & (places < [width - 6, height - 6]), axis=-1)
    shown = _shown(smooth, rule, np.zeros(len(along), np.float32), falling_off=True)
    return float(shown[inside].mean()) if inside.any() else 0.0


def edged(regions: Regions, label: int, start: Pair, end: Pair) -> float:
    """The share, 0..1, of a line on a wall (along and up, metres) along which the photo has an edge close by."""
    rule = _rule(regions, label, (start, end, (0.0, 1.0), _FOOT))
    if rule is None:
        return 0.0
    height, width = regions.patch.shape
    places = rule.start + np.linspace(0, 1, 400)[:, None] * (rule.end - rule.start)
    places = places[np.all((places > 6) & (places < [width - 6, height - 6]), axis=-1)]
    if len(places) < 2 or np.hypot(*(places[-1] - places[0])) < _FEWEST_SEEN:
        return 0.0
    smooth = np.asarray(cv2.GaussianBlur(regions.lab, (0, 0), 0.8), np.float32)
    return tape.shown(smooth, places[0], places[-1], _ON_IT)


def span(box: Box, label: int) -> tuple[float, float]:
    """From where to where a wall goes along itself; side walls from where they are before the camera."""
    return (box.x0, box.x1) if label == BACK else (max(box.y0, 0.3), box.y1)


def _rule(regions: Regions, label: int, line: _Drawn) -> Rule | None:
    """A line of a wall as pixels; None where it lies behind the camera or out of sight."""
    start, end, inner, reach = line
    height, width = regions.patch.shape
    camera = regions.room.camera.resized(width, height)
    along = np.linspace(0, 1, 60)[:, None]
    places = np.array(start) * (1 - along) + np.array(end) * along
    step = 0.1 * np.array(inner)
    uv, depth = camera.project(_on_wall(regions.room.box, label, places))
    beside, _ = camera.project(_on_wall(regions.room.box, label, places + step))
    shown = (depth > 0.15) & (uv > -20).all(-1) & (uv < [width + 20, height + 20]).all(-1)
    if shown.sum() < 4:
        return None
    first, last = (int(i) for i in np.flatnonzero(shown)[[0, -1]])
    across = beside - uv
    direction = uv[last] - uv[first]
    if np.hypot(*direction) < 12:
        return None
    normal = np.array([-direction[1], direction[0]]) / np.hypot(*direction)
    normal *= np.sign(float((across[shown] @ normal).mean())) or 1.0
    per_metre = float(np.percentile(np.abs(across[shown] @ normal), 75)) / 0.1
    outwards, inwards = (float(np.clip(abs(r) * per_metre, _LEAST_REACH, _MOST_REACH)) for r in reach)
    corner = start[0] == end[0] and reach != _CASING
    return Rule(
        uv[first], uv[last], normal, outwards, inwards, reach == _CASING, _CORNER_STEP if corner else _LEAST_STEP
    )


def _on_wall(box: Box, label: int, places: Points) -> Points:
    u, z = places[..., 0], places[..., 1]
    if label == BACK:
        return np.stack([u, np.full_like(u, box.y1), z], -1)
    return np.stack([np.full_like(u, box.x0 if label == LEFT else box.x1), u, z], -1)


def _ruled(smooth: Floats, paint: Mask, ruled: Mask, rule: Rule) -> Mask:
    """The `paint` with its border near a rule on the line that border and edges agree on; `ruled` gains that line."""
    length = float(np.hypot(*(rule.end - rule.start)))
    direction = (rule.end - rule.start) / length
    offsets = np.arange(-np.floor(rule.outwards), np.floor(rule.inwards) + 1)
    along = np.arange(0.0, length)
    places = rule.start + along[:, None, None] * direction + offsets[None, :, None] * rule.inner
    inside: Mask = np.all((places > 1) & (places < [paint.shape[1] - 2, paint.shape[0] - 2]), axis=-1)
    painted = _sampled(paint.astype(np.float32), places) > 0.5
    # Where the paint ends: the offset that parts unpainted from painted best, if it parts them well.
    filled = np.cumsum(painted & inside, 1)
    bare = np.cumsum((~painted & inside)[:, ::-1], 1)[:, ::-1]
    wrong = filled + np.concatenate([bare[:, 1:], np.zeros((len(along), 1), int)], 1)
    at = wrong.argmin(1)
    counted = inside.sum(1)
    valid = (wrong.min(1) < 0.25 * counted) & (counted > 0.6 * len(offsets)) & (at > 1) & (at < len(offsets) - 3)
    if valid.sum() < max(_FEWEST, _LEAST_VALID * inside.any(1).sum()):
        return paint
    border = offsets[at] + 0.5
    end = _End(border, valid, _edges(smooth, rule, places), offsets)
    line = _best(end)
    if line is None:
        return paint
    if rule.casing:
        line = _outermost(end, line)
    past = 0 if rule.casing else _PAST
    height, width = paint.shape
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    s = (x - rule.start[0]) * direction[0] + (y - rule.start[1]) * direction[1]
    d = (x - rule.start[0]) * rule.inner[0] + (y - rule.start[1]) * rule.inner[1]
    # Over gaps a line goes on as decorators' tape does: a lamp's flex, a cable.
    open_ends = cv2.morphologyEx(valid.astype(np.uint8)[:, None], cv2.MORPH_CLOSE, np.ones((_BRIDGED, 1), np.uint8))
    kept = open_ends[:, 0] > 0
    index = np.clip(np.round(s), 0, len(along) - 1).astype(int)
    here = (s >= -past) & (s <= length - 1 + past) & kept[index]
    # Paint is put where the frayed border lacked it, and over gaps and past the line's ends only cut.
    sure = valid[index] & (s >= 0) & (s <= length - 1)
    cut = line(s)
    # What is farther off than the frayed border goes is no part of this end.
    fray = np.where(valid, np.abs(border - line(along)), 0)
    fray = cv2.dilate(fray.astype(np.float32)[:, None], np.ones((9, 1), np.uint8))[:, 0]
    near = here & (np.abs(d - cut) <= np.minimum(fray, rule.inwards + rule.outwards)[index] + 1.5)
    # Where the photo shows no line it is a guess: it ends the paint, and counts for no end.
    ruled |= here & (np.abs(d - cut) < 2) & _shown(smooth, rule, line(along))[index]
    return np.asarray(np.where(near, (d > cut) & (paint | sure), paint))


def _shown(smooth: Floats, rule: Rule, offsets: Floats, *, falling_off: bool = False) -> Mask:
    """Where along a rule (N,) its line at `offsets` (N,) parts two colours, however faintly.

    Over many pixels of the line grain averages out, and a wall is told from a white ceiling by little more. What light
    does that is `falling_off` counts only where that is asked for.
    """
    length = float(np.hypot(*(rule.end - rule.start)))
    along = np.arange(len(offsets), dtype=np.float64)[:, None]
    places = rule.start + along * (rule.end - rule.start) / length + offsets[:, None] * rule.inner
    soft = np.asarray(cv2.GaussianBlur(smooth, (0, 0), 1.5), np.float32)

    def step(shift: float) -> Floats:
        over, under = (_sampled(soft, (places + (shift + side) * rule.inner)[:, None]) for side in (_ASIDE, -_ASIDE))
        return np.asarray(cv2.blur(np.ascontiguousarray(over - under, np.float32), (1, _AVERAGED))[:, 0])

    # Where light falls off the same step is found on both sides of the line.
    here, apart = step(0), 2 * _ASIDE
    size = np.linalg.norm(here, axis=-1)
    if falling_off:
        return np.asarray(size > rule.least)
    beside = np.minimum((step(apart) * here).sum(-1), (step(-apart) * here).sum(-1)) / np.maximum(size, 1e-3)
    return np.asarray(size - np.maximum(beside, 0) > rule.least)


def _sampled(field: Floats, places: Points) -> Floats:
    at = places.astype(np.float32)
    return np.asarray(cv2.remap(field, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def _edges(smooth: Floats, rule: Rule, places: Points) -> Floats:
    """The step across a line at each place and offset, 0..1."""
    over, under = (_sampled(smooth, places + side * rule.inner) for side in (_BESIDE, -_BESIDE))
    return np.asarray(np.clip(np.linalg.norm(over - under, axis=-1) / _STRONG, 0, 1), np.float32)


@dataclass(frozen=True)
class _Line:
    """Offset = a + b s + c s (length - s): a lens bends a line a little."""

    a: float
    b: float
    c: float
    length: float

    def __call__(self, along: Floats | Points) -> Floats:
        s = np.asarray(np.clip(along, 0, self.length), np.float64)
        return np.asarray(self.a + self.b * s + self.c * s * (self.length - s), np.float32)


@dataclass(frozen=True)
class _End:
    """Where paint ends along a line (N,): its offset `border` where `valid`; `edges` (N, M) 0..1 at the `offsets` (M,).

    Places are a pixel apart.
    """

    border: Points
    valid: Mask
    edges: Floats
    offsets: Points

    @property
    def length(self) -> float:
        return float(len(self.border) - 1)

    def scores(self, lines: Points, some: NDArray[np.int64]) -> Points:
        """How well each of the lines (N, 3), see `_Line`, agrees with border and edges at `some` places."""
        s = some.astype(np.float64)
        d = lines[:, :1] + lines[:, 1:2] * s + lines[:, 2:] * s * (self.length - s)
        off = np.abs(self.border[some] - d)
        outside = (d < self.offsets[0]) | (d > self.offsets[-1])
        edge = np.where(outside, -0.5, self.edges[some[None], self.nearest(d)])
        bend = np.abs(lines[:, 2]) * self.length**2 / 4
        return np.asarray((_BORDER * (off < _NEAR) + edge - 0.02 * np.minimum(off, 15)).mean(1) - 0.01 * bend)

    def nearest(self, values: Floats | Points) -> NDArray[np.int64]:
        """The index of the offset nearest to each value."""
        return np.clip(np.round(values - self.offsets[0]), 0, len(self.offsets) - 1).astype(np.int64)


def _best(end: _End) -> _Line | None:
    """The line that most of the border and of the photo's edges lie on."""
    places = np.flatnonzero(end.valid)
    some = places[:: max(1, len(places) // 160)]
    lines = _straight(end, places)
    if not len(lines):
        return None
    start, slope, _ = lines[end.scores(lines, some).argmax()]
    length = max(end.length, 1.0)
    bows = np.linspace(-5, 5, 11) * 4 / length**2
    bent = [(start + a, slope + b / length, c) for c in bows for a in (-2, -1, 0, 1, 2) for b in (-4, -2, 0, 2, 4)]
    line = _Line(*bent[int(end.scores(np.array(bent), some).argmax())], end.length)
    offsets = line(np.arange(len(end.border), dtype=np.float64))
    near = np.abs(end.border - offsets)[places] < _NEAR
    strength = end.edges[places, end.nearest(offsets[places])]
    return line if float((near | (strength > _EDGE)).mean()) >= _AGREED else None


def _outermost(end: _End, line: _Line) -> _Line:
    """The last of the faint edges that run along a line farther into the paint: a white casing on a white wall."""
    places = np.flatnonzero(end.valid)
    offsets = line(places.astype(np.float64))

    def strength(shift: int) -> Floats:
        return end.edges[places, end.nearest(offsets + shift)]

    farthest = 0
    for shift in range(_APART, int(_CASING_SHARE * end.offsets[-1]) + 1):
        here = strength(shift)
        ridge = float(here.mean()) >= max(float(strength(shift - 2).mean()), float(strength(shift + 2).mean()))
        if ridge and float((here > _FAINT).mean()) > _ALONG:
            farthest = shift
    return _Line(line.a + farthest, line.b, line.c, line.length)


def _straight(end: _End, places: NDArray[np.int64]) -> Points:
    """Lines (N, 3) through two places each, by the border or by the strongest edge there."""
    ends = places[np.linspace(0, len(places) - 1, 28).astype(int)]
    peaks = end.offsets[end.edges.argmax(1)]
    lines = []
    for i, one in enumerate(ends):
        for other in ends[i + 1 :]:
            if other - one < 0.3 * (places[-1] - places[0]):
                continue
            for start in (end.border[one], peaks[one]):
                for stop in (end.border[other], peaks[other]):
                    slope = (stop - start) / (other - one)
                    lines.append((start - slope * one, slope, 0.0))
    return np.array(lines).reshape(-1, 3)

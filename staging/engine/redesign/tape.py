"""Borders on straight lines wherever they run along one, as behind decorators' tape.

Floods and cuts decide pixel by pixel, so that a border on a faint edge wavers. What ends a wall or a floor (ceiling,
corner, skirting, casing) is straight, and over the length of a line even a step of half a Lab unit stands out from the
grain. So each straight stretch of a border is fitted to the border, moved as one to the photo's own edge, and drawn
anew. A border that lies on a clear edge of its own stays: an arch, a plant.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.redesign.matting import Floats, Mask

_STRAIGHT: Final = 2.5  # pixels of the working copy by which a border beside a line is still straight
_SHORTEST: Final = 40.0  # pixels of a line
_SHARE: Final = 0.4  # of a line's length along which a border must lie on it
_ALIGNED: Final = 0.5  # cosine between a border's normal and a line's
_FRAY: Final = 10.0  # pixels from a line within which a border may waver
_GAP: Final = 30.0  # pixels over which a line goes on where something crosses it
_CHORDS: Final = (40, 80, 160, 320)  # pixels of a border between two points that a line is tried through
_EVERY: Final = 5  # pixels of a border between the points that are tried
_CORNER: Final = 30.0  # pixels from the ends of two lines to their corner
_PARALLEL: Final = 0.1  # sine of the angle between two lines that have no corner
_MOST: Final = 60  # lines of a picture
_REACH: Final = 4.0  # pixels from the border's own line at which the photo's edge is looked for
_FAR: Final = 0.25  # share that an edge that far off counts less
_BOW: Final = 3.0  # pixels of a line's bow, which lenses leave
_BESIDE: Final = 1.5  # pixels from a line at which its two sides are compared
_MOST_STEP: Final = 10.0  # Lab units of a step at one place that count: no single lamp decides on a line
_CLEAR: Final = 6.0  # Lab units of a border's own edge, which it keeps if
_PLAIN: Final = 1.5  # the line parts less than this there
_SEEN: Final = 0.5  # Lab units of a line's mean step that are one
_PARTS: Final = 1.0  # Lab units, averaged over a stretch, by which it parts two surfaces there
_AVERAGED: Final = 60  # pixels of such a stretch

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Line:
    """A line through `middle` along `direction` (2,), from `start` to `stop` pixels; paint lies on the side of `inner`.

    Its offset towards `inner` is a + b t + c (1 - t²), where t runs from -1 to 1 between its ends. `seen` are the
    stretches (from, to) along which the photo parts its two sides.
    """

    middle: Points
    direction: Points
    start: float = 0.0
    stop: float = 0.0
    a: float = 0.0
    b: float = 0.0
    c: float = 0.0
    seen: tuple[tuple[float, float], ...] = ()

    @property
    def inner(self) -> Points:
        """The direction into the paint, (2,)."""
        return np.array([-self.direction[1], self.direction[0]])

    @property
    def length(self) -> float:
        return self.stop - self.start

    def offset(self, along: Points) -> Points:
        """Pixels towards `inner` at places along it."""
        t = np.clip((2 * along - self.start - self.stop) / max(self.length, 1.0), -1.2, 1.2)
        return np.asarray(self.a + self.b * t + self.c * (1 - t * t))

    def coordinates(self, points: Points) -> tuple[Points, Points]:
        """Pixels along the line and across it of points (..., 2)."""
        apart = points - self.middle
        return apart @ self.direction, apart @ self.inner

    def places(self, along: Points, across: Points) -> Points:
        """Points (..., 2) at such coordinates."""
        return self.middle + along[..., None] * self.direction + across[..., None] * self.inner


def drawn(lab: Floats, paint: Mask) -> tuple[Floats, list[Line]]:
    """`paint` (h, w) as shares 0..1 with its straight borders on lines, and these; `lab` (h, w, 3) is the photo's."""
    smooth = np.asarray(cv2.GaussianBlur(lab, (0, 0), 0.8), np.float32)
    share, free = paint.astype(np.float32), np.ones_like(paint)
    ends = border(paint)
    lines = [_ended(_moved(smooth, line), *ends) for line in _lines(*ends)]
    for line in lines:
        _draw(smooth, paint, line, share, free)
    for i, one in enumerate(lines):
        for other in lines[i + 1 :]:
            _join(one, other, share)
    return share, lines


def shown(smooth: Floats, start: Points, end: Points, reach: float) -> float:
    """The share, 0..1, of the line nearest to one from `start` to `end` (2,) along which the photo parts its sides.

    `smooth` (h, w, 3) is Lab without its finest grain; `reach` is how far off the line may lie, pixels.
    """
    length = float(np.hypot(*(end - start)))
    line = _moved(smooth, Line((start + end) / 2, (end - start) / length, -length / 2, length / 2), reach)
    return sum(stop - start for start, stop in line.seen) / length


def beside(lines: list[Line], shape: tuple[int, int]) -> Mask:
    """The pixels of a picture (h, w) that lie on `lines` which the photo shows."""
    canvas = np.zeros(shape, np.uint8)
    for line in lines:
        for stretch in line.seen:
            along = np.linspace(*stretch, 24)
            points = np.round(line.places(along, line.offset(along))).astype(np.int32)
            cv2.polylines(canvas, [points], False, 1, 3)
    return canvas > 0


def border(paint: Mask) -> tuple[Points, Points]:
    """Points (N, 2) between the pixels of `paint` and others, inside the picture, and the normals there into it."""
    height, width = paint.shape
    field = np.asarray(cv2.GaussianBlur(paint.astype(np.float32), (0, 0), 2.5), np.float32)
    gx, gy = cv2.Sobel(field, cv2.CV_32F, 1, 0), cv2.Sobel(field, cv2.CV_32F, 0, 1)
    contours, _ = cv2.findContours(paint.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    points = np.concatenate([np.zeros((0, 2), np.int32), *(c[:, 0] for c in contours)])
    points = points[np.all((points > 2) & (points < [width - 3, height - 3]), axis=-1)]
    normals = np.stack([gx[points[:, 1], points[:, 0]], gy[points[:, 1], points[:, 0]]], -1).astype(np.float64)
    normals /= np.maximum(np.hypot(*normals.T), 1e-6)[:, None]
    return points - 0.5 * normals, normals


def _lines(points: Points, normals: Points) -> list[Line]:
    """The straight stretches of a border, the best founded first; no point belongs to two."""
    found: list[Line] = []
    unused = np.ones(len(points), bool)
    seeds = np.arange(0, len(points), _EVERY)
    one = np.concatenate([seeds[seeds + chord < len(points)] for chord in _CHORDS])
    other = np.concatenate([seeds[seeds + chord < len(points)] + chord for chord in _CHORDS])
    apart = points[other] - points[one]
    reach = np.hypot(*apart.T)
    good = reach > _SHORTEST / 2
    one, apart, reach = one[good], apart[good], reach[good]
    direction = apart / reach[:, None]
    inner = np.stack([-direction[:, 1], direction[:, 0]], -1)
    # Findings of contours run round the paint either way: the normals say where it is.
    turned = np.einsum("ij,ij->i", inner, normals[one]) < 0
    direction[turned], inner[turned] = -direction[turned], -inner[turned]
    some = points[seeds]
    across = some @ inner.T - np.einsum("ij,ij->i", points[one], inner)
    near = (np.abs(across) < _STRAIGHT) & (normals[seeds] @ inner.T > _ALIGNED)
    while len(found) < _MOST and near.any():
        best = int(near.sum(0).argmax())
        if near[:, best].sum() * _EVERY < _SHARE * _SHORTEST:
            break
        line = _fitted(Line(points[one[best]], direction[best]), points, normals, unused)
        taken = near[:, best].copy()
        if line is not None:
            found.append(line)
            s, d = line.coordinates(points)
            mine = (s >= line.start - 3) & (s <= line.stop + 3) & (np.abs(d - line.offset(s)) < _FRAY)
            unused &= ~(mine & (normals @ line.inner > _ALIGNED))
            taken |= ~unused[seeds]
        near &= ~taken[:, None]
    return found


def _fitted(line: Line, points: Points, normals: Points, unused: Mask) -> Line | None:
    """A line where most of the unused border near it runs; None where that is too short."""
    for _ in range(4):
        s, d = line.coordinates(points)
        near = unused & (np.abs(d) < _FRAY) & (normals @ line.inner > _ALIGNED)
        on = near & (np.abs(d) < _STRAIGHT)
        if on.sum() < _SHARE * _SHORTEST:
            return None
        start, stop = _stretch(s[near], s[on])
        near &= (s >= start) & (s <= stop)
        if near.sum() < _SHARE * _SHORTEST:
            return None
        weight = np.square(np.clip(1 - np.square(d[near] / _FRAY * 1.5), 0, None))
        slope, shift = np.polyfit(s[near], d[near], 1, w=np.sqrt(weight) + 1e-6) if stop - start > 20 else (0.0, 0.0)
        middle = line.places(np.array((start + stop) / 2), np.array(shift + slope * (start + stop) / 2))
        direction = line.direction + slope * line.inner
        half = (stop - start) / 2
        line = Line(middle, direction / np.hypot(*direction), -half, half)
    s, d = line.coordinates(points)
    on = unused & (np.abs(d) < _STRAIGHT) & (normals @ line.inner > _ALIGNED) & (s >= line.start) & (s <= line.stop)
    if not on.any():
        return None
    line = replace(line, start=float(s[on].min()), stop=float(s[on].max()))
    near = unused & (np.abs(d) < _FRAY) & (normals @ line.inner > _ALIGNED) & (s >= line.start) & (s <= line.stop)
    if abs(float(np.polyfit(s[near], d[near], 2)[0])) * line.length**2 / 4 > _BOW:
        return None  # an arch
    enough = len(np.unique(np.round(s[on]))) > _SHARE * line.length
    return line if line.length >= _SHORTEST and enough else None


def _stretch(along: Points, sure: Points) -> tuple[float, float]:
    """From where to where places `along` a line follow each other without a gap, of the piece with most `sure` ones."""
    order = np.sort(along)
    breaks = np.flatnonzero(np.diff(order) > _GAP)
    starts, stops = order[np.r_[0, breaks + 1]], order[np.r_[breaks, len(order) - 1]]
    counts = [((sure >= a) & (sure <= b)).sum() for a, b in zip(starts, stops, strict=True)]
    best = int(np.argmax(counts))
    return float(starts[best]), float(stops[best])


def _moved(smooth: Floats, line: Line, reach: float = _REACH) -> Line:
    """A line moved as one to the photo's edge within `reach`; as it was where no edge is seen along it."""
    along = np.arange(line.start, line.stop + 1, max(1.0, line.length / 300))
    farthest, apart = 2 * reach + _BOW, round(2 * _BESIDE / 0.5)
    wide = _steps(smooth, line, along, np.arange(-farthest - 2 * _BESIDE, farthest + 2 * _BESIDE + 0.25, 0.5))
    # Light that falls off towards a corner makes the same step beside the line as on it.
    steps = wide[:, apart:-apart] - (wide[:, : -2 * apart] + wide[:, 2 * apart :]) / 2
    across = np.arange(-farthest, farthest + 0.25, 0.5)
    t = np.linspace(-1, 1, len(along))

    def at(parts: Points) -> NDArray[np.int64]:
        offsets = parts[:, :1] + parts[:, 1:2] * t + parts[:, 2:] * (1 - t * t)
        return np.clip(np.round((offsets - across[0]) / 0.5), 0, len(across) - 1).astype(np.int64)

    def best(tried: list[tuple[float, float, float]]) -> tuple[float, float, float]:
        parts = np.array(tried)
        index = at(parts)
        # The mean of the steps with their signs: grain averages out, an edge does not.
        sums = np.zeros((len(tried), 3))
        for place in range(len(along)):
            sums += steps[place, index[:, place]]
        strength = np.linalg.norm(sums / len(along), axis=-1)
        far = np.abs(parts[:, 0]) + 0.5 * np.abs(parts[:, 1]) + 0.5 * np.abs(parts[:, 2])
        chosen = int((strength * (1 - _FAR * far / reach)).argmax())
        return tried[chosen] if strength[chosen] > _SEEN else (0.0, 0.0, 0.0)

    shifts = np.arange(-reach, reach + 0.1, 0.5)
    a, b, _ = best([(a, b, 0.0) for a in shifts for b in shifts])
    bows = np.arange(-_BOW, _BOW + 0.1, 0.5) if line.length > 4 * _SHORTEST else np.zeros(1)
    found = best([(a + i - 0.6 * c, b + j, c) for c in bows for i in (-0.5, 0, 0.5) for j in (-1, -0.5, 0, 0.5, 1)])
    own = steps[np.arange(len(along)), at(np.array([found]))[0]]
    mean = own.mean(0)
    along_it = own @ (mean / max(float(np.linalg.norm(mean)), 1e-6))
    places = max(1, round(_AVERAGED * len(along) / line.length))
    shown = cv2.blur(along_it[:, None].astype(np.float32), (1, places), borderType=cv2.BORDER_REFLECT)[:, 0] > _PARTS
    a, b, c = (float(part) for part in found)
    return replace(line, a=a, b=b, c=c, seen=_runs(along, shown))


def _ended(line: Line, points: Points, normals: Points) -> Line:
    """A moved line from where to where a border of `points` and `normals` (N, 2) still lies on it."""
    s, d = line.coordinates(points)
    on = (np.abs(d - line.offset(s)) < _FRAY / 2) & (normals @ line.inner > _ALIGNED)
    on &= (s >= line.start) & (s <= line.stop)
    if not on.any():
        return line
    start, stop = float(s[on].min()), float(s[on].max())
    first, middle, last = line.offset(np.array([start, (start + stop) / 2, stop]))
    a, b, c = (first + last) / 2, (last - first) / 2, middle - (first + last) / 2
    seen = tuple((max(one, start), min(two, stop)) for one, two in line.seen if one < stop and two > start)
    return replace(line, start=start, stop=stop, a=float(a), b=float(b), c=float(c), seen=seen)


def _runs(along: Points, shown: Mask) -> tuple[tuple[float, float], ...]:
    """From where to where places `along` a line (N,) are `shown` (N,), one piece after the other."""
    turns = np.flatnonzero(np.diff(np.r_[False, shown, False].astype(np.int8)))
    return tuple((float(along[one]), float(along[two - 1])) for one, two in turns.reshape(-1, 2))


def _steps(smooth: Floats, line: Line, along: Points, across: Points) -> Floats:
    """The step across a line, Lab (N, M, 3), at places `along` it (N,) and `across` (M,), none longer than counts."""
    grid = np.broadcast_to(along[:, None], (len(along), len(across)))

    def beside(side: float) -> Floats:
        at = line.places(grid, np.broadcast_to(across + side, grid.shape)).astype(np.float32)
        return np.asarray(cv2.remap(smooth, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))

    step = beside(_BESIDE) - beside(-_BESIDE)
    size = np.linalg.norm(step, axis=-1, keepdims=True)
    return np.asarray(step * np.minimum(1, _MOST_STEP / np.maximum(size, 1e-3)), np.float32)


def _draw(smooth: Floats, paint: Mask, line: Line, share: Floats, free: Mask) -> None:
    """Draw the border of `paint` near a line on it, into `share`, where it is `free` (h, w) of other lines."""
    along = np.arange(np.floor(line.start) - 2, np.ceil(line.stop) + 3)
    across = np.arange(-_FRAY - 1, _FRAY + 1.5, 0.5)
    offset = line.offset(along)
    grid = np.broadcast_to(along[:, None], (len(along), len(across)))
    at = line.places(grid, offset[:, None] + across).astype(np.float32)
    filled = cv2.remap(paint.astype(np.float32), at[..., 0], at[..., 1], cv2.INTER_LINEAR) > 0.5
    # Along a border paint lies on the inner side and none on the outer.
    ends = ~filled[:, 0] & filled[:, -1]
    before = np.where(filled.any(1), filled.argmax(1), 0)
    after = len(across) - (~filled[:, ::-1]).argmax(1)
    fray = np.maximum(np.abs(across[before]), np.abs(across[np.clip(after, 0, len(across) - 1)]))
    border = across[before] - 0.25
    own = np.linalg.norm(_steps_at(smooth, line, along, offset + border), axis=-1)
    here = np.linalg.norm(_steps_at(smooth, line, along, offset), axis=-1)
    kept = (own > _CLEAR) & (here < _PLAIN) & (np.abs(border) > _REACH)
    kept = cv2.morphologyEx(kept.astype(np.uint8)[:, None], cv2.MORPH_OPEN, np.ones((9, 1), np.uint8))[:, 0] > 0
    ends &= ~kept
    ends = cv2.morphologyEx(ends.astype(np.uint8)[:, None], cv2.MORPH_OPEN, np.ones((5, 1), np.uint8))[:, 0] > 0
    if not ends.any():
        return
    fray = cv2.dilate(np.where(ends, fray, 0).astype(np.float32)[:, None], np.ones((5, 1), np.uint8))[:, 0] + 1.5
    corners = line.places(np.array([line.start, line.stop, line.stop, line.start]), np.array([-1, -1, 1, 1]) * 16.0)
    height, width = paint.shape
    left, top = np.clip(np.floor(corners.min(0)).astype(int) - 2, 0, [width - 1, height - 1])
    right, bottom = np.clip(np.ceil(corners.max(0)).astype(int) + 3, 1, [width, height])
    x, y = np.meshgrid(np.arange(left, right), np.arange(top, bottom))
    s, d = line.coordinates(np.stack([x, y], -1).astype(np.float64))
    index = np.round(s - along[0]).astype(int)
    inside = (index >= 0) & (index < len(along))
    index = np.clip(index, 0, len(along) - 1)
    d = d - line.offset(s)
    window = (slice(top, bottom), slice(left, right))
    near = inside & ends[index] & (np.abs(d) <= fray[index]) & free[window]
    share[window][near] = np.clip(0.5 + d[near], 0, 1)
    free[window][near] = False


def _join(one: Line, other: Line, share: Floats) -> None:
    """Draw the corner of two lines whose ends meet, into `share` (h, w), where the border only frays round it."""
    crossing = _crossing(one, other)
    if crossing is None:
        return
    sides, farthest = [], 0.0
    for line, beside in ((one, other), (other, one)):
        s, _ = line.coordinates(crossing)
        end = line.start if abs(s - line.start) < abs(s - line.stop) else line.stop
        farthest = max(farthest, abs(float(s) - end))
        middle = np.array((line.start + line.stop) / 2)
        s, d = beside.coordinates(line.places(middle, line.offset(middle)))
        sides.append(float(d - beside.offset(s)))
    if farthest > _CORNER or sides[0] * sides[1] <= 0:
        return
    height, width = share.shape
    radius = int(farthest + _FRAY)
    left, top = np.clip(np.floor(crossing).astype(int) - radius, 0, [width - 1, height - 1])
    right, bottom = np.clip(np.floor(crossing).astype(int) + radius + 1, 1, [width, height])
    x, y = np.meshgrid(np.arange(left, right), np.arange(top, bottom))
    points = np.stack([x, y], -1).astype(np.float64)
    across = []
    for line in (one, other):
        s, d = line.coordinates(points)
        across.append(d - line.offset(s))
    # Either the paint lies between the lines or all round them: a wall's own corner, or that of a window in it.
    inside = np.minimum(*across) if sides[0] > 0 else np.maximum(*across)
    near = (np.hypot(x - crossing[0], y - crossing[1]) < radius) & (np.abs(inside) < _FRAY)
    window = share[top:bottom, left:right]
    # A ragged border wavers by so much and no more: beyond that the paint ends at something else than these lines.
    painted = (window > 0.5).astype(np.uint8)
    deep = np.maximum(*(cv2.distanceTransform(side, cv2.DIST_L2, 5) for side in (painted, 1 - painted)))
    if deep[near & ((inside > 0) != (painted > 0))].max(initial=0) > _FRAY:
        return
    window[near] = np.clip(0.5 + inside[near], 0, 1)


def _crossing(one: Line, other: Line) -> Points | None:
    """Where two lines cross, (2,); None where they are nearly parallel."""
    if abs(float(one.direction @ other.inner)) < _PARALLEL:
        return None
    ends = []
    for line in (one, other):
        # Each line as it runs at its end nearest to the other.
        s, _ = line.coordinates(other.middle if line is one else one.middle)
        end = np.clip(s, line.start, line.stop)
        ahead = line.offset(np.array(end + 1)) - line.offset(np.array(end - 1))
        ends.append((line.places(np.array(end), line.offset(np.array(end))), line.direction + ahead / 2 * line.inner))
    (p, u), (q, v) = ends
    solved = np.linalg.solve(np.stack([u, -v], -1), q - p)
    return np.asarray(p + solved[0] * u)


def _steps_at(smooth: Floats, line: Line, along: Points, across: Points) -> Floats:
    def beside(side: float) -> Floats:
        at = line.places(along, across + side).astype(np.float32)[:, None]
        return np.asarray(
            cv2.remap(smooth, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[:, 0]
        )

    return np.asarray(cv2.blur(np.ascontiguousarray((beside(_BESIDE) - beside(-_BESIDE))[:, None]), (1, 5))[:, 0])

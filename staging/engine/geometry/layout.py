"""How well a box explains the picture: the score that the layout search climbs.

A box hypothesis is the log of (left, right, depth, ceiling), the distances in camera heights of the walls,
the back wall and the ceiling from the camera; the floor is at 1 by definition.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from staging.engine.geometry.evidence import ACROSS_FLOOR, ALONG_FLOOR, Evidence
from staging.engine.geometry.segments import Segments
from staging.engine.geometry.view import ACROSS, ALONG, DOWN, Floats, View

LEFT, RIGHT, DEPTH, CEILING = range(4)
LOWEST: Final = np.log([0.12, 0.12, 0.7, 0.3])
HIGHEST: Final = np.log([7.0, 7.0, 10.0, 4.0])
SAMPLES = 28  # on each edge of the box
MOST_SAMPLES = 400  # on segments
FAINT = 0.3  # evidence above the level of empty areas that shows an edge, however weak
CHUNK = 128  # hypotheses scored at once, to bound the memory
FAR = np.float32(1e6)  # camera heights to what a ray does not meet
BEHIND = -3.0  # camera heights: how far behind the camera the edges along the walls are followed

# faces as `cast` numbers them, with the axis of each one's normal
FLOOR_FACE, CEILING_FACE, LEFT_FACE, RIGHT_FACE, BACK_FACE = range(5)
NORMAL: Final = np.array([DOWN, DOWN, ACROSS, ACROSS, ALONG])


class Edge(NamedTuple):
    """An edge of the box: the layer of evidence that shows it and how much it counts."""

    layer: int
    weight: float


# order of `ends`: floor back, left, right; ceiling back, left, right; back left and back right corner
EDGES: Final = (
    Edge(ACROSS_FLOOR, 1.3),
    Edge(ALONG_FLOOR, 1.2),
    Edge(ALONG_FLOOR, 1.2),
    Edge(ACROSS, 0.9),
    Edge(ALONG, 0.9),
    Edge(ALONG, 0.9),
    Edge(DOWN, 1.1),
    Edge(DOWN, 1.1),
)
# The ends of the edges in their order, as columns of (-left, right, floor, -ceiling, depth, BEHIND) by coordinate.
_FLOOR_LEFT, _FLOOR_RIGHT, _CEILING_LEFT, _CEILING_RIGHT = (0, 2, 4), (1, 2, 4), (0, 3, 4), (1, 3, 4)
_STARTS: Final = np.array(
    [_FLOOR_LEFT, _FLOOR_LEFT, _FLOOR_RIGHT, _CEILING_LEFT, _CEILING_LEFT, _CEILING_RIGHT, _FLOOR_LEFT, _FLOOR_RIGHT]
)
_STOPS: Final = np.array(
    [_FLOOR_RIGHT, (0, 2, 5), (1, 2, 5), _CEILING_RIGHT, (0, 3, 5), (1, 3, 5), _CEILING_LEFT, _CEILING_RIGHT]
)
LAYERS: Final = np.array([e.layer for e in EDGES])
WEIGHTS: Final = np.array([e.weight for e in EDGES])


class Parts(NamedTuple):
    """The score's terms for M boxes, each (M,); `total` is what the search climbs."""

    total: Floats
    edges: Floats
    lines: Floats
    floor: Floats
    prior: Floats


class Scorer:
    """Scores boxes against one picture's evidence."""

    def __init__(self, view: View, evidence: Evidence, segments: Segments, sure_axis: NDArray[np.int64]) -> None:
        self.view = view
        self.evidence = evidence
        rays, axis, weight = self._samples(segments, sure_axis)
        self._lines = [(_nowhere_level(rays[axis == a]).T, weight[axis == a]) for a in (ACROSS, DOWN, ALONG)]
        step = max(4, round(math.sqrt(evidence.width * evidence.height / 1300)))
        y, x = np.mgrid[step // 2 : evidence.height : step, step // 2 : evidence.width : step]
        rays = view.rays(np.stack([x.ravel() + 0.5, y.ravel() + 0.5], -1))
        self._coarse_rays = rays[::3]
        sinking = rays[:, DOWN] > 1e-6
        # where a grid of pixels would meet the floor, camera heights across and along, if no wall came first
        self._grid_floor = (rays[sinking][:, [ACROSS, ALONG]] / rays[sinking][:, [DOWN]]).astype(np.float32)
        self._grid_odds = evidence.floor.odds[y.ravel(), x.ravel()][sinking]
        self._grid_size = len(rays)

    def _samples(self, segments: Segments, sure_axis: NDArray[np.int64]) -> tuple[Floats, NDArray[np.int64], Floats]:
        """Rays through points on the surely labelled segments, their axes and weights."""
        points, axes, weights = [np.zeros((0, 2))], [np.zeros(0, np.int64)], [np.zeros(0)]
        for i in np.flatnonzero(sure_axis >= 0):
            p, q, length = segments.ends[i, :2], segments.ends[i, 2:], segments.length[i]
            n = int(np.clip(length / (0.03 * self.evidence.diagonal), 1, 12))
            t = ((np.arange(n) + 0.5) / n)[:, None]
            points.append(p + t * (q - p))
            axes.append(np.full(n, sure_axis[i]))
            weights.append(np.full(n, length / n))
        rays, axis, weight = self.view.rays(np.concatenate(points)), np.concatenate(axes), np.concatenate(weights)
        if len(weight) > MOST_SAMPLES:
            some = np.random.default_rng(0).choice(len(weight), MOST_SAMPLES, replace=False)
            rays, axis, weight = rays[some], axis[some], weight[some]
        return rays, axis, weight / max(float(weight.sum()), 1e-9)

    def score(self, boxes: Floats) -> Floats:
        """Total score of log boxes (M, 4) -> (M,)."""
        return self.parts(boxes).total

    def parts(self, boxes: Floats) -> Parts:
        """All terms of the score of log boxes (M, 4)."""
        chunks = np.array_split(boxes, max(1, math.ceil(len(boxes) / CHUNK)))
        return Parts(*(np.concatenate(term) for term in zip(*(self._parts(c) for c in chunks), strict=True)))

    def steady(self, boxes: Floats, faint: float = FAINT) -> Floats:
        """The score of log boxes (M, 4) where a faint edge all along counts more than a strong one half way.

        It tells a corner of the room from a window's jamb, but is too flat to search by. `faint` is the evidence that
        an edge has in full.
        """
        parts = self.parts(boxes)
        return np.asarray(parts.total - parts.edges + self._edge_evidence(np.exp(boxes), faint))

    def disagreement(self, boxes: Floats, best: Floats) -> Floats:
        """Share of the picture in which log boxes (M, 4) show another face than the log box `best` (4,), (M,)."""
        faces = nearest_faces(self._coarse_rays, np.exp(np.concatenate([best[None], boxes])))[0]
        return np.asarray((faces[1:] != faces[0]).mean(1))

    def _parts(self, logs: Floats) -> Parts:
        boxes = np.exp(logs)
        edges = self._edge_evidence(boxes)
        lines = self._misplaced_lines(boxes)
        on_floor = self._on_floor(boxes.astype(np.float32))
        floor = on_floor @ self._grid_odds / self._grid_size
        prior = _prior(logs, on_floor.sum(1) / self._grid_size)
        total = edges + 0.9 * lines + 0.9 * self.evidence.floor.contrast * floor + prior
        return Parts(total, edges, lines, floor, prior)

    def _on_floor(self, boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Which grid pixels see the floor of boxes (M, 4): 1 or 0, (M, N)."""
        across, along = self._grid_floor.T
        left, right, depth = boxes[:, [LEFT]], boxes[:, [RIGHT]], boxes[:, [DEPTH]]
        return ((across > -left) & (across < right) & (along < depth)).astype(np.float32)

    def _edge_evidence(self, boxes: Floats, most: float = 0.6) -> Floats:
        """Evidence above the level of empty areas, at most `most` of it anywhere, summed along the visible edges."""
        e = self.evidence
        start, stop, seen = project_edges(self.view, boxes)
        t = (np.arange(SAMPLES) + 0.5) / SAMPLES
        points = start[:, :, None] + t[:, None] * (stop - start)[:, :, None]
        x = np.clip(points[..., 0], 0, e.width - 1).astype(np.int32)
        y = np.clip(points[..., 1], 0, e.height - 1).astype(np.int32)
        above = e.edges[LAYERS[None, :, None], y, x] - e.level[LAYERS][:, None]
        found = np.minimum(above, most).mean(-1)
        length = np.where(seen, np.hypot(*np.moveaxis(stop - start, -1, 0)), 0.0)
        return np.asarray((found * length * WEIGHTS).sum(1) / e.diagonal)

    def _misplaced_lines(self, boxes: Floats) -> Floats:
        """Minus the share of segments on a face whose normal they run along, which no flat face can show."""
        total = np.zeros(len(boxes))
        for axis, (rays, weight) in enumerate(self._lines):
            own, *others = _reaches(rays, boxes.astype(np.float32), axis)
            # Within 3.5 % of an edge of the box a segment may be on either face.
            wrong = np.minimum(*others) >= np.float32(1.035) * own
            total += wrong @ weight
        return -total


def _reaches(rays: NDArray[np.float32], boxes: NDArray[np.float32], first: int) -> list[NDArray[np.float32]]:
    """How far rays (3, N) go to the plane across each axis that they look at, (M, N) each, `first` axis first."""
    x, y, z = rays
    left, right, depth, ceiling = (boxes[:, [i]] for i in (LEFT, RIGHT, DEPTH, CEILING))
    reaches = {
        ACROSS: np.where(x < 0, -left, right) / x,
        DOWN: np.where(y < 0, -ceiling, np.float32(1)) / y,
        ALONG: np.where(z > 0, depth / z, FAR),
    }
    return [reaches.pop(first), *reaches.values()]


def _prior(logs: Floats, floor_share: Floats) -> Floats:
    """Weak prior on proportions; a floor must be seen; a hard wall at the search's limits."""
    boxes = np.exp(logs)
    ceiling = np.abs(logs[:, CEILING] - math.log(0.82)) / 0.28
    width = (np.log(boxes[:, LEFT] + boxes[:, RIGHT]) - math.log(2.8)) / 0.45
    depth = (logs[:, DEPTH] - math.log(2.8)) / 0.5
    outside = np.maximum(0, logs - HIGHEST).sum(1) + np.maximum(0, LOWEST - logs).sum(1)
    likely = -0.012 * np.minimum(ceiling**2, 2 * ceiling) - 0.006 * width**2 - 0.006 * depth**2
    return np.asarray(likely - 10 * outside - 0.5 * np.maximum(0, 0.04 - floor_share))


def cast(rays: Floats, boxes: Floats) -> NDArray[np.float32]:
    """Distances along rays (N, 3) to the five planes of boxes (M, 4) in camera heights -> (M, N, 5)."""
    safe = _nowhere_level(rays)
    x, y, z = safe[:, ACROSS], safe[:, DOWN], safe[:, ALONG]
    b = boxes.astype(np.float32)[:, :, None]
    t = np.empty((len(boxes), len(rays), 5), np.float32)
    t[..., FLOOR_FACE] = np.where(y > 0, 1 / y, FAR)
    t[..., CEILING_FACE] = np.where(y < 0, -b[:, CEILING] / y, FAR)
    t[..., LEFT_FACE] = np.where(x < 0, -b[:, LEFT] / x, FAR)
    t[..., RIGHT_FACE] = np.where(x > 0, b[:, RIGHT] / x, FAR)
    t[..., BACK_FACE] = np.where(z > 0, b[:, DEPTH] / z, FAR)
    return t


def _nowhere_level(rays: Floats) -> NDArray[np.float32]:
    """Rays (N, 3) that one can divide by."""
    return np.where(np.abs(rays) < 1e-9, 1e-9, rays).astype(np.float32)


def nearest_faces(rays: Floats, boxes: Floats) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The face that each ray meets first, (M, N), and whether an edge of the box is within 3.5 % there."""
    t = cast(rays, boxes)
    face = t.argmin(-1)
    nearest = np.take_along_axis(t, face[..., None], -1)
    return face, (t < np.float32(1.035) * nearest).sum(-1) > 1


def edge_ends(boxes: Floats) -> tuple[Floats, Floats]:
    """Ends of the eight edges of boxes (M, 4) in the axis frame, (M, 8, 3) each, in the order of `EDGES`."""
    left, right, depth, ceiling = boxes.T
    table = np.empty((len(boxes), 6))
    for column, values in enumerate((-left, right, 1.0, -ceiling, depth, BEHIND)):
        table[:, column] = values
    return table[:, _STARTS], table[:, _STOPS]


def project_edges(view: View, boxes: Floats, margin: float = 2.0) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Visible parts of the edges of boxes (M, 4): pixel ends (M, 8, 2) twice, and whether any part is seen (M, 8)."""
    a, b = (ends @ view.matrix.T for ends in edge_ends(boxes))
    near = 0.05
    za, zb = a[..., 2:], b[..., 2:]
    slope = np.where(np.abs(zb - za) < 1e-9, 1e-9, zb - za)
    ahead = ((za >= near) | (zb >= near))[..., 0]
    pa = np.where(za < near, a + (near - za) / slope * (b - a), a)
    pb = np.where(zb < near, a + (near - za) / slope * (b - a), b)
    cx, cy = view.centre
    start, stop = (p[..., :2] / np.maximum(p[..., 2:], 1e-6) * view.f + [cx, cy] for p in (pa, pb))
    return _clipped(start, stop, ahead, np.array([view.width, view.height]) - margin, margin)


def _clipped(
    start: Floats, stop: Floats, seen: NDArray[np.bool_], high: Floats, low: float
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Liang-Barsky: clip pixel segments to the frame."""
    delta = stop - start
    t0, t1 = np.zeros(start.shape[:-1]), np.ones(start.shape[:-1])
    for axis in (0, 1):
        d = np.where(np.abs(delta[..., axis]) < 1e-9, 1e-9, delta[..., axis])
        u, v = (low - start[..., axis]) / d, (high[axis] - start[..., axis]) / d
        t0, t1 = np.maximum(t0, np.minimum(u, v)), np.minimum(t1, np.maximum(u, v))
    seen = seen & (t1 > t0)
    t0, t1 = np.where(seen, t0, 0.0), np.where(seen, t1, 0.0)
    return start + t0[..., None] * delta, start + t1[..., None] * delta, seen

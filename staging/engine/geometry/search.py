"""Search for the box that explains the picture best: many hypotheses from single segments, then coordinate climbs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from staging.engine.geometry.layout import CEILING, DEPTH, HIGHEST, LEFT, LOWEST, RIGHT, Scorer
from staging.engine.geometry.segments import Segments
from staging.engine.geometry.view import ACROSS, ALONG, DOWN, Floats, View

HYPOTHESES = 2500
TIE = 0.015  # of the score
LAST_CLIMBS = ((0.5, 21), (0.5, 21), (0.06, 13))  # radius of steps (log), and how many for each coordinate


@dataclass(frozen=True)
class Effort:
    """How many hypotheses climb, and each climb: radius of steps (log), steps per coordinate, how many go on."""

    starts: int
    climbs: tuple[tuple[float, int, int], ...]


USUAL = Effort(20, ((0.9, 31, 8), (0.18, 19, 5), (0.03, 13, 5)))
WIDE = Effort(40, ((0.9, 31, 24), (0.18, 19, 16), (0.03, 13, 16)))  # where the score alone does not decide


@dataclass
class _Suggestions:
    """(log value, weight) pairs that single segments suggest if they are an edge of the box.

    Edges across are the foot or head of the back wall, edges along those of a side wall, upright ones a corner;
    the head of a wall and a corner give ratios to that wall's distance.
    """

    depth: list[tuple[float, float]] = field(default_factory=list)
    head_of_back: list[tuple[float, float]] = field(default_factory=list)
    left: list[tuple[float, float]] = field(default_factory=list)
    right: list[tuple[float, float]] = field(default_factory=list)
    head_of_left: list[tuple[float, float]] = field(default_factory=list)
    head_of_right: list[tuple[float, float]] = field(default_factory=list)
    corner_left: list[tuple[float, float]] = field(default_factory=list)
    corner_right: list[tuple[float, float]] = field(default_factory=list)

    def add(self, axis: int, ray: Floats, length: float) -> None:
        x, y, z = (float(v) for v in ray)
        sided = "right" if x > 0 else "left"
        if axis == ACROSS and z > 1e-3 and abs(y) > 0.02:
            (self.depth if y > 0 else self.head_of_back).append(
                (math.log(z / y) if y > 0 else math.log(-y / z), length)
            )
        elif axis == ALONG and abs(x) > 0.02 and abs(y) > 0.02:
            name = sided if y > 0 else f"head_of_{sided}"
            getattr(self, name).append((math.log(abs(x) / y) if y > 0 else math.log(-y / abs(x)), length))
        elif axis == DOWN and z > 1e-3 and abs(x) > 0.01:
            getattr(self, f"corner_{sided}").append((math.log(abs(x) / z), length))


@dataclass(frozen=True)
class Found:
    """Log boxes (K, 4), best first, with their scores."""

    boxes: Floats
    scores: Floats
    differs: NDArray[np.bool_]  # whether the picture would look clearly different with the box than with the best

    def others(self) -> Floats:
        """The boxes (N, 4) that clearly differ from the best one."""
        return np.asarray(self.boxes[self.differs])

    def lead(self) -> float:
        """How far the best box leads the next one that clearly differs."""
        return float(self.scores[0] - self.scores[self.differs].max()) if self.differs.any() else 0.2


def search(scorer: Scorer, segments: Segments, axis: NDArray[np.int64], seed: int = 0) -> Found:
    """The best few distinct boxes, at least one."""
    return _settled(scorer, *_tops(scorer, segments, axis, np.random.default_rng(seed), USUAL))


def many(scorer: Scorer, segments: Segments, axis: NDArray[np.int64], seed: int = 0) -> tuple[Floats, Floats]:
    """Distinct boxes (K, 4) on tops of the score, at least one, and their scores (K,), for others to choose from."""
    return _tops(scorer, segments, axis, np.random.default_rng(seed), WIDE)


def climbed_on(worth: Callable[[Floats], Floats], box: Floats) -> tuple[Floats, float]:
    """The log box (4,) at the top of any `worth` of boxes (M, 4), (M,), near `box`; and its worth."""
    for radius, steps in LAST_CLIMBS:
        for j in (DEPTH, LEFT, RIGHT, CEILING):
            tried = np.repeat(box[None], steps, 0)
            tried[:, j] = np.clip(tried[:, j] + np.linspace(-radius, radius, steps), LOWEST[j], HIGHEST[j])
            box = tried[int(worth(tried).argmax())]
    return box, float(worth(box[None])[0])


def _tops(
    scorer: Scorer,
    segments: Segments,
    axis: NDArray[np.int64],
    rng: np.random.Generator,
    effort: Effort,
) -> tuple[Floats, Floats]:
    boxes = _hypotheses(_suggestions(scorer.view, segments, axis, 0.025 * scorer.evidence.diagonal), rng)
    boxes, scores = _best_distinct(boxes, scorer.score(boxes), 0.12, effort.starts)
    for radius, steps, kept in effort.climbs:
        for _ in range(2):
            boxes = _climbed(scorer, boxes, radius, steps)
        boxes, scores = _best_distinct(boxes, scorer.score(boxes), 0.05, kept)
    return boxes, scores


def _settled(scorer: Scorer, boxes: Floats, scores: Floats) -> Found:
    """Boxes that nearly tie with the best one, among those found or one coordinate away, decided by steady edges."""
    near = np.linspace(-0.25, 0.25, 51)
    rivals = [boxes[scores > scores[0] - TIE]]
    for j in (DEPTH, LEFT, RIGHT, CEILING):
        line = np.repeat(boxes[:1], len(near), 0)
        line[:, j] = np.clip(line[:, j] + near, LOWEST[j], HIGHEST[j])
        along = scorer.score(line)
        peak = (along >= np.roll(along, 1)) & (along >= np.roll(along, -1)) & (along > scores[0] - TIE)
        rivals.append(line[peak])
    tied = np.concatenate(rivals)
    best = tied[scorer.steady(tied).argmax()][None]
    rest = np.abs(boxes - best).max(1) > 0.05
    boxes = np.concatenate([best, boxes[rest]])
    scores = np.concatenate([scorer.score(best), scores[rest]])
    return Found(boxes, scores, scorer.disagreement(boxes, boxes[0]) > 0.03)


def _suggestions(view: View, segments: Segments, axis: NDArray[np.int64], shortest: float) -> _Suggestions:
    found = _Suggestions()
    rays = view.rays((segments.ends[:, :2] + segments.ends[:, 2:]) / 2)
    for i in np.flatnonzero((axis >= 0) & (segments.length >= shortest)):
        found.add(int(axis[i]), rays[i], float(segments.length[i]))
    return found


def _hypotheses(s: _Suggestions, rng: np.random.Generator) -> Floats:
    """Random combinations of what the segments suggest and of what rooms are like, (HYPOTHESES, 4)."""
    n = HYPOTHESES

    def pick(pairs: list[tuple[float, float]]) -> Floats:
        if not pairs:
            return np.full(n, np.nan)
        values, weights = np.array(pairs).T
        return np.asarray(rng.choice(values, n, p=weights / weights.sum()))

    def anything(i: int) -> Floats:
        return rng.uniform(LOWEST[i], HIGHEST[i], n)

    def mixed(a: Floats, b: Floats, share: float) -> Floats:
        return np.where((rng.random(n) < share) & np.isfinite(a), a, b)

    depth = mixed(pick(s.depth), anything(DEPTH), 0.75)
    right = mixed(pick(s.right), mixed(pick(s.corner_right) + depth, anything(RIGHT), 0.6), 0.45)
    left = mixed(pick(s.left), mixed(pick(s.corner_left) + depth, anything(LEFT), 0.6), 0.45)
    from_corner = np.where(rng.random(n) < 0.5, right - pick(s.corner_right), left - pick(s.corner_left))
    depth = mixed(from_corner, depth, 0.15)
    usual = rng.normal(math.log(0.78), 0.22, n)
    side_head = mixed(pick(s.head_of_right) + right, mixed(pick(s.head_of_left) + left, usual, 0.4), 0.3)
    ceiling = mixed(pick(s.head_of_back) + depth, side_head, 0.5)
    return np.clip(np.stack([left, right, depth, ceiling], 1), LOWEST, HIGHEST)


def _climbed(scorer: Scorer, boxes: Floats, radius: float, steps: int) -> Floats:
    """One round of line searches, coordinate by coordinate, for all boxes at once."""
    offsets = np.linspace(-radius, radius, steps)
    for j in (DEPTH, LEFT, RIGHT, CEILING):
        tried = np.repeat(boxes[:, None], steps, 1)
        tried[:, :, j] = np.clip(tried[:, :, j] + offsets, LOWEST[j], HIGHEST[j])
        scores = scorer.score(tried.reshape(-1, 4)).reshape(len(boxes), steps)
        boxes = tried[np.arange(len(boxes)), scores.argmax(1)]
    return boxes


def _best_distinct(boxes: Floats, scores: Floats, apart: float, most: int) -> tuple[Floats, Floats]:
    """The best boxes that differ by more than `apart` in some coordinate."""
    kept: list[int] = []
    for k in np.argsort(-scores, kind="stable"):
        if all(np.abs(boxes[k] - boxes[other]).max() > apart for other in kept):
            kept.append(int(k))
        if len(kept) == most:
            break
    return boxes[kept], scores[kept]

"""Doors, also white ones on white walls: pairs of upright edges from the floor to a common head."""

from __future__ import annotations

from typing import Final

import numpy as np

from staging.engine.geometry.rectangles import FRAME_SIDE, EdgeSums, Ints, Rectangle, without_overlaps
from staging.engine.geometry.walls import PER_METRE, WallPicture
from staging.engine.scene.room import Floats

WIDTH: Final = (0.6, 1.75)  # metres; the widest are double doors
SINGLE: Final = 1.15
HEAD: Final = (1.72, 2.75)  # metres: an open leaf stands before its wall and looks taller on it
HIGH: Final = 2.45
LEAST_SCORE: Final = 0.62
SURE_SCORE: Final = 0.75  # for what is wider or higher than usual


def find(picture: WallPicture, sums: EdgeSums) -> list[Rectangle]:
    """Upright edges from the floor in pairs a door's width apart, under a common head."""
    end = picture.lab.shape[1]
    columns = np.array([0, *sums.columns(0.15, 1.8, 1.0, 0.45), end])
    heads = np.array(sums.rows(HEAD[0], min(HEAD[1], picture.height - 0.12), 0.5, 0.5), int)
    i, j = np.triu_indices(len(columns), 1)
    left, right = columns[i], columns[j]
    width = (right - left) / PER_METRE
    fits = (width >= WIDTH[0]) & (width <= WIDTH[1])
    left, right = left[fits], right[fits]
    if len(left) == 0 or len(heads) == 0:
        return []
    scores = _scores(sums, left[:, None], right[:, None], heads)
    unusual = ((right - left)[:, None] > SINGLE * PER_METRE) | (heads < picture.row(HIGH))
    k, m = np.nonzero(scores > np.where(unusual, SURE_SCORE, LEAST_SCORE))
    floor = picture.lab.shape[0]
    found = [
        Rectangle(int(left[a]), int(heads[b]), int(right[a]), floor, float(scores[a, b]))
        for a, b in zip(k, m, strict=True)
    ]
    # both leaves of a double door rather than one of them
    return without_overlaps(found, 0.2, rank=lambda r: r.score + (0.08 if r.width > SINGLE else 0.0))


def _scores(sums: EdgeSums, left: Ints, right: Ints, top: Ints) -> Floats:
    """Mean evidence of both sides and the head; 0 where a side is missing in its upper or lower half."""
    foot, waist = sums.picture.row(0.15), sums.picture.row(0.95)
    sides = np.stack([sums.upright(at, top + 3, foot) for at in (left, right)])
    upper = np.stack([sums.upright(at, top + 3, waist) for at in (left, right)])
    lower = np.stack([np.broadcast_to(sums.upright(at, waist, foot), upper[0].shape) for at in (left, right)])
    halves = np.minimum(upper, lower)
    # the sides of a low window end at its sill
    shin = [sums.upright(at, sums.picture.row(0.3), sums.picture.row(0.1)) for at in (left, right)]
    halves = np.where(np.stack(shin) < 0.25, 0.0, halves)
    head = sums.level(top, left, right)
    # edges that run on above the head belong to something taller: a corner, a pilaster, a panel
    over = np.maximum(0, top - round(0.35 * PER_METRE)), np.maximum(1, top - 4)
    above = np.minimum(sums.upright(left, *over), sums.upright(right, *over))
    whole = (sides.sum(0) + head) / 3 - 0.35 * np.maximum(0.0, above - 0.3)
    whole = np.where((halves.min(0) < 0.25) | (sides.min(0) < 0.35) | (head < 0.5), 0.0, whole)
    # a corner of the room, or the photo's frame, hides one side: the other must be all the clearer
    hidden = np.stack([left == 0, right == sums.picture.lab.shape[1]])
    hidden = np.broadcast_to(hidden, sides.shape)
    other = np.where(hidden[0], sides[1], sides[0])
    other_half = np.where(hidden[0], halves[1], halves[0])
    half = np.where(hidden.all(0) | (other_half < 0.6) | (head < 0.7), 0.0, (FRAME_SIDE + other + head) / 3)
    return np.asarray(np.where(hidden.any(0), half, whole))

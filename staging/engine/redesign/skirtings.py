"""Skirtings found by their two parallel edges: one strip, equally high, at the foot of the walls of a room.

A skirting of the floor's own wood, or one that is as light as the floor before it, is told from it by no colour. But
its top and its foot run level along a wall, and it goes on equally high along the next one, which no joint of boards
does: boards that seem as broad at one wall seem broader at a nearer one. So a strip is believed where two walls or more
show it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import dilated
from staging.engine.geometry.walls import WALLS, on_wall
from staging.engine.redesign.matting import Floats, Mask
from staging.engine.redesign.regions import WALL_LABELS, Regions
from staging.engine.scene.room import Opening, Wall

Points = NDArray[np.float64]

_SPAN: Final = (-0.26, 0.32)  # metres over the box's line in which edges are looked for: that may be top or foot
_ROW: Final = 0.0025  # metres between heights that are looked at
_COLUMN: Final = 0.02  # metres between places along the wall
_BLOCK: Final = 10  # of these that vote together
_BESIDE: Final = 1.5  # pixels from an edge at which its sides are compared
_EDGE: Final = 2.4  # Lab units of a block's mean step that are an edge
_APART: Final = 0.012  # metres between two edges
_HIGH: Final = (0.045, 0.17)  # metres of a skirting
_LEAST: Final = 4.0  # pixels of it that can be told at all
_SLOPES: Final = np.linspace(-0.05, 0.05, 11)  # by which the box's line may be off, metres in a metre
_NEAR: Final = (0.006, 1.3)  # metres, and pixels, from the common lines at which a block's edges lie on them
_UNLIKE: Final = 2.0  # Lab units of face over floor
_SAME_WAY: Final = 0.6  # cosine between the steps at the foot of two blocks
_FEWEST: Final = 3  # blocks that agree
_AGREED: Final = (0.5, 0.7)  # share of the blocks that do: of a wall, and of the two surest on the average
_EQUAL: Final = 0.2  # of a skirting's height by which it may differ from wall to wall
_KEPT: Final = 6  # guesses of a wall
_GAP: Final = 3  # blocks that something stands before
_HALF: Final = (0.4, 0.65)  # of the height of a skirting with its image in the floor, between which its foot lies
_IMAGES: Final = 0.4  # share of the blocks that show it there
_OVER_IT: Final = 0.6  # share of the blocks that show an edge over its top
_OVER: Final = 0.06  # metres of wall above it
_CORNER: Final = 9  # pixels
_LAPS: Final = 4  # pixels by which a floor runs up a skirting at the least
_NEAREST: Final = 0.1  # metres before the camera
_EDGE_OFF: Final = 5  # pixels from the photo's edge
_MOSTLY: Final = 0.6  # share of the heights looked at that the photo must show


@dataclass(frozen=True)
class Skirting:
    """What a `wall` shows: a strip `high` metres that ends above at `top` (N,), metres over the box's floor, in blocks
    at `along` (N,), metres, of which these `agreed` (N,), a `share` of those that can tell.
    """

    wall: Wall
    along: Points
    top: Points
    high: float
    agreed: NDArray[np.bool_]
    share: float

    def strip(self, regions: Regions) -> Mask:
        """The pixels (h, w) of it, and of the wall just above it, where blocks agreed and in short gaps between."""
        height, width = regions.patch.shape
        camera = regions.room.camera.resized(width, height)
        canvas = np.zeros((height, width), np.uint8)
        seen, half = np.flatnonzero(self.agreed), _BLOCK * _COLUMN / 2
        for one, after in zip(seen, [*seen[1:], *seen[-1:]], strict=True):
            other = after if self.along[after] - self.along[one] < (_GAP + 1.5) * _BLOCK * _COLUMN else one
            ends = np.array([self.along[one] - half, self.along[other] + half])
            slope = (self.top[-1] - self.top[0]) / (self.along[-1] - self.along[0])
            top = self.top[0] + slope * (ends - self.along[0])
            corners = np.concatenate([top + _OVER, (top - self.high)[::-1]])
            places, depth = camera.project(
                on_wall(regions.room.box, self.wall, np.concatenate([ends, ends[::-1]]), corners)
            )
            if depth.min() > _NEAREST:
                cv2.fillPoly(canvas, [np.round(places - 0.5).astype(np.int32)], 1)
        return canvas > 0


@dataclass(frozen=True)
class _Foot:
    """The foot of a wall straight on: mean colours (rows, blocks, 3) and steps downwards at heights `up` (rows,) of
    blocks at `along` (blocks,), metres; pixels of an upright `metre` there; which lie under an opening, as `opened`,
    and which show enough to `tell`.
    """

    wall: Wall
    up: Points
    along: Points
    colour: Floats
    step: Floats
    metre: Points
    opened: NDArray[np.bool_]
    tell: NDArray[np.bool_]


def found(regions: Regions) -> list[Skirting]:
    """The skirting of a room on each wall that shows it; nothing where fewer than two do."""
    feet = {wall: foot for wall in WALLS if (foot := _foot(regions, wall)) is not None}
    guesses = [_guesses(foot) for foot in feet.values()]
    best: tuple[float, list[Skirting]] = 0.0, []
    for chosen in product(*([None, *guess] for guess in guesses)):
        seen = [one for one in chosen if one is not None]
        if len(seen) < 2 or sum(sorted(one.share for one in seen)[-2:]) < 2 * _AGREED[1]:
            continue
        heights = [one.high for one in seen]
        if max(heights) > (1 + _EQUAL) * min(heights):
            continue
        score = sum(_worth(one) for one in seen)
        if score > best[0]:
            best = score, seen
    seen = best[1]
    heights = [high for one in seen if (high := _without_image(feet[one.wall], one)) is not None]
    if 2 * len(heights) > len(seen):
        seen = [replace(one, high=float(np.median(heights))) for one in seen]
    walls = {one.wall for one in seen}
    return [_to_corners(_carried_on(feet[one.wall], one), walls) for one in seen]


def ended(regions: Regions, floor: Mask) -> Mask:
    """The `floor` (h, w) without the skirting that it ran up."""
    strips = [skirting.strip(regions) for skirting in found(regions)]
    if not strips:
        return floor
    # In a corner the ends of two strips may miss each other by some pixels.
    whole = cv2.morphologyEx(np.any(strips, 0).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((_CORNER, _CORNER), np.uint8))
    # A floor that ends where it should laps over the line by a pixel here and there, and stays.
    over = floor & (whole > 0)
    thick = cv2.morphologyEx(over.astype(np.uint8), cv2.MORPH_OPEN, np.ones((_LAPS, _LAPS), np.uint8)) > 0
    return floor & ~(over & dilated(np.asarray(thick), _LAPS))


def _foot(regions: Regions, wall: Wall) -> _Foot | None:
    label = WALL_LABELS[wall]
    height, width = regions.patch.shape
    camera = regions.room.camera.resized(width, height)
    face = regions.faces.labels == label
    if not face.any():
        return None
    first, last = np.percentile(regions.along(label)[face], (0.2, 99.8))
    blocks = int(np.ceil((last - first) / (_COLUMN * _BLOCK)))
    if blocks < _FEWEST:
        return None
    u = first + (np.arange(blocks * _BLOCK) + 0.5) * _COLUMN
    up = np.arange(_SPAN[1], _SPAN[0], -_ROW)
    places, depth = camera.project(on_wall(regions.room.box, wall, *np.meshgrid(u, up)))
    inside = (depth > _NEAREST) & np.all((places > _EDGE_OFF) & (places < [width - _EDGE_OFF, height - _EDGE_OFF]), -1)
    at = np.where(inside[..., None], places, 0).astype(np.float32) - np.float32(0.5)
    smooth = np.asarray(cv2.GaussianBlur(regions.lab, (0, 0), 0.8), np.float32)

    def sampled(down: float) -> Floats:
        picture = cv2.remap(smooth, at[..., 0], at[..., 1] + np.float32(down), cv2.INTER_LINEAR)
        return np.asarray(picture.reshape(len(up), blocks, _BLOCK, 3).mean(2), np.float32)

    seen = inside.reshape(len(up), blocks, _BLOCK).all(2)
    along = u.reshape(blocks, _BLOCK).mean(1)
    opened = np.array([_opened(regions.room.openings_on(wall), place) for place in along])
    tell = seen.mean(0) > _MOSTLY
    if (tell & ~opened).sum() < _FEWEST:
        return None
    step = np.where(seen[..., None], sampled(_BESIDE) - sampled(-_BESIDE), 0).astype(np.float32)
    metre = np.abs(places[0] - places[-1])[:, 1] / (up[0] - up[-1])
    return _Foot(wall, up, along, sampled(0.0), step, metre.reshape(blocks, _BLOCK).mean(1), opened, tell)


def _opened(openings: tuple[Opening, ...], along: float) -> bool:
    """Whether a door or a window down to the floor is at a place `along` a wall."""
    return any(o.u0 - 0.05 < along < o.u1 + 0.05 and o.z0 < _SPAN[1] for o in openings)


def _guesses(foot: _Foot) -> list[Skirting]:
    """The strips that most blocks of a wall agree on, the best first."""
    edges = [_edges(foot, block) if foot.tell[block] else [] for block in range(len(foot.along))]
    made: list[Skirting] = []
    for block in (int(block) for block in np.flatnonzero(~foot.opened)):
        rows = edges[block]
        for top, end in product(rows, rows):
            high = float(foot.up[top] - foot.up[end])
            if not _HIGH[0] < high < _HIGH[1] or high * foot.metre[block] < _LEAST:
                continue
            tops = (foot.up[top] + slope * (foot.along - foot.along[block]) for slope in _SLOPES)
            nothing = np.zeros(len(foot.along), bool)
            guesses = (Skirting(foot.wall, foot.along, line, high, nothing, 0.0) for line in tops)
            made.append(max((_agreed(foot, edges, guess, block) for guess in guesses), key=_worth))
    made = [one for one in made if one.share >= _AGREED[0] and (one.agreed & ~foot.opened).sum() >= _FEWEST]
    made = [one for one in made if not _beneath(foot, edges, one)]
    made.sort(key=_worth, reverse=True)
    kept: list[Skirting] = []
    for one in made:
        if all(abs(one.high - other.high) > 0.1 * one.high for other in kept):
            kept.append(one)
    return kept[:_KEPT]


def _beneath(foot: _Foot, edges: list[list[int]], guess: Skirting) -> bool:
    """Whether another level edge goes along over a strip: that is the skirting, and the strip its image or a board."""
    over = [
        any(_HIGH[0] < foot.up[row] - guess.top[block] < _SPAN[1] for row in edges[block])
        for block in (int(block) for block in np.flatnonzero(guess.agreed))
    ]
    return sum(over) > _OVER_IT * len(over)


def _edges(foot: _Foot, block: int) -> list[int]:
    strength = np.linalg.norm(foot.step[:, block], axis=-1)
    reach = round(_APART / _ROW)
    highest = np.asarray(cv2.dilate(strength[:, None].astype(np.float32), np.ones((2 * reach + 1, 1), np.uint8)))[:, 0]
    return [int(row) for row in np.flatnonzero((strength > _EDGE) & (strength >= highest - 1e-6))]


def _way(foot: _Foot, block: int, guess: Skirting) -> Floats:
    """From the floor's colour before a strip to the strip's own, Lab (3,), in one block."""
    under = (guess.top[block] - foot.up) / guess.high
    face, floor = (under > 0.25) & (under < 0.8), (under > 1.25) & (under < 2.0)
    if not face.any() or not floor.any():
        return np.zeros(3, np.float32)
    return np.asarray(foot.colour[face, block].mean(0) - foot.colour[floor, block].mean(0))


def _agreed(foot: _Foot, edges: list[list[int]], guess: Skirting, block: int) -> Skirting:
    """A `guess` with those blocks that have both edges on its lines, and face and floor parted as in one `block`."""
    way = _way(foot, block, guess)
    if np.linalg.norm(way) < _UNLIKE:
        return guess
    agreed = np.zeros(len(foot.along), bool)
    for other, rows in enumerate(edges):
        near = max(_NEAR[0], _NEAR[1] / foot.metre[other])
        over = foot.up[rows] - guess.top[other]
        if not (np.abs(over) < near).any() or not (np.abs(over + guess.high) < near).any():
            continue
        own = _way(foot, other, guess)
        strength = float(np.linalg.norm(own))
        agreed[other] = strength > _UNLIKE and float(own @ way) > _SAME_WAY * strength * float(np.linalg.norm(way))
    # An opening may have been read into bare wall, but a sill or the frame of a window down to the floor says nothing.
    share = float((agreed & ~foot.opened).sum() / (foot.tell & ~foot.opened).sum())
    return replace(guess, agreed=agreed, share=share)


def _worth(guess: Skirting) -> float:
    """What speaks for a guess: the blocks that agree, and of several edges the outermost, a moulding's own apart."""
    return guess.share + guess.high


def _without_image(foot: _Foot, skirting: Skirting) -> float | None:
    """The height of the skirting alone where a floor mirrors it, so that it seemed twice as high; None where none does.

    Its foot is then a stronger edge than the end of its image.
    """
    strength = np.linalg.norm(foot.step, axis=-1)
    heights: list[float] = []
    for block in (int(block) for block in np.flatnonzero(skirting.agreed)):
        under = (skirting.top[block] - foot.up) / skirting.high
        middle, end = (under > _HALF[0]) & (under < _HALF[1]), np.abs(under - 1) < _HALF[0] / 3
        row = int(np.argmax(np.where(middle, strength[:, block], -1)))
        if strength[row, block] > max(_EDGE, float(strength[end, block].max(initial=0))):
            heights.append(float(skirting.top[block] - foot.up[row]))
    return float(np.median(heights)) if len(heights) > _IMAGES * skirting.agreed.sum() else None


def _carried_on(foot: _Foot, skirting: Skirting) -> Skirting:
    """With the blocks next to those that agreed, if they show one of its edges or are hardly in the photo; and with an
    opening between such that shows both: it was read into bare wall. One block far from all others is none.
    """
    agreed = skirting.agreed & (_within(_GAP, skirting.agreed) > 1)
    strength = np.linalg.norm(foot.step, axis=-1)
    one, both = ~foot.opened, foot.opened & foot.tell
    for block in (int(block) for block in np.flatnonzero(foot.tell)):
        near = max(_NEAR[0], _NEAR[1] / foot.metre[block])
        edges = [
            strength[np.abs(foot.up - line) < near, block].max(initial=0) > _EDGE
            for line in (skirting.top[block], skirting.top[block] - skirting.high)
        ]
        one[block] &= any(edges)
        both[block] &= all(edges)
    for _ in agreed:
        agreed |= one & (_within(1, agreed) > 0)
    _, runs = cv2.connectedComponents(both.astype(np.uint8)[None], connectivity=4)
    for run in range(1, int(runs.max()) + 1):
        first, last = np.flatnonzero(runs[0] == run)[[0, -1]]
        if first > 0 and last + 1 < len(agreed) and agreed[first - 1] and agreed[last + 1]:
            agreed[first : last + 1] = True
    return replace(skirting, agreed=agreed)


def _within(reach: int, blocks: NDArray[np.bool_]) -> Points:
    """How many of the `blocks` (N,) are no farther than `reach` from each, (N,), itself with them."""
    return np.convolve(blocks, np.ones(2 * reach + 1))[reach : reach + len(blocks)]


def _to_corners(skirting: Skirting, walls: set[Wall]) -> Skirting:
    """With the last blocks before a corner beyond which another of the `walls` has it too: there it is in the shade."""
    agreed = skirting.agreed.copy()
    at_first = skirting.wall == "back" and "left" in walls
    at_last = ("right" if skirting.wall == "back" else "back") in walls
    if at_first and agreed[: _GAP + 1].any():
        agreed[: np.flatnonzero(agreed)[0]] = True
    if at_last and agreed[-_GAP - 1 :].any():
        agreed[np.flatnonzero(agreed)[-1] :] = True
    return replace(skirting, agreed=agreed)

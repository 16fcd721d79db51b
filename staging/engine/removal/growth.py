"""What goes with a removed thing: its shadows, its reflection in the floor, a rim of mixed pixels, what was missed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import dilated, holding, steepness, widest
from staging.engine.geometry.colours import length
from staging.engine.removal import finding, flooring, plain
from staging.engine.removal.cover import LAB_WEIGHTS, Cover
from staging.engine.removal.scene import Scene
from staging.engine.removal.sheets import Mask, Sheet
from staging.engine.scene.faces import CEILING, FLOOR, LEFT

RIM: Final = 0.004  # of the long edge
SHADOW: Final = 0.06  # as log of the light: a plane this much darker than its surface is in a shadow
REACH: Final = {FLOOR: 0.45}  # metres from the thing
ON_WALL: Final = 0.2
DEEPEST: Final = {FLOOR: 3.0}  # as log of the light: what is darker on a wall is no shadow but another thing
DEEPEST_ON_WALL: Final = 0.3
SOFT: Final = 0.05  # of the long edge: how far a shadow reaches over paint without an edge
ISLAND: Final = 0.006  # of the picture: a smaller part that a hole encloses is no part of the room that anyone knows
LEFT_OVER: Final = 0.022  # of the long edge: what reaches less far out of a hole is what its mask missed
STOOD: Final = 0.09  # of the long edge, over a hole: lamps and cups that stood on what was removed would float there
SILL: Final = 0.8  # metres above the floor, under which what is no paint is rather left of the furniture
CRUMB: Final = 0.008  # of the picture: a smaller part that a hole cuts off a thing is no thing that was meant to stay
CRUMB_OF: Final = 0.1  # of the hole, the same
CRUMB_REACH: Final = 0.06  # of the long edge, how far it may reach
TINTED: Final = 0.3  # log of one colour against the others, from which on floor is no floor in a shadow
LIKE_WALLS: Final = 15.0  # weighted Lab units from their common colour
ON_FOOT: Final = 0.2  # metres above the floor, under which a wall has its skirting board
STEEP: Final = 2.2  # Lab units a pixel: a steeper edge on a wall is no shadow's
FRAYED: Final = 0.012  # of the long edge: so far a drawn outline may lie from the thing that it means
SLIGHT: Final = 0.004  # of the picture: a larger thing is one of its own


@dataclass(frozen=True)
class Grown:
    """What goes with a removed thing, (h, w): the `hole` to be drawn anew, and the `shade` round it on plain planes,
    where the photo stays and only its light changes. Of the hole, the `missed` pixels were not asked for: among them
    may be some of a skirting board, which tells how it goes on.
    """

    hole: Mask
    shade: Mask
    missed: Mask

    @property
    def all(self) -> Mask:
        """Hole and shade."""
        return self.hole | self.shade


def grown(scene: Scene, hole: Mask, covers: dict[int, tuple[Sheet, Cover]]) -> Grown:
    """The hole (working size) with a rim and with what its mask missed, and the shadows that touch it."""
    rim = max(2, round(RIM * max(hole.shape)))
    found = dilated(hole, rim)
    simple = plain.surfaces(scene, hole, covers.values(), every_floor=True)
    shade = np.zeros(hole.shape, bool)
    for face, (sheet, cover) in covers.items():
        shadow = _shadow(sheet, cover)
        touching = sheet.marked(found, scene.camera)
        reach = round(REACH.get(face, ON_WALL) * sheet.ppm)
        grown_ = _touching(shadow & (dilated(touching, reach)), touching)
        drawn = sheet.drawn_mask(grown_, scene.camera) & (scene.faces.labels == face)
        if face in simple:
            shade |= drawn
        else:
            found |= drawn
    fixed = _fixed(scene, simple, rim)
    unlike = (finding.unlike(scene, covers) > 1) & ~finding.own_pixels(scene, covers) & ~found
    missed = _missed(scene, found, unlike) & ~_frames(scene, hole, fixed, rim)
    deep = shade & _untinted(scene, simple)
    crumbs = _crumbs(scene, found, unlike & ~deep, fixed) & ~found & ~missed
    unasked = crumbs | _frayed(scene, found, fixed)
    found |= missed | unasked
    for surface in dict.fromkeys(simple.values()):
        shade |= _soft_shadow(scene, found, surface)
    n = np.ones((2 * rim + 1,) * 2, np.uint8)
    closed = _without_islands(cv2.morphologyEx(found.astype(np.uint8), cv2.MORPH_CLOSE, n) > 0)
    shade = cv2.morphologyEx((shade | closed).astype(np.uint8), cv2.MORPH_CLOSE, n) > 0
    on_simple = np.isin(scene.faces.labels, list(simple))
    return Grown(closed, np.asarray(shade & ~closed & on_simple), unasked)


def _frames(scene: Scene, hole: Mask, fixed: Mask, rim: int) -> Mask:
    """Windows (h, w) that the `hole` touches: their frames are no part of what stood before them."""
    return fixed & (scene.faces.points[..., 2] > SILL) & ~dilated(hole, rim)


def _fixed(scene: Scene, surfaces: dict[int, plain.Surface], rim: int) -> Mask:
    """Windows, curtains and doors (h, w) on plain walls, with their frames."""
    fixed = np.zeros(scene.faces.labels.shape, bool)
    for surface in surfaces.values():
        fixed |= surface.fixed
    return dilated(fixed, rim)


def _soft_shadow(scene: Scene, hole: Mask, surface: plain.Surface) -> Mask:
    """The covering beside a hole that is darker than it should be there, up to where its shadow ends."""
    smooth = cv2.GaussianBlur(scene.photo, (0, 0), 2.0)
    light = (np.log(np.maximum(smooth, 0.01)) - np.log(np.maximum(surface.colour, 0.01))).mean(-1)
    near = dilated(hole, round(SOFT * max(hole.shape)))
    bare = plain.bare(scene.photo, hole, surface)
    return _touching(bare & (light < -SHADOW) & near, dilated(hole, 2) & surface.all)


def _missed(scene: Scene, hole: Mask, unlike: Mask) -> Mask:
    """What touches a hole, is `unlike` (h, w) floor and paint, and ends close to it: feet, handles, the edge of a
    thing, and the small things that stood on it.
    """
    long = max(hole.shape)
    count, parts = cv2.connectedComponents((unlike & (scene.faces.labels != CEILING)).astype(np.uint8), connectivity=8)
    near = _ending(parts, count, hole, dilated(hole, round(LEFT_OVER * long)))
    slight = np.bincount(parts.ravel(), minlength=count) < SLIGHT * hole.size
    stood = slight & _ending(parts, count, hole, _over(hole, round(STOOD * long)))
    return dilated((near | stood)[parts], 2)


def _crumbs(scene: Scene, hole: Mask, unlike: Mask, fixed: Mask) -> Mask:
    """Small parts (h, w) that a hole cuts off a thing, farther out than `_missed` looks.

    Posts, boards and window frames have the colour of walls and may be as small; what is part of a fixture is none.
    Floor in a shadow is no part of `unlike` (h, w), or it would join a crumb to all that the shadow falls on.
    """
    free = unlike & (scene.faces.labels != CEILING) & ~_like_walls(scene, hole)
    count, parts = cv2.connectedComponents(free.astype(np.uint8), connectivity=8)
    small = np.bincount(parts.ravel(), minlength=count) < min(CRUMB * hole.size, CRUMB_OF * hole.sum())
    small &= _ending(parts, count, hole, dilated(hole, round(CRUMB_REACH * max(hole.shape))))
    small &= ~_among(parts, count, fixed & (scene.faces.points[..., 2] > SILL))
    return dilated(small[parts], 2)


def _like_walls(scene: Scene, hole: Mask) -> Mask:
    """What (h, w) has about the common colour of the walls, wherever it is seen."""
    paint = flooring.colour_of_walls(scene, hole)
    if paint is None:
        return np.zeros(hole.shape, bool)
    lab = cv2.cvtColor(cv2.GaussianBlur(scene.photo, (0, 0), 1.2), cv2.COLOR_RGB2Lab)
    return np.asarray(length((lab - paint) * LAB_WEIGHTS) < LIKE_WALLS)


def _untinted(scene: Scene, surfaces: dict[int, plain.Surface]) -> Mask:
    """Where (h, w) the floor has its own hue, in whatever light: what is left of a blue cloth in a shadow has not."""
    if FLOOR not in surfaces:
        return np.zeros(scene.faces.labels.shape, bool)
    smooth = cv2.GaussianBlur(scene.photo, (0, 0), 1.2)
    light = np.log(np.maximum(smooth, 0.01)) - np.log(np.maximum(surfaces[FLOOR].colour, 0.01))
    off = widest(np.abs(light - light.mean(-1, keepdims=True)))
    return np.asarray((off < TINTED) & (scene.faces.labels == FLOOR))


def _ending(parts: NDArray[Any], count: int, hole: Mask, reach: Mask) -> NDArray[np.bool_]:
    """Which of the `count` parts touch the hole and end within its `reach` (h, w)."""
    ending = _among(parts, count, dilated(hole, 2)) & ~_among(parts, count, ~reach & (parts > 0))
    ending[0] = False
    return ending


def _frayed(scene: Scene, hole: Mask, fixed: Mask) -> Mask:
    """Edges on a wall that go out of a hole and end close to it: of the thing, or of its shadow. Lightened as if paint
    lay there, they would be lines on the wall. A socket that an outline nearly touches goes with them, not half of it.
    """
    close = dilated(hole, round(FRAYED * max(hole.shape))) & (scene.faces.labels >= LEFT) & ~hole & ~fixed
    close &= scene.faces.points[..., 2] > ON_FOOT
    lightness = cv2.cvtColor(cv2.GaussianBlur(scene.photo, (0, 0), 1.0), cv2.COLOR_RGB2Lab)[..., 0]
    return _touching(dilated(steepness(lightness) > STEEP, 2) & close, dilated(hole, 2))


def _among(parts: NDArray[Any], count: int, at: Mask) -> Mask:
    """Which of the `count` parts have a pixel `at`."""
    found = np.zeros(count, bool)
    found[np.unique(parts[at])] = True
    return found


def _over(hole: Mask, reach: int) -> Mask:
    """The pixels that are at most `reach` above some of the hole."""
    column = np.zeros((2 * reach + 1, 5), np.uint8)
    column[reach:] = 1
    return np.asarray(cv2.dilate(hole.astype(np.uint8), column) > 0)


def _without_islands(hole: Mask) -> Mask:
    _, parts, stats, _ = cv2.connectedComponentsWithStats((~hole).astype(np.uint8), connectivity=4)
    small = stats[:, cv2.CC_STAT_AREA] < ISLAND * hole.size
    framed = (stats[:, cv2.CC_STAT_LEFT] == 0) | (stats[:, cv2.CC_STAT_TOP] == 0)
    framed |= stats[:, cv2.CC_STAT_LEFT] + stats[:, cv2.CC_STAT_WIDTH] == hole.shape[1]
    framed |= stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT] == hole.shape[0]
    island = small & ~framed
    island[0] = False
    return np.asarray(hole | island[parts])


def _shadow(sheet: Sheet, cover: Cover) -> Mask:
    """Pixels of the plane's hue that are darker than it is elsewhere, (h, w); the joints of a floor are too narrow."""
    joint = max(3, round(0.05 * sheet.ppm)) | 1
    picture = np.asarray(cv2.GaussianBlur(cover.picture, (0, 0), joint / 3), np.float32)
    light = np.log(np.maximum(picture, 0.01)) - np.log(np.maximum(cover.smooth, 0.01))
    mean = light.mean(-1)
    hue = widest(np.abs(light - mean[..., None]))
    noise = cover.spread / 100
    deepest = DEEPEST.get(sheet.face, DEEPEST_ON_WALL)
    dark = (mean < -(SHADOW + noise)) & (mean > -deepest) & (hue < 0.10 + 0.35 * np.abs(mean))
    return cv2.morphologyEx(dark.astype(np.uint8), cv2.MORPH_OPEN, np.ones((joint, joint), np.uint8)) > 0


def _touching(candidates: Mask, seeds: Mask) -> Mask:
    """The candidates' parts that touch the seeds."""
    return holding(candidates | seeds, seeds, connectivity=8) & candidates

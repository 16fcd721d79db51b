"""What goes with a removed thing: its shadows, its reflection in the floor, a rim of mixed pixels, what was missed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import dilated, holding
from staging.engine.removal import finding, plain
from staging.engine.removal.cover import Cover
from staging.engine.removal.scene import Scene
from staging.engine.removal.sheets import Mask, Sheet
from staging.engine.scene.faces import CEILING, FLOOR

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
SLIGHT: Final = 0.004  # of the picture: a larger thing is one of its own


@dataclass(frozen=True)
class Grown:
    """What goes with a removed thing, (h, w): the `hole` to be drawn anew, and the `shade` round it on plain planes,
    where the photo stays and only its light changes.
    """

    hole: Mask
    shade: Mask

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
    found |= _missed(scene, found, covers) & ~_frames(scene, hole, simple, rim)
    for surface in dict.fromkeys(simple.values()):
        shade |= _soft_shadow(scene, found, surface)
    n = np.ones((2 * rim + 1,) * 2, np.uint8)
    closed = _without_islands(cv2.morphologyEx(found.astype(np.uint8), cv2.MORPH_CLOSE, n) > 0)
    shade = cv2.morphologyEx((shade | closed).astype(np.uint8), cv2.MORPH_CLOSE, n) > 0
    on_simple = np.isin(scene.faces.labels, list(simple))
    return Grown(closed, np.asarray(shade & ~closed & on_simple))


def _frames(scene: Scene, hole: Mask, surfaces: dict[int, plain.Surface], rim: int) -> Mask:
    """Windows (h, w) that the `hole` touches: their frames are no part of what stood before them."""
    fixed = np.zeros(hole.shape, bool)
    for surface in surfaces.values():
        fixed |= surface.fixed
    return dilated(fixed & (scene.faces.points[..., 2] > SILL), rim) & ~dilated(hole, rim)


def _soft_shadow(scene: Scene, hole: Mask, surface: plain.Surface) -> Mask:
    """The covering beside a hole that is darker than it should be there, up to where its shadow ends."""
    smooth = cv2.GaussianBlur(scene.photo, (0, 0), 2.0)
    light = (np.log(np.maximum(smooth, 0.01)) - np.log(np.maximum(surface.colour, 0.01))).mean(-1)
    near = dilated(hole, round(SOFT * max(hole.shape)))
    bare = plain.bare(scene.photo, hole, surface)
    return _touching(bare & (light < -SHADOW) & near, dilated(hole, 2) & surface.all)


def _missed(scene: Scene, hole: Mask, covers: dict[int, tuple[Sheet, Cover]]) -> Mask:
    """What touches a hole, is neither floor nor paint, and ends close to it: feet, handles, the edge of a thing, and
    the small things that stood on it.
    """
    unlike = (finding.unlike(scene, covers) > 1) & ~finding.own_pixels(scene, covers) & ~hole
    unlike &= scene.faces.labels != CEILING
    long = max(hole.shape)
    count, parts = cv2.connectedComponents(unlike.astype(np.uint8), connectivity=8)
    touching = _among(parts, count, dilated(hole, 2) & unlike)
    near = touching & ~_among(parts, count, unlike & ~dilated(hole, round(LEFT_OVER * long)))
    slight = np.bincount(parts.ravel(), minlength=count) < SLIGHT * hole.size
    stood = slight & touching & ~_among(parts, count, unlike & ~_over(hole, round(STOOD * long)))
    kept = near | stood
    kept[0] = False
    return dilated(kept[parts], 2) if kept.any() else np.zeros(hole.shape, bool)


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
    hue = np.abs(light - mean[..., None]).max(-1)
    noise = cover.spread / 100
    deepest = DEEPEST.get(sheet.face, DEEPEST_ON_WALL)
    dark = (mean < -(SHADOW + noise)) & (mean > -deepest) & (hue < 0.10 + 0.35 * np.abs(mean))
    return cv2.morphologyEx(dark.astype(np.uint8), cv2.MORPH_OPEN, np.ones((joint, joint), np.uint8)) > 0


def _touching(candidates: Mask, seeds: Mask) -> Mask:
    """The candidates' parts that touch the seeds."""
    return holding(candidates | seeds, seeds, connectivity=8) & candidates

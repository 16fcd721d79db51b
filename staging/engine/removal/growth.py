"""What goes with a removed thing: the shadow that it casts, its reflection in the floor, and a rim of mixed pixels."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from staging.engine.composite.fields import dilated
from staging.engine.removal.cover import Cover
from staging.engine.removal.scene import Scene
from staging.engine.removal.sheets import Mask, Sheet
from staging.engine.scene.faces import FLOOR

RIM: Final = 0.004  # of the long edge
SHADOW: Final = 0.06  # as log of the light: a plane this much darker than its surface is in a shadow
REACH: Final = {FLOOR: 0.45}  # metres from the thing
ON_WALL: Final = 0.2
DEEPEST: Final = {FLOOR: 3.0}  # as log of the light: what is darker on a wall is no shadow but another thing
DEEPEST_ON_WALL: Final = 0.3


def grown(scene: Scene, hole: Mask, covers: dict[int, tuple[Sheet, Cover]]) -> Mask:
    """The hole (working size) with a rim, and with the shadows that touch it on each covered plane."""
    rim = max(2, round(RIM * max(hole.shape)))
    found = dilated(hole, rim)
    for face, (sheet, cover) in covers.items():
        shadow = _shadow(sheet, cover)
        touching = sheet.marked(found, scene.camera)
        reach = round(REACH.get(face, ON_WALL) * sheet.ppm)
        grown_ = _connected(shadow & (dilated(touching, reach)), touching)
        found |= sheet.drawn_mask(grown_, scene.camera) & (scene.faces.labels == face)
    closed = cv2.morphologyEx(found.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((2 * rim + 1,) * 2, np.uint8))
    return closed > 0


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


def _connected(candidates: Mask, seeds: Mask) -> Mask:
    """The candidates' parts that touch the seeds."""
    count, parts = cv2.connectedComponents((candidates | seeds).astype(np.uint8))
    touched = np.zeros(count, bool)
    touched[np.unique(parts[seeds])] = True
    touched[0] = False
    return touched[parts] & candidates

"""Take the shadow of a removed thing off what stays: its pixels are the photo's own, in the light of the rest."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import blurred_within, dilated, filled, steepness, widest
from staging.engine.removal import plain
from staging.engine.removal.growth import Grown
from staging.engine.removal.scene import Scene
from staging.engine.removal.sheets import Floats, Mask, sampled
from staging.engine.scene.faces import FLOOR

Bytes = NDArray[np.uint8]

NEAR: Final = {FLOOR: 0.004}  # of the long edge, over which the light of a place is averaged
NEAR_ON_WALL: Final = 0.0015  # paint has no pattern that could be lost
SOFT: Final = 0.014  # of the long edge, over which the lightening ends
DEEPEST: Final = 0.6  # as log of the light: in a deeper shadow too little is seen of what it falls on
DARKEST: Final = 1.2  # the same: what is darker is no shadow but a thing, and tells no light
BRIGHTEST: Final = 0.08
HUE: Final = 0.2
EDGE: Final = 2.2  # Lab units a pixel: a steeper edge on a wall is no shadow's but a socket's, and stays


@dataclass(frozen=True)
class Relit:
    """`hole` and `shade` (h, w) as they are after all, and the `gain` (h, w, 3), log, that takes the shade away.

    `missed` is as in what had grown.
    """

    hole: Mask
    shade: Mask
    gain: Floats
    missed: Mask

    def lit(self, scene: Scene) -> Scene:
        """The scene without the shade."""
        photo = np.clip(scene.photo * np.exp(self.gain), 0, 1).astype(np.float32)
        return dataclasses.replace(scene, photo=photo)


def relit(scene: Scene, grown: Grown, surfaces: dict[int, plain.Surface]) -> Relit:
    """How the shade round the hole is lightened; where it is too deep, it belongs to the hole."""
    gain = np.zeros((*grown.hole.shape, 3), np.float32)
    hole = grown.hole.copy()
    soft = SOFT * max(hole.shape)
    done = np.zeros(hole.shape, bool)
    for surface in dict.fromkeys(surfaces.values()):
        shade = dilated(grown.shade & surface.all, round(soft)) & surface.all & ~grown.hole
        own = plain.bare(scene.photo, grown.all, surface)
        light = plain.lit(scene.photo, own, surface, grown.all)
        if light is None or not shade.any():
            continue
        region = surface.all & ~grown.hole
        if surface.face != FLOOR:
            region &= ~_edges(scene.photo)
        step = _step(scene.photo, region, light, NEAR.get(surface.face, NEAR_ON_WALL))
        within = cv2.distanceTransform((shade | grown.hole | ~surface.all).astype(np.uint8), cv2.DIST_L2, 3)
        step = np.clip(step, -0.1, DARKEST) * np.clip(within / soft, 0, 1)[..., None]
        # In the hole too: what lies along its rim is blended with what is drawn.
        where = shade | (grown.hole & surface.all)
        gain[where] = step[where]
        done |= shade
    hole |= (grown.shade & ~done) | (done & (gain.mean(-1) > DEEPEST))
    closed = cv2.morphologyEx(hole.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)) > 0
    hole |= closed & grown.shade
    return Relit(hole, done & ~hole, gain, grown.missed)


def _edges(picture: Floats) -> Mask:
    """Steep edges (h, w) and what is right beside them."""
    lightness = cv2.cvtColor(cv2.GaussianBlur(picture, (0, 0), 1.0), cv2.COLOR_RGB2Lab)[..., 0]
    return dilated(steepness(lightness) > EDGE, 2)


def _step(picture: Floats, region: Mask, light: Floats, near: float) -> Floats:
    """By how much (h, w, 3), log, the covering in `region` (h, w) is darker than `light` says it should be."""
    smooth = cv2.GaussianBlur(picture, (0, 0), 1.2)
    apart = light - np.log(np.maximum(smooth, 0.01))
    mean = apart.mean(-1)
    telling = region & (mean < DARKEST) & (mean > -BRIGHTEST) & (widest(np.abs(apart - mean[..., None])) < HUE)
    local, share = blurred_within(picture, telling.astype(np.float32), near * max(region.shape))
    known = np.clip(share * 3, 0, 1) * (share > 0.1)
    step = light - np.log(np.maximum(local, 0.01))
    return filled(np.where(known[..., None] > 0, step, 0).astype(np.float32), known.astype(np.float32))


def lightened(picture: Bytes, shade: Mask, gain: Floats) -> None:
    """Lighten a photo (H, W, 3) in place where it is in `shade` (H, W), by `gain` of any size."""
    height, width = picture.shape[:2]
    y, x = np.nonzero(shade)
    for part in np.array_split(np.arange(len(y)), max(1, len(y) // 1_000_000)):
        column = ((x[part] + 0.5) * gain.shape[1] / width - 0.5).astype(np.float32)
        row = ((y[part] + 0.5) * gain.shape[0] / height - 0.5).astype(np.float32)
        by = np.exp(sampled(gain, column, row))
        at = y[part], x[part]
        picture[at] = np.clip(np.round(picture[at] * by), 0, 255).astype(np.uint8)

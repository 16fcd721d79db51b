"""Evening over a house front: the sky after sunset, the house in its blue light, lamps behind the windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from staging.engine.composite.fields import band
from staging.engine.composite.tone import linear, luminance, shoulder
from staging.engine.errors import UnusablePhoto
from staging.engine.redesign import facade, sky
from staging.engine.redesign.facade import Front
from staging.engine.redesign.matting import Bytes, Floats, Mask, Matte

LEAST_SKY: Final = 0.05  # share of the picture: without a sky there is no evening
LEAST_PANES: Final = 0.0012  # share of the picture that windows must take
LEAST_IN_ONE: Final = 0.8  # share of the sky that its largest piece must take
DARKEST: Final = 0.09  # median luminance below which it is evening already
PALE: Final = 80.0  # lightness of the sky over a house without hard shadows
SUN_AND_SHADE: Final = 4.0
LAMP: Final = np.array([1.0, 0.66, 0.30], np.float32)
BLUE: Final = np.array([0.70, 0.80, 1.22], np.float32)
DIM: Final = 0.30
EVEN: Final = 0.45  # how far sun and shade are evened out: at dusk there is no sun


@dataclass(frozen=True)
class Evening:
    """What dusk needs at any size, found on the working copy (h, w)."""

    sky: Matte
    panes: Matte
    new_sky: Floats
    old_sky: Floats
    heart: Floats
    evening_out: Floats
    spill: Floats

    @classmethod
    def of(cls, front: Front, seed: int) -> Evening:
        """Raises UnusablePhoto where the photo shows too little sky or no windows, or is dark already."""
        copy = front.patches.copy
        light = luminance(linear(copy))
        if front.sky.share < LEAST_SKY:
            raise _unsuitable("too little sky is seen")
        if _torn(front.sky.rough):
            raise _unsuitable("branches before the sky would keep the light of day between them")
        if float(np.median(light)) < DARKEST:
            raise _unsuitable("it is dark already")
        if float(np.median(front.sky.lab[front.sky.rough][:, 0])) < PALE or _sunlit(front, light):
            raise _unsuitable("the sun shines, and its shadows would stay; take it under a bright overcast sky")
        panes = facade.windows(front)
        if panes.mean() < LEAST_PANES:
            raise _unsuitable("no windows could be made out that would be lit")
        size = max(copy.shape[:2])
        around = np.maximum(cv2.GaussianBlur(light, (0, 0), size * 0.012), 0.01)
        even = np.clip((around / np.median(around[~front.sky.rough])) ** -EVEN, 0.45, 1.8)
        glow = panes.astype(np.float32)
        spill = sum(w * cv2.GaussianBlur(glow, (0, 0), size * s) for s, w in ((0.006, 0.35), (0.02, 0.5), (0.05, 0.6)))
        height, width = copy.shape[:2]
        return cls(
            sky=sky.matte(front.sky, front.patches),
            panes=Matte.of(glow, copy, radius=2, epsilon=1e-3, reach=1),
            new_sky=sky.evening(height, width, front.sky.horizon, seed),
            old_sky=front.sky.colour,
            heart=np.asarray(cv2.GaussianBlur(glow, (0, 0), size * 0.009), np.float32),
            evening_out=even.astype(np.float32),
            spill=np.asarray(spill, np.float32),
        )

    def rows(self, photo: Bytes, light: Floats, top: int, bottom: int) -> Floats:
        """Rows `top`..`bottom` of the evening, linear light; `light` is the day's, repainted where that was asked."""
        height, width = photo.shape[:2]
        even, spill, heart, new, old = (
            band(f, width, height, top, bottom, kernel=cv2.INTER_LINEAR)
            for f in (self.evening_out, self.spill, self.heart, self.new_sky, self.old_sky)
        )
        above = self.sky.rows(photo, top, bottom)[..., None]
        own = np.clip(light - above * old, 0, None) * np.clip((1 - above) / 0.12, 0, 1)
        own = np.minimum(own, light)
        grey = luminance(own)[..., None]
        calm = own * 0.9 + grey * 0.1
        night = calm * even[..., None] * (DIM * BLUE) + np.array([0.0012, 0.0018, 0.004], np.float32)
        lit = night + calm * spill[..., None] * LAMP * 0.9 + spill[..., None] * LAMP * 0.012
        pane = self.panes.rows(photo, top, bottom)[..., None]
        # Brightest in the middle of the room behind, with what the pane showed by day still in it.
        inside = LAMP * (0.16 + 0.5 * heart[..., None] + 0.9 * np.clip(grey, 0, 0.4))
        lit = lit * (1 - pane) + pane * inside
        return shoulder((lit * (1 - above) + np.zeros_like(lit) + above * new * 0.8).astype(np.float32), 0.75)


def _torn(sky: Mask) -> bool:
    """Whether much of the `sky` (h, w) is seen in scraps between branches."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(sky.astype(np.uint8), connectivity=8)
    return bool(stats[1:, cv2.CC_STAT_AREA].max() < LEAST_IN_ONE * sky.sum())


def _sunlit(front: Front, light: Floats) -> bool:
    """Whether sun and shade part the lawn."""
    grass = facade.lawn(front)
    if grass.mean() < 0.03:
        return False
    soft = cv2.GaussianBlur(light, (0, 0), max(light.shape) * 0.006)[grass]
    dark, bright = np.percentile(soft, [10, 85])
    return bool(bright > SUN_AND_SHADE * dark)


def _unsuitable(why: str) -> UnusablePhoto:
    return UnusablePhoto("dusk_unsuitable", f"This photo cannot be turned to dusk: {why}.")

"""Evening over a house front: the sky after sunset, the house in its blue light, and lamps on behind its windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from staging.engine.composite.fields import band, dilated, widest
from staging.engine.composite.tone import linear, luminance, shoulder
from staging.engine.errors import UnusablePhoto
from staging.engine.redesign import lawns, panes, sky
from staging.engine.redesign.front import Front
from staging.engine.redesign.glow import Glow
from staging.engine.redesign.matting import Bytes, Floats, Matte

LEAST_SKY: Final = 0.03  # share of the picture: without a sky there is no evening
LEAST_PANES: Final = 0.0012  # share of the picture that windows must take
MOST_LEFT: Final = 0.05  # of the sky: as much that was not found as sky would stay day between branches
LAMPS_ON: Final = 0.001  # share of the picture that lit windows take in an evening
BETWEEN: Final = 0.05  # of the long side: no farther from the sky are branches before it
LEFT: Final = 20.0  # Lab units from the sky's colour, within which what was not found as sky is rather left of it
DARKEST: Final = 0.09  # median luminance below which it is evening already
SUN_AND_SHADE: Final = 4.0  # times brighter the sun is on a lawn than its shade, which no evening has
RIM: Final = 0.003  # of the long side: by so much of the edge of roofs and leaves the old sky shows
LIKE_SKY: Final = (0.12, 0.25)  # differences, as shares of the old sky's light, of what is sky for sure and surely not
LAMP: Final = np.array([1.0, 0.66, 0.30], np.float32)
BLUE: Final = np.array([0.74, 0.84, 1.16], np.float32)
MIDDLE: Final = 0.050  # linear light of the middle of an evening's picture, sky and windows apart
DIM: Final = (0.14, 0.34)  # shares of the day's light
STEEP: Final = 1.12  # power: in little light shadows are deeper
EVEN: Final = 0.25  # how far sun and shade are evened out: at dusk there is no sun


@dataclass(frozen=True)
class Evening:
    """What dusk needs at any size, found on the working copy (h, w)."""

    sky: Matte
    glow: Glow
    new_sky: Floats
    old_sky: Floats
    rim: Floats
    evening_out: Floats
    dim: float

    @classmethod
    def of(cls, photo: Bytes, front: Front, seed: int) -> Evening:
        """Raises UnusablePhoto where the `photo` (H, W, 3) shows too little sky or no windows, or is dark already."""
        copy = front.patches.copy
        light = luminance(linear(copy))
        if front.sky.share < LEAST_SKY:
            raise _unsuitable("too little sky is seen")
        if _left(front) > MOST_LEFT:
            raise _unsuitable("branches before the sky would keep the light of day between them")
        if float(np.median(light)) < DARKEST or panes.lit(photo, front.sky.rough) > LAMPS_ON:
            raise _unsuitable("it is evening in it already")
        if _sunlit(front, light):
            raise _unsuitable("sun and shade part the lawn too sharply; take it under a bright overcast sky")
        lit = panes.find(photo, front.sky.rough)
        if lit.glass.mean() < LEAST_PANES:
            raise _unsuitable("no windows could be made out that would be lit")
        size = max(copy.shape[:2])
        around = np.maximum(cv2.GaussianBlur(light, (0, 0), size * 0.03), 0.01)
        house = ~front.sky.rough
        even = np.clip((around / np.median(around[house])) ** -EVEN, 0.6, 1.4)
        height, width = copy.shape[:2]
        middle = float(np.median((light * even)[house]))
        return cls(
            sky=sky.matte(front.sky, front.patches),
            glow=Glow.of(lit, seed),
            new_sky=sky.evening(height, width, front.sky.horizon, seed),
            old_sky=front.sky.colour,
            rim=dilated(front.sky.rough, round(size * RIM)).astype(np.float32),
            evening_out=even.astype(np.float32),
            dim=float(np.clip(MIDDLE / max(middle, 1e-3), *DIM)),
        )

    def rows(self, photo: Bytes, light: Floats, top: int, bottom: int) -> Floats:
        """Rows `top`..`bottom` of the evening, linear light; `light` is the day's, repainted where that was asked."""
        height, width = photo.shape[:2]
        even, spill, new, old, rim = (
            band(f, width, height, top, bottom, kernel=cv2.INTER_LINEAR)
            for f in (self.evening_out, self.glow.spill, self.new_sky, self.old_sky, self.rim)
        )
        above = self.sky.rows(photo, top, bottom)
        # Round leaves and roofs what has the very colour of the old sky is a rim of it.
        unlike = widest(np.abs(light - old)) / np.maximum(widest(old), 0.02)
        like = np.clip((LIKE_SKY[1] - unlike) / (LIKE_SKY[1] - LIKE_SKY[0]), 0, 1) * (rim > 0.5)
        above = np.maximum(above, like)[..., None]
        own = np.clip(light - above * old, 0, None) * np.clip((1 - above) / 0.12, 0, 1)
        own = np.minimum(own, light)
        calm = own * 0.85 + luminance(own)[..., None] * 0.15
        grey = np.maximum(luminance(calm)[..., None], 1e-4)
        dark = calm * (grey / 0.25) ** (STEEP - 1)
        night = dark * even[..., None] * (self.dim * BLUE) + np.array([0.0012, 0.0018, 0.004], np.float32)
        night = night + calm * spill[..., None] * LAMP * 0.8 + spill[..., None] * LAMP * 0.008
        night = night * (1 - above) + above * new
        glass, lit = self.glow.rows(photo, light, top, bottom)
        night = night + glass[..., None] * (lit - 0.75 * night)
        return shoulder(night.astype(np.float32), 0.75)


def _left(front: Front) -> float:
    """How much of the sky's colour lies beside it and was not found as sky, as a share of the sky."""
    found, lab = front.sky, front.patches.lab
    above = np.arange(len(lab))[:, None] < found.horizon * len(lab)
    near = np.linalg.norm((lab - found.lab) * np.array([0.8, 1.2, 1.2], np.float32), axis=-1) < LEFT
    beside = dilated(found.rough, round(max(near.shape) * BETWEEN)) & ~dilated(found.rough, 3)
    return float((near & above & beside).sum() / max(int(found.rough.sum()), 1))


def _sunlit(front: Front, light: Floats) -> bool:
    """Whether sun and shade part the lawn."""
    grass = lawns.find(front)
    if grass.mean() < 0.03:
        return False
    soft = cv2.GaussianBlur(light, (0, 0), max(light.shape) * 0.006)[grass]
    dark, bright = np.percentile(soft, [10, 85])
    return bool(bright > SUN_AND_SHADE * dark)


def _unsuitable(why: str) -> UnusablePhoto:
    return UnusablePhoto("dusk_unsuitable", f"This photo cannot be turned to dusk: {why}.")

"""Evening over a house front: the sky after sunset, the house in its blue light. Windows and doors keep their pixels:
as the photo has them they are brighter than what gets dark round them, and seem lit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from staging.engine.composite.fields import band, dilated
from staging.engine.composite.tone import linear, luminance, shoulder
from staging.engine.errors import UnusablePhoto
from staging.engine.redesign import facade, lawns, sky
from staging.engine.redesign.facade import Front
from staging.engine.redesign.matting import Bytes, Floats, Mask, Matte

LEAST_SKY: Final = 0.05  # share of the picture: without a sky there is no evening
LEAST_PANES: Final = 0.0012  # share of the picture that windows must take
MOST_SCRAPS: Final = 0.02  # share of the sky that may be seen in scraps, and that may be left between branches
SCRAP: Final = 0.01  # of the picture
BETWEEN: Final = 0.05  # of the long side: no farther from the sky are branches before it
LEFT: Final = 20.0  # Lab units from the sky's colour, within which what was not found as sky is rather left of it
DARKEST: Final = 0.09  # median luminance below which it is evening already
SUN_AND_SHADE: Final = 6.0
BRIGHT_DOOR: Final = 65.0  # lightness of a garage door, or of steps taken for one, that would shine
RIM: Final = 0.008  # of the long side: by so much of the edge of roofs and leaves the old sky shows
LIKE_SKY: Final = (0.2, 0.4)  # differences, as shares of the old sky's light, of what is sky for sure and surely not
LAMP: Final = np.array([1.0, 0.66, 0.30], np.float32)
BLUE: Final = np.array([0.70, 0.80, 1.22], np.float32)
DIM: Final = (0.16, 0.3)  # shares of the day's light: when it is nearly night, and when the lamps go on
LIT: Final = 1.2  # how much brighter than the wall round it a window must be to seem lit
BESIDE: Final = (0.007, 0.016)  # of the long side: the wall round a window begins beyond its frame
EVEN: Final = 0.45  # how far sun and shade are evened out: at dusk there is no sun


@dataclass(frozen=True)
class Evening:
    """What dusk needs at any size, found on the working copy (h, w)."""

    sky: Matte
    openings: Matte
    new_sky: Floats
    old_sky: Floats
    rim: Floats
    evening_out: Floats
    spill: Floats
    dim: float

    @classmethod
    def of(cls, front: Front, seed: int) -> Evening:
        """Raises UnusablePhoto where the photo shows too little sky or no windows, or is dark already."""
        copy = front.patches.copy
        light = luminance(linear(copy))
        if front.sky.share < LEAST_SKY:
            raise _unsuitable("too little sky is seen")
        if _torn(front) or not front.sky.whole:
            raise _unsuitable("branches before the sky would keep the light of day between them")
        if float(np.median(light)) < DARKEST:
            raise _unsuitable("it is dark already")
        if _sunlit(front, light):
            raise _unsuitable("sun and shade part the lawn too sharply; take it under a bright overcast sky")
        doors = front.doors & ~front.ground
        if (doors & (front.light > BRIGHT_DOOR)).any():
            raise _unsuitable("a large bright garage door, which stays as it is, would shine in the dark")
        panes = facade.windows(front)
        if panes.mean() < LEAST_PANES:
            raise _unsuitable("no windows could be made out that would be lit")
        size = max(copy.shape[:2])
        around = np.maximum(cv2.GaussianBlur(light, (0, 0), size * 0.012), 0.01)
        even = np.clip((around / np.median(around[~front.sky.rough])) ** -EVEN, 0.45, 1.8)
        dim = _dimmed(light * even, panes)
        if dim < DIM[0]:
            raise _unsuitable("its windows, which stay as they are, are too dark beside its walls to seem lit")
        glow = panes.astype(np.float32)
        spill = sum(w * cv2.GaussianBlur(glow, (0, 0), size * s) for s, w in ((0.006, 0.35), (0.02, 0.5), (0.05, 0.6)))
        height, width = copy.shape[:2]
        return cls(
            sky=sky.matte(front.sky, front.patches),
            openings=Matte.of(
                (panes | doors[front.patches.patch]).astype(np.float32), copy, radius=2, epsilon=1e-3, reach=1
            ),
            new_sky=sky.evening(height, width, front.sky.horizon, seed),
            old_sky=front.sky.colour,
            rim=dilated(front.sky.rough, round(size * RIM)).astype(np.float32),
            evening_out=even.astype(np.float32),
            spill=np.asarray(spill, np.float32),
            dim=min(dim, DIM[1]),
        )

    def kept(self, photo: Bytes, top: int, bottom: int) -> Floats:
        """How much of each pixel in rows `top`..`bottom` is window or door, 0..1: these stay as the photo has them."""
        return self.openings.rows(photo, top, bottom)

    def rows(self, photo: Bytes, light: Floats, top: int, bottom: int) -> Floats:
        """Rows `top`..`bottom` of the evening, linear light; `light` is the day's, repainted where that was asked."""
        height, width = photo.shape[:2]
        even, spill, new, old, rim = (
            band(f, width, height, top, bottom, kernel=cv2.INTER_LINEAR)
            for f in (self.evening_out, self.spill, self.new_sky, self.old_sky, self.rim)
        )
        above = self.sky.rows(photo, top, bottom)
        # Round leaves and roofs what has the very colour of the old sky is a rim of it.
        unlike = np.abs(light - old).max(-1) / np.maximum(old.max(-1), 0.02)
        like = np.clip((LIKE_SKY[1] - unlike) / (LIKE_SKY[1] - LIKE_SKY[0]), 0, 1) * (rim > 0.5)
        above = np.maximum(above, like)[..., None]
        own = np.clip(light - above * old, 0, None) * np.clip((1 - above) / 0.12, 0, 1)
        own = np.minimum(own, light)
        grey = luminance(own)[..., None]
        calm = own * 0.9 + grey * 0.1
        night = calm * even[..., None] * (self.dim * BLUE) + np.array([0.0012, 0.0018, 0.004], np.float32)
        lit = night + calm * spill[..., None] * LAMP * 0.9 + spill[..., None] * LAMP * 0.012
        return shoulder((lit * (1 - above) + np.zeros_like(lit) + above * new * 0.8).astype(np.float32), 0.75)


def _dimmed(light: Floats, panes: Mask) -> float:
    """How far the day's `light` (h, w) must go down for the `panes` (h, w) to seem lit, as a share of it."""
    size = max(light.shape)
    frame, wall = (dilated(panes, round(size * share)) for share in BESIDE)
    around = wall & ~frame
    if not around.any():
        return DIM[1]
    return float(np.median(light[panes]) / (LIT * max(float(np.median(light[around])), 1e-4)))


def _torn(front: Front) -> bool:
    """Whether much of the sky is seen in scraps between branches, or was left between them."""
    sky, lab = front.sky, front.patches.lab
    _, _, stats, _ = cv2.connectedComponentsWithStats(sky.rough.astype(np.uint8), connectivity=8)
    pieces = stats[1:, cv2.CC_STAT_AREA]
    scraps = float(pieces[pieces < SCRAP * sky.rough.size].sum())
    above = np.arange(len(lab))[:, None] < sky.horizon * len(lab)
    near = np.linalg.norm((lab - sky.lab) * np.array([0.8, 1.2, 1.2], np.float32), axis=-1) < LEFT
    beside = dilated(sky.rough, round(max(near.shape) * BETWEEN)) & ~dilated(sky.rough, 3)
    left = float((near & above & beside).sum())
    return max(scraps, left) > MOST_SCRAPS * float(sky.rough.sum())


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

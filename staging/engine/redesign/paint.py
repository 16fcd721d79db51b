"""New paint in the old light: what a wall's colour is multiplied with so that it looks painted anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import band, dilated
from staging.engine.composite.tone import LUMINANCE, encode, luminance, shoulder
from staging.engine.composite.tone import linear as photo_light
from staging.engine.furniture.colours import linear
from staging.engine.redesign.matting import Floats, Mask
from staging.engine.redesign.regions import WALL_LABELS, Regions
from staging.engine.scene.faces import CEILING, LEFT

CEILING_ALBEDO: Final = 0.84
LIGHT_WALL: Final = 0.76  # albedo that a light neutral wall is taken to have
OTHER_PAINT: Final = 9.0  # Lab units of hue by which two walls of one room are painted differently
CEILING_SAYS: Final = 0.75  # of the ceiling's hue that is the light's: the rest is thrown on it by floor and walls
COLOURFUL: Final = 10.0  # Lab units of a and b between walls and a ceiling in different light, or in different paint
LIGHTEST_FLOOR: Final = 0.6  # albedo of the lightest boards, carpets and tiles
MOST: Final = 5.0  # a dark wall is not lifted more: its noise would show


@dataclass(frozen=True)
class Light:
    """How bright a white surface is in this photo (`level`, linear), and the colour of the light, (3,), luminance 1."""

    level: float
    colour: Floats


def measured(regions: Regions, paint: Mask, floor: Mask) -> Light:
    """The light in a room from its ceiling, its bare walls (`paint`, h, w) and its `floor` (h, w).

    Lamps and windows throw little light at a ceiling: where no wall tells more, a floor shows that more falls on it.
    """
    light = photo_light(regions.copy)
    above = (regions.faces.labels == CEILING) & (regions.lab[..., 0] < 99)
    ceiling = np.median(light[above], 0) if above.mean() > 0.02 else None
    wall = np.median(light[paint], 0) if paint.any() else None
    known = ceiling if ceiling is not None else wall
    if known is None:
        return Light(0.75, np.ones(3, np.float32))
    colour = known / max(float(luminance(known)), 1e-3)
    colour = np.clip(1 + CEILING_SAYS * (1 - _other_hue(regions)) * (colour - 1), 0.8, 1.2)
    level = float(luminance(known)) / CEILING_ALBEDO
    if wall is not None:
        bright = float(luminance(wall))
        albedo = np.clip(bright / max(level, 1e-3), 0.12, 0.82)
        if albedo > 0.5 and _chroma(wall) < 9:
            albedo = LIGHT_WALL
        level = bright / float(albedo)
    if wall is None and floor.any():
        level = max(level, float(np.median(luminance(light[floor]))) / LIGHTEST_FLOOR)
    level = float(np.clip(level, 0.25, 1.15))
    return Light(level, (colour / float(colour @ LUMINANCE)).astype(np.float32))


def _other_hue(regions: Regions) -> float:
    """The share, 0..1, of the walls that is of another hue than the ceiling: it has theirs then, or a lamp's alone."""
    hues = regions.lab[..., 1:][regions.faces.labels >= LEFT]
    if not len(hues):
        return 0.0
    return float((np.hypot(*(hues - regions.hue_of_light).T) > COLOURFUL).mean())


def _lab(light: Floats) -> Floats:
    return np.asarray(cv2.cvtColor(encode(light).reshape(1, 1, 3), cv2.COLOR_RGB2Lab), np.float32).reshape(3)


def _chroma(light: Floats) -> float:
    lab = _lab(light)
    return float(np.hypot(lab[1], lab[2]))


@dataclass(frozen=True)
class Tint:
    """What linear light is multiplied with, channel by channel (`factor`), and what its luminance is (`mono`).

    Both (h, w, 3); the new paint is their sum. A light wall keeps the hues of the light on it; a coloured one gives
    its luminance alone, or traces of the old colour would show.
    """

    factor: Floats
    mono: Floats

    def rows(self, light: Floats, height: int, top: int, bottom: int) -> Floats:
        """The repainted linear light of rows `top`..`bottom` of a photo `height` rows high."""
        width = light.shape[1]
        factor = band(self.factor, width, height, top, bottom, kernel=cv2.INTER_LINEAR)
        mono = band(self.mono, width, height, top, bottom, kernel=cv2.INTER_LINEAR)
        new = light * factor + luminance(light)[..., None] * mono
        return shoulder(new.astype(np.float32), 0.75)


def tint(regions: Regions, owner: NDArray[np.int8], colour: str, light: Light) -> Tint:
    """The tint that paints the walls in `colour` ("#rrggbb"); `owner` (h, w) is the wall of each pixel, or 0."""
    seen = photo_light(regions.copy)
    target = linear(colour).astype(np.float32) * light.level * light.colour
    # The median of two paints at once would be neither.
    largest = max(WALL_LABELS.values(), key=lambda label: int((owner == label).sum()))
    common = np.median(seen[owner == largest], 0)
    factor, mono = (np.broadcast_to(part, seen.shape).astype(np.float32).copy() for part in parts(target, common))
    for label in WALL_LABELS.values():
        here = owner == label
        if here.sum() < 200:
            continue
        own = np.median(seen[here], 0)
        one, other = _lab(own), _lab(common)
        if np.hypot(one[1] - other[1], one[2] - other[2]) > OTHER_PAINT or abs(one[0] - other[0]) > 30:
            # A margin more, for the soft edge of the paint.
            near = dilated(here, 6) & ((owner == label) | (owner == 0))
            factor[near], mono[near] = parts(target, own)
    return Tint(factor, mono)


def parts(target: Floats, old: Floats) -> tuple[Floats, Floats]:
    """The two parts of a tint, each (3,), that takes paint of `old` linear light to `target`."""
    bright = max(float(luminance(old)), 0.004)
    target = target * min(1.0, MOST * bright / float(luminance(target)))
    grey = float(np.clip((_chroma(old) - 8) / 8, 0, 1))
    factor, mono = (1 - grey) * target / np.maximum(old, 0.004), grey * target / bright
    return factor.astype(np.float32), mono.astype(np.float32)

"""How light falls on a floor, and a new covering in that light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from staging.engine.composite.fields import filled
from staging.engine.composite.tone import linear, luminance, shoulder
from staging.engine.redesign.matting import Floats, Mask
from staging.engine.redesign.paint import Light
from staging.engine.redesign.palettes import Flooring
from staging.engine.redesign.patterns import laid
from staging.engine.redesign.regions import Regions
from staging.engine.scene.room import Room

PER_METRE: Final = 64
FARTHEST: Final = 12.0  # metres that the light's map reaches
NEAREST: Final = 0.3
GRAIN: Final = 0.16  # metres: what is smaller is the old covering's pattern
SUN: Final = 0.45  # step of log light that is an edge of light and no pattern
DARK: Final = 0.34  # albedo under which a floor is dark
LEAST_MIRRORED: Final = 25  # percentile of the light on a floor where it shows its own albedo, and hardly windows
BROAD: Final = 0.7  # metres: light changes over more than that, stains and worn places over less
FAINT: Final = (0.12, 0.45)  # steps of log light that are a stain, and that are light for sure
STAIN: Final = 0.25  # of a stain's step that stays


@dataclass(frozen=True)
class Shade:
    """Light on the floor as a map from above, relative to its median: row 0 lies at `y0`, column 0 at `x0`, metres."""

    field: Floats
    x0: float
    y0: float

    def at(self, x: Floats, y: Floats) -> Floats:
        """The relative light at places of the floor, metres."""
        column, row = (x - self.x0) * PER_METRE - 0.5, (y - self.y0) * PER_METRE - 0.5
        return np.asarray(
            cv2.remap(
                self.field,
                column.astype(np.float32),
                row.astype(np.float32),
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )
        )


def shade(regions: Regions, floor: Mask) -> tuple[Shade, float]:
    """The light on the old floor without its pattern, and the floor's median luminance.

    Seen from above, a board is as broad at the camera's feet as at the far wall, so that one scale parts pattern and
    light. Edges of sunlight are stronger than those of boards and stay.
    """
    height, width = regions.patch.shape
    box = regions.room.box
    x0, x1 = max(box.x0, -FARTHEST / 2), min(box.x1, FARTHEST / 2)
    y0, y1 = NEAREST, min(box.y1, FARTHEST)
    columns, rows = max(8, round((x1 - x0) * PER_METRE)), max(8, round((y1 - y0) * PER_METRE))
    x, y = np.meshgrid(x0 + (np.arange(columns) + 0.5) / PER_METRE, y0 + (np.arange(rows) + 0.5) / PER_METRE)
    camera = regions.room.camera.resized(width, height)
    pixels, depth = camera.project(np.stack([x, y, np.zeros_like(x)], -1))
    at = np.where((depth > 0.1)[..., None], pixels, -10).astype(np.float32) - np.float32(0.5)
    sure = cv2.erode(floor.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(np.float32)
    light = np.log(np.maximum(luminance(linear(regions.copy)), 0.003)).astype(np.float32)
    middle = float(np.median(light[floor]))
    # Few pixels see the far floor, many the near one: a little blur before and the filters behind even that out.
    seen = cv2.remap(cv2.GaussianBlur(light, (0, 0), 1.0), at[..., 0], at[..., 1], cv2.INTER_LINEAR)
    known = cv2.remap(sure, at[..., 0], at[..., 1], cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT)
    relative = np.repeat((seen - middle)[..., None], 2, -1).astype(np.float32)
    whole = filled(relative, known.astype(np.float32))[..., 0]
    return Shade(np.exp(_smoothed(whole)).astype(np.float32), x0, y0), float(np.exp(middle))


def _smoothed(light: Floats) -> Floats:
    """Rolling guidance (Zhang et al. 2014): small things go, the edges of large ones come back."""
    sigma = GRAIN * PER_METRE
    guide = np.asarray(cv2.GaussianBlur(light, (0, 0), sigma), np.float32)
    for _ in range(3):
        guide = np.asarray(
            cv2.ximgproc.jointBilateralFilter(guide, light, int(2 * sigma) | 1, SUN / 2, sigma), np.float32
        )
    broad = np.asarray(cv2.GaussianBlur(guide, (0, 0), BROAD * PER_METRE), np.float32)
    rest = guide - broad
    # What is darker than the floor round it is a stain, a dark board or what the old floor mirrored, unless the sun
    # is close by: the shadow of a glazing bar.
    sun = (rest > FAINT[1]).astype(np.uint8)
    near = cv2.dilate(sun, np.ones((int(2 * BROAD * PER_METRE) | 1,) * 2, np.uint8)) > 0
    sure = np.clip((np.abs(rest) - FAINT[0]) / (FAINT[1] - FAINT[0]), 0, 1) * ((rest > 0) | near)
    guide = broad + rest * (STAIN + (1 - STAIN) * sure * sure * (3 - 2 * sure)).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(guide, (0, 0), 0.03 * PER_METRE), np.float32)


@dataclass(frozen=True)
class Relaid:
    """A new floor, ready to be drawn at any size.

    `old` is the median luminance of the old one, linear, and `own` that of places which mirror little.
    """

    room: Room
    flooring: Flooring
    shade: Shade
    light: Light
    old: float
    own: float
    seed: int

    @classmethod
    def of(cls, regions: Regions, floor: Mask, flooring: Flooring, light: Light, seed: int) -> Relaid:
        """Read the light that lies on the old floor."""
        shading, old = shade(regions, floor)
        own = old * min(1.0, float(np.percentile(shading.field, LEAST_MIRRORED)))
        return cls(regions.room, flooring, shading, light, old, own, seed)

    def rows(self, width: int, height: int, top: int, bottom: int) -> Floats:
        """Linear light (bottom - top, width, 3) of the new floor in those rows of a `width` x `height` picture."""
        camera = self.room.camera.resized(width, height)
        u, v = np.meshgrid(np.arange(width) + 0.5, np.arange(top, bottom + 1) + 0.5)
        rays = camera.rays(np.stack([u, v], -1))
        down = np.minimum(rays[..., 2], -1e-3)
        t = np.minimum(camera.height / -down, 60.0)
        x, y = (rays[..., 0] * t).astype(np.float32), (rays[..., 1] * t).astype(np.float32)
        spread = (
            np.maximum(np.abs(np.gradient(x, axis=1)), np.abs(np.gradient(x, axis=0)))[:-1],
            np.maximum(np.abs(np.gradient(y, axis=1)), np.abs(np.gradient(y, axis=0)))[:-1],
        )
        x, y = x[:-1], y[:-1]
        covering = laid(x - np.float32(self.room.box.x0), y, spread, self.flooring, self.seed)
        ratio = self.shade.at(x, y)
        # What a dark floor shows is mostly reflection, which adds to any covering instead of multiplying it.
        gloss = float(np.clip(1 - self.own / self.light.level / DARK, 0, 0.85))
        mirrored = gloss * 0.45 * self.old * np.maximum(ratio - 1, 0)
        lit = covering * (self.light.level * ratio ** (1 - gloss))[..., None] + mirrored[..., None]
        return shoulder((lit * self.light.colour).astype(np.float32), 0.7)

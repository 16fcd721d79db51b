"""The floor of a room's photo: where it is, how light falls on it, and a new covering in that light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from staging.engine.composite.fields import dilated, filled
from staging.engine.composite.tone import linear, luminance, shoulder
from staging.engine.redesign.matting import Floats, Mask
from staging.engine.redesign.paint import Light
from staging.engine.redesign.palettes import Flooring
from staging.engine.redesign.patterns import laid
from staging.engine.redesign.regions import Regions
from staging.engine.scene.faces import FLOOR
from staging.engine.scene.room import Room

PER_METRE: Final = 64
FARTHEST: Final = 12.0  # metres that the light's map reaches
NEAREST: Final = 0.3
GRAIN: Final = 0.16  # metres: what is smaller is the old covering's pattern
SUN: Final = 0.45  # step of log light that is an edge of light and no pattern
MOST_OBJECTS: Final = 8
DARK: Final = 0.22  # albedo under which a floor is dark
REACH: Final = 0.012  # of the long side: how far past the box's line the floor may go
SAME: Final = 5.0  # Lab units between the two sides of a border that is none
MOST_OPEN: Final = 0.3


def find(regions: Regions, painted: Mask) -> Mask:
    """Where the floor is, (h, w): patches that lie mostly on it, without vents and what else is let into it.

    Nothing where the border of what was found runs across open floor, because then the box ends before the room does,
    nor where many things lie on it.
    """
    on_floor = regions.mean(regions.faces.labels == FLOOR) > 0.5
    reach = max(3, round(max(painted.shape) * REACH))
    whole = on_floor[regions.patch] & ~painted & dilated(regions.faces.labels == FLOOR, reach)
    if _open_end(regions, whole) > MOST_OPEN:
        return np.zeros_like(whole)
    rough = whole.copy()
    objects = _let_in(regions, on_floor)
    if len(objects) > MOST_OBJECTS:
        return np.zeros_like(whole)
    for number in objects:
        rough &= regions.patch != number
    _, labels, stats, _ = cv2.connectedComponentsWithStats(rough.astype(np.uint8), connectivity=4)
    large = stats[:, cv2.CC_STAT_AREA] > 0.02 * max(1, int(rough.sum()))
    large[0] = False
    return np.asarray(large[labels])


def _open_end(regions: Regions, floor: Mask) -> float:
    """The share, 0..1, of the floor's border inside the picture across which nothing changes."""
    inner = cv2.erode(floor.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1) > 0
    border = floor & ~inner
    if border.sum() < 30:
        return 0.0
    # The means some way inside and outside: the pattern of the floor itself is no border.
    size = max(7, round(max(floor.shape) * 0.012)) | 1
    within, beyond = floor.astype(np.float32), (~floor).astype(np.float32)
    one, other = (
        cv2.blur(regions.lab * side[..., None], (size, size))
        / np.maximum(cv2.blur(side, (size, size)), 1e-3)[..., None]
        for side in (within, beyond)
    )
    return float((np.linalg.norm((one - other)[border], axis=-1) < SAME).mean())


def _let_in(regions: Regions, on_floor: Mask) -> list[int]:
    """Patches that are vents or boxes: small, compact, and clearly unlike the floor round them."""
    within = on_floor[regions.patch]
    typical = regions.lab[within]
    if len(typical) < 500:
        return []
    spread = np.maximum(typical.std(0), [5, 3, 3]) * 2
    size = regions.patch.size
    found = []
    for number in np.flatnonzero(on_floor & (regions.area > 0.0002 * size) & (regions.area < 0.012 * size)):
        where = regions.patch == number
        ys, xs = np.nonzero(where)
        _, sides, _ = cv2.minAreaRect(np.stack([xs, ys], -1).astype(np.float32))
        ring = cv2.dilate(where.astype(np.uint8), np.ones((25, 25), np.uint8)).astype(bool) & ~where & within
        if len(xs) < 0.55 * (sides[0] + 1) * (sides[1] + 1) or ring.sum() < 100:
            continue
        shift = np.median(regions.lab[where], 0) - np.median(regions.lab[ring], 0)
        if abs(shift[0]) > max(16, spread[0]) or (np.abs(shift[1:]) > np.maximum(12, spread[1:])).any():
            found.append(int(number))
    return found


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
    return np.asarray(cv2.GaussianBlur(guide, (0, 0), 0.03 * PER_METRE), np.float32)


@dataclass(frozen=True)
class Relaid:
    """A new floor, ready to be drawn at any size. `old` is the median luminance of the old one, linear."""

    room: Room
    flooring: Flooring
    shade: Shade
    light: Light
    old: float
    seed: int

    @classmethod
    def of(cls, regions: Regions, floor: Mask, flooring: Flooring, light: Light, seed: int) -> Relaid:
        """Read the light that lies on the old floor."""
        shading, old = shade(regions, floor)
        return cls(regions.room, flooring, shading, light, old, seed)

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
        gloss = float(np.clip(1 - self.old / self.light.level / DARK, 0, 0.85))
        mirrored = gloss * 0.45 * self.old * np.maximum(ratio - 1, 0)
        lit = covering * (self.light.level * ratio ** (1 - gloss))[..., None] + mirrored[..., None]
        return shoulder((lit * self.light.colour).astype(np.float32), 0.7)

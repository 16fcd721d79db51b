"""The floor of a room's photo: where it is, how light falls on it, and a new covering in that light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from staging.engine.composite.fields import dilated, filled
from staging.engine.composite.tone import linear, luminance, shoulder
from staging.engine.redesign.matting import Bytes, Floats, Mask
from staging.engine.redesign.paint import Light
from staging.engine.redesign.palettes import Flooring
from staging.engine.redesign.patterns import laid
from staging.engine.redesign.regions import Regions
from staging.engine.redesign.walls import unsupported
from staging.engine.scene.faces import FLOOR
from staging.engine.scene.room import Room

PER_METRE: Final = 64
FARTHEST: Final = 12.0  # metres that the light's map reaches
NEAREST: Final = 0.3
GRAIN: Final = 0.16  # metres: what is smaller is the old covering's pattern
SUN: Final = 0.45  # step of log light that is an edge of light and no pattern
DARK: Final = 0.22  # albedo under which a floor is dark
JOIN: Final = 4.5  # Lab units of a step that parts no floor
HUE: Final = 7.0  # Lab units of a and b by which the floor may differ from itself close by
SHADE: Final = (-12.0, 8.0)  # the same of lightness
SUN_HUE: Final = 12.0
ENCLOSED: Final = 0.8  # share of a sun patch's border that is floor
FEWEST: Final = 500  # pixels
SMALLEST_THING: Final = 0.0002  # of the picture
MOST_THINGS: Final = 0.1  # of the floor
FLUSH: Final = 6.0  # Lab units of a step that parts no floor from its going on in the next room
OTHER_LIGHT: Final = (-25.0, 18.0)  # lightness by which it may go on there in other light
SAME_BOARD: Final = 7.0  # Lab units by which boards of one colour differ
OFTEN: Final = 0.02  # share of the floor that has a colour which is its own
PLAIN: Final = 9.0  # spread of lightness beyond which something has marks
GRATE: Final = 0.005  # of the picture: what is larger is no grate
HARD: Final = 12.0  # Lab units of the step round a thing that is let into the floor
GREYER: Final = 4.0
CHROMATIC: Final = 18.0  # Lab chroma of a floor that skirtings and walls do not share
OWN_CHROMA: Final = 0.6  # of it
OWN_HUE: Final = 0.3
OWN_SHADE: Final = (-18.0, 25.0)
VIVID: Final = 35.0
NEAR_BY: Final = 12  # pixels
HOLE: Final = 0.001  # of the picture: a hole with nothing in it
MOST_LOOSE: Final = 0.2  # share of the floor's border that may lie on no edge
SAME: Final = 5.0  # Lab units between the two sides of a border that is none
MOST_OPEN: Final = 0.15
BROAD: Final = 0.7  # metres: light changes over more than that, stains and worn places over less
FAINT: Final = (0.12, 0.45)  # steps of log light that are a stain, and that are light for sure


@dataclass(frozen=True)
class Ground:
    """What is surely `floor`, where it goes on `beyond` the box, through doors and into other rooms, what `ends` it
    there, what is `like` it by its colour, and the `things` that lie on it or are let into it, each (h, w).
    """

    floor: Mask
    beyond: Mask
    ends: Mask
    like: Mask
    things: Mask


def sure(regions: Regions, paint: Mask) -> Ground:
    """The sure parts of a room's floor; `paint` (h, w) is surely wall.

    It is the largest group of patches that no edge parts, with others of its colour; sun on it is enclosed.
    """
    face = regions.faces.labels == FLOOR
    on_floor = regions.mean(face)
    chosen = on_floor > 0.6
    groups = regions.joined(chosen, JOIN)
    weight = np.bincount(groups, regions.area * chosen * on_floor, regions.count)
    good = (groups == weight.argmax()) & chosen
    for _ in range(3):
        known = good[regions.patch] & face
        if known.sum() < FEWEST:
            return Ground(*(np.zeros_like(face) for _ in range(5)))
        spread = filled(np.where(known[..., None], regions.lab, 0).astype(np.float32), known.astype(np.float32))
        step = regions.lab - np.asarray(cv2.GaussianBlur(spread, (0, 0), 15), np.float32)
        hue, shade = np.hypot(regions.mean(step[..., 1]), regions.mean(step[..., 2])), regions.mean(step[..., 0])
        near, whole = regions.borders.touching(good, regions.count, np.inf)
        alike = (hue < HUE) & (shade > SHADE[0]) & (shade < SHADE[1])
        lit = (hue < SUN_HUE) & (shade >= SHADE[1]) & (near > ENCLOSED * whole) & ~_set_in(regions, spread)
        more = chosen & ~good & (alike | lit)
        if not more.any():
            break
        good = good | more
    good = _lit_up(regions, good, chosen, face, step)
    other = chosen & ~good & (regions.area > SMALLEST_THING * face.size)
    things = (other[regions.patch] & face).astype(np.uint8)
    # The joints of a floor are narrow, things are not.
    things = np.asarray(cv2.morphologyEx(things, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)), np.uint8)
    floor = good[regions.patch] & face
    own = _own_colours(regions, floor, things)
    further, unlike = _further(regions, good, chosen, paint)
    ends = ~(good | further)[regions.patch] & ~face & ~paint & unlike
    return Ground(floor | own, further[regions.patch] & ~face, ends, ~unlike & ~paint, (things > 0) & ~own)


def _set_in(regions: Regions, floor: Floats) -> Mask:
    """Small patches (n,) with hard edges that are greyer than the `floor` (h, w, 3) Lab there: grates and sockets."""
    borders = regions.borders
    length = np.bincount(borders.one, borders.length, regions.count)
    length += np.bincount(borders.other, borders.length, regions.count)
    step = np.bincount(borders.one, borders.length * borders.step, regions.count)
    step += np.bincount(borders.other, borders.length * borders.step, regions.count)
    hard = step > HARD * np.maximum(length, 1)
    own, round_it = (np.hypot(lab[..., 1], lab[..., 2]).astype(np.float32) for lab in (regions.lab, floor))
    greyer = regions.mean(round_it - own) > GREYER
    return (regions.area < GRATE * regions.patch.size) & hard & greyer


def _own_colours(regions: Regions, floor: Mask, things: Bytes) -> Mask:
    """Those of the `things` that have a colour which the floor has elsewhere too, and no marks: odd boards."""
    colours = regions.lab[floor]
    colours = colours[:: max(1, len(colours) // 3000)]
    count, parts = cv2.connectedComponents(things, connectivity=4)
    own = np.zeros_like(floor)
    for part in range(1, count):
        here = parts == part
        inside = regions.lab[here]
        near = np.linalg.norm(colours - np.median(inside, 0), axis=-1) < SAME_BOARD
        if near.mean() > OFTEN and float(inside[:, 0].std()) < PLAIN:
            own |= here
    return own


def _further(regions: Regions, good: Mask, chosen: Mask, paint: Mask) -> tuple[Mask, Mask]:
    """Patches (n,) out of the box in which the floor goes on: below the horizon, of its colour, with no edge between;
    and the pixels (h, w) that are unlike the floor next to them.
    """
    height, width = regions.patch.shape
    camera = regions.room.camera.resized(width, height)
    u, v = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    low = regions.mean(camera.rays(np.stack([u, v], -1))[..., 2] < -0.02) > 0.9
    open_to = low & ~chosen & (regions.mean(paint) < 0.3)
    further = np.zeros_like(good)
    for _ in range(6):
        known = (good | further)[regions.patch]
        spread = filled(np.where(known[..., None], regions.lab, 0).astype(np.float32), known.astype(np.float32))
        step = regions.lab - np.asarray(cv2.GaussianBlur(spread, (0, 0), 9), np.float32)
        hue, shade = np.hypot(regions.mean(step[..., 1]), regions.mean(step[..., 2])), regions.mean(step[..., 0])
        soft, whole = regions.borders.touching(good | further, regions.count, FLUSH)
        alike = (hue < HUE) & (shade > SHADE[0]) & (shade < SHADE[1])
        seamless, _ = regions.borders.touching(good | further, regions.count, JOIN)
        other_light = (hue < HUE) & (shade > OTHER_LIGHT[0]) & (shade < OTHER_LIGHT[1])
        more = open_to & ~further & ((alike & (soft > 0.15 * whole)) | (other_light & (seamless > 0.3 * whole)))
        if not more.any():
            break
        further = further | more
    unlike = np.asarray(cv2.GaussianBlur(step, (0, 0), 1.5))
    hues, shades = np.hypot(unlike[..., 1], unlike[..., 2]), unlike[..., 0]
    return further, (hues > HUE) | (shades < OTHER_LIGHT[0]) | (shades > SHADE[1])


def _lit_up(regions: Regions, good: Mask, chosen: Mask, face: Mask, step: Floats) -> Mask:
    """The `good` patches (n,) and those in lighter spots that the floor encloses: sun, and windows mirrored in it."""
    rest = face & ~good[regions.patch]
    count, spots = cv2.connectedComponents(rest.astype(np.uint8), connectivity=4)
    for spot in range(1, count):
        here = spots == spot
        if here.sum() < 200 or np.median(step[..., 0][here]) < SHADE[1]:
            continue
        ring = dilated(here, 3) & ~here
        hue = float(np.hypot(np.median(step[..., 1][here]), np.median(step[..., 2][here])))
        if here.sum() < GRATE * here.size and float(regions.lab[..., 0][here].std()) > PLAIN:
            continue  # a grate, a vent
        if hue < SUN_HUE and good[regions.patch[ring]].mean() > ENCLOSED:
            good = good | (chosen & (np.bincount(regions.patch[here], minlength=regions.count) > 0.5 * regions.area))
    return good


def settled(regions: Regions, flooded: Mask, ground: Ground, reach: int) -> Mask:
    """What of the `flooded` pixels (h, w) is laid anew, up to `reach` pixels past the box: the whole floor or nothing.

    Nothing where many things lie on it, nor where its border runs across open floor, because then the box ends before
    the room does.
    """
    face = regions.faces.labels == FLOOR
    floor = flooded & dilated(face | ground.beyond, reach)
    floor = floor | _remnants(regions, floor, ground)
    if not floor.any() or (ground.things & face).sum() > MOST_THINGS * face.sum():
        return np.zeros_like(floor)
    if unsupported(regions, floor) > MOST_LOOSE or _open_end(regions, floor) > MOST_OPEN:
        return np.zeros_like(floor)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(floor.astype(np.uint8), connectivity=4)
    large = stats[:, cv2.CC_STAT_AREA] > 0.02 * max(1, int(floor.sum()))
    large[0] = False
    return _unbroken(large[labels], ground.things)


def _remnants(regions: Regions, floor: Mask, ground: Ground) -> Mask:
    """What borders on a strongly coloured `floor` in its own hue, in the shadow of a wall's foot or a little odd."""
    if not floor.any():
        return floor
    own = np.median(regions.lab[floor], 0)
    chroma = float(np.hypot(*own[1:]))
    if chroma < CHROMATIC:
        return np.zeros_like(floor)
    a, b = regions.lab[..., 1], regions.lab[..., 2]
    along, across = (a * own[1] + b * own[2]) / chroma, np.abs(a * own[2] - b * own[1]) / chroma
    shade = regions.lab[..., 0] - own[0]
    # Orange boards in shadow are like no skirting, brown ones may be.
    darkest = OWN_SHADE[0] * (2 if chroma > VIVID else 1)
    same = (along > OWN_CHROMA * chroma) & (across < OWN_HUE * along) & (shade > darkest) & (shade < OWN_SHADE[1])
    near = dilated(floor, NEAR_BY) & (dilated(regions.faces.labels == FLOOR, NEAR_BY) | ground.beyond)
    same = cv2.morphologyEx((same & near).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0
    return np.asarray(same & ~dilated(ground.things, 2))


def _unbroken(floor: Mask, things: Mask) -> Mask:
    """The floor without the small holes in which nothing lies."""
    _, parts, stats, _ = cv2.connectedComponentsWithStats((~floor).astype(np.uint8), connectivity=4)
    small = stats[:, cv2.CC_STAT_AREA] < HOLE * floor.size
    small[0] = False
    if things.any():
        small[np.unique(parts[dilated(things, 2)])] = False
    return floor | np.asarray(small[parts])


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
    sure = np.clip((np.abs(rest) - FAINT[0]) / (FAINT[1] - FAINT[0]), 0, 1)
    guide = broad + rest * (0.35 + 0.65 * sure * sure * (3 - 2 * sure)).astype(np.float32)
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

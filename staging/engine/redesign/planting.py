"""Shrubs, grasses and flowers along the foot of a front, in the light that falls there.

Import only in a process in which a tracer's variant is active.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite import grain
from staging.engine.composite.fields import widest
from staging.engine.composite.ratio import faded
from staging.engine.composite.tone import ToneCurve, encode, linear, luminance, quantised
from staging.engine.furniture.catalogue import Built
from staging.engine.furniture.primitives import merged
from staging.engine.furniture.shrubs import shrub
from staging.engine.furniture.workshop import Workshop
from staging.engine.light.rig import LightRig, rgb
from staging.engine.light.sky import GRASS
from staging.engine.redesign import beds
from staging.engine.redesign.beds import EYE, FOCAL, Foot
from staging.engine.redesign.front import Front
from staging.engine.redesign.matting import Bytes, Floats, Mask, working_copy
from staging.engine.redesign.rows import FEWEST, MOST, Plant, row
from staging.engine.scene.arrangement import Piece
from staging.engine.scene.material import Material
from staging.engine.scene.mesh import Mesh
from staging.engine.scene.room import Box, Camera, Room
from staging.engine.trace.planted import Bed, Planted, Wall, extent

SAMPLES: Final = 32
SHADE: Final = 0.5  # metres round the plants that they may darken
FADE: Final = (0.03, 0.09)  # changes of the light that are dropped, and those that are made in full
EDGE: Final = 0.6  # pixels over which a lens softens edges
NEAR: Final = 0.35  # metres before the foot at which the light on the ground is read
WALL_ALBEDO: Final = 0.8  # no paint reflects more
WALL_FACES: Final = 0.75  # of the light on level ground that an upright wall gets at best
IN_SUN: Final = 0.7  # of the lawn's usual brightness, under which a foot lies in the shade
SUN: Final = 0.5  # of the light, on a clear day
SUN_FROM: Final = (35.0, 50.0)  # degrees beside the camera's back and up: shadows fall behind the plants
OVERHEAD: Final = 6.0  # metres of the wall that are built
BEYOND: Final = 20.0  # metres by which it goes on to either side
FREE: Final = 0.9  # of what a plant would cover that must be wall and ground


@dataclass(frozen=True)
class Grown:
    """The `picture` (H, W, 3) with plants, where it is another (`mask`, H, W, 0 or 255), and the plants by species."""

    picture: Bytes
    mask: Bytes
    species: dict[str, int]


def plant(picture: Bytes, front: Front, lawn: Mask, style: str, seed: int) -> Grown | None:
    """Plant the foot of a front, found in the photo (`front`, `lawn` on its working copy), in the `picture` (H, W, 3)
    made of it; None where no foot is surely free.
    """
    made, mask, counts = picture, np.zeros(picture.shape[:2], np.uint8), Counter[str]()
    for number, foot in enumerate(beds.find(front, lawn)):
        bed = _Row.of(foot, working_copy(picture), front, lawn)
        rng = np.random.default_rng([seed, number])
        sill = float(np.min(foot.rows) - foot.sill) / foot.metre
        plants = bed.free(row(bed.length, sill, style, rng))[: MOST - sum(counts.values())]
        if len(plants) >= FEWEST:
            made = bed.planted(made, mask, plants, style, seed)
            counts.update(p.species for p in plants)
    return Grown(made, mask, dict(counts)) if counts else None


@dataclass(frozen=True)
class _Row:
    """A foot as the camera sees it: from `start` (2,) along a unit vector (2,), the wall behind it; `light` on it."""

    foot: Foot
    room: Room
    start: NDArray[np.float64]
    along: NDArray[np.float64]
    length: float
    light: LightRig

    @classmethod
    def of(cls, foot: Foot, copy: Bytes, front: Front, lawn: Mask) -> _Row:
        """Read from the working copy (h, w, 3) of the picture."""
        height, width = copy.shape[:2]
        middle = float(foot.rows[len(foot.rows) // 2])
        focal = FOCAL * max(height, width)
        level = ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.0, 1.0, 0.0))
        eye = Camera(width, height, focal, width / 2, middle - EYE * foot.metre, EYE, level)
        ends = [(foot.columns[i] + 0.5, foot.rows[i]) for i in (0, -1)]
        start, end = ((eye.rays(np.array(e)) * (EYE / -eye.rays(np.array(e))[2]))[:2] for e in ends)
        length = float(np.linalg.norm(end - start))
        far = float(max(start[1], end[1])) + 2
        across = sorted([float(start[0]), float(end[0])])
        box = Box(min(across[0], -1.0), max(across[1], 1.0), -1.0, far, OVERHEAD)
        ring = ((box.x0, 1.0), (box.x1, 1.0), (box.x1, far), (box.x0, far))
        room = Room(
            camera=eye, box=box, visible={}, floor_polygon=ring, confidence={}, status="check",
            scale_source="window", open_air=True,
        )  # fmt: skip
        along = (end - start) / max(length, 1e-6)
        return cls(foot, room, start, along, length, _light(foot, copy, front, lawn, along))

    @property
    def distance(self) -> float:
        """Metres from the camera to the wall."""
        return float(abs(self.start @ np.array([self.along[1], -self.along[0]])))

    def free(self, plants: list[Plant]) -> list[Plant]:
        """Those that would hide nothing but wall and ground."""
        height, width = self.foot.clear.shape
        kept = []
        for one in plants:
            at = self._place(one)
            side = np.array([*self.along, 0.0]) * one.width / 2
            up = np.array([0.0, 0.0, one.height])
            corners = [at - side, at + side, at + side + up, at - side + up]
            pixels, _ = self.room.camera.project(np.array(corners))
            seen = np.zeros((height, width), np.uint8)
            cv2.fillConvexPoly(seen, np.round(pixels).astype(np.int32), 1)
            if seen.any() and self.foot.clear[seen > 0].mean() > FREE:
                kept.append(one)
        return kept

    def _place(self, one: Plant) -> NDArray[np.float64]:
        """The middle of a plant on the ground (3,): before its place on the foot as the camera sees it."""
        at = self.start + self.along * one.along
        return np.array([*(at * (1 - one.off / self.distance)), 0.0])

    def planted(self, picture: Bytes, mask: Bytes, plants: list[Plant], style: str, seed: int) -> Bytes:
        """The picture (H, W, 3) with these plants; where it is changed `mask` (H, W) becomes 255."""
        height, width = picture.shape[:2]
        built = _built([(one, self._place(one)) for one in plants], style)
        reach = round(SHADE * self.foot.metre * width / self.room.camera.width)
        tile = extent(self.room, built, (width, height), reach)
        ends = [np.array([*(self.start + self.along * t), 0.0]) for t in (-BEYOND, self.length + BEYOND)]
        bed = Bed(self.room, self.light, Wall(ends[0], ends[1], OVERHEAD), built)
        return _laid(picture, mask, bed.traced(tile, (width, height), SAMPLES, seed), seed)


def _built(plants: list[tuple[Plant, NDArray[np.float64]]], style: str) -> Built:
    meshes: list[Mesh] = []
    materials: dict[str, Material] = {}
    for one, at in plants:
        size = (one.width, one.width * 0.92, one.height)
        options = {"species": one.species, "bloom": one.bloom}
        shop = Workshop(Piece("shrub", "shrub", style, size, 0.0, 0.0, seed=one.seed, options=options))
        turn = one.seed % 360
        meshes += [mesh.turned(turn).moved(float(at[0]), float(at[1])) for mesh in shrub(shop)]
        materials |= shop.materials
    return Built(tuple(merged(meshes)), materials)


def _laid(picture: Bytes, mask: Bytes, seen: Planted, seed: int) -> Bytes:
    """The plants and their shade laid into the picture (H, W, 3)."""
    tile = seen.tile
    area = slice(tile.top, tile.bottom), slice(tile.left, tile.right)
    alpha: Floats = np.asarray(cv2.GaussianBlur(seen.alpha, (0, 0), EDGE), np.float32)
    alpha[alpha < 1 / 512] = 0
    share: Floats = alpha[..., None]
    # A leaf's colour, as the lens spreads it over the edge.
    spread = np.asarray(cv2.GaussianBlur(seen.light * seen.alpha[..., None], (0, 0), EDGE), np.float32)
    own: Floats = (spread / np.maximum(share, 1e-3)).astype(np.float32)
    ratio = faded(seen.ratio, *FADE)
    light = share * ToneCurve.of(picture).fitted(own) + (1 - share) * linear(picture[area]) * ratio
    noise = grain.field(tile.bottom - tile.top, tile.right - tile.left, grain.measured(picture), (seed, tile.top))
    made = quantised((encode(light) + share * noise[..., None]).astype(np.float32))
    changed = (alpha > 0) | (widest(np.abs(ratio - 1)) > 1e-5)
    result = picture.copy()
    result[area][changed] = made[changed]
    mask[area][changed] = 255
    return result


def _light(foot: Foot, copy: Bytes, front: Front, lawn: Mask, along: NDArray[np.float64]) -> LightRig:
    """The light at a foot: as bright as ground and wall say; from the sun where the sky is clear and no shade is."""
    light = linear(copy)
    rows = np.arange(len(lawn))[:, None]
    columns = slice(int(foot.columns[0]), int(foot.columns[-1]) + 1)
    under = (rows >= foot.lawn) & (rows < foot.lawn + NEAR * foot.metre) & lawn[:, columns]
    strip = (rows > foot.rows + 1) & (rows < np.maximum(foot.lawn, foot.rows + NEAR * foot.metre))
    over = (rows < foot.rows - 2) & (rows > foot.rows - foot.metre) & foot.clear[:, columns]
    grass, ground, wall = (_median(light[:, columns][where]) for where in (under, strip, over))
    usual = float(luminance(_median(light[lawn])))
    near = float(luminance(grass))
    # Grass in the shade is no lawn to the eye that found it: then the strip before the wall is that.
    shaded = float(luminance(ground)) < IN_SUN * near and _green(ground)
    level = (float(luminance(ground)) if shaded else near) / GRASS
    level = max(level, float(luminance(wall)) / (WALL_ALBEDO * WALL_FACES))
    clear_day = not front.sky.dull and front.sky.share > 0
    sun = SUN if clear_day and not shaded and near > IN_SUN * usual else 0.0
    az, el = np.radians(SUN_FROM)
    facing = np.array([along[1], -along[0]]) * np.cos(az) + along * np.sin(az)
    blue = np.array([0.95, 1.0, 1.10]) if sun or shaded else np.ones(3)
    groups = {"sky": rgb(blue * level * (1 - sun))}
    if sun:
        groups["sun"] = rgb(np.array([1.05, 1.0, 0.90]) * level * np.pi * sun / np.sin(el))
    return LightRig(
        groups=groups,
        wall=rgb(np.clip(wall / level / WALL_FACES, 0.03, 0.85)),
        ceiling=(0.5, 0.5, 0.5),
        floor=rgb(np.clip(ground / level, 0.02, 0.6)),
        neutral=(1.0, 1.0, 1.0),
        floor_gloss=0.0,
        error=0.0,
        preset=False,
        wall_radiance=level,
        sun=rgb([*(facing * np.cos(el)), np.sin(el)]) if sun else None,
    )


def _median(pixels: Floats) -> Floats:
    return np.asarray(np.median(pixels, 0) if len(pixels) else np.full(3, 0.2), np.float32)


def _green(light: Floats) -> bool:
    red, green, blue = (float(v) for v in light)
    return green > 1.05 * red and green > 1.1 * blue

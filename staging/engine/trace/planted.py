"""Plants before a wall: what they cover of a picture, how they look there, and the shade that they throw.

Import only in a process in which a variant is active.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import filled
from staging.engine.furniture.catalogue import Built
from staging.engine.light.rig import LightRig
from staging.engine.scene.room import Room
from staging.engine.trace import bsdf, kernels, open_air
from staging.engine.trace import scene as scenes
from staging.engine.trace.cover import Tile
from staging.engine.trace.denoise import denoise
from staging.engine.trace.passes import Image, Surface, View, affordable, first_surface, radiance, side_for

LARGEST: Final = 500_000  # pixels that are traced; a larger picture gets its light from a smaller trace
AUXILIARY: Final = 4  # samples of first surfaces
FIREFLY: Final = 30.0  # times the sky, beyond which a path is noise
COVERED: Final = 0.3  # of a pixel, from which on its light is known to be the plant's
_UNSEEN: Final = 0.02  # albedo under which light cannot be told from it


@dataclass(frozen=True)
class Wall:
    """An upright wall, matt and of one colour: from `start` (3,) to `end` (3,), metres on the ground, and so high."""

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    height: float


@dataclass(frozen=True)
class Planted:
    """A part of a picture with plants in it, (h, w[, c]): their share `alpha` 0..1 of each pixel, the linear `light`
    of what they take of it, and the `ratio` by which the light of all else is multiplied.
    """

    tile: Tile
    alpha: Image
    light: Image
    ratio: Image


@dataclass(frozen=True)
class Bed:
    """Plants in the open air: the camera is `room`'s, the colours of ground and wall are the `light`'s."""

    room: Room
    light: LightRig
    wall: Wall
    built: Built

    def traced(self, tile: Tile, size: tuple[int, int], samples: int, seed: int) -> Planted:
        """The `tile` of a picture of `size` (width, height) with the plants in it. Same arguments, same bytes."""
        kernels.keep_alike()
        height, width = tile.bottom - tile.top, tile.right - tile.left
        k = min(1.0, (LARGEST / max(height * width, 1)) ** 0.5)
        small_size = round(size[0] * k), round(size[1] * k)
        ky, kx = small_size[1] / size[1], small_size[0] / size[0]
        small = Tile(int(tile.top * ky), -int(-tile.bottom * ky // 1), int(tile.left * kx), -int(-tile.right * kx // 1))
        parts = scenes.parts(self.built)
        flat = scenes.Flat.furniture(parts, self.room.camera.position)
        around = scenes.Flat(self._shapes(flat=True), {}, {})
        lit = self._shapes(flat=False)
        before = self._radiance(lit, small, small_size, samples, seed)
        after = self._radiance({**lit, **scenes.furniture_shapes(parts, self.light)}, small, small_size, samples, seed)
        bare = self._surface(around.shapes, small, small_size, seed)
        seen = self._surface({**around.shapes, **flat.shapes}, small, small_size, seed)
        before, after = (denoise(one, s.albedo, s.normal) for one, s in ((before, bare), (after, seen)))
        covers = self._cover(flat, small, small_size), self._cover(flat, tile, size)
        return _assembled(tile, before, after, covers)

    def _shapes(self, *, flat: bool) -> scenes.Shapes:
        wall = self.wall
        face = {"type": "twosided", "bsdf": bsdf.diffuse(self.light.wall)}
        upright = scenes.rectangle(wall.start, wall.end - wall.start, [0, 0, wall.height], face)
        ground = open_air.ground(self.room, self.light) if flat else open_air.shapes(self.room, self.light)
        return {**ground, "front": upright}

    def _radiance(self, shapes: scenes.Shapes, tile: Tile, size: tuple[int, int], samples: int, seed: int) -> Image:
        count = affordable(samples)
        extent = tile.right - tile.left, tile.bottom - tile.top
        view = View.of(scenes.load(shapes), self.room.camera, size, tile, side=side_for(count, extent))
        brightest = FIREFLY * max(max(value) for value in self.light.groups.values())
        return radiance(view, count, seed=seed, brightest=brightest)

    def _surface(self, shapes: scenes.Shapes, tile: Tile, size: tuple[int, int], seed: int) -> Surface:
        # Without the same surfaces as lights the AOV integrator is used, on every variant.
        view = View.of(scenes.Loaded(scenes.load(shapes)), self.room.camera, size, tile, side=2)
        return first_surface(view, AUXILIARY, seed=seed, depths=False)

    def _cover(self, flat: scenes.Flat, tile: Tile, size: tuple[int, int]) -> Surface:
        extent = tile.right - tile.left, tile.bottom - tile.top
        side = 4 if extent[0] * extent[1] <= LARGEST else 2
        view = View.of(flat.loaded(normals=False), self.room.camera, size, tile, side=side, centred=True)
        return first_surface(view, side**2, seed=0, normals=False, depths=False)


def _assembled(tile: Tile, before: Image, after: Image, covers: tuple[Surface, Surface]) -> Planted:
    """From the traces without and with plants, and their outline at the traces' size and at the picture's."""
    coarse, fine = covers
    share = coarse.alpha[..., None]
    clear = (coarse.alpha < 1e-3).astype(np.float32)
    ratio = filled(np.clip(after / np.maximum(before, 1e-4), 0, 1).astype(np.float32), clear)
    # A pixel on the edge of a leaf shows what is behind it too.
    own = np.clip(after - (1 - share) * before * ratio, 0, None) / np.maximum(share, COVERED)
    albedo = coarse.albedo / np.maximum(share, 1e-3)
    shed = filled((own / np.maximum(albedo, _UNSEEN)).astype(np.float32), (coarse.alpha > COVERED).astype(np.float32))
    size = tile.right - tile.left, tile.bottom - tile.top

    def enlarged(field: Image) -> Image:
        same = field.shape[1::-1] == size
        return field if same else np.asarray(cv2.resize(field, size, interpolation=cv2.INTER_LINEAR), np.float32)

    full = fine.albedo / np.maximum(fine.alpha, 1e-3)[..., None]
    light = enlarged(shed) * np.maximum(full, _UNSEEN)
    return Planted(tile, fine.alpha, light.astype(np.float32), enlarged(ratio))


def extent(room: Room, built: Built, size: tuple[int, int], margin: int) -> Tile:
    """The part of a picture of `size` (width, height) with the plants in it and their shade, `margin` pixels round."""
    lens = room.camera.resized(*size)
    pixels: Any = np.concatenate([lens.project(mesh.vertices)[0] for mesh in built.meshes])
    (left, top), (right, bottom) = pixels.min(0) - margin, pixels.max(0) + margin
    return Tile(max(0, int(top)), min(size[1], int(bottom)), max(0, int(left)), min(size[0], int(right)))

"""Where the furniture covers the photo, at the photo's own size, by primary rays in tiles.

Import only in a process in which a variant is active.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import drjit as dr
import numpy as np
from numpy.typing import NDArray

from staging.engine.furniture.catalogue import Built
from staging.engine.scene.room import Camera
from staging.engine.trace import scene as scenes
from staging.engine.trace.passes import Image, Surface, View, first_surface, on_scalar

# Rays in flight at once: bounds memory at 12 and 30 megapixels.
TILE_RAYS: Final = 600_000
# Rays that outline one photo, about 30 CPU-seconds each way; beyond it pixels get fewer samples, down to one.
MOST_RAYS: Final = 36_000_000
SCALAR_RAYS: Final = 6_000_000
USUAL: Final = 10  # samples of a standard picture's outline
# Rows of the grid on which it is noted where furniture can be.
_BLOCK: Final = 32

# First column, and the column beyond the last, of each row of a picture, (H,) each.
Extents = tuple[NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True)
class Cover:
    """Where the furniture is: `alpha` (H, W) float32 0..1, `albedo` (H, W, 3) float16 linear, `depth` (H, W) metres.

    Albedo and depth are of the furniture alone (not mixed with what is behind it), and 0 where alpha is 0.
    Glass is left out: it shows what is behind it. Pages that no furniture touches are never written, so a big
    picture costs memory only where furniture stands.
    """

    alpha: Image
    albedo: NDArray[np.float16]
    depth: Image


@dataclass(frozen=True)
class Tile:
    """Rows top..bottom and columns left..right (beyond the last) of a picture."""

    top: int
    bottom: int
    left: int
    right: int


def outline(
    camera: Camera,
    furniture: tuple[Built, scenes.Flat],
    size: tuple[int, int],
    samples: int,
    tell: Callable[[float], None],
) -> Cover:
    """The cover of a picture of `size` (width, height); `tell(fraction)` is called after each tile.

    `furniture` is what was built, and its shapes as albedo alone.
    """
    built, flat = furniture
    width, height = size
    cover = Cover(
        np.zeros((height, width), np.float32),
        np.zeros((height, width, 3), np.float16),
        np.zeros((height, width), np.float32),
    )
    if not flat.shapes:
        return cover
    loaded = flat.loaded(normals=False)
    extents = _extents(camera, built, width, height)
    side = affordable_outline(samples, list(tiles(extents, TILE_RAYS)))
    todo = list(tiles(extents, TILE_RAYS // side**2))
    for index, tile in enumerate(todo):
        # Where rays fall by chance, the frame of a picture comes out as a dotted line.
        view = View.of(loaded, camera, (width, height), tile, side=side, centred=True)
        _write(first_surface(view, side**2, seed=index, normals=False), tile, cover)
        tell((index + 1) / len(todo))
    dr.flush_malloc_cache()
    return cover


def affordable_outline(samples: int, todo: list[Tile]) -> int:
    """How finely each pixel is divided, n x n: near the samples asked for, but a huge photo's outline must not cost
    more than its light.

    One ray in each part finds an edge as well as two or three times as many that fall anywhere in the pixel.
    """
    pixels = sum((tile.bottom - tile.top) * (tile.right - tile.left) for tile in todo)
    # A draft's outline may take its share of what a standard picture's takes.
    rays = round(SCALAR_RAYS * min(1.0, samples / USUAL)) if on_scalar() else MOST_RAYS
    widest = max((tile.right - tile.left for tile in todo), default=1)
    at_once = TILE_RAYS // (_BLOCK * widest)  # a tile is a block high at least
    return max(1, min(round(math.sqrt(samples)), math.isqrt(rays // max(pixels, 1)), math.isqrt(at_once)))


def tiles(extents: Extents, rays: int) -> Iterator[Tile]:
    """Tiles of at most `rays` pixels, if they need not be lower than a block, that hold all that is within the
    `extents`."""
    left, right = extents
    width = int(right.max(initial=0))
    rows = np.flatnonzero(right > left)
    if not len(rows):
        return
    top, last = int(rows[0]), int(rows[-1]) + 1
    while top < last:
        bottom, lo, hi = top, width, 0
        # Grow the band block by block while it stays small enough.
        while bottom < last:
            block = slice(bottom, min(bottom + _BLOCK, last))
            wider = min(lo, int(left[block].min())), max(hi, int(right[block].max()))
            if bottom > top and (block.stop - top) * (wider[1] - wider[0]) > rays:
                break
            (lo, hi), bottom = wider, block.stop
        if hi > lo:
            yield Tile(top, bottom, lo, hi)
        top = bottom


def _extents(camera: Camera, built: Built, width: int, height: int) -> Extents:
    """The columns that triangles can touch; in a row without any the first is `width`, the one beyond the last is 0."""
    left, right = np.full(height, width), np.zeros(height, np.int64)
    lens = camera.resized(width, height)
    for mesh in built.meshes:
        if not len(mesh.faces):
            continue
        pixels, depth = lens.project(mesh.vertices)
        if (depth < scenes.NEAR_CLIP).any():
            return np.zeros(height, np.int64), np.full(height, width)
        corners = pixels[mesh.faces]
        first = np.floor(corners.min(axis=1)).astype(np.int64) - 1
        last = np.ceil(corners.max(axis=1)).astype(np.int64) + 1
        # Of each triangle, note the columns in the blocks of rows that it touches.
        low, high = np.clip(first[:, 1], 0, height), np.clip(last[:, 1], 0, height)
        for block in range(0, height, _BLOCK):
            touched = (low < block + _BLOCK) & (high > block)
            if touched.any():
                rows = slice(block, block + _BLOCK)
                left[rows] = np.minimum(left[rows], np.clip(first[touched, 0].min(), 0, width))
                right[rows] = np.maximum(right[rows], np.clip(last[touched, 0].max(), 0, width))
    return left, right


def _write(seen: Surface, tile: Tile, cover: Cover) -> None:
    """Copy a tile into the full picture, undoing the mixing with emptiness at the furniture's edges."""
    area = slice(tile.top, tile.bottom), slice(tile.left, tile.right)
    hit = seen.alpha > 1e-4
    share = seen.alpha[hit]
    cover.alpha[area][hit] = share
    cover.albedo[area][hit] = np.clip(seen.albedo[hit] / share[:, None], 0, 1)
    cover.depth[area][hit] = seen.depth[hit] / share

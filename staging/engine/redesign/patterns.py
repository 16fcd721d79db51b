"""Floor coverings as functions of the place: planks, herringbone, chevron, screed, tiles, in metres."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.furniture.colours import linear
from staging.engine.furniture.noise import field
from staging.engine.furniture.textures import bitmap
from staging.engine.redesign.matting import Floats
from staging.engine.redesign.palettes import Flooring
from staging.engine.scene.material import Material

_JOINT: Final = 0.003  # metres: half the width of a joint
_FINE: Final = 2.4  # boards are sawn from younger wood than the veneers of furniture: their figure is finer
_LENGTHWISE: Final = 0.35  # of what a pixel covers along the grain: the figure changes that much more slowly there
_LEVELS: Final = 7


@dataclass(frozen=True)
class Pieces:
    """Where each pixel lies on its piece (a board, a tile): metres `along` and `across` it, and the piece's number.

    `length` and `width` are the piece's size, metres. All fields (h, w).
    """

    along: Floats
    across: Floats
    number: NDArray[np.int64]
    length: float
    width: float


def _planks(x: Floats, y: Floats, floor: Flooring) -> Pieces:
    """Boards along y with joints staggered by chance."""
    row = np.floor(x / floor.width).astype(np.int64)
    shift = _chance(row, 3) * floor.length
    at = np.floor((y + shift) / floor.length)
    along = (y + shift - at * floor.length).astype(np.float32)
    return Pieces(
        along, (x - row * floor.width).astype(np.float32), row * 1009 + at.astype(np.int64), floor.length, floor.width
    )


def _herringbone(x: Floats, y: Floats, floor: Flooring) -> Pieces:
    """Boards at right angles to each other, laid diagonally to the walls; the length is a multiple of the width."""
    n = max(2, round(floor.length / floor.width))
    s = np.sqrt(0.5)
    u, v = (x + y) * s / floor.width, (y - x) * s / floor.width
    i, j = np.floor(u), np.floor(v)
    place = np.mod(i - j, 2 * n)
    lying = place < n
    # A lying board begins `place` squares to the left; a standing one `2n - 1 - place` squares below.
    start_i, start_j = np.where(lying, i - place, i), np.where(lying, j, j - (2 * n - 1 - place))
    along = np.where(lying, u - start_i, v - start_j) * floor.width
    across = np.where(lying, v - j, u - i) * floor.width
    number = (start_i * 613 + start_j * 1187 + lying * 7).astype(np.int64)
    return Pieces(along.astype(np.float32), across.astype(np.float32), number, n * floor.width, floor.width)


def _chevron(x: Floats, y: Floats, floor: Flooring) -> Pieces:
    """Columns of slanting boards that meet in a straight line, 45 degrees."""
    span = floor.length * np.sqrt(0.5)
    column = np.floor(x / span)
    rise = np.where(np.mod(column, 2) == 0, x - column * span, (column + 1) * span - x)
    slanted = (y + rise) * np.sqrt(0.5)
    row = np.floor(slanted / floor.width)
    along = rise * np.sqrt(2)
    number = (column * 1613 + row).astype(np.int64)
    across = slanted - row * floor.width
    return Pieces(along.astype(np.float32), across.astype(np.float32), number, floor.length, floor.width)


def _tiles(x: Floats, y: Floats, floor: Flooring) -> Pieces:
    """Rectangles in rows, joints in line."""
    i, j = np.floor(x / floor.width), np.floor(y / floor.length)
    number = (i * 977 + j).astype(np.int64)
    return Pieces(y - j * floor.length, x - i * floor.width, number, floor.length, floor.width)


_LAID: Final[dict[str, Callable[[Floats, Floats, Flooring], Pieces]]] = {
    "planks": _planks,
    "herringbone": _herringbone,
    "chevron": _chevron,
    "screed": _tiles,
    "tiles": _tiles,
}


def _chance(number: NDArray[np.int64], salt: int) -> Floats:
    """A figure 0..1 for each whole number, the same each time."""
    mixed = (number.astype(np.int64) * 2654435761 + salt * 40503) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 15)) * 2246822519) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 13)) * 3266489917) & 0xFFFFFFFF
    return ((mixed ^ (mixed >> 16)) & 0xFFFF).astype(np.float32) / np.float32(65535)


def laid(x: Floats, y: Floats, spread: tuple[Floats, Floats], floor: Flooring, seed: int) -> Floats:
    """The covering's colour (h, w, 3), linear light as under light of 1, at places `x`, `y` (h, w) of the floor.

    `spread` is how many metres of the floor one pixel covers along x and y, each (h, w); what is finer than that is
    averaged away, or it would glitter.
    """
    footprint = np.sqrt(spread[0] * spread[1])
    pieces = _LAID[floor.pattern](x, y, floor)
    grain, size = _grain(floor)
    fine = 1.0 if floor.pattern in ("screed", "tiles") else _FINE
    per_metre = grain[0].shape[1] / size[0]
    column = (pieces.along + _chance(pieces.number, seed + 11) * size[0]) * per_metre
    row = (fine * pieces.across + _chance(pieces.number, seed + 12) * size[1]) * per_metre
    slanting = floor.pattern in ("herringbone", "chevron")
    broad = np.hypot(*spread) * np.sqrt(0.5)
    across, along = (broad, broad) if slanting else spread
    # Across the grain the figure is finest: at a grazing view the mean of both directions would let it glitter.
    covered = np.maximum(fine * across, (_LENGTHWISE * fine if fine > 1 else 1.0) * along)
    level = np.clip(np.log2(np.maximum(covered * per_metre * 0.6, 1e-3)), 0, _LEVELS - 1)
    colour = np.zeros((*x.shape, 3), np.float32)
    for index, image in enumerate(grain):
        weight = np.clip(1 - np.abs(level - index), 0, 1)
        if weight.any():
            k = image.shape[1] / grain[0].shape[1]
            at = (column * k % image.shape[1]).astype(np.float32), (row * k % image.shape[0]).astype(np.float32)
            colour += weight[..., None] * cv2.remap(image, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    faded = np.clip(1.5 - footprint / floor.width, 0, 1)
    tone = floor.variety * faded * (2 * _chance(pieces.number, seed + 13) - 1)
    warmth = 0.25 * floor.variety * faded * (2 * _chance(pieces.number, seed + 14) - 1)
    colour = colour * (1 + np.stack([tone + warmth, tone, tone - warmth], -1))
    joint = np.maximum(_joint(pieces.across, pieces.width, across), _joint(pieces.along, pieces.length, along))
    return (colour * (1 - floor.joint * joint[..., None])).astype(np.float32)


def _joint(at: Floats, size: float, spread: Floats) -> Floats:
    """How much of each pixel is joint, 0..1, by where it lies between the two edges of its piece."""
    reach = np.maximum(spread * 0.75, _JOINT)
    return np.asarray(np.clip(1 - np.minimum(at, size - at) / reach, 0, 1) * np.minimum(1, _JOINT / reach), np.float32)


@lru_cache(maxsize=16)
def _grain(floor: Flooring) -> tuple[list[Floats], tuple[float, float]]:
    """The material's picture at falling sizes, linear light, and the metres (along, across) that it covers."""
    if floor.pattern in ("screed", "tiles"):
        image, size = _screed(floor), (3.0, 3.0)
    else:
        made = bitmap(Material("wood", floor.light, floor.dark, seed=zlib.crc32(floor.name.encode()) % 1000))
        assert made is not None
        image, size = made.albedo, made.size_m
    levels = [np.ascontiguousarray(image, np.float32)]
    while len(levels) < _LEVELS and min(levels[-1].shape[:2]) > 8:
        h, w = levels[-1].shape[:2]
        levels.append(np.asarray(cv2.resize(levels[-1], (w // 2, h // 2), interpolation=cv2.INTER_AREA)))
    while len(levels) < _LEVELS:
        levels.append(levels[-1])
    return levels, size


def _screed(floor: Flooring) -> Floats:
    """Trowelled screed or stoneware: soft clouds between the two tones."""
    rng = np.random.default_rng(zlib.crc32(floor.name.encode()))
    n = 768
    cloud = 0.5 + 0.20 * field((n, n), 90, rng) + 0.12 * field((n, n), 30, rng) + 0.06 * field((n, n), 8, rng)
    mixed = np.clip(cloud + 0.03 * field((n, n), 1.2, rng), 0, 1)[..., None]
    return (linear(floor.light) * mixed + linear(floor.dark) * (1 - mixed)).astype(np.float32)

"""Solved cloth on pieces: duvets with their hems, throws, towels and curtains as meshes of a material."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from staging.engine.furniture.cloth import Surface, extruded, folded_throw, outward_of, rounded
from staging.engine.furniture.drapery import shelf
from staging.engine.furniture.drapery.cloths import BAND, BAR, CURTAIN, THROW_WIDE, TOWELS
from staging.engine.furniture.drapery.ledges import LEDGES, bends
from staging.engine.furniture.primitives import grid
from staging.engine.scene.mesh import Mesh

Floats = NDArray[np.float64]
TIGHT = 0.013  # metres from a bar's middle to a towel that lies tight on it
HEM = 0.026  # metres: how thick a duvet is at its hem
SHEET = 0.30  # metres of the turned-down sheet that show


def bedding(size: tuple[float, float, float], materials: tuple[str, str, str | None], *, seed: int) -> list[Mesh]:
    """A duvet as wide, long and deep as `size` says, the sheet turned down over its upper edge and a throw across it.

    The mattress's top is z = 0, its foot y = 0. `materials` are the duvet's, the sheet's and, if there is one, the
    throw's.
    """
    cover = size[1]
    fallen = shelf.bedding(*size, seed)
    duvet, sheet, blanket = materials
    parts = [grid(fallen.duvet.points, fallen.duvet.flat, duvet), _hem(fallen.duvet.points, fallen.duvet.flat, duvet)]
    end = fallen.reach - 0.06
    parts += folded_throw(
        lambda across, along: fallen.on_duvet(along, cover + across),
        (-end, end),
        SHEET,
        sheet,
        seed=seed + 3,
        thickness=0.016,
        folds=0.4,
        fringe=False,
    )
    if blanket is not None:
        lie = shelf.Lie(fallen.throw.points)
        length = float(np.linalg.norm(np.diff(fallen.throw.points[:, 0], axis=0), axis=1).sum())
        parts += _laid(
            lambda across, along: lie(along / length, 0.5 + across / THROW_WIDE), length, THROW_WIDE, blanket
        )
    return parts


def _laid(surface: Surface, length: float, width: float, material: str, *, seed: int = 0) -> list[Mesh]:
    """A folded blanket whose middle layer is `surface`: thick, with rolled borders and a fringe."""
    return folded_throw(surface, (0.0, length), width * 0.96, material, seed=seed, spread=0.0, folds=0.0)


def _hem(points: Floats, uv: Floats, material: str) -> Mesh:
    """The rolled border of a duvet: round its open edges and back underneath, so that it looks as thick as it is."""
    under = -np.cross(np.gradient(points, axis=0), np.gradient(points, axis=1))
    under /= np.linalg.norm(under, axis=-1, keepdims=True) + 1e-12
    outward = np.zeros_like(points)
    outward[0], outward[-1] = points[0] - points[1], points[-1] - points[-2]
    outward[1:-1, 0] = points[1:-1, 0] - points[1:-1, 1]
    outward /= np.linalg.norm(outward, axis=-1, keepdims=True) + 1e-12

    def rim(of: Floats) -> Floats:
        return np.concatenate([of[0, ::-1][:-1], of[:, 0][:-1], of[-1]])

    edge, out, down = rim(points), rim(outward), rim(under)
    rings = [
        edge,
        edge + out * HEM * 0.32 + down * HEM * 0.12,
        edge + out * HEM * 0.46 + down * HEM * 0.5,
        edge + out * HEM * 0.32 + down * HEM * 0.88,
        edge - out * HEM * 1.5 + down * HEM,
    ]
    return grid(np.stack(rings), np.stack([rim(uv)] * len(rings)), material)


def over_ledge(
    name: str, corners: Sequence[tuple[float, float]], radius: float, material: str, *, seed: int
) -> list[Mesh]:
    """The throw that fell over an "arm" or a "seat", bent to one of another size: `corners` (sideways, high) are as
    many as the solved one's, and round by `radius`. It lies along x = 0; as wide as BAND."""
    path = rounded(corners, radius)
    surface, length = extruded(path)
    lie = shelf.Lie(shelf.cloth(name, seed).points)
    solved, own = LEDGES[name].arcs, bends(path, corners)

    def draped(across: Floats, along: Floats) -> Floats:
        # `along` is even on this surface; the cloth's own lattice is even on the one it fell on.
        local = lie(0.5 + across / BAND, np.interp(along, own, solved) / solved[-1])
        x, s, above = local[..., 0], np.interp(local[..., 1], solved, own), local[..., 2]
        return surface(x, s) + outward_of(surface, x, s) * above[..., None]

    return _laid(draped, length, BAND, material, seed=seed)


def over_bar(
    name: str, size: tuple[float, float, float], radius: float, material: str, *, seed: int, folds: float = 1.0
) -> list[Mesh]:
    """The "large" or "small" towel over a bar of `radius` through y = z = 0; `size` is its width, and how far it hangs
    before the bar (-y) and behind it. `folds` scales how far they stand out: another towel may hang over it."""
    width, front, rear = TOWELS[name]
    fallen = shelf.cloth(f"towel-{name}", seed)
    x, y, z = np.moveaxis(fallen.points, -1, 0)
    down = np.where(y < 0, size[1] / front, size[2] / rear)
    # Away from the bar by what this one is thicker.
    swing = (np.abs(y) - TIGHT).clip(0)
    y = np.sign(y) * (np.abs(y) - swing * (1 - folds)) + np.clip(y / TIGHT, -1, 1) * (radius - BAR)
    z = np.where(z < 0, z * down, z + radius - BAR)
    lie = shelf.Lie(np.stack([x * size[0] / width, y, z], -1))
    length = size[1] + size[2]
    return folded_throw(
        lambda across, along: lie(0.5 - across / size[0], along / length),
        (0.0, length), size[0] * 0.97, material, seed=seed, thickness=0.008, spread=0.0, folds=0.0, fringe=False,
    )  # fmt: skip


def curtain(width: float, height: float, depth: float, material: str, *, seed: int) -> Mesh:
    """A gathered curtain from z = `height` down to the floor, `width` wide, its folds `depth` deep at the rod."""
    made_width, made_height, made_depth, _ = CURTAIN
    fallen = shelf.cloth("curtain", seed)
    scale = np.array([width / made_width, depth / made_depth, height / made_height])
    return grid(fallen.points * scale, fallen.flat * [width / made_width, height / made_height], material, flip=True)

"""Soft parts: seat and back cushions, throw pillows, padded panels with channels, biscuits or buttons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from staging.engine.furniture.noise import waves
from staging.engine.furniture.primitives import (
    box,
    circle,
    eased_profile,
    grid,
    lathe,
    merged,
    tilted,
    tube,
    vertex_normals,
    wrinkled,
)
from staging.engine.scene.mesh import Mesh

Floats = NDArray[np.float64]
Relief = Callable[[Floats, Floats], Floats]
_CELLS = 7  # inner subdivisions of a seat cushion along x and y
_BEVEL = 3  # segments of its bevel


def seat_cushion(
    w: float, d: float, t: float, material: str, *, crown: float = 0.02, seed: int = 0, piping: str | None = None
) -> list[Mesh]:
    """A boxed seat cushion lying on z = 0: flat sides, soft edges, a gentle crown that falls off only near the
    border.
    """
    radius = min(0.035, t * 0.35)
    mesh = box((w, d, t), material, radius=radius, segments=_BEVEL, cells=(_CELLS, _CELLS, 1), seed=seed)
    x, y, z = mesh.vertices.T
    u, v = np.abs(x / (w / 2)).clip(0, 1), np.abs(y / (d / 2)).clip(0, 1)
    lift = crown * (1 - u**3.5) * (1 - v**3.5) * np.where(z > t / 2, 1.0, 0.0)
    belly = 0.007 * np.sin(np.pi * (z / t).clip(0, 1))
    sag = 0.35 * crown * np.exp(-((x / (w * 0.28)) ** 2) - ((y + d * 0.05) / (d * 0.3)) ** 2) * (z > t / 2)
    moved = np.stack([x + belly * (x / (w / 2)) ** 5, y + belly * (y / (d / 2)) ** 5, z + lift - sag], 1)
    cushion = wrinkled(replace(mesh, vertices=moved), 0.0022, 2.2, seed)
    return [cushion, *(tube(seam, 0.0045, piping, sides=6, closed=True) for seam in _seams(cushion) if piping)]


def _seams(cushion: Mesh) -> list[Floats]:
    """The loops (n, 3) where top and underside of a square-celled `box` meet its sides.

    Cord sewn along the cushion's own edges follows its belly and wrinkles, and lies on the cloth without a gap.
    """
    # `box` makes top and underside last, as two lattices of equal size.
    sides = 2 * (_BEVEL + 1) + _CELLS
    top, under = cushion.vertices[-2 * sides * sides :].reshape(2, sides, sides, 3)
    return [np.concatenate([s[:-1, 0], s[-1, :-1], s[:0:-1, -1], s[0, :0:-1]]) for s in (top, under)]


def _pillow_sheets(half: Floats, x: Floats, z: Floats, material: str, seed: int) -> Mesh:
    """Front and back of a stuffed bag in the xz plane from its half thickness; its seam is shared by both."""
    uv = np.stack([x + seed * 0.31, z], -1)
    front = grid(np.stack([x, -half[0], z], -1), uv, material)
    back = grid(np.stack([x, half[1], z], -1), uv + 0.43, material, flip=True)
    return merged([front, back])[0]


def _welt(x: Floats, z: Floats, material: str, radius: float = 0.0032) -> Mesh:
    """The cord sewn into the seam of a stuffed bag, along the border of its lattice."""
    border = [np.concatenate([s[:-1, 0], s[-1, :-1], s[:0:-1, -1], s[0, :0:-1]]) for s in (x, z)]
    loop = np.stack([border[0], np.zeros_like(border[0]), border[1]], 1)
    return tube(loop, radius, material, sides=4, closed=True)


def _square(cells: int) -> tuple[Floats, Floats]:
    """A lattice over [-1, 1]^2 that is finer towards the border, where a stuffed bag curves most."""
    t = np.linspace(-1, 1, cells + 1)
    t = 0.45 * t + 0.55 * np.sin(t * np.pi / 2)
    u, v = np.meshgrid(t, t, indexing="ij")
    return u, v


def back_cushion(w: float, h: float, t: float, material: str, *, seed: int = 0, buttons: int = 0) -> list[Mesh]:
    """A loose back cushion standing on z = 0, thickness along y: boxy middle, knife edge, fuller at the bottom."""
    u, v = _square(16)
    x = w / 2 * u * np.sqrt(1 - 0.10 * v**2 / 2)
    z = h / 2 * v * np.sqrt(1 - 0.10 * u**2 / 2) + h / 2 * 0.975
    full = ((1 - np.abs(u) ** 4.5).clip(0) * (1 - np.abs(v) ** 4).clip(0)) ** 0.5
    half = t / 2 * full * (1 - 0.16 * v)
    place = np.stack([x, z], -1)
    fold = 0.005 * waves(place * [1.0, 0.8], 2.6, seed) + 0.002 * waves(place, 8, seed + 1)
    spots = [(k - (buttons - 1) / 2) * w / max(buttons, 1) for k in range(buttons)]
    dimple = sum(
        (0.022 * np.exp(-((x - at) ** 2 + (z - h * 0.55) ** 2) / 0.045**2) for at in spots), start=np.zeros_like(x)
    )
    halves = np.stack([half + fold * full - dimple * full, half])
    # The upper edge of a used cushion sinks a little in the middle.
    z = z - 0.012 * (1 - u**2) * np.clip(v, 0, 1)
    parts = [_pillow_sheets(halves, x, z, material, seed), _welt(x, z, material)]
    for at in spots:
        knob = lathe(eased_profile([(0, 0), (0.011, 0), (0.011, 0.005), (0, 0.008)], 0.003), material, sides=12)
        y = -(t / 2 * (1 - 0.16 * 0.1) - 0.024)
        parts += [m.moved(at, y, h * 0.55) for m in tilted([knob], 90)]
    return parts


def throw_pillow(
    w: float, h: float, t: float, material: str, *, seed: int = 0, chop: float = 0.0, cord: str | None = None
) -> list[Mesh]:
    """A scatter cushion standing on z = 0 in the xz plane: drawn-in sides, pointed corners, creases from the corners.

    `chop` is the depth in metres of the dent that stagers knock into the top edge; `cord` the material of a welt round
    its seam, if it has one.
    """
    u, v = _square(16)
    pinch = 0.075
    x = w / 2 * u * (1 - pinch * (1 - v**2) * np.abs(u) ** 1.5)
    z = h / 2 * v * (1 - pinch * (1 - u**2) * np.abs(v) ** 1.5)
    full = ((1 - u**2) * (1 - v**2)).clip(0) ** 0.5
    half = t / 2 * full**0.82
    radius, angle = np.hypot(u, v), np.arctan2(v, u)
    # Cloth gathers along lines from the corners towards the belly.
    pull = np.sin(angle * 16 + 2.0 * waves(np.stack([u, v], -1), 0.35, seed))
    crease = 0.0045 * pull * np.clip(radius - 0.5, 0, 1) * full**0.5 * np.abs(np.sin(2 * angle)) ** 1.5
    fold = 0.006 * waves(np.stack([x, z], -1), 2.8, seed + 3) * full
    dent = chop * np.exp(-((u / 0.34) ** 2)) * np.clip((v + 0.25) / 1.25, 0, 1) ** 1.6
    z = z - dent
    half = half + 0.25 * dent * full
    z = z - 0.03 * h * (1 - u**2) * (1 - v**2)
    z = z - z.min()
    halves = np.stack([half + crease + fold, half - crease * 0.6 + fold * 0.5]).clip(0)
    return [_pillow_sheets(halves, x, z, material, seed), *([_welt(x, z, cord, 0.0036)] if cord else [])]


def padded(
    size: tuple[float, float, float], material: str, *, radius: float = 0.03, belly: float = 0.006, seed: int = 0
) -> Mesh:
    """A block wrapped in padding and cloth (arms, bases, frames): round edges, hardly bulged, not quite flat."""
    mesh = box(size, material, radius=radius, segments=2, cells=(4, 4, 3), seed=seed)
    out = vertex_normals(mesh)
    q = np.abs(mesh.vertices - np.array([0, 0, size[2] / 2])) / (np.asarray(size) / 2)
    away = (1 - np.sort(q, axis=1)[:, 1].clip(0, 1) ** 3)[:, None]
    return wrinkled(replace(mesh, vertices=mesh.vertices + out * belly * away), 0.0012, 2.5, seed)


def relief_panel(
    size: tuple[float, float, float], material: str, relief: Relief, *, cells: tuple[int, int], seed: int = 0
) -> Mesh:
    """An upholstered panel (w, t, h) on z = 0 whose front, towards -y, swells by `relief(x, z)` metres.

    `cells` are the subdivisions along x and z; the relief fades to nothing at the outer edge.
    """
    w, t, h = size
    mesh = box(size, material, radius=min(0.03, t * 0.4), segments=3, cells=(cells[0], 0, cells[1]), seed=seed)
    x, y, z = mesh.vertices.T
    edge = np.minimum((w / 2 - np.abs(x)) / 0.03, np.minimum(z, h - z) / 0.03).clip(0, 1)
    front = np.clip(-y / (t / 2), 0, 1)
    swell = relief(x, z) * np.sqrt(edge) * front
    return replace(mesh, vertices=np.stack([x, y - swell, z], 1))


def channels(w: float, count: int, depth: float) -> Relief:
    """Vertical channels: `count` over the width `w`, `depth` metres deep."""
    return lambda x, z: depth * np.abs(np.sin(np.pi * count * (x / w + 0.5))) ** 0.6


def rows(h: float, count: int, depth: float) -> Relief:
    """Horizontal channels: `count` over the height `h`."""
    return lambda x, z: depth * np.abs(np.sin(np.pi * count * z / h)) ** 0.6


def biscuits(w: float, h: float, columns: int, lines: int, depth: float) -> Relief:
    """Square tufts in a grid, sewn along straight seams."""

    def relief(x: Floats, z: Floats) -> Floats:
        across = np.abs(np.sin(np.pi * columns * (x / w + 0.5)))
        up = np.abs(np.sin(np.pi * lines * z / h))
        return depth * (across * up) ** 0.45

    return relief


def diamonds(w: float, h: float, columns: int, lines: int, depth: float) -> Relief:
    """Deep diamond tufting: buttons where the diagonal seams cross."""

    def relief(x: Floats, z: Floats) -> Floats:
        a, b = columns * (x / w + 0.5), lines * z / h
        return depth * np.abs(np.sin(np.pi * (a + b) / 2) * np.sin(np.pi * (a - b) / 2)) ** 0.5

    return relief


def piping_ring(radius: float, z: float, material: str) -> Mesh:
    """A thin round cord, horizontal (the seam of a pouf)."""
    return tube(circle(radius, z, 40), 0.004, material, sides=6, closed=True)

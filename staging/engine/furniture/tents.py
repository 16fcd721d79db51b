"""Play tents: teepee, cloth house, pavilion. The opening looks to -y."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from staging.engine.furniture import upholstery as soft
from staging.engine.furniture.playrooms import accent, accent_cloth, play
from staging.engine.furniture.primitives import bar, grid, lathe, moved, turned
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh

Floats = NDArray[np.float64]


def tent(shop: Workshop) -> list[Mesh]:
    """The tent of the style, with a mat and a cushion inside."""
    parts = {"teepee": _teepee, "house": _house, "pavilion": _pavilion}[play(shop).tent](shop)
    w, d = shop.width, shop.depth
    parts += moved(soft.seat_cushion(w * 0.72, d * 0.72, 0.05, accent_cloth(shop, 3), crown=0.015), 0, 0.02, 0.0)
    pillow = soft.throw_pillow(0.36, 0.34, 0.12, accent_cloth(shop, 0), seed=shop.seed)
    return parts + moved(turned(pillow, 14), 0.06, d * 0.14, 0.05)


def _sheet(a: Floats, b: Floats, c: Floats, d: Floats, material: str, sag: float, seed: int) -> list[Mesh]:  # noqa: PLR0917
    """Cloth stretched over four corners (a-b below, d-c above), sagging `sag` metres inwards, seen from both sides."""
    u, v = np.meshgrid(np.linspace(0, 1, 15), np.linspace(0, 1, 15), indexing="ij")
    low = a + (b - a) * u[..., None]
    high = d + (c - d) * u[..., None]
    points = low + (high - low) * v[..., None]
    normal = np.cross(b - a, d - a)
    normal /= np.linalg.norm(normal) + 1e-9
    ripple = 1 + 0.25 * np.sin(9 * u + seed) * (1 - v)
    points = points - normal * (sag * np.sin(np.pi * u) * (0.4 + 0.6 * np.sin(np.pi * v)) * ripple)[..., None]
    width, tall = np.linalg.norm(b - a), np.linalg.norm((d + c - a - b) / 2)
    uv = np.stack([(u - 0.5) * (width * (1 - v) + np.linalg.norm(c - d) * v), v * tall], -1)
    return [grid(points, uv, material), grid(points - normal * 0.004, uv, material, flip=True)]


def _flap(foot: Floats, top: Floats, middle: Floats, apex: Floats, material: str, seed: int) -> list[Mesh]:  # noqa: PLR0917
    """Half of a front: cloth from a pole (foot..top) drawn aside from the middle line, gathered at a tie."""
    u, v = np.meshgrid(np.linspace(0, 1, 13), np.linspace(0, 1, 21), indexing="ij")
    edge = foot + (top - foot) * v[..., None]
    line = middle + (apex - middle) * v[..., None]
    drawn = np.interp(v, [0, 0.30, 0.45, 0.75, 1.0], [0.40, 0.22, 0.26, 0.62, 1.0])
    points = edge + (line - edge) * (u * drawn)[..., None]
    tight = 1 - drawn
    points[..., 1] -= 0.035 * tight * np.abs(np.sin(u * np.pi * 3 + seed))
    uv = np.stack([u * np.linalg.norm(middle - foot) * (1 - v), v * np.linalg.norm(apex - middle)], -1)
    return [grid(points, uv, material), grid(points + np.array([0, 0.004, 0]), uv, material, flip=True)]


def _teepee(shop: Workshop) -> list[Mesh]:
    w, d, h = shop.width, shop.depth, shop.height
    cloth, wood = shop.use(play(shop).tent_cloth), shop.use("wood")
    crossing, out = 0.84 * h, 0.05
    feet = [
        np.array([sx * (w / 2 - 0.02), sy * (d / 2 - 0.02), 0.0]) for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]
    parts: list[Mesh] = []
    for foot in feet:
        tip = np.array([-foot[0] * 0.17, -foot[1] * 0.17, h])
        start = (float(foot[0]), float(foot[1]), 0.0)
        parts.append(bar(start, (float(tip[0]), float(tip[1]), h), 0.014, wood, sides=10))
    below = [np.append(f[:2] * 0.985, 0.03) for f in feet]
    above = [np.append(np.sign(f[:2]) * out, crossing) for f in feet]
    for i, j in ((1, 2), (2, 3), (3, 0)):
        parts += _sheet(below[i], below[j], above[j], above[i], cloth, 0.03, shop.seed + i)
    middle, apex = (below[0] + below[1]) / 2, (above[0] + above[1]) / 2
    for i in (0, 1):
        parts += _flap(below[i], above[i], middle, apex, cloth, shop.seed + i)
    flag = np.array([[[0, 0, h - 0.12], [0, 0, h - 0.02]], [[0.15, 0, h - 0.08], [0.15, 0, h - 0.06]]])
    return [*parts, *(grid(flag, flag[..., [0, 2]], accent_cloth(shop, 2), flip=f) for f in (False, True))]


def _house(shop: Workshop) -> list[Mesh]:
    """A house of round rods with cloth walls, a roof in a second cloth, curtains for a door."""
    w, d, h = shop.width, shop.depth, shop.height
    wall, roof, rod = shop.use(play(shop).tent_cloth), accent_cloth(shop, 1), shop.use("wood")
    x, y, eave = w / 2 - 0.02, d / 2 - 0.02, h * 0.62
    parts: list[Mesh] = []
    for s in (-1, 1):
        for t in (-1, 1):
            parts.append(bar((s * x, t * y, 0), (s * x, t * y, eave), 0.013, rod, sides=10))
            parts.append(bar((s * x, t * y, eave), (0, t * y, h - 0.015), 0.013, rod, sides=10))
        parts.append(bar((s * x, -y, eave), (s * x, y, eave), 0.012, rod, sides=10))
    parts.append(bar((0, -y, h - 0.015), (0, y, h - 0.015), 0.013, rod, sides=10))

    def p(a: float, b: float, c: float) -> Floats:
        return np.array([a, b, c])

    parts += _sheet(p(x, -y, 0.02), p(x, y, 0.02), p(x, y, eave), p(x, -y, eave), wall, 0.015, 1)
    parts += _sheet(p(-x, y, 0.02), p(-x, -y, 0.02), p(-x, -y, eave), p(-x, y, eave), wall, 0.015, 2)
    parts += _sheet(p(x, y, 0.02), p(-x, y, 0.02), p(-x, y, eave), p(x, y, eave), wall, 0.015, 3)
    for s in (-1, 1):
        parts += _sheet(p(s * (x + 0.03), -s * y, eave - 0.03), p(s * (x + 0.03), s * y, eave - 0.03),
                        p(0, s * y, h), p(0, -s * y, h), roof, 0.012, 4)  # fmt: skip
        parts += _sheet(p(s * x, y, eave), p(0, y, eave), p(0, y, h - 0.02), p(0, y, h - 0.02), roof, 0.0, 5)
        parts += _flap(p(s * x, -y, 0.02), p(s * x, -y, eave), p(0, -y, 0.02), p(0, -y, eave), wall, 6)
    return parts


def _pavilion(shop: Workshop) -> list[Mesh]:
    """A round velvet pavilion: pleated wall with a wide gap in front, a conical roof, a scalloped valance."""
    w, d, h = shop.width, shop.depth, shop.height
    cloth, trim = shop.use(play(shop).tent_cloth), accent_cloth(shop, 3)
    eave = h * 0.60
    half_gap = np.deg2rad(42)
    a, v = np.meshgrid(
        np.linspace(-np.pi / 2 + half_gap, 1.5 * np.pi - half_gap, 181), np.linspace(0, 1, 12), indexing="ij"
    )
    r = 1 + 0.035 * np.sin(a * 30) * (1 - 0.5 * v) - 0.05
    wall = np.stack([w / 2 * r * np.cos(a), d / 2 * r * np.sin(a), 0.02 + (eave - 0.02) * v], -1)
    uv = np.stack([a * w / 2, v * eave], -1)
    parts = [grid(wall, uv, cloth), grid(wall * [0.99, 0.99, 1], uv, cloth, flip=True)]
    a, v = np.meshgrid(np.linspace(0, 2 * np.pi, 121), np.linspace(0, 1, 14), indexing="ij")
    r = (1 - v) * (1 + 0.012 * np.cos(a * 12)) + 0.004
    roof = np.stack([w / 2 * r * np.cos(a), d / 2 * r * np.sin(a), eave + (h - 0.06 - eave) * v**1.35], -1)
    parts += [grid(roof, np.stack([a * w / 2 * (1 - v), v * w / 2], -1), cloth, flip=f) for f in (False, True)]
    scallop = np.linspace(0, 2 * np.pi, 145)
    drop = 0.05 + 0.05 * np.abs(np.sin(scallop * 12))
    band = np.stack([
        np.stack([w / 2 * np.cos(scallop), d / 2 * np.sin(scallop), np.full(145, eave + 0.005)], 1),
        np.stack([w / 2 * np.cos(scallop), d / 2 * np.sin(scallop), eave - drop], 1),
    ])  # fmt: skip
    sheet = np.stack([np.broadcast_to(scallop * w / 2, (2, 145)), band[..., 2]], -1)
    parts += [grid(band, sheet, trim, flip=f) for f in (False, True)]
    knob = lathe([(0.0, h - 0.08), (0.02, h - 0.07), (0.028, h - 0.04), (0.016, h - 0.01), (0.0, h)], accent(shop, 2))
    return [*parts, knob]

"""Towels: folded in a stack, hanging over a bar or a ladder's rung, and the mat before the bath."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from staging.engine.furniture.drapery import draping
from staging.engine.furniture.parts import hoop
from staging.engine.furniture.primitives import (
    bar,
    box,
    disc_profile,
    lathe,
    moved,
    rounded_slab,
    tilted,
    turned,
    wrinkled,
)
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.material import Material
from staging.engine.scene.mesh import Mesh

Floats = NDArray[np.float64]


def terry(colour: str) -> Material:
    """Looped cotton."""
    return Material("boucle", colour, roughness=1.0, specular=0.05)


@dataclass(frozen=True)
class Linen:
    """One style's towels: the `main` cloth and its `accent`, how a kitchen's towel is woven, and the mat's form."""

    main: Material
    accent: Material
    tea: Material
    mat: str


def _woven(colour: str, second: str, pattern: str = "") -> Material:
    return Material("plaid", colour, second, pattern=pattern, roughness=0.95, specular=0.1)


LINENS = {
    "modern": Linen(terry("#e2e1de"), terry("#77797b"), Material("linen", "#6b6d6f", roughness=0.95), "slats"),
    "scandinavian": Linen(terry("#e8e4da"), terry("#98a596"), _woven("#e6e1d6", "#5d6463"), "round"),
    "industrial": Linen(terry("#85827c"), terry("#3f4345"), _woven("#cfc8ba", "#2d2e2f", "stripes"), "slats"),
    "midcentury": Linen(terry("#e4dcc8"), terry("#b0823f"), _woven("#e2d8c2", "#a3562f", "stripes"), "bordered"),
    "luxury": Linen(terry("#eae5da"), terry("#b9a98c"), Material("linen", "#d8cfbd", roughness=0.9), "bordered"),
    "farmhouse": Linen(terry("#ded6c6"), terry("#7f8a80"), _woven("#e4ddcf", "#5f6a72"), "fringed"),
    "coastal": Linen(terry("#e8e5dc"), terry("#7f9fb3"), _woven("#e8e4da", "#6889a0", "stripes"), "fringed"),
    "standard": Linen(terry("#dcdad6"), terry("#5f6f79"), _woven("#dedcd8", "#74828b"), "bordered"),
}


def folded(w: float, d: float, thick: float, material: str, *, layers: int = 3, seed: int = 0) -> list[Mesh]:
    """A towel folded flat on z = 0, the fold towards -y: layers that meet in one round front edge."""
    each = thick / layers
    parts = []
    for k in range(layers):
        # Layers are never flush: each lies a few millimetres short of the one below.
        short = 0.004 * (k % 2)
        slab = box((w - 2 * short, d - short, each * 1.06), material, radius=each * 0.5, segments=3, cells=(6, 4, 0),
                   at=(0, short / 2, k * each), seed=seed + k)  # fmt: skip
        parts.append(wrinkled(slab, 0.0012, 3.0, seed + 7 * k))
    return parts


def towel_stack(shop: Workshop) -> list[Mesh]:
    """Folded towels, the large ones below; the upper ones in the accent's colour. Fills the size."""
    linen, rng = LINENS[shop.style.name], shop.rng("stack")
    count = max(2, round(shop.height / 0.062))
    thick = shop.height / count
    parts: list[Mesh] = []
    for k in range(count):
        share = 1.0 if k < (count + 1) // 2 else 0.86
        cloth = shop.use(linen.accent if k == count - 1 or (count > 3 and k == 1) else linen.main)
        one = folded(shop.width * share, shop.depth * share, thick, cloth, seed=shop.seed + 11 * k)
        parts += moved(turned(one, float(rng.normal(0, 1.2))), float(rng.normal(0, 0.003)), 0, k * thick)
    return parts


def tea_towel(shop: Workshop) -> list[Mesh]:
    """A kitchen towel folded in three, lying."""
    cloth = shop.use(LINENS[shop.style.name].tea)
    parts = folded(shop.width, shop.depth, shop.height * 0.72, cloth, layers=2, seed=shop.seed)
    strip = folded(shop.width * 0.46, shop.depth * 0.96, shop.height * 0.30, cloth, layers=1, seed=shop.seed + 5)
    return parts + moved(strip, -shop.width * 0.2, 0, shop.height * 0.70)


def hung(
    cloth: str, w: float, *, front: float, rear: float, radius: float, seed: int = 0, folds: float = 1.0
) -> list[Mesh]:
    """A towel over a bar whose middle is at y = 0, z = 0: it hangs `front` metres before it, `rear` behind it."""
    name = "small" if w < 0.3 else "large"
    return draping.over_bar(name, (w, front, rear), radius, cloth, seed=seed, folds=folds)


def towel_rail(shop: Workshop) -> list[Mesh]:
    """A bar on the wall with a towel over it, and a smaller one before it; its back is at y = +depth/2."""
    linen, name = LINENS[shop.style.name], shop.style.name
    w, h, back = shop.width, shop.height, shop.depth / 2
    wooden = name in ("scandinavian", "coastal", "farmhouse")
    material = shop.use("wood" if wooden else "metal")
    radius = 0.011 if wooden else 0.008
    z, y = h - 0.028, -shop.depth / 2 + 0.042
    rail = bar((-w / 2, y, z), (w / 2, y, z), radius, material, sides=16)
    parts = [rail]
    for s in (-1, 1):
        x = s * (w / 2 - 0.03)
        if wooden:
            parts.append(
                box((0.026, back - y + 0.012, 0.045), material, radius=0.005, at=(x, (back + y) / 2, z - 0.022))
            )
        else:
            parts.append(bar((x, y, z), (x, back, z), 0.007, material))
            parts += moved(tilted([lathe(disc_profile(0.024, 0, 0.006, 0.002), material, sides=24)], 90), x, back, z)
    large, small = shop.use(linen.main), shop.use(linen.accent)
    at = -0.03 * w if shop.seed % 2 else 0.03 * w
    parts += moved(
        hung(large, w * 0.66, front=h - 0.05, rear=h * 0.72, radius=radius, seed=shop.seed, folds=0.3), at, y, z
    )
    upper = hung(small, w * 0.36, front=h * 0.45, rear=h * 0.40, radius=radius + 0.013, seed=shop.seed + 3)
    return parts + moved(upper, at, y, z)


def towel_ladder(shop: Workshop) -> list[Mesh]:
    """A ladder leaning at the wall (its head at y = +depth/2) with two towels over its rungs."""
    linen, name = LINENS[shop.style.name], shop.style.name
    w, d, h = shop.width, shop.depth, shop.height
    slot = "metal" if name in ("modern", "industrial", "luxury") else "wood"
    material = shop.use(slot)
    lean = float(np.degrees(np.arctan2(d - 0.06, h)))
    long = h / float(np.cos(np.deg2rad(lean))) - 0.02
    parts: list[Mesh] = []
    half = w / 2 - 0.02
    for s in (-1, 1):
        if name in ("luxury", "coastal", "midcentury"):
            taper = 0.82 if name == "midcentury" else 1.0
            parts.append(
                bar((s * half, 0, 0), (s * half * taper, 0, long), 0.013 if slot == "metal" else 0.018, material)
            )
        else:
            parts.append(box((0.034, 0.022, long), material, radius=0.003, at=(s * half, 0, 0), grain=2))
    if name == "luxury":
        top = hoop(
            [(-half, 0, long - 0.05), (-half, 0, long), (half, 0, long), (half, 0, long - 0.05)], 0.013, material
        )
        parts.append(top)
    count = 4 if name != "industrial" else 5
    rungs = [long * (0.16 + 0.76 * k / (count - 1)) for k in range(count)]
    reach = half * (0.9 if name == "midcentury" else 1.0)
    parts += [bar((-reach, 0, z), (reach, 0, z), 0.012 if slot == "wood" else 0.009, material) for z in rungs]
    for number, (z, slot_cloth, share) in enumerate(((rungs[-1], linen.main, 0.80), (rungs[-3], linen.accent, 0.66))):
        drop = min(0.62 if number == 0 else 0.36, z - 0.05)
        cloth = shop.use(slot_cloth)
        towel = hung(cloth, w * share, front=drop, rear=drop * 0.8, radius=0.012, seed=shop.seed + number)
        parts += moved(towel, 0.02 * (-1) ** (shop.seed + number), 0, z)
    return moved(tilted(parts, -lean), 0, -d / 2 + 0.02, 0.006)


def bath_mat(shop: Workshop) -> list[Mesh]:
    """A mat on the floor: tufted and round, bordered, fringed, or slats of wood."""
    linen = LINENS[shop.style.name]
    w, d, h = shop.width, shop.depth, max(0.012, min(shop.height, 0.03))
    if linen.mat == "slats":
        wood = shop.use("wood")
        count = max(6, round(d / 0.058))
        step = d / count
        slats = [
            box(
                (w, step * 0.80, h * 0.7),
                wood,
                radius=0.003,
                at=(0, -d / 2 + step * (k + 0.5), h * 0.3),
                grain=0,
                seed=k,
            )
            for k in range(count)
        ]
        return slats + [box((0.03, d * 0.96, h * 0.4), wood, at=(s * w * 0.36, 0, 0), grain=1) for s in (-1, 1)]
    cloth = shop.use(linen.main if linen.mat != "round" else linen.accent)
    if linen.mat == "round":
        flat = lathe(disc_profile(0.5, 0, h, 0.008), cloth, sides=56)
        points = flat.vertices * [w, d, 1]
        return [wrinkled(Mesh(points, flat.faces, points[:, :2], cloth), 0.0015, 4.0, shop.seed)]
    hem = w - 0.06 if linen.mat == "fringed" else w
    body = rounded_slab(hem, d, h * 0.8, 0.02, cloth)
    accent = shop.use(linen.accent)
    if linen.mat == "bordered":
        inner = box((w * 0.86, d * 0.80, h * 0.5), shop.use(linen.main), radius=0.006, at=(0, 0, h * 0.5))
        return [rounded_slab(w, d, h * 0.8, 0.02, accent), inner]
    stripes = [
        box((0.035, d * 0.99, h * 0.22), accent, radius=0.002, at=(s * w * k, 0, h * 0.66), grain=1)
        for s in (-1, 1)
        for k in (0.36, 0.42)
    ]
    count = int(d / 0.024)
    fringe = [
        bar((s * (hem / 2 - 0.004), y, 0.006), (s * w / 2, y, 0.003), 0.003, cloth, sides=5)
        for s in (-1, 1)
        for y in np.linspace(-d / 2 + 0.01, d / 2 - 0.01, count)
    ]
    return [body, *stripes, *fringe]

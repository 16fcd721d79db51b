"""What stands on a kitchen's counter or table: fruit, boards, spoons, herbs; and the runner on its floor."""

from __future__ import annotations

import numpy as np

from staging.engine.furniture import walls
from staging.engine.furniture.decor import dish
from staging.engine.furniture.foliage import leaf, scatter, stalk
from staging.engine.furniture.primitives import (
    bar,
    bounds,
    box,
    circle,
    disc_profile,
    eased_profile,
    fitted,
    lathe,
    merged,
    moved,
    rounded_slab,
    smooth_profile,
    spline,
    tilted,
    tube,
    turned,
)
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.material import Material
from staging.engine.scene.mesh import Mesh

runner = walls.rug


# ------------------------------------------------------------------------------------------ fruit
# Per style: the bowl, and the fruit in it as (form, colours).
_FRUIT = {
    "modern": ("dish", "accent_ceramic", "lemon", ("#d9b23a", "#d6a930")),
    "scandinavian": ("dish", "wood", "apple", ("#8ea24a", "#9aab56")),
    "industrial": ("wire", "metal", "orange", ("#c9722c", "#c0662a")),
    "midcentury": ("footed", "wood", "orange", ("#cb7a2e", "#d48a35")),
    "luxury": ("footed", "accent_ceramic", "pear", ("#a9a858", "#b7b265")),
    "farmhouse": ("dish", "ceramic", "apple", ("#a63a2e", "#b54a35", "#b98a45")),
    "coastal": ("basket", "pot", "lemon", ("#dcb945", "#c9bd55")),
    "standard": ("footed", "ceramic", "apple", ("#93a550", "#a5b05c")),
}


# Profiles of fruit of radius 1 about their middle.
_SKINS = {
    "lemon": [(0, -1.28), (0.16, -1.2), (0.55, -0.88), (0.9, -0.3), (0.92, 0.3), (0.55, 0.9), (0.14, 1.22), (0, 1.3)],
    "apple": [(0, -0.78), (0.3, -0.92), (0.8, -0.62), (1, 0.1), (0.85, 0.68), (0.4, 0.88), (0.1, 0.72), (0, 0.66)],
    "orange": [(0, -0.97), (0.4, -0.9), (0.8, -0.58), (1.0, 0), (0.8, 0.58), (0.4, 0.9), (0, 0.96)],
    "pear": [(0, -0.9), (0.45, -0.9), (0.92, -0.4), (0.86, 0.15), (0.5, 0.72), (0.36, 1.15), (0.15, 1.4), (0, 1.42)],
}


def fruit_bowl(shop: Workshop) -> list[Mesh]:
    """A bowl of one sort of fruit, heaped."""
    form, slot, sort, colours = _FRUIT[shop.style.name]
    rng = shop.rng("fruit")
    r = min(shop.width, shop.depth) / 2
    rim = shop.height * (0.58 if form != "footed" else 0.66)
    size = min(0.037, r * 0.30)
    skins = [shop.use(Material("paint", c, roughness=0.42, specular=0.4)) for c in colours]
    parts = _bowl(shop, form, slot, r, rim)
    lower = rim * (0.80 if form != "footed" else 0.90)
    for k in range(6):
        a = k * np.pi / 3 + rng.uniform(-0.1, 0.1)
        at = (0.49 * r * np.cos(a), 0.49 * r * np.sin(a), lower)
        parts += _fruit(sort, size * rng.uniform(0.93, 1.05), skins[k % len(skins)], at, rng)
    parts += _fruit(sort, size, skins[0], (0, 0, lower - 0.01), rng)
    top = min(shop.height - size, lower + size * 1.4)
    for k in range(3):
        a = k * 2.1 + 0.5
        parts += _fruit(sort, size, skins[k % len(skins)], (0.27 * r * np.cos(a), 0.27 * r * np.sin(a), top), rng)
    return parts


def _bowl(shop: Workshop, form: str, slot: str, r: float, h: float) -> list[Mesh]:
    material = shop.use(slot)
    if form == "wire":
        rings = [circle(r * k, z * h, 40) for k, z in ((0.42, 0.02), (0.80, 0.5), (1.0, 1.0))]
        parts = [tube(ring, 0.0035, material, sides=7, closed=True) for ring in rings]
        for a in np.linspace(0, 2 * np.pi, 16, endpoint=False):
            ray = [(r * k * np.cos(a), r * k * np.sin(a), z * h) for k, z in ((0.42, 0.02), (0.80, 0.5), (1.0, 1.0))]
            parts.append(tube(spline(ray, 8), 0.0022, material, sides=6))
        return parts
    if form == "footed":
        foot = h * 0.42
        stem = [(0, 0), (r * 0.42, 0), (r * 0.36, foot * 0.2), (r * 0.13, foot * 0.55), (r * 0.16, foot), (0, foot)]
        return [
            lathe(smooth_profile(stem, 24), material, sides=32),
            *moved(dish(shop, r, h - foot * 0.92, slot), 0, 0, foot * 0.9),
        ]
    if form == "basket":
        shape = [(0, 0), (r * 0.72, 0), (r * 0.86, h * 0.3), (r, h), (r * 0.96, h), (r * 0.80, h * 0.3), (0, h * 0.08)]
        rim = tube(circle(r * 0.98, h, 44), 0.008, material, sides=8, closed=True)
        return [lathe(smooth_profile(shape, 30), material, sides=40), rim]
    return dish(shop, r, h, slot)


def _fruit(sort: str, r: float, skin: str, at: tuple[float, float, float], rng: np.random.Generator) -> list[Mesh]:
    """One fruit of radius `r` with its middle at `at`, lying any way."""
    shapes = {
        "lemon": [
            (0, -1.28),
            (0.16, -1.2),
            (0.55, -0.88),
            (0.9, -0.3),
            (0.92, 0.3),
            (0.55, 0.9),
            (0.14, 1.22),
            (0, 1.3),
        ],
        "apple": [
            (0, -0.78),
            (0.3, -0.92),
            (0.8, -0.62),
            (1.0, 0.1),
            (0.85, 0.68),
            (0.4, 0.88),
            (0.1, 0.72),
            (0, 0.66),
        ],
        "orange": [(0, -0.97), (0.4, -0.9), (0.8, -0.58), (1.0, 0), (0.8, 0.58), (0.4, 0.9), (0, 0.96)],
        "pear": [
            (0, -0.9),
            (0.45, -0.9),
            (0.92, -0.4),
            (0.86, 0.15),
            (0.5, 0.72),
            (0.36, 1.15),
            (0.15, 1.4),
            (0, 1.42),
        ],
    }
    body = lathe(smooth_profile(np.array(shapes[sort]) * r, 16), skin, sides=18)
    tilt = 90.0 if sort == "lemon" else float(rng.uniform(-35, 35))
    return moved(turned(tilted([body], tilt), float(rng.uniform(0, 360))), *at)


# ------------------------------------------------------------------------------------------ boards and spoons
_BOARDS = {
    "modern": (("tall", "wood"), ("round", "tabletop"), ("paddle", "black")),
    "scandinavian": (("paddle", "wood"), ("round", "tabletop")),
    "industrial": (("tall", "tabletop"), ("paddle", "wood")),
    "midcentury": (("tall", "tabletop"), ("round", "wood")),
    "luxury": (("tall", "tabletop"), ("round", "wood")),
    "farmhouse": (("paddle", "tabletop"), ("round", "wood"), ("tall", "wood")),
    "coastal": (("paddle", "tabletop"), ("round", "wood"), ("tall", "wood")),
    "standard": (("tall", "wood"), ("paddle", "tabletop")),
}


def cutting_boards(shop: Workshop) -> list[Mesh]:
    """Boards leaning one before the other against the wall, which is at y = +depth/2."""
    w, h, back = shop.width, shop.height, shop.depth / 2
    boards = _BOARDS[shop.style.name]
    parts: list[Mesh] = []
    foot = back - 0.03
    for k, (form, slot) in enumerate(boards):
        tall = (h / 0.985) * (1.0, 0.80, 0.60)[k]
        wide = min(w * (0.70, 0.62, 0.46)[k], tall * 0.86)
        side = (-1, 1, 0)[k] * (w - wide) / 2
        board = _board(shop, form, slot, wide, tall)
        lean = 4.0 + 3.0 * k
        foot -= 0.024 + 0.006 * k
        parts += moved(tilted(board, -lean), side, foot - (0.03 if k else 0.0), 0.002)
    return parts


def _board(shop: Workshop, form: str, slot: str, w: float, h: float) -> list[Mesh]:
    """An upright board on z = 0, facing -y."""
    material, thick = shop.use(slot), 0.018
    if form == "round":
        r = min(w, h) / 2
        disc = lathe(disc_profile(0.5, -thick / 2, thick / 2, 0.005), material, sides=48)
        flat = disc.vertices * [2 * r, 2 * r, 1]
        return moved(tilted([Mesh(flat, disc.faces, flat[:, :2] + 0.2, material)], 90), 0, 0, r)
    slab_h = h * (0.76 if form == "paddle" else 1.0)
    slab = rounded_slab(w, slab_h, thick, 0.02 if form == "tall" else 0.05, material)
    parts = moved(tilted([slab], 90), 0, thick / 2, slab_h / 2)
    if form == "paddle":
        grip = rounded_slab(w * 0.24, h * 0.27, thick * 0.98, 0.018, material)
        parts += moved(tilted([grip], 90), 0, thick / 2, h * 0.87)
    return parts


_CROCKS = {
    "modern": ("cylinder", "accent_ceramic"), "scandinavian": ("cylinder", "ceramic"),
    "industrial": ("bucket", "metal"),
    "midcentury": ("waist", "ceramic"), "luxury": ("cylinder", "tabletop"), "farmhouse": ("jug", "ceramic"),
    "coastal": ("waist", "ceramic"), "standard": ("bucket", "ceramic"),
}  # fmt: skip


def utensil_crock(shop: Workshop) -> list[Mesh]:
    """A crock of wooden spoons, a turner and a whisk."""
    form, slot = _CROCKS[shop.style.name]
    rng = shop.rng("spoons")
    h = shop.height * 0.52
    r = min(min(shop.width, shop.depth) * 0.40, h * 0.48)
    shapes = {
        "cylinder": [(0, 0), (r, 0), (r, h), (r - 0.006, h), (r - 0.006, 0.02), (0, 0.02)],
        "bucket": [(0, 0), (r * 0.82, 0), (r, h), (r - 0.005, h), (r * 0.8, 0.02), (0, 0.02)],
        "waist": [(0, 0), (r * 0.9, 0), (r, h * 0.2), (r * 0.86, h * 0.6), (r, h), (r - 0.006, h), (r * 0.8, h * 0.6),
                  (0, 0.02)],
        "jug": [(0, 0), (r * 0.8, 0), (r, h * 0.35), (r * 0.92, h * 0.75), (r * 0.98, h), (r * 0.9, h),
                (r * 0.84, h * 0.75), (0, 0.02)],
    }  # fmt: skip
    profile = eased_profile(shapes[form], 0.003) if form in ("cylinder", "bucket") else smooth_profile(shapes[form], 30)
    parts = [lathe(profile, shop.use(slot), sides=36)]
    wood, metal = shop.use("wood"), shop.use("metal" if shop.style.name != "scandinavian" else "chrome")
    for k in range(5):
        a = k * 2 * np.pi / 5 + rng.uniform(-0.2, 0.2)
        foot = (-0.4 * r * np.cos(a), -0.4 * r * np.sin(a), 0.02)
        reach = shop.height * (1.0 - 0.05 * (k % 3)) - 0.03
        tip = (0.85 * r * np.cos(a), 0.85 * r * np.sin(a), reach)
        parts += _whisk(foot, tip, metal) if k == 4 else _spoon(foot, tip, wood, flat=k % 2 == 1)
    return fitted(parts, (0, 0, shop.height))


def _spoon(foot: tuple[float, float, float], tip: tuple[float, float, float], wood: str, *, flat: bool) -> list[Mesh]:
    """A wooden spoon or turner, its bowl upwards at `tip`."""
    handle = bar(foot, tip, (0.0048, 0.006), wood, sides=9)
    if flat:
        blade = box((0.048, 0.007, 0.075), wood, radius=0.003, at=(0, 0, -0.02), grain=2)
    else:
        ball = smooth_profile(np.array([(0, -0.032), (0.016, -0.025), (0.023, 0), (0.016, 0.025), (0, 0.03)]), 14)
        egg = lathe(ball, wood, sides=16)
        blade = Mesh(egg.vertices * [1, 0.35, 1.15], egg.faces, egg.uv, wood)
    turn = float(np.degrees(np.arctan2(tip[1], tip[0])))
    return [handle, *moved(turned([blade], turn + 90), *tip)]


def _whisk(foot: tuple[float, float, float], tip: tuple[float, float, float], metal: str) -> list[Mesh]:
    """A balloon whisk."""
    handle = bar(foot, tip, 0.006, metal, sides=9)
    loops = []
    t = np.linspace(0, np.pi, 14)
    for a in np.linspace(0, np.pi, 4, endpoint=False):
        side = 0.026 * np.sin(t) ** 1.2 * np.sign(np.cos(t)) * np.abs(np.cos(t)) ** 0.3
        up = np.where(t < np.pi / 2, t, np.pi - t) / (np.pi / 2) * 0.07 - 0.04
        points = np.stack([side * np.cos(a), side * np.sin(a), up], 1)
        loops.append(tube(points, 0.0012, metal, sides=5))
    return [handle, *moved(loops, *tip)]


# ------------------------------------------------------------------------------------------ herbs
_HERB_POTS = {
    "modern": ("cylinder", "pot", "none"), "scandinavian": ("tapered", "ceramic", "wood"),
    "industrial": ("cylinder", "pot", "metal"), "midcentury": ("tapered", "accent_ceramic", "none"),
    "luxury": ("cylinder", "accent_ceramic", "none"), "farmhouse": ("tapered", "terracotta", "wood"),
    "coastal": ("tapered", "ceramic", "none"), "standard": ("tapered", "pot", "none"),
}  # fmt: skip
_TERRACOTTA = Material("paint", "#b06a48", roughness=0.85, specular=0.15)


def herb_pots(shop: Workshop) -> list[Mesh]:
    """Three pots of herbs in a row, some in a box of wood or metal."""
    form, slot, box_slot = _HERB_POTS[shop.style.name]
    rng = shop.rng("herbs")
    w, h = shop.width, shop.height
    lift = 0.012 if box_slot != "none" else 0.0
    r, pot_height = min(w / 3 * 0.46, shop.depth * 0.44), h * 0.46
    material = shop.use(_TERRACOTTA if slot == "terracotta" else slot)
    parts: list[Mesh] = []
    kinds = ["basil", "rosemary", "thyme"]
    rng.shuffle(kinds)
    for k, kind in enumerate(kinds):
        foot = 1.0 if form == "cylinder" else 0.74
        shape = [
            (0, 0),
            (r * foot, 0),
            (r, pot_height),
            (r * 0.9, pot_height),
            (r * 0.86, pot_height * 0.88),
            (0, pot_height * 0.86),
        ]
        one = [lathe(eased_profile(shape, 0.003), material, sides=28)]
        one.append(lathe(disc_profile(r * 0.87, pot_height * 0.8, pot_height * 0.9, 0.002), shop.use("soil"), sides=20))
        one += _herb(shop, rng, kind, (pot_height * 0.9, h - lift), r * 1.35)
        parts += moved(one, (k - 1) * w / 3, 0, lift)
    return parts + (_trough(shop, w, 2 * r + 0.03, pot_height * 0.62, box_slot) if box_slot != "none" else [])


def _trough(shop: Workshop, w: float, d: float, h: float, slot: str) -> list[Mesh]:
    material = shop.use(slot)
    parts = [box((w, d, 0.01), material, radius=0.002, grain=0)]
    parts += [box((w, 0.010, h), material, radius=0.002, at=(0, s * (d - 0.01) / 2, 0), grain=0) for s in (-1, 1)]
    return parts + [box((0.010, d, h), material, radius=0.002, at=(s * (w - 0.01) / 2, 0, 0), grain=1) for s in (-1, 1)]


def _herb(shop: Workshop, rng: np.random.Generator, kind: str, span: tuple[float, float], reach: float) -> list[Mesh]:
    """A bush of one herb between the heights of `span`, within `reach` metres of its middle."""
    soil, top = span
    slot = {"basil": "leaf_light", "rosemary": "leaf_grey", "thyme": "leaf"}[kind]
    green = shop.use(slot)
    stems, parts = {"basil": 9, "rosemary": 14, "thyme": 16}[kind], []
    blade = {
        "basil": leaf(1.0, 0.62, green, bend=0.7, fold=0.25, rows=5, columns=3),
        "rosemary": leaf(1.0, 0.16, green, shape="lance", bend=0.2, rows=3, columns=3),
        "thyme": leaf(1.0, 0.55, green, bend=0.3, rows=3, columns=3),
    }[kind]
    length = {"basil": 0.038, "rosemary": 0.026, "thyme": 0.014}[kind]
    for i in range(stems):
        a = i * 2.39996
        out = reach * np.sqrt((i + 0.5) / stems) * 0.7
        tip = np.array([out * np.cos(a), out * np.sin(a), soil + (top - soil) * rng.uniform(0.68, 0.97)])
        mesh, path = stalk([[0.3 * tip[0], 0.3 * tip[1], soil - 0.005], tip * [0.75, 0.75, 1] - [0, 0, 0.02], tip],
                           (0.0016, 0.0009), green, count=10, sides=4)  # fmt: skip
        j = np.repeat(np.arange(2, 10), 2)
        n = len(j)
        parts += [
            mesh,
            scatter(
                blade,
                path[j],
                azimuth=a + rng.uniform(0, 2 * np.pi, n),
                elevation=rng.uniform(0.0, 0.9, n),
                roll=rng.normal(0, 0.3, n),
                size=length * rng.uniform(0.7, 1.2, n),
            ),
        ]
    grown = merged(parts)
    low, high = bounds(grown)
    factor = min(1.0, reach / max(-low[0], -low[1], high[0], high[1]))
    return [Mesh(m.vertices * [factor, factor, 1], m.faces, m.uv, m.material) for m in grown]

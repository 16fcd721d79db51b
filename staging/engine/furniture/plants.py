"""Potted plants: seven species that stagers use, each grown leaf by leaf with its own habit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from staging.engine.furniture.colours import blended
from staging.engine.furniture.foliage import GOLDEN_ANGLE, attach, leaf, scatter, stalk
from staging.engine.furniture.primitives import bar, bounds, disc_profile, lathe, merged, smooth_profile
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh

Grower = Callable[[Workshop, np.random.Generator, float, float], list[Mesh]]


def plant(shop: Workshop) -> list[Mesh]:
    """A tall floor plant in a pot; `options`: species. It fills the piece's height and keeps inside its width and
    depth.
    """
    return _potted(shop, str(shop.option("species", _pick(shop, shop.style.species))))


def plant_small(shop: Workshop) -> list[Mesh]:
    """A small plant for a shelf or a table."""
    return _potted(shop, str(shop.option("species", _pick(shop, ("snake", "trailing", "rubber")))))


def _pick(shop: Workshop, names: tuple[str, ...]) -> str:
    return str(shop.rng("species").choice(names))


def _potted(shop: Workshop, species: str) -> list[Mesh]:
    rng = shop.rng("growth")
    w, d, h = shop.width, shop.depth, shop.height
    tall = h > 0.7
    pot_height = (0.30 if tall else 0.42 * h) * (1.1 if species in ("snake", "palm") else 1.0)
    pot_radius = min(0.17, 0.30 * min(w, d)) if tall else min(0.30 * min(w, d), pot_height * 0.62)
    soil = pot_height * 0.92
    return _pot(shop, pot_radius, pot_height) + grown(shop, species, rng, soil)


def grown(shop: Workshop, species: str, rng: np.random.Generator, soil: float) -> list[Mesh]:
    """The plant alone, from `soil` metres up to the piece's height and inside its width and depth."""
    green = _GROWERS[species](shop, rng, soil, shop.height)
    return _within(merged(green), shop.width, shop.depth, soil, shop.height)


# Outsides and insides of planters as (radius, height) shares, going up the outside and down into the soil.
_ON_STAND = np.array([(0, 0.30), (0.96, 0.31), (1, 0.36), (1, 1), (0.94, 1), (0.93, 0.9), (0, 0.89)])
_TAPERED = np.array(
    [(0, 0), (0.74, 0), (0.80, 0.04), (0.95, 0.45), (1, 0.97), (1, 1), (0.93, 1), (0.91, 0.9), (0, 0.89)]
)


def _pot(shop: Workshop, r: float, h: float) -> list[Mesh]:
    """A planter of radius `r` and height `h`: a bowl on a wooden stand, a tapered pot, or a bellied basket."""
    soil = lathe(disc_profile(r * 0.92, h * 0.84, h * 0.91, 0.004), shop.use("soil"), sides=28)
    standing = shop.style.name in ("scandinavian", "midcentury") and h > 0.2
    shape = (_ON_STAND if standing else _TAPERED) * [r, h]
    if not standing and shop.material("pot").kind == "rattan":
        shape[3, 0] *= 1.08
    parts = [lathe(smooth_profile(shape, 40), shop.use("pot"), sides=40), soil]
    return parts + (_stand(shop, 1.06 * r, h) if standing else [])


def _stand(shop: Workshop, reach: float, h: float) -> list[Mesh]:
    """Four posts on a wooden cross, round a pot of height `h`."""
    wood = shop.use("wood")
    feet = [(reach * float(np.cos(a)), reach * float(np.sin(a))) for a in np.deg2rad([45, 135, 225, 315])]
    posts = [bar((x, y, 0), (x, y, h * 0.62), 0.010, wood, sides=10) for x, y in feet]
    return posts + [bar((x, y, h * 0.28), (-x, -y, h * 0.28), 0.008, wood, sides=8) for x, y in feet[:2]]


def _within(meshes: list[Mesh], w: float, d: float, soil: float, h: float) -> list[Mesh]:
    """Scale the growth about the stem so that it reaches the height and stays inside the footprint."""
    low, high = bounds(meshes)
    reach = max(abs(low[0]), high[0]) / (w / 2), max(abs(low[1]), high[1]) / (d / 2)
    factor = np.array([1 / max(reach[0], 1.0), 1 / max(reach[1], 1.0), (h - soil) / max(high[2] - soil, 1e-3)])
    base = np.array([0, 0, soil])
    return [Mesh((m.vertices - base) * factor + base, m.faces, m.uv, m.material) for m in meshes]


def _greens(shop: Workshop, old: str, young: str, rib: str, roughness: float) -> tuple[str, str, str]:
    """Leaves from the oldest to the youngest: a plant of a single green looks like plastic."""
    shades = (old, blended(old, young, 0.45), young)
    dark, middle, light = (shop.use("leaf", colour=c, second=rib, roughness=roughness) for c in shades)
    return dark, middle, light


def _of_age(greens: tuple[str, str, str], age: float, rng: np.random.Generator) -> str:
    """A leaf's green by its `age`, 0 (lowest, oldest) .. 1 (at the tip)."""
    return greens[int(np.clip(3 * age**1.5 + rng.normal(0, 0.5), 0, 2))]


def _fiddle(shop: Workshop, rng: np.random.Generator, soil: float, top: float) -> list[Mesh]:
    """Fiddle-leaf fig: two or three bare stems, big violin leaves in a rising spiral over the upper part."""
    parts: list[Mesh] = []
    greens, bark = _greens(shop, "#24432a", "#4c7038", "#6f8f55", 0.42), shop.use("bark")
    for s in range(3):
        a = s * 2.1 + rng.uniform(-0.3, 0.3)
        reach = top * (1 - 0.13 * s) - 0.06
        out = 0.05 + 0.05 * s
        mesh, path = stalk(
            [
                [0.02 * np.cos(a), 0.02 * np.sin(a), soil],
                [out * 0.7 * np.cos(a), out * 0.7 * np.sin(a), (soil + reach) / 2],
                [out * 1.8 * np.cos(a + 0.3), out * 1.8 * np.sin(a + 0.3), reach],
            ],
            (0.013, 0.005),
            bark,
            count=30,
            sides=8,
        )
        parts.append(mesh)
        count = 21 - 3 * s
        for i in range(count):
            f = i / (count - 1)
            at = path[int((0.30 + 0.70 * f) * 29)]
            size = (0.27 - 0.11 * f) * rng.uniform(0.85, 1.15) * min(1.0, top / 1.4)
            blade = leaf(
                size,
                size * 0.66,
                _of_age(greens, f, rng),
                shape="fiddle",
                bend=rng.uniform(0.45, 1.0) * (1.1 - 0.5 * f),
                fold=0.18,
                twist=rng.normal(0, 0.15),
                ripple=0.03,
                rows=10,
                columns=7,
            )
            parts.append(
                attach(
                    blade,
                    at,
                    a + i * GOLDEN_ANGLE + rng.normal(0, 0.15),
                    np.deg2rad(8 + 58 * f + rng.normal(0, 8)),
                    rng.normal(0, 0.15),
                )
            )
    return parts


def _rubber(shop: Workshop, rng: np.random.Generator, soil: float, top: float) -> list[Mesh]:
    """Rubber plant: several upright stems with thick oval leaves from the soil to the tip."""
    parts: list[Mesh] = []
    greens, bark = _greens(shop, "#20382a", "#3f6238", "#57774f", 0.34), shop.use("bark")
    for s in range(5):
        a = s * 1.7 + rng.uniform(-0.3, 0.3)
        reach = top * (1 - 0.11 * s) - 0.05
        out = 0.06 + 0.032 * s
        mesh, path = stalk(
            [
                [0.025 * np.cos(a), 0.025 * np.sin(a), soil],
                [out * np.cos(a), out * np.sin(a), (soil + reach) / 2],
                [1.9 * out * np.cos(a), 1.9 * out * np.sin(a), reach],
            ],
            (0.009, 0.004),
            bark,
            count=26,
            sides=7,
        )
        parts.append(mesh)
        count = 21 - 2 * s
        for i in range(count):
            f = i / (count - 1)
            size = (0.25 - 0.09 * f) * rng.uniform(0.85, 1.12) * min(1.0, top / 1.2)
            blade = leaf(
                size,
                size * 0.52,
                _of_age(greens, f, rng),
                bend=rng.uniform(0.2, 0.6),
                fold=0.22,
                twist=rng.normal(0, 0.12),
                rows=8,
                columns=5,
            )
            parts.append(
                attach(
                    blade,
                    path[int((0.14 + 0.86 * f) * 25)],
                    a + i * GOLDEN_ANGLE,
                    np.deg2rad(10 + 52 * f + rng.normal(0, 8)),
                    rng.normal(0, 0.15),
                )
            )
    return parts


def _snake(shop: Workshop, rng: np.random.Generator, soil: float, top: float) -> list[Mesh]:
    """Snake plant: stiff upright swords, taller in the middle, slightly twisted."""
    parts = []
    green = shop.use("leaf", colour="#33502f", second="#8a9a5e", pattern="banded")
    reach = top - soil
    for i in range(22):
        a, out = i * GOLDEN_ANGLE, 0.10 * np.sqrt(i / 22) * min(1.0, top / 0.9)
        length = reach * (1.0 - 0.45 * (i / 22)) * rng.uniform(0.8, 1.05)
        blade = leaf(
            length,
            0.045 + 0.05 * length,
            green,
            shape="sword",
            bend=rng.uniform(-0.05, 0.22),
            fold=0.35,
            twist=rng.normal(0, 0.5),
            rows=10,
            columns=5,
        )
        parts.append(
            attach(
                blade,
                [out * np.cos(a), out * np.sin(a), soil - 0.02],
                a + rng.normal(0, 0.4),
                np.deg2rad(88 - 13 * np.sqrt(i / 22) + rng.normal(0, 2.5)),
                rng.uniform(-1, 1),
            )
        )
    return parts


def _palm(shop: Workshop, rng: np.random.Generator, soil: float, top: float) -> list[Mesh]:
    """Kentia palm: arching fronds from the soil, each with two combs of narrow leaflets."""
    parts: list[Mesh] = []
    green = shop.use("leaf")
    leaflet = leaf(1.0, 1.0, green, shape="lance", bend=0.65, fold=0.1, rows=6, columns=3)
    for i in range(14):
        a = i * GOLDEN_ANGLE + rng.normal(0, 0.15)
        rise = np.deg2rad(82 - 34 * (i / 14) + rng.normal(0, 4))
        length = (top - soil) * rng.uniform(0.86, 1.08) * (1 - 0.15 * i / 14)
        t = np.linspace(0, 1, 18)
        along = np.stack([length * t * np.cos(rise) * (1 + 0.45 * t), length * (t * np.sin(rise) - 0.36 * t**2.6)], 1)
        path = np.stack([along[:, 0] * np.cos(a), along[:, 0] * np.sin(a), soil + along[:, 1]], 1)
        mesh, _ = stalk(path, (0.007, 0.0018), green, count=18, sides=5)
        parts.append(mesh)
        run = np.gradient(path, axis=0)
        j = np.repeat(np.arange(6, 18), 2)
        side = np.tile([-1.0, 1.0], 12)
        climb = np.arctan2(run[j, 2], np.hypot(run[j, 0], run[j, 1]))
        size = (0.10 + 0.22 * np.sin(np.pi * (j - 5) / 14.5)) * length / 1.1
        scale = np.stack([size, np.full(24, 0.028), np.minimum(size, 0.25)], 1)
        away = a + side * rng.uniform(0.65, 0.9, 24)
        parts.append(scatter(leaflet, path[j], azimuth=away, elevation=climb * 0.75, roll=-side * 0.5, size=scale))
    return parts


def _olive(shop: Workshop, rng: np.random.Generator, soil: float, top: float) -> list[Mesh]:
    """Olive tree: one slender trunk, an airy round crown of thin twigs with narrow grey-green leaves in pairs."""
    bark, green = shop.use("bark"), shop.use("leaf_grey")
    fork = soil + (top - soil) * 0.50
    mesh, trunk = stalk(
        [[0, 0, soil], [0.025, 0.01, (soil + fork) / 2], [-0.015, 0.015, fork]], (0.017, 0.012), bark, count=16, sides=9
    )
    parts = [mesh]
    narrow = leaf(1.0, 0.27, green, shape="lance", bend=0.3, fold=0.15, rows=4, columns=3)
    crown = (top - fork) * 0.62
    for b in range(15):
        a = b * GOLDEN_ANGLE
        start = trunk[-1] if b < 9 else trunk[12]
        lift = 0.25 + 0.75 * ((b * 7) % 15) / 15
        tip = np.array(
            [
                crown * np.cos(a) * (1.12 - 0.62 * lift),
                crown * np.sin(a) * (1.12 - 0.62 * lift),
                fork + (top - fork) * lift,
            ]
        )
        middle = (start + tip) / 2 + np.array([0, 0, 0.05]) + rng.normal(0, 0.015, 3)
        mesh, path = stalk([start, middle, tip], (0.006, 0.0018), bark, count=14, sides=5)
        parts.append(mesh)
        j = np.repeat(np.arange(4, 14), 5)
        n = len(j)
        side = rng.choice([-1.0, 1.0], n)
        parts.append(
            scatter(
                narrow,
                path[j] + rng.normal(0, 0.022, (n, 3)),
                azimuth=a + side * rng.uniform(0.2, 2.4, n),
                elevation=rng.uniform(-0.4, 1.1, n),
                roll=rng.normal(0, 0.5, n),
                size=rng.uniform(0.045, 0.075, n),
            )
        )
    return parts


def _strelitzia(shop: Workshop, rng: np.random.Generator, soil: float, top: float) -> list[Mesh]:
    """Bird of paradise: long upright stalks that each carry one big paddle, fanned out, the outer ones bowing."""
    parts: list[Mesh] = []
    green = shop.use("leaf", colour="#2a4a2c", second="#6c8c56")
    reach = top - soil
    for i in range(13):
        a = i * GOLDEN_ANGLE
        f = i / 12
        lean = np.deg2rad(4 + 24 * f + rng.normal(0, 3))
        length = reach * (0.66 - 0.26 * f) * rng.uniform(0.9, 1.05)
        t = np.linspace(0, 1, 10)
        bow = lean * (0.45 + 0.75 * t)
        out = np.cumsum(np.sin(bow)) * length / 10
        up = np.cumsum(np.cos(bow)) * length / 10
        path = np.stack([out * np.cos(a), out * np.sin(a), soil + up], 1)
        path = np.concatenate([[[0.02 * np.cos(a), 0.02 * np.sin(a), soil - 0.02]], path])
        mesh, line = stalk(path, (0.009, 0.005), green, count=12, sides=6)
        parts.append(mesh)
        size = reach * rng.uniform(0.33, 0.42) * (1 - 0.15 * f)
        blade = leaf(
            size,
            size * 0.58,
            green,
            shape="paddle",
            bend=rng.uniform(0.5, 1.1),
            fold=0.22,
            twist=rng.normal(0, 0.15),
            ripple=0.02,
            rows=12,
            columns=7,
        )
        parts.append(
            attach(blade, line[-1], a + rng.normal(0, 0.35), np.pi / 2 - lean * 1.5 - 0.15, rng.normal(0, 0.35))
        )
    return parts


def _trailing(shop: Workshop, rng: np.random.Generator, soil: float, top: float) -> list[Mesh]:
    """A low bushy pothos: heart-shaped leaves on short arching stems."""
    parts: list[Mesh] = []
    green = shop.use("leaf_light")
    reach = top - soil
    for i in range(26):
        a = i * GOLDEN_ANGLE
        out = reach * rng.uniform(0.25, 0.85)
        tip = [out * np.cos(a), out * np.sin(a), soil + reach * rng.uniform(0.35, 0.95)]
        mesh, path = stalk(
            [[0, 0, soil - 0.01], [tip[0] * 0.5, tip[1] * 0.5, tip[2]], tip], (0.002, 0.0012), green, count=6, sides=4
        )
        blade = leaf(
            reach * 0.42 * rng.uniform(0.8, 1.2),
            reach * 0.32,
            green,
            shape="oval",
            bend=rng.uniform(0.5, 1.1),
            fold=0.2,
            rows=7,
            columns=5,
        )
        parts += [mesh, attach(blade, path[-1], a + rng.normal(0, 0.3), rng.uniform(-0.2, 0.6), rng.normal(0, 0.2))]
    return parts


_GROWERS: dict[str, Grower] = {
    "fiddle": _fiddle, "rubber": _rubber, "snake": _snake, "palm": _palm, "olive": _olive, "strelitzia": _strelitzia,
    "trailing": _trailing,
}  # fmt: skip

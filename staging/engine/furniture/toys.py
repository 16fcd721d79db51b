"""Toys: plush animals, balls, blocks, rings, a rainbow, a car; and boxes of them."""

from __future__ import annotations

import numpy as np

from staging.engine.furniture.finishes import cloth
from staging.engine.furniture.playrooms import accent, play
from staging.engine.furniture.primitives import bar, box, fitted, grid, lathe, moved, scaled, tilted, tube, turned
from staging.engine.furniture.upholstery import wrinkled
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh

Point = tuple[float, float, float]

_FUR = {"bear": "#a98259", "rabbit": "#ddd5c8", "elephant": "#9aa0a3"}


def egg(radii: Point, material: str, at: Point = (0.0, 0.0, 0.0), sides: int = 22) -> Mesh:
    """An ellipsoid with its middle at `at`."""
    t = np.linspace(-np.pi / 2, np.pi / 2, max(8, sides // 2 + 2))
    ball = lathe(np.stack([np.cos(t), np.sin(t)], 1).clip([0, -1]), material, sides=sides)
    return scaled([ball], *radii)[0].moved(*at)


# ------------------------------------------------------------------------------------------ plush
def plush(shop: Workshop) -> list[Mesh]:
    """A sitting plush animal in the style's kind: a bear, a rabbit or an elephant."""
    name = str(shop.option("animal", play(shop).plush))
    fur = shop.use(cloth("boucle", _FUR[name]))
    pale = shop.use(cloth("linen", "#e8dfd0"))
    black = shop.use("black")
    parts = [egg((0.30, 0.27, 0.34), fur, (0, 0.02, 0.33)), egg((0.22, 0.12, 0.24), pale, (0, -0.155, 0.32))]
    parts.append(egg((0.26, 0.24, 0.23), fur, (0, -0.02, 0.80)))
    for s in (-1, 1):
        parts += tilted([egg((0.10, 0.22, 0.10), fur, (s * 0.20, -0.26, 0.10))], 0)
        parts.append(egg((0.075, 0.03, 0.085), pale, (s * 0.20, -0.475, 0.11), 14))
        parts += moved(turned(tilted([egg((0.075, 0.075, 0.19), fur)], 24), 20 * s), s * 0.29, -0.10, 0.42)
        parts.append(egg((0.022, 0.016, 0.026), black, (s * 0.09, -0.235, 0.85), 10))
    parts += {"bear": _bear, "rabbit": _rabbit, "elephant": _elephant}[name](fur, pale, black)
    soft = [wrinkled(m, 0.004, 3.0, shop.seed) if m.material == fur else m for m in parts]
    return fitted(soft, (shop.width, shop.depth, shop.height))


def _bear(fur: str, pale: str, black: str) -> list[Mesh]:
    ears = [egg((0.085, 0.05, 0.085), fur, (s * 0.19, 0.0, 0.99), 14) for s in (-1, 1)]
    inner = [egg((0.05, 0.02, 0.05), pale, (s * 0.19, -0.045, 0.99), 10) for s in (-1, 1)]
    return [
        *ears,
        *inner,
        egg((0.11, 0.09, 0.085), pale, (0, -0.22, 0.75)),
        egg((0.035, 0.025, 0.026), black, (0, -0.31, 0.78), 10),
    ]


def _rabbit(fur: str, pale: str, black: str) -> list[Mesh]:
    parts: list[Mesh] = []
    for s in (-1, 1):
        parts += moved(tilted([egg((0.07, 0.035, 0.26), fur, (0, 0, 0.22), 14)], s * 13, "y"), s * 0.10, 0.02, 0.92)
        parts += moved(
            tilted([egg((0.04, 0.012, 0.19), pale, (0, -0.032, 0.22), 12)], s * 13, "y"), s * 0.10, 0.02, 0.92
        )
    return [
        *parts,
        egg((0.08, 0.06, 0.06), pale, (0, -0.22, 0.75)),
        egg((0.022, 0.018, 0.016), black, (0, -0.28, 0.78), 8),
    ]


def _elephant(fur: str, pale: str, black: str) -> list[Mesh]:
    t = np.linspace(0, 1, 12)
    trunk = np.stack([np.zeros(12), -0.20 - 0.16 * np.sin(t * 2.4), 0.76 - 0.34 * t + 0.06 * t**3], 1)
    parts = [tube(trunk, np.linspace(0.075, 0.042, 12), fur, sides=12)]
    for s in (-1, 1):
        parts += moved(turned([egg((0.20, 0.035, 0.20), fur, (s * 0.15, 0, 0), 18)], -25 * s), s * 0.17, 0.0, 0.84)
        parts += moved(
            turned([egg((0.13, 0.012, 0.13), pale, (s * 0.15, -0.034, 0), 14)], -25 * s), s * 0.17, 0.0, 0.84
        )
    return parts


# ------------------------------------------------------------------------------------------ hard toys
def toys(shop: Workshop) -> list[Mesh]:
    """A small group of toys on the floor; which one depends on the style and the seed."""
    names = sorted(_TOYS)
    start = sorted(_SHIFT).index(shop.style.name)
    form = str(shop.option("form", names[(start + shop.seed) % len(names)]))
    return fitted(_TOYS[form](shop), (shop.width, shop.depth, shop.height))


def play_ball(shop: Workshop) -> list[Mesh]:
    """A ball of coloured wedges."""
    count = 6
    t = np.linspace(-np.pi / 2, np.pi / 2, 15)
    parts: list[Mesh] = []
    r = min(shop.width, shop.depth, shop.height) / 2
    for k in range(count):
        a = np.linspace(0, 2 * np.pi / count, 6) + 2 * np.pi * k / count
        circle = np.cos(t)[:, None]
        points = np.stack([circle * np.cos(a), circle * np.sin(a), np.broadcast_to(np.sin(t)[:, None], (15, 6))], -1)
        parts.append(grid(points * r, points[..., :2], accent(shop, k if k % 2 else 3), flip=True))
    return moved(turned(tilted(parts, 32), 20 + 10 * (shop.seed % 7)), 0, 0, r)


def _blocks(shop: Workshop) -> list[Mesh]:
    """A small tower of wooden cubes and some beside it."""
    rng = shop.rng("blocks")
    places = [
        (-0.07, 0.0, 0.0),
        (0.05, 0.01, 0.0),
        (-0.01, 0.0, 0.1),
        (0.0, 0.01, 0.2),
        (0.16, -0.12, 0.0),
        (-0.2, -0.1, 0.0),
    ]
    parts: list[Mesh] = []
    for k, (x, y, z) in enumerate(places):
        one = box((0.1, 0.1, 0.1), shop.use("wood") if k % 4 == 3 else accent(shop, k), radius=0.008, seed=k)
        parts += moved(turned([one], float(rng.uniform(-25, 25))), x, y, z)
    return parts


def _rings(shop: Workshop) -> list[Mesh]:
    """Rings on a peg, wide below."""
    wood = shop.use("wood")
    a = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    parts = [lathe([(0, 0), (0.13, 0), (0.13, 0.02), (0, 0.02)], wood), bar((0, 0, 0), (0, 0, 0.3), 0.014, wood)]
    for k in range(5):
        r, z = 0.085 - 0.011 * k, 0.045 + 0.047 * k
        parts.append(
            tube(np.stack([r * np.cos(a), r * np.sin(a), np.full(28, z)], 1), 0.025, accent(shop, k), closed=True)
        )
    return [*parts, egg((0.025, 0.025, 0.025), accent(shop, 1), (0, 0, 0.30), 12)]


def _rainbow(shop: Workshop) -> list[Mesh]:
    """Nested wooden arches."""
    a = np.linspace(0, np.pi, 20)
    return [
        scaled([tube(np.stack([r * np.cos(a), 0 * a, r * np.sin(a)], 1), 0.016, accent(shop, k), sides=10)], 1, 2.2, 1)[
            0
        ]
        for k, r in enumerate((0.06, 0.092, 0.124, 0.156))
    ]


def _car(shop: Workshop) -> list[Mesh]:
    """A wooden car on four wheels."""
    parts = [
        box((0.30, 0.14, 0.07), accent(shop, 0), radius=0.02, at=(0, 0, 0.035)),
        box((0.15, 0.13, 0.07), shop.use("wood"), radius=0.025, at=(-0.01, 0, 0.10)),
    ]
    wheel = tilted([lathe([(0, -0.014), (0.042, -0.014), (0.042, 0.014), (0, 0.014)], accent(shop, 3), sides=20)], 90)
    for x in (-0.09, 0.09):
        for y in (-0.07, 0.07):
            parts += moved(wheel, x, y, 0.042)
    return parts


_TOYS = {"blocks": _blocks, "rings": _rings, "rainbow": _rainbow, "car": _car}
_SHIFT = ("coastal", "farmhouse", "industrial", "luxury", "midcentury", "modern", "scandinavian", "standard")


def toy(shop: Workshop, k: int, size: float) -> list[Mesh]:
    """The `k`-th small toy, counted round, about `size` metres high, for shelves and chests."""
    names = sorted(_TOYS)
    form = names[k % len(names)]
    deep = {"rainbow": 0.45, "car": 0.5, "blocks": 0.8, "rings": 0.9}[form]
    wide = {"rainbow": 1.9, "car": 1.7, "blocks": 1.3, "rings": 0.9}[form]
    return fitted(_TOYS[form](shop), (size * wide, size * deep, size))

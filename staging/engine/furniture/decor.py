"""Small things: vases, bowls, trays, candles; settings of them for table tops."""

from __future__ import annotations

import numpy as np

from staging.engine.furniture import books
from staging.engine.furniture.foliage import sprig
from staging.engine.furniture.primitives import (
    bar,
    box,
    eased_profile,
    facing_in,
    fitted,
    lathe,
    moved,
    rounded_slab,
    smooth_profile,
    tube,
    turned,
)
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh

_VASES = {
    "bottle": [(0, 0), (0.28, 0), (0.42, 0.15), (0.40, 0.42), (0.16, 0.66), (0.11, 0.88),
        (0.13, 1.0), (0.10, 0.99), (0.08, 0.85), (0, 0.85)],
    "urn": [(0, 0), (0.24, 0), (0.44, 0.35), (0.46, 0.55), (0.30, 0.82), (0.24, 0.92),
        (0.29, 1.0), (0.25, 0.99), (0.20, 0.88), (0, 0.88)],
    "cylinder": [(0, 0), (0.30, 0), (0.33, 0.05), (0.34, 0.5), (0.35, 0.97), (0.34, 1.0),
        (0.31, 0.99), (0.30, 0.85), (0, 0.85)],
    "moon": [(0, 0), (0.20, 0), (0.40, 0.12), (0.50, 0.45), (0.38, 0.78), (0.19, 0.90),
        (0.20, 1.0), (0.16, 0.99), (0.14, 0.88), (0, 0.88)],
    "jug": [(0, 0), (0.26, 0), (0.36, 0.2), (0.38, 0.45), (0.24, 0.75), (0.21, 0.86), (0.27, 1.0),
        (0.23, 0.99), (0.17, 0.86), (0, 0.86)],
}  # fmt: skip


def pot(shop: Workshop, rng: np.random.Generator, h: float, *, slot: str = "ceramic", form: str = "") -> list[Mesh]:
    """A thrown vase of height `h` on z = 0, in one of several forms."""
    shape = np.array(_VASES[form or str(rng.choice(sorted(_VASES)))])
    return [lathe(smooth_profile(shape * h, 30), shop.use(slot), sides=36)]


def vase(shop: Workshop) -> list[Mesh]:
    """A vase; `options` {"stems": False} leaves it empty. The stems' tips reach the piece's height."""
    rng = shop.rng("vase")
    body = shop.height * (0.46 if shop.option("stems", True) else 1.0)
    slot = "ceramic" if rng.random() < 0.6 else "accent_ceramic"
    parts = pot(shop, rng, body, slot=slot)
    if shop.option("stems", True):
        parts += arrangement(shop, rng, body, shop.height)
        return fitted(parts, (0, 0, shop.height))
    return parts


def arrangement(shop: Workshop, rng: np.random.Generator, mouth: float, top: float) -> list[Mesh]:
    """Twigs in a vase whose mouth is at height `mouth`, reaching `top`: eucalyptus, olive or dried grass by style."""
    dry = shop.style.name in ("modern", "luxury", "industrial", "coastal") and rng.random() < 0.5
    parts: list[Mesh] = []
    for k in range(8 if dry else 7):
        around = k * 2.39996 + float(rng.normal(0, 0.25))
        spread = float(rng.uniform(0.15, 0.5)) * (top - mouth)
        tip = (spread * np.cos(around), spread * np.sin(around), top - float(rng.uniform(0, 0.3)) * (top - mouth))
        parts += sprig(shop, rng, (0.0, 0.0, mouth * 0.7), tip, kind="grass" if dry else "eucalyptus")
    return parts


def bowl(shop: Workshop) -> list[Mesh]:
    """A shallow bowl with an inside."""
    return dish(shop, shop.width / 2, shop.height, "ceramic" if shop.seed % 2 else "accent_ceramic")


def dish(shop: Workshop, r: float, h: float, slot: str) -> list[Mesh]:
    """A bowl of radius r and height h on z = 0."""
    shape = [(0, 0), (r * 0.42, 0), (r * 0.46, h * 0.06), (r * 0.82, h * 0.5), (r, h), (r * 0.965, h),
             (r * 0.76, h * 0.52), (r * 0.4, h * 0.16), (0, h * 0.12)]  # fmt: skip
    return [lathe(smooth_profile(shape, 34), shop.use(slot), sides=40)]


def candle(shop: Workshop, r: float = 0.034, h: float = 0.085) -> list[Mesh]:
    """A pillar candle in a low glassy cup."""
    wax = lathe(
        eased_profile([(0, 0.004), (r, 0.004), (r, h), (r * 0.86, h), (r * 0.8, h - 0.006), (0, h - 0.008)], 0.004),
        shop.use("wax"),
        sides=24,
    )
    wick = bar((0, 0, h - 0.01), (0.001, 0, h + 0.008), 0.001, shop.use("black"), sides=5)
    return [wax, wick]


def tray(shop: Workshop, w: float, d: float) -> list[Mesh]:
    """A flat tray with a raised rim; round when w equals d."""
    slot = "wood" if shop.material("tabletop").kind != "wood" else "metal"
    material = shop.use(slot) if slot == "wood" else shop.use("black")
    if abs(w - d) < 1e-6:
        r = w / 2
        shape = [(0, 0), (r - 0.004, 0), (r, 0.02), (r - 0.006, 0.022), (r - 0.009, 0.008), (0, 0.006)]
        return [lathe(eased_profile(shape, 0.002), material, sides=44)]
    parts = [rounded_slab(w, d, 0.007, 0.012, material)]
    for s in (-1, 1):
        parts.append(box((w, 0.008, 0.025), material, radius=0.002, at=(0, s * (d / 2 - 0.004), 0)))
        parts.append(box((0.008, d - 0.016, 0.025), material, radius=0.002, at=(s * (w / 2 - 0.004), 0, 0)))
    return parts


def knot(shop: Workshop, size: float) -> list[Mesh]:
    """A chain of two links: the small sculpture of present-day shelves."""
    material = shop.use("accent_ceramic")
    t = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    flat = np.stack([size * 0.5 * np.cos(t), size * 0.34 * np.sin(t), np.full(24, size * 0.11)], 1)
    upright = np.stack([size * 0.42 + size * 0.45 * np.cos(t), 0 * t, size * 0.36 + size * 0.30 * np.sin(t)], 1)
    return [tube(loop, size * 0.10, material, sides=10, closed=True) for loop in (flat, upright)]


def table_setting(shop: Workshop, w: float, d: float, top: float) -> list[Mesh]:
    """Decor for a low table w x d whose top is at height `top`: tray with candle and books, a vase, a bowl."""
    rng = shop.rng("setting")
    side = 1 if rng.random() < 0.5 else -1
    parts: list[Mesh] = []
    tray_w = min(0.42, w * 0.42)
    parts += moved(tray(shop, tray_w, min(0.30, d * 0.5)), -side * w * 0.20, 0.01, top)
    stack, height = books.book_stack(shop, rng, int(rng.integers(2, 4)), 0.23, 0.16)
    parts += moved(turned(stack, float(rng.normal(0, 8))), -side * w * 0.22, 0.01, top + 0.008)
    parts += moved(candle(shop), -side * w * 0.22 + 0.02, 0.0, top + height + 0.008)
    tall = float(rng.uniform(0.16, 0.22))
    parts += moved(pot(shop, rng, tall), side * w * 0.20, d * 0.10, top)
    parts += moved(arrangement(shop, rng, tall, tall + 0.24), side * w * 0.20, d * 0.10, top)
    if w > 0.9:
        parts += moved(dish(shop, 0.085, 0.055, "accent_ceramic"), side * w * 0.04, -d * 0.18, top)
    return parts


def sideboard_setting(shop: Workshop, w: float, top: float) -> list[Mesh]:
    """Decor for a cabinet's top: vase group on one side, books with an object on the other."""
    rng = shop.rng("setting")
    side = 1 if rng.random() < 0.5 else -1
    tall = float(rng.uniform(0.26, 0.34))
    parts = moved(pot(shop, rng, tall), side * w * 0.33, 0.03, top)
    parts += moved(arrangement(shop, rng, tall, tall + 0.32), side * w * 0.33, 0.03, top)
    parts += moved(
        pot(shop, rng, tall * 0.55, slot="accent_ceramic", form="moon"), side * (w * 0.33 - 0.19), -0.04, top
    )
    stack, height = books.book_stack(shop, rng, 3, 0.25, 0.18)
    parts += moved(stack, -side * w * 0.28, 0.0, top)
    parts += moved(knot(shop, 0.13), -side * w * 0.28, 0.0, top + height)
    return parts


def cup(shop: Workshop, r: float = 0.04, h: float = 0.09) -> list[Mesh]:
    """A pencil cup."""
    outer = lathe(
        eased_profile([(0, 0), (r, 0), (r, h), (r - 0.004, h), (r - 0.004, 0.01), (0, 0.01)], 0.002),
        shop.use("accent_ceramic"),
        sides=24,
    )
    pens = [
        bar(
            (0.01 * k, 0.005, 0.012),
            (0.022 * k, 0.012, h + 0.06 - 0.008 * abs(k)),
            0.0035,
            shop.use("wood" if k else "black"),
            sides=6,
        )
        for k in (-1, 0, 1)
    ]
    return [outer, *pens]


def globe_shade(radius: float, material: str, sides: int = 20) -> Mesh:
    """A full sphere standing on z = 0 (glass pendants, bulbs)."""
    t = np.linspace(-np.pi / 2, np.pi / 2, max(6, sides // 2))
    return lathe(np.stack([radius * np.cos(t), radius + radius * np.sin(t)], 1), material, sides=sides)


def inside(mesh: Mesh, material: str) -> Mesh:
    """The same surface in another material, seen from within."""
    flipped = facing_in(mesh)
    return Mesh(flipped.vertices, flipped.faces, flipped.uv, material)

"""Coffee tables: eight forms. `options` {"decor": True} sets a tray, books and a vase on the top."""

from __future__ import annotations

import numpy as np

from staging.engine.furniture import decor
from staging.engine.furniture.parts import legs, pair, sled
from staging.engine.furniture.primitives import (
    bar,
    box,
    eased_profile,
    lathe,
    loft,
    rounded_slab,
    scaled,
    tube,
)
from staging.engine.furniture.tabletops import oval_top, plank_top
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh


def coffee_table(shop: Workshop) -> list[Mesh]:
    """A low table in the style's form."""
    build = {
        "slab": _coffee_slab, "round": _coffee_nest, "frame": _coffee_frame, "oval": _coffee_oval,
        "pedestal": _coffee_marble, "trestle": _coffee_farm, "drum": woven_drum, "legs": _coffee_shelf,
    }[shop.style.table]  # fmt: skip
    parts = build(shop)
    if shop.option("decor", False):
        parts += decor.table_setting(shop, shop.width, shop.depth, shop.height)
    return parts


def _coffee_slab(shop: Workshop) -> list[Mesh]:
    """A thick plank top on two wide plinth blocks, one of stone."""
    w, d, h = shop.width, shop.depth, shop.height
    top = rounded_slab(w, d, 0.05, 0.09, shop.use("tabletop"), at=(0, 0, h - 0.05))
    feet = [
        rounded_slab(w * 0.22, d * 0.62, h - 0.05, 0.08, shop.use("wood"), at=(s * w * 0.26, 0, 0)) for s in (-1, 1)
    ]
    return [top, *feet]


def _coffee_nest(shop: Workshop) -> list[Mesh]:
    """A round top on three tapered legs with a smaller shelf below."""
    w, d, h = shop.width, shop.depth, shop.height
    parts = oval_top(shop, w, d, h, 0.024)
    wood = shop.use("wood")
    for a in np.deg2rad([45, 135, 225, 315]):
        c, s = float(np.cos(a)), float(np.sin(a))
        parts.append(
            bar((w * 0.43 * c, d * 0.43 * s, 0), (w * 0.33 * c, d * 0.33 * s, h - 0.02), (0.012, 0.02), wood, sides=14)
        )
    return parts + oval_top(shop, w * 0.66, d * 0.66, 0.17, 0.016)


def _coffee_frame(shop: Workshop) -> list[Mesh]:
    """Rustic boards on a black iron frame, with a lower shelf."""
    w, d, h = shop.width, shop.depth, shop.height
    metal, bars = shop.use("metal"), 0.028
    parts = [
        box((w, d, 0.045), shop.use("tabletop"), radius=0.005, at=(0, 0, h - 0.045), grain=0),
        box((w - 0.05, d - 0.05, 0.025), shop.use("tabletop"), radius=0.003, at=(0, 0, 0.11), grain=0),
    ]
    for s in (-1, 1):
        parts += sled(d - 0.02, h - 0.045, metal, x=s * (w / 2 - 0.03), section=bars)
        for z in (0.085, h - 0.045 - bars):
            parts.append(box((w - 0.06, bars, bars), metal, radius=0.002, at=(0, s * (d / 2 - 0.024), z)))
    return parts


def _coffee_oval(shop: Workshop) -> list[Mesh]:
    """A surfboard top on splayed tapered legs, with a slatted magazine shelf."""
    w, d, h = shop.width, shop.depth, shop.height
    wood = shop.use("wood")
    t = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    plan = np.stack(
        [
            w / 2 * np.sign(np.cos(t)) * np.abs(np.cos(t)) ** 0.72,
            d / 2 * np.sign(np.sin(t)) * np.abs(np.sin(t)) ** 0.82,
        ],
        1,
    )
    rings = [
        np.column_stack([plan * k, np.full(64, z)])
        for k, z in ((0.965, h - 0.026), (0.995, h - 0.015), (1.0, h - 0.006), (0.99, h))
    ]
    parts = [loft(rings, shop.use("tabletop"), flat=True)]
    parts += legs(shop, w * 0.80, d * 0.86, h - 0.02, inset=0.03, thick=1.0)
    parts += [
        bar((-w * 0.30, y, 0.19), (w * 0.30, y, 0.19), 0.006, wood, sides=8)
        for y in np.linspace(-d * 0.24, d * 0.24, 6)
    ]
    return parts + pair([bar((w * 0.30, -d * 0.30, 0.19), (w * 0.30, d * 0.30, 0.19), 0.009, wood, sides=8)])


def _coffee_marble(shop: Workshop) -> list[Mesh]:
    """A marble top on a brass cage of fine rods and rings."""
    w, d, h = shop.width, shop.depth, shop.height
    metal = shop.use("metal")
    parts = oval_top(shop, w, d, h, 0.028)
    t = np.linspace(0, 2 * np.pi, 44, endpoint=False)
    for z, k in ((0.008, 0.40), (h - 0.036, 0.44)):
        loop = np.stack([w * k * np.cos(t), d * k * np.sin(t), np.full(44, z)], 1)
        parts.append(tube(loop, 0.008, metal, sides=8, closed=True))
    for a in np.linspace(0, 2 * np.pi, 20, endpoint=False):
        low = (w * 0.40 * np.cos(a), d * 0.40 * np.sin(a), 0.008)
        high = (w * 0.44 * np.cos(a + 0.25), d * 0.44 * np.sin(a + 0.25), h - 0.036)
        parts.append(bar(low, high, 0.0045, metal, sides=6))
    return parts


def _coffee_farm(shop: Workshop) -> list[Mesh]:
    """A plank top with breadboard ends on turned legs, and a shelf of slats."""
    w, d, h = shop.width, shop.depth, shop.height
    wood, paint = shop.use("wood"), shop.use("front")
    parts = plank_top(shop, w, d, h, 0.035)
    parts += [box((w - 0.16, d - 0.16, 0.07), paint, radius=0.003, at=(0, 0, h - 0.103), grain=0)]
    parts += legs(shop, w, d, h - 0.03, inset=0.075, thick=1.25)
    return parts + [
        box((w - 0.14, (d - 0.2) / 5 - 0.008, 0.018), wood, radius=0.003, at=(0, y, 0.10), grain=0)
        for y in np.linspace(-(d - 0.26) / 2, (d - 0.26) / 2, 5)
    ]


def woven_drum(shop: Workshop) -> list[Mesh]:
    """A woven drum under a pale wooden top."""
    w, d, h = shop.width, shop.depth, shop.height
    body = lathe(
        eased_profile([(0, 0), (0.44, 0), (0.485, 0.35 * h), (0.485, 0.7 * h), (0.45, h - 0.03), (0, h - 0.03)], 0.03),
        shop.use("front"),
        sides=52,
    )
    return scaled([body], w, d) + oval_top(shop, w, d, h, 0.032)


def _coffee_shelf(shop: Workshop) -> list[Mesh]:
    """A plain rectangular table on straight legs, with a shelf."""
    w, d, h = shop.width, shop.depth, shop.height
    parts = [
        box((w, d, 0.03), shop.use("tabletop"), radius=0.005, at=(0, 0, h - 0.03), grain=0),
        box((w - 0.06, d - 0.06, 0.06), shop.use("wood"), radius=0.003, at=(0, 0, h - 0.088), grain=0),
        box((w - 0.08, d - 0.08, 0.022), shop.use("tabletop"), radius=0.003, at=(0, 0, 0.11), grain=0),
    ]
    return parts + legs(shop, w, d, h - 0.028, inset=0.036, thick=1.15)

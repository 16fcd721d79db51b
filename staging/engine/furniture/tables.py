"""Side, console and dining tables, desks. `options` {"decor": True} sets things on their tops."""

from __future__ import annotations

import numpy as np

from staging.engine.furniture import books, decor
from staging.engine.furniture.coffee_tables import woven_drum
from staging.engine.furniture.parts import handle, legs, sled
from staging.engine.furniture.primitives import (
    bar,
    box,
    disc_profile,
    eased_profile,
    lathe,
    moved,
    rounded_slab,
    scaled,
)
from staging.engine.furniture.tabletops import oval_top, plank_top
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh


# ------------------------------------------------------------------------------------------ side and console tables
def side_table(shop: Workshop) -> list[Mesh]:
    """A small table beside a seat; `options`: decor (bool)."""
    build = {
        "drum": woven_drum, "slab": _side_column, "pedestal": _side_column, "frame": _side_frame, "round": _side_tripod,
        "oval": _side_tripod, "trestle": _side_legs, "legs": _side_legs,
    }[shop.style.table]  # fmt: skip
    parts = build(shop)
    if shop.option("decor", False):
        rng = shop.rng("setting")
        stack, tall = books.book_stack(shop, rng, 2, 0.2, 0.14)
        parts += moved(stack, 0, 0, shop.height) + moved(decor.candle(shop), 0.01, 0, shop.height + tall)
    return parts


def _side_column(shop: Workshop) -> list[Mesh]:
    """A round top on a slim column with a flat foot."""
    w, d, h = shop.width, shop.depth, shop.height
    profile = [(0, 0), (0.34, 0), (0.34, 0.014), (0.05, 0.022), (0.035, 0.06), (0.035, h - 0.03), (0.10, h - 0.02),
               (0, h - 0.02)]  # fmt: skip
    material = shop.use("metal" if shop.style.table == "pedestal" else "black")
    foot = scaled([lathe(eased_profile(profile, 0.006), material, sides=36)], w, d)
    return foot + oval_top(shop, w, d, h, 0.02)


def _side_frame(shop: Workshop) -> list[Mesh]:
    """A board on two metal frames, with a shelf."""
    w, d, h = shop.width, shop.depth, shop.height
    top = shop.use("tabletop")
    parts = [
        m for s in (-1, 1) for m in sled(d - 0.01, h - 0.03, shop.use("metal"), x=s * (w / 2 - 0.02), section=0.02)
    ]
    parts.append(box((w, d, 0.03), top, radius=0.004, at=(0, 0, h - 0.03), grain=0))
    return [*parts, box((w - 0.04, d - 0.04, 0.02), top, radius=0.003, at=(0, 0, 0.12), grain=0)]


def _side_tripod(shop: Workshop) -> list[Mesh]:
    """A round top on three splayed legs; the round style has a small shelf between them."""
    w, d, h = shop.width, shop.depth, shop.height
    parts = oval_top(shop, w, d, h, 0.022)
    for a in np.deg2rad([90, 210, 330]):
        c, s = float(np.cos(a)), float(np.sin(a))
        foot, head = (w * 0.42 * c, d * 0.42 * s, 0.0), (w * 0.20 * c, d * 0.20 * s, h - 0.015)
        parts.append(bar(foot, head, (0.010, 0.017), shop.use("wood"), sides=14))
    return parts + (oval_top(shop, w * 0.5, d * 0.5, h * 0.36, 0.014) if shop.style.table == "round" else [])


def _side_legs(shop: Workshop) -> list[Mesh]:
    """A square table with an apron, four legs and a shelf."""
    w, d, h = shop.width, shop.depth, shop.height
    if shop.style.table == "trestle":
        parts = plank_top(shop, w, d, h, 0.028)
    else:
        parts = [rounded_slab(w, d, 0.025, 0.012, shop.use("tabletop"), at=(0, 0, h - 0.025))]
    parts.append(box((w - 0.05, d - 0.05, 0.10), shop.use("front"), radius=0.003, at=(0, 0, h - 0.125), grain=0))
    parts += legs(shop, w, d, h - 0.025, inset=0.035, thick=0.85)
    return [*parts, box((w - 0.06, d - 0.06, 0.018), shop.use("wood"), radius=0.003, at=(0, 0, 0.14), grain=0)]


def console_table(shop: Workshop) -> list[Mesh]:
    """A narrow table for a wall or a sofa's back."""
    w, d, h = shop.width, shop.depth, shop.height
    table, metal = shop.style.table, shop.use("metal")
    top = (
        plank_top(shop, w, d, h, 0.035)
        if table == "trestle"
        else [rounded_slab(w, d, 0.03, 0.012, shop.use("tabletop"), at=(0, 0, h - 0.03))]
    )
    if table in ("frame", "slab", "pedestal"):
        section = 0.028 if table == "frame" else 0.018
        parts = top + [
            m for s in (-1, 1) for m in sled(d - 0.02, h - 0.03, metal, x=s * (w / 2 - 0.05), section=section)
        ]
        parts.append(rounded_slab(w - 0.12, d - 0.05, 0.02, 0.008, shop.use("tabletop"), at=(0, 0, 0.16)))
    else:
        parts = [*top, box((w - 0.07, d - 0.05, 0.10), shop.use("wood"), radius=0.003, at=(0, 0, h - 0.128), grain=0)]
        parts += legs(shop, w, d, h - 0.03, inset=0.04, thick=1.0)
        parts.append(box((w - 0.08, d - 0.07, 0.02), shop.use("wood"), radius=0.003, at=(0, 0, 0.18), grain=0))
    if shop.option("decor", False):
        parts += decor.sideboard_setting(shop, w, h)
    return parts


# ------------------------------------------------------------------------------------------ dining tables
def dining_table(shop: Workshop) -> list[Mesh]:
    """A table for four to eight in the style's form; nearly square sizes become round where the style allows."""
    w, d, h = shop.width, shop.depth, shop.height
    table = shop.style.table
    if table in ("round", "oval", "pedestal", "drum") and w / d < 1.25:
        parts = _dining_round(shop)
    elif table == "frame":
        parts = [box((w, d, 0.05), shop.use("tabletop"), radius=0.006, at=(0, 0, h - 0.05), grain=0)]
        parts += [
            m for s in (-1, 1) for m in sled(d - 0.14, h - 0.05, shop.use("metal"), x=s * (w / 2 - 0.26), section=0.055)
        ]
    elif table == "trestle":
        parts = _dining_trestle(shop)
    elif table == "pedestal":
        parts = _dining_marble(shop)
    elif table == "slab":
        parts = [rounded_slab(w, d, 0.038, 0.07, shop.use("tabletop"), at=(0, 0, h - 0.038))]
        parts += [
            rounded_slab(0.12, d * 0.62, h - 0.038, 0.058, shop.use("wood"), at=(s * (w / 2 - 0.30), 0, 0))
            for s in (-1, 1)
        ]
    else:
        corner = 0.16 if table in ("oval", "round") else 0.012
        parts = [rounded_slab(w, d, 0.03, corner, shop.use("tabletop"), at=(0, 0, h - 0.03))]
        parts.append(box((w - 0.26, d - 0.22, 0.07), shop.use("wood"), radius=0.004, at=(0, 0, h - 0.098), grain=0))
        parts += legs(shop, w, d, h - 0.028, inset=0.06, thick=1.75 if table != "legs" else 1.5)
    if shop.option("decor", False):
        rng = shop.rng("setting")
        tall = 0.24
        parts += moved(decor.pot(shop, rng, tall), 0.04, 0.0, h) + moved(
            decor.arrangement(shop, rng, tall, tall + 0.34), 0.04, 0.0, h
        )
        parts += moved(decor.dish(shop, 0.14, 0.08, "accent_ceramic"), -0.30, 0.02, h)
    return parts


def _dining_round(shop: Workshop) -> list[Mesh]:
    w, d, h = shop.width, shop.depth, shop.height
    parts = oval_top(shop, w, d, h, 0.03)
    if shop.style.table in ("round", "oval"):
        return parts + legs(shop, w * 0.86, d * 0.86, h - 0.025, inset=0.05, thick=1.6)
    slot = "front" if shop.style.table == "drum" else "metal"
    r = min(w, d) / 2
    shape = [
        (0, 0),
        (r * 0.52, 0),
        (r * 0.50, 0.02),
        (r * 0.30, h * 0.30),
        (r * 0.24, h * 0.55),
        (r * 0.36, h - 0.03),
        (0, h - 0.03),
    ]
    return [*parts, lathe(eased_profile(shape, 0.03), shop.use(slot), sides=44)]


def _dining_trestle(shop: Workshop) -> list[Mesh]:
    w, d, h = shop.width, shop.depth, shop.height
    wood = shop.use("wood")
    parts = plank_top(shop, w, d, h, 0.045)
    for s in (-1, 1):
        x = s * (w / 2 - 0.30)
        parts.append(box((0.09, d - 0.20, 0.07), wood, radius=0.01, at=(x, 0, 0), grain=1))
        parts.append(box((0.08, d - 0.24, 0.06), wood, radius=0.006, at=(x, 0, h - 0.104), grain=1))
        parts.append(box((0.10, 0.14, h - 0.10), wood, radius=0.008, at=(x, 0, 0.03), grain=2))
        for t in (-1, 1):
            parts.append(bar((x, t * 0.05, 0.30), (x, t * (d / 2 - 0.18), h - 0.09), 0.022, wood, sides=8))
    return [*parts, box((w - 0.52, 0.05, 0.10), wood, radius=0.006, at=(0, 0, 0.26), grain=0)]


def _dining_marble(shop: Workshop) -> list[Mesh]:
    """A marble slab on two fluted brass-collared columns."""
    w, d, h = shop.width, shop.depth, shop.height
    parts = [rounded_slab(w, d, 0.03, d * 0.30, shop.use("tabletop"), at=(0, 0, h - 0.03))]
    r = d * 0.19
    for s in (-1, 1):
        x = s * w * 0.24
        parts.append(
            lathe(
                eased_profile(
                    [(0, 0), (r * 1.15, 0), (r * 1.15, 0.03), (r, 0.035), (r, h - 0.05), (0, h - 0.05)], 0.004
                ),
                shop.use("wood"),
                sides=40,
                at=(x, 0, 0),
            )
        )
        parts += [
            bar(
                (x + r * np.cos(a), r * np.sin(a), 0.035),
                (x + r * np.cos(a), r * np.sin(a), h - 0.05),
                0.009,
                shop.use("wood"),
                sides=6,
            )
            for a in np.linspace(0, 2 * np.pi, 28, endpoint=False)
        ]
        parts.append(
            lathe(disc_profile(r * 1.18, h - 0.05, h - 0.03, 0.003), shop.use("metal"), sides=36, at=(x, 0, 0))
        )
    return parts


# ------------------------------------------------------------------------------------------ desk
def desk(shop: Workshop) -> list[Mesh]:
    """A writing desk whose sitter is at -y, its front; `options`: decor (bool)."""
    w, d, h = shop.width, shop.depth, shop.height
    thick = 0.04 if shop.style.table in ("frame", "trestle") else 0.026
    parts = [box((w, d, thick), shop.use("tabletop"), radius=0.005, at=(0, 0, h - thick), grain=0)]
    metal = shop.style.table in ("frame", "slab", "pedestal")
    parts += _desk_on_sleds(shop, h - thick) if metal else _desk_on_legs(shop, h - thick)
    if shop.option("decor", False):
        parts += _desk_setting(shop, w, d, h)
    return parts


def _desk_on_sleds(shop: Workshop, under: float) -> list[Mesh]:
    """Two metal frames, a modesty panel and, in finer styles, a hanging drawer; `under` is the top's underside."""
    w, d = shop.width, shop.depth
    plain = shop.style.table == "frame"
    section, face = (0.03 if plain else 0.022), shop.use("front")
    parts = [
        m for s in (-1, 1) for m in sled(d - 0.04, under, shop.use("metal"), x=s * (w / 2 - 0.05), section=section)
    ]
    parts.append(box((w - 0.10, 0.018, 0.20), face, radius=0.002, at=(0, d / 2 - 0.05, under - 0.20), grain=0))
    if not plain:
        parts.append(box((0.42, d - 0.10, 0.11), face, radius=0.004, at=(w / 2 - 0.30, 0, under - 0.108), grain=0))
    return parts


def _desk_on_legs(shop: Workshop, under: float) -> list[Mesh]:
    """An apron with three drawers on four legs."""
    w, d = shop.width, shop.depth
    parts = [box((w - 0.10, d - 0.08, 0.10), shop.use("wood"), radius=0.004, at=(0, 0.01, under - 0.098), grain=0)]
    face, size = -d / 2 + 0.045, ((w - 0.16) / 3, 0.014, 0.078)
    for s in (-1, 0, 1):
        x = s * (w - 0.13) / 3
        parts.append(box(size, shop.use("front"), radius=0.002, at=(x, face, under - 0.088), grain=0))
        parts += handle(shop, (x, face - 0.007, under - 0.05))
    return parts + legs(shop, w, d, under + 0.004, inset=0.045, thick=1.2)


def _desk_setting(shop: Workshop, w: float, d: float, h: float) -> list[Mesh]:
    rng = shop.rng("setting")
    stack, tall = books.book_stack(shop, rng, 3, 0.24, 0.17)
    parts = moved(stack, -w / 2 + 0.19, d / 2 - 0.16, h)
    parts += moved(decor.candle(shop), -w / 2 + 0.19, d / 2 - 0.16, h + tall)
    parts += moved(decor.cup(shop), w / 2 - 0.13, d / 2 - 0.14, h)
    return parts

"""Cabinets and shelves: sideboard, tv unit, dresser, nightstand, bookshelf. `options` {"decor": True} dresses their
tops.
"""

from __future__ import annotations

import itertools

import numpy as np

from staging.engine.furniture import books, decor, screens
from staging.engine.furniture.parts import carcass, front, legs, sled
from staging.engine.furniture.primitives import Point, bar, box, moved
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh

_FRONT = 0.018  # thickness of doors and drawers, metres: they stand before the carcass


def _feet(shop: Workshop, w: float, d: float, height: float) -> list[Mesh]:
    """What a cabinet stands on: legs, a recessed plinth, or a metal frame."""
    if shop.style.case in ("flush", "framed") and shop.style.leg in ("blade", "turned", "straight"):
        if shop.style.leg == "turned":
            return [box((w - 0.01, d - 0.02, height), shop.use("front"), radius=0.003, grain=0)]
        return [box((w - 0.10, d - 0.08, height), shop.use("black"), radius=0.002)]
    if shop.style.case in ("planked", "reeded"):
        metal = shop.use("metal")
        rails = [m for s in (-1, 1) for m in sled(d - 0.04, height, metal, x=s * (w / 2 - 0.06), section=0.022)]
        return rails + [
            box((w - 0.14, 0.022, 0.022), metal, radius=0.002, at=(0, s * (d / 2 - 0.033), height - 0.022))
            for s in (-1, 1)
        ]
    return legs(shop, w, d, height + 0.01, inset=0.05)


def _foot_height(shop: Workshop, h: float) -> float:
    tall = {"blade": 0.07, "straight": 0.07, "turned": 0.09}.get(shop.style.leg, 0.15)
    if shop.style.case in ("planked", "reeded"):
        tall = 0.14
    return min(tall, h * 0.32)


def _cabinet(shop: Workshop, columns: int, lines: int, *, door: bool) -> list[Mesh]:
    """A carcass on feet, filled with `columns` x `lines` fronts, with a top board in the style's best wood or stone."""
    w, d, h = shop.width, shop.depth, shop.height
    foot = _foot_height(shop, h)
    body, deep = h - foot, d - _FRONT - 0.004
    slot = "front" if shop.style.case in ("framed", "reeded") else "wood"
    y = (_FRONT + 0.004) / 2
    parts = _feet(shop, w, d - 0.02, foot)
    parts += carcass(shop, (w - 0.004, deep, body - 0.02), at=(0, y, foot), slot=slot)
    parts.append(box((w, d - 0.004, 0.024), shop.use("tabletop"), radius=0.003, at=(0, 0.002, h - 0.024), grain=0))
    gap, face = 0.004, y - deep / 2
    inner_w, inner_h = w - 0.016, body - 0.024 - 0.012
    step_x, step_z = inner_w / columns, inner_h / lines
    for i in range(columns):
        for j in range(lines):
            x = -inner_w / 2 + step_x * (i + 0.5)
            z = foot + 0.008 + step_z * j
            parts += front(shop, step_x - gap, step_z - gap, (x, face, z), door=door, hinge=1 if i % 2 == 0 else -1)
    return parts


def sideboard(shop: Workshop) -> list[Mesh]:
    """A long low cabinet with doors."""
    columns = max(2, round(shop.width / 0.42))
    parts = _cabinet(shop, columns, 1, door=True)
    return parts + (decor.sideboard_setting(shop, shop.width, shop.height) if shop.option("decor", False) else [])


def tv_unit(shop: Workshop) -> list[Mesh]:
    """A media bench: doors outside, open shelves in the middle; `options`: tv (bool) sets a television on it, decor
    (bool).
    """
    w, d, h = shop.width, shop.depth, shop.height
    foot = _foot_height(shop, h)
    body, deep = h - foot, d - _FRONT - 0.004
    y = (_FRONT + 0.004) / 2
    slot = "front" if shop.style.case == "framed" else "wood"
    parts = _feet(shop, w, d - 0.02, foot) + carcass(shop, (w - 0.004, deep, body - 0.02), at=(0, y, foot), slot=slot)
    parts.append(box((w, d - 0.004, 0.024), shop.use("tabletop"), radius=0.003, at=(0, 0.002, h - 0.024), grain=0))
    side = w * 0.31
    for s in (-1, 1):
        x = s * (w / 2 - 0.008 - side / 2)
        parts += front(shop, side - 0.004, body - 0.04, (x, y - deep / 2, foot + 0.008), door=True, hinge=-s)
        parts.append(
            box(
                (0.02, deep - 0.02, body - 0.05),
                shop.use(slot),
                radius=0.002,
                at=(s * (w / 2 - side - 0.01), y, foot + 0.02),
                grain=2,
            )
        )
    shelf = w - 2 * side - 0.02
    parts.append(box((shelf, deep - 0.03, 0.018), shop.use(slot), radius=0.002, at=(0, y, foot + body * 0.48), grain=0))
    if shop.option("tv", False):
        screen = min(1.45, w * 0.78)
        tv = shop.for_part("tv", (screen, 0.24, screen * 0.575 + 0.055))
        parts += moved(screens.television(tv), 0, 0.03, h)
    elif shop.option("decor", False):
        parts += decor.sideboard_setting(shop, w, h)
    return parts


def dresser(shop: Workshop) -> list[Mesh]:
    """A chest of drawers: two columns when wide."""
    columns = 2 if shop.width > 0.95 else 1
    lines = max(3, round((shop.height - 0.12) / 0.22))
    parts = _cabinet(shop, columns, lines, door=False)
    return parts + (decor.sideboard_setting(shop, shop.width, shop.height) if shop.option("decor", False) else [])


def nightstand(shop: Workshop) -> list[Mesh]:
    """A bedside chest: two drawers, or one over an open shelf; `options`: decor (bool)."""
    w, d, h = shop.width, shop.depth, shop.height
    if shop.style.case in ("flush", "reeded", "framed", "planked"):
        parts = _cabinet(shop, 1, 2, door=False)
    else:
        foot, deep = _foot_height(shop, h), d - _FRONT - 0.004
        body, y = h - foot, (_FRONT + 0.004) / 2
        parts = _feet(shop, w, d - 0.02, foot) + carcass(shop, (w - 0.004, deep, body - 0.018), at=(0, y, foot))
        parts.append(box((w, d - 0.004, 0.022), shop.use("tabletop"), radius=0.003, at=(0, 0.002, h - 0.022), grain=0))
        lower = foot + body * 0.48
        parts.append(box((w - 0.04, deep - 0.02, 0.018), shop.use("wood"), radius=0.002, at=(0, y, lower), grain=0))
        parts += front(shop, w - 0.016, h - 0.03 - lower, (0, y - deep / 2, lower + 0.004))
        rng = shop.rng("shelf")
        stack, _ = books.book_stack(shop, rng, 2, min(0.24, w * 0.55), 0.17)
        parts += moved(stack, 0, 0.0, foot + 0.022)
    if shop.option("decor", False):
        rng = shop.rng("setting")
        stack, tall = books.book_stack(shop, rng, 2, 0.19, 0.13)
        parts += moved(stack, -w * 0.16, -d * 0.18, h) + moved(
            decor.dish(shop, 0.05, 0.035, "ceramic"), -w * 0.16, -d * 0.18, h + tall
        )
    return parts


def bookshelf(shop: Workshop) -> list[Mesh]:
    """Open shelves, dressed by seed with books, vases and bowls; `options` {"books": False} leaves them bare."""
    w, d, h = shop.width, shop.depth, shop.height
    board = 0.026
    parts = shelf_sides(shop, board)
    count = max(3, round(h / 0.37))
    levels = np.linspace(0.07, h - board - 0.004, count + 1)
    for z in levels:
        parts.append(box((w - 0.03, d - 0.008, board), shop.use("wood"), radius=0.003, at=(0, 0, float(z)), grain=0))
    if shop.option("books", True):
        for k, (low, high) in enumerate(itertools.pairwise(levels)):
            parts += _dressed_shelf(shop, k, (w - 0.09, d - 0.03, float(high - low) - board), float(low) + board)
    return parts


def shelf_sides(shop: Workshop, board: float) -> list[Mesh]:
    """What carries the shelves: black metal posts, round wooden posts, or closed sides with a back."""
    w, d, h = shop.width, shop.depth, shop.height
    metal, wood = shop.use("metal"), shop.use("wood")
    corners = [(s, t) for s in (-1, 1) for t in (-1, 1)]
    if shop.style.case in ("planked", "reeded") or shop.style.name == "modern":
        x, y = (w - 0.025) / 2, (d - 0.025) / 2
        posts = [box((0.025, 0.025, h), metal, radius=0.002, at=(s * x, t * y, 0), grain=2) for s, t in corners]
        ties = [box((0.02, d - 0.04, 0.02), metal, radius=0.002, at=(s * x, 0, h - 0.02), grain=1) for s in (-1, 1)]
        return posts + ties
    if shop.style.case in ("slatted", "sliding"):
        x, y = w / 2 - 0.02, d / 2 - 0.02
        return [bar((s * x, t * y, 0), (s * x, t * y, h), 0.0155, wood, sides=12) for s, t in corners]
    side = shop.use("front") if shop.style.case == "framed" else wood
    parts = [box((board, d, h), side, radius=0.003, at=(s * (w - board) / 2, 0, 0), grain=2) for s in (-1, 1)]
    return [*parts, box((w - 0.02, 0.008, h - 0.02), side, radius=0.001, at=(0, d / 2 - 0.006, 0.01), grain=2)]


def _dressed_shelf(shop: Workshop, k: int, room: Point, z: float) -> list[Mesh]:
    """What shelf `k` at height `z` carries in its `room` (w, d, h): halves swap by seed, neighbours are never alike."""
    w, d, tall = room
    rng = shop.rng(f"shelf {k}")
    start = int(shop.rng("shelves").integers(0, 5))
    manner = (k * 2 + start) % 5
    side = 1 if (k + start) % 2 else -1
    parts: list[Mesh] = []
    if manner in (0, 3):
        length = w * float(rng.uniform(0.42, 0.58))
        x0 = -w / 2 if side < 0 else w / 2 - length
        parts += moved(books.book_row(shop, rng, length, tall * 0.92, d), x0, 0.0, z)
        parts += moved(decor.pot(shop, rng, min(0.24, tall * 0.72)), -side * w * 0.28, 0, z)
    elif manner == 1:
        stack, height = books.book_stack(shop, rng, int(rng.integers(3, 5)), min(0.26, w * 0.4), min(0.19, d * 0.8))
        parts += moved(stack, side * w * 0.24, 0, z) + moved(
            decor.dish(shop, 0.07, 0.05, "ceramic"), side * w * 0.24, 0, z + height
        )
        parts += moved(books.book_row(shop, rng, w * 0.32, tall * 0.9, d), -side * w * 0.30 - w * 0.16, 0, z)
    elif manner == 2:
        parts += moved(decor.pot(shop, rng, min(0.26, tall * 0.8), form="urn"), side * w * 0.26, 0, z)
        parts += moved(decor.knot(shop, 0.15), -side * w * 0.20, 0, z)
    else:
        parts += moved(books.book_row(shop, rng, w * 0.36, tall * 0.92, d), -w * 0.18, 0, z)
        parts += moved(decor.pot(shop, rng, min(0.2, tall * 0.6), slot="accent_ceramic"), side * w * 0.36, 0, z)
    return parts

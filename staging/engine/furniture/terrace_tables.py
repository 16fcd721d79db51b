"""Tables for outdoors, the chair that goes with them, and a sun lounger."""

from __future__ import annotations

import numpy as np

from staging.engine.furniture import decor
from staging.engine.furniture import upholstery as soft
from staging.engine.furniture.gardens import garden
from staging.engine.furniture.parts import hoop, pair
from staging.engine.furniture.primitives import (
    bar,
    box,
    disc_profile,
    lathe,
    moved,
    rounded_slab,
    scaled,
    tilted,
    upright_wall,
)
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh


# ------------------------------------------------------------------------------------------ tables
def outdoor_table(shop: Workshop) -> list[Mesh]:
    """A low table; `options`: decor (bool), a tray with a lantern-like candle, a bowl and a book."""
    w, d, h = shop.width, shop.depth, shop.height
    g = garden(shop)
    top, frame = shop.use(g.top), shop.use(g.frame)
    if g.seat == "solid":
        parts = [rounded_slab(w, d, 0.05, 0.012, top, at=(0, 0, h - 0.05))]
        parts.append(box((w * 0.62, d * 0.62, h - 0.05), frame, radius=0.006, grain=0))
    elif g.seat == "woven":
        parts = scaled(
            [
                lathe(
                    [(0, 0), (0.44, 0.0), (0.5, 0.03), (0.46, h * 0.5), (0.5, h - 0.03), (0, h - 0.03)], frame, sides=44
                )
            ],
            w,
            d,
        )
        parts += scaled([lathe(disc_profile(0.5, h - 0.03, h, 0.006), top, sides=44)], w, d)
    elif g.seat == "rope":
        parts = scaled([lathe(disc_profile(0.5, h - 0.03, h, 0.006), top, sides=44)], w, d)
        for a in np.deg2rad([45, 135, 225, 315]):
            c, s = float(np.cos(a)), float(np.sin(a))
            parts.append(
                bar(
                    (w * 0.44 * c, d * 0.44 * s, 0),
                    (w * 0.26 * c, d * 0.26 * s, h - 0.02),
                    (0.012, 0.02),
                    frame,
                    sides=12,
                )
            )
    else:
        parts = _slats(w, d, h, top) + _square_legs(w, d, h - 0.025, frame, 0.05 if g.seat == "slatted" else 0.03)
        parts.append(box((w - 0.12, d - 0.12, 0.018), frame, radius=0.003, at=(0, 0, 0.10), grain=0))
    if shop.option("decor", False):
        parts += _set_low(shop, w, h)
    return parts


def _set_low(shop: Workshop, w: float, h: float) -> list[Mesh]:
    rng = shop.rng("setting")
    side = 1 if rng.random() < 0.5 else -1
    parts = moved(decor.tray(shop, 0.34, 0.24), side * w * 0.16, 0.0, h)
    parts += moved(decor.candle(shop, 0.035, 0.11), side * w * 0.16 - 0.06, 0.0, h + 0.008)
    parts += moved(decor.cup(shop, 0.035, 0.075)[:1], side * w * 0.16 + 0.08, 0.02, h + 0.008)
    return parts + moved(decor.dish(shop, 0.10, 0.06, "ceramic"), -side * w * 0.22, 0.03, h)


def _slats(w: float, d: float, h: float, material: str) -> list[Mesh]:
    """A top of boards with gaps."""
    count = max(4, round(d / 0.11))
    step = d / count
    return [
        box(
            (w, step - 0.008, 0.025),
            material,
            radius=0.004,
            at=(0, -d / 2 + step * (k + 0.5), h - 0.025),
            grain=0,
            seed=k,
        )
        for k in range(count)
    ]


def _square_legs(w: float, d: float, h: float, material: str, side: float) -> list[Mesh]:
    parts = [
        box((side, side, h), material, radius=0.004, at=(sx * (w - side) / 2, sy * (d - side) / 2, 0), grain=2)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    for s in (-1, 1):
        parts.append(
            box((w - 2 * side, 0.022, 0.06), material, radius=0.003, at=(0, s * (d - side) / 2, h - 0.06), grain=0)
        )
        parts.append(
            box((0.022, d - 2 * side, 0.06), material, radius=0.003, at=(s * (w - side) / 2, 0, h - 0.06), grain=1)
        )
    return parts


def outdoor_dining_table(shop: Workshop) -> list[Mesh]:
    """A table to eat at outdoors; `options`: decor (bool)."""
    w, d, h = shop.width, shop.depth, shop.height
    g = garden(shop)
    top, frame = shop.use(g.top), shop.use(g.frame)
    if g.seat in ("woven", "rope"):
        parts = scaled([lathe(disc_profile(0.5, h - 0.035, h, 0.008), top, sides=48)], w, d)
        if g.seat == "woven":
            parts += scaled(
                [lathe([(0, 0), (0.30, 0), (0.24, h * 0.45), (0.30, h - 0.035), (0, h - 0.035)], frame, sides=40)], w, d
            )
        else:
            for a in np.deg2rad([45, 135, 225, 315]):
                c, s = float(np.cos(a)), float(np.sin(a))
                parts.append(
                    bar(
                        (w * 0.40 * c, d * 0.40 * s, 0),
                        (w * 0.30 * c, d * 0.30 * s, h - 0.03),
                        (0.018, 0.028),
                        frame,
                        sides=12,
                    )
                )
    elif g.seat == "solid":
        parts = [rounded_slab(w, d, 0.05, 0.015, top, at=(0, 0, h - 0.05))]
        parts += [
            box((0.10, d * 0.72, h - 0.05), frame, radius=0.008, at=(s * w * 0.32, 0, 0), grain=2) for s in (-1, 1)
        ]
    else:
        parts = _slats(w, d, h, top) + _square_legs(w, d, h - 0.025, frame, 0.075 if g.seat == "slatted" else 0.04)
    if shop.option("decor", False):
        rng = shop.rng("setting")
        parts += moved(decor.pot(shop, rng, 0.2), 0.05, 0.0, h) + moved(
            decor.arrangement(shop, rng, 0.2, 0.46), 0.05, 0.0, h
        )
        parts += moved(decor.dish(shop, 0.13, 0.07, "ceramic"), -0.24, 0.02, h)
    return parts


CHAIR_SEAT = 0.43  # height of a garden chair's seat below its pad, metres


def outdoor_chair(shop: Workshop) -> list[Mesh]:
    """A chair for that table, with a thin pad."""
    pad = shop.use(garden(shop).pad)
    soft_seat = soft.seat_cushion(shop.width - 0.07, shop.depth - 0.10, 0.05, pad, crown=0.012, seed=shop.seed)
    build = {
        "woven": _woven_chair, "tubular": _tube_chair, "rope": _rope_chair, "slatted": _slat_chair,
        "solid": _panel_chair,
    }[garden(shop).seat]  # fmt: skip
    return moved(soft_seat, 0, -0.03, CHAIR_SEAT) + build(shop)


def _woven_chair(shop: Workshop) -> list[Mesh]:
    """A woven barrel on thin black legs."""
    w, d, h = shop.width, shop.depth, shop.height
    frame, black = shop.use(garden(shop).frame), shop.use("black")
    x, y = w / 2 - 0.025, d / 2 - 0.03
    t = np.linspace(-1, 1, 18)
    path = np.stack([t * (w / 2 - 0.02), y - 0.22 * np.abs(t) ** 2.4], 1)
    top = h - 0.05 * np.abs(t) ** 3
    parts = [upright_wall(path, CHAIR_SEAT - 0.04, top, 0.03, frame, lean=-0.04)]
    parts.append(rounded_slab(w - 0.03, d - 0.06, 0.04, 0.12, frame, at=(0, -0.02, CHAIR_SEAT - 0.04)))
    for sx in (-1, 1):
        for sy in (-1, 1):
            foot, head = (sx * (x - 0.02), sy * (y - 0.03), 0.0), (sx * (x - 0.05), sy * (y - 0.07), CHAIR_SEAT - 0.03)
            parts.append(bar(foot, head, (0.010, 0.014), black, sides=10))
    return parts


def _tube_chair(shop: Workshop) -> list[Mesh]:
    """Bent tube with wooden boards for back and seat."""
    w, d, h = shop.width, shop.depth, shop.height
    frame, board = shop.use(garden(shop).frame), shop.use(garden(shop).top)
    x, y, under = w / 2 - 0.025, d / 2 - 0.03, CHAIR_SEAT - 0.02
    side = hoop([(x, -y, 0), (x, -y, under), (x, y - 0.06, under), (x, y, h)], 0.011, frame)
    parts = pair([side, bar((x, y - 0.04, 0), (x, y - 0.07, under), 0.011, frame)])
    for z in (h - 0.20, h - 0.09):
        parts.append(box((w - 0.03, 0.018, 0.075), board, radius=0.004, at=(0, y - 0.015, z), grain=0))
    return [*parts, box((w - 0.04, d - 0.09, 0.022), board, radius=0.004, at=(0, -0.03, under - 0.002), grain=0)]


def _rope_chair(shop: Workshop) -> list[Mesh]:
    """Leaning wooden posts, arms, a back of upright ropes."""
    w, d, h = shop.width, shop.depth, shop.height
    frame, rope = shop.use(garden(shop).frame), shop.use(garden(shop).rug)
    x, y = w / 2 - 0.025, d / 2 - 0.03
    parts: list[Mesh] = []
    for s in (-1, 1):
        parts.append(bar((s * x, -y, 0), (s * (x - 0.02), -y + 0.04, 0.64), (0.012, 0.016), frame, sides=10))
        parts.append(bar((s * x, y, 0), (s * (x - 0.01), y - 0.05, h), (0.012, 0.016), frame, sides=10))
        parts.append(bar((s * (x - 0.02), -y + 0.02, 0.64), (s * (x - 0.01), y - 0.04, 0.66), 0.014, frame, sides=10))
    parts += [
        bar((v, y - 0.05, CHAIR_SEAT), (v, y - 0.045, h - 0.01), 0.008, rope, sides=6)
        for v in np.linspace(-x + 0.03, x - 0.03, 11)
    ]
    parts.append(bar((-x, y - 0.045, h - 0.012), (x, y - 0.045, h - 0.012), 0.016, frame, sides=10))
    return [*parts, rounded_slab(w - 0.05, d - 0.08, 0.03, 0.05, frame, at=(0, -0.02, CHAIR_SEAT - 0.03))]


def _posts(shop: Workshop, side: float, front: float) -> list[Mesh]:
    """Four square posts, `front` metres high before, and the seat board."""
    w, d, h = shop.width, shop.depth, shop.height
    frame, y = shop.use(garden(shop).frame), d / 2 - 0.03
    parts = [
        box((side, side, tall), frame, radius=0.004, at=(s * (w - side) / 2, at, 0), grain=2)
        for s in (-1, 1)
        for at, tall in ((-y, front), (y, h))
    ]
    return [*parts, box((w - 0.02, d - 0.05, 0.025), frame, radius=0.004, at=(0, 0, CHAIR_SEAT - 0.025), grain=0)]


def _slat_chair(shop: Workshop) -> list[Mesh]:
    """Square timber with upright slats in the back."""
    w, h, y = shop.width, shop.height, shop.depth / 2 - 0.03
    frame = shop.use(garden(shop).frame)
    size = (0.045, 0.016, h - CHAIR_SEAT - 0.10)
    parts = [
        box(size, frame, radius=0.003, segments=1, at=(v, y, CHAIR_SEAT + 0.04), grain=2)
        for v in np.linspace(-w / 2 + 0.09, w / 2 - 0.09, 5)
    ]
    top = box((w - 0.09, 0.03, 0.06), frame, radius=0.004, at=(0, y, h - 0.06), grain=0)
    return _posts(shop, 0.045, CHAIR_SEAT - 0.02) + parts + [top]


def _panel_chair(shop: Workshop) -> list[Mesh]:
    """Square posts with flat arms and a solid back."""
    w, d, h = shop.width, shop.depth, shop.height
    frame, side = shop.use(garden(shop).frame), 0.06
    size = (side, d - 0.02, 0.04)
    arms = [box(size, frame, radius=0.004, at=(s * (w - side) / 2, 0, 0.60), grain=1) for s in (-1, 1)]
    back = (w - 0.10, 0.03, h - CHAIR_SEAT - 0.12)
    panel = box(back, frame, radius=0.005, at=(0, d / 2 - 0.03, CHAIR_SEAT + 0.10), grain=0)
    return [*_posts(shop, side, 0.62), *arms, panel]


# ------------------------------------------------------------------------------------------ lounger
def sun_lounger(shop: Workshop) -> list[Mesh]:
    """A lounger whose head, to +y, is raised; a thick pad with a rolled towel at its foot."""
    w, d, h = shop.width, shop.depth, shop.height
    g = garden(shop)
    frame, pad = shop.use(g.frame), shop.use(g.pad)
    flat = d * 0.62
    raised = d - flat
    hinge = -d / 2 + flat
    sine = np.clip((h - DECK - 0.10) / raised, 0.2, 0.85)
    parts = (_lounger_block if g.seat in ("woven", "solid") else _lounger_rails)(shop, flat)
    board = [box((w - 0.04, raised - 0.02, 0.03), frame, radius=0.006, at=(0, raised / 2, 0.0), grain=1)]
    head = soft.seat_cushion(w - 0.05, raised - 0.03, 0.09, pad, crown=0.012, seed=shop.seed + 1, piping=pad)
    board += moved(head, 0, raised / 2, 0.03)
    parts += moved(tilted(board, float(np.degrees(np.arcsin(sine)))), 0, hinge, DECK - 0.03)
    lying = soft.seat_cushion(w - 0.05, flat - 0.02, 0.09, pad, crown=0.012, seed=shop.seed, piping=pad)
    parts += moved(lying, 0, -d / 2 + flat / 2, DECK)
    towel = shop.use(g.accents[shop.seed % 2])
    roll = lathe([(0, -0.2), (0.055, -0.2), (0.06, 0), (0.055, 0.2), (0, 0.2)], towel, sides=24)
    return parts + moved(tilted([roll], 90, "y"), 0, -d / 2 + 0.18, DECK + 0.14)


DECK = 0.28  # height of a lounger's frame, metres


def _lounger_block(shop: Workshop, flat: float) -> list[Mesh]:
    """A closed body under the flat part, on low feet; a prop under the head."""
    w, d = shop.width, shop.depth
    frame = shop.use(garden(shop).frame)
    soft_edge = 0.03 if garden(shop).seat == "woven" else 0.008
    size = (w, flat, DECK - 0.08)
    parts = [box(size, frame, radius=soft_edge, segments=3, at=(0, -d / 2 + flat / 2, 0.08), grain=1)]
    parts += [
        box((0.06, 0.06, 0.09), frame, radius=0.004, at=(s * (w / 2 - 0.06), y, 0), grain=2)
        for s in (-1, 1)
        for y in (-d / 2 + 0.08, -d / 2 + flat - 0.08)
    ]
    return parts


def _lounger_rails(shop: Workshop, flat: float) -> list[Mesh]:
    """Two rails on four legs with slats between."""
    w, d = shop.width, shop.depth
    frame = shop.use(garden(shop).frame)
    long = flat + 0.30
    parts: list[Mesh] = []
    for s in (-1, 1):
        x = s * (w / 2 - 0.025)
        parts.append(box((0.05, long, 0.06), frame, radius=0.006, at=(x, -d / 2 + long / 2, DECK - 0.06), grain=1))
        parts += [
            box((0.05, 0.05, DECK - 0.02), frame, radius=0.005, at=(x, y, 0), grain=2)
            for y in (-d / 2 + 0.10, -d / 2 + long - 0.06)
        ]
    parts += [
        box((w - 0.08, 0.06, 0.018), frame, radius=0.003, segments=1, at=(0, y, DECK - 0.018), grain=0)
        for y in np.arange(-d / 2 + 0.05, -d / 2 + flat - 0.02, 0.085)
    ]
    return parts

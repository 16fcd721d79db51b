"""Lounge seats for outdoors: a sofa and an armchair in five ways of building."""

from __future__ import annotations

import numpy as np

from staging.engine.furniture import upholstery as soft
from staging.engine.furniture.cushions import cushion
from staging.engine.furniture.gardens import garden
from staging.engine.furniture.primitives import (
    bar,
    box,
    moved,
    tilted,
    tube,
    turned,
)
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh

SEAT = 0.27  # height of the frame below a lounge cushion, metres
PAD = 0.14  # thickness of that cushion


# ------------------------------------------------------------------------------------------ lounge
def outdoor_sofa(shop: Workshop) -> list[Mesh]:
    """A lounge sofa: two or three seat cushions and back cushions in a frame of the style's making."""
    seats = 2 if shop.width < 1.75 else 3
    return _lounge(shop, seats) + _scatter(shop)


def outdoor_armchair(shop: Workshop) -> list[Mesh]:
    """The same for one."""
    return _lounge(shop, 1)


def _lounge(shop: Workshop, seats: int) -> list[Mesh]:
    w, d = shop.width, shop.depth
    form = garden(shop).seat
    arm = {"solid": 0.11, "slatted": 0.07, "tubular": 0.04, "woven": 0.10, "rope": 0.06}[form]
    frame = {"solid": _solid, "slatted": _slatted, "tubular": _tubular, "woven": _woven, "rope": _rope}[form]
    parts = frame(shop, arm)
    inner, pad = w - 2 * arm - 0.02, shop.use(garden(shop).pad)
    step = inner / seats
    for k in range(seats):
        x = -inner / 2 + step * (k + 0.5)
        seat = soft.seat_cushion(step - 0.012, d - 0.16, PAD, pad, crown=0.022, seed=shop.seed + k, piping=pad)
        parts += moved(seat, x, -0.045, SEAT)
        tall = max(0.24, shop.height - SEAT - PAD - 0.02)
        back = soft.back_cushion(step - 0.02, tall, 0.17, pad, seed=shop.seed + 7 + k)
        parts += moved(tilted(back, -12), x, d / 2 - 0.20, SEAT + PAD - 0.01)
    return parts


def _scatter(shop: Workshop) -> list[Mesh]:
    """A cushion at each end, of the two accents; which, the seed says."""
    accents = garden(shop).accents
    parts: list[Mesh] = []
    for k, s in enumerate((-1, 1)):
        size = min(0.44 - 0.04 * ((shop.seed + k) % 2), shop.height - SEAT - PAD + 0.07)
        one = cushion(shop, accents[(k + shop.seed) % 2], k, (size, size * 0.95, 0.15), chop=0.02)
        at = (s * (shop.width / 2 - 0.36), shop.depth / 2 - 0.34, SEAT + PAD + 0.01)
        parts += moved(turned(tilted(one, -24), -8.0 * s), *at)
    return parts


def _back(shop: Workshop) -> float:
    return shop.height - 0.10


def _solid(shop: Workshop, arm: float) -> list[Mesh]:
    """Flat panels: a plinth-like base with a shadow gap, arms and back of one thickness."""
    w, d, h = shop.width, shop.depth, _back(shop)
    m = shop.use(garden(shop).frame)
    parts = [box((w - 0.04, d - 0.04, 0.10), m, radius=0.006, at=(0, 0, SEAT - 0.10), grain=0)]
    parts += [box((arm, d, 0.36), m, radius=0.008, at=(s * (w - arm) / 2, 0, 0.13), grain=1) for s in (-1, 1)]
    parts.append(box((w, 0.07, h - 0.13), m, radius=0.008, at=(0, d / 2 - 0.035, 0.13), grain=0))
    for sx in (-1, 1):
        for sy in (-1, 1):
            parts.append(
                box((0.06, 0.06, 0.14), m, radius=0.004, at=(sx * (w / 2 - 0.05), sy * (d / 2 - 0.06), 0), grain=2)
            )
    return parts


def _slatted(shop: Workshop, arm: float) -> list[Mesh]:
    """Square timber: posts, flat arm boards, upright slats in the back and sides."""
    w, d, h = shop.width, shop.depth, _back(shop)
    m = shop.use(garden(shop).frame)
    parts: list[Mesh] = []
    for s in (-1, 1):
        x = s * (w - 0.06) / 2
        parts += [
            box((0.06, 0.06, top), m, radius=0.005, at=(x, y, 0), grain=2)
            for y, top in ((-d / 2 + 0.03, 0.56), (d / 2 - 0.03, h))
        ]
        parts.append(box((0.09, d - 0.02, 0.03), m, radius=0.006, at=(s * (w / 2 - 0.045), -0.005, 0.56), grain=1))
        parts.append(box((0.03, d - 0.12, 0.07), m, radius=0.004, at=(x, 0, SEAT - 0.07), grain=1))
        parts += [
            box((0.02, 0.045, 0.30), m, radius=0.003, segments=1, at=(x, y, SEAT - 0.01), grain=2)
            for y in np.linspace(-d / 2 + 0.15, d / 2 - 0.15, 5)
        ]
    for y in (-d / 2 + 0.04, d / 2 - 0.04):
        parts.append(box((w - 0.12, 0.03, 0.08), m, radius=0.004, at=(0, y, SEAT - 0.08), grain=0))
    parts.append(box((w - 0.10, d - 0.10, 0.02), m, radius=0.003, at=(0, 0, SEAT - 0.025), grain=0))
    parts.append(box((w - 0.12, 0.035, 0.06), m, radius=0.005, at=(0, d / 2 - 0.03, h - 0.06), grain=0))
    count = max(5, round((w - 0.14) / 0.12))
    parts += [
        box((0.05, 0.02, h - SEAT - 0.04), m, radius=0.003, segments=1, at=(x, d / 2 - 0.03, SEAT - 0.01), grain=2)
        for x in np.linspace(-w / 2 + 0.12, w / 2 - 0.12, count)
    ]
    return parts


def _tubular(shop: Workshop, arm: float) -> list[Mesh]:
    """Square black tube: closed loops for the sides, rails behind."""
    w, d, h = shop.width, shop.depth, _back(shop)
    m, wood = shop.use(garden(shop).frame), shop.use(garden(shop).top)
    t, x = 0.03, w / 2 - 0.02
    parts: list[Mesh] = []
    for s in (-1, 1):
        for y in (-d / 2 + t, d / 2 - t):
            parts.append(box((t, t, 0.58), m, radius=0.003, at=(s * x, y, 0), grain=2))
        parts += [box((t, d - t, t), m, radius=0.003, at=(s * x, 0, z), grain=1) for z in (0.0, 0.55)]
        parts.append(box((0.075, d - 0.06, 0.022), wood, radius=0.004, at=(s * x, 0, 0.58), grain=1))
    parts.append(box((w - 0.04, d - 0.06, 0.035), m, radius=0.003, at=(0, 0, SEAT - 0.035), grain=0))
    for z in np.linspace(SEAT + 0.10, h - t, 3):
        parts.append(box((w - 0.06, 0.022, t), m, radius=0.003, at=(0, d / 2 - t, float(z)), grain=0))
    return parts + [box((t, t, h), m, radius=0.003, at=(s * (x - 0.01), d / 2 - t, 0), grain=2) for s in (-1, 1)]


def _woven(shop: Workshop, arm: float) -> list[Mesh]:
    """Thick woven walls with soft edges, closed down to the ground."""
    w, d, h = shop.width, shop.depth, _back(shop)
    m = shop.use(garden(shop).frame)
    parts = [box((w - 0.03, d - 0.03, SEAT - 0.03), m, radius=0.03, segments=3, at=(0, 0, 0.03))]
    parts += [
        box((arm, d, 0.55), m, radius=0.045, segments=4, at=(s * (w - arm) / 2, 0, 0.03), grain=1) for s in (-1, 1)
    ]
    parts.append(box((w, 0.10, h - 0.03), m, radius=0.045, segments=4, at=(0, d / 2 - 0.05, 0.03), grain=0))
    black = shop.use("black")
    return parts + [
        box((0.05, 0.05, 0.04), black, radius=0.004, at=(sx * (w / 2 - 0.07), sy * (d / 2 - 0.07), 0))
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]


def _rope(shop: Workshop, arm: float) -> list[Mesh]:
    """A bent wooden rail round three sides on leaning legs, wound with upright rope."""
    w, d, h = shop.width, shop.depth, _back(shop)
    m, rope = shop.use(garden(shop).frame), shop.use(garden(shop).rug)
    a = np.deg2rad(np.linspace(-8, 188, 34))
    x = (w / 2 - 0.03) * np.sign(np.cos(a)) * np.abs(np.cos(a)) ** 0.30
    y = -d / 2 + 0.10 + (d - 0.14) * np.abs(np.sin(a)) ** 0.30 * np.sign(np.sin(a).clip(0, None))
    top = 0.56 + (h - 0.56) * np.clip(np.sin(a), 0, 1) ** 2
    parts = [
        tube(np.stack([x, y, top], 1), 0.018, m, sides=10),
        tube(np.stack([x, y, np.full(34, SEAT - 0.02)], 1), 0.016, m, sides=10),
    ]
    run = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    count = max(16, round(run[-1] / 0.045))
    for s in np.linspace(run[1], run[-2], count):
        px, py, pz = (float(np.interp(s, run, v)) for v in (x, y, top))
        parts.append(bar((px, py, SEAT - 0.02), (px, py, pz), 0.008, rope, sides=6))
    parts.append(box((w - 0.12, d - 0.12, 0.03), m, radius=0.01, at=(0, -0.01, SEAT - 0.035), grain=0))
    for sx in (-1, 1):
        for fy, hy in ((-d / 2 + 0.05, -d / 2 + 0.10), (d / 2 - 0.04, d / 2 - 0.10)):
            parts.append(
                bar((sx * (w / 2 - 0.04), fy, 0), (sx * (w / 2 - 0.07), hy, SEAT), (0.012, 0.020), m, sides=12)
            )
    return parts

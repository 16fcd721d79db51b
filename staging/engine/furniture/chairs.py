"""Chairs at tables and small seats: dining chairs, bench, pouf."""

from __future__ import annotations

import numpy as np

from staging.engine.furniture import upholstery as soft
from staging.engine.furniture.parts import hoop, legs, pair
from staging.engine.furniture.primitives import (
    bar,
    box,
    loft,
    moved,
    outline,
    rounded_slab,
    scaled,
    spline,
    tilted,
    tube,
    upright_wall,
)
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh


# ------------------------------------------------------------------------------------------ dining chairs
def dining_chair(shop: Workshop) -> list[Mesh]:
    """A chair at the table in the style's form."""
    build = {
        "shell": _shell, "wishbone": _wishbone, "metal": _metal_chair, "shaped_back": _shaped_back,
        "upholstered": _upholstered, "cross_back": _cross_back, "rattan_chair": _rattan_chair, "parsons": _parsons,
    }[shop.style.dining_chair]  # fmt: skip
    return build(shop)


def _curved_back(shop: Workshop, w: float, low: float, high: float, *, y: float, curve: float, thick: float) -> Mesh:
    """A padded back bent round the sitter: `curve` metres deep, its middle at `y`, from height `low` to `high`."""
    t = np.linspace(-1, 1, 22)
    path = np.stack([t * (w / 2 - thick / 2), y - curve * np.abs(t) ** 2.2], 1)
    top = high - 0.035 * np.abs(t) ** 3
    return upright_wall(path, low, top, thick, shop.use("seat"), lean=-0.05)


def _shell(shop: Workshop) -> list[Mesh]:
    """A rounded upholstered shell on four thin metal legs."""
    w, d, h, seat = shop.width, shop.depth, shop.height, 0.47
    parts = [_curved_back(shop, w, seat - 0.07, h, y=d / 2 - 0.085, curve=0.17, thick=0.05)]
    parts += moved(
        scaled([round_seat(shop.use("seat"), 0.5, 0.085)], w * 0.98 / 0.5, (d - 0.06) / 0.5), 0, -0.02, seat - 0.075
    )
    return parts + legs(shop, w * 0.86, d * 0.84, seat - 0.06, inset=0.02, kind="brass_tip", thick=1.0)


def round_seat(material: str, size: float, thick: float) -> Mesh:
    """A soft seat pad with a nearly round plan of `size`, on z = 0."""
    ring = outline(size, size, size * 0.36, per_corner=9)
    steps = [(0.90, 0.0), (0.98, 0.18), (1.0, 0.5), (0.985, 0.78), (0.92, 0.95), (0.7, 1.08), (0.35, 1.12)]
    rings = [ring * [k, k, 0] + [0, 0, z * thick] for k, z in steps]
    return loft(rings, material, flat=True)


def _wishbone(shop: Workshop) -> list[Mesh]:
    """A steam-bent armrail, a Y-shaped splat, a woven seat."""
    w, d, h, seat = shop.width, shop.depth, shop.height, 0.455
    wood = shop.use("wood")
    a = np.deg2rad(np.linspace(-18, 198, 26))
    rail = np.stack([(w / 2 - 0.018) * np.cos(a), 0.02 + (d / 2 - 0.05) * np.sin(a),
                     h - 0.03 - 0.045 * np.abs(np.cos(a)) ** 2], 1)  # fmt: skip
    parts = [tube(rail, np.interp(np.abs(np.cos(a)), [0, 1], [0.019, 0.014]), wood, sides=12)]
    for s in (-1, 1):
        parts.append(
            bar((s * (w / 2 - 0.05), -d / 2 + 0.04, 0), (s * (w / 2 - 0.06), -d / 2 + 0.07, seat), (0.012, 0.018), wood)
        )
        post = [[s * (w / 2 - 0.09), d / 2 - 0.03, 0], [s * (w / 2 - 0.085), d / 2 - 0.11, seat],
                [s * (w / 2 - 0.03), d / 2 - 0.19, h - 0.055]]  # fmt: skip
        parts.append(tube(spline(post, 12), np.interp(np.linspace(0, 1, 12), [0, 0.6, 1], [0.012, 0.018, 0.013]), wood))
        splat = [
            [0, d / 2 - 0.095, seat],
            [s * 0.008, d / 2 - 0.065, seat + 0.12],
            [s * 0.055, d / 2 - 0.045, h - 0.035],
        ]
        parts.append(tube(spline(splat, 10), 0.011, wood, sides=8))
    frame = outline(w - 0.07, d - 0.09, 0.05, seat - 0.02)
    parts.append(tube(frame * [1, 1, 1] + [0, -0.01, 0], 0.016, wood, sides=8, closed=True))
    parts.append(rounded_slab(w - 0.08, d - 0.10, 0.022, 0.045, shop.use("seat"), at=(0, -0.01, seat - 0.028)))
    for s in (-1, 1):
        parts.append(
            bar(
                (s * (w / 2 - 0.06), -d / 2 + 0.055, 0.2),
                (s * (w / 2 - 0.09), d / 2 - 0.07, 0.22),
                0.009,
                wood,
                sides=8,
            )
        )
    return parts


def _metal_chair(shop: Workshop) -> list[Mesh]:
    """A black tube frame with a leather seat and a bent wooden back."""
    w, d, h, seat = shop.width, shop.depth, shop.height, 0.46
    metal, wood = shop.use("metal"), shop.use("wood")
    x = w / 2 - 0.022
    side = hoop([(x, -d / 2 + 0.03, 0), (x, -d / 2 + 0.05, seat - 0.03), (x, d / 2 - 0.11, seat - 0.03)], 0.011, metal)
    rear = tube(spline([[x, d / 2 - 0.02, 0], [x, d / 2 - 0.10, seat], [x - 0.01, d / 2 - 0.03, h]], 12), 0.011, metal)
    parts = pair([side, rear])
    for y, z in ((-d / 2 + 0.04, 0.20), (d / 2 - 0.055, 0.24)):
        parts.append(bar((-x, y, z), (x, y, z), 0.007, metal, sides=8))
    parts += moved(soft.seat_cushion(w - 0.02, d - 0.12, 0.055, shop.use("seat"), crown=0.012), 0, -0.045, seat - 0.02)
    t = np.linspace(-1, 1, 14)
    path = np.stack([t * (w / 2 - 0.006), d / 2 - 0.045 - 0.035 * t**2 + 0.03], 1)
    parts.append(upright_wall(path, h - 0.19, h - 0.005, 0.016, wood))
    return parts


def _shaped_back(shop: Workshop) -> list[Mesh]:
    """A mid-century side chair: sculpted wooden backrest floating on the rear legs, upholstered seat."""
    w, d, h, seat = shop.width, shop.depth, shop.height, 0.46
    wood = shop.use("wood")
    parts: list[Mesh] = []
    for s in (-1, 1):
        parts.append(
            bar(
                (s * (w / 2 - 0.03), -d / 2 + 0.03, 0),
                (s * (w / 2 - 0.055), -d / 2 + 0.07, seat),
                (0.011, 0.019),
                wood,
                sides=14,
            )
        )
        rear = [
            [s * (w / 2 - 0.045), d / 2 - 0.012, 0],
            [s * (w / 2 - 0.07), d / 2 - 0.11, seat],
            [s * (w / 2 - 0.075), d / 2 - 0.045, h - 0.06],
        ]
        parts.append(
            tube(spline(rear, 12), np.interp(np.linspace(0, 1, 12), [0, 0.6, 1], [0.011, 0.019, 0.012]), wood, sides=14)
        )
        parts.append(
            box((0.022, d - 0.18, 0.05), wood, radius=0.006, at=(s * (w / 2 - 0.065), -0.02, seat - 0.065), grain=1)
        )
    for y in (-d / 2 + 0.075, d / 2 - 0.11):
        parts.append(box((w - 0.12, 0.022, 0.05), wood, radius=0.006, at=(0, y, seat - 0.065), grain=0))
    parts += moved([round_seat(shop.use("seat"), min(w, d) - 0.01, 0.05)], 0, -0.035, seat - 0.02)
    t = np.linspace(-1, 1, 18)
    path = np.stack([t * (w / 2 - 0.005), d / 2 - 0.02 - 0.075 * np.abs(t) ** 2], 1)
    tall = 0.5 + 0.5 * np.cos(t * np.pi / 2 * 0.9)
    parts.append(upright_wall(path, h - 0.09 - 0.07 * tall, h - 0.035 + 0.03 * tall, 0.018, wood))
    return parts


def _upholstered(shop: Workshop) -> list[Mesh]:
    """A velvet chair with a channelled curved back and slender brass legs."""
    w, d, h, seat = shop.width, shop.depth, shop.height, 0.48
    cloth = shop.use("seat")
    back = _curved_back(shop, w, seat - 0.10, h, y=d / 2 - 0.06, curve=0.12, thick=0.055)
    parts = [back]
    for k in np.linspace(-0.72, 0.72, 7):
        # Each channel is a slim padded rib on the inside of the shell.
        x, y = k * (w / 2 - 0.03), d / 2 - 0.07 - 0.12 * abs(k) ** 2.2 - 0.018
        path = np.array(
            [
                [x, y - 0.008, seat + 0.01],
                [x, y + 0.012, (seat + h) / 2],
                [x, y + 0.045, h - 0.045 - 0.03 * abs(k) ** 3],
            ]
        )
        parts.append(tube(spline(path, 8), 0.029, cloth, sides=10))
    parts += moved(
        soft.seat_cushion(w - 0.02, d - 0.08, 0.10, cloth, crown=0.02, seed=shop.seed, piping=cloth),
        0,
        -0.035,
        seat - 0.09,
    )
    return parts + legs(shop, w, d, seat - 0.08, inset=0.045)


def _cross_back(shop: Workshop) -> list[Mesh]:
    """A bentwood bistro chair with crossed ribs and a cushioned seat."""
    w, d, h, seat = shop.width, shop.depth, shop.height, 0.455
    wood = shop.use("wood")
    a = np.linspace(0, np.pi, 20)
    y_low, y_top = d / 2 - 0.07, d / 2 - 0.015

    def on_back(x: float, z: float) -> tuple[float, float, float]:
        t = (z - seat) / (h - seat)
        return (x, y_low + (y_top - y_low) * t, z)

    arch = [on_back((w / 2 - 0.03) * np.cos(v), seat + 0.14 + (h - seat - 0.155) * np.sin(v) ** 0.8) for v in a]
    foot = [(w / 2 - 0.02, d / 2 - 0.02, 0.0), on_back(w / 2 - 0.035, seat)]
    loop = [foot[0], foot[1], *arch, (-foot[1][0], *foot[1][1:]), (-foot[0][0], *foot[0][1:])]
    parts = [tube(spline(loop, 60), 0.0125, wood, sides=10)]
    for s in (-1, 1):
        ribs = [
            on_back(s * (w / 2 - 0.05), seat + 0.02),
            on_back(s * 0.02, (seat + h) / 2 + 0.03),
            on_back(-s * w * 0.27, h - 0.06),
        ]
        parts.append(tube(spline(ribs, 14), 0.007, wood, sides=8))
        parts.append(
            bar(
                (s * (w / 2 - 0.035), -d / 2 + 0.03, 0),
                (s * (w / 2 - 0.07), -d / 2 + 0.075, seat),
                (0.012, 0.017),
                wood,
            )
        )
        parts.append(
            bar((s * (w / 2 - 0.05), -d / 2 + 0.05, 0.2), (s * (w / 2 - 0.03), d / 2 - 0.04, 0.2), 0.007, wood, sides=8)
        )
    parts.append(bar((-w / 2 + 0.04, 0, 0.2), (w / 2 - 0.04, 0, 0.2), 0.007, wood, sides=8))
    parts.append(rounded_slab(w - 0.03, d - 0.08, 0.03, 0.15, wood, at=(0, -0.02, seat - 0.03)))
    return parts + moved([round_seat(shop.use("seat"), min(w, d) - 0.07, 0.035)], 0, -0.02, seat)


def _rattan_chair(shop: Workshop) -> list[Mesh]:
    """A woven barrel-back chair on bleached wooden legs, with a thin linen pad."""
    w, d, h, seat = shop.width, shop.depth, shop.height, 0.455
    parts = [_curved_back(shop, w, seat - 0.02, h, y=d / 2 - 0.055, curve=0.24, thick=0.022)]
    parts.append(rounded_slab(w - 0.02, d - 0.07, 0.035, 0.14, shop.use("seat"), at=(0, -0.02, seat - 0.045)))
    parts += moved([round_seat(shop.use("accent_upholstery"), min(w, d) - 0.08, 0.035)], 0, -0.03, seat - 0.01)
    return parts + legs(shop, w, d, seat - 0.02, inset=0.04, kind="tapered", thick=1.0)


def _parsons(shop: Workshop) -> list[Mesh]:
    """A fully covered straight chair on square wooden legs."""
    w, d, h, seat = shop.width, shop.depth, shop.height, 0.48
    cloth = shop.use("seat")
    parts = moved(
        soft.seat_cushion(w - 0.01, d - 0.07, 0.11, cloth, crown=0.018, seed=shop.seed, piping=cloth),
        0,
        -0.03,
        seat - 0.10,
    )
    back = soft.padded((w - 0.02, 0.065, h - seat + 0.09), cloth, radius=0.025, belly=0.008, seed=shop.seed)
    parts += moved(tilted([back], -7), 0, d / 2 - 0.105, seat - 0.08)
    return parts + legs(shop, w, d, seat - 0.09, inset=0.045, kind="straight", thick=0.95)


# ------------------------------------------------------------------------------------------ others
def bench(shop: Workshop) -> list[Mesh]:
    """A bench for the bed's foot: an upholstered pad on the style's legs, or on a sled."""
    w, d, h = shop.width, shop.depth, shop.height
    slot = "accent_upholstery" if shop.style.name != "coastal" else "cushion_c"
    cloth = shop.use(slot)
    thick = 0.13 if shop.style.leg in ("blade", "brass_tip") else 0.10
    foot = h - thick - 0.018
    pad = soft.seat_cushion(w - 0.012, d - 0.012, thick, cloth, crown=0.018, seed=shop.seed, piping=cloth)
    parts = moved(pad, 0, 0, foot)
    if shop.style.leg in ("blade", "brass_tip"):
        metal = shop.use("metal")
        x = w / 2 - 0.10
        side = hoop(
            [(x, -d / 2 + 0.03, foot), (x, -d / 2 + 0.03, 0.011), (x, d / 2 - 0.03, 0.011), (x, d / 2 - 0.03, foot)],
            0.011,
            metal,
        )
        return parts + pair([side])
    wood = shop.use("wood")
    parts.append(box((w - 0.06, d - 0.06, 0.035), wood, radius=0.004, at=(0, 0, foot - 0.03), grain=0))
    return parts + legs(shop, w - 0.05, d - 0.05, foot - 0.02, inset=0.035)

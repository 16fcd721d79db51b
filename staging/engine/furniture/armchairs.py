"""Armchairs: six forms of lounge chair."""

from __future__ import annotations

import numpy as np

from staging.engine.furniture import upholstery as soft
from staging.engine.furniture.cushions import cushion
from staging.engine.furniture.parts import hoop, legs, pair
from staging.engine.furniture.primitives import (
    bar,
    box,
    disc_profile,
    lathe,
    loft,
    moved,
    outline,
    rounded_slab,
    spline,
    tilted,
    tube,
    turned,
    upright_wall,
)
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh


def armchair(shop: Workshop) -> list[Mesh]:
    """A lounge chair in the style's form; `options`: cushions (bool)."""
    build = {
        "barrel": _barrel, "open_frame": _open_frame, "club": _club, "shell_lounge": _shell_lounge, "wing": _wing,
        "rattan_lounge": _rattan_lounge,
    }[shop.style.lounge]  # fmt: skip
    return build(shop)


def _pillow(shop: Workshop, slot: str, size: float, y: float, z: float) -> list[Mesh]:
    if not shop.option("cushions", True):
        return []
    rng = shop.rng("pillow")
    one = cushion(shop, slot, 0, (size * 1.25, size * 0.82, 0.14), figured=bool(rng.random() < 0.5))
    return moved(turned(tilted(one, -18), float(rng.normal(0, 6))), float(rng.normal(0, 0.02)), y, z)


def _barrel(shop: Workshop) -> list[Mesh]:
    """A tub: one curved padded wall for arms and back, a round seat cushion, a plinth or slender feet."""
    w, d, h = shop.width, shop.depth, shop.height
    cloth = shop.use("accent_upholstery")
    lux = shop.style.name == "luxury"
    base, thick, seat = (0.13 if lux else 0.045), 0.105, 0.43
    a = np.deg2rad(np.linspace(-38, 218, 44))
    path = np.stack([(w - thick) / 2 * np.cos(a), (d - thick) / 2 * np.sin(a)], 1)[::-1]
    back = np.clip((np.sin(a[::-1]) + 0.62) / 1.62, 0, 1)
    high = 0.60 + (h - 0.60) * back**1.6
    shell = upright_wall(path, base, high, thick, cloth, lean=-0.012)
    parts = [shell]
    inner = outline(w - 2 * thick + 0.05, d - thick + 0.0, 0.24, per_corner=10)
    rings = []
    for z, k in ((base, 0.97), (base + 0.02, 1.0), (seat - 0.06, 1.0), (seat - 0.015, 0.985), (seat + 0.012, 0.90),
                 (seat + 0.024, 0.5)):  # fmt: skip
        ring = inner * [k, k, 1]
        ring[:, 2] = z
        rings.append(ring)
    parts.append(soft.wrinkled(loft(rings, cloth, flat=True), 0.002, 2.5, shop.seed).moved(0, -0.045, 0))
    if lux:
        parts += legs(shop, w * 0.82, d * 0.82, base + 0.01, inset=0.06)
    else:
        parts.append(lathe(disc_profile(w * 0.36, 0.0, base + 0.01), shop.use("black"), sides=36))
    return parts + _pillow(shop, "cushion_c" if lux else "cushion_a", 0.42, d / 2 - 0.26, seat + 0.02)


def _open_frame(shop: Workshop) -> list[Mesh]:
    """A light wooden frame with loose seat and back cushions."""
    w, d, h = shop.width, shop.depth, shop.height
    wood, cloth = shop.use("wood"), shop.use("accent_upholstery")
    x, seat = w / 2 - 0.025, 0.30
    side = [
        tube(spline([[x, -d / 2 + 0.05, 0], [x, -d / 2 + 0.085, 0.30], [x, -d / 2 + 0.075, 0.56]], 10),
             np.interp(np.linspace(0, 1, 10), [0, 0.5, 1], [0.012, 0.018, 0.015]), wood, sides=12),
        tube(spline([[x, d / 2 - 0.02, 0], [x, d / 2 - 0.10, 0.30], [x, d / 2 - 0.055, 0.57]], 10),
             np.interp(np.linspace(0, 1, 10), [0, 0.5, 1], [0.012, 0.018, 0.014]), wood, sides=12),
        _armrest(x, -d / 2 + 0.02, d / 2 - 0.05, 0.575, wood),
        box((0.026, d - 0.16, 0.045), wood, radius=0.008, at=(x, 0, seat - 0.045), grain=1),
    ]  # fmt: skip
    parts = pair(side)
    for y in (-d / 2 + 0.09, d / 2 - 0.11):
        parts.append(box((w - 0.06, 0.03, 0.045), wood, radius=0.008, at=(0, y, seat - 0.045), grain=0))
    y0, y1 = d / 2 - 0.13, d / 2 - 0.02
    rail = np.array([[-w / 2 + 0.07, y1, h - 0.03], [0, y1 + 0.012, h - 0.018], [w / 2 - 0.07, y1, h - 0.03]])
    parts.append(tube(spline(rail, 12), 0.015, wood, sides=12))
    for sx in np.linspace(-w / 2 + 0.08, w / 2 - 0.08, 6):
        parts.append(bar((sx, y0, seat - 0.02), (sx, y1, h - 0.03), 0.008, wood, sides=8))
    parts += moved(
        tilted(soft.seat_cushion(w - 0.11, d - 0.17, 0.115, cloth, crown=0.018, seed=shop.seed), 4), 0, -0.035, seat
    )
    parts += moved(
        tilted(soft.back_cushion(w - 0.13, h - 0.44, 0.13, cloth, seed=shop.seed + 3), -14), 0, y0 - 0.05, 0.415
    )
    return parts + _pillow(shop, "cushion_a", 0.40, d / 2 - 0.31, 0.43)


def _armrest(x: float, y0: float, y1: float, z: float, material: str) -> Mesh:
    """A paddle: flat oval bar, broad in front, slim behind, slightly arched."""
    t = np.linspace(0, 1, 10)
    a = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    half_w, half_t = 0.032 - 0.014 * t, 0.0125
    y = y0 + (y1 - y0) * t
    rise = z + 0.012 * np.sin(np.pi * t) - 0.02 * t
    rings = np.stack(
        np.broadcast_arrays(
            x + half_w[:, None] * np.cos(a)[None], y[:, None] + 0 * a[None], rise[:, None] + half_t * np.sin(a)[None]
        ),
        -1,
    )
    return loft(rings, material)


def _club(shop: Workshop) -> list[Mesh]:
    """A boxy club chair: thick arms, loose seat, plump back; in leather with a tight tufted back."""
    w, d, h = shop.width, shop.depth, shop.height
    cloth = shop.use("accent_upholstery")
    leather = shop.material("accent_upholstery").kind == "leather"
    foot, arm, seat = 0.13, 0.125, 0.43
    inner = w - 2 * arm
    parts = [soft.padded((w - 0.02, d - 0.03, 0.14), cloth, radius=0.02, belly=0.002).moved(0, 0, foot)]
    side = soft.padded((arm, d - 0.02, 0.60 - foot), cloth, radius=0.04, belly=0.006, seed=shop.seed)
    parts += pair([side.moved((w - arm) / 2, 0, foot)])
    parts.append(soft.padded((inner + 0.03, 0.13, h - 0.06 - foot), cloth, radius=0.045, belly=0.006)
                 .moved(0, d / 2 - 0.075, foot))  # fmt: skip
    parts += moved(
        soft.seat_cushion(
            inner - 0.006, d - 0.20, seat - foot - 0.13, cloth, crown=0.025, seed=shop.seed, piping=cloth
        ),
        0,
        -0.09,
        foot + 0.13,
    )
    if leather:
        size = (inner, 0.11, h - seat + 0.02)
        relief = soft.biscuits(inner, size[2], 3, 2, 0.03)
        parts += moved(
            tilted([soft.relief_panel(size, cloth, relief, cells=(18, 12))], -8), 0, d / 2 - 0.20, seat - 0.02
        )
    else:
        parts += moved(
            tilted(soft.back_cushion(inner - 0.01, h - seat + 0.01, 0.17, cloth, seed=shop.seed), -11),
            0,
            d / 2 - 0.22,
            seat,
        )
    parts += legs(shop, w, d, foot + 0.005, inset=0.06)
    return parts + _pillow(shop, "cushion_a", 0.42, d / 2 - 0.34, seat + 0.025)


def _shell_lounge(shop: Workshop) -> list[Mesh]:
    """A lounge of bent plywood and leather pads on a swivel star foot."""
    w, d, h = shop.width, shop.depth, shop.height
    wood, hide, metal = shop.use("wood"), shop.use("accent_upholstery"), shop.use("black")

    def shell(pan_w: float, pan_h: float) -> list[Mesh]:
        """An upright dished pan with its pad, facing -y, standing on z = 0."""
        pan = box((pan_w, 0.016, pan_h), wood, radius=0.008, cells=(10, 0, 6), grain=0)
        pad = soft.relief_panel((pan_w - 0.03, 0.075, pan_h - 0.02), hide, soft.rows(pan_h, 2, 0.02), cells=(10, 12))
        return [_dished(m, pan_w, 0.06) for m in (pan, *moved([pad], 0, -0.046, 0.01))]

    high = h - 0.63
    parts = moved(tilted(moved(shell(w - 0.06, 0.56), z=-0.28), -81), 0, -0.09, 0.30)
    parts += moved(tilted(shell(w - 0.06, 0.36), -22), 0, d / 2 - 0.20, 0.33)
    parts += moved(tilted(shell(w - 0.12, high), -16), 0, d / 2 - 0.065, 0.635)
    parts += [
        bar((0, 0.02, 0.05), (0, 0.02, 0.30), (0.022, 0.03), metal, sides=16),
        *[
            bar((0, 0.02, 0.06), (0.30 * np.cos(a), 0.02 + 0.30 * np.sin(a), 0.015), (0.02, 0.012), metal, sides=10)
            for a in np.deg2rad([18, 90, 162, 234, 306])
        ],
    ]
    rest = soft.padded((0.075, 0.36, 0.045), hide, radius=0.02, belly=0.003)
    stay = hoop([(w / 2 - 0.10, 0.05, 0.36), (w / 2 - 0.045, 0.02, 0.40), (w / 2 - 0.045, 0.02, 0.52)], 0.011, metal)
    return parts + pair([rest.moved(w / 2 - 0.045, 0, 0.52), stay])


def _dished(mesh: Mesh, width: float, depth: float) -> Mesh:
    """Bend a panel's sides forward, as moulded plywood is."""
    v = mesh.vertices.copy()
    v[:, 1] -= depth * np.abs(v[:, 0] / (width / 2)) ** 2.4
    return Mesh(v, mesh.faces, mesh.uv, mesh.material)


def _wing(shop: Workshop) -> list[Mesh]:
    """A slip-covered wing chair with rolled lower arms."""
    w, d, h = shop.width, shop.depth, shop.height
    cloth = shop.use("accent_upholstery")
    foot, seat = 0.13, 0.44
    parts = [soft.padded((w - 0.05, d - 0.05, 0.17), cloth, radius=0.025, belly=0.003).moved(0, -0.01, foot)]
    y = np.linspace(-d / 2 + 0.06, d / 2 - 0.10, 16)
    x = w / 2 - 0.055 - 0.02 * np.clip(y / (d / 2), 0, 1)
    step = np.clip((y - 0.04) / 0.20, 0, 1)
    high = 0.60 + (h - 0.06 - 0.60) * step**2 * (3 - 2 * step)
    side = upright_wall(np.stack([x, y], 1), foot + 0.02, high, 0.095, cloth)
    parts += pair([side])
    parts.append(soft.padded((w - 0.10, 0.12, h - foot - 0.02), cloth, radius=0.05, belly=0.004)
                 .moved(0, d / 2 - 0.085, foot))  # fmt: skip
    inner = w - 0.20
    parts += moved(
        soft.seat_cushion(inner, d - 0.17, 0.14, cloth, crown=0.025, seed=shop.seed, piping=cloth), 0, -0.07, 0.30
    )
    relief = soft.relief_panel((inner + 0.02, 0.11, h - seat - 0.02), cloth, lambda a, b: 0.018 + 0 * a, cells=(8, 8))
    parts += moved(tilted([relief], -7), 0, d / 2 - 0.20, seat - 0.02)
    parts += legs(shop, w - 0.04, d - 0.04, foot + 0.03, inset=0.06)
    return parts + _pillow(shop, "cushion_a", 0.42, d / 2 - 0.32, seat + 0.01)


def _rattan_lounge(shop: Workshop) -> list[Mesh]:
    """A rounded cane frame with spindles, and white cushions."""
    w, d, h = shop.width, shop.depth, shop.height
    cane, cloth = shop.use("front"), shop.use("accent_upholstery")
    rod = shop.use("wood")
    a = np.deg2rad(np.linspace(-42, 222, 36))
    rim = np.stack([(w / 2 - 0.02) * np.cos(a), (d / 2 - 0.02) * np.sin(a),
                    0.58 + (h - 0.60) * np.clip((np.sin(a) + 0.2) / 1.2, 0, 1) ** 1.8], 1)  # fmt: skip
    foot = rim * [0.90, 0.90, 0] + [0, 0, 0.27]
    parts = [tube(rim, 0.019, rod, sides=10), tube(foot, 0.014, rod, sides=8)]
    for k in range(0, len(a), 1):
        parts.append(bar(tuple(foot[k]), tuple(rim[k]), 0.0065, rod, sides=6))
    parts.append(rounded_slab(w * 0.88, d * 0.84, 0.03, 0.2, cane, at=(0, -0.02, 0.26)))
    for sx, sy in ((-1, -1), (1, -1), (-1, 1), (1, 1)):
        parts.append(
            bar((sx * w * 0.34, sy * d * 0.33, 0.27), (sx * w * 0.40, sy * d * 0.40, 0.0), (0.018, 0.014), rod)
        )
    seat = soft.seat_cushion(w - 0.16, d - 0.15, 0.13, cloth, crown=0.025, seed=shop.seed, piping=cloth)
    parts += moved(seat, 0, -0.03, 0.295)
    parts += moved(
        tilted(soft.back_cushion(w - 0.22, h - 0.46, 0.13, cloth, seed=shop.seed), -14), 0, d / 2 - 0.19, 0.43
    )
    return parts + _pillow(shop, "cushion_a", 0.40, d / 2 - 0.34, 0.445)

"""Beds: a headboard in the style's form, a base, a mattress, and bedding made up as for a photograph."""

from __future__ import annotations

import numpy as np

from staging.engine.furniture import upholstery as soft
from staging.engine.furniture.bedding import BASE_TOP, made_bed
from staging.engine.furniture.parts import hoop, legs
from staging.engine.furniture.primitives import bar, box, grid, moved, tube
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.material import Material
from staging.engine.scene.mesh import Mesh

_CANE = Material("rattan", "#c9a877", pattern="cane", roughness=0.65)


def bed(shop: Workshop) -> list[Mesh]:
    """A made bed; depth includes the headboard, height is the headboard's. `options`: throw (bool), cushions (bool)."""
    board, overhang = 0.09, 0.045
    full = shop.width, shop.depth
    # Bedding hangs outside the frame, and the piece's size is what a walkway has to clear: bedding included.
    shop.width -= 2 * overhang
    length = shop.depth - board - overhang - 0.02
    middle = shop.depth / 2 - board - 0.01 - length / 2
    parts = _headboard(shop, shop.depth / 2 - board / 2, board) + moved(_base(shop, length), 0, middle)
    parts += moved(made_bed(shop, shop.width - 0.04, length, drop=0.27 if upholstered(shop) else 0.24), 0, middle)
    shop.width, shop.depth = full
    return parts


def upholstered(shop: Workshop) -> bool:
    return shop.material("headboard").kind in ("linen", "velvet", "boucle", "leather")


def _base(shop: Workshop, length: float) -> list[Mesh]:
    w = shop.width
    if shop.style.headboard == "iron":
        metal = shop.use("metal")
        rails = [
            box((0.035, length, 0.05), metal, radius=0.003, at=(s * (w / 2 - 0.02), 0, BASE_TOP - 0.05), grain=1)
            for s in (-1, 1)
        ]
        foot = [
            bar(
                (s * (w / 2 - 0.02), -length / 2 + 0.02, 0),
                (s * (w / 2 - 0.02), -length / 2 + 0.02, 0.42),
                0.018,
                metal,
            )
            for s in (-1, 1)
        ]
        cross = [
            bar((-w / 2 + 0.02, -length / 2 + 0.02, z), (w / 2 - 0.02, -length / 2 + 0.02, z), 0.012, metal)
            for z in (0.25, 0.41)
        ]
        return rails + foot + cross
    if upholstered(shop):
        body = soft.padded((w - 0.005, length, 0.21), shop.use("headboard"), radius=0.025, belly=0.003, seed=shop.seed)
        return [body.moved(0, 0, BASE_TOP - 0.15), *legs(shop, w, length, BASE_TOP - 0.14, inset=0.09, thick=1.2)]
    wood = shop.use("wood")
    frame = [box((w, length, 0.15), wood, radius=0.012, at=(0, 0, BASE_TOP - 0.11), grain=1)]
    return frame + legs(shop, w, length, BASE_TOP - 0.10, inset=0.08, thick=1.35)


def _headboard(shop: Workshop, y: float, thick: float) -> list[Mesh]:
    build = {
        "panels": _panels, "channels": _channels, "tufted": _tufted, "slats": _slats, "cane": _cane, "iron": _iron,
        "planks": _planks, "rattan": _rattan,
    }[shop.style.headboard]  # fmt: skip
    return build(shop, y, thick)


def _panels(shop: Workshop, y: float, t: float) -> list[Mesh]:
    """A low wide headboard of two thick horizontal cushions."""
    w, h = shop.width, shop.height
    low = 0.22
    relief = soft.relief_panel(
        (w, t, h - low), shop.use("headboard"), soft.rows(h - low, 3, 0.016), cells=(8, 30), seed=shop.seed
    )
    return [relief.moved(0, y, low)]


def _channels(shop: Workshop, y: float, t: float) -> list[Mesh]:
    """Tall vertical velvet channels between padded wings with a brass edge."""
    w, h = shop.width, shop.height
    low = 0.20
    count = max(8, round(w / 0.15))
    inner = w - 0.08
    parts = [
        soft.relief_panel(
            (inner, t * 0.8, h - low - 0.02),
            shop.use("headboard"),
            soft.channels(inner, count, 0.022),
            cells=(count * 7, 2),
        ).moved(0, y + 0.005, low)
    ]
    for s in (-1, 1):
        parts.append(
            soft.padded((0.045, t, h - low), shop.use("headboard"), radius=0.018, belly=0.002).moved(
                s * (w / 2 - 0.0225), y, low
            )
        )
    return [*parts, box((w - 0.05, 0.014, 0.012), shop.use("metal"), radius=0.002, at=(0, y - t / 2 + 0.02, h - 0.014))]


def _tufted(shop: Workshop, y: float, t: float) -> list[Mesh]:
    """A button-tufted panel inside a plain border."""
    w, h = shop.width, shop.height
    low = 0.45
    cloth = shop.use("headboard")
    inner_w, inner_h = w - 0.16, h - low - 0.09
    columns = max(8, 2 * round(inner_w / 0.32))
    relief = soft.diamonds(inner_w, inner_h, columns, 4, 0.022)
    back = soft.padded((w, t * 0.62, h - 0.20), cloth, radius=0.03, belly=0.001).moved(0, y + t * 0.17, 0.20)
    panel = soft.relief_panel((inner_w, t * 0.55, inner_h), cloth, relief, cells=(columns * 4, 18))
    return [back, panel.moved(0, y - 0.005, low + 0.01)]


def _slats(shop: Workshop, y: float, t: float) -> list[Mesh]:
    """Pale wooden spindles between round posts."""
    w, h = shop.width, shop.height
    wood = shop.use("wood")
    parts: list[Mesh] = [
        bar((s * (w / 2 - 0.022), y, 0), (s * (w / 2 - 0.022), y, h), (0.019, 0.021), wood, sides=14) for s in (-1, 1)
    ]
    for z in (0.40, h - 0.06):
        parts.append(box((w - 0.05, 0.032, 0.055), wood, radius=0.014, at=(0, y, z - 0.02), grain=0, segments=3))
    count = round(w / 0.085)
    parts += [
        bar((x, y, 0.40), (x, y, h - 0.06), 0.0095, wood, sides=8)
        for x in np.linspace(-w / 2 + 0.075, w / 2 - 0.075, count)
    ]
    return parts


def _cane(shop: Workshop, y: float, t: float) -> list[Mesh]:
    """A walnut frame around woven cane fields."""
    w, h = shop.width, shop.height
    wood, cane = shop.use("wood"), shop.use(_CANE)
    low, rail = 0.42, 0.05
    parts: list[Mesh] = [
        box((rail, 0.035, h), wood, radius=0.01, at=(s * (w - rail) / 2, y, 0), grain=2) for s in (-1, 1)
    ]
    for z in (low, h - rail):
        parts.append(box((w - 0.06, 0.033, rail), wood, radius=0.008, at=(0, y, z), grain=0))
    for x in (-w / 6, w / 6):
        parts.append(box((0.035, 0.030, h - low - 0.06), wood, radius=0.006, at=(x, y, low + 0.03), grain=2))
    return [*parts, box((w - 0.08, 0.008, h - low - 0.06), cane, radius=0.001, at=(0, y, low + 0.03), grain=0)]


def _iron(shop: Workshop, y: float, t: float) -> list[Mesh]:
    """A black tube frame with a wooden plank panel set into it."""
    w, h = shop.width, shop.height
    metal = shop.use("metal")
    parts = [
        hoop(
            [(-w / 2 + 0.02, y, 0), (-w / 2 + 0.02, y, h - 0.018), (w / 2 - 0.02, y, h - 0.018), (w / 2 - 0.02, y, 0)],
            0.018,
            metal,
        )
    ]
    boards = 4
    low, tall = 0.42, h - 0.42 - 0.075
    step = tall / boards
    return parts + [
        box(
            (w - 0.07, 0.026, step - 0.006),
            shop.use("headboard"),
            radius=0.003,
            at=(0, y, low + step * k),
            grain=0,
            seed=k,
        )
        for k in range(boards)
    ]


def _planks(shop: Workshop, y: float, t: float) -> list[Mesh]:
    """Upright boards under a moulded cap."""
    w, h = shop.width, shop.height
    wood = shop.use("headboard")
    count = max(7, round(w / 0.19))
    step = (w - 0.10) / count
    parts: list[Mesh] = [
        box(
            (step - 0.003, 0.035, h - 0.30),
            wood,
            radius=0.004,
            at=(-(w - 0.10) / 2 + step * (k + 0.5), y, 0.24),
            grain=2,
            seed=k,
        )
        for k in range(count)
    ]
    parts += [
        box((0.075, 0.075, h - 0.05), wood, radius=0.006, at=(s * (w / 2 - 0.0375), y, 0), grain=2) for s in (-1, 1)
    ]
    parts.append(box((w, 0.085, 0.045), wood, radius=0.012, at=(0, y, h - 0.045), grain=0))
    return [*parts, box((w - 0.12, 0.055, 0.09), wood, radius=0.006, at=(0, y, h - 0.14), grain=0)]


def _rattan(shop: Workshop, y: float, t: float) -> list[Mesh]:
    """An arched cane frame filled with weave."""
    w, h = shop.width, shop.height
    rod, weave = shop.use("wood"), shop.use("headboard")
    a = np.linspace(np.pi, 0, 25)
    shoulder = h - 0.32
    arch = np.stack(
        [
            (w / 2 - 0.02) * np.sign(np.cos(a)) * np.abs(np.cos(a)) ** 0.6,
            np.full(25, y),
            shoulder + 0.30 * np.sin(a) ** 0.75,
        ],
        1,
    )
    loop = np.concatenate([[[-w / 2 + 0.02, y, 0.0]], arch, [[w / 2 - 0.02, y, 0.0]]])
    parts = [tube(loop, 0.02, rod, sides=10), bar((-w / 2 + 0.02, y, 0.42), (w / 2 - 0.02, y, 0.42), 0.014, rod)]
    fan = np.stack([np.column_stack([arch[:, 0] * 0.985, arch[:, 1], np.full(25, 0.42)]), arch * [0.985, 1, 0.99]])
    sheet = fan[..., [0, 2]]
    parts += [grid(fan, sheet, weave, flip=flip).moved(y=off) for off, flip in ((-0.004, False), (0.004, True))]
    inner = arch * [0.9, 1, 0.94]
    return [
        *parts,
        tube(np.concatenate([[[inner[0, 0], y, 0.42]], inner, [[inner[-1, 0], y, 0.42]]]), 0.011, rod, sides=8),
    ]

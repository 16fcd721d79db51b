"""Televisions, monitors and laptops: what frames the screen and what it stands on is the style's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from staging.engine.furniture.parts import hoop, leg, pair
from staging.engine.furniture.primitives import (
    bar,
    box,
    disc_profile,
    lathe,
    moved,
    rounded_slab,
    scaled,
    tilted,
)
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh

# A stand of a panel: (shop, width of the panel, height up to its lower edge) -> meshes.
Stand = Callable[[Workshop, float, float], list[Mesh]]


@dataclass(frozen=True)
class Case:
    """What a style puts round a screen: the `slot` of its frame, how wide that is (metres), and whether its edge is
    stepped as a picture's; the television's `foot`, the monitor's `stand` and the slot that a laptop is cased in."""

    slot: str
    border: float
    stepped: bool
    foot: Stand
    stand: Stand
    laptop: str
    keys: str = "black"


def television(shop: Workshop) -> list[Mesh]:
    """A flat television in the style's frame on its feet, or bare to hang (`options` {"hung": True})."""
    case, foot = CASES[shop.style.screen], 0.0 if shop.option("hung", False) else 0.06
    parts = _panel(shop, shop.width, shop.height - foot, 0.030, case, scale=1.0)
    return moved(parts, 0, 0, foot) + (case.foot(shop, shop.width, foot) if foot else [])


def monitor(shop: Workshop) -> list[Mesh]:
    """A desk monitor in the style's case on its stand, facing -y."""
    case, h = CASES[shop.style.screen], shop.height
    panel = min(h - 0.10, shop.width * 0.58)
    parts = moved(_panel(shop, shop.width, panel, 0.018, case, scale=0.5), 0, 0, h - panel)
    return parts + case.stand(shop, shop.width, h - panel)


def _panel(shop: Workshop, w: float, h: float, thick: float, case: Case, *, scale: float) -> list[Mesh]:
    """A screen in its frame, standing on z = 0, thickness about y = 0; `scale` narrows the frame."""
    border, slot, face = max(0.005, case.border * scale), shop.use(case.slot), -thick / 2
    out = 0.004 + (0.35 * border if case.stepped else 0.0)  # how far the frame stands before the screen
    parts = [
        box((w - 0.004, thick, h - 0.004), shop.use("black"), radius=0.004, at=(0, 0, 0.002)),
        box(
            (w - 2 * border + 0.002, 0.002, h - 2 * border + 0.002), shop.use("screen"), radius=0.0008, segments=1,
            at=(0, face - 0.0008, border - 0.001),
        ),
    ]  # fmt: skip
    deep, middle = thick + out, -out / 2
    steps = ((border, out), (border * 0.45, out + 0.004)) if case.stepped else ((border, out),)
    for wide, reach in steps:
        deep, middle = thick + reach, -reach / 2
        for z in (0.0, h - wide):
            parts.append(box((w, deep, wide), slot, radius=min(0.003, wide * 0.3), at=(0, middle, z), grain=0))
        for s in (-1, 1):
            x = s * (w - wide) / 2
            parts.append(box((wide, deep, h), slot, radius=min(0.003, wide * 0.3), at=(x, middle, 0), grain=2))
    return parts


# ------------------------------------------------------------------------------------------ feet of televisions
def _blades(shop: Workshop, w: float, foot: float) -> list[Mesh]:
    """Two flat bars of steel, set wide."""
    x = w * 0.40
    return [box((0.012, 0.21, foot + 0.03), shop.use("metal"), radius=0.002, at=(s * x, 0, 0)) for s in (-1, 1)]


def _trestles(shop: Workshop, w: float, foot: float) -> list[Mesh]:
    """A pair of round wooden legs at either end, as an easel has."""
    wood, x = shop.use("wood"), w / 2 - 0.05
    legs = [bar((x + 0.02, s * 0.105, 0), (x, s * 0.012, foot + 0.16), (0.009, 0.013), wood) for s in (-1, 1)]
    return pair(legs)


def _frames(shop: Workshop, w: float, foot: float) -> list[Mesh]:
    """Two frames of square steel tube, one round each end."""
    metal, x = shop.use("metal"), w * 0.33
    parts = [box((0.02, 0.22, 0.018), metal, radius=0.002, at=(x, 0, 0))]
    parts += [box((0.02, 0.018, foot + 0.008), metal, radius=0.002, at=(x, s * 0.101, 0.01)) for s in (-1, 1)]
    return pair([*parts, box((0.02, 0.22, 0.014), metal, radius=0.002, at=(x, 0, foot - 0.006))])


def _pegs(shop: Workshop, w: float, foot: float) -> list[Mesh]:
    """Four splayed pegs under a wooden rail."""
    wood, x = shop.use("wood"), w * 0.36
    rail = box((w * 0.78, 0.06, 0.016), wood, radius=0.004, at=(0, 0, foot - 0.014), grain=0)
    return [rail, *(m for sx in (-1, 1) for sy in (-1, 1) for m in leg(shop, "splayed", foot, (sx * x, sy * 0.085)))]


def _pedestal(shop: Workshop, _w: float, foot: float) -> list[Mesh]:
    """One oval disc with a neck."""
    metal = shop.use("metal")
    disc = scaled([lathe(disc_profile(0.12, 0, 0.012), metal, sides=48)], 1.9, 0.95)
    return [*disc, box((0.13, 0.022, foot + 0.01), metal, radius=0.005, at=(0, 0.004, 0.006))]


def _blocks(shop: Workshop, w: float, foot: float) -> list[Mesh]:
    """Two blocks of wood with a groove for the frame."""
    wood, x = shop.use("wood"), w * 0.34
    parts = [box((0.10, 0.20, foot - 0.004), wood, radius=0.006, at=(x, 0, 0), grain=1)]
    return pair([*parts, box((0.10, 0.05, 0.035), wood, radius=0.006, at=(x, 0.045, foot - 0.012), grain=0)])


def _tees(shop: Workshop, w: float, foot: float) -> list[Mesh]:
    """Two round rods on round bars that lie on the cabinet."""
    wood, x = shop.use("wood"), w * 0.34
    return pair([bar((x, -0.105, 0.013), (x, 0.105, 0.013), 0.013, wood), bar((x, 0, 0.01), (x, 0, foot), 0.012, wood)])


def _plate(shop: Workshop, w: float, foot: float) -> list[Mesh]:
    """A neck on one flat plate."""
    black = shop.use("black")
    neck = box((0.16, 0.03, foot + 0.02), black, radius=0.006, at=(0, 0.004, 0.006))
    return [rounded_slab(min(0.55, w * 0.5), 0.22, 0.009, 0.02, black), neck]


# ------------------------------------------------------------------------------------------ stands of monitors
def _neck(slot: str, base: Mesh, tall: float, *, wide: float = 0.05, shop: Workshop) -> list[Mesh]:
    return [base, box((wide, 0.012, tall + 0.11), shop.use(slot), radius=0.003, at=(0, 0.026, 0.004))]


def _forked(shop: Workshop, _w: float, tall: float) -> list[Mesh]:
    """A bent rod in the shape of a V under a slim neck."""
    metal = shop.use("metal")
    rod = hoop([(-0.13, -0.065, 0.007), (0.0, 0.05, 0.007), (0.13, -0.065, 0.007)], 0.007, metal)
    return [rod, bar((0, 0.045, 0.004), (0, 0.028, tall + 0.11), 0.011, metal)]


def _round_foot(shop: Workshop, _w: float, tall: float) -> list[Mesh]:
    """A disc of wood with a wooden neck."""
    wood = shop.use("wood")
    disc = moved([lathe(disc_profile(0.085, 0, 0.016, 0.005), wood, sides=48)], 0, 0.004)
    return [*disc, bar((0, 0.03, 0.012), (0, 0.026, tall + 0.11), (0.016, 0.013), wood)]


def _arm(shop: Workshop, _w: float, tall: float) -> list[Mesh]:
    """A pole on a round foot with a jointed arm."""
    metal = shop.use("metal")
    foot = moved([lathe(disc_profile(0.07, 0, 0.02, 0.004), metal, sides=40)], 0.10, 0.018)
    pole = bar((0.10, 0.055, 0.01), (0.10, 0.055, tall + 0.15), 0.014, metal)
    return [*foot, pole, bar((0.10, 0.055, tall + 0.13), (0.0, 0.014, tall + 0.13), 0.011, metal)]


def _plinth(shop: Workshop, _w: float, tall: float) -> list[Mesh]:
    """Two wooden legs on a wooden plinth."""
    wood = shop.use("wood")
    parts = [box((0.30, 0.15, 0.018), wood, radius=0.004, grain=0)]
    return parts + pair([bar((0.09, 0.03, 0.012), (0.07, 0.022, tall + 0.06), (0.013, 0.010), wood)])


def _bent_sheet(shop: Workshop, _w: float, tall: float) -> list[Mesh]:
    """One sheet of metal, bent once."""
    return _neck("metal", rounded_slab(0.20, 0.155, 0.006, 0.008, shop.use("metal")), tall, wide=0.20, shop=shop)


def _chin(shop: Workshop, w: float, tall: float) -> list[Mesh]:
    """A computer in the screen's own case: a pale chin below it, on a sheet of aluminium bent once."""
    chin = box((w, 0.020, 0.062), shop.use("white"), radius=0.004, at=(0, -0.001, tall - 0.062))
    base = rounded_slab(0.19, 0.15, 0.006, 0.012, shop.use("aluminium"))
    return [chin, *_neck("aluminium", base, tall - 0.06, wide=0.16, shop=shop)]


def _sled(shop: Workshop, _w: float, tall: float) -> list[Mesh]:
    """A loop of pale rod that lies on the desk and rises behind the screen."""
    rod = [(x * 0.085, y, z) for x, y, z in ((-1, 0.03, tall + 0.10), (-1, 0.05, 0.009), (-1, -0.08, 0.009))]
    other = [(-x, y, z) for x, y, z in reversed(rod)]
    return [hoop([*rod, *other], 0.009, shop.use("white"))]


def _flat_foot(shop: Workshop, _w: float, tall: float) -> list[Mesh]:
    """The usual black neck on its plate."""
    return _neck("black", rounded_slab(0.24, 0.16, 0.010, 0.03, shop.use("black")), tall, wide=0.06, shop=shop)


CASES: dict[str, Case] = {
    "hairline": Case("black", 0.004, False, _blades, _forked, "graphite"),
    "easel": Case("wood", 0.022, False, _trestles, _round_foot, "aluminium", "white"),
    "bracket": Case("metal", 0.014, False, _frames, _arm, "black"),
    "console": Case("wood", 0.030, True, _pegs, _plinth, "bronze"),
    "pedestal": Case("metal", 0.008, False, _pedestal, _bent_sheet, "champagne", "white"),
    "moulded": Case("front", 0.045, True, _blocks, _chin, "aluminium"),
    "gallery": Case("white", 0.030, False, _tees, _sled, "white", "white"),
    "plain": Case("black", 0.012, False, _plate, _flat_foot, "charcoal"),
}


# ------------------------------------------------------------------------------------------ laptop
_ROWS = 5  # of keys
_COLUMNS = 13


def laptop(shop: Workshop) -> list[Mesh]:
    """An open laptop facing -y, its lid leaning back; wedge-shaped in slim styles, its keys single."""
    case = CASES[shop.style.screen]
    lean = 0.30 * (shop.height - 0.014)  # how far the open lid reaches behind the base
    w, d = shop.width, shop.depth - lean
    metal, keys = shop.use(case.laptop), shop.use(case.keys)
    wedge = shop.style.screen in ("hairline", "pedestal", "gallery")
    thick = 0.013 if wedge else 0.016
    base = rounded_slab(w, d, thick, 0.012 if not wedge else 0.020, metal)
    if wedge:
        base.vertices[:, 2] *= 0.55 + 0.45 * (base.vertices[:, 1] / d + 0.5)
    parts = [base, *_keyboard(w, d, thick, keys, metal, wedge=wedge)]
    lid_height = max(0.1, (shop.height - thick) / np.cos(np.deg2rad(16)))
    rim = 0.006 if wedge else 0.009
    lid = [
        box((w, 0.006, lid_height), metal, radius=0.0028),
        box(
            (w - 0.003, 0.0012, lid_height - 0.003), shop.use("black"), radius=0.0005, segments=1,
            at=(0, -0.003, 0.0015),
        ),
        box(
            (w - 2 * rim, 0.0012, lid_height - 2.2 * rim), shop.use("screen"), radius=0.0005, segments=1,
            at=(0, -0.0038, 1.4 * rim),
        ),
    ]  # fmt: skip
    hinge = bar(
        (-w * 0.36, d / 2 - 0.004, thick - 0.002), (w * 0.36, d / 2 - 0.004, thick - 0.002), 0.004, keys, sides=8
    )
    return moved([*parts, hinge, *moved(tilted(lid, -16), 0, d / 2 - 0.004, thick - 0.002)], 0, -lean / 2)


def _keyboard(w: float, d: float, thick: float, keys: str, pad: str, *, wedge: bool) -> list[Mesh]:
    """Rows of keys over a pad, on a base whose top falls towards the front where it is a wedge."""
    step, depth, back = w * 0.86 / _COLUMNS, d * 0.46 / _ROWS, d * 0.42
    parts: list[Mesh] = []
    for row in range(_ROWS):
        y = back - (row + 0.5) * depth
        z = thick * (0.55 + 0.45 * (y / d + 0.5)) if wedge else thick
        wide = row == _ROWS - 1  # the space bar's row
        spans = [(-0.5, -0.26), (-0.24, 0.24), (0.26, 0.5)] if wide else None
        count = _COLUMNS if spans is None else len(spans)
        for k in range(count):
            low, high = spans[k] if spans else ((k + 0.06) / count - 0.5, (k + 0.94) / count - 0.5)
            size = ((high - low) * step * _COLUMNS, depth * 0.86, 0.0016)
            parts.append(box(size, keys, radius=0, segments=1, at=((low + high) / 2 * step * _COLUMNS, y, z - 0.0002)))
    y = -d * 0.27
    z = thick * (0.55 + 0.45 * (y / d + 0.5)) if wedge else thick
    parts.append(box((w * 0.36, d * 0.30, 0.0008), pad, radius=0.0003, segments=1, at=(0, y, z - 0.0004)))
    return parts

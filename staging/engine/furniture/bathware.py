"""Small and standing things of a bathroom: the tray with its bottles, candles, the laundry basket."""

from __future__ import annotations

import numpy as np

from staging.engine.furniture.decor import candle, tray
from staging.engine.furniture.linens import LINENS, folded
from staging.engine.furniture.primitives import (
    bar,
    box,
    circle,
    disc_profile,
    eased_profile,
    grid,
    lathe,
    moved,
    outline,
    smooth_profile,
    spline,
    tube,
    turned,
)
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.material import Material
from staging.engine.scene.mesh import Mesh

_AMBER = Material("paint", "#5a3216", roughness=0.12, specular=0.6)
_STONE = Material("paint", "#9d978c", roughness=0.7, specular=0.2)

# Per style: what bottles are of, their shoulders, and whether a pump is of metal or black.
_BOTTLES: dict[str, tuple[str | Material, str, str]] = {
    "modern": ("accent_ceramic", "square", "black"),
    "scandinavian": (_AMBER, "round", "black"),
    "industrial": (_AMBER, "round", "metal"),
    "midcentury": ("ceramic", "bell", "metal"),
    "luxury": ("tabletop", "square", "metal"),
    "farmhouse": ("ceramic", "bell", "metal"),
    "coastal": ("ceramic", "round", "chrome"),
    "standard": (_STONE, "round", "chrome"),
}


def bath_tray(shop: Workshop) -> list[Mesh]:
    """A tray with a soap dispenser, a second bottle, a candle and a folded guest towel."""
    w, d, h = shop.width, shop.depth, shop.height
    side = 1 if shop.seed % 2 else -1
    round_tray = shop.style.name in ("scandinavian", "midcentury", "coastal")
    parts = _round_tray(shop, w, d) if round_tray else tray(shop, w, d)
    base = 0.008
    pump = bottle(shop, min(0.033, d * 0.2), h - base, pump=True)
    parts += moved(pump, side * w * 0.27, d * 0.12, base)
    parts += moved(bottle(shop, min(0.026, d * 0.16), (h - base) * 0.66, pump=False), side * w * 0.06, d * 0.16, base)
    parts += moved(candle(shop, 0.03, 0.06), -side * w * 0.16, d * 0.16, base)
    cloth = shop.use(LINENS[shop.style.name].accent)
    parts += moved(folded(w * 0.42, d * 0.34, 0.034, cloth, seed=shop.seed), -side * w * 0.08, -d * 0.22, base)
    return parts


def _round_tray(shop: Workshop, w: float, d: float) -> list[Mesh]:
    """An oval tray with a raised rim."""
    shape = [(0, 0), (0.485, 0), (0.5, 0.02), (0.487, 0.022), (0.475, 0.008), (0, 0.006)]
    flat = lathe(eased_profile(shape, 0.002), shop.use("wood" if shop.style.name != "coastal" else "pot"), sides=48)
    points = flat.vertices * [w, d, 1]
    return [Mesh(points, flat.faces, points[:, :2], flat.material)]


def bottle(shop: Workshop, r: float, h: float, *, pump: bool) -> list[Mesh]:
    """A bottle `h` metres high on z = 0, with a soap pump or a stopper."""
    stuff, shoulder, head = _BOTTLES[shop.style.name]
    body = h * (0.74 if pump else 0.82)
    neck = r * 0.36
    shapes = {
        "square": [(0, 0), (r, 0), (r, body * 0.92), (neck, body * 0.94), (neck, body), (0, body)],
        "round": [
            (0, 0),
            (r, 0),
            (r, body * 0.66),
            (r * 0.8, body * 0.82),
            (neck, body * 0.92),
            (neck, body),
            (0, body),
        ],
        "bell": [
            (0, 0),
            (r, 0),
            (r * 0.96, body * 0.2),
            (r * 0.62, body * 0.7),
            (neck, body * 0.92),
            (neck, body),
            (0, body),
        ],
    }
    parts = [lathe(eased_profile(shapes[shoulder], 0.004), shop.use(stuff), sides=28)]
    metal = shop.use(head)
    if not pump:
        cap = eased_profile([(0, body), (neck * 1.25, body), (neck * 1.25, h), (0, h)], 0.002)
        return [*parts, lathe(cap, metal, sides=20)]
    collar = eased_profile([(0, body), (neck * 1.3, body), (neck * 1.3, body + 0.014), (0, body + 0.014)], 0.002)
    spout = spline([(0, 0, h - 0.006), (0, -0.022, h - 0.006), (0, -0.042, h - 0.014)], 8)
    return [
        *parts,
        lathe(collar, metal, sides=20),
        bar((0, 0, body), (0, 0, h - 0.004), 0.0035, metal, sides=8),
        tube(spout, 0.0045, metal, sides=8),
    ]


def candles(shop: Workshop) -> list[Mesh]:
    """Three pillar candles of rising height, on a plate, a slab, a slice of wood or holders of metal."""
    w, d, h = shop.width, shop.depth, shop.height
    name = shop.style.name
    slot = {"modern": "black", "industrial": "pot", "luxury": "tabletop"}.get(name, "wood")
    if name in ("modern", "luxury", "standard", "industrial"):
        plate = [box((w, d, 0.012), shop.use(slot), radius=0.004, grain=0)]
    else:
        disc = lathe(disc_profile(0.5, 0, 0.014, 0.004), shop.use(slot), sides=44)
        points = disc.vertices * [w, d, 1]
        plate = [Mesh(points, disc.faces, points[:, :2], disc.material)]
    r = min(0.036, d * 0.24)
    parts = list(plate)
    held = name in ("midcentury", "luxury", "farmhouse")
    for k, share in enumerate((1.0, 0.74, 0.5)):
        at = ((-0.26, 0.08, 0.28)[k] * w, (0.10, -0.16, 0.12)[k] * d)
        lift = h * share * 0.4 if held else 0.0
        if held:
            holder = [(0, 0), (r, 0), (r * 0.3, lift * 0.2), (r * 0.26, lift * 0.8), (r * 1.1, lift), (0, lift)]
            parts.append(lathe(smooth_profile(holder, 22), shop.use("metal"), sides=24, at=(*at, 0.010)))
        tall = max(0.03, (h - 0.018) * share - lift)
        parts += moved(candle(shop, r * (0.9 if held else 1.0), tall), *at, 0.010 + lift)
    return parts


def laundry_basket(shop: Workshop) -> list[Mesh]:
    """A basket for laundry: woven with a lid, slatted wood, wire with a linen bag, or felt with handles."""
    name = shop.style.name
    build = {"industrial": _wire, "modern": _felt, "standard": _felt, "scandinavian": _slats, "midcentury": _slats}
    return build.get(name, _woven)(shop)


def _woven(shop: Workshop) -> list[Mesh]:
    """A round wicker basket with a lid and a liner that shows under it."""
    r, h = min(shop.width, shop.depth) / 2, shop.height
    colour = {"luxury": "#8d8172", "farmhouse": "#b0946d"}.get(shop.style.name, "#c4a274")
    wicker = shop.use(Material("rattan", colour, roughness=0.7))
    body = [(0, 0), (r * 0.80, 0), (r * 0.90, h * 0.25), (r * 0.98, h * 0.75), (r * 0.96, h * 0.88), (0, h * 0.88)]
    lid = [(0, h * 0.90), (r, h * 0.90), (r * 0.97, h * 0.95), (r * 0.5, h * 0.985), (0, h)]
    liner = [(0, h * 0.86), (r * 0.985, h * 0.86), (r * 0.985, h * 0.905), (0, h * 0.905)]
    parts = [
        lathe(smooth_profile(body, 30), wicker, sides=44),
        lathe(smooth_profile(lid, 20), wicker, sides=44),
        lathe(eased_profile(liner, 0.006), shop.use(LINENS[shop.style.name].main), sides=44),
    ]
    knob = tube(circle(0.03, h - 0.004, 20) * [1, 0.5, 1], 0.007, shop.use("wood"), sides=8, closed=True)
    return [*parts, knob] if shop.style.name == "farmhouse" else parts


def _wire(shop: Workshop) -> list[Mesh]:
    """A frame of iron wire with a canvas bag in it."""
    w, d, h = shop.width, shop.depth, shop.height
    metal, canvas = shop.use("metal"), shop.use(LINENS[shop.style.name].accent)
    parts = [tube(outline(w - 0.01, d - 0.01, 0.04, z), 0.005, metal, sides=7, closed=True)
             for z in (0.02, h * 0.35, h * 0.68, h - 0.012)]  # fmt: skip
    ring = outline(w - 0.01, d - 0.01, 0.04)[::4]
    parts += [bar((x, y, 0.004), (x, y, h - 0.012), 0.0035, metal, sides=6) for x, y, _ in ring]
    bag = box((w - 0.035, d - 0.035, h - 0.05), canvas, radius=0.03, segments=3, cells=(3, 3, 4), at=(0, 0, 0.02))
    return [*parts, bag]


def _felt(shop: Workshop) -> list[Mesh]:
    """A soft bin of felt with leather handles and towels showing at its brim."""
    w, d, h = shop.width, shop.depth, shop.height
    linen = LINENS[shop.style.name]
    felt = shop.use(Material("boucle", "#8f9091" if shop.style.name == "modern" else "#b3aea6", roughness=1.0))
    wall = 0.012
    brim = outline(w, d, min(w, d) * 0.30)[:, :2]
    loops = []
    for inset, z in ((1.0, 0.0), (0.0, 0.0), (0.0, h - 0.05), (wall, h - 0.05), (wall, h * 0.7), (1.0, h * 0.7)):
        scale = 1 - 2 * inset / min(w, d) if inset < 1 else 0.0
        loops.append(np.concatenate([brim * scale, np.full((len(brim), 1), z)], 1))
    rings = np.stack([np.concatenate([loop, loop[:1]]) for loop in loops])
    uv = np.stack(np.broadcast_arrays(np.linspace(0, 2 * (w + d), rings.shape[1])[None], rings[..., 2]), -1)
    parts = [grid(rings, uv, felt, flip=True)]
    cloth = folded(w * 0.74, d * 0.74, 0.12, shop.use(linen.main), seed=shop.seed)
    parts += moved(turned(cloth, 8), 0, 0, h * 0.7)
    parts += moved(folded(w * 0.5, d * 0.5, 0.05, shop.use(linen.accent), layers=2, seed=3), 0.02, 0, h * 0.7 + 0.12)
    strap = shop.use(Material("leather", "#6f4a30", roughness=0.5))
    for s in (-1, 1):
        arch = [(-0.06, s * d * 0.49, h - 0.10), (-0.05, s * d * 0.5, h - 0.02), (0, s * d * 0.5, h - 0.004),
                (0.05, s * d * 0.5, h - 0.02), (0.06, s * d * 0.49, h - 0.10)]  # fmt: skip
        parts.append(tube(spline(arch, 14), 0.007, strap, sides=8))
    return parts


def _slats(shop: Workshop) -> list[Mesh]:
    """Upright wooden slats round a linen bag, a flat lid on top."""
    w, d, h = shop.width, shop.depth, shop.height
    wood, bag = shop.use("wood"), shop.use(LINENS[shop.style.name].main)
    parts = [box((w - 0.03, d - 0.03, h - 0.05), bag, radius=0.02, at=(0, 0, 0.02))]
    for length, across, turn in ((w, d, 0), (d, w, 90)):
        count = max(5, round(length / 0.05))
        step = length / count
        row = [box((step * 0.72, 0.012, h - 0.03), wood, radius=0.002, at=(-length / 2 + step * (k + 0.5), 0, 0),
                   grain=2, seed=k) for k in range(count)]  # fmt: skip
        for s in (-1, 1):
            parts += turned(moved(row, 0, s * (across / 2 - 0.006), 0), turn)
    return [*parts, box((w + 0.01, d + 0.01, 0.022), wood, radius=0.004, at=(0, 0, h - 0.022), grain=0)]

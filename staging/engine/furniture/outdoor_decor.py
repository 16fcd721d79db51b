"""What stands about a terrace: planters, parasols, lanterns, rugs of outdoor weave, a bowl for fire."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from staging.engine.furniture import plants
from staging.engine.furniture.gardens import garden
from staging.engine.furniture.primitives import (
    bar,
    box,
    circle,
    disc_profile,
    eased_profile,
    grid,
    lathe,
    moved,
    smooth_profile,
    tube,
)
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh

Floats = NDArray[np.float64]


def _point(values: Floats) -> tuple[float, float, float]:
    x, y, z = (float(v) for v in values)
    return x, y, z


# ------------------------------------------------------------------------------------------ planters
def planter(shop: Workshop) -> list[Mesh]:
    """A planter in the style's form with a plant that fills the height; `options`: species."""
    w, d, h = shop.width, shop.depth, shop.height
    g = garden(shop)
    rng = shop.rng("growth")
    species = str(shop.option("species", str(rng.choice(g.species))))
    tall = float(np.clip(0.36 * h, 0.28, 0.55))
    r = min(0.30 * min(w, d) + 0.03, 0.26)
    return _planter(shop, r, tall) + plants.grown(shop, species, rng, tall * 0.92)


def _planter(shop: Workshop, r: float, h: float) -> list[Mesh]:
    g = garden(shop)
    pot, soil = shop.use(g.pot), shop.use("soil")
    if g.planter in ("cube", "trough"):
        side = 1.72 * r
        wall = 0.025
        parts = [box((side, wall, h), pot, radius=0.005, at=(0, s * (side - wall) / 2, 0)) for s in (-1, 1)]
        parts += [box((wall, side - 0.01, h), pot, radius=0.005, at=(s * (side - wall) / 2, 0, 0)) for s in (-1, 1)]
        parts.append(box((side - 0.02, side - 0.02, h * 0.9), soil, radius=0.003))
        if g.planter == "trough":
            parts += [
                box((side + 0.012, side + 0.012, 0.03), shop.use("metal"), radius=0.003, at=(0, 0, z))
                for z in (h * 0.2, h * 0.75)
            ][:1]
        return parts
    outline = {
        "tapered": [(0, 0), (0.72, 0), (0.98, 0.97), (1, 1), (0.92, 1), (0.90, 0.9), (0, 0.89)],
        "bullet": [(0, 0), (0.42, 0.02), (0.86, 0.35), (1, 0.85), (0.98, 1), (0.92, 1), (0.9, 0.9), (0, 0.89)],
        "urn": [(0, 0), (0.62, 0), (0.62, 0.06), (0.34, 0.12), (0.42, 0.22), (0.92, 0.55), (0.84, 0.85), (1, 0.96),
                (1, 1), (0.86, 1), (0.84, 0.9), (0, 0.89)],
        "barrel": [(0, 0), (0.84, 0), (0.97, 0.4), (0.99, 0.6), (0.92, 1), (0.86, 1), (0.86, 0.9), (0, 0.89)],
        "basket": [(0, 0), (0.80, 0.0), (0.98, 0.3), (1, 0.6), (0.90, 1), (0.85, 1), (0.84, 0.9), (0, 0.89)],
    }[g.planter]  # fmt: skip
    parts = [lathe(smooth_profile(np.array(outline) * [r, h], 40), pot, sides=44)]
    parts.append(lathe(disc_profile(r * 0.88, h * 0.86, h * 0.91, 0.004), soil, sides=28))
    if g.planter == "barrel":
        parts += [
            tube(circle(r * k, z * h, 40), 0.010, shop.use("metal"), sides=6, closed=True)
            for k, z in ((0.92, 0.16), (0.97, 0.80))
        ]
    return parts


# ------------------------------------------------------------------------------------------ parasol
def parasol(shop: Workshop) -> list[Mesh]:
    """An open parasol on a foot: round with eight ribs and a vent, or square with four; straight or with a valance."""
    w, d, h = shop.width, shop.depth, shop.height
    g = garden(shop)
    cloth, pole = shop.use(g.canopy), shop.use(g.frame if g.frame.kind in ("wood", "metal") else shop.material("wood"))
    ribs = 4 if g.parasol == "square" else 8
    rim, top = h - 0.42, h - 0.06
    parts = [bar((0, 0, 0.05), (0, 0, h - 0.01), 0.021, pole, sides=14)]
    parts.append(_foot(shop))
    a0 = np.pi / ribs if ribs == 4 else 0.0
    for k in range(ribs):
        a, b = a0 + 2 * np.pi * k / ribs, a0 + 2 * np.pi * (k + 1) / ribs
        reach = np.sqrt(2) if ribs == 4 else 1.0
        ends = [np.array([w / 2 * reach * np.cos(t), d / 2 * reach * np.sin(t), rim]) for t in (a, b)]
        parts.append(bar((0, 0, top - 0.02), _point(ends[0] * [0.985, 0.985, 1.0]), 0.008, pole, sides=6))
        parts.append(
            bar(
                (0, 0, rim - 0.06),
                _point(ends[0] * [0.5, 0.5, 1.0] + [0, 0, (top - rim) * 0.48]),
                0.006,
                pole,
                sides=6,
            )
        )
        parts += _panel(ends[0], ends[1], np.array([0, 0, top]), cloth)
        if g.parasol == "round" and shop.style.name in ("coastal", "farmhouse", "midcentury", "luxury"):
            low = [e - [0, 0, 0.13] for e in ends]
            parts += _sheet(np.stack([np.stack([low[0], low[1]]), np.stack(ends)]), cloth)
    parts.append(lathe([(0.0, h - 0.05), (0.035, h - 0.045), (0.02, h - 0.015), (0.0, h)], pole, sides=14))
    return parts


def _panel(a: Floats, b: Floats, apex: Floats, cloth: str) -> list[Mesh]:
    """One gore between two ribs: it hangs a little between them and curves down to the rim."""
    u, v = np.meshgrid(np.linspace(0, 1, 9), np.linspace(0, 1, 10), indexing="ij")
    edge = a + (b - a) * u[..., None]
    points = apex + (edge - apex) * v[..., None]
    points[..., 2] += 0.09 * np.sin(np.pi * v) - 0.05 * np.sin(np.pi * u) * v
    inward = 1 - 0.05 * np.sin(np.pi * u) * v
    points[..., :2] *= inward[..., None]
    uv = np.stack([(u - 0.5) * v * np.linalg.norm(b - a), v * np.linalg.norm(a - apex)], -1)
    return [grid(points, uv, cloth, flip=True), grid(points - np.array([0, 0, 0.003]), uv, cloth)]


def _sheet(points: Floats, cloth: str) -> list[Mesh]:
    width = np.linalg.norm(points[0, 1] - points[0, 0])
    uv = np.array([[[0.0, 0.0], [width, 0.0]], [[0.0, 0.13], [width, 0.13]]])
    return [grid(points, uv, cloth, flip=flip) for flip in (False, True)]


def _foot(shop: Workshop) -> Mesh:
    slot = shop.use(garden(shop).pot) if garden(shop).pot.kind == "concrete" else shop.use("black")
    if garden(shop).parasol == "square":
        return box((0.52, 0.52, 0.07), slot, radius=0.012)
    return lathe(
        eased_profile([(0, 0), (0.27, 0), (0.26, 0.05), (0.06, 0.09), (0.03, 0.24), (0, 0.24)], 0.015), slot, sides=40
    )


# ------------------------------------------------------------------------------------------ small things
def lantern(shop: Workshop) -> list[Mesh]:
    """A lantern with a pillar candle: glazed cube, house, wire cage, globe or rope-wound cylinder."""
    w, h = min(shop.width, shop.depth), shop.height
    form = garden(shop).lantern
    wick = [(0, 0.015), (w * 0.22, 0.015), (w * 0.22, h * 0.42), (0, h * 0.41)]
    parts = [lathe(eased_profile(wick, 0.004), shop.use("wax"), sides=24)]
    build = {"cube": _glazed, "house": _glazed, "cage": _caged, "globe": _caged, "rope": _roped}[form]
    return parts + build(shop, w, h)


def _iron(shop: Workshop) -> str:
    frame = garden(shop).frame
    plain = shop.style.name in ("luxury", "industrial", "midcentury") or frame.kind == "rattan"
    return shop.use("metal") if plain else shop.use(frame)


def _ring(w: float, low: float, high: float, thick: float, material: str) -> Mesh:
    """The handle: half a ring over the top, `w` wide."""
    a = np.linspace(0, np.pi, 16)
    return tube(np.stack([w / 2 * np.cos(a), 0 * a, low + (high - low) * np.sin(a)], 1), thick, material, sides=6)


def _glazed(shop: Workshop, w: float, h: float) -> list[Mesh]:
    """Four posts between a foot and a lid, or under a pitched roof."""
    iron, t = _iron(shop), 0.016
    house = garden(shop).lantern == "house"
    body = h * (0.66 if house else 0.86)
    parts = [box((w, w, t), iron, radius=0.003, at=(0, 0, z)) for z in (0.0, body - t)]
    parts += [
        box((t, t, body), iron, radius=0.002, at=(sx * (w - t) / 2, sy * (w - t) / 2, 0))
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    if not house:
        return [*parts, _ring(w * 0.44, body, h - 0.004, 0.004, iron)]
    apex = np.array([0.0, 0.0, h - 0.05])
    eaves = [np.array([x * w * 0.54, y * w * 0.54, body]) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    for k in range(4):
        fan = np.stack([np.stack([eaves[k], eaves[(k + 1) % 4]]), np.stack([apex, apex])])
        parts += [grid(fan, fan[..., :2], iron, flip=flip) for flip in (False, True)]
    return [
        *parts,
        bar((0, 0, h - 0.06), (0, 0, h - 0.03), 0.012, iron),
        _ring(w * 0.4, h - 0.03, h - 0.004, 0.004, iron),
    ]


def _caged(shop: Workshop, w: float, h: float) -> list[Mesh]:
    """Twelve wires bowed round the candle."""
    iron = _iron(shop)
    round_one = garden(shop).lantern == "globe"
    body = h * (0.9 if round_one else 0.84)
    t = np.linspace(0.02, 0.98, 14)
    bulge = w / 2 * np.sin(np.pi * t) ** (0.6 if round_one else 0.35)
    parts = [
        tube(np.stack([bulge * np.cos(a), bulge * np.sin(a), t * body], 1), 0.0035, iron, sides=5)
        for a in np.linspace(0, 2 * np.pi, 12, endpoint=False)
    ]
    parts += [
        tube(circle(w / 2 * k, z * body, 32), 0.0045, iron, sides=6, closed=True)
        for k, z in ((0.62, 0.08), (0.99, 0.5), (0.62, 0.92))
    ]
    parts.append(lathe(disc_profile(w * 0.32, 0, 0.012, 0.003), iron, sides=28))
    return [*parts, _ring(w * 0.84, body, h - 0.006, 0.006, iron)]


def _roped(shop: Workshop, w: float, h: float) -> list[Mesh]:
    """A woven foot and two woven hoops with rods between."""
    weave = shop.use(garden(shop).pot)
    body, r = h * 0.80, w / 2
    foot = [(0.0, 0.0), (r, 0.0), (r, 0.05), (r - 0.008, 0.05), (r - 0.008, 0.01), (0, 0.01)]
    parts = [lathe(foot, weave, sides=36)]
    parts += [tube(circle(r - 0.010, z * body, 36), 0.010, weave, sides=8, closed=True) for z in (0.5, 0.97)]
    for a in np.linspace(0, 2 * np.pi, 10, endpoint=False):
        x, y = 0.96 * r * float(np.cos(a)), 0.96 * r * float(np.sin(a))
        parts.append(bar((x, y, 0.03), (x, y, body), 0.007, weave, sides=6))
    return [*parts, _ring(w * 0.84, body, h - 0.006, 0.006, weave)]


def outdoor_rug(shop: Workshop) -> list[Mesh]:
    """A flat woven rug for outdoors with a band along its ends."""
    w, d = shop.width, shop.depth
    thick = max(0.006, min(shop.height, 0.014))
    body = box((w, d, thick), shop.use(garden(shop).rug), radius=thick * 0.45, cells=(20, 14, 0))
    band = shop.use(garden(shop).accents[0])
    ends = [
        box((0.09, d - 0.02, 0.0012), band, radius=0.0005, segments=1, at=(s * (w / 2 - 0.14), 0, thick - 0.0002))
        for s in (-1, 1)
    ]
    lines = [
        box((0.02, d - 0.02, 0.0012), band, radius=0.0005, segments=1, at=(s * (w / 2 - 0.24), 0, thick - 0.0002))
        for s in (-1, 1)
    ]
    return [body, *ends, *lines]


def fire_bowl(shop: Workshop) -> list[Mesh]:
    """A bowl for a fire, with logs laid in it; on a ring, a plinth or three feet."""
    w, d, h = shop.width, shop.depth, shop.height
    r = min(w, d) / 2
    g = garden(shop)
    shell = shop.use(g.pot if g.pot.kind in ("concrete", "metal") else shop.material("black"))
    low = 0.30 * h
    outline = [
        (0, low),
        (r * 0.5, low + 0.01),
        (r * 0.9, h * 0.72),
        (r, h),
        (r * 0.95, h),
        (r * 0.84, h * 0.74),
        (0, h * 0.55),
    ]
    parts = [lathe(smooth_profile(np.array(outline), 40), shell, sides=48)]
    if g.seat in ("solid", "woven"):
        parts.append(lathe(disc_profile(r * 0.55, 0, low + 0.04, 0.01), shell, sides=40))
    else:
        metal = shop.use("metal")
        parts += [
            bar(
                (r * 0.75 * np.cos(a), r * 0.75 * np.sin(a), 0),
                (r * 0.5 * np.cos(a), r * 0.5 * np.sin(a), h * 0.6),
                0.013,
                metal,
            )
            for a in np.deg2rad([90, 210, 330])
        ]
    bark = shop.use("bark")
    for k, a in enumerate(np.deg2rad([10, 75, 140])):
        c, s, z = float(np.cos(a)), float(np.sin(a)), h * 0.66 + 0.05 * k
        parts.append(
            bar((-r * 0.62 * c, -r * 0.62 * s, z), (r * 0.62 * c, r * 0.62 * s, z + 0.03), 0.045, bark, sides=12)
        )
    return moved(parts)

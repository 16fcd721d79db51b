"""Soft things without a frame: poufs and bean bags, a form of their own in each style."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from staging.engine.furniture import upholstery as soft
from staging.engine.furniture.finishes import RATTAN, cloth
from staging.engine.furniture.parts import legs
from staging.engine.furniture.playrooms import play
from staging.engine.furniture.primitives import (
    box,
    circle,
    disc_profile,
    eased_profile,
    fitted,
    lathe,
    moved,
    spline,
    tube,
    wrinkled,
)
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.material import Material
from staging.engine.scene.mesh import Mesh
from staging.engine.scene.room import Floats

JUTE: Final = Material("rattan", "#b79a6c", roughness=0.9)
Profile = list[tuple[float, float]]


def pouf(shop: Workshop) -> list[Mesh]:
    """A low round or square stool without a frame."""
    return _POUFS[shop.style.name](shop, min(shop.width, shop.depth) / 2, shop.height)


def _ribbed(mesh: Mesh, count: int, depth: float) -> Mesh:
    """The same with `count` upright ribs that stand out by a share `depth` of the radius."""
    v = mesh.vertices
    swell = depth * np.cos(np.arctan2(v[:, 1], v[:, 0]) * count)
    return Mesh(v * (1 + swell[:, None] * np.array([1, 1, 0])), mesh.faces, mesh.uv, mesh.material)


def _gored(mesh: Mesh, count: int, depth: float) -> Mesh:
    """The same, sewn of `count` gores: it is drawn in along their seams."""
    v = mesh.vertices
    drawn = depth * (1 - np.abs(np.sin(np.arctan2(v[:, 1], v[:, 0]) * count / 2)) ** 0.5)
    return Mesh(v * (1 - drawn[:, None] * np.array([1, 1, 0])), mesh.faces, mesh.uv, mesh.material)


def _channelled(shop: Workshop, r: float, h: float) -> list[Mesh]:
    """A drum of channels under a domed cushion: a plain drum looks like a roll of paper."""
    fabric, waist, channels = shop.use("accent_upholstery"), h * 0.66, 22
    band = lathe(
        eased_profile([(0, 0.02), (r * 0.94, 0.02), (r * 0.965, waist), (0, waist)], 0.02), fabric, sides=8 * channels
    )
    v = band.vertices
    swell = 0.03 * np.abs(np.sin(np.arctan2(v[:, 1], v[:, 0]) * channels / 2)) ** 0.6
    swell *= np.hypot(v[:, 0], v[:, 1]) > 0.8 * r
    band = Mesh(v * (1 + swell[:, None] * np.array([1, 1, 0])), band.faces, band.uv, fabric)
    foot = lathe(disc_profile(r - 0.03, 0, 0.025), shop.use("black"), sides=40)
    return [band, _dome(r, waist, h, fabric), foot, soft.piping_ring(r * 0.98, waist, fabric)]


def _dome(r: float, low: float, high: float, material: str) -> Mesh:
    """A round seat cushion."""
    middle = (low + high) / 2
    profile = [(0.0, low), (r * 0.985, low), (r, middle), (r * 0.9, high - 0.035 * (high - low)), (0.0, high)]
    return lathe(eased_profile(profile, 0.035), material, sides=64)


def _knitted(shop: Workshop, r: float, h: float) -> list[Mesh]:
    """Squat, of thick stitches."""
    profile = [(0, 0), (r * 0.7, 0.0), (r * 0.95, h * 0.22), (r, h * 0.5), (r * 0.93, h * 0.8), (r * 0.62, h * 0.98),
               (0, h)]  # fmt: skip
    return [_ribbed(lathe(eased_profile(profile, 0.05), shop.use("throw"), sides=72), 18, 0.016)]


def _cube(shop: Workshop, r: float, h: float) -> list[Mesh]:
    """A leather cube with piping along its edges."""
    hide, side = shop.use("upholstery"), 2 * r
    body = box((side - 0.01, side - 0.01, h - 0.02), hide, radius=0.035, segments=4, at=(0, 0, 0.012), cells=(6, 6, 4))
    body = wrinkled(body, 0.004, 4.0, shop.seed)
    loop = np.array([(x * (r - 0.012), y * (r - 0.012)) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))])
    parts = [body]
    for z in (0.03, h - 0.022):
        edge = np.concatenate([np.linspace(a, b, 9)[:-1] for a, b in zip(loop, np.roll(loop, -1, 0), strict=True)])
        parts.append(tube(np.column_stack([edge, np.full(len(edge), z)]), 0.006, hide, sides=8, closed=True))
    for x, y in loop:
        parts.append(tube([(x, y, 0.03), (x, y, h / 2), (x, y, h - 0.022)], 0.006, hide, sides=8))
    crown = soft.seat_cushion(side - 0.07, side - 0.07, 0.05, hide, crown=0.012, seed=shop.seed)
    return fitted([*parts, *moved(crown, 0, 0, h - 0.06)], (side, side, h))


def _moroccan(shop: Workshop, r: float, h: float) -> list[Mesh]:
    """Two rows of leather gores that meet in a seam, with a stitched star on top."""
    hide, thread = shop.use("accent_upholstery"), shop.use("cushion_b")
    profile = [(0, 0), (r * 0.62, 0.0), (r * 0.9, h * 0.18), (r, h * 0.48), (r * 0.92, h * 0.74), (r * 0.6, h * 0.95),
               (r * 0.2, h), (0, h * 0.985)]  # fmt: skip
    gores = 12
    parts = [_gored(lathe(eased_profile(profile, 0.05), hide, sides=8 * gores), gores, 0.045)]
    parts.append(soft.piping_ring(r * 0.97, h * 0.48, thread))
    for k in range(gores):
        a = 2 * np.pi * k / gores
        seam = [(r * 0.24, h * 0.995), (r * 0.56, h * 0.945), (r * 0.87, h * 0.75)]
        path = spline([(q * np.cos(a), q * np.sin(a), z) for q, z in seam], 8)
        parts.append(tube(path, 0.0035, thread, sides=6))
    parts.append(lathe(disc_profile(r * 0.2, h * 0.985, h, 0.004), thread, sides=24))
    return parts


def _pleated(shop: Workshop, r: float, h: float) -> list[Mesh]:
    """Velvet in fine pleats, gathered at a waist of metal."""
    velvet, metal = shop.use("accent_upholstery"), shop.use("metal")
    profile = [(0, 0.012), (r * 0.82, 0.012), (r * 0.90, h * 0.16), (r * 0.72, h * 0.46), (r * 0.94, h * 0.76),
               (r * 0.96, h * 0.84), (0, h * 0.84)]  # fmt: skip
    body = _ribbed(lathe(eased_profile(profile, 0.03), velvet, sides=160), 40, 0.018)
    waist = [(r * 0.70, h * 0.43), (r * 0.785, h * 0.435), (r * 0.785, h * 0.485), (r * 0.70, h * 0.49)]
    button = lathe(disc_profile(0.02, h - 0.022, h - 0.004, 0.006), metal, sides=24)
    foot = lathe(disc_profile(r * 0.80, 0, 0.016), metal, sides=48)
    return [body, lathe(eased_profile(waist, 0.003), metal, sides=64), _dome(r, h * 0.80, h, velvet), button, foot]


def _coiled(shop: Workshop, r: float, h: float) -> list[Mesh]:
    """A rope of jute, coiled up."""
    rope = shop.use(JUTE)
    rows = 7
    thick = h / rows / 2
    parts = [lathe(disc_profile(r * 0.86, 0.01, h - thick), rope, sides=40)]
    for row in range(rows):
        z = thick * (2 * row + 1)
        out = r - thick - 0.10 * r * abs(2 * z / h - 1) ** 3
        parts.append(tube(circle(out, z, 48), thick * 1.08, rope, sides=8, closed=True))
    for out in np.arange(thick, r * 0.88, 2 * thick):
        parts.append(tube(circle(float(out), h - thick * 0.9, 36), thick * 0.95, rope, sides=8, closed=True))
    return fitted(parts, (2 * r, 2 * r, h))


def _basket(shop: Workshop, r: float, h: float) -> list[Mesh]:
    """A woven drum under a loose cushion."""
    cane, fabric = shop.use(RATTAN), shop.use("cushion_b")
    waist = h * 0.74
    drum = lathe(
        eased_profile([(0, 0), (r * 0.88, 0), (r * 0.98, waist * 0.5), (r * 0.9, waist), (0, waist)], 0.02),
        cane,
        sides=56,
    )
    rings = [tube(circle(q * r, z, 48), 0.009, cane, sides=8, closed=True) for q, z in ((0.885, 0.012), (0.9, waist))]
    pad = _dome(r * 0.97, waist + 0.004, h, fabric)
    return [drum, *rings, pad, soft.piping_ring(r * 0.96, (waist + h) / 2, fabric)]


def _on_legs(shop: Workshop, r: float, h: float) -> list[Mesh]:
    """A plain padded drum with a button, on short wooden legs."""
    fabric, foot = shop.use("accent_upholstery"), h * 0.3
    apron = lathe(
        eased_profile([(0, foot), (r * 0.95, foot), (r * 0.95, h * 0.68), (0, h * 0.68)], 0.012), fabric, sides=56
    )
    profile = [(0, h * 0.66), (r * 0.98, h * 0.66), (r, h * 0.82), (r * 0.93, h * 0.96), (r * 0.3, h),
               (0.03, h * 0.975), (0, h * 0.97)]  # fmt: skip
    seat = lathe(eased_profile(profile, 0.03), fabric, sides=64)
    button = lathe(disc_profile(0.018, h * 0.965, h * 0.985, 0.006), fabric, sides=20)
    stand = legs(shop, 1.35 * r, 1.35 * r, foot + 0.02, inset=0.03, kind="tapered")
    return [apron, seat, button, soft.piping_ring(r * 0.965, h * 0.67, fabric), *stand]


_POUFS: Final[dict[str, Callable[[Workshop, float, float], list[Mesh]]]] = {
    "modern": _channelled, "scandinavian": _knitted, "industrial": _cube, "midcentury": _moroccan, "luxury": _pleated,
    "farmhouse": _coiled, "coastal": _basket, "standard": _on_legs,
}  # fmt: skip


@dataclass(frozen=True)
class Bag:
    """A bean bag's form, in shares of its size: `outline` is (radius, height) going up.

    `back` is how far its top leans back, `dent` how deep one sits in, `gores` how many panels it is sewn of, drawn in
    by `drawn` at their seams; `creases` metres of wrinkles. It ends in a `top`: "", "handle", "neck", "button".
    """

    outline: Profile
    back: float
    dent: float
    gores: int
    drawn: float
    creases: float
    top: str = ""
    cover: Material | None = None  # else that of the style's child's room


_PEAR: Final[Profile] = [(0, 0), (0.70, 0), (0.94, 0.06), (1.0, 0.28), (0.80, 0.58), (0.50, 0.82), (0.20, 0.96), (0, 1)]
_BALL: Final[Profile] = [(0, 0), (0.55, 0), (0.86, 0.12), (1.0, 0.42), (0.92, 0.70), (0.66, 0.91), (0.3, 0.99), (0, 1)]
_DROP: Final[Profile] = [(0, 0), (0.78, 0), (0.97, 0.08), (1.0, 0.22), (0.70, 0.50), (0.36, 0.74), (0.14, 0.90), (0, 1)]
_PEBBLE: Final[Profile] = [
    (0, 0),
    (0.72, 0),
    (0.95, 0.16),
    (1.0, 0.40),
    (0.93, 0.66),
    (0.74, 0.86),
    (0.40, 0.97),
    (0, 1),
]
_SACK: Final[Profile] = [
    (0, 0),
    (0.82, 0),
    (0.97, 0.05),
    (1.0, 0.25),
    (0.92, 0.52),
    (0.60, 0.74),
    (0.24, 0.84),
    (0, 0.86),
]
_TUB: Final[Profile] = [(0, 0), (0.84, 0), (0.96, 0.04), (1.0, 0.20), (0.94, 0.52), (0.84, 0.80), (0.50, 0.97), (0, 1)]

BAGS: Final[dict[str, Bag]] = {
    "modern": Bag(_PEBBLE, 0.10, 0.42, 0, 0.0, 0.004),
    "scandinavian": Bag(_BALL, 0.16, 0.36, 20, 0.03, 0.004, "button", cloth("knit", "#b3bdae")),
    "industrial": Bag(_PEAR, 0.34, 0.30, 6, 0.07, 0.014, "handle"),
    "midcentury": Bag(_DROP, 0.42, 0.24, 8, 0.09, 0.010, "button", cloth("leather", "#a5713a")),
    "luxury": Bag(_TUB, 0.30, 0.52, 12, 0.05, 0.003),
    "farmhouse": Bag(_SACK, 0.12, 0.26, 0, 0.0, 0.016, "neck"),
    "coastal": Bag(_PEBBLE, 0.48, 0.34, 4, 0.10, 0.012, "handle"),
    "standard": Bag(_PEAR, 0.34, 0.30, 6, 0.02, 0.008),
}


def bean_bag(shop: Workshop) -> list[Mesh]:
    """A slumped bag with a dent to sit in and a back that stands up, in the style's form."""
    w, d, h = shop.width, shop.depth, shop.height
    form = BAGS[shop.style.name]
    at = np.linspace(0, 1, len(form.outline))
    radius, height = (np.interp(np.linspace(0, 1, 30), at, column) for column in np.array(form.outline).T)
    cover = shop.use(form.cover or play(shop).stuff)
    bag = lathe(np.stack([radius, height], 1), cover, sides=max(48, 6 * form.gores))
    if form.gores:
        bag = _gored(bag, form.gores, form.drawn)
    bent = _slumped(bag.vertices, form)
    shaped = wrinkled(Mesh(bent * [w / 2, d / 2, h], bag.faces, bag.uv * (w / 2), cover), form.creases, 3.0, shop.seed)
    tip = _slumped(np.array([[0.0, 0.0, form.outline[-1][1]]]), form)[0] * [w / 2, d / 2, h]
    return fitted([shaped, *_topped(shop, form.top, tip, cover)], (w, d, h))


def _slumped(v: Floats, form: Bag) -> Floats:
    """Points of an upright bag, -1..1 across and 0..1 high, leaning back and dented before the middle."""
    out = v.copy()
    out[:, 1] += form.back * v[:, 2] ** 1.6
    dent = np.exp(-((out[:, 0] / 0.55) ** 2) - (((out[:, 1] + 0.18) / 0.42) ** 2))
    out[:, 2] -= form.dent * dent * v[:, 2]
    return np.asarray(out)


def _topped(shop: Workshop, top: str, tip: Floats, cover: str) -> list[Mesh]:
    """What a bag ends in at its `tip`."""
    x, y, z = (float(v) for v in tip)
    if top == "handle":
        strap = spline(
            [(x - 0.07, y, z - 0.03), (x - 0.04, y, z + 0.03), (x + 0.04, y, z + 0.03), (x + 0.07, y, z - 0.03)], 14
        )
        return [tube(strap, 0.011, cover, sides=8)]
    if top == "neck":
        frill = lathe(
            eased_profile([(0, -0.05), (0.05, -0.04), (0.032, 0.0), (0.085, 0.075), (0, 0.05)], 0.01), cover, sides=60
        )
        rope = tube(circle(0.038, 0.0, 24), 0.009, shop.use(JUTE), sides=8, closed=True)
        return moved([_ribbed(frill, 10, 0.12), rope], x, y, z)
    if top == "button":
        return [lathe(disc_profile(0.03, 0, 0.014, 0.006), shop.use("wood"), sides=24, at=(x, y, z - 0.004))]
    return []

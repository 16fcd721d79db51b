"""Stools: for a kitchen's counter, with a footrest and mostly a low back, and low ones for a bathroom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from staging.engine.furniture import upholstery as soft
from staging.engine.furniture.parts import leg
from staging.engine.furniture.primitives import (
    bar,
    box,
    circle,
    disc_profile,
    eased_profile,
    lathe,
    moved,
    outline,
    rounded_slab,
    spline,
    tube,
    turned,
    upright_wall,
)
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh

SEAT_HEIGHT = 0.66  # metres: a counter is 0.9 m high
SEATS = (0.56, 0.84)  # metres that `options` may ask for
FOOTREST = 0.22


@dataclass(frozen=True)
class Form:
    """One style's counter stool: `seat` and `back` name builders, `leg` the legs, `rest` the footrest."""

    seat: str
    back: str
    leg: str
    rest: str
    seat_slot: str = "seat"


_FORMS = {
    "modern": Form("pad", "shell", "brass_tip", "square"),
    "scandinavian": Form("round", "none", "tapered", "ladder", "wood"),
    "industrial": Form("round", "none", "blade", "ring", "wood"),
    "midcentury": Form("pad", "bow", "splayed", "square", "accent_upholstery"),
    "luxury": Form("drum", "channels", "brass_tip", "ring"),
    "farmhouse": Form("saddle", "spindles", "turned", "ladder", "wood"),
    "coastal": Form("pad", "woven", "tapered", "square", "accent_upholstery"),
    "standard": Form("boxed", "panel", "straight", "square"),
}


def bar_stool(shop: Workshop) -> list[Mesh]:
    """A stool for a counter in the style's form; the size's height is that of its back, or of its seat without one.

    `options`: seat (metres from the floor).
    """
    form = _FORMS[shop.style.name]
    w, d = shop.width, shop.depth
    top = min(float(np.clip(float(shop.option("seat", SEAT_HEIGHT)), *SEATS)), shop.height)
    thick = {"pad": 0.06, "round": 0.035, "drum": 0.09, "saddle": 0.04, "boxed": 0.08}[form.seat]
    parts = moved(_seat(shop, form, w, d, thick), 0, 0, top - thick)
    under = top - thick + 0.004
    spread = 0.02 if form.leg in ("tapered", "splayed", "brass_tip") else 0.035
    # Legs that carry a ring stand on its circle, the others at the corners.
    corner = 0.70 if form.rest == "ring" else 1.0
    for sx in (-1, 1):
        for sy in (-1, 1):
            foot = sx * (w * corner / 2 - spread * corner), sy * (d * corner / 2 - spread * corner)
            parts += leg(shop, form.leg, under, foot, thick=0.95)
    parts += _footrest(shop, form, w * corner, d * corner, spread * corner)
    return parts + _back(shop, form, w, d, top)


def _seat(shop: Workshop, form: Form, w: float, d: float, thick: float) -> list[Mesh]:
    """The seat on z = 0, `thick` metres high."""
    material = shop.use(form.seat_slot)
    if form.seat == "round":
        disc = lathe(disc_profile(0.5, 0, thick, 0.008), material, sides=40)
        points = disc.vertices * [w * 0.9, d * 0.9, 1]
        return [Mesh(points, disc.faces, points[:, :2] + 0.3, material)]
    if form.seat == "drum":
        profile = eased_profile([(0, 0), (w * 0.46, 0), (w * 0.46, thick), (0, thick * 1.06)], 0.025)
        return [lathe(profile, material, sides=40), soft.piping_ring(w * 0.455, thick - 0.022, material)]
    if form.seat == "saddle":
        slab = box((w * 0.94, d * 0.86, thick), material, radius=0.012, cells=(10, 6, 0), grain=0)
        v = slab.vertices.copy()
        v[:, 2] += 0.022 * (np.abs(v[:, 0]) / (w / 2)) ** 2 - 0.022
        v[:, 2] = np.maximum(v[:, 2], 0)
        return [Mesh(v, slab.faces, slab.uv, material)]
    if form.seat == "boxed":
        return soft.seat_cushion(w - 0.012, d - 0.02, thick, material, crown=0.012, seed=shop.seed, piping=material)
    frame = rounded_slab(w * 0.9, d * 0.88, 0.018, 0.05, shop.use("wood"))
    cushion = soft.seat_cushion(w * 0.92, d * 0.9, thick - 0.018, material, crown=0.014, seed=shop.seed)
    return [frame, *moved(cushion, 0, 0, 0.017)]


def _reach(form: Form, half: float, spread: float, z: float) -> float:
    """How far from the middle a leg's centre is at height z: legs lean inwards as they rise."""
    lean = {"tapered": 7.0, "splayed": 14.0, "brass_tip": 6.0}.get(form.leg, 0.0)
    return half - spread - float(np.tan(np.deg2rad(lean))) * 0.8 * z


def _footrest(shop: Workshop, form: Form, w: float, d: float, spread: float) -> list[Mesh]:
    """Rungs between the legs: a ring, four at one height, or a ladder of them at changing heights."""
    slot = "metal" if form.leg in ("brass_tip", "blade") or form.rest == "ring" else "wood"
    material = shop.use(slot)
    x, y = (_reach(form, half, spread, FOOTREST) for half in (w / 2, d / 2))
    if form.rest == "ring":
        loop = circle(1.0, FOOTREST) * [float(np.hypot(x, y)) * 0.985, float(np.hypot(x, y)) * 0.985, 1.0]
        return [tube(loop, 0.008, material, sides=10, closed=True)]
    levels = (FOOTREST, FOOTREST, FOOTREST + (0.09 if form.rest == "ladder" else 0.0))
    rungs = []
    for sign, z in ((-1, levels[0]), (1, levels[1])):
        x, y = (_reach(form, half, spread, z) for half in (w / 2, d / 2))
        rungs.append(bar((-x, sign * y, z), (x, sign * y, z), 0.009, material, sides=10))
    x, y = (_reach(form, half, spread, levels[2]) for half in (w / 2, d / 2))
    return rungs + [bar((s * x, -y, levels[2]), (s * x, y, levels[2]), 0.009, material, sides=10) for s in (-1, 1)]


def _back(shop: Workshop, form: Form, w: float, d: float, seat: float) -> list[Mesh]:
    """The low back over a seat whose top is at height `seat`, up to the piece's height."""
    high = shop.height
    if form.back == "none" or high < seat + 0.08:
        return []
    t = np.linspace(-1, 1, 22)
    curve = 0.18 if form.back in ("shell", "channels", "woven") else 0.07
    path = np.stack([t * (w / 2 - 0.03), d / 2 - 0.035 - curve * np.abs(t) ** 2.2], 1)
    if form.back == "bow":
        wood = shop.use("wood")
        posts = [
            tube(spline([(s * w * 0.36, d / 2 - 0.09, seat - 0.03), (s * w * 0.38, d / 2 - 0.06, high - 0.05)], 6),
                 0.010, wood)
            for s in (-1, 1)
        ]  # fmt: skip
        return [*posts, upright_wall(path, high - 0.10, high, 0.020, wood)]
    if form.back == "spindles":
        wood = shop.use("wood")
        rail = upright_wall(path, high - 0.065, high, 0.024, wood)
        places = np.linspace(-0.8, 0.8, 6)
        return [rail] + [
            bar(
                (k * w * 0.40, d / 2 - 0.075 - 0.02 * k * k, seat - 0.02),
                (k * (w / 2 - 0.03), d / 2 - 0.035 - curve * abs(k) ** 2.2, high - 0.04),
                0.0075,
                wood,
                sides=8,
            )
            for k in places
        ]
    cloth = shop.use("seat" if form.back != "panel" else form.seat_slot)
    if form.back == "panel":
        back = soft.padded((w - 0.03, 0.055, high - seat + 0.05), cloth, radius=0.022, belly=0.006, seed=shop.seed)
        return moved([back], 0, d / 2 - 0.04, seat - 0.05)
    low = seat - 0.05 if form.back != "woven" else seat - 0.02
    walls = [upright_wall(path, low, high - 0.02 * np.abs(t) ** 3, 0.045 if form.back != "woven" else 0.02, cloth)]
    if form.back == "channels":
        for k in np.linspace(-0.75, 0.75, 7):
            x, y = k * (w / 2 - 0.03), d / 2 - 0.055 - curve * abs(k) ** 2.2
            walls.append(bar((x, y, seat), (x, y + 0.005, high - 0.025), 0.024, cloth, sides=10))
    return walls


# ------------------------------------------------------------------------------------------ for the bathroom
def bath_stool(shop: Workshop) -> list[Mesh]:
    """A low stool beside a bath: slatted teak, a turned round seat, a drum of stone or wicker, a padded square."""
    w, d, h = shop.width, shop.depth, shop.height
    name = shop.style.name
    if name in ("modern", "coastal"):
        return _slatted(shop, w, d, h)
    if name == "luxury":
        return _padded(shop, w, d, h)
    if name == "industrial":
        return _drum(shop, w, h)
    round_top = name in ("scandinavian", "midcentury")
    slot, thick = "tabletop" if name != "standard" else "wood", 0.03
    if round_top:
        disc = lathe(disc_profile(0.5, 0, thick, 0.008), shop.use(slot), sides=40)
        points = disc.vertices * [w, d, 1]
        top = [Mesh(points + np.array([0, 0, h - thick]), disc.faces, points[:, :2] + 0.3, disc.material)]
    else:
        top = [box((w, d, thick), shop.use(slot), radius=0.008, at=(0, 0, h - thick), grain=0)]
    kind, inset = shop.style.leg, 0.035 if round_top else 0.03
    corner = 0.72 if round_top else 1.0
    feet = [(sx * (w / 2 - inset) * corner, sy * (d / 2 - inset) * corner) for sx in (-1, 1) for sy in (-1, 1)]
    parts = top + [m for foot in feet for m in leg(shop, kind, h - thick + 0.003, foot, thick=0.9)]
    if not round_top:
        z, x = h * 0.35, w / 2 - inset
        parts += [
            bar((-x, s * (d / 2 - inset), z), (x, s * (d / 2 - inset), z), 0.009, shop.use("wood")) for s in (-1, 1)
        ]
    return parts


def _slatted(shop: Workshop, w: float, d: float, h: float) -> list[Mesh]:
    """Slats with gaps on two trestles, as in a sauna."""
    wood = shop.use("wood")
    count = 5
    step = d / count
    slats = [
        box((w, step * 0.78, 0.022), wood, radius=0.004, at=(0, -d / 2 + step * (k + 0.5), h - 0.022), grain=0, seed=k)
        for k in range(count)
    ]
    ends = []
    for s in (-1, 1):
        x = s * (w / 2 - 0.05)
        ends.append(box((0.03, d * 0.92, 0.03), wood, radius=0.004, at=(x, 0, h - 0.05), grain=1))
        ends.append(box((0.022, d * 0.8, 0.022), wood, radius=0.004, at=(x, 0, 0.10), grain=1))
        ends += [box((0.032, 0.032, h - 0.03), wood, radius=0.004, at=(x, k * d * 0.38, 0), grain=2) for k in (-1, 1)]
    return slats + ends


def _padded(shop: Workshop, w: float, d: float, h: float) -> list[Mesh]:
    """An upholstered square on a metal plinth frame."""
    cloth, metal = shop.use("seat"), shop.use("metal")
    pad = soft.seat_cushion(w - 0.012, d - 0.012, 0.14, cloth, crown=0.02, seed=shop.seed, piping=cloth)
    parts = moved(pad, 0, 0, h - 0.15)
    x, y = w / 2 - 0.03, d / 2 - 0.03
    parts += [bar((sx * x, sy * y, 0), (sx * x, sy * y, h - 0.14), 0.009, metal) for sx in (-1, 1) for sy in (-1, 1)]
    loop = outline(2 * x, 2 * y, 0.01, 0.05)
    return [*parts, tube(loop, 0.007, metal, sides=8, closed=True)]


def _drum(shop: Workshop, w: float, h: float) -> list[Mesh]:
    """A waisted drum cast in one piece."""
    r = w / 2
    shape = [(0, 0), (r * 0.92, 0), (r * 0.98, h * 0.06), (r * 0.80, h * 0.5), (r * 0.98, h * 0.94), (r * 0.94, h),
             (0, h)]  # fmt: skip
    return turned([lathe(eased_profile(shape, 0.03), shop.use("pot"), sides=40)], 15)

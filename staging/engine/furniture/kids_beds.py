"""Children's beds along a wall: single beds in eight forms, and bunks. Back to +y, head to the right (+x).

`options`: hand ("left", "right": where the head is), throw (bool), cushions (bool).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from staging.engine.furniture import books
from staging.engine.furniture import upholstery as soft
from staging.engine.furniture.bedding import made_bed
from staging.engine.furniture.parts import handle, hoop, leg
from staging.engine.furniture.playrooms import accent, play
from staging.engine.furniture.primitives import bar, box, grid, mirrored, moved, tube, turned
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh

POST = 0.05  # metres: side of a bunk's post


@dataclass(frozen=True)
class Berth:
    """Where a mattress lies: its middle along x, its length and width, the height of its underside, its thickness.

    `drop` is how far the duvet hangs over; inside rails hardly at all.
    """

    x: float
    length: float
    width: float
    base: float
    thick: float = 0.18
    drop: float = 0.10


def kids_bed(shop: Workshop) -> list[Mesh]:
    """A single bed in the style's form."""
    frame, berth = _FORMS[play(shop).bed](shop)
    return _handed(shop, frame + _made(shop, berth))


def _handed(shop: Workshop, parts: list[Mesh]) -> list[Mesh]:
    return mirrored(parts) if shop.option("hand", "right") == "left" else parts


def _made(shop: Workshop, berth: Berth, *, plain: bool = False) -> list[Mesh]:
    bed = made_bed(shop, berth.width, berth.length, drop=berth.drop, base=berth.base, thick=berth.thick, plain=plain)
    return moved(turned(bed, -90), berth.x)


# ------------------------------------------------------------------------------------------ infills
def infill(shop: Workshop, kind: str, w: float, h: float, material: str) -> list[Mesh]:
    """A panel of `w` x `h` in the xz plane on z = 0, a few centimetres thick, between posts: slats, planks, cane ..."""
    if kind in ("slats", "planks"):
        pitch = 0.085 if kind == "slats" else 0.115
        count = max(3, round(w / pitch))
        step = w / count
        wide = step * (0.58 if kind == "slats" else 0.985)
        parts = [
            box(
                (wide, 0.018, h),
                material,
                radius=0.003,
                segments=1,
                at=(-w / 2 + step * (k + 0.5), 0, 0),
                grain=2,
                seed=k,
            )
            for k in range(count)
        ]
        rails = (0.0, h - 0.06) if kind == "slats" else (h - 0.02,)
        return parts + [box((w, 0.028, 0.06), material, radius=0.004, segments=1, at=(0, 0, z), grain=0) for z in rails]
    if kind in ("spindles", "bars"):
        thin = 0.008 if kind == "bars" else 0.011
        count = max(3, round(w / (0.14 if kind == "bars" else 0.10)))
        xs = np.linspace(-w / 2, w / 2, count + 2)[1:-1]
        parts = [bar((x, 0, 0.01), (x, 0, h - 0.02), thin, material, sides=8) for x in xs]
        return parts + [bar((-w / 2, 0, z), (w / 2, 0, z), thin * 1.6, material, sides=10) for z in (0.02, h - 0.02)]
    if kind == "cane":
        weave = shop.use(shop.material("headboard") if shop.style.name == "coastal" else play(shop).bins)
        parts = [box((w, 0.010, h - 0.04), weave, radius=0.002, at=(0, 0, 0.02), grain=0)]
        return parts + [box((w, 0.030, 0.045), material, radius=0.012, at=(0, 0, z), grain=0) for z in (0.0, h - 0.045)]
    return [box((w, 0.022, h), material, radius=0.010, grain=0)]


def _end(shop: Workshop, kind: str, x: float, d: float, low: float, high: float, material: str) -> list[Mesh]:  # noqa: PLR0917
    """The same across the bed, in the yz plane at `x`."""
    return moved(turned(infill(shop, kind, d, high - low, material), 90), x, 0, low)


# ------------------------------------------------------------------------------------------ eight single beds
def _platform(shop: Workshop) -> tuple[list[Mesh], Berth]:
    """A plinth with two flush drawers, a padded slab at the head and a low one at the foot."""
    w, d, h = shop.width, shop.depth, shop.height
    body = shop.use(play(shop).frame)
    cloth = shop.use("headboard")
    parts = [box((w - 0.12, d - 0.03, 0.26), body, radius=0.008, at=(0, 0.01, 0.03), grain=0)]
    parts.append(box((w - 0.2, d - 0.14, 0.04), shop.use("black"), radius=0.002))
    half = (w - 0.16) / 2
    parts += [
        box((half - 0.006, 0.018, 0.20), shop.use("front"), radius=0.003, at=(s * half / 2, -d / 2 + 0.014, 0.055))
        for s in (-1, 1)
    ]
    for x, tall in ((w / 2 - 0.035, h), (-w / 2 + 0.03, 0.46)):
        pad = soft.padded((d - 0.02, 0.06, tall - 0.02), cloth, radius=0.026, belly=0.004, seed=shop.seed)
        parts += moved(turned([pad], 90), x, 0, 0.02)
    return parts, Berth(-0.0, w - 0.15, d - 0.10, 0.27, drop=0.06)


def _house(shop: Workshop) -> tuple[list[Mesh], Berth]:
    """The outline of a house: four posts, gables at both ends, a ridge along the length, a low rail round it."""
    w, d, h = shop.width, shop.depth, shop.height
    wood = shop.use(play(shop).frame)
    side, eave = 0.045, h - d * 0.42
    parts: list[Mesh] = []
    for sx in (-1, 1):
        x = sx * (w / 2 - side / 2)
        for sy in (-1, 1):
            y = sy * (d / 2 - side / 2)
            parts.append(box((side, side, eave), wood, radius=0.004, at=(x, y, 0), grain=2))
            parts.append(bar((x, y, eave - 0.01), (x, 0, h - 0.03), 0.022, wood, sides=4))
        parts += [box((side * 0.8, d - 0.06, 0.07), wood, radius=0.006, at=(x, 0, z), grain=1) for z in (0.17, 0.40)]
    for y, z in ((0, h - 0.045), (-d / 2 + side / 2, eave - 0.05), (d / 2 - side / 2, eave - 0.05)):
        parts.append(box((w - side, 0.036, 0.045), wood, radius=0.005, at=(0, y, z), grain=0))
    for sy in (-1, 1):
        y = sy * (d / 2 - side / 2)
        parts.append(box((w - side, 0.030, 0.15), wood, radius=0.006, at=(0, y, 0.15), grain=0))
    parts += moved(infill(shop, "slats", w - 2 * side, 0.34, wood), 0, d / 2 - side / 2, 0.28)
    return parts, Berth(0.0, w - 2 * side - 0.03, d - 0.14, 0.22, drop=0.09)


def _tube(shop: Workshop) -> tuple[list[Mesh], Berth]:
    """Black bent tube: an arch at each end with upright bars, an angle-iron rail."""
    w, d, h = shop.width, shop.depth, shop.height
    metal = shop.use(play(shop).frame)
    parts: list[Mesh] = []
    for x, top in ((w / 2 - 0.02, h), (-w / 2 + 0.02, h * 0.78)):
        y = d / 2 - 0.02
        parts.append(hoop([(x, -y, 0), (x, -y, top - 0.016), (x, y, top - 0.016), (x, y, 0)], 0.016, metal))
        for z in (0.30, top - 0.13):
            parts.append(bar((x, -y, z), (x, y, z), 0.010, metal, sides=8))
        parts += [bar((x, v, 0.30), (x, v, top - 0.13), 0.007, metal, sides=8) for v in np.linspace(-y, y, 7)[1:-1]]
    for s in (-1, 1):
        parts.append(box((w - 0.05, 0.03, 0.05), metal, radius=0.003, at=(0, s * (d / 2 - 0.025), 0.28), grain=0))
    board = shop.use("headboard")
    parts.append(box((0.02, d - 0.07, 0.16), board, radius=0.003, at=(w / 2 - 0.02, 0, h - 0.31), grain=1))
    return parts, Berth(0.0, w - 0.08, d - 0.09, 0.31, drop=0.10)


def _spindle(shop: Workshop) -> tuple[list[Mesh], Berth]:
    """Walnut ends of turned spindles between leaning posts, on splayed feet."""
    w, d, h = shop.width, shop.depth, shop.height
    wood = shop.use(play(shop).frame)
    parts: list[Mesh] = []
    for s, top in ((1, h), (-1, h * 0.74)):
        x = s * (w / 2 - 0.05)
        for t in (-1, 1):
            y = t * (d / 2 - 0.03)
            parts.append(bar((x + s * 0.03, y, 0), (x, y, 0.24), (0.012, 0.021), wood, sides=14))
            parts.append(bar((x, y, 0.22), (x + s * 0.02, y, top), (0.021, 0.015), wood, sides=14))
        across = np.linspace(-1, 1, 13)
        rail = np.stack([np.full(13, x + s * 0.018), across * (d / 2 - 0.03), top - 0.03 + 0.025 * (1 - across**2)], 1)
        parts.append(tube(rail, 0.019, wood, sides=10))
        parts += [
            bar((x, v, 0.30), (x + s * 0.016, v, top - 0.02), (0.009, 0.007), wood, sides=8)
            for v in np.linspace(-d / 2 + 0.10, d / 2 - 0.10, 8)
        ]
    for t in (-1, 1):
        parts.append(box((w - 0.10, 0.028, 0.13), wood, radius=0.008, at=(0, t * (d / 2 - 0.03), 0.19), grain=0))
    return parts, Berth(0.0, w - 0.13, d - 0.09, 0.24, drop=0.10)


def _sleigh(shop: Workshop) -> tuple[list[Mesh], Berth]:
    """An upholstered daybed: a channelled back along the wall, round-topped ends, brass feet."""
    w, d, h = shop.width, shop.depth, shop.height
    cloth = shop.use("headboard")
    foot, end = 0.13, h * 0.82
    parts = [soft.padded((w - 0.02, d - 0.02, 0.20), cloth, radius=0.03, belly=0.003).moved(0, 0, foot)]
    relief = soft.relief_panel((w - 0.16, 0.07, h - 0.30), cloth, soft.channels(w - 0.16, 14, 0.018), cells=(14 * 5, 2))
    parts += moved([relief], 0, d / 2 - 0.045, 0.30)
    for s in (-1, 1):
        pad = soft.padded((d - 0.02, 0.085, end - foot), cloth, radius=0.04, belly=0.003, seed=shop.seed + s)
        parts += moved(turned([pad], 90), s * (w / 2 - 0.05), 0, foot)
        for t in (-1, 1):
            parts += leg(shop, "brass_tip", foot + 0.02, (s * (w / 2 - 0.10), t * (d / 2 - 0.08)))
    parts.append(box((w - 0.10, 0.012, 0.012), shop.use("metal"), radius=0.002, at=(0, -d / 2 + 0.008, foot + 0.03)))
    return parts, Berth(0.0, w - 0.21, d - 0.15, 0.30, thick=0.16, drop=0.07)


def _picket(shop: Workshop) -> tuple[list[Mesh], Berth]:
    """Painted tongue-and-groove ends under moulded caps, and a planked trundle drawer below."""
    w, d, h = shop.width, shop.depth, shop.height
    white, wood = shop.use(play(shop).frame), shop.use("wood")
    parts: list[Mesh] = []
    for x, top in ((w / 2 - 0.035, h), (-w / 2 + 0.035, h * 0.70)):
        parts += _end(shop, "planks", x, d - 0.12, 0.12, top - 0.02, white)
        for t in (-1, 1):
            y = t * (d / 2 - 0.035)
            parts.append(box((0.065, 0.065, top), white, radius=0.006, at=(x, y, 0), grain=2))
        parts.append(box((0.085, d, 0.03), wood, radius=0.010, at=(x, 0, top - 0.02), grain=1))
    for t in (-1, 1):
        parts.append(box((w - 0.12, 0.03, 0.13), white, radius=0.006, at=(0, t * (d / 2 - 0.03), 0.25), grain=0))
    parts.append(box((w - 0.18, 0.022, 0.19), wood, radius=0.004, at=(0, -d / 2 + 0.035, 0.045), grain=0))
    for s in (-1, 1):
        parts += handle(shop, (s * w * 0.22, -d / 2 + 0.024, 0.14))
    return parts, Berth(0.0, w - 0.14, d - 0.10, 0.28, drop=0.09)


def _cane(shop: Workshop) -> tuple[list[Mesh], Berth]:
    """Arched rattan ends filled with weave, on bleached legs."""
    w, d, h = shop.width, shop.depth, shop.height
    rod, weave = shop.use(play(shop).frame), shop.use("headboard")
    parts: list[Mesh] = []
    a = np.linspace(np.pi, 0, 21)
    for x, top in ((w / 2 - 0.03, h), (-w / 2 + 0.03, h * 0.78)):
        y = (d / 2 - 0.03) * np.sign(np.cos(a)) * np.abs(np.cos(a)) ** 0.7
        z = top - 0.30 + 0.28 * np.sin(a) ** 0.8
        arch = np.stack([np.full(21, x), y, z], 1)
        loop = np.concatenate([[[x, -d / 2 + 0.03, 0.0]], arch, [[x, d / 2 - 0.03, 0.0]]])
        parts.append(tube(loop, 0.018, rod, sides=10))
        parts.append(bar((x, -d / 2 + 0.03, 0.27), (x, d / 2 - 0.03, 0.27), 0.013, rod, sides=8))
        fan = np.stack([np.column_stack([arch[:, 0], arch[:, 1] * 0.98, np.full(21, 0.27)]), arch * [1, 0.98, 0.99]])
        parts += [grid(fan, fan[..., [1, 2]], weave, flip=f).moved(x=o) for o, f in ((-0.004, False), (0.004, True))]
    for t in (-1, 1):
        parts.append(box((w - 0.06, 0.035, 0.12), rod, radius=0.014, at=(0, t * (d / 2 - 0.03), 0.18), grain=0))
    return parts, Berth(0.0, w - 0.09, d - 0.09, 0.24, drop=0.10)


def _captain(shop: Workshop) -> tuple[list[Mesh], Berth]:
    """A wooden chest of three drawers for a base, and a bookcase for a headboard."""
    w, d, h = shop.width, shop.depth, shop.height
    wood, deep = shop.use(play(shop).frame), 0.20
    parts = [box((w - deep, d - 0.02, 0.36), wood, radius=0.005, at=(-deep / 2, 0.01, 0.02), grain=0)]
    step = (w - deep - 0.06) / 3
    for k in range(3):
        x = -w / 2 + 0.03 + step * (k + 0.5)
        parts.append(box((step - 0.012, 0.018, 0.24), wood, radius=0.003, at=(x, -d / 2 + 0.012, 0.07), seed=k))
        parts += handle(shop, (x, -d / 2 + 0.003, 0.20))
    x = w / 2 - deep / 2
    for t in (-1, 1):
        parts.append(box((deep, 0.024, h), wood, radius=0.003, at=(x, t * (d - 0.024) / 2, 0), grain=2))
    parts += [box((deep, d - 0.03, 0.024), wood, radius=0.003, at=(x, 0, z), grain=1) for z in (0.02, 0.60, h - 0.024)]
    parts.append(box((0.014, d - 0.03, h - 0.05), wood, radius=0.002, at=(w / 2 - 0.012, 0, 0.03), grain=1))
    parts.append(box((0.014, d - 0.03, 0.58), wood, radius=0.002, at=(w / 2 - deep + 0.008, 0, 0.03), grain=1))
    rng = shop.rng("books")
    row = books.book_row(shop, rng, d * 0.42, (h - 0.66) * 0.9, 0.16)
    parts += moved(turned(moved(row, -d * 0.21), -90), x - 0.01, 0.18, 0.624)
    ball = box((0.10, 0.10, 0.10), accent(shop, 2), radius=0.012)
    parts += moved([ball], x - 0.01, -0.26, 0.624)
    return parts, Berth(-deep / 2, w - deep - 0.05, d - 0.09, 0.37, thick=0.16, drop=0.07)


_FORMS = {
    "platform": _platform, "house": _house, "tube": _tube, "spindle": _spindle, "sleigh": _sleigh, "picket": _picket,
    "cane": _cane, "captain": _captain,
}  # fmt: skip


# ------------------------------------------------------------------------------------------ bunks
def bunk_bed(shop: Workshop) -> list[Mesh]:
    """Two berths one over the other, with a ladder at the foot; the upper one has guards all round."""
    look = play(shop)
    w, d, h = shop.width, shop.depth, shop.height
    metal = look.infill == "bars"
    frame = shop.use(look.frame)
    roof = look.infill == "slats" and shop.style.name == "scandinavian"
    top = h - 0.26 if roof else h
    lower, upper = 0.24, top * 0.635
    parts: list[Mesh] = []
    for sx in (-1, 1):
        x = sx * (w / 2 - POST / 2)
        for sy in (-1, 1):
            y = sy * (d / 2 - POST / 2)
            if metal or look.infill == "spindles":
                parts.append(bar((x, y, 0), (x, y, top), 0.020 if metal else 0.024, frame, sides=12))
            else:
                parts.append(box((POST, POST, top), frame, radius=0.005, at=(x, y, 0), grain=2))
        for low, high in ((lower + 0.10, lower + 0.46), (upper + 0.04, top - 0.01)):
            parts += _end(shop, look.infill, x, d - 2 * POST, low, high, frame)
    for base in (lower, upper):
        for sy in (-1, 1):
            rail = 0.05 if metal else 0.13
            size = (w - 2 * POST + 0.01, 0.028, rail)
            parts.append(box(size, frame, radius=0.005, at=(0, sy * (d / 2 - POST / 2), base), grain=0))
    guard = top - upper - 0.06
    gate = 0.50  # metres of the front that stay open for the ladder
    parts += moved(infill(shop, look.infill, w - 2 * POST, guard, frame), 0, d / 2 - POST / 2, upper + 0.05)
    front = w - 2 * POST - gate
    parts += moved(infill(shop, look.infill, front, guard, frame), gate / 2, -d / 2 + POST / 2, upper + 0.05)
    parts += _ladder(shop, frame, (-w / 2 + POST + gate / 2 - 0.02, -d / 2 + 0.012), upper + 0.22, metal=metal)
    if roof:
        parts += _roof(w, d, top, h, frame)
    inner = w - 2 * POST - 0.03
    width = d - 2 * POST - 0.02
    parts += _made(shop, Berth(0.0, inner, width - 0.06, lower + 0.04, 0.15, 0.05), plain=True)
    parts += _made(shop, Berth(0.0, inner, width - 0.06, upper + 0.04, 0.14, 0.03), plain=True)
    return _handed(shop, parts)


def _ladder(shop: Workshop, frame: str, foot: tuple[float, float], high: float, *, metal: bool) -> list[Mesh]:
    """Two stiles and rungs, upright before the front."""
    x, y = foot
    rungs = np.arange(0.24, high - 0.05, 0.25)
    tread = frame if metal or shop.style.name == "luxury" else shop.use("wood")
    if metal:
        parts = [bar((x + s * 0.18, y, 0), (x + s * 0.18, y, high), 0.014, frame, sides=10) for s in (-1, 1)]
        return parts + [bar((x - 0.18, y, z), (x + 0.18, y, z), 0.011, frame, sides=8) for z in rungs]
    parts = [box((0.035, 0.055, high), frame, radius=0.005, at=(x + s * 0.19, y, 0), grain=2) for s in (-1, 1)]
    return parts + [
        box((0.36, 0.065, 0.024), tread, radius=0.006, at=(x, y, float(z)), grain=0, seed=k)
        for k, z in enumerate(rungs)
    ]


def _roof(w: float, d: float, eave: float, ridge: float, frame: str) -> list[Mesh]:
    parts: list[Mesh] = []
    for sx in (-1, 1):
        x = sx * (w / 2 - POST / 2)
        for sy in (-1, 1):
            parts.append(bar((x, sy * (d / 2 - POST / 2), eave - 0.01), (x, 0, ridge - 0.03), 0.023, frame, sides=4))
    return [*parts, box((w - 0.04, 0.04, 0.045), frame, radius=0.004, at=(0, 0, ridge - 0.045), grain=0)]

"""Lamps: floor, table, pendant. Lit shades and bulbs are plain emitting shapes of few triangles."""

from __future__ import annotations

import numpy as np

from staging.engine.furniture.decor import globe_shade, inside
from staging.engine.furniture.parts import hoop
from staging.engine.furniture.primitives import (
    bar,
    box,
    circle,
    disc_profile,
    eased_profile,
    lathe,
    moved,
    scaled,
    smooth_profile,
    spline,
    tilted,
    tube,
)
from staging.engine.furniture.shades import drum, lit
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh


def _foot(shop: Workshop, radius: float, material: str) -> Mesh:
    return lathe(disc_profile(radius, 0, 0.016, 0.005), material, sides=36)


# ------------------------------------------------------------------------------------------ floor lamps
def floor_lamp(shop: Workshop) -> list[Mesh]:
    """A standing lamp in the style's form, filling the piece's size."""
    build = {"arc": _arc, "tripod": _tripod, "pharmacy": _pharmacy_floor, "column": _column_floor,
             "globes": _globes_floor}[shop.style.floor_lamp]  # fmt: skip
    return build(shop)


def _arc(shop: Workshop) -> list[Mesh]:
    """A slim bow that carries a dome over the seat: its foot is at +x, the dome hangs at -x."""
    w, h, metal = shop.width, shop.height, shop.use("metal")
    x = w / 2 - 0.13
    # Upright to two thirds of the height, then a quarter ellipse over to the dome.
    rise, sweep = h * 0.62, np.linspace(0, np.pi / 2, 18)
    head = -w / 2 + 0.135
    curve = np.stack([head + (x - head) * np.cos(sweep), 0 * sweep, rise + (h - 0.012 - rise) * np.sin(sweep)], 1)
    bow = np.concatenate(
        [[[x, 0, 0.015], [x, 0, rise * 0.5]], curve, [[head - 0.012, 0, h - 0.035], [head, 0, h - 0.20]]]
    )
    dome = smooth_profile([(0.135, 0), (0.13, 0.05), (0.09, 0.10), (0.02, 0.125), (0.0, 0.126)], 16)
    z = h - 0.32
    shade = lathe(dome, metal, sides=32)
    lining = inside(lathe(dome - [0.003, 0.003], "", sides=32), shop.use("white"))
    bulb = globe_shade(0.035, shop.use("bulb"), 12).moved(0, 0, 0.03)
    return [
        _foot(shop, 0.13, metal).moved(x, 0, 0),
        tube(bow, 0.009, metal, sides=10),
        *moved([shade, lining, bulb], -w / 2 + 0.135, 0, z),
    ]


def _tripod(shop: Workshop) -> list[Mesh]:
    """Three wooden legs under a cloth drum."""
    w, h = shop.width, shop.height
    wood, metal = shop.use("wood"), shop.use("metal")
    reach, tall = w / 2 - 0.012, h * 0.19
    z = h - tall
    parts = [
        bar(
            (reach * np.cos(a), reach * np.sin(a), 0),
            (0.022 * np.cos(a), 0.022 * np.sin(a), z - 0.05),
            (0.010, 0.014),
            wood,
            sides=12,
        )
        for a in np.deg2rad([90, 210, 330])
    ]
    parts.append(
        lathe(
            eased_profile(
                [
                    (0, z - 0.08),
                    (0.032, z - 0.08),
                    (0.032, z - 0.03),
                    (0.010, z - 0.02),
                    (0.010, z + tall * 0.5),
                    (0, z + tall * 0.5),
                ],
                0.004,
            ),
            metal,
            sides=18,
        )
    )
    return parts + drum(shop, min(0.17, w * 0.40), min(0.21, w * 0.48), tall, z)


def _pharmacy_floor(shop: Workshop) -> list[Mesh]:
    """A straight post with a swing arm and a small metal dome."""
    w, h, metal = shop.width, shop.height, shop.use("metal")
    x = w / 2 - 0.125
    arm = hoop(
        [(x, 0, 0.015), (x, 0, h - 0.05), (-w / 2 + 0.12, 0, h - 0.02), (-w / 2 + 0.10, 0, h - 0.14)], 0.008, metal
    )
    dome = smooth_profile([(0.095, 0), (0.09, 0.045), (0.055, 0.10), (0.022, 0.135), (0, 0.136)], 14)
    cap = [lathe(dome, metal, sides=28), inside(lathe(dome - [0.003, 0.003], "", sides=28), shop.use("white")),
           globe_shade(0.03, shop.use("bulb"), 12).moved(0, 0, 0.02)]  # fmt: skip
    return [_foot(shop, 0.125, metal).moved(x, 0, 0), arm, *moved(tilted(cap, 10, "y"), -w / 2 + 0.10, 0, h - 0.26)]


def _column_floor(shop: Workshop) -> list[Mesh]:
    """A plain column on a disc, with a tapered drum."""
    w, h, metal = shop.width, shop.height, shop.use("metal")
    tall = h * 0.19
    parts = [_foot(shop, w * 0.34, metal), bar((0, 0, 0.01), (0, 0, h - tall * 0.5), 0.011, metal, sides=14)]
    return parts + drum(shop, w * 0.42, w * 0.495, tall, h - tall)


def _globes_floor(shop: Workshop) -> list[Mesh]:
    """A brass stem with two opal globes at different heights."""
    w, h, metal = shop.width, shop.height, shop.use("metal")
    r = min(0.10, w * 0.22)
    parts = [_foot(shop, w * 0.34, metal), bar((0, 0, 0.01), (0, 0, h - 2 * r), 0.009, metal, sides=12)]
    for s, z in ((1, h - 2 * r), (-1, h * 0.72 - 2 * r)):
        x = s * (w / 2 - r)
        if s > 0:
            x = 0.0
        else:
            parts.append(hoop([(0, 0, z - 0.05), (x, 0, z - 0.05), (x, 0, z + 0.01)], 0.006, metal))
        parts += moved(lit(shop, globe_shade(r, shop.use("shade_glow"), 20)), x, 0, z)
        parts.append(
            lathe(
                eased_profile([(0, z - 0.012), (r * 0.4, z - 0.012), (r * 0.5, z + 0.02), (0, z + 0.02)], 0.003),
                metal,
                sides=20,
                at=(x, 0, 0),
            )
        )
    arm = hoop([(0, 0, h * 0.5), (w / 2 - r, 0, h * 0.5), (w / 2 - r, 0, h * 0.5 + 0.07)], 0.006, metal)
    third = lit(shop, globe_shade(r, shop.use("shade_glow"), 20))
    return [*parts, arm, *moved(third, w / 2 - r, 0, h * 0.5 + 0.05)]


# ------------------------------------------------------------------------------------------ table lamps
_BASES = {
    "column": [(0, 0), (0.62, 0), (0.62, 0.06), (0.60, 0.07), (0.60, 0.93), (0.2, 0.97), (0.08, 1.0), (0, 1.0)],
    "gourd": [(0, 0), (0.55, 0), (0.95, 0.22), (0.72, 0.48), (0.42, 0.60), (0.52, 0.74), (0.30, 0.92),
        (0.08, 1.0), (0, 1.0)],
    "jug": [(0, 0), (0.70, 0), (1.0, 0.28), (0.92, 0.62), (0.40, 0.86), (0.25, 0.95), (0.08, 1.0), (0, 1.0)],
    "urn": [(0, 0), (0.60, 0), (0.62, 0.06), (0.32, 0.12), (0.85, 0.48), (0.80, 0.66), (0.30, 0.88),
        (0.10, 1.0), (0, 1.0)],
}  # fmt: skip


def table_lamp(shop: Workshop) -> list[Mesh]:
    """A lamp for a side table or a nightstand in the style's form."""
    w, h, kind = shop.width, shop.height, shop.style.table_lamp
    if kind == "mushroom":
        return _mushroom(shop)
    if kind == "pharmacy":
        return _pharmacy_table(shop)
    r = w / 2
    tall = h * 0.42
    base = h - tall - 0.02
    parts: list[Mesh] = []
    if kind == "crystal":
        glass, metal = shop.use("ceramic"), shop.use("metal")
        parts.append(box((r * 0.9, r * 0.9, 0.022), metal, radius=0.003))
        step = (base - 0.03) / 3
        for k in range(3):
            ball = globe_shade(0.5, glass, 24)
            parts += moved(scaled([ball], step * 0.98, step * 0.98, step), 0, 0, 0.022 + step * k)
            parts.append(
                lathe(disc_profile(step * 0.22, 0.020 + step * (k + 1), 0.026 + step * (k + 1), 0.002), metal, sides=20)
            )
    else:
        shape = np.array(_BASES[kind]) * [r * 0.62, base]
        parts.append(
            lathe(smooth_profile(shape, 30), shop.use("ceramic" if kind != "urn" else "accent_ceramic"), sides=36)
        )
    parts.append(bar((0, 0, base - 0.01), (0, 0, h - tall * 0.4), 0.006, shop.use("metal"), sides=8))
    return parts + drum(shop, r * 0.76, r, tall, h - tall)


def _mushroom(shop: Workshop) -> list[Mesh]:
    """A glowing glass cap on a wooden stem."""
    r, h = shop.width / 2, shop.height
    cap = smooth_profile(
        [(0, h * 0.58), (r * 0.9, h * 0.60), (r, h * 0.68), (r * 0.80, h * 0.88), (r * 0.35, h * 0.985), (0, h)], 18
    )
    stem = smooth_profile(
        [(0, 0), (r * 0.62, 0), (r * 0.60, h * 0.05), (r * 0.26, h * 0.14), (r * 0.22, h * 0.60), (0, h * 0.60)], 20
    )
    return [*lit(shop, lathe(cap, shop.use("shade_glow"), sides=28)), lathe(stem, shop.use("wood"), sides=28)]


def _pharmacy_table(shop: Workshop) -> list[Mesh]:
    """A black task lamp with a dome on a bent arm."""
    r, h, metal = shop.width / 2, shop.height, shop.use("metal")
    arm = hoop(
        [(r * 0.35, 0, 0.012), (r * 0.35, 0, h - 0.02), (-r * 0.3, 0, h - 0.02), (-r * 0.3, 0, h * 0.74)], 0.006, metal
    )
    dome = smooth_profile(
        [(r * 0.66, 0), (r * 0.64, h * 0.06), (r * 0.36, h * 0.17), (0.012, h * 0.21), (0, h * 0.212)], 14
    )
    cap = [
        lathe(dome, metal, sides=28),
        inside(lathe(dome - [0.003, 0.003], "", sides=28), shop.use("white")),
        globe_shade(0.026, shop.use("bulb"), 12).moved(0, 0, 0.01),
    ]
    return [_foot(shop, r * 0.6, metal).moved(r * 0.35, 0, 0), arm, *moved(cap, -r * 0.3, 0, h * 0.54)]


# ------------------------------------------------------------------------------------------ pendants
def pendant(shop: Workshop) -> list[Mesh]:
    """A hanging lamp: z = 0 is the lowest point of its shade, z = height the ceiling."""
    w, h = shop.width, shop.height
    r = w / 2
    body = min(
        h * 0.6,
        {"paper": w * 0.82, "globe": w * 0.9, "rings": w * 0.5, "cage": w * 0.95, "lantern": w * 1.25}.get(
            shop.style.pendant, w * 0.62
        ),
    )
    build = {
        "dome": _dome, "paper": _paper, "cage": _cage, "globe": _globes, "rings": _rings, "lantern": _lantern,
        "basket": _basket, "drum": _hanging_drum,
    }[shop.style.pendant]  # fmt: skip
    cord = bar((0, 0, body * 0.98), (0, 0, h - 0.012), 0.0035, shop.use("black"), sides=6)
    rose = lathe(
        eased_profile([(0, h - 0.028), (0.05, h - 0.022), (0.055, h), (0, h)], 0.004), shop.use("metal"), sides=24
    )
    return [*build(shop, r, body), cord, rose]


def _dome(shop: Workshop, r: float, b: float) -> list[Mesh]:
    profile = smooth_profile(
        [(r, 0), (r * 0.97, b * 0.3), (r * 0.72, b * 0.68), (r * 0.25, b * 0.9), (0.018, b), (0, b)], 26
    )
    lining = inside(lathe(profile - [0.004, 0.004], "", sides=40), shop.use("white"))
    return [
        lathe(profile, shop.use("metal"), sides=40),
        lining,
        globe_shade(0.042, shop.use("bulb"), 12).moved(0, 0, b * 0.22),
    ]


def _paper(shop: Workshop, r: float, b: float) -> list[Mesh]:
    """A ribbed rice-paper lantern that glows as a whole."""
    t = np.linspace(-1, 1, 21)
    ribs = r * np.sqrt((1 - 0.93 * t**2).clip(0)) * (1 + 0.012 * np.cos(np.pi * np.arange(21)))
    glow = lathe(np.stack([ribs, b * (t + 1) / 2], 1), shop.use("shade_glow"), sides=32)
    return [*lit(shop, glow), lathe(disc_profile(ribs[-1], b - 0.006, b, 0.001), shop.use("white"), sides=20)]


def _cage(shop: Workshop, r: float, b: float) -> list[Mesh]:
    metal = shop.use("metal")
    parts = [
        tube(circle(rr, z, 32), 0.004, metal, sides=6, closed=True)
        for rr, z in ((r * 0.55, 0.004), (r, b * 0.42), (r * 0.30, b * 0.86))
    ]
    for a in np.linspace(0, 2 * np.pi, 8, endpoint=False):
        c, s = np.cos(a), np.sin(a)
        rib = spline(
            [
                [r * 0.55 * c, r * 0.55 * s, 0.004],
                [r * c, r * s, b * 0.42],
                [r * 0.30 * c, r * 0.30 * s, b * 0.86],
                [0.02 * c, 0.02 * s, b],
            ],
            14,
        )
        parts.append(tube(rib, 0.0035, metal, sides=6))
    socket = lathe(
        eased_profile([(0, b * 0.62), (0.022, b * 0.62), (0.026, b * 0.86), (0.022, b), (0, b)], 0.004), metal, sides=20
    )
    return [*parts, socket, globe_shade(0.05, shop.use("bulb"), 12).moved(0, 0, b * 0.62 - 0.095)]


def _globes(shop: Workshop, r: float, b: float) -> list[Mesh]:
    [globe] = scaled([globe_shade(1.0, shop.use("shade_glow"), 28)], r, r, b / 2)
    cap = lathe(
        eased_profile([(0, b * 0.93), (r * 0.34, b * 0.93), (r * 0.30, b * 0.985), (0.012, b), (0, b)], 0.003),
        shop.use("metal"),
        sides=24,
    )
    return [*lit(shop, globe), cap]


def _rings(shop: Workshop, r: float, b: float) -> list[Mesh]:
    """Two glowing brass hoops, one tilted within the other."""
    metal, glow = shop.use("metal"), shop.use("shade_glow")
    parts: list[Mesh] = []
    for k, (size, z, tip) in enumerate(((r * 0.97, 0.002, 0.0), (r * 0.66, b * 0.40, 8.0))):
        band = [
            tube(circle(size, 0, 48), 0.014, metal, sides=8, closed=True),
            tube(circle(size * 0.975, -0.008, 32), 0.009, glow, sides=5, closed=True),
        ]
        parts += moved(tilted(band, tip), 0, 0, z + 0.016)
        for a in np.deg2rad([30, 150, 270]):
            parts.append(
                bar(
                    (size * np.cos(a), size * np.sin(a), z + 0.03 + (0.02 * k)),
                    (0.008 * np.cos(a), 0.008 * np.sin(a), b),
                    0.0016,
                    metal,
                    sides=5,
                )
            )
    return parts


def _lantern(shop: Workshop, r: float, b: float) -> list[Mesh]:
    """An open iron lantern with candle bulbs."""
    metal = shop.use("metal")
    s, top = r * 0.70, b * 0.74
    parts = [box((2 * s, 0.012, 0.012), metal, radius=0.001, at=(0, t * s, z)) for t in (-1, 1) for z in (0.0, top)]
    parts += [box((0.012, 2 * s, 0.012), metal, radius=0.001, at=(t * s, 0, z)) for t in (-1, 1) for z in (0.0, top)]
    for sx in (-1, 1):
        for sy in (-1, 1):
            parts.append(box((0.012, 0.012, top + 0.01), metal, radius=0.001, at=(sx * s, sy * s, 0)))
            parts.append(bar((sx * s, sy * s, top + 0.006), (0, 0, b), 0.005, metal, sides=6))
            parts.append(
                bar((sx * 0.05, sy * 0.05, b * 0.10), (sx * 0.05, sy * 0.05, b * 0.32), 0.010, shop.use("wax"), sides=8)
            )
            parts.append(
                lathe(
                    smooth_profile([(0, 0), (0.014, 0.012), (0.010, 0.035), (0, 0.05)], 6),
                    shop.use("bulb"),
                    sides=8,
                    at=(sx * 0.05, sy * 0.05, b * 0.32),
                )
            )
    return [
        *parts,
        bar((0, 0, b * 0.10), (0, 0, b), 0.005, metal, sides=6),
        lathe(disc_profile(0.085, b * 0.09, b * 0.10, 0.002), metal, sides=16),
    ]


def _basket(shop: Workshop, r: float, b: float) -> list[Mesh]:
    profile = smooth_profile(
        [(r * 0.92, 0), (r, b * 0.18), (r * 0.82, b * 0.6), (r * 0.35, b * 0.9), (0.02, b), (0, b)], 24
    )
    weave = shop.use("front")
    return [
        lathe(profile, weave, sides=44),
        inside(lathe(profile - [0.006, 0.004], "", sides=44), weave),
        globe_shade(0.045, shop.use("bulb"), 12).moved(0, 0, b * 0.28),
    ]


def _hanging_drum(shop: Workshop, r: float, b: float) -> list[Mesh]:
    diffuser = lathe([(r - 0.008, 0.012), (0.0, 0.012)], "", sides=28)
    parts = drum(shop, r, r, b * 0.72, 0.0)
    spokes = [
        bar((0, 0, b), (r * np.cos(a), r * np.sin(a), b * 0.72), 0.002, shop.use("metal"), sides=5)
        for a in np.deg2rad([0, 120, 240])
    ]
    return [
        *parts,
        inside(Mesh(diffuser.vertices, diffuser.faces[:, ::-1], diffuser.uv, ""), shop.use("shade_glow")),
        *spokes,
    ]

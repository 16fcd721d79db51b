"""Swivel chairs for desks: a star on castors, a column, and on it a seat in the style's own form."""

from __future__ import annotations

import numpy as np

from staging.engine.furniture import upholstery as soft
from staging.engine.furniture.chairs import round_seat
from staging.engine.furniture.parts import hoop, pair
from staging.engine.furniture.primitives import (
    bar,
    box,
    eased_profile,
    lathe,
    moved,
    outline,
    rounded_slab,
    scaled,
    spline,
    tilted,
    tube,
    turned,
    upright_wall,
)
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh

SEAT = 0.47  # metres: height of the seat's upper side


def office_chair(shop: Workshop) -> list[Mesh]:
    """A swivel chair in the style's form, facing -y."""
    build = {
        "wrap": _wrap, "bucket": _bucket, "plate": _plate, "channelled": _channelled, "executive": _executive,
        "captain": _captain, "woven": _woven, "mesh": _mesh,
    }[shop.style.task_chair]  # fmt: skip
    return build(shop)


# ------------------------------------------------------------------------------------------ what it stands on
def _star(shop: Workshop, slot: str, *, flat: bool = False, top: float = 0.40) -> list[Mesh]:
    """Five arms on castors and the column up to `top`; `flat` arms are bars of wood or steel."""
    material, tyre, fork = shop.use(slot), shop.use("rubber"), shop.use("black")
    reach = min(shop.width, shop.depth) / 2 - 0.03
    parts: list[Mesh] = []
    for degrees in np.arange(5) * 72 + 18:
        c, s = float(np.cos(np.deg2rad(degrees))), float(np.sin(np.deg2rad(degrees)))
        if flat:
            arm = box((reach - 0.01, 0.042, 0.026), material, radius=0.006, at=(reach / 2, 0, -0.013), grain=0)
            parts += moved(turned(tilted([arm], 7, "y"), float(degrees)), 0, 0, 0.112)
        else:
            path = [
                [0.03 * c, 0.03 * s, 0.115],
                [0.6 * reach * c, 0.6 * reach * s, 0.10],
                [reach * c, reach * s, 0.075],
            ]
            parts.append(tube(path, [0.022, 0.018, 0.013], material, sides=10))
        wheel = lathe(eased_profile([(0, -0.009), (0.025, -0.009), (0.025, 0.009), (0, 0.009)], 0.004), tyre, sides=16)
        pairs = moved(tilted([wheel], 90), 0, -0.012, 0) + moved(tilted([wheel], 90), 0, 0.012, 0)
        guard = box((0.034, 0.044, 0.026), fork, radius=0.012, at=(0.004, 0, 0.012))
        parts += moved(turned([*pairs, guard], float(degrees)), reach * c, reach * s, 0.026)
        parts.append(bar((reach * c, reach * s, 0.045), (reach * c, reach * s, 0.08), 0.006, fork, sides=8))
    parts.append(bar((0, 0, 0.09), (0, 0, 0.26), 0.028, fork if slot != "wood" else material, sides=20))
    parts.append(bar((0, 0, 0.24), (0, 0, top), 0.017, shop.use("chrome" if slot == "black" else slot), sides=16))
    return [*parts, box((0.20, 0.24, 0.026), fork, radius=0.008, at=(0, 0.01, top - 0.022))]


def _cloth(shop: Workshop) -> str:
    """The style's seat cloth, or that of its armchairs where seats are woven."""
    return shop.use("seat" if shop.material("seat").kind != "rattan" else "accent_upholstery")


def _bent(w: float, y: float, curve: float, power: float = 2.2, n: int = 22) -> np.ndarray:
    """A plan path (n, 2) round the sitter: `curve` metres deep, its middle at `y`."""
    t = np.linspace(-1, 1, n)
    return np.stack([t * w / 2, y - curve * np.abs(t) ** power], 1)


def _shouldered(angle: np.ndarray, wide: float) -> np.ndarray:
    """How far a shell has risen, 0..1, at these angles round the sitter (radians, 90 degrees behind): sides, shoulders,
    and a back that is level over about `wide` of a right angle."""
    off = np.clip((np.abs(angle - np.pi / 2) / (np.pi / 2) - wide * 0.45) / (1.08 - wide * 0.45), 0, 1)
    return np.asarray(1 - off**2 * (3 - 2 * off))


def _armrests(shop: Workshop, slot: str, x: float, *, pad: str = "black") -> list[Mesh]:
    """A pair of T arms."""
    post = bar((x - 0.05, 0.05, SEAT - 0.055), (x, 0.05, SEAT - 0.05), 0.014, shop.use(slot))
    rise = box((0.022, 0.050, 0.20), shop.use(slot), radius=0.006, at=(x, 0.05, SEAT - 0.06))
    rest = rounded_slab(0.085, 0.25, 0.028, 0.035, shop.use(pad), at=(x - 0.005, 0.01, SEAT + 0.135))
    return pair([post, rise, rest])


# ------------------------------------------------------------------------------------------ the eight
def _wrap(shop: Workshop) -> list[Mesh]:
    """Modern: an upholstered seat and a back that wraps it, arms and all."""
    h, cloth = shop.height, _cloth(shop)
    parts = _star(shop, "black", top=SEAT - 0.09)
    parts += moved([soft.wrinkled(round_seat(cloth, 0.50, 0.095), 0.001, 3, shop.seed)], 0, -0.02, SEAT - 0.095)
    a = np.deg2rad(np.linspace(-8, 188, 34))
    path = np.stack([0.265 * np.cos(a), -0.005 + 0.245 * np.sin(a)], 1)[::-1]
    rise = _shouldered(a, 0.62)
    top = (SEAT + 0.13) + (h - SEAT - 0.13) * rise
    parts.append(upright_wall(path, SEAT - 0.07, top, 0.052, cloth, lean=-0.055 * rise))
    return parts


def _bucket(shop: Workshop) -> list[Mesh]:
    """Scandinavian: a moulded shell with a linen pad on a wooden star."""
    h, shell = shop.height, shop.use("white")
    parts = _star(shop, "wood", flat=True, top=SEAT - 0.07)
    parts += moved(scaled([rounded_slab(0.46, 0.44, 0.018, 0.19, shell)], 1.0, 1.0), 0, -0.02, SEAT - 0.07)
    a = np.deg2rad(np.linspace(-4, 184, 34))
    path = np.stack([0.228 * np.cos(a), -0.01 + 0.212 * np.sin(a)], 1)[::-1]
    rise = _shouldered(a, 0.72)
    top = SEAT + 0.015 + (h - SEAT - 0.03) * rise
    parts.append(upright_wall(path, SEAT - 0.066, top, 0.014, shell, lean=-0.045 - 0.03 * rise))
    pad = scaled([round_seat(_cloth(shop), 0.40, 0.04)], 1.0, 0.98)
    return parts + moved(pad, 0, -0.03, SEAT - 0.052)


def _plate(shop: Workshop) -> list[Mesh]:
    """Industrial: leather pads on flat steel, on a steel star."""
    h, metal, hide = shop.height, shop.use("metal"), shop.use("seat")
    parts = _star(shop, "metal", flat=True, top=SEAT - 0.085)
    parts += moved(
        soft.seat_cushion(0.47, 0.46, 0.075, hide, crown=0.014, seed=shop.seed, piping=hide), 0, -0.02, SEAT - 0.085
    )
    back = soft.relief_panel((0.44, 0.05, 0.26), hide, soft.rows(0.26, 3, 0.014), cells=(6, 30), seed=shop.seed + 1)
    parts += moved(tilted([back], -9), 0, 0.225, h - 0.275)
    for s in (-1, 1):
        strip = [
            [s * 0.13, 0.10, SEAT - 0.095],
            [s * 0.13, 0.245, SEAT - 0.08],
            [s * 0.13, 0.265, SEAT + 0.10],
            [s * 0.13, 0.275, h - 0.05],
        ]
        parts.append(tube(spline(strip, 18), 0.012, metal, sides=8))
    frame = hoop(
        [
            (0.22, 0.19, SEAT - 0.09),
            (0.285, 0.16, SEAT + 0.13),
            (0.285, -0.13, SEAT + 0.13),
            (0.22, -0.15, SEAT - 0.09),
        ],
        0.010,
        metal,
    )
    rest = box((0.045, 0.24, 0.022), shop.use("wood"), radius=0.008, at=(0.285, 0.015, SEAT + 0.132), grain=1)
    return parts + pair([frame, rest])


def _channelled(shop: Workshop) -> list[Mesh]:
    """Mid-century: a sling of padded rolls between two polished rails, with loop arms."""
    h, rail, hide = shop.height, shop.use("aluminium"), shop.use("accent_upholstery")
    parts = _star(shop, "aluminium", top=SEAT - 0.08)
    side = spline([[0.245, -0.25, SEAT - 0.045], [0.245, -0.21, SEAT - 0.025], [0.245, 0.10, SEAT - 0.05],
                   [0.245, 0.20, SEAT + 0.04], [0.245, 0.27, h - 0.02]], 40)  # fmt: skip
    parts += pair([tube(side, 0.012, rail, sides=10)])
    # Rolls of even width follow the rails.
    steps = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(side, axis=0), axis=1))])
    count = round(steps[-1] / 0.062)
    for at in (np.arange(count) + 0.5) / count * steps[-1]:
        _, y, z = (float(np.interp(at, steps, side[:, k])) for k in range(3))
        roll = box((0.478, 0.052, 0.060), hide, radius=0.024, segments=4, at=(0, 0, -0.030))
        slope = np.degrees(
            np.arctan2(np.interp(at + 0.01, steps, side[:, 2]) - z, np.interp(at + 0.01, steps, side[:, 1]) - y)
        )
        parts += moved(tilted([roll], float(slope) - 90.0), 0, y, z)
    arm = hoop(
        [
            (0.25, 0.20, SEAT + 0.05),
            (0.285, 0.14, SEAT + 0.16),
            (0.285, -0.12, SEAT + 0.16),
            (0.25, -0.16, SEAT - 0.03),
        ],
        0.011,
        rail,
    )
    return parts + pair([arm])


def _executive(shop: Workshop) -> list[Mesh]:
    """Luxury: a high channelled back and a deep seat on a brass star."""
    h, cloth = shop.height, _cloth(shop)
    parts = _star(shop, "metal", top=SEAT - 0.10)
    parts += moved(
        soft.seat_cushion(0.53, 0.50, 0.115, cloth, crown=0.022, seed=shop.seed, piping=cloth), 0, -0.02, SEAT - 0.11
    )
    tall = h - SEAT + 0.03
    back = soft.relief_panel(
        (0.52, 0.075, tall), cloth, soft.channels(0.52, 6, 0.022), cells=(48, 8), seed=shop.seed + 1
    )
    parts += moved(tilted([back], -8), 0, 0.215, SEAT - 0.03)
    metal = shop.use("metal")
    arm = hoop(
        [
            (0.25, 0.17, SEAT + 0.02),
            (0.292, 0.15, SEAT + 0.15),
            (0.292, -0.15, SEAT + 0.15),
            (0.25, -0.17, SEAT - 0.08),
        ],
        0.011,
        metal,
    )
    rest = soft.padded((0.052, 0.25, 0.032), cloth, radius=0.014, seed=shop.seed + 2)
    return parts + pair([arm, *moved([rest], 0.292, 0.0, SEAT + 0.152)])


def _captain(shop: Workshop) -> list[Mesh]:
    """Farmhouse: a saddled wooden seat, turned spindles, and one bent rail for arms and back, on a wooden star."""
    h, wood = shop.height, shop.use("wood")
    parts = _star(shop, "wood", flat=True, top=SEAT - 0.06)
    parts.append(rounded_slab(0.52, 0.48, 0.038, 0.15, wood, at=(0, -0.01, SEAT - 0.06)))
    parts += moved(scaled([round_seat(_cloth(shop), 0.40, 0.03)], 1.05, 0.95), 0, -0.02, SEAT - 0.024)
    a = np.deg2rad(np.linspace(-30, 210, 40))
    rail_z = SEAT + 0.20
    x, y = 0.285 * np.cos(a), 0.235 * np.sin(a) - 0.01
    path = np.stack([x, y], 1)[::-1]
    parts.append(upright_wall(path, rail_z, rail_z + 0.032, 0.048, wood))
    # The back's own rail stands on a second row of spindles.
    behind = np.deg2rad(np.linspace(38, 142, 22))
    comb = np.stack([0.292 * np.cos(behind), 0.262 * np.sin(behind) - 0.01], 1)[::-1]
    arch = h - 0.095 + 0.02 * np.sin(behind) ** 4
    parts.append(upright_wall(comb, arch, arch + 0.075, 0.024, wood, lean=-0.012))
    for degrees in np.linspace(46, 134, 7):
        c, s = float(np.cos(np.deg2rad(degrees))), float(np.sin(np.deg2rad(degrees)))
        foot, head = (0.285 * c, 0.235 * s - 0.01, rail_z + 0.02), (0.290 * c, 0.264 * s - 0.01, h - 0.075)
        parts.append(tube([foot, head], [0.009, 0.007], wood, sides=8))
    for degrees in (-22, 2, 26, 50, 70, 90, 110, 130, 154, 178, 202):
        c, s = float(np.cos(np.deg2rad(degrees))), float(np.sin(np.deg2rad(degrees)))
        foot, head = (0.235 * c, 0.205 * s - 0.01, SEAT - 0.03), (0.285 * c, 0.235 * s - 0.01, rail_z + 0.01)
        middle = [(p + q) / 2 for p, q in zip(foot, head, strict=True)]
        parts.append(
            tube(
                spline([foot, middle, head], 9),
                [0.008, 0.009, 0.012, 0.014, 0.012, 0.011, 0.009, 0.008, 0.008],
                wood,
                sides=10,
            )
        )
    return parts


def _woven(shop: Workshop) -> list[Mesh]:
    """Coastal: a barrel of rattan in a wooden rim with a linen pad, on a pale star."""
    h, weave, wood = shop.height, shop.use("seat"), shop.use("wood")
    parts = _star(shop, "white", top=SEAT - 0.08)
    parts.append(rounded_slab(0.53, 0.49, 0.030, 0.20, weave, at=(0, -0.01, SEAT - 0.08)))
    a = np.deg2rad(np.linspace(-24, 204, 42))
    rise = _shouldered(a, 0.75)
    path = np.stack([0.272 * np.cos(a), 0.232 * np.sin(a) - 0.01], 1)[::-1]
    top = SEAT + 0.16 + (h - SEAT - 0.18) * rise
    parts.append(upright_wall(path, SEAT - 0.065, top, 0.016, weave, lean=-0.03))
    out = np.stack([0.287 * np.cos(a), 0.247 * np.sin(a) - 0.01, top], 1)
    parts.append(tube(out, 0.014, wood, sides=10))
    parts.append(
        tube(np.add(outline(0.545, 0.50, 0.21, SEAT - 0.065), [0, -0.01, 0]), 0.013, wood, sides=8, closed=True)
    )
    return parts + moved(scaled([round_seat(_cloth(shop), 0.46, 0.065)], 1.04, 0.98), 0, -0.02, SEAT - 0.055)


def _mesh(shop: Workshop) -> list[Mesh]:
    """Standard: a task chair with netting stretched in a frame, a lumbar bar and T arms."""
    h, black = shop.height, shop.use("black")
    parts = _star(shop, "black", top=SEAT - 0.085)
    parts += moved(
        soft.seat_cushion(0.49, 0.47, 0.075, _cloth(shop), crown=0.016, seed=shop.seed), 0, -0.02, SEAT - 0.08
    )
    low, high = SEAT + 0.06, h - 0.012

    def at(u: float, z: float) -> list[float]:
        """A point of the back: bowed round the sitter, leaning, its waist drawn in and pushed forward."""
        t = (z - low) / (high - low)
        wide = 0.21 + 0.025 * np.sin(np.pi * t)
        return [u * wide, 0.235 + 0.06 * t - 0.045 * np.sin(np.pi * min(1.0, 1.4 * t)) * 0.6 - 0.045 * u * u, z]

    t = np.linspace(0, 2 * np.pi, 49)[:-1]
    u = np.sign(np.cos(t)) * np.abs(np.cos(t)) ** 0.55
    z = (low + high) / 2 + (high - low) / 2 * np.sign(np.sin(t)) * np.abs(np.sin(t)) ** 0.55
    parts.append(tube([at(float(a), float(b)) for a, b in zip(u, z, strict=True)], 0.011, black, sides=8, closed=True))
    net = shop.use("charcoal_net")
    for k in np.linspace(0.03, 0.97, 26):
        level = low + k * (high - low)
        edge = 0.98 * (1 - abs(2 * k - 1) ** 3.6) ** 0.28
        parts.append(tube([at(float(e) * edge, level) for e in np.linspace(-1, 1, 9)], 0.0046, net, sides=5))
    spine = [[0, 0.10, SEAT - 0.10], [0, 0.27, SEAT - 0.06], [0, 0.305, SEAT + 0.10], [0, 0.30, SEAT + 0.30]]
    parts.append(tube(spline(spine, 14), 0.019, black))
    brace = [at(float(e), SEAT + 0.22) for e in np.linspace(-1, 1, 11)]
    parts.append(tube(np.add(brace, [0, 0.02, 0]), 0.016, black))
    return parts + _armrests(shop, "black", 0.285)

"""Desk lamps: a form of its own in each style. All stand at their right and reach towards -x, over the desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from staging.engine.furniture.decor import globe_shade, inside
from staging.engine.furniture.finishes import RATTAN, paint
from staging.engine.furniture.parts import hoop
from staging.engine.furniture.primitives import (
    bar,
    box,
    disc_profile,
    eased_profile,
    fitted,
    lathe,
    moved,
    smooth_profile,
    spline,
    tilted,
    tube,
)
from staging.engine.furniture.shades import lit
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh
from staging.engine.scene.room import Floats

FOOT: Final = 0.075  # metres: radius of a foot
Form = Callable[[Workshop], list[Mesh]]


def desk_lamp(shop: Workshop) -> list[Mesh]:
    """A task lamp in the style's form, as wide and high as the piece; it may be shallower."""
    return fitted(_FORMS[shop.style.name](shop), (shop.width, 0.0, shop.height))


def _ends(shop: Workshop) -> tuple[float, float]:
    """Where it stands and where its light hangs, x."""
    return shop.width / 2 - FOOT, -shop.width / 2 + 0.07


def _foot(material: str, x: float, radius: float = FOOT, height: float = 0.016) -> Mesh:
    return lathe(disc_profile(radius, 0, height, 0.005), material, sides=36, at=(x, 0.0, 0.0))


def _shade(shop: Workshop, profile: Floats, material: str) -> list[Mesh]:
    """An opaque shade, open below at z = 0, white inside, with its bulb."""
    return [
        lathe(profile, material, sides=30),
        inside(lathe(profile - [0.003, 0.003], "", sides=30), shop.use("white")),
        globe_shade(0.024, shop.use("bulb"), 12).moved(0, 0, 0.008),
    ]


def _light_bar(shop: Workshop) -> list[Mesh]:
    """A flat bar of light on a thin post."""
    x, _ = _ends(shop)
    w, h, metal = shop.width, shop.height, shop.use("metal")
    glow = box((w * 0.72, 0.022, 0.003), shop.use("bulb"), radius=0.001, at=(-w * 0.12, 0, h - 0.014))
    return [
        box((0.15, 0.12, 0.014), metal, radius=0.003, at=(x, 0, 0)),
        box((0.012, 0.024, h - 0.02), metal, radius=0.002, at=(x, 0, 0.01)),
        box((w - 0.03, 0.034, 0.011), metal, radius=0.003, at=(-0.015, 0, h - 0.011)),
        glow,
    ]


def _jointed(shop: Workshop, foot: str, profile: Floats, shade: str) -> list[Mesh]:
    """Two arms with a joint between them."""
    x, reach = _ends(shop)
    h, metal = shop.height, shop.use("metal")
    elbow, head = (x + 0.01, 0.0, h * 0.58), (reach, 0.0, h - 0.04)
    arms = [bar((x, 0, 0.012), elbow, 0.006, metal, sides=10), bar(elbow, head, 0.005, metal, sides=10)]
    joints = [globe_shade(0.011, metal, 12).moved(p[0], p[1], p[2] - 0.011) for p in (elbow, head)]
    cap = moved(tilted(_shade(shop, profile, shade), 14, "y"), head[0], 0, head[2] - 0.10)
    return [_foot(foot, x), *arms, *joints, *cap]


def _birch(shop: Workshop) -> list[Mesh]:
    """Wooden arms and foot, a plain cone."""
    x, reach = _ends(shop)
    h, wood, metal = shop.height, shop.use("wood"), shop.use("metal")
    elbow, head = (x + 0.01, h * 0.60), (reach + 0.01, h - 0.05)
    parts = [_foot(wood, x, height=0.028)]
    for a, b in (((x, 0.02), elbow), (elbow, head)):
        parts += [bar((a[0], y, a[1]), (b[0], y, b[1]), 0.006, wood, sides=10) for y in (-0.014, 0.014)]
    parts += [bar((p[0], -0.024, p[1]), (p[0], 0.024, p[1]), 0.009, metal, sides=14) for p in (elbow, head)]
    cone = eased_profile([(0.066, 0), (0.028, 0.085), (0.024, 0.115), (0, 0.115)], 0.004)
    return [*parts, *moved(tilted(_shade(shop, cone, metal), 20, "y"), head[0] - 0.02, 0, head[1] - 0.11)]


def _pipe(shop: Workshop) -> list[Mesh]:
    """Pipe and elbows, with a bare bulb in a cage."""
    x, reach = _ends(shop)
    h, iron = shop.height, shop.use("metal")
    pipe = hoop([(x, 0, 0.01), (x, 0, h - 0.014), (reach, 0, h - 0.014), (reach, 0, h * 0.70)], 0.011, iron)
    rings = [lathe(disc_profile(0.018, z, z + 0.02, 0.003), iron, sides=18, at=(x, 0, 0)) for z in (0.016, h * 0.5)]
    rings.append(lathe(disc_profile(0.024, 0, 0.05, 0.004), iron, sides=18, at=(reach, 0, h * 0.68)))
    low, high = h * 0.68 - 0.125, h * 0.68
    cage = []
    for angle in np.linspace(0, 2 * np.pi, 6, endpoint=False):
        c, s = np.cos(angle), np.sin(angle)
        rib = [(0.022, high), (0.045, (low + high) / 2 + 0.02), (0.030, low + 0.01), (0.0, low)]
        path = spline([(reach + r * c, r * s, z) for r, z in rib], 10)
        cage.append(tube(path, 0.0022, iron, sides=6))
    bulb = globe_shade(0.026, shop.use("bulb"), 14).moved(reach, 0, low + 0.05)
    wheel = lathe(disc_profile(0.020, 0, 0.008, 0.002), shop.use(paint("#8c2f24", 0.4)), sides=18)
    return [_foot(iron, x, height=0.02), pipe, *rings, *cage, bulb, *moved([wheel], x, 0.0, h * 0.5 + 0.022)]


def _slanted(shop: Workshop) -> list[Mesh]:
    """A slanted stem with a weight at its lower end, through a ring on a stand; a tapered shade with a rim."""
    x, reach = _ends(shop)
    h, metal, colour = shop.height, shop.use("metal"), shop.use("accent_ceramic")
    head, tail = (reach + 0.01, 0.0, h - 0.02), (x + FOOT - 0.02, 0.0, h * 0.36)
    post = (x, 0.0, h * 0.36 + (h * 0.64 - 0.02) * (tail[0] - x) / (tail[0] - head[0]))
    profile = smooth_profile([(0.074, 0), (0.070, 0.012), (0.040, 0.085), (0.020, 0.120), (0, 0.122)], 18)
    rim = tube(np.stack([0.074 * np.cos(t := np.linspace(0, 2 * np.pi, 36, endpoint=False)), 0.074 * np.sin(t),
                         np.zeros(36)], 1), 0.003, metal, sides=6, closed=True)  # fmt: skip
    shade = [*_shade(shop, profile, colour), rim]
    return [
        _foot(metal, x, 0.066, 0.02),
        bar((x, 0, 0.015), post, 0.006, metal, sides=12),
        bar(tail, head, 0.005, metal, sides=12),
        globe_shade(0.021, colour, 18).moved(tail[0], 0, tail[2] - 0.021),
        globe_shade(0.013, metal, 14).moved(post[0], 0, post[2] - 0.013),
        *moved(tilted(shade, 22, "y"), head[0] - 0.012, 0, head[2] - 0.118),
    ]


def _bankers(shop: Workshop) -> list[Mesh]:
    """A half round shade of dark glass over a turned stem."""
    w, h, metal = shop.width, shop.height, shop.use("metal")
    profile = [
        (0, 0.016),
        (0.042, 0.018),
        (0.016, 0.05),
        (0.010, h * 0.3),
        (0.016, h * 0.5),
        (0.008, h * 0.8),
        (0, h * 0.8),
    ]
    stem = lathe(smooth_profile(profile, 30), metal, sides=24)
    across = np.linspace(-w / 2, w / 2, 15)
    angle = np.linspace(0.06 * np.pi, 0.94 * np.pi, 18)
    ends = 1 - 0.10 * np.abs(across / (w / 2)) ** 6
    shell = np.stack(
        np.broadcast_arrays(
            across[:, None],
            0.066 * np.cos(angle)[None] * ends[:, None],
            h - 0.105 + 0.105 * np.sin(angle)[None] * ends[:, None],
        ),
        -1,
    )
    return [
        lathe(disc_profile(0.078, 0, 0.018, 0.006), metal, sides=40),
        stem,
        *_sheet(shell, shop.use(paint("#23443a", 0.12, 0.6)), shop.use("white")),
        bar((-w * 0.36, 0, h - 0.085), (w * 0.36, 0, h - 0.085), 0.009, shop.use("bulb"), sides=10),
        bar((0, 0, h * 0.8), (0, 0, h - 0.004), 0.005, metal, sides=10),
        globe_shade(0.009, metal, 12).moved(0, 0, h - 0.012),
    ]


def _sheet(points: Floats, outer: str, lining: str) -> list[Mesh]:
    """A bent sheet (n, m, 3) with another colour below."""
    n, m = points.shape[:2]
    index = np.arange(n * m).reshape(n, m)
    a, b, c, d = (q.ravel() for q in (index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]))
    faces = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    flat = points.reshape(-1, 3)
    uv = flat[:, :2].copy()
    return [Mesh(flat, faces, uv, outer), Mesh(flat - [0, 0, 0.003], faces[:, ::-1], uv, lining)]


def _barn(shop: Workshop) -> list[Mesh]:
    """A swan's neck from a turned wooden stem, with a barn's bell."""
    x, reach = _ends(shop)
    h, wood, iron = shop.height, shop.use("wood"), shop.use("metal")
    turning = [(0, 0), (0.070, 0), (0.070, 0.018), (0.030, 0.035), (0.022, 0.06), (0.032, 0.09), (0.020, 0.13),
               (0.024, 0.17), (0.012, 0.19), (0, 0.19)]  # fmt: skip
    neck = spline(
        [
            (x, 0, 0.17),
            (x, 0, h * 0.72),
            ((x + reach) / 2 + 0.02, 0, h - 0.006),
            (reach, 0, h * 0.84),
            (reach, 0, h * 0.74),
        ],
        28,
    )
    bell = smooth_profile([(0.072, 0), (0.070, 0.006), (0.058, 0.030), (0.022, 0.052), (0.018, 0.085), (0, 0.087)], 20)
    return [
        lathe(eased_profile(turning, 0.006), wood, sides=28, at=(x, 0, 0)),
        tube(neck, 0.005, iron, sides=10),
        *moved(_shade(shop, bell, iron), reach, 0, h * 0.74 - 0.075),
    ]


def _woven(shop: Workshop) -> list[Mesh]:
    """A bent wooden bow with a woven shade that glows through."""
    x, reach = _ends(shop)
    h, wood = shop.height, shop.use("wood")
    bow = spline(
        [(x, 0, 0.015), (x + 0.01, 0, h * 0.55), (x * 0.5, 0, h - 0.012), (reach, 0, h - 0.03), (reach, 0, h * 0.76)],
        30,
    )
    rise = np.linspace(0, 1, 9)
    profile = np.stack([0.074 - 0.030 * rise**2, 0.105 * rise], 1)
    ribs = []
    for z in rise[1:-1:2]:
        ribs.append(lathe(disc_profile(0.0755 - 0.030 * z**2, 0.105 * z - 0.003, 0.105 * z + 0.003, 0.001),
                          shop.use(RATTAN), sides=28))  # fmt: skip
    cap = lathe(disc_profile(0.046, 0.100, 0.108, 0.002), shop.use(RATTAN), sides=28)
    shade = [*lit(shop, lathe(profile, shop.use("shade_glow"), sides=28)), *ribs, cap]
    return [_foot(wood, x, 0.07, 0.022), tube(bow, 0.008, wood, sides=12), *moved(shade, reach, 0, h * 0.76 - 0.10)]


def _office(shop: Workshop) -> list[Mesh]:
    """The jointed lamp of every office."""
    dome = smooth_profile([(0.07, 0), (0.066, 0.035), (0.035, 0.075), (0.016, 0.095), (0, 0.096)], 14)
    metal = shop.use("metal")
    return _jointed(shop, metal, dome, metal)


_FORMS: Final[dict[str, Form]] = {
    "modern": _light_bar, "scandinavian": _birch, "industrial": _pipe, "midcentury": _slanted, "luxury": _bankers,
    "farmhouse": _barn, "coastal": _woven, "standard": _office,
}  # fmt: skip

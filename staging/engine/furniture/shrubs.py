"""What grows in a bed before a house: clipped mounds, lavender, grasses and hydrangeas, leaf by leaf."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from staging.engine.furniture.colours import blended
from staging.engine.furniture.finishes import paint
from staging.engine.furniture.foliage import GOLDEN_ANGLE, leaf, scatter
from staging.engine.furniture.primitives import lathe
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh

Floats = NDArray[np.float64]
Size = tuple[float, float, float]

SHADES: Final = 3  # greens of a plant: one of a single green looks like plastic
BROADEST: Final = 0.36  # of a bush's height
CORE: Final = 0.78  # of its size, within which a bush is dark twigs and old leaves


def _greens(shop: Workshop, old: str, young: str) -> list[str]:
    """Names of leaves' materials from the oldest to the youngest."""
    shares = np.linspace(0, 1, SHADES)
    return [shop.use(paint(blended(old, young, float(s)), 0.55, 0.25)) for s in shares]


def _bumpy(rng: np.random.Generator, az: Floats, el: Floats, depth: float) -> Floats:
    """How far a bush reaches in the directions (n,), radians, as a share of its size: branches make lumps."""
    found = np.ones_like(az)
    out = np.stack([np.cos(el) * np.cos(az), np.cos(el) * np.sin(az), np.sin(el)], -1)
    for _ in range(14):
        a, e = rng.uniform(0, 2 * np.pi), rng.uniform(0, np.pi / 2)
        at = np.array([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)])
        found += depth * (rng.uniform(0, 1) - 0.45) * np.exp(-((1 - out @ at) / 0.09))
    return found


def _profile(t: Floats) -> Floats:
    """Half the breadth of a bush at the share `t` (n,) of its height, as a share of its greatest one.

    It is broadest at a third of its height, and hangs to the ground.
    """
    upper = np.sqrt(np.clip(1 - ((t - BROADEST) / (1 - BROADEST)) ** 2, 0, 1))
    lower = 0.80 + 0.20 * np.sqrt(np.clip(t / BROADEST, 0, 1))
    return np.where(t > BROADEST, upper, lower)


def _dome(rng: np.random.Generator, n: int, size: Size, lumps: float) -> tuple[Floats, ...]:
    """Places (n, 3) of leaves in the outer layer of a bush of a `size`, with the azimuths and elevations, radians, in
    which they look out, and how far in they are, 0..1.
    """
    w, d, h = size
    i = np.arange(n)
    az = i * GOLDEN_ANGLE + rng.normal(0, 0.2, n)
    # Evenly over the surface: the flat top has as much of it as the sides.
    s = (i + 0.5) / n
    t = np.where(s < 0.55, s / 0.55 * 0.62, 1 - 0.38 * np.clip((1 - s) / 0.45, 0, 1))
    el = np.clip((t - BROADEST) / (1 - BROADEST), -0.3, 1) * np.pi / 2 * 0.95
    inward = rng.uniform(0, 1, n) ** 1.6
    reach = _bumpy(rng, az, el, lumps) * (1 - 0.22 * inward)
    breadth = _profile(t) * reach
    up = t * h * np.where(t > BROADEST, 1 + (reach - 1) * t, 1)
    places = np.stack([breadth * np.cos(az) * w / 2, breadth * np.sin(az) * d / 2, np.maximum(up, 0.015)], -1)
    return places, az, el, inward


def _core(shop: Workshop, size: Size, colour: str) -> Mesh:
    """The dark inside of a bush of a `size`, so that nobody looks through it."""
    w, d, h = size
    t = np.concatenate([[0.0], np.linspace(0.0, 1.0, 12)])
    breadth = _profile(t)
    breadth[0] = 0.0
    core = lathe(np.stack([CORE * breadth * w / 2, CORE * t * h], 1), shop.use(paint(colour, 0.95, 0.05)), sides=24)
    return Mesh(core.vertices * [1, d / max(w, 1e-6), 1], core.faces, core.uv, core.material)


def _foliage(
    shop: Workshop, rng: np.random.Generator, blade: tuple[float, float, float], greens: tuple[str, str], *,
    n: int, lumps: float,
) -> list[Mesh]:  # fmt: skip
    """The leaves of a bush that fills the shop's size: `blade` is a leaf's length, width over length, and bend."""
    w, d, h = shop.width, shop.depth, shop.height
    length, slim, bend = blade
    places, az, el, inward = _dome(rng, n, (w - length, d - length, h - length * 0.5), lumps)
    meshes = []
    # Leaves inside and low down are the old ones; those at the tips have the light colour.
    age = np.clip(1 - inward * 0.9 + 0.25 * np.sin(el) + rng.normal(0, 0.22, n), 0, 0.999)
    for shade, material in enumerate(_greens(shop, *greens)):
        own = np.flatnonzero((age * SHADES).astype(int) == shade)
        if len(own):
            one = leaf(1.0, slim, material, bend=bend, fold=0.25, rows=4, columns=3)
            m = len(own)
            meshes.append(
                scatter(
                    one,
                    places[own],
                    azimuth=az[own] + rng.normal(0, 0.8, m),
                    elevation=0.65 * el[own] + rng.normal(0.1, 0.45, m),
                    roll=rng.normal(0, 0.6, m),
                    size=length * rng.uniform(0.7, 1.2, m),
                )
            )
    return meshes


def _box(shop: Workshop, rng: np.random.Generator) -> list[Mesh]:
    """A mound of box, loosely clipped."""
    w, d, h = shop.width, shop.depth, shop.height
    n = int(3400 * np.clip(w * h / 0.36, 0.4, 2.0))
    leaves = _foliage(shop, rng, (0.042, 0.55, 0.3), ("#35522a", "#86a657"), n=n, lumps=0.16)
    return [_core(shop, (w, d, h), "#1f2c16"), *leaves]


def _hydrangea(shop: Workshop, rng: np.random.Generator) -> list[Mesh]:
    """A broad bush with large leaves and round heads of flowers; `options`: bloom, a colour."""
    w, d, h = shop.width, shop.depth, shop.height
    n = int(900 * np.clip(w * h / 0.5, 0.5, 2.0))
    parts = _foliage(shop, rng, (0.095, 0.62, 0.6), ("#36562a", "#83a857"), n=n, lumps=0.22)
    bloom = str(shop.option("bloom", "#e9ecf0"))
    heads = int(rng.integers(11, 16))
    k = np.arange(heads)
    az = k * GOLDEN_ANGLE + rng.normal(0, 0.25, heads)
    el = np.arcsin(np.clip(0.08 + 0.9 * (k + 0.5) / heads, 0, 0.97))
    tints = [
        shop.use(paint(c, 0.8, 0.1)) for c in (blended(bloom, "#6f8f58", 0.22), bloom, blended(bloom, "#ffffff", 0.3))
    ]
    for a, e in zip(az, el, strict=True):
        r = rng.uniform(0.05, 0.075)
        out = np.array([np.cos(e) * np.cos(a) * (w / 2 - r), np.cos(e) * np.sin(a) * (d / 2 - r), np.sin(e) * 0.6 * h])
        middle = out * rng.uniform(0.9, 1.02) + [0, 0, 0.38 * h - 0.3 * r]
        parts += _head(rng, middle, r, tints)
    return [_core(shop, (w * 0.94, d * 0.94, h * 0.92), "#223018"), *parts]


def _head(rng: np.random.Generator, middle: Floats, r: float, tints: list[str]) -> list[Mesh]:
    """A ball of some eighty petals."""
    n = 84
    i = np.arange(n)
    el = np.arcsin(np.clip(1 - 1.7 * (i + 0.5) / n, -1, 1))
    az = i * GOLDEN_ANGLE
    out = np.stack([np.cos(el) * np.cos(az), np.cos(el) * np.sin(az), 0.85 * np.sin(el)], -1)
    which = np.clip((el / np.pi * 3 + 1.2 + rng.normal(0, 0.5, n)).astype(int), 0, 2)
    meshes = []
    for tint, material in enumerate(tints):
        own = np.flatnonzero(which == tint)
        if not len(own):
            continue
        petal = leaf(1.0, 0.95, material, bend=0.3, fold=0.1, rows=3, columns=3)
        m = len(own)
        # A petal lies across the direction in which it looks out.
        meshes.append(
            scatter(
                petal, middle + out[own] * r * rng.uniform(0.85, 1.0, (m, 1)), azimuth=az[own] + rng.normal(0, 0.5, m),
                elevation=el[own] - np.pi / 2 + rng.normal(0, 0.3, m), roll=rng.normal(0, 0.3, m), size=0.5 * r,
            )
        )  # fmt: skip
    return meshes


def _lavender(shop: Workshop, rng: np.random.Generator) -> list[Mesh]:
    """A cushion of grey needles with a sheaf of purple spikes over it."""
    w, d, h = shop.width, shop.depth, shop.height
    low = 0.55 * h
    n = 2800
    places, az, el, _ = _dome(rng, n, (0.78 * w, 0.78 * d, low), 0.2)
    parts = []
    for shade, material in enumerate(_greens(shop, "#56664a", "#a0ac86")):
        own = np.arange(shade, n, SHADES)
        needle = leaf(1.0, 0.16, material, shape="lance", bend=0.2, fold=0.1, rows=3, columns=3)
        m = len(own)
        parts.append(
            scatter(
                needle, places[own], azimuth=az[own] + rng.normal(0, 0.5, m),
                elevation=0.5 + 0.6 * el[own] + rng.normal(0, 0.25, m), roll=0.0, size=rng.uniform(0.05, 0.09, m),
            )
        )  # fmt: skip
    stems = 170
    k = np.arange(stems)
    a = k * GOLDEN_ANGLE + rng.normal(0, 0.2, stems)
    lean = np.deg2rad(46) * np.sqrt((k + 0.5) / stems) + rng.normal(0, 0.06, stems)
    length = h * rng.uniform(0.72, 1.0, stems) * (1 - 0.25 * (lean / np.deg2rad(46)) ** 2)
    green = shop.use(paint("#7c8a63", 0.7, 0.2))
    stem = leaf(1.0, 0.016, green, shape="sword", bend=-0.1, fold=0.0, rows=3, columns=3)
    foot = np.stack([0.1 * w * np.cos(a), 0.1 * d * np.sin(a), np.full(stems, 0.03)], -1)
    parts.append(scatter(stem, foot, azimuth=a, elevation=np.pi / 2 - lean, roll=0.0, size=length))
    along = np.stack([np.sin(lean) * np.cos(a), np.sin(lean) * np.sin(a), np.cos(lean)], -1)
    for tint, colour in enumerate(("#6a57a0", "#8872bd", "#a894d2")):
        floret = leaf(1.0, 0.75, shop.use(paint(colour, 0.8, 0.1)), bend=0.2, fold=0.1, rows=3, columns=3)
        own = np.repeat(k[tint::3], 15)
        m = len(own)
        at = foot[own] + along[own] * (length[own] * rng.uniform(0.74, 1.0, m))[:, None]
        parts.append(
            scatter(
                floret, at, azimuth=rng.uniform(0, 2 * np.pi, m), elevation=rng.uniform(0.2, 1.1, m),
                roll=rng.normal(0, 0.4, m), size=rng.uniform(0.022, 0.034, m),
            )
        )  # fmt: skip
    return [_core(shop, (w * 0.66, d * 0.66, 0.9 * low), "#4c5840"), *parts]


def _grass(shop: Workshop, rng: np.random.Generator) -> list[Mesh]:
    """A fountain of arching blades with some pale plumes."""
    w, d, h = shop.width, shop.depth, shop.height
    n = 900
    k = np.arange(n)
    a = k * GOLDEN_ANGLE + rng.normal(0, 0.4, n)
    spread = np.sqrt((k + 0.5) / n)
    rise = np.deg2rad(86 - 38 * spread + rng.normal(0, 5, n))
    length = h * (1.15 - 0.1 * spread) * rng.uniform(0.7, 1.08, n)
    foot = np.stack([0.13 * w * spread * np.cos(a), 0.13 * d * spread * np.sin(a), np.zeros(n)], -1)
    parts = []
    for shade, material in enumerate(_greens(shop, "#56703a", "#b3c27c")):
        own = k[shade::SHADES]
        blade = leaf(1.0, 0.016, material, shape="sword", bend=1.35, fold=0.3, rows=8, columns=3)
        parts.append(
            scatter(blade, foot[own], azimuth=a[own], elevation=rise[own], roll=rng.normal(0, 0.3, len(own)),
                    size=length[own])
        )  # fmt: skip
    return parts


_GROWERS: Final[dict[str, Callable[[Workshop, np.random.Generator], list[Mesh]]]] = {
    "box": _box, "hydrangea": _hydrangea, "lavender": _lavender, "grass": _grass,
}  # fmt: skip


def shrub(shop: Workshop) -> list[Mesh]:
    """A plant of a bed that fills the size; `options`: species."""
    return _GROWERS[str(shop.option("species", "box"))](shop, shop.rng("growth"))

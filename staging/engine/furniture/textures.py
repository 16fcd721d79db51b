"""Painted textures: wood, cloth, leather, rattan, stone, leaves, and by way of `rugs` and `artworks` rugs and pictures.

Row 0 of a bitmap is v = 0, as Mitsuba reads it. Everything tiles except rugs, art and leaves, which are
painted once over the piece. Textures are painted from the material alone, so the same material always looks the same.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from staging.engine.furniture.artworks import art
from staging.engine.furniture.colours import linear
from staging.engine.furniture.noise import field
from staging.engine.furniture.rugs import rug
from staging.engine.memory import MEMORY
from staging.engine.scene.material import Material

Floats = NDArray[np.float64]
Painted = tuple[Floats, Floats | None, tuple[float, float]]
Painter = Callable[[Material, np.random.Generator], Painted]

THREADS: Final = 2  # a job has two cores


@dataclass(frozen=True)
class Bitmap:
    """`albedo` (h, w, 3) float32 in linear light; `bump` (h, w) float32 0..1 or None; `size_m` metres covered (width,
    height).

    `size_m` is (1, 1) where texture coordinates run 0..1 over the piece.
    """

    albedo: NDArray[np.float32]
    bump: NDArray[np.float32] | None
    size_m: tuple[float, float]


def bitmap(material: Material) -> Bitmap | None:
    """The texture of a material, or None for what is one plain colour (paint, metal, glass, mirror, emit)."""
    paint = _PAINTERS.get(material.kind)
    return None if paint is None else MEMORY.recall(("texture", material), lambda: _painted(material, paint))


class Studio:
    """Paints textures beside other work, two at a time; use as a context.

    Drawing leaves Python's lock free most of the time, and a room has some forty textures.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS)
        self._begun: dict[Material, Future[Bitmap | None]] = {}

    def __enter__(self) -> Studio:
        return self

    def __exit__(self, *_error: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def begin(self, materials: Iterable[Material]) -> None:
        """Let these be painted, each once."""
        for material in materials:
            if material not in self._begun:
                self._begun[material] = self._pool.submit(bitmap, material)

    def bitmaps(self) -> dict[Material, Bitmap | None]:
        """The textures of all that was begun, `bitmap` of each; waits for them."""
        return {material: painting.result() for material, painting in self._begun.items()}


def bitmaps(materials: Iterable[Material]) -> dict[Material, Bitmap | None]:
    """The textures of all these materials, `bitmap` of each."""
    with Studio() as studio:
        studio.begin(materials)
        return studio.bitmaps()


def _painted(material: Material, paint: Painter) -> Bitmap:
    rng = np.random.default_rng([material.seed, zlib.crc32(repr(material).encode())])
    albedo, bump, size = paint(material, rng)
    image = np.clip(albedo, 0.002, 0.92).astype(np.float32)
    image.setflags(write=False)
    return Bitmap(image, None if bump is None else _unit(bump), size)


def _unit(bump: Floats) -> NDArray[np.float32]:
    """Spread over 0..1 and freeze, since cached bitmaps are shared."""
    spread = float(np.ptp(bump))
    out = ((bump - bump.min()) / (spread if spread > 1e-9 else 1.0)).astype(np.float32)
    out.setflags(write=False)
    return out


def _mix(base: Floats, over: Floats, amount: Floats) -> Floats:
    m = np.clip(amount, 0, 1)[..., None]
    return base * (1 - m) + over * m


# ------------------------------------------------------------------------------------------ wood
def _wood(material: Material, rng: np.random.Generator) -> Painted:
    """Flat-sawn wood, grain along u: nested arches ("cathedrals") from a warped distance, fibres, pores; covers 1.8 x
    0.6 m.
    """
    rows, columns = 384, 1024
    shape = (rows, columns)
    light, dark = linear(material.colour), linear(material.second or material.colour)
    rustic = material.pattern == "rustic"
    y = np.linspace(0, 1, rows, endpoint=False)[:, None]
    x = np.linspace(0, 1, columns, endpoint=False)[None]
    warp = 0.075 * field(shape, (rows * 0.12, columns * 0.17), rng) + 0.014 * field(
        shape, (rows * 0.03, columns * 0.08), rng
    )
    # Distance from the heart, folded so that the texture tiles across the grain.
    heart = np.abs((y + 0.10 * np.sin(2 * np.pi * x + rng.uniform(0, 6)) + warp + rng.uniform()) % 1.0 - 0.5)
    ring = (heart * (15 if not rustic else 11) + 0.08 * field(shape, (2, 60), rng)) % 1.0
    late = np.where(ring < 0.78, ring / 0.78, (1 - ring) / 0.22) ** 1.7
    fibre = 0.10 * field(shape, (0.8, 42), rng) + 0.07 * field(shape, (2.5, 100), rng)
    drift = 0.05 * field(shape, (rows * 0.2, columns * 0.2), rng)
    tone = np.clip(0.46 * late + 0.20 + fibre + drift, 0, 1)
    image = light * (1 - tone[..., None]) + dark * tone[..., None]
    pores = np.clip(field(shape, (0.6, 8), rng) - 1.5, 0, 1)
    image *= 1 - (0.45 if rustic else 0.25) * pores[..., None]
    bump = 0.5 + 0.22 * fibre - 0.35 * pores
    if rustic:
        image, bump = _knots(image, bump, dark, rng)
    return image, bump, (1.8, 0.6)


def _knots(image: Floats, bump: Floats, dark: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """A few knots with a dark eye, and short drying cracks."""
    rows, columns = bump.shape
    y, x = np.mgrid[:rows, :columns].astype(float)
    for _ in range(3):
        cy, cx, r = rng.uniform(40, rows - 40), rng.uniform(60, columns - 60), rng.uniform(5, 11)
        d = np.hypot((y - cy) / r, (x - cx) / (r * 1.5))
        eye = np.exp(-(d**2)) * 0.8 + 0.22 * np.exp(-((d - 1.6) ** 2) / 0.2)
        image = _mix(image, dark * 0.45, eye)
        bump = bump - 0.2 * eye
    crack = np.clip(field(bump.shape, (0.6, 36), rng) - 2.5, 0, 1)
    return image * (1 - 0.6 * crack[..., None]), bump - 0.5 * crack


# ------------------------------------------------------------------------------------------ cloth
def _lattice(n: int) -> tuple[Floats, Floats]:
    i, j = np.meshgrid(np.arange(n) / n, np.arange(n) / n, indexing="ij")
    return i, j


def _linen(material: Material, rng: np.random.Generator, threads: int = 128) -> Painted:
    """A plain weave of uneven yarns (slubs): heather in colour, matt; covers 0.36 m."""
    n = 512
    i, j = _lattice(n)
    weave = np.sin(2 * np.pi * threads * i) * np.sin(2 * np.pi * threads * j)
    # Percale for beds is spun much more evenly than upholstery linen.
    uneven = 0.014 if material.pattern == "percale" else 0.040
    slub = uneven * (field((n, n), (0.8, 24), rng) + field((n, n), (24, 0.8), rng))
    tone = np.clip(slub + 0.7 * uneven * field((n, n), 0.9, rng), -0.25, 0.25)
    image = linear(material.colour) * (1 + tone + 0.05 * weave)[..., None]
    return image, 0.5 + 0.2 * weave + 1.2 * slub, (0.36, 0.36)


def _knit(material: Material, rng: np.random.Generator) -> Painted:
    """Chunky knitting: columns of V-shaped stitches; covers 0.30 m with 18 wales."""
    n, wales, courses = 512, 18, 24
    i, j = _lattice(n)
    u = (j * wales) % 1.0
    slant = np.abs(u - 0.5) * 2
    v = (i * courses + 0.55 * slant) % 1.0
    loop = np.sin(np.pi * v) ** 0.8 * (0.35 + 0.65 * np.sin(np.pi * np.clip(2 * np.abs(u - 0.5), 0, 1)) ** 0.6)
    fuzz = 0.05 * field((n, n), 1.0, rng) + 0.03 * field((n, n), 9, rng)
    image = linear(material.colour) * (0.80 + 0.28 * loop + fuzz)[..., None]
    return image, loop + fuzz, (0.30, 0.30)


def _boucle(material: Material, rng: np.random.Generator) -> Painted:
    """Curled loops of a few millimetres; covers 0.34 m."""
    n = 512
    curl = np.abs(field((n, n), 4.2, rng)) * 0.6 + np.abs(field((n, n), 2.2, rng)) * 0.5
    curl = 1 - curl / curl.max()
    image = linear(material.colour) * (0.78 + 0.26 * curl**1.5 + 0.02 * field((n, n), 1, rng))[..., None]
    return image, curl, (0.34, 0.34)


def _velvet(material: Material, rng: np.random.Generator) -> Painted:
    """Pile brushed in patches: broad soft changes of tone; covers 0.7 m."""
    n = 384
    brushed = 0.055 * field((n, n), (26, 60), rng) + 0.03 * field((n, n), 12, rng) + 0.015 * field((n, n), 1, rng)
    return linear(material.colour) * (1 + brushed)[..., None], 0.5 + 0.1 * field((n, n), 1, rng), (0.7, 0.7)


def _leather(material: Material, rng: np.random.Generator) -> Painted:
    """Pull-up leather: cloudy tone, fine pebbled grain, some creases; covers 0.5 m."""
    n = 512
    cloud = 0.10 * field((n, n), 60, rng) + 0.05 * field((n, n), 16, rng)
    grain = -np.abs(field((n, n), 2.4, rng))
    crease = np.clip(0.12 - np.abs(field((n, n), (14, 40), rng)), 0, 1)
    image = linear(material.colour) * (1 + cloud + 0.05 * grain - 0.6 * crease)[..., None]
    return image, 0.5 + 0.25 * grain - 1.0 * crease, (0.5, 0.5)


def _plaid(material: Material, rng: np.random.Generator) -> Painted:
    """Window-pane check, or by `pattern` ticking stripes ("stripes"), thin ones ("pinstripe") or cross ribs ("ribs"),
    woven into linen; covers 0.36 m.
    """
    image, bump, size = _linen(material, rng)
    n = image.shape[0]
    t = np.arange(n) / n

    def bands(count: int, width: float, shift: float = 0.0) -> Floats:
        return (((t * count + shift) % 1) < width).astype(float)

    stripe = 0.75 * bands(6, 0.30) + 0.5 * bands(6, 0.05, 0.62)
    fine = 0.7 * bands(9, 0.09) + 0.35 * bands(9, 0.05, 0.3)
    ribs = 0.5 + 0.5 * np.cos(2 * np.pi * 30 * t)
    lines = {"stripes": (stripe, 1), "pinstripe": (fine, 1), "ribs": (0.55 * ribs, 0)}
    if material.pattern in lines:
        line, axis = lines[material.pattern]
        amount = np.broadcast_to(np.expand_dims(np.clip(line, 0, 0.85), 1 - axis), (n, n))
    else:
        check = 0.55 * bands(4, 0.16) + 0.35 * bands(4, 0.04, 0.45)
        amount = np.clip(check[None] + check[:, None], 0, 0.9)
    twill = 0.85 + 0.15 * np.sin(2 * np.pi * 96 * (t[None] + t[:, None]))
    return _mix(image, linear(material.second), amount * twill), bump, size


# ------------------------------------------------------------------------------------------ other natural stuffs
def _rattan(material: Material, rng: np.random.Generator) -> Painted:
    """Basket weave over and under; `pattern` "cane" is the open octagonal net of bentwood chairs; covers 0.24 m."""
    n = 512
    i, j = _lattice(n)
    tone = 1 + 0.07 * field((n, n), 6, rng) + 0.05 * field((n, n), (1, 14), rng)
    base = linear(material.colour)
    if material.pattern == "cane":
        p = 16
        lines = np.maximum.reduce([np.abs(np.cos(np.pi * p * k)) ** 14 for k in (i, j, (i + j) / 1.0, (i - j) / 1.0)])
        image = base * (0.30 + 0.80 * lines[..., None]) * tone[..., None]
        return image, lines, (0.24, 0.24)
    p = 20
    over = np.abs(np.sin(np.pi * p * i)) ** 0.7
    under = np.abs(np.sin(np.pi * p * j)) ** 0.7
    checker = (np.floor(p * i) + np.floor(p * j)) % 2
    strand = np.where(checker > 0, over, under)
    return base * (0.42 + 0.70 * strand[..., None]) * tone[..., None], strand, (0.24, 0.24)


def _marble(material: Material, rng: np.random.Generator) -> Painted:
    """White marble: a few long veins of changing strength over faint clouds; covers 1.2 m."""
    n = 512
    veins = np.zeros((n, n))
    for sigma, strength, width in ((70, 1.0, 0.022), (38, 0.5, 0.020), (18, 0.22, 0.022)):
        line = np.abs(field((n, n), (sigma * 0.7, sigma), rng))
        fade = np.clip(0.5 + 0.7 * field((n, n), 60, rng), 0, 1)
        veins = np.maximum(veins, strength * fade * np.exp(-((line / width) ** 1.2)))
    cloud = 0.10 * np.clip(field((n, n), 55, rng), 0, 2) + 0.03 * field((n, n), 12, rng)
    return (
        _mix(np.broadcast_to(linear(material.colour), (n, n, 3)), linear(material.second), 0.62 * veins + cloud),
        None,
        (1.2, 1.2),
    )


def _concrete(material: Material, rng: np.random.Generator) -> Painted:
    """Cast concrete with clouds and small air holes; covers 1.2 m."""
    n = 384
    holes = np.clip(field((n, n), 1.6, rng) - 2.7, 0, 1)
    tone = (
        0.06 * field((n, n), 45, rng) + 0.035 * field((n, n), 11, rng) + 0.02 * field((n, n), 1.5, rng) - 0.35 * holes
    )
    return linear(material.colour) * (1 + tone)[..., None], 0.5 + tone, (1.2, 1.2)


def _leaf(material: Material, rng: np.random.Generator) -> Painted:
    """A leaf from stalk (u = 0) to tip, across in v: midrib, slanting side veins; "banded" for snake plants."""
    n = 192
    along = np.linspace(0, 1, n)[None]
    across = np.linspace(-1, 1, n)[:, None]
    cloud = 0.09 * field((n, n), 14, rng)
    if material.pattern == "banded":
        band = 0.5 + 0.5 * np.sin(60 * along + 2.2 * field((n, n), (20, 6), rng))
        edge = np.clip((np.abs(across) - 0.80) / 0.06, 0, 1)
        amount = np.clip(0.15 + 0.30 * band + cloud + 0.75 * edge, 0, 1)
    else:
        rib = np.exp(-((across / 0.035) ** 2))
        side = np.exp(-((((along * 10 - np.abs(across) * 3.0) % 1 - 0.5) / 0.10) ** 2)) * (np.abs(across) < 0.93)
        amount = np.clip(0.22 + cloud + 0.45 * rib + 0.13 * side, 0, 1)
    base = np.broadcast_to(linear(material.colour), (n, n, 3))
    return _mix(base, linear(material.second), amount), None, (1.0, 1.0)


def _rug(material: Material, rng: np.random.Generator) -> Painted:
    image, pile = rug(material, rng)
    return image, pile, (1.0, 1.0)


def _art(material: Material, rng: np.random.Generator) -> Painted:
    return art(material, rng), None, (1.0, 1.0)


_PAINTERS: dict[str, Callable[[Material, np.random.Generator], Painted]] = {
    "wood": _wood, "linen": _linen, "knit": _knit, "boucle": _boucle, "velvet": _velvet, "leather": _leather,
    "plaid": _plaid, "rattan": _rattan, "marble": _marble, "concrete": _concrete, "leaf": _leaf, "rug": _rug, "art":
    _art,
}  # fmt: skip
# Sizes (h, w) of the bump maps of what has a relief.
RELIEFS: Final = ((512, 512), (384, 384), (384, 1024))

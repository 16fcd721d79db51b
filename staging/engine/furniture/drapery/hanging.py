"""The cloths that are shipped, each solved on a body of its own: duvets and throws on beds, throws on arms and seats,
towels over bars, curtains on rods.

Lengths are metres. Where a cloth lies is told by its lattice of points; `shelf` bends them to a piece's size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import scipy  # its parts load when they are used, and who reads the catalogue uses none
from numpy.typing import NDArray

from staging.engine.furniture.cloth import extruded, outward_of
from staging.engine.furniture.drapery.bodies import Bar, Body, Box, Covered
from staging.engine.furniture.drapery.cloths import (
    BAND,
    BAR,
    CORNER,
    COVER,
    CURTAIN,
    DROP,
    EDGE,
    FOOT,
    LOOKS,
    MATTRESS,
    THROW_AT,
    THROW_DROP,
    THROW_WIDE,
    TOWELS,
    WIDTHS,
    Solved,
)
from staging.engine.furniture.drapery.ledges import LEDGES, Ledge
from staging.engine.furniture.drapery.solver import Fabric, Limits, Sheet
from staging.engine.furniture.noise import waves

Floats = NDArray[np.float64]

DOWN: Final = Fabric(shear=5e-5, bend=5e-5, margin=0.030, friction=0.6)
WOOL: Final = Fabric(shear=5e-5, bend=8e-5, margin=0.004, friction=0.6)
TERRY: Final = Fabric(shear=5e-5, bend=1.5e-4, margin=0.003, friction=0.6)
LINEN: Final = Fabric(shear=2e-4, bend=4e-4, margin=0.004, friction=0.2, drag=4.0)
CALM: Final = 14.0  # drag that brings a cloth to rest

SNAG: Final = 0.5  # cosine between neighbouring normals under which a duvet has folded over itself
TRIES: Final = 8
FLARE: Final = 0.16  # metres that bedding may stand off the bed's sides


def lattice(width: tuple[float, float], length: tuple[float, float], shape: tuple[int, int]) -> Floats:
    """Even places (n, m, 2) on a flat cloth."""
    return np.stack(np.meshgrid(np.linspace(*width, shape[0]), np.linspace(*length, shape[1]), indexing="ij"), -1)


def duvet(w: float, cover: float, drop: float, seed: int, shape: tuple[int, int] = (60, 34)) -> Solved:
    """A duvet over the foot part of a mattress `w` wide whose top is z = 0, from its foot at y = 0 to y = `cover`.

    Cut a little wide at its hems, so that they fall in folds; held where pillows lie on it.
    """
    half, low = w / 2 + MATTRESS, drop + 0.05
    reach = half + low
    place = lattice((-reach, reach), (-low, cover), shape)
    a, b = _rounded(place[..., 0], place[..., 1], reach - CORNER, CORNER - low)
    side, end = ((away / drop).clip(0, 1) for away in (np.abs(a) - half, -b))
    flat = np.stack([a * (1.012 + 0.05 * end), (b - cover / 2) * (1.03 + 0.05 * side)], -1)
    place = np.stack([a, b], -1)
    on_top = (1 - 2 * side).clip(0) * (1 - 2 * end).clip(0)
    swell = 0.6 + waves(place * [0.8, 1.0], 1.3, seed + 2) + 0.5 * np.abs(waves(place, 2.6, seed + 3))
    points = np.stack([a, b, 0.08 + 0.04 * waves(place, 1.2, seed)], -1)
    held = np.zeros(shape, np.bool_)
    held[np.abs(a[:, -1]) < half - 0.1, -1] = True
    points[held, 2] = DOWN.margin
    sheet = Sheet(points, flat, held, DOWN, loft=0.012 * on_top * swell.clip(0))
    body: list[Body] = [Box((-half, -FOOT, -0.6), (half, cover + 2, 0.0), EDGE)]
    off = DOWN.margin + FLARE
    _rest(sheet, 0.9, body, ((-half - off, -FOOT - off, -1.0), (half + off, cover + 0.02, 1.0)))
    return Solved(sheet.points, flat)


def _rounded(a: Floats, b: Floats, from_a: float, from_b: float) -> tuple[Floats, Floats]:
    """The flat cloth with its two lower corners round, beyond +-`from_a` and below `from_b` (elliptical mapping)."""
    u, v = ((np.abs(a) - from_a) / CORNER).clip(0, 1), ((from_b - b) / CORNER).clip(0, 1)
    x = np.sign(a) * (from_a + CORNER * u * np.sqrt(1 - v * v / 2))
    y = from_b - CORNER * v * np.sqrt(1 - u * u / 2)
    return np.where(u > 0, x, a), np.where(v > 0, y, b)


def throw_on(under: Solved, w: float, seed: int) -> Solved:
    """A folded blanket across a solved duvet over a mattress `w` wide, as THROW_AT, THROW_WIDE and THROW_DROP say."""
    drop, y, width = THROW_DROP, THROW_AT, THROW_WIDE
    half = w / 2 + MATTRESS
    reach = half + drop + 0.06
    place = lattice((-reach, reach), (-width / 2, width / 2), (70, 14))
    askew = 0.03 * place[..., 0] / reach * (1 if seed % 2 else -1)
    wider = 1.05 + 0.03 * (place[..., 0] / reach) ** 2
    flat = np.stack([place[..., 0] * 1.01, place[..., 1] * wider], -1)
    height = 0.14 + 0.02 * waves(place, 1.5, seed + 5)
    sheet = Sheet(np.stack([place[..., 0], y + place[..., 1] + askew, height], -1), flat, _free(place), WOOL)
    off = DOWN.margin + FLARE + 0.02
    _rest(sheet, 0.8, [Covered(finer(under.points, 3))], ((-half - off, -1.0, -1.0), (half + off, 3.0, 1.0)))
    return Solved(sheet.points, flat)


def finer(points: Floats, times: int) -> Floats:
    """A lattice (n, m, k) with so many times the rows and columns, on smooth curves through the same points."""
    n, m = points.shape[:2]
    u, v = np.linspace(0, n - 1, (n - 1) * times + 1), np.linspace(0, m - 1, (m - 1) * times + 1)
    return np.stack(
        [
            scipy.interpolate.RectBivariateSpline(range(n), range(m), points[..., k])(u, v)
            for k in range(points.shape[2])
        ],
        -1,
    )


def throw_over(ledge: Ledge, width: float, seed: int) -> Solved:
    """A blanket folded to `width` over an arm or a seat. Its points are (across, along the outline, above it)."""
    path = ledge.path
    surface, length = extruded(path)
    place = lattice((-width / 2, width / 2), (0.0, length), (20, 50))
    x, s = place[..., 0], place[..., 1]
    lift = 0.02 + 0.012 * waves(place * [1.0, 0.4], 5.0, seed).clip(-1)
    points = surface(x, s) + outward_of(surface, x, s) * lift[..., None]
    # More cloth across than its place is wide, most of it at the ends: there its folds open.
    ends = np.abs(2 * s / length - 1) ** 2
    flat = np.stack([x * (1.05 + 0.05 * ends), s], -1)
    points[..., 0] += 0.04 * (s / length - 0.5) * (1 if seed % 2 else -1)
    sheet = Sheet(points, flat, _free(place), WOOL)
    _rest(sheet, 0.35, ledge.bodies, ((-0.54 * width, -1.0, -1.0), (0.54 * width, 1.0, 1.0)))
    _, nearest = scipy.spatial.cKDTree(path).query(sheet.points[..., 1:])
    arcs = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    along = arcs[nearest]
    way = outward_of(surface, np.zeros_like(along), along)
    above = np.einsum("ijk,ijk->ij", sheet.points - surface(sheet.points[..., 0], along), way)
    return Solved(np.stack([sheet.points[..., 0], along, above], -1), flat)


def towel(width: float, front: float, rear: float, radius: float, seed: int) -> Solved:
    """A towel over a bar of `radius` through y = z = 0: `front` metres hang on the side of -y, `rear` behind.

    It is pushed together a little on the bar, as hands do: hence the folds.
    """
    arc = np.pi * (radius + TERRY.margin) / 2
    place = lattice((-width / 2, width / 2), (-front - arc, rear + arc), (24, 44))
    over = place[..., 1] / (radius + TERRY.margin)
    angle = over.clip(-np.pi / 2, np.pi / 2)
    r = radius + TERRY.margin
    hang = (np.abs(place[..., 1]) - arc).clip(0)
    # Smooth on the bar, and wider and wider below: within its own width the cloth must fold.
    flat = place * np.stack([1.02 + 0.11 * (hang / 0.3).clip(0, 1), np.ones_like(hang)], -1)
    swing = 0.016 * waves(place * [1.0, 0.3], 0.9 / width, seed) * (hang / 0.3).clip(0, 1)
    points = np.stack([place[..., 0], r * np.sin(angle) + np.sign(over) * swing, r * np.cos(angle) - hang], -1)
    held = np.zeros(place.shape[:2], np.bool_)
    held[:, np.abs(over[0]).argmin()] = True
    sheet = Sheet(points, flat, held, TERRY)
    _rest(sheet, 0.8, [Bar(0.0, 0.0, radius)], _sides(over, 0.515 * width, radius))
    return Solved(sheet.points, flat)


def _sides(over: Floats, half: float, apart: float) -> Limits:
    """Where a towel stays: within `half` of its middle, and each end on its side of the bar, `apart` from its plane."""
    low, high = np.empty((*over.shape, 3)), np.empty((*over.shape, 3))
    low[:], high[:] = (-half, -0.3, -2.0), (half, 0.3, 0.1)
    high[over < -np.pi / 2, 1] = -apart
    low[over > np.pi / 2, 1] = apart
    return low, high


def curtain(width: float, height: float, depth: float, folds: int, seed: int) -> Solved:
    """A curtain gathered to `width` in `folds` pleats on a rod at z = `height`, in `depth` metres between room and
    wall; y > 0 is the wall's side."""
    rng = np.random.default_rng(seed)
    t = np.linspace(0, 1, 2001)
    # Pleats of uneven width and depth; between them the heading runs nearly straight.
    uneven = t + 0.35 / folds / 2 / np.pi * np.sin(2 * np.pi * (t * folds / 2.3 + rng.uniform()))
    depths = depth / 2 * (0.85 + 0.15 * np.sin(2 * np.pi * (t * folds / 3.1 + rng.uniform())))
    curve = np.stack([(t - 0.5) * width, depths * np.sin(2 * np.pi * folds * uneven)], 1)
    s = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(curve, axis=0), axis=1))])
    columns, rows = 84, 24
    even = np.linspace(0, s[-1], columns)
    at = np.stack([np.interp(even, s, curve[:, k]) for k in (0, 1)], 1)
    # Rows are closer below the heading, where pleats open.
    down = height * (1 - np.linspace(0, 1, rows) ** 1.25)
    flat = np.stack(np.meshgrid(even, down, indexing="ij"), -1)
    points = np.concatenate([np.broadcast_to(at[:, None], (columns, rows, 2)), flat[..., 1:]], -1)
    lower = 1 - flat[..., 1] / height
    points = points + np.stack(
        [0.010 * lower * waves(flat, 1.1, seed), 0.018 * lower * waves(flat, 1.3, seed + 1), 0 * lower], -1
    )
    held = np.zeros((columns, rows), np.bool_)
    held[:, 0] = True
    sheet = Sheet(np.ascontiguousarray(points), flat, held, LINEN)
    _rest(sheet, 1.2, [], ((-width / 2 - 0.03, -depth * 0.85, 0.0), (width / 2 + 0.03, depth * 0.6, height)))
    return Solved(sheet.points, flat)


def _free(place: Floats) -> NDArray[np.bool_]:
    return np.zeros(place.shape[:2], np.bool_)


def _rest(sheet: Sheet, seconds: float, bodies: Sequence[Body], within: Limits) -> None:
    """Let it fall, then calm it until it lies still."""
    sheet.fall(seconds, bodies, within=within)
    sheet.fall(0.5, bodies, drag=CALM, within=within)


def sharpest(points: Floats) -> float:
    """The cosine between neighbouring normals of a lattice (n, m, 3) where it bends most, its outer columns aside:
    corners of a duvet fold, its middle does not."""
    way = np.cross(np.gradient(points, axis=0), np.gradient(points, axis=1))
    way /= np.linalg.norm(way, axis=-1, keepdims=True) + 1e-12
    inner = way[round(0.22 * len(way)) : round(0.78 * len(way))]
    return float(min((inner[1:] * inner[:-1]).sum(-1).min(), (inner[:, 1:] * inner[:, :-1]).sum(-1).min()))


def _unsnagged(w: float, look: int) -> Solved:
    """A duvet that did not catch on itself as it fell: the cloth does not meet itself, and nobody smooths it."""
    fallen = (duvet(w, COVER, DROP, 3 + look + 10 * attempt) for attempt in range(TRIES))
    return next(one for one in fallen if sharpest(one.points) > SNAG)


def solve_all(say: Callable[[str], None] = lambda _: None) -> dict[str, Solved]:
    """Solve every cloth anew; takes some minutes. The same every time on one machine."""
    found: dict[str, Solved] = {}
    for look in range(LOOKS):
        for w in WIDTHS:
            found[f"duvet-{w}-{look}"] = _unsnagged(w, look)
            under = found[f"duvet-{w}-{look}"]
            found[f"throw-{w}-{look}"] = throw_on(under, w, 3 + look)
            say(f"bedding {w} m, {look}")
        for name, ledge in LEDGES.items():
            found[f"{name}-{look}"] = throw_over(ledge, BAND, 5 + look)
        for name, (width, front, rear) in TOWELS.items():
            found[f"towel-{name}-{look}"] = towel(width, front, rear, BAR, 3 + look)
        found[f"curtain-{look}"] = curtain(*CURTAIN, 3 + look)
        say(f"throws, towels, curtains, {look}")
    return found

"""Draped cloth: folded throws over arms, duvets over mattresses, hanging curtains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staging.engine.furniture.noise import waves
from staging.engine.furniture.primitives import grid, merged, outward
from staging.engine.scene.mesh import Mesh

Floats = NDArray[np.float64]
CLEARANCE = 0.008  # metres between a throw and what it lies on: less, and coarse meshes poke through


# A surface that cloth lies on: (across, along) in metres -> points (..., 3). The side that cloth lies on is that of
# d/d(along) x d/d(across).
Surface = Callable[[Floats, Floats], Floats]


def rounded(corners: Any, radius: float, *, spacing: float = 0.008) -> Floats:
    """A path (n, 2) through the polyline `corners` (m, 2) whose bends are arcs of about `radius` metres."""
    p = np.asarray(corners, dtype=np.float64)
    bends = [p[:1]]
    t = np.linspace(0, 1, 9)[:, None]
    for before, corner, after in zip(p[:-2], p[1:-1], p[2:], strict=True):
        lead, trail = before - corner, after - corner
        cut = min(radius, float(np.linalg.norm(lead)) * 0.49, float(np.linalg.norm(trail)) * 0.49)
        first = corner + lead / np.linalg.norm(lead) * cut
        last = corner + trail / np.linalg.norm(trail) * cut
        # The weighted corner makes the quadratic curve of a right angle a circle's (rational Bezier).
        weight = 2 * np.sqrt(0.5) * t * (1 - t)
        curve = (1 - t) ** 2 * first + weight * corner + t**2 * last
        bends.append(curve / ((1 - t) ** 2 + weight + t**2))
    bends.append(p[-1:])
    path = np.concatenate(bends)
    s = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    even = np.linspace(0, s[-1], max(2, round(s[-1] / spacing) + 1))
    return np.stack([np.interp(even, s, path[:, 0]), np.interp(even, s, path[:, 1])], 1)


def extruded(path: Any) -> tuple[Surface, float]:
    """The surface that a `path` (n, 2) of points (y, z) sweeps along x, and its length in metres.

    It runs straight on beyond both ends.
    """
    p = np.asarray(path, dtype=np.float64)
    s = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(p, axis=0), axis=1))])
    first, last = (p[1] - p[0]) / (s[1] - s[0]), (p[-1] - p[-2]) / (s[-1] - s[-2])

    def surface(across: Floats, along: Floats) -> Floats:
        before, beyond = along.clip(None, 0), (along - s[-1]).clip(0)
        y, z = (np.interp(along, s, p[:, k]) + before * first[k] + beyond * last[k] for k in (0, 1))
        return np.stack([across, y, z], -1)

    return surface, float(s[-1])


def outward_of(surface: Surface, across: Floats, along: Floats, reach: float = 0.012) -> Floats:
    """Unit normals (..., 3) towards the side that cloth lies on, from differences over `reach` metres."""
    forward = surface(across, along + reach) - surface(across, along - reach)
    sideways = surface(across + reach, along) - surface(across - reach, along)
    normal = np.cross(forward, sideways)
    unit: Floats = normal / (np.linalg.norm(normal, axis=-1, keepdims=True) + 1e-12)
    return unit


def folded_throw(
    surface: Surface, ends: tuple[float, float], width: float, material: str, *, seed: int = 0,
    thickness: float = 0.014, lie: float = 0.0, spread: float = 0.07, folds: float = 1.0, fringe: bool = True,
) -> list[Mesh]:  # fmt: skip
    """A blanket folded lengthwise, `width` metres across, laid on `surface` from along = `ends`[0] to `ends`[1].

    It has body (`thickness`), a soft rolled border, shallow folds that open towards its ends, straight hems and a
    fringe. Everywhere it keeps CLEARANCE from the surface. `lie` metres shifts one end sideways, because nobody
    lays a throw straight; `spread` is how much wider its ends are; `folds` scales their depth.
    """
    length = ends[1] - ends[0]
    rows = int(np.clip(length / 0.018, 40, 72))
    along, angle = np.meshgrid(np.linspace(0, 1, rows), np.linspace(0, 2 * np.pi, 25), indexing="ij")
    t = ends[0] + along * length
    side = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** 0.55
    above = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** 0.9
    flare = np.abs(2 * along - 1) ** 2
    x = width / 2 * (1 + spread * flare + 0.02 * np.sin(7 * along + seed)) * side + lie * (along - 0.5)
    place = np.stack([x, t], -1)
    depth = folds * (0.006 + 0.010 * flare)
    wave = np.sin(x * 2 * np.pi / 0.13 + seed + 1.5 * waves(place, 0.8, seed))
    body = thickness * (0.5 + 0.5 * above) + 0.002 * (1.5 + waves(place, 4, seed + 1)).clip(0)
    lift = CLEARANCE + (depth * (0.8 + wave)).clip(0) + body
    points = surface(x, t) + outward_of(surface, x, t) * lift[..., None]
    uv = np.stack([x + 0.02 * above, t], -1)
    parts = [grid(points, uv, material)]
    for end, flip in ((0, False), (-1, True)):
        ring = points[end]
        fan = np.stack([np.broadcast_to(ring.mean(0), ring.shape), ring])
        parts.append(grid(fan, np.stack([uv[end], uv[end]]), material, flip=flip))
    return [outward(merged(parts)[0]), *(_fringe(points, material) if fringe else [])]


def _fringe(points: Floats, material: str) -> list[Mesh]:
    """Tassels of one length, evenly spaced along both ends of a throw's rings `points` (n, m, 3), hanging on as the
    cloth ends.
    """
    half = (points.shape[1] + 1) // 2
    sheets = []
    for end, before in ((0, 2), (-1, -3)):
        # Between the upper and the lower layer, so that a tassel touches neither the body nor the air above.
        hem, inner = (0.5 * (points[row, :half] + points[row, ::-1][:half]) for row in (end, before))
        run = hem - inner
        run /= np.linalg.norm(run, axis=1, keepdims=True) + 1e-9
        s = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(hem, axis=0), axis=1))])
        count = max(4, round(float(s[-1]) / 0.014))
        for k in range(count):
            near, far = (s[-1] * (k + f) / count for f in (0.18, 0.82))
            a, b, way = (
                np.array([np.interp(at, s, of[:, axis]) for axis in range(3)])
                for at, of in ((near, hem), (far, hem), ((near + far) / 2, run))
            )
            root, tip = -0.004 * way, 0.034 * way
            sheets.append(np.stack([[a + root, b + root], [0.7 * a + 0.3 * b + tip, 0.3 * a + 0.7 * b + tip]]))
    flat = np.zeros((2, 2, 2))
    return [grid(sheet, flat, material, flip=flip) for sheet in sheets for flip in (False, True)]


def _round_over(t: Floats, half: float, radius: float) -> tuple[Floats, Floats, Floats]:
    """Bend a flat coordinate over an edge at `half`: (position, drop below the top, length that hangs straight)."""
    flat = half - radius
    away = np.abs(t)
    angle = np.clip((away - flat) / radius, 0, np.pi / 2)
    hang = np.clip(away - flat - radius * np.pi / 2, 0, None)
    position = np.where(away < flat, away, flat + radius * np.sin(angle))
    drop = radius * (1 - np.cos(angle)) + hang
    return np.sign(t) * position, drop, hang


@dataclass(frozen=True)
class Duvet:
    """A duvet over the foot part of a mattress `w` wide: from y = 0 (foot) to y = `length`, its base at height `top`.

    It hangs `drop` metres over both sides and the foot. Soft folds run across the top, the hanging parts fall in wide
    even waves, and the hem is a straight, rolled edge. Metres.
    """

    w: float
    length: float
    top: float
    drop: float
    loft: float = 0.05
    seed: int = 0

    @property
    def half(self) -> float:
        """Half the width at which it bends down, clear of the bed's frame."""
        return self.w / 2 + 0.032

    def points(self, a: Floats, b: Floats) -> Floats:
        """Points (..., 3) of its outer face; `a` and `b` are metres on the flat cloth, sideways and from the foot."""
        foot, drop, seed = 0.025, self.drop, self.seed
        x, drop_x, hang_x = _round_over(a, self.half, 0.07)
        # Over the foot: measure from the middle of the length, so that only the near edge bends.
        y, drop_y, hang_y = _round_over(b - self.length, self.length + foot, 0.07)
        y = y + self.length
        corner = np.minimum(drop_x, drop_y)
        fall = np.maximum(drop_x, drop_y) + 0.22 * corner
        place = np.stack([a, b], -1)
        side, end = (hang_x / drop).clip(0, 1), (hang_y / drop).clip(0, 1)
        on_top = 1 - np.maximum(drop_x, drop_y).clip(0, 0.07) / 0.07
        ripple = np.sin(b * 2 * np.pi / 0.34 + 0.9 * waves(place, 0.5, seed)) * side
        ripple_end = np.sin(a * 2 * np.pi / 0.36 + 0.9 * waves(place, 0.5, seed + 1)) * end
        # Waves go outwards only: inwards they would cut into the bed.
        x = x + np.sign(a) * (0.011 * (ripple + side) + 0.008 * side)
        y = y - (0.014 * (ripple_end + end) + 0.018 * end)
        puff = self.loft * (0.75 + 0.25 * on_top)
        # Broad pillows of down, and a few creases that run slantwise as if the duvet had been shaken out.
        swell = 0.015 * waves(place * [0.8, 1.0], 1.1, seed + 2)
        swell = swell + 0.006 * np.abs(waves(place * [0.7, 1.0], 2.4, seed + 3))
        crease = np.abs(waves(place @ np.array([[0.8, 0.5], [-0.3, 0.9]]) * [0.35, 1.3], 1.6, seed + 4))
        swell = swell - 0.010 * np.exp(-((crease / 0.16) ** 2))
        return np.stack([x, y, self.top + puff + (0.25 + 0.75 * on_top) * swell - fall], -1)

    def meshes(self, material: str, detail: float = 1.0) -> list[Mesh]:
        """Its outer face and its hem; `detail` scales how finely."""
        reach = self.half + self.drop + 0.05
        a, b = np.meshgrid(
            np.linspace(-reach, reach, round(74 * detail)),
            np.linspace(-self.drop - 0.075, self.length, round(60 * detail)),
            indexing="ij",
        )
        points, place = self.points(a, b), np.stack([a, b], -1)
        return [grid(points, place, material), *_rolled_hem(points, place, material)]


def _rolled_hem(points: Floats, uv: Floats, material: str) -> list[Mesh]:
    """Close the border of an open sheet inwards, so that it looks as thick as a duvet is."""
    rim = np.concatenate([points[0, ::-1][:-1], points[:, 0][:-1], points[-1, :]])
    rim_uv = np.concatenate([uv[0, ::-1][:-1], uv[:, 0][:-1], uv[-1, :]])
    middle = np.array([0.0, float(points[..., 1].max()), 0.0])
    inward = (middle - rim) * np.array([1.0, 0.0, 0.0])
    inward[:, 0] = -np.sign(rim[:, 0]) * np.clip(np.abs(rim[:, 0]) / np.abs(rim[:, 0]).max(), 0, 1) ** 6
    front = np.clip((np.quantile(rim[:, 1], 0.05) + 0.05 - rim[:, 1]) / 0.05, 0, 1)
    inward[:, 1] = front
    inward /= np.linalg.norm(inward, axis=1, keepdims=True) + 1e-9
    rings = [
        rim,
        rim + inward * 0.012 + [0, 0, -0.010],
        rim + inward * 0.032 + [0, 0, -0.006],
        rim + inward * 0.04 + [0, 0, 0.03],
    ]
    return [grid(np.stack(rings), np.stack([rim_uv] * len(rings)), material)]

"""Shapes that furniture is made of: grids, rounded boxes, sweeps, lathes. Metres; faces counter-clockwise from outside.

Edges are real bevels with shared positions, so that area-weighted vertex normals shade them as soft edges.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import scipy  # its parts load when they are used, and who reads the catalogue uses none
from numpy.typing import NDArray

from staging.engine.furniture.noise import waves
from staging.engine.scene.mesh import Mesh

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Point = tuple[float, float, float]
ORIGIN: Point = (0.0, 0.0, 0.0)
TALLER_THAN_A_BOARD = 0.12  # metres


def grid(points: Any, uv: Any, material: str, *, flip: bool = False) -> Mesh:
    """A sheet from a lattice of `points` (n, m, 3) and `uv` (n, m, 2); it faces d/dn x d/dm, or away from it with
    `flip`.
    """
    p = np.asarray(points, dtype=np.float64)
    n, m = p.shape[:2]
    index = np.arange(n * m).reshape(n, m)
    a, b, c, d = (q.ravel() for q in (index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]))
    faces = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    if flip:
        faces = faces[:, ::-1]
    return Mesh(p.reshape(-1, 3), faces, np.asarray(uv, dtype=np.float64).reshape(-1, 2), material)


def without_slivers(mesh: Mesh) -> Mesh:
    """Drop triangles of no area (the poles of lathes and pillows), which have no normal."""
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    return replace(mesh, faces=mesh.faces[area > 1e-12])


def merged(meshes: Iterable[Mesh]) -> list[Mesh]:
    """One mesh per material, in the order in which the materials first come."""
    groups: dict[str, list[Mesh]] = {}
    for mesh in meshes:
        groups.setdefault(mesh.material, []).append(mesh)
    out = []
    for material, group in groups.items():
        starts = np.cumsum([0] + [len(m.vertices) for m in group[:-1]])
        faces = np.concatenate([m.faces + start for m, start in zip(group, starts, strict=True)])
        out.append(
            Mesh(np.concatenate([m.vertices for m in group]), faces, np.concatenate([m.uv for m in group]), material)
        )
    return out


def moved(meshes: Iterable[Mesh], x: float = 0.0, y: float = 0.0, z: float = 0.0) -> list[Mesh]:
    """All meshes shifted by metres."""
    return [m.moved(x, y, z) for m in meshes]


def turned(meshes: Iterable[Mesh], degrees: float) -> list[Mesh]:
    """All meshes turned about z, counter-clockwise seen from above."""
    return [m.turned(degrees) for m in meshes]


def tilted(meshes: Iterable[Mesh], degrees: float, axis: str = "x") -> list[Mesh]:
    """All meshes turned about the x or y axis by the right-hand rule: a panel facing -y leans back with negative x
    degrees.
    """
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    matrix = {
        "x": np.array([[1, 0, 0], [0, c, -s], [0, s, c]]),
        "y": np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]),
    }[axis]
    return [replace(m, vertices=m.vertices @ matrix.T) for m in meshes]


def scaled(meshes: Iterable[Mesh], x: float = 1.0, y: float = 1.0, z: float = 1.0) -> list[Mesh]:
    """All meshes stretched by positive factors about the origin."""
    return [replace(m, vertices=m.vertices * np.array([x, y, z])) for m in meshes]


def mirrored(meshes: Iterable[Mesh]) -> list[Mesh]:
    """All meshes mirrored left to right, still facing outwards."""
    return [replace(m, vertices=m.vertices * np.array([-1.0, 1.0, 1.0]), faces=m.faces[:, ::-1]) for m in meshes]


def facing_in(mesh: Mesh) -> Mesh:
    """The same surface seen from its other side (the inside of a lamp shade)."""
    return replace(mesh, faces=mesh.faces[:, ::-1])


def bounds(meshes: Iterable[Mesh]) -> tuple[Floats, Floats]:
    """Lowest and highest corner (3,), (3,) of the bounding box, metres."""
    points = np.concatenate([m.vertices for m in meshes])
    return points.min(0), points.max(0)


def fitted(meshes: Iterable[Mesh], size: Point, at: Point = ORIGIN) -> list[Mesh]:
    """Stretch to exactly fill `size`, standing on `at`; zero in `size` keeps that extent. For pieces of grown,
    irregular shape.
    """
    parts = list(meshes)
    low, high = bounds(parts)
    extent = np.maximum(high - low, 1e-6)
    wanted = np.where(np.asarray(size) > 0, size, extent)
    middle = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
    return [replace(m, vertices=(m.vertices - middle) * (wanted / extent) + np.asarray(at)) for m in parts]


def vertex_normals(mesh: Mesh) -> Floats:
    """Unit normals (N, 3), area-weighted and shared by vertices at the same place."""
    _, place = np.unique(np.round(mesh.vertices * 2e5).astype(np.int64), axis=0, return_inverse=True)
    place = place.ravel()
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    facet = np.cross(b - a, c - a)
    total = np.zeros((int(place.max()) + 1, 3))
    for corner in range(3):
        for axis in range(3):
            total[:, axis] += np.bincount(place[mesh.faces[:, corner]], facet[:, axis], len(total))
    total /= np.linalg.norm(total, axis=1, keepdims=True) + 1e-20
    return total[place]


def wrinkled(mesh: Mesh, amplitude: float, frequency: float = 2.5, seed: int = 0) -> Mesh:
    """Push the surface in and out along its normals by about `amplitude` metres, as cloth over stuffing does."""
    bump = waves(mesh.vertices, frequency, seed) + 0.35 * waves(mesh.vertices, frequency * 3.1, seed + 1)
    return replace(mesh, vertices=mesh.vertices + vertex_normals(mesh) * (amplitude * bump)[:, None])


def _bevelled_axis(half: float, radius: float, segments: int, cells: int) -> Floats:
    """Positions along one axis of a cube face that, projected onto the rounded box, space the bevel evenly."""
    bevel = (half - radius) + radius * np.tan(np.linspace(0, np.pi / 4, segments + 1))
    inner = np.linspace(-(half - radius), half - radius, cells + 2)[1:-1] if cells else np.zeros(0)
    return np.concatenate([-bevel[::-1], inner, bevel])


def box(
    size: Point,
    material: str,
    *,
    radius: float = 0.004,
    at: Point = ORIGIN,
    segments: int = 2,
    cells: Point = ORIGIN,
    grain: int | None = None,
    seed: int = 0,
) -> Mesh:
    """A box of `size` with rounded edges whose underside stands on `at` (middle of the underside).

    `cells` adds subdivisions along x, y, z for later deforming; `grain` is the axis that texture u runs along
    (default the longest). `seed` shifts the texture, so that two boards of one piece do not look alike.
    """
    half = np.asarray(size, dtype=np.float64) / 2
    radius = min(radius, float(half.min()) * 0.999)
    axes = [_bevelled_axis(half[k], radius, segments, int(cells[k])) for k in range(3)]
    along = int(np.argmax(half)) if grain is None else grain
    # The texture shift comes from the place too: neighbouring boards of one call site differ without a seed each.
    shift = np.random.default_rng([seed, *(np.abs(np.asarray(at) * 1000).astype(int))]).uniform(0, 3, 2)
    sheets = []
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        a, b = np.meshgrid(axes[j], axes[k], indexing="ij")
        for sign in (1, -1):
            cube = np.zeros((*a.shape, 3))
            cube[..., i], cube[..., j], cube[..., k] = sign * half[i], a, b
            core = np.clip(cube, -(half - radius), half - radius)
            out = cube - core
            out /= np.linalg.norm(out, axis=-1, keepdims=True) + 1e-12
            uv = np.stack([b, a] if along == k else [a, b], -1) + shift + [i * 0.37, i * 0.61 + sign * 0.11]
            sheets.append(grid(core + radius * out, uv, material, flip=sign < 0))
    whole = merged(sheets)[0]
    return whole.moved(at[0], at[1], at[2] + half[2])


def spline(points: Any, count: int = 24) -> Floats:
    """A smooth curve (count, 3) through `points` (n, 3)."""
    p = np.asarray(points, dtype=np.float64)
    t = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(p, axis=0), axis=1))])
    return np.asarray(scipy.interpolate.CubicSpline(t, p)(np.linspace(0, t[-1], count)))


def _frames(path: Floats, closed: bool) -> tuple[Floats, Floats]:
    """Two unit vectors across a path (n, 3) at each point, carried along without twist (parallel transport)."""
    tangent = np.roll(path, -1, 0) - np.roll(path, 1, 0) if closed else np.gradient(path, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True) + 1e-12
    up = np.array([0.0, 0.0, 1.0]) if abs(tangent[0, 2]) < 0.9 else np.array([1.0, 0.0, 0.0])
    first = np.zeros_like(path)
    across = np.cross(tangent[0], up)
    first[0] = across / np.linalg.norm(across)
    for i in range(1, len(path)):
        across = first[i - 1] - tangent[i] * (first[i - 1] @ tangent[i])
        first[i] = across / (np.linalg.norm(across) + 1e-12)
    return first, np.cross(tangent, first)


def tube(path: Any, radius: Any, material: str, *, sides: int = 12, closed: bool = False) -> Mesh:
    """A round bar along `path` (n, 3); `radius` is one number or one per point. Open ends are closed by small domes."""
    p = np.asarray(path, dtype=np.float64)
    r = np.broadcast_to(np.asarray(radius, dtype=np.float64), (len(p),))
    if not closed:
        # A dome of two rings at each end: the end reads as cut and eased, and its normals stay clean.
        step0 = (p[0] - p[1]) / np.linalg.norm(p[0] - p[1]) * r[0] * 0.12
        step1 = (p[-1] - p[-2]) / np.linalg.norm(p[-1] - p[-2]) * r[-1] * 0.12
        p = np.concatenate([[p[0] + step0 * 1.02, p[0] + step0], p, [p[-1] + step1, p[-1] + step1 * 1.02]])
        r = np.concatenate([[0.0, r[0] * 0.86], r, [r[-1] * 0.86, 0.0]])
    first, second = _frames(p, closed)
    angle = np.linspace(0, 2 * np.pi, sides + 1)
    ring = np.cos(angle)[None, :, None] * first[:, None] + np.sin(angle)[None, :, None] * second[:, None]
    points = p[:, None] + r[:, None, None] * ring
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(p, axis=0), axis=1))])
    if closed:
        points = np.concatenate([points, points[:1]])
        length = np.concatenate([length, [length[-1] + np.linalg.norm(p[0] - p[-1])]])
    uv = np.stack(np.broadcast_arrays(length[:, None], (angle * r.mean())[None]), -1)
    return grid(points, uv, material, flip=True)


def bar(start: Point, end: Point, radius: Any, material: str, *, sides: int = 12) -> Mesh:
    """A straight round bar; `radius` may be (start, end)."""
    return tube(np.array([start, end], dtype=np.float64), radius, material, sides=sides)


def circle(radius: float, z: float = 0.0, count: int = 36) -> Floats:
    """A closed horizontal loop (count, 3) for `tube(closed=True)`."""
    a = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([radius * np.cos(a), radius * np.sin(a), np.full(count, z)], 1)


def lathe(profile: Any, material: str, *, sides: int = 40, at: Point = ORIGIN) -> Mesh:
    """Turn a `profile` (n, 2) of (radius, height), going up the outside, about the z axis."""
    p = np.asarray(profile, dtype=np.float64)
    a = np.linspace(0, 2 * np.pi, sides + 1)
    points = np.stack([p[:, :1] * np.cos(a), p[:, :1] * np.sin(a), np.broadcast_to(p[:, 1:], (len(p), sides + 1))], -1)
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(p, axis=0), axis=1))])
    uv = np.stack(np.broadcast_arrays((a * p[:, 0].max())[None], length[:, None]), -1)
    return grid(points, uv, material, flip=True).moved(*at)


def smooth_profile(points: Any, count: int = 32) -> Floats:
    """A lathe profile (count, 2) through `points` (n, 2) without overshoot, for thrown pots."""
    p = np.asarray(points, dtype=np.float64)
    t = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(p, axis=0), axis=1))])
    at = np.linspace(0, t[-1], count)
    return np.stack(
        [scipy.interpolate.PchipInterpolator(t, p[:, 0])(at), scipy.interpolate.PchipInterpolator(t, p[:, 1])(at)], 1
    )


def eased_profile(points: Sequence[tuple[float, float]], radius: float = 0.004) -> Floats:
    """A lathe profile (m, 2) of straight runs whose corners are rounded by `radius`, for turned and cast parts."""
    p = np.asarray(points, dtype=np.float64)
    out = [p[0]]
    for before, corner, after in zip(p[:-2], p[1:-1], p[2:], strict=True):
        lead, trail = before - corner, after - corner
        cut = min(radius, float(np.linalg.norm(lead)) * 0.45, float(np.linalg.norm(trail)) * 0.45)
        first = corner + lead / (np.linalg.norm(lead) + 1e-12) * cut
        last = corner + trail / (np.linalg.norm(trail) + 1e-12) * cut
        out += [first, 0.25 * first + 0.5 * corner + 0.25 * last, last]
    return np.stack([*out, p[-1]])


def disc_profile(radius: float, z0: float, z1: float, ease: float = 0.006) -> Floats:
    """Profile of a round slab from height z0 to z1, for table tops and lamp feet."""
    return eased_profile([(0.0, z0), (radius, z0), (radius, z1), (0.0, z1)], ease)


def rounded_slab(w: float, d: float, h: float, corner: float, material: str, *, at: Point = ORIGIN) -> Mesh:
    """A flat slab whose plan is a rectangle with round corners of radius `corner` and eased edges."""
    corner = min(corner, w / 2 - 1e-3, d / 2 - 1e-3)
    ease = min(0.005, h * 0.4)
    rings = [(1.0, 0.0), (0.3, 0.0), (0.0, ease), (0.0, h - ease), (0.3, h), (1.0, h)]
    loops = []
    for inset, z in rings:
        loop = outline(w, d, corner, z)
        shrink = ease * inset if inset < 1 else 0.0
        loop[:, :2] *= 1 - np.array([shrink / (w / 2), shrink / (d / 2)])
        loops.append(loop if inset < 1 else np.broadcast_to([0.0, 0.0, z], loop.shape))
    points = np.stack([np.concatenate([loop, loop[:1]]) for loop in loops])
    # The rim needs its own texture: planar for top and underside, wrapped round the edge. Grain runs round a slab,
    # and up what is taller than a board.
    flat = points[..., :2]
    steps = np.linalg.norm(np.diff(points[2], axis=0), axis=1)
    around, up = np.broadcast_arrays(np.concatenate([[0.0], np.cumsum(steps)])[None], points[..., 2])
    edge = np.stack([around, up] if h < TALLER_THAN_A_BOARD else [up, around], -1)
    parts = [
        grid(points[:2], flat[:2], material, flip=True),
        grid(points[1:5], edge[1:5], material, flip=True),
        grid(points[4:], flat[4:], material, flip=True),
    ]
    return merged(parts)[0].moved(*at)


def outline(w: float, d: float, corner: float, z: float = 0.0, per_corner: int = 8) -> Floats:
    """A closed horizontal loop (n, 3): rectangle w x d with round corners, counter-clockwise from above."""
    corner = min(corner, w / 2 - 1e-4, d / 2 - 1e-4)
    parts = []
    for sx, sy, start in ((1, 1, 0), (-1, 1, 90), (-1, -1, 180), (1, -1, 270)):
        a = np.deg2rad(start + np.linspace(0, 90, per_corner))
        x = sx * (w / 2 - corner) + corner * np.cos(a)
        y = sy * (d / 2 - corner) + corner * np.sin(a)
        parts.append(np.stack([x, y, np.full(per_corner, z)], 1))
    return np.concatenate(parts)


def signed_volume(mesh: Mesh) -> float:
    """Volume enclosed, cubic metres: positive when the faces look outwards (divergence theorem); open sheets give
    nonsense.
    """
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


def outward(mesh: Mesh) -> Mesh:
    """The same closed mesh with its faces looking outwards."""
    return mesh if signed_volume(mesh) > 0 else facing_in(mesh)


def loft(rings: Any, material: str, *, flat: bool = False) -> Mesh:
    """A closed solid through `rings` (n, m, 3), each an open list of points round the section; both ends are capped.

    Texture runs along the rings' centres (u) and round the section (v), metres. `flat` keeps the ends without a dome.
    """
    r = np.asarray(rings, dtype=np.float64)
    middle = r.mean(1, keepdims=True)
    if not flat:
        first = middle[:1] + (r[:1] - middle[:1]) * 0.8 + (middle[:1] - middle[1:2]) * 0.02
        last = middle[-1:] + (r[-1:] - middle[-1:]) * 0.8 + (middle[-1:] - middle[-2:-1]) * 0.02
        r = np.concatenate([first, r, last])
        middle = r.mean(1, keepdims=True)
    r = np.concatenate([np.broadcast_to(middle[:1], r[:1].shape), r, np.broadcast_to(middle[-1:], r[-1:].shape)])
    r = np.concatenate([r, r[:, :1]], 1)
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(r, axis=0), axis=2).mean(1))])
    around = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(r, axis=1), axis=2).mean(0))])
    uv = np.stack(np.broadcast_arrays(along[:, None], around[None]), -1)
    return outward(grid(r, uv, material))


def upright_wall(path: Any, low: Any, high: Any, thickness: float, material: str, *, lean: Any = 0.0) -> Mesh:
    """A padded wall along a plan `path` (n, 2), from `low` to `high` (numbers or one per point), rounded on top.

    `lean` metres push its top outwards (to the right of the path's direction). Shells of barrel chairs and headboards.
    """
    p = np.asarray(path, dtype=np.float64)
    n = len(p)
    low, high, lean = (np.broadcast_to(np.asarray(v, dtype=np.float64), (n,)) for v in (low, high, lean))
    tangent = np.gradient(p, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True) + 1e-12
    right = np.stack([tangent[:, 1], -tangent[:, 0]], 1)
    a = np.linspace(0, 2 * np.pi, 22, endpoint=False)
    across = np.sign(np.cos(a)) * np.abs(np.cos(a)) ** 0.55 * thickness / 2
    up = 0.5 + 0.5 * np.sign(np.sin(a)) * np.abs(np.sin(a)) ** 0.38
    z = low[:, None] + (high - low)[:, None] * up
    shift = across[None] + lean[:, None] * up[None] ** 1.5
    plan = p[:, None] + right[:, None] * shift[..., None]
    return loft(np.concatenate([plan, z[..., None]], -1), material)

"""Leaves, twigs and stems, from which plants and bouquets grow. Texture coordinates of leaves are 0..1 along and
across.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from staging.engine.furniture.primitives import Point, grid, spline, tube
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh

Floats = NDArray[np.float64]
GOLDEN_ANGLE = 2.39996323  # radians between successive leaves of a spiral phyllotaxis


def _outline(shape: str, s: Floats) -> Floats:
    """Half width of a leaf at s (0 stalk .. 1 tip), relative to the widest place."""
    if shape == "oval":
        return np.sin(np.pi * s**0.85) ** 0.8
    if shape == "fiddle":
        return (np.sin(np.pi * s**0.72) ** 0.65) * (0.70 + 0.34 * np.sin(np.pi * (s - 0.12)) ** 2)
    if shape == "paddle":
        return np.sin(np.pi * np.clip(s, 0, 1) ** 0.9) ** 0.55 * (1 - 0.15 * s)
    if shape == "lance":
        return np.sin(np.pi * s**0.7) ** 1.1
    return np.minimum(1.0, 0.55 + 1.2 * s) * np.sqrt((1 - s**3).clip(0))  # sword


def leaf(
    length: float, width: float, material: str, *, shape: str = "oval", bend: float = 0.6, fold: float = 0.2,
    twist: float = 0.0, ripple: float = 0.0, rows: int = 9, columns: int = 5,
) -> Mesh:  # fmt: skip
    """A leaf growing from the origin along +x: it droops by `bend` radians, is folded along its rib by `fold`,
    twisted by `twist`.
    """
    s, c = np.linspace(0, 1, rows), np.linspace(-1, 1, columns)
    fall = -bend * s**1.4
    step = length / (rows - 1)
    dx, dz = np.cos(fall), np.sin(fall)
    x = np.concatenate([[0], np.cumsum((dx[:-1] + dx[1:]) / 2 * step)])
    z = np.concatenate([[0], np.cumsum((dz[:-1] + dz[1:]) / 2 * step)])
    nx, nz = -np.sin(fall), np.cos(fall)
    along, across = np.meshgrid(s, c, indexing="ij")
    half = width / 2 * np.maximum(_outline(shape, s), 0.015)[:, None]
    roll = twist * along
    y = across * half * np.cos(roll)
    lift = np.abs(across) * half * fold + across * half * np.sin(roll)
    lift = lift + ripple * width * np.sin(along * 15 + across * 2) * across**2
    points = np.stack([x[:, None] + nx[:, None] * lift, y, z[:, None] + nz[:, None] * lift], -1)
    return grid(points, np.stack([along, across * 0.5 + 0.5], -1), material)


def attach(mesh: Mesh, at: Any, azimuth: float, elevation: float, roll: float = 0.0) -> Mesh:
    """Turn a leaf that grows along +x to the direction (azimuth, elevation), radians, and put its stalk at `at`."""
    ca, sa, ce, se, cr, sr = (f(v) for v in (azimuth, elevation, roll) for f in (np.cos, np.sin))
    about_x = np.array([[1, 0, 0], [0, cr, -sr], [0, sr, cr]])
    about_y = np.array([[ce, 0, -se], [0, 1, 0], [se, 0, ce]])
    about_z = np.array([[ca, -sa, 0], [sa, ca, 0], [0, 0, 1]])
    matrix = about_z @ about_y @ about_x
    return Mesh(mesh.vertices @ matrix.T + np.asarray(at, dtype=np.float64), mesh.faces, mesh.uv, mesh.material)


def stalk(
    points: Any, thick: tuple[float, float], material: str, *, count: int = 12, sides: int = 7
) -> tuple[Mesh, Floats]:
    """A tapering stem through `points`; the mesh and its centre line (count, 3)."""
    path = spline(points, count)
    return tube(path, np.linspace(*thick, count), material, sides=sides), path


def scatter(template: Mesh, at: Any, *, azimuth: Any, elevation: Any, roll: Any, size: Any) -> Mesh:
    """Many copies of one leaf at once: `at` (n, 3) stalks, angles (n,) in radians, `size` (n,) or (n, 3) scales of
    the template.

    One mesh, so that a crown of a thousand leaves costs a few matrix products.
    """
    places = np.asarray(at, dtype=np.float64).reshape(-1, 3)
    n = len(places)
    az, el, ro = (np.broadcast_to(np.asarray(v, dtype=np.float64), (n,)) for v in (azimuth, elevation, roll))
    factor = np.asarray(size, dtype=np.float64)
    factor = np.broadcast_to(factor[:, None] if factor.ndim == 1 else factor, (n, 3))
    ca, sa, ce, se, cr, sr = np.cos(az), np.sin(az), np.cos(el), np.sin(el), np.cos(ro), np.sin(ro)
    # Rows of Rz(azimuth) @ Ry(-elevation) @ Rx(roll), as in `attach`.
    matrix = np.array(
        [
            [ca * ce, -sa * cr - ca * se * sr, sa * sr - ca * se * cr],
            [sa * ce, ca * cr - sa * se * sr, -ca * sr - sa * se * cr],
            [se, ce * sr, ce * cr],
        ]
    )
    points = np.einsum("ijn,nvj->nvi", matrix, template.vertices[None] * factor[:, None]) + places[:, None]
    count = len(template.vertices)
    faces = template.faces[None] + (np.arange(n) * count)[:, None, None]
    return Mesh(points.reshape(-1, 3), faces.reshape(-1, 3), np.tile(template.uv, (n, 1)), template.material)


def sprig(shop: Workshop, rng: np.random.Generator, start: Point, tip: Point, *, kind: str) -> list[Mesh]:
    """A cut twig from `start` to `tip`: "eucalyptus" (round leaves in pairs) or "grass" (a dry plume)."""
    a, b = np.asarray(start), np.asarray(tip)
    bow = (a + b) / 2 + np.array([0, 0, 0.25 * np.linalg.norm(b[:2] - a[:2])])
    mesh, path = stalk(
        [a, bow, b], (0.0022, 0.0012), shop.use("straw" if kind == "grass" else "bark"), count=12, sides=5
    )
    azimuth = float(np.arctan2(b[1] - a[1], b[0] - a[0]))
    if kind == "grass":
        n = 26
        run = np.gradient(path, axis=0)
        climb = np.arctan2(run[:, 2], np.hypot(run[:, 0], run[:, 1]))
        i = rng.integers(6, 12, n)
        blade = leaf(1.0, 0.12, shop.use("straw"), shape="sword", bend=1.2, fold=0.0, rows=4, columns=3)
        plume = scatter(
            blade,
            path[i],
            azimuth=azimuth + rng.normal(0, 1.1, n),
            elevation=climb[i] + rng.normal(-0.2, 0.35, n),
            roll=0.0,
            size=rng.uniform(0.05, 0.10, n),
        )
        return [mesh, plume]
    i = np.repeat(np.arange(4, 12), 2)
    side = np.tile([-1.0, 1.0], 8)
    size = 0.050 * rng.uniform(0.75, 1.15, 16) * (1 - 0.03 * i)
    blade = leaf(1.0, 0.72, shop.use("leaf_grey"), shape="oval", bend=0.35, fold=0.15, rows=5, columns=3)
    leaves = scatter(
        blade,
        path[i],
        azimuth=azimuth + side * rng.uniform(0.6, 1.3, 16),
        elevation=rng.uniform(0.1, 0.9, 16),
        roll=rng.normal(0, 0.3, 16),
        size=size,
    )
    return [mesh, leaves]

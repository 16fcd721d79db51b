"""Cloth lies on what it covers: no arm, seat or duvet pokes through a throw, in any style."""

import dataclasses

import numpy as np
import pytest

from staging.engine.furniture.catalogue import Built, build, size_for
from staging.engine.furniture.cloth import CLEARANCE, extruded, folded_throw, rounded
from staging.engine.furniture.styles import STYLES
from staging.engine.furniture.workshop import material_name
from staging.engine.scene.arrangement import Piece
from staging.engine.scene.mesh import Mesh


def mesh_of(built: Built, style: str, slot: str) -> Mesh:
    name = material_name(STYLES[style].materials[slot])
    return next(m for m in built.meshes if m.material == name)


def joined(meshes: list[Mesh]) -> tuple[np.ndarray, np.ndarray]:
    """Corners (n, 3, 3) of all triangles, and their unit normals (n, 3)."""
    corners = np.concatenate([m.vertices[m.faces] for m in meshes])
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return corners, normal / np.linalg.norm(normal, axis=1, keepdims=True)


def samples(body: Mesh, cloth: Mesh, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Points (n, 3) spread over the faces of `body` near the `cloth`, and their normals."""
    corners, normal = joined([body])
    low, high = cloth.vertices.min(0) - 0.01, cloth.vertices.max(0) + 0.01
    near = ((corners.min(1) < high) & (corners.max(1) > low)).all(1)
    corners, normal = corners[near], normal[near]
    if not len(corners):
        return np.zeros((0, 3)), np.zeros((0, 3))
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    rng = np.random.default_rng(3)
    pick = rng.choice(len(corners), 6 * count, p=area / area.sum())
    weights = rng.dirichlet([1, 1, 1], 6 * count)
    points = np.einsum("nk,nkj->nj", weights, corners[pick])
    inside = ((points > low) & (points < high)).all(1)
    return points[inside][:count], normal[pick][inside][:count]


def hits(points: np.ndarray, way: np.ndarray, cloth: Mesh) -> np.ndarray:
    """How many triangles of `cloth` each segment from points (n, 3) along `way` (n, 3) crosses (Moeller-Trumbore)."""
    a, b, c = (cloth.vertices[cloth.faces[:, k]] for k in range(3))
    edge, other = b - a, c - a
    count = np.zeros(len(points), int)
    for i, (p, d) in enumerate(zip(points, way, strict=True)):
        near = (np.abs(a - p) < 0.12).all(1)
        e, o, s = edge[near], other[near], p - a[near]
        h = np.cross(d, o)
        det = (e * h).sum(1)
        det = np.where(np.abs(det) < 1e-15, np.inf, det)
        u = (s * h).sum(1) / det
        q = np.cross(s, e)
        v, t = (q @ d) / det, (o * q).sum(1) / det
        count[i] = ((u >= 0) & (v >= 0) & (u + v <= 1) & (t > 0) & (t < 1)).sum()
    return count


@pytest.mark.parametrize("style", sorted(STYLES))
@pytest.mark.parametrize(
    ("kind", "bodies", "cloth"), [("sofa", ["upholstery"], "throw"), ("bed", ["duvet"], "blanket")]
)
def test_nothing_pokes_through_a_throw(style: str, kind: str, bodies: list[str], cloth: str) -> None:
    """Seen from the body, the cloth is outside: a step inwards of a hand's breadth meets none of it."""
    for seed in (2, 6):
        built = build(Piece("p", kind, style, size_for(kind, style), 0, 0, seed=seed, options={"throw": True}))
        over = mesh_of(built, style, cloth)
        for slot in bodies:
            points, normal = samples(mesh_of(built, style, slot), over, 350)
            sunk = hits(points, -0.03 * normal, over) > 0
            # Where the body is covered, the cloth is over it twice: its lower face and its upper.
            covered = hits(points, 0.06 * normal, over) >= 2
            assert covered.sum() > 15
            assert not sunk.any(), (style, seed, slot, points[sunk])


@pytest.mark.parametrize("style", sorted(STYLES))
def test_the_frame_stays_under_the_duvet(style: str) -> None:
    built = build(Piece("p", "bed", style, size_for("bed", style), 0, 0, seed=3, options={"throw": False}))
    duvet = mesh_of(built, style, "duvet")
    for mesh in built.meshes:
        if mesh.material == duvet.material or built.materials[mesh.material].kind == "metal":
            continue
        points, normal = samples(mesh, duvet, 200)
        # Beside the mattress: above the hem, which rolls inwards, in the foot half of the bed.
        beside = (points[:, 1] < 0) & (points[:, 2] > 0.335) & (np.abs(normal[:, 2]) < 0.3)
        sunk = hits(points[beside], -0.02 * normal[beside], duvet) > 0
        assert not sunk.any(), (style, mesh.material, points[beside][sunk])


def test_a_throw_keeps_clear_of_a_box() -> None:
    """Against the box itself: every vertex of the cloth is outside it by the clearance, and the hem is level."""
    half, top, radius = 0.08, 0.6, 0.03
    path = rounded([(half, 0.2), (half, top), (-half, top), (-half, 0.3)], radius)
    surface, length = extruded(path)
    body, *fringe = folded_throw(surface, (0.0, length), 0.4, "throw", seed=4)
    y, z = np.abs(body.vertices[:, 1]), body.vertices[:, 2]
    core = np.stack([(y - (half - radius)).clip(0), (z - (top - radius)).clip(0)])
    hem = body.vertices[(body.vertices[:, 1] > 0) & (z < 0.25)]
    assert (np.hypot(*core) - radius).min() > CLEARANCE - 0.0015
    assert np.ptp(hem[hem[:, 2] < hem[:, 2].min() + 1e-3][:, 0]) > 0.38
    feet = [m.vertices[:, 2].min() for m in fringe if m.vertices[0, 1] > 0]
    assert len(feet) > 40
    assert np.ptp(feet) < 0.006


def test_bedding_stays_within_what_a_walkway_clears() -> None:
    for style in STYLES:
        size = size_for("bed", style)
        built = build(dataclasses.replace(Piece("p", "bed", style, size, 0, 0), options={"throw": True}))
        reach = np.abs(mesh_of(built, style, "blanket").vertices[:, 0]).max() - size[0] / 2
        assert reach < 0.045, style

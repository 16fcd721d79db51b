"""Smooth where a surface bends, hard where it breaks."""

from __future__ import annotations

import numpy as np

from staging.engine.scene.mesh import Mesh
from staging.engine.trace.normals import merged, shaded
from tests.engine.trace.rooms import block


def sphere(rings: int = 12, seam: bool = True) -> Mesh:
    latitude, longitude = np.meshgrid(
        np.linspace(0.2, np.pi - 0.2, rings), np.linspace(0, 2 * np.pi, 2 * rings), indexing="ij"
    )
    points = np.stack(
        [np.sin(latitude) * np.cos(longitude), np.sin(latitude) * np.sin(longitude), np.cos(latitude)], -1
    )
    index = np.arange(points[..., 0].size).reshape(latitude.shape)
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    faces = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    return Mesh(points.reshape(-1, 3), faces, np.stack([longitude, latitude], -1).reshape(-1, 2), "paint")


def test_a_cube_keeps_its_edges_even_when_its_faces_share_vertices() -> None:
    corners = np.array([(x, y, z) for x in (0.0, 1.0) for y in (0.0, 1.0) for z in (0.0, 1.0)])
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = np.array([t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))])
    split, normals = shaded(Mesh(corners, faces, corners[:, :2], "paint"))
    assert len(split.vertices) == 24
    assert np.allclose(np.abs(normals).max(axis=1), 1.0)


def test_a_sphere_is_smooth_across_the_seam_of_its_texture() -> None:
    split, normals = shaded(sphere())
    radial = split.vertices / np.linalg.norm(split.vertices, axis=1, keepdims=True)
    inner = np.abs(split.vertices[:, 2]) < 0.9
    assert np.einsum("ij,ij->i", normals, radial)[inner].min() > 0.99


def test_triangles_without_area_are_dropped_and_texture_coordinates_kept() -> None:
    mesh = block(0, 0, 0, (1, 1, 1), "paint")
    sliver = np.vstack([mesh.faces, [0, 0, 1]])
    split, normals = shaded(Mesh(mesh.vertices, sliver, mesh.uv, "paint"))
    assert len(split.faces) == 12
    assert np.isfinite(normals).all()
    assert np.allclose(np.sort(split.uv.ravel()), np.sort(mesh.uv.ravel()))


def test_merging_keeps_every_triangle() -> None:
    one = merged([block(0, 0, 0, (1, 1, 1), "paint"), block(3, 0, 0, (1, 1, 1), "paint")])
    assert len(one.vertices) == 48
    assert one.vertices[one.faces].reshape(-1, 3)[:, 0].max() == 3.5

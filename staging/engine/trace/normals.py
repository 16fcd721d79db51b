"""Vertex normals for smooth shading that keep hard edges hard."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from staging.engine.scene.mesh import Mesh

CREASE_DEGREES: Final = 42.0
# Vertices nearer than this share their normals, metres. 21 bits of it span 20 m, enough for any room.
WELD: Final = 1e-5
_BITS: Final = 21


def merged(meshes: list[Mesh]) -> Mesh:
    """One mesh out of several of the same material."""
    offsets = np.cumsum([0] + [len(m.vertices) for m in meshes[:-1]])
    return Mesh(
        vertices=np.concatenate([m.vertices for m in meshes]),
        faces=np.concatenate([m.faces + offset for m, offset in zip(meshes, offsets, strict=True)]),
        uv=np.concatenate([m.uv for m in meshes]),
        material=meshes[0].material,
    )


def shaded(mesh: Mesh, crease: float = CREASE_DEGREES) -> tuple[Mesh, NDArray[np.float64]]:
    """The mesh with vertices split along creases, and a unit normal for each vertex, shape (N, 3).

    The normal of a triangle's corner is the area-weighted mean over the triangles that meet at its position
    and whose planes differ by less than `crease` degrees; vertices at the same place are welded for this even
    when their texture coordinates differ (seams stay invisible). Triangles without area are dropped.
    """
    mesh, weighted = _without_slivers(mesh)
    corners = mesh.faces.ravel()
    corner_area = np.repeat(weighted, 3, axis=0)
    normals = _corner_normals(_weld_keys(mesh.vertices)[corners], corner_area, float(np.cos(np.deg2rad(crease))))

    # Corners that agree in vertex and normal become one vertex of the split mesh.
    steps = np.round((normals + 1.0) * 500.0).astype(np.int64)
    key = ((corners.astype(np.int64) * 1001 + steps[:, 0]) * 1001 + steps[:, 1]) * 1001 + steps[:, 2]
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    source = corners[first]
    split = Mesh(mesh.vertices[source], inverse.reshape(-1, 3), mesh.uv[source], mesh.material)
    return split, normals[first]


def _without_slivers(mesh: Mesh) -> tuple[Mesh, NDArray[np.float64]]:
    """The mesh without triangles that have no area, and each triangle's normal times twice its area, (M, 3)."""
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    weighted = np.cross(b - a, c - a)
    keep = np.linalg.norm(weighted, axis=1) > 1e-12
    return Mesh(mesh.vertices, mesh.faces[keep], mesh.uv, mesh.material), weighted[keep]


def _weld_keys(vertices: NDArray[np.float64]) -> NDArray[np.int64]:
    """One integer per vertex, equal for vertices at the same position."""
    steps = np.clip(np.round(vertices / WELD).astype(np.int64) + (1 << (_BITS - 1)), 0, (1 << _BITS) - 1)
    keys: NDArray[np.int64] = (steps[:, 0] << (2 * _BITS)) | (steps[:, 1] << _BITS) | steps[:, 2]
    return keys


def _corner_normals(keys: NDArray[np.int64], weighted: NDArray[np.float64], cosine: float) -> NDArray[np.float64]:
    """Unit normals, (C, 3), of corners with weld keys (C,) and area-weighted face normals (C, 3)."""
    order = np.argsort(keys, kind="stable")
    sorted_keys, area = keys[order], weighted[order]
    unit = area / np.linalg.norm(area, axis=1, keepdims=True)
    total = area.copy()
    # Compare each corner with the 1st, 2nd, ... next corner at the same position, until none has one.
    here = np.arange(len(order))
    distance = 1
    while True:
        here = here[here + distance < len(order)]
        here = here[sorted_keys[here] == sorted_keys[here + distance]]
        if not len(here):
            break
        there = here + distance
        smooth = np.einsum("ij,ij->i", unit[here], unit[there]) > cosine
        left, right = here[smooth], there[smooth]
        total[left] += area[right]  # `left` and `right` hold no index twice, so plain += adds every pair
        total[right] += area[left]
        distance += 1
    total /= np.linalg.norm(total, axis=1, keepdims=True) + 1e-30
    normals = np.empty_like(total)
    normals[order] = total
    return normals

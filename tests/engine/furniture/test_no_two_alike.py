"""No two books, cushions or pictures of one room are alike, whatever its style."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from staging.engine.furniture import textures
from staging.engine.furniture.books import SPINES
from staging.engine.furniture.catalogue import Built, build, size_for
from staging.engine.furniture.styles import STYLES
from staging.engine.scene.arrangement import Piece
from staging.engine.scene.arranger import arrange
from staging.engine.scene.mesh import Mesh
from tests.engine.scene.showroom import room, window

# What a room may hold of things that come in numbers; the seeds are those of a real arrangement.
KINDS = ("sofa", "armchair", "armchair", "bookshelf", "bookshelf", "books", "books", "wall_art", "wall_art", "wall_art")
CLOTHS = ("linen", "velvet", "boucle", "plaid", "knit", "leather")


def pieces(style: str) -> list[Built]:
    arranged = arrange(room(window("left", 2.0)), "living", style, 3).pieces
    seeds = [piece.seed for piece in arranged]
    assert len(set(seeds)) == len(seeds)
    seeds += [1 << 17 | k for k in range(len(KINDS))]
    sizes = [(0.42, 0.03, 0.55) if kind == "wall_art" else size_for(kind, style) for kind in KINDS]
    return [
        build(Piece("", kind, style, size, 0.0, 0.0, seed=seed))
        for kind, size, seed in zip(KINDS, sizes, seeds, strict=False)
    ]


def solids(mesh: Mesh) -> Iterator[tuple[float, ...]]:
    """Sorted side lengths, tenths of a millimetre, of the separate bodies of a mesh."""
    places, at = np.unique(np.round(mesh.vertices, 6), axis=0, return_inverse=True)
    faces = at.reshape(-1)[mesh.faces]
    edges = np.concatenate([faces[:, :2], faces[:, 1:]])
    graph = coo_matrix((np.ones(len(edges)), edges.T), shape=(len(places), len(places)))
    count, label = connected_components(graph, directed=False)
    for body in range(count):
        yield tuple(np.round(np.sort(np.ptp(places[label == body], axis=0)) * 1e4, 1).tolist())


@pytest.mark.parametrize("style", sorted(STYLES))
def test_no_two_are_alike(style: str) -> None:
    built = pieces(style)
    covers = [m for b in built for m in b.materials.values() if m.kind in CLOTHS and m.seed]
    assert len(covers) >= 4
    assert len(set(covers)) == len(covers)

    pictures = [m for b in built for m in b.materials.values() if m.kind == "art"]
    assert len(pictures) == 3
    images = [textures.bitmap(m) for m in pictures]
    for k, one in enumerate(images):
        for other in images[:k]:
            assert one is not None
            assert other is not None
            assert one.albedo.shape != other.albedo.shape or np.abs(one.albedo - other.albedo).mean() > 0.01

    bound = Counter(
        (b.materials[mesh.material].colour, sides)
        for b in built
        for mesh in b.meshes
        if b.materials[mesh.material].kind == "paint" and b.materials[mesh.material].colour in SPINES
        for sides in solids(mesh)
        if sides[0] > 60  # thinner are boards, of which a lying book has two, and what is printed
    )
    assert sum(bound.values()) > 20
    assert max(bound.values()) == 1

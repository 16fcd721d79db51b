"""What is known of some pieces of a drawing carried over to the others, as far as lines let it through.

A random walk (Grady, Random Walks for Image Segmentation, PAMI 2006) on the graph of the pieces: the belief of a piece
is its own, as strongly as it is held, and its neighbours', by how open the border is. Bare borders are open, strokes
of hatching, tiles and boards let something through, long straight lines nearly nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import spsolve

from staging.engine.modes.drawing.regions import Regions, strokes

Floats = NDArray[np.float32]
Labels = NDArray[np.int32]

_STROKE_OPEN: Final = 0.2
_LINE_OPEN: Final = 0.012
_LEAST_HELD: Final = 1e-3  # pixels of border: an island of strokes must not be undetermined


@dataclass(frozen=True)
class Pieces:
    """`labels` (H, W) name a piece for each pixel; `area` (N,) and `cell` (N,) say which of the two parts it is from.

    `open_to` (N, N) is how open two pieces are to each other, in pixels of border, sparse.
    """

    labels: Labels
    area: NDArray[np.int64]
    cell: NDArray[np.int64]
    open_to: sparse.csr_matrix

    @property
    def count(self) -> int:
        return len(self.area)


def pieces(areas: Regions, cells: Regions, ink: Floats, lines: Floats) -> Pieces:
    """The areas between strokes cut once more where the `cells` between long lines end.

    `ink` and `lines` (H, W), 0..1, are all strokes and the long straight ones alone.
    """
    both = areas.labels.astype(np.int64) * cells.count + cells.labels
    names, flat = np.unique(both, return_inverse=True)
    labels = flat.reshape(areas.labels.shape).astype(np.int32)
    level = np.ones(labels.shape, np.float32)
    level[strokes(ink)] = _STROKE_OPEN
    level[strokes(lines)] = _LINE_OPEN
    one, other, width = [], [], []
    for here, there, openness in (
        (labels[:, :-1], labels[:, 1:], np.minimum(level[:, :-1], level[:, 1:])),
        (labels[:-1], labels[1:], np.minimum(level[:-1], level[1:])),
    ):
        differs = here != there
        one.append(here[differs])
        other.append(there[differs])
        width.append(openness[differs])
    count = len(names)
    half = sparse.coo_matrix(
        (np.concatenate(width).astype(np.float64), (np.concatenate(one), np.concatenate(other))), (count, count)
    ).tocsr()
    return Pieces(labels, names // cells.count, names % cells.count, (half + half.T).tocsr())


def spread(known: Floats, held: Floats, over: Pieces) -> Floats:
    """Belief of each piece in each of K kinds, (N, K), rows summing to 1.

    `known` (N, K) is each piece's own belief and `held` (N,) how strongly, in pixels of open border.
    """
    weight = np.maximum(held.astype(np.float64), _LEAST_HELD)
    degree = np.asarray(over.open_to.sum(1)).ravel()
    system = (sparse.diags(degree + weight) - over.open_to).tocsc()
    found = spsolve(system, weight[:, None] * known.astype(np.float64))
    found = np.clip(np.asarray(found), 0, None)
    return np.asarray(found / np.maximum(found.sum(1, keepdims=True), 1e-12), np.float32)

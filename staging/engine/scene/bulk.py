"""The rough mass of a piece: which parts of its bounding box it fills, so that sight lines can be judged.

A bed is a low block with a thin headboard, a sofa a seat with a back: taken as whole boxes they would hide
half of what one sees over them.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from staging.engine.scene.arrangement import Piece

_Metres = tuple[float, float, float]
# Blocks of a kind: from depth, to depth (shares of the piece's depth, front -0.5, back 0.5), height (share).
Block = tuple[float, float, float]
_WHOLE: Final[tuple[Block, ...]] = ((-0.5, 0.5, 1.0),)
_SEAT: Final[tuple[Block, ...]] = ((-0.5, 0.5, 0.65), (0.15, 0.5, 1.0))
_CHAIR: Final[tuple[Block, ...]] = ((-0.5, 0.5, 0.55), (0.25, 0.5, 1.0))
BLOCKS: Final[dict[str, tuple[Block, ...]]] = {
    "bed": ((-0.5, 0.5, 0.58), (0.42, 0.5, 1.0)),
    "sofa": _SEAT,
    "loveseat": _SEAT,
    "armchair": _SEAT,
    "dining_chair": _CHAIR,
    "office_chair": _CHAIR,
    "outdoor_sofa": _SEAT,
    "outdoor_armchair": _SEAT,
    "outdoor_chair": _CHAIR,
    "sun_lounger": ((-0.5, 0.5, 0.5), (0.15, 0.5, 1.0)),
}

# How much of its blocks one does not see through; between legs and leaves the room shows.
SOLIDITY: Final = {
    "floor_lamp": 0.2, "table_lamp": 0.5, "desk_lamp": 0.3, "pendant": 0.5, "plant": 0.6, "plant_small": 0.7,
    "coffee_table": 0.6, "side_table": 0.5, "console_table": 0.5, "dining_table": 0.5, "dining_chair": 0.5,
    "desk": 0.5, "tv": 0.9, "office_chair": 0.6, "vase": 0.6, "laptop": 0.6, "armchair": 0.85, "bench": 0.7,
    "parasol": 0.12, "planter": 0.7, "outdoor_table": 0.6, "outdoor_dining_table": 0.5, "outdoor_chair": 0.5,
    "outdoor_armchair": 0.85, "sun_lounger": 0.7, "lantern": 0.5,
    "bar_stool": 0.45, "towel_ladder": 0.6, "bath_stool": 0.7, "herb_pots": 0.6, "utensil_crock": 0.7,
}  # fmt: skip


def blocks(kind: str) -> tuple[Block, ...]:
    """The blocks of a kind; the whole bounding box where nothing better is known."""
    return BLOCKS.get(kind, _WHOLE)


@cache
def _unit_lattice(kind: str) -> NDArray[np.float64]:
    parts = []
    for front, back, height in blocks(kind):
        steps = np.linspace(-0.5, 0.5, 4), np.linspace(front, back, 4), np.linspace(0.0, height, 4)
        parts.append(np.stack(np.meshgrid(*steps, indexing="ij"), -1).reshape(-1, 3))
    return np.concatenate(parts)


def lattice(piece: Piece) -> NDArray[np.float64]:
    """Points (64 for each block, 3) of the mass of `piece`, metres, room frame; to be read alone."""
    return _lattice(piece.kind, piece.size, (piece.x, piece.y, piece.z), piece.turn)


@lru_cache(maxsize=256)  # of one piece it is asked for how it looks, what it hides and what hides it
def _lattice(kind: str, size: _Metres, place: _Metres, turn: float) -> NDArray[np.float64]:
    a = math.radians(turn)
    c, s = math.cos(a), math.sin(a)
    local = _unit_lattice(kind) * np.array(size)
    points: NDArray[np.float64] = local @ np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
    points += np.array(place)
    points.flags.writeable = False
    return points


def openness(origin: NDArray[np.float64], points: NDArray[np.float64], pieces: list[Piece]) -> NDArray[np.float64]:
    """How openly each of `points` (N, 3) is seen from `origin` past `pieces`: (N,), 1 is unhidden."""
    if not pieces:
        return np.ones(len(points))
    owners = [(i, block) for i, piece in enumerate(pieces) for block in blocks(piece.kind)]
    crossed = _crossed(origin, points, [(pieces[i], block) for i, block in owners])
    hidden = np.zeros((len(pieces), len(points)), dtype=np.bool_)
    np.logical_or.at(hidden, [i for i, _ in owners], crossed)
    solid = np.array([SOLIDITY.get(p.kind, 0.95) for p in pieces])
    shares: NDArray[np.float64] = np.prod(1.0 - hidden * solid[:, None], axis=0)
    return shares


def _crossed(
    origin: NDArray[np.float64], points: NDArray[np.float64], solids: list[tuple[Piece, Block]]
) -> NDArray[np.bool_]:
    """Which solids are passed by the segments from `origin` to `points` (N, 3): (solids, N), by slab tests."""
    a = np.deg2rad([p.turn for p, _ in solids])
    turns = np.zeros((len(solids), 3, 3))
    turns[:, 0, 0] = turns[:, 1, 1] = np.cos(a)
    turns[:, 1, 0], turns[:, 0, 1] = np.sin(a), -np.sin(a)
    turns[:, 2, 2] = 1.0
    feet = np.array([(p.x, p.y, p.z) for p, _ in solids])
    low = np.array([(-p.size[0] / 2, front * p.size[1], 0.0) for p, (front, _, _) in solids])[:, None]
    high = np.array([(p.size[0] / 2, back * p.size[1], h * p.size[2]) for p, (_, back, h) in solids])[:, None]
    start = ((origin - feet)[:, None] @ turns)[:, 0][:, None]
    along = (points - feet[:, None]) @ turns - start
    along[np.abs(along) < 1e-9] = 1e-9  # a ray along a face crosses it or not, but never divides by zero
    t1, t2 = (low - start) / along, (high - start) / along
    first, last = np.minimum(t1, t2), np.maximum(t1, t2)
    # numpy's own maximum along so short an axis is slow, and this is where arranging spends its time
    enter = np.maximum(np.maximum(first[..., 0], first[..., 1]), first[..., 2])
    leave = np.minimum(np.minimum(last[..., 0], last[..., 1]), last[..., 2])
    # A solid must begin clearly before the point: pieces that touch do not hide each other.
    crossed: NDArray[np.bool_] = (enter < leave) & (leave > 0) & (enter < 0.98)
    return crossed

"""Pieces and arrangements: which furniture stands where. JSON, so that a person can edit it."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Piece:
    """One piece of furniture standing in the room.

    `kind` names a builder of `furniture.catalogue`; `size` is (width, depth, height) in metres of its
    bounding box before turning; `x`, `y`, `z` are metres in the room frame of the footprint's middle;
    `turn` is degrees counter-clockwise seen from above, 0 looking towards -y (towards the camera).
    `seed` picks the details (which books, which cushions); `options` go to the builder.
    `role` is "main" for the piece that the room is about, "companion", "rug", "wall" (hung) or "light".
    """

    id: str
    kind: str
    style: str
    size: tuple[float, float, float]
    x: float
    y: float
    z: float = 0.0
    turn: float = 0.0
    seed: int = 0
    role: str = "companion"
    options: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Piece:
        """From plain JSON types; raises ValueError, KeyError or TypeError when they make no piece."""
        size = tuple(_number(v, "size") for v in data["size"])
        if len(size) != 3:
            raise ValueError("a size has three numbers")
        options, words = data.get("options", {}), (data["id"], data["kind"], data["style"])
        plain = isinstance(options, dict) and all(isinstance(v, bool | int | float | str) for v in options.values())
        if not plain or not all(isinstance(word, str) for word in words):
            raise ValueError("id, kind and style of a piece are words, and its options an object of plain values")
        x, y, z, turn, seed = (_number(data.get(name, 0), name) for name in ("x", "y", "z", "turn", "seed"))
        return cls(
            *words, (size[0], size[1], size[2]), x, y, z, turn, int(seed), str(data.get("role", "companion")), options
        )


@dataclass(frozen=True)
class Arrangement:
    """The pieces of a room and the trace of the rules that put them there (for people, not programs)."""

    room_type: str
    style: str
    seed: int
    pieces: tuple[Piece, ...]
    score: float = 0.0
    trace: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types only."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Arrangement:
        """Inverse of `to_dict`; raises ValueError with the reason."""
        try:
            pieces = tuple(Piece.from_dict(piece) for piece in data["pieces"])
            return cls(
                room_type=data["room_type"],
                style=data["style"],
                seed=int(data["seed"]),
                pieces=pieces,
                score=float(data.get("score", 0.0)),
                trace=tuple(data.get("trace", ())),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(f"not an arrangement: {error}") from error


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{name} must be a number; it is {value!r}")
    return float(value)

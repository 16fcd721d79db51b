"""Frames on the floor: a place and a direction from which furniture is laid out in metres."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from staging.engine.scene.room import Box, Wall

WALLS: Final[tuple[Wall, ...]] = ("back", "left", "right")

# A piece with its back to the wall looks into the room at this turn (degrees, see `Piece.turn`).
WALL_TURN: Final[dict[Wall, float]] = {"back": 0.0, "left": 90.0, "right": -90.0, "front": 180.0}


@dataclass(frozen=True)
class Frame:
    """An origin (x, y) in metres looking along `turn` (as `Piece.turn`).

    `out` grows in the direction of the look, `along` to the right of a person who looks back at the origin.
    """

    x: float
    y: float
    turn: float

    def point(self, along: float, out: float) -> tuple[float, float]:
        """The room coordinates of a point of this frame."""
        a = math.radians(self.turn)
        c, s = math.cos(a), math.sin(a)
        return self.x + along * c + out * s, self.y + along * s - out * c

    def moved(self, along: float, out: float) -> Frame:
        """A frame of the same direction with its origin at a point of this one."""
        x, y = self.point(along, out)
        return Frame(x, y, self.turn)


def wall_frame(box: Box, wall: Wall, u: float, gap: float = 0.0) -> Frame:
    """The frame at `u` of a wall (x, on the sides y), `gap` metres off it, looking away from it."""
    origin = {"back": (u, box.y1), "front": (u, box.y0), "left": (box.x0, u), "right": (box.x1, u)}[wall]
    return Frame(*origin, WALL_TURN[wall]).moved(0.0, gap)


def wall_coordinate(wall: Wall, x: float, y: float) -> float:
    """The coordinate along a wall of a point of the room."""
    return x if wall in ("back", "front") else y


def wall_range(box: Box, wall: Wall) -> tuple[float, float]:
    """Where a wall begins and ends, in its own coordinate."""
    return (box.x0, box.x1) if wall in ("back", "front") else (box.y0, box.y1)


def wall_distance(box: Box, wall: Wall, x: float, y: float) -> float:
    """Metres from a point of the room to a wall."""
    return {"back": box.y1 - y, "front": y - box.y0, "left": x - box.x0, "right": box.x1 - x}[wall]

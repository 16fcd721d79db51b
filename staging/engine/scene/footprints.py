"""The box that a piece takes up: an oriented rectangle on the floor, between two heights."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from staging.engine.scene.arrangement import Piece


@dataclass(frozen=True)
class Footprint:
    """A rectangle of `width` x `depth` metres about (x, y), turned `turn` degrees, from height `z0` to `z1`."""

    x: float
    y: float
    width: float
    depth: float
    turn: float = 0.0
    z0: float = 0.0
    z1: float = 0.1

    @cached_property
    def axes(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Unit vectors of the width and of the depth, in the room frame."""
        a = math.radians(self.turn)
        c, s = math.cos(a), math.sin(a)
        return (c, s), (-s, c)

    @cached_property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """The four corners, counter-clockwise."""
        (ux, uy), (vx, vy) = self.axes
        w, d = self.width / 2, self.depth / 2
        return tuple(
            (self.x + a * w * ux + b * d * vx, self.y + a * w * uy + b * d * vy)
            for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))
        )

    @property
    def area(self) -> float:
        """Square metres."""
        return self.width * self.depth

    def grown(self, margin: float) -> Footprint:
        """The same rectangle with `margin` metres added on every side."""
        return replace(self, width=max(self.width + 2 * margin, 0.0), depth=max(self.depth + 2 * margin, 0.0))

    def distance(self, x: float, y: float) -> float:
        """Metres on the floor from (x, y) to the nearest point of the rectangle; 0 inside it."""
        (ux, uy), (vx, vy) = self.axes
        dx, dy = x - self.x, y - self.y
        across = max(abs(dx * ux + dy * uy) - self.width / 2, 0.0)
        along = max(abs(dx * vx + dy * vy) - self.depth / 2, 0.0)
        return math.hypot(across, along)


# What spreads over people's heads takes only the floor of its foot: width and depth, metres.
FEET: Final = {"parasol": (0.56, 0.56)}


def footprint(piece: Piece) -> Footprint:
    """Where `piece` stands."""
    width, depth, height = piece.size
    width, depth = FEET.get(piece.kind, (width, depth))
    return Footprint(piece.x, piece.y, width, depth, piece.turn, piece.z, piece.z + height)


def _reach(shape: Footprint, axis: tuple[float, float]) -> float:
    (ux, uy), (vx, vy) = shape.axes
    ax, ay = axis
    return abs(ux * ax + uy * ay) * shape.width / 2 + abs(vx * ax + vy * ay) * shape.depth / 2


def penetration(a: Footprint, b: Footprint) -> float:
    """How far, in metres, `a` and `b` would have to be pushed apart on the floor; 0 when they do not touch.

    Separating-axis test over the axes of both rectangles; heights count only as a yes or no.
    """
    if min(a.z1, b.z1) - max(a.z0, b.z0) < 0.005:  # things standing on others share a height and must not count
        return 0.0
    apart = (a.x - b.x) ** 2 + (a.y - b.y) ** 2
    if apart > (a.width + a.depth + b.width + b.depth) ** 2 / 4:  # no rectangle reaches farther than half its two sides
        return 0.0
    depth = math.inf
    for axis in (*a.axes, *b.axes):
        apart = abs((b.x - a.x) * axis[0] + (b.y - a.y) * axis[1])
        depth = min(depth, _reach(a, axis) + _reach(b, axis) - apart)
        if depth <= 0:
            return 0.0
    return depth

"""How a piece looks in the picture: how much of it is in the frame, where, how large, and what hides it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from staging.engine.scene.arrangement import Piece
from staging.engine.scene.bulk import lattice, openness
from staging.engine.scene.footprints import footprint
from staging.engine.scene.room import Room


@dataclass(frozen=True)
class View:
    """A piece in the picture.

    `in_frame` is the share of the piece inside the picture; `left`, `top`, `right`, `bottom` bound the part
    inside as shares of the picture's width and height; `nearest` is the distance on the floor from below the
    camera to the piece, metres; `facing` is the cosine between its front and the way to the camera.
    """

    in_frame: float
    left: float
    top: float
    right: float
    bottom: float
    nearest: float
    facing: float

    @property
    def width(self) -> float:
        """Share of the picture's width."""
        return self.right - self.left

    @property
    def middle(self) -> float:
        """Where it is across the picture, 0 at the left edge to 1."""
        return (self.left + self.right) / 2

    @property
    def area(self) -> float:
        """Share of the picture that the piece's bounds take."""
        return self.width * max(self.bottom - self.top, 0.0)


def sees_middle(room: Room, piece: Piece) -> bool:
    """Whether the middle of `piece` is in the picture: a question a hundred times cheaper than `view`."""
    camera = room.camera
    x, y, z = piece.x, piece.y, piece.z + piece.size[2] / 2 - camera.height
    right, down, forward = (row[0] * x + row[1] * y + row[2] * z for row in camera.rotation)
    if forward <= 0:
        return False
    u, v = right / forward * camera.f + camera.cx, down / forward * camera.f + camera.cy
    return 0 <= u <= camera.width and 0 <= v <= camera.height_px


def view(room: Room, piece: Piece) -> View:
    """How the camera of `room` sees `piece`, everything else away."""
    camera = room.camera
    pixels, depth = camera.project(lattice(piece))
    u, v = pixels[:, 0] / camera.width, pixels[:, 1] / camera.height_px
    before = depth > 0.2  # nearer than that, and behind the camera, pixels mean nothing
    inside = before & (u >= 0) & (u <= 1) & (v >= 0) & (v <= 1)
    nearest = footprint(piece).distance(0.0, 0.0)
    a = math.radians(piece.turn)
    away = math.hypot(piece.x, piece.y)
    facing = (-piece.x * math.sin(a) + piece.y * math.cos(a)) / away if away > 1e-6 else 0.0
    if not before.any():
        return View(0.0, 0.0, 0.0, 0.0, 0.0, nearest, facing)
    us, vs = u[before], v[before]
    share = np.count_nonzero(inside) / len(inside)
    left, top, right, bottom = (min(max(float(edge), 0.0), 1.0) for edge in (us.min(), vs.min(), us.max(), vs.max()))
    return View(share, left, top, right, bottom, nearest, facing)


def hidden_by(room: Room, piece: Piece, others: Iterable[Piece]) -> float:
    """The share of `piece` (0..1) that `others` stand before, weighed by how solid they are."""
    return 1.0 - float(open_share(room, piece, others).mean())


def open_share(room: Room, piece: Piece, others: Iterable[Piece]) -> NDArray[np.float64]:
    """How openly each point of the `lattice` of `piece` is seen past `others`, (N,): 1 is unhidden."""
    before = [p for p in others if p.size[2] > 0.05 and p is not piece]
    return openness(room.camera.position, lattice(piece), before)

"""Where a kitchen or bathroom leaves room: the pixels that surely show free floor, and those that one may cover.

The box of such a room is filled with cabinets, islands, tubs that no reading of planes tells from floor and wall.
What is put there must therefore be allowed by the photo's own pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.scene.arrangement import Piece
from staging.engine.scene.room import Camera, Opening, Top, Wall

ON_FLOOR: Final = 0.96  # least share of a footprint that the photo must show to be free floor
AT_FOOT: Final = 0.85  # the same at a counter's foot, which was found as a line but darkens the floor before it
CALM: Final = 0.88  # least share of what a piece hides that must be bare floor or bare wall
BARE: Final = 0.75  # least share of what a picture on a wall hides that must be bare wall
OVER_THINGS: Final = 0.02  # share of what a piece hides that may show something left in the room
RIM: Final = 0.04  # metres of a footprint's rim that may lie where floor meets wall, which no pixel tells exactly
_STEPS: Final = np.linspace(-0.5, 0.5, 11)

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Counter:
    """The back of an island or bar that one can sit at: it runs along `axis` (0: x, 1: y) from `low` to `high`, stands
    at `at` on the other axis in its middle, drifts `slope` metres a metre from there, and is `height` metres high."""

    axis: int
    at: float
    low: float
    high: float
    height: float
    slope: float = 0.0

    def place(self, along: float, before: float) -> tuple[float, float, float]:
        """(x, y, turn) of someone who sits `before` metres off it and looks at it; the camera is on that side."""
        at = self.at + self.slope * (along - (self.low + self.high) / 2)
        turned = math.degrees(math.atan(self.slope))
        if self.axis == 0:
            return along, at - before, 180.0 + turned
        side = -1.0 if self.at < 0 else 1.0
        return at - side * before, along, 90.0 * side - turned


@dataclass(frozen=True)
class Stretch:
    """A part of a wall, from `low` to `high` metres along it."""

    wall: Wall
    low: float
    high: float


@dataclass(frozen=True)
class Fittings:
    """`clear` (h, w): free floor for sure. `calm` (h, w): that, and bare painted wall: nothing that one wants to see.

    Both have the photo's proportions at a smaller size. With `walls_only` nobody looked at the floor: only what hangs
    on walls is judged. `counters` are those that one can sit at, `tops` those
    on which something may stand. `things` (of a size of its own) are pixels of what was
    left in the room, before which and behind which nothing is put. `footless` are the stretches of the walls that the
    photo does not show to be there: nothing is put against them. `flush` are what may be doors without a casing: they
    are kept clear like doors, but nobody says that they are.
    """

    clear: Mask
    calm: Mask
    counters: tuple[Counter, ...] = ()
    walls_only: bool = False
    things: Mask | None = None
    tops: tuple[Top, ...] = ()
    footless: tuple[Stretch, ...] = ()
    flush: tuple[Opening, ...] = ()

    def hides_things(self, camera: Camera, piece: Piece) -> bool:
        """Whether a piece would be drawn over something that was left in the room."""
        if self.things is None or not self.things.any():
            return False
        hidden = _hull(camera, piece, self.things.shape)
        if hidden is None:
            return True
        return bool(np.count_nonzero(self.things & hidden) > OVER_THINGS * np.count_nonzero(hidden))

    def area(self, camera: Camera) -> float:
        """Square metres of free floor that the photo shows."""
        rows, columns = np.nonzero(self.clear)
        small = self._camera(camera)
        rays = small.rays(np.stack([columns + 0.5, rows + 0.5], -1))
        down = np.maximum(-rays[:, 2], 1e-4)
        depth = small.height / down
        # A pixel at depth d covers d / f times d / f / down of floor.
        return float((depth**2 / small.f**2 / down).sum())

    def on_floor(self, camera: Camera, piece: Piece) -> float:
        """The share of a piece's footprint (0..1) that the photo shows to be free floor."""
        width, depth = (max(extent - 2 * RIM, extent / 2) for extent in piece.size[:2])
        along, across = np.meshgrid(_STEPS * width, _STEPS * depth)
        a = math.radians(piece.turn)
        x = piece.x + along * math.cos(a) - across * math.sin(a)
        y = piece.y + along * math.sin(a) + across * math.cos(a)
        return self._share(self.clear, camera, np.stack([x, y, np.zeros_like(x)], -1).reshape(-1, 3))

    def hides_only_calm(self, camera: Camera, piece: Piece) -> float:
        """The share of the pixels that a piece's box hides (0..1) that show nothing but bare floor or wall."""
        hidden = _hull(camera, piece, self.calm.shape)
        if hidden is None or not hidden.any():
            return 0.0
        return float(np.count_nonzero(self.calm & hidden) / np.count_nonzero(hidden))

    def _share(self, mask: Mask, camera: Camera, points: NDArray[np.float64]) -> float:
        pixels, depth = self._camera(camera).project(points)
        u, v = np.floor(pixels[:, 0]).astype(int), np.floor(pixels[:, 1]).astype(int)
        seen = (depth > 0.1) & (u >= 0) & (v >= 0) & (u < mask.shape[1]) & (v < mask.shape[0])
        return float(mask[v[seen], u[seen]].sum()) / len(points)

    def _camera(self, camera: Camera) -> Camera:
        return _resized(camera, self.clear.shape[1], self.clear.shape[0])


@lru_cache(maxsize=8)
def _resized(camera: Camera, width: int, height: int) -> Camera:
    """The camera of a photo at the size of what is asked of it, thousands of times for one room."""
    return camera.resized(width, height)


def _hull(camera: Camera, piece: Piece, shape: tuple[int, ...]) -> Mask | None:
    """The pixels (h, w) that the box of a piece hides; None where it reaches behind the camera."""
    a = math.radians(piece.turn)
    corners = [
        (
            piece.x + sx * piece.size[0] / 2 * math.cos(a) - sy * piece.size[1] / 2 * math.sin(a),
            piece.y + sx * piece.size[0] / 2 * math.sin(a) + sy * piece.size[1] / 2 * math.cos(a),
            piece.z + up * piece.size[2],
        )
        for sx in (-1, 1)
        for sy in (-1, 1)
        for up in (0, 1)
    ]
    pixels, depth = _resized(camera, shape[1], shape[0]).project(np.array(corners))
    if (depth < 0.2).any():
        return None
    hidden = np.zeros(shape[:2], np.uint8)
    cv2.fillConvexPoly(hidden, cv2.convexHull(np.round(pixels).astype(np.int32)), 1)
    return hidden.view(bool)

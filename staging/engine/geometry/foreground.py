"""What stands before the room: walls, piers and columns whose upright edge meets the floor inside the box.

A box has its walls at its sides. Where the photo shows an upright edge with its foot on the floor well before them,
wall on one side of it down to that foot and floor on the other, something stands there: what lies behind its face
is hidden, and furniture put there would be drawn across it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.geometry.segments import Segments
from staging.engine.scene.room import Floats, Occluder, Room

UPRIGHT: Final = 0.03  # sine of the angle to the vertical
INSIDE: Final = (0.3, 0.35)  # metres of the foot from side and back walls: nearer, it is theirs
NEAREST: Final = 0.8  # metres before the camera
LEAST_TOP: Final = 1.6  # metres that an edge must reach up to
REACH: Final = 0.012  # of the diagonal: how far beside an edge its two sides are looked at
LEAST_HIDDEN: Final = 0.04  # of the picture's height by which the floor begins lower on one side of an edge
OTHER: Final = 7.0  # Lab units between a face and the floor before it
CLEAR: Final = 3.0  # times the scatter within wall and floor by which their colours must differ below a face
CLEAR_BESIDE: Final = 1.6  # and on its open side, where walls, windows and doors show over the floor
SHORTEST: Final = 0.2  # of the picture's height: of the piece of an edge that is seen clearly
ASIDE: Final = (0.03, 0.05, 0.07, 0.09)  # of the picture's width: where a face's foot is looked for again
STRAIGHT: Final = 0.025  # of the picture's height by which its foot may be off a line along a room axis there
COLUMN: Final = 1.5  # metres: the widest thing with two such edges
DEEP: Final = 0.4  # metres by which both edges of a column may differ in depth


@dataclass(frozen=True)
class Edge:
    """An upright edge with its foot on the floor, (x, y) metres; its face is to the left (-1) or to the right (1).

    `foot` and `head` are pixels of the working picture.
    """

    x: float
    y: float
    side: int
    foot: tuple[float, float]
    head: tuple[float, float]


def find(photo: NDArray[np.uint8], segments: Segments, room: Room) -> tuple[Occluder, ...]:
    """Foreground of an RGB photo; `segments` and `room` are at its size."""
    lab = cv2.cvtColor(photo.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    smooth = np.asarray(cv2.GaussianBlur(lab, (0, 0), 3), np.float32)
    edges = _distinct([e for ends in upright(segments, room) if (e := _edge(smooth, ends, room)) is not None])
    occluders: list[Occluder] = []
    used: set[int] = set()
    for i, edge in enumerate(edges):
        partner = next((j for j, other in enumerate(edges) if j not in used and _column(edge, other)), None)
        if i in used or (partner is None and not _has_face(smooth, edge, room)):
            continue
        used |= {i} if partner is None else {i, partner}
        occluders.append(_occluder(room, edge, edges[partner] if partner is not None else None))
    return tuple(occluders)


def upright(segments: Segments, room: Room) -> Floats:
    """Ends (N, 2, 2) of the segments that point at the zenith, the lower end first."""
    ends = segments.ends.reshape(-1, 2, 2)
    lower = ends[:, :, 1].argmax(1)
    low, high = ends[np.arange(len(ends)), lower], ends[np.arange(len(ends)), 1 - lower]
    rays = room.camera.rays((low + high) / 2)
    up, _ = room.camera.project(room.camera.position + rays + [0.0, 0.0, 0.01])
    here, _ = room.camera.project(room.camera.position + rays)
    wanted, along = up - here, high - low
    cross = wanted[:, 0] * along[:, 1] - wanted[:, 1] * along[:, 0]
    sine = np.abs(cross) / np.maximum(np.hypot(*wanted.T) * np.hypot(*along.T), 1e-9)
    chosen = (sine < UPRIGHT) & (along[:, 1] < 0)
    return np.stack([low, high], 1)[chosen]


def _edge(smooth: NDArray[np.float32], ends: Floats, room: Room) -> Edge | None:
    """The edge that an upright segment is part of: faint near the floor, it is followed down to where floor begins."""
    camera, box = room.camera, room.box
    (u0, v0), (u1, v1) = ends
    if v0 - v1 < SHORTEST * smooth.shape[0]:
        return None
    begins = [_floor_begins(smooth, ends, side, CLEAR_BESIDE) for side in (-1, 1)]
    if min(begins) < 0 or abs(begins[1] - begins[0]) < LEAST_HIDDEN * smooth.shape[0]:
        return None
    side, row = (-1, begins[0]) if begins[0] > begins[1] else (1, begins[1])
    if _floor_begins(smooth, ends, side, CLEAR) < 0:
        return None
    foot = u0 + (row - v0) / (v1 - v0) * (u1 - u0), row
    ray, high = camera.rays([foot, ends[1]])
    if ray[2] > -1e-3 or row > 0.985 * smooth.shape[0]:
        return None
    x, y = (-camera.height / ray[2] * ray)[:2]
    sides, back = INSIDE
    if not (box.x0 + sides < x < box.x1 - sides and NEAREST < y < box.y1 - back):
        return None
    top = camera.height + float(np.hypot(x, y) / max(np.hypot(*high[:2]), 1e-9) * high[2])
    return Edge(float(x), float(y), side, foot, (float(u1), float(v1))) if top > LEAST_TOP else None


def _has_face(smooth: NDArray[np.float32], edge: Edge, room: Room) -> bool:
    """Whether beside the edge the floor begins where a wall parallel to the back wall would have its foot."""
    height, width = smooth.shape[:2]
    room_points = [(edge.x, edge.y, 0.0), (edge.x + edge.side, edge.y, 0.0)]
    (a, b), depth = room.camera.project(room_points)
    if depth.min() < 0.05 or abs(b[0] - a[0]) < 1:
        return False
    seen = right = 0
    for share in ASIDE:
        off = edge.side * share * width
        begins = _floor_begins(smooth, np.add([edge.foot, edge.head], [off, 0.0]), 0, CLEAR)
        if begins > 0:
            lean = (begins - edge.foot[1]) / (edge.head[1] - edge.foot[1]) * (edge.head[0] - edge.foot[0])
            wanted = a[1] + (edge.foot[0] + off + lean - a[0]) / (b[0] - a[0]) * (b[1] - a[1])
            seen += 1
            right += abs(begins - wanted) < STRAIGHT * height
    return right >= 3 and right >= seen - 1


def _floor_begins(smooth: NDArray[np.float32], ends: Floats, side: int, clear: float) -> float:
    """The row at which floor begins beside an upright line, followed down to the picture's end; -1 where it is unclear.

    It parts the rows best into those of the wall and those of the floor, each of about one colour.
    """
    height, width = smooth.shape[:2]
    beside = side * REACH * float(np.hypot(width, height))
    (u0, v0), (u1, v1) = ends
    rows = np.arange(v1 + 0.3 * (v0 - v1), height - 1, 2.0)
    columns = u0 + (rows - v0) / (v1 - v0) * (u1 - u0)
    rows = rows[(columns > 2) & (columns < width - 2)]
    if len(rows) < 20:
        return -1.0
    colours = _colours(smooth, u0 + (rows - v0) / (v1 - v0) * (u1 - u0) + beside, rows).astype(np.float64)
    n = np.arange(1, len(rows))[:, None]
    total, squares = colours.cumsum(0), (colours**2).cumsum(0)
    over, under = total[:-1] / n, (total[-1] - total[:-1]) / (len(rows) - n)
    spread = squares[-1].sum() - (n * over**2 + (len(rows) - n) * under**2).sum(1)
    margin = max(3, len(rows) // 20)
    split = margin + int(spread[margin - 1 : -margin].argmin())
    apart = float(np.linalg.norm(over[split - 1] - under[split - 1]))
    # On an evenly bright ground rounding can take the sum of squares a hair under none.
    scatter = math.sqrt(max(0.0, float(spread[split - 1])) / len(rows))
    return float(rows[split]) if apart > OTHER and apart > clear * scatter else -1.0


def _colours(smooth: NDArray[np.float32], u: Floats, v: Floats) -> NDArray[np.float32]:
    height, width = smooth.shape[:2]
    return np.asarray(smooth[np.clip(v, 0, height - 1).astype(int), np.clip(u, 0, width - 1).astype(int)])


def _distinct(edges: list[Edge]) -> list[Edge]:
    """The edges without doubles (both borders of a bead or a skirting's end): of close ones the taller."""
    kept: list[Edge] = []
    for edge in sorted(edges, key=lambda e: e.head[1] - e.foot[1]):
        if all(abs(edge.x - k.x) + abs(edge.y - k.y) > 0.15 for k in kept):
            kept.append(edge)
    return kept


def _column(one: Edge, other: Edge) -> bool:
    """Whether two edges bound one thing: their faces look at each other, at about the same depth."""
    if one is other or one.side == other.side or abs(one.y - other.y) > DEEP:
        return False
    apart = (other.x - one.x) * one.side
    return 0.05 < apart < COLUMN


def _occluder(room: Room, edge: Edge, partner: Edge | None) -> Occluder:
    """The picture of a face from its edge to the other one, or to the side of the picture; from floor to ceiling."""
    camera, box = room.camera, room.box
    far = camera.width * (edge.side > 0)
    near_line = _line(room, edge.x, edge.y)
    if partner is not None:
        far_line = _line(room, partner.x, partner.y)
    else:
        (_, top), (_, bottom) = near_line
        # the face goes on parallel to the back wall
        x = box.x0 if edge.side < 0 else box.x1
        (_, far_top), (_, far_bottom) = _line(room, x, edge.y)
        far_line = ((far, min(top, far_top)), (far, max(bottom, far_bottom)))
    polygon = (*near_line, far_line[1], far_line[0])
    depth = edge.y if partner is None else min(edge.y, partner.y)
    return Occluder(tuple((float(u), float(v)) for u, v in polygon), depth)


def _line(room: Room, x: float, y: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Pixels of the upper and lower end of an upright at a place of the floor."""
    (top, bottom), _ = room.camera.project([(x, y, room.box.height), (x, y, 0.0)])
    return (float(top[0]), float(top[1])), (float(bottom[0]), float(bottom[1]))

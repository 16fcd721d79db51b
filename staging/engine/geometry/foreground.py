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
PAST_END: Final = 2.5  # times as far: past the end of a wall that is seen a little from the side
LEAST_HIDDEN: Final = 0.04  # of the picture's height by which the floor begins lower on one side of an edge
OTHER: Final = 7.0  # Lab units between a face and the floor before it
CLEAR: Final = 3.0  # times the scatter within wall and floor by which their colours must differ below a face
CLEAR_BESIDE: Final = 1.6  # and on its open side, where walls, windows and doors show over the floor
SHORTEST: Final = 0.2  # of the picture's height: of the piece of an edge that is seen clearly
ASIDE: Final = (0.03, 0.05, 0.07, 0.09)  # of the picture's width: where a face's foot is looked for again
STRAIGHT: Final = 0.025  # of the picture's height by which its foot may be off a line along a room axis there
COLUMN: Final = 1.5  # metres: the widest thing with two such edges
DOUBLE: Final = 0.06  # metres between both borders of a bead or of a skirting's end
WALL_ENDS: Final = 0.35  # metres between the two edges of a wall's end, of which the nearer one is enough
DEEP: Final = 0.4  # metres by which both edges of a column may differ in depth
ACROSS: Final = (0.15, 0.25, 0.35, 0.5, 0.65, 0.75, 0.85)  # of the way between them, where its foot is looked at
CORNER: Final = 0.05  # of the picture's height by which the corner between its two faces may come forward
SHARP: Final = (0.01, 0.05, 0.55)  # of the picture's height: a foot's step so near takes this share of that so far


@dataclass(frozen=True)
class Edge:
    """An upright edge with its foot on the floor, (x, y) metres; its face is to the left (-1) or to the right (1).

    `foot` and `head` are pixels of the working picture. `clear` is whether its face alone tells where the floor begins.
    """

    x: float
    y: float
    side: int
    foot: tuple[float, float]
    head: tuple[float, float]
    clear: bool


def find(photo: NDArray[np.uint8], segments: Segments, room: Room) -> tuple[Occluder, ...]:
    """Foreground of an RGB photo; `segments` and `room` are at its size."""
    lab = cv2.cvtColor(photo.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    smooth = np.asarray(cv2.GaussianBlur(lab, (0, 0), 3), np.float32)
    edges = _distinct([e for ends in upright(segments, room) if (e := _edge(smooth, ends, room)) is not None])
    occluders: list[Occluder] = []
    used: set[int] = set()
    for i, edge in enumerate(edges):
        # A column has an edge between its faces as well: the outer two bound it.
        for j in sorted(range(len(edges)), key=lambda j: -abs(edges[j].x - edge.x)):
            foot = _foot(smooth, edge, edges[j]) if not used & {i, j} and _column(edge, edges[j]) else []
            if foot:
                used |= {i} | {k for k, other in enumerate(edges) if _between(other, edge, edges[j])}
                occluders.append(_pillar(room, edge, edges[j], foot))
    for i, edge in sorted(enumerate(edges), key=lambda known: known[1].y):
        if i not in used and edge.clear and _has_face(smooth, edge, room):
            used |= {i} | {k for k, other in enumerate(edges) if _near(other, edge, WALL_ENDS)}
            occluders.append(_occluder(room, edge))
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
    begins = _beginnings(smooth, ends)
    if begins is None:
        return None
    side, row = (-1, begins[0]) if begins[0] > begins[1] else (1, begins[1])
    foot = u0 + (row - v0) / (v1 - v0) * (u1 - u0), row
    ray, high = camera.rays([foot, ends[1]])
    if ray[2] > -1e-3 or row > 0.985 * smooth.shape[0]:
        return None
    x, y = (-camera.height / ray[2] * ray)[:2]
    sides, back = INSIDE
    if not (box.x0 + sides < x < box.x1 - sides and NEAREST < y < box.y1 - back):
        return None
    top = camera.height + float(np.hypot(x, y) / max(np.hypot(*high[:2]), 1e-9) * high[2])
    clear = floor_begins(smooth, ends, side, CLEAR) >= 0
    return Edge(float(x), float(y), side, foot, (float(u1), float(v1)), clear) if top > LEAST_TOP else None


def _beginnings(smooth: NDArray[np.float32], ends: Floats) -> list[float] | None:
    """The rows at which floor begins to the left and to the right of an edge; None where they differ too little.

    Of a wall that is seen a little from the side its end face comes first, so either side is looked at past that too.
    """
    for left, right in ((-1.0, 1.0), (-PAST_END, 1.0), (-1.0, PAST_END)):
        begins = [floor_begins(smooth, ends, side, CLEAR_BESIDE) for side in (left, right)]
        if min(begins) >= 0 and abs(begins[1] - begins[0]) >= LEAST_HIDDEN * smooth.shape[0]:
            return begins
    return None


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
        ends = np.add([edge.foot, edge.head], [off, 0.0])
        begins = floor_begins(smooth, ends, 0, CLEAR)
        if begins > 0:
            lean = (begins - edge.foot[1]) / (edge.head[1] - edge.foot[1]) * (edge.head[0] - edge.foot[0])
            wanted = a[1] + (edge.foot[0] + off + lean - a[0]) / (b[0] - a[0]) * (b[1] - a[1])
            seen += 1
            right += abs(begins - wanted) < STRAIGHT * height and is_sharp(smooth, ends, begins)
    return right >= 3 and right >= seen - 1


def floor_begins(smooth: NDArray[np.float32], ends: Floats, side: float, clear: float) -> float:
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


def is_sharp(smooth: NDArray[np.float32], ends: Floats, row: float) -> bool:
    """Whether the colour steps at a row of an upright line, as it does at a foot, and does not fade."""
    near, far, share = SHARP
    (u0, v0), (u1, v1) = ends
    rows = row + smooth.shape[0] * np.array([-far, -near, near, far])
    colours = _colours(smooth, u0 + (rows - v0) / (v1 - v0) * (u1 - u0), rows).astype(np.float64)
    step, whole = (float(np.linalg.norm(colours[a] - colours[b])) for a, b in ((2, 1), (3, 0)))
    return step > max(OTHER, share * whole)


def _colours(smooth: NDArray[np.float32], u: Floats, v: Floats) -> NDArray[np.float32]:
    height, width = smooth.shape[:2]
    return np.asarray(smooth[np.clip(v, 0, height - 1).astype(int), np.clip(u, 0, width - 1).astype(int)])


def _distinct(edges: list[Edge]) -> list[Edge]:
    """The edges without doubles (both borders of a bead or a skirting's end): of close ones the taller."""
    kept: list[Edge] = []
    for edge in sorted(edges, key=lambda e: e.head[1] - e.foot[1]):
        if not any(_near(edge, k, DOUBLE) for k in kept):
            kept.append(edge)
    return kept


def _near(one: Edge, other: Edge, metres: float) -> bool:
    return abs(one.x - other.x) + abs(one.y - other.y) <= metres


def _between(edge: Edge, one: Edge, other: Edge) -> bool:
    """Whether an edge is one of a column's: between two others in the picture, or one of them."""
    low, high = sorted((one.foot[0], other.foot[0]))
    return low <= edge.foot[0] <= high and abs(edge.y - one.y) <= DEEP


def _column(one: Edge, other: Edge) -> bool:
    """Whether two edges may bound one thing: their faces look at each other, at about the same depth, and one of them
    at least is clear."""
    if one.side == other.side or abs(one.y - other.y) > DEEP or not (one.clear or other.clear):
        return False
    apart = (other.x - one.x) * one.side
    return 0.05 < apart < COLUMN


def _foot(smooth: NDArray[np.float32], one: Edge, other: Edge) -> list[tuple[float, float]]:
    """Pixels along the foot between a column's two edges, from `one` on; none where it does not end there.

    A doorway that a polished floor mirrors has such edges too, but what they bound fades out, or ends elsewhere.
    """
    height = smooth.shape[0]
    found: list[tuple[float, float]] = []
    for t in ACROSS:
        ends = (1 - t) * np.array([one.foot, one.head]) + t * np.array([other.foot, other.head])
        row = floor_begins(smooth, ends, 0, CLEAR_BESIDE)
        if not -STRAIGHT * height < row - ends[0, 1] < CORNER * height:
            continue
        if is_sharp(smooth, ends, row):
            (u0, v0), (u1, v1) = ends
            found.append((float(u0 + (row - v0) / (v1 - v0) * (u1 - u0)), float(row)))
    return found if len(found) > len(ACROSS) / 2 else []


def _pillar(room: Room, one: Edge, other: Edge, foot: list[tuple[float, float]]) -> Occluder:
    """A column between two edges, down to its `foot`, which the corner between two of its faces may draw forward."""
    (one_top, one_end), (other_top, other_end) = _line(room, one.x, one.y), _line(room, other.x, other.y)
    rays = room.camera.rays(foot)
    nearest = float((room.camera.height / -rays[:, 2] * rays[:, 1]).min())
    return Occluder((one_top, one_end, *foot, other_end, other_top), min(one.y, other.y, nearest))


def _occluder(room: Room, edge: Edge) -> Occluder:
    """The picture of a face from its edge to the side of the picture; from floor to ceiling."""
    camera, box = room.camera, room.box
    far = float(camera.width * (edge.side > 0))
    (near_top, near_end) = _line(room, edge.x, edge.y)
    # the face goes on parallel to the back wall
    (_, far_top), (_, far_end) = _line(room, box.x0 if edge.side < 0 else box.x1, edge.y)
    top, end = min(near_top[1], far_top), max(near_end[1], far_end)
    return Occluder((near_top, near_end, (far, end), (far, top)), edge.y)


def _line(room: Room, x: float, y: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Pixels of the upper and lower end of an upright at a place of the floor."""
    (top, bottom), _ = room.camera.project([(x, y, room.box.height), (x, y, 0.0)])
    return (float(top[0]), float(top[1])), (float(bottom[0]), float(bottom[1]))

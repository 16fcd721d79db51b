"""Outer corners: where a side wall of the box ends before the photo does, and the floor goes on beside it.

Of a room that is an L the box is read as its narrower part. Where its side wall ends there is an upright edge with its
foot on the wall's own foot; from there on a face parallel to the back wall stands over floor which the box has behind
its wall. The box is made as wide as that face is seen, and what it had behind the wall becomes a wall inside it.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.geometry.foreground import (
    CLEAR,
    CLEAR_BESIDE,
    INSIDE,
    LEAST_TOP,
    NEAREST,
    SHORTEST,
    STRAIGHT,
    Edge,
    floor_begins,
    is_sharp,
    upright,
)
from staging.engine.geometry.segments import Segments
from staging.engine.scene import plan
from staging.engine.scene.room import Block, Floats, Room

ON_FOOT: Final = 0.25  # metres of an edge from the side wall that it ends
STEP: Final = 0.012  # of the picture's width, at which the face's foot is looked for
WIDEST: Final = 0.45  # of the picture's width that it is followed
SEEN: Final = 0.7  # share of a face along which its foot must be where it belongs
LEAST_WIDE: Final = 0.6  # metres of face: less is a pier or a frame
BESIDE: Final = 0.06  # of the picture's height by which its foot must come off the line of the box's wall
DOUBTED: Final = 0.6  # score of openings up to which light and shade may have drawn them
BEYOND: Final = 0.5  # metres that a face goes on where the picture ends


def find(photo: NDArray[np.uint8], segments: Segments, room: Room) -> Room:
    """The room, wider where its side walls end before an RGB photo does; `segments` and `room` are at its size."""
    lab = cv2.cvtColor(photo.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    smooth = np.asarray(cv2.GaussianBlur(lab, (0, 0), 3), np.float32)
    uprights = upright(segments, room)
    for side, wall in ((-1, "left"), (1, "right")):
        ends = [end for line in uprights if (end := _end(smooth, line, side, room)) is not None]
        corner, reach = max(ends, key=lambda end: abs(end[1] - end[0].x), default=(None, 0.0))
        # A window or a door in the wall would have no wall any more.
        sure = (o for o in room.openings if o.wall == wall and o.score > DOUBTED)
        if corner is not None and all(o.u0 + o.u1 < 2 * corner.y for o in sure):
            room = _widened(room, corner, reach)
    return room


def _end(smooth: NDArray[np.float32], ends: Floats, side: int, room: Room) -> tuple[Edge, float] | None:
    """The end of a side wall at an upright segment, with the x to which the face beside it goes, metres."""
    camera, box = room.camera, room.box
    height = smooth.shape[0]
    (u0, v0), (u1, v1) = ends
    wall = box.x0 if side < 0 else box.x1
    ray = camera.rays([u0, v0])
    if v0 - v1 < SHORTEST * height or ray[2] > -1e-3:
        return None
    row = floor_begins(smooth, ends, side, CLEAR)
    foot = u0 + (row - v0) / (v1 - v0) * (u1 - u0), row
    low, high = camera.rays([foot, ends[1]])
    if row < 0 or low[2] > -1e-3:
        return None
    x, y = (-camera.height / low[2] * low)[:2]
    top = camera.height + math.hypot(x, y) / max(math.hypot(*high[:2]), 1e-9) * high[2]
    if abs(x - wall) > ON_FOOT or not NEAREST < y < box.y1 - INSIDE[1] or top < LEAST_TOP:
        return None
    edge = Edge(float(x), float(y), side, foot, (float(u1), float(v1)), clear=True)
    reach = _reach(smooth, edge, room)
    return (edge, reach) if abs(reach - x) > LEAST_WIDE else None


def _reach(smooth: NDArray[np.float32], edge: Edge, room: Room) -> float:
    """The x, metres, to which the foot of a face parallel to the back wall is seen from an edge outwards."""
    height, width = smooth.shape[:2]
    camera = room.camera
    (a, b, ahead), depth = camera.project(
        [(edge.x, edge.y, 0), (edge.x + edge.side, edge.y, 0), (edge.x, edge.y - 0.3, 0)]
    )
    if depth.min() < 0.05 or abs(b[0] - a[0]) < 1:
        return edge.x
    lean = (edge.head[0] - edge.foot[0]) / (edge.head[1] - edge.foot[1])
    seen = right = apart = 0
    last = 0.0
    for off in np.arange(STEP, WIDEST, STEP) * width * edge.side:
        line = np.add([edge.foot, edge.head], [off, 0.0])
        if not 3 < line[0, 0] < width - 4:
            break
        row = floor_begins(smooth, line, 0, CLEAR_BESIDE)
        wanted = a[1] + (edge.foot[0] + off + lean * (row - edge.foot[1]) - a[0]) / (b[0] - a[0]) * (b[1] - a[1])
        there = row > 0 and abs(row - wanted) < STRAIGHT * height and is_sharp(smooth, line, row)
        seen, right = seen + 1, right + there
        if there:
            last = off
            along = (off + edge.foot[0] - a[0]) / (ahead[0] - a[0]) if abs(ahead[0] - a[0]) > 1 else math.inf
            apart += along > 0 and a[1] + along * (ahead[1] - a[1]) - row > BESIDE * height
        elif seen - right > max(2, (1 - SEEN) * seen + 1):
            break
    if last == 0.0 or right < SEEN * last / (STEP * width * edge.side) or apart < 3:
        return edge.x
    ray = camera.rays([edge.foot[0] + last, a[1] + last / (b[0] - a[0]) * (b[1] - a[1])])
    return float(edge.y * ray[0] / max(ray[1], 1e-6))


def _widened(room: Room, corner: Edge, reach: float) -> Room:
    """The room with the wall that ends at a corner inside it, and its box as wide as the face beside that goes."""
    box = room.box
    frame = room.camera.rays([0.0 if corner.side < 0 else room.camera.width, corner.foot[1]])
    at_frame = corner.y * frame[0] / max(frame[1], 1e-6)
    outer = reach + BEYOND * corner.side if abs(reach - at_frame) < BEYOND / 2 else reach
    wide = dataclasses.replace(box, x0=outer) if corner.side < 0 else dataclasses.replace(box, x1=outer)
    old = box.x0 if corner.side < 0 else box.x1
    x0, x1 = sorted((old, outer))
    block = Block(x0, x1, corner.y, box.y1, box.height)
    wall = "left" if corner.side < 0 else "right"
    openings = tuple(o for o in room.openings if o.wall != wall)
    walls = (*room.walls_inside, block)
    return dataclasses.replace(room, box=wide, openings=openings, plan=plan.outline(wide, walls))

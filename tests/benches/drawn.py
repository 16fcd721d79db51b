"""Rooms as a person would correct them: the box whose edges lie on those drawn by hand in `furnished_edges.json`.

They answer whether a picture fails for how its room was read or for how it was filled. A room is fitted to the edges
and handed on as its corners, as the page that corrects rooms hands them on; what was not drawn stays as it was read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from staging.engine.geometry.reading import guess
from staging.engine.scene.editing import UNREAD, YAWS, Corners, adjusted, from_corners
from staging.engine.scene.room import Box, Room

EDGES = Path(__file__).with_name("furnished_edges.json")  # {photo: {edge: [x, y, x, y]}}
DRAWN_AT = 900  # pixels of the long edge that they were drawn at
DRAWN: Final = 1.5  # pixels of a copy of DRAWN_AT: how exactly the edges were drawn
BOX: Final = 0.7  # one sigma of the log of a side that no edge tells of, against the one that was read

Floats = NDArray[np.float64]
Edges = dict[str, list[float]]


def namings(drawn: Edges) -> Iterator[Edges]:
    """The edges by the names of a box's: the walls beside a single corner are left and back, or back and right."""
    if "corner" not in drawn:
        yield drawn
        return
    for left, right, corner in (("back", "right", "corner_right"), ("left", "back", "corner_left")):
        names = {"L": left, "R": right}
        yield {corner if name == "corner" else f"{name[:-1]}{names[name[-1]]}": edge for name, edge in drawn.items()}


def corrected(read: Room, drawn: Edges) -> dict[str, Any]:
    """The room, as JSON, that pages make of `read` when its corners are dragged onto the `drawn` edges."""
    height, width = read.camera.height_px, read.camera.width
    fits = [fitted(near, named) for near in (read, guess(width, height)) for named in namings(drawn)]
    best = min(fits, key=lambda fit: fit[0])[1]
    corners = Corners.of(best)
    try:
        return from_corners(read, corners).to_dict()
    except ValueError:  # too far from what was read: a person begins again
        return from_corners(guess(width, height), corners).to_dict()


def fitted(near: Room, drawn: Edges) -> tuple[float, Room]:
    """The room nearest to `near` that has the edges, and what it costs."""
    camera = near.camera
    scale = max(camera.width, camera.height_px) / DRAWN_AT
    box = near.box
    sides = np.array([-box.x0, box.x1, box.y1, box.height - camera.height]) / camera.height
    logs = np.log(np.maximum(sides, 0.05))

    def made(p: Floats) -> Room:
        left, right, depth, above = np.exp(np.clip(p[5:], -3, 3)) * camera.height
        return dataclasses.replace(
            near, camera=adjusted(camera, p), box=Box(-left, right, box.y0, depth, camera.height + above)
        )

    def residuals(p: Floats) -> Floats:
        room = made(p)
        off = [across(room, name, points, scale) / DRAWN for name, points in drawn.items()]
        for name in ("corner_left", "corner_right"):
            end = short(room, name, drawn[name], scale) if name in drawn else inside(room, name, scale)
            off.append(end / DRAWN)
        return np.concatenate([np.clip(np.concatenate(off), -200, 200), p[:5] / UNREAD, (p[5:] - logs) / BOX])

    starts = (np.array([0.0, 0.0, 0.0, yaw, 0.0, *logs]) for yaw in YAWS)
    best = min((least_squares(residuals, start) for start in starts), key=lambda found: float(found.cost))
    return float(best.cost), made(best.x)


def short(room: Room, name: str, points: list[float], scale: float) -> Floats:
    """How far (2,) a drawn corner goes on above a room's ceiling and under its floor, pixels as above.

    It may be shorter: furniture hides its foot, the picture's border its head.
    """
    (_, foot), (_, head) = corner(room, name)[0] / scale
    return np.maximum([max(points[1], points[3]) - foot, head - min(points[1], points[3])], 0.0)


def inside(room: Room, name: str, scale: float) -> Floats:
    """How far (2,) foot and head of a corner that was not drawn, since it is not seen, lie inside the picture."""
    points, depth = corner(room, name)
    width = room.camera.width
    off = points[:, 0] if name.endswith("left") else width - points[:, 0]
    return np.where(depth > 0, np.maximum(off, 0.0), 0.0) / scale


def corner(room: Room, name: str) -> tuple[Floats, Floats]:
    """The pixels (2, 2) of foot and head of a corner of the back wall, and their depths (2,)."""
    return room.camera.project(ends(room, name))


def ends(room: Room, name: str) -> Floats:
    """Two points (2, 3) of an edge of a room's box, metres, of a wall's edge on the side both before the camera."""
    box = room.box
    part, wall = name.split("_")
    x = {"left": box.x0, "right": box.x1}
    if part == "corner":
        return np.array([(x[wall], box.y1, 0.0), (x[wall], box.y1, box.height)])
    z = 0.0 if part == "floor" else box.height
    return np.array(
        [(box.x0, box.y1, z), (box.x1, box.y1, z)] if wall == "back" else [(x[wall], y, z) for y in (0.4, box.y1)]
    )


def across(room: Room, name: str, points: list[float], scale: float) -> Floats:
    """How far (2,) the two ends of a drawn edge lie from the line of a room's edge, pixels of a copy of DRAWN_AT."""
    camera = room.camera
    turned = (ends(room, name) - [0.0, 0.0, camera.height]) @ camera.matrix.T
    seen = (
        turned @ np.array([[camera.f, 0.0, 0.0], [0.0, camera.f, 0.0], [camera.cx, camera.cy, 1.0]]) / [scale, scale, 1]
    )
    line = np.cross(*seen)
    at = np.column_stack([np.reshape(points, (2, 2)), np.ones(2)])
    return np.asarray(at @ line / max(float(np.hypot(*line[:2])), 1e-9))

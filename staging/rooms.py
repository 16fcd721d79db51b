"""A room as pages show and correct it: lines over the photo, corners to be dragged. All in pixels of the photo.

The one importer of the engine's scene on this side: pure arithmetic, milliseconds, no tracer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from staging.engine.scene.editing import Corners, from_corners
from staging.engine.scene.room import Room
from staging.models import Photo

NEAR = 0.08  # metres before the camera where lines are cut
_FAR_OFF = 1e5  # pixels; beyond them a browser draws nothing sensible

Point = tuple[float, float, float]
Line = tuple[float, float, float, float]


class NoSuchRoom(ValueError):
    """The corners belong to no room; the text is for people."""


def room_of(record: dict[str, Any], photo: Photo) -> dict[str, Any]:
    """The room that a backend's `record` tells of, at the photo's size; a guess where it tells of none.

    The record is a picture's, or that of a run that failed: then its room is the likeliest reading.
    """
    room = _told(record.get("room")) or _guess(photo)
    if (room.camera.width, room.camera.height_px) != (photo.width, photo.height):
        room = _resized(room, photo)
    return room.to_dict()


def corrected(near: dict[str, Any], corners: Any) -> dict[str, Any]:
    """The room that has these corners, JSON of `Corners`, nearest to `near`. Raises NoSuchRoom."""
    try:
        return from_corners(Room.from_dict(near), Corners.from_dict(corners)).to_dict()
    except ValueError as error:
        said = str(error)
        raise NoSuchRoom(said[:1].upper() + said[1:].rstrip(".")) from error


def shown(data: dict[str, Any]) -> dict[str, Any]:
    """What an editor draws of a room: its corners, its lines by kind, and its size in words."""
    room = Room.from_dict(data)
    box = room.box
    walls = [((x, box.y1, 0.0), (x, box.y1, box.height)) for x in (box.x0, box.x1)]
    return {
        "corners": Corners.of(room).to_dict(),
        "floor": _lines(room, _edges(room, 0.0)),
        "ceiling": _lines(room, _edges(room, box.height)),
        "walls": _lines(room, walls),
        "grid": _lines(room, _grid(room)),
        "size": f"{box.width:.1f} × {box.y1:.1f} m, {box.height:.1f} m high",
        "status": room.status,
    }


def _told(data: Any) -> Room | None:
    """The room in `data` if it is one that an editor can show."""
    if not isinstance(data, dict):
        return None
    try:
        room = Room.from_dict(data)
        Corners.of(room)
    except (ValueError, KeyError):
        return None
    return room


def _guess(photo: Photo) -> Room:
    from staging.engine.geometry.reading import guess  # noqa: PLC0415  slow to load, and seldom asked for

    return guess(photo.width, photo.height)


def _resized(room: Room, photo: Photo) -> Room:
    return Room.from_dict({**room.to_dict(), "camera": vars(room.camera.resized(photo.width, photo.height))})


def _edges(room: Room, z: float) -> list[tuple[Point, Point]]:
    """Where floor or ceiling meet the back wall and the side walls."""
    box = room.box
    back = ((box.x0, box.y1, z), (box.x1, box.y1, z))
    return [back, *(((x, box.y0, z), (x, box.y1, z)) for x in (box.x0, box.x1))]


def _grid(room: Room) -> list[tuple[Point, Point]]:
    """A line on the floor each metre, both ways."""
    box = room.box
    along = [((x, box.y0, 0.0), (x, box.y1, 0.0)) for x in range(math.ceil(box.x0), math.floor(box.x1) + 1)]
    across = [((box.x0, y, 0.0), (box.x1, y, 0.0)) for y in range(math.ceil(box.y0), math.floor(box.y1) + 1)]
    return [*along, *across]


def _lines(room: Room, ends: Sequence[tuple[Point, Point]]) -> list[Line]:
    """The lines in pixels, cut where they come too near to the camera; those wholly behind it are left out."""
    found: list[Line] = []
    for one, other in ends:
        points = np.array([one, other], dtype=np.float64)
        _, depth = room.camera.project(points)
        if depth.max() < NEAR:
            continue
        if depth.min() < NEAR:
            i = int(depth.argmin())
            points[i] += (points[1 - i] - points[i]) * (NEAR - depth[i]) / (depth[1 - i] - depth[i])
        pixels = np.clip(room.camera.project(points)[0], -_FAR_OFF, _FAR_OFF)
        found.append((float(pixels[0][0]), float(pixels[0][1]), float(pixels[1][0]), float(pixels[1][1])))
    return found

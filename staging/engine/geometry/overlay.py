"""Draw what was read over the photo, for people to judge."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.scene.room import Floats, Room

Picture = NDArray[np.uint8]
NEAR: Final = 0.08  # metres before the camera where lines are cut
FLOOR: Final = (255, 40, 40)
CEILING: Final = (80, 120, 255)
CORNER: Final = (0, 220, 0)
GRID: Final = (0, 200, 255)
LAMP: Final = (255, 230, 0)
BEFORE: Final = (0, 0, 0)
OPENING: Final = {"window": (255, 0, 255), "door": (255, 140, 0), "opening": (150, 0, 230)}


def draw(photo: Picture, room: Room) -> Picture:
    """A copy of the photo (H, W, 3) with room lines, openings, lamps, a floor grid each metre, and a status line."""
    picture = np.ascontiguousarray(photo).copy()
    thick = max(1, round(max(photo.shape[:2]) / 500))
    box = room.box
    grid = picture.copy()
    for x in range(math.ceil(box.x0), math.floor(box.x1) + 1):
        _line(grid, room, ((x, box.y0, 0.0), (x, box.y1, 0.0)), GRID, max(1, thick // 2))
    for y in range(math.ceil(box.y0), math.floor(box.y1) + 1):
        _line(grid, room, ((box.x0, y, 0.0), (box.x1, y, 0.0)), GRID, max(1, thick // 2))
    picture = np.asarray(cv2.addWeighted(grid, 0.6, picture, 0.4, 0), np.uint8)
    for z, colour in ((0.0, FLOOR), (box.height, CEILING)):
        _line(picture, room, ((box.x0, box.y1, z), (box.x1, box.y1, z)), colour, thick)
        for x_wall in (box.x0, box.x1):
            _line(picture, room, ((x_wall, box.y0, z), (x_wall, box.y1, z)), colour, thick)
    for x_wall in (box.x0, box.x1):
        _line(picture, room, ((x_wall, box.y1, 0.0), (x_wall, box.y1, box.height)), CORNER, thick)
    for opening in room.openings:
        corners = opening.corners(box)
        for a, b in zip(corners, np.roll(corners, -1, 0), strict=True):
            _line(picture, room, (a, b), OPENING[opening.kind], thick)
    for lamp in room.lamps:
        uv, depth = room.camera.project(lamp)
        if depth > NEAR:
            cv2.circle(picture, _pixel(uv), 6 * thick, LAMP, thick, cv2.LINE_AA)
    for occluder in room.occluders:
        ring = np.array([_pixel(np.array(p)) for p in occluder.polygon], np.int32)
        cv2.polylines(picture, [ring], True, BEFORE, thick, cv2.LINE_AA)
    return _labelled(picture, room)


def _line(picture: Picture, room: Room, ends: object, colour: tuple[int, int, int], thick: int) -> None:
    """A line between two room points, cut at the camera's plane and at the frame."""
    points = np.array(ends, dtype=np.float64)
    _, depth = room.camera.project(points)
    if depth.max() < NEAR:
        return
    if depth.min() < NEAR:
        i = int(depth.argmin())
        points[i] += (points[1 - i] - points[i]) * (NEAR - depth[i]) / (depth[1 - i] - depth[i])
    uv, _ = room.camera.project(points)
    uv = np.clip(uv, -1e5, 1e5)
    frame = (0, 0, picture.shape[1], picture.shape[0])
    inside, p, q = cv2.clipLine(frame, _pixel(uv[0]), _pixel(uv[1]))
    if inside:
        cv2.line(picture, p, q, colour, thick, cv2.LINE_AA)


def _pixel(uv: Floats) -> tuple[int, int]:
    return round(float(uv[0]) - 0.5), round(float(uv[1]) - 0.5)


def _labelled(picture: Picture, room: Room) -> Picture:
    camera, box = room.camera, room.box
    longest = max(camera.width, camera.height_px)
    figures = " ".join(f"{name} {value:.2f}" for name, value in room.confidence.items() if name != "total")
    lines = [
        f"{room.status} {room.confidence.get('total', 0.0):.2f}  {figures}",
        f"{box.width:.2f} x {box.y1:.2f} m, ceiling {box.height:.2f} m, camera {camera.height:.2f} m"
        f" (scale: {room.scale_source}), f {camera.f / longest:.2f} ({camera.f_source})",
        *(f"{o.kind} {o.wall} {o.u1 - o.u0:.2f} m, {o.z0:.2f}-{o.z1:.2f} m, {o.score:.2f}" for o in room.openings),
    ]
    size = picture.shape[1] / 2000
    row = max(1, round(28 * size))
    for i, text in enumerate(lines):
        (width, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.8 * size, 1)
        cv2.rectangle(picture, (0, i * row), (width + row, (i + 1) * row), (0, 0, 0), -1)
        at = (row // 3, round((i + 0.8) * row))
        cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.8 * size, (255, 255, 0), 1, cv2.LINE_AA)
    return picture

"""Photos of made-up rooms with known camera, box and openings: a ray caster of a few lines, no licence to mind."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.scene import faces
from staging.engine.scene.room import Box, Camera, Opening, Room

AXES = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
WALL_LABELS = {"left": faces.LEFT, "right": faces.RIGHT, "back": faces.BACK}
GAIN = {faces.CEILING: 1.06, faces.LEFT: 0.92, faces.RIGHT: 0.84, faces.BACK: 0.97, faces.RETURN: 0.88}

_drawn: dict[tuple[str, int, float | None], NDArray[np.uint8]] = {}


def room(
    *,
    width: int = 720,
    height: int = 480,
    focal: float = 0.6,
    yaw: float = 0.0,
    pitch: float = 0.0,
    camera_height: float = 1.38,
    box: Box | None = None,
    openings: tuple[Opening, ...] = (),
) -> Room:
    """A room seen by a camera turned by `yaw` and `pitch` degrees; `focal` counts long sides."""
    y, p = math.radians(yaw), math.radians(pitch)
    about_y = np.array([[math.cos(y), 0, math.sin(y)], [0, 1, 0], [-math.sin(y), 0, math.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(p), -math.sin(p)], [0, math.sin(p), math.cos(p)]])
    rows = about_x @ about_y @ AXES
    camera = Camera(
        width=width,
        height_px=height,
        f=focal * max(width, height),
        cx=width / 2,
        cy=height / 2,
        height=camera_height,
        rotation=tuple(tuple(float(v) for v in row) for row in rows),
    )
    return Room(camera, box or Box(-2.1, 1.9, -1.0, 4.4, 2.55), openings=openings)


def photo(truth: Room, *, seed: int = 0, tiles: float | None = None) -> NDArray[np.uint8]:
    """What the camera of a room sees: planks, painted walls with skirting, openings with casing, noise; RGB.

    With `tiles` the floor is of pale ones with dark joints, turned so many degrees against the walls.
    """
    asked = repr(truth), seed, tiles
    if asked not in _drawn:  # it takes a third of a second, and many tests look at the same room
        _drawn[asked] = _photo(truth, seed, tiles)
    return _drawn[asked].copy()


def _photo(truth: Room, seed: int, tiles: float | None) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    width, height = truth.camera.width, truth.camera.height_px
    seen = faces.face_map(truth, 2 * width, 2 * height)
    picture = np.zeros((2 * height, 2 * width, 3))
    for label, gain in GAIN.items():
        picture[seen.labels == label] = np.array([0.82, 0.80, 0.77]) * gain
    x, y, z = np.moveaxis(seen.points, -1, 0)
    floor = seen.labels == faces.FLOOR
    at = x[floor], y[floor]
    picture[floor] = _planks(*at) if tiles is None else _tiles(*at, math.radians(tiles))
    walls = np.isin(seen.labels, list(WALL_LABELS.values()))
    board = walls & (z < 0.09)
    picture[board] = 0.93
    picture[walls & (np.abs(z - 0.09) < 0.006)] *= 0.8
    for opening in truth.openings:
        _paint_opening(picture, seen, opening)
    box = truth.box
    nearest = crease = np.full(x.shape, np.inf)  # to the nearest and the second nearest face
    for gap in (z, box.height - z, x - box.x0, box.x1 - x, box.y1 - y):
        away = np.abs(gap)
        crease = np.minimum(crease, np.maximum(nearest, away))
        nearest = np.minimum(nearest, away)
    picture *= (1 - 0.15 * np.exp(-crease / 0.2))[..., None]
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    noisy = small + rng.normal(0, 0.008, small.shape)
    return (np.clip(noisy, 0, 1) * 255).astype(np.uint8)


def _planks(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    board = np.floor(x / 0.14)
    piece = np.floor(y / 1.3 + (board * 0.37) % 1)
    tone = 0.9 + 0.2 * ((np.sin(board * 78.2 + piece * 37.7) * 43758.5) % 1)
    joint = np.abs((x / 0.14) % 1 - 0.5) > 0.485
    return np.array([0.50, 0.37, 0.25]) * (tone * np.where(joint, 0.75, 1.0))[..., None]


def _tiles(x: NDArray[np.float64], y: NDArray[np.float64], turn: float) -> NDArray[np.float64]:
    across, along = x * math.cos(turn) + y * math.sin(turn), y * math.cos(turn) - x * math.sin(turn)
    joint = (np.abs((across / 0.12) % 1 - 0.5) > 0.44) | (np.abs((along / 0.36) % 1 - 0.5) > 0.48)
    return np.array([0.90, 0.89, 0.87]) * np.where(joint, 0.52, 1.0)[..., None]


def _paint_opening(picture: NDArray[np.float64], seen: faces.FaceMap, o: Opening) -> None:
    """A window of sky with a cross bar, a dark passage, or a white door with two panels; casings are white."""
    u = seen.points[..., 0 if o.wall == "back" else 1]
    z = seen.points[..., 2]
    wall = seen.labels == WALL_LABELS[o.wall]
    casing = wall & (u > o.u0 - 0.07) & (u < o.u1 + 0.07) & (z > o.z0 - 0.07) & (z < o.z1 + 0.07)
    inside = wall & (u > o.u0) & (u < o.u1) & (z > o.z0) & (z < o.z1)
    picture[casing] = 0.95
    across, up = (u - o.u0) / (o.u1 - o.u0), (z - o.z0) / (o.z1 - o.z0)
    if o.kind == "window":
        picture[inside] = np.stack([0.55 + 0.3 * up, 0.75 + 0.2 * up, 0.95 + 0.04 * up], -1)[inside]
        picture[inside & ((np.abs(across - 0.5) < 0.02) | (np.abs(up - 0.5) < 0.02))] = 0.95
    elif o.kind == "opening":
        picture[inside] = np.array([0.22, 0.20, 0.19])
    else:
        picture[inside] = 0.90
        edge = inside & ((np.abs(across - 0.5) > 0.49) | (up > 0.99))
        panel = (np.abs(across - 0.5) < 0.35) & (np.abs(up - 0.5) < 0.43) & (np.abs(up - 0.5) > 0.03)
        rim = panel & ((np.abs(across - 0.5) > 0.33) | (np.abs(up - 0.5) > 0.42) | (np.abs(up - 0.5) < 0.04))
        picture[edge | (inside & rim)] = 0.68

"""What each area of a drawn room is, in the room box that the drawing's own lines give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from staging.engine.modes.drawing.regions import Regions
from staging.engine.modes.drawing.shapes import LEVEL, LOOSE, RECEDING, UPRIGHT, Shapes
from staging.engine.scene import faces
from staging.engine.scene.faces import FaceMap

Floats = NDArray[np.float32]

FLOOR: Final = 0
CEILING: Final = 1
WALL: Final = 2
WINDOW: Final = 3
PICTURE: Final = 4
CABINET: Final = 5
RUG: Final = 6
FURNITURE: Final = 7
PARTS: Final = 8
SURFACES: Final = (FLOOR, CEILING, WALL)  # these meet where the box says, drawn or not

_LARGE: Final = 0.035  # of the picture: bare surface rather than a thing
_FITTED: Final = ("kitchen", "bathroom", "home_office")  # rooms whose walls carry cupboards
_SIDE_BY_SIDE: Final = 0.2  # share of a frame's border that other frames take
_SCRAP: Final = 0.006
_WALLS: Final = (faces.LEFT, faces.RIGHT, faces.BACK)


@dataclass(frozen=True)
class Drawn:
    """`parts` (H, W) holds the constants above; `thing` (H, W) numbers pieces of furniture from 1 (0: none)."""

    parts: NDArray[np.int8]
    thing: NDArray[np.int32]


def read(regions: Regions, shapes: Shapes, seen: FaceMap, room_type: str) -> Drawn:
    """Say of each pixel what it is; `seen` (H, W) is the box behind the drawing."""
    shares = _face_shares(regions, seen)
    part = _first_guess(shapes, shares, _heights(regions, seen), room_type)
    surface = np.select(
        [seen.labels == faces.FLOOR, seen.labels == faces.CEILING], [np.int64(FLOOR), np.int64(CEILING)], np.int64(WALL)
    )
    # Bare paper often runs over floor and walls at once: there the box decides, pixel by pixel.
    bare = (part < WINDOW) & (part != WALL) | (shapes.area > _LARGE) & (part == WALL)
    parts = np.where(bare[regions.labels], surface, part[regions.labels])
    return Drawn(parts.astype(np.int8), _things(part, shapes)[regions.labels])


def _face_shares(regions: Regions, seen: FaceMap) -> Floats:
    """Share of each area on each face of the box, (N, 6)."""
    flat = regions.labels.ravel() * 6 + seen.labels.ravel()
    counts = np.bincount(flat, minlength=regions.count * 6).reshape(-1, 6)
    return np.asarray(counts / np.maximum(counts.sum(1, keepdims=True), 1), np.float32)


def _heights(regions: Regions, seen: FaceMap) -> Floats:
    """Lowest and highest point of each area on the box behind it, metres above the floor, (N, 2)."""
    flat, up = regions.labels.ravel(), seen.points[..., 2].ravel()
    low, high = np.full(regions.count, np.inf), np.full(regions.count, -np.inf)
    np.minimum.at(low, flat, up)
    np.maximum.at(high, flat, up)
    return np.stack([low, high], 1).astype(np.float32)


def _first_guess(shapes: Shapes, shares: Floats, up: Floats, room_type: str) -> NDArray[np.int64]:
    out, area = shapes.outline, shapes.area
    on_floor, on_ceiling = shares[:, faces.FLOOR], shares[:, faces.CEILING]
    on_walls = shares[:, list(_WALLS)].sum(1)
    level = out[:, LEVEL] + out[:, RECEDING]
    framed = (out[:, UPRIGHT] > 0.22) & (level > 0.18) & (out[:, LOOSE] < 0.45) & (shapes.full > 0.5)
    part = np.full(len(area), FURNITURE)
    large = area > _LARGE
    part[(on_ceiling > 0.55) & (large | (out[:, LOOSE] < 0.9))] = CEILING
    part[(on_walls > 0.6) & (large | ((area > 0.004) & (out[:, LOOSE] < 0.35) & (up[:, 0] > 0.9)))] = WALL
    flat = (on_floor > 0.75) & (out[:, UPRIGHT] < 0.14)
    part[flat & (large | (level > 0.55))] = FLOOR
    part[(on_floor > 0.5) & large] = FLOOR
    part[large & (part == FURNITURE)] = WALL
    beside = (shapes.box[:, 0] < 0.01) | (shapes.box[:, 2] > 0.99) | (shapes.box[:, 3] > 0.99)
    part[flat & large & ~beside & (area < 0.16) & (shapes.full > 0.35)] = RUG
    hung = (on_walls > 0.85) & framed & (up[:, 0] > 0.55) & (area > 0.0012)
    fitted = room_type in _FITTED
    part[hung & (area < 0.02)] = CABINET if fitted else PICTURE
    part[hung & (area >= 0.006) & (up[:, 1] > 1.6)] = CABINET if fitted else WINDOW
    # Frames that lie side by side are the panes of one window; a picture hangs alone.
    beside_others = shapes.touches[:, hung].sum(1) > _SIDE_BY_SIDE * np.maximum(shapes.touches.sum(1), 1)
    part[hung & beside_others & (part == PICTURE)] = WINDOW
    part[fitted & framed & (on_walls + on_floor > 0.8) & (area > 0.0025) & (up[:, 0] < 0.9)] = CABINET
    part[(part == CABINET) & (area > 0.06)] = WALL
    # What hangs high and has no frame is a part of its wall: furniture stands on the floor.
    part[(part == FURNITURE) & (on_walls > 0.85) & (up[:, 0] > 0.8)] = WALL
    pane = (part == WALL) & (area > 0.002) & (area < 0.03) & (out[:, LOOSE] < 0.5) & (out[:, UPRIGHT] > 0.15)
    part[pane & (up[:, 1] > 1.5) & (up[:, 0] > 0.4) & (shapes.full > 0.4)] = CABINET if fitted else WINDOW
    return part


def _things(part: NDArray[np.int64], shapes: Shapes) -> NDArray[np.int32]:
    """Number the pieces: areas of furniture that share much of their border are one piece."""
    furniture = np.flatnonzero(part == FURNITURE)
    thing = np.zeros(len(part), np.int32)
    whole = np.maximum(shapes.touches.sum(1), 1)
    count = 0
    for start in furniture[np.argsort(-shapes.area[furniture], kind="stable")]:
        if thing[start]:
            continue
        count += 1
        stack = [start]
        thing[start] = count
        while stack:
            area = stack.pop()
            near = furniture[shapes.touches[area, furniture] > 0.16 * np.minimum(whole[area], whole[furniture])]
            fresh = near[thing[near] == 0]
            thing[fresh] = count
            stack.extend(fresh.tolist())
    return _without_scraps(thing, shapes, whole)


def _without_scraps(thing: NDArray[np.int32], shapes: Shapes, whole: NDArray[np.int32]) -> NDArray[np.int32]:
    """Pieces under a few thousandths of the picture join the one they touch most: a button is no chair."""
    size = np.bincount(thing, shapes.area)
    for area in np.flatnonzero((thing > 0) & (size[thing] < _SCRAP)):
        near = np.bincount(thing, shapes.touches[area])
        near[[0, thing[area]]] = 0
        if near.max() > 0.1 * whole[area]:
            thing[area] = near.argmax()
    return thing

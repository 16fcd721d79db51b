"""What each area of a drawn room is, in the room box that the drawing's own lines give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from staging.engine.modes.drawing import openings
from staging.engine.modes.drawing.paper import Drawing
from staging.engine.modes.drawing.reading import Reading
from staging.engine.modes.drawing.regions import Regions, borders, strokes
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
_PICTURE: Final = 0.012  # of the picture: larger frames on a wall are windows
_EYE: Final = 1.35  # metres
_DOOR: Final = 2.1  # metres
_AMONG: Final = 0.15  # share of an outline
_TILES: Final = 6
_ALONG: Final = 0.8  # share of an outline
_SIDES: Final = 3  # of a box can be seen
_DARK: Final = 0.25  # of white
_OPEN: Final = 0.3  # share of a border without a line
_SCRAP: Final = 0.006
_WALLS: Final = (faces.LEFT, faces.RIGHT, faces.BACK)


@dataclass(frozen=True)
class Drawn:
    """`parts` (H, W) holds the constants above; `thing` (H, W) numbers pieces of furniture from 1 (0: none)."""

    parts: NDArray[np.int8]
    thing: NDArray[np.int32]

    def resized(self, width: int, height: int) -> Drawn:
        """The same for another size of the drawing."""
        parts, thing = (
            cv2.resize(v, (width, height), interpolation=cv2.INTER_NEAREST) for v in (self.parts, self.thing)
        )
        return Drawn(np.asarray(parts, np.int8), np.asarray(thing, np.int32))


def read(reading: Reading, seen: FaceMap, room_type: str) -> Drawn:
    """Say of each pixel what it is; `seen` (H, W) is the box behind the drawing."""
    regions, shapes, drawing = reading.regions, reading.shapes, reading.drawing
    shares = _face_shares(regions, seen)
    part = _first_guess(shapes, shares, _heights(regions, seen), room_type)
    part = _ending_at_lines(part, regions, drawing)
    surface = np.select(
        [seen.labels == faces.FLOOR, seen.labels == faces.CEILING], [np.int64(FLOOR), np.int64(CEILING)], np.int64(WALL)
    )
    # Bare paper often runs over floor and walls at once: there the box decides, pixel by pixel.
    bare = (part < WINDOW) & (part != WALL) | (shapes.area > _LARGE) & (part == WALL)
    parts = np.where(bare[regions.labels], surface, part[regions.labels])
    parts = _with_frames(parts, drawing, seen, room_type)
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
    """The part of each area. What is not surely something else is bare surface or plain furniture."""
    out, area = shapes.outline, shapes.area
    on_floor, on_ceiling = shares[:, faces.FLOOR], shares[:, faces.CEILING]
    on_walls = shares[:, list(_WALLS)].sum(1)
    level = out[:, LEVEL] + out[:, RECEDING]
    framed = (out[:, UPRIGHT] > 0.22) & (level > 0.18) & (out[:, LOOSE] < 0.45) & (shapes.full > 0.5)
    beside = (shapes.box[:, 0] < 0.01) | (shapes.box[:, 2] > 0.99) | (shapes.box[:, 3] > 0.99)
    part = np.full(len(area), FURNITURE)
    large = area > _LARGE
    part[(on_ceiling > 0.55) & (large | (out[:, LOOSE] < 0.9))] = CEILING
    part[(on_walls > 0.6) & (large | ((area > 0.004) & (out[:, LOOSE] < 0.35) & (up[:, 0] > 0.9)))] = WALL
    # A floor has no upright edges of its own: what stands on it does.
    flat = (on_floor > 0.75) & (out[:, UPRIGHT] < 0.14)
    part[flat & (large | (level > 0.55))] = FLOOR
    part[(on_floor > 0.5) & large & (beside | (out[:, UPRIGHT] < 0.2))] = FLOOR
    part[large & (part == FURNITURE) & (on_floor <= 0.5)] = WALL
    # A single shape on the floor is a rug or a thing; many side by side are the floor's own tiles.
    single = flat & ~beside & (area < 0.16) & (shapes.full > 0.35) & (area > _SCRAP)
    if int((flat & (area > _SCRAP)).sum()) < _TILES:
        # What runs along both directions of the room is a tile rather than a thing.
        thing = single & (large | ((_together(shapes, single) <= _SIDES) & (level < _ALONG)))
        part[thing] = np.where(large, RUG, FURNITURE)[thing]
    else:
        # The joints that run away from the viewer look upright in the middle of the picture.
        whole = np.maximum(shapes.touches.sum(1), 1)
        for _ in range(3):
            among = shapes.touches[:, part == FLOOR].sum(1) > 0.35 * whole
            part[among & (on_floor > 0.95) & (area > _SCRAP)] = FLOOR
    # Furniture is lower than the eye, and what is lower than the eye is seen below the horizon.
    part[(part == FURNITURE) & (on_walls > 0.5) & (up[:, 0] > _EYE)] = WALL
    part[(part == FURNITURE) & (on_walls > 0.85) & (up[:, 0] > 0.8)] = WALL
    # Upright and nowhere near the floor, it hangs there: a picture, a pane, a panel.
    part[(part == FURNITURE) & (on_walls > 0.95) & (up[:, 0] > 0.5) & (out[:, UPRIGHT] > 0.5)] = WALL
    # What stands against a wall and reaches over a door's height is built in.
    part[(part == FURNITURE) & (on_walls > 0.8) & (up[:, 1] > _DOOR)] = WALL
    fitted = room_type in _FITTED
    part[fitted & framed & (on_walls + on_floor > 0.8) & (area > 0.0025) & (area < 0.06) & (up[:, 0] < 0.9)] = CABINET
    if fitted:
        # A row of cupboards is of one make: what stands among them is one of them.
        whole = np.maximum(shapes.touches.sum(1), 1)
        for _ in range(3):
            among = shapes.touches[:, part == CABINET].sum(1) > _AMONG * whole
            part[(part == FURNITURE) & among & (on_walls + on_floor > 0.8)] = CABINET
    # What is drawn as dark is no bare floor: it lies in the shade under things, or is one.
    if (part == FLOOR).any():
        bare = float(np.average(shapes.wash[part == FLOOR], weights=area[part == FLOOR]))
        part[(part == FLOOR) & (shapes.wash < bare - _DARK)] = FURNITURE
    return _standing(part, shapes, beside)


def _together(shapes: Shapes, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many of the `chosen` areas lie side by side with each of them, itself included, (N,); 0 for the others."""
    members = np.flatnonzero(chosen)
    own = np.maximum(shapes.touches.sum(1), 1)[members]
    near = shapes.touches[np.ix_(members, members)] > 0.1 * np.minimum(own[:, None], own[None])
    _, names = connected_components(sparse.csr_matrix(near), directed=False)
    found = np.zeros(len(chosen), np.int64)
    found[members] = np.bincount(names)[names] if len(members) else 0
    return found


def _ending_at_lines(part: NDArray[np.int64], regions: Regions, drawing: Drawing) -> NDArray[np.int64]:
    """Things end at lines: what no line parts from bare surface is a part of it."""
    near = strokes(drawing.ink)
    length, inked = borders(regions.labels, near, regions.count)
    part = part.copy()
    whole = np.maximum(length.sum(1), 1)
    for _ in range(3):
        for surface in (FLOOR, WALL, CEILING):
            beside = part == surface
            common, bare = length[:, beside].sum(1), (length - inked)[:, beside].sum(1)
            open_to = np.isin(part, (FURNITURE, RUG)) & (common > 0.15 * whole) & (bare > _OPEN * common)
            part[open_to] = surface
    return part


def _with_frames(parts: NDArray[np.int64], drawing: Drawing, seen: FaceMap, room_type: str) -> NDArray[np.int64]:
    """Frames on the walls: windows, or pictures where they are small; doors of cupboards in rooms that have them."""
    wall = (parts == WALL) & np.isin(seen.labels, _WALLS)
    up = seen.points[..., 2]
    panes = openings.find(drawing, wall)
    kinds: dict[int, list[openings.Pane]] = {}
    for pane in panes:
        x0, y0, x1, y1 = pane.box
        low, high = up[y1 - 1, (x0 + x1) // 2], up[y0, (x0 + x1) // 2]
        small = pane.size < _PICTURE * parts.size
        on_bare_wall = PICTURE if small and low > 0.55 else WINDOW
        kind = CABINET if room_type in _FITTED else on_bare_wall
        if high > 1.2:
            kinds.setdefault(kind, []).append(pane)
    for kind, found in kinds.items():
        parts = np.where(openings.drawn(found, parts.shape) & wall, kind, parts)
    return parts


def _standing(part: NDArray[np.int64], shapes: Shapes, beside: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Furniture that touches neither the floor, nor the edge of the sheet, nor what does, is a part of its wall."""
    whole = np.maximum(shapes.touches.sum(1), 1)
    furniture = part == FURNITURE
    ground = np.isin(part, (FLOOR, RUG, CABINET))
    held = furniture & ((shapes.touches[:, ground].sum(1) > 0.08 * whole) | beside)
    for _ in range(6):
        held |= furniture & (shapes.touches[:, held].sum(1) > 0.15 * whole)
    part = part.copy()
    part[furniture & ~held] = WALL
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
    """Pieces under a hundredth of the picture join the one they touch most: a button or an arm is no chair."""
    size = np.bincount(thing, shapes.area)
    for area in np.flatnonzero((thing > 0) & (size[thing] < 2 * _SCRAP)):
        near = np.bincount(thing, shapes.touches[area])
        near[[0, thing[area]]] = 0
        if near.max() > 0.1 * whole[area]:
            thing[area] = near.argmax()
    return thing

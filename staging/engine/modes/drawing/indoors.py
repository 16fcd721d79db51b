"""Colour and daylight for a drawn room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.modes.drawing import room as parts_of
from staging.engine.modes.drawing.ink import levelled, linear
from staging.engine.modes.drawing.palette import Palette, srgb
from staging.engine.modes.drawing.paper import Drawing
from staging.engine.modes.drawing.reading import Reading
from staging.engine.modes.drawing.room import Drawn
from staging.engine.modes.drawing.shapes import LOOSE
from staging.engine.modes.drawing.texture import boards, clouds, grain
from staging.engine.scene import faces
from staging.engine.scene.faces import FaceMap
from staging.engine.scene.room import Box

Floats = NDArray[np.float32]

_SMALL_PIECE: Final = 0.012  # of the picture
_MUTED: Final = 0.4
_DRAWN: Final = 0.9
_FLOOR_DRAWN: Final = 0.4  # share of a floor that is coloured
_COLOURED: Final = 0.06  # share of a sheet over which a drawing is a coloured one
_BARE: Final = 0.15  # share of an area with a drawn colour, under which it is bare
_LIGHT: Final = 0.75  # how near its colour then is to the wall's
_RULED: Final = 6  # lines on a floor that are its own boards or tiles


@dataclass(frozen=True)
class Inside:
    """The box behind the drawing, metres, and where each pixel meets it."""

    seen: FaceMap
    box: Box


def painted(reading: Reading, drawn: Drawn, inside: Inside, palette: Palette, seed: int) -> Floats:
    """The coloured picture without its strokes, (H, W, 3) sRGB 0..1."""
    seen = inside.seen
    albedo = _albedo(reading, drawn, seen, palette, seed)
    level = _light(reading.drawing, drawn, seen, inside.box)
    warm = np.array([1.03, 1.0, 0.95], np.float32)
    scene = albedo * level[..., None] * warm
    outside = _view(seen, seed)
    window = _soft(drawn.parts == parts_of.WINDOW, 0.8)
    return levelled(scene * (1 - window) + outside * window)


def _albedo(reading: Reading, drawn: Drawn, seen: FaceMap, palette: Palette, seed: int) -> Floats:
    """Linear reflectance (H, W, 3)."""
    regions = reading.regions
    rng = np.random.default_rng(seed)
    codes = {
        parts_of.FLOOR: palette.floor,
        parts_of.CEILING: "#f4f3f0",
        parts_of.WALL: palette.wall,
        parts_of.WINDOW: "#dfe9f0",
        parts_of.PICTURE: palette.accent_wall,
        parts_of.CABINET: palette.cabinet,
        parts_of.RUG: palette.rug,
        parts_of.FURNITURE: palette.upholstery,
    }
    table = np.stack([linear(srgb(codes[part])) for part in range(parts_of.PARTS)])
    table[parts_of.CABINET] = _muted(table[parts_of.CABINET], table[parts_of.WALL])
    base = table[drawn.parts]
    by_area = _area_colours(reading, drawn, palette, rng)
    own = np.isin(drawn.parts, (parts_of.FURNITURE, parts_of.PICTURE))
    base = np.where(own[..., None], by_area[regions.labels], base)
    soft = max(0.6, max(drawn.parts.shape) / 1800)
    base = np.asarray(cv2.GaussianBlur(base.astype(np.float32), (0, 0), soft), np.float32)
    base = base * _surface(drawn, seen, seed, ruled=_ruled(reading, drawn))[..., None]
    return _with_drawn_colour(base, reading.drawing, drawn.parts)


def _with_drawn_colour(base: Floats, drawing: Drawing, parts: NDArray[np.int8]) -> Floats:
    """What was drawn in colour keeps its own; of a floor that is bare paper for the most part, reflections do not."""
    tinted = drawing.tinted
    floor = parts == parts_of.FLOOR
    if floor.any() and tinted[floor].mean() < _FLOOR_DRAWN:
        tinted = np.where(floor, 0, tinted)
    drawn = np.asarray(cv2.GaussianBlur(tinted, (0, 0), 1.0), np.float32)[..., None] * _DRAWN
    return np.asarray(base * (1 - drawn) + linear(drawing.tint) * drawn, np.float32)


def _area_colours(reading: Reading, drawn: Drawn, palette: Palette, rng: np.random.Generator) -> Floats:
    """Linear colour of each area (N, 3) as furniture: one material for each piece, its small parts as cushions."""
    regions, shapes = reading.regions, reading.shapes
    flat = regions.labels.ravel()
    count = regions.count
    first = np.zeros(count, np.int64)
    first[flat[::-1]] = np.arange(flat.size)[::-1]
    part, thing = drawn.parts.ravel()[first], drawn.thing.ravel()[first]
    pieces = int(thing.max()) + 1
    size = np.bincount(thing, shapes.area, pieces)
    # Large pieces are seats, small ones that stand alone are tables and stools.
    wall, second = linear(srgb(palette.wall)), linear(srgb(palette.second))
    soft = _muted(0.7 * linear(srgb(palette.upholstery)) + 0.3 * second, wall)
    coloured = reading.drawing.tinted.mean() > _COLOURED
    wood = soft if coloured else _muted(linear(srgb(palette.wood)), wall)
    colours = np.where((size < _SMALL_PIECE)[thing][:, None], wood, soft)
    # A cushion lies on a large piece, which is all round it.
    whole = np.maximum(shapes.touches.sum(1), 1)
    inside = shapes.touches[:, part == parts_of.FURNITURE].sum(1) > 0.85 * whole
    cushion = (part == parts_of.FURNITURE) & (size[thing] > 0.02) & inside & (shapes.full > 0.58)
    cushion &= (shapes.area > 0.0012) & (shapes.area < 0.12 * size[thing]) & (shapes.outline[:, LOOSE] < 0.6)
    bold = _muted(np.stack([linear(srgb(c)) for c in palette.cushions]), soft)
    accents = bold[rng.integers(0, len(bold), count)]
    # In a room drawn in colour, what was left bare is meant to be light.
    if coloured:
        colours = np.where((shapes.tinted < _BARE)[:, None], _LIGHT * wall + (1 - _LIGHT) * colours, colours)
    colours = np.where(cushion[:, None], 0.5 * accents + 0.5 * colours, colours)
    colours = np.where((part == parts_of.PICTURE)[:, None], accents, colours)
    return np.asarray(colours * np.clip(rng.normal(1, 0.035, (count, 1)), 0.9, 1.1), np.float32)


def _muted(colours: Floats, towards: Floats) -> Floats:
    """Colours brought nearer to one another, as an illustrator mixes every tone with a little of the wall's."""
    return np.asarray(colours * (1 - _MUTED) + towards * _MUTED, np.float32)


def _ruled(reading: Reading, drawn: Drawn) -> bool:
    """Whether the drawing shows the joints of its floor itself."""
    ends = np.asarray(reading.lines.segments.ends, np.float64)
    if len(ends) == 0:
        return False
    height, width = drawn.parts.shape
    at = np.stack([ends[:, :2] * (1 - k) + ends[:, 2:] * k for k in (0.1, 0.5, 0.9)], 1)
    columns, rows = (np.clip(np.round(at[..., k]).astype(int), 0, (width, height)[k] - 1) for k in (0, 1))
    bare = cv2.erode((drawn.parts == parts_of.FLOOR).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    long = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]) > 0.05 * max(height, width)
    return int((bare[rows, columns].all(1) & long).sum()) >= _RULED


def _surface(drawn: Drawn, seen: FaceMap, seed: int, *, ruled: bool) -> Floats:
    """Factor (H, W): boards on the floor, weave in a rug, a breath of plaster on the walls."""
    height, width = drawn.parts.shape
    x, y, z = (seen.points[..., axis].astype(np.float32) for axis in range(3))
    step = np.maximum(np.hypot(np.gradient(x, axis=1), np.gradient(y, axis=1)), np.abs(np.gradient(y, axis=0)))
    step = np.clip(step, 1e-4, 1.0).astype(np.float32)
    # Where boards or tiles are drawn, others laid over them would only cross them.
    floor = 1 + 0.05 * grain(x * 60, y * 60, step * 60, seed) if ruled else boards(x, y, step, seed)
    weave = 1 + 0.10 * grain(x * 60, y * 60, step * 60, seed + 1)
    across = np.where(seen.labels == faces.BACK, x, y)
    plaster = (
        1 + 0.012 * grain(across * 40, z * 40, step * 40, seed + 2) + 0.05 * (clouds(height, width, seed, 3, 4) - 0.5)
    )
    unit = 1000 / max(height, width)
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    cloth = 1 + 0.035 * grain(columns * unit * 0.8, rows * unit * 0.8, np.full_like(rows, 0.4), seed + 3)
    result = np.ones((height, width), np.float32)
    for part, factor in (
        (parts_of.FLOOR, floor),
        (parts_of.RUG, weave),
        (parts_of.WALL, plaster),
        (parts_of.CEILING, plaster),
        (parts_of.FURNITURE, cloth),
    ):
        result = np.where(drawn.parts == part, factor, result)
    return result


def _light(drawing: Drawing, drawn: Drawn, seen: FaceMap, box: Box) -> Floats:
    """Daylight (H, W) about 1: from the drawn windows or from before the picture, dim corners, shade under things."""
    x, y, z = (seen.points[..., axis].astype(np.float32) for axis in range(3))
    window = drawn.parts == parts_of.WINDOW
    if window.mean() > 0.003:
        middle = np.array([axis[window].mean() for axis in (x, y, z)])
    else:
        middle = np.array([box.x0 * 0.8, 0.3 * box.y1, 0.7 * box.height])
    far = np.sqrt((x - middle[0]) ** 2 + (y - middle[1]) ** 2 + (z - middle[2]) ** 2)
    daylight = 0.80 + 0.40 / (1 + (far / 2.6) ** 2)
    plane = np.ones(6, np.float32)
    plane[[faces.CEILING, faces.FLOOR]] = 0.97, 0.95
    lit = faces.RIGHT if middle[0] < 0 else faces.LEFT
    plane[[faces.LEFT, faces.RIGHT]] = 0.86
    plane[lit] = 1.02
    corners = _corners(seen, box)
    stands = np.isin(drawn.parts, (parts_of.FURNITURE, parts_of.CABINET)).astype(np.float32)
    size = max(drawn.parts.shape)
    shade = cv2.GaussianBlur(stands, (0, 0), size * 0.012)
    dropped = np.roll(cv2.GaussianBlur(stands, (0, 0), size * 0.02), round(size * 0.012), axis=0)
    ground = np.isin(drawn.parts, (parts_of.FLOOR, parts_of.RUG))
    contact = 1 - np.where(ground, np.clip(0.40 * shade + 0.38 * dropped, 0, 0.62), 0.10 * shade * (1 - stands))
    rows = np.linspace(0, 1, drawn.parts.shape[0], dtype=np.float32)[:, None]
    body = np.where(stands > 0, 1.04 - 0.16 * _downwards(drawn, rows), 1.0)
    drawn_tone = np.clip(drawing.wash, 0.35, 1.0) ** 0.65
    return np.asarray(daylight * plane[seen.labels] * corners * contact * body * drawn_tone, np.float32)


def _corners(seen: FaceMap, box: Box) -> Floats:
    """Less light where two faces meet, (H, W); distances in metres."""
    x, y, z = (seen.points[..., axis] for axis in range(3))
    gaps = {
        "x0": np.abs(x - box.x0),
        "x1": np.abs(box.x1 - x),
        "y1": np.abs(box.y1 - y),
        "z0": np.abs(z),
        "z1": np.abs(box.height - z),
    }
    own = {faces.FLOOR: "z0", faces.CEILING: "z1", faces.LEFT: "x0", faces.RIGHT: "x1", faces.BACK: "y1"}
    level = np.ones(seen.labels.shape)
    for name, gap in gaps.items():
        mine = np.zeros(seen.labels.shape, bool)
        for label, face in own.items():
            if face == name:
                mine |= seen.labels == label
        level *= np.where(mine, 1.0, 1 - 0.20 * np.exp(-gap / 0.28))
    return np.asarray(level, np.float32)


def _downwards(drawn: Drawn, rows: Floats) -> Floats:
    """How far down its own piece each pixel lies, (H, W) 0..1."""
    things = drawn.thing.ravel()
    down = np.broadcast_to(rows, drawn.thing.shape).ravel()
    count = int(things.max()) + 1
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(low, things, down)
    np.maximum.at(high, things, down)
    span = np.maximum(high - low, 1e-3)
    return np.asarray(((down - low[things]) / span[things]).reshape(drawn.thing.shape), np.float32)


def _view(seen: FaceMap, seed: int) -> Floats:
    """What a window shows, linear (H, W, 3): bright sky over trees out of focus, at one height in all windows."""
    height, width = seen.labels.shape
    z = seen.points[..., 2].astype(np.float32)
    noise = clouds(height, width, seed + 31, 4, 10)
    trees = np.clip((1.35 + 0.9 * (noise - 0.5) - z) / 0.35, 0, 1)[..., None]
    sky, green = linear(srgb("#e6eff5")), linear(srgb("#c9d3c2"))
    return np.asarray(1.02 * (sky * (1 - trees) + green * (0.8 + 0.4 * noise[..., None]) * trees), np.float32)


def _soft(mask: NDArray[np.bool_], sigma: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), max(0.5, sigma))[..., None], np.float32)

"""Colour and daylight for a drawn house."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.modes.drawing import glass, sky
from staging.engine.modes.drawing import house as parts_of
from staging.engine.modes.drawing.house import House
from staging.engine.modes.drawing.ink import levelled, linear
from staging.engine.modes.drawing.palette import Palette, srgb
from staging.engine.modes.drawing.paper import Drawing
from staging.engine.modes.drawing.reading import Reading
from staging.engine.modes.drawing.texture import clouds, grain

Floats = NDArray[np.float32]

_SUN = np.array([1.06, 1.0, 0.9], np.float32)
_TONE: Final = 0.93  # of white: darker paper is a drawn tone
_TUFT: Final = 0.012  # width over the distance below the horizon
_TONED: Final = 0.12  # share of what is built
_SHADE = np.array([0.78, 0.88, 1.06], np.float32)


def painted(reading: Reading, house: House, palette: Palette, seed: int) -> Floats:
    """The coloured picture without its strokes, (H, W, 3) sRGB 0..1."""
    height, width = house.parts.shape
    albedo = _albedo(reading, house, palette, seed)
    scene = albedo * _light(reading.drawing, house)
    panes = _soft(house.parts == parts_of.GLASS, 0.6)
    scene = scene * (1 - panes) + glass.painted(house.parts == parts_of.GLASS, seed) * panes
    is_sky = _soft(house.parts == parts_of.SKY, 0.8)
    scene = scene * (1 - is_sky) + sky.painted(height, width, house.horizon, seed) * is_sky
    return levelled(_hazed(scene, house))


def _albedo(reading: Reading, house: House, palette: Palette, seed: int) -> Floats:
    """Linear reflectance (H, W, 3): by part, with grain, and the drawn colour where there is one."""
    regions = reading.regions
    code = {
        parts_of.SKY: "#ffffff",
        parts_of.LAWN: "#77894f",
        parts_of.PAVING: "#c2bcb2",
        parts_of.ROOF: palette.roof,
        parts_of.FACADE: palette.facade,
        parts_of.SIDE: palette.facade,
        parts_of.GLASS: "#5a6a76",
        parts_of.DOOR: palette.door,
        parts_of.FOLIAGE: "#5d7643",
    }
    table = np.stack([linear(srgb(code[p])) for p in range(9)])
    table[parts_of.ROOF] = 0.75 * table[parts_of.ROOF] + 0.25 * table[parts_of.FACADE]
    base = _blended(table[house.parts], house)
    rng = np.random.default_rng(seed)
    per_area = np.clip(rng.normal(1, 0.035, regions.count), 0.9, 1.1).astype(np.float32)
    leaf = np.clip(rng.normal(1, 0.16, regions.count), 0.65, 1.4).astype(np.float32)
    foliage = house.parts == parts_of.FOLIAGE
    base = base * np.where(foliage, leaf[regions.labels], per_area[regions.labels])[..., None]
    base = base * (1 + _surface(house, seed))[..., None]
    drawn = reading.drawing.tinted[..., None] * 0.9
    return np.asarray(base * (1 - drawn) + linear(reading.drawing.tint) * drawn, np.float32)


def _blended(base: Floats, house: House) -> Floats:
    """Edges between parts one pixel soft, as the strokes over them are."""
    return np.asarray(cv2.GaussianBlur(base, (0, 0), max(0.6, max(house.parts.shape) / 1800)), np.float32)


def _surface(house: House, seed: int) -> Floats:
    """Relative grain (H, W): grass and paving in the ground's perspective, plaster and tiles in the picture's."""
    height, width = house.parts.shape
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    below = np.maximum(rows - house.horizon, 1.5)
    depth = height / below
    across = (columns - width / 2) / below
    grass = _turf(house, seed + 1)
    stone = grain(across * 18, depth * 18, 18 * depth / height * 2.2, seed + 2)
    unit = 1000 / max(height, width)
    wall = grain(columns * unit * 0.7, rows * unit * 0.7, np.full_like(rows, 0.5), seed + 3)
    tile = grain(columns * unit * 0.6, rows * unit * 0.9, np.full_like(rows, 0.4), seed + 4)
    leaves = grain(columns * unit * 0.35, rows * unit * 0.35, np.full_like(rows, 0.35), seed + 5)
    patches = clouds(height, width, seed + 6, 4, 6) - 0.5
    share = np.zeros((height, width), np.float32)
    for part, relief in (
        (parts_of.LAWN, 0.24 * grass + 0.22 * patches),
        (parts_of.PAVING, 0.05 * stone + 0.12 * patches),
        (parts_of.FACADE, 0.02 * wall + 0.03 * patches),
        (parts_of.SIDE, 0.02 * wall + 0.03 * patches),
        (parts_of.ROOF, 0.07 * tile + 0.05 * patches),
        (parts_of.DOOR, 0.05 * tile),
        (parts_of.FOLIAGE, 0.24 * leaves),
    ):
        share = np.where(house.parts == part, relief, share)
    return share


def _turf(house: House, seed: int) -> Floats:
    """Grain of grass -1..1 (H, W), finer the further away. Blades stand upright: what lies on the ground is drawn
    flat, but a tuft is as high in the picture as it is wide, wherever it stands.
    """
    height, width = house.parts.shape
    first = min(max(0, int(house.horizon)), height - 1)
    rows, columns = np.mgrid[first:height, :width].astype(np.float32)
    # How many pixels wide a tuft is, as a power of two.
    size = np.log2(np.maximum(rows[:, :1] - house.horizon, 2) * _TUFT)
    found = np.zeros(rows.shape, np.float32)
    for power in range(-2, int(np.ceil(size.max())) + 1):
        share = np.clip(1 - np.abs(np.maximum(size, -2) - power), 0, 1)
        if share.any():
            cells = np.float32(0.5**power)
            found += share * grain(columns * cells, rows * cells * 0.6, np.full_like(rows, 0.45), seed + 2 + power)
    return np.concatenate([np.zeros((first, width), np.float32), found])


def _light(drawing: Drawing, house: House) -> Floats:
    """Sun from the upper left and sky, (H, W, 3): planes, shadows of eaves and house, the drawing's own tones.

    What is drawn with tones has its own sun: shadows of another one would only cross them.
    """
    parts = house.parts
    height = parts.shape[0]
    plane = np.array([1, 0.98, 0.92, 1.0, 1.0, 0.88, 1, 0.85, 0.95], np.float32)[parts]
    tall = max(house.base - house.top, 1.0)
    built = np.isin(parts, (parts_of.ROOF, parts_of.FACADE, parts_of.SIDE, parts_of.GLASS, parts_of.DOOR))
    walls = np.isin(parts, (parts_of.FACADE, parts_of.SIDE, parts_of.DOOR, parts_of.GLASS))
    ground = np.isin(parts, (parts_of.LAWN, parts_of.PAVING))
    standing = built | (parts == parts_of.FOLIAGE)
    sun = np.ones(parts.shape, np.float32)
    if not _shaded(drawing, built):
        eaves = _moved(parts == parts_of.ROOF, 0.016 * tall, 0.045 * tall)
        sun = sun * (1 - 0.34 * _soft(eaves & walls, 0.004 * tall)[..., 0] * walls)
        thrown = _thrown(standing, house)
        sun = sun * (1 - 0.42 * cv2.GaussianBlur(thrown, (0, 0), 0.012 * tall) * ground)
    near = cv2.GaussianBlur(standing.astype(np.float32), (0, 0), 0.02 * tall)
    sun = sun * (1 - 0.34 * near * ground)
    drawn = np.clip(drawing.wash, 0.35, 1.0) ** 0.7
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    lift = 1.03 - 0.10 * np.clip((rows * height - house.top) / tall, 0, 1)
    level = plane * sun * drawn * np.where(built, lift, 1.0) * _crowns(parts == parts_of.FOLIAGE, tall)
    warm = np.clip((level - 0.45) / 0.5, 0, 1)[..., None]
    return np.asarray(1.02 * level[..., None] * (warm * _SUN + (1 - warm) * _SHADE), np.float32)


def _shaded(drawing: Drawing, built: NDArray[np.bool_]) -> bool:
    """Whether the drawing shades what is `built` (H, W) in even tones: much of its bare paper is darker than the
    brightest of it.
    """
    bare = built & (drawing.ink < 0.1)
    bare = cv2.erode(bare.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    return bool(bare.any() and (drawing.wash[bare] < _TONE).mean() > _TONED)


def _crowns(leaves: NDArray[np.bool_], tall: float) -> Floats:
    """Factor (H, W) about 1: crowns are round, lit from the upper left and dark underneath."""
    body = cv2.GaussianBlur(leaves.astype(np.float32), (0, 0), 0.03 * tall)
    shift = max(1, round(0.02 * tall))
    lit = np.roll(body, (-shift, -shift), (0, 1)) - np.roll(body, (shift, shift), (0, 1))
    return np.asarray(np.where(leaves, 1 + np.clip(0.9 * lit, -0.35, 0.3), 1), np.float32)


def _thrown(standing: NDArray[np.bool_], house: House) -> Floats:
    """The house's shadow on the ground, (H, W) 0..1: its outline laid down to the right of where it stands."""
    height, width = standing.shape
    feet = height - standing[::-1].argmax(0)[standing.any(0)]
    base = float(np.median(feet)) if feet.size else house.base
    # (x, y) of the shadow at height h over the base comes from (x - 0.55 h, base + 0.16 h).
    matrix = np.array([[1, -0.55 / 0.16, 0.55 / 0.16 * base], [0, -1 / 0.16, base * (1 + 1 / 0.16)]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = cv2.warpAffine(standing.astype(np.float32), matrix.astype(np.float64), (width, height), flags=flags)
    return np.asarray(laid, np.float32)


def _moved(mask: NDArray[np.bool_], right: float, down: float) -> NDArray[np.bool_]:
    """What the mask sweeps over when it moves by so many pixels."""
    size = max(1, round(right)) + 1, max(1, round(down)) + 1
    kernel = np.zeros((2 * size[1] - 1, 2 * size[0] - 1), np.uint8)
    cv2.line(kernel, (size[0] - 1, size[1] - 1), (0, 0), 1, 1)
    swept = cv2.dilate(mask.astype(np.uint8), kernel, anchor=(size[0] - 1, size[1] - 1))
    return np.asarray(swept > 0)


def _hazed(scene: Floats, house: House) -> Floats:
    """Ground far away pales towards the horizon."""
    height = scene.shape[0]
    rows = np.arange(height, dtype=np.float32)[:, None]
    far = np.exp(-np.maximum(rows - house.horizon, 0) / (0.05 * height))[..., None]
    ground = np.isin(house.parts, (parts_of.LAWN, parts_of.PAVING))[..., None]
    haze = 0.3 * far * ground
    return np.asarray(scene * (1 - haze) + linear(srgb("#c9d4c4")) * haze, np.float32)


def _soft(mask: NDArray[np.bool_], sigma: float) -> Floats:
    """The mask as 0..1, (H, W, 1), its edge blurred."""
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), max(0.5, sigma))[..., None], np.float32)

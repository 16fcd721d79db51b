"""Colour and daylight for a drawn house."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.modes.drawing import house as parts_of
from staging.engine.modes.drawing.house import House
from staging.engine.modes.drawing.ink import levelled, linear
from staging.engine.modes.drawing.palette import Palette, srgb
from staging.engine.modes.drawing.paper import Drawing
from staging.engine.modes.drawing.reading import Reading
from staging.engine.modes.drawing.regions import Regions
from staging.engine.modes.drawing.texture import clouds, grain

Floats = NDArray[np.float32]

_SUN = np.array([1.06, 1.0, 0.9], np.float32)
_SHADE = np.array([0.78, 0.88, 1.06], np.float32)


def painted(reading: Reading, house: House, palette: Palette, seed: int) -> Floats:
    """The coloured picture without its strokes, (H, W, 3) sRGB 0..1."""
    albedo = _albedo(reading, house, palette, seed)
    light = _light(reading.drawing, house)
    scene = albedo * light
    sky = _sky(house, seed)
    glass = house.parts == parts_of.GLASS
    scene = np.where(glass[..., None], _panes(reading.regions, house, seed), scene)
    is_sky = _soft(house.parts == parts_of.SKY, 0.8)
    scene = scene * (1 - is_sky) + sky * is_sky
    return levelled(_hazed(scene, house))


def _albedo(reading: Reading, house: House, palette: Palette, seed: int) -> Floats:
    """Linear reflectance (H, W, 3): by part, with grain, and the drawn colour where there is one."""
    regions = reading.regions
    code = {
        parts_of.SKY: "#ffffff",
        parts_of.LAWN: "#6d8a45",
        parts_of.PAVING: "#b9b2a7",
        parts_of.ROOF: palette.roof,
        parts_of.FACADE: palette.facade,
        parts_of.SIDE: palette.facade,
        parts_of.GLASS: "#5a6a76",
        parts_of.DOOR: palette.door,
        parts_of.FOLIAGE: "#4c6b35",
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
    # One unit of `depth` is about an eye height, 1.6 m; grass wants some 40 cells to it.
    grass = grain(across * 55, depth * 55, 55 * depth / height * 2.2, seed + 1)
    stone = grain(across * 18, depth * 18, 18 * depth / height * 2.2, seed + 2)
    unit = 1000 / max(height, width)
    wall = grain(columns * unit * 0.7, rows * unit * 0.7, np.full_like(rows, 0.5), seed + 3)
    tile = grain(columns * unit * 0.22, rows * unit * 0.9, np.full_like(rows, 0.4), seed + 4)
    leaves = grain(columns * unit * 0.35, rows * unit * 0.35, np.full_like(rows, 0.35), seed + 5)
    patches = clouds(height, width, seed + 6, 4, 6) - 0.5
    share = np.zeros((height, width), np.float32)
    for part, relief in (
        (parts_of.LAWN, 0.20 * grass + 0.5 * patches),
        (parts_of.PAVING, 0.05 * stone + 0.12 * patches),
        (parts_of.FACADE, 0.018 * wall + 0.06 * patches),
        (parts_of.SIDE, 0.018 * wall + 0.06 * patches),
        (parts_of.ROOF, 0.10 * tile + 0.10 * patches),
        (parts_of.DOOR, 0.05 * tile),
        (parts_of.FOLIAGE, 0.28 * leaves),
    ):
        share = np.where(house.parts == part, relief, share)
    return share


def _light(drawing: Drawing, house: House) -> Floats:
    """Sun from the upper left and sky, (H, W, 3): planes, shadows of eaves and house, the drawing's own tones."""
    parts = house.parts
    height = parts.shape[0]
    plane = np.array([1, 0.98, 0.92, 1.0, 1.0, 0.8, 1, 0.85, 0.95], np.float32)[parts]
    tall = max(house.base - house.top, 1.0)
    built = np.isin(parts, (parts_of.ROOF, parts_of.FACADE, parts_of.SIDE, parts_of.GLASS, parts_of.DOOR))
    walls = np.isin(parts, (parts_of.FACADE, parts_of.SIDE, parts_of.DOOR, parts_of.GLASS))
    eaves = _moved(parts == parts_of.ROOF, 0.012 * tall, 0.035 * tall)
    sun = 1 - 0.42 * _soft(eaves & walls, 0.004 * tall)[..., 0] * walls
    ground = np.isin(parts, (parts_of.LAWN, parts_of.PAVING))
    standing = built | (parts == parts_of.FOLIAGE)
    thrown = _thrown(standing, house)
    sun = sun * (1 - 0.45 * cv2.GaussianBlur(thrown, (0, 0), 0.012 * tall) * ground)
    near = cv2.GaussianBlur(standing.astype(np.float32), (0, 0), 0.03 * tall)
    sun = sun * (1 - 0.28 * near * ground)
    drawn = np.clip(drawing.wash, 0.35, 1.0) ** 0.7
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    lift = 1.02 - 0.10 * np.clip((rows * height - house.top) / tall, 0, 1)
    level = plane * sun * drawn * np.where(built, lift, 1.0)
    warm = np.clip((level - 0.45) / 0.5, 0, 1)[..., None]
    return np.asarray(1.02 * level[..., None] * (warm * _SUN + (1 - warm) * _SHADE), np.float32)


def _thrown(standing: NDArray[np.bool_], house: House) -> Floats:
    """The house's shadow on the ground, (H, W) 0..1: its outline laid down to the right of where it stands."""
    height, width = standing.shape
    # (x, y) of the shadow at height h over the base comes from (x - 0.55 h, base + 0.16 h).
    matrix = np.array([[1, -0.55 / 0.16, 0.55 / 0.16 * house.base], [0, -1 / 0.16, house.base * (1 + 1 / 0.16)]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = cv2.warpAffine(standing.astype(np.float32), matrix.astype(np.float64), (width, height), flags=flags)
    return np.asarray(laid, np.float32)


def _moved(mask: NDArray[np.bool_], right: float, down: float) -> NDArray[np.bool_]:
    """What the mask sweeps over when it moves by so many pixels."""
    size = max(1, round(right)) + 1, max(1, round(down)) + 1
    kernel = np.zeros((2 * size[1] - 1, 2 * size[0] - 1), np.uint8)
    cv2.line(kernel, (size[0] - 1, size[1] - 1), (0, 0), 1, 1)
    swept = cv2.dilate(mask.astype(np.uint8), kernel[::-1, ::-1], anchor=(size[0] - 1, size[1] - 1))
    return np.asarray(swept > 0)


def _sky(house: House, seed: int) -> Floats:
    """A bright day, linear (H, W, 3): blue above, pale at the horizon, soft clouds, and trees far away."""
    height, width = house.parts.shape
    rows = np.arange(height, dtype=np.float32)[:, None]
    up = np.clip(1 - rows / max(house.horizon, 1), 0, 1)
    zenith, low = linear(srgb("#5f97cf")), linear(srgb("#dbe8f2"))
    sky = low + (zenith - low) * (up**0.75)[..., None]
    cover = clouds(height, width, seed + 11, 6, 4)
    # Seen from below, clouds are wider than high, more so towards the horizon.
    columns, lines = np.meshgrid(np.arange(width, dtype=np.float32) * 0.55, np.arange(height, dtype=np.float32))
    bent = cv2.remap(cover, columns, lines, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    cover = np.asarray(bent, np.float32)
    cloud = np.clip((cover - 0.50) / 0.2, 0, 1)[..., None] ** 1.3 * (0.3 + 0.5 * np.clip(up * 2.2, 0, 1))[..., None]
    sky = sky * (1 - cloud) + np.array([0.93, 0.94, 0.95], np.float32) * cloud
    return np.asarray(_trees(sky, house, seed), np.float32)


def _trees(sky: Floats, house: House, seed: int) -> Floats:
    """Two hazy rows of trees on the horizon."""
    height, width = house.parts.shape
    rows = np.arange(height, dtype=np.float32)[:, None]
    rng = np.random.default_rng(seed + 12)
    for tall, colour, rough in ((0.085, "#a9bcae", 26), (0.045, "#8ba07f", 40)):
        crown = np.interp(np.arange(width), np.linspace(0, width, rough), rng.uniform(0.25, 1.0, rough))
        leaves = clouds(1, width, int(rng.integers(1 << 30)), 5, 40)[0]
        edge = house.horizon - tall * height * (0.55 * crown + 0.55 * leaves)
        inside = np.clip((rows - edge[None]) / (0.004 * height) + 0.5, 0, 1)[..., None]
        spot = 0.86 + 0.28 * clouds(height, width, int(rng.integers(1 << 30)), 4, 60)[..., None]
        sky = sky * (1 - inside) + linear(srgb(colour)) * spot * inside
    return sky


def _panes(regions: Regions, house: House, seed: int) -> Floats:
    """Glass, linear (H, W, 3): a dim room behind, the sky mirrored, each pane a little different."""
    height, width = house.parts.shape
    rng = np.random.default_rng(seed + 21)
    phase = rng.uniform(0, 1, regions.count).astype(np.float32)[regions.labels]
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    slope = (columns * 0.6 + rows) / max(height, width) * 2.4 + 0.5 * phase
    mirror = np.clip(0.5 + 0.5 * np.sin(slope * 6.28), 0, 1) ** 2
    dim, bright = linear(srgb("#33424d")), linear(srgb("#a8c4d8"))
    tall = max(house.base - house.top, 1.0)
    high = np.clip(1 - (rows - house.top) / tall, 0, 1)
    amount = (0.16 + 0.42 * mirror + 0.22 * high + 0.12 * (phase - 0.5))[..., None]
    return np.asarray(dim + (bright - dim) * amount, np.float32)


def _hazed(scene: Floats, house: House) -> Floats:
    """Ground far away pales towards the horizon."""
    height = scene.shape[0]
    rows = np.arange(height, dtype=np.float32)[:, None]
    far = np.exp(-np.maximum(rows - house.horizon, 0) / (0.05 * height))[..., None]
    ground = np.isin(house.parts, (parts_of.LAWN, parts_of.PAVING))[..., None]
    haze = 0.45 * far * ground
    return np.asarray(scene * (1 - haze) + linear(srgb("#c9d4c4")) * haze, np.float32)


def _soft(mask: NDArray[np.bool_], sigma: float) -> Floats:
    """The mask as 0..1, (H, W, 1), its edge blurred."""
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), max(0.5, sigma))[..., None], np.float32)

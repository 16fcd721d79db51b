"""The light of an outdoor photo: an even sky as bright as the free ground says, and the sun where its shadows tell.

There are no walls to fit emitters to. What the ground reflects is known from the photo; what it would reflect of full
light is guessed from its colour and from the brightest things beside it, and the quotient is the light.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.light.rig import LUMINANCE, LightRig, rgb
from staging.engine.scene.faces import FLOOR, face_map
from staging.engine.scene.room import Room

Image = NDArray[np.float32]

WIDTH: Final = 320
GRASS: Final = 0.15  # albedo of lawns
PAVING: Final = (0.12, 0.45)  # of decks, stone and concrete
WHITE: Final = 0.8  # albedo of the brightest matt things in the picture: painted walls, kerbs, clouds' undersides
SHADOWS: Final = (0.12, 0.62)  # shade over sunlight: darker is another material, lighter an overcast day
LEAST_SHARE: Final = 0.06  # of the ground in the sun, and in the shade
TINTED: Final = 0.05  # how far shade and sunlight may differ in chromaticity


@dataclass(frozen=True)
class Ground:
    """The free ground of a photo: mean colours (3,) in full light and in shade (None where all is alike), linear.

    `error` is the median relative distance of its pixels to these. `lit` (h, w) are the pixels in full light.
    """

    light: NDArray[np.float64]
    shade: NDArray[np.float64] | None
    error: float
    lit: NDArray[np.bool_]


def fit_sky(photo: NDArray[np.uint8], room: Room) -> LightRig:
    """The light of an outdoor photo (H, W, 3), sRGB, of a `room` in the open air. Always answers a usable rig."""
    small = _small(photo)
    height, width = small.shape[:2]
    region = face_map(room, width, height).labels == FLOOR
    if region.sum() < 60:
        region[int(0.85 * height) :] = True
    ground = read(small, region)
    luminance = float(ground.light @ np.asarray(LUMINANCE))
    albedo = _albedo(small, region, ground.light)
    neutral = _neutral(ground.light)
    tint = ground.light / max(luminance, 1e-4) / neutral
    level = luminance / albedo
    error = ground.error
    return LightRig(
        groups={"sky": rgb(neutral * level)},
        wall=(0.5, 0.5, 0.5),
        ceiling=(0.5, 0.5, 0.5),
        floor=rgb(np.clip(tint * albedo, 0.02, 0.85)),
        neutral=rgb(neutral),
        floor_gloss=0.0,
        error=round(error, 4),
        preset=error > 0.2,
        wall_radiance=0.6 * level,
    )


def _small(photo: NDArray[np.uint8]) -> Image:
    height, width = photo.shape[:2]
    size = (WIDTH, max(1, round(WIDTH * height / width)))
    encoded = cv2.resize(photo, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4).astype(np.float32)


def read(small: Image, region: NDArray[np.bool_]) -> Ground:
    """What the ground (h, w) of the linear picture (h, w, 3) looks like in the sun and in the shade."""
    pixels = small[region].astype(np.float64)
    logs = np.log(pixels @ np.asarray(LUMINANCE) + 1e-3)
    cut = _otsu(logs)
    bright, dark = logs >= cut, logs < cut
    light, shade = np.median(pixels[bright], 0), np.median(pixels[dark], 0)
    ratio = float(np.exp(np.median(logs[dark]) - np.median(logs[bright])))
    tints = [c / max(float(c.sum()), 1e-6) for c in (light, shade)]
    sunny = (
        SHADOWS[0] <= ratio <= SHADOWS[1]
        and LEAST_SHARE <= dark.mean() <= 1 - LEAST_SHARE
        and float(np.abs(tints[0] - tints[1]).max()) < TINTED
    )
    lit = region.copy()
    if sunny:
        lit[region] = bright
        level = np.where(bright, np.median(logs[bright]), np.median(logs[dark]))
        return Ground(light, shade, float(np.median(np.abs(np.expm1(logs - level)))), lit)
    even = np.median(pixels, 0)
    return Ground(even, None, float(np.median(np.abs(np.expm1(logs - np.median(logs))))), lit)


def _otsu(values: NDArray[np.float64]) -> float:
    """The cut that parts the values into two groups with the least spread within them."""
    counts, edges = np.histogram(values, 64)
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)[:-1].astype(float)
    above = below[-1] + counts[-1] - below
    low = np.cumsum(counts * middles)[:-1] / np.maximum(below, 1)
    high = (float((counts * middles).sum()) - np.cumsum(counts * middles)[:-1]) / np.maximum(above, 1)
    best = int(np.argmax(below * above * (high - low) ** 2))
    return float(edges[best + 1])


def _albedo(small: Image, region: NDArray[np.bool_], light: NDArray[np.float64]) -> float:
    """How much of the light the ground reflects: lawns alike, paving by the whitest things beside it."""
    red, green, blue = light
    if green > 1.08 * red and green > 1.2 * blue:
        return GRASS
    others = small[~region] @ np.asarray(LUMINANCE, np.float32)
    others = others[others < 0.97]
    white = float(np.percentile(others, 97)) if others.size > 50 else 0.8
    luminance = float(light @ np.asarray(LUMINANCE))
    return float(np.clip(WHITE * luminance / max(white, 1e-3), *PAVING))


def _neutral(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """The colour of the light, luminance 1: a third of the ground's own tint, as paving is nearly grey."""
    red, green, blue = light
    if green > 1.08 * red and green > 1.2 * blue:
        return np.ones(3)
    tint = light / max(float(light @ np.asarray(LUMINANCE)), 1e-4)
    soft = np.clip(tint, 0.7, 1.4) ** (1 / 3)
    neutral: NDArray[np.float64] = soft / float(soft @ np.asarray(LUMINANCE))
    return neutral

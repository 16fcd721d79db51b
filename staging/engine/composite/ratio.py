"""How furniture changes the light that falls on the room: R = furnished / empty, cleaned until it can multiply a photo.

The two traces share their seeds, so that most of their noise cancels in the ratio; what is left is
removed here, because the eye sees mottling on a plain wall long before it misses a faint shadow.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import Floats, Mask, blurred_within, dilated, filled, widest
from staging.engine.composite.panes import lamp_mask, opening_mask
from staging.engine.composite.tone import luminance
from staging.engine.scene.faces import CEILING, FLOOR, NAMES, FaceMap
from staging.engine.scene.room import Room

# Shadows deepen: the traced bounce light is softer than real rooms show (engine.md, Composite).
FLOOR_GAIN: Final = 1.45
WALL_GAIN: Final = 1.2
# Light that furniture throws back is halved: it rests on colours that we only guessed. What is more than that can
# be is light of staged lamps, and kept.
BOUNCE: Final = 0.5
MOST_BOUNCE: Final = 0.08
# Share of the ratio's colour that is kept, for the same reason.
CHROMA: Final = 0.6
# Mean change of the ceiling that is let through; the gate refuses 2 %.
CEILING_CHANGE: Final = 0.012
THREADS: Final = 2  # faces at a time: a job has two cores


@dataclass(frozen=True)
class Ratio:
    """`raw`: the cleaned quotient, furniture bridged; `applied`: what the photo is multiplied with; (h, w, 3) each."""

    raw: Floats
    applied: Floats


def clean(empty: Floats, furnished: Floats, alpha: Floats, room: Room, faces: FaceMap) -> Ratio:
    """The ratio of two traces, radiance (h, w, 3) each, with `alpha` (h, w) the furniture's cover at the same size."""
    height, width = alpha.shape
    panes = opening_mask(room, faces, "window")
    background = alpha < 0.02
    trusted = background & ~_untrusted(empty, panes, room, faces.labels)
    quotient = np.clip(furnished / np.maximum(empty, 1e-3), 0, 3).astype(np.float32)
    raw = cv2.GaussianBlur(filled(quotient, trusted.astype(np.float32)), (0, 0), 0.7).astype(np.float32)
    raw = _flattened(raw, trusted, faces.labels, scale=width / 1024)
    applied = _damped(_normalised(raw, trusted, faces.labels), faces.labels)
    applied = _calmed(applied, background & (faces.labels == CEILING), faces.labels == CEILING)
    if room.open_air:
        applied = _on_ground(applied, faces.labels)
    return Ratio(raw, _kept(applied, panes, room, width, height))


def _on_ground(ratio: Floats, labels: NDArray[np.int8]) -> Floats:
    """Shadows fall on the free ground alone: what stands beside and behind it was not traced."""
    inside = cv2.GaussianBlur((labels == FLOOR).astype(np.float32), (0, 0), 1.5)
    weight = (np.clip(2 * inside - 1, 0, 1) * (labels == FLOOR))[..., None]
    return (1 + (ratio - 1) * weight).astype(np.float32)


def _untrusted(empty: Floats, panes: Mask, room: Room, labels: NDArray[np.int8]) -> Mask:
    """Pixels whose quotient means nothing: borders between faces (mixed pixels), emitters and what they dazzle."""
    height, width = labels.shape
    border = np.zeros((height, width), bool)
    border[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    border[1:] |= labels[1:] != labels[:-1]
    bright = widest(empty)
    emitters = (bright > 2.5 * np.percentile(bright, 95)) | panes
    grow = max(1, round(3 * width / 1024))
    return dilated(border, max(1, width // 400)) | dilated(emitters, grow) | lamp_mask(room, width, height)


def _flattened(ratio: Floats, trusted: Mask, labels: NDArray[np.int8], scale: float) -> Floats:
    """Take the ratio's wide mean where it is locally flat, face by face: Monte-Carlo mottling goes, shadows stay."""
    result, brightness = ratio.copy(), luminance(ratio)
    broad, narrow = max(1.0, 14 * scale), max(0.7, 7 * scale)

    def flatten(face: int) -> None:
        rows, columns = _about(labels == face, reach=math.ceil(4 * broad) + 1)
        own = labels[rows, columns] == face
        region = (trusted[rows, columns] & own).astype(np.float32)
        if region.sum() < 50:
            return
        grey, here = brightness[rows, columns], result[rows, columns]
        wide, share = blurred_within(ratio[rows, columns], region, broad)
        mean, _ = blurred_within(grey, region, narrow)
        square, _ = blurred_within(grey * grey, region, narrow)
        spread = np.sqrt(np.clip(square - mean * mean, 0, None))
        flat = np.clip((0.045 - spread) / 0.03, 0, 1) * np.clip((share - 0.1) / 0.2, 0, 1)
        here[own] += flat[own][:, None] * (wide - here)[own]

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(flatten, NAMES))
    return result


def _about(area: Mask, reach: int) -> tuple[slice, slice]:
    """The rows and columns that hold an area (h, w), and `reach` pixels more on each side where there are any."""
    rows, columns = (np.flatnonzero(area.any(axis)) for axis in (1, 0))
    if not len(rows):
        return slice(0, 0), slice(0, 0)
    ends = ((int(place[0]), int(place[-1]) + 1) for place in (rows, columns))
    down, across = (slice(max(0, first - reach), last + reach) for first, last in ends)
    return down, across


def _normalised(ratio: Floats, trusted: Mask, labels: NDArray[np.int8]) -> Floats:
    """Divide out the change of the whole room: the photographer would expose for it, and far walls must not change.

    The ceiling says how much light the furniture swallows (engine.md); each face is then brought to 1
    where furniture hardly shades it, at most a few per cent apart from the ceiling.
    """
    brightness = luminance(ratio)
    far = trusted & (labels == CEILING)
    if far.sum() < 500 * (labels.size / 700_000):
        far = trusted & (labels > FLOOR)
    common = float(np.clip(np.median(brightness[far]), 0.85, 1.15)) if far.any() else 1.0
    result = ratio / common
    for face in NAMES:
        region = trusted & (labels == face)
        if region.sum() < 50:
            continue
        # Where lamplight brightens part of a face, its middle says how the rest has changed.
        middle, unshaded = np.percentile(brightness[region], [50, 80]) / common
        unshaded = min(unshaded, max(middle, 1.0))
        result[labels == face] /= np.clip(unshaded, 0.92, 1.08)
    return result.astype(np.float32)


def _damped(ratio: Floats, labels: NDArray[np.int8]) -> Floats:
    """Deepen shadows, halve bounce but not lamplight, keep part of the colour."""
    grey = np.maximum(luminance(ratio), 0.02)[..., None]
    toned = grey * (1 + CHROMA * (ratio / grey - 1))
    gain = np.where(labels == FLOOR, FLOOR_GAIN, WALL_GAIN)[..., None]
    shaded = np.clip(toned, 0.02, 1) ** gain
    more = np.maximum(toned - 1, 0)
    brighter = 1 + BOUNCE * np.minimum(more, MOST_BOUNCE) + np.maximum(more - MOST_BOUNCE, 0)
    return np.where(toned > 1, brighter, shaded).astype(np.float32)


def _calmed(ratio: Floats, seen: Mask, ceiling: Mask) -> Floats:
    """Hold the ceiling's mean change to `CEILING_CHANGE`: it lies far from all furniture, and the eye compares it."""
    change = float(np.abs(ratio[seen] - 1).mean()) if seen.any() else 0.0
    if change <= CEILING_CHANGE:
        return ratio
    calm = 1 + (ratio - 1) * (CEILING_CHANGE / change)
    return np.where(ceiling[..., None], calm, ratio).astype(np.float32)


def _kept(ratio: Floats, panes: Mask, room: Room, width: int, height: int) -> Floats:
    """1 in window panes and at lamps, with a pixel of transition."""
    grow = max(1, round(2 * width / 1024))
    keep = dilated(panes, grow) | lamp_mask(room, width, height, radius=0.02)
    weight = cv2.GaussianBlur(keep.astype(np.float32), (0, 0), 1.0)[..., None]
    weight[panes] = 1
    return (ratio * (1 - weight) + weight).astype(np.float32)


def faded(ratio: Floats, start: float, full: float) -> Floats:
    """The ratio with changes under `start` taken to exactly 1 and over `full` left alone, smoothly between.

    Where the result is 1 the photo's bytes stay; because the change grows from nothing, the border of
    the edit mask cannot be seen.
    """
    change = widest(np.abs(ratio - 1))[..., None]
    t = np.clip((change - start) / (full - start), 0, 1)
    kept: Floats = (1 + (ratio - 1) * (t * t * (3 - 2 * t))).astype(np.float32)
    return kept

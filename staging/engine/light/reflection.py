"""Whether the floor mirrors the room: how much its pattern is like the walls that it would show."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.light.evidence import Evidence, Image
from staging.engine.scene.faces import FLOOR, face_map
from staging.engine.scene.room import Room

# Correlation from which a floor counts as polished. Measured on 47 listing photos: varnished and tiled floors .40 to
# .66, carpets -.45 to .38 (daylight that falls on a carpet draws its window too).
POLISHED: Final = 0.4
# How bright the likeness may be against a perfect coat's: what is brighter is daylight on the floor.
STRENGTHS: Final = (0.4, 4.0)
# Pixels of the fitting picture: wider changes of the floor's brightness are its light, not its mirror image.
_WIDE: Final = 14.0
_FEW: Final = 200
# Reflectance of varnish and glaze straight on.
_COAT: Final = 0.04


def polish(seen: Evidence, room: Room) -> float:
    """How much the floor mirrors, 0 (matt, or not to be told) to 0.8, by its likeness to the mirrored walls."""
    mirrored, known = mirror_image(seen, room)
    if known.sum() < _FEW:
        return 0.0
    expected, found = _detail(mirrored, known)[known], _detail(seen.luminance, known)[known]
    power, likeness = float(expected @ expected), float(expected @ found)
    if power <= 0:
        return 0.0
    strength = likeness / power
    correlation = likeness / np.sqrt(power * max(float(found @ found), 1e-12))
    if correlation < POLISHED or not STRENGTHS[0] <= strength <= STRENGTHS[1]:
        return 0.0
    return float(np.clip(0.3 + 1.4 * (correlation - POLISHED), 0.0, 0.8))


def mirror_image(seen: Evidence, room: Room) -> tuple[Image, NDArray[np.bool_]]:
    """Luminance (H, W) that a perfectly polished floor would add, and where it is known: mirrored parts in the picture.

    Each floor pixel's ray is mirrored, met with the box, and read where the picture shows that place, times
    Schlick's reflectance for its angle.
    """
    height, width = seen.labels.shape
    camera, box = room.camera.resized(width, height), room.box
    u, v = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    rays = camera.rays(np.stack([u, v], -1))
    upwards = rays * np.array([1.0, 1.0, -1.0])
    start = face_map(room, width, height).points
    low, high = np.array([box.x0, box.y0, 0.0]), np.array([box.x1, box.y1, box.height])
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.where(upwards > 0, (high - start) / upwards, (low - start) / upwards)
    steps[~np.isfinite(steps) | (steps < 1e-6)] = np.inf
    far = np.min(steps, -1)
    meets = start + upwards * np.where(np.isfinite(far), far, 0.0)[..., None]
    pixels, depth = camera.project(meets)
    inside = (pixels > 0).all(-1) & (pixels[..., 0] < width - 1) & (pixels[..., 1] < height - 1)
    known = (seen.labels == FLOOR) & np.isfinite(far) & (depth > 0.2) & inside
    at = np.clip(pixels - 0.5, -1, max(width, height)).astype(np.float32)
    shown = cv2.remap(seen.luminance, at[..., 0], at[..., 1], cv2.INTER_LINEAR)
    cosine = np.abs(rays[..., 2]) / np.linalg.norm(rays, axis=-1)
    reflectance = _COAT + (1 - _COAT) * (1 - cosine) ** 5
    return (shown * reflectance).astype(np.float32), known


def _detail(field: Image, where: NDArray[np.bool_]) -> Image:
    """The field without its wide changes, taken within a region."""
    region = where.astype(np.float32)
    share = np.maximum(cv2.GaussianBlur(region, (0, 0), _WIDE), 1e-3)
    return (field - cv2.GaussianBlur(field * region, (0, 0), _WIDE) / share).astype(np.float32)

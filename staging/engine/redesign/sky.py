"""The sky over a house: where it is, and another one behind trees and roofs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from staging.engine.composite.fields import dilated, filled
from staging.engine.composite.tone import linear
from staging.engine.furniture.colours import linear as colour
from staging.engine.furniture.noise import field
from staging.engine.redesign.matting import Floats, Mask, Matte
from staging.engine.redesign.patches import Patches

HORIZON: Final = 0.68  # share of the height below which nothing is sky
LOWEST: Final = 0.78  # of the height: a patch that reaches lower is a wall
ROUGH: Final = 3.2  # local deviation of lightness above which a patch is no sky: leaves, tiles
LEAST: Final = 0.008  # share of the picture under which there is no sky to work with
LIKE: Final = 16.0  # Lab units from the sky's own colour at that height: sky between leaves
CLOUD_EDGE: Final = 22.0  # Lab units of a step from blue sky to a cloud
WISP: Final = 0.004  # share of the picture of a cloud in the sky
BLUE_BETWEEN: Final = -14.0  # Lab b
DULL: Final = 9.0  # chroma of an overcast sky


@dataclass(frozen=True)
class Sky:
    """`rough` (h, w) is where sky is, on the working copy; `colour` and `lab` (h, w, 3), linear light and
    CIE Lab, are the old one's everywhere.

    `horizon` is the row under which little of it is seen, as a share of the height.
    """

    rough: Mask
    colour: Floats
    lab: Floats
    dull: bool
    horizon: float

    @property
    def share(self) -> float:
        """Of the picture."""
        return float(self.rough.mean())


def find(patches: Patches) -> Sky:
    """The sky: smooth, blue or bright and grey, and joined to the upper edge; then what shines through trees."""
    lab = patches.lab
    height = lab.shape[0]
    rows = np.repeat(np.arange(height)[:, None] / height, lab.shape[1], 1).astype(np.float32)
    light, a, b = (patches.mean(np.ascontiguousarray(lab[..., i])) for i in range(3))
    rough = patches.mean(roughness(lab))
    chroma = np.hypot(a, b)
    blue = (b < -4) & (a < np.maximum(6, -0.45 * b)) & (light > 22)
    pale = (chroma < 12) & (light > 72)
    lowest = np.zeros(patches.count, np.float32)
    np.maximum.at(lowest, patches.patch.ravel(), rows.ravel())
    possible = (blue | pale) & (rough < ROUGH) & (patches.mean(rows) < HORIZON) & (lowest < LOWEST)
    top = np.bincount(patches.patch[:2].ravel(), minlength=patches.count) > 0
    # Under a blue sky what is pale is a cloud, or a white wall: clouds have soft edges.
    sky = _joined(patches, possible & blue, possible & blue & top, 30.0)
    if sky[patches.patch].mean() > LEAST:
        sky = _joined(patches, possible, sky, CLOUD_EDGE)
    else:
        sky = _joined(patches, possible, possible & top, 30.0)
    where = sky[patches.patch]
    if where.mean() < LEAST:
        return Sky(np.zeros_like(where), np.ones(lab.shape, np.float32), lab, False, 0.0)
    model = filled(
        lab * where[..., None], cv2.erode(where.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.float32)
    )
    bottom = float(np.percentile(np.nonzero(where)[0], 97)) / height
    distance = np.linalg.norm((lab - model) * np.array([0.8, 1.2, 1.2], np.float32), axis=-1)
    # Between leaves: the sky's own colour, above its lowest part, near sky that is sure.
    near = dilated(where, round(max(where.shape) * 0.05))
    through = (distance < LIKE) & near & (rows < bottom) & ((roughness(lab) > ROUGH) | where)
    found = _without_wisps(where | through, lab)
    dull = float(np.median(np.hypot(lab[where][:, 1], lab[where][:, 2]))) < DULL
    return Sky(found, linear(_bytes(model)), model, dull, bottom)


def _without_wisps(found: Mask, lab: Floats) -> Mask:
    """The sky with the small bright clouds in it that are too white for its colour."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats((~found).astype(np.uint8), connectivity=8)
    small = stats[:, cv2.CC_STAT_AREA] < WISP * found.size
    area = np.maximum(stats[:, cv2.CC_STAT_AREA], 1)
    bright = np.bincount(labels.ravel(), lab[..., 0].ravel()) / area > 70
    pale = np.bincount(labels.ravel(), np.hypot(lab[..., 1], lab[..., 2]).ravel()) / area < 22
    # And the deep blue between clouds.
    blue = np.bincount(labels.ravel(), lab[..., 2].ravel()) / area < BLUE_BETWEEN
    inside = stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT] < len(found)
    wisps = small & inside & (bright & pale | blue)
    wisps[0] = False
    return np.asarray(found | wisps[labels])


def roughness(lab: Floats) -> Floats:
    """Local deviation of lightness (h, w) over some pixels."""
    light = np.ascontiguousarray(lab[..., 0])
    mean = cv2.blur(light, (7, 7))
    return np.sqrt(np.maximum(cv2.blur(light * light, (7, 7)) - mean * mean, 0)).astype(np.float32)


def _joined(patches: Patches, possible: Mask, start: Mask, strongest: float) -> Mask:
    """The `possible` patches (n,) that touch the `start` ones, directly or through each other, over weak steps."""
    found = start
    for _ in range(12):
        near, _ = patches.borders.touching(found, patches.count, strongest)
        more = possible & ~found & (near > 4)
        if not more.any():
            break
        found = found | more
    return found


def _bytes(lab: Floats) -> np.ndarray:
    rgb = cv2.cvtColor(np.ascontiguousarray(lab, np.float32), cv2.COLOR_Lab2RGB)
    return (np.clip(rgb, 0, 1) * 255 + 0.5).astype(np.uint8)


def matte(sky: Sky, patches: Patches) -> Matte:
    """The sky's soft edge: it follows twigs and leaves."""
    return Matte.of(sky.rough.astype(np.float32), patches.copy, radius=5, epsilon=2e-4, reach=6)


def day(height: int, width: int, horizon: float, seed: int) -> Floats:
    """A fair sky with loose clouds, linear light (height, width, 3)."""
    return _painted(height, width, horizon, seed, top="#4b86c6", low="#c4dbec", cloud="#f7f7f5", cover=0.55)


def evening(height: int, width: int, horizon: float, seed: int) -> Floats:
    """A sky some minutes after sunset, linear light (height, width, 3)."""
    sky = _painted(height, width, horizon, seed, top="#1d3a70", low="#7f8db5", cloud="#9a8796", cover=0.45)
    up = _up(height, horizon)[:, None, None]
    glow = np.exp(-((up / 0.3) ** 1.3)) * np.array([0.62, 0.27, 0.07], np.float32)
    return (sky * 0.7 + glow).astype(np.float32)


def _up(height: int, horizon: float) -> Floats:
    """0 at the horizon, 1 at the top, for every row."""
    rows = (np.arange(height, dtype=np.float32) + 0.5) / height
    return np.clip(1 - rows / max(horizon, 0.05), 0, 1).astype(np.float32)


def _painted(
    height: int, width: int, horizon: float, seed: int, *, top: str, low: str, cloud: str, cover: float
) -> Floats:
    up = _up(height, horizon)[:, None, None]
    share = up**0.8
    base = colour(top) * share + colour(low) * (1 - share)
    rng = np.random.default_rng(seed + 77)
    size = max(height, width)
    cloudy = np.zeros((size, size))
    for scale, weight in ((0.16, 1.0), (0.07, 0.5), (0.03, 0.26), (0.013, 0.13)):
        cloudy += weight * field((size, size), (size * scale * 0.45, size * scale), rng)
    cloudy = cloudy[:height, :width] / 1.2
    thick = np.clip((cloudy - 0.55) * 0.75, 0, 1)[..., None] * cover * np.clip(up * 4, 0.25, 1)
    return (base * (1 - thick) + colour(cloud) * thick).astype(np.float32)

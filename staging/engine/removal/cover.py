"""What a plane is covered with: its confirmed pixels, and its colour as the light falls on it, hidden parts too."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import blurred_widely, blurred_within, dilated, filled, holding, steepness, widest
from staging.engine.geometry.colours import commonest, least_squares, length
from staging.engine.removal.sheets import Floats, Mask
from staging.engine.scene.faces import FLOOR

LAB_WEIGHTS: Final = np.array([0.6, 1.4, 1.4], np.float32)  # light varies over a plane more than its hue
SMOOTH: Final = 0.10  # metres over which the covering's own pattern is averaged out
LIGHT: Final = 0.05  # metres over which the light beside a hidden part is averaged
REACH: Final = 1.2  # metres that the local deviation from the smooth surface is carried into a hidden part
FARTHEST: Final = 0.70  # a local deviation, as log of the light, that may still be light and no other thing
SHINING: Final = 1.2  # the same of a floor, which may shine
SHADED: Final = 22.0  # lightness by which a plane's own pixels may differ from its smooth surface
TINTED: Final = 6.0
BESIDE: Final = 0.25  # metres round a hidden part in which what may be the plane's own tells its light
ABOUT: Final = 9.0  # weighted Lab units from the commonest colour that a covering is first looked for in
CALMER: Final = 0.3  # of the pixels
SAMPLES: Final = 12_000


@dataclass(frozen=True)
class Cover:
    """One plane's covering, over its sheet (h, w).

    `confirmed` are its own pixels, `surface` (h, w, 3) is the smooth colour that light and covering make everywhere,
    `picture` (h, w, 3) what the photo shows there at `ppm` pixels a metre, all sRGB 0..1, and `spread` is how far apart
    its own pixels are. `smooth` is the surface without the light of single places.
    """

    picture: Floats
    confirmed: Mask
    surface: Floats
    smooth: Floats
    ppm: float
    spread: float

    @cached_property
    def local(self) -> Floats:
        """The picture averaged over the pattern, (h, w, 3), from its own pixels."""
        return blurred_within(self.picture, self.confirmed.astype(np.float32), SMOOTH * self.ppm)[0]

    @property
    def detail(self) -> Floats:
        """The pattern and grain alone, (h, w, 3)."""
        return np.where(self.confirmed[..., None], self.picture - self.local, 0).astype(np.float32)


@dataclass(frozen=True)
class Seen:
    """What a sheet shows: its `picture` (h, w, 3), of which `candidate` (h, w) pixels may be the plane's own.

    `hidden` are those that something hides; `weight` (h, w) says how much of the photo each sheet pixel stands for.
    `common` is the plane's colour, Lab (3,), where it is known.
    """

    picture: Floats
    candidate: Mask
    hidden: Mask
    weight: Floats
    ppm: float
    face: int
    common: Floats | None = None


def covering(seen: Seen) -> Cover | None:
    """The covering of a sheet; None when too few of its pixels agree."""
    picture, candidate, ppm, face = seen.picture, seen.candidate, seen.ppm, seen.face
    own = candidate.astype(np.float32)
    local, share = blurred_within(picture, own, (0.05 if face == FLOOR else 0.03) * ppm)
    usable = candidate & (share > 0.35)
    if usable.sum() < 200:
        return None
    lab = _lab(local)
    fitted = _robust(lab, usable, seen.weight, seen.common)
    distance = length((lab - fitted) * LAB_WEIGHTS)
    spread = float(np.clip(np.median(distance[usable]), 1.2, 6.0))
    near = usable & (distance < np.clip(3.2 * spread, 6.0 if face == FLOOR else 5.0, 13.0))
    calm = _calm(local if face == FLOOR else picture, candidate, ppm)
    shaded = usable & calm & _shaded(lab - fitted)
    near = _spread_out(near, shaded, calm)
    if face == FLOOR:
        shaded |= _sheen(lab, fitted, near, usable & calm)
    else:
        near &= calm
    opened = cv2.morphologyEx(
        near.astype(np.uint8), cv2.MORPH_OPEN, np.ones((max(3, round(0.05 * ppm)),) * 2, np.uint8)
    )
    confirmed = (opened > 0) & candidate
    if confirmed.sum() < 200:
        return None
    smooth = _rgb(fitted)
    beside = shaded & dilated(seen.hidden, round(BESIDE * ppm))
    surface = lit(picture, confirmed | beside, smooth, ppm, SHINING if face == FLOOR else FARTHEST)
    return Cover(picture, confirmed, surface, smooth, ppm, spread)


def lit(picture: Floats, own: Mask, smooth: Floats, ppm: float, farthest: float = FARTHEST) -> Floats:
    """The smooth surface with what its own pixels say of the light near them, carried on where they end."""
    local, share = blurred_within(picture, own.astype(np.float32), LIGHT * ppm)
    step = np.log(np.maximum(local, 0.01)) - np.log(np.maximum(smooth, 0.01))
    sure = np.clip(share * 2, 0, 1) * (widest(np.abs(step)) < farthest) * (share > 0.08)
    carried = filled(np.where(sure[..., None] > 0, step, 0).astype(np.float32), sure.astype(np.float32))
    near = np.clip(blurred_widely(sure.astype(np.float32), REACH * ppm) * 3.0, 0, 1)[..., None]
    held = np.clip(carried, -farthest, farthest)
    return np.asarray(smooth * np.exp(held * np.maximum(near, sure[..., None])), np.float32)


def _lab(rgb: Floats) -> Floats:
    return np.asarray(cv2.cvtColor(np.clip(rgb, 0, 1).astype(np.float32), cv2.COLOR_RGB2Lab), np.float32)


def _rgb(lab: Floats) -> Floats:
    return np.asarray(np.clip(cv2.cvtColor(lab.astype(np.float32), cv2.COLOR_Lab2RGB), 0.01, 1), np.float32)


def _calm(picture: Floats, candidate: Mask, ppm: float) -> Mask:
    """Where the picture has no edges, which paint has none of."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) * 100
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.0)
    steep = steepness(smooth)
    # The calmer part says what is usual: curtains may take more of a wall than its paint.
    usual = float(np.quantile(steep[candidate], CALMER))
    edges = steep > max(1.0, 4 * usual)
    return ~dilated(edges, max(1, round(0.012 * ppm)))


def _shaded(step: Floats) -> Mask:
    """What may be the plane in other light, by how far it is from the surface, Lab (h, w, 3)."""
    return (np.abs(step[..., 0]) < SHADED) & (np.hypot(step[..., 1], step[..., 2]) < TINTED)


def _sheen(lab: Floats, surface: Floats, near: Mask, open_: Mask) -> Mask:
    """Where (h, w) a floor shines: what is lighter than its `surface` and no more coloured, and goes on without an edge
    from what is `near` it. Sun on it has edges.
    """
    step = lab - surface
    paler = np.hypot(lab[..., 1], lab[..., 2]) < np.hypot(surface[..., 1], surface[..., 2]) + TINTED
    shines = open_ & (step[..., 0] > 0) & paler & (step[..., 2] < TINTED)
    return holding(shines | (near & open_), near)


def _spread_out(near: Mask, shaded: Mask, calm: Mask) -> Mask:
    """What is near the surface, and what no edge parts from it: light may fall off further than the surface knows."""
    count, parts = cv2.connectedComponents((shaded | (near & calm)).astype(np.uint8), connectivity=4)
    sure = np.bincount(parts[near & calm], minlength=count) > 0.3 * np.bincount(parts.ravel(), minlength=count)
    sure[0] = False
    return near | sure[parts]


def _robust(lab: Floats, usable: Mask, weight: Floats, known: Floats | None) -> Floats:
    """Robust quadratic surface (h, w, 3) through the commonest colour of the usable pixels, by reweighting."""
    height, width = usable.shape
    y, x = (np.mgrid[0:height, 0:width] / max(height, width)).astype(np.float32)
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], -1)
    index = np.flatnonzero(usable)
    index = index[:: max(1, len(index) // SAMPLES)]
    a, colour = terms.reshape(-1, 6)[index].astype(np.float64), lab.reshape(-1, 3)[index].astype(np.float64)
    prior = weight.ravel()[index].astype(np.float64) + 1e-6
    common = _commonest(colour, prior) if known is None else known.astype(np.float64)
    sure = prior * np.exp(-((length((colour - common) * LAB_WEIGHTS) / ABOUT) ** 2)) + 1e-9
    solution = np.zeros((6, 3))
    for order, rounds in ((3, 3), (6, 5)):
        for _ in range(rounds):
            root = np.sqrt(sure / sure.sum())[:, None]
            ridge = np.diag([0.0, 0.05, 0.05, *[0.3] * (order - 3)])
            system = np.concatenate([a[:, :order] * root, ridge])
            target = np.concatenate([colour * root, np.zeros((order, 3))])
            solution = np.zeros((6, 3))
            solution[:order] = least_squares(system, target)
            rest = length((colour - a @ solution) * LAB_WEIGHTS)
            sigma = float(np.clip(1.5 * np.sqrt(np.average(np.minimum(rest, 12) ** 2, weights=sure)), 2.0, 8.0))
            sure = prior / (1 + (rest / sigma) ** 2) ** 2
    # Beyond the pixels that it was fitted to, a curved surface runs away: keep it within what was seen.
    seen = sure > 0.2 * prior
    low, high = (np.percentile(colour[seen], q, axis=0) for q in (1, 99)) if seen.any() else (common, common)
    return np.asarray(np.clip(terms @ solution, low - 2, high + 2), np.float32)


def _commonest(colour: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weighted mode of colours (N, 3): the sample with most others near it."""
    some = colour[:: max(1, len(colour) // 200)]
    rest, heavy = colour[:: max(1, len(colour) // 3000)], weight[:: max(1, len(colour) // 3000)]
    return np.asarray(some[commonest(some * LAB_WEIGHTS, rest * LAB_WEIGHTS, heavy)])

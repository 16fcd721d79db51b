"""Sun and shade on a floor: parts of it in another light, which are no things that lie on it."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import dilated
from staging.engine.composite.tone import linear
from staging.engine.redesign.matting import Bytes, Floats, Mask
from staging.engine.redesign.regions import Regions

LEAST_PATCH: Final = 0.004  # of the picture: a smaller bright place may be a sheet of paper
LEAST_AT_EDGE: Final = 0.001  # the same where the floor ends, as under windows: what lies about lies on the floor
ENCLOSED: Final = 0.75  # share of what lies round a part that is floor, where it lies in the midst of it
SUNNY: Final = 1.6  # times the floor's light: the sun gives at least that much more
LEAST_SHADE: Final = 0.15  # of the floor's light, that shade in a room leaves
STRONGER: Final = (0.8, 1.6)  # times its colour, that a floor shows in the shade, where it mirrors no window
ASKEW: Final = 0.25  # of the length of that colour, by which another one may lie beside it
LEAST_ASKEW: Final = 0.03
BLUER: Final = 0.02
COLOURED: Final = 0.06  # length of a floor's colour, below which it may be anything's
ROUGHER: Final = 2.5  # times the floor's own roughness, that a part of it may have
BESIDE: Final = 0.12  # share of what lies round a part that must be floor
NEAR_BY: Final = 9  # pixels: as broad is the soft edge of a ray of the sun
MOSTLY: Final = 0.7  # share of a dark piece that must be in the shade alone
_WHITE: Final = np.array([1 / 3, 1 / 3], np.float32)


def own(regions: Regions, floor: Mask, things: Bytes) -> Mask:
    """Those parts of the `things` (h, w) that are the `floor` (h, w) under the sun, or in the shade beside it.

    Light changes how bright a surface is and hardly its shares of red, green and blue. What the sun burns out turns
    white; in the shade no window is mirrored, so a colour is purer there. A grey floor has no colour to be told by.
    """
    found = np.zeros_like(floor)
    if not floor.any():
        return found
    colours = np.asarray(cv2.GaussianBlur(linear(regions.copy), (0, 0), 1.5), np.float32)
    light, shares = colours.sum(-1), _shares(colours) - _WHITE
    relative = light / max(float(np.median(light[floor])), 1e-3)
    usual = np.median(shares[floor], 0)
    strength = max(float(np.hypot(*usual)), 1e-3)
    along = (shares @ usual) / strength**2
    beside = np.abs(shares[..., 0] * usual[1] - shares[..., 1] * usual[0]) / strength
    for here in _parts((things > 0) & (relative > SUNNY), floor, LEAST_AT_EDGE):
        if here.mean() < LEAST_PATCH and _round_it(floor, here) > ENCLOSED:
            continue
        # Between the floor's colour and white: a white thing in the light of the sky is bluer.
        pure, askew = float(np.median(along[here])), float(np.median(beside[here]))
        if askew < max(ASKEW * strength, LEAST_ASKEW) and pure < 1.2 and pure * strength > -BLUER:
            found |= here
    # Slivers at the edge of the sun.
    found |= (things > 0) & (relative > SUNNY) & dilated(found, NEAR_BY)
    if strength > COLOURED:
        rough = _roughness(light)
        limit = ROUGHER * float(np.median(rough[floor]))
        _, pieces = cv2.connectedComponents((things > 0).astype(np.uint8) * ~found, connectivity=4)
        for here in _parts((things > 0) & (relative <= SUNNY) & (relative > LEAST_SHADE), floor | found, LEAST_PATCH):
            # What is seen of a floor between things is as hard to tell as they are.
            if here.sum() < MOSTLY * np.isin(pieces, np.unique(pieces[here & (pieces > 0)])).sum():
                continue
            pure = float(np.median(along[here]))
            same = STRONGER[0] < pure < STRONGER[1] and float(np.median(beside[here])) < ASKEW * strength
            if same and float(np.median(rough[here])) < limit:
                found |= here
    return found


def _parts(where: Mask, floor: Mask, least: float) -> list[Mask]:
    """The pieces of `where` (h, w) that border on the floor and take at `least` that share of the picture."""
    opened = cv2.morphologyEx(where.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    count, parts, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=4)
    large = [k for k in range(1, count) if stats[k, cv2.CC_STAT_AREA] > least * floor.size]
    pieces = (dilated(parts == k, 2) & where for k in large)
    return [here for here in pieces if _round_it(floor, here) > BESIDE]


def _round_it(floor: Mask, here: Mask) -> float:
    """The share, 0..1, of what lies round a part (h, w) that is floor."""
    return float(floor[dilated(here, NEAR_BY) & ~here].mean())


def _shares(light: Floats) -> NDArray[np.float32]:
    """The shares of red and of blue in linear light (h, w, 3), as (h, w, 2)."""
    whole = np.maximum(light.sum(-1), 1e-3)
    return np.stack([light[..., 0] / whole, light[..., 2] / whole], -1)


def _roughness(light: Floats) -> Floats:
    """Local deviation of the logarithm of light (h, w) over some pixels: the same in sun and shade."""
    stops = np.log(np.maximum(light, 3e-3)).astype(np.float32)
    mean = cv2.blur(stops, (9, 9))
    return np.sqrt(np.maximum(cv2.blur(stops * stops, (9, 9)) - mean * mean, 0)).astype(np.float32)

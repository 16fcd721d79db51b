"""Pockets of the old floor that a new one left: in the shade beside a pillar's foot, behind a leg, in a corner.

A patch in other light may have been taken for a thing, or for a part of what stands on it. Light changes how bright a
floor is and hardly its colour, so what has the floor's own colour and lies in a bay of its border is floor. The border
of a room's floor is straight: a skirting of the floor's very wood lies beyond it, in no bay.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from staging.engine.composite.fields import dilated, filled, holding
from staging.engine.redesign.matting import Mask
from staging.engine.redesign.regions import Regions

_BAY: Final = 61  # pixels of the mouth of a bay: half a door's breadth some metres away
_CORE: Final = 7  # pixels, by half of which the floor's own colour is read inside its border
_NEAR_BY: Final = 9.0  # pixels over which that colour is averaged
_COLOURED: Final = 12.0  # Lab chroma of a floor that can be told by its colour
_PURE: Final = (0.88, 1.3)  # times its chroma over lightness, in other light: white things have less, stained wood more
_BLACK: Final = 16.0  # added to Lab lightness, so that chroma in shares of it is the same in any light
_PUREST: Final = 98  # the percentile of a floor's own purity, which its shaded places do not pass
_ASKEW: Final = 0.16  # of its own chroma, by which it may be of another hue
_SHADE: Final = (-40.0, 25.0)  # Lab lightness beside the floor near by
_FEWEST: Final = 12  # pixels
_SPECK: Final = 0.0002  # of the picture: less is no thing
_MOSTLY: Final = 0.5  # share of a speck that has the floor's colour
_SEAM: Final = 5  # pixels of a gap between floor and what was found, which is an edge's blur


def filled_up(regions: Regions, floor: Mask) -> Mask:
    """The `floor` (h, w) with what lies in the bays of its border and has its colour.

    What it encloses on all sides was judged as a thing, and stays one unless it is smaller than things are.
    """
    core = cv2.erode(floor.astype(np.uint8), np.ones((_CORE, _CORE), np.uint8)) > 0
    if not core.any():
        return floor
    bays = _closed(floor) & ~floor
    count, gaps = cv2.connectedComponents((~floor).astype(np.uint8), connectivity=4)
    enclosed = ~np.isin(np.arange(count), np.unique(gaps[~bays]))
    area = np.bincount(gaps.ravel(), minlength=count)
    specks = enclosed & (area < _SPECK * floor.size)
    known = np.where(core[..., None], regions.lab, 0).astype(np.float32)
    near = np.asarray(cv2.GaussianBlur(filled(known, core.astype(np.float32)), (0, 0), _NEAR_BY))
    here = np.asarray(cv2.GaussianBlur(regions.lab, (0, 0), 1.0), np.float32)
    chroma = np.maximum(np.hypot(near[..., 1], near[..., 2]), 1e-3)
    along = (here[..., 1:] * near[..., 1:]).sum(-1) / chroma
    across = np.abs(here[..., 1] * near[..., 2] - here[..., 2] * near[..., 1]) / chroma
    shade = here[..., 0] - near[..., 0]
    same = (chroma > _COLOURED) & (across < _ASKEW * along) & (shade > _SHADE[0]) & (shade < _SHADE[1])
    # In the shade of a thing no window is mirrored: a floor is as pure there as it is anywhere, and no purer.
    purity = along / (here[..., 0] + _BLACK)
    pure = purity * (near[..., 0] + _BLACK) / chroma
    same &= (pure > _PURE[0]) & ((pure < _PURE[1]) | (purity < np.percentile(purity[core], _PUREST)))
    specks &= np.bincount(gaps[same], minlength=count) > _MOSTLY * area
    bays &= ~enclosed[gaps]
    more = cv2.morphologyEx((bays & same | floor).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0
    _, parts, stats, _ = cv2.connectedComponentsWithStats((more & ~floor).astype(np.uint8), connectivity=4)
    large = stats[:, cv2.CC_STAT_AREA] >= _FEWEST
    large[0] = False
    whole = floor | np.asarray(large[parts] | specks[gaps])
    seams = cv2.morphologyEx(whole.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((_SEAM, _SEAM), np.uint8)) > 0
    return holding(whole | (seams & bays & dilated(whole & ~floor, _SEAM)), floor)


def _closed(floor: Mask) -> Mask:
    """The floor (h, w) without bays in its border; beyond the picture it goes on as it ends there."""
    padded = cv2.copyMakeBorder(floor.astype(np.uint8), _BAY, _BAY, _BAY, _BAY, cv2.BORDER_REPLICATE)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_BAY, _BAY))
    return np.asarray(cv2.morphologyEx(padded, cv2.MORPH_CLOSE, disc)[_BAY:-_BAY, _BAY:-_BAY] > 0)

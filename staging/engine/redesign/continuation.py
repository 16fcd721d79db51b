"""Where a painted surface goes on beyond what was found of it, and where its paint would end in the middle of it.

Both are asked of the surface beside the border and not of the whole wall: light changes slowly along a wall, so that
two places of it may differ more than a wall does from its trim, but never a hand's breadth apart.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from staging.engine.redesign.matting import Floats, Mask

ALIKE: Final = (8.0, 3.0)  # Lab lightness and chroma by which a surface differs a hand's breadth on
STEP: Final = 5.0  # Lab units across the border of a surface that really ends there
_LESS: Final = 0.6  # what a step in lightness counts: a shadow is one
_BREADTH: Final = (4.0, 3.0)  # pixels over which the two sides are averaged, as they grow and as they are judged
_ROUNDS: Final = 60  # of growth, by some pixels each
_FEWEST: Final = 20  # pixels in a round that still grows
_KNOWN: Final = 0.02  # weight of an average that says something
_LEAST_JOINED: Final = 0.2  # share of the border of what is added that lies at the surface: a soffit meets it end on


def continued(found: Mask, lab: Floats, free: Mask) -> Mask:
    """`found` (h, w) with what is `free` (h, w) beside it and has its colour there; `lab` (h, w, 3) is the photo."""
    smooth = lab
    for _ in range(2):
        # The joints of boards are narrow and faint, and end no wall.
        smooth = np.asarray(cv2.bilateralFilter(smooth, 7, 5.0, 2.5), np.float32)
    kernel = np.ones((3, 3), np.uint8)
    grown = found.copy()
    for _ in range(_ROUNDS):
        mean, weight = beside(smooth, cv2.erode(grown.astype(np.uint8), kernel) > 0, _BREADTH[0])
        off = smooth - mean
        alike = (np.abs(off[..., 0]) < ALIKE[0]) & (np.hypot(off[..., 1], off[..., 2]) < ALIKE[1])
        near = cv2.dilate(grown.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
        more = ((alike & free & near & (weight > _KNOWN)) | grown).astype(np.uint8)
        more = cv2.morphologyEx(cv2.morphologyEx(more, cv2.MORPH_OPEN, kernel), cv2.MORPH_CLOSE, kernel)
        new = grown | ((more > 0) & (free | grown))
        if (new & ~grown).sum() < _FEWEST:
            break
        grown = new
    return np.asarray(found | _joined(grown & ~found, found))


def _joined(added: Mask, found: Mask) -> Mask:
    """Those pieces of what was `added` (h, w) that lie along what was `found` (h, w)."""
    count, labels = cv2.connectedComponents(added.astype(np.uint8), connectivity=4)
    border = added & ~(cv2.erode(added.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1) > 0)
    at_wall = border & (cv2.dilate(found.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)
    whole = np.maximum(np.bincount(labels[border], minlength=count), 1)
    keep = np.bincount(labels[at_wall], minlength=count) / whole > _LEAST_JOINED
    keep[0] = False
    return np.asarray(keep[labels])


def open_border(surface: Mask, lab: Floats) -> tuple[Mask, Mask]:
    """The border (h, w) of a `surface` where what lies beyond it looks like it, and the whole border (h, w)."""
    core, inner = (
        cv2.erode(surface.astype(np.uint8), np.ones((size, size), np.uint8), borderValue=1) > 0 for size in (5, 3)
    )
    outer = ~(cv2.dilate(surface.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)
    here, weight_here = beside(lab, core, _BREADTH[1])
    there, weight_there = beside(lab, outer, _BREADTH[1])
    off = here - there
    step = np.sqrt((_LESS * off[..., 0]) ** 2 + off[..., 1] ** 2 + off[..., 2] ** 2)
    border = surface & ~inner
    known = border & (weight_here > _KNOWN) & (weight_there > _KNOWN)
    return np.asarray(known & (step < STEP)), np.asarray(border)


def beside(lab: Floats, where: Mask, breadth: float) -> tuple[Floats, Floats]:
    """The mean colour (h, w, 3) of what is `where` (h, w) round each pixel, and how much of that there is (h, w)."""
    weight = np.asarray(cv2.GaussianBlur(where.astype(np.float32), (0, 0), breadth), np.float32)
    total = cv2.GaussianBlur(lab * where[..., None].astype(np.float32), (0, 0), breadth)
    return np.asarray(total / np.maximum(weight, 1e-4)[..., None], np.float32), weight

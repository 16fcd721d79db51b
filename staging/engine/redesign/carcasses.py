"""Fronts made whole: with the glare on them, and with what is seen of them between the leaves of a plant.

Glare takes the colour from wood, but not the edges round it: between the joints of a front all is one surface. So the
picture is cut into cells along its edges that run with the room, and a cell that is mostly wood is wood.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from staging.engine.composite.fields import dilated
from staging.engine.redesign.bearings import Bearings
from staging.engine.redesign.matting import Mask
from staging.engine.redesign.wood import BAR, TURN, Wood, shape

BEYOND: Final = 8.0  # pixels to which an edge is drawn past its ends
MOSTLY: Final = 0.5  # share of a cell that is wood, if the rest is to be
ALIKE: Final = (
    20.0,
    0.7,
)  # Lab lightness by which glare differs from the wood, and the share of the rest that does not
HOLE: Final = 0.01  # of the picture: larger holes are windows and ovens
GLARING: Final = (22.0, 35.0, 12.0)  # lightness, hue and chroma of what is glare in a hole
MOSTLY_GLARE: Final = 0.6  # share of such a hole
SPECK: Final = 30  # pixels of a hole that nobody would leave
MOUTH: Final = 9  # pixels of the mouth of a bay
DULL: Final = 0.45  # of the wood's chroma, that is left of it in one
ENCLOSED: Final = 0.9  # of the outline of a hole that the picture's own border cuts
LIT: Final = (-8.0, 28.0)  # Lab lightness of a scrap beside the wood near by
SCRAP: Final = (16, 0.005)  # pixels at the least, and of the picture at the most
PURE: Final = 0.5  # of the wood's purity, of a scrap
DEEP: Final = (0.62, 0.7)  # of the wood's chroma, of a scrap, and of half of it
SHOWN: Final = (0.5, 0.15)  # of the wood's chroma, and the share of what is between that has it: a hood has none
VEIL: Final = 0.002  # of the picture: a plant takes more
FRAMED: Final = 0.6  # of its outline that is wood: tiles between two rows of cabinets have less
ACROSS: Final = 81  # pixels from wood to wood, over what stands before it
AMID: Final = (12, 0.3)  # pixels round a scrap, and the share of them that is wood: what stands before it has less


def completed(wood: Wood, bearings: Bearings, elsewhere: Mask) -> Mask:
    """The wood's mask (h, w) with the rest of cells that are mostly wood and with holes of glare.

    What is known to lie `elsewhere` (h, w), as a floor, is no part of it.
    """
    bars = bearings.drawn(bearings.length >= BAR, wood.mask.shape, beyond=BEYOND, width=2)
    free = (~bars & ~elsewhere).astype(np.uint8)
    count, cells = cv2.connectedComponents(free, connectivity=4)
    rest = (free > 0) & ~wood.mask
    area, here, others, alike = (
        np.bincount(cells[which], minlength=count)
        for which in (free > 0, (free > 0) & wood.mask, rest, rest & (np.abs(wood.shade) < ALIKE[0]))
    )
    whole = (here > MOSTLY * area) & (here < area) & (alike > ALIKE[1] * others)
    whole[0] = False
    more = wood.mask | whole[cells]
    # Where an edge was drawn is wood if there is wood on both sides of it.
    more |= dilated(whole[cells], 2) & shape(more, cv2.MORPH_CLOSE, 7)
    more &= ~elsewhere
    return np.asarray(more | _glare(wood, more))


def _glare(wood: Wood, mask: Mask) -> Mask:
    """The holes in a `mask` (h, w), and the bays with a narrow mouth, that are glare on wood."""
    shade, turn, pale = GLARING
    like = (np.abs(wood.shade) < shade) & ((wood.turn < turn) | (wood.chroma < pale))
    bays = shape(mask, cv2.MORPH_CLOSE, MOUTH) & like & (wood.depth > DULL) & ~wood.pale
    given, mask = mask, mask | bays
    count, holes, stats, _ = cv2.connectedComponentsWithStats((~mask).astype(np.uint8), connectivity=4)
    area = stats[:, cv2.CC_STAT_AREA]
    share = np.bincount(holes.ravel(), like.ravel(), count) / area
    edges = np.unique(np.concatenate([holes[0], holes[-1], holes[:, 0], holes[:, -1]]))
    small = area < HOLE * mask.size
    small[0] = False
    inside = small.copy()
    inside[edges] = False
    for number in edges[small[edges]]:
        here = holes == number
        inside[number] = mask[dilated(here, 1) & ~here].mean() > ENCLOSED
    return np.asarray((inside & ((share > MOSTLY_GLARE) | (area < SPECK)))[holes] | (mask & ~given))


def scraps(wood: Wood, mask: Mask, elsewhere: Mask) -> Mask:
    """Scraps of the same wood close to the `mask` (h, w): between leaves and twigs before it."""
    like = (wood.turn < TURN) & (wood.depth > DEEP[0]) & (wood.purity > PURE)
    # A wall in the shade of a cabinet is dark.
    like &= (wood.shade > LIT[0]) & (wood.shade < LIT[1])
    like &= ~mask & ~dilated(wood.pale | elsewhere, 3)
    like = shape(like, cv2.MORPH_OPEN, 3)
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(like.astype(np.uint8), connectivity=8)
    area = stats[:, cv2.CC_STAT_AREA]
    deep = np.bincount(pieces[like & (wood.depth > DEEP[1])], minlength=count)
    good = (area >= SCRAP[0]) & (area < SCRAP[1] * mask.size) & (deep > 0.5 * area)
    good[0] = False
    known = mask | good[pieces]
    for number in np.flatnonzero(good):
        x, y, wide, high = (int(value) for value in stats[number, :4])
        reach = AMID[0]
        window = (slice(max(0, y - reach), y + high + reach), slice(max(0, x - reach), x + wide + reach))
        here = pieces[window] == number
        good[number] = known[window][dilated(here, reach) & ~here].mean() > AMID[1]
    return np.asarray(good[pieces])


def veiled(wood: Wood, mask: Mask, elsewhere: Mask) -> Mask:
    """Where (h, w) there is wood above and below, but something fine before it: twigs, wire."""
    # Beyond the picture there is none.
    given = cv2.copyMakeBorder(mask.astype(np.uint8), ACROSS, ACROSS, 0, 0, cv2.BORDER_CONSTANT, value=0)
    between = cv2.morphologyEx(given, cv2.MORPH_CLOSE, np.ones((ACROSS, 1), np.uint8))[ACROSS:-ACROSS] > 0
    free = between & ~mask & ~dilated(wood.pale | elsewhere, 3)
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(free.astype(np.uint8), connectivity=4)
    area = stats[:, cv2.CC_STAT_AREA]
    like = np.bincount(pieces[free & (wood.depth > SHOWN[0]) & (wood.turn < 1.5 * TURN)], minlength=count)
    shown = (area > VEIL * mask.size) & (like > SHOWN[1] * area)
    shown[0] = False
    for number in np.flatnonzero(shown):
        here = pieces == number
        shown[number] = mask[dilated(here, 4) & ~dilated(here, 1)].mean() > FRAMED
    return np.asarray(shown[pieces])

"""Where a picture shows stained or varnished wood: deep orange-brown, and what goes on from it in other light.

Wood is told by its colour from nearly all that a kitchen has beside it: white, steel, stone and tile are pale. Light
makes it darker without making it paler; glare makes it paler without an edge. A warm wall in the shade below a
cabinet looks much like its wood, but a straight edge parts them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import cv2
import numpy as np

from staging.engine.composite.fields import dilated, filled, holding
from staging.engine.redesign.bearings import Bearings
from staging.engine.redesign.matting import Floats, Mask
from staging.engine.redesign.patches import Patches

HUES: Final = (42.0, 80.0)  # degrees in the Lab plane: from cherry to pale birch; red bowls lie below, walls above
CHROMA: Final = 24.0  # Lab chroma of surely stained wood: warm walls and pickled oak have less
LIGHTNESS: Final = (12.0, 85.0)
TURN: Final = 14.0  # degrees by which the same wood may be of another hue
PURE: Final = 0.65  # of the wood's own chroma over lightness, of the same wood elsewhere
DEEP: Final = 0.6  # the same of its chroma
STRONG: Final = 0.8  # of its middle chroma, of wood that shows its own colour
LEAST_PIECE: Final = 0.002  # of the picture: what shows the wood's colour is a piece of a cabinet, no bowl
LEAST: Final = 0.01  # of the picture: less wood is no kitchen's
NEAR_BY: Final = 20.0  # pixels over which the wood's own colour is averaged
LIGHTER: Final = 22.0  # Lab lightness by which wood may be lighter than it is near by
BLACK: Final = 16.0  # Lab lightness: ovens and refrigerators, where it is so over
BLACK_SHARE: Final = 0.45  # or this share of the wood's, in a square
BLACK_SIZE: Final = 15  # pixels, which no gap between doors is
SAME: Final = (0.72, 9.0, 0.55)  # purity, chroma and depth that wood has at the least where the flood begins
OTHER: Final = (
    0.45,
    0.65,
    0.5,
)  # purity, purity in light, and depth that what is none has at the most where its begins
SHADY: Final = 12.0  # Lab lightness over or under the wood near by, from which it is light or shade
TURNED: Final = (22.0, 6.0)  # degrees to another hue, where there is this chroma to tell it
SEEN: Final = 15.0  # Lab lightness under which colours are not told
WHITE: Final = 88.0  # and above which nothing is wood
_LIGHTNESS: Final = 2.2  # what a Lab unit counts in the flooded picture
_HUE: Final = 2.0
BAR: Final = 40.0  # pixels of an edge that parts a wall from a cabinet
BEYOND: Final = 15.0  # pixels to which it is drawn past its ends
PALE: Final = 0.66  # of the wood's chroma, of a piece beyond such an edge that is no wood,
IMPURE: Final = 0.97  # and of its purity: dark wood is purer than light
OUTER: Final = 0.3  # share of its outline that is none of wood's


@dataclass(frozen=True)
class Wood:
    """`mask` (h, w) is wood of one colour, `strong` where it shows that colour. Beside the wood near by, `depth` (h, w)
    is each pixel's chroma as a share, `purity` its chroma over lightness, `shade` its lightness less the wood's, `turn`
    the degrees between hues. `pale` (h, w) looked like wood and lies beyond an edge; `small` (h, w) are pieces of the
    same colour that are smaller than cabinets.
    """

    mask: Mask
    strong: Mask
    depth: Floats
    purity: Floats
    shade: Floats
    turn: Floats
    chroma: Floats
    pale: Mask
    small: Mask

    @classmethod
    def of(cls, patches: Patches, bearings: Bearings) -> Self | None:
        """The wood of a picture; None where it shows too little for a kitchen's."""
        smooth = np.asarray(cv2.bilateralFilter(patches.lab, 9, 10.0, 4.0), np.float32)
        coloured = _core(smooth)
        core = _large(coloured)
        if not core.any():
            return None
        chroma, hue = polar(smooth)
        strong = core & (chroma > STRONG * np.median(chroma[core]))
        spread = filled(_where(strong, smooth), strong.astype(np.float32))
        own = np.asarray(cv2.GaussianBlur(spread, (0, 0), NEAR_BY), np.float32)
        own_chroma, own_hue = polar(own)
        light, own_light = np.maximum(smooth[..., 0], 10), np.maximum(own[..., 0], 10)
        depth = np.asarray(chroma / np.maximum(own_chroma, 1), np.float32)
        shade, turn = smooth[..., 0] - own[..., 0], np.abs(hue - own_hue)
        purity = np.asarray(depth * own_light / light, np.float32)
        nothing = np.zeros_like(core)
        seen = cls(nothing, strong, depth, purity, shade, turn, chroma, nothing, nothing)
        flooded = seen._flooded(smooth)
        mask = holding(flooded, core)
        pale = seen._pale(mask, bearings)
        small = holding(flooded, coloured & ~core) & ~dilated(mask, 6)
        return cls(holding(mask & ~pale, core), strong, depth, purity, shade, turn, chroma, pale, small)

    def _flooded(self, smooth: Floats) -> Mask:
        """What is flooded from sure wood up to the photo's edges (Meyer's watershed), (h, w)."""
        light = smooth[..., 0]
        lit, unshaded = self.shade > SHADY, self.shade > -SHADY
        same = (self.turn < TURN) & (self.purity > SAME[0]) & (self.shade < LIGHTER) & (self.chroma > SAME[1])
        same &= (self.depth > SAME[2]) | (self.shade < -SHADY)
        turned = (self.turn > TURNED[0]) & (self.chroma > TURNED[1])
        other = ((self.purity < OTHER[0]) | turned) & (light > SEEN)
        other |= (light > WHITE) | (lit & (self.purity < OTHER[1])) | (unshaded & (self.depth < OTHER[2]))
        dark = (light < BLACK) | (light < BLACK_SHARE * (light - self.shade))
        markers = np.zeros(light.shape, np.int32)
        markers[shape(same, cv2.MORPH_ERODE, 5)] = 1
        markers[
            shape(shape(other, cv2.MORPH_OPEN, 3) | shape(dark, cv2.MORPH_OPEN, BLACK_SIZE), cv2.MORPH_ERODE, 3)
        ] = 2
        picture = np.stack([light * _LIGHTNESS, smooth[..., 1] * _HUE + 128, smooth[..., 2] * _HUE + 128], -1)
        flooded = cv2.watershed(np.clip(picture, 0, 255).astype(np.uint8), markers)
        # Watershed leaves a line of -1 between two floods.
        spread = cv2.dilate(np.maximum(flooded, 0).astype(np.uint8), np.ones((3, 3), np.uint8))
        return shape(np.where(flooded < 0, spread, flooded) == 1, cv2.MORPH_OPEN, 3)

    def _pale(self, mask: Mask, bearings: Bearings) -> Mask:
        """What of the `mask` (h, w) lies beyond a straight edge and is paler than wood: a wall in a cabinet's shade."""
        bars = bearings.drawn(bearings.length >= BAR, mask.shape, beyond=BEYOND, width=2)
        free = mask & ~bars
        count, pieces, stats, _ = cv2.connectedComponentsWithStats(free.astype(np.uint8), connectivity=4)
        border = dilated(~mask, 3) & free
        rim = free & ~shape(free, cv2.MORPH_ERODE, 3)
        area, edge = stats[:, cv2.CC_STAT_AREA], np.maximum(np.bincount(pieces[rim], minlength=count), 1)

        def mean(field: Floats | Mask) -> Floats:
            return np.asarray(np.bincount(pieces.ravel(), field.ravel(), count) / np.maximum(area, 1), np.float32)

        outer = np.bincount(pieces[rim & border], minlength=count) / edge
        impure = mean(self.purity < IMPURE) > 0.5
        gone = (area >= 40) & (mean(self.strong) < 0.1) & (mean(self.depth) < PALE) & impure & (outer > OUTER)
        gone[0] = False
        found = gone[pieces]
        return np.asarray(found | (dilated(found, 4) & bars & ~self.strong))


def polar(lab: Floats) -> tuple[Floats, Floats]:
    """Chroma and hue, degrees, of Lab colours (..., 3)."""
    a, b = lab[..., 1], lab[..., 2]
    return np.asarray(np.hypot(a, b), np.float32), np.asarray(np.degrees(np.arctan2(b, a)), np.float32)


def shape(mask: Mask, operation: int, size: int) -> Mask:
    """A morphological `operation` of OpenCV on a mask (h, w) with a square of `size` pixels."""
    kernel = np.ones((size, size), np.uint8)
    if operation == cv2.MORPH_ERODE:
        return np.asarray(cv2.erode(mask.astype(np.uint8), kernel, borderValue=1) > 0)
    return np.asarray(cv2.morphologyEx(mask.astype(np.uint8), operation, kernel) > 0)


def _core(smooth: Floats) -> Mask:
    """What surely has the colour of the picture's wood (h, w); nothing where that is too little for a kitchen's."""
    chroma, hue = polar(smooth)
    light = smooth[..., 0]
    core = (hue > HUES[0]) & (hue < HUES[1]) & (chroma > CHROMA) & (light > LIGHTNESS[0]) & (light < LIGHTNESS[1])
    core = shape(core, cv2.MORPH_OPEN, 7)
    if core.mean() < LEAST:
        return np.zeros_like(core)
    pure = chroma / np.maximum(light, 10)
    core &= (np.abs(hue - np.median(hue[core])) < TURN) & (pure > PURE * np.median(pure[core]))
    return shape(core & (chroma > DEEP * np.median(chroma[core])), cv2.MORPH_OPEN, 7) if core.any() else core


def _large(core: Mask) -> Mask:
    """The pieces of a mask (h, w) that are as large as a piece of a cabinet."""
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(core.astype(np.uint8))
    large = stats[:, cv2.CC_STAT_AREA] > LEAST_PIECE * core.size
    large[0] = False
    return np.asarray(large[pieces])


def _where(mask: Mask, field: Floats) -> Floats:
    return np.where(mask[..., None], field, 0).astype(np.float32)

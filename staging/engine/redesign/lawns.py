"""The lawn before a house front: where it is, and the green of grass that is watered and cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from staging.engine.composite.tone import decode, encode
from staging.engine.redesign.matting import Floats, Mask

if TYPE_CHECKING:
    from staging.engine.redesign.front import Front

LEAST: Final = 0.01  # of the picture
PATCH: Final = 0.003  # of the picture: a smaller piece is a plant
DRY_LIGHT: Final = 45.0  # of lightness: what is of the colour of straw and darker is earth or wood
STEP: Final = 10.0  # Lab units of an edge between lawn and anything else; grass in the shade has softer ones
LEVEL: Final = 1.8  # how much wider than high a piece of ground is seen
LOW: Final = 0.94  # of the height: what reaches lower lies before the viewer's feet
TUFTS: Final = 7.0  # deviation of lightness over a hand's breadth: shrubs have dark gaps between their leaves
SPOT: Final = 0.0003  # of the picture
DRY: Final = 0.004  # of the picture, of the colour of straw
STRAW: Final = (9.0, 18.0)  # Lab a at most, b at least
EDGE: Final = 4  # pixels from the picture's side
_BREADTH: Final = 21  # pixels
_FRESH: Final = 121.0  # degrees of hue, CIE Lab, of grass in spring
_TURNED: Final = 0.75  # how far towards it
_FULL: Final = 34.0  # chroma of such grass
_PALE: Final = 72.0  # of lightness: above it grass is dry


def find(front: Front) -> Mask:
    """Grass (h, w): green or dry, grained, in the lower half, and level with the ground, as no shrub or wall is."""
    patches = front.patches
    grass = (
        ~front.in_sky
        & (((front.a < -4) & (front.b > 8)) | ((front.a < -0.5) & (front.b > 24) & (front.light > DRY_LIGHT)))
        & (front.light > 22)
        & (front.light < 92)
        & (front.place > 0.55)
        & (front.grain > 0.6)
    )
    groups = patches.joined(grass, STEP)
    found = np.zeros(patches.patch.shape, bool)
    for group in np.unique(groups[grass]):
        piece = (grass & (groups == group))[patches.patch]
        if piece.mean() > PATCH and _is_level(piece) and _tufted(patches.lab, piece) < TUFTS:
            found |= piece
    return _without_holes(found, patches.lab) if found.mean() > LEAST else np.zeros_like(found)


def _without_holes(found: Mask, lab: Floats) -> Mask:
    """The lawn with the bare spots and the dry ones in it."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((~found).astype(np.uint8), connectivity=4)
    area = np.maximum(stats[:, cv2.CC_STAT_AREA], 1)
    a, b = (np.bincount(labels.ravel(), lab[..., i].ravel(), count) / area for i in (1, 2))
    dry = (b > STRAW[1]) & (a < STRAW[0]) & (area < DRY * found.size)
    small = (area < SPOT * found.size) | dry
    small[0] = False
    return np.asarray(found | small[labels])


def _is_level(piece: Mask) -> bool:
    """Whether a piece (h, w) is seen as the ground is: wide rather than high, or reaching to the viewer's feet."""
    height, width = piece.shape
    ys, xs = np.nonzero(piece)
    high, low = np.percentile(ys, [1, 99])
    left, right = np.percentile(xs, [1, 99])
    # What the picture's side cuts goes on beyond it.
    cut = left < EDGE or right > width - 1 - EDGE
    return bool(low > LOW * height or right - left > LEVEL * (low - high) * (0.5 if cut else 1))


def _tufted(lab: Floats, piece: Mask) -> float:
    """How far lightness varies within a hand's breadth inside of a piece (h, w), by its standard deviation."""
    light = np.ascontiguousarray(lab[..., 0])
    size = (_BREADTH, _BREADTH)
    inner = cv2.erode(piece.astype(np.uint8), np.ones((5, 5), np.uint8))
    share = np.maximum(cv2.blur(inner.astype(np.float32), size), 1e-3)
    mean, square = (cv2.blur(v * inner, size) / share for v in (light, light * light))
    # What is thin everywhere tells nothing, and is no lawn that anybody sees.
    if inner.sum() < 0.2 * piece.sum():
        return np.inf
    return float(np.sqrt(np.maximum(square - mean * mean, 0))[inner > 0].mean())


def fresh(light: Floats) -> Floats:
    """Linear light (..., 3) of grass as it is after rain: its hue greener, what is pale or straw a little deeper.

    Each blade keeps its own brightness against the others, and its colour at least the strength that it had.
    """
    lab = np.asarray(cv2.cvtColor(encode(light), cv2.COLOR_RGB2Lab), np.float32)
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1]))
    hue = hue + _TURNED * np.clip(_FRESH - hue, 0, 60)
    # Dark gaps between blades have little colour, and keep little.
    wanted = np.maximum(chroma, _FULL * np.clip(lab[..., 0] / 45, 0, 1))
    chroma = chroma + 0.6 * (wanted - chroma)
    lab[..., 0] -= 0.35 * np.clip(lab[..., 0] - _PALE, 0, None)
    lab[..., 1], lab[..., 2] = chroma * np.cos(np.radians(hue)), chroma * np.sin(np.radians(hue))
    return decode(np.clip(cv2.cvtColor(lab, cv2.COLOR_Lab2RGB), 0, 1))

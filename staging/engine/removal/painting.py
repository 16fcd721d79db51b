"""Painted walls behind what is removed: the light on them goes on smoothly from all that is seen round it.

A painted wall has no pattern that could be laid; pieces of it carry the light of where they came from, which shows as
patches. So its colour is the smoothest field that agrees with the paint round the hole, in the photo itself (a wrong
box puts no seam in it), with the photo's own grain. Sheets are used where a wall is papered, panelled or of brick.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import spsolve

from staging.engine.composite.fields import blurred_within, filled
from staging.engine.removal.scene import Scene
from staging.engine.removal.sheets import Floats, Mask, Sheet, sampled

Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]

COARSE: Final = 200  # long edge in pixels at which the field is solved
LEAST_PAINT: Final = 300  # pixels of it, to be believed
GRAIN: Final = 2.0  # pixels of the photo: what is finer is grain
TILES: Final = (96, 64, 40, 24)  # pixels of the photo, the sides of a piece of bare wall that lends its grain
TINTED: Final = 8.0  # Lab units of hue that paint in other light may be off its smooth surface
LIT: Final = 32.0  # the same of its lightness
EDGE: Final = 1.6  # Lab units a pixel: steeper is no light on paint
PATTERNED: Final = 0.022  # sRGB, the mean detail of a wall from which on it is more than paint
FELT: Final = 0.02  # how much a wall's pixels hold to the smooth surface of their paint, against their neighbours


@dataclass(frozen=True)
class Paint:
    """`colour` (h, w, 3), sRGB 0..1 at working size, is what the walls are painted with; elsewhere it means nothing.

    `grain` (n, n, 3), sRGB at the photo's size, is laid over it again and again.
    """

    colour: Floats
    grain: Floats

    def at(self, x: Integers, y: Integers, size: tuple[int, int]) -> Floats:
        """Colours (N, 3) of the pixels (x, y) of the photo of `size` (width, height), grain included."""
        height, width = self.colour.shape[:2]
        column = ((x + 0.5) * width / size[0] - 0.5).astype(np.float32)
        row = ((y + 0.5) * height / size[1] - 0.5).astype(np.float32)
        smooth = sampled(self.colour, column, row)
        return np.asarray(smooth + self.grain[_mirrored(y, len(self.grain)), _mirrored(x, len(self.grain))])


def plain(detail: Floats, confirmed: Mask) -> bool:
    """Whether a wall is plainly painted, by the `detail` (h, w, 3) of its `confirmed` pixels (h, w)."""
    return bool(np.abs(detail[confirmed]).mean() < PATTERNED) if confirmed.any() else False


@dataclass(frozen=True)
class Walls:
    """The walls of the working photo that are plainly painted: `all` their pixels (h, w), and those that are paint for
    sure, `own` (h, w); `surface` (h, w, 3), sRGB, is the smooth colour of their planes.
    """

    all: Mask
    own: Mask
    surface: Floats


def walls_of(scene: Scene, planes: Iterable[tuple[Sheet, Mask, Floats]]) -> Walls:
    """The painted walls among `planes`: the sheet of each, its confirmed pixels, and its smooth colour."""
    labels = scene.faces.labels
    walls, own = np.zeros(labels.shape, bool), np.zeros(labels.shape, bool)
    surface = np.zeros((*labels.shape, 3), np.float32)
    for sheet, confirmed, colour in planes:
        mine = labels == sheet.face
        walls |= mine
        own |= mine & sheet.drawn_mask(confirmed, scene.camera)
        surface[mine] = sheet.drawn(colour, scene.camera)[mine]
    return Walls(walls, own, surface)


def painted(scene: Scene, photo: Bytes, hole: Mask, walls: Walls) -> Paint | None:
    """The paint of `walls` behind the `hole` (h, w); None when too little of it is seen."""
    own = bare(scene.photo, hole, walls)
    if own.sum() < LEAST_PAINT:
        return None
    mean, share = blurred_within(scene.photo, own.astype(np.float32), 0.004 * max(hole.shape))
    sure = own & (share > 0.3)
    if sure.sum() < LEAST_PAINT:
        return None
    light = np.log(np.maximum(mean, 0.01)).astype(np.float32)
    base = np.log(np.maximum(walls.surface, 0.01)).astype(np.float32)
    field = _solved(light, sure, walls.all & hole, base)
    step = np.where(sure[..., None], light - field, 0).astype(np.float32)
    field = field + filled(step, sure.astype(np.float32))
    return Paint(np.exp(field).astype(np.float32), _grain(photo, own))


def bare(picture: Floats, hole: Mask, walls: Walls) -> Mask:
    """Paint outside of the `hole` (h, w): what is paint for sure, and what no edge and no other hue parts from it."""
    own, free = walls.own & ~hole, walls.all & ~hole
    lab = cv2.cvtColor(cv2.GaussianBlur(picture, (0, 0), 1.2), cv2.COLOR_RGB2Lab)
    step = lab - cv2.cvtColor(np.clip(walls.surface, 0, 1), cv2.COLOR_RGB2Lab)
    steep = np.hypot(cv2.Sobel(lab[..., 0], cv2.CV_32F, 1, 0), cv2.Sobel(lab[..., 0], cv2.CV_32F, 0, 1)) / 8
    usual = float(np.median(steep[own])) if own.any() else 0.0
    like = free & (np.linalg.norm(step[..., 1:], axis=-1) < TINTED) & (np.abs(step[..., 0]) < LIT)
    like &= steep < max(EDGE, 3 * usual)
    count, parts = cv2.connectedComponents((like | own).astype(np.uint8), connectivity=4)
    sure = np.bincount(parts[own], minlength=count) > 0.25 * np.bincount(parts.ravel(), minlength=count)
    sure[0] = False
    return np.asarray((like | own) & sure[parts])


def _solved(light: Floats, sure: Mask, wanted: Mask, base: Floats) -> Floats:
    """The smoothest field (h, w, 3) through the `sure` pixels of `light` over the `wanted` ones."""
    height, width = sure.shape
    k = min(1.0, COARSE / max(height, width))
    size = max(2, round(width * k)), max(2, round(height * k))
    weight = cv2.resize(sure.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    sums = cv2.resize(np.where(sure[..., None], light, 0).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    known = weight > 0.3
    values = sums / np.maximum(weight, 1e-6)[..., None]
    prior = cv2.resize(base, size, interpolation=cv2.INTER_AREA)
    inside = (cv2.resize(wanted.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0) | known
    number = np.full(known.shape, -1)
    number[inside] = np.arange(int(inside.sum()))
    count = int(inside.sum())
    links = [(number[:, :-1].ravel(), number[:, 1:].ravel()), (number[:-1].ravel(), number[1:].ravel())]
    a = np.concatenate([p[(p >= 0) & (q >= 0)] for p, q in links])
    b = np.concatenate([q[(p >= 0) & (q >= 0)] for p, q in links])
    ones = np.ones(len(a))
    joined = sparse.coo_matrix((ones, (a, b)), (count, count))
    joined = joined + joined.T
    laplace = sparse.diags(np.asarray(joined.sum(1)).ravel()) - joined
    held = np.where(known[inside], 10.0, FELT * FELT)
    target = np.where(known[inside][:, None], values[inside], prior[inside])
    system = (laplace + sparse.diags(held)).tocsc()
    solution = spsolve(system, held[:, None] * target)
    coarse = np.zeros((*known.shape, 3), np.float32)
    coarse[inside] = solution
    spread = filled(coarse, inside.astype(np.float32))
    return np.asarray(cv2.resize(spread, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _grain(photo: Bytes, own: Mask) -> Floats:
    """A square piece (n, n, 3), sRGB, of the finest detail of bare wall in the photo; zeros where there is none."""
    height, width = photo.shape[:2]
    bare = cv2.resize(own.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    for side in TILES:
        total = cv2.integral(bare)
        whole = total[side:, side:] - total[:-side, side:] - total[side:, :-side] + total[:-side, :-side]
        found = np.argwhere(whole == side * side)
        if len(found):
            tiles = [_fine(photo, int(y), int(x), side) for y, x in found[:: max(1, len(found) // 40)]]
            energy = [float(np.abs(tile).mean()) for tile in tiles]
            return tiles[int(np.argsort(energy)[len(energy) // 2])]
    return np.zeros((1, 1, 3), np.float32)


def _fine(photo: Bytes, y: int, x: int, side: int) -> Floats:
    piece = photo[y : y + side, x : x + side].astype(np.float32) / 255
    return np.asarray(piece - cv2.GaussianBlur(piece, (0, 0), GRAIN), np.float32)


def _mirrored(at: Integers, side: int) -> Integers:
    """Places along a piece that is laid again and again, every other time mirrored."""
    folded = at % max(1, 2 * side)
    return np.asarray(np.where(folded < side, folded, 2 * side - 1 - folded))

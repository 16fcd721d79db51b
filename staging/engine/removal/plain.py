"""Coverings without a pattern, paint and carpet, behind what is removed: their light goes on smoothly.

Pieces of such a covering carry the light of where they came from, which shows as patches. So its colour is the
smoothest field that agrees with what is seen of it round the hole, each plane by itself, in the photo (a wrong box puts
no seam in it). Sheets are used where a wall is papered or of brick, and where a floor has boards or tiles.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import spsolve

from staging.engine.composite.fields import blurred_within, dilated, filled, holding, steepness
from staging.engine.removal import fixtures, grain
from staging.engine.removal.cover import Cover
from staging.engine.removal.scene import Scene
from staging.engine.removal.sheets import Floats, Mask, Sheet, sampled
from staging.engine.scene.faces import BACK, CEILING, FLOOR, LEFT, RIGHT

Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]

COARSE: Final = 200  # long edge in pixels at which the field is solved
LEAST_SEEN: Final = 300  # pixels of a covering, to be believed
GRAIN: Final = 0.0022  # of the long edge: what is finer is grain of paint
PILE: Final = 0.009  # the same of a carpet
TINTED: Final = 11.0  # Lab units of hue that a covering in other light may be off its smooth surface
LIT: Final = 45.0  # the same of its lightness
EDGE: Final = 1.6  # Lab units a pixel: steeper is no light on a covering
PATTERNED: Final = 0.022  # sRGB, the mean detail of a wall from which on it is more than paint
DIRECTED: Final = 0.45  # coherence of a floor's gradients from which on it has boards or tiles
LINED: Final = 1.5  # length of straight edges on a floor against the root of its area: more are joints
SOFTLY: Final = 0.6  # the same: where a wall ends at its ceiling in weak light is steeper still
BESIDE: Final = 6  # pixels on each side of a corner, over which it is looked at
SHOWN: Final = 0.05  # of the height: so much of a corner must be seen to know that it is none
CORNER: Final = 1.6  # Lab units across it, under which it is none
USUAL: Final = (0.25, 0.75)  # of what is seen of a floor: darker and lighter, none of it is guessed to be
FELT: Final = 0.02  # how much pixels hold to the smooth surface of their plane, against their neighbours


@dataclass(frozen=True, eq=False)
class Surface:
    """One plain plane of the working photo: `all` its pixels (h, w), `own` those that are its covering for sure.

    `colour` (h, w, 3), sRGB, is the smooth colour of the plane; `fixed` (h, w) are windows, curtains, doors.
    """

    face: int
    all: Mask
    own: Mask
    colour: Floats
    fixed: Mask

    @property
    def coarse(self) -> float:
        """What is finer than this share of the long edge is the covering's grain."""
        return PILE if self.face == FLOOR else GRAIN


@dataclass(frozen=True)
class Coat:
    """`light` (h, w, 3), log of sRGB at working size, is how a plain plane looks where nothing stands
    on it or shades it; outside of the plane it means nothing. `grain` is laid over it.
    """

    light: Floats
    grain: grain.Grain

    def at(self, x: Integers, y: Integers, size: tuple[int, int]) -> Floats:
        """Colours (N, 3) of the pixels (x, y) of the photo of `size` (width, height), grain included."""
        height, width = self.light.shape[:2]
        column = ((x + 0.5) * width / size[0] - 0.5).astype(np.float32)
        row = ((y + 0.5) * height / size[1] - 0.5).astype(np.float32)
        return np.asarray(np.exp(sampled(self.light, column, row)) + self.grain.at(x, y))


def painted(cover: Cover) -> bool:
    """Whether a wall is plainly painted."""
    confirmed = cover.confirmed
    return bool(np.abs(cover.detail[confirmed]).mean() < PATTERNED) if confirmed.any() else False


def carpeted(scene: Scene, own: Mask) -> bool:
    """Whether the floor, of which `own` (h, w) pixels are seen for sure, has neither joints nor a direction.

    Coherence is that of the structure tensor (Bigun and Granlund 1987): 0 without, 1 with one direction.
    """
    inner = cv2.erode(own.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    if inner.sum() < LEAST_SEEN:
        return False
    grey = cv2.cvtColor(scene.photo, cv2.COLOR_RGB2GRAY)
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.5)
    gx, gy = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    xx, yy, xy = (cv2.GaussianBlur(a, (0, 0), 8) for a in (gx * gx, gy * gy, gx * gy))
    coherence = np.sqrt((xx - yy) ** 2 + 4 * xy**2) / (xx + yy + 1e-6)
    if float(np.median(coherence[inner])) > DIRECTED:
        return False
    found = cv2.createLineSegmentDetector(0).detect((grey * 255).astype(np.uint8))[0]
    total = 0.0
    for x0, y0, x1, y1 in [] if found is None else found.reshape(-1, 4):
        length = float(np.hypot(x1 - x0, y1 - y0))
        row, column = int((y0 + y1) / 2), int((x0 + x1) / 2)
        if length > 0.03 * max(own.shape) and inner[min(row, len(own) - 1), min(column, own.shape[1] - 1)]:
            total += length
    return total / np.sqrt(inner.sum()) < LINED


def surfaces(
    scene: Scene, hole: Mask, covers: Iterable[tuple[Sheet, Cover]], *, every_floor: bool = False
) -> dict[int, Surface]:
    """The plain planes among `covers`, by face; the `hole` (h, w) is never their own.

    Walls between which the photo shows no corner are one surface, which stands at each of their faces; so is a wall
    with the ceiling above it where no edge is seen between them, as where the ceiling was read too low.

    With `every_floor` the floor is among them whatever covers it: light falls on boards and tiles as on a carpet.
    """
    found = {}
    for sheet, cover in covers:
        everywhere = scene.faces.labels == sheet.face
        own = everywhere & sheet.drawn_mask(cover.confirmed, scene.camera) & ~hole
        if every_floor or carpeted(scene, own) if sheet.face == FLOOR else painted(cover):
            fixed = fixed_on(scene, hole, sheet, cover)
            colour = sheet.drawn(cover.smooth, scene.camera)
            found[sheet.face] = Surface(sheet.face, everywhere, own & ~fixed, colour, fixed)
    for one, other in ((LEFT, BACK), (BACK, RIGHT)):
        if one in found and other in found and not edge_shown(scene, hole, one, other):
            parts = found[one], found[other]
            found |= dict.fromkeys([face for face in found if found[face] in parts], _joined(*parts))
    if CEILING in found:
        _carried_up(scene, hole, found)
    return found


def fixtures_on(scene: Scene, hole: Mask, sheet: Sheet, cover: Cover) -> tuple[fixtures.Fixtures, Mask]:
    """The fixtures of a wall that is seen outside of the `hole` (working size), and where its sheet shows it (h, w)."""
    shown = sheet.marked(~hole & (scene.faces.labels == sheet.face), scene.camera)
    return fixtures.found(sheet, cover.picture, cover.surface, cover.confirmed, shown), shown


def fixed_on(scene: Scene, hole: Mask, sheet: Sheet, cover: Cover) -> Mask:
    """Where (h, w) the photo shows fixtures on a wall: a blind as white as the paint is none of it all the same."""
    if sheet.face in (FLOOR, CEILING):
        return np.zeros(hole.shape, bool)
    parts = fixtures_on(scene, hole, sheet, cover)[0].parts
    return sheet.drawn_mask(parts > 0, scene.camera) & (scene.faces.labels == sheet.face)


def _carried_up(scene: Scene, hole: Mask, found: dict[int, Surface]) -> None:
    """Let walls that are not seen to end where they were read to go on over what was read as the ceiling above them."""
    labels = scene.faces.labels
    is_wall = np.isin(labels, [LEFT, BACK, RIGHT])
    below = np.where(is_wall.any(0), labels[is_wall.argmax(0), np.arange(labels.shape[1])], CEILING)
    ceiling = found[CEILING]
    calm = steepness(cv2.cvtColor(cv2.GaussianBlur(scene.photo, (0, 0), 1.2), cv2.COLOR_RGB2Lab)[..., 0]) < SOFTLY
    for wall in (LEFT, BACK, RIGHT):
        # Curtains and their rods hang where the two meet, and are no edge between them.
        if wall in found and not edge_shown(scene, hole | ~dilated(ceiling.own | found[wall].own, 3), CEILING, wall):
            one, above = found[wall], ceiling.all & (below == wall)
            above &= hole | holding(calm & ~hole & (above | one.all), one.own)
            over = dataclasses.replace(ceiling, all=above, own=ceiling.own & above)
            found |= dict.fromkeys([face for face in found if found[face] is one], _joined(one, over))


def edge_shown(scene: Scene, hole: Mask, one: int, other: int) -> bool:
    """Whether the photo shows an edge where face `one` was read to end at the `other` on its right, or under it if
    it is the ceiling; True if it is hidden.

    An edge that was read where there is none would be drawn as a step of light.
    """
    if one == CEILING:
        return _edge_between(scene.faces.labels.T, hole.T, np.swapaxes(scene.photo, 0, 1), one, other)
    return _edge_between(scene.faces.labels, hole, scene.photo, one, other)


def _edge_between(labels: NDArray[Any], hole: Mask, photo: Floats, first: int, second: int) -> bool:
    row, column = np.nonzero((labels[:, :-1] == first) & (labels[:, 1:] == second))
    far, wide = 2 + BESIDE, labels.shape[1]
    fits = (column >= far) & (column < wide - far - 1)
    row, column = row[fits], column[fits]
    taken = np.concatenate([np.arange(-far, -1), np.arange(3, far + 2)])
    open_ = ~hole[row[:, None], column[:, None] + taken].any(1)
    row, column = row[open_], column[open_]
    if len(row) < SHOWN * labels.shape[0]:
        return True
    smooth = cv2.GaussianBlur(np.ascontiguousarray(photo), (0, 0), 1.0)
    values = cv2.cvtColor(smooth, cv2.COLOR_RGB2Lab)[row[:, None], column[:, None] + taken]
    half = len(taken) // 2
    step = np.linalg.norm(values[:, half:].mean(1) - values[:, :half].mean(1), axis=-1)
    return float(np.median(step)) > CORNER


def _joined(one: Surface, other: Surface) -> Surface:
    colour = np.where(other.all[..., None], other.colour, one.colour).astype(np.float32)
    return Surface(BACK, one.all | other.all, one.own | other.own, colour, one.fixed | other.fixed)


def coat(scene: Scene, photo: Bytes, hole: Mask, surface: Surface) -> Coat | None:
    """How a surface looks behind the `hole` (h, w) and its shadows; None when too little of it is seen."""
    own = bare(scene.photo, hole, surface)
    light = lit(scene.photo, own, surface, hole)
    if light is None:
        return None
    sigma = max(1.5, surface.coarse * max(photo.shape[:2]))
    return Coat(light, grain.taken(photo, own, sigma, lies=surface.face == FLOOR))


def bare(picture: Floats, hole: Mask, surface: Surface) -> Mask:
    """The covering outside of the `hole` (h, w): what is sure, and what no edge and no other hue parts from that."""
    own, free = surface.own & ~hole, surface.all & ~hole & ~surface.fixed
    sigma = 1.2 if surface.face != FLOOR else 0.4 * PILE * max(hole.shape)
    lab = cv2.cvtColor(cv2.GaussianBlur(picture, (0, 0), sigma), cv2.COLOR_RGB2Lab)
    step = lab - cv2.cvtColor(np.clip(surface.colour, 0, 1), cv2.COLOR_RGB2Lab)
    steep = steepness(lab[..., 0])
    usual = float(np.median(steep[own])) if own.any() else 0.0
    like = free & (np.linalg.norm(step[..., 1:], axis=-1) < TINTED) & (np.abs(step[..., 0]) < LIT)
    like &= steep < max(EDGE, 3 * usual)
    count, parts = cv2.connectedComponents((like | own).astype(np.uint8), connectivity=4)
    sure = np.bincount(parts[own], minlength=count) > 0.25 * np.bincount(parts.ravel(), minlength=count)
    sure[0] = False
    return np.asarray((like | own) & sure[parts])


def lit(picture: Floats, own: Mask, surface: Surface, hole: Mask) -> Floats | None:
    """The log light (h, w, 3) of a surface that goes through its `own` pixels; None when these are too few."""
    if own.sum() < LEAST_SEEN:
        return None
    mean, share = blurred_within(picture, own.astype(np.float32), surface.coarse * 2 * max(hole.shape))
    sure = own & (share > 0.3)
    if sure.sum() < LEAST_SEEN:
        return None
    light = np.log(np.maximum(mean, 0.01)).astype(np.float32)
    base = np.log(np.maximum(surface.colour, 0.01)).astype(np.float32)
    if surface.face == FLOOR:
        base = _usual(base, light[sure])
    field = _solved(light, sure, surface.all & hole, base)
    step = np.where(sure[..., None], light - field, 0).astype(np.float32)
    return np.asarray(field + filled(step, sure.astype(np.float32)), np.float32)


def _usual(base: Floats, seen: Floats) -> Floats:
    """The log colour `base` (h, w, 3) of a plane with the hue of what is `seen` (N, 3) of it, and about as light.

    A surface that was fitted to one side of a floor runs away on the other, in its hue as in its light.
    """
    usual = np.median(seen, 0)
    low, high = np.quantile((seen - usual).mean(-1), USUAL)
    return np.asarray(usual + np.clip((base - usual).mean(-1), low, high)[..., None], np.float32)


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

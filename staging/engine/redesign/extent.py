"""How far a room's floor reaches in the photo: the cheapest cut between what looks like it and what does not.

The box of the room ends too early where a room is no box, and a flood runs out where floor and wall are alike. A cut
(GrabCut, Rother et al. 2004) weighs colours and edges of the whole picture at once; the room says where it may run.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import dilated, filled, holding
from staging.engine.redesign import floors
from staging.engine.redesign.floors import FEWEST, Ground
from staging.engine.redesign.matting import Floats, Mask
from staging.engine.redesign.regions import Regions
from staging.engine.redesign.trim import Trim
from staging.engine.redesign.verges import edge_of
from staging.engine.redesign.walls import Wall
from staging.engine.scene.faces import CEILING, FLOOR

_SCALE: Final = 0.6  # of the working copy, at which the cut is made
_ROUNDS: Final = 4
_SPREAD: Final = np.array([2.2, 3.0, 3.0], np.float32)  # what a Lab unit counts for the cut
_MIDDLE: Final = np.array([0.0, 128.0, 128.0], np.float32)
_SHADE: Final = -26.0  # Lab lightness by which a floor may be darker in the shade
_OTHER_HUE: Final = 14.0  # Lab units beyond which a pixel outside the box is surely something else
_OTHER_SHADE: Final = (-34.0, 22.0)
_FARTHEST: Final = 14.0  # metres: no room's floor is seen farther than that
_HIGH: Final = 0.9  # metres up a wall of the box, where hardly any floor is seen, however wrong the box is
_PARTED: Final = 0.5  # share of a seam that is an edge, by which two pieces are no one floor
_OPEN: Final = 0.5  # share of a seam that is none, by which two pieces are one floor
_THICK: Final = 15  # pixels of a piece: what is slimmer everywhere is left to the cut
_AT_LIMIT: Final = 6  # pixels of a piece at the farthest place, by which it is no floor but something upright
_UNDER: Final = 7  # pixels round such floor
_FOOT: Final = 0.3  # metres: paint lower than that may be floor that the box leaves out


def reached(regions: Regions, trim: Trim, walls: list[Wall], ground: Ground) -> Mask:
    """The floor (h, w), with that of next rooms as far as it is the same; nothing where too little of it is sure."""
    face = regions.faces.labels == FLOOR
    sure = _eroded(ground.floor & face, 15)
    if sure.sum() < FEWEST:
        return np.zeros_like(face)
    likely = _guess(regions, trim, walls, ground, sure)
    small = cv2.resize(_picture(regions.lab), None, fx=_SCALE, fy=_SCALE, interpolation=cv2.INTER_AREA)
    guess = cv2.resize(likely, small.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    if not (guess == cv2.GC_FGD).any() or not np.isin(guess, (cv2.GC_BGD, cv2.GC_PR_BGD)).any():
        return np.zeros_like(face)
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    guess = cv2.grabCut(small, guess, (0, 0, 1, 1), *models, _ROUNDS, cv2.GC_INIT_WITH_MASK)[0]
    cut = np.isin(guess, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)
    floor = cv2.resize(cut, face.shape[::-1], interpolation=cv2.INTER_LINEAR) > 0.5
    floor &= ~_upright(floor & ~dilated(face, 5), _below(regions))
    return holding(floor, sure)


def before(regions: Regions, trim: Trim, ground: Ground) -> Mask:
    """What stands before the room (h, w), without the floor there that no edge parts from the rest of it.

    How far down a column or the end of a wall reaches is only roughly known.
    """
    if not ground.floor.any():
        return trim.before
    step = _step(regions, ground.floor)
    hue, shade = np.hypot(step[..., 1], step[..., 2]), step[..., 0]
    limit = floors.own_limits(step, ground.floor)
    alike = (hue < limit[0]) & (shade > _SHADE) & (shade < limit[1])
    free = trim.before & alike & (regions.contrast < edge_of(regions, ground.floor))
    under = holding(free | ground.floor, ground.floor) & trim.before
    return np.asarray(trim.before & ~dilated(under, _UNDER))


def joined(regions: Regions, flood: Mask, cut: Mask) -> Mask:
    """The `cut` (h, w) without the pieces outside the box that an edge parts from the `flood`: skirtings and sills;
    and with those pieces of the flood before which it ends though no edge is there.
    """
    within = (regions.faces.labels == FLOOR) | flood
    body, beyond = cut & within, cut & ~within
    edge = regions.contrast > edge_of(regions, body) if body.any() else np.ones_like(cut)
    whole = body | (beyond & ~_of_pieces(beyond, body, edge, _PARTED))
    more = flood & ~cut
    thick = cv2.morphologyEx(more.astype(np.uint8), cv2.MORPH_OPEN, np.ones((_THICK, _THICK), np.uint8)) > 0
    more = holding(more, thick) & ~_of_pieces(more, whole, ~edge, _OPEN, unparted=True)
    return np.asarray(whole | more)


def _of_pieces(pieces: Mask, body: Mask, on: Mask, share: float, *, unparted: bool = False) -> Mask:
    """Those connected `pieces` (h, w) of whose seam with the `body` (h, w) more than a `share` lies `on` (h, w);
    those of whose seam not so much does where `unparted`.
    """
    count, parts = cv2.connectedComponents(pieces.astype(np.uint8), connectivity=4)
    seam = dilated(body, 2) & pieces
    length = np.bincount(parts[seam], minlength=count)
    most = np.bincount(parts[seam], on[seam], count) > share * np.maximum(length, 1)
    chosen = ~most if unparted else most
    chosen[0] = False
    return np.asarray(chosen[parts])


def _upright(beyond: Mask, below: Mask) -> Mask:
    """Those pieces of the floor `beyond` the box (h, w) that go on to where no floor is seen: columns and walls."""
    limit = below & ~_eroded(below, 5)
    count, parts = cv2.connectedComponents(beyond.astype(np.uint8), connectivity=4)
    upright = np.bincount(parts[limit], minlength=count) > _AT_LIMIT
    upright[0] = False
    return np.asarray(upright[parts])


def _picture(lab: Floats) -> NDArray[np.uint8]:
    """What is cut, (h, w, 3): the photo without the grain of its boards."""
    smooth = cv2.bilateralFilter(lab, 7, 6.0, 2.5)
    return np.clip(smooth * _SPREAD + _MIDDLE, 0, 255).astype(np.uint8)


def _guess(regions: Regions, trim: Trim, walls: list[Wall], ground: Ground, sure: Mask) -> NDArray[np.uint8]:
    """GrabCut's labels (h, w): surely or perhaps floor, surely or perhaps not."""
    face, up = regions.faces.labels == FLOOR, regions.faces.points[..., 2]
    step = _step(regions, ground.floor)
    hue, shade = np.hypot(step[..., 1], step[..., 2]), step[..., 0]
    limit = floors.own_limits(step, sure)
    alike = (hue < limit[0]) & (shade > _SHADE) & (shade < limit[1])
    other = (hue > _OTHER_HUE) | (shade < _OTHER_SHADE[0]) | (shade > _OTHER_SHADE[1])
    guess = np.full(face.shape, cv2.GC_PR_BGD, np.uint8)
    guess[(face & alike) | ground.beyond] = cv2.GC_PR_FGD
    outside = ~dilated(face | ground.beyond, 9)
    guess[outside & _eroded(other | (~alike & (up > _HIGH)), 5)] = cv2.GC_BGD
    for wall in walls:
        guess[_eroded(wall.paint & (up > _FOOT), 7) & ~ground.beyond] = cv2.GC_BGD
    guess[_eroded(before(regions, trim, ground), 9)] = cv2.GC_BGD
    guess[sure] = cv2.GC_FGD
    guess[~_below(regions) | (regions.faces.labels == CEILING)] = cv2.GC_BGD
    return guess


def _step(regions: Regions, floor: Mask) -> Floats:
    """How far each pixel is from the floor near it, (h, w, 3) Lab, grain apart."""
    known = np.where(floor[..., None], regions.lab, 0).astype(np.float32)
    near = cv2.GaussianBlur(filled(known, floor.astype(np.float32)), (0, 0), 15)
    return np.asarray(cv2.GaussianBlur(regions.lab, (0, 0), 1.5) - near, np.float32)


def _below(regions: Regions) -> Mask:
    """The pixels (h, w) whose rays meet the floor's plane not too far away: only these may see a floor."""
    height, width = regions.patch.shape
    u, v = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    camera = regions.room.camera.resized(width, height)
    rays = camera.rays(np.stack([u, v], -1))
    return np.asarray(-rays[..., 2] * _FARTHEST > camera.height * np.hypot(rays[..., 0], rays[..., 1]))


def _eroded(mask: Mask, size: int) -> Mask:
    return cv2.erode(mask.astype(np.uint8), np.ones((size, size), np.uint8), borderValue=1) > 0

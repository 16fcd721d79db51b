"""What on the walls of a room is no paint by its place: openings with their casings, skirtings and cornices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from staging.engine.geometry.walls import PER_METRE, WALLS, rectified
from staging.engine.redesign import mouldings, ruled
from staging.engine.redesign.matting import Mask
from staging.engine.redesign.regions import WALL_LABELS, Regions
from staging.engine.scene.faces import LEFT
from staging.engine.scene.room import Opening

FRAME: Final = 0.07  # metres round an opening that a frame is at the least
CASING: Final = 0.16  # metres round an opening in which its frame and trim lie
SKIRTING: Final = 0.2  # metres above the floor in which the skirting lies
CHROMATIC: Final = 10.0  # Lab chroma of paint that windows and doors do not share
SAME_HUE: Final = 8.0
PANE: Final = 15.0  # spread of lightness that a pane has at the least in a wall of strong colour
OUTLINED: Final = (0.1, 0.5)  # share of a skirting's top along which the photo must show an edge, and surely does
PARTED: Final = 0.6  # the same of a faint step, where few edges are seen
LOW: Final = 0.09  # metres of a skirting whose top the evidence of edges does not part from the foot of the wall
LOW_EDGED: Final = 0.5  # share of such a top along which the photo itself must have an edge
CARRIED: Final = 0.85  # share of a skirting's top, as high as on another wall, along which an edge must be seen
LEAF: Final = 1.1  # metres: no door's leaf is broader
FOOT_SHOWN: Final = 0.9  # share of a wall's foot in the picture, if it is to show that it has no skirting
CORNICE_SEEN: Final = 0.5  # the same of a cornice's foot: many a room has none
CORNICE: Final = 0.14  # metres below the ceiling in which a cornice lies


@dataclass(frozen=True)
class Trim:
    """The `openings` that the photo shows; all others (h, w): `inside` openings; `framed` these with their frames;
    `mouldings` under the line of a skirting or over that of a cornice that was found; `anywhere` these and the places
    where trim may be; `before` is what stands before the room. Narrow walls `without_skirting`, where all
    others have one, are none: an open door's leaf, a cupboard's side.
    """

    inside: Mask
    framed: Mask
    mouldings: Mask
    anywhere: Mask
    before: Mask
    openings: tuple[Opening, ...]
    without_skirting: frozenset[str]

    @classmethod
    def of(cls, regions: Regions) -> Trim:
        """Read the walls of a room straight on."""
        labels, up = regions.faces.labels, regions.faces.points[..., 2]
        inside, framed, casing = (np.zeros(labels.shape, bool) for _ in range(3))
        kept = tuple(opening for opening in regions.room.openings if _shown(regions, opening))
        for opening in kept:
            inside |= regions.seen(opening, margin=-0.02)
            framed |= regions.seen(opening, margin=FRAME)
            casing |= regions.seen(opening, margin=CASING)
        found, without = _mouldings(regions, framed)
        likely = (labels >= LEFT) & ((up < SKIRTING) | (up > regions.room.box.height - CORNICE))
        before = _before(regions)
        return cls(inside | before, framed, found, casing | found | likely | before, before, kept, without)


def _shown(regions: Regions, opening: Opening) -> bool:
    """Whether the photo shows an opening: else it was read into bare wall, as coloured paint in it says too."""
    seen = regions.seen(opening)
    round_it = regions.seen(opening, margin=2 * CASING) & ~seen
    if not seen.any() or not round_it.any():
        return True
    inside, outside = np.median(regions.lab[seen], 0)[1:], np.median(regions.lab[round_it], 0)[1:]
    own = regions.hue_of_light
    plain = np.hypot(*outside) > CHROMATIC and np.hypot(*(inside - outside)) < SAME_HUE
    strong = min(np.hypot(*(inside - own)), np.hypot(*(outside - own))) > CHROMATIC
    if plain and strong and regions.lab[..., 0][seen].std() < PANE:
        return False  # the shade of a corner, or a door in the very paint of its wall
    return ruled.bounded(regions, opening)


def _mouldings(regions: Regions, framed: Mask) -> tuple[Mask, frozenset[str]]:
    """What lies under the top of a skirting or over the foot of a cornice, (h, w); which walls alone show no skirting.

    `framed` (h, w) are openings with their frames, at which a skirting ends.

    A skirting goes round a room. A wall says nothing of which only part of the foot is in the picture, nor one that is
    broader than a door.
    """
    height, width = regions.patch.shape
    camera = regions.room.camera.resized(width, height)
    up = regions.faces.points[..., 2].astype(np.float32)
    found = np.zeros((height, width), bool)
    high: list[float] = []
    skirted: dict[str, bool] = {}
    narrow: dict[str, bool] = {}
    for wall in WALLS:
        if (picture := rectified(regions.copy, camera, regions.room.box, wall)) is None:
            continue
        label = WALL_LABELS[wall]
        here, along = regions.faces.labels == label, regions.along(label)
        openings = regions.room.openings_on(wall)
        below, above = mouldings.skirting_top(picture, openings), mouldings.cornice_foot(picture, openings)
        if below is not None and _is_skirting(regions, label, below, beyond := here & (up < below.height(along))):
            found |= beyond
            skirted[wall] = True
            high.append(float(below.height(sum(ruled.span(regions.room.box, label)) / 2)))
        elif below is None and mouldings.foot_shown(picture) > FOOT_SHOWN:
            skirted[wall] = False
            narrow[wall] = picture.lab.shape[1] < LEAF * PER_METRE
        if above is not None and regions.outlined(beyond := here & (up > above.height(along)), here) > CORNICE_SEEN:
            found |= beyond
    for label in WALL_LABELS.values():
        if high and not (found & (regions.faces.labels == label) & (up < SKIRTING)).any():
            found |= _carried_round(regions, label, high) & ~framed
    without = [wall for wall, seen in skirted.items() if not seen]
    alone = len(without) == 1 and len(skirted) == len(WALLS) and narrow[without[0]]
    return found, frozenset(without if alone else ())


def _carried_round(regions: Regions, label: int, heights: list[float]) -> Mask:
    """What of a wall (h, w) lies under the top of a skirting as high as one of other walls, metres, if it is seen."""
    here = regions.faces.labels == label
    u0, u1 = ruled.span(regions.room.box, label)
    seen = [high for high in heights if here.any() and ruled.edged(regions, label, (u0, high), (u1, high)) > CARRIED]
    return np.asarray(here & (regions.faces.points[..., 2] < max(seen, default=-np.inf)))


def _is_skirting(regions: Regions, label: int, top: mouldings.Line, beyond: Mask) -> bool:
    """Whether the photo shows the `top` of a skirting on a wall; `beyond` (h, w) lies under it."""
    u0, u1 = ruled.span(regions.room.box, label)
    line = (u0, float(top.height(u0))), (u1, float(top.height(u1)))
    # The foot of the wall is an edge too, and a strong one makes another just above it in the wall's coarser picture.
    if max(line[0][1], line[1][1]) < LOW and ruled.edged(regions, label, *line) < LOW_EDGED:
        return False
    shown = regions.outlined(beyond, regions.faces.labels == label)
    if not OUTLINED[0] < shown < OUTLINED[1]:
        return shown >= OUTLINED[1]
    return ruled.parted(regions, label, *line) > PARTED


def _before(regions: Regions) -> Mask:
    """What the room's reading found to stand before its walls, (h, w)."""
    height, width = regions.patch.shape
    canvas = np.zeros((height, width), np.uint8)
    scale = np.array([width / regions.room.camera.width, height / regions.room.camera.height_px])
    for occluder in regions.room.occluders:
        cv2.fillPoly(canvas, [np.round(np.array(occluder.polygon) * scale).astype(np.int32)], 1)
    return canvas > 0

"""The floor of a room's photo: what is surely its, where it goes on, and which of some guesses of all of it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import cv2
import numpy as np

from staging.engine.composite.fields import dilated, filled
from staging.engine.redesign import cells, feet, overruns, pockets, skirtings, tape
from staging.engine.redesign import daylight as light
from staging.engine.redesign import things as lying
from staging.engine.redesign.matting import Floats, Mask
from staging.engine.redesign.patches import FAINT
from staging.engine.redesign.regions import Regions
from staging.engine.redesign.things import CHROMATIC, GRATE, OWN_CHROMA, OWN_HUE
from staging.engine.redesign.verges import EDGE_OVER_GRAIN, SAME, verge
from staging.engine.redesign.walls import FEWEST_OF_BORDER, unsupported
from staging.engine.scene.faces import FLOOR

JOIN: Final = 4.5  # Lab units of a step that parts no floor
HUE: Final = 7.0  # Lab units of a and b by which the floor may differ from itself close by
SHADE: Final = (-12.0, 8.0)  # the same of lightness
WIDER: Final = 1.4  # times what the known part of a floor differs from itself
MOST_OF_IT: Final = 93  # percentile of that part
LEAST_HUE: Final = 3.0
LEAST_SHADE: Final = 4.0
SUN_HUE: Final = 12.0
ENCLOSED: Final = 0.8  # share of a sun patch's border that is floor
FEWEST: Final = 500  # pixels
SMALLEST_THING: Final = 0.0002  # of the picture
MOST_THINGS: Final = 0.1  # of the floor
FLUSH: Final = 6.0  # Lab units of a step that parts no floor from its going on in the next room
OTHER_LIGHT: Final = (-25.0, 18.0)  # lightness by which it may go on there in other light
PLAIN: Final = 9.0  # spread of lightness beyond which something has marks
OWN_SHADE: Final = (-18.0, 25.0)
VIVID: Final = 35.0
NEAR_BY: Final = 12  # pixels
DEEP: Final = 25  # pixels: by half of that a joint must be away from the foot of a wall
RIMMED: Final = 0.5  # share of a hole in the floor that is a thing, whose rim the rest of it is
HOLE: Final = 0.001  # of the picture: a hole with nothing in it
MOST_LOOSE: Final = 0.2  # share of the floor's border that may lie on no edge
MOST_OPEN: Final = 0.15
MOST_LOOSE_LAID: Final = 0.06  # the same of what is laid in the end
MOST_OPEN_LAID: Final = 0.12
BOX_LINE: Final = 4  # pixels past the line where the box has the floor end, that are that line
ALIKE: Final = 8.0  # Lab units between a floor and more of it in another light
MOST_ALIKE: Final = 0.48  # share of the end of a piece beyond the box that may border on such
SOME_UNSEEN: Final = 0.08  # if so much of it lies on no edge
MOST_UNSEEN: Final = 0.3  # and that may lie on no edge, whatever is beyond
SHORTEST_END: Final = 10  # pixels of such an end
MOST_STEPS: Final = 6  # of a dozen pixels each, by which a floor is carried on into the shade
FEWEST_MORE: Final = 20  # pixels

# Why a floor stays: none was told from the rest, its border lies on no edge or runs across open floor, things lie on
# it, the room is unsure or the floor small, or a gate refused it.
Unlaid = Literal["not_seen", "no_end", "goes_on", "things", "unsure", "small", "gate"]


@dataclass(frozen=True)
class Ground:
    """What is surely `floor`, where it goes on `beyond` the box, through doors and into other rooms, what `ends` it
    there, what is `like` it by its colour, and the `things` that lie on it or are let into it, each (h, w).
    """

    floor: Mask
    beyond: Mask
    ends: Mask
    like: Mask
    things: Mask


def sure(regions: Regions, paint: Mask, before: Mask) -> Ground:
    """The sure parts of a room's floor; `paint` (h, w) is surely wall, and `before` what stands before the room.

    It is the largest group of patches that no edge parts, with others of its colour; sun on it is enclosed.
    """
    face = (regions.faces.labels == FLOOR) & ~before
    on_floor = regions.mean(face)
    chosen = on_floor > 0.6
    groups = regions.joined(chosen, JOIN)
    weight = np.bincount(groups, regions.area * chosen * on_floor, regions.count)
    good = (groups == weight.argmax()) & chosen
    for _ in range(3):
        known = good[regions.patch] & face
        if known.sum() < FEWEST:
            return Ground(*(np.zeros_like(face) for _ in range(5)))
        spread = filled(np.where(known[..., None], regions.lab, 0).astype(np.float32), known.astype(np.float32))
        step = regions.lab - np.asarray(cv2.GaussianBlur(spread, (0, 0), 15), np.float32)
        hue, shade = np.hypot(regions.mean(step[..., 1]), regions.mean(step[..., 2])), regions.mean(step[..., 0])
        near, whole = regions.borders.touching(good, regions.count, np.inf)
        alike = (hue < HUE) & (shade > SHADE[0]) & (shade < SHADE[1])
        lit = (hue < SUN_HUE) & (shade >= SHADE[1]) & (near > ENCLOSED * whole) & ~lying.set_in(regions, spread)
        more = chosen & ~good & (alike | lit)
        if not more.any():
            break
        good = good | more
    good = _lit_up(regions, good, chosen, face, step)
    other = chosen & ~good & (regions.area > SMALLEST_THING * face.size)
    things = (other[regions.patch] & face).astype(np.uint8)
    # The joints of a floor are narrow, things are not.
    things = np.asarray(cv2.morphologyEx(things, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)), np.uint8)
    things = lying.thick(regions, things)
    floor = good[regions.patch] & face
    own = lying.own(regions, floor, things) | light.own(regions, floor, things)
    further, unlike = _further(regions, good, chosen, paint)
    ends = ~(good | further)[regions.patch] & ~face & ~paint & unlike
    return Ground(floor | own, further[regions.patch] & ~face, ends, ~unlike & ~paint, (things > 0) & ~own)


def own_limits(step: Floats, known: Mask) -> tuple[float, float]:
    """The hue and the lightness by which more floor may differ from the `known` one (h, w): what that differs itself.

    An even floor is told from a grey wall by less than a mottled one. `step` (h, w, 3) Lab is from the floor near by.
    """
    hue, shade = np.hypot(step[..., 1], step[..., 2])[known], step[..., 0][known]
    own_hue, own_shade = (WIDER * float(np.percentile(part, MOST_OF_IT)) for part in (hue, shade))
    return float(np.clip(own_hue, LEAST_HUE, HUE)), float(np.clip(own_shade, LEAST_SHADE, SHADE[1]))


def _further(regions: Regions, good: Mask, chosen: Mask, paint: Mask) -> tuple[Mask, Mask]:
    """Patches (n,) out of the box in which the floor goes on: below the horizon, of its colour, with no edge between;
    and the pixels (h, w) that are unlike the floor next to them.
    """
    height, width = regions.patch.shape
    camera = regions.room.camera.resized(width, height)
    u, v = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    low = regions.mean(camera.rays(np.stack([u, v], -1))[..., 2] < -0.02) > 0.9
    open_to = low & ~chosen & (regions.mean(paint) < 0.3)
    further = np.zeros_like(good)
    for _ in range(6):
        known = (good | further)[regions.patch]
        spread = filled(np.where(known[..., None], regions.lab, 0).astype(np.float32), known.astype(np.float32))
        step = regions.lab - np.asarray(cv2.GaussianBlur(spread, (0, 0), 9), np.float32)
        hue, shade = np.hypot(regions.mean(step[..., 1]), regions.mean(step[..., 2])), regions.mean(step[..., 0])
        soft, whole = regions.borders.touching(good | further, regions.count, FLUSH)
        alike = (hue < HUE) & (shade > SHADE[0]) & (shade < SHADE[1])
        seamless, _ = regions.borders.touching(good | further, regions.count, JOIN)
        other_light = (hue < HUE) & (shade > OTHER_LIGHT[0]) & (shade < OTHER_LIGHT[1])
        more = open_to & ~further & ((alike & (soft > 0.15 * whole)) | (other_light & (seamless > 0.3 * whole)))
        if not more.any():
            break
        further = further | more
    unlike = np.asarray(cv2.GaussianBlur(step, (0, 0), 1.5))
    hues, shades = np.hypot(unlike[..., 1], unlike[..., 2]), unlike[..., 0]
    return further, (hues > HUE) | (shades < OTHER_LIGHT[0]) | (shades > SHADE[1])


def _lit_up(regions: Regions, good: Mask, chosen: Mask, face: Mask, step: Floats) -> Mask:
    """The `good` patches (n,) and those in lighter spots that the floor encloses: sun, and windows mirrored in it."""
    rest = face & ~good[regions.patch]
    count, spots = cv2.connectedComponents(rest.astype(np.uint8), connectivity=4)
    for spot in range(1, count):
        here = spots == spot
        if here.sum() < 200 or np.median(step[..., 0][here]) < SHADE[1]:
            continue
        ring = dilated(here, 3) & ~here
        hue = float(np.hypot(np.median(step[..., 1][here]), np.median(step[..., 2][here])))
        if here.sum() < GRATE * here.size and float(regions.lab[..., 0][here].std()) > PLAIN:
            continue  # a grate, a vent
        if hue < SUN_HUE and good[regions.patch[ring]].mean() > ENCLOSED:
            good = good | (chosen & (np.bincount(regions.patch[here], minlength=regions.count) > 0.5 * regions.area))
    return good


def settled(regions: Regions, candidates: list[Mask], ground: Ground) -> tuple[Mask, Unlaid | None]:
    """The best of some `candidates` (h, w) for the floor, without what lies on it, or nothing, and then why.

    Nothing where many things lie on it, nor where its border runs across open floor, because then it ends before the
    room does.
    """
    nothing = np.zeros(regions.patch.shape, bool)
    best, least = nothing, 1.0
    flaws: list[tuple[float, Unlaid]] = []
    for floor in candidates:
        if not floor.any():
            continue
        around = cv2.morphologyEx(floor.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((25, 25), np.uint8)) > 0
        around |= regions.faces.labels == FLOOR
        litter = float((ground.things & around).sum() / around.sum())
        doubts: list[tuple[float, Unlaid]] = [
            (unsupported(regions, floor) / MOST_LOOSE, "no_end"),
            (_open_end(regions, floor) / MOST_OPEN, "goes_on"),
            (litter / MOST_THINGS, "things"),
        ]
        doubt = max(doubts)
        flaws.append(doubt)
        if doubt[0] < least:
            best, least = floor, doubt[0]
    if not best.any():
        return nothing, min(flaws)[1] if flaws else "not_seen"
    # What steps, posts and columns part from it may be a stair, a closet, or a wall of the floor's colour.
    _, labels, stats, _ = cv2.connectedComponentsWithStats(best.astype(np.uint8), connectivity=4)
    piece = labels == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    piece = _carried_on(regions, piece & ~ground.things, ground)
    whole = _evened(regions, _unbroken(regions, piece, ground.things))
    whole = skirtings.ended(regions, feet.ended(regions, _without_endless(regions, whole)))
    whole = overruns.taken_back(regions, pockets.filled_up(regions, whole))
    flaw = _flaw(regions, whole)
    return (whole, None) if flaw is None else (nothing, flaw)


def _carried_on(regions: Regions, floor: Mask, ground: Ground) -> Mask:
    """The floor (h, w) with all that goes on from it in its own strong hue, into the shade, on the floor of the box."""
    face = regions.faces.labels == FLOOR
    for _ in range(MOST_STEPS):
        more = remnants(regions, floor, ground) & face & ~floor & ~ground.things
        if more.sum() < FEWEST_MORE:
            break
        floor = floor | more
    return floor


def _without_endless(regions: Regions, floor: Mask) -> Mask:
    """The floor (h, w) without those pieces beyond the box that end where no edge is, or before more of the same.

    In a next room a floor may well go on out of sight; on the line of the box, as on a threshold, it ends as it should.
    """
    border, apart, faint = verge(regions, floor)
    beyond = floor & ~dilated(regions.faces.labels == FLOOR, BOX_LINE)
    count, parts = cv2.connectedComponents(beyond.astype(np.uint8), connectivity=4)
    ends = beyond & border
    length, same, unseen = (
        np.bincount(parts[where], minlength=count) for where in (ends, ends & (apart < ALIKE), ends & faint)
    )
    endless = (same > MOST_ALIKE * length) & (unseen > SOME_UNSEEN * length)
    endless |= unseen > MOST_UNSEEN * length
    endless &= length >= SHORTEST_END
    endless[0] = False
    return np.asarray(floor & ~endless[parts])


def _flaw(regions: Regions, floor: Mask) -> Unlaid | None:
    """Why a settled floor stays all the same: too much of its border lies on no edge, or across open floor."""
    if unsupported(regions, floor) > MOST_LOOSE_LAID:
        return "no_end"
    return "goes_on" if _open_end(regions, floor) > MOST_OPEN_LAID else None


def _evened(regions: Regions, floor: Mask) -> Mask:
    """The floor with what no edge parts from it: slivers in the shade of a wall's foot, and along the sun's edge."""
    _, lines = tape.drawn(regions.lab, floor)
    may_be = dilated(regions.faces.labels == FLOOR, NEAR_BY) | floor
    edge = max(FAINT, float(np.percentile(regions.creases[floor], EDGE_OVER_GRAIN)))
    return cells.evened(regions, floor, tape.beside(lines, floor.shape), may_be, edge)


def remnants(regions: Regions, floor: Mask, ground: Ground) -> Mask:
    """What borders on a strongly coloured `floor` in its own hue, in the shadow of a wall's foot or a little odd."""
    if not floor.any():
        return floor
    own = np.median(regions.lab[floor], 0)
    chroma = float(np.hypot(*own[1:]))
    if chroma < CHROMATIC:
        return np.zeros_like(floor)
    a, b = regions.lab[..., 1], regions.lab[..., 2]
    along, across = (a * own[1] + b * own[2]) / chroma, np.abs(a * own[2] - b * own[1]) / chroma
    shade = regions.lab[..., 0] - own[0]
    # Orange boards in shadow are like no skirting, brown ones may be.
    darkest = OWN_SHADE[0] * (2 if chroma > VIVID else 1)
    same = (along > OWN_CHROMA * chroma) & (across < OWN_HUE * along) & (shade > darkest) & (shade < OWN_SHADE[1])
    near = dilated(floor, NEAR_BY) & (dilated(regions.faces.labels == FLOOR, NEAR_BY) | ground.beyond)
    same = cv2.morphologyEx((same & near).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0
    return np.asarray(same & ~dilated(ground.things, 2))


def _unbroken(regions: Regions, floor: Mask, things: Mask) -> Mask:
    """The floor without joints, and without the small holes in which nothing lies."""
    # At the foot of a wall a narrow strip is its skirting.
    face = (regions.faces.labels == FLOOR).astype(np.uint8)
    deep = cv2.erode(face, np.ones((DEEP, DEEP), np.uint8), borderValue=1) > 0
    gaps = (deep & ~floor & ~things & ~_rims(floor, things)).astype(np.uint8)
    floor = floor | _joints(floor, things, (gaps > 0) & (lying.thick(regions, gaps) == 0))
    _, parts, stats, _ = cv2.connectedComponentsWithStats((~floor).astype(np.uint8), connectivity=4)
    small = stats[:, cv2.CC_STAT_AREA] < HOLE * floor.size
    small[0] = False
    if things.any():
        small[np.unique(parts[dilated(things, 2)])] = False
    return floor | np.asarray(small[parts])


def _rims(floor: Mask, things: Mask) -> Mask:
    """Holes of the floor (h, w) that `things` take for the most part: what is round these is their rim, no joint."""
    count, holes = cv2.connectedComponents((~floor).astype(np.uint8), connectivity=4)
    area, lying_there = (np.bincount(holes[where], minlength=count) for where in (~floor, things & ~floor))
    return np.asarray((lying_there > RIMMED * np.maximum(area, 1))[holes] & ~floor)


def _joints(floor: Mask, things: Mask, gaps: Mask) -> Mask:
    """Those narrow `gaps` (h, w) that are joints of the floor: between its boards, not between other things' tiles."""
    count, parts = cv2.connectedComponents(gaps.astype(np.uint8), connectivity=4)
    ring = cv2.dilate(parts.astype(np.float32), np.ones((3, 3), np.uint8)).astype(np.int32)
    beside, lying_there = (np.bincount(ring[where & ~gaps], minlength=count) for where in (floor, things))
    kept = beside > lying_there
    kept[0] = False
    return np.asarray(kept[parts])


def _open_end(regions: Regions, floor: Mask) -> float:
    """The share, 0..1, of the floor's border inside the picture across which nothing changes, and where no edge is."""
    border, apart, faint = verge(regions, floor)
    return float(((apart < SAME) & faint)[border].mean()) if border.sum() >= FEWEST_OF_BORDER else 0.0

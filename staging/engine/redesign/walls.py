"""Which pixels of a room's photo are bare painted wall."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from staging.engine.composite.fields import dilated, filled
from staging.engine.geometry.walls import PER_METRE, WALLS, common_paint, rectified
from staging.engine.redesign import mouldings
from staging.engine.redesign.matting import Floats, Mask
from staging.engine.redesign.regions import WALL_LABELS, Regions
from staging.engine.scene.faces import LEFT

CASING: Final = 0.16  # metres round an opening in which its frame and trim lie
SKIRTING: Final = 0.22  # metres above the floor in which the skirting lies
CORNICE: Final = 0.14  # metres below the ceiling in which a cornice lies
HUE: Final = 9.0  # Lab units of a and b by which paint may differ from the wall's model
SHADE: Final = (-26.0, 16.0)  # of lightness
DETAIL: Final = 7.0  # lightness by which a pixel may differ from its surroundings and still be paint
LINE_SLACK: Final = 0.014  # of the long side: how near a line paint is carried on to it
SEAM: Final = 4.5  # Lab units of a step that is no edge
FAINT_SEAM: Final = 3.3  # the same where trim may be
NO_SEAM: Final = 2.0  # the same at what was read as an opening: a cut through bare wall
CHROMATIC: Final = 14.0  # Lab chroma of paint that no other room is likely to share
SUN_PATCH: Final = 250  # pixels of an enclosed patch: what is smaller may be a socket
MOST_RAGGED: Final = 0.22  # share of the border of a wall's paint that may lie on no edge
FOOT: Final = 0.1  # metres above the floor in which a wall's paint may end at the floor's line
MOST_FLOATING: Final = 0.35
LEAST: Final = 0.3  # share of a wall's bare part that must be paint, or it is brick, paper or panelling and stays


@dataclass(frozen=True)
class Walls:
    """`rough` (h, w) is where paint is, on the working copy, on the walls `painted`; `ragged` is the share of its
    border that lies on no edge.
    """

    rough: Mask
    painted: tuple[str, ...]
    ragged: float


@dataclass(frozen=True)
class Model:
    """What the walls' own colours and lines say: `paint` (h, w, 3) Lab as if all were bare; `known` where one is seen;
    `below`, `above` (h, w) is what lies under the skirting's top and over the cornice's foot.
    """

    paint: Floats
    known: Mask
    below: Mask
    above: Mask


def model_of(regions: Regions) -> Model:
    """Read the walls of a room straight on."""
    height, width = regions.patch.shape
    camera = regions.room.camera.resized(width, height)
    pictures = [p for wall in WALLS if (p := rectified(regions.copy, camera, regions.room.box, wall)) is not None]
    common = common_paint(pictures)
    paint = np.zeros((height, width, 3), np.float32)
    known, below, above = (np.zeros((height, width), bool) for _ in range(3))
    up = regions.faces.points[..., 2].astype(np.float32)
    for picture in pictures:
        label = WALL_LABELS[picture.wall]
        here = regions.faces.labels == label
        along = regions.along(label)
        straight = dataclasses.replace(picture, common=common).paint
        column = (along - picture.u0) * PER_METRE - 0.5
        row = straight.shape[0] - up * PER_METRE - 0.5
        paint[here] = cv2.remap(
            np.ascontiguousarray(straight, np.float32), column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )[here]
        known |= here
        openings = regions.room.openings_on(picture.wall)
        if (line := mouldings.skirting_top(picture, openings)) is not None:
            below |= here & (up < line.height(along))
        if (line := mouldings.cornice_foot(picture, openings)) is not None:
            above |= here & (up > line.height(along))
    return Model(filled(paint, known.astype(np.float32)), known, below, above)


def find(regions: Regions) -> Walls:
    """The bare painted walls of a room."""
    model = model_of(regions)
    known = model.known
    labels, up = regions.faces.labels, regions.faces.points[..., 2]
    wall = labels >= LEFT
    shift = regions.lab - model.paint
    shade, hue = shift[..., 0], np.hypot(shift[..., 1], shift[..., 2]).astype(np.float32)
    on_wall, patch_shade, patch_hue = regions.mean(wall), regions.mean(shade), regions.mean(hue)
    chromatic = float(np.median(np.hypot(model.paint[known][:, 1], model.paint[known][:, 2]))) > CHROMATIC
    plain = ((patch_hue < 5) & (np.abs(patch_shade) < 9))[regions.patch]
    inside, casing = np.zeros_like(wall), np.zeros_like(wall)
    for opening in regions.room.openings:
        core = regions.seen(opening, margin=-0.04)
        if chromatic and core.any() and plain[core].mean() > 0.5:
            continue  # it was read into bare wall
        inside |= core
        casing |= regions.seen(opening, margin=CASING)
    low = model.below | (wall & (up < SKIRTING) & ~_lined(regions, model.below))
    high = model.above | (wall & (up > regions.room.box.height - CORNICE) & ~_lined(regions, model.above))
    trim = casing | low | high
    on_trim, in_opening = regions.mean(trim | ~wall), regions.mean(inside)
    alike = (patch_hue < HUE) & (patch_shade > SHADE[0]) & (patch_shade < SHADE[1])
    free = (on_wall > 0.5) & (in_opening < 0.35)
    good = alike & free & (on_trim < 0.55)
    likely = (on_wall > 0.5) & (patch_hue < 2 * HUE) & (patch_shade > 2 * SHADE[0]) & (patch_shade < 2 * SHADE[1])
    good = _grown(regions, good, likely, on_trim > 0.55, in_opening > 0.3)
    rough = good[regions.patch] & known
    light = regions.lab[..., 0]
    around = cv2.medianBlur(np.clip(light * 2.55, 0, 255).astype(np.uint8), 31) / 2.55
    rough &= np.abs(light - around) < DETAIL
    rough = _to_the_lines(regions, rough, shade, hue, wall & ~casing & ~low & ~high) & ~model.below & ~model.above
    rough = _cleaned(rough)
    # The lines of mouldings end paint wherever they were found, seen or not.
    drawn = dilated(model.below, 4) | dilated(model.above, 4)
    painted = []
    for name, label in WALL_LABELS.items():
        here = labels == label
        bare = here & ~trim
        if bare.sum() < 400:
            rough[here] = False
            continue
        ragged = unsupported(regions, rough, here & ~drawn) > MOST_RAGGED
        foot = here & (up < FOOT) & ~drawn
        if rough[bare].mean() < LEAST or ragged or _floating(regions, rough, foot) > MOST_FLOATING:
            rough[here] = False
        else:
            painted.append(name)
    return Walls(rough, tuple(painted), unsupported(regions, rough, known & ~drawn))


def _lined(regions: Regions, beyond: Mask) -> Mask:
    """The walls (h, w) on which a moulding's line was found."""
    lined = np.zeros_like(beyond)
    for label in WALL_LABELS.values():
        face = regions.faces.labels == label
        if beyond[face].any():
            lined |= face
    return lined


def _to_the_lines(regions: Regions, rough: Mask, shade: Floats, hue: Floats, bare: Mask) -> Mask:
    """Paint carried on over what is nearly of its colour, up to the lines of box and mouldings close by."""
    slack = max(3, round(max(rough.shape) * LINE_SLACK))
    groups = bare.astype(np.uint8)
    rim = bare & (cv2.erode(groups, np.ones((2 * slack + 1, 2 * slack + 1), np.uint8)) == 0)
    like = rim & (np.abs(shade) < 14) & (hue < 6)
    return np.asarray(rough | (like & dilated(rough, slack)))


def _grown(regions: Regions, good: Mask, likely: Mask, on_trim: Mask, in_opening: Mask) -> Mask:
    """The `good` patches (n,) and those `likely` ones that no edge parts from them, or that they enclose.

    Where trim is to be expected, the edge may be faint and still be one.
    """
    share = np.where(in_opening, 0.35, np.where(on_trim, 0.25, 0.1))
    for _ in range(8):
        soft, whole = regions.borders.touching(good, regions.count, SEAM)
        faint, _ = regions.borders.touching(good, regions.count, FAINT_SEAM)
        none, _ = regions.borders.touching(good, regions.count, NO_SEAM)
        near = np.where(in_opening, none, np.where(on_trim, faint, soft))
        flush = (near > share * whole) & (near > 5)
        beside, _ = regions.borders.touching(good, regions.count, np.inf)
        enclosed = (beside > 0.75 * whole) & (regions.area > SUN_PATCH) & ~on_trim & ~in_opening
        more = likely & ~good & (flush | enclosed)
        if not more.any():
            break
        good = good | more
    return good


def unsupported(regions: Regions, rough: Mask, within: Mask) -> float:
    """The share, 0..1, of the border of `rough` inside `within` that lies on no edge of the photo or of the box."""
    inner = cv2.erode(rough.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1) > 0
    border = rough & ~inner & within & ~regions.near_lines
    whole = int((rough & ~inner & within).sum())
    if whole < 30:
        return 0.0
    return float((border & ~regions.edges).sum() / whole)


def _floating(regions: Regions, rough: Mask, foot: Mask) -> float:
    """The share, 0..1, of the border of `rough` at the `foot` of a wall where nothing in the photo ends.

    A wall always ends visibly at its floor: else the box's floor line crosses something that stands before it.
    """
    inner = cv2.erode(rough.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1) > 0
    border = rough & ~inner & foot & regions.near_lines
    return 0.0 if border.sum() < 20 else float((border & ~regions.edges).sum() / border.sum())


def _cleaned(rough: Mask) -> Mask:
    """Without specks, and without pinholes that are noise rather than sockets."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats((~rough).astype(np.uint8), connectivity=4)
    holes = stats[:, cv2.CC_STAT_AREA] < 12
    rough = rough | holes[labels]
    _, labels, stats, _ = cv2.connectedComponentsWithStats(rough.astype(np.uint8), connectivity=4)
    specks = stats[:, cv2.CC_STAT_AREA] < 80
    return np.asarray(rough & ~specks[labels])

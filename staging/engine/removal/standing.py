"""All of what stands in a room, column by column: from the floor up to where the wall behind it is seen again.

Colour alone finds the dark half of a bed and leaves its white sheets, which look like the wall behind them. But what
stands on a floor hides all that is behind it, so in a column of the picture it reaches without a gap from the lowest
pixel of it to its upper end (the "stixels" of Badino, Franke and Pfeiffer, 2009). So each column is followed upwards
through all that is neither floor nor wall for sure, to the last pixel that is surely neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from staging.engine.composite.fields import dilated, steepness
from staging.engine.geometry.colours import length
from staging.engine.removal import finding, growth, plain
from staging.engine.removal.cover import LAB_WEIGHTS, Cover
from staging.engine.removal.filling import confirmed_in
from staging.engine.removal.scene import Scene
from staging.engine.removal.sheets import Mask, Sheet
from staging.engine.scene.faces import CEILING, FLOOR, LEFT

OFF_FOOT: Final = 0.15  # metres from the foot of a wall: nearer, the foot may be misread, or it is a skirting board
AT_FOOT: Final = 0.15  # metres above the floor, the same of what is seen on a wall
CURTAIN: Final = 1.6  # metres: a curtain goes up higher
CURTAIN_WIDE: Final = 0.03  # of the long edge, beside its pane
BESIDE: Final = 0.25  # of a part so near to panes, from which on it is a curtain
TALL: Final = 0.8  # of the room's height: windows and doors reach as high, and few things do
SAME_OVER: Final = 0.015  # of the long edge
SAME: Final = 14.0  # weighted Lab units that a pane or a blind may differ from its upper end
OTHER_OF: Final = 0.8  # of so many pixels that are none of it
STEADY: Final = 0.35  # of the columns round one, that must end as it does: half of them are missing at its side
LIFTED: Final = 0.3  # metres
# Of the picture, and of all that was found, which hides walls where furniture stands: sun and gloss lie on the floor.
RISING: Final = (0.03, 0.2)
LOW: Final = 1.3  # metres: what stands at the very foot of a wall and is no taller is no door, no curtain
TABLE: Final = 0.9  # metres: above, what is narrower than NARROW is a rod or a frame between two panes, seldom a thing
NARROW: Final = 0.02  # of the long edge
SPECK: Final = 5  # pixels, at working size
SEAM: Final = 9  # pixels: a thinner line of what looks like wall or floor is the edge of a thing
ROUND_IT: Final = 0.015  # of the long edge: what is no wall for sure so near to a thing is its shade or its rim
EDGED: Final = 0.05  # of the long edge: so far what has edges of its own goes on as one thing, slats and rails
STEEP: Final = 2.2  # Lab units a pixel, an edge of it
FULL: Final = (11, 0.25)  # pixels, and the share of them on edges, that has edges all over: paint has none
FEET: Final = 0.05  # of the long edge, how far feet and hems reach below what was found of a thing
BESIDE_FEET: Final = 11  # pixels
STILL_SEEN: Final = 0.5  # of the carpet that is seen: the rest is drawn after it
ON_WALL: Final = 0.35  # metres above the floor from which on a thing may hang
HANGING: Final = 0.6  # of its width, under which the wall must be seen
BENEATH: Final = (4, 15)  # pixels under it that are looked at
LEAST_BENEATH: Final = 5  # of them
LAMP: Final = (0.0006, 0.015)  # of the picture: a smaller part may be a socket, a larger one a picture on the wall
LAMP_WIDE: Final = 0.13  # of the long edge
ROUND_LAMP: Final = (0.012, 0.03)  # of the long edge: nearer, its edge is no paint for sure
BARE: Final = 0.6  # of what is round it
UNDER_LAMP: Final = 0.5  # of its pixels, that must be close above what it stands on
FEWEST: Final = 60  # pixels of what hangs


@dataclass(frozen=True)
class Standing:
    """`mask` (h, w): all of the things that stand in a room; `untold` is the share of the picture, 0..1, where
    something stands that cannot be told from what is behind it.
    """

    mask: Mask
    untold: float = 0.0


def whole(scene: Scene, covers: dict[int, tuple[Sheet, Cover]], found: Mask) -> Standing:
    """All of the things of which colour and edges `found` (h, w) a part, and of what stands with them.

    Nothing where nothing was found.
    """
    if not found.any():
        return Standing(found)
    labels = scene.faces.labels
    own = finding.own_pixels(scene, covers)
    panes, paint = finding.panes(scene), _paint(scene, covers)
    free = (labels != CEILING) & ~panes
    other = _opened((finding.unlike(scene, covers) > 1) & ~own & free, 3)
    hung = _hung(scene, _closed(other, 3, 3), paint)
    free &= ~dilated(hung, max(2, round(0.004 * max(own.shape))))
    rest = _closed(_opened(~_opened(own, SPECK) & free, SPECK), SEAM, 1) & free
    glossy = finding.glossy(scene, covers)
    columns, tall, beyond = _columns(scene, rest, other, glossy)
    free, rest = free & ~beyond, rest & ~beyond
    # What colour finds on a wall may be a door as well, but not above what stands before it.
    by_colour = found & free & ((labels == FLOOR) | columns.any(0)) & ~tall.any(0)
    shown = (columns & free) | by_colour
    mask = _kept(scene, shown & ~_curtains(scene, shown, panes), ~glossy)
    mask |= _stood(_opened((hung | rest) & ~mask, SEAM), mask & _lifted(scene), paint)
    mask |= _going_on(scene, mask, rest, other)
    for _ in range(round(ROUND_IT * max(own.shape))):
        mask |= dilated(mask, 1) & rest
    mask |= _feet(scene, mask, own)
    untold = float((tall & ~_curtains(scene, tall, panes)).mean())
    return Standing(finding.without_holes(mask) if mask.any() else mask, untold)


def _feet(scene: Scene, mask: Mask, own: Mask) -> Mask:
    """The carpet (h, w) just below the things of `mask` (h, w): feet and hems may be as pale as carpet in the sun, and
    where carpet is drawn over carpet nothing is lost. `own` (h, w) is what is floor or wall for sure.
    """
    floor = scene.faces.labels == FLOOR
    carpet = floor & own & ~mask
    below = np.ones((2 * round(FEET * max(mask.shape)) + 1, BESIDE_FEET), np.uint8)
    below[len(below) // 2 + 1 :] = 0
    reached = (cv2.dilate((mask & floor).astype(np.uint8), below) > 0) & floor
    left = (carpet & ~reached).sum() > STILL_SEEN * carpet.sum()
    return reached if left and plain.carpeted(scene, carpet) else np.zeros_like(mask)


def _going_on(scene: Scene, mask: Mask, rest: Mask, other: Mask) -> Mask:
    """What of the `rest` (h, w) goes on from the things of `mask` (h, w) in edges close together: white slats before a
    white wall. What is large and of a colour of its own, as doorways are, has been judged by that.
    """
    lightness = cv2.cvtColor(cv2.GaussianBlur(scene.photo, (0, 0), 1.0), cv2.COLOR_RGB2Lab)[..., 0]
    wide, share = FULL
    edged = cv2.blur((steepness(lightness) > STEEP).astype(np.float32), (wide, wide)) > share
    count, parts = cv2.connectedComponents((other & ~mask).astype(np.uint8), connectivity=4)
    large = np.bincount(parts.ravel(), minlength=count) > growth.SLIGHT * mask.size
    large[0] = False
    through = rest & edged & ~dilated(large[parts], 2)
    reached = mask
    for _ in range(round(EDGED * max(mask.shape))):
        reached = reached | (dilated(reached, 1) & through)
    return dilated(reached & ~mask, wide // 2) | reached


def raised(scene: Scene, things: Mask) -> float:
    """How much of the picture, 0..1, `things` (h, w) hide of its walls: sun and gloss on a floor hide none."""
    return float((things & _lifted(scene)).mean())


def rises(scene: Scene, things: Mask) -> bool:
    """Whether `things` (h, w) hide so much of the walls that furniture is among them."""
    return raised(scene, things) > max(RISING[0], RISING[1] * float(things.mean()))


def _lifted(scene: Scene) -> Mask:
    """The walls (h, w) without their feet."""
    return np.asarray((scene.faces.labels >= LEFT) & (scene.faces.points[..., 2] > LIFTED))


def _columns(scene: Scene, rest: Mask, other: Mask, glossy: Mask) -> tuple[Mask, Mask, Mask]:
    """The columns (h, w) of what stands on the floor, those that go up as high as windows and have no upper end that
    is seen, and the windows above the others.
    """
    labels, z = scene.faces.labels, scene.faces.points[..., 2]
    floor, wall, off = labels == FLOOR, labels >= LEFT, finding.off_walls(scene)
    foot = rest & floor & (off > OFF_FOOT) & ~glossy
    foot[-3:] |= rest[-3:]  # what is cut off by the picture's lower border stands below it
    columns = _ended(_upwards(foot, rest), wall, other)
    beyond = _beyond(scene, columns)
    columns &= ~beyond
    endless = (columns & wall & (z > TALL * scene.room.box.height)).any(0)
    clear = _upwards(foot & floor & (off > finding.OFF_WALL), rest)
    tall = columns & clear & endless
    columns &= ~endless
    at_foot = rest & ((floor & (off <= OFF_FOOT)) | (wall & (z < AT_FOOT)))
    low = _ended(_upwards(at_foot, rest), wall, other)
    columns |= low & ~(low & wall & (z > LOW)).any(0)
    wide = round(NARROW * max(rest.shape)) | 1
    columns = _closed(columns, 3, wide)
    broad = cv2.morphologyEx(columns.astype(np.uint8), cv2.MORPH_OPEN, np.ones((1, wide), np.uint8)) > 0
    return _opened(columns & ~beyond & (broad | floor | (z < TABLE)), SPECK), _opened(tall, SPECK), beyond


def _beyond(scene: Scene, columns: Mask) -> Mask:
    """What is of one colour at the upper end of columns (h, w) that go up to the height of windows: panes, blinds and
    doors behind what stands before them, where it ends alike in columns side by side.
    """
    wall, z = scene.faces.labels >= LEFT, scene.faces.points[..., 2]
    lab = cv2.cvtColor(cv2.GaussianBlur(scene.photo, (0, 0), 1.2), cv2.COLOR_RGB2Lab)
    row, over = np.arange(len(columns)), max(SPECK, round(SAME_OVER * max(columns.shape)))
    ends = np.full(columns.shape[1], np.nan)
    for column in np.flatnonzero((columns & wall & (z > TALL * scene.room.box.height)).any(0)):
        run = row[columns[:, column] & wall[:, column]]
        first, stop = int(run[0]) + SPECK, int(run[-1])
        if stop - first < 3 * over:
            continue
        colour = np.median(lab[first : first + over, column], 0)
        alike = length((lab[first:stop, column] - colour) * LAB_WEIGHTS) < SAME
        other = np.convolve(~alike, np.ones(over), "valid") >= OTHER_OF * over
        at = first + int(other.argmax())
        if other.any() and z[at, column] > LIFTED:
            ends[column] = at
    beside = np.lib.stride_tricks.sliding_window_view(np.pad(ends, over, constant_values=np.nan), 2 * over + 1)
    steady = (np.abs(beside - ends[:, None]) < SPECK).mean(1) > STEADY
    beyond = columns & wall & (row[:, None] < np.where(steady, ends, -1)[None])
    return dilated(beyond, SPECK) & wall if beyond.any() else beyond


def _upwards(seeds: Mask, through: Mask) -> Mask:
    """The seeds (h, w) and what lies above them `through` which they go on without a gap."""
    reached = seeds.copy()
    for row in range(len(reached) - 2, -1, -1):
        reached[row] |= through[row] & reached[row + 1]
    return reached


def _ended(columns: Mask, wall: Mask, other: Mask) -> Mask:
    """The columns (h, w) without what is, above their last pixel of `other`, wall in a light of its own."""
    last = np.where((other & columns).any(0), (other & columns).argmax(0), len(columns))
    return columns & ~(wall & (np.arange(len(columns))[:, None] < last))


def _kept(scene: Scene, columns: Mask, solid: Mask) -> Mask:
    """The parts of the columns (h, w) that are large enough and stand clear of the walls, on `solid` (h, w) pixels
    too.
    """
    clear = solid & (scene.faces.labels == FLOOR) & (finding.off_walls(scene) > finding.OFF_WALL)
    count, parts = cv2.connectedComponents(columns.astype(np.uint8), connectivity=4)
    kept = np.bincount(parts.ravel(), minlength=count) > finding.LEAST * columns.size
    kept &= np.bincount(parts[clear], minlength=count) > finding.LEAST_STANDING * columns.size
    kept[0] = False
    return np.asarray(kept[parts])


def _curtains(scene: Scene, columns: Mask, panes: Mask) -> Mask:
    """The parts of the columns (h, w) that hang beside `panes` (h, w), from high up."""
    beside = dilated(panes, round(CURTAIN_WIDE * max(columns.shape)))
    high = (scene.faces.labels >= LEFT) & (scene.faces.points[..., 2] > CURTAIN)
    count, parts = cv2.connectedComponents(columns.astype(np.uint8), connectivity=4)
    hangs = np.bincount(parts[high], minlength=count) > 0
    hangs &= np.bincount(parts[beside], minlength=count) > BESIDE * np.bincount(parts.ravel(), minlength=count)
    hangs[0] = False
    return np.asarray(hangs[parts])


def _hung(scene: Scene, other: Mask, paint: Mask) -> Mask:
    """The parts of `other` (h, w) with `paint` (h, w) beneath them, that hang on a wall: pictures, windows, blinds."""
    labels, z = scene.faces.labels, scene.faces.points[..., 2]
    hung = np.zeros_like(other)
    count, parts, boxes, _ = cv2.connectedComponentsWithStats(other.astype(np.uint8), connectivity=4)
    for i in range(1, count):
        x, y, width, height, area = (int(v) for v in boxes[i])
        if area < FEWEST:
            continue
        part = parts[y : y + height, x : x + width] == i
        ends, columns = y + height - 1 - part[::-1].argmax(0), x + np.arange(width)
        under = np.minimum(ends + np.arange(*BENEATH)[:, None], len(other) - 1)
        beneath = paint[under, columns].sum(0) >= LEAST_BENEATH
        on_wall = (labels[ends, columns] >= LEFT).mean() > 0.9 and np.median(z[ends, columns]) > ON_WALL
        if on_wall and beneath.mean() > HANGING:
            hung[y : y + height, x : x + width] |= part
    return hung


def _stood(parts: Mask, mask: Mask, paint: Mask) -> Mask:
    """What of the `parts` (h, w) before nothing but `paint` stands on the things of `mask`: lamps with a thin foot."""
    long = max(mask.shape)
    count, numbers, boxes, _ = cv2.connectedComponentsWithStats(parts.astype(np.uint8), connectivity=4)
    over = np.zeros((2 * round(growth.STOOD * long) + 1, 1), np.uint8)
    over[len(over) // 2 :] = 1
    near = np.bincount(numbers[cv2.dilate(mask.astype(np.uint8), over) > 0], minlength=count)
    area = boxes[:, cv2.CC_STAT_AREA]
    stood = (area > LAMP[0] * mask.size) & (area < LAMP[1] * mask.size) & (near > UNDER_LAMP * area)
    stood &= boxes[:, cv2.CC_STAT_WIDTH : cv2.CC_STAT_HEIGHT + 1].max(-1) < LAMP_WIDE * long
    stood[0] = False
    for i in np.flatnonzero(stood):
        part = numbers == i
        near_by, beyond = (dilated(part, round(reach * long)) for reach in ROUND_LAMP)
        ring = beyond & ~near_by & ~mask
        stood[i] = bool(ring.any()) and paint[ring].mean() > BARE
    return np.asarray(stood[numbers])


def _paint(scene: Scene, covers: dict[int, tuple[Sheet, Cover]]) -> Mask:
    """What looks like its wall (h, w), parts that furniture encloses too."""
    paint = np.zeros(scene.faces.labels.shape, bool)
    for face, (sheet, cover) in covers.items():
        if face >= LEFT:
            paint |= confirmed_in(scene, sheet, cover) & (scene.faces.labels == face)
    return paint


def _opened(mask: Mask, pixels: int) -> Mask:
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((pixels, pixels), np.uint8)) > 0


def _closed(mask: Mask, high: int, wide: int) -> Mask:
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((high, wide), np.uint8)) > 0

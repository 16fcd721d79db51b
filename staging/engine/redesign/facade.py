"""The painted wall of a house front and its windows: patches judged by colour, grain and place."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.redesign import eaves
from staging.engine.redesign.continuation import continued, open_border
from staging.engine.redesign.framed import in_holes, without_framed
from staging.engine.redesign.front import Front
from staging.engine.redesign.matting import Floats, Mask
from staging.engine.redesign.patches import Patches
from staging.engine.redesign.rectangles import Box
from staging.engine.redesign.shades import Shades

PLACE: Final = (0.18, 0.71)  # of the height: where the middle of a front's patch lies
GRAIN: Final = 5.0  # deviation of lightness above which a wall is brick, stone or leaves and keeps its colour
LEAST: Final = 0.025  # share of the picture that a front must take to be painted
MOST: Final = 0.7  # of the picture: more is a blank wall and no front
HUE: Final = 7.0  # Lab units of a and b within which patches share a paint
SHADE: Final = 30.0  # of lightness: sun and shadow
DARKEST: Final = 45.0  # lightness under which stone and weathered wood are meant rather than paint
SEAM: Final = 4.5  # Lab units of a step that is no edge
UNDER_SKY: Final = 0.22  # share of a patch's upper border at the sky, above which it is a roof
LEAST_WHOLE: Final = 0.75  # share of what has the wall's colour, on the wall and beside it, that must be painted
LEAST_OF_ALL: Final = 0.6  # the same of all that has its colour, with fences, steps and other houses
BESIDE: Final = 15  # pixels: farther away nobody sees that something was left in the old colour
MOST_RAGGED: Final = 0.2  # share of the border of the paint that may lie on no edge
COLOURED: Final = 9.0  # chroma of a paint that grey trims, roofs and steps do not have in the shade
BORDER_OF_SHADE: Final = 0.2  # share of a patch's border at the wall whose shaded part it is
LEAVES: Final = 0.0015  # of the picture: smaller patches are rough because of what lies beside them
PIECE: Final = 0.002  # of the picture: a piece of the front that is seen between trees
EXTENT: Final = 0.08  # of the width: how far a front goes on to either side
MOST_BEYOND: Final = 0.14  # of what lies beyond the paint: with more of its own, half a wall is left
MOST_DROPPED: Final = 0.2  # of the paint: as much of nearly its colour, and it is not known which is the wall's
MOST_OPEN: Final = 0.06  # of the border of the paint, beyond which the same surface seems to go on
# The same of a piece, pixels of it, the piece's share of the paint, and how much of it must close when the piece goes.
OPEN_PIECE: Final = (0.1, 6, 0.2, 0.8)
MOST_LEFT: Final = 0.01  # share of the paint that such patches may be
BAY: Final = 25  # pixels of the mouth of a bay in the border of the wall
LIGHTER: Final = 6.0  # of lightness, by which such a bay is lighter than the wall
CASING: Final = 10  # pixels of a window's frame and trim
ROUND: Final = 0.3  # share of what is beside a window that is wall
SPOT: Final = 150  # pixels: no pane or lamp that anybody would miss is smaller
UP_TO_EDGE: Final = 20  # pixels from where paint is sure to where it ends
WINDOW_LEAST: Final = 0.0005  # of the picture


def painted_wall(front: Front) -> Mask:
    """The rendered or boarded wall (h, w), all False where there is none or where it is brick or stone."""
    patches = front.patches
    possible = (
        ~front.in_sky
        & ~front.green
        & (front.light > 28)
        & (front.grain < GRAIN)
        & (front.place > PLACE[0])
        & (front.place < PLACE[1])
        & ~front.ground
        & (front.under_sky < UNDER_SKY)
        & ~front.doors
        & ~front.like_sky
        & (np.hypot(front.a, front.b) < 45)
        & ~((front.a > 17) & (front.b > 14))  # clay tiles and bricks
    )
    paint = _common(front, possible)
    nothing = np.zeros(patches.patch.shape, bool)
    if paint is None or paint[0] < DARKEST:
        return nothing
    hue = np.hypot(front.a - paint[1], front.b - paint[2])
    chosen = possible & (hue < HUE) & (np.abs(front.light - paint[0]) < SHADE)
    for _ in range(6):
        near, whole = patches.borders.touching(chosen, patches.count, SEAM)
        more = possible & ~chosen & (near > 0.25 * whole) & (hue < 1.6 * HUE)
        if not more.any():
            break
        chosen = chosen | more
    first = chosen[patches.patch]
    if chosen.any():
        # White trim and what panes mirror have another colour than a coloured wall in any light.
        chosen &= patches.mean(Shades.of(patches.copy, first).same) > 0.5
    wall, complete = _whole(front, chosen, paint)
    if not wall.any():
        return nothing
    wall = without_framed(_without_spots(_with_shade(front, wall), front), patches.creases)
    dropped = first & ~wall & ~in_holes(wall.astype(np.uint8))
    grain = float((front.grain * front.share)[chosen].sum() / max(front.share[chosen].sum(), 1e-6))
    if (
        not LEAST < wall.mean() < MOST
        or complete < LEAST_WHOLE
        or grain > 0.8 * GRAIN
        or _ragged(patches, wall) > MOST_RAGGED
        or dropped.sum() > MOST_DROPPED * wall.sum()
        or _goes_on(front, wall) > MOST_BEYOND
    ):
        return nothing
    wall = without_framed(_up_to_edges(front, wall), patches.creases)
    if not wall.any():
        return nothing
    wall = eaves.reached(front, _ended(front, wall, front.windows))
    unseen, border = open_border(wall, patches.lab)
    if unseen.sum() > MOST_OPEN * border.sum() or not LEAST < wall.mean() < MOST or eaves.left(front, wall) > MOST_LEFT:
        return nothing
    # Grey walls have the colour of trim, steps and paving, but none of these has windows in it.
    grey = float(np.hypot(paint[1], paint[2])) < COLOURED
    return wall if _has_windows(wall, front.windows, grey=grey) else nothing


def _no_wall(front: Front) -> Mask:
    """Patches (n,) of sky, plants, ground and roofs, whatever their colour."""
    return np.asarray(front.in_sky | front.green | front.ground | front.like_sky | (front.under_sky > UNDER_SKY))


def _ended(front: Front, wall: Mask, windows: list[Box]) -> Mask:
    """The wall as far as it goes on before the eye, without pieces that end in the middle of something else."""
    patches = front.patches
    glass = np.zeros_like(wall)
    for x, y, width, height in windows:
        glass[max(0, y - 2) : y + height + 2, max(0, x - 2) : x + width + 2] = True
    foot = float(np.percentile(np.nonzero(wall)[0], 95)) / len(wall)
    other = _no_wall(front) | (front.place > foot)
    # Step by step one would get from any colour to any other.
    off = patches.lab - np.median(patches.lab[wall], 0)
    near = (np.hypot(off[..., 1], off[..., 2]) < HUE) & (np.abs(off[..., 0]) < SHADE)
    wall = continued(wall & ~glass, patches.lab, near & ~other[patches.patch] & ~glass)
    unseen, border = open_border(wall, patches.lab)
    # Another house, or an awning: small, and nothing parts what would be painted of it from the rest.
    for names in (cv2.connectedComponents(wall.astype(np.uint8))[1], patches.patch):
        area = np.bincount(names[wall], minlength=int(names.max()) + 1)
        length, around = (np.bincount(names[b], minlength=len(area)) for b in (unseen, border))
        pieces = (length > OPEN_PIECE[0] * around) & (length > OPEN_PIECE[1]) & (area < OPEN_PIECE[2] * wall.sum())
        for number in np.flatnonzero(pieces):
            without = wall & (names != number)
            fewer, rest = open_border(without, patches.lab)
            if without.any() and unseen.sum() - fewer.sum() > OPEN_PIECE[3] * length[number]:
                wall, unseen, border = without, fewer, rest
    return _without_bays(wall, patches.lab, ~other[patches.patch] & ~_round(glass))


def _without_bays(wall: Mask, lab: Floats, free: Mask) -> Mask:
    """The wall (h, w) with the `free` bays and holes of its border that have about its colour: stains and shadows."""
    off = lab - np.median(lab[wall], 0)
    # What is lighter is trim.
    alike = (np.hypot(off[..., 1], off[..., 2]) < 2 * HUE) & (off[..., 0] > -SHADE) & (off[..., 0] < LIGHTER) & free
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (BAY, BAY))
    bays = (cv2.morphologyEx(wall.astype(np.uint8), cv2.MORPH_CLOSE, disc) > 0) & ~wall & alike
    return (
        np.asarray(cv2.morphologyEx((wall | bays).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0)
        | wall
    )


def _round(glass: Mask) -> Mask:
    """The `glass` (h, w) and its frames."""
    return np.asarray(cv2.dilate(glass.astype(np.uint8), np.ones((2 * CASING + 1,) * 2, np.uint8)) > 0)


def _is_in(wall: Mask, box: Box) -> bool:
    """Whether a window's `box` has wall on two of its sides or more, beyond its frame and shutters."""
    x, y, width, height = box
    level, upright = (slice(x, x + width), slice(y, y + height))
    sides = 0
    for near, far in ((-0.9, -0.1), (1.1, 1.9)):
        across = slice(max(0, round(x + near * width)), max(0, round(x + far * width)))
        down = slice(max(0, round(y + near * height)), max(0, round(y + far * height)))
        sides += sum(
            strip.size > 0 and float(strip.mean()) > ROUND for strip in (wall[upright, across], wall[down, level])
        )
    return sides > 1


def _has_windows(wall: Mask, windows: list[Box], *, grey: bool) -> bool:
    """Whether the wall (h, w) has one of the `windows` in it, which drives and fences have not; or, unless it is as
    `grey` as trim and steps are, a hole of their size and shape.
    """
    if any(_is_in(wall, box) for box in windows):
        return True
    if grey:
        return False
    # A frame that touches a shutter or a branch is still a frame.
    closed = np.asarray(cv2.morphologyEx(wall.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)), np.uint8)
    holes = in_holes(closed) & (closed == 0)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(holes.astype(np.uint8), connectivity=4)
    large = [i for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] > WINDOW_LEAST * wall.size]
    return any(_rectangle(*np.nonzero(labels == i)[::-1]) > 0.6 for i in large)


def _up_to_edges(front: Front, wall: Mask) -> Mask:
    """The wall with what no edge parts from it: under eaves paint is lit by itself and by tiles, in another colour."""
    patches = front.patches
    own = np.median(patches.lab[wall][:, 1:], 0)
    foot = float(np.percentile(np.nonzero(wall)[0], 95)) / len(wall)
    other = _no_wall(front) | front.doors | (front.lowest > foot)
    near = (np.linalg.norm(patches.lab[..., 1:] - own, axis=-1) < 3 * HUE) & ~other[patches.patch]
    return _without_spots(patches.spread(wall, near, UP_TO_EDGE), front)


def _goes_on(front: Front, wall: Mask) -> float:
    """The share, 0..1, of what lies just beyond the wall that is its own paint in the shade; at its foot that is
    paving.
    """
    foot = float(np.percentile(np.nonzero(wall)[0], 95)) / len(wall)
    ground = (front.ground | (front.place > foot))[front.patches.patch]
    return Shades.of(front.patches.copy, wall).beyond(wall, ground)


def _with_shade(front: Front, wall: Mask) -> Mask:
    """The wall with what lies beside it and is its own paint in the shade of eaves and porches."""
    patches = front.patches
    shades = Shades.of(patches.copy, wall)
    other = _no_wall(front) | front.doors
    other |= (front.grain > GRAIN) & (front.share > LEAVES)
    like = (shades.same & ~other[patches.patch] & ~wall).astype(np.uint8)
    like = np.asarray(cv2.morphologyEx(like, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)
    count, found_labels = cv2.connectedComponents(like, connectivity=4)
    labels = np.asarray(found_labels, np.int32)
    rim = (cv2.dilate(like, np.ones((3, 3), np.uint8)) > 0) & (like == 0)
    names = cv2.dilate(labels.astype(np.float32), np.ones((3, 3), np.uint8)).astype(np.int64)[rim]
    beside = cv2.dilate(wall.astype(np.uint8), np.ones((5, 5), np.uint8))[rim] > 0
    shared = np.bincount(names, beside, count) / np.maximum(np.bincount(names, minlength=count), 1)
    found = shared > BORDER_OF_SHADE
    found |= _behind(wall, labels, count)
    found[0] = False
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    grown = wall | found[labels]
    return _without_specks(np.asarray(cv2.morphologyEx(grown.astype(np.uint8), cv2.MORPH_CLOSE, kernel) > 0))


def _behind(wall: Mask, labels: NDArray[np.int32], count: int) -> Mask:
    """Which of `count` numbered pieces (h, w) are large and within the extent of the wall: it goes on behind trees."""
    height, width = wall.shape
    columns, rows = np.flatnonzero(wall.any(0)), np.flatnonzero(wall.any(1))
    area = np.maximum(np.bincount(labels.ravel(), minlength=count), 1)
    y, x = np.mgrid[0:height, 0:width]
    across, down = (np.bincount(labels.ravel(), v.ravel(), count) / area for v in (x, y))
    near = EXTENT * width
    inside = (across > columns[0] - near) & (across < columns[-1] + near) & (down > rows[0]) & (down < rows[-1])
    return np.asarray(inside & (area > PIECE * wall.size))


def _whole(front: Front, chosen: Mask, paint: Floats) -> tuple[Mask, float]:
    """The `chosen` patches with what joins them and has the same paint: boards and their joints, shaded parts; and the
    share of all of that paint's colour that they make up.
    """
    lab = front.patches.lab
    # No lower than the foot of the wall itself, or the fill runs out over the drive.
    foot = float(np.average(front.lowest[chosen], weights=front.share[chosen])) if chosen.any() else PLACE[1]
    placed = (front.place > PLACE[0]) & (front.place < foot) & ~front.ground & (front.under_sky < UNDER_SKY)
    own = (np.hypot(front.a - paint[1], front.b - paint[2]) < 4) & (np.abs(front.light - paint[0]) < 10)
    placed &= ~front.in_sky & ~front.green & (~front.doors | own) & ~front.like_sky
    hue = np.hypot(lab[..., 1] - paint[1], lab[..., 2] - paint[2])
    like = (hue < HUE) & (np.abs(lab[..., 0] - paint[0]) < SHADE) & placed[front.patches.patch]
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    sure = chosen[front.patches.patch]
    if sure.any():
        # White trim is no sunlit part of a coloured wall, nor is grey paving its shade.
        like &= Shades.of(front.patches.copy, sure).same
    like = cv2.morphologyEx(like.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, labels = cv2.connectedComponents(like, connectivity=4)
    overlap = np.bincount(labels.ravel(), sure.ravel()) / np.maximum(np.bincount(labels.ravel()), 1)
    overlap[0] = 0
    wall = sure | (overlap > 0.3)[labels]
    wall = _without_specks(np.asarray(cv2.morphologyEx(wall.astype(np.uint8), cv2.MORPH_CLOSE, kernel) > 0))
    return wall, _complete(wall, like > 0)


def _complete(wall: Mask, like: Mask) -> float:
    """The share, 0..1, of what has the wall's colour on and `BESIDE` the wall that the wall takes; 0 where it is too
    little of all that has its colour for that to be the front's.
    """
    painted = int((wall & like).sum())
    if painted < LEAST_OF_ALL * int(like.sum()):
        return 0.0
    near = cv2.dilate(wall.astype(np.uint8), np.ones((2 * BESIDE + 1,) * 2, np.uint8)) > 0
    return float(painted / max(int((near & like).sum()), 1))


def _ragged(patches: Patches, wall: Mask) -> float:
    """The share, 0..1, of the wall's border that lies on no edge of the photo."""
    inner = cv2.erode(wall.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1) > 0
    border = wall & ~inner
    return float((border & ~patches.edges).sum() / max(int(border.sum()), 1))


def _common(front: Front, possible: Mask) -> Floats | None:
    """The colour, Lab (3,), that most of the possible wall in the middle of the picture has."""
    height, width = front.patches.patch.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    central = np.exp(-(((x / width - 0.5) / 0.33) ** 2) - ((y / height - 0.5) / 0.25) ** 2)
    weight = front.patches.mean(central.astype(np.float32)) * front.share * possible
    if weight.sum() <= 0:
        return None
    colours = np.stack([front.light, front.a, front.b], -1)
    some = np.argsort(-weight)[:60]
    distance = np.linalg.norm((colours[some, None] - colours[None]) * np.array([0.35, 1, 1]), axis=-1)
    best = some[int((np.exp(-((distance / 5) ** 2)) * weight).sum(1).argmax())]
    near = (np.linalg.norm((colours - colours[best]) * np.array([0.35, 1, 1]), axis=-1) < 8) & possible
    return np.asarray(np.average(colours[near], axis=0, weights=weight[near] + 1e-9), np.float32)


def _without_spots(wall: Mask, front: Front) -> Mask:
    """The wall with the small holes in it that have about its colour: shadows of lamps and gutters."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((~wall).astype(np.uint8), connectivity=4)
    lab = front.patches.lab
    own = np.median(lab[wall][:, 1:], 0) if wall.any() else np.zeros(2)
    off = np.linalg.norm(lab[..., 1:] - own, axis=-1)
    area = np.maximum(stats[:, cv2.CC_STAT_AREA], 1)
    spots = (area < SPOT) & (np.bincount(labels.ravel(), off.ravel(), count) / area < 2 * HUE)
    spots[0] = False
    return np.asarray(wall | spots[labels])


def _without_specks(mask: Mask) -> Mask:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    large = stats[:, cv2.CC_STAT_AREA] > 120
    large[0] = False
    return np.asarray(large[labels]) if count > 1 else mask


def _rectangle(xs: NDArray[np.intp], ys: NDArray[np.intp]) -> float:
    """How much of its smallest rectangle a patch fills, 0..1; 0 where that one is slanted or a strip."""
    _, (one, other), angle = cv2.minAreaRect(np.stack([xs, ys], -1).astype(np.float32))
    slant = min(angle % 90, 90 - angle % 90)
    ratio = (np.ptp(xs) + 1) / (np.ptp(ys) + 1)
    if slant > 22 or not 0.2 < ratio < 4:
        return 0.0
    return float(len(xs) / ((one + 1) * (other + 1)))

"""Coats of paint: what of the flooded walls is painted, each to its very ends, whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import dilated, holding
from staging.engine.redesign import cells, corners, ends, fittings, tape
from staging.engine.redesign.growth import grown
from staging.engine.redesign.matting import Floats, Mask
from staging.engine.redesign.regions import WALL_LABELS, Regions
from staging.engine.redesign.ruled import straightened
from staging.engine.redesign.trim import Trim
from staging.engine.redesign.walls import (
    HIGH,
    HUE,
    LEAST,
    OTHER_PAINT,
    Unpainted,
    Wall,
    Walls,
    longest_unsupported,
    near,
    unsupported,
)
from staging.engine.scene.faces import CEILING, FLOOR, LEFT

DETAIL: Final = 7.0  # lightness by which a pixel may differ from its surroundings and still be paint
LEAST_PAINT: Final = 0.4  # share of a wall's bare part that must be paint, or it is brick, paper or panelling
MOST_MISSED: Final = 0.06  # share of a wall's bare part that may look like paint and yet not be reached by it
REACHED: Final = 0.75  # of a wall's seen height that its paint must reach
MOST_LOOSE: Final = 0.05  # share of the paint's border that may lie on no edge and no line
LONGEST_LOOSE: Final = 20  # pixels of such a border in one stretch: anyone sees it, on however large a wall
CHROMATIC: Final = 16.0  # Lab chroma, less the light's, of paint that no trim shares
OWN_HUE: Final = 0.42  # of its chroma, by which such paint differs from itself
OWN_TURN: Final = 0.3  # of the same, sideways: yellow beside orange is another paint
OWN_SHADE: Final = 25.0
SHARED: Final = 0.1  # of the ceiling near a wall, that has its hue
OVER_CORNER: Final = 14  # pixels past a wall's face, as read, that may be its own
REVEAL: Final = 8  # pixels: a quarter of what a reveal is seen of
IN_SHADOW: Final = 45.0  # lightness by which a hue that nothing else has may be darker
ABOVE: Final = 14  # pixels past the lines of ceiling and floor, to which paint may go on
BOX_SLACK: Final = 0.028  # of the long side: by how much a line of the box may miss the photo's at most
MOST_LEFT: Final = 0.15  # of the painted part, that may stay in the old paint of the same colour
SILL: Final = 0.6  # metres above the floor, below which no window's pane is
SILL_SHADE: Final = 8.0  # Lab lightness by which the wall below one may differ
MOST_UNDER_SILL: Final = 0.25  # of a wall's painted part: the foot of a door in the paint of its wall is less
MUCH_ELSEWHERE: Final = 0.4  # of the painted part, that other walls may have of its old paint, unless on the painted
SOME_BESIDE: Final = 0.05  # walls themselves that much of it stays: then the two are not told apart well
LEAST_OF_ROOM: Final = 0.5  # share of all walls, without openings, that must be painted
LEAST_OF_FACE: Final = 0.2  # share of a wall that must be paint at all
ALL_BARE: Final = 0.9  # share of a wall's bare part that is paint, of a wall that is nearly all openings
ACCENT_SURE: Final = 0.9  # confidence in the room whose corners are then the ends of its paint
ACCENT_LEAST: Final = 0.1  # of the picture: less is no wall to set off


def settled(regions: Regions, trim: Trim, walls: list[Wall], flooded: NDArray[np.int32], reach: int) -> Walls:
    """What of the `flooded` labels (h, w) is painted: whole walls or nothing, up to `reach` pixels past the box."""
    light = regions.lab[..., 0]
    around = cv2.medianBlur(np.clip(light * 2.55, 0, 255).astype(np.uint8), 31) / 2.55
    rough, owner = np.zeros(light.shape, bool), np.zeros(light.shape, np.int8)
    found: list[tuple[Wall, Mask]] = []
    for wall in walls:
        if wall.name in trim.without_skirting:
            continue
        here = cv2.medianBlur((flooded == wall.label).astype(np.uint8), 7) > 0
        here &= dilated(wall.face, reach)
        hue, shade = np.hypot(wall.step[..., 1], wall.step[..., 2]), np.abs(wall.step[..., 0])
        here &= (np.abs(light - around) < DETAIL) | ((hue < 3) & (shade < 5))
        found.append((wall, _coloured(regions, wall, _cleaned(here), reach)))
    found = _without_doors(regions, _grown(regions, trim, found))
    kept = {wall.name for wall, _ in found}
    why: dict[str, Unpainted] = {wall.name: "door" for wall in walls if wall.name not in kept}
    ragged: dict[str, float] = {}
    while found:
        # Whether a wall ends at its corner depends on whether the next is painted.
        coats = _ended(regions, trim, found)
        flaws = {coat.wall.name: flaw for coat in coats if (flaw := coat.flaw(regions)) is not None}
        flaws = flaws or dict.fromkeys(_without_corners(regions, coats), "no_end")
        why |= flaws
        good = [coat for coat in coats if coat.wall.name not in flaws]
        ragged = {coat.wall.name: coat.loose for coat in good}
        if len(good) == len(found):
            if _patchy(regions, trim, good):
                why |= dict.fromkeys(ragged, "half_a_room")
                ragged = {}
                break
            for coat in good:
                owner[coat.paint & ~rough] = coat.wall.label
                rough |= coat.paint
            break
        found = [(wall, here) for wall, here in found if wall.name in ragged]
    share, _ = tape.drawn(regions.lab, rough)
    here = fittings.seen(regions, rough)
    rough, share[here] = (share > 0.5) & ~here, 0
    return Walls(rough, share, owner, tuple(ragged), max(ragged.values(), default=0.0), trim.openings, why)


def _without_corners(regions: Regions, coats: list[_Coat]) -> list[str]:
    """The names of walls whose paint ends beside an unpainted wall where no corner is seen."""
    others = [label for label in WALL_LABELS.values() if label not in {coat.wall.label for coat in coats}]
    whole = np.any([coat.paint for coat in coats], 0)
    return [coat.wall.name for coat in coats if corners.unseen(regions, coat.paint, whole, others)]


def _may_be(regions: Regions, painted: list[int]) -> Mask:
    """Where (h, w) the walls of the labels `painted` may be seen, however the box is off."""
    others = [face for face in WALL_LABELS.values() if face not in painted]
    far = np.any([_far_into(regions, face) for face in others], 0) if others else np.zeros(regions.patch.shape, bool)
    return np.asarray(dilated(regions.faces.labels >= LEFT, ABOVE) & ~far)


def _grown(regions: Regions, trim: Trim, found: list[tuple[Wall, Mask]]) -> list[tuple[Wall, Mask]]:
    """The paint of each wall with what no edge parts from the paint of any."""
    if not found:
        return found
    whole = grown(regions, trim, np.any([here for _, here in found], 0))
    return [(wall, here | (whole & wall.face)) for wall, here in found]


def _without_doors(regions: Regions, found: list[tuple[Wall, Mask]]) -> list[tuple[Wall, Mask]]:
    """Those whose paint is that of the largest wall, or goes up as high as no door does."""
    if not found:
        return found
    largest = max(found, key=lambda one: int(one[1].sum()))
    main, up = _median(regions, largest[1]), regions.faces.points[..., 2]
    kept: list[tuple[Wall, Mask]] = []
    for wall, here in found:
        mine = wall.bare & here
        low = not mine.any() or np.percentile(up[mine], 95) < HIGH
        if not low or np.hypot(*(_median(regions, here) - main)[1:]) < OTHER_PAINT[0]:
            kept.append((wall, here))
    return kept


def _median(regions: Regions, here: Mask) -> Floats:
    return np.asarray(np.median(regions.lab[here], 0) if here.any() else np.zeros(3), np.float32)


@dataclass(frozen=True)
class _Coat:
    """The `paint` (h, w) of a wall, ended on lines and edges, the share of its border that lies on neither, and the
    `longest` stretch of that, pixels.
    """

    wall: Wall
    paint: Mask
    loose: float
    longest: int

    def flaw(self, regions: Regions) -> Unpainted | None:
        """Why it is no whole wall's; None where it is."""
        if self.loose > MOST_LOOSE or self.longest > LONGEST_LOOSE:
            return "no_end"
        return _missing(regions, self.wall, self.paint)


def _ended(regions: Regions, trim: Trim, found: list[tuple[Wall, Mask]]) -> list[_Coat]:
    """The paint of the walls `found`, which are all painted, ended on lines and on the photo's edges."""
    labels = [wall.label for wall, _ in found]
    known, owner = np.zeros(regions.patch.shape, bool), np.zeros(regions.patch.shape, np.int8)
    own: dict[int, Mask] = {}
    for wall, here in found:
        beside = frozenset(label for label in labels if label != wall.label)
        drawn, ruled = straightened(regions, wall.label, here, trim.openings, beside)
        # A hue that no trim has goes on round the corners of reveals, where no line ends it.
        drawn = drawn | (_coloured(regions, wall, drawn, REVEAL) & ~trim.inside)
        own[wall.label] = drawn & ~_far_into(regions, FLOOR)
        owner[own[wall.label] & (owner == 0)] = wall.label
        known |= ruled
    found_trim = (trim.framed | trim.mouldings) & ~_own_hue(regions, owner > 0)
    whole = ends.reached(regions, owner > 0, _may_be(regions, labels), found_trim, known)
    share, lines = tape.drawn(regions.lab, whole)
    seen = tape.beside(lines, whole.shape)
    whole = _without_specks(cells.evened(regions, share > 0.5, seen, _may_be(regions, labels)))
    known |= seen
    owner = _owned(whole, owner)
    coats: list[_Coat] = []
    for wall, _ in found:
        mine = (owner == wall.label) | (own[wall.label] & whole)
        # Where another wall goes on painted there is no end of the paint.
        ends_at = known | (whole & ~mine)
        coats.append(
            _Coat(wall, mine, unsupported(regions, mine, ends_at), longest_unsupported(regions, mine, ends_at))
        )
    return coats


def _own_hue(regions: Regions, paint: Mask) -> Mask:
    """The pixels (h, w) that have the hue of a strongly coloured `paint` (h, w), which no trim has."""
    if not paint.any():
        return paint
    own = near(regions, paint)[..., 1:]
    chroma = np.minimum(np.hypot(own[..., 0], own[..., 1]), np.linalg.norm(own - regions.hue_of_light, axis=-1))
    apart = np.linalg.norm(regions.lab[..., 1:] - own, axis=-1)
    return np.asarray((chroma > CHROMATIC) & (apart < OWN_HUE * chroma))


def _owned(whole: Mask, owner: NDArray[np.int8]) -> NDArray[np.int8]:
    """The wall of each painted pixel (h, w): that of the nearest one whose wall is known."""
    known = owner > 0
    if not known.any():
        return owner
    _, nearest = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    table = np.zeros(int(nearest.max()) + 1, np.int8)
    table[nearest[known]] = owner[known]
    return np.where(whole, table[nearest], 0).astype(np.int8)


def _far_into(regions: Regions, face: int) -> Mask:
    """The pixels (h, w) of a `face` of the room that lie too deep in it to be a wall's, however the box is off."""
    size = 2 * max(4, round(max(regions.patch.shape) * BOX_SLACK)) + 1
    inside = (regions.faces.labels == face).astype(np.uint8)
    return cv2.erode(inside, np.ones((size, size), np.uint8), borderValue=1) > 0


def _patchy(regions: Regions, trim: Trim, good: list[_Coat]) -> bool:
    """Whether too much wall, and of the very paint, would stay as it was beside what is painted anew.

    Where every painted wall ends at its very corners, the others may keep their paint: an accent wall. On a painted
    wall itself nothing of the old paint may stay, and none that is strongly coloured anywhere: an orange wall is no
    setting for a blue one.
    """
    if not good:
        return False
    drawn = np.any([coat.paint for coat in good], 0)
    walls = (regions.faces.labels >= LEFT) & ~trim.mouldings & ~drawn
    bare = walls & ~(trim.framed & ~trim.before)
    step = np.asarray(cv2.GaussianBlur(regions.lab, (0, 0), 1.5), np.float32) - near(regions, drawn)
    alike = np.hypot(step[..., 1], step[..., 2]) < HUE
    left = bare & alike & (np.abs(step[..., 0]) < OWN_SHADE)
    # A window may have been read down to the floor, over the wall below its sill.
    low = walls & ~bare & alike & (np.abs(step[..., 0]) < SILL_SHADE) & (regions.faces.points[..., 2] < SILL)
    if any(_under_sill(low, coat) for coat in good):
        return True
    left = cv2.morphologyEx(left.astype(np.uint8), cv2.MORPH_OPEN, np.ones((9, 9), np.uint8)) > 0
    certain = regions.room.confidence.get("total", 1.0) > ACCENT_SURE
    if certain and drawn.mean() > ACCENT_LEAST:
        if (bare & _own_hue(regions, drawn)).sum() > MOST_LEFT * drawn.sum():
            return True
        beside = left & np.isin(regions.faces.labels, [coat.wall.label for coat in good])
        much = left.sum() > MUCH_ELSEWHERE * drawn.sum() and beside.sum() > SOME_BESIDE * drawn.sum()
        return bool(much or beside.sum() > MOST_LEFT * drawn.sum())
    return bool(left.sum() > MOST_LEFT * drawn.sum() or drawn.sum() < LEAST_OF_ROOM * (bare | drawn).sum())


def _under_sill(low: Mask, coat: _Coat) -> bool:
    """Whether so much of the very wall stays in its old paint where it is `low` (h, w), under a window."""
    here = cv2.morphologyEx((low & coat.wall.face).astype(np.uint8), cv2.MORPH_OPEN, np.ones((9, 9), np.uint8)) > 0
    return bool(here.sum() > MOST_UNDER_SILL * coat.paint.sum())


def _coloured(regions: Regions, wall: Wall, here: Mask, reach: int) -> Mask:
    """With all that has the hue of a strongly coloured wall: no white trim has it, and no remnant of it may stay."""
    if here.sum() < LEAST:
        return here
    # Less the light's own too: in a yellow light all is yellow.
    hue_of_paint = np.median(regions.lab[here], 0)[1:]
    if min(np.hypot(*hue_of_paint), np.hypot(*(hue_of_paint - regions.hue_of_light))) < CHROMATIC:
        return here
    own = near(regions, here)
    one, other = regions.lab[..., 1:], own[..., 1:]
    strength = np.hypot(other[..., 0], other[..., 1])
    # The shadow of a corner takes strength from a hue and leaves its direction.
    along = (one * other).sum(-1) / np.maximum(strength, 1)
    across = np.abs(one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]) / np.maximum(strength, 1)
    same = (along > OWN_HUE * strength) & (across < OWN_TURN * along)
    same &= (np.abs(regions.lab[..., 0] - own[..., 0]) < IN_SHADOW) & dilated(here, 4 * reach)
    same &= dilated(wall.face, OVER_CORNER)  # the next wall's hue is its own affair
    # A ceiling takes a hue from the light of its walls: where it has that of the paint, the box says where that ends.
    above = regions.faces.labels == CEILING
    deep = _far_into(regions, CEILING) & dilated(here, 4 * reach)
    same &= ~above if (same & deep).sum() > SHARED * deep.sum() else ~deep
    same = cv2.morphologyEx((same | here).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return here | holding(same > 0, here)


def _missing(regions: Regions, wall: Wall, here: Mask) -> Unpainted | None:
    """What paint lacks to be a whole wall's: enough of it, all that looks like it, or its top; None for nothing."""
    size = float(wall.bare.sum())
    step = np.asarray(cv2.GaussianBlur(wall.step, (0, 0), 1.5))
    alike = (np.hypot(step[..., 1], step[..., 2]) < 4) & (np.abs(step[..., 0]) < 6)
    up = regions.faces.points[..., 2]
    mine = wall.bare & here
    # Of a wall that is nearly all windows and doors all that is bare must be paint.
    least = min(LEAST_OF_FACE * wall.face.sum(), ALL_BARE * size)
    if mine.sum() < max(LEAST_PAINT * size, least):
        return "no_paint"
    if (wall.bare & ~here & alike).sum() > MOST_MISSED * size:
        return "out_of_reach"
    return None if np.percentile(up[mine], 95) > REACHED * np.percentile(up[wall.face], 95) else "low"


def _without_specks(paint: Mask) -> Mask:
    """Without pieces that are smaller than a piece of wall: things of its colour that are seen through windows."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(paint.astype(np.uint8), connectivity=4)
    return np.asarray(paint & (stats[:, cv2.CC_STAT_AREA] >= LEAST)[labels])


def _cleaned(rough: Mask) -> Mask:
    """Without specks, and without pinholes that are noise rather than sockets."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats((~rough).astype(np.uint8), connectivity=4)
    holes = stats[:, cv2.CC_STAT_AREA] < 12
    rough = rough | holes[labels]
    _, labels, stats, _ = cv2.connectedComponentsWithStats(rough.astype(np.uint8), connectivity=4)
    specks = stats[:, cv2.CC_STAT_AREA] < 80
    return np.asarray(rough & ~specks[labels])

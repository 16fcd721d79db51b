"""Which patches of a room's photo are surely bare painted wall, and which of what was flooded from them is painted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import dilated, filled, holding
from staging.engine.redesign import fittings
from staging.engine.redesign.growth import grown
from staging.engine.redesign.matting import Floats, Mask
from staging.engine.redesign.patches import FAINT
from staging.engine.redesign.regions import WALL_LABELS, Regions
from staging.engine.redesign.ruled import straightened
from staging.engine.redesign.trim import Trim
from staging.engine.scene.faces import CEILING, FLOOR, LEFT
from staging.engine.scene.room import Opening

JOIN: Final = 2.8  # Lab units of a step that parts no wall
SEAM: Final = 4.5  # of a step that is no edge between patches of like hue
FAINT_SEAM: Final = 3.4  # the same where trim may be: a white door in a white wall
HUE: Final = 4.5  # Lab units of a and b by which paint may differ from the same paint elsewhere on the wall
SHADE: Final = (-10.0, 9.0)  # the same of lightness
LIT: Final = (-30.0, 24.0)  # the same where no edge is between: light falls off
OTHER_HUE: Final = 6.0  # beyond these a patch is surely something else
OTHER_SHADE: Final = (-14.0, 10.0)
OTHER_PAINT: Final = (8.0, 18.0)  # hue and lightness by which two walls are painted differently
SUN_PATCH: Final = 250  # pixels of an enclosed patch: what is smaller may be a socket
DETAIL: Final = 7.0  # lightness by which a pixel may differ from its surroundings and still be paint
HIGH: Final = 2.3  # metres: paint goes higher than doors
EYE: Final = 1.2  # metres: what is seen of a wall under that alone may be the floor of the next room
LEAST_HIGH: Final = 0.15  # share of a paint that lies higher
LEAST: Final = 400  # pixels of a wall
LEAST_PAINT: Final = 0.4  # share of a wall's bare part that must be paint, or it is brick, paper or panelling
MOST_MISSED: Final = 0.06  # share of a wall's bare part that may look like paint and yet not be reached by it
REACHED: Final = 0.75  # of a wall's seen height that its paint must reach
OVER_DOORS: Final = 0.9  # of a wall's seen height: a door ends lower
MOST_LOOSE: Final = 0.12  # share of the paint's border that may lie on no edge and no line
CHROMATIC: Final = 16.0  # Lab chroma, less the light's, of paint that no trim shares
OWN_HUE: Final = 0.42  # of its chroma, by which such paint differs from itself
OWN_TURN: Final = 0.3  # of the same, sideways: yellow beside orange is another paint
OWN_SHADE: Final = 25.0
SHARED: Final = 0.1  # of the ceiling near a wall, that has its hue
OVER_CORNER: Final = 14  # pixels past a wall's face, as read, that may be its own
REVEAL: Final = 8  # pixels: a quarter of what a reveal is seen of
IN_SHADOW: Final = 45.0  # lightness by which a hue that nothing else has may be darker
BOX_SLACK: Final = 0.028  # of the long side: by how much a line of the box may miss the photo's at most
MOST_LEFT: Final = 0.15  # of the painted part, that may stay in the old paint of the same colour
LEAST_OF_ROOM: Final = 0.5  # share of all walls, without openings, that must be painted
LEAST_OF_FACE: Final = 0.2  # share of a wall that must be paint at all
ALL_BARE: Final = 0.9  # share of a wall's bare part that is paint, of a wall that is nearly all openings
ACCENT_LOOSE: Final = 0.05  # share of the border of paint on no edge and no line, where other walls keep theirs
ACCENT_SURE: Final = 0.85  # confidence in the room whose corners are then the ends of its paint
ACCENT_LEAST: Final = 0.1  # of the picture: less is no wall to set off


@dataclass(frozen=True)
class Walls:
    """`rough` (h, w) is where paint is, on the working copy, on the walls `painted`, and `owner` (h, w) the label of
    the wall whose it is; `ragged` is the largest share of a wall's border that lies on no edge; `openings` are those
    that the photo shows.
    """

    rough: Mask
    owner: NDArray[np.int8]
    painted: tuple[str, ...]
    ragged: float
    openings: tuple[Opening, ...]

    def without_paint(self) -> Walls:
        """The same walls, none of them painted."""
        return Walls(np.zeros_like(self.rough), np.zeros_like(self.owner), (), 0.0, self.openings)


@dataclass(frozen=True)
class Wall:
    """One wall: `paint` (h, w) is surely bare, `other` (h, w) surely not; `step` (h, w, 3) Lab is how far each pixel
    is from the paint near it, and `bare` (h, w) is what would be paint if nothing but trim and openings were there.
    """

    name: str
    label: int
    face: Mask
    bare: Mask
    paint: Mask
    other: Mask
    step: Floats


@dataclass(frozen=True)
class _Seen:
    """What is seen of a wall, and how much of its bare part each group of patches takes (n,)."""

    name: str
    face: Mask
    bare: Mask
    weight: Floats


def sure(regions: Regions, trim: Trim) -> list[Wall]:
    """The walls of a room, each with what is surely its paint."""
    on_wall = regions.mean(regions.faces.labels >= LEFT)
    chosen = (on_wall > 0.6) & (regions.mean(trim.inside) < 0.35)
    groups = regions.joined(chosen, JOIN)
    seen: list[_Seen] = []
    for name, label in WALL_LABELS.items():
        face = regions.faces.labels == label
        bare = face & ~trim.anywhere
        if min(face.sum(), bare.sum()) < LEAST:
            continue
        share, high = (
            np.bincount(groups, np.bincount(regions.patch[where], minlength=regions.count) * chosen, regions.count)
            for where in (bare, bare & (regions.faces.points[..., 2] > EYE))
        )
        weight = np.where(high > LEAST_HIGH * share, share, 0)
        if weight.any():
            seen.append(_Seen(name, face, bare, weight.astype(np.float32)))
    if not seen:
        return []
    largest = max(seen, key=lambda wall: float(wall.weight.max()))
    main = _colour(regions, groups == largest.weight.argmax(), largest.face)
    return [
        _wall(regions, trim, wall, chosen, (groups == _group(regions, groups, wall, main)) & chosen) for wall in seen
    ]


def _colour(regions: Regions, good: Mask, face: Mask) -> Floats:
    return np.asarray(np.median(regions.lab[good[regions.patch] & face], 0), np.float32)


def _group(regions: Regions, groups: NDArray[np.int32], wall: _Seen, main: Floats) -> int:
    """The group that is a wall's paint: the largest, or a fairly large one in the `main` paint of the room."""
    weight, face = wall.weight, wall.face
    first = int(weight.argmax())
    if _alike(_colour(regions, groups == first, face), main):
        return first
    for group in np.argsort(-weight)[:6]:
        if weight[group] > 0.15 * weight.sum() and _alike(_colour(regions, groups == group, face), main):
            return int(group)
    return first


def _alike(one: Floats, other: Floats) -> bool:
    hue, shade = OTHER_PAINT
    return bool(np.hypot(*(one - other)[1:]) < hue and abs(one[0] - other[0]) < shade)


def _wall(regions: Regions, trim: Trim, seen: _Seen, chosen: Mask, good: Mask) -> Wall:
    """Grow the `good` patches (n,) of a wall over those that no edge parts from them or that they enclose."""
    name, face, bare = seen.name, seen.face, seen.bare
    up, on_trim = regions.faces.points[..., 2], regions.mean(trim.anywhere) > 0.5
    top = np.zeros(regions.count)
    np.maximum.at(top, regions.patch[face], up[face])
    high = top > min(HIGH, 0.9 * regions.room.box.height)
    for _ in range(4):
        step = regions.lab - _spread(regions, good, face)
        hue = regions.mean(np.hypot(step[..., 1], step[..., 2]).astype(np.float32))
        shade = regions.mean(step[..., 0])
        alike = (hue < HUE) & (shade > SHADE[0]) & (shade < SHADE[1])
        lit = (hue < 2 * HUE) & (shade > LIT[0]) & (shade < LIT[1])
        soft, whole = regions.borders.touching(good, regions.count, SEAM)
        faint, _ = regions.borders.touching(good, regions.count, FAINT_SEAM)
        near, _ = regions.borders.touching(good, regions.count, np.inf)
        flush = np.where(on_trim, faint > 0.25 * whole, soft > 0.15 * whole)
        enclosed = (near > 0.7 * whole) & (regions.area > SUN_PATCH) & (hue < 2 * HUE) & (shade > LIT[0]) & ~on_trim
        more = chosen & ~good & ((alike & high & ~on_trim) | (lit & flush) | enclosed)
        if not more.any():
            break
        good = good | more
    unlike = ((hue > OTHER_HUE) | (shade > OTHER_SHADE[1]) | (shade < OTHER_SHADE[0])) & ~good
    paint = good[regions.patch] & face & ~trim.mouldings
    other = face & (unlike[regions.patch] | trim.mouldings) & ~dilated(paint, 1)
    return Wall(name, WALL_LABELS[name], face, bare, paint, other, step)


def _spread(regions: Regions, good: Mask, face: Mask) -> Floats:
    """The paint of the good patches carried on over all of the picture, (h, w, 3) Lab."""
    return _near(regions, good[regions.patch] & face)


def _near(regions: Regions, known: Mask) -> Floats:
    """The colours of the `known` pixels (h, w) carried on over all of the picture, (h, w, 3) Lab."""
    return filled(np.where(known[..., None], regions.lab, 0).astype(np.float32), known.astype(np.float32))


def settled(regions: Regions, trim: Trim, walls: list[Wall], flooded: NDArray[np.int32], reach: int) -> Walls:
    """What of the `flooded` labels (h, w) is painted: whole walls or nothing, up to `reach` pixels past the box."""
    light = regions.lab[..., 0]
    around = cv2.medianBlur(np.clip(light * 2.55, 0, 255).astype(np.uint8), 31) / 2.55
    rough, owner = np.zeros(light.shape, bool), np.zeros(light.shape, np.int8)
    found: list[tuple[Wall, Mask]] = []
    for wall in walls:
        here = cv2.medianBlur((flooded == wall.label).astype(np.uint8), 7) > 0
        here &= dilated(wall.face, reach)
        hue, shade = np.hypot(wall.step[..., 1], wall.step[..., 2]), np.abs(wall.step[..., 0])
        here &= (np.abs(light - around) < DETAIL) | ((hue < 3) & (shade < 5))
        found.append((wall, _coloured(regions, wall, _cleaned(here), reach)))
    found = _without_doors(regions, _grown(regions, trim, found))
    ragged: dict[str, float] = {}
    while found:
        # Whether a wall ends at its corner depends on whether the next is painted.
        good = [made for wall, here in found if (made := _ended(regions, trim, wall, here, found)) is not None]
        ragged = {wall.name: loose for wall, _, loose in good}
        if len(good) == len(found):
            if _patchy(regions, trim, good):
                ragged = {}
                break
            for wall, here, _ in good:
                owner[here & ~rough] = wall.label
                rough |= here
            rough &= ~fittings.seen(regions, rough)
            break
        found = [(wall, here) for wall, here in found if wall.name in ragged]
    return Walls(rough, owner, tuple(ragged), max(ragged.values(), default=0.0), trim.openings)


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
        low = not mine.any() or np.percentile(up[mine], 95) < OVER_DOORS * np.percentile(up[wall.face], 95)
        if not low or np.hypot(*(_median(regions, here) - main)[1:]) < OTHER_PAINT[0]:
            kept.append((wall, here))
    return kept


def _median(regions: Regions, here: Mask) -> Floats:
    return np.asarray(np.median(regions.lab[here], 0) if here.any() else np.zeros(3), np.float32)


def _ended(
    regions: Regions, trim: Trim, wall: Wall, here: Mask, found: list[tuple[Wall, Mask]]
) -> tuple[Wall, Mask, float] | None:
    """The wall with its paint ended on lines, and the share of its border that has no end; None where it is too much.

    `found` are the walls that are painted, this one among them.
    """
    beside = frozenset(other.label for other, _ in found if other is not wall)
    drawn, ruled = straightened(regions, wall.label, here, trim.openings, beside)
    # A hue that no trim has goes on round the corners of reveals, where no line ends it.
    drawn = drawn | (_coloured(regions, wall, drawn, REVEAL) & ~trim.inside)
    drawn = drawn & ~_far_into(regions, FLOOR)
    others = np.any([mask for other, mask in found if other is not wall], 0) if beside else np.zeros_like(here)
    # Where another wall goes on painted there is no end of the paint.
    loose = unsupported(regions, drawn, ruled | others)
    return (wall, drawn, loose) if _whole(regions, wall, drawn) and loose <= MOST_LOOSE else None


def _far_into(regions: Regions, face: int) -> Mask:
    """The pixels (h, w) of a `face` of the room that lie too deep in it to be a wall's, however the box is off."""
    size = 2 * max(4, round(max(regions.patch.shape) * BOX_SLACK)) + 1
    inside = (regions.faces.labels == face).astype(np.uint8)
    return cv2.erode(inside, np.ones((size, size), np.uint8), borderValue=1) > 0


def _patchy(regions: Regions, trim: Trim, good: list[tuple[Wall, Mask, float]]) -> bool:
    """Whether too much wall, and of the very paint, would stay as it was beside what is painted anew.

    Where every painted wall ends at its very corners, the others may keep their paint: an accent wall. On a painted
    wall itself nothing of the old paint may stay.
    """
    if not good:
        return False
    drawn = np.any([mask for _, mask, _ in good], 0)
    bare = (regions.faces.labels >= LEFT) & ~(trim.framed & ~trim.before) & ~trim.mouldings & ~drawn
    step = np.asarray(cv2.GaussianBlur(regions.lab, (0, 0), 1.5), np.float32) - _near(regions, drawn)
    left = bare & (np.hypot(step[..., 1], step[..., 2]) < HUE) & (np.abs(step[..., 0]) < OWN_SHADE)
    left = cv2.morphologyEx(left.astype(np.uint8), cv2.MORPH_OPEN, np.ones((9, 9), np.uint8)) > 0
    certain = regions.room.confidence.get("total", 1.0) > ACCENT_SURE
    if certain and max(loose for _, _, loose in good) <= ACCENT_LOOSE and drawn.mean() > ACCENT_LEAST:
        left &= np.isin(regions.faces.labels, [wall.label for wall, _, _ in good])
        return bool(left.sum() > MOST_LEFT * drawn.sum())
    return bool(left.sum() > MOST_LEFT * drawn.sum() or drawn.sum() < LEAST_OF_ROOM * (bare | drawn).sum())


def _coloured(regions: Regions, wall: Wall, here: Mask, reach: int) -> Mask:
    """With all that has the hue of a strongly coloured wall: no white trim has it, and no remnant of it may stay."""
    if here.sum() < LEAST:
        return here
    # Less the light's own too: in a yellow light all is yellow.
    hue_of_paint = np.median(regions.lab[here], 0)[1:]
    if min(np.hypot(*hue_of_paint), np.hypot(*(hue_of_paint - regions.hue_of_light))) < CHROMATIC:
        return here
    own = _near(regions, here)
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


def _whole(regions: Regions, wall: Wall, here: Mask) -> bool:
    """Whether paint takes enough of a wall, leaves nothing out that looks like it, and goes up."""
    size = float(wall.bare.sum())
    step = np.asarray(cv2.GaussianBlur(wall.step, (0, 0), 1.5))
    alike = (np.hypot(step[..., 1], step[..., 2]) < 4) & (np.abs(step[..., 0]) < 6)
    up = regions.faces.points[..., 2]
    mine = wall.bare & here
    # Of a wall that is nearly all windows and doors all that is bare must be paint.
    least = min(LEAST_OF_FACE * wall.face.sum(), ALL_BARE * size)
    if mine.sum() < max(LEAST_PAINT * size, least):
        return False
    if (wall.bare & ~here & alike).sum() > MOST_MISSED * size:
        return False
    return bool(np.percentile(up[mine], 95) > REACHED * np.percentile(up[wall.face], 95))


def unsupported(regions: Regions, rough: Mask, known: Mask | None = None) -> float:
    """The share, 0..1, of the outer border of `rough` that lies on no edge of the photo, nor by `known` ends (h, w)."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats((~rough).astype(np.uint8), connectivity=4)
    solid = rough | (stats[:, cv2.CC_STAT_AREA] < 0.002 * rough.size)[labels]
    inner = cv2.erode(solid.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1) > 0
    border = rough & ~inner
    if border.sum() < 30:
        return 1.0
    loose = regions.contrast[border] < FAINT
    return float((loose if known is None else loose & ~dilated(known, 3)[border]).mean())


def _cleaned(rough: Mask) -> Mask:
    """Without specks, and without pinholes that are noise rather than sockets."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats((~rough).astype(np.uint8), connectivity=4)
    holes = stats[:, cv2.CC_STAT_AREA] < 12
    rough = rough | holes[labels]
    _, labels, stats, _ = cv2.connectedComponentsWithStats(rough.astype(np.uint8), connectivity=4)
    specks = stats[:, cv2.CC_STAT_AREA] < 80
    return np.asarray(rough & ~specks[labels])

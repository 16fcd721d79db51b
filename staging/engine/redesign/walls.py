"""Which patches of a room's photo are surely bare painted wall."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import dilated, filled
from staging.engine.redesign.matting import Floats, Mask
from staging.engine.redesign.patches import FAINT
from staging.engine.redesign.regions import WALL_LABELS, Regions
from staging.engine.redesign.trim import Trim
from staging.engine.scene.faces import LEFT
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
HIGH: Final = 2.3  # metres: paint goes higher than doors
EYE: Final = 1.2  # metres: what is seen of a wall under that alone may be the floor of the next room
LEAST_HIGH: Final = 0.15  # share of a paint that lies higher
LEAST: Final = 400  # pixels of a wall
FEWEST_OF_BORDER: Final = 30  # pixels: less is no border of a surface

# Why a wall keeps its paint: most of it is none (brick, paper, panelling), some of it is out of reach, it ends below
# the top of the wall, its border lies on no edge, it is a door's, too much of the same would stay, a gate refused it.
Unpainted = Literal["no_paint", "out_of_reach", "low", "no_end", "door", "half_a_room", "gate"]


@dataclass(frozen=True)
class Walls:
    """`rough` (h, w) is where paint is, on the working copy, on the walls `painted`, `share` (h, w) the same 0..1 with
    its straight ends inside of pixels, and `owner` (h, w) the label of the wall whose it is; `ragged` is the largest
    share of a wall's border that lies on no edge; `openings` are those that the photo shows. `why` says of other walls
    why they keep their paint.
    """

    rough: Mask
    share: Floats
    owner: NDArray[np.int8]
    painted: tuple[str, ...]
    ragged: float
    openings: tuple[Opening, ...]
    why: dict[str, Unpainted] = field(default_factory=dict)

    def without_paint(self) -> Walls:
        """The same walls, none of them painted, where a gate would refuse them."""
        nothing = np.zeros_like(self.rough)
        why: dict[str, Unpainted] = {**self.why, **dict.fromkeys(self.painted, "gate")}
        return Walls(nothing, np.zeros_like(self.share), np.zeros_like(self.owner), (), 0.0, self.openings, why)


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
    return near(regions, good[regions.patch] & face)


def near(regions: Regions, known: Mask) -> Floats:
    """The colours of the `known` pixels (h, w) carried on over all of the picture, (h, w, 3) Lab."""
    return filled(np.where(known[..., None], regions.lab, 0).astype(np.float32), known.astype(np.float32))


def unsupported(regions: Regions, rough: Mask, known: Mask | None = None) -> float:
    """The share, 0..1, of the outer border of `rough` that lies on no edge of the photo, nor by `known` ends (h, w)."""
    border, loose = _border(regions, rough, known)
    return float(loose[border].mean()) if border.sum() >= FEWEST_OF_BORDER else 1.0


def longest_unsupported(regions: Regions, rough: Mask, known: Mask) -> int:
    """The pixels of the longest stretch of that border which lies on no edge."""
    _, loose = _border(regions, rough, known)
    _, _, stats, _ = cv2.connectedComponentsWithStats(loose.astype(np.uint8), connectivity=8)
    return int(stats[1:, cv2.CC_STAT_AREA].max(initial=0))


def _border(regions: Regions, rough: Mask, known: Mask | None) -> tuple[Mask, Mask]:
    """The outer border of `rough` (h, w), and what of it lies on no edge of the photo, nor by `known` ends (h, w)."""
    solid = without_holes(rough)
    inner = cv2.erode(solid.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1) > 0
    border = rough & ~inner
    loose = border & (regions.contrast < FAINT)
    return border, np.asarray(loose if known is None else loose & ~dilated(known, 3))


def without_holes(rough: Mask) -> Mask:
    """With the small holes of what hangs on a wall."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats((~rough).astype(np.uint8), connectivity=4)
    return np.asarray(rough | (stats[:, cv2.CC_STAT_AREA] < 0.002 * rough.size)[labels])

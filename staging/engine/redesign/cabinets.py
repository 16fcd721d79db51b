"""The fronts of a kitchen's cabinets: wood that stands upright, with the joints of doors and drawers in it.

Nothing of the room's box is needed for that, only where its directions vanish: fronts are full of upright edges, which
a floor has none of, whatever its boards. The wood of a kitchen is painted as a whole or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import dilated
from staging.engine.redesign import carcasses, tape
from staging.engine.redesign.bearings import UPRIGHT, Bearings
from staging.engine.redesign.matting import Floats, Mask
from staging.engine.redesign.patches import Patches
from staging.engine.redesign.wood import BAR, TURN, Wood, shape
from staging.engine.scene.faces import FLOOR, face_map
from staging.engine.scene.room import Room

SURE_CAMERA: Final = 0.9  # confidence in where directions vanish
LARGE: Final = 0.0045  # of the picture: a part that must have joints of its own
JOINTED: Final = 2.0  # of the square root of its area, that its upright edges are long together
TALL: Final = (0.4, 2)  # share of a part's height, and how many of its edges reach over that
OBLIQUE: Final = 0.6  # of its upright edges' length: boards that run away from the camera lie aslant
PLAIN: Final = (0.5, 0.3)  # share of its height and of obliques, of a part with one side alone,
SAME_WOOD: Final = 8.0  # Lab units from the median of a part that has joints
LEAST: Final = 0.03  # of the picture: less is no kitchen's worth of fronts
FEWEST: Final = 6  # tall edges in all of them: wardrobes and doors have fewer
RAISED: Final = 0.05  # of the picture's height above the horizon, which cupboards on a wall reach
FAIRLY_SURE: Final = 0.35  # confidence in a room whose floor is where it was read
ON_FLOOR: Final = 0.8  # share of a part that lies on it
SMALLEST: Final = 300  # pixels of a bracket
STRAIGHT: Final = (0.55, 0.85)  # share of a bracket's side, and of its top or foot, that is a straight line
STAYS: Final = (0.5, 0.9, -35.0, 25.0)  # depth, purity and shade (Lab lightness, from and to) of wood that is left
MOST_LEFT: Final = 0.05  # of what is painted, that would stay wood beside it

# Why fronts keep their colour: none is seen, directions are not known surely, some of the wood would stay, a gate
# refused them.
Unfronted = Literal["none", "unsure", "half", "gate"]


@dataclass(frozen=True)
class Cabinets:
    """`share` (h, w) 0..1 is where the wood of fronts is, straight ends inside of pixels; `wood` is how it looks,
    and `ends` (h, w) the lines at which the photo shows that it ends; `veiled` (h, w) is
    where twigs and the like stand before it.
    """

    share: Floats
    wood: Wood
    bearings: Bearings
    ends: Mask
    veiled: Mask

    @property
    def rough(self) -> Mask:
        """The same as a mask (h, w)."""
        return np.asarray(self.share > 0.5)


@dataclass(frozen=True)
class _Part:
    """A connected part of the wood: its number, pixels, how many `tall` edges it has, whether its fronts are `sure` or
    may be `plain`, its median Lab `colour` (3,), and the rows it rises over the horizon (less than 0 below it).
    """

    number: int
    area: int
    tall: int
    sure: bool
    plain: bool
    colour: Floats
    rise: float


def find(patches: Patches, room: Room) -> Cabinets | Unfronted:
    """The wooden fronts in a kitchen's photo, or why they keep their colour; of an unsure `room` the camera is used."""
    if room.confidence.get("camera", 1.0) < SURE_CAMERA:
        return "unsure"
    bearings = Bearings.of(patches.copy, room)
    wood = Wood.of(patches, bearings)
    if wood is None:
        return "none"
    count, found, stats, _ = cv2.connectedComponentsWithStats(wood.mask.astype(np.uint8), connectivity=4)
    numbers = np.asarray(found, np.int32)
    large = stats[:, cv2.CC_STAT_AREA] > LARGE * numbers.size
    floor = _floor(room, numbers.shape)
    parts = [_part(patches, bearings, numbers == k, k, floor) for k in range(1, count) if large[k]]
    known = [part for part in parts if part.sure]
    kept = [part for part in parts if part.sure or (part.plain and _like(part, known))]
    fronts = np.isin(numbers, [part.number for part in kept])
    high = RAISED * numbers.shape[0]
    if fronts.mean() < LEAST or sum(p.tall for p in kept) < FEWEST or not any(p.rise > high for p in kept):
        return "none"
    elsewhere = np.isin(numbers, [part.number for part in parts if part not in kept])
    little = (wood.mask & ~large[numbers]) | wood.small
    wood = replace(wood, mask=fronts)
    whole = carcasses.completed(wood, bearings, elsewhere) | _brackets(little)
    whole |= carcasses.scraps(wood, whole, elsewhere)
    standing = np.isin(numbers, [part.number for part in parts if part not in kept and part.rise > 0])
    if _left(wood, whole, elsewhere & ~standing) > MOST_LEFT:
        return "half"
    share, lines = tape.drawn(patches.lab, whole)
    veiled = carcasses.veiled(wood, whole, elsewhere)
    return Cabinets(share, wood, bearings, tape.beside(lines, whole.shape), veiled)


def _part(patches: Patches, bearings: Bearings, here: Mask, number: int, floor: Mask) -> _Part:
    x, y, wide, high = cv2.boundingRect(here.astype(np.uint8))
    area = int(here.sum())
    inside = bearings.within(dilated(here, 4)) > 0.7
    length = bearings.length
    upright = inside & (bearings.axis == UPRIGHT) & (length > BAR)
    standing = float(length[upright].sum())
    aslant = float(length[inside & bearings.aslant].sum())
    tall = int((length[upright] > TALL[0] * high).sum())
    sure = standing > JOINTED * np.sqrt(area) and tall >= TALL[1] and aslant < OBLIQUE * standing
    plain = bool((length[upright] > PLAIN[0] * high).any()) and aslant < PLAIN[1] * standing
    colour = np.asarray(np.median(patches.lab[here], 0), np.float32)
    lies = bool(floor[here].mean() > ON_FLOOR)
    rise = bearings.horizon(x + wide / 2) - y
    return _Part(number, area, tall, bool(sure) and not lies, plain and not lies, colour, rise)


def _floor(room: Room, shape_: tuple[int, ...]) -> Mask:
    """Where (h, w) the floor of a `room` is that was read fairly surely; nowhere in another."""
    if room.confidence.get("total", 1.0) < FAIRLY_SURE:
        return np.zeros(shape_, bool)
    height, width = shape_
    return np.asarray(face_map(room.resized(width, height), width, height).labels == FLOOR)


def _like(part: _Part, known: list[_Part]) -> bool:
    """Whether a part has very nearly the colour of one whose joints are seen."""
    return any(float(np.linalg.norm(part.colour - other.colour)) < SAME_WOOD for other in known)


def _brackets(small: Mask) -> Mask:
    """The `small` pieces of wood (h, w) that are joinery: with a straight upright side and a level top or foot."""
    _, numbers, stats, _ = cv2.connectedComponentsWithStats(small.astype(np.uint8), connectivity=4)
    found = np.zeros_like(small)
    for number, (x, y, wide, high, area) in enumerate(stats):
        if number == 0 or area < SMALLEST or area > LARGE * small.size:
            continue
        piece = numbers[y : y + high, x : x + wide] == number
        upright = _straight(piece, np.linspace(-0.05, 0.05, 5))
        level = _straight(piece.T, np.linspace(-0.5, 0.5, 21))
        if upright > STRAIGHT[0] and level > STRAIGHT[1]:
            found[y : y + high, x : x + wide] |= piece
    return found


def _straight(piece: Mask, tilts: NDArray[np.float64]) -> float:
    """The share of the rows of a `piece` (h, w) whose first or last pixels lie on one line, of one of the `tilts`."""
    rows = np.flatnonzero(piece.any(1))
    best = 0.0
    for ends in (piece.argmax(1)[rows], piece.shape[1] - 1 - piece[:, ::-1].argmax(1)[rows]):
        for tilt in tilts:
            across = ends - tilt * rows
            best = max(best, *(float((np.abs(across - at) <= 1.2).mean()) for at in np.unique(np.round(across))))
    return best


def _left(wood: Wood, whole: Mask, floor: Mask) -> float:
    """What would stay wood beside the `whole` (h, w), no `floor` (h, w), as a share of what is painted."""
    depth, purity, darkest, lightest = STAYS
    same = (wood.depth > depth) & (wood.turn < TURN) & (wood.purity > purity)
    same &= (wood.shade > darkest) & (wood.shade < lightest)
    left = shape(same & ~dilated(whole, 3) & ~dilated(floor, 3), cv2.MORPH_OPEN, 9)
    return float(left.sum() / max(1, whole.sum()))

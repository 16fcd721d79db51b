"""A room repainted and its floor relaid, and the fronts of a kitchen repainted, furniture apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.tone import encode, linear, quantised
from staging.engine.errors import UnusablePhoto
from staging.engine.memory import MEMORY, digest
from staging.engine.redesign import cabinets, gates, paint, surfaces, tape
from staging.engine.redesign.cabinets import Cabinets, Unfronted
from staging.engine.redesign.covering import Relaid
from staging.engine.redesign.enamel import Enamel
from staging.engine.redesign.floors import Unlaid
from staging.engine.redesign.matting import Bytes, Floats, Mask, Matte, even_copy
from staging.engine.redesign.paint import Tint
from staging.engine.redesign.palettes import PALETTES
from staging.engine.redesign.regions import Regions
from staging.engine.redesign.rims import Rim
from staging.engine.redesign.walls import Walls
from staging.engine.scene.room import Room

_BAND: Final = 256  # rows that are worked on at once at full size
LEAST_SURE: Final = 0.35  # confidence below which nothing in a room is painted
SURE_FLOOR: Final = 0.5  # the same for a floor, whose boards show by their direction where it was misread
LEAST_FLOOR: Final = 0.03  # share of the picture that a floor must take to be relaid


@dataclass(frozen=True)
class Redecorated:
    """The `picture` (H, W, 3) with its edit `mask` (H, W; 0 or 255), and what was done, in plain JSON types."""

    picture: Bytes
    mask: Bytes
    done: dict[str, Any]
    regions: Regions
    walls: Walls
    floor: Mask
    fronts: Cabinets | None = None


@dataclass(frozen=True)
class _Read:
    """What a photo shows of a room's walls and floor, whatever they are to become: four fifths of a redesign's time.
    Of its regions only how they were cut (h, w): all else about them is soon worked out again, and takes 30 MB.
    """

    patch: NDArray[np.int32]
    walls: Walls
    floor: Mask
    unlaid: Unlaid | None


def sure(room: Room) -> bool:
    """Whether a room was read surely enough for anything in it to be painted."""
    return room.confidence.get("total", 1.0) >= LEAST_SURE


def redecorate(photo: Bytes, room: Room, style: str, seed: int, *, kitchen: bool = False) -> Redecorated:
    """Paint the walls and lay the floor of an empty `room` as `style` has them. Raises UnusablePhoto.

    What cannot be told from its surroundings well stays as it is: a wall of brick, a floor of which little is seen.
    What was `done` says `why`, for each wall that was looked at and for the floor. In a `kitchen` the wooden fronts of
    its cabinets are painted too. What was read of the photo is kept in memory: another style of it comes sooner.
    """
    if not sure(room):
        raise UnusablePhoto(
            "room_unsure",
            "The room in this photo could not be read surely enough to paint it. Confirm its corners, or take a photo "
            "that shows where the walls meet floor and ceiling.",
        )
    palette = PALETTES[style]
    colour = palette.walls[seed % len(palette.walls)]
    copy = even_copy(photo)
    read = MEMORY.recall(("surfaces", digest(photo, room)), lambda: _read(copy, room))
    regions, bare, floor, unlaid = Regions.again(copy, room, read.patch), read.walls, read.floor, read.unlaid
    fronts = _fronts(regions) if kitchen else None
    if not bare.painted and not floor.any() and not isinstance(fronts, Cabinets):
        raise UnusablePhoto(
            "nothing_to_redesign", "Neither bare walls nor a floor could be told from the rest of this room."
        )
    light = paint.measured(regions, bare.rough, floor)
    work = _Work(photo)
    if bare.painted:
        work.walls = _matte(regions, bare.share), paint.tint(regions, bare.owner, colour, light)
        work.rim = Rim.of(regions, bare.share)
    if floor.any():
        work.floor = (
            _matte(regions, tape.drawn(regions.lab, floor)[0]),
            Relaid.of(regions, floor, palette.floor, light, seed),
        )
    if isinstance(fronts, Cabinets):
        work.fronts = Enamel.of(photo, fronts, _of_cabinets(style, seed))
    picture, mask = work.drawn()
    done = {
        "walls": list(bare.painted),
        "paint": colour if bare.painted else None,
        "floor": palette.floor.name if floor.any() else None,
        "why": {**bare.why, **({} if unlaid is None else {"floor": unlaid})},
        "left": [name for name, done in (("walls", bool(bare.painted)), ("floor", bool(floor.any()))) if not done],
    }
    if fronts is not None:
        done = _with_fronts(done, fronts, style, seed)
    return Redecorated(picture, mask, done, regions, bare, floor, fronts if isinstance(fronts, Cabinets) else None)


def _read(copy: Bytes, room: Room) -> _Read:
    regions = Regions.of(copy, room)
    return _Read(regions.patch, *_sure(regions, *surfaces.find(regions)))


def repaint_fronts(photo: Bytes, room: Room, style: str, seed: int) -> Redecorated | None:
    """Paint the cabinets of a kitchen alone, whose `room` could not be read but for its camera; None without any."""
    regions = Regions.of(even_copy(photo), room)
    fronts = _fronts(regions)
    if not isinstance(fronts, Cabinets):
        return None
    picture, mask = _Work(photo, fronts=Enamel.of(photo, fronts, _of_cabinets(style, seed))).drawn()
    nothing = np.zeros(regions.patch.shape, bool)
    bare = Walls(nothing, nothing.astype(np.float32), nothing.astype(np.int8), (), 0.0, ())
    kept = {"walls": [], "paint": None, "floor": None, "why": {"floor": "unsure"}, "left": ["walls", "floor"]}
    return Redecorated(picture, mask, _with_fronts(kept, fronts, style, seed), regions, bare, nothing, fronts)


def _fronts(regions: Regions) -> Cabinets | Unfronted:
    """A kitchen's fronts, without what no gate would let pass."""
    found = cabinets.find(regions, regions.room)
    if isinstance(found, Cabinets) and not all(gate.passed for gate in gates.check_fronts(regions, found)):
        return "gate"
    return found


def _of_cabinets(style: str, seed: int) -> str:
    paints = PALETTES[style].cabinets
    return paints[seed % len(paints)]


def _with_fronts(done: dict[str, Any], fronts: Cabinets | Unfronted, style: str, seed: int) -> dict[str, Any]:
    """What was `done`, with what became of a kitchen's fronts."""
    if isinstance(fronts, Cabinets):
        return {**done, "cabinets": _of_cabinets(style, seed)}
    return {**done, "cabinets": None, "why": {**done["why"], "cabinets": fronts}, "left": [*done["left"], "cabinets"]}


def _sure(regions: Regions, bare: Walls, floor: Mask, unlaid: Unlaid | None) -> tuple[Walls, Mask, Unlaid | None]:
    """Walls and floor without what no gate would let pass: one of them done well is better than a refusal."""
    nothing = np.zeros_like(floor)
    if unlaid is None:
        if regions.room.confidence.get("total", 1.0) < SURE_FLOOR:
            unlaid = "unsure"
        elif floor.mean() < LEAST_FLOOR:
            unlaid = "small"
        elif not _passes(regions, bare.without_paint(), floor):
            unlaid = "gate"
    bare = bare if _passes(regions, bare, nothing) else bare.without_paint()
    return bare, nothing if unlaid else floor, unlaid


def _passes(regions: Regions, bare: Walls, floor: Mask) -> bool:
    return all(gate.passed for gate in gates.check_room(regions, bare, floor))


def _matte(regions: Regions, share: Floats) -> Matte:
    return Matte.of(share, regions.copy, radius=3, epsilon=3e-4, reach=2)


@dataclass
class _Work:
    """The full-size picture in bands, so that a large photo takes little memory."""

    photo: Bytes
    walls: tuple[Matte, Tint] | None = None
    rim: Rim | None = None
    floor: tuple[Matte, Relaid] | None = None
    fronts: Enamel | None = None

    def drawn(self) -> tuple[Bytes, Bytes]:
        height, width = self.photo.shape[:2]
        picture, mask = self.photo.copy(), np.zeros((height, width), np.uint8)
        for top in range(0, height, _BAND):
            bottom = min(top + _BAND, height)
            before = linear(self.photo[top:bottom])
            after, covered = before, np.zeros((bottom - top, width), np.float32)
            if self.walls is not None:
                matte, tint = self.walls
                share = matte.rows(self.photo, top, bottom)
                new = tint.rows(before, height, top, bottom)
                after = after * (1 - share[..., None]) + share[..., None] * new
                covered = np.maximum(covered, share)
                if self.rim is not None:
                    told, mixed = self.rim.rows(before, tint, height, top, bottom)
                    after = after * (1 - told[..., None]) + told[..., None] * mixed
                    covered = np.maximum(covered, told)
            if self.floor is not None:
                matte, relaid = self.floor
                share = matte.rows(self.photo, top, bottom)
                if share.any():
                    new = relaid.rows(width, height, top, bottom)
                    after = after * (1 - share[..., None]) + share[..., None] * new
                    covered = np.maximum(covered, share)
            changed = covered > 0
            if self.fronts is not None:
                after, painted = self.fronts.rows(after, height, top, bottom)
                changed = changed | painted
            picture[top:bottom][changed] = quantised(encode(after[changed]))
            mask[top:bottom][changed] = 255
        return picture, mask

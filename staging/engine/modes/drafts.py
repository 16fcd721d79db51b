"""Arrangements worth a picture: those that pass the gates on paper, in the room as read or in a next-best reading."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from staging.engine.errors import EngineError, NothingUsable
from staging.engine.geometry import reread
from staging.engine.scene.arrangement import Arrangement
from staging.engine.scene.arranger import arrange
from staging.engine.scene.checks import check
from staging.engine.scene.editing import with_alternative
from staging.engine.scene.fittings import Fittings
from staging.engine.scene.room import Room

DRAFTS: Final = 4  # arrangements tried on paper before giving up
# Seeds of further attempts lie far from those that a person would choose next.
SEED_STEP: Final = 10_007
# Next-best readings of an unsure room that are tried when the best one cannot be furnished.
READINGS: Final = 2


@dataclass(frozen=True)
class Wish:
    """What is asked of a room; `fittings` are what the photo's pixels allow."""

    room_type: str
    style: str
    seed: int
    fittings: Fittings | None = None


@dataclass(frozen=True)
class Furnishable:
    """A reading of the room in which at least one arrangement passes, and all that do, made as they are asked for."""

    room: Room
    arrangements: Iterator[Arrangement]


def furnishable(photo: NDArray[np.uint8], room: Room, wish: Wish) -> Furnishable:
    """The first reading of `room` that can be furnished; raises the EngineError of the first one when none can.

    A room that nobody is sure of (status "check") and that leaves no place for furniture was probably read wrong:
    then its next-best readings get a chance, with small pieces about a rug.
    """
    first: EngineError | None = None
    for reading in _readings(photo, room, wish):
        # What the pixels allow was worked out for the first reading; what was left in the room stays where it is seen.
        found = _passing(reading, wish if reading is room else replace(wish, fittings=_things_alone(wish.fittings)))
        try:
            best = next(found)
        except EngineError as error:
            first = first or error
            continue
        return Furnishable(reading, itertools.chain([best], found))
    assert first is not None
    raise first


def _things_alone(fittings: Fittings | None) -> Fittings | None:
    if fittings is None or fittings.things is None:
        return None
    return Fittings(fittings.clear, np.ones_like(fittings.calm), walls_only=True, things=fittings.things)


def _readings(photo: NDArray[np.uint8], room: Room, wish: Wish) -> Iterator[Room]:
    yield room
    built_in = wish.fittings is not None and not wish.fittings.walls_only
    if room.status == "check" and not built_in:
        for index in range(min(len(room.alternatives), READINGS)):
            yield reread(photo, with_alternative(room, index))


def _passing(room: Room, wish: Wish) -> Iterator[Arrangement]:
    """Arrangements that pass every gate on paper; raises the last EngineError when there is none at all."""
    failed: EngineError | None = None
    found = False
    for draft in range(DRAFTS):
        # The later half of the attempts uses fewer and smaller pieces.
        careful = room.status == "check" or draft >= DRAFTS // 2
        try:
            candidate = arrange(
                room,
                wish.room_type,
                wish.style,
                wish.seed + draft * SEED_STEP,
                careful=careful,
                fittings=wish.fittings,
            )
        except EngineError as error:
            failed = error
            continue
        refused = [gate for gate in check(room, candidate) if not gate.passed]
        if refused:
            text = f"No arrangement fits this room. {refused[0].text}"
            failed = NothingUsable(f"gate_{refused[0].name}", text)
            continue
        found = True
        yield candidate
    if not found and failed is not None:
        raise failed

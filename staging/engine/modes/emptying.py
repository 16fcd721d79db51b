"""A furnished room staged or redesigned: emptied first, then on the picture of the empty room."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from staging.engine.errors import UnusablePhoto
from staging.engine.modes.asked import Asked, Bytes, Made
from staging.engine.modes.declutter import UNCLEAR, Decluttered, declutter
from staging.engine.modes.furnishing import BUILT_IN, tidied
from staging.engine.modes.stage import known_room

EMPTYING: Final = 0.2  # of the job's progress


@dataclass(frozen=True)
class MadeEmpty:
    """The picture made of the emptied room, with both masks; they say where each differs from the photo."""

    emptied: Decluttered
    made: Made

    @property
    def pictures(self) -> dict[str, Bytes]:
        """The pictures by their roles."""
        made = dict(self.made.pictures)
        either = np.maximum(made["mask"], self.emptied.mask)
        return {**made, "mask": either, "emptied": self.emptied.picture, "removed": self.emptied.mask}

    def record(self) -> dict[str, Any]:
        """The picture's record, with that of the emptying beside it."""
        emptied = self.emptied.record()
        return {**self.made.record(), "emptied": {k: v for k, v in emptied.items() if k != "room"}}


def emptied(asked: Asked) -> Decluttered:
    """The photo without what the job's brief and mask want removed. Raises as `declutter`, and where nothing was found
    in a room that is not surely empty.
    """
    auto = asked.brief.get("declutter") == "auto"
    # What a kitchen has built in is no floor and no wall either, and what is made of it afterwards keeps clear of it.
    made = declutter(
        asked.photo,
        mask=asked.mask,
        certain=auto,
        built_in=auto and asked.brief.get("room_type") in BUILT_IN,
        focal_35mm=asked.focal_35mm,
        room=asked.room,
        progress=asked.progress,
    )
    if not made.emptied and asked.mask is None and (not auto or asked.brief.get("kind") == "declutter"):
        _require_empty(asked)  # else what is made of it looks at the room again
    return made


def _require_empty(asked: Asked) -> None:
    """Raises UnusablePhoto where staging would not take the room for an empty one either: the photo of a furnished
    room, given back as it came, would be charged for.
    """
    room_type = asked.brief.get("room_type")
    built_in = room_type in BUILT_IN
    room = known_room(asked.photo, asked.focal_35mm, asked.room, wet=built_in, outdoors=room_type == "outdoor")
    # What is built in is no thing, open ground has no walls, and a person who sent the room has seen the photo.
    if built_in or room.open_air or asked.room is not None:
        return
    try:
        tidied(asked.photo, room)
    except UnusablePhoto as error:
        raise UnusablePhoto("furniture_unclear", UNCLEAR, {"room": room.to_dict()}) from error


def made_when_empty(asked: Asked, make: Callable[[Asked], Made]) -> Made:
    """Empty the room, then `make` a picture of it; with declutter "auto" of a room without furniture as it is."""
    tell = asked.progress
    first = None if tell is None else lambda fraction, stage: tell(EMPTYING * fraction, stage)
    made = emptied(dataclasses.replace(asked, progress=first))
    if not made.emptied and asked.brief["declutter"] == "auto":
        return make(dataclasses.replace(asked, mask=None))
    rest = dataclasses.replace(
        asked,
        photo=made.picture,
        room=made.room.to_dict() if made.emptied else asked.room,
        mask=None,
        progress=None if tell is None else lambda fraction, stage: tell(EMPTYING + (1 - EMPTYING) * fraction, stage),
    )
    return MadeEmpty(made, make(rest))

"""A furnished room staged: emptied first, then staged on the picture of the empty room."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from staging.engine.errors import UnusablePhoto
from staging.engine.modes.asked import Asked, Bytes, Made
from staging.engine.modes.declutter import Decluttered, declutter
from staging.engine.modes.furnishing import BUILT_IN

EMPTYING: Final = 0.2  # of the job's progress


@dataclass(frozen=True)
class StagedEmpty:
    """The picture staged on the emptied room, with both masks; they say where each differs from the photo."""

    emptied: Decluttered
    staged: Made

    @property
    def pictures(self) -> dict[str, Bytes]:
        """The pictures by their roles."""
        made = dict(self.staged.pictures)
        either = np.maximum(made["mask"], self.emptied.mask)
        return {**made, "mask": either, "emptied": self.emptied.picture, "removed": self.emptied.mask}

    def record(self) -> dict[str, Any]:
        """The staging's record, with that of the emptying beside it."""
        emptied = self.emptied.record()
        return {**self.staged.record(), "emptied": {k: v for k, v in emptied.items() if k != "room"}}


def staged_when_empty(asked: Asked, stage: Callable[[Asked], Made]) -> Made:
    """Empty the room, then `stage` it; with declutter "auto" a room without furniture is staged as it is."""
    tell, auto = asked.progress, asked.brief["declutter"] == "auto"
    try:
        emptied = declutter(
            asked.photo,
            mask=asked.mask,
            certain=auto,
            focal_35mm=asked.focal_35mm,
            room=asked.room,
            progress=None if tell is None else lambda fraction, stage: tell(EMPTYING * fraction, stage),
        )
    except UnusablePhoto as error:
        # What a kitchen has built in is no floor and no wall either, and its staging keeps clear of it.
        if not (auto and error.code == "furniture_unclear" and asked.brief["room_type"] in BUILT_IN):
            raise
        return stage(dataclasses.replace(asked, mask=None))
    if not emptied.emptied and auto:
        return stage(dataclasses.replace(asked, mask=None))
    rest = dataclasses.replace(
        asked,
        photo=emptied.picture,
        room=emptied.room.to_dict() if emptied.emptied else asked.room,
        mask=None,
        progress=None if tell is None else lambda fraction, stage: tell(EMPTYING + (1 - EMPTYING) * fraction, stage),
    )
    return StagedEmpty(emptied, stage(rest))

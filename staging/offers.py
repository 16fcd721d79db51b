"""What can be asked for now: the one place that knows which documented parts the rendering backend serves.

The embedded engine's own vocabulary says it, so that a mode is on sale the moment it is there. Whoever runs another
server at ENGINE_URL says what that one serves (ENGINE_KINDS, ENGINE_ROOM_TYPES, ENGINE_ENLARGES).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.conf import settings

from staging import fleet
from staging.briefs import Brief, Declutter, Kind, RoomType
from staging.engine.modes import vocabulary

Part = Literal["kind", "space", "declutter", "room_type"]

_NAMES = {
    Kind.STAGING: "Staging",
    Kind.DECLUTTER: "Decluttering",
    Kind.REDESIGN: "Redesign",
    Kind.SKETCH: "Sketch to render",
}


@dataclass(frozen=True)
class Offer:
    """What is served. `enlarges`: whether furniture is rendered at the size of a delivery larger than its photo."""

    kinds: frozenset[Kind]
    room_types: tuple[RoomType, ...]
    spaces: frozenset[str]
    enlarges: bool


class NotOffered(Exception):
    """A documented part that is not served here; the message is for people. `part` says which argument asked for it."""

    def __init__(self, part: Part, what: str, instead: str) -> None:
        super().__init__(f"{what} is not built yet. {instead}")
        self.part = part


def offer() -> Offer:
    """What is served now."""
    kinds = settings.ENGINE_KINDS or vocabulary.KINDS
    rooms = settings.ENGINE_ROOM_TYPES or vocabulary.ROOM_TYPES
    return Offer(
        kinds=frozenset(Kind(kind) for kind in kinds),
        # The enumeration's order, so that a text that lists them is the same every time.
        room_types=tuple(room for room in RoomType if room in rooms),
        spaces=frozenset(vocabulary.SPACES),
        enlarges=settings.ENGINE_ENLARGES or vocabulary.ENLARGES,
    )


def has_model(name: str) -> bool:
    """Whether some GPU node can make pictures with the generative model of this name."""
    return name in fleet.models_served()


def declutter_first(kind: Kind, space: str) -> Declutter:
    """Whether a photo is emptied first of what stands in it: before a room is redesigned, where that is served.

    What stands there would be painted round; a house front is nobody's to clear.
    """
    clears = kind == Kind.REDESIGN and space == "interior" and Kind.DECLUTTER in offer().kinds
    return "auto" if clears else "off"


def require(brief: Brief) -> None:
    """Raise NotOffered for a brief that no backend serves."""
    served = offer()
    if brief.kind not in served.kinds:
        available = ", ".join(name.lower() for kind, name in _NAMES.items() if kind in served.kinds)
        raise NotOffered(
            "declutter" if brief.kind == Kind.DECLUTTER else "kind", _NAMES[brief.kind], f"Available now: {available}."
        )
    if brief.declutter != "off" and Kind.DECLUTTER not in served.kinds:
        raise NotOffered("declutter", _NAMES[Kind.DECLUTTER], "Send the photo of an empty room.")
    if brief.space not in served.spaces:
        raise NotOffered("space", f"{_NAMES[brief.kind]} of an {brief.space}", "Send the photo of a room.")
    if brief.room_type is not None and brief.room_type not in served.room_types:
        raise NotOffered("room_type", f"room_type {brief.room_type}", f"Available now: {', '.join(served.room_types)}.")

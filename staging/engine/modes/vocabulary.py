"""The words a job is put in. The platform's `staging.briefs` uses the same ones; a test holds the two together."""

from __future__ import annotations

from typing import Final, Literal

Quality = Literal["draft", "standard", "best"]

KINDS: Final = (
    "staging",
    "declutter",
    "redesign",
    "sketch",
)
ROOM_TYPES: Final = (
    "living",
    "bed",
    "dining",
    "home_office",
    "kids_room",
    "kitchen",
    "bathroom",
    "outdoor",
)
STYLES: Final = (
    "modern",
    "scandinavian",
    "industrial",
    "midcentury",
    "luxury",
    "farmhouse",
    "coastal",
    "standard",
)
QUALITIES: Final = ("draft", "standard", "best")
SPACES: Final = ("interior", "exterior")
DECLUTTER: Final = ("off", "on", "auto")
# Whether furniture is rendered at a brief's `long_edge`, beyond the photo's own size.
ENLARGES: Final = True
# What maps of a photo (`/v1/maps`) may be asked for: the change that they are to bound.
MAP_PURPOSES: Final = ("staging", "declutter", "redesign")

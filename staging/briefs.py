"""The vocabulary of a job: room types, styles, and the brief that asks for a picture. Pure and frozen."""

from __future__ import annotations

import dataclasses
import enum
from dataclasses import dataclass
from typing import Any, Literal


class RoomType(enum.StrEnum):
    """What the photographed room is used for; the Render API's own names."""

    LIVING = "living"
    BED = "bed"
    KITCHEN = "kitchen"
    DINING = "dining"
    BATHROOM = "bathroom"
    HOME_OFFICE = "home_office"
    OUTDOOR = "outdoor"
    KIDS_ROOM = "kids_room"


class Style(enum.StrEnum):
    """How the room is furnished; the Render API's own names."""

    MODERN = "modern"
    SCANDINAVIAN = "scandinavian"
    INDUSTRIAL = "industrial"
    MIDCENTURY = "midcentury"
    LUXURY = "luxury"
    FARMHOUSE = "farmhouse"
    COASTAL = "coastal"
    STANDARD = "standard"


class Kind(enum.StrEnum):
    """What is done to the photo."""

    STAGING = "staging"
    DECLUTTER = "declutter"
    REDESIGN = "redesign"
    SKETCH = "sketch"


EMPTIED_FIRST = frozenset({Kind.STAGING, Kind.REDESIGN})  # whose brief may ask for the furniture to go before

Quality = Literal["draft", "standard", "best"]
Space = Literal["interior", "exterior"]
Resolution = Literal["full-hd", "4k"]
Declutter = Literal["off", "on", "auto"]

STYLE_ALIASES = {
    "mid_century_modern": Style.MIDCENTURY,
    "mid_century": Style.MIDCENTURY,
    "midcentury_modern": Style.MIDCENTURY,
    "hamptons": Style.COASTAL,
    "american": Style.STANDARD,
    "southwestern": Style.FARMHOUSE,
}

# What the embedded engine can furnish today; the rest answers 400 with a clear text.
STAGEABLE_ROOMS = frozenset(
    {
        RoomType.LIVING,
        RoomType.BED,
        RoomType.DINING,
        RoomType.HOME_OFFICE,
        RoomType.KIDS_ROOM,
        RoomType.KITCHEN,
        RoomType.BATHROOM,
        RoomType.OUTDOOR,
    }
)


def _plain(text: str) -> str:
    """Fold case, hyphens and spaces: 'Mid-Century Modern' -> 'mid_century_modern'."""
    return "_".join(text.replace("-", " ").replace("_", " ").lower().split())


def room_type(text: str) -> RoomType:
    """The room type that `text` names, whatever its case and separators; ValueError when it names none."""
    squeezed = _plain(text).replace("_", "")
    for known in RoomType:
        if known.value.replace("_", "") == squeezed:
            return known
    raise ValueError(text)


def style(text: str) -> Style:
    """The style that `text` names, aliases included; ValueError when it names none."""
    plain = _plain(text)
    if plain in STYLE_ALIASES:
        return STYLE_ALIASES[plain]
    squeezed = plain.replace("_", "")
    for known in Style:
        if known.value == squeezed:
            return known
    raise ValueError(text)


@dataclass(frozen=True)
class Brief:
    """What the customer asks for, complete enough to make the picture again.

    `room_type` and `style` are for furnished interiors, `style` alone for exteriors, neither for decluttering or an
    evening in the house's own colours.
    `declutter` says whether the room is emptied before it is staged or redesigned, and `mask` is the storage's name of
    a black-and-white picture of what is to be removed (empty: the engine finds it). `dusk` is for redesigned exteriors.
    `resolution` is the long edge of the delivered output ("full-hd" 1920, "4k" 3840); the engine's master has the
    photo's own size, or that of a larger delivery. `seed` makes the picture reproducible.
    `model` is the generative model that the caller chose by its name; empty: the route's.
    """

    kind: Kind
    room_type: RoomType | None = None
    style: Style | None = None
    space: Space = "interior"
    declutter: Declutter = "off"
    mask: str = ""
    dusk: bool = False
    quality: Quality = "standard"
    resolution: Resolution = "full-hd"
    label: bool = False
    seed: int = 0
    model: str = ""

    @property
    def in_room(self) -> bool:
        """Whether the picture is made in a room that is read from a photo: not of a front, not of a drawing."""
        return self.kind != Kind.SKETCH and self.space == "interior"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types only."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Brief:
        """Inverse of `to_dict`."""
        return cls(
            kind=Kind(data["kind"]),
            room_type=RoomType(data["room_type"]) if data.get("room_type") else None,
            style=Style(data["style"]) if data.get("style") else None,
            space=data.get("space", "interior"),
            declutter=data.get("declutter", "off"),
            mask=data.get("mask", ""),
            dusk=bool(data.get("dusk", False)),
            quality=data.get("quality", "standard"),
            resolution=data.get("resolution", "full-hd"),
            label=bool(data.get("label", False)),
            seed=int(data.get("seed", 0)),
            model=data.get("model", ""),
        )

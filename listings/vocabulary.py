"""How pages name room types and styles, and what they say of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_lazy, gettext_noop

from staging.briefs import STAGEABLE_ROOMS, Brief, Kind, RoomType, Style


@dataclass(frozen=True)
class Word:
    """One choice on a page: what is sent, what is read, and a line below it."""

    value: str
    english: str
    english_line: str = ""

    @property
    def name(self) -> str:
        """What is read, in the page's language."""
        return gettext(self.english)

    @property
    def line(self) -> str:
        """The line below it, in the page's language."""
        return gettext(self.english_line) if self.english_line else ""


def choices(words: Iterable[Word]) -> list[tuple[str, Any]]:
    """The words for a form's field; translated when they are shown."""
    return [(word.value, gettext_lazy(word.english)) for word in words]


ROOMS = {
    RoomType.LIVING: Word("living", gettext_noop("Living room"), gettext_noop("Sofa, chairs, rug, lamp")),
    RoomType.BED: Word("bed", gettext_noop("Bedroom"), gettext_noop("Bed, nightstands, dresser")),
    RoomType.DINING: Word("dining", gettext_noop("Dining room"), gettext_noop("Table, chairs, sideboard")),
    RoomType.HOME_OFFICE: Word("home_office", gettext_noop("Home office"), gettext_noop("Desk, chair, shelves")),
    RoomType.KITCHEN: Word("kitchen", gettext_noop("Kitchen"), gettext_noop("Stools, runner, bowls, plants")),
    RoomType.BATHROOM: Word("bathroom", gettext_noop("Bathroom"), gettext_noop("Towels, mat, tray, plants")),
    RoomType.OUTDOOR: Word("outdoor", gettext_noop("Outdoor"), gettext_noop("Lounge, table, planters, parasol")),
    RoomType.KIDS_ROOM: Word("kids_room", gettext_noop("Kids' room"), gettext_noop("Bed, desk, shelves, toys")),
}
STYLES = {
    Style.MODERN: Word("modern", gettext_noop("Modern"), gettext_noop("Clean lines, walnut, soft greys")),
    Style.SCANDINAVIAN: Word("scandinavian", gettext_noop("Scandinavian"), gettext_noop("Pale wood, white, wool")),
    Style.INDUSTRIAL: Word("industrial", gettext_noop("Industrial"), gettext_noop("Steel, leather, dark wood")),
    Style.MIDCENTURY: Word("midcentury", gettext_noop("Mid-century"), gettext_noop("Teak, tapered legs, ochre")),
    Style.LUXURY: Word("luxury", gettext_noop("Luxury"), gettext_noop("Velvet, brass, deep colours")),
    Style.FARMHOUSE: Word("farmhouse", gettext_noop("Farmhouse"), gettext_noop("Painted wood, linen, warmth")),
    Style.COASTAL: Word("coastal", gettext_noop("Coastal"), gettext_noop("Whitewash, rattan, sea blue")),
    Style.STANDARD: Word("standard", gettext_noop("Standard"), gettext_noop("Neutral, pleases everyone")),
}

STAGEABLE = [word for room, word in ROOMS.items() if room in STAGEABLE_ROOMS]


KINDS = {
    Kind.STAGING: gettext_noop("Staged"),
    Kind.DECLUTTER: gettext_noop("Cleared"),
    Kind.REDESIGN: gettext_noop("Redesigned"),
    Kind.SKETCH: gettext_noop("Rendered"),
}
FRONT, DUSK = gettext_noop("House front"), gettext_noop("At dusk")


def brief_words(brief: Brief) -> str:
    """What people call a picture of this brief: "Living room, modern", or "Cleared" where neither is said."""
    if brief.kind == Kind.REDESIGN and brief.space == "exterior":
        words = [gettext(DUSK if brief.dusk else FRONT)]
        return ", ".join([*words, *([style_name(brief.style).lower()] if brief.style else [])])
    words = [room_name(brief.room_type)] if brief.room_type else []
    if brief.style:
        words.append(style_name(brief.style))
    if not brief.room_type or brief.kind != Kind.STAGING:
        words.insert(0, gettext(KINDS[brief.kind]))
    return ", ".join([words[0], *(word.lower() for word in words[1:])])


def room_name(room_type: str) -> str:
    """What people call this room type."""
    return ROOMS[RoomType(room_type)].name


def style_name(style: str) -> str:
    """What people call this style."""
    return STYLES[Style(style)].name

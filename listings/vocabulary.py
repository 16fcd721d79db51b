"""How pages name room types and styles, and what they say of them."""

from __future__ import annotations

from dataclasses import dataclass

from staging.briefs import STAGEABLE_ROOMS, Brief, Kind, RoomType, Style


@dataclass(frozen=True)
class Word:
    """One choice on a page: what is sent, what is read, and a line below it."""

    value: str
    name: str
    line: str = ""


ROOMS = {
    RoomType.LIVING: Word("living", "Living room", "Sofa, chairs, rug, lamp"),
    RoomType.BED: Word("bed", "Bedroom", "Bed, nightstands, dresser"),
    RoomType.DINING: Word("dining", "Dining room", "Table, chairs, sideboard"),
    RoomType.HOME_OFFICE: Word("home_office", "Home office", "Desk, chair, shelves"),
    RoomType.KITCHEN: Word("kitchen", "Kitchen"),
    RoomType.BATHROOM: Word("bathroom", "Bathroom"),
    RoomType.OUTDOOR: Word("outdoor", "Outdoor"),
    RoomType.KIDS_ROOM: Word("kids_room", "Kids' room"),
}
STYLES = {
    Style.MODERN: Word("modern", "Modern", "Clean lines, walnut, soft greys"),
    Style.SCANDINAVIAN: Word("scandinavian", "Scandinavian", "Pale wood, white, wool"),
    Style.INDUSTRIAL: Word("industrial", "Industrial", "Steel, leather, dark wood"),
    Style.MIDCENTURY: Word("midcentury", "Mid-century", "Teak, tapered legs, ochre"),
    Style.LUXURY: Word("luxury", "Luxury", "Velvet, brass, deep colours"),
    Style.FARMHOUSE: Word("farmhouse", "Farmhouse", "Painted wood, linen, warmth"),
    Style.COASTAL: Word("coastal", "Coastal", "Whitewash, rattan, sea blue"),
    Style.STANDARD: Word("standard", "Standard", "Neutral, pleases everyone"),
}

STAGEABLE = [word for room, word in ROOMS.items() if room in STAGEABLE_ROOMS]


KINDS = {
    Kind.STAGING: "Staged",
    Kind.DECLUTTER: "Cleared",
    Kind.REDESIGN: "Redesigned",
    Kind.SKETCH: "Rendered",
}


def brief_words(brief: Brief) -> str:
    """What people call a picture of this brief: "Living room, modern", or "Cleared" where neither is said."""
    words = [room_name(brief.room_type)] if brief.room_type else []
    if brief.style:
        words.append(style_name(brief.style))
    if not brief.room_type or brief.kind != Kind.STAGING:
        words.insert(0, KINDS[brief.kind])
    return ", ".join([words[0], *(word.lower() for word in words[1:])])


def room_name(room_type: str) -> str:
    """What people call this room type."""
    return ROOMS[RoomType(room_type)].name


def style_name(style: str) -> str:
    """What people call this style."""
    return STYLES[Style(style)].name

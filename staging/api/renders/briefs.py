"""From a caller's arguments to the brief of a render, or to the documented error."""

from __future__ import annotations

import dataclasses
from typing import Any, cast

from staging import briefs, offers
from staging.api.renders.arguments import Arguments
from staging.api.renders.errors import invalid_choice, invalid_request
from staging.briefs import Brief, Declutter, Kind, RoomType, Style

DECLUTTER_MODES = ("on", "off", "auto")
RESOLUTIONS = ("full-hd", "4k")
# The engine's own limit.
SEED_MOST = 2**31 - 1


def create_brief(arguments: Arguments) -> Brief:
    """What create asks for, but for its mask. Raises ApiError, and NotOffered for parts that are not served yet."""
    declutter, furniture = _declutter(arguments)
    common: dict[str, Any] = {
        "declutter": declutter,
        "resolution": arguments.choice("resolution", RESOLUTIONS, default="full-hd"),
        "label": arguments.boolean("add_virtually_staged_watermark", default=False),
        "seed": arguments.integer("seed", default=0, most=SEED_MOST),
    }
    if furniture:
        brief = Brief(kind=Kind.STAGING, room_type=_room_type(arguments), style=_style(arguments), **common)
    else:
        # Which room it was and how it would be furnished says nothing of an emptied room.
        brief = Brief(kind=Kind.DECLUTTER, **common)
    offers.require(brief)
    return brief


def mask_url(arguments: Arguments, brief: Brief) -> str | None:
    """The address of the mask; None without one, and where nothing is removed. Raises ApiError."""
    return None if brief.declutter == "off" else arguments.text("declutter_mask_url")


def variation_brief(arguments: Arguments, first: Brief) -> Brief:
    """What create-variation asks for: the first brief, but for what is said anew. Raises ApiError."""
    brief = dataclasses.replace(
        first,
        room_type=_room_type(arguments) if "room_type" in arguments.given else first.room_type,
        style=_style(arguments) if "style" in arguments.given else first.style,
        label=arguments.boolean("add_virtually_staged_watermark", default=first.label),
    )
    offers.require(brief)
    return brief


def _room_type(arguments: Arguments) -> RoomType:
    try:
        return briefs.room_type(_word(arguments, "room_type"))
    except ValueError:
        raise invalid_choice("room_type", list(RoomType)) from None


def _style(arguments: Arguments) -> Style:
    try:
        return briefs.style(_word(arguments, "style"))
    except ValueError:
        raise invalid_choice("style", list(Style)) from None


def _word(arguments: Arguments, name: str) -> str:
    value = arguments.given.get(name)
    return value if isinstance(value, str) else ""


def _declutter(arguments: Arguments) -> tuple[Declutter, bool]:
    """What is removed, and whether furniture is added. Raises ApiError."""
    mode = cast(Declutter, arguments.choice("declutter_mode", DECLUTTER_MODES, default="off"))
    furniture = arguments.boolean("add_furniture", default=True)
    if furniture:
        return mode, True
    if mode == "off":
        raise invalid_request("Invalid add_furniture. It may be false only where declutter_mode is on")
    # An emptied room was asked for and nothing else, so it is given, whatever there is to be removed.
    return "on", False

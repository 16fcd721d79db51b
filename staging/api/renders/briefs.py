"""From a caller's arguments to the brief of a render, or to the documented error."""

from __future__ import annotations

import dataclasses

from staging import briefs
from staging.api.renders.arguments import Arguments
from staging.api.renders.errors import invalid_choice, invalid_request, not_built
from staging.briefs import STAGEABLE_ROOMS, Brief, Kind, RoomType, Style

DECLUTTER_MODES = ("on", "off", "auto")
RESOLUTIONS = ("full-hd", "4k")
# The engine's own limit.
SEED_MOST = 2**31 - 1


def staging_brief(arguments: Arguments) -> Brief:
    """What create asks for. Raises ApiError, for parts that are documented but not built yet too."""
    room_type, style = _room_type(arguments), _style(arguments)
    _refuse_declutter(arguments)
    if arguments.choice("resolution", RESOLUTIONS, default="full-hd") == "4k":
        raise not_built("resolution 4k", code="invalid_resolution", instead="Leave it out or send full-hd.")
    return Brief(
        kind=Kind.STAGING,
        room_type=room_type,
        style=style,
        label=arguments.boolean("add_virtually_staged_watermark", default=False),
        seed=arguments.integer("seed", default=0, most=SEED_MOST),
    )


def variation_brief(arguments: Arguments, first: Brief) -> Brief:
    """What create-variation asks for: the first brief, but for what is said anew. Raises ApiError."""
    return dataclasses.replace(
        first,
        room_type=_room_type(arguments) if "room_type" in arguments.given else first.room_type,
        style=_style(arguments) if "style" in arguments.given else first.style,
        label=arguments.boolean("add_virtually_staged_watermark", default=first.label),
    )


def _room_type(arguments: Arguments) -> RoomType:
    try:
        found = briefs.room_type(_word(arguments, "room_type"))
    except ValueError:
        raise invalid_choice("room_type", list(RoomType)) from None
    if found not in STAGEABLE_ROOMS:
        # The enumeration's order, so that the text is the same every time.
        built = ", ".join(one for one in RoomType if one in STAGEABLE_ROOMS)
        raise not_built(f"room_type {found}", code="invalid_room_type", instead=f"Available now: {built}.")
    return found


def _style(arguments: Arguments) -> Style:
    try:
        return briefs.style(_word(arguments, "style"))
    except ValueError:
        raise invalid_choice("style", list(Style)) from None


def _word(arguments: Arguments, name: str) -> str:
    value = arguments.given.get(name)
    return value if isinstance(value, str) else ""


def _refuse_declutter(arguments: Arguments) -> None:
    mode = arguments.choice("declutter_mode", DECLUTTER_MODES, default="off")
    furniture = arguments.boolean("add_furniture", default=True)
    if mode != "off":
        raise not_built(f"declutter_mode {mode}", code="invalid_declutter_mode", instead="Leave it out or send off.")
    if not furniture:
        raise invalid_request("add_furniture false needs declutter_mode on, which is not built yet")
    # declutter_mask_url is ignored with declutter_mode off, as documented.

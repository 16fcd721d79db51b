"""From a caller's fields to the brief of one picture of a listing's photo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings

from billing import access
from billing.models import Account
from listings.api import fields
from listings.api.errors import ApiError
from listings.models import ListingPhoto
from staging import offers, renditions
from staging.briefs import Brief, Declutter, Kind, Resolution, RoomType, Space
from staging.engine.modes.vocabulary import DECLUTTER, SPACES

SEED_MOST = 2**31 - 1
RESOLUTIONS = tuple(renditions.LONG_EDGES)
MASK_LENGTH = 2_000_000  # characters of a mask's address; a data: URL of a 30 MP mask in black and white has a tenth
_OUTDOORS = frozenset({Kind.REDESIGN, Kind.SKETCH})


@dataclass(frozen=True)
class Asked:
    """The brief, but for its mask, and the address of the mask; empty: none."""

    brief: Brief
    mask: str


def asked(given: fields.Fields, photo: ListingPhoto) -> Asked:
    """What is asked of a photo; the room is the photo's where it is not given.

    Raises ApiError with all that is wrong and for what the plan lacks, and NotOffered for what is not served here.
    """
    kind = Kind(given.take("Kind", fields.one_of(Kind), Kind.STAGING.value))
    space = cast(Space, given.take("Space", fields.one_of(SPACES), "interior"))
    dusk = given.take("Dusk", fields.boolean, default=False)
    room = given.take("RoomType", fields.room_type, photo.room_type or None)
    style = given.take("Style", fields.style, None, required=kind != Kind.DECLUTTER and not dusk)
    declutter = _declutter(kind, space, given.take("Declutter", fields.one_of(DECLUTTER), "off"))
    mask = given.take("Mask", fields.text(MASK_LENGTH), "")
    seed = given.take("Seed", fields.whole(SEED_MOST), 0)
    resolution = taken_resolution(given)
    outdoors = space == "exterior"
    if outdoors and kind not in _OUTDOORS:
        given.wrong["Space"] = "Only a redesign or a sketch can be of an exterior"
    if dusk and not (outdoors and kind == Kind.REDESIGN):
        given.wrong["Dusk"] = "Only the redesign of an exterior can be at dusk"
    if mask and declutter == "off":
        given.wrong["Mask"] = "It says what is removed: send Declutter on, or Kind declutter"
    if room is None and not (outdoors or kind == Kind.DECLUTTER):
        given.wrong.setdefault("RoomType", "This field is required: the photo does not say what it shows")
    given.done()
    require_plan(photo.listing.account, resolution)
    common: dict[str, Any] = {
        "declutter": declutter,
        "quality": settings.RENDER_QUALITY,
        "seed": seed,
        "resolution": resolution,
    }
    if kind == Kind.DECLUTTER:
        brief = Brief(kind=kind, **common)
    else:
        room = None if outdoors else RoomType(room)
        brief = Brief(kind=kind, room_type=room, style=style, space=space, dusk=dusk, **common)
    offers.require(brief)
    return Asked(brief, mask)


def taken_resolution(given: fields.Fields) -> Resolution:
    """How large the picture is delivered."""
    return cast(Resolution, given.take("Resolution", fields.one_of(RESOLUTIONS), "full-hd"))


def require_plan(account: Account, resolution: Resolution) -> None:
    """Raise ApiError for what the account's plan does not include."""
    if resolution == "4k" and not access.may_use_4k(account):
        raise ApiError(403, "plan_without_4k", "The plan of this account has no 4K outputs")


def _declutter(kind: Kind, space: Space, said: str) -> Declutter:
    """What is removed: all there is where that alone is asked for, before a staging what the caller says."""
    if kind == Kind.DECLUTTER:
        return "on"
    return cast(Declutter, said) if kind == Kind.STAGING else offers.declutter_first(kind, space)

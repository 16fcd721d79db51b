"""This API's open lists: the names that its callers use for rooms, styles and models, and what they mean here."""

from __future__ import annotations

from typing import Any

from staging import briefs
from staging.briefs import Quality, RoomType, Style

# Beside the Render API's own names.
ROOM_TYPES = {
    "living_room": RoomType.LIVING,
    "lounge": RoomType.LIVING,
    "family_room": RoomType.LIVING,
    "bedroom": RoomType.BED,
    "master_bedroom": RoomType.BED,
    "guest_bedroom": RoomType.BED,
    "dining_room": RoomType.DINING,
    "office": RoomType.HOME_OFFICE,
    "study": RoomType.HOME_OFFICE,
    "kids_bedroom": RoomType.KIDS_ROOM,
    "nursery": RoomType.KIDS_ROOM,
    "bath": RoomType.BATHROOM,
    "patio": RoomType.OUTDOOR,
    "terrace": RoomType.OUTDOOR,
    "balcony": RoomType.OUTDOOR,
    "garden": RoomType.OUTDOOR,
}
STYLES = {
    **briefs.STYLE_ALIASES,
    "contemporary": Style.MODERN,
    "minimalist": Style.MODERN,
    "nordic": Style.SCANDINAVIAN,
    "loft": Style.INDUSTRIAL,
    "glam": Style.LUXURY,
    "rustic": Style.FARMHOUSE,
    "country": Style.FARMHOUSE,
    "beach": Style.COASTAL,
    "classic": Style.STANDARD,
    "traditional": Style.STANDARD,
}
# A GPU node with the model that a caller names makes the picture with it. The embedded engine has no diffusion models:
# there their names choose how much work goes into a picture.
MODELS: dict[str, Quality] = {"sdxl": "standard", "flux-schnell": "draft", "flux-dev": "best"}
# Beyond the documented names: only where a node has them.
MORE_MODELS: dict[str, Quality] = {"qwen-image-edit": "standard"}
SPACES = ("interior", "exterior")


def room_type(text: str) -> RoomType:
    """The room that a caller's name means, whatever its case and separators. Raises ValueError."""
    return ROOM_TYPES.get(_plain(text)) or briefs.room_type(text)


def style(text: str) -> Style:
    """The style that a caller's name means, whatever its case and separators. Raises ValueError."""
    return STYLES.get(_plain(text)) or briefs.style(text)


def known_rooms() -> str:
    """All names of rooms, for people."""
    return _listed(RoomType, ROOM_TYPES)


def known_styles() -> str:
    """All names of styles, for people."""
    return _listed(Style, STYLES)


def _listed(own: Any, others: dict[str, Any]) -> str:
    return ", ".join([*own, *(name for name in others if name not in list(own))])


def _plain(text: str) -> str:
    """'Living-Room' -> 'living_room'."""
    return "_".join(text.replace("-", " ").replace("_", " ").lower().split())

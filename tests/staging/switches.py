"""What goes wrong in the engine's stand-in (tests/staging/stand_in.py)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

EVERY_KIND = {"ENGINE_KINDS": ["staging", "declutter", "redesign", "sketch"], "ENGINE_ENLARGES": True} | {
    "ENGINE_ROOM_TYPES": ["living", "bed", "kitchen", "dining", "bathroom", "home_office", "outdoor", "kids_room"]
}


@dataclass
class Switches:
    """What goes wrong. Counters (`*_times`) wear off."""

    seconds: float = 0.0
    # How long a submit takes, as over a line that carries the photo.
    accept_seconds: float = 0.0
    # The same of a finished picture's way back.
    send_seconds: float = 0.0
    # {"class", "code", "message"}: how jobs end, `fail_times` times (for ever when negative).
    fail: dict[str, str] | None = None
    fail_times: int = -1
    # With `fail`: one job in so many, and photos of this width alone (0: of any).
    fail_every: int = 1
    fail_width: int = 0
    # Photos of these widths: every second job fails; jobs take two seconds more; nothing is there to be removed.
    half_width: int = 0
    slow_width: int = 0
    bare_width: int = 0
    # One of: blank, wrong_size, changed_outside, truncated, text, no_mask, black_mask
    picture: str = ""
    # Pictures are packed while the job goes on, as an engine does, and not when they are fetched.
    packed: bool = False
    # Submits refused with 429, and with 503 or 500.
    busy_times: int = 0
    error_times: int = 0
    error_status: int = 500
    # Submits that are taken and whose answer is lost.
    drop_times: int = 0
    # Jobs denied (404) once they have been taken.
    forget_times: int = 0
    token: str = ""
    # How a reading of the room for maps ends.
    maps_fail: dict[str, str] | None = None
    # Whether the record says that a model drew the pixels.
    generative: bool = False
    # Whether there is something to remove where that is the engine's to find (declutter: auto).
    furnished: bool = True
    # What the record says of the room, when it says anything.
    room: dict[str, Any] | None = None
    arrangement: dict[str, Any] | None = None

"""What a job may say: the shapes of the engine's HTTP contract."""

from __future__ import annotations

import hashlib
import json
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PIL import Image

from staging.engine.server.brief import read_brief
from staging.engine.server.refusals import refused

BriefReader = Callable[[dict[str, Any]], dict[str, Any]]

KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,119}")
PHOTO_FORMATS: Final = ("JPEG", "PNG", "WEBP")
MAX_PIXELS: Final = 80_000_000


@dataclass(frozen=True)
class Order:
    """A checked job: everything but its pictures. `time_limit` is seconds of work, waiting not counted."""

    brief: dict[str, Any]
    time_limit: float
    focal_35mm: float | None = None
    room: dict[str, Any] | None = None
    arrangement: dict[str, Any] | None = None
    light: dict[str, Any] | None = None

    def fingerprint(self, *pictures_sha256: str) -> str:
        """Tells whether a repeated key means the same job; of the photo, and of the mask where there is one."""
        said = [self.brief, self.focal_35mm, self.room, self.arrangement, self.light, *pictures_sha256]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def read_order(text: str | bytes, longest: float, brief: BriefReader = read_brief) -> Order:
    """The order in the part `job`; `longest` seconds is the server's own limit. Raises Refused with status 400.

    `brief` checks what the brief says.
    """
    try:
        data = json.loads(text)
    except ValueError as error:
        raise refused("bad_job", f"The part 'job' is not JSON: {error}") from error
    if not isinstance(data, dict) or not isinstance(data.get("brief"), dict):
        raise refused("bad_job", "The part 'job' must be an object with a 'brief' object.")
    return Order(
        brief=brief(data["brief"]),
        time_limit=min(_positive(data, "time_limit") or longest, longest),
        focal_35mm=_positive(data, "focal_35mm"),
        room=_object(data, "room"),
        arrangement=_object(data, "arrangement"),
        light=_object(data, "light"),
    )


def _positive(data: dict[str, Any], name: str) -> float | None:
    value = data.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e6:
        raise refused("bad_job", f"{name} must be a positive number.")
    return float(value)


def _object(data: dict[str, Any], name: str) -> dict[str, Any] | None:
    value = data.get(name)
    if value is not None and not isinstance(value, dict):
        raise refused("bad_job", f"{name} must be an object.")
    return value


def check_picture(path: Path, name: str = "photo") -> tuple[int, int]:
    """Size (width, height) as the header of the photo or mask tells; nothing is decoded. Raises Refused (400)."""
    try:
        with warnings.catch_warnings():
            # Pillow only warns of a bomb; the limit below is ours and is an error.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=PHOTO_FORMATS) as photo:
                width, height = photo.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise refused(f"bad_{name}", f"The {name} is not a JPEG, PNG or WebP picture that can be read.") from error
    if width * height > MAX_PIXELS:
        raise refused(f"{name}_too_large", f"The {name} has {width} x {height} pixels; {MAX_PIXELS:,} are the most.")
    return width, height

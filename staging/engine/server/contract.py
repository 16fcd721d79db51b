"""What a job may say, and how refusals are put: the shapes of the engine's HTTP contract."""

from __future__ import annotations

import hashlib
import json
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PIL import Image

from staging.engine.modes.vocabulary import KINDS, QUALITIES, ROOM_TYPES, STYLES

KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,119}")
PHOTO_FORMATS: Final = ("JPEG", "PNG", "WEBP")
MAX_PIXELS: Final = 80_000_000
MAX_SEED: Final = 2**31 - 1


class Refused(Exception):
    """A request that is answered with an error: HTTP `status`, failure `kind`, `code` and a sentence."""

    def __init__(self, status: int, kind: str, code: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.code = code
        self.message = message
        self.retry_after = retry_after

    @property
    def body(self) -> dict[str, Any]:
        return {"error": failure(self.kind, self.code, self.message)}


def failure(kind: str, code: str, message: str) -> dict[str, str]:
    """The one shape of an error, in refusals and in failed jobs alike."""
    return {"class": kind, "code": code, "message": message}


def _bad(code: str, message: str) -> Refused:
    return Refused(400, "customer_input", code, message)


@dataclass(frozen=True)
class Order:
    """A checked job: everything but the photo. `time_limit` is seconds of work, waiting not counted."""

    brief: dict[str, Any]
    time_limit: float
    focal_35mm: float | None = None
    room: dict[str, Any] | None = None
    arrangement: dict[str, Any] | None = None

    def fingerprint(self, photo_sha256: str) -> str:
        """Tells whether a repeated key means the same job."""
        said = [self.brief, self.focal_35mm, self.room, self.arrangement, photo_sha256]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def read_order(text: str | bytes, longest: float) -> Order:
    """The order in the part `job`; `longest` seconds is the server's own limit. Raises Refused with status 400."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise _bad("bad_job", f"The part 'job' is not JSON: {error}") from error
    if not isinstance(data, dict) or not isinstance(data.get("brief"), dict):
        raise _bad("bad_job", "The part 'job' must be an object with a 'brief' object.")
    return Order(
        brief=_brief(data["brief"]),
        time_limit=min(_positive(data, "time_limit") or longest, longest),
        focal_35mm=_positive(data, "focal_35mm"),
        room=_object(data, "room"),
        arrangement=_object(data, "arrangement"),
    )


def _brief(said: dict[str, Any]) -> dict[str, Any]:
    if said.get("kind") not in KINDS:
        raise _bad("unsupported_kind", f"This engine serves {', '.join(KINDS)}; it was asked for {said.get('kind')!r}.")
    for name, known in (("room_type", ROOM_TYPES), ("style", STYLES)):
        if said.get(name) not in known:
            raise _bad(f"unsupported_{name}", f"{name} must be one of {', '.join(known)}; it is {said.get(name)!r}.")
    quality, seed = said.get("quality", "standard"), said.get("seed", 0)
    if quality not in QUALITIES:
        raise _bad("unsupported_quality", f"quality must be one of {', '.join(QUALITIES)}; it is {quality!r}.")
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
        raise _bad("bad_job", f"seed must be a whole number from 0 to {MAX_SEED}.")
    return {**said, "quality": quality, "seed": seed}


def _positive(data: dict[str, Any], name: str) -> float | None:
    value = data.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e6:
        raise _bad("bad_job", f"{name} must be a positive number.")
    return float(value)


def _object(data: dict[str, Any], name: str) -> dict[str, Any] | None:
    value = data.get(name)
    if value is not None and not isinstance(value, dict):
        raise _bad("bad_job", f"{name} must be an object.")
    return value


def check_photo(path: Path) -> tuple[int, int]:
    """Size (width, height) as the photo's header tells; nothing is decoded here. Raises Refused with status 400."""
    try:
        with warnings.catch_warnings():
            # Pillow only warns of a bomb; the limit below is ours and is an error.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=PHOTO_FORMATS) as photo:
                width, height = photo.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _bad("bad_photo", "The photo is not a JPEG, PNG or WebP picture that can be read.") from error
    if width * height > MAX_PIXELS:
        raise _bad("photo_too_large", f"The photo has {width} x {height} pixels; {MAX_PIXELS:,} are the most.")
    return width, height

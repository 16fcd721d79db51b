"""A job as a child process runs it: files in, files and a plain record out. Every kind of picture passes here.

Each mode is one function and one line in MAKERS; a kind that is not there is refused in words.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from staging.engine.errors import UnusablePhoto
from staging.engine.memory import LIMIT, MEMORY
from staging.engine.modes import subject
from staging.engine.modes.asked import Asked, Made
from staging.engine.modes.emptying import emptied, made_when_empty
from staging.engine.modes.enlargement import enlargement, resampled
from staging.engine.modes.redesign import redesign_front, redesign_room
from staging.engine.modes.sketch import render_sketch
from staging.engine.modes.stage import Progress, stage
from staging.engine.server import VERSION
from staging.engine.trace.variant import Variant

Bytes = NDArray[np.uint8]

MAX_PIXELS: Final = 80_000_000
# Higher levels cost seconds on large photos and save little: traced grain does not compress.
_PNG_LEVEL: Final = 3
_DRAFT_PNG_LEVEL: Final = 1  # a tenth larger, in two thirds of the time
# A mask's pixel at least this bright means "remove".
_WHITE: Final = 128


def _first_emptied(make: Callable[[Asked], Made]) -> Callable[[Asked], Made]:
    """The mode, in the room without what stands in it where the brief asks for that."""
    return lambda asked: make(asked) if asked.brief.get("declutter", "off") == "off" else made_when_empty(asked, make)


def _staging(asked: Asked) -> Made:
    brief = asked.brief
    return stage(
        asked.photo,
        room_type=brief["room_type"],
        style=brief["style"],
        seed=brief.get("seed", 0),
        quality=brief.get("quality", "standard"),
        focal_35mm=asked.focal_35mm,
        room=asked.room,
        arrangement=asked.arrangement,
        light=asked.light,
        progress=asked.progress,
    )


def _sketch(asked: Asked) -> Made:
    brief = asked.brief
    return render_sketch(
        asked.photo,
        style=brief["style"],
        space=brief.get("space", "interior"),
        room_type=brief.get("room_type") or "living",
        seed=brief.get("seed", 0),
        quality=brief.get("quality", "standard"),
        progress=asked.progress,
    )


def _redesign(asked: Asked) -> Made:
    brief = asked.brief
    if brief.get("space") == "exterior":
        return redesign_front(
            asked.photo,
            style=brief.get("style"),
            seed=brief.get("seed", 0),
            dusk=brief.get("dusk", False),
            progress=asked.progress,
        )
    return redesign_room(
        asked.photo,
        room_type=brief["room_type"],
        style=brief["style"],
        seed=brief.get("seed", 0),
        quality=brief.get("quality", "standard"),
        focal_35mm=asked.focal_35mm,
        room=asked.room,
        arrangement=asked.arrangement,
        progress=asked.progress,
    )


# The engine's modes by kind of job; `vocabulary.KINDS` is what the server then accepts.
MAKERS: Final[dict[str, Callable[[Asked], Made]]] = {
    "staging": _first_emptied(_staging),
    "redesign": _first_emptied(_redesign),
    "sketch": _sketch,
    "declutter": emptied,
}


def make(
    photo: str,
    folder: str,
    brief: dict[str, Any],
    *,
    variant: Variant,
    focal_35mm: float | None = None,
    room: dict[str, Any] | None = None,
    arrangement: dict[str, Any] | None = None,
    light: dict[str, Any] | None = None,
    mask: str | None = None,
    memory: int = LIMIT,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Make the pictures that `brief` asks for of the photo at the path `photo`, and write each as ROLE.png to `folder`.

    `mask` is the path of a black-and-white picture of any size: white is to be removed. `memory` is how many bytes of
    results this process may keep for later jobs. Answers {"pictures": [{role, width, height, sha256}],
    "record": {...}}. Raises EngineError.
    """
    MEMORY.limit(memory)
    maker = MAKERS.get(brief["kind"])
    if maker is None:
        raise UnusablePhoto("unsupported_kind", f"This engine makes {', '.join(MAKERS)}; not {brief['kind']}.")
    own = read_photo(Path(photo))
    pixels = resampled(own, brief.get("long_edge"))
    if brief["kind"] != "sketch":
        subject.require_photo(pixels)
        if room is None and brief.get("room_type") != "outdoor" and brief.get("space", "interior") == "interior":
            subject.require_inside(pixels)
        elif brief.get("space") == "exterior":
            subject.require_outside(pixels)
        elif room is None and brief.get("room_type") == "outdoor":
            subject.require_view(pixels)
    wanted = None if mask is None else read_mask(Path(mask), pixels.shape[1], pixels.shape[0])
    made = maker(Asked(pixels, brief, focal_35mm, room, arrangement, wanted, progress, light))
    level = _DRAFT_PNG_LEVEL if brief.get("quality") == "draft" else _PNG_LEVEL
    return {
        "pictures": [written(Path(folder), role, picture, level) for role, picture in made.pictures.items()],
        "record": {
            "engine": "openhouse",
            "version": VERSION,
            "tracer": {"variant": variant.name, "why": variant.why},
            "brief": brief,
            **made.record(),
            "resampled": enlargement(own, pixels),
        },
    }


def read_photo(path: Path) -> Bytes:
    """Pixels (H, W, 3) of an oriented sRGB JPEG, PNG or WebP as Pillow decodes them. Raises UnusablePhoto."""
    try:
        return np.asarray(_opened(path).convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnusablePhoto("bad_photo", "The photo cannot be decoded; it may be damaged or cut short.") from error


def read_mask(path: Path, width: int, height: int) -> Bytes:
    """The mask (height, width), 0 or 255, brought to the photo's size by its nearest pixels. Raises UnusablePhoto."""
    try:
        levels = _opened(path).convert("L").resize((width, height), Image.Resampling.NEAREST)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnusablePhoto("bad_mask", "The mask cannot be decoded; it may be damaged or cut short.") from error
    return np.where(np.asarray(levels) >= _WHITE, np.uint8(255), np.uint8(0))


def _opened(path: Path) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        with Image.open(path, formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise UnusablePhoto("photo_too_large", f"The photo has more than {MAX_PIXELS:,} pixels.")
            return ImageOps.exif_transpose(picture)


def written(folder: Path, role: str, pixels: Bytes, level: int = _PNG_LEVEL) -> dict[str, Any]:
    """Write ROLE.png to `folder`, compressed at this `level`, 1..9; what the contract says of it."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=level)
    data = buffer.getvalue()
    (folder / f"{role}.png").write_bytes(data)
    height, width = pixels.shape[:2]
    return {"role": role, "width": width, "height": height, "sha256": hashlib.sha256(data).hexdigest()}

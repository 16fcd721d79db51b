"""A staging job as a child process runs it: files in, files and a plain record out."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import warnings
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from staging.engine.errors import UnusablePhoto
from staging.engine.modes.stage import Progress, Staged
from staging.engine.modes.stage import stage as stage_photo
from staging.engine.scene.gates import Gate
from staging.engine.server import VERSION
from staging.engine.trace.variant import Variant

MAX_PIXELS: Final = 80_000_000
# Higher levels cost seconds on large photos and save little: traced grain does not compress.
_PNG_LEVEL: Final = 3


def stage(
    photo: str,
    folder: str,
    brief: dict[str, Any],
    *,
    variant: Variant,
    focal_35mm: float | None = None,
    room: dict[str, Any] | None = None,
    arrangement: dict[str, Any] | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Stage the photo at the path `photo` and write staged.png and mask.png to `folder`.

    `brief` holds room_type, style, quality and seed. Answers {"pictures": [{role, width, height, sha256}],
    "record": {...}}. Raises EngineError.
    """
    staged = stage_photo(
        read_photo(Path(photo)),
        room_type=brief["room_type"],
        style=brief["style"],
        seed=brief.get("seed", 0),
        quality=brief.get("quality", "standard"),
        focal_35mm=focal_35mm,
        room=room,
        arrangement=arrangement,
        progress=progress,
    )
    pictures = [
        _written(Path(folder), "staged", staged.picture),
        _written(Path(folder), "mask", staged.mask),
    ]
    return {"pictures": pictures, "record": record(staged, brief, variant)}


def read_photo(path: Path) -> NDArray[np.uint8]:
    """Pixels (H, W, 3) of an oriented sRGB JPEG, PNG or WebP as Pillow decodes them. Raises UnusablePhoto."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=("JPEG", "PNG", "WEBP")) as photo:
                if photo.width * photo.height > MAX_PIXELS:
                    raise UnusablePhoto("photo_too_large", f"The photo has more than {MAX_PIXELS:,} pixels.")
                return np.asarray(ImageOps.exif_transpose(photo).convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnusablePhoto("bad_photo", "The photo cannot be decoded; it may be damaged or cut short.") from error


def _written(folder: Path, role: str, pixels: NDArray[np.uint8]) -> dict[str, Any]:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=_PNG_LEVEL)
    data = buffer.getvalue()
    (folder / f"{role}.png").write_bytes(data)
    height, width = pixels.shape[:2]
    return {"role": role, "width": width, "height": height, "sha256": hashlib.sha256(data).hexdigest()}


def record(staged: Staged, brief: dict[str, Any], variant: Variant) -> dict[str, Any]:
    """What the engine says of the making, in plain JSON types: enough to make the picture again, or to edit it."""
    return {
        "engine": "openhouse",
        "version": VERSION,
        "tracer": {"variant": variant.name, "why": variant.why},
        "brief": brief,
        "seed": staged.arrangement.seed,
        "trace": staged.trace,
        "room": staged.room.to_dict(),
        "arrangement": staged.arrangement.to_dict(),
        "light": staged.light.to_dict(),
        "gates": [_plain(gate) for gate in staged.gates],
        "timings": staged.timings,
        "mask_share": round(float((staged.mask > 0).mean()), 4),
    }


def _plain(gate: Gate) -> dict[str, Any]:
    """A gate in JSON types; numpy's own numbers are none."""
    said = dataclasses.asdict(gate)
    figure, limit = float(gate.figure), float(gate.limit)
    return {**said, "passed": bool(gate.passed), "figure": round(figure, 5), "limit": round(limit, 5)}

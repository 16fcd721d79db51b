"""The sample photos as files: JPEG under 400 kB, with the EXIF that a camera would write."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from staging.engine.errors import NothingUsable
from staging.engine.modes.samples.photograph import Progress, photograph
from staging.engine.modes.samples.rooms import SAMPLES
from staging.engine.scene.room import Camera
from staging.engine.trace.variant import Variant

LARGEST: Final = 400_000  # bytes
_FOCAL_35MM: Final = 0xA405
_EXIF_IFD: Final = 0x8769
_FULL_FRAME_DIAGONAL: Final = 43.27  # millimetres


def render(folder: str, width: int, samples: int, *, variant: Variant, progress: Progress | None = None) -> list[str]:
    """Write every sample room's photo to `folder`; answers a line about each file."""
    lines = []
    for sample in SAMPLES:
        picture = Image.fromarray(photograph(sample, width, samples, progress))
        data, quality = _jpeg(picture, sample.room.camera)
        path = Path(folder) / f"{sample.name}.jpg"
        path.write_bytes(data)
        lines.append(
            f"{path}: {picture.width} x {picture.height}, {len(data):,} bytes, quality {quality}, {variant.name}"
        )
    return lines


def _jpeg(picture: Image.Image, camera: Camera) -> tuple[bytes, int]:
    """The best quality that stays under the limit."""
    exif = Image.Exif()
    focal = camera.f / float(np.hypot(camera.width, camera.height_px)) * _FULL_FRAME_DIAGONAL
    exif.get_ifd(_EXIF_IFD)[_FOCAL_35MM] = round(focal)
    for quality in range(92, 60, -2):
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=quality, optimize=True, exif=exif)
        if buffer.tell() < LARGEST:
            return buffer.getvalue(), quality
    raise NothingUsable("sample_too_large", "The sample photo does not fit its size limit at any quality.")

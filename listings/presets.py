"""Sizes that pictures are delivered in, and how they are packed as JPEG."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_noop
from PIL import Image, ImageCms, ImageOps

from staging import label

_SRGB: Final = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
_QUALITIES: Final = (90, 85, 80, 74, 66, 56, 45)
# Kept free of the most that a JPEG may weigh, for XMP and Content Credentials: together they have some 20 kB.
METADATA_BYTES: Final = 48_000


@dataclass(frozen=True)
class Preset:
    """`box` is the largest width and height (None: the picture's own); `cropped` fills it instead; `most_bytes` is
    what the JPEG may weigh (None: anything); `labelled` asks for the label whatever the agent wishes.
    """

    name: str
    box: tuple[int, int] | None
    most_bytes: int | None = None
    cropped: bool = False
    labelled: bool = False


PRESETS: Final[dict[str, Preset]] = {
    "mls_large": Preset(gettext_noop("MLS large: 2048 px, at most 3 MB"), (2048, 2048), most_bytes=3_000_000),
    "mls_small": Preset(gettext_noop("MLS small: 1024 × 768"), (1024, 768)),
    "web": Preset(gettext_noop("Web: 1600 px"), (1600, 1600)),
    "print": Preset(gettext_noop("Print: full size"), None),
    "social": Preset(gettext_noop("Social: 1080 × 1350, labelled"), (1080, 1350), cropped=True, labelled=True),
}

# What is meant where nobody says which.
USUAL: Final = "mls_large"


def sized(picture: Image.Image, preset: Preset) -> Image.Image:
    """The picture at the preset's size; never enlarged but to fill a crop."""
    if preset.box is None:
        return picture
    if preset.cropped:
        return ImageOps.fit(picture, preset.box, Image.Resampling.LANCZOS)
    if picture.width <= preset.box[0] and picture.height <= preset.box[1]:
        return picture
    return ImageOps.contain(picture, preset.box, Image.Resampling.LANCZOS)


def finished(picture: Image.Image, *, labelled: bool) -> Image.Image:
    """With the label, where it is asked for."""
    return label.drawn(picture) if labelled else picture


def encoded(picture: Image.Image, preset: Preset) -> bytes:
    """An sRGB JPEG without metadata, of the best quality that fits the preset's weight with metadata added."""
    data = b""
    for quality in _QUALITIES:
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=quality, optimize=True, icc_profile=_SRGB)
        data = buffer.getvalue()
        if preset.most_bytes is None or len(data) <= preset.most_bytes - METADATA_BYTES:
            break
    return data

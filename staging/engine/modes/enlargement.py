"""Pictures larger or smaller than their photo: the photo is resampled, what the engine makes is made at that size."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Bytes = NDArray[np.uint8]


def resampled(photo: Bytes, long_edge: int | None) -> Bytes:
    """The photo (H, W, 3) with this long edge, by Lanczos; itself where it has it, or none is asked for.

    The platform's `renditions.resampled` must give the same pixels, as they are what a picture is compared with
    outside its edit mask; a test holds the two together.
    """
    height, width = photo.shape[:2]
    if long_edge is None or long_edge == max(width, height):
        return photo
    scale = long_edge / max(width, height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(Image.fromarray(photo).resize(size, Image.Resampling.LANCZOS))


def enlargement(photo: Bytes, picture: Bytes) -> dict[str, Any] | None:
    """What the record says: which part of the picture is resampled, and from which size to which; None when none is."""
    if photo.shape == picture.shape:
        return None
    (height, width), (new_height, new_width) = photo.shape[:2], picture.shape[:2]
    return {"part": "photo", "kernel": "lanczos", "from": [width, height], "to": [new_width, new_height]}

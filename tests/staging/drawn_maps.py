"""Maps of a photo as the engine would draw them, in no time."""

from __future__ import annotations

import io

from PIL import Image


def drawn(role: str, image: Image.Image, purpose: str, *, empty: bool) -> bytes:
    """A map of a photo: its lower half may be furnished, its middle emptied, all but a window redesigned."""
    width, height = image.size
    picture = Image.new("L", image.size, 0)
    boxes = {
        "staging": (0, height // 3, width, height),
        "declutter": (width // 8, height // 3, width * 7 // 8, height * 7 // 8),
        "redesign": (0, 0, width, height),
    }
    if role == "mask" and not (purpose == "declutter" and empty):
        picture.paste(255, boxes[purpose])
        if purpose == "redesign":
            picture.paste(0, (width // 2, height // 6, width * 3 // 4, height // 2))
    elif role != "mask":
        picture = image.convert("L")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()

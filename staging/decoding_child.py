"""The child process that opens strangers' files: `python -m staging.decoding_child MEMORY MAX_PIXELS MIN_EDGE`.

Reads one JSON line a photo from stdin ({"source": file, "folder": where to write, "copies": whether the smaller ones
too}), answers one JSON line on stdout ({"width", "height", "format", "focal_35mm"} or {"error": sentence}). Its address
space is limited, it inherits no environment, and its parent (`staging.ingest`) kills it when a photo takes too long.
Ends when stdin closes.
"""

from __future__ import annotations

import json
import resource
import sys
import zlib
from pathlib import Path
from typing import Any

from staging.decoding import UndecodableImage, decode, shrunk

PICTURE, PREVIEW, MEDIUM, THUMBNAIL = "picture.png", "preview.webp", "medium.webp", "thumbnail.webp"
PREVIEW_EDGE = 1600
MEDIUM_EDGE = 960
THUMBNAIL_EDGE = 480


def normalise(source: Path, folder: Path, *, max_pixels: int, min_edge: int, copies: bool = True) -> dict[str, Any]:
    """Write the photo's lossless copy, and with `copies` its three smaller ones, into `folder`.

    Raises UndecodableImage.
    """
    decoded = decode(source, max_pixels=max_pixels, min_edge=min_edge)
    image = decoded.image
    image.info.clear()  # nothing of the original's metadata goes into a copy
    # The fastest compression (renditions.png): the file lives next to the machines that read it.
    image.save(folder / PICTURE, "PNG", compress_level=1, compress_type=zlib.Z_RLE)
    if copies:
        preview = shrunk(image, PREVIEW_EDGE)
        preview.save(folder / PREVIEW, "WEBP", quality=82, method=2)
        medium = shrunk(preview, MEDIUM_EDGE)
        medium.save(folder / MEDIUM, "WEBP", quality=80, method=2)
        shrunk(medium, THUMBNAIL_EDGE).save(folder / THUMBNAIL, "WEBP", quality=80, method=2)
    return {
        "width": image.width,
        "height": image.height,
        "format": decoded.format,
        "focal_35mm": decoded.focal_35mm,
    }


def main(memory: int, max_pixels: int, min_edge: int) -> None:
    """Answer photos until stdin closes."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin:
        asked = json.loads(line)
        limits = {"max_pixels": max_pixels, "min_edge": min_edge}
        try:
            answer = normalise(Path(asked["source"]), Path(asked["folder"]), copies=asked["copies"], **limits)
        except UndecodableImage as error:
            answer = {"error": str(error)}
        except MemoryError:
            answer = {"error": "This photo needs more memory to open than we allow."}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:4]))

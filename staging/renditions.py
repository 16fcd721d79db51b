"""From a master to what is delivered and shown: sizes and file formats."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

LONG_EDGES = {"full-hd": 1920, "4k": 3840}
PREVIEW_EDGE = 1600
MEDIUM_EDGE = 960
THUMBNAIL_EDGE = 480
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PIXEL_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})


def size_for(width: int, height: int, long_edge: int) -> tuple[int, int]:
    """The size with this long edge at the same aspect ratio, up or down, whole pixels."""
    scale = long_edge / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def resampled(image: Image.Image, long_edge: int) -> Image.Image:
    """`image` with this long edge (Lanczos), or itself when it has that size.

    An output's identity with the photo outside of the mask is against the photo resampled by this same function.
    """
    size = size_for(image.width, image.height, long_edge)
    return image if size == image.size else image.resize(size, Image.Resampling.LANCZOS)


def png(image: Image.Image) -> bytes:
    """PNG bytes without metadata.

    Runs alone, since the grain of a photograph repeats nothing: zlib's search for repetitions takes four times as long
    and saves a tenth.
    """
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1, compress_type=zlib.Z_RLE)
    return buffer.getvalue()


def shrunk(image: Image.Image, long_edge: int) -> Image.Image:
    """A copy of `image` whose long edge has at most `long_edge` pixels."""
    small = image.copy()
    small.thumbnail((long_edge, long_edge), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return small


def webp(image: Image.Image) -> bytes:
    """WebP bytes for the web."""
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=82, method=2)
    return buffer.getvalue()


def bare_png(data: bytes) -> bytes:
    """A valid PNG's bytes without its metadata: some backends write the whole prompt into theirs."""
    kept, position = [_PNG_SIGNATURE], len(_PNG_SIGNATURE)
    while position + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, position)
        end = position + 12 + length
        if data[position + 4 : position + 8] in _PIXEL_CHUNKS:
            kept.append(data[position:end])
        position = end
    return b"".join(kept)

"""Photos made for tests, as bytes."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageDraw


def room(width: int = 480, height: int = 320) -> Image.Image:
    """A drawing that is no colour all over: wall, floor, window, and a mark in the upper left corner."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, height * 2 // 3, width, height), fill=(150, 110, 70))
    draw.rectangle((width // 2, height // 6, width * 3 // 4, height // 2), fill=(235, 245, 255))
    draw.rectangle((0, 0, width // 8, height // 8), fill=(200, 20, 20))
    return image


def encoded(image: Image.Image | None = None, format: str = "JPEG", **options: Any) -> bytes:
    """The bytes of `image` (a room when None)."""
    buffer = io.BytesIO()
    (image or room()).save(buffer, format, **options)
    return buffer.getvalue()


def exif(orientation: int = 1, focal_35mm: int | None = None, gps: bool = False, serial: str = "") -> bytes:
    """An EXIF block; `serial` is the number of the camera and of its lens."""
    block = Image.Exif()
    block[0x0112] = orientation
    block[0x010F] = "Testcam"
    if focal_35mm is not None:
        block.get_ifd(0x8769)[0xA405] = focal_35mm
    if serial:
        block.get_ifd(0x8769).update({0xA431: serial, 0xA435: serial})
    if gps:
        block.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.3456), 3: "E", 4: (13.0, 24.0, 18.9)})
    return block.tobytes()


def png_header_of(width: int, height: int, rows: int = 4) -> bytes:
    """A small PNG file that says it has `width` x `height` pixels: a decompression bomb's cheap half."""
    body = zlib.compress(b"\0" * ((width + 1) * rows), 9)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A whole and valid grey PNG of 900 megapixels in about a megabyte.

    Rows of zeros squeeze to the same block again and again, so it is squeezed once; the checksum of zeros is known.
    """
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = squeezer.compress(b"\0" * (width + 1) * 100) + squeezer.flush(zlib.Z_FULL_FLUSH)
    end = zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    adler = struct.pack(">HH", (width + 1) * height % 65521, 1)
    body = b"\x78\xda" + block * (height // 100) + end + adler
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

"""Files that were made to break decoders, made by code: what lies outside of the repository is not everywhere."""

from __future__ import annotations

import functools
import io
import struct
import zlib

from PIL import Image

from tests.staging import pictures


@functools.cache
def made() -> dict[str, bytes]:
    """By name."""
    jpeg, png = pictures.encoded(), pictures.encoded(format="PNG")
    webp, gif = pictures.encoded(format="WEBP"), pictures.encoded(pictures.room().convert("P"), "GIF")
    found = {
        "empty": b"",
        "one byte": b"\xff",
        "zeros": bytes(4096),
        "text": b"hello, this is a photo",
        "page": b"<!doctype html><script>alert(1)</script>",
        "drawing": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        "entities": b'<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;&a;">]><svg>&c;</svg>',
        "postscript": b"%!PS\n(/etc/passwd) (r) file\n",
        "document": b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj",
        "archive": b"PK\x03\x04" + bytes(60),
        "program": b"\x7fELF" + bytes(200),
        "list of commands": b"push graphic-context\nviewbox 0 0 640 480\nimage over 0,0 0,0 'http://127.0.0.1/'\n",
        "playlist": b"#EXTM3U\nfile:///etc/passwd\n",
        "page behind a photo": jpeg + b"<script>alert(1)</script>",
        "photo behind a page": b"<html>" + jpeg,
        "bomb": pictures.bomb(),
        "wide bomb": pictures.png_header_of(65_000, 65_000),
        "long strip": pictures.png_header_of(1_000_000, 300),
        "negative size": png[:16] + struct.pack(">ii", -480, -320) + png[24:],
        "no size": png[:16] + struct.pack(">ii", 0, 0) + png[24:],
        "texts that swell": _with_chunk(png, b"zTXt", b"k\0\0" + zlib.compress(bytes(50_000_000))),
        "profile that swells": _with_chunk(png, b"iCCP", b"p\0\0" + zlib.compress(bytes(30_000_000))),
        "chunk longer than the file": _with_chunk(png, b"tEXt", b"a\0b").replace(
            b"\0\0\0\x03tEXt", b"\x7f\xff\xff\xfftEXt"
        ),
        "gif of no size": gif[:6] + bytes(4) + gif[10:],
        "gif of a giant": gif[:6] + struct.pack("<HH", 65_535, 65_535) + gif[10:],
        "jpeg of a giant": _jpeg_sized(jpeg, 65_500, 65_500),
        "jpeg of no size": _jpeg_sized(jpeg, 0, 0),
        "a hundred frames": _frames(100),
        "tiff that points at itself": b"II*\0\x08\0\0\0\x01\0\x00\x01\x04\0\x01\0\0\0\x08\0\0\0\x08\0\0\0",
        "broken exif": jpeg[:2] + b"\xff\xe1\x00\x10Exif\0\0II*\0\xff\xff\xff\xff" + jpeg[2:],
        "heif of nothing": b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + bytes(64),
        "avif of nothing": b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + b"\0\0\xff\xffmeta" + bytes(64),
    }
    for name, whole in {"jpeg": jpeg, "png": png, "webp": webp, "gif": gif}.items():
        found[f"half a {name}"] = whole[: len(whole) // 2]
        found[f"head of a {name}"] = whole[:40]
        found[f"scratched {name}"] = _scratched(whole)
    return found


def _with_chunk(png: bytes, kind: bytes, data: bytes) -> bytes:
    chunk = struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return png[:33] + chunk + png[33:]


def _jpeg_sized(jpeg: bytes, width: int, height: int) -> bytes:
    """The same data under another size."""
    frame = next(at for at in range(len(jpeg)) if jpeg[at] == 0xFF and jpeg[at + 1] in {0xC0, 0xC2})
    return jpeg[: frame + 5] + struct.pack(">HH", height, width) + jpeg[frame + 9 :]


def _frames(count: int) -> bytes:
    """A picture that moves."""
    frames = [Image.new("P", (300, 300), number % 256) for number in range(count)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    return buffer.getvalue()


def _scratched(data: bytes, every: int = 97) -> bytes:
    """Every so many bytes another one, the head left whole."""
    changed = bytearray(data)
    for at in range(64, len(changed), every):
        changed[at] ^= 0x5A
    return bytes(changed)

"""What goes beside a picture in print and in social media: QR codes and a line to paste. Never into the MLS."""

from __future__ import annotations

import io
from collections.abc import Iterator

import segno

from listings import rules
from listings.contents import Item

_MODULE = 12  # pixels of one module in the PNG: some 8 cm at 300 dpi


def of(items: list[Item]) -> Iterator[tuple[str, bytes]]:
    """Name in the ZIP and bytes of each: a QR code of every original's page, and FLYER.txt."""
    lines = []
    for item in items:
        for altered in item.altered:
            where = rules.address(altered.page)
            code = segno.make_qr(where, error="m")
            for ending, options in (("svg", {"scale": 4}), ("png", {"scale": _MODULE})):
                buffer = io.BytesIO()
                code.save(buffer, kind=ending, border=4, **options)
                yield f"print/{altered.page.code}.{ending}", buffer.getvalue()
            lines.append(
                f"This picture is digitally altered: {altered.page.said}. "
                f"See the original, unaltered photo at {where} (or scan the code {altered.page.code})."
            )
    if lines:
        yield "print/FLYER.txt", ("\n\n".join(lines) + "\n").encode()

"""The catalogue as one picture: every kind of piece in every style, by our own tracer, a row a kind.

Import only in a process in which a variant is active.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from staging.engine.errors import NothingUsable
from staging.engine.furniture.catalogue import KINDS, size_for
from staging.engine.furniture.styles import STYLES
from staging.engine.modes.samples.photograph import Progress
from staging.engine.scene.arrangement import Piece
from staging.engine.trace.showcase import row
from staging.engine.trace.variant import Variant

LARGEST: Final = 600_000  # bytes
COLUMNS: Final = 2  # of kinds
LABEL: Final = 112  # pixels beside a row
HEAD: Final = 20
_PAPER: Final = (247, 247, 246)
_INK: Final = (40, 40, 42)


def render(
    path: str,
    cell: int,
    samples: int,
    kinds: list[str] | None = None,
    *,
    variant: Variant,
    progress: Progress | None = None,
) -> str:
    """Write the sheet of all `kinds`, or of some, as a JPEG to `path`; each piece is `cell` pixels square.

    Answers a line about it.
    """
    kinds, styles = kinds or list(KINDS), list(STYLES)
    lines = -(-len(kinds) // COLUMNS)
    width = LABEL + cell * len(styles)
    sheet = Image.new("RGB", (COLUMNS * width, HEAD + lines * cell), _PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(11)
    for column in range(COLUMNS):
        for k, style in enumerate(styles):
            draw.text((column * width + LABEL + cell * (k + 0.5), 4), style, _INK, font, anchor="ma")
    for index, kind in enumerate(kinds):
        left, top = (index // lines) * width, HEAD + (index % lines) * cell
        pieces = [
            Piece(f"{kind}-{k}", kind, style, size_for(kind, style), 0.0, 0.0, seed=index * 8 + k)
            for k, style in enumerate(styles)
        ]
        sheet.paste(Image.fromarray(np.ascontiguousarray(row(pieces, cell, samples))), (left + LABEL, top))
        draw.text((left + LABEL - 6, top + cell // 2), KINDS[kind].title, _INK, font, anchor="rm")
        if progress is not None:
            progress((index + 1) / len(kinds), kind)
    data, quality = _jpeg(sheet)
    Path(path).write_bytes(data)
    count = f"{len(kinds)} kinds in {len(styles)} styles"
    return f"{path}: {count}, {sheet.width} x {sheet.height}, {len(data):,} bytes, quality {quality}, {variant.name}"


def _jpeg(sheet: Image.Image) -> tuple[bytes, int]:
    """The best quality that stays under the limit."""
    for quality in range(90, 40, -3):
        buffer = io.BytesIO()
        sheet.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
        if buffer.tell() < LARGEST:
            return buffer.getvalue(), quality
    raise NothingUsable("sheet_too_large", "The sheet does not fit its size limit at any quality; use smaller cells.")

"""`python -m tests.benches.emptying DIR --out DIR`: furnished rooms emptied by masks drawn by hand, to look at.

The first DIR holds the photos that `furniture.json` names; none of them is ours to ship, the outlines are. Each photo
is emptied of everything that was outlined, with `--pieces` of each piece by itself, with `--auto` of what the engine
finds; with `--corrected` in the room whose edges were drawn by hand, where any were: what fails then fails for how it
is filled, not for how it was read. What comes back is written beside the photo, what is refused is told with the gate
that did it. How many of the pictures could be published only a person can say.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from staging.decoding import decode
from staging.engine.errors import EngineError
from staging.engine.geometry import read_room
from staging.engine.modes.declutter import declutter
from tests.benches import drawn

OUTLINES = Path(__file__).with_name("furniture.json")  # {photo: {piece: [[x, y, x, y, ...], ...]}}
DRAWN_AT = 1000  # pixels of the long edge that the outlines were drawn at
LONGEST = 900  # pixels that the photos are shrunk to

Bytes = NDArray[np.uint8]


def masks(pieces: dict[str, list[list[int]]], photo: Bytes, *, apart: bool) -> Iterator[tuple[str, Bytes]]:
    """The masks (H, W), 0 or 255, of a photo: of all its pieces, or of each by its name."""
    scale = max(photo.shape[:2]) / DRAWN_AT
    groups = pieces if apart else {"all": [outline for piece in pieces.values() for outline in piece]}
    for name, outlines in groups.items():
        mask = np.zeros(photo.shape[:2], np.uint8)
        for outline in outlines:
            cv2.fillPoly(mask, [np.round(np.reshape(outline, (-1, 2)) * scale).astype(np.int32)], 255)
        yield name, np.asarray(mask)


def read(path: Path) -> Bytes:
    """The photo (H, W, 3), at most LONGEST pixels long."""
    photo = decode(path).image
    photo.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    return np.asarray(photo)


def corrected(photo: Bytes, mask: Bytes, edges: drawn.Edges) -> dict[str, Any]:
    """The room of a photo as read behind the mask and then corrected by hand, as JSON."""
    return drawn.corrected(read_room(photo, hidden=mask > 0), edges)


def emptied(photo: Bytes, mask: Bytes | None, target: Path, room: dict[str, Any] | None = None) -> str:
    """Empty a photo, write both side by side to `target`; what there is to say of it."""
    since = time.perf_counter()
    try:
        made = declutter(photo, mask=mask, room=room)
    except EngineError as error:
        return f"refused: {error.code}"
    if not made.emptied:
        return "nothing found"
    Image.fromarray(np.hstack([photo, made.picture])).save(target, quality=92)
    return f"returned, {(made.mask > 0).mean():.0%} of it drawn in {time.perf_counter() - since:.0f} s"


def main() -> None:
    """Every photo of the folder that has outlines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pieces", action="store_true", help="each piece by itself")
    parser.add_argument("--auto", action="store_true", help="what the engine finds")
    parser.add_argument("--corrected", action="store_true", help="in the room whose edges were drawn by hand")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    outlines: dict[str, Any] = json.loads(OUTLINES.read_text())
    edges: dict[str, drawn.Edges] = json.loads(drawn.EDGES.read_text())
    said = []
    for name, pieces in outlines.items():
        if not (asked.photos / name).exists() or (asked.corrected and name not in edges):
            continue
        photo, room = read(asked.photos / name), None
        if asked.corrected:
            ((_, everything),) = masks(pieces, photo, apart=False)
            room = corrected(photo, everything, edges[name])
        cases = [("found", None)] if asked.auto else masks(pieces, photo, apart=asked.pieces)
        for case, mask in cases:
            said.append(emptied(photo, mask, asked.out / f"{Path(name).stem}.{case}.jpg", room))
            print(f"{Path(name).stem}, {case}: {said[-1]}", flush=True)
    print(f"{sum(one.startswith('returned') for one in said)} of {len(said)} returned")


if __name__ == "__main__":
    main()

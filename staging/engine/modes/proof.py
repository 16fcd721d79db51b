"""What the engine understood of a photo, drawn over it: the room and the bounds of its furniture. For people."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from staging.engine.geometry import overlay, read_room
from staging.engine.modes.job import read_photo
from staging.engine.modes.stage import Progress
from staging.engine.scene.arrangement import Arrangement, Piece
from staging.engine.scene.room import Room
from staging.engine.trace.variant import Variant

MAIN: Final = (255, 235, 0)
COMPANION: Final = (255, 255, 255)
# The twelve edges of a box whose corners are numbered by their bits x, y, z.
EDGES: Final = tuple((a, a | bit) for a in range(8) for bit in (1, 2, 4) if not a & bit)


def draw(
    photo: str,
    target: str,
    *,
    variant: Variant,
    focal_35mm: float | None = None,
    room: dict[str, Any] | None = None,
    arrangement: dict[str, Any] | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Write the photo with its room over it to the PNG `target`, reading the room where none is given; answer it.

    Runs in the engine's child as a job (which hands in `variant` and `progress`; neither is needed).
    """
    pixels = read_photo(Path(photo))
    height, width = pixels.shape[:2]
    known = read_room(pixels, focal_35mm=focal_35mm) if room is None else Room.from_dict(room)
    here = known.resized(width, height)
    picture = overlay.draw(pixels, here)
    if arrangement is not None:
        for piece in Arrangement.from_dict(arrangement).pieces:
            _bounds(picture, here, piece)
    Image.fromarray(picture).save(target, compress_level=1)
    return here.to_dict()


def _bounds(picture: NDArray[np.uint8], room: Room, piece: Piece) -> None:
    """Draw the bounding box of a piece; edges that reach behind the camera are left out."""
    a = np.deg2rad(piece.turn)
    turn = np.array([[np.cos(a), np.sin(a), 0.0], [-np.sin(a), np.cos(a), 0.0], [0.0, 0.0, 1.0]])
    bits = np.array([[n & 1, n >> 1 & 1, n >> 2 & 1] for n in range(8)], np.float64)
    corners = ((bits - [0.5, 0.5, 0.0]) * piece.size) @ turn + [piece.x, piece.y, piece.z]
    pixels, depth = room.camera.project(corners)
    colour = MAIN if piece.role == "main" else COMPANION
    for p, q in EDGES:
        if min(depth[p], depth[q]) > 0.1:
            ends = [tuple(round(float(np.clip(v, -1e5, 1e5))) for v in pixels[i]) for i in (p, q)]
            cv2.line(picture, ends[0], ends[1], colour, 1, cv2.LINE_AA)

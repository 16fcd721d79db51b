"""The thresholds of doors in the picture: furniture that hides one seems to bar the door, however far off it stands.

A photo shows no depth between a door and what is drawn before its foot. Where the floor before the door is seen, one
sees that people can walk there.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from staging.engine.scene.arrangement import Piece
from staging.engine.scene.bulk import openness
from staging.engine.scene.frames import wall_frame
from staging.engine.scene.room import Opening, Room

WIDEST: Final = 1.8  # metres: one looks over a sofa's back into what is wider
BEFORE: Final = (0.05, 0.3, 0.6)  # metres before the door
ABOVE: Final = (0.15, 0.45)  # metres up the door, whose floor may lie below the picture's edge
FEWEST: Final = 6  # points in the picture from which on a threshold is judged


def points(room: Room, opening: Opening) -> NDArray[np.float64]:
    """The points (N, 3) of the floor before an opening, and of its foot, that the picture shows; none if too few."""
    if opening.u1 - opening.u0 > WIDEST:
        return np.zeros((0, 3))
    places = []
    for u in np.linspace(opening.u0, opening.u1, 7)[1:-1]:
        for out in BEFORE:
            frame = wall_frame(room.box, opening.wall, float(u), out)
            places.append((frame.x, frame.y, 0.0))
        foot = wall_frame(room.box, opening.wall, float(u), 0.02)
        places += [(foot.x, foot.y, z) for z in ABOVE]
    spots = np.array(places)
    camera = room.camera
    pixels, depth = camera.project(spots)
    seen = (depth > 0.2) & (pixels >= 0).all(-1) & (pixels <= [camera.width, camera.height_px]).all(-1)
    return spots[seen] if seen.sum() >= FEWEST else np.zeros((0, 3))


def hidden(room: Room, spots: NDArray[np.float64], pieces: list[Piece]) -> float:
    """The share of a threshold's `points` (0..1) that pieces hide; nothing of a threshold that is not seen."""
    if not len(spots) or not pieces:
        return 0.0
    return 1.0 - float(openness(room.camera.position, spots, pieces).mean())

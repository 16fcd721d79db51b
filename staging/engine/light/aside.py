"""Where the lights beside the camera stand: on the side walls, by the camera, where the picture does not show them."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np

from staging.engine.scene.room import Room

Side = Literal["left", "right"]
SIDES: Final[tuple[Side, ...]] = ("left", "right")

LOW: Final = 0.7  # metres above the floor
HIGH: Final = 2.1
_FROM_FRONT: Final = 0.1  # metres from the unseen wall
_LENGTHS: Final = (0.3, 1.5)  # metres
_CLEAR: Final = 0.05  # metres to what the picture shows: a pixel there is mixed, and denoised with its neighbours
_SHORTEST: Final = 0.15  # metres: less is no light worth its noise
_LOOKED_AT: Final = 400  # places along each edge of the picture


def stretch(room: Room, side: Side) -> tuple[float, float] | None:
    """From which y to which, metres, a light stands on this wall; None where the picture shows all of its place.

    A picture that shows the light keeps, where it stands, a rectangle as bright as the photo in the furniture's shade.
    """
    low = room.box.y0 + _FROM_FRONT
    high = min(low + float(np.clip(-room.box.y0, *_LENGTHS)), _first_seen(room, side) - _CLEAR)
    return (low, high) if high - low >= _SHORTEST else None


def _first_seen(room: Room, side: Side) -> float:
    """The least y, metres, at which the picture shows the wall between LOW and HIGH; infinity where it shows none.

    What a picture shows of a plane is convex, so that its ends lie on the picture's edges.
    """
    camera, wall = room.camera, room.box.x0 if side == "left" else room.box.x1
    along = np.linspace(0, 1, _LOOKED_AT)
    ends = np.zeros_like(along), np.ones_like(along)
    edges = [np.stack([end, along], -1) for end in ends] + [np.stack([along, end], -1) for end in ends]
    rays = camera.rays(np.concatenate(edges) * (camera.width, camera.height_px))
    rays = rays[rays[:, 0] * np.sign(wall) > 1e-6]
    met = camera.position + rays * (wall / rays[:, 0])[:, None]
    met = met[(met[:, 2] > LOW) & (met[:, 2] < HIGH)]
    return float(met[:, 1].min(initial=np.inf))

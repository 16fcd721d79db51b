"""The two sample rooms: box, openings, camera, and what they are finished with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from staging.engine.scene.room import Box, Camera, Opening, Room, Wall

WIDTH: Final = 1600
HEIGHT: Final = 1067


@dataclass(frozen=True)
class SampleRoom:
    """`room` is the truth that geometry should find; the rest is how it is finished, colours as sRGB hex.

    `sockets` are (wall, u) of wall sockets; `daylight` is the radiance of the view, `fill` that of the
    opening behind the photographer, both as multiples of the photo's white.
    """

    name: str
    room: Room
    floor: Literal["oak", "carpet"]
    wall: str
    daylight: float
    fill: float
    warmth: float
    sockets: tuple[tuple[Wall, float], ...] = ()


def looking(yaw: float, pitch: float) -> tuple[tuple[float, float, float], ...]:
    """Rotation of a camera turned `yaw` degrees to the right and `pitch` degrees down, without roll."""
    a, b = np.deg2rad(yaw), np.deg2rad(pitch)
    forward = np.array([np.sin(a) * np.cos(b), np.cos(a) * np.cos(b), -np.sin(b)])
    right = np.array([np.cos(a), -np.sin(a), 0.0])
    rows = (right, np.cross(forward, right), forward)
    return tuple((float(r[0]), float(r[1]), float(r[2])) for r in rows)


def _camera(yaw: float, focal_35mm: float, height: float) -> Camera:
    """A level camera, as photographers of interiors hold it, with the horizon shifted a little up."""
    f = focal_35mm / 43.27 * float(np.hypot(WIDTH, HEIGHT))
    return Camera(WIDTH, HEIGHT, f, WIDTH / 2, HEIGHT * 0.47, height, looking(yaw, 0.0), "given")


LIVING: Final = SampleRoom(
    name="empty-living-room",
    room=Room(
        camera=_camera(yaw=11.0, focal_35mm=20.0, height=1.36),
        box=Box(-1.9, 3.1, -1.6, 4.9, 2.62),
        openings=(
            Opening("window", "back", 0.35, 2.15, 0.82, 2.28),
            Opening("door", "right", 2.95, 3.83, 0.0, 2.05),
            Opening("window", "left", -0.9, 0.9, 0.82, 2.28),
        ),
        scale_source="given",
    ),
    floor="oak",
    wall="#ebe8e2",
    daylight=7.0,
    fill=1.3,
    warmth=1.0,
    sockets=(("left", 3.9), ("back", -0.6)),
)

BEDROOM: Final = SampleRoom(
    name="empty-bedroom",
    room=Room(
        camera=_camera(yaw=-12.0, focal_35mm=20.0, height=1.36),
        box=Box(-2.6, 1.65, -1.2, 4.1, 2.52),
        openings=(
            Opening("window", "left", 1.75, 3.25, 0.9, 2.2),
            Opening("door", "right", 2.75, 3.6, 0.0, 2.03),
        ),
        scale_source="given",
    ),
    floor="carpet",
    wall="#dfe0dc",
    daylight=9.0,
    fill=1.7,
    warmth=1.04,
    sockets=(("back", -1.9), ("back", 0.9)),
)

SAMPLES: Final = (LIVING, BEDROOM)

"""The photo at the size at which it is understood, with what each of its pixels sees."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import shrunk
from staging.engine.removal.sheets import Floats
from staging.engine.scene.faces import FaceMap, face_map
from staging.engine.scene.room import Camera, Room

Bytes = NDArray[np.uint8]

WORKING_EDGE: Final = 1000  # long edge in pixels at which planes are understood


@dataclass(frozen=True)
class Scene:
    """The photo at working size, with the face that each pixel sees."""

    photo: Floats
    room: Room
    faces: FaceMap

    @property
    def camera(self) -> Camera:
        """At working size."""
        return self.room.camera

    def with_room(self, room: Room) -> Scene:
        """The same photo with another reading of it; the room's camera is at working size."""
        return Scene(self.photo, room, face_map(room, room.camera.width, room.camera.height_px))

    @classmethod
    def of(cls, photo: Bytes, room: Room) -> Scene:
        """From a photo (H, W, 3) of any size."""
        k = min(1.0, WORKING_EDGE / max(photo.shape[:2]))
        width, height = max(1, round(photo.shape[1] * k)), max(1, round(photo.shape[0] * k))
        small = shrunk(photo, width, height) if k < 1 else photo.astype(np.float32)
        room = dataclasses.replace(room, camera=room.camera.resized(width, height))
        return cls((small / 255).astype(np.float32), room, face_map(room, width, height))

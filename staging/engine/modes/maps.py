"""What the room's geometry tells other renderers: where a picture may change, how deep it is, where its lines run.

A generative backend is given these with the photo, so that it furnishes, empties or restyles this room and no other.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.errors import UnusablePhoto
from staging.engine.geometry import read_room
from staging.engine.modes.asked import Asked
from staging.engine.modes.declutter import find
from staging.engine.modes.job import read_mask, read_photo, written
from staging.engine.modes.stage import Progress
from staging.engine.scene.faces import CEILING, FLOOR, NONE, FaceMap, face_map
from staging.engine.scene.room import Room
from staging.engine.trace.variant import Variant

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]

REACH: Final = 1.9  # metres above the floor up to which furniture, lamps and pictures may stand before a wall
EDGE: Final = 1024  # pixels of the long edge at which lines and depth are drawn; they are control pictures
_WHITE: Final = 255
# Steps of brightness that photo edges need to be drawn beside the room's own lines.
_CANNY: Final = (60, 160)


@dataclass(frozen=True)
class Maps:
    """`mask` (H, W) at the photo's size, white where a picture may change; `depth` and `lines` (h, w) smaller.

    `depth` is white near and black far, `lines` white on black: what ControlNets are trained on.
    """

    mask: Bytes
    depth: Bytes
    lines: Bytes
    room: Room
    seconds: float

    @property
    def pictures(self) -> dict[str, Bytes]:
        """The maps by their roles."""
        return {"mask": self.mask, "depth": self.depth, "lines": self.lines}

    def record(self) -> dict[str, Any]:
        """The room, in plain JSON types, and the share of the picture that may change."""
        return {
            "room": self.room.to_dict(),
            "mask_share": round(float((self.mask > 0).mean()), 4),
            "timings": {"total": self.seconds},
        }


def draw_maps(asked: Asked) -> Maps:
    """The maps of a photo for `brief["purpose"]`, one of vocabulary.MAP_PURPOSES.

    Raises UnusablePhoto where the room cannot be read well enough to say what may change in it.
    """
    began = time.monotonic()
    height, width = asked.photo.shape[:2]
    purpose = asked.brief["purpose"]
    if purpose == "declutter":
        certain = asked.brief.get("declutter") == "auto"
        mask, room = find(asked.photo, asked.mask, certain=certain, focal_35mm=asked.focal_35mm, room=asked.room)
    else:
        room = _read(asked).resized(width, height)
        faces = face_map(room, width, height)
        mask = furnishable(room, faces) if purpose == "staging" else ~panes(room, width, height)
    scale = min(1.0, EDGE / max(width, height))
    small = room.resized(max(1, round(width * scale)), max(1, round(height * scale)))
    return Maps(
        mask=np.where(mask, np.uint8(_WHITE), np.uint8(0)),
        depth=depth_of(small),
        lines=lines_of(asked.photo, small),
        room=room,
        seconds=round(time.monotonic() - began, 3),
    )


def furnishable(room: Room, faces: FaceMap) -> Mask:
    """Where furniture may be seen (H, W): the floor, and walls up to REACH; never panes, doors nor passages."""
    height, width = faces.labels.shape
    walls = (faces.labels != NONE) & (faces.labels != FLOOR) & (faces.labels != CEILING)
    low = walls & (faces.points[..., 2] <= REACH)
    kept = panes(room, width, height) | _inside(room, width, height, "door", "opening")
    return ((faces.labels == FLOOR) | low) & ~kept & ~_before(room, width, height)


def panes(room: Room, width: int, height: int) -> Mask:
    """Where the windows are (H, W): what is seen through them is the world, and stays as it is."""
    return _inside(room, width, height, "window")


def depth_of(room: Room) -> Bytes:
    """One over the distance from the camera (h, w), at the size of the room's camera: 255 nearest, 0 farthest."""
    width, height = room.camera.width, room.camera.height_px
    points = face_map(room, width, height).points
    far = np.linalg.norm(points - room.camera.position, axis=-1)
    near = np.where(far > 0, 1.0 / np.maximum(far, 0.1), 0.0)
    low, high = float(near.min()), float(near.max())
    return np.round(255 * (near - low) / max(high - low, 1e-9)).astype(np.uint8)


def lines_of(photo: Bytes, room: Room) -> Bytes:
    """White lines on black (h, w): where faces of the room meet, the frames of openings, the photo's strong edges."""
    width, height = room.camera.width, room.camera.height_px
    labels = face_map(room, width, height).labels.astype(np.uint8)
    joints = cv2.dilate(labels, np.ones((2, 2), np.uint8)) != cv2.erode(labels, np.ones((2, 2), np.uint8))
    grey = cv2.cvtColor(cv2.resize(photo, (width, height), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    drawn = np.where(joints, np.uint8(_WHITE), cv2.Canny(grey, *_CANNY)).astype(np.uint8)
    for opening in room.openings:
        pixels, depth = room.camera.project(opening.corners(room.box))
        if depth.min() > 0:
            cv2.polylines(drawn, [np.round(pixels).astype(np.int32)], True, _WHITE, 1)
    return drawn


def _read(asked: Asked) -> Room:
    """The room that was sent along, else as the photo shows it. Raises UnusablePhoto where that is a mere guess."""
    if asked.room is not None:
        try:
            return Room.from_dict(asked.room)
        except ValueError as error:
            text = f"The room that was sent with the photo cannot be used: {error}."
            raise UnusablePhoto("bad_room", text) from error
    room = read_room(asked.photo, focal_35mm=asked.focal_35mm)
    if room.status == "manual":
        raise UnusablePhoto("room_unreadable", "Where floor and walls meet cannot be told from this photo.")
    return room


def _inside(room: Room, width: int, height: int, *kinds: str) -> Mask:
    """The pixels (H, W) of the openings of these kinds that stand before the camera."""
    drawn = np.zeros((height, width), np.uint8)
    camera = room.camera.resized(width, height)
    for opening in room.openings:
        pixels, depth = camera.project(opening.corners(room.box))
        if opening.kind in kinds and depth.min() > 0:
            cv2.fillPoly(drawn, [np.round(pixels).astype(np.int32)], 1)
    return drawn.astype(bool)


def _before(room: Room, width: int, height: int) -> Mask:
    """The pixels (H, W) of parts of the building that stand before the room."""
    drawn = np.zeros((height, width), np.uint8)
    for occluder in room.resized(width, height).occluders:
        cv2.fillPoly(drawn, [np.round(np.array(occluder.polygon)).astype(np.int32)], 1)
    return drawn.astype(bool)


def make(
    photo: str,
    folder: str,
    brief: dict[str, Any],
    *,
    variant: Variant,
    focal_35mm: float | None = None,
    room: dict[str, Any] | None = None,
    mask: str | None = None,
    progress: Progress | None = None,
    **_others: Any,
) -> dict[str, Any]:
    """Draw the maps of the photo at the path `photo`, as ROLE.png in `folder`; what a child process runs.

    Answers like `modes.job.make`, and takes what it takes. Raises EngineError.
    """
    pixels = read_photo(Path(photo))
    wanted = None if mask is None else read_mask(Path(mask), pixels.shape[1], pixels.shape[0])
    made = draw_maps(Asked(pixels, brief, focal_35mm, room, None, wanted, progress))
    pictures = [written(Path(folder), role, picture) for role, picture in made.pictures.items()]
    return {"pictures": pictures, "record": {"engine": "openhouse", "brief": brief, **made.record()}}

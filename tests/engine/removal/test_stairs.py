"""Stairs that come down into a room: furniture is put neither on them nor before them."""

from __future__ import annotations

import cv2
import numpy as np

from staging.engine.removal.left_behind import Left
from staging.engine.scene.arranger import arrange
from staging.engine.scene.editing import completed
from staging.engine.scene.fittings import Fittings
from staging.engine.scene.room import Box
from tests.engine.geometry import synthetic

ROOM = completed(synthetic.room(yaw=-4.0, pitch=7.0, box=Box(-2.6, 2.4, -1.0, 5.4, 2.6)))
STEPS = 6
FOOT, DEEP, RISE, WIDE = 2.3, 0.28, 0.18, 1.0  # metres: the first riser, treads, risers, and how far they come in


def with_stairs() -> tuple[np.ndarray, np.ndarray]:
    """The photo of the room with stairs along its right wall, and their pixels."""
    picture, pixels_of = synthetic.photo(ROOM), np.zeros((ROOM.camera.height_px, ROOM.camera.width), np.uint8)
    inner, outer = ROOM.box.x1 - WIDE, ROOM.box.x1
    for step in reversed(range(STEPS)):
        y, low, high = FOOT + step * DEEP, step * RISE, (step + 1) * RISE
        for corners, colour in (
            (((inner, y, 0), (inner, y + DEEP, 0), (inner, y + DEEP, high), (inner, y, high)), (52, 34, 24)),
            (((inner, y, low), (outer, y, low), (outer, y, high), (inner, y, high)), (44, 30, 22)),
            (((inner, y, high), (outer, y, high), (outer, y + DEEP, high), (inner, y + DEEP, high)), (66, 44, 30)),
        ):
            seen = np.round(ROOM.camera.project(corners)[0]).astype(np.int32)
            cv2.fillPoly(picture, [seen], colour, cv2.LINE_AA)
            cv2.fillPoly(pixels_of, [seen], 1)
    return picture, pixels_of > 0


def test_furniture_is_drawn_over_no_stairs() -> None:
    picture, stairs = with_stairs()
    things = Left(picture, ROOM).things()
    small = cv2.resize(stairs.astype(np.uint8), things.shape[::-1], interpolation=cv2.INTER_AREA) > 0
    assert things[small].mean() > 0.8
    everywhere = np.ones(things.shape, np.bool_)
    fittings = Fittings(~everywhere, everywhere, walls_only=True, things=things)
    for seed in range(2):
        for piece in arrange(ROOM, "living", "modern", seed, fittings=fittings).pieces:
            assert not Fittings(~everywhere, everywhere, things=small).hides_things(ROOM.camera, piece), piece.kind

"""Things left in a room are found; a patch of sun on the floor and an empty floor are none."""

from __future__ import annotations

import cv2
import numpy as np

from staging.engine.removal import left_behind
from staging.engine.scene.editing import completed
from tests.engine.geometry import synthetic

ROOM = completed(synthetic.room(width=480, height=320, pitch=8.0))
EMPTY = synthetic.photo(ROOM)


def drawn(*corners: tuple[float, float, float]) -> np.ndarray:
    """Pixels of a polygon of the room."""
    pixels, _ = ROOM.camera.project(np.array(corners))
    mask = np.zeros(EMPTY.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.round(pixels).astype(np.int32), 1)
    return mask > 0


def test_a_box_on_the_floor_is_found_and_an_empty_floor_has_none() -> None:
    box = drawn((-0.5, 2.8, 0.0), (0.5, 2.8, 0.0), (0.5, 2.8, 0.7), (-0.5, 2.8, 0.7))
    photo = EMPTY.copy()
    photo[box] = (40, 70, 150)
    found = left_behind.find(photo, ROOM)
    assert found[box].mean() > 0.8
    assert found[~box].mean() < 0.02
    assert not left_behind.find(EMPTY, ROOM).any()


def test_sun_on_the_floor_is_no_thing() -> None:
    patch = drawn((-0.7, 2.2, 0.0), (0.6, 2.2, 0.0), (0.9, 3.4, 0.0), (-0.4, 3.4, 0.0))
    photo = EMPTY.astype(np.float32)
    photo[patch] = np.minimum(photo[patch] * 1.5, 255)
    assert not left_behind.find(photo.astype(np.uint8), ROOM).any()

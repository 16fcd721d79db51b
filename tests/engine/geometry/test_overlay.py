"""The overlay shows people what was read."""

from __future__ import annotations

import dataclasses

import numpy as np

from staging.engine.geometry import overlay
from staging.engine.scene.room import Opening
from tests.engine.geometry import synthetic


def test_lines_openings_and_lamps_are_drawn_on_a_copy() -> None:
    openings = tuple(Opening(k, "back", u, u + 0.8, z, 2.0) for k, u, z in (("door", -1.9, 0), ("window", 0.2, 0.9)))
    room = dataclasses.replace(synthetic.room(openings=openings), lamps=((0.0, 2.5, 2.5),), confidence={"total": 0.9})
    photo = np.full((480, 720, 3), 128, np.uint8)
    drawn = overlay.draw(photo, room)
    assert (photo == 128).all()
    assert drawn.shape == photo.shape
    for colour in (overlay.FLOOR, overlay.CEILING, overlay.CORNER, overlay.OPENING["door"], overlay.OPENING["window"]):
        assert (np.abs(drawn.astype(int) - colour).max(-1) < 40).sum() > 50


def test_a_camera_that_sees_the_walls_beside_itself_can_be_drawn() -> None:
    room = synthetic.room(yaw=44.0, focal=0.3)
    assert overlay.draw(np.zeros((480, 720, 3), np.uint8), room).any()

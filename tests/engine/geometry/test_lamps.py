"""Ceiling lamps are found on the ceiling, and windows are not taken for lamps."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from staging.engine.geometry import lamps
from staging.engine.scene.room import Opening
from tests.engine.geometry import synthetic

WINDOW = Opening("window", "back", -1.2, 0.3, 0.9, 2.1)


def lit(at: tuple[float, float, float], radius: int) -> tuple[np.ndarray, object]:
    room = synthetic.room(openings=(WINDOW,))
    picture = (synthetic.photo(room) * 0.8).astype(np.uint8)
    uv, _ = room.camera.project(at)
    cv2.circle(picture, (round(float(uv[0])), round(float(uv[1]))), radius, (255, 255, 250), -1)
    return picture, room


def test_a_bright_spot_on_the_ceiling_is_a_lamp() -> None:
    picture, room = lit((0.3, 3.0, 2.55), 12)
    (lamp,) = lamps.find(picture, room)
    assert lamp == pytest.approx((0.3, 3.0, 2.5), abs=0.3)


def test_a_bright_spot_in_a_window_or_low_on_a_wall_is_none() -> None:
    for at in ((-0.8, 4.4, 1.7), (1.0, 4.4, 1.0)):
        picture, room = lit(at, 10)
        assert lamps.find(picture, room) == ()

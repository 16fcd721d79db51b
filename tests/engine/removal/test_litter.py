"""Tools and cloths on a floor are found and counted; a vent, sun and an empty floor do not make a room untidy."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from staging.engine.removal import litter
from tests.engine.removal.test_left_behind import EMPTY, ROOM, drawn


def block(x: float, y: float, half: float) -> np.ndarray:
    """Pixels of a square on the floor, `half` metres to each side."""
    return drawn(
        (x - half, y - half, 0.0), (x + half, y - half, 0.0), (x + half, y + half, 0.0), (x - half, y + half, 0.0)
    )


def with_things(*things: tuple[float, float, tuple[int, int, int]], half: float = 0.16) -> np.ndarray:
    photo = EMPTY.copy()
    for x, y, colour in things:
        photo[block(x, y, half)] = colour
    return photo


def test_tools_that_lie_about_make_a_room_untidy() -> None:
    found = litter.find(
        with_things((-0.5, 2.4, (30, 28, 26)), (0.4, 2.9, (170, 40, 30)), (0.2, 2.0, (25, 40, 90))), ROOM
    )
    assert found.untidy
    assert found.things == 3
    assert found.mask[cv2.resize(block(0.4, 2.9, 0.14).astype(np.uint8), found.mask.shape[::-1]) > 0].mean() > 0.8


@pytest.mark.parametrize("x", [-0.3, 0.3])
def test_one_thing_may_be_a_vent(x: float) -> None:
    photo = with_things((x, 2.6, (35, 34, 33)))
    found = litter.find(photo, ROOM)
    assert (found.things, found.untidy) == (1, False)


def test_pale_things_beside_a_dark_one_count_and_sun_does_not() -> None:
    dark = np.clip(EMPTY.astype(np.float32) * 0.45, 0, 255)
    floor = dark.astype(np.uint8)
    floor[block(-0.6, 2.2, 0.14)] = (200, 60, 20)
    sunny, one, two = floor.copy(), floor.copy(), floor.copy()
    for x in (0.5, -0.1):
        cloth = block(x, 2.9, 0.24)
        sunny[cloth] = np.clip(dark[cloth] * 2.2, 0, 255).astype(np.uint8)
        two[cloth] = (205, 206, 208)
        if x > 0:
            one[cloth] = (205, 206, 208)
    assert not litter.find(sunny, ROOM).untidy
    assert not litter.find(one, ROOM).untidy  # it may be a column
    assert litter.find(two, ROOM).untidy


def test_an_empty_floor_has_none() -> None:
    assert not litter.find(EMPTY, ROOM).mask.any()

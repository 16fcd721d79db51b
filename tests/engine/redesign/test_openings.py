"""Which windows and doors of a room's reading the photo shows: drawn into the bare, mottled walls of a room."""

import dataclasses

import cv2
import numpy as np
import pytest

from staging.engine.modes.samples.rooms import LIVING
from staging.engine.redesign import ruled
from staging.engine.redesign.regions import Regions
from tests.engine.redesign.test_rooms import SIZE

ROOM = LIVING.room.resized(*SIZE)
WINDOW = dataclasses.replace(LIVING.room.openings[0], kind="window", wall="back", u0=-1.2, u1=0.2, z0=0.9, z1=2.0)
DOOR = dataclasses.replace(WINDOW, kind="door", z0=0.0)


@pytest.fixture
def told():
    def told(opening, sides):
        """Whether the `opening` is believed of whose four sides (foot, right, head, left) only some are drawn."""
        mottled = np.random.default_rng(0).normal(0, 1, SIZE[::-1]).astype(np.float32)
        mottled = cv2.GaussianBlur(mottled, (0, 0), 3.0) * 40
        corners = np.round(ROOM.camera.project(opening.corners(ROOM.box))[0]).astype(np.int32)
        lines = np.zeros(SIZE[::-1], np.uint8)
        for side in sides:
            cv2.line(lines, *(tuple(int(v) for v in corners[k % 4]) for k in (side, side + 1)), 255, 4, cv2.LINE_AA)
        grey = np.clip(190 + mottled - lines * (40 / 255), 0, 255).astype(np.uint8)
        return ruled.bounded(Regions.of(np.repeat(grey[..., None], 3, -1), ROOM), opening)

    return told


def test_a_window_is_believed_when_all_its_sides_are_seen(told):
    assert told(WINDOW, range(4))
    assert not told(WINDOW, [])
    assert not told(WINDOW, [1, 2])


def test_a_door_may_hide_one_side_beside_its_foot(told):
    assert told(DOOR, [1, 2, 3])
    assert told(DOOR, [1, 3])
    assert not told(DOOR, [1])

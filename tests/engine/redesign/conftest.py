"""The room that these tests redesign, and what one run makes of it for several of them."""

import dataclasses

import cv2
import pytest

from staging.engine.modes.samples.rooms import LIVING
from staging.engine.redesign.interior import redecorate
from staging.engine.scene.faces import face_map
from tests.engine.redesign.test_rooms import OUTLETS, SIZE, THING, photo, tiled


@pytest.fixture(scope="session")
def living():
    """Our own living room as a photo (H, W, 3)."""
    return photo(LIVING)


@pytest.fixture(scope="session")
def faces():
    """What each pixel of it sees."""
    return face_map(LIVING.room, *SIZE)


@pytest.fixture(scope="session")
def painted(living):
    """The room as it is, redecorated."""
    return redecorate(living, LIVING.room, "midcentury", 0)


@pytest.fixture(scope="session")
def false_window():
    """A window read into the bare back wall."""
    return dataclasses.replace(LIVING.room.openings[0], u0=-1.6, u1=-0.6, z0=0.9, z1=1.9)


@pytest.fixture(scope="session")
def fitted_out(living, false_window):
    """The room with outlets on its wall, tiles and a thing on its floor, and a window read where none is; in another
    style.
    """
    changed = tiled(living)
    for left, top, right, bottom in OUTLETS:
        changed[top:bottom, left:right] = (changed[top:bottom, left:right] * 1.09).clip(0, 255)
    cv2.rectangle(changed, THING[:2], THING[2:], (28, 60, 44), -1)
    room = dataclasses.replace(LIVING.room, openings=(*LIVING.room.openings, false_window))
    return redecorate(changed, room, "coastal", 0)

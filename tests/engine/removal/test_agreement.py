"""What is seen round a hole must be floor and walls of the room as it was read; other furniture says nothing."""

import dataclasses

import cv2
import numpy as np
import pytest

from staging.engine.removal import gates
from staging.engine.removal.agreement import agreement, floor_taken
from staging.engine.removal.gates import LEAST_AGREED
from staging.engine.removal.scene import Scene
from staging.engine.scene.faces import FLOOR, LEFT
from tests.engine.removal import furnished


@pytest.fixture(scope="module")
def drawn():
    return furnished.furnished()


def beside(mask, photo, colour):
    """The photo with something of one `colour` before the wall all round the thing of a `mask` (H, W)."""
    round_it = cv2.dilate(mask, np.ones((41, 41), np.uint8)) > 0
    wall = Scene.of(photo, furnished.ROOM).faces.labels >= LEFT
    return np.where((round_it & wall & (mask == 0))[..., None], np.uint8(colour), photo)


@pytest.mark.parametrize("colour", [(190, 150, 120), (140, 110, 60), (180, 120, 90)])
def test_other_things_beside_what_is_removed_do_not_speak_against_the_reading(drawn, colour):
    photo, mask = drawn
    scene = Scene.of(beside(mask, photo, colour), furnished.ROOM)
    assert agreement(scene, mask > 0) > 0.9


def test_a_wall_read_on_open_floor_does(drawn):
    photo, mask = drawn
    box = dataclasses.replace(furnished.ROOM.box, y1=0.66 * furnished.ROOM.box.y1)
    scene = Scene.of(photo, dataclasses.replace(furnished.ROOM, box=box))
    assert agreement(scene, mask > 0) < LEAST_AGREED


def test_floor_that_was_taken_for_furniture_speaks_against_the_reading(drawn):
    photo, mask = drawn
    box = dataclasses.replace(furnished.ROOM.box, y1=0.4 * furnished.ROOM.box.y1)
    misread = Scene.of(photo, dataclasses.replace(furnished.ROOM, box=box))
    truth = Scene.of(photo, furnished.ROOM)
    found = (mask > 0) | ((truth.faces.labels == FLOOR) & (misread.faces.labels >= LEFT))
    figures = {"outline": 1.0, "clear_outline": 1.0, "agreement": 1.0}

    def refused(scene, hole, told=False):
        given = {**figures, "floor_taken": floor_taken(scene, hole)}
        return [gate.name for gate in gates.reading(given, asked=False, told=told) if not gate.passed]

    assert refused(misread, found) == ["floor_taken"]
    assert refused(misread, found, told=True) == []
    assert refused(truth, mask > 0) == []

"""Walls and floors that stay as they are, and what the record says of why: our own traced living room, changed."""

import dataclasses

import cv2
import numpy as np
import pytest

from staging.engine.modes.samples.rooms import LIVING
from staging.engine.redesign import interior
from staging.engine.redesign.interior import redecorate
from staging.engine.scene.faces import BACK, CEILING, FLOOR, LEFT, RIGHT
from tests.engine.redesign.test_rooms import SIZE


def why(photo, room=LIVING.room):
    return redecorate(photo, room, "midcentury", 0).done["why"]


@pytest.fixture(scope="module")
def littered(living, faces):
    """The room with panelling on two walls and its floor full of things."""
    littered = living.copy()
    littered[np.isin(faces.labels, (LEFT, RIGHT)) & (faces.points[..., 2] < 1.6)] = (84, 62, 46)
    rng = np.random.default_rng(0)
    for x, y in zip(rng.integers(150, 650, 40), rng.integers(400, 500, 40), strict=True):
        cv2.rectangle(littered, (int(x), int(y)), (int(x) + 40, int(y) + 20), (28, 60, 44), -1)
    return redecorate(littered, LIVING.room, "midcentury", 0)


def test_a_floor_full_of_things_stays_because_of_them(littered, painted):
    assert littered.done["why"]["floor"] == "things"
    assert "floor" not in painted.done["why"]


def test_a_wall_between_panelled_ones_is_painted_to_its_corners_and_they_stay(littered, faces):
    assert littered.done["walls"] == ["back"]
    sides = np.isin(faces.labels, (LEFT, RIGHT))
    back, beside = (cv2.erode(face.astype(np.uint8), np.ones((9, 9))) > 0 for face in (faces.labels == BACK, sides))
    bare = back & (faces.points[..., 2] > 0.2) & (faces.points[..., 0] < -0.5)
    assert (littered.mask[bare] > 0).mean() > 0.97
    assert not littered.mask[beside].any()


def test_an_unsure_room_keeps_its_floor(painted):
    unsure = dataclasses.replace(LIVING.room, confidence={"total": 0.45})
    regions = dataclasses.replace(painted.regions, room=unsure)
    walls, floor, why = interior._sure(regions, painted.walls, painted.floor, None)
    assert why == "unsure"
    assert not floor.any()
    assert walls.painted == painted.walls.painted


def test_walls_whose_end_nobody_can_see_stay_and_with_them_a_third_one_of_their_paint(living, faces):
    """Left and right wall lose themselves in the ceiling: the back wall alone, in the same paint, is half a room."""
    misty = living.astype(np.float32)
    sides = np.isin(faces.labels, (LEFT, RIGHT)) | (faces.labels == CEILING)
    level = np.median(misty[faces.labels == LEFT + 2], 0)
    misty[sides & (faces.points[..., 2] > 0.3) & (faces.labels != FLOOR)] = level
    grain = np.random.default_rng(0).normal(0, 1.0, SIZE[::-1])[..., None]
    misty = np.clip(cv2.GaussianBlur(misty, (0, 0), 0.8) + grain, 0, 255).astype(np.uint8)
    made = redecorate(misty, dataclasses.replace(LIVING.room, confidence={"total": 0.8}), "midcentury", 0)
    assert made.done["walls"] == []
    assert made.done["why"] == {"left": "no_end", "right": "no_end", "back": "half_a_room"}


def test_a_surface_of_another_colour_that_is_seen_no_higher_than_a_door_stays(living, faces):
    """The photo ends at the height of doors there, so that nobody can tell."""
    cut = 140
    coloured = living.copy()
    coloured[faces.labels == LEFT] = np.clip(coloured[faces.labels == LEFT] * np.array([0.9, 0.7, 0.95]), 0, 255)
    camera = LIVING.room.resized(*SIZE).camera
    camera = dataclasses.replace(camera, height_px=camera.height_px - cut, cy=camera.cy - cut)
    assert np.percentile(faces.points[cut:, :, 2][faces.labels[cut:] == LEFT], 95) < 2.25
    assert why(coloured[cut:], dataclasses.replace(LIVING.room, camera=camera))["left"] == "door"

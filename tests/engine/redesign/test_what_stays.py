"""Walls and floors that stay as they are, and what the record says of why: our own traced living room, changed."""

import dataclasses

import cv2
import numpy as np

from staging.engine.modes.samples.rooms import LIVING
from staging.engine.redesign import interior
from staging.engine.redesign.interior import redecorate
from staging.engine.scene.faces import CEILING, FLOOR, LEFT, RIGHT
from tests.engine.redesign.test_rooms import SIZE


def why(photo, room=LIVING.room):
    return redecorate(photo, room, "midcentury", 0).done["why"]


def test_a_wall_whose_end_nobody_can_see_stays(living, faces):
    """The left wall goes over into the ceiling without an edge, in one light."""
    misty = living.astype(np.float32)
    near = (faces.labels == LEFT) | ((faces.labels == CEILING) & (np.arange(SIZE[0]) < 260)[None])
    grain = np.random.default_rng(0).normal(0, 1.0, SIZE[::-1])[..., None]
    misty[near & (faces.points[..., 2] > 0.3)] = 205
    misty = np.clip(cv2.GaussianBlur(misty, (0, 0), 1.0) + grain, 0, 255).astype(np.uint8)
    bare = dataclasses.replace(LIVING.room, openings=tuple(o for o in LIVING.room.openings if o.wall != "left"))
    found = why(misty, bare)
    assert found.get("left") in ("no_end", "half_a_room")


def test_a_floor_full_of_things_stays_because_of_them(living, painted):
    littered = living.copy()
    rng = np.random.default_rng(0)
    for x, y in zip(rng.integers(150, 650, 40), rng.integers(400, 500, 40), strict=True):
        cv2.rectangle(littered, (int(x), int(y)), (int(x) + 40, int(y) + 20), (28, 60, 44), -1)
    assert why(littered)["floor"] == "things"
    assert "floor" not in painted.done["why"]


def test_an_unsure_room_keeps_its_floor(painted):
    unsure = dataclasses.replace(LIVING.room, confidence={"total": 0.45})
    regions = dataclasses.replace(painted.regions, room=unsure)
    walls, floor, why = interior._sure(regions, painted.walls, painted.floor, None)
    assert why == "unsure"
    assert not floor.any()
    assert walls.painted == painted.walls.painted


def test_where_only_one_of_three_walls_of_one_paint_could_be_done_none_is(living, faces):
    """Left and right wall lose themselves in the ceiling: the back wall alone, in the same paint, is half a room."""
    misty = living.astype(np.float32)
    sides = np.isin(faces.labels, (LEFT, RIGHT)) | (faces.labels == CEILING)
    level = np.median(misty[faces.labels == LEFT + 2], 0)
    misty[sides & (faces.points[..., 2] > 0.3) & (faces.labels != FLOOR)] = level
    grain = np.random.default_rng(0).normal(0, 1.0, SIZE[::-1])[..., None]
    misty = np.clip(cv2.GaussianBlur(misty, (0, 0), 0.8) + grain, 0, 255).astype(np.uint8)
    made = redecorate(misty, dataclasses.replace(LIVING.room, confidence={"total": 0.8}), "midcentury", 0)
    assert made.done["walls"] == []
    assert "no_end" in made.done["why"].values() or "half_a_room" in made.done["why"].values()


def test_a_surface_of_another_colour_that_is_seen_no_higher_than_a_door_stays(living, faces):
    """The photo ends at the height of doors there, so that nobody can tell."""
    cut = 140
    coloured = living.copy()
    coloured[faces.labels == LEFT] = np.clip(coloured[faces.labels == LEFT] * np.array([0.9, 0.7, 0.95]), 0, 255)
    camera = LIVING.room.resized(*SIZE).camera
    camera = dataclasses.replace(camera, height_px=camera.height_px - cut, cy=camera.cy - cut)
    assert np.percentile(faces.points[cut:, :, 2][faces.labels[cut:] == LEFT], 95) < 2.25
    assert why(coloured[cut:], dataclasses.replace(LIVING.room, camera=camera))["left"] == "door"

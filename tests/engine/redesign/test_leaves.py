"""What was read as a narrow wall and shows no skirting, where all others do, is an open door's leaf."""

import dataclasses

import numpy as np
import pytest

from staging.engine.modes.samples.rooms import LIVING
from staging.engine.redesign.interior import redecorate
from staging.engine.redesign.regions import WALL_LABELS, Regions
from staging.engine.redesign.trim import Trim
from staging.engine.scene.faces import CEILING, FLOOR, LEFT, face_map
from tests.engine.redesign.test_rooms import SIZE

NARROW, BROAD = -2.5, -1.5  # metres from the camera to the left wall: at the picture's edge, or seen far along


def room(left, skirted):
    """A drawn room with its left wall so far off, and skirtings on the walls `skirted`: its picture and reading."""
    box = dataclasses.replace(LIVING.room.box, x0=left)
    read = dataclasses.replace(LIVING.room, box=box, openings=())
    faces = face_map(read, *SIZE)
    picture = np.full((SIZE[1], SIZE[0], 3), 150.0)
    picture[faces.labels == FLOOR], picture[faces.labels == CEILING] = (120, 84, 56), 235
    for name, label in WALL_LABELS.items():
        wall = faces.labels == label
        picture[wall] = (170, 160, 146) if name != "back" else (160, 150, 136)
        if name in skirted:
            picture[wall & (faces.points[..., 2] < 0.12)] = 240
    noise = np.random.default_rng(1).normal(0, 1.0, (SIZE[1], SIZE[0], 1))
    return np.clip(picture + noise, 0, 255).astype(np.uint8), read, faces


@pytest.mark.parametrize(
    ("left", "skirted", "leaves"),
    [
        (NARROW, ("back", "right"), {"left"}),
        (NARROW, ("back", "right", "left"), set()),
        (NARROW, ("right",), set()),
        (BROAD, ("back", "right"), set()),
    ],
)
def test_only_a_narrow_wall_that_alone_shows_no_skirting_is_a_leaf(left, skirted, leaves):
    picture, read, _ = room(left, skirted)
    assert Trim.of(Regions.of(picture, read)).without_skirting == leaves


def test_a_leaf_keeps_its_paint():
    picture, read, seen = room(NARROW, ("back", "right"))
    made = redecorate(picture, read, "coastal", 0)
    assert made.done["why"]["left"] == "door"
    assert not made.mask[(seen.labels == LEFT) & (seen.points[..., 2] > 0.3) & (seen.points[..., 1] < 4.6)].any()

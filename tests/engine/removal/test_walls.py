"""Walls of a furnished room are believed where the photo shows them, not where they were guessed."""

import dataclasses

import numpy as np

from staging.engine.removal import feet, plain
from staging.engine.removal.scene import Scene
from staging.engine.scene.faces import LEFT
from tests.engine.removal import furnished


def moved(confidence, **factors):
    """The room with its walls read elsewhere, and how sure that reading is."""
    room = furnished.ROOM
    box = dataclasses.replace(room.box, **{name: getattr(room.box, name) * k for name, k in factors.items()})
    return dataclasses.replace(room, box=box, confidence={"total": confidence})


def test_a_corner_where_none_is_does_not_part_a_wall():
    photo = furnished.empty()
    right = Scene.of(photo, furnished.ROOM)
    assert plain.corner_shown(right, np.zeros(right.faces.labels.shape, bool), LEFT)
    wrong = Scene.of(photo, moved(0.9, x0=0.7))
    assert not plain.corner_shown(wrong, np.zeros(wrong.faces.labels.shape, bool), LEFT)


def test_walls_of_a_reading_that_is_hardly_believed_come_from_far_to_their_feet():
    photo, mask = furnished.furnished()
    truth = furnished.ROOM.box.y1
    unsure, sure = (Scene.of(photo, moved(confidence, y1=1.75)) for confidence in (0.03, 1.0))
    hole = np.asarray(mask > 0)
    assert hole.shape == unsure.faces.labels.shape
    assert abs(feet.refitted(unsure, hole).room.box.y1 / truth - 1) < 0.1
    assert abs(feet.refitted(sure, hole).room.box.y1 / truth - 1) > 0.1


def test_it_is_noticed_that_floor_stands_where_a_wall_was_read():
    photo, mask = furnished.furnished()
    hole = np.asarray(mask > 0)
    right, wrong = (Scene.of(photo, moved(0.9, y1=factor)) for factor in (1.0, 0.5))
    assert feet.agreement(right, hole) > 0.95
    assert feet.agreement(wrong, hole) < 0.7

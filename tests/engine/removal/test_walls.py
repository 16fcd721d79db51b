"""Walls of a furnished room are believed where the photo shows them, not where they were guessed."""

import dataclasses

import cv2
import numpy as np

from staging.engine.modes.declutter import declutter
from staging.engine.removal import feet, plain
from staging.engine.removal.scene import Scene
from staging.engine.scene.faces import BACK, FLOOR, LEFT
from tests.engine.removal import furnished


def moved(confidence, **factors):
    """The room with its walls read elsewhere, and how sure that reading is."""
    room = furnished.ROOM
    box = dataclasses.replace(room.box, **{name: getattr(room.box, name) * k for name, k in factors.items()})
    return dataclasses.replace(room, box=box, confidence={"layout": confidence, "total": 0.02})


def test_a_corner_where_none_is_does_not_part_a_wall():
    photo = furnished.empty()
    right = Scene.of(photo, furnished.ROOM)
    assert plain.edge_shown(right, np.zeros(right.faces.labels.shape, bool), LEFT, BACK)
    wrong = Scene.of(photo, moved(0.9, x0=0.7))
    assert not plain.edge_shown(wrong, np.zeros(wrong.faces.labels.shape, bool), LEFT, BACK)


def test_a_ceiling_that_was_read_too_low_leaves_no_step_on_a_wall():
    photo = furnished.empty()
    height, width = photo.shape[:2]
    camera, box = furnished.ROOM.camera, furnished.ROOM.box
    mask, picture = np.zeros((height, width), np.uint8), photo.copy()
    corners = [(x, box.y1, z) for x, z in ((-0.6, 1.6), (0.6, 1.6), (0.6, 2.3), (-0.6, 2.3))]
    outline = np.round(camera.project(corners)[0]).astype(np.int32)
    cv2.fillConvexPoly(mask, outline, 255)
    cv2.fillConvexPoly(picture, outline, (20, 40, 90))
    low = dataclasses.replace(furnished.ROOM, box=dataclasses.replace(box, height=0.8 * box.height))
    made = declutter(picture, mask=mask, room=low.to_dict()).picture
    apart = cv2.blur(made.astype(np.float32), (5, 5)) - cv2.blur(photo.astype(np.float32), (5, 5))
    down = apart.mean(-1)[85:130, 140:230].mean(1)
    assert mask[85:130, 140:230].all()
    assert np.abs(down[4:] - down[:-4]).max() < 2


def test_walls_of_a_reading_that_is_hardly_believed_come_from_far_to_their_feet():
    photo, mask = furnished.furnished()
    truth = furnished.ROOM.box.y1
    unsure, sure = (Scene.of(photo, moved(confidence, y1=1.75)) for confidence in (0.03, 1.0))
    hole = np.asarray(mask > 0)
    assert hole.shape == unsure.faces.labels.shape
    assert abs(feet.refitted(unsure, hole).room.box.y1 / truth - 1) < 0.1
    assert abs(feet.refitted(sure, hole).room.box.y1 / truth - 1) > 0.1


def test_a_layout_that_is_believed_keeps_its_corners_where_the_floor_is_hidden():
    photo, mask = furnished.furnished()
    hole = np.asarray(mask > 0)
    hole[150:, :230] = True  # all of the left wall's foot
    found = feet.refitted(Scene.of(photo, moved(0.9)), hole).room.box
    truth = furnished.ROOM.box
    assert abs(found.x0 / found.y1 / (truth.x0 / truth.y1) - 1) < 0.02


def test_curtains_as_dark_as_the_floor_do_not_pull_the_foot_of_their_wall_up():
    photo, mask = furnished.furnished()
    labels = Scene.of(photo, furnished.ROOM).faces.labels
    floor = np.median(photo[labels == FLOOR], 0)
    for column in (*range(420, 460), *range(480, 520)):
        down = np.flatnonzero(labels[:, column] >= LEFT)
        photo[down[len(down) // 6] : down[-1] - 8, column] = floor
    hole = np.asarray(mask > 0)
    hole[150:, :400] = True
    found = feet.refitted(Scene.of(photo, moved(0.3)), hole).room.box
    truth = furnished.ROOM.box
    assert abs(found.y1 / truth.y1 - 1) < 0.1
    assert abs(found.x1 / truth.x1 - 1) < 0.1


def test_it_is_noticed_that_floor_stands_where_a_wall_was_read():
    photo, mask = furnished.furnished()
    hole = np.asarray(mask > 0)
    right, wrong = (Scene.of(photo, moved(0.9, y1=factor)) for factor in (1.0, 0.5))
    assert feet.agreement(right, hole) > 0.95
    assert feet.agreement(wrong, hole) < 0.7

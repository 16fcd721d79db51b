"""Walls of a furnished room are believed where the photo shows them, not where they were guessed."""

import dataclasses

import cv2
import numpy as np

from staging.engine.modes.declutter import declutter
from staging.engine.removal import plain
from staging.engine.removal.scene import Scene
from staging.engine.scene.faces import BACK, LEFT
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

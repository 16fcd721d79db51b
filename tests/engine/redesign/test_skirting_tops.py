"""Skirtings of a drawn room: one goes round it where so much as a faint edge is as high, and no wall's foot is one."""

import dataclasses

import cv2
import numpy as np
import pytest

from staging.engine.modes.samples.rooms import LIVING
from staging.engine.redesign.regions import Regions
from staging.engine.redesign.trim import Trim
from staging.engine.scene.faces import BACK, FLOOR, LEFT, face_map
from tests.engine.redesign.test_rooms import SIZE

HIGH = 0.1  # metres of the skirting
SEEN = 0.125  # metres at which its top is read: evidence of edges is some rows broad

NEAR = 2.05  # metres to a back wall


def drawn(faces, step):
    """A room with a white skirting on its back wall and one that is `step` lighter than the paint on the left one."""
    room = LIVING.room
    up, label = faces.points[..., 2], faces.labels
    picture = np.full((SIZE[1], SIZE[0], 3), 196.0)
    picture[label == FLOOR] = (120, 92, 70)
    picture[(label == BACK) & (up < HIGH)] = 240
    picture[(label == LEFT) & (up < SEEN)] += step
    picture += np.random.default_rng(0).normal(0, 1.0, picture.shape)
    picture = cv2.GaussianBlur(picture, (0, 0), 0.8).clip(0, 255).astype(np.uint8)
    return Regions.of(picture, room)


@pytest.mark.parametrize(("step", "seen"), [(7.0, True), (0.0, False)])
def test_a_faint_skirting_is_found_by_its_height_on_another_wall(faces, step, seen):
    regions = drawn(faces, step)
    mouldings = Trim.of(regions).mouldings
    up, label = regions.faces.points[..., 2], regions.faces.labels
    assert mouldings[(label == BACK) & (up < 0.8 * HIGH)].mean() > 0.5
    assert (mouldings[(label == LEFT) & (up > 0.08) & (up < SEEN)].mean() > 0.5) == seen


def test_the_shade_at_the_foot_of_a_wall_is_no_low_skirting():
    """A wall so near that its coarser picture makes an edge of what falls off evenly."""
    room = dataclasses.replace(LIVING.room, box=dataclasses.replace(LIVING.room.box, y1=NEAR), openings=())
    faces = face_map(room, *SIZE)
    up, back = faces.points[..., 2], faces.labels == BACK
    picture = np.full((SIZE[1], SIZE[0], 3), 190.0)
    picture[faces.labels == FLOOR] = (70, 48, 32)
    picture -= 30 * (back * np.clip(1 - up / 0.095, 0, 1))[..., None]
    picture += np.random.default_rng(0).normal(0, 1.0, picture.shape)
    regions = Regions.of(cv2.GaussianBlur(picture, (0, 0), 0.8).clip(0, 255).astype(np.uint8), room)
    found = Trim.of(regions).mouldings
    assert not found[(regions.faces.labels == BACK) & (regions.faces.points[..., 2] < 0.5)].any()

"""Floors that a flood carried up a skirting end at its foot again."""

import numpy as np
import pytest

from staging.engine.modes.samples.rooms import LIVING
from staging.engine.redesign import feet
from staging.engine.redesign.regions import Regions
from staging.engine.scene.faces import BACK, FLOOR
from tests.engine.redesign.test_rooms import SIZE

HIGH = 0.12  # metres of the skirting


def room(faces, skirting, board=(150, 146, 138)):
    """A drawn room with a `skirting` of that colour on its back wall, and where floor and skirting are, (H, W)."""
    noise = np.random.default_rng(1).normal(0, 2, (SIZE[1], SIZE[0], 1))
    picture = np.full((SIZE[1], SIZE[0], 3), 205.0)
    floor = faces.labels == FLOOR
    strip = (faces.labels == BACK) & (faces.points[..., 2] < HIGH)
    picture[floor], picture[strip] = board, skirting
    return Regions.of(np.clip(picture + noise, 0, 255).astype(np.uint8), LIVING.room), floor, strip


def test_a_floor_that_ran_up_a_white_skirting_ends_at_its_foot(faces):
    regions, floor, strip = room(faces, (172, 171, 168))
    ended = feet.ended(regions, floor | strip)
    assert ended[strip].mean() < 0.1
    assert ended[floor].mean() > 0.995


def test_a_floor_of_tiles_that_ran_up_a_wooden_skirting_ends_at_its_foot(faces):
    regions, floor, strip = room(faces, (74, 44, 26))
    ended = feet.ended(regions, floor | strip)
    assert ended[strip].mean() < 0.1
    assert ended[floor].mean() > 0.995


@pytest.mark.parametrize("shade", [(128, 124, 117), (96, 86, 70), (160, 150, 128)])
def test_shade_at_the_foot_of_a_wall_and_odd_boards_stay_floor(faces, shade):
    """The last is a board a little lighter, of the floor's own hue: of such the floor has many."""
    regions, floor, strip = room(faces, shade, board=(148, 138, 118))
    assert np.array_equal(feet.ended(regions, floor | strip), floor | strip)

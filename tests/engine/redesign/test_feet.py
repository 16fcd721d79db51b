"""Floors that a flood carried up a skirting end at its foot again."""

import cv2
import numpy as np
import pytest

from staging.engine.modes.samples.rooms import LIVING
from staging.engine.redesign import feet
from staging.engine.redesign.regions import Regions
from staging.engine.scene.faces import BACK, FLOOR
from tests.engine.redesign.test_rooms import SIZE

HIGH = 0.12  # metres of the skirting


def room(faces, skirting, board=(150, 146, 138), high=HIGH, soft=0.0):
    """A drawn room with a `skirting` of that colour on its back wall, and where floor and skirting are, (H, W).

    The skirting is `high` metres, and its foot is blurred over `soft` pixels.
    """
    noise = np.random.default_rng(1).normal(0, 2, (SIZE[1], SIZE[0], 1))
    picture = np.full((SIZE[1], SIZE[0], 3), 205.0)
    floor = faces.labels == FLOOR
    strip = (faces.labels == BACK) & (faces.points[..., 2] < high)
    picture[floor], picture[strip] = board, skirting
    if soft:
        ends = cv2.GaussianBlur(floor.astype(float), (0, 0), soft)[..., None]
        picture[floor | strip] = ((1 - ends) * skirting + ends * board)[floor | strip]
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


def test_a_floor_of_boards_that_ran_up_a_skirting_of_their_own_wood_ends_at_its_foot(faces):
    """Darker, because it stands upright, and of no stronger colour; but parted from the boards by a sharp edge."""
    regions, floor, strip = room(faces, (104, 76, 50), board=(150, 112, 76), high=0.1)
    ended = feet.ended(regions, floor | strip)
    assert ended[strip].mean() < 0.1
    assert ended[floor].mean() > 0.995


def test_a_white_skirting_over_a_marble_as_white_in_parts_is_told_by_the_line_of_the_box(faces):
    regions, floor, strip = room(faces, (210, 210, 210), board=(190, 190, 190))
    rows = np.nonzero(floor)[0]
    veined = regions.copy.copy()
    veined[floor & (np.arange(len(floor))[:, None] > (rows.min() + rows.max()) / 2)] = 210
    regions = Regions.of(veined, LIVING.room)
    ended = feet.ended(regions, floor | strip)
    assert ended[strip].mean() < 0.1
    assert ended[floor].mean() > 0.99


@pytest.mark.parametrize(("shade", "soft"), [((128, 124, 117), 4.0), ((96, 86, 70), 4.0), ((160, 150, 128), 0.0)])
def test_shade_at_the_foot_of_a_wall_and_odd_boards_stay_floor(faces, shade, soft):
    """Shade ends softly. The last is a board a little lighter, of the floor's own hue: of such the floor has many."""
    regions, floor, strip = room(faces, shade, board=(148, 138, 118), soft=soft)
    assert np.array_equal(feet.ended(regions, floor | strip), floor | strip)

"""A floor ends at the foot of a skirting that no colour tells from it, where two walls show it equally high."""

import cv2
import numpy as np
import pytest

from staging.engine.modes.samples.rooms import LIVING
from staging.engine.redesign import feet, skirtings
from staging.engine.redesign.regions import Regions
from staging.engine.scene.faces import BACK, FLOOR, LEFT
from tests.engine.redesign.test_rooms import SIZE

HIGH = 0.1  # metres of the skirting
BOARD = (146, 112, 80)
WOOD = (136, 103, 75)  # the same in the shade of a wall
DARK = (100, 76, 60)
IMAGE = (126, 96, 69)  # of the dark one, in the floor
WALL = 205.0


def drawn(faces, walls=(BACK, LEFT), high=HIGH, image=0.0, broad=0.0):
    """A room whose `walls` have a skirting `high` metres, of which the floor mirrors `image` metres; the strip
    (H, W), and the floor (H, W). Or with an odd board `broad` metres before these walls.
    """
    noise = np.random.default_rng(1).normal(0, 2, (SIZE[1], SIZE[0], 1))
    picture = np.full((SIZE[1], SIZE[0], 3), WALL)
    floor = faces.labels == FLOOR
    picture[floor] = BOARD
    points, box = faces.points, LIVING.room.box
    strip = np.isin(faces.labels, walls) & (points[..., 2] < high)
    picture[strip] = DARK if image else WOOD
    # How high a place of the floor is mirrored on a wall, or how far before it lies.
    for wall, axis, at in ((BACK, 1, box.y1), (LEFT, 0, box.x0)):
        if wall not in walls:
            continue
        camera = LIVING.room.camera.position
        away = np.abs(at - points[..., axis])
        mirrored = camera[2] * away / np.maximum(np.abs(at - camera[axis]) - away, 0.01)
        if image:
            picture[floor & (mirrored < image)] = IMAGE
        picture[floor & (away < broad)] = WOOD
    return Regions.of(np.clip(picture + noise, 0, 255).astype(np.uint8), LIVING.room), floor, strip


def test_a_floor_ends_at_the_foot_of_a_skirting_of_its_own_wood_and_shade(faces):
    regions, floor, strip = drawn(faces)
    ended = skirtings.ended(regions, floor | strip)
    assert ended[strip].mean() < 0.1
    assert ended[floor].mean() > 0.995
    assert feet.ended(regions, floor | strip)[strip].mean() > 0.5


def test_a_strip_that_one_wall_alone_shows_is_no_skirting(faces):
    regions, floor, strip = drawn(faces, walls=(BACK,))
    assert np.array_equal(skirtings.ended(regions, floor | strip), floor | strip)


def test_boards_before_two_walls_are_no_skirting(faces):
    regions, floor, _ = drawn(faces, high=0.0, broad=0.2)
    assert np.array_equal(skirtings.ended(regions, floor), floor)


def test_a_skirting_is_no_higher_for_the_image_of_it_in_the_floor(faces):
    regions, floor, strip = drawn(faces, high=0.07, image=0.07)
    ended = skirtings.ended(regions, floor | strip)
    assert ended[strip].mean() < 0.15
    assert ended[floor].mean() > 0.99


def test_a_floor_that_ends_at_a_skirtings_foot_keeps_its_border(faces):
    regions, floor, strip = drawn(faces)
    laps = (cv2.dilate(floor.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0) & strip
    assert np.array_equal(skirtings.ended(regions, floor | laps), floor | laps)


@pytest.mark.parametrize(("seen", "shown"), [("x.......xxx.", [8, 9, 10]), ("xxx.", [0, 1, 2]), ("xx", [0, 1])])
def test_one_block_of_a_wall_far_from_all_others_shows_no_skirting(seen, shown):
    agreed = np.array([block == "x" for block in seen])
    along, up = np.arange(len(seen)) * 0.2, np.arange(0.3, -0.2, -0.01)
    nothing, plain = np.zeros(len(seen), bool), np.zeros((len(up), len(seen), 3), np.float32)
    foot = skirtings._Foot("back", up, along, plain, plain, np.full(len(seen), 100.0), nothing, ~nothing)
    guess = skirtings.Skirting("back", along, np.full(len(seen), 0.1), HIGH, agreed, 1.0)
    assert list(np.flatnonzero(skirtings._carried_on(foot, guess).agreed)) == shown


def test_the_image_of_a_skirting_higher_than_any_that_is_looked_for_is_floor(faces):
    regions, floor, _ = drawn(faces, high=0.2, image=0.1)
    assert np.array_equal(skirtings.ended(regions, floor), floor)

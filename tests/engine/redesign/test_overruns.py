"""A floor is not laid up a post that stands on it, and stays where it goes on without an edge."""

import cv2
import numpy as np
import pytest

from staging.engine.modes.samples.rooms import LIVING
from staging.engine.redesign import floors, overruns
from staging.engine.redesign.regions import Regions
from staging.engine.scene.faces import FLOOR
from tests.engine.redesign.test_rooms import SIZE

OAK = np.array([168, 120, 76])
WALL = np.array([205, 205, 205])


def picture(faces, *, post, behind=WALL):
    """A drawn room of oak before walls of the colour `behind`, with a `post` of that colour or none, whose foot stands
    on the floor some way before the wall.

    Gives the room, all that the box of the room has for floor, and what of that the post hides, (H, W).
    """
    floor = faces.labels == FLOOR
    shown = np.where(floor[..., None], OAK, behind).astype(np.float64)
    column = SIZE[0] // 2
    top = int(np.nonzero(floor[:, column])[0].min())
    standing = np.zeros(floor.shape, np.uint8)
    cv2.rectangle(standing, (column - 14, top - 60), (column + 14, top + 26), 1, cv2.FILLED)
    if post is not None:
        shown[standing > 0] = post
    noise = np.random.default_rng(1).normal(0, 2, (SIZE[1], SIZE[0], 1))
    regions = Regions.of(np.clip(shown + noise, 0, 255).astype(np.uint8), LIVING.room)
    return regions, floor, (standing > 0) & floor


@pytest.mark.parametrize("post", [(190, 150, 112), (150, 128, 108)])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_floor_gives_a_post_back_that_it_ran_up(faces, post, mirrored):
    regions, floor, standing = picture(faces, post=post)
    if mirrored:
        regions = Regions.of(np.ascontiguousarray(regions.copy[:, ::-1]), LIVING.room)
        floor, standing = floor[:, ::-1], standing[:, ::-1]
    kept = overruns.taken_back(regions, np.ascontiguousarray(floor))
    assert kept[standing].mean() < 0.05
    assert kept[floor & ~cv2.dilate(standing.astype(np.uint8), np.ones((9, 9), np.uint8)).astype(bool)].all()


def test_a_floor_that_ran_up_a_post_is_laid_round_it(faces):
    regions, floor, standing = picture(faces, post=(190, 150, 112))
    nothing = np.zeros_like(floor)
    laid, why = floors.settled(regions, [floor], floors.Ground(floor, nothing, nothing, nothing, nothing))
    assert why is None
    assert laid[standing].mean() < 0.1
    assert laid[floor & ~standing].mean() > 0.95


def test_a_floor_that_goes_on_beyond_its_border_stays(faces):
    """Nothing parts it from the rest of it: there is no edge that the photo could end it at."""
    regions, floor, _ = picture(faces, post=None)
    rows = np.arange(SIZE[1])[:, None]
    first = floor & (rows > np.nonzero(floor)[0].min() + 30)
    assert np.array_equal(overruns.taken_back(regions, first), first)


def test_a_floor_that_ends_at_edges_stays(faces):
    regions, floor, standing = picture(faces, post=(190, 150, 112))
    assert np.array_equal(overruns.taken_back(regions, floor & ~standing), floor & ~standing)


def test_sun_that_burnt_out_a_floor_and_its_wall_is_not_taken_for_a_thing(faces):
    """Two surfaces that are burnt out look the same, which says nothing about where either ends."""
    regions, floor, sunny = picture(faces, post=(255, 255, 255))
    copy = np.where(((regions.copy > 230).all(-1))[..., None], 255, regions.copy).astype(np.uint8)
    assert np.array_equal(overruns.taken_back(Regions.of(copy, LIVING.room), floor), floor)
    assert sunny.any()

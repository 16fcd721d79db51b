"""Bits of the old floor that lie in bays of the new one's border are laid too."""

import cv2
import numpy as np
import pytest

from staging.engine.modes.samples.rooms import LIVING
from staging.engine.redesign import floors, pockets
from staging.engine.redesign.regions import Regions
from staging.engine.scene.faces import FLOOR
from tests.engine.redesign.test_rooms import SIZE

OAK = np.array([168, 120, 76])


def room(faces, colour, *, enclosed=False):
    """A drawn room of oak with a bay of that `colour` in its floor's border, or one that is `enclosed` by the floor.

    Gives the room, its floor without that bay, and the bay, (H, W).
    """
    picture = np.full((SIZE[1], SIZE[0], 3), 205.0)
    floor = faces.labels == FLOOR
    picture[floor] = OAK
    column = SIZE[0] // 2
    top = int(np.nonzero(floor[:, column])[0].min())
    start = top + 30 if enclosed else top
    bay = np.zeros(floor.shape, np.uint8)
    cv2.rectangle(bay, (column - 12, start), (column + 12, start + 14), 1, cv2.FILLED)
    lying = (bay > 0) & floor
    picture[lying] = colour
    noise = np.random.default_rng(1).normal(0, 2, (SIZE[1], SIZE[0], 1))
    regions = Regions.of(np.clip(picture + noise, 0, 255).astype(np.uint8), LIVING.room)
    return regions, floor & ~lying, lying


@pytest.mark.parametrize("light", [0.55, 0.8, 1.1])
def test_a_bit_of_the_old_floor_in_another_light_is_laid(faces, light):
    regions, floor, bay = room(faces, OAK * light)
    found = pockets.filled_up(regions, floor)
    assert found[bay].mean() > 0.9
    assert np.array_equal(found | bay, floor | bay)


def test_a_bit_of_floor_that_was_taken_for_a_thing_is_laid_with_the_rest(faces):
    regions, floor, bay = room(faces, OAK * 0.6)
    nothing = np.zeros_like(floor)
    laid, why = floors.settled(regions, [floor], floors.Ground(floor, nothing, nothing, nothing, bay))
    assert why is None
    assert laid[bay].mean() > 0.9


def shining(faces, colour):
    """The room with a bay of that `colour` in a floor that mirrors a window there."""
    regions, floor, bay = room(faces, colour)
    copy = regions.copy.astype(np.float64)
    near = np.abs(np.arange(SIZE[0]) - SIZE[0] // 2) < SIZE[0] // 4
    shine = floor & near[None, :]
    copy[shine] = 0.55 * copy[shine] + 0.45 * np.array([225, 225, 225])
    return Regions.of(copy.astype(np.uint8), LIVING.room), floor, bay


def test_a_bit_in_the_shade_of_a_floor_that_mirrors_a_window_round_it_is_laid(faces):
    """No window is mirrored there: it shows the floor's own colour, as the rest of the floor does."""
    regions, floor, bay = shining(faces, OAK * 0.75)
    assert pockets.filled_up(regions, floor)[bay].mean() > 0.9


def test_a_foot_of_a_stronger_colour_than_any_of_a_floor_that_mirrors_a_window_stays(faces):
    regions, floor, bay = shining(faces, (120, 52, 12))
    assert pockets.filled_up(regions, floor)[bay].mean() < 0.1


@pytest.mark.parametrize("colour", [(225, 222, 216), (92, 94, 98), (120, 52, 12)])
def test_the_foot_of_a_pillar_stays_white_grey_or_in_a_stain_of_its_own(faces, colour):
    regions, floor, bay = room(faces, colour)
    assert pockets.filled_up(regions, floor)[bay].mean() < 0.1


def test_what_the_floor_encloses_stays_a_thing(faces):
    regions, floor, _ = room(faces, OAK * 0.8, enclosed=True)
    assert np.array_equal(pockets.filled_up(regions, floor), floor)


def test_a_speck_of_the_floors_colour_that_it_encloses_is_laid(faces):
    regions, floor, thing = room(faces, OAK * 0.8, enclosed=True)
    speck = cv2.erode(thing.astype(np.uint8), np.ones((9, 19), np.uint8)) > 0
    assert pockets.filled_up(regions, floor | (thing & ~speck)).all(where=speck)


def test_a_speck_of_another_colour_that_the_floor_encloses_stays(faces):
    regions, floor, thing = room(faces, (120, 122, 126), enclosed=True)
    speck = cv2.erode(thing.astype(np.uint8), np.ones((9, 19), np.uint8)) > 0
    assert not pockets.filled_up(regions, floor | (thing & ~speck))[speck].any()


def test_a_skirting_of_the_floors_own_wood_stays(faces):
    """It lies beyond a straight border, in no bay."""
    regions, _, _ = room(faces, OAK * 0.8)
    whole = faces.labels == FLOOR
    rows = np.arange(SIZE[1])[:, None]
    cut = whole & (rows > np.nonzero(whole)[0].min() + 10)
    assert np.array_equal(pockets.filled_up(regions, cut), cut)

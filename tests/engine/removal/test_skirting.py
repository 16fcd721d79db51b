"""Boards behind furniture are the room's, as the photo shows them best."""

import numpy as np

from staging.engine.removal import skirting
from staging.engine.scene.faces import BACK, LEFT, RIGHT

WALLS = (LEFT, BACK, RIGHT)


def foot(seen, light=None):
    """A foot of which `seen` metres are seen, with a board of 10 rows so much lighter than the paint."""
    board = None if light is None else np.full((10, 3), light, np.float32)
    return skirting.Foot(np.zeros(5), board, seen)


def test_a_hands_breadth_in_the_shade_is_no_board_where_another_wall_shows_it():
    feet = {LEFT: foot(1.55, 0.03), RIGHT: foot(0.21, -0.11)}
    assert skirting.lenders(feet, WALLS) == {LEFT: LEFT, BACK: LEFT, RIGHT: LEFT}
    assert skirting.borrowed(feet[LEFT], 80.0, 40.0).shape == (20, 3)


def test_a_wall_of_which_enough_is_seen_keeps_its_own_board():
    feet = {LEFT: foot(1.55, 0.03), RIGHT: foot(0.8, 0.02), BACK: foot(3.0)}
    assert skirting.lenders(feet, WALLS) == {LEFT: LEFT, BACK: LEFT, RIGHT: RIGHT}
    assert skirting.lenders({RIGHT: foot(0.21, 0.02)}, WALLS) == dict.fromkeys(WALLS, RIGHT)
    assert skirting.lenders({BACK: foot(3.0)}, WALLS) == {}

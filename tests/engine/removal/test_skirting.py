"""Boards behind furniture are the room's, as the photo shows them best."""

import numpy as np

from staging.engine.removal import skirting
from staging.engine.removal.sheets import Sheet
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


def wall(columns=240):
    """A wall's sheet at 80 pixels a metre, what it shows (h, w, 3) over a brown floor, and its paint everywhere."""
    sheet = Sheet(LEFT, 80.0, columns, 220, np.zeros(3), np.zeros(3), np.zeros(3))
    paint = np.full((220, columns, 3), (0.62, 0.60, 0.56), np.float32)
    picture = paint.copy()
    picture[sheet.foot - 8 : sheet.foot] = 0.85
    picture[sheet.foot :] = (0.30, 0.22, 0.15)
    return sheet, picture, paint


def test_the_foot_of_a_wall_in_the_shade_is_not_where_its_shade_ends():
    sheet, picture, paint = wall()
    lit = np.clip((sheet.foot - 6 - np.arange(220)) / 5, 0, 1)[:, None, None]
    dark = np.array([0.41, 0.40, 0.37], np.float32)
    picture[: sheet.foot] = (dark + lit[: sheet.foot] * (0.75 - dark)).astype(np.float32)
    found = skirting.foot_of(sheet, picture, paint, np.ones(picture.shape[:2], bool))
    assert np.abs(found.line - sheet.foot).max() <= 1


def test_the_sill_of_a_glass_door_is_no_board():
    sheet, picture, paint = wall()
    picture[: sheet.foot - 4, 40:] = 0.97
    picture[sheet.foot - 4 : sheet.foot, 40:] = 0.55
    found = skirting.foot_of(sheet, picture, paint, np.ones(picture.shape[:2], bool))
    assert found.board[:6].min() > 0.1
    assert abs(found.seen - 0.5) < 0.1

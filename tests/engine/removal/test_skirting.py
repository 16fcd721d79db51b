"""Boards behind furniture are the room's, as the photo shows them best."""

import numpy as np

from staging.engine.removal import skirting
from staging.engine.removal.sheets import Sheet
from staging.engine.scene.faces import BACK, LEFT, RIGHT

WALLS = (LEFT, BACK, RIGHT)


def foot(seen, light=None):
    """A foot of which `seen` metres are seen, with a board of 10 cm so much lighter than the paint."""
    board = None if light is None else skirting.Board(0.1, np.full((8, 3), light, np.float32), np.zeros(3, np.float32))
    return skirting.Foot(np.zeros(5), board, seen)


def test_a_hands_breadth_in_the_shade_is_no_board_where_another_wall_shows_it():
    feet = {LEFT: foot(1.55, 0.03), RIGHT: foot(0.21, -0.11)}
    assert skirting.lenders(feet, WALLS) == {LEFT: LEFT, BACK: LEFT, RIGHT: LEFT}


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
    assert found.board.face[:6].min() > 0.1
    assert abs(found.board.high - 0.1) < 0.01
    assert abs(found.seen - 0.5) < 0.1


def profile(*rows, over=9):
    """A profile (n, 3) of grey rows, the lowest first, with paint `over` them."""
    return np.repeat(np.array([*rows, *[0.0] * over], np.float32)[:, None], 3, 1)


def test_a_board_ends_in_an_edge():
    high, face = skirting.board_of(profile(0.05, *[0.2] * 6, 0.12), 80.0)
    assert abs(high - 7.6 / 80) < 0.004
    assert np.abs(face[1:] - 0.2).max() < 0.01


def test_a_board_of_the_paints_own_colour_shows_by_its_moulding():
    high, _ = skirting.board_of(profile(-0.05, -0.02, 0.0, 0.0, 0.07, 0.22, 0.1), 80.0)
    assert abs(high - 6.7 / 80) < 0.008


def test_a_shadow_at_a_foot_and_the_noise_of_a_photo_are_no_boards():
    assert skirting.board_of(profile(*np.linspace(-0.3, 0, 12)), 80.0) is None
    assert skirting.board_of(profile(-0.03, -0.02, -0.01, -0.01, 0.01, -0.02, 0.02), 80.0) is None
    assert skirting.board_of(profile(0.1, *[0.1, -0.1] * 3), 80.0) is None


def test_a_board_is_as_sharp_as_the_photo_and_lit_like_its_wall():
    orange, white = np.log(np.array([0.7, 0.5, 0.3])), np.log(np.array([0.8, 0.8, 0.8]))
    board = skirting.Board(0.1, np.tile(white - orange, (8, 1)).astype(np.float32), orange.astype(np.float32))
    above = np.array([0.05, 0.0995, 0.1005, 0.15])
    shade = np.full((4, 3), (0.40, 0.22, 0.10), np.float32)
    drawn = board.drawn(above, np.full(4, 2000.0), shade)
    assert np.allclose(drawn[2:], shade[2:])
    assert np.ptp(drawn[:2], axis=1).max() < 0.01
    assert drawn[:2].max() < 0.6


def test_a_board_that_is_painted_like_its_wall_has_the_hue_of_each():
    warm, lighter = np.log(np.array([0.6, 0.55, 0.48])), np.full((8, 3), 0.06, np.float32)
    board = skirting.Board(0.1, lighter, warm.astype(np.float32))
    cold = np.full((1, 3), (0.7, 0.72, 0.74), np.float32)
    assert np.allclose(board.drawn(np.array([0.05]), np.array([200.0]), cold), cold * np.exp(0.06), atol=1e-3)

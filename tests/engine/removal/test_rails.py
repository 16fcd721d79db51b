"""Rails and sills that are seen on both sides of a hole go on behind it, furniture does not."""

import numpy as np

from staging.engine.removal import rails
from staging.engine.removal.sheets import Sheet
from staging.engine.scene.faces import BACK

PAINT = 0.6


def behind(tall, right=0.85):
    """What is drawn in the middle of a hole across a wall, with a band `tall` metres high that is `right` beyond it."""
    sheet = Sheet(BACK, 80.0, 300, 220, np.zeros(3), np.zeros(3), np.zeros(3))
    surface = np.full((220, 300, 3), PAINT, np.float32)
    picture = surface.copy()
    band = slice(100, 100 + round(tall * sheet.ppm))
    picture[band, :150] = 0.85
    picture[band, 150:] = right
    hidden = np.zeros((220, 300), bool)
    hidden[90:180, 110:200] = True
    picture[hidden] = 0.1
    drawn = rails.continued(sheet, picture, surface, ~hidden, hidden)
    assert (drawn[~hidden] == PAINT).all()
    return drawn[:, 155].mean(-1), band


def test_a_rail_goes_on_at_its_height():
    drawn, band = behind(0.06)
    assert np.abs(drawn[band] - 0.85).max() < 0.01
    assert np.abs(np.delete(drawn, np.r_[band]) - PAINT).max() < 0.01


def test_what_is_as_tall_as_a_table_on_both_sides_is_no_rail():
    drawn, _ = behind(0.5)
    assert np.abs(drawn - PAINT).max() < 0.01


def test_what_is_another_on_the_other_side_ends_somewhere():
    drawn, _ = behind(0.06, right=0.4)
    assert np.abs(drawn - PAINT).max() < 0.01


def test_nothing_goes_on_between_two_small_things():
    sheet = Sheet(BACK, 80.0, 300, 220, np.zeros(3), np.zeros(3), np.zeros(3))
    surface = np.full((220, 300, 3), PAINT, np.float32)
    picture = surface.copy()
    picture[100:106, 102:108] = picture[100:106, 202:208] = 0.9
    hidden = np.zeros((220, 300), bool)
    hidden[90:180, 110:200] = True
    assert (rails.continued(sheet, picture, surface, ~hidden, hidden) == surface).all()

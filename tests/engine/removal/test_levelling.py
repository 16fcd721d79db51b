"""What was drawn becomes as light as what it adjoins, and takes nothing from what only stands beside it."""

import numpy as np

from staging.engine.removal.levelling import levelled
from staging.engine.scene.faces import BACK, FaceMap


def wall(size=(160, 240)):
    """A grey wall that darkens to the right, with grain, and the face it belongs to."""
    shade = np.linspace(200, 150, size[1])[None, :, None] + np.random.default_rng(1).normal(0, 1, (*size, 3))
    faces = FaceMap(np.full(size, BACK, np.int8), np.zeros((*size, 3)))
    return np.clip(shade, 0, 255).astype(np.uint8), faces


def test_a_step_of_light_along_the_edge_goes():
    truth, faces = wall()
    hole = np.zeros(truth.shape[:2], bool)
    hole[40:120, 80:160] = True
    picture = truth.copy()
    picture[hole] = np.clip(picture[hole] * 0.85, 0, 255)
    before = picture.copy()
    levelled(picture, hole, faces)
    assert np.abs(picture[hole].astype(int) - truth[hole]).mean() < 4
    assert np.abs(before[hole].astype(int) - truth[hole]).mean() > 20
    assert np.array_equal(picture[~hole], before[~hole])


def test_a_thing_of_another_colour_beside_the_hole_tints_nothing():
    truth, faces = wall()
    hole = np.zeros(truth.shape[:2], bool)
    hole[40:120, 80:160] = True
    picture = truth.copy()
    picture[:, 160:] = (150, 90, 60)
    levelled(picture, hole, faces)
    assert np.abs(picture[hole].astype(int) - truth[hole]).mean() < 3


def test_a_window_beside_the_hole_tells_nothing_of_the_wall():
    truth, faces = wall()
    hole = np.zeros(truth.shape[:2], bool)
    hole[40:120, 80:160] = True
    window = np.zeros_like(hole)
    window[:40, 60:180] = True
    bright = truth.copy()
    bright[window] = 235
    picture, told = bright.copy(), bright.copy()
    levelled(picture, hole, faces)
    levelled(told, hole, faces, window)
    assert np.abs(told[hole].astype(int) - truth[hole]).mean() < 2
    assert np.abs(picture[hole].astype(int) - truth[hole]).mean() > 5

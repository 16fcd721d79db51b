"""A small hole in a cluttered place is filled from what is round it."""

import cv2
import numpy as np

from staging.engine.removal.exemplar import completed


def patterned():
    """A wall over a floor of stripes, 180 x 240, with grain."""
    rng = np.random.default_rng(4)
    picture = np.full((180, 240, 3), (196, 188, 176), np.float32)
    stripes = (np.arange(240) // 12) % 2 == 0
    picture[100:] = np.where(stripes[None, :, None], (150, 104, 70), (120, 82, 52))
    return np.clip(picture + rng.normal(0, 2, picture.shape), 0, 255).astype(np.uint8)


def with_a_thing():
    """The same with a blue thing before wall and floor, and the hole that a person paints over it."""
    photo, hole = patterned(), np.zeros((180, 240), np.uint8)
    cv2.rectangle(photo, (105, 80), (131, 126), (30, 60, 160), -1)
    cv2.rectangle(hole, (101, 76), (135, 130), 1, -1)
    return photo, hole > 0


def test_wall_and_stripes_go_on_behind_the_thing():
    photo, hole = with_a_thing()
    made = completed(photo, hole, np.zeros(hole.shape, np.int8))
    assert made is not None
    truth = patterned().astype(np.float32)
    apart = np.abs(made.astype(np.float32) - truth)[hole].mean()
    flat = np.abs(cv2.inpaint(photo, hole.astype(np.uint8), 3, cv2.INPAINT_TELEA).astype(np.float32) - truth)[
        hole
    ].mean()
    assert apart < 9
    assert apart < 0.7 * flat


def test_outside_of_the_hole_every_pixel_stays_and_the_same_bytes_come_again():
    photo, hole = with_a_thing()
    faces = np.where(np.arange(180)[:, None] < 100, 5, 1).repeat(240, 1).astype(np.int8)
    made = completed(photo, hole, faces)
    assert made is not None
    assert np.array_equal(made[~hole], photo[~hole])
    assert np.array_equal(completed(photo, hole, faces), made)


def test_where_nothing_is_left_to_take_from_there_is_no_picture():
    photo = patterned()
    hole = np.ones(photo.shape[:2], bool)
    hole[:3] = False
    assert completed(photo, hole, np.zeros(hole.shape, np.int8)) is None

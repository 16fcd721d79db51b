"""Sun and shade on the floor are light and no things, and what stands before a room is no floor: our own rooms."""

import dataclasses

import cv2
import numpy as np
import pytest

from staging.engine.modes.samples.rooms import LIVING
from staging.engine.redesign.interior import redecorate
from staging.engine.redesign.palettes import PALETTES
from staging.engine.redesign.patterns import laid
from staging.engine.scene.faces import FLOOR
from staging.engine.scene.room import Occluder
from tests.engine.redesign.test_floors_and_paints import floor_of
from tests.engine.redesign.test_rooms import LOWER, SIZE, relaid

AT_THE_EDGE = (150, 532), (260, 470), (420, 470), (380, 532)


def mirrored(opening):
    """The four corners of an opening's mirror image in the floor, pixels."""
    room = LIVING.room.resized(*SIZE)
    corners = opening.corners(room.box) * np.array([1.0, 1.0, -1.0])
    return np.round(room.camera.project(corners)[0]).astype(np.int32)


def area(*corners):
    """The pixels inside a polygon, and these less a margin."""
    canvas = np.zeros(SIZE[::-1], np.uint8)
    cv2.fillPoly(canvas, [np.array(corners)], 1)
    return canvas > 0, cv2.erode(canvas, np.ones((13, 13), np.uint8)) > 0


@pytest.fixture(scope="module")
def foot(faces):
    """A strip of floor at the foot of the back wall."""
    floor = faces.labels == FLOOR
    return floor & (faces.points[..., 1] > LIVING.room.box.y1 - 0.35) & (np.abs(faces.points[..., 0]) < 0.4)


@pytest.fixture(scope="module")
def sunny(living, foot):
    """The room redecorated with the sun on that strip, and falling in at the edge of the picture."""
    photo = living.copy()
    photo[foot] = photo[area(*AT_THE_EDGE)[0]] = (255, 250, 238)
    return relaid(photo, LIVING.room, "coastal")


def test_sun_that_falls_in_at_the_edge_of_the_picture_is_light_and_stays_light(sunny, faces):
    made, (whole, inner) = sunny, area(*AT_THE_EDGE)
    assert (made.mask[inner] > 0).mean() > 0.97
    beside = floor_of(faces, 21) & ~cv2.dilate(whole.astype(np.uint8), np.ones((25, 25))).astype(bool)
    assert made.picture[inner].mean() > 1.15 * made.picture[beside].mean()


def test_a_little_sun_at_the_foot_of_a_wall_is_floor(sunny, foot):
    assert 0.001 < foot[LOWER:].mean() < 0.004
    assert (sunny.mask[foot] > 0).mean() > 0.9


def test_shade_and_a_mirrored_window_are_floor_and_a_black_cloth_and_white_paper_are_not(living, faces):
    whole, inner = area((0, 480), (180, 470), (220, 532), (0, 532))
    window = next(o for o in LIVING.room.openings if o.wall == "back" and o.kind == "window")
    image = area(*mirrored(window))[0]
    glint = image & floor_of(faces, 21)
    assert glint.sum() > 400
    glossy = living.copy()
    glossy[glint] = (214, 222, 232)
    shaded, cloth = glossy.astype(np.float32), glossy.copy()
    shaded[whole] = 255 * (0.3 * (shaded[whole] / 255) ** 2.2) ** (1 / 2.2)
    made = relaid(shaded.astype(np.uint8), LIVING.room, "coastal")
    assert (made.mask[inner] > 0).mean() > 0.97
    assert (made.mask[glint] > 0).mean() > 0.95
    cloth[whole] = np.clip(np.random.default_rng(2).normal(24, 3, (int(whole.sum()), 1)), 0, 255)
    no_window = dataclasses.replace(LIVING.room, openings=tuple(o for o in LIVING.room.openings if o != window))
    kept = redecorate(cloth, no_window, "coastal", 0)
    assert (kept.mask[inner] > 0).mean() < 0.05
    assert (kept.mask[cv2.erode(glint.astype(np.uint8), np.ones((9, 9))) > 0] > 0).mean() < 0.05


def test_what_stands_before_the_room_keeps_its_pixels_though_it_is_of_the_colour_of_the_floor(living, faces):
    whole, inner = area((560, 0), (800, 0), (800, 480), (560, 470))
    column = living.copy()
    floor = np.median(living[floor_of(faces)], 0)
    column[whole] = floor.astype(np.uint8)
    cv2.line(column, (560, 470), (800, 480), (236, 234, 230), 7)
    cv2.line(column, (560, 0), (560, 470), (100, 90, 80), 2)
    corners = ((560.0, 0.0), (800.0, 0.0), (800.0, 480.0), (560.0, 470.0))
    k = LIVING.room.camera.width / SIZE[0]
    before = Occluder(tuple((x * k, y * k) for x, y in corners), 3.0)
    made = relaid(column, dataclasses.replace(LIVING.room, occluders=(before,)), "coastal")
    assert made.done["floor"]
    assert (made.mask[LOWER:][inner[LOWER:]] > 0).mean() < 0.02
    left = cv2.erode((faces.labels == FLOOR).astype(np.uint8), np.ones((15, 15))) > 0
    left[:, 540:] = False
    assert (made.mask[left] > 0).mean() > 0.97


def test_the_floor_is_laid_under_a_column_that_was_read_too_far_down(living):
    column = living.copy()
    column[:420, 560:] = (226, 224, 220)
    cv2.line(column, (560, 0), (560, 420), (100, 90, 80), 2)
    cv2.line(column, (560, 420), (800, 420), (100, 90, 80), 2)
    k = LIVING.room.camera.width / SIZE[0]
    before = Occluder(tuple((x * k, y * k) for x, y in ((560, 0), (800, 0), (800, 480), (560, 480))), 3.0)
    made = redecorate(column, dataclasses.replace(LIVING.room, occluders=(before,)), "coastal", 0)
    assert (made.mask[426:478, 566:690] > 0).mean() > 0.95
    assert (made.mask[:414, 566:] > 0).mean() < 0.02


def test_boards_seen_at_a_grazing_angle_do_not_glitter():
    floor = PALETTES["modern"].floor
    wide, fine = 0.02, 8
    across = np.arange(1600, dtype=np.float32) * wide / fine
    x, y = np.meshgrid(across, np.arange(40, dtype=np.float32) * 0.004)
    thin = np.full_like(x, wide / fine), np.full_like(x, 0.004)
    truth = laid(x, y, thin, floor, 0).reshape(40, -1, fine, 3).mean(2)
    at = np.ascontiguousarray(x[:, fine // 2 :: fine]), np.ascontiguousarray(y[:, fine // 2 :: fine])
    seen = laid(*at, (np.full_like(at[0], wide), np.full_like(at[0], 0.004)), floor, 0)
    inside = np.abs(at[0] / floor.width % 1 - 0.5) < 0.35  # joints apart
    assert np.sqrt(np.mean((seen - truth)[inside] ** 2)) < 0.04 * truth.mean()

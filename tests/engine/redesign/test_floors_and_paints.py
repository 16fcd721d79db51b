"""Where a floor ends and what only seems to lie on it; and paints of two colours, in our own traced rooms."""

import dataclasses

import cv2
import numpy as np

from staging.engine.modes.samples.rooms import LIVING
from staging.engine.redesign import floors, tape
from staging.engine.redesign.interior import redecorate
from staging.engine.redesign.matting import working_copy
from staging.engine.redesign.regions import Regions
from staging.engine.redesign.trim import Trim
from staging.engine.scene.faces import FLOOR, LEFT
from tests.engine.redesign.test_rooms import SIZE, relaid


def floor_of(faces, margin=9):
    return cv2.erode((faces.labels == FLOOR).astype(np.uint8), np.ones((margin, margin))) > 0


def test_a_back_wall_read_too_near_neither_ends_the_floor_nor_lends_its_paint(living, faces):
    near = dataclasses.replace(LIVING.room.box, y1=LIVING.room.box.y1 - 1.2)
    made = relaid(living, dataclasses.replace(LIVING.room, box=near, openings=()), "midcentury")
    assert made.done["floor"] == "teak parquet in herringbone"
    assert (made.mask[floor_of(faces)] > 0).mean() > 0.97
    floor = np.median(made.picture[floor_of(faces)].reshape(-1, 3), 0)
    assert floor[0] > floor[2] + 60  # teak to the very end, no sage green


def test_walls_that_cannot_be_told_stay_while_the_floor_is_laid_and_the_record_says_so(living, faces):
    brick = living.copy()
    wall = (faces.labels >= LEFT) & (faces.points[..., 2] > 0.1)
    course = (np.arange(SIZE[1])[:, None] // 9 + np.arange(SIZE[0])[None] // 21) % 3
    brick[wall] = np.array([(150, 84, 66), (120, 60, 52), (196, 186, 176)], np.uint8)[course[wall]]
    made = redecorate(brick, LIVING.room, "midcentury", 0)
    assert made.done["walls"] == []
    assert made.done["left"] == ["walls"]
    assert "no_paint" in made.done["why"].values()
    assert np.array_equal(made.picture[wall & (faces.points[..., 2] > 0.3)], brick[wall & (faces.points[..., 2] > 0.3)])
    assert (made.mask[floor_of(faces)] > 0).mean() > 0.97


def test_two_old_paints_become_one_new_paint_and_what_a_post_parts_from_the_floor_is_not_laid_with_it(living, faces):
    two = living.copy()
    two[250:, 250:280] = (28, 60, 44)
    left = (faces.labels == LEFT) & (faces.points[..., 2] > 0.08)
    two[left] = np.clip(two[left] * np.array([0.95, 0.86, 0.95]), 0, 255).astype(np.uint8)
    made = redecorate(two, LIVING.room, "farmhouse", 0)
    assert {"left", "back"} <= set(made.done["walls"])
    hues = []
    for label in (LEFT, LEFT + 2):
        here = (faces.labels == label) & (made.mask > 0) & (faces.points[..., 2] > 0.4) & (faces.points[..., 2] < 0.8)
        lab = cv2.cvtColor(made.picture[here].astype(np.float32)[None] / 255, cv2.COLOR_RGB2Lab)[0]
        hues.append(np.median(lab, 0)[1:])
    assert np.hypot(*(hues[0] - hues[1])) < 4
    floor, across = floor_of(faces), np.arange(SIZE[0])[None]
    assert (made.mask[floor & (across > 300)] > 0).mean() > 0.95
    assert (made.mask[floor & (across < 230)] > 0).mean() < 0.05


def test_a_sliver_of_floor_that_no_edge_parts_from_it_is_laid_too(living):
    regions = Regions.of(working_copy(living), LIVING.room)
    trim = Trim.of(regions)
    nothing = np.zeros(regions.patch.shape, bool)
    ground = floors.sure(regions, nothing, trim.before)
    whole = cv2.erode((regions.faces.labels == FLOOR).astype(np.uint8), np.ones((3, 3))) > 0
    sliver = whole & ~(cv2.erode(whole.astype(np.uint8), np.ones((29, 29))) > 0)
    sliver[:, :300] = sliver[:, 480:] = False
    found, why = floors.settled(regions, [whole & ~sliver], ground)
    assert why is None
    assert sliver.sum() > 1500
    assert (tape.drawn(regions.lab, found)[0] > 0.5)[sliver].mean() > 0.9


def test_joints_between_tiles_that_are_no_part_of_the_floor_are_not_laid(living):
    regions = Regions.of(working_copy(living), LIVING.room)
    face = regions.faces.labels == FLOOR
    across = np.arange(face.shape[1])[None]
    floor, tiles = face & (across < 300), face & (across >= 300)
    joint = (across % 40 < 2) & face
    found = floors._unbroken(regions, floor & ~joint, tiles & ~joint)
    assert not found[tiles].any()
    assert found[floor & joint].mean() > 0.8

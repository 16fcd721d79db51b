"""Walls and columns that stand before the room: found, and nothing is put behind them."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest

from staging.engine.geometry import read_room
from staging.engine.scene.arranger import arrange
from staging.engine.scene.bulk import lattice
from staging.engine.scene.room import Box, Room
from staging.engine.scene.site import within_polygon
from tests.engine.geometry import synthetic

TRUTH = synthetic.room(width=960, height=640, yaw=-9.0, pitch=5.0, box=Box(-2.6, 2.2, -1.0, 5.2, 2.6))


def with_block(x0: float, x1: float, y: float) -> np.ndarray:
    """The photo of the true room with a painted face from floor to ceiling, x0 to x1 at y."""
    picture = synthetic.photo(TRUTH)
    for top, colour in ((TRUTH.box.height, (208, 203, 196)), (0.09, (236, 236, 236))):
        corners = [(x0, y, 0.0), (x1, y, 0.0), (x1, y, top), (x0, y, top)]
        pixels, _ = TRUTH.camera.project(corners)
        cv2.fillPoly(picture, [np.round(pixels).astype(np.int32)], colour, cv2.LINE_AA)
    return picture


@pytest.fixture(scope="module")
def walled() -> Room:
    return read_room(with_block(-2.6, -1.1, 2.9))


def test_a_wall_before_the_room_is_found_where_it_stands(walled: Room) -> None:
    assert len(walled.occluders) == 1
    (wall,) = walled.occluders
    assert wall.depth / walled.camera.height == pytest.approx(2.9 / TRUTH.camera.height, rel=0.08)
    foot = max(wall.polygon, key=lambda p: p[0] + p[1])  # the lower right corner
    assert foot == pytest.approx(tuple(TRUTH.camera.project([-1.1, 2.9, 0.0])[0]), abs=14)


def test_nothing_is_put_behind_it(walled: Room) -> None:
    (wall,) = walled.occluders
    for seed in range(4):
        for piece in arrange(walled, "living", "modern", seed).pieces:
            points = lattice(piece)
            pixels, _ = walled.camera.project(points)
            hidden = within_polygon(pixels, wall.polygon) & (points[:, 1] > wall.depth + 0.05)
            assert hidden.mean() < 0.05, piece.kind


def test_a_column_of_which_two_faces_are_seen_is_found_down_to_its_corner() -> None:
    picture = synthetic.photo(TRUTH)
    corners = [(0.75, 2.4), (0.95, 2.2), (1.25, 2.5)]
    for (a, b), grey in zip(itertools.pairwise(corners), (214, 176), strict=True):
        points = [(*a, 0.0), (*b, 0.0), (*b, TRUTH.box.height), (*a, TRUTH.box.height)]
        cv2.fillPoly(picture, [np.round(TRUTH.camera.project(points)[0]).astype(np.int32)], (grey,) * 3, cv2.LINE_AA)
    room = read_room(picture)
    (column,) = room.occluders
    assert column.block is None
    assert room.plan == ()
    assert column.depth / room.camera.height == pytest.approx(2.2 / TRUTH.camera.height, rel=0.08)
    foot = TRUTH.camera.project([(0.95, 2.2, 0.0)])[0][0]
    assert max(v for _, v in column.polygon) == pytest.approx(foot[1], abs=14)


def test_a_doorway_that_the_floor_mirrors_is_no_column() -> None:
    """Its sides go on into the floor, where what is between them fades."""
    picture = synthetic.photo(TRUTH).astype(np.float32)
    sides = [(x, 5.2, z) for x in (-0.1, 0.5) for z in (2.1, 0.0)]
    (left, top), (_, foot), (right, _), _ = np.round(TRUTH.camera.project(sides)[0]).astype(int)
    end = foot + 120
    for row in range(top, end):
        share = 1.0 if row < foot else ((end - row) / 120) ** 0.3
        picture[row, left:right] += share * (np.array([70.0, 74.0, 80.0]) - picture[row, left:right])
    assert read_room(np.asarray(picture, np.uint8)).occluders == ()


def test_a_box_has_nothing_before_it() -> None:
    assert read_room(synthetic.photo(TRUTH)).occluders == ()


def test_occluders_follow_the_size_of_the_picture(walled: Room) -> None:
    half = walled.resized(480, 320)
    (small,), (large,) = half.occluders, walled.occluders
    assert np.allclose(np.array(small.polygon) * 2, large.polygon)
    assert Room.from_dict(half.to_dict()).occluders == half.occluders

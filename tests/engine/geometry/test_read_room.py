"""A photo becomes a room: how near the truth, when it says that it does not know, and what it never does."""

from __future__ import annotations

import functools
import json
import math

import cv2
import numpy as np
import pytest

from staging.engine.geometry import read_room
from staging.engine.scene import faces
from staging.engine.scene.room import Box, Opening, Room
from tests.engine.geometry import synthetic

VIEWS = {
    "one-point": {"yaw": 2.0},
    "two-point": {"yaw": 17.0, "pitch": 3.0},
    "corner": {"yaw": 36.0, "focal": 0.5, "box": Box(-3.2, 1.6, -1.0, 4.0, 2.6)},
    "portrait": {"width": 480, "height": 720, "yaw": -6.0},
}


@functools.cache
def reading(name: str) -> tuple[Room, Room]:
    truth = synthetic.room(**VIEWS[name])
    return truth, read_room(synthetic.photo(truth))


def wrong_faces(truth: Room, found: Room) -> float:
    """Share of the picture whose face (floor, ceiling, a wall) is read wrongly."""
    size = truth.camera.width // 4, truth.camera.height_px // 4
    return float((faces.face_map(truth, *size).labels != faces.face_map(found, *size).labels).mean())


@pytest.mark.parametrize("name", VIEWS)
def test_the_faces_of_the_room_lie_where_they_are_in_the_photo(name: str) -> None:
    truth, found = reading(name)
    assert wrong_faces(truth, found) < 0.02
    assert found.status == "auto"


@pytest.mark.parametrize("name", VIEWS)
def test_the_room_has_its_true_size_within_a_fifth(name: str) -> None:
    truth, found = reading(name)
    if name != "corner":  # which does not show the right wall
        assert found.box.width == pytest.approx(truth.box.width, rel=0.2)
    assert found.box.y1 == pytest.approx(truth.box.y1, rel=0.2)
    assert found.box.height == pytest.approx(truth.box.height, rel=0.1)
    assert 2.3 <= found.box.height <= 3.2


@pytest.mark.parametrize("turned", [25.0, 35.0, 50.0])
def test_a_floor_whose_joints_run_along_no_wall_does_not_turn_the_room(turned: float) -> None:
    openings = (Opening("window", "back", -0.9, 0.7, 0.9, 2.1), Opening("door", "right", 1.9, 2.75, 0.0, 2.05))
    truth = synthetic.room(yaw=17.0, pitch=3.0, openings=openings)
    found = read_room(synthetic.photo(truth, tiles=turned))
    assert wrong_faces(truth, found) < 0.04
    assert found.status == "auto"


def test_the_floor_polygon_is_what_the_photo_shows_of_the_floor() -> None:
    _, found = reading("two-point")
    corners = np.array([(x, y, 0.0) for x, y in found.floor_polygon])
    assert len(corners) >= 3
    pixels, depth = found.camera.project(corners)
    assert (depth > 0).all()
    assert (pixels > -1).all()
    assert (pixels < [found.camera.width + 1, found.camera.height_px + 1]).all()
    assert sum(found.visible.values()) == pytest.approx(1.0, abs=0.01)


def test_the_same_photo_gives_the_same_room() -> None:
    truth, found = reading("two-point")
    assert read_room(synthetic.photo(truth)) == found


def test_a_room_survives_json() -> None:
    _, found = reading("corner")
    assert Room.from_dict(json.loads(json.dumps(found.to_dict()))) == found


def test_the_focal_length_of_exif_is_taken() -> None:
    truth = synthetic.room(yaw=1.0, focal=0.42)
    picture = synthetic.photo(truth)
    equivalent = truth.camera.f / math.hypot(truth.camera.width, truth.camera.height_px) * 43.27
    told, untold = read_room(picture, focal_35mm=equivalent), read_room(picture)
    assert told.camera.f_source == "exif"
    assert told.camera.f == pytest.approx(truth.camera.f, rel=0.02)
    assert abs(told.camera.f - truth.camera.f) <= abs(untold.camera.f - truth.camera.f)


def test_the_size_of_the_photo_hardly_matters() -> None:
    truth = synthetic.room(yaw=12.0, width=1000, height=664)
    picture = synthetic.photo(truth)
    for width in (256, 3000):
        sized = cv2.resize(picture, (width, round(width * 0.664)), interpolation=cv2.INTER_AREA)
        found = read_room(sized)
        assert (found.camera.width, found.camera.height_px) == (width, round(width * 0.664))
        assert wrong_faces(truth, found) < 0.04


@pytest.mark.parametrize(
    "picture",
    [
        np.full((300, 400, 3), 200, np.uint8),
        np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8),
        np.zeros((1, 1, 3), np.uint8),
        np.full((20, 900, 3), 30, np.uint8),
    ],
    ids=["blank wall", "noise", "one pixel", "ribbon"],
)
def test_what_is_no_room_is_left_to_a_person(picture: np.ndarray) -> None:
    found = read_room(picture)
    assert found.status == "manual"
    assert found.confidence["total"] <= 0.35
    assert found.box.x0 < 0 < found.box.x1
    assert found.box.y0 < 0 < found.box.y1


@pytest.mark.parametrize("picture", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3))])
def test_only_an_rgb_picture_is_read(picture: np.ndarray) -> None:
    with pytest.raises(ValueError, match="photo must be"):
        read_room(picture)

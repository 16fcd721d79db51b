"""Outdoor photos: the horizon, the free ground in metres, and what is refused in words."""

from __future__ import annotations

import numpy as np
import pytest

from staging.engine.errors import UnusablePhoto
from staging.engine.geometry import read_ground
from staging.engine.scene.room import Room
from staging.engine.scene.site import within_polygon
from tests.engine.geometry.terraces import SIZE, WALL_AT, camera, terrace


def on_ground(room: Room, *points: tuple[float, float]) -> list[bool]:
    """Which points of the ground, metres before the house's own camera, are free: found through the picture."""
    pixels, _ = camera().project([(x, y, 0.0) for x, y in points])
    rays = room.camera.rays(pixels)
    seen = rays[:, :2] * (-room.camera.height / rays[:, 2:])
    return [bool(v) for v in within_polygon(seen, room.floor_polygon)]


@pytest.fixture(scope="module")
def plain() -> Room:
    return read_ground(terrace(camera()))


def test_the_camera_of_a_terrace_is_read_from_its_lines(plain: Room) -> None:
    assert plain.open_air
    horizon = [float(r.camera.project(r.camera.matrix[2] * [1, 1, 0] * 1e5)[0][1]) for r in (plain, _true())]
    assert abs(horizon[0] - horizon[1]) < 0.02 * SIZE[1]
    assert abs(plain.camera.f / camera().f - 1) < 0.12


def _true() -> Room:
    return Room(camera(), read_ground(terrace(camera())).box)


def test_the_free_ground_reaches_to_the_house_and_not_up_its_wall(plain: Room) -> None:
    assert on_ground(plain, (0.8, 3.0), (0.5, 5.2), (2.0, 4.5)) == [True, True, True]
    assert max(y for _, y in plain.floor_polygon) == pytest.approx(WALL_AT, rel=0.15)


def test_what_stands_on_the_ground_is_left_out_with_the_ground_behind_it() -> None:
    room = read_ground(terrace(camera(), bush=(1.6, 3.8)))
    assert on_ground(room, (1.6, 4.4), (1.6, 5.5)) == [False, False]
    assert on_ground(room, (0.0, 3.4))[0]


def test_a_shadow_on_the_ground_is_ground() -> None:
    room = read_ground(terrace(camera(), shade=(0.2, 1.5)))
    assert on_ground(room, (0.8, 3.0), (0.8, 4.5), (2.2, 4.0)) == [True, True, True]


def test_the_room_in_the_open_air_survives_json(plain: Room) -> None:
    assert Room.from_dict(plain.to_dict()) == plain


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (np.full((400, 600, 3), 120, np.uint8), "no straight lines"),
        (terrace(camera(pitch=-22.0)), "ground"),
        (terrace(camera(pitch=40.0)), "read"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(picture: np.ndarray, reason: str) -> None:
    with pytest.raises(UnusablePhoto, match=reason) as refusal:
        read_ground(picture)
    assert refusal.value.code == "ground_unreadable"
    assert "Take the photo level" in refusal.value.message

"""A person drags the corners of a room over its photo: the room that comes back fits them and can be used."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from staging.engine.geometry.reading import guess
from staging.engine.scene.editing import (
    Corners,
    completed,
    from_corners,
    opening_at,
    rescaled,
    resized_to_door,
    with_alternative,
)
from staging.engine.scene.room import Block, Box, Occluder, Opening, Room
from tests.engine.geometry import synthetic

TRUTH = synthetic.room(yaw=9.0, pitch=4.0, box=Box(-2.4, 1.7, -1.0, 4.1, 2.6))
DOOR = Opening("door", "back", -1.2, -0.4, 0.0, 2.03)


def lines(room: Room) -> np.ndarray:
    """Pixels of the four corners of the back wall."""
    b = room.box
    return room.camera.project([(x, b.y1, z) for x in (b.x0, b.x1) for z in (0.0, b.height)])[0]


def test_the_corners_of_a_room_give_the_same_room() -> None:
    again = from_corners(TRUTH, Corners.of(TRUTH))
    assert again.box.x0 == pytest.approx(TRUTH.box.x0, abs=1e-3)
    assert again.box.y1 == pytest.approx(TRUTH.box.y1, abs=1e-3)
    assert again.box.height == pytest.approx(TRUTH.box.height, abs=1e-3)
    assert again.status == "auto"
    assert again.visible["floor"] > 0.1
    assert len(again.floor_polygon) >= 4


def test_a_wall_read_too_near_is_dragged_to_where_it_is() -> None:
    wrong = dataclasses.replace(
        TRUTH,
        box=dataclasses.replace(TRUTH.box, y1=2.9, x1=1.2),
        openings=(),
        status="check",
        alternatives=(TRUTH.box,),
    )
    mended = from_corners(wrong, Corners.of(TRUTH))
    assert np.abs(lines(mended) - lines(TRUTH)).max() < 2.0
    assert mended.box.y1 == pytest.approx(TRUTH.box.y1, rel=0.03)
    assert (mended.status, mended.alternatives) == ("auto", ())


@pytest.mark.parametrize("yaw", [-28.0, 0.0, 17.0])
def test_a_room_that_could_not_be_read_is_made_of_its_corners_alone(yaw: float) -> None:
    truth = synthetic.room(yaw=yaw, pitch=6.0)
    nothing = guess(truth.camera.width, truth.camera.height_px)
    made = from_corners(nothing, Corners.of(truth))
    assert np.abs(lines(made) - lines(truth)).max() < 4.0
    assert made.box.y1 / made.box.width == pytest.approx(truth.box.y1 / truth.box.width, rel=0.25)


def test_openings_stay_where_they_are_in_the_picture() -> None:
    room = dataclasses.replace(TRUTH, openings=(DOOR,))
    corners = Corners.of(TRUTH)
    moved = dataclasses.replace(corners, back_left=(corners.back_left[0], corners.back_left[1] + 6))
    mended = from_corners(room, moved)
    before = room.camera.project(DOOR.corners(room.box))[0]
    after = mended.camera.project(mended.openings[0].corners(mended.box))[0]
    assert np.abs(after[:, 0] - before[:, 0]).max() < 4.0
    assert mended.openings[0].z0 == 0.0


def test_corners_that_no_room_has_are_refused() -> None:
    good = Corners.of(TRUTH)
    swapped = Corners(good.back_right, good.back_left, good.front_right, good.front_left)
    with pytest.raises(ValueError, match="no room fits"):
        from_corners(TRUTH, swapped)
    below = dataclasses.replace(good, ceiling_left=(good.back_left[0], good.back_left[1] + 20))
    with pytest.raises(ValueError, match="no room fits"):
        from_corners(TRUTH, below)


def test_corners_are_json() -> None:
    corners = Corners.of(TRUTH)
    assert Corners.from_dict(corners.to_dict()) == corners
    assert Corners.from_dict({**corners.to_dict(), "ceiling_left": None}).ceiling_left is None
    for wrong in ({}, {"back_left": [1]}, {**corners.to_dict(), "front_left": [1, float("nan")]}, {"roof": [1, 2]}):
        with pytest.raises(ValueError, match="not corners"):
            Corners.from_dict(wrong)


def test_two_points_on_a_wall_make_an_opening_and_a_door_makes_the_metre() -> None:
    a, c = TRUTH.camera.project(DOOR.corners(TRUTH.box)[[0, 2]])[0]
    found = opening_at(TRUTH, "door", "back", tuple(c), tuple(a))
    assert (found.u0, found.u1, found.z1) == pytest.approx((DOOR.u0, DOOR.u1, DOOR.z1), abs=1e-6)
    larger = resized_to_door(TRUTH, dataclasses.replace(found, z1=1.8))
    assert larger.box.height == pytest.approx(TRUTH.box.height * 2.03 / 1.8)
    with pytest.raises(ValueError, match="cannot show"):
        opening_at(TRUTH, "window", "front", tuple(a), tuple(c))


def test_an_alternative_takes_the_room_s_place() -> None:
    other = dataclasses.replace(TRUTH.box, y1=5.5)
    changed = with_alternative(dataclasses.replace(completed(TRUTH), alternatives=(other,), openings=(DOOR,)), 0)
    assert changed.box == other
    assert changed.alternatives == (TRUTH.box,)
    assert changed.openings == ()


def test_an_island_follows_the_room_that_a_person_corrects() -> None:
    """It stays where it is in the picture, grows with the metre, and its outline follows from its measures."""
    island = Block(0.2, 1.2, 2.2, 2.9, 0.9)
    room = completed(dataclasses.replace(TRUTH, occluders=(Occluder((), 0.0, island),)))
    (drawn,) = room.occluders
    assert len(drawn.polygon) >= 5
    (same,) = from_corners(room, Corners.of(TRUTH)).occluders
    assert dataclasses.astuple(same.block) == pytest.approx(dataclasses.astuple(island), abs=0.01)
    (grown,) = rescaled(room, 1.1).occluders
    assert grown.block.height == pytest.approx(0.99)
    assert grown.polygon == drawn.polygon
    (half,) = room.resized(room.camera.width // 2, room.camera.height_px // 2).occluders
    assert half.block == island

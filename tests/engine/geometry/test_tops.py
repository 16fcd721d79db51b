"""Counters on which something may be put: found by all the marks of one, and only where the photo shows them bare."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest

from staging.engine.geometry import fittings, tops
from staging.engine.scene import editing
from staging.engine.scene.room import Box, Opening, Room, Top
from tests.engine.geometry import synthetic

ROOM = synthetic.room(width=1000, height=667, pitch=9.0, camera_height=1.6, box=Box(-2.1, 1.9, -1.0, 3.2, 2.55))
DEEP = 0.62
FRONT = ROOM.box.y1 - DEEP
STONE, OAK = (212, 210, 204), (150, 104, 62)


def kitchen(*, room: Room = ROOM, clutter: tuple[float, float] | None = None, fronts: object = OAK) -> np.ndarray:
    """A photo with a counter at the back wall, x from -1.6 to 1.0, with doors under it; things stand on `clutter`."""
    picture = synthetic.photo(room)
    wall = room.box.y1
    front = wall - DEEP

    def face(corners: list[tuple[float, float, float]], colour: object) -> None:
        pixels, _ = room.camera.project(np.array(corners))
        polygon = np.round(pixels).astype(np.int32)
        cv2.fillConvexPoly(picture, polygon, colour, cv2.LINE_AA)
        cv2.polylines(picture, [polygon], True, tuple(int(v * 0.5) for v in colour), 1, cv2.LINE_AA)

    for x in np.linspace(-1.6, 0.35, 4):
        face([(x, front, 0.08), (x + 0.65, front, 0.08), (x + 0.65, front, 0.87), (x, front, 0.87)], fronts)
    face([(-1.6, front, 0.91), (1.0, front, 0.91), (1.0, wall, 0.91), (-1.6, wall, 0.91)], STONE)
    face([(-1.6, wall, 0.92), (1.0, wall, 0.92), (1.0, wall, 1.3), (-1.6, wall, 1.3)], (96, 120, 118))
    if clutter:
        (low, high), back = clutter, front + 0.2
        face([(low, back, 0.91), (high, back, 0.91), (high, back, 1.15), (low, back, 1.15)], (40, 44, 60))
    return picture


def found(picture: np.ndarray, room: Room = ROOM) -> tuple[Top, ...]:
    return fittings.find(picture, room).tops


def test_a_bare_counter_is_found_where_it_stands() -> None:
    (top,) = found(kitchen())
    assert (top.axis, top.side, top.z) == (0, 1, tops.HEIGHT)
    assert top.at == pytest.approx(FRONT, abs=0.08)
    (free,) = top.free
    assert free[0] == pytest.approx(-1.6, abs=0.15)
    assert free[1] == pytest.approx(1.0, abs=0.15)
    assert top.place(0.2, 0.3)[1] == pytest.approx(FRONT + 0.3, abs=0.08)
    assert top.turn == 0.0


def test_a_counter_that_is_seen_too_flatly_to_tell_where_its_edge_is_is_left_alone() -> None:
    flat = synthetic.room(width=1000, height=667, pitch=6.0, camera_height=1.4, box=Box(-2.1, 1.9, -1.0, 5.0, 2.55))
    assert not found(kitchen(room=flat), flat)


def test_what_stands_on_it_is_left_alone() -> None:
    stretches = [stretch for top in found(kitchen(clutter=(-0.5, 0.2))) for stretch in top.free]
    assert stretches
    assert not any(low < 0.2 - 0.05 and high > -0.5 + 0.05 for low, high in stretches)


@pytest.mark.parametrize(
    ("why", "picture", "room"),
    [
        ("a front of the same colour: nothing shows where the top ends", kitchen(fronts=STONE), ROOM),
        ("an empty room has no counter", synthetic.photo(ROOM), ROOM),
        (
            "a room at the wrong scale: things would be giants",
            kitchen(),
            dataclasses.replace(ROOM, camera=dataclasses.replace(ROOM.camera, height=1.1)),
        ),
    ],
)
def test_without_one_of_its_marks_it_is_none(why: str, picture: np.ndarray, room: Room) -> None:
    assert not found(picture, room), why


def test_a_counter_stands_before_its_wall_and_windows_stay_where_they_are_seen() -> None:
    window = Opening("window", "back", -0.5, 0.5, 1.1, 2.0)
    read = dataclasses.replace(ROOM, box=dataclasses.replace(ROOM.box, y1=3.0), openings=(window,))
    top = Top(0, 3.2, -1.0, 1.0, 1, 0.91, free=((-0.5, 0.5),))
    known = tops.enclosing(read, (top,))
    assert known.box.y1 == pytest.approx(3.82)
    for before, after in zip(window.corners(read.box), known.openings[0].corners(known.box), strict=True):
        assert read.camera.project(after)[0] == pytest.approx(read.camera.project(before)[0], abs=0.01)
    assert tops.enclosing(read, ()) == read
    assert Room.from_dict(known.to_dict()) == known


def test_a_room_that_is_given_another_scale_keeps_its_counters_where_they_are_seen() -> None:
    top = Top(1, -1.4, 1.5, 3.0, -1, 0.91, slope=0.02, free=((1.6, 2.6),))
    larger = editing.rescaled(dataclasses.replace(ROOM, tops=(top,)), 1.2)
    for along, back in ((1.6, 0.1), (2.6, 0.4)):
        before, _ = ROOM.camera.project([*top.place(along, back), top.z])
        after, _ = larger.camera.project([*larger.tops[0].place(along * 1.2, back * 1.2), larger.tops[0].z])
        assert after == pytest.approx(before, abs=0.01)
    assert larger.top_under(*larger.tops[0].place(2.0, 0.3), 0.91 * 1.2) == larger.tops[0]
    assert larger.top_under(*larger.tops[0].place(2.0, 0.3), 0.0) is None

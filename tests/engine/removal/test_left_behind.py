"""Things left in a room are found; a patch of sun on the floor and an empty floor are none."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from staging.engine.removal.left_behind import Left
from staging.engine.scene.editing import completed
from staging.engine.scene.room import Box, Opening
from tests.engine.geometry import synthetic

ROOM = completed(synthetic.room(width=480, height=320, pitch=8.0))
EMPTY = synthetic.photo(ROOM)


def drawn(*corners: tuple[float, float, float]) -> np.ndarray:
    """Pixels of a polygon of the room."""
    pixels, _ = ROOM.camera.project(np.array(corners))
    mask = np.zeros(EMPTY.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.round(pixels).astype(np.int32), 1)
    return mask > 0


def test_a_box_on_the_floor_is_found_and_an_empty_floor_has_none() -> None:
    box = drawn((-0.5, 2.8, 0.0), (0.5, 2.8, 0.0), (0.5, 2.8, 0.7), (-0.5, 2.8, 0.7))
    photo = EMPTY.copy()
    photo[box] = (40, 70, 150)
    found = Left(photo, ROOM).things()
    assert found[box].mean() > 0.8
    assert found[~box].mean() < 0.02
    assert not Left(EMPTY, ROOM).things().any()


def test_sun_on_the_floor_is_no_thing() -> None:
    patch = drawn((-0.7, 2.2, 0.0), (0.6, 2.2, 0.0), (0.9, 3.4, 0.0), (-0.4, 3.4, 0.0))
    photo = EMPTY.astype(np.float32)
    photo[patch] = np.minimum(photo[patch] * 1.5, 255)
    assert not Left(photo.astype(np.uint8), ROOM).things().any()


def test_in_a_room_that_reads_unsurely_what_stands_before_a_wall_is_furniture() -> None:
    """Though no thing was found: a pale bed looks like a floor in the sun."""
    cupboard, sun = EMPTY.copy(), EMPTY.copy()
    cupboard[drawn((-0.7, 3.0, 0.0), (0.7, 3.0, 0.0), (0.7, 3.0, 1.6), (-0.7, 3.0, 1.6))] = (40, 70, 150)
    sun[drawn((-0.7, 2.2, 0.0), (0.6, 2.2, 0.0), (0.9, 3.4, 0.0), (-0.4, 3.4, 0.0))] = (250, 248, 240)
    nothing = np.zeros(EMPTY.shape[:2], bool)
    for photo, total, stands in ((cupboard, 0.5, True), (cupboard, 0.7, False), (sun, 0.5, False)):
        room = replace(ROOM, confidence={"total": total}, status="check")
        assert Left(photo, room).furnished(nothing) is stands


def test_many_things_are_furniture_and_in_a_room_that_reads_surely_more_of_them() -> None:
    cupboard = EMPTY.copy()
    cupboard[drawn((-0.7, 3.0, 0.0), (0.7, 3.0, 0.0), (0.7, 3.0, 1.6), (-0.7, 3.0, 1.6))] = (40, 70, 150)
    found = Left(cupboard, ROOM).things()
    few = found & (np.cumsum(found).reshape(found.shape) < 0.1 * found.size)
    for status, things, stands in (("check", few, True), ("auto", few, False), ("auto", found, True)):
        room = replace(ROOM, confidence={"total": 0.8}, status=status)
        assert Left(cupboard, room).furnished(things) is stands


SURE = replace(ROOM, confidence={"total": 0.9})
NOTHING = np.zeros(EMPTY.shape[:2], bool)


def chairs(photo: np.ndarray, rows: tuple[int, ...]) -> np.ndarray:
    """Round seats on splayed legs, white as the walls, at those rows of the photo."""
    drawn = photo.copy()
    for row in rows:
        for x in range(60, 430, 60):
            for foot in (-16, 16):
                cv2.line(drawn, (x, row), (x + foot, row + 44), (90, 60, 40), 3, cv2.LINE_AA)
            cv2.ellipse(drawn, (x, row), (22, 8), 0, 0, 360, (214, 208, 200), -1, cv2.LINE_AA)
            cv2.ellipse(drawn, (x, row), (22, 8), 0, 0, 360, (120, 112, 104), 2, cv2.LINE_AA)
    return drawn


def test_edges_that_run_in_none_of_the_rooms_directions_are_furnitures_in_a_room_that_reads_surely() -> None:
    assert Left(chairs(EMPTY, (190, 250)), SURE).furnished(NOTHING)
    assert not Left(EMPTY, SURE).furnished(NOTHING)
    assert not Left(chairs(EMPTY, (20, 65)), SURE).furnished(NOTHING)  # lamps of the same shapes


def test_a_floor_of_tiles_laid_aslant_is_no_furniture() -> None:
    for turned in (20.0, 45.0):
        assert not Left(synthetic.photo(ROOM, tiles=turned), SURE).furnished(NOTHING)


def test_what_stands_behind_a_window_is_not_in_the_room() -> None:
    window = Opening("window", "back", -1.8, 1.7, 0.1, 2.2)
    room = replace(
        completed(synthetic.room(width=480, height=320, pitch=8.0, openings=(window,))), confidence={"total": 0.9}
    )
    garden = chairs(synthetic.photo(room), (150, 165))
    inside, _ = room.camera.project(window.corners(room.box))
    pane = cv2.fillConvexPoly(np.zeros(NOTHING.shape, np.uint8), np.round(inside).astype(np.int32), 1) > 0
    photo = np.where(pane[..., None], garden, synthetic.photo(room))
    assert not Left(photo, room).furnished(NOTHING)
    assert Left(garden, replace(room, openings=())).furnished(NOTHING)


def test_a_room_read_unsurely_of_which_hardly_any_floor_is_seen_is_not_taken_for_empty() -> None:
    """A sofa that fills the picture hides floor and edges: a strip before it is then read as the floor."""
    low = completed(synthetic.room(width=480, height=320, pitch=-12.0, box=Box(-2.1, 1.9, -1.0, 3.0, 2.55)))
    high = completed(synthetic.room(width=480, height=320, pitch=8.0, box=Box(-2.1, 1.9, -1.0, 3.0, 2.55)))
    for room, total, unclear in ((low, 0.45, True), (low, 0.7, False), (high, 0.45, False)):
        read = replace(room, confidence={"total": total}, status="check")
        assert Left(synthetic.photo(room), read).unclear() is unclear

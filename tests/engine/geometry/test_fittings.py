"""What a photo shows to be free floor: not what stands on it, nor what lies on it, nor what only has its colour."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from staging.engine.geometry import fittings, footings
from staging.engine.scene.editing import completed
from staging.engine.scene.faces import FLOOR, face_map
from staging.engine.scene.room import Box, Room
from tests.engine.geometry import synthetic
from tests.engine.geometry.test_openings import BOX, lit_wall

ROOM = synthetic.room(pitch=9.0)
EMPTY = synthetic.photo(ROOM)
WHITE, OAK = (228, 227, 224), (128, 95, 64)


def block(
    picture: np.ndarray, room: Room, x: tuple[float, float], y: tuple[float, float], colour: object
) -> np.ndarray:
    """Draw a cabinet 0.9 m high with its top, front and side; answers the pixels that it takes."""
    (x0, x1), (y0, y1), h = x, y, 0.9
    side = x0 if x0 > 0 else x1
    faces = (
        [(side, y0, 0), (side, y1, 0), (side, y1, h), (side, y0, h)],
        [(x0, y0, h), (x1, y0, h), (x1, y1, h), (x0, y1, h)],
        [(x0, y0, 0), (x1, y0, 0), (x1, y0, h), (x0, y0, h)],
    )
    taken = np.zeros(picture.shape[:2], np.uint8)
    for corners, gain in zip(faces, (0.82, 1.0, 0.94), strict=True):
        pixels, _ = room.camera.project(np.array(corners, dtype=float))
        polygon = np.round(pixels).astype(np.int32)
        cv2.fillConvexPoly(picture, polygon, tuple(int(v * gain) for v in colour), cv2.LINE_AA)
        cv2.polylines(picture, [polygon], True, tuple(int(v * 0.6) for v in colour), 2, cv2.LINE_AA)
        cv2.fillConvexPoly(taken, polygon, 1)
    return cv2.erode(taken, np.ones((5, 5), np.uint8)) > 0


def upscaled(mask: np.ndarray) -> np.ndarray:
    return cv2.resize(mask.astype(np.uint8), (ROOM.camera.width, ROOM.camera.height_px), interpolation=0) > 0


def floor() -> np.ndarray:
    return face_map(ROOM, ROOM.camera.width, ROOM.camera.height_px).labels == FLOOR


def test_the_floor_of_an_empty_room_is_free_and_its_walls_are_calm() -> None:
    found = fittings.find(EMPTY, ROOM)
    clear, calm = upscaled(found.clear), upscaled(found.calm)
    assert clear[floor()].mean() > 0.85
    assert clear[~floor()].mean() < 0.01
    assert calm[~floor()].mean() > 0.4
    assert found.area(ROOM.camera) > 6.0


def test_the_same_photo_gives_the_same_answer() -> None:
    once, again = fittings.find(EMPTY, ROOM), fittings.find(EMPTY, ROOM)
    assert np.array_equal(once.clear, again.clear)
    assert np.array_equal(once.calm, again.calm)


@pytest.mark.parametrize("colour", [WHITE, OAK], ids=["white", "in the floor's own colour"])
def test_an_island_is_no_floor(colour: object) -> None:
    photo = EMPTY.copy()
    island = block(photo, ROOM, (0.2, 1.5), (2.6, 3.4), colour)
    clear = upscaled(fittings.find(photo, ROOM).clear)
    assert clear[island].mean() < 0.01
    before = floor() & ~island
    before[: round(ROOM.camera.height_px * 0.86)] = False
    assert clear[before].mean() > 0.6


def test_a_row_of_cabinets_is_neither_floor_nor_calm() -> None:
    photo = EMPTY.copy()
    row = np.zeros(photo.shape[:2], np.bool_)
    for x in np.arange(-2.0, 1.6, 0.45):
        row |= block(photo, ROOM, (x, x + 0.43), (3.75, 4.4), WHITE)
    found = fittings.find(photo, ROOM)
    assert upscaled(found.clear)[row].mean() < 0.01
    assert upscaled(found.calm)[row].mean() < 0.35


def test_what_lies_on_the_floor_in_another_colour_is_not_free() -> None:
    photo = EMPTY.copy()
    pixels, _ = ROOM.camera.project(np.array([(-1.2, 2.2, 0.0), (0.2, 2.2, 0.0), (0.2, 3.2, 0.0), (-1.2, 3.2, 0.0)]))
    mat = np.zeros(photo.shape[:2], np.uint8)
    cv2.fillConvexPoly(mat, np.round(pixels).astype(np.int32), 1)
    photo[mat > 0] = (70, 90, 150)
    assert upscaled(fittings.find(photo, ROOM).clear)[cv2.erode(mat, np.ones((7, 7))) > 0].mean() < 0.05


def test_an_island_with_a_plain_back_is_a_counter_to_sit_at() -> None:
    photo = EMPTY.copy()
    block(photo, ROOM, (-0.9, 1.0), (2.6, 3.4), WHITE)
    (counter,) = fittings.find(photo, ROOM).counters
    assert counter.axis == 0
    assert counter.at == pytest.approx(2.6, abs=0.1)
    assert (counter.low, counter.high) == pytest.approx((-0.9, 1.0), abs=0.12)
    assert counter.height == pytest.approx(0.9, abs=0.05)


def test_nobody_sits_at_doors_and_drawers_nor_at_an_oven() -> None:
    doors, oven = EMPTY.copy(), EMPTY.copy()
    for x in np.arange(-1.2, 1.1, 0.45):
        block(doors, ROOM, (x, x + 0.43), (2.6, 3.4), WHITE)
    block(oven, ROOM, (0.1, 0.8), (2.6, 3.2), WHITE)
    assert fittings.find(doors, ROOM).counters == ()
    assert fittings.find(oven, ROOM).counters == ()


def test_a_dado_is_no_counter() -> None:
    photo = EMPTY.copy()
    box = ROOM.box
    pixels, _ = ROOM.camera.project(np.array([(box.x0, box.y1, 0.95), (box.x1, box.y1, 0.95)]))
    (a, b) = np.round(pixels).astype(int)
    cv2.line(photo, tuple(map(int, a)), tuple(map(int, b)), (120, 110, 100), 3, cv2.LINE_AA)
    assert fittings.find(photo, ROOM).counters == ()


def test_a_wall_across_an_open_floor_has_no_foot() -> None:
    truth = synthetic.room(pitch=9.0, box=Box(-2.1, 1.9, -1.0, 6.4, 2.55))
    photo = synthetic.photo(truth)
    wrong = replace(truth, box=replace(truth.box, y1=4.4))
    assert footings.missing(photo, truth) == ()
    missing = [s for s in footings.missing(photo, wrong) if s.wall == "back"]
    assert sum(s.high - s.low for s in missing) > 0.7 * truth.box.width


def test_a_wall_under_a_lamp_is_bare_and_a_pane_in_it_is_not():
    """Art may hang in the glare of a lamp, but not over what ends in edges there."""
    truth = completed(synthetic.room(yaw=4.0, box=BOX))
    across, up = np.meshgrid(np.linspace(-2.1, 1.9, 400), np.linspace(0.0, 2.55, 255))
    away = np.hypot((across + 0.4) / 0.8, (up - 1.6) / 0.5)
    middle = truth.camera.project(np.array([[-0.4, truth.box.y1, 1.6]]))[0][0]

    def bare(light):
        calm = fittings.find_walls(lit_wall(truth, light, across, up), truth).calm
        u, v = np.round(middle * calm.shape[1] / truth.camera.width).astype(int)
        return calm[v - 4 : v + 5, u - 4 : u + 5].mean()

    assert bare(np.exp(-(away**2))) > 0.9
    assert bare(np.asarray(away < 0.9, float)) < 0.5


def test_a_wall_is_bare_though_its_upper_part_has_another_colour():
    """Above a fallen cornice or where furniture stood paint yellows: what goes over into it without an edge is wall."""
    truth = completed(synthetic.room(yaw=4.0, box=BOX))
    across, up = np.meshgrid(np.linspace(-2.1, 1.9, 400), np.linspace(0.0, 2.55, 255))

    def bare(light, heights):
        calm = fittings.find_walls(lit_wall(truth, light, across, up), truth).calm
        at = truth.camera.resized(calm.shape[1], calm.shape[0])
        pixels, _ = at.project(np.array([(x, BOX.y1, z) for x in (-1.2, -0.4, 0.6) for z in heights]))
        u, v = np.round(pixels).astype(int).T
        return calm[v, u].mean()

    fading = 1.0 - np.clip((up - 1.4) / 0.5, 0, 1)
    assert bare(fading, (0.8, 1.1, 1.4)) > 0.9
    # Cupboards end in an edge, and leave most of the wall to be seen.
    assert bare(np.asarray(up < 1.0, float), (0.4, 0.6, 0.8)) < 0.5

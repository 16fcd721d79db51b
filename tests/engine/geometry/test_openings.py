"""Doors, windows and passages are found where they are, and a door gives the metre."""

from __future__ import annotations

import functools

import cv2
import numpy as np
import pytest

from staging.engine.geometry import read_room
from staging.engine.geometry.openings import find, kind_of
from staging.engine.scene import faces
from staging.engine.scene.editing import completed
from staging.engine.scene.room import Box, Opening, Room
from tests.engine.geometry import synthetic

BOX = Box(-2.1, 1.9, -1.0, 4.4, 2.55)
WINDOW = Opening("window", "back", -1.2, 0.3, 0.9, 2.1)
DOOR = Opening("door", "right", 2.9, 3.7, 0.0, 2.03)
PASSAGE = Opening("opening", "left", 2.4, 4.0, 0.0, 2.2)
FRENCH_WINDOW = Opening("window", "back", -0.9, 0.9, 0.05, 2.15)


@functools.cache
def found(*openings: Opening) -> Room:
    return read_room(synthetic.photo(synthetic.room(yaw=4.0, box=BOX, openings=openings)))


def covered(room: Room, truth: Opening, *kinds: str) -> float:
    """Share of a true opening's width that found openings of these kinds cover.

    The box is found up to a scale, so places along a wall are compared as fractions of the wall.
    """

    def along(u: float, box: Box) -> float:
        return (u - box.x0) / box.width if truth.wall == "back" else u / box.y1

    place = np.linspace(along(truth.u0, BOX), along(truth.u1, BOX), 50)
    hit = np.zeros(50, bool)
    for o in room.openings_on(truth.wall):
        if o.kind in kinds:
            hit |= (place > along(o.u0, room.box)) & (place < along(o.u1, room.box))
    return float(hit.mean())


def test_a_window_is_found_above_its_sill() -> None:
    room = found(WINDOW, DOOR)
    assert covered(room, WINDOW, "window") > 0.9
    sills = [o.z0 for o in room.openings_on("back", "window")]
    assert min(sills) == pytest.approx(0.9, abs=0.15)


def test_a_white_door_in_a_white_wall_is_found() -> None:
    assert covered(found(WINDOW, DOOR), DOOR, "door") > 0.85


def test_a_wide_passage_is_found() -> None:
    assert covered(found(PASSAGE), PASSAGE, "opening", "door") > 0.85


def test_a_window_that_reaches_the_floor_must_not_be_blocked() -> None:
    room = found(FRENCH_WINDOW)
    assert covered(room, FRENCH_WINDOW, "door", "opening") > 0.85


def test_bare_walls_have_no_openings() -> None:
    assert found().openings == ()


def test_the_glare_of_a_lamp_on_a_wall_is_no_window() -> None:
    """A console and art may go there; a bright pane with edges at the same place stays a window."""
    truth = completed(synthetic.room(yaw=4.0, box=BOX))
    across, up = np.meshgrid(np.linspace(-2.1, 1.9, 400), np.linspace(0.0, 2.55, 255))
    away = np.hypot((across + 0.4) / 0.8, (up - 1.7) / 0.6)
    glare = find(lit_wall(truth, np.exp(-(away**2)), across, up), truth)
    pane = find(lit_wall(truth, np.asarray(away < 0.9, float), across, up), truth)
    assert [o for o in glare if o.wall == "back"] == []
    assert [o.kind for o in pane if o.wall == "back"] == ["window"]


def test_a_soft_shade_on_a_wall_is_no_window() -> None:
    """So is a stain that fades into the paint; a dark pane with edges at the same place stays a window."""
    truth = completed(synthetic.room(yaw=4.0, box=BOX))
    across, up = np.meshgrid(np.linspace(-2.1, 1.9, 400), np.linspace(0.0, 2.55, 255))
    away = np.hypot((across + 0.4) / 0.8, (up - 1.6) / 0.5)
    shade = find(lit_wall(truth, -0.7 * np.exp(-(away**2)), across, up), truth)
    pane = find(lit_wall(truth, -0.7 * np.asarray(away < 0.9, float), across, up), truth)
    assert [o for o in shade if o.wall == "back"] == []
    assert [o.kind for o in pane if o.wall == "back"] == ["window"]


def lit_wall(truth: Room, light: np.ndarray, across: np.ndarray, up: np.ndarray) -> np.ndarray:
    """The photo with teal walls, to whose back one `light` (h, w; 0..1) is added, given at points of that wall."""
    picture = synthetic.photo(truth).astype(np.float32) / 255
    seen = faces.face_map(truth, picture.shape[1], picture.shape[0])
    walls = (seen.labels >= faces.LEFT) & (seen.points[..., 2] > 0.1)
    picture[walls] *= np.array([0.45, 0.66, 0.66])
    columns = np.interp(seen.points[..., 0], across[0], np.arange(across.shape[1])).astype(np.float32)
    rows = np.interp(seen.points[..., 2], up[:, 0], np.arange(up.shape[0])).astype(np.float32)
    added = cv2.remap(light.astype(np.float32), columns, rows, cv2.INTER_LINEAR) * (seen.labels == faces.BACK)
    return (np.clip(picture + 0.38 * added[..., None], 0, 1) * 255).astype(np.uint8)


def test_a_door_fixes_the_metre() -> None:
    # a camera held low: without the door the room would be read a fifth too large
    truth = synthetic.room(yaw=4.0, camera_height=1.12, openings=(DOOR,))
    room = read_room(synthetic.photo(truth))
    assert room.scale_source == "door"
    assert room.camera.height == pytest.approx(1.12, rel=0.06)
    heads = [o.z1 for o in room.openings if o.kind == "door"]
    assert all(1.9 <= z <= 2.2 for z in heads)


@pytest.mark.parametrize(
    ("z0", "z1", "width", "kind"),
    [
        (0.9, 2.1, 1.2, "window"),
        (0.0, 2.05, 0.8, "door"),
        (0.2, 2.1, 1.2, "door"),
        (0.0, 2.1, 2.0, "opening"),
        (0.0, 2.5, 0.9, "opening"),
        (0.0, 1.1, 1.4, "opening"),
        (0.0, 0.6, 0.9, None),
        (0.0, 1.2, 0.3, None),
    ],
)
def test_size_and_place_say_what_an_opening_is(z0: float, z1: float, width: float, kind: str | None) -> None:
    assert kind_of(z0, z1, width) == kind

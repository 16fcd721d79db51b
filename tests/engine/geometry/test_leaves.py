"""The leaf of a door that stands open is found, so that nothing stands before it or hangs on it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from staging.engine.geometry import openings, read_room
from staging.engine.scene import faces
from staging.engine.scene.room import Box, Opening, Room
from staging.engine.scene.site import is_passage
from tests.engine.geometry import synthetic

BOX = Box(-2.1, 1.9, -1.0, 5.6, 2.55)
DOORWAY = Opening("opening", "right", 2.9, 3.65, 0.0, 2.03)
HINGE = DOORWAY.u1 + 0.07  # the casing
PAINT = np.array([0.82, 0.80, 0.77]) * synthetic.GAIN[faces.RIGHT] * 255  # of the wall: the leaf hardly shows
WHITE = np.full(3, 225.0)


def corners(angle: float, across: tuple[float, float], up: tuple[float, float]) -> NDArray[np.float64]:
    """A rectangle of the leaf, fractions of its 0.74 m and metres above the floor, `angle` degrees off the wall."""
    swing = np.radians(angle)
    return np.array(
        [
            (BOX.x1 - 0.74 * a * np.sin(swing), HINGE + 0.74 * a * np.cos(swing), z)
            for a, z in ((across[0], up[0]), (across[1], up[0]), (across[1], up[1]), (across[0], up[1]))
        ]
    )


def opened(truth: Room, angle: float, tone: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The photo of a room whose panelled leaf of colour `tone` stands `angle` degrees off the right wall.

    Its head and the upper half of its free edge are in the shade; in the wall's paint it is lost below the handle.
    """
    picture = synthetic.photo(truth)
    scale = 4

    def fill(across: tuple[float, float], up: tuple[float, float], colour: NDArray[np.float64]) -> None:
        uv, _ = truth.camera.project(corners(angle, across, up))
        polygon = np.round(uv * 2**scale).astype(np.int32)
        cv2.fillConvexPoly(picture, polygon, colour.tolist(), cv2.LINE_AA, scale)

    fill((0.0, 1.0), (0.01 if tone is WHITE else 0.95, 2.02), tone)
    fill((0.97, 1.0), (0.95, 2.02), tone - 25)
    fill((0.0, 1.0), (2.0, 2.02), tone - 25)
    for up in ((0.2, 0.9), (1.05, 1.85))[0 if tone is WHITE else 1 :]:
        fill((0.16, 0.84), up, tone - 12)
        fill((0.19, 0.81), (up[0] + 0.03, up[1] - 0.03), tone)
    rng = np.random.default_rng(1)
    return np.clip(picture + rng.normal(0, 1.5, picture.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("angle", [4.0, 12.0, 20.0])
@pytest.mark.parametrize("tone", [WHITE, PAINT], ids=["white", "paint"])
def test_an_open_leaf_beside_its_doorway_is_walked_through(angle: float, tone: NDArray[np.float64]) -> None:
    truth = synthetic.room(yaw=4.0, box=BOX, openings=(DOORWAY,))
    found = [o for o in openings.find(opened(truth, angle, tone), unread(truth)) if is_passage(o)]
    # the line of sight past the free edge meets the wall behind it
    x, y, _ = corners(angle, (1.0, 1.0), (1.0, 1.0))[0]
    behind = y * BOX.x1 / x
    places = np.linspace(DOORWAY.u0, behind, 60)
    covered = [any(o.u0 <= u <= o.u1 for o in found if o.wall == "right") for u in places]
    assert np.mean(covered) > 0.9


def test_a_doorway_without_a_leaf_gets_none() -> None:
    truth = synthetic.room(yaw=4.0, box=BOX, openings=(DOORWAY,))
    found = openings.find(synthetic.photo(truth), unread(truth))
    assert len([o for o in found if o.wall == "right"]) == 1


def test_a_window_beside_a_doorway_is_no_leaf() -> None:
    window = Opening("window", "right", 3.95, 4.7, 0.9, 2.03)
    truth = synthetic.room(yaw=4.0, box=BOX, openings=(DOORWAY, window))
    found = openings.find(synthetic.photo(truth), unread(truth))
    assert sorted(o.kind == "window" for o in found if o.wall == "right") == [False, True]


def test_a_leaf_does_not_change_the_metre() -> None:
    truth = synthetic.room(yaw=4.0, box=BOX, openings=(DOORWAY,))
    shut, ajar = (read_room(p) for p in (synthetic.photo(truth), opened(truth, 12.0, PAINT)))
    assert ajar.camera.height == pytest.approx(shut.camera.height, rel=0.03)
    assert any(o.u0 > 3.3 and o.kind == "door" for o in ajar.openings_on("right"))


def unread(truth: Room) -> Room:
    """The room with its openings yet to be found."""
    return Room(truth.camera, truth.box, visible={"left": 0.2, "right": 0.2, "back": 0.2})

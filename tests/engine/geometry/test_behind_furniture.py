"""A room is read behind furniture by its faces, not by the strongest lines that are left to see."""

import cv2
import numpy as np
import pytest

from staging.engine.geometry import looks, read_room
from staging.engine.scene import faces
from staging.engine.scene.room import Box
from tests.engine.geometry import synthetic

# Walls of one white in nearly one light: their corner hardly shows.
PALE = {faces.CEILING: 1.0, faces.LEFT: 0.94, faces.BACK: 0.96, faces.RIGHT: 0.935}
ON_THE_BACK_WALL = ((faces.BACK, -1.8, -1.2), (faces.BACK, 0.6, 1.2))
BESIDE_THE_CORNERS = ((faces.RIGHT, 3.2, 3.8), (faces.LEFT, 3.2, 3.8))


def curtained(truth, spans):
    """The photo of a room with curtains from ceiling to floor on `spans` of its walls: (face, from, to)."""
    photo = synthetic.photo(truth).astype(float)
    seen = faces.face_map(truth, truth.camera.width, truth.camera.height_px)
    x, y, z = np.moveaxis(seen.points, -1, 0)
    for face, start, end in spans:
        along = x if face == faces.BACK else y
        cloth = (seen.labels == face) & (along > start) & (along < end) & (z > 0.05) & (z < 2.5)
        fold = 0.75 + 0.25 * np.sin(along * 2 * np.pi / 0.11)
        photo[cloth] = (np.array([150, 120, 95]) * fold[..., None])[cloth]
    return photo


def with_a_bed(photo, truth):
    """The photo with a patterned block before the corner, and where it is (H, W)."""
    ends = np.array([(x, y, z) for x in (-1.6, 1.9) for y in (1.8, 4.4) for z in (0, 0.9)])
    outline = cv2.convexHull(np.round(truth.camera.project(ends)[0]).astype(np.int32))
    mask = np.zeros(photo.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, outline, 1)
    cloth = np.array([60, 70, 110]) + np.random.default_rng(2).normal(0, 25, (int(mask.sum()), 3))
    made = photo.copy()
    made[mask > 0] = np.clip(cloth, 0, 255)
    return np.clip(made, 0, 255).astype(np.uint8), mask > 0


def corner(room, x):
    """The column of the photo at which the corner of the back wall and the side wall at `x` stands."""
    return float(room.camera.project(np.array([[x, room.box.y1, 0.94 * room.camera.height]]))[0][0, 0])


@pytest.mark.parametrize(("yaw", "spans"), [(20, ON_THE_BACK_WALL), (38, BESIDE_THE_CORNERS)])
def test_curtains_are_no_corner_where_walls_hardly_differ(monkeypatch, yaw, spans):
    for face, gain in PALE.items():
        monkeypatch.setitem(synthetic.GAIN, face, gain)
    truth = synthetic.room(yaw=yaw, pitch=4, box=Box(-2.1, 1.9, -1.0, 4.4, 2.55))
    photo, hidden = with_a_bed(curtained(truth, spans), truth)
    found = read_room(photo, hidden=hidden)
    assert corner(found, found.box.x0) == pytest.approx(corner(truth, truth.box.x0), abs=12)


def test_nothing_to_see_is_no_kind_of_anything():
    assert looks.Kinds.of(np.zeros((60, 80, 3), np.uint8), np.ones((60, 80), bool), (80, 60)) is None

"""The single steps on the way from a photo to a room."""

from __future__ import annotations

import math

import numpy as np
import pytest

from staging.engine.geometry import confidence
from staging.engine.geometry.reading import exif_focal, guess
from staging.engine.geometry.segments import Segments, merge_collinear
from staging.engine.geometry.view import View, angles, rotation
from staging.engine.scene import floor, plan
from tests.engine.geometry import synthetic


def test_collinear_pieces_become_one_segment_and_parallel_ones_stay_apart() -> None:
    pieces = np.array([[0.0, 10.0, 60.0, 10.0], [70.0, 10.3, 150.0, 10.1], [0.0, 40.0, 90.0, 40.0]])
    merged = merge_collinear(pieces)
    assert len(merged) == 2
    assert sorted(np.hypot(*(merged[:, 2:] - merged[:, :2]).T)) == pytest.approx([90.0, 150.0], abs=0.5)


def test_a_segment_points_at_its_vanishing_point() -> None:
    view = View(800, 600, 480.0, 20.0, 0.3, 0.1, 0.01)
    start, stop = np.array([[-1.0, 1.0, 3.0], [2.0, 1.0, 3.0]]) @ view.matrix.T
    cx, cy = view.centre
    ends = [c for p in (start, stop) for c in (p[0] / p[2] * view.f + cx, p[1] / p[2] * view.f + cy)]
    sines = Segments(np.array([ends]), 800, 600).sines(view.vanishing_points())
    assert sines[0, 0] == pytest.approx(0.0, abs=1e-9)
    assert sines[1:, 0].min() > 0.1


def test_angles_undo_rotation() -> None:
    assert angles(rotation(0.4, -0.1, 0.02)) == pytest.approx((0.4, -0.1, 0.02))
    assert View(4, 3, 3.0, 0.0, math.radians(80), 0.0, 0.0).squared().yaw == pytest.approx(math.radians(-10))


@pytest.mark.parametrize(
    ("focal", "size", "trusted"),
    [
        (24.0, (6000, 4000), True),
        (26.0, (3024, 4032), True),
        (50.0, (6000, 4000), False),
        (5.0, (6000, 4000), False),
        (24.0, (2000, 2000), False),
        (None, (6000, 4000), False),
    ],
)
def test_a_focal_length_from_a_crop_or_a_long_lens_is_not_trusted(
    focal: float | None, size: tuple[int, int], trusted: bool
) -> None:
    pixels = exif_focal(focal, *size, *size)
    assert (pixels is not None) == trusted
    if pixels is not None and focal is not None:
        assert pixels == pytest.approx(focal / 43.27 * math.hypot(*size))


def test_the_gates() -> None:
    assert confidence.status(0.71, 0.3) == "auto"
    assert confidence.status(0.70, 0.3) == "check"
    assert confidence.status(0.20, 0.3) == "manual"
    assert confidence.status(0.95, 0.05) == "manual"


def test_a_guess_is_a_box_that_people_can_pull_into_shape() -> None:
    room = guess(400, 300)
    assert room.status == "manual"
    assert len(room.floor_polygon) >= 4
    assert room.visible["floor"] > 0.1


def test_the_whole_floor_before_a_camera_that_looks_down_on_it_is_seen() -> None:
    room = synthetic.room(pitch=30.0, focal=0.3)
    seen = np.array(floor.visible_polygon(room.camera, plan.outline(room.box, ())))
    assert seen[:, 1].max() == pytest.approx(room.box.y1)
    assert seen[:, 0].min() == pytest.approx(room.box.x0)
    assert seen[:, 0].max() == pytest.approx(room.box.x1)

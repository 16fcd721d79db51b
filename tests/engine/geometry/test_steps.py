"""The single steps on the way from a photo to a room."""

from __future__ import annotations

import math

import numpy as np
import pytest

from staging.engine.geometry import confidence
from staging.engine.geometry.colours import commonest, least_squares
from staging.engine.geometry.evidence import Evidence, FloorColour
from staging.engine.geometry.layout import Scorer
from staging.engine.geometry.reading import exif_focal, guess
from staging.engine.geometry.segments import Segments, merge_collinear
from staging.engine.geometry.view import ALONG, DOWN, View, angles, rotation
from staging.engine.geometry.zenith import Support
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


def test_the_camera_search_counts_segments_by_how_far_they_miss_a_point() -> None:
    rng = np.random.default_rng(3)
    segments = Segments(rng.uniform(0, 800, (60, 4)), 800, 600)
    support = Support.of(segments)
    points = np.concatenate(
        [rng.normal(size=(40, 3)) * [500, 500, 1], [[0.0, 1.0, 0.0]], np.c_[segments.middle, np.ones(60)]]
    )
    wanted = np.maximum(0.0, 1.0 - (segments.sines(points) / support.tolerance) ** 2)
    own = np.eye(101, 60, -41, bool)  # a point that is a segment's own middle says nothing of it
    found = support.kernel(points)
    assert found[~own] == pytest.approx(wanted[~own], abs=1e-9)
    assert np.isfinite(found).all()


def test_lines_that_run_into_their_face_speak_against_a_box() -> None:
    view = View(400, 300, 240.0, 0.0, 0.0, 0.0, 0.0)
    drawn = {ALONG: ([-0.5, 1.0, 2.0], [-0.5, 1.0, 4.0]), DOWN: ([0.2, -0.2, 3.0], [0.2, 0.95, 3.0])}
    cx, cy = view.centre
    ends = [[c for x, y, z in pair for c in (x / z * view.f + cx, y / z * view.f + cy)] for pair in drawn.values()]
    lines = Segments(np.array(ends), 400, 300)
    blank = Evidence(
        np.zeros((300, 400, 3), np.float32), np.zeros((5, 300, 400), np.float32), np.zeros(5, np.float32),
        FloorColour(np.zeros((300, 400), np.float32), 0.0),
    )  # fmt: skip
    scorer = Scorer(view, blank, lines, np.array(list(drawn)))
    # Left, right, depth, ceiling in camera heights: the line into the room lies on the floor before a deep back wall,
    # and would stand out of one that is nearer; the upright one stands on that wall, or would lie on the deep floor.
    deep, shallow = np.log([[2.0, 2.0, 6.0, 1.0], [2.0, 2.0, 1.5, 1.0]])
    share = lines.length[0] / lines.length.sum()
    lost = -scorer.parts(np.stack([deep, shallow])).lines
    assert lost[1] == pytest.approx(share, abs=0.02)
    assert 0.0 < lost[0] < 1 - share


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


def test_the_commonest_colour_is_the_one_with_most_near_it() -> None:
    rng = np.random.default_rng(5)
    colours = np.concatenate(
        [rng.normal([40, 5, 5], 1, (30, 3)), rng.normal([80, 0, 9], 1, (50, 3)), rng.uniform(0, 100, (20, 3))]
    )
    assert 30 <= commonest(colours, colours) < 80
    assert commonest(colours, colours, np.where(np.arange(100) < 30, 9.0, 1.0)) < 30


def test_a_surface_through_colours_is_the_one_of_least_squares() -> None:
    rng = np.random.default_rng(6)
    system, target = rng.normal(size=(500, 6)), rng.normal(size=(500, 3))
    assert least_squares(system, target) == pytest.approx(np.linalg.lstsq(system, target, rcond=None)[0], abs=1e-9)

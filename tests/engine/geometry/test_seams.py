"""A door in the wall's own colour is told by the thin gap about its leaf; panels and bare paint are none."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from staging.engine.geometry import fittings, seams
from staging.engine.scene.editing import completed
from staging.engine.scene.room import Opening, Room
from tests.engine.geometry import synthetic
from tests.engine.geometry.test_openings import BOX

TRUTH = completed(synthetic.room(yaw=4.0, box=BOX))
LEAF = (-0.5, 0.3, 2.0)  # from, to, head; metres on the back wall
Line = tuple[float, float, float, float]


def scored(*lines: Line) -> np.ndarray:
    """The photo with lines a shade darker than the paint, each from (x, z) to (x, z) on the back wall."""
    picture = synthetic.photo(TRUTH)
    mask = np.zeros(picture.shape[:2], np.uint8)
    for x0, z0, x1, z1 in lines:
        pixels, _ = TRUTH.camera.project(np.array([(x0, BOX.y1, z0), (x1, BOX.y1, z1)]))
        ends = [tuple(round(float(v)) for v in pixel) for pixel in pixels]
        cv2.line(mask, ends[0], ends[1], 255, 1, cv2.LINE_AA)
    return (picture * (1 - 0.09 * mask[..., None] / 255)).astype(np.uint8)


def gap(low: float, high: float, head: float) -> tuple[Line, ...]:
    return (low, 0.0, low, head), (high, 0.0, high, head), (low, head, high, head)


def test_a_leaf_in_the_walls_colour_is_found_by_its_gap() -> None:
    (found,) = seams.find(scored(*gap(*LEAF)), TRUTH)
    assert (found.wall, found.z0) == ("back", 0.0)
    assert (found.u0, found.u1, found.z1) == pytest.approx(LEAF, abs=0.08)


def test_what_is_kept_clear_of_furniture_has_it() -> None:
    assert [o.wall for o in fittings.find_walls(scored(*gap(*LEAF)), TRUTH).flush] == ["back"]


@pytest.mark.parametrize(
    "lines",
    [
        (),
        gap(*LEAF)[:2],  # without a head
        gap(*LEAF)[1:],  # with one side alone
        (*((x, 0.0, x, 2.5) for x in (-0.5, 0.3)), (-2.0, 2.0, 1.8, 2.0)),  # panels: all lines run on
        gap(-0.5, 0.3, 1.2),  # a cupboard
        gap(-0.9, 0.9, 2.0),  # too wide
    ],
)
def test_other_lines_are_no_door(lines: tuple[Line, ...]) -> None:
    assert seams.find(scored(*lines), TRUTH) == ()


def test_a_door_that_is_known_is_not_told_again() -> None:
    room: Room = replace(TRUTH, openings=(Opening("door", "back", -0.55, 0.35, 0.0, 2.05),))
    assert seams.find(scored(*gap(*LEAF)), room) == ()

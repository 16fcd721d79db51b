"""Surfaces that get one colour as a whole, on a small drawn wall with a faint ceiling line and a steep shade."""

import cv2
import numpy as np
import pytest

from staging.engine.redesign import cells
from staging.engine.redesign.patches import Patches

SHAPE = (240, 320)
EVERYWHERE = np.ones(SHAPE, bool)


@pytest.fixture(scope="module")
def wall():
    """A wall under a darker ceiling, with a darker door, which falls into the shade at its left end."""
    light = np.full(SHAPE, 190.0)
    light[:, :60] *= np.linspace(0.4, 1, 60)
    light[:50] -= 40
    light[120:, 200:260] = 60
    grain = np.random.default_rng(0).normal(0, 1.0, SHAPE)
    photo = cv2.GaussianBlur(light + grain, (0, 0), 0.8)
    return Patches.cut(np.repeat(np.clip(photo, 0, 255).astype(np.uint8)[..., None], 3, -1))


def truth():
    paint = EVERYWHERE.copy()
    paint[:50] = paint[120:, 200:260] = False
    return paint


def test_a_wall_that_is_mostly_painted_is_painted_into_its_shade(wall):
    paint = truth()
    paint[:, :45] = False
    found = cells.evened(wall, paint, ~EVERYWHERE, EVERYWHERE)
    assert (found != truth()).mean() < 0.02


def test_a_patch_on_a_surface_that_is_not_painted_goes(wall):
    paint = truth()
    paint[20:51, 100:180] = True
    found = cells.evened(wall, paint, ~EVERYWHERE, EVERYWHERE)
    assert not found[:44].any()
    assert (found[60:] == truth()[60:]).all()


def test_a_line_parts_what_no_edge_parts(wall):
    paint, line = truth(), ~EVERYWHERE
    paint[:, :120] = False
    line[:, 118:121] = True
    assert not cells.evened(wall, paint, line, EVERYWHERE)[:, :115].any()


def test_what_runs_out_to_where_no_wall_is_stays_as_it_was(wall):
    paint = truth()
    paint[:, :45] = False
    found = cells.evened(wall, paint, ~EVERYWHERE, np.arange(SHAPE[1])[None] > np.full(SHAPE, 20)[:, :1])
    assert (found == paint).mean() > 0.99

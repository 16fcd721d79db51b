"""Paint that ends on the photo's own edges: carried on to them, taken back to them, and left where there are none."""

import cv2
import numpy as np
import pytest

from staging.engine.redesign import ends
from staging.engine.redesign.patches import Patches

SHAPE = (240, 320)
CEILING = 60  # rows of it


@pytest.fixture(scope="module")
def wall():
    """A wall under a ceiling and round a dark door, with the grain of a photo."""
    light = np.full(SHAPE, 168.0)
    light[:CEILING] = 215
    light[120:, 200:260] = 70
    grain = np.random.default_rng(0).normal(0, 1.5, SHAPE)
    photo = cv2.GaussianBlur(light + grain, (0, 0), 0.8)
    return Patches.cut(np.repeat(np.clip(photo, 0, 255).astype(np.uint8)[..., None], 3, -1))


def truth():
    paint = np.ones(SHAPE, bool)
    paint[:CEILING] = paint[120:, 200:260] = False
    return paint


def reached(wall, paint, trim=None):
    everywhere, nowhere = np.ones(SHAPE, bool), np.zeros(SHAPE, bool)
    return ends.reached(wall, paint, everywhere, nowhere if trim is None else trim, nowhere)


def test_paint_that_stops_short_goes_on_to_the_edge(wall):
    short = cv2.erode(truth().astype(np.uint8), np.ones((19, 19), np.uint8)) > 0
    found = reached(wall, short)
    assert (found != truth()).mean() < 0.02
    assert (short != truth()).mean() > 0.07


def test_paint_that_runs_over_an_edge_is_taken_back_to_it(wall):
    over = truth()
    over[CEILING - 3 : CEILING] = True
    over[120:, 200:203] = True
    found = reached(wall, over)
    assert found[: CEILING - 1].mean() < 0.02
    assert found[125:, 201:203].mean() < 0.3


def test_where_no_edge_is_near_paint_stays_as_it_was(wall):
    half = truth()
    half[:, :80] = False
    found = reached(wall, half)
    assert not found[:, :70].any()
    assert (found[:, 90:] == half[:, 90:]).mean() > 0.995

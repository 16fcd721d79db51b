"""Where skirtings end above, on drawn pictures of a wall that is seen straight on."""

import numpy as np
import pytest

from staging.engine.geometry.walls import PER_METRE, WallPicture
from staging.engine.redesign import mouldings
from staging.engine.scene.room import Opening

HIGH, WIDE = 2.5, 3.0  # metres


def wall(edges):
    """A wall of which all is darker below each of the `edges`, metres above the floor."""
    z = HIGH - (np.arange(round(HIGH * PER_METRE)) + 0.5) / PER_METRE
    light = 80.0 - 12 * np.sum([np.zeros(len(z)), *(z < edge for edge in edges)], 0)
    grain = np.random.default_rng(0).normal(0, 0.3, (len(z), round(WIDE * PER_METRE)))
    lab = np.zeros((*grain.shape, 3), np.float32)
    lab[..., 0] = light[:, None] + grain
    return WallPicture("back", lab, np.ones(grain.shape, bool), 0.0)


@pytest.mark.parametrize("top", [0.08, 0.12, 0.2])
def test_a_skirting_ends_at_its_top(top):
    found = mouldings.skirting_top(wall([0.0, top]), ())
    assert found is not None
    assert abs(float(found.height(WIDE / 2)) - top) < 0.045


def hung(stretch):
    """A wall with a darker band under its ceiling, 0.1 to 0.2 m, along a `stretch` of it, metres."""
    bare = wall([])
    left, right = (round(u * PER_METRE) for u in stretch)
    bare.lab[round(0.1 * PER_METRE) : round(0.2 * PER_METRE), left:right, 0] -= 12
    return bare


def test_a_cornice_runs_along_a_wall_over_its_windows_too():
    window = Opening("window", "back", 0.9, 2.6, 0.9, 2.1)
    found = mouldings.cornice_foot(hung((0, WIDE)), (window,))
    assert found is not None
    assert abs(float(found.height(WIDE / 2)) - (HIGH - 0.2)) < 0.045


def test_the_pelmet_over_a_window_is_no_cornice():
    window = Opening("window", "back", 0.9, 2.6, 0.9, 2.1)
    assert mouldings.cornice_foot(hung((0.8, 2.7)), (window,)) is None

"""Where the lights beside the camera stand."""

import numpy as np
import pytest

from staging.engine.light import aside
from staging.engine.light.evidence import gather
from staging.engine.light.fit import first_guess
from tests.engine.trace.rooms import room


def shown(turned: float, side: aside.Side, low: float, high: float) -> bool:
    """Whether a picture shows any of a side wall from y `low` to `high`, where a light would stand."""
    seen = room(turned=turned)
    x = seen.box.x0 if side == "left" else seen.box.x1
    y, z = np.meshgrid(np.linspace(low, high, 80), np.linspace(aside.LOW, aside.HIGH, 80))
    pixels, depth = seen.camera.project(np.stack([np.full_like(y, x), y, z], -1))
    inside = (pixels > 0).all(-1) & (pixels < (seen.camera.width, seen.camera.height_px)).all(-1)
    return bool((inside & (depth > 0)).any())


@pytest.mark.parametrize("side", ["left", "right"])
def test_where_the_picture_shows_nothing_of_it_a_light_takes_its_whole_place(side):
    assert not shown(12, side, -0.9, 0.1)
    assert aside.stretch(room(), side) == pytest.approx((-0.9, 0.1))


@pytest.mark.parametrize(("turned", "side"), [(-60, "left"), (55, "right")])
def test_a_light_ends_before_what_a_turned_camera_sees_of_the_wall(turned, side):
    low, high = aside.stretch(room(turned=turned), side)
    assert low == pytest.approx(-0.9)
    assert not shown(turned, side, low, high)
    assert shown(turned, side, low, high + 0.1)


@pytest.mark.parametrize(("turned", "side"), [(-80, "left"), (80, "right")])
def test_where_the_picture_shows_its_whole_place_the_room_has_no_light_there(turned, side):
    seen = room(turned=turned)
    assert shown(turned, side, -0.9, -0.8)
    assert aside.stretch(seen, side) is None
    guess = first_guess(gather(np.full((640, 960, 3), 150, np.uint8), seen, 176), seen)
    assert side not in guess.groups
    assert {"left", "right", "back"} - {side} <= set(guess.groups)

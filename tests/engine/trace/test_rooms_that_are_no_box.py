"""An L and an alcove, as our own tracer renders them, are read as what they are."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from staging.engine.child import Child
from staging.engine.geometry import read_room
from staging.engine.scene.editing import completed
from staging.engine.scene.room import Opening, Room
from tests.engine.light.test_fit import photo_of
from tests.engine.trace.rooms import LIGHT, room

WINDOW = Opening("window", "back", -0.9, 0.9, 0.9, 2.2)
L_SHAPED = ((-2.1, -1.0), (2.3, -1.0), (2.3, 3.2), (0.95, 3.2), (0.95, 4.2), (-2.1, 4.2))
ALCOVE = ((-2.1, -1.0), (2.3, -1.0), (2.3, 2.2), (1.55, 2.2), (1.55, 2.35), (2.3, 2.35), (2.3, 4.2), (-2.1, 4.2))


def photographed(child: Child, plan: tuple[tuple[float, float], ...]) -> tuple[Room, np.ndarray]:
    """The true room and its photo."""
    truth = completed(dataclasses.replace(room(960, 640), openings=(WINDOW,), plan=plan))
    empty = child.run("tests.engine.trace.jobs.empty_room", {"room": truth, "light": LIGHT, "width": 960}, None, 120)
    return truth, photo_of(empty.radiance)


@pytest.mark.trace
def test_the_plan_of_a_traced_l_is_read(llvm: Child) -> None:
    truth, photo = photographed(llvm, L_SHAPED)
    read = read_room(photo)
    assert len(read.plan) == 6
    (wall,), (true,) = read.walls_inside, truth.walls_inside
    assert wall.x0 / read.box.x1 == pytest.approx(true.x0 / truth.box.x1, abs=0.05)
    assert wall.y0 / read.box.y1 == pytest.approx(true.y0 / truth.box.y1, abs=0.05)
    assert Room.from_dict(read.to_dict()) == read


@pytest.mark.trace
def test_a_wall_that_ends_in_the_room_hides_what_is_behind_it(llvm: Child) -> None:
    truth, photo = photographed(llvm, ALCOVE)
    read = read_room(photo)
    (wall,), (true,) = read.occluders, truth.walls_inside
    assert wall.depth / read.box.y1 == pytest.approx(true.y0 / truth.box.y1, abs=0.05)
    foot = truth.camera.project([(true.x0, true.y0, 0.0)])[0][0]
    assert min(np.hypot(*(np.subtract(corner, foot))) for corner in wall.polygon) < 12

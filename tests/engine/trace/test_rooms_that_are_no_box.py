"""An L, an alcove and a flight of stairs, as our own tracer renders them, are read as what they are."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from staging.engine.child import Child
from staging.engine.furniture.catalogue import Built
from staging.engine.geometry import read_room
from staging.engine.scene import blocks
from staging.engine.scene.arranger import arrange
from staging.engine.scene.editing import completed
from staging.engine.scene.footprints import Footprint, footprint, penetration
from staging.engine.scene.layout import FLAT, HUNG
from staging.engine.scene.material import Material
from staging.engine.scene.room import Opening, Room
from tests.engine.geometry import synthetic
from tests.engine.light.test_fit import photo_of
from tests.engine.trace.rooms import LIGHT, block, room

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


STEPS, RISE, GOING, FOOT = 7, 0.18, 0.27, 2.2


@pytest.fixture(scope="module")
def climbed(llvm: Child) -> Room:
    """The reading of a traced room with a flight of stairs that climbs along its left side to the back wall."""
    truth = room(960, 640)
    far = [truth.box.y1 - FOOT - GOING * n for n in range(STEPS)]
    steps = [block(-1.3, truth.box.y1 - d / 2, RISE * n, (1.0, d, RISE), "step") for n, d in enumerate(far)]
    built = Built(tuple(steps), {"step": Material("linen", "#b9a080")})
    truth = dataclasses.replace(truth, openings=(Opening("window", "left", 0.5, 2.2, 0.9, 2.2),))
    job = {"room": truth, "light": LIGHT, "built": built, "width": 960, "samples": 16}
    return read_room(photo_of(llvm.run("tests.engine.trace.jobs.furnished", job, None, 200).radiance))


@pytest.mark.trace
def test_a_traced_flight_of_stairs_is_read(climbed: Room) -> None:
    flight = [o.block for o in climbed.occluders if o.block is not None]
    assert len(flight) == 4
    assert max(b.height for b in flight) == pytest.approx(STEPS * RISE, abs=0.2)
    # The lens is a little misread in a room so bare, so depths are compared with the room's own.
    assert min(b.y0 for b in flight) / climbed.box.y1 == pytest.approx(FOOT / 4.2, abs=0.08)
    assert [b.x0 for b in flight] == pytest.approx([-1.8] * 4, abs=0.12)
    assert [b.x1 for b in flight] == pytest.approx([-0.8] * 4, abs=0.12)


@pytest.mark.trace
def test_furniture_keeps_off_a_stair_and_off_its_foot(climbed: Room) -> None:
    first = min((o.block for o in climbed.occluders if o.block is not None), key=lambda b: b.height)
    for seed in range(4):
        for piece in arrange(climbed, "living", "modern", seed).pieces:
            if piece.kind in FLAT | HUNG or piece.z > 0.1:
                continue
            shape = footprint(piece)
            assert all(penetration(shape, blocks.footprint(o.block)) <= 0.02 for o in climbed.occluders if o.block)
            before = Footprint((first.x0 + first.x1) / 2, first.y0 - 0.3, first.x1 - first.x0, 0.6, 0.0, 0.0, 2.0)
            assert penetration(shape, before) <= 0.02, piece.kind


def test_joints_of_a_floor_and_courses_of_a_wall_are_no_stairs() -> None:
    for tiles in (None, 0.3, 0.6):
        picture = synthetic.photo(synthetic.room(width=960, height=640, yaw=-9.0, pitch=9.0), tiles=tiles)
        for height in range(200, 420, 11):  # and blinds
            picture[height : height + 3, 500:700] = 90
        assert not [o for o in read_room(picture).occluders if o.block is not None and o.block.height < 0.45]

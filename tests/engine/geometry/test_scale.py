"""Where the metre comes from, and what changes when it changes."""

from __future__ import annotations

import dataclasses

import pytest

from staging.engine.geometry import scale
from staging.engine.scene.editing import rescaled
from staging.engine.scene.room import Box, Opening
from tests.engine.geometry import synthetic


def test_without_a_ceiling_the_camera_gives_the_metre() -> None:
    assert scale.camera_height(1.8, 0.0) == (pytest.approx(1.38), "camera")


@pytest.mark.parametrize("ratio", [1.3, 1.8, 2.2, 2.9, 3.4])
def test_a_seen_ceiling_is_never_lower_or_higher_than_ceilings_are(ratio: float) -> None:
    height, source = scale.camera_height(ratio, 0.2)
    assert source == "ceiling"
    assert 2.3 - 1e-9 <= height * ratio <= 3.2 + 1e-9


def test_a_door_head_outweighs_camera_and_ceiling() -> None:
    height, source = scale.camera_height(2.1, 0.2, ((2.05 / 1.2, 1.0),))
    assert source == "door"
    assert height == pytest.approx(1.2, rel=0.03)


def test_a_door_that_would_make_a_doll_house_is_not_believed() -> None:
    assert scale.camera_height(1.8, 0.2, ((4.0, 1.0),))[1] == "ceiling"


def test_rescaling_keeps_the_picture() -> None:
    room = synthetic.room(openings=(Opening("door", "back", 0.1, 0.9, 0.0, 2.0),))
    room = dataclasses.replace(
        room, lamps=((0.2, 2.0, 2.5),), floor_polygon=((0.0, 1.0), (1.0, 2.0), (-1.0, 2.0)), alternatives=(room.box,)
    )
    larger = rescaled(room, 1.25)
    assert larger.scale_source == "given"
    assert larger.box == Box(*(1.25 * v for v in dataclasses.astuple(room.box)))
    before, _ = room.camera.project(room.openings[0].corners(room.box))
    after, _ = larger.camera.project(larger.openings[0].corners(larger.box))
    assert after == pytest.approx(before)
    assert larger.camera.project(larger.lamps[0])[0] == pytest.approx(room.camera.project(room.lamps[0])[0])
    assert rescaled(larger, 0.8).alternatives[0].y1 == pytest.approx(room.box.y1)


def test_the_scale_is_moved_until_the_doors_are_as_high_as_doors() -> None:
    doors = tuple(
        Opening("door", "back", u, u + 0.9, 0.0, z, score) for u, z, score in ((0.0, 2.3, 0.9), (1.0, 2.0, 0.3))
    )
    moved = scale.with_credible_doors(synthetic.room(openings=doors))
    assert [(o.kind, round(o.z1, 1)) for o in moved.openings] == [("door", 2.2), ("door", 1.9)]
    assert (moved.status, moved.scale_source) == ("auto", "door")


def test_what_is_not_as_high_as_doors_is_none_and_many_of_them_ask_for_a_check() -> None:
    def told(*heights: float) -> tuple[str, list[str]]:
        doors = tuple(Opening("door", "back", i, i + 0.9, 0.0, z, 0.9) for i, z in enumerate(heights))
        judged = scale.with_credible_doors(synthetic.room(openings=doors))
        assert all(1.9 <= o.z1 <= 2.2 for o in judged.openings if o.kind == "door")
        return judged.status, [o.kind for o in judged.openings]

    assert told(2.05, 2.1, 1.2) == ("auto", ["door", "door", "opening"])
    assert told(2.05, 1.2, 1.5, 3.1) == ("check", ["door", "opening", "opening", "opening"])

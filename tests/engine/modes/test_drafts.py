"""What is worth a picture: a room read wrong gets its next-best reading; nothing is better than a bad picture."""

from __future__ import annotations

import dataclasses

import pytest

from staging.engine.errors import UnusablePhoto
from staging.engine.geometry import fittings
from staging.engine.modes.drafts import Wish, furnishable
from staging.engine.scene.editing import completed
from staging.engine.scene.room import Box, Opening
from tests.engine.geometry import synthetic

TRUTH = completed(synthetic.room(yaw=8.0, pitch=4.0))
# A board's joint 1.6 m before the camera, taken for the foot of the back wall.
WRONG = dataclasses.replace(TRUTH.box, y1=1.6)


@pytest.fixture(scope="module")
def photo():
    return synthetic.photo(TRUTH)


def test_an_unsure_room_without_space_is_furnished_in_its_next_best_reading(photo):
    unsure = completed(dataclasses.replace(TRUTH, box=WRONG, alternatives=(TRUTH.box,), status="check"))
    found = furnishable(photo, unsure, Wish("living", "modern", 0))
    assert found.room.box.y1 / found.room.box.width == pytest.approx(TRUTH.box.y1 / TRUTH.box.width, rel=0.01)
    assert 2.3 <= found.room.box.height <= 3.2
    assert {p.kind for p in next(found.arrangements).pieces} >= {"rug", "coffee_table"}


def test_a_sure_room_without_space_is_refused(photo):
    sure = completed(dataclasses.replace(TRUTH, box=WRONG, alternatives=(TRUTH.box,), status="auto"))
    with pytest.raises(UnusablePhoto) as refused:
        furnishable(photo, sure, Wish("living", "modern", 0))
    assert refused.value.code == "no_space"


def test_a_lone_sofa_that_nothing_can_stand_by_is_refused(photo):
    small = Box(-1.0, 0.95, -1.0, 2.3, 2.55)
    with pytest.raises(UnusablePhoto):
        furnishable(photo, completed(dataclasses.replace(TRUTH, box=small)), Wish("living", "modern", 0))


def test_another_seed_is_another_arrangement_and_the_same_seed_the_same(photo):
    first, again, other = (next(furnishable(photo, TRUTH, Wish("living", "modern", s)).arrangements) for s in (0, 0, 1))
    assert first == again
    assert {(p.kind, round(p.x, 1), round(p.y, 1)) for p in first.pieces} != {
        (p.kind, round(p.x, 1), round(p.y, 1)) for p in other.pieces
    }


def test_no_picture_hangs_before_a_window_that_the_reading_missed():
    glass = Opening("window", "back", -1.9, 1.7, 0.75, 2.2)
    shown = completed(dataclasses.replace(TRUTH, openings=(glass,)))
    missed = dataclasses.replace(shown, openings=())
    picture = synthetic.photo(shown)
    hung = {"looked": [], "blind": []}
    for seed in range(4):
        for name, seen in (("looked", fittings.find_walls(picture, missed)), ("blind", None)):
            found = next(furnishable(picture, missed, Wish("living", "modern", seed, seen)).arrangements)
            hung[name] += [p for p in found.pieces if p.role == "wall" and p.y > missed.box.y1 - 0.2]
    assert hung["blind"], "without looking at the wall, pictures hang there"
    assert hung["looked"] == []

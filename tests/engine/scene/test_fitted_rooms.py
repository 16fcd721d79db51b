"""Kitchens and bathrooms with built-ins: pieces stand only where the photo shows free floor, and hide nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from staging.engine.errors import UnusablePhoto
from staging.engine.scene.arrangement import Arrangement
from staging.engine.scene.arranger import arrange_from
from staging.engine.scene.faces import FLOOR, face_map
from staging.engine.scene.fittings import Counter, Fittings
from staging.engine.scene.footprints import footprint, penetration
from staging.engine.scene.layout import FLAT, HUNG
from staging.engine.scene.rules import kitchen
from staging.engine.scene.site import Site
from tests.engine.scene.showroom import PLAIN, STOCK, door, room

FACES = face_map(PLAIN, 300, 200)
FLOORS = FACES.labels == FLOOR
X, Y = FACES.points[..., 0], FACES.points[..., 1]
EVERYWHERE = np.ones(FLOORS.shape, np.bool_)


def arranged(room_type: str, clear: np.ndarray, calm: np.ndarray, seed: int = 0) -> Arrangement:
    return arrange_from(PLAIN, room_type, STOCK, seed, fittings=Fittings(clear, calm))


def floor_pieces(arrangement: Arrangement) -> list:
    return [piece for piece in arrangement.pieces if piece.z < 0.05]


@pytest.mark.parametrize("room_type", ["kitchen", "bathroom"])
def test_a_room_that_shows_all_its_floor_is_furnished_as_an_empty_one(room_type: str) -> None:
    arrangement = arranged(room_type, FLOORS, EVERYWHERE)
    assert arrangement.pieces[0].kind in {"dining_table", "towel_ladder"}
    assert len(arrangement.pieces) >= 5


@pytest.mark.parametrize("room_type", ["kitchen", "bathroom"])
@pytest.mark.parametrize("seed", [0, 1])
def test_nothing_stands_off_the_free_floor(room_type: str, seed: int) -> None:
    arrangement = arranged(room_type, FLOORS & (X > -0.9), EVERYWHERE, seed)
    assert floor_pieces(arrangement)
    for piece in floor_pieces(arrangement):
        assert min(x for x, _ in footprint(piece).corners) > -0.9 - 0.06, piece.kind


@pytest.mark.parametrize(("room_type", "kind"), [("kitchen", "runner"), ("bathroom", "bath_mat")])
def test_before_cabinets_only_flat_things_lie(room_type: str, kind: str) -> None:
    """All that is not floor shows something that one wants to see: nothing may rise before it."""
    arrangement = arranged(room_type, FLOORS & (Y < 3.6) & (np.abs(X) < 1.1), FLOORS & (Y < 3.6))
    assert arrangement.pieces[0].kind == kind
    assert {piece.kind for piece in arrangement.pieces} <= FLAT


@pytest.mark.parametrize("room_type", ["kitchen", "bathroom"])
def test_too_little_free_floor_is_refused_in_words(room_type: str) -> None:
    with pytest.raises(UnusablePhoto, match="hardly any floor") as caught:
        arranged(room_type, FLOORS & (np.abs(X) < 0.08), EVERYWHERE)
    assert caught.value.code == "no_free_floor"
    assert caught.value.kind == "customer_input"


def test_scattered_free_floor_on_which_nothing_fits_is_refused() -> None:
    stripes = FLOORS & (np.floor(X / 0.15) % 2 == 0)
    with pytest.raises(UnusablePhoto) as caught:
        arranged("kitchen", stripes, EVERYWHERE)
    assert caught.value.code == "no_space"


def test_chairs_come_in_pairs() -> None:
    for seed in range(3):
        chairs = [
            p for p in arranged("kitchen", FLOORS & (X < 1.4), EVERYWHERE, seed).pieces if p.kind == "dining_chair"
        ]
        assert len(chairs) % 2 == 0


def test_the_area_of_free_floor_is_measured_in_square_metres() -> None:
    patch = FLOORS & (np.abs(X) < 1.0) & (Y > 2.0) & (Y < 4.0)
    assert Fittings(patch, patch).area(PLAIN.camera) == pytest.approx(4.0, rel=0.08)


@pytest.mark.parametrize("height", [0.91, 1.07])
def test_stools_stand_in_a_row_at_a_counter_and_look_at_it(height: float) -> None:
    clear = FLOORS & (Y < 3.3)
    counter = Counter(axis=0, at=3.3, low=-1.1, high=1.1, height=height)
    arrangement = arrange_from(PLAIN, "kitchen", STOCK, 0, fittings=Fittings(clear, clear, (counter,)))
    stools = [p for p in arrangement.pieces if p.kind == "bar_stool"]
    assert 2 <= len(stools) <= 4
    assert max(stool.y for stool in stools) - min(stool.y for stool in stools) < 0.005
    for stool in stools:
        assert abs(stool.turn) == 180.0
        assert 0.0 < counter.at - max(y for _, y in footprint(stool).corners) < 0.35
        assert 0.2 < height - stool.options["seat"] < 0.32
    places = sorted(stool.x for stool in stools)
    assert np.diff(places) == pytest.approx(np.full(len(places) - 1, 0.62), abs=0.02)


def test_without_a_counter_there_are_no_stools() -> None:
    for seed in range(2):
        assert "bar_stool" not in {p.kind for p in arranged("kitchen", FLOORS, EVERYWHERE, seed).pieces}


def test_a_counter_beside_the_camera_is_faced_from_its_side() -> None:
    x, y, turn = Counter(axis=1, at=-1.5, low=2.0, high=4.0, height=0.9).place(3.0, 0.3)
    assert (x, y, turn) == pytest.approx((-1.2, 3.0, -90.0))


def test_nothing_is_put_before_or_behind_what_was_left_in_a_room() -> None:
    """A ladder in the middle of the picture: the same room is furnished beside it."""
    things = np.zeros(FLOORS.shape, np.bool_)
    things[90:170, 120:160] = True
    bare = Fittings(np.zeros_like(FLOORS), EVERYWHERE, walls_only=True)
    left = Fittings(bare.clear, bare.calm, walls_only=True, things=things)

    def covered(fittings: Fittings) -> list[str]:
        pieces = arrange_from(PLAIN, "living", STOCK, 0, fittings=fittings).pieces
        return [p.kind for p in pieces if left.hides_things(PLAIN.camera, p)]

    assert {"sofa", "rug"} & set(covered(bare))
    assert covered(left) == []
    full = Fittings(bare.clear, bare.calm, walls_only=True, things=EVERYWHERE)
    with pytest.raises(UnusablePhoto, match="be removed first") as refused:
        arrange_from(PLAIN, "living", STOCK, 0, fittings=full)
    assert refused.value.code == "things_in_the_way"


def test_a_runner_alone_is_not_put_into_a_large_room() -> None:
    """Where a strip of a large floor is all that is surely free, it would look forgotten there."""
    large = room(width=6.0, depth=6.0)
    strip = FLOORS & (np.abs(X) < 0.5) & (Y < 3.6)
    fittings = Fittings(strip, strip)
    assert arrange_from(PLAIN, "kitchen", STOCK, 0, fittings=fittings).pieces[0].kind == "runner"
    with pytest.raises(UnusablePhoto):
        arrange_from(large, "kitchen", STOCK, 0, fittings=fittings)


def test_what_may_be_a_door_is_kept_clear_and_nothing_hangs_on_it() -> None:
    """Nobody says that it is one: the room keeps its openings, and the gates ask of those alone."""
    leaf = door("back", 0.3)
    seen = Fittings(EVERYWHERE, EVERYWHERE, walls_only=True, flush=(leaf,))
    zone = Site(replace(PLAIN, openings=(leaf,))).passages[0].area

    def before(fittings: Fittings) -> tuple[list, list]:
        pieces = [p for seed in range(4) for p in arrange_from(PLAIN, "living", STOCK, seed, fittings=fittings).pieces]
        standing = [p for p in pieces if p.kind not in FLAT | HUNG and penetration(footprint(p), zone) > 0.02]
        at_back = [p for p in pieces if p.kind in HUNG and Site(PLAIN).nearest_wall(p.x, p.y)[0] == "back"]
        return standing, [p for p in at_back if abs(p.x - 0.3) < 0.45 + p.size[0] / 2]

    assert before(seen) == ([], [])
    standing, hung = before(replace(seen, flush=()))
    assert standing
    assert hung


@pytest.mark.parametrize(("low", "high"), [(0.0, 9.0), (-0.6, 1.6)], ids=["right", "aisle"])
def test_a_kitchen_table_stands_where_its_chairs_have_free_floor_too(low: float, high: float) -> None:
    clear = FLOORS & (low < X) & (high > X)
    pieces = arranged("kitchen", clear, clear | ~FLOORS).pieces
    assert sum(p.kind == "dining_chair" for p in pieces) == 4


def test_a_kitchen_that_is_a_hall_gets_a_table_for_the_family() -> None:
    """A breakfast table for two is lost on more than a dozen square metres; in a small kitchen it is what fits."""
    hall = room(width=6.5, depth=7.5)
    faces = face_map(hall, 300, 200)
    floor = faces.labels == FLOOR
    for place, clear, least in ((hall, floor, 4), (PLAIN, FLOORS & (np.abs(X) < 1.3) & (Y < 3.6), 0)):
        assert (Site(place).visible_area > kitchen.HALL) is (place is hall)
        pieces = arrange_from(place, "kitchen", STOCK, 0, fittings=Fittings(clear, np.ones_like(clear))).pieces
        chairs = [p for p in pieces if p.kind == "dining_chair"]
        assert len(chairs) >= least
        assert (pieces[0].size[0] >= min(kitchen.FAMILY)) is (place is hall)

"""Terraces: everything stands on the free ground, in a group that belongs together; indoors is not outdoors."""

from __future__ import annotations

import dataclasses

import pytest

from staging.engine.errors import UnusablePhoto
from staging.engine.scene.arrangement import Arrangement
from staging.engine.scene.arranger import arrange
from staging.engine.scene.checks import check
from staging.engine.scene.footprints import footprint
from staging.engine.scene.room import Box, Room
from staging.engine.scene.site import Site
from tests.engine.scene.showroom import PLAIN, camera

OUTLINE = ((-1.2, 1.6), (1.4, 1.6), (3.0, 4.6), (2.6, 6.4), (-2.6, 6.4), (-2.4, 3.4))
TERRACE = Room(camera(1.55), Box(-2.6, 3.0, -1.0, 6.4, 2.75), floor_polygon=OUTLINE, open_air=True)
MAINS = {"outdoor_sofa": "outdoor_table", "outdoor_dining_table": "outdoor_chair", "sun_lounger": "sun_lounger"}


def furnished(seed: int, style: str = "coastal", *, careful: bool = False) -> Arrangement:
    return arrange(TERRACE, "outdoor", style, seed, careful=careful)


@pytest.mark.parametrize("seed", range(4))
def test_all_that_stands_on_a_terrace_stands_on_its_free_ground(seed: int) -> None:
    arrangement, site = furnished(seed), Site(TERRACE)
    for piece in arrangement.pieces:
        assert site.on_visible_floor(footprint(piece)) > 0.9, piece.id
    gates = check(TERRACE, arrangement)
    assert [gate.text for gate in gates if not gate.passed] == []
    assert "on_free_ground" in {gate.name for gate in gates}


def test_seeds_give_lounges_and_tables_with_what_belongs_to_them() -> None:
    plans = [furnished(seed) for seed in range(6)]
    for plan in plans:
        main, rest = plan.pieces[0].kind, {p.kind for p in plan.pieces[1:]}
        assert rest & {MAINS[main], "fire_bowl", "outdoor_armchair", "parasol", "planter"}, plan.trace
    assert len({tuple(sorted(p.kind for p in plan.pieces)) for plan in plans}) >= 3


def test_a_piece_moved_off_the_ground_is_refused() -> None:
    arrangement = furnished(1)
    moved = dataclasses.replace(arrangement.pieces[0], x=-2.3, y=2.2)
    after = dataclasses.replace(arrangement, pieces=(moved, *arrangement.pieces[1:]))
    gate = next(g for g in check(TERRACE, after) if g.name == "on_free_ground")
    assert not gate.passed
    assert moved.id in gate.text


def test_a_garden_is_not_furnished_in_a_room_nor_a_room_in_a_garden() -> None:
    for room, room_type in ((PLAIN, "outdoor"), (TERRACE, "living")):
        with pytest.raises(UnusablePhoto, match="no place for a") as refusal:
            arrange(room, room_type, "modern", 1)
        assert refusal.value.code == "bad_room"

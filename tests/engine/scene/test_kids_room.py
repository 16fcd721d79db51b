"""A child's room as a parent sees it: the bed at a wall with its head to a corner, a free place to play, no twins."""

from __future__ import annotations

import pytest

from staging.engine.scene.arranger import arrange_from
from staging.engine.scene.checks import check
from staging.engine.scene.footprints import footprint, penetration
from staging.engine.scene.frames import wall_distance
from staging.engine.scene.layout import front_zone
from staging.engine.scene.site import Site
from tests.engine.scene.showroom import CORNER, LARGE, PLAIN, STOCK, WITH_DOOR

ROOMS = {"plain": PLAIN, "with door": WITH_DOOR, "corner": CORNER, "large": LARGE}
SOFT = {"rug", "toys", "play_ball", "bean_bag"}


@pytest.mark.parametrize("name", sorted(ROOMS))
@pytest.mark.parametrize("seed", [1, 2])
def test_the_long_side_of_the_bed_is_at_a_wall_and_the_floor_before_it_is_free(name: str, seed: int) -> None:
    arrangement = arrange_from(ROOMS[name], "kids_room", STOCK, seed)
    bed, site = arrangement.pieces[0], Site(ROOMS[name])
    wall, _ = site.nearest_wall(bed.x, bed.y)
    assert wall_distance(site.box, wall, bed.x, bed.y) == pytest.approx(bed.size[1] / 2 + 0.04, abs=0.03)
    play = front_zone(bed, 0.9)
    hard = [p for p in arrangement.pieces[1:] if p.kind not in SOFT and p.z < 1.0]
    assert [p.id for p in hard if penetration(footprint(p), play) > 0.15] == []


def test_the_head_of_the_bed_is_at_the_nearer_corner() -> None:
    for seed in range(4):
        bed = arrange_from(WITH_DOOR, "kids_room", STOCK, seed).pieces[0]
        box = Site(WITH_DOOR).box
        side = 1 if bed.options["hand"] == "right" else -1
        half = bed.size[0] / 2
        wall, _ = Site(WITH_DOOR).nearest_wall(bed.x, bed.y)
        along = {"back": (1, 0), "left": (0, 1), "right": (0, -1)}[wall]
        ends = {s: (bed.x + s * half * along[0], bed.y + s * half * along[1]) for s in (-1, 1)}
        others = [w for w in ("left", "back", "right") if w != wall]
        near = {s: min(wall_distance(box, w, *end) for w in others) for s, end in ends.items()}
        assert near[side] <= near[-side] + 1e-6


def test_an_unsure_room_gets_a_bed_a_rug_and_toys_only() -> None:
    arrangement = arrange_from(PLAIN, "kids_room", STOCK, 4, careful=True)
    assert {p.kind for p in arrangement.pieces} <= {"kids_bed", "rug", "wall_art", "wall_shelf", "toys", "play_ball"}
    assert all(gate.passed for gate in check(PLAIN, arrangement))


def test_seeds_give_rooms_that_differ_in_what_stands_in_them() -> None:
    rooms = {tuple(sorted(p.kind for p in arrange_from(LARGE, "kids_room", STOCK, s).pieces)) for s in range(5)}
    assert len(rooms) >= 3

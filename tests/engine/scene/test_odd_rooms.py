"""Rooms that the usual rules do not fit: what a stager would do there instead."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from staging.engine.errors import UnusablePhoto
from staging.engine.scene import picture
from staging.engine.scene.arrangement import Arrangement, Piece
from staging.engine.scene.arranger import RULES, arrange_from
from staging.engine.scene.checks import check
from staging.engine.scene.fittings import Fittings
from staging.engine.scene.footprints import footprint
from staging.engine.scene.frames import Frame
from staging.engine.scene.layout import Layout
from staging.engine.scene.room import Box, Opening, Room
from staging.engine.scene.rules import dressing, living, nook
from staging.engine.scene.site import Site
from staging.engine.scene.stands import Manner, shortlist
from tests.engine.geometry import synthetic
from tests.engine.scene.showroom import STOCK, room


def looked_down_on(box: Box, *openings: Opening) -> Room:
    """An upright picture of a small room, taken from its near end."""
    return synthetic.room(width=480, height=640, focal=0.72, pitch=12.0, yaw=-12.0, box=box, openings=openings)


def kinds(arrangement: Arrangement) -> list[str]:
    return [piece.kind for piece in arrangement.pieces]


def test_a_small_bedroom_gets_a_bed_for_one_with_its_side_to_the_wall():
    tiny = looked_down_on(Box(-1.0, 2.9, -1.0, 2.7, 2.4), Opening("door", "right", 1.8, 2.6, 0.0, 2.05))
    made = arrange_from(tiny, "bed", STOCK, 0)
    bed = made.pieces[0]

    assert bed.kind == "bed"
    assert bed.size[0] < 1.0
    assert abs(bed.turn) == 90.0
    assert tiny.box.y1 - (bed.y + bed.size[0] / 2) < 0.1


def test_where_no_sofa_stands_well_there_is_a_nook_to_read_in():
    site = Site(room())
    tight = [s for s in living.stands(site, STOCK, Manner(tight=True)) if s.piece.kind == nook.KIND]
    (best,) = shortlist(site, tight, living.TASTE, Manner(tight=True))[:1]
    layout = Layout(site, STOCK, Random(0))
    layout.keep(best.piece)

    assert living.furnish(layout, best)
    assert {"rug", "side_table"} <= {p.kind for p in layout.pieces}
    assert not any(s.piece.kind == nook.KIND for s in living.stands(site, STOCK, Manner()))


def test_a_sofa_that_nothing_stands_by_is_no_living_room():
    """Things left in the room take all the floor about it: a sofa and art alone look forgotten."""
    everywhere = np.ones((60, 90), np.bool_)
    sofa = shortlist(Site(room()), living.stands(Site(room()), STOCK, Manner()), living.TASTE, Manner())[0]
    for things, wanted in ((everywhere, False), (None, True)):
        layout = Layout(
            Site(room(), Fittings(~everywhere, everywhere, walls_only=True, things=things)), STOCK, Random(0)
        )
        layout.keep(sofa.piece)
        assert living.furnish(layout, sofa) is wanted


def test_furniture_before_a_hearth_costs_more_than_before_a_window():
    hearth = Opening("opening", "back", -0.7, 0.7, 0.0, 1.1)
    sofa = Piece("", "sofa", "modern", (2.1, 0.92, 0.82), 0.0, 3.0, role="main")

    def rated(opening: Opening) -> float:
        layout = Layout(Site(room(opening)), STOCK, Random(0))
        layout.keep(sofa)
        return picture.rate(layout)

    open_wall = rated(replace(hearth, kind="window", z0=1.2, z1=2.2))
    assert rated(hearth) < open_wall - 1.0
    assert rated(replace(hearth, wall="left", u0=1.0, u1=2.4)) > rated(hearth) + 1.0


def test_nobody_walks_through_a_hearth_but_nothing_is_put_before_it():
    hearth = Opening("opening", "back", -0.7, 0.7, 0.0, 1.1)
    site = Site(room(hearth))
    bench = STOCK.piece("bench", Frame(0.0, site.box.y1 - 0.25, 180.0))

    assert not site.passages
    assert site.blocked(footprint(bench))
    assert not site.blocked(footprint(replace(bench, y=bench.y - 0.7)))
    # In the way of a passage there, which people do walk through.
    assert Site(room(replace(hearth, z1=2.1))).blocked(footprint(replace(bench, y=bench.y - 0.6)))


def test_an_armchair_that_looks_larger_than_the_sofa_costs_more_than_a_small_one():
    def rated(scale: float) -> float:
        layout = Layout(Site(room()), STOCK, Random(0))
        layout.keep(Piece("", "sofa", "modern", (2.1, 0.92, 0.82), 0.4, 4.0, role="main"))
        width, depth, height = STOCK.usual("armchair")
        size = (scale * width, scale * depth, scale * height)
        layout.keep(STOCK.piece("armchair", Frame(-0.9, 2.2, 90.0), size=size))
        return picture.rate(layout)

    assert rated(1.0) < rated(0.7) - 1.0


def test_a_desk_in_a_hall_does_not_stand_alone():
    hall = room(width=12.0, depth=10.0)
    assert {"office_chair", "armchair", "plant"} <= set(kinds(arrange_from(hall, "home_office", STOCK, 0)))


@pytest.mark.parametrize("room_type", ["living", "dining", "home_office", "kids_room"])
def test_a_photo_of_one_wall_gets_a_console_with_something_on_it_or_over_it(room_type):
    """So near a wall no sofa fits; what is put there is in the picture, and the record says why it is no sofa."""
    near = synthetic.room(width=640, height=480, focal=0.5, pitch=22.0, yaw=25.0, box=Box(-0.6, 3.9, -1.0, 1.65, 2.5))
    for seed in range(3):
        made = arrange_from(near, room_type, STOCK, seed)
        assert made.pieces[0].kind in {"console_table", "bench"}
        assert {"wall_art", "mirror", "plant", "table_lamp", "vase", "bowl"} & set(kinds(made))
        assert f"no place for the furniture of a {RULES[room_type].title}" in made.trace[-1]
        assert all(gate.passed for gate in check(near, made))


def test_a_corridor_gets_what_is_shallow_and_a_runner_along_it():
    corridor = synthetic.room(width=480, height=640, focal=0.7, pitch=10.0, box=Box(-0.65, 0.65, -1.0, 5.5, 2.5))
    for seed in range(2):
        made = arrange_from(corridor, "living", STOCK, seed)
        assert made.pieces[0].kind in {"runner", "console_table", "bench"}
        (runner,) = [piece for piece in made.pieces if piece.kind == "runner"]
        assert abs(runner.turn) == 90.0
        assert runner.size[0] > 1.4
        assert all(gate.passed for gate in check(corridor, made))


def test_a_photo_of_hardly_any_floor_is_refused_in_words():
    wall = synthetic.room(width=640, height=480, focal=0.9, pitch=-4.0, box=Box(-1.5, 1.5, -1.0, 1.5, 2.5))
    with pytest.raises(UnusablePhoto, match="too little of the floor"):
        arrange_from(wall, "living", STOCK, 0)


def test_things_stand_on_a_table_however_near_it_is():
    near = Layout(Site(room()), STOCK, Random(0))
    near.keep(STOCK.piece("console_table", Frame(0.0, 1.5, 0.0), role="main"))
    dressing.dress_top(near, near.main)
    assert near.of("table_lamp", "vase", "bowl")

"""Rooms that the usual rules do not fit: what a stager would do there instead."""

from dataclasses import replace
from random import Random

import numpy as np

from staging.engine.scene import picture
from staging.engine.scene.arrangement import Arrangement, Piece
from staging.engine.scene.arranger import arrange_from
from staging.engine.scene.fittings import Fittings
from staging.engine.scene.layout import Layout
from staging.engine.scene.room import Box, Opening, Room
from staging.engine.scene.rules import living, nook
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


def test_a_desk_in_a_hall_does_not_stand_alone():
    hall = room(width=12.0, depth=10.0)
    assert {"office_chair", "armchair", "plant"} <= set(kinds(arrange_from(hall, "home_office", STOCK, 0)))

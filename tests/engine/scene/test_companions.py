"""What comes beside the main piece: lamps, green, a second chair; and what a room lacks that has none of it."""

from __future__ import annotations

import math
from random import Random

import pytest

from staging.engine.scene import picture
from staging.engine.scene.arranger import arrange_from
from staging.engine.scene.frames import Frame
from staging.engine.scene.layout import Layout
from staging.engine.scene.room import Room
from staging.engine.scene.rules import living, nook
from staging.engine.scene.site import Site
from staging.engine.scene.stands import Stand
from staging.engine.scene.visibility import hidden_by, view
from tests.engine.scene.showroom import LARGE, PLAIN, STOCK, room


def about(place: Room, kind: str, at: Frame, luck: int = 0) -> tuple[Layout, Stand]:
    """A layout of one main piece, and its stand."""
    layout = Layout(Site(place), STOCK, Random(luck))
    layout.keep(STOCK.piece(kind, at, role="main"))
    main = layout.main
    back = Frame(main.x, main.y, main.turn).moved(0.0, -main.size[1] / 2)
    return layout, Stand(main, back, None, view(place, main), 0.0)


@pytest.mark.parametrize("luck", range(12))
def test_nothing_tall_stands_at_the_near_end_of_a_sofa_that_is_seen_from_the_side(luck: int) -> None:
    """A lamp there would stand before the sofa in the picture; a low table may, where it hides hardly any of it."""
    layout, stand = about(LARGE, "sofa", Frame(-1.6, 5.0, 90.0), luck)
    sofa = layout.main
    living._ends(layout, stand)

    near = [p for p in layout.pieces[1:] if p.y < sofa.y]
    assert [p for p in near if p.kind in {"floor_lamp", "table_lamp"}] == []
    assert hidden_by(LARGE, sofa, near) <= living.NEAR_HIDES


def test_a_sofa_that_is_seen_from_the_front_may_have_a_lamp_at_either_end() -> None:
    ends = set()
    for luck in range(12):
        layout, stand = about(LARGE, "sofa", Frame(0.0, 4.5, 0.0), luck)
        living._ends(layout, stand)
        ends |= {math.copysign(1, p.x) for p in layout.of("floor_lamp", "table_lamp")}
    assert ends == {-1.0, 1.0}


def test_each_thing_that_fills_a_room_makes_it_less_sparse_until_it_is_full() -> None:
    layout, _ = about(PLAIN, "sofa", Frame(0.0, 3.8, 0.0))
    lacking = [picture.sparse(layout)]
    for kind, place in (
        ("floor_lamp", (1.5, 4.0)),
        ("plant", (-1.5, 4.0)),
        ("armchair", (1.2, 2.8)),
        ("bench", (0, 2)),
    ):
        layout.keep(STOCK.piece(kind, Frame(*map(float, place), 0.0)))
        lacking.append(picture.sparse(layout))
    assert lacking == [3 * picture.SPARSE, 2 * picture.SPARSE, picture.SPARSE, 0.0, 0.0]


def test_two_chairs_are_a_group_and_one_is_a_chair_in_a_room() -> None:
    layout, _ = about(PLAIN, "armchair", Frame(-0.8, 3.4, 0.0))
    alone = picture.sparse(layout)
    layout.keep(STOCK.piece("armchair", Frame(0.8, 3.2, 50.0)))
    assert alone - picture.sparse(layout) == picture.SPARSE


def test_of_two_layouts_the_fuller_one_is_chosen() -> None:
    """A room in which lamp, green and art find a place gets most of them, whatever the seed."""
    for seed in range(4):
        kinds = {p.kind for p in arrange_from(PLAIN, "living", STOCK, seed).pieces}
        assert sum(bool(kinds & set(fill)) for fill in picture.FILLS) >= picture.FILLED


def test_the_second_chair_of_a_nook_is_turned_to_the_first() -> None:
    turned = 0
    for luck in range(4):
        layout, _ = about(room(width=5.0), "armchair", Frame(-0.6, 3.6, 0.0), luck)
        assert nook.furnish(layout)
        chairs = layout.of("armchair")
        if len(chairs) == 2:
            one, other = chairs
            turned += 1
            a, b = (math.radians(p.turn) for p in chairs)
            assert math.cos(a - b) > math.cos(math.radians(55)), "both look into the room"
            assert (other.x - one.x) * (math.sin(b) - math.sin(a)) < 0, "and towards each other"
    assert turned >= 2


def test_a_room_whose_sofa_has_no_lamp_gets_one_in_a_corner() -> None:
    """The sofa takes the room's whole width: nothing fits at its ends, and the far corners are seen over its back."""
    narrow = room(width=2.9, depth=6.5)
    for luck in range(4):
        layout, stand = about(narrow, "sofa", Frame(0.0, 3.6, 0.0), luck)
        assert living.furnish(layout, stand)
        lamps = layout.of("floor_lamp", "table_lamp")
        assert lamps
        assert min(p.y for p in lamps) > 4.5

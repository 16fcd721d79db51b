"""What a person sees of an arrangement: every room type is furnished, and seeds give other rooms."""

import json
import math
import random
from dataclasses import replace

import pytest

from staging.engine.errors import UnusablePhoto
from staging.engine.furniture.catalogue import KINDS
from staging.engine.modes import vocabulary
from staging.engine.scene.arrangement import Arrangement
from staging.engine.scene.arranger import RULES, arrange, arrange_from
from staging.engine.scene.checks import check
from staging.engine.scene.footprints import footprint
from staging.engine.scene.frames import Frame
from staging.engine.scene.layout import Layout
from staging.engine.scene.picture import FILLS
from staging.engine.scene.rules.dressing import plant
from staging.engine.scene.site import Site
from tests.engine.scene.showroom import CORNER, LARGE, PLAIN, ROOMS, SMALL, STOCK, WITH_DOOR, door, room, window

MAIN = {
    "living": {"sofa", "loveseat"},
    "bed": {"bed"},
    "dining": {"dining_table"},
    "home_office": {"desk"},
    "kitchen": {"dining_table"},
    "bathroom": {"towel_ladder"},
    "kids_room": {"kids_bed", "bunk_bed"},
}
COMPANIONS = {
    "living": {"rug", "coffee_table"},
    "bed": {"nightstand", "table_lamp"},
    "dining": {"dining_chair"},
    "home_office": {"office_chair"},
    "kids_room": {"rug", "toys"},
    "kitchen": {"dining_chair", "fruit_bowl", "plant"},
    "bathroom": {"bath_mat", "bath_stool"},
}

BETWEEN_DOORS = room(door("back", 1.0), door("left", 2.2), door("right", 2.6), width=4.4, depth=4.8)
INDOORS = sorted(name for name, rules in RULES.items() if not rules.open_air)


def kinds(arrangement: Arrangement) -> set[str]:
    return {piece.kind for piece in arrangement.pieces}


@pytest.mark.parametrize("room_type", INDOORS)
@pytest.mark.parametrize("name", sorted(ROOMS))
def test_every_room_type_is_furnished_and_passes_its_gates(room_type, name):
    arrangement = arrange_from(ROOMS[name], room_type, STOCK, 3)

    assert arrangement.pieces[0].role == "main"
    assert arrangement.pieces[0].kind in MAIN[room_type]
    assert kinds(arrangement) >= COMPANIONS[room_type]
    assert len(arrangement.pieces) >= 6
    assert [gate.text for gate in check(ROOMS[name], arrangement) if not gate.passed] == []


def test_same_room_and_seed_give_the_same_json():
    first = json.dumps(arrange_from(WITH_DOOR, "living", STOCK, 11).to_dict())
    again = json.dumps(arrange_from(WITH_DOOR, "living", STOCK, 11).to_dict())

    assert first == again
    assert Arrangement.from_dict(json.loads(first)) == arrange_from(WITH_DOOR, "living", STOCK, 11)


@pytest.mark.parametrize("room_type", ["living", "bed"])
def test_seeds_differ_in_more_than_colour(room_type):
    plans = [arrange_from(LARGE, room_type, STOCK, seed) for seed in range(5)]

    assert len({tuple(sorted(p.kind for p in plan.pieces)) for plan in plans}) >= 3
    assert len({(plan.pieces[0].kind, plan.pieces[0].x, plan.pieces[0].turn) for plan in plans}) >= 2


def test_pieces_have_ids_of_their_own():
    pieces = arrange_from(PLAIN, "living", STOCK, 1).pieces

    assert len({piece.id for piece in pieces}) == len(pieces)
    assert all(piece.id.startswith(piece.kind) for piece in pieces)


def test_a_small_room_gets_smaller_and_fewer_pieces():
    small, large = arrange_from(SMALL, "living", STOCK, 2), arrange_from(LARGE, "living", STOCK, 2)

    taken = [sum(footprint(p).area for p in a.pieces if p.z < 0.1) for a in (small, large)]
    assert taken[0] < 0.8 * taken[1]
    assert small.pieces[0].size[0] < large.pieces[0].size[0] + 1e-6


def test_careful_is_smaller_and_hangs_nothing():
    bold, careful = (arrange_from(PLAIN, "living", STOCK, 4, careful=c) for c in (False, True))

    assert len(careful.pieces) < len(bold.pieces)
    assert not kinds(careful) & {"wall_art", "mirror", "bookshelf", "sideboard"}
    assert "rug" in kinds(careful)
    assert careful.pieces[0].size[0] <= STOCK.usual("sofa")[0]


@pytest.mark.parametrize("room_type", INDOORS)
def test_a_room_in_which_nothing_fits_is_refused_in_words(room_type):
    closet = room(width=1.2, depth=3.0)

    with pytest.raises(UnusablePhoto) as caught:
        arrange_from(closet, room_type, STOCK, 0)
    assert caught.value.code == "no_space"
    assert "farther back" in caught.value.message
    assert caught.value.kind == "customer_input"


def test_every_room_type_on_sale_has_rules():
    assert set(vocabulary.ROOM_TYPES) <= set(RULES)


def test_an_unknown_room_type_is_refused():
    with pytest.raises(UnusablePhoto, match="dungeon"):
        arrange_from(PLAIN, "dungeon", STOCK, 0)


def test_lamps_stand_on_tables_and_decor_at_their_height():
    for seed in range(3):
        pieces = arrange_from(WITH_DOOR, "bed", STOCK, seed).pieces
        tables = [p for p in pieces if p.kind in {"nightstand", "dresser", "sideboard", "console_table"}]
        for lamp in (p for p in pieces if p.kind == "table_lamp"):
            assert any(math.dist((lamp.x, lamp.y), (t.x, t.y)) < 1.0 and lamp.z == t.size[2] for t in tables)


def test_the_table_stands_under_the_lamp_of_the_room_and_gets_no_second_one():
    lit = room(width=5.0, depth=5.5, lamps=((0.3, 2.9, 2.4),))
    table = arrange_from(lit, "dining", STOCK, 5)

    assert math.dist((table.pieces[0].x, table.pieces[0].y), (0.3, 2.9)) < 0.25
    assert "pendant" not in kinds(table)
    assert "pendant" in kinds(arrange_from(room(width=5.0, depth=5.5), "dining", STOCK, 5))


def test_pendants_hang_from_the_ceiling():
    dining = arrange_from(PLAIN, "dining", STOCK, 0)

    for pendant in (p for p in dining.pieces if p.kind == "pendant"):
        assert pendant.z + pendant.size[2] == pytest.approx(PLAIN.box.height)


def test_a_bed_stands_under_a_window_only_when_nothing_else_fits():
    free = room(window("back", 0.0, 2.2), width=4.6, depth=5.0)
    forced = room(window("back", 0.0, 2.2), door("left", 2.0, 3.6), door("right", 2.0, 3.6), width=3.4, depth=4.6)

    assert all(arrange_from(free, "bed", STOCK, seed).pieces[0].turn != 0.0 for seed in range(4))
    bed = arrange_from(forced, "bed", STOCK, 0)
    assert bed.pieces[0].turn == 0.0
    assert all(gate.passed for gate in check(forced, bed))


def test_the_camera_sees_the_sofa_from_the_front_or_the_side():
    for name, seed in (("corner", 0), ("corner", 1), ("with_door", 2)):
        sofa = arrange_from(ROOMS[name], "living", STOCK, seed).pieces[0]
        front = math.sin(math.radians(sofa.turn)), -math.cos(math.radians(sofa.turn))
        away = math.hypot(sofa.x, sofa.y)
        assert -(front[0] * sofa.x + front[1] * sofa.y) / away > -0.31


def test_corner_view_is_balanced():
    arrangement = arrange_from(CORNER, "living", STOCK, 0)
    u = [CORNER.camera.project([p.x, p.y, p.z])[0][0] / CORNER.camera.width for p in arrangement.pieces]

    assert min(u) < 0.5 < max(u)


@pytest.mark.parametrize("style", ["modern", "luxury", "farmhouse"])
def test_the_catalogue_furnishes_in_the_wished_for_style(style):
    arrangement = arrange(WITH_DOOR, "living", style, 0)

    assert {piece.style for piece in arrangement.pieces} == {style}
    for piece in arrangement.pieces:
        spec = KINDS[piece.kind]
        assert all(a - 1e-6 <= v <= b + 1e-6 for a, v, b in zip(spec.smallest, piece.size, spec.largest, strict=True))


def test_a_wall_that_was_read_at_no_sane_distance_does_no_harm():
    endless = replace(PLAIN, box=replace(PLAIN.box, x1=2.6e17))

    assert arrange_from(endless, "living", STOCK, 0).pieces[0].role == "main"


def test_towels_hang_on_a_bare_wall_at_a_hands_height():
    rails = [
        p for seed in range(6) for p in arrange_from(PLAIN, "bathroom", STOCK, seed).pieces if p.kind == "towel_rail"
    ]
    assert rails
    for rail in rails:
        assert 1.2 < rail.z + rail.size[2] < 1.5
        assert Site(PLAIN).nearest_wall(rail.x, rail.y)[1] < 0.1


@pytest.mark.parametrize("seed", range(12))
def test_a_plant_fits_into_a_free_corner_whatever_its_turn(seed):
    site = Site(LARGE)
    layout = Layout(site, STOCK, random.Random(seed))
    layout.keep(STOCK.piece("sofa", Frame((site.box.x0 + site.box.x1) / 2, site.box.y1 - 0.6, 0.0), role="main"))

    assert plant(layout)

    pot = layout.pieces[-1]
    away = min(abs(pot.x - site.box.x0), abs(site.box.x1 - pot.x)) - pot.size[0] / 2
    assert away < 0.1
    assert site.box.y1 - pot.y - pot.size[1] / 2 < 0.1


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("place", [WITH_DOOR, BETWEEN_DOORS], ids=["with_door", "between_doors"])
def test_a_sofa_and_its_table_are_never_all_that_a_room_gets(place, seed):
    """Three of these at least: an armchair, a lamp, a plant, art, a cupboard."""
    found = kinds(arrange_from(place, "living", STOCK, seed))
    assert sum(bool(found & set(alike)) for alike in FILLS) >= 3

"""What a person sees before what: lamps and art, seats and screens, rugs and the edge of the picture."""

import math
import random

import numpy as np
import pytest

from staging.engine.scene.arranger import arrange_from
from staging.engine.scene.crossings import crosses
from staging.engine.scene.fittings import Fittings, Stretch
from staging.engine.scene.footprints import footprint
from staging.engine.scene.frames import Frame
from staging.engine.scene.layout import Demand, Layout
from staging.engine.scene.rules.dressing import hang_over_storage, looks_at, storage
from staging.engine.scene.site import Site
from staging.engine.scene.visibility import hidden_by, view
from tests.engine.scene.showroom import CORNER, PLAIN, ROOMS, STOCK, door, room, window

CROSSING = "a tall thin piece would stand before it or before what is on the wall"
LOOSE = Demand(hides=1.0, hidden=1.0)


def layout_of(place, *pieces):
    layout = Layout(Site(place), STOCK, random.Random(0))
    for kind, x, y, turn, z in pieces:
        layout.keep(STOCK.piece(kind, Frame(x, y, turn), z=z))
    return layout


SOFA = ("sofa", -0.9, 3.9, 0.0, 0.0)


def test_a_lamp_does_not_stand_before_art():
    hung = layout_of(PLAIN, SOFA, ("wall_art", 0.9, 4.47, 0.0, 1.0))

    assert hung.refusal(STOCK.piece("floor_lamp", Frame(0.85, 4.1, 0.0)), LOOSE) == CROSSING
    assert hung.refusal(STOCK.piece("floor_lamp", Frame(1.8, 4.1, 0.0)), LOOSE) == ""


def test_art_is_not_hung_behind_a_lamp():
    lit = layout_of(PLAIN, SOFA, ("floor_lamp", 0.85, 4.1, 0.0, 0.0))

    assert lit.refusal(STOCK.piece("wall_art", Frame(0.9, 4.47, 0.0), z=1.0), LOOSE) == CROSSING


@pytest.mark.parametrize("opening", [door("back", 0.9), window("back", 0.9)])
def test_a_lamp_does_not_stand_before_an_opening(opening):
    layout = layout_of(room(opening), SOFA)

    # Well before the wall: the zone of the door or window is not what speaks against it.
    assert layout.refusal(STOCK.piece("floor_lamp", Frame(0.65, 3.05, 0.0)), LOOSE) == CROSSING


def test_a_plant_may_stand_before_a_window_but_not_before_a_door():
    plant = STOCK.piece("plant", Frame(0.7, 3.15, 0.0))

    assert layout_of(room(window("back", 0.9)), SOFA).refusal(plant, LOOSE) == ""
    assert layout_of(room(door("back", 0.9)), SOFA).refusal(plant, LOOSE) == CROSSING


def test_what_is_seen_edge_on_is_not_hidden_behind_a_broader_plant():
    plant = (0.1, 0.3, 0.3, 0.8)

    assert crosses(plant, (0.25, 0.2, 0.28, 0.9))
    assert not crosses(plant, (0.29, 0.2, 0.6, 0.9))
    assert not crosses(plant, (0.29, 0.2, 0.32, 0.9))


@pytest.mark.parametrize(
    ("x", "y", "turn", "watched"),
    [
        (0.0, 1.0, 180.0, True),  # straight ahead
        (1.5, 1.0, 180.0, True),  # somewhat aside
        (3.0, 4.0, -90.0, False),  # beside the sofa
        (0.0, 2.8, 180.0, False),  # before one's knees
        (0.0, -2.0, 180.0, False),  # at the far end of a hall
        (0.0, 6.5, 0.0, False),  # behind one's back
        (0.0, 1.0, 0.0, False),  # its back to the sofa
    ],
)
def test_a_screen_is_watched_from_the_sofa(x, y, turn, watched):
    sofa = STOCK.piece("sofa", Frame(0.0, 4.0, 0.0))

    assert looks_at(sofa, STOCK.piece("tv_unit", Frame(x, y, turn))) is watched


def test_televisions_are_only_where_the_sofa_looks():
    across = layout_of(PLAIN, ("sofa", -1.65, 2.9, 90.0, 0.0))
    away = layout_of(PLAIN, ("sofa", 0.0, 3.9, 0.0, 0.0))  # it looks at the wall behind the camera

    unit = storage(across, ["tv_unit", "sideboard"], LOOSE)
    assert unit is not None
    assert unit.kind == "tv_unit"
    assert looks_at(across.main, unit)
    other = storage(away, ["tv_unit", "sideboard"], LOOSE)
    assert other is not None
    assert other.kind == "sideboard"


@pytest.mark.parametrize("name", sorted(ROOMS))
@pytest.mark.parametrize("room_type", ["living", "bed"])
def test_rugs_are_in_the_picture_and_hardly_broader_than_what_stands_on_them(name, room_type):
    pieces = arrange_from(ROOMS[name], room_type, STOCK, 3).pieces
    for rug in (p for p in pieces if p.kind == "rug"):
        assert view(ROOMS[name], rug).in_frame >= 0.8
        assert room_type == "bed" or rug.size[0] <= pieces[0].size[0] + 0.6 + 1e-6


def test_the_main_piece_is_whole_where_there_is_room_for_it():
    for room_type in ("living", "bed"):
        for seed in range(2):
            seen = view(CORNER, arrange_from(CORNER, room_type, STOCK, seed).pieces[0])
            assert seen.left > 0.0
            assert seen.right < 1.0
            assert math.isclose(seen.in_frame, 1.0)


def test_what_hides_the_foot_of_a_door_seems_to_bar_it():
    layout = layout_of(room(door("back", 0.9)), SOFA)
    before, beside = (STOCK.piece("armchair", Frame(x, 2.6, 0.0)) for x in (0.55, 1.5))

    # More than a door's swing before it, so that one could walk round; but the picture does not show that.
    assert layout.refusal(before, LOOSE) == "would seem to bar a door"
    assert layout.refusal(beside, LOOSE) == ""


def test_a_lamp_on_a_table_does_not_stand_before_a_door():
    table = ("side_table", 0.62, 3.0, 0.0, 0.0)
    lamp = STOCK.piece("table_lamp", Frame(0.62, 3.0, 0.0), z=0.52)

    assert layout_of(room(door("back", 0.9)), SOFA, table).refusal(lamp, LOOSE) == CROSSING
    assert layout_of(room(window("back", 0.9)), SOFA, table).refusal(lamp, LOOSE) == ""


@pytest.mark.parametrize("room_type", ["living", "bed"])
def test_nothing_stands_against_a_wall_that_the_photo_does_not_show(room_type):
    nothing = np.zeros((80, 120), bool)
    footless = (Stretch("back", -3.0, 3.0),)
    seen = Fittings(nothing, ~nothing, walls_only=True, footless=footless)
    for seed in range(3):
        pieces = arrange_from(PLAIN, room_type, STOCK, seed, fittings=seen).pieces
        standing = [footprint(p) for p in pieces if p.z < 0.1 and p.kind != "rug"]
        assert all(y < PLAIN.box.y1 - 0.34 for shape in standing for _, y in shape.corners), seed
        assert not [p for p in pieces if p.role == "wall" and p.y > PLAIN.box.y1 - 0.1], seed


def test_what_stands_on_a_cupboard_does_not_stand_before_the_art_over_it():
    for seed in range(8):
        layout = layout_of(PLAIN, SOFA)
        layout.rng = random.Random(seed)
        layout.keep(STOCK.piece("sideboard", Frame(1.1, 4.2, 0.0), size=(1.6, 0.44, 0.75)))
        hang_over_storage(layout, layout.pieces[-1])
        hung, things = layout.of("wall_art", "mirror"), layout.of("table_lamp", "vase", "bowl", "books")
        assert hung, seed
        assert things, seed
        assert all(hidden_by(PLAIN, picture, [thing]) <= 0.05 for picture in hung for thing in things), seed


@pytest.mark.parametrize("name", sorted(ROOMS))
def test_no_picture_on_a_wall_is_cut_by_the_edge_of_the_photo(name):
    for seed in range(3):
        for piece in arrange_from(ROOMS[name], "bed", STOCK, seed).pieces:
            assert piece.kind not in {"wall_art", "mirror"} or view(ROOMS[name], piece).in_frame == 1.0, seed

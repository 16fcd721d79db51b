"""Footprints, views and walkways on cases that one can check in one's head."""

from __future__ import annotations

import pytest

from staging.engine.scene.arrangement import Piece
from staging.engine.scene.footprints import Footprint, footprint, penetration
from staging.engine.scene.frames import Frame, wall_frame
from staging.engine.scene.site import Site
from staging.engine.scene.visibility import hidden_by, sees_middle, view
from staging.engine.scene.walkways import cut_off
from tests.engine.scene.showroom import PLAIN, door, room, window


def box(x: float, y: float, turn: float = 0.0, size: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> Piece:
    return Piece("box-1", "sideboard", "modern", size, x, y, turn=turn)


@pytest.mark.parametrize(
    ("other", "depth"),
    [
        (Footprint(0.9, 0.0, 1.0, 1.0), 0.1),
        (Footprint(1.0, 0.0, 1.0, 1.0), 0.0),
        (Footprint(1.1, 1.1, 1.0, 1.0, 45.0), 0.0),
        (Footprint(1.1, 0.0, 1.0, 1.0, 45.0), 0.107),
        (Footprint(0.0, 0.0, 0.2, 0.2, 0.0, 0.1, 0.4), 0.0),  # it stands on top
    ],
)
def test_penetration_is_how_far_rectangles_must_be_pushed_apart(other, depth):
    one = Footprint(0.0, 0.0, 1.0, 1.0)

    assert penetration(one, other) == pytest.approx(depth, abs=0.002)
    assert penetration(other, one) == pytest.approx(depth, abs=0.002)


def test_distance_is_to_the_nearest_edge():
    assert footprint(box(0.0, 3.0)).distance(0.0, 0.0) == pytest.approx(2.5)
    assert footprint(box(0.0, 3.0, 45.0)).distance(0.0, 0.0) == pytest.approx(3 - 2**0.5 / 2)


@pytest.mark.parametrize(("wall", "out"), [("back", (0.0, -1.0)), ("left", (1.0, 0.0)), ("right", (-1.0, 0.0))])
def test_frames_of_walls_look_into_the_room(wall, out):
    frame = wall_frame(PLAIN.box, wall, 1.0)
    x, y = frame.point(0.0, 1.0)

    assert (x - frame.x, y - frame.y) == pytest.approx(out)


def test_along_is_to_the_right_of_a_person_who_looks_back_at_the_frame():
    assert Frame(0.0, 0.0, 0.0).point(1.0, 0.0) == pytest.approx((1.0, 0.0))
    assert Frame(0.0, 0.0, 90.0).point(1.0, 0.0) == pytest.approx((0.0, 1.0))


def test_a_view_says_how_much_is_in_the_picture_and_from_which_side():
    ahead = view(PLAIN, box(0.0, 3.5))
    behind = view(PLAIN, box(0.0, -3.0))

    assert ahead.in_frame == 1.0
    assert ahead.middle == pytest.approx(0.5, abs=0.01)
    assert ahead.facing == pytest.approx(1.0)
    assert view(PLAIN, box(0.0, 3.5, 180.0)).facing == pytest.approx(-1.0)
    assert behind.in_frame == 0.0
    assert sees_middle(PLAIN, box(0.0, 3.5))
    assert not sees_middle(PLAIN, box(0.0, -3.0))


def test_what_stands_before_hides_and_what_stands_behind_does_not():
    sofa, before, behind = box(0.0, 4.0), box(0.0, 2.5, size=(1.5, 0.4, 2.0)), box(0.0, 4.8, size=(1.5, 0.4, 2.0))

    assert hidden_by(PLAIN, sofa, [before]) > 0.8
    assert hidden_by(PLAIN, sofa, [behind]) == 0.0
    assert hidden_by(PLAIN, sofa, []) == 0.0


def test_a_bed_does_not_hide_the_lamp_beside_its_head():
    bed = Piece("bed-1", "bed", "modern", (1.6, 2.1, 1.1), 0.0, 3.4)
    lamp = Piece("table_lamp-1", "table_lamp", "modern", (0.3, 0.3, 0.5), 1.1, 4.2, z=0.55)

    assert hidden_by(PLAIN, lamp, [bed]) < 0.1


def test_a_passage_stays_reachable_until_furniture_closes_the_way():
    hall = room(door("back", 0.0), width=3.0, depth=5.0)

    assert cut_off(Site(hall), [box(-0.9, 2.5, size=(1.0, 0.5, 0.8))]) == ()
    assert cut_off(Site(hall), [box(0.0, 2.5, size=(2.4, 0.5, 0.8))]) == hall.openings


def test_only_what_one_can_walk_through_is_kept_clear():
    slit, glass_door = window("left", 2.0, width=0.4, sill=0.0), window("left", 2.0, width=1.6, sill=0.05)

    assert Site(room(slit)).passages == ()
    assert [zone.opening for zone in Site(room(glass_door)).passages] == [glass_door]


def test_low_pieces_may_stand_under_a_sill():
    site = Site(room(window("left", 2.5, sill=0.8)))
    low, tall = box(-2.0, 2.5, 90.0, (1.2, 0.35, 0.75)), box(-2.0, 2.5, 90.0, (1.2, 0.35, 1.6))

    assert site.blocked(footprint(low)) is None
    assert site.blocked(footprint(tall)) is not None
    assert site.window_cover(footprint(tall)) > 0.35

"""How a seating group looks in the picture: its rug, its pouf, its green."""

from __future__ import annotations

import pytest

from staging.engine.scene.arranger import arrange_from
from staging.engine.scene.footprints import footprint
from staging.engine.scene.site import Site
from staging.engine.scene.visibility import view
from tests.engine.scene.showroom import CORNER, LARGE, PLAIN, SMALL, STOCK, WITH_DOOR, room, window

# A narrow room with a window, seen from its corner.
TIGHT = room(window("back", 0.3, 1.6, 0.9), width=2.8, depth=3.6, shift=-0.6, yaw=14.0)


@pytest.mark.parametrize("place", [CORNER, WITH_DOOR], ids=["corner", "with_door"])
def test_no_rug_is_cut_by_the_frame_where_a_smaller_one_is_whole(place):
    for seed in range(3):
        pieces = arrange_from(place, "living", STOCK, seed).pieces
        assert [p for p in pieces if p.kind == "rug" and view(place, p).in_frame < 0.96] == []


def test_a_rug_is_broader_than_its_sofa_though_the_frame_cuts_it():
    for seed in range(4):
        sofa, *others = arrange_from(PLAIN, "living", STOCK, seed).pieces
        assert [p for p in others if p.kind == "rug" and p.size[0] <= sofa.size[0]] == []


def test_no_chair_looks_as_large_as_the_sofa_behind_it():
    shallow = room(width=3.4, depth=5.0)
    for seed in range(2):
        sofa, *others = arrange_from(shallow, "living", STOCK, seed).pieces
        behind = view(shallow, sofa)
        chairs = [view(shallow, p) for p in others if p.kind == "armchair"]
        assert [c for c in chairs if c.nearest < behind.nearest and c.area > behind.area] == []


def test_no_pouf_is_pushed_against_a_wall():
    for seed in range(3):
        pieces = arrange_from(TIGHT, "living", STOCK, seed, careful=True).pieces
        assert [p for p in pieces if p.kind == "pouf" and not Site(TIGHT).inside(footprint(p), 0.34)] == []


@pytest.mark.parametrize("place", [PLAIN, SMALL, LARGE], ids=["plain", "small", "large"])
def test_a_room_that_nobody_is_sure_of_gets_green_at_the_end_of_its_sofa(place):
    pieces = arrange_from(place, "living", STOCK, 0, careful=True).pieces
    assert [p.kind for p in pieces if p.kind == "plant"] == ["plant"]

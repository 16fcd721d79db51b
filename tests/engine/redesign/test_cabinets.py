"""The wooden fronts of a kitchen in new paint; what is no front stays as it was."""

import dataclasses
import itertools

import cv2
import numpy as np
import pytest

from staging.engine.redesign import cabinets
from staging.engine.redesign.interior import repaint_fronts
from staging.engine.redesign.matting import even_copy
from staging.engine.redesign.palettes import PALETTES
from staging.engine.redesign.patches import Patches, lab_of
from tests.engine.redesign import kitchens
from tests.engine.redesign.kitchens import ABOVE, BELOW, BOWL, DOORS, FLOOR, FRIDGE, HANDLES, ROOM, drawn, inside

WOODY = 18.0  # Lab chroma of what is still seen to be wood


@pytest.fixture(scope="module")
def kitchen():
    return drawn()


@pytest.fixture(scope="module")
def coastal(kitchen):
    """The kitchen with its fronts in soft white."""
    return repaint_fronts(kitchen, ROOM, "coastal", 0)


def hues(picture, where, margin=4):
    return lab_of(picture)[(*inside(where, margin), slice(1, 3))]


def doors(where, count):
    """The flat of each door, without its joints and its handle."""
    left, top, right, bottom = where
    xs = np.linspace(left, right, count + 1).round().astype(int)
    return [(int(x0) + 20, top + 12, int(x1) - 10, bottom - 12) for x0, x1 in itertools.pairwise(xs)]


def why(picture, room=ROOM):
    return cabinets.find(Patches.cut(even_copy(picture)), room)


def test_fronts_above_and_below_take_the_colour_of_the_style(kitchen):
    navy = repaint_fronts(kitchen, ROOM, "luxury", 0)
    colour = lab_of(np.array([[list(bytes.fromhex(PALETTES["luxury"].cabinets[0][1:]))]], np.uint8))[0, 0]
    for where in (doors(ABOVE, DOORS)[1], doors(BELOW, 4)[2]):
        painted = lab_of(navy.picture)[inside(where)].reshape(-1, 3).mean(0)
        assert np.hypot(*(painted - colour)[1:]) < 6
        assert abs(painted[0] - colour[0]) < 15
    assert navy.done["cabinets"] == PALETTES["luxury"].cabinets[0]


def test_outside_of_the_mask_every_byte_is_the_photos_and_nothing_but_fronts_lies_in_it(kitchen, coastal):
    kept = coastal.mask == 0
    assert np.array_equal(coastal.picture[kept], kitchen[kept])
    for where in (BOWL, FRIDGE, (0, 44, 600, 80), (0, FLOOR + 4, 600, 400)):
        assert kept[inside(where, 10 if where == FRIDGE else 0)].all()


def test_grain_goes_and_joints_stay(kitchen, coastal):
    before, after = (np.log(picture.mean(-1) + 3) for picture in (kitchen, coastal.picture))
    for where in doors(ABOVE, DOORS)[:4] + doors(BELOW, 4):
        assert after[inside(where)].std() < 0.55 * before[inside(where)].std()
    row = slice(ABOVE[1] + 20, ABOVE[3] - 40)
    for x in np.linspace(ABOVE[0], ABOVE[2], DOORS + 1)[1:4].round().astype(int):
        joint = after[row, x - 2 : x + 3].min(1).mean()
        assert joint < after[row, x + 14 : x + 24].mean() - 0.3


def test_no_orange_is_left_round_the_fronts_or_on_them(kitchen, coastal):
    rim = np.zeros(kitchen.shape[:2], np.uint8)
    for where in (ABOVE, BELOW):
        rim[inside(where, -5)] = 1
    rim[inside(FRIDGE, -5)] = rim[FLOOR - 2 :] = 0
    chroma = np.hypot(*np.moveaxis(lab_of(coastal.picture)[..., 1:], -1, 0))
    assert np.hypot(*np.moveaxis(lab_of(kitchen)[..., 1:], -1, 0))[rim > 0].max() > 2 * WOODY
    assert (chroma[rim > 0] > WOODY).mean() < 0.002


def test_handles_stay_bright(kitchen):
    navy = repaint_fronts(kitchen, ROOM, "luxury", 0)
    for x, y in HANDLES[:4]:
        on, beside = (navy.picture[y + 3 : y + 11, x + d : x + d + 2].mean() for d in (1, 12))
        assert on > beside + 60


def test_a_glare_on_a_door_gets_no_hole_in_its_paint(coastal):
    made = repaint_fronts(drawn(glare=True), ROOM, "coastal", 0)
    (x, y), radius = kitchens.GLARE
    spot = (slice(y - radius, y + radius), slice(x - radius, x + radius))
    assert (made.mask[spot] > 0).mean() > 0.97
    assert np.hypot(*np.moveaxis(lab_of(made.picture)[spot][..., 1:], -1, 0)).mean() < 6


@pytest.mark.parametrize("what", [{"above": False}, {"above": False, "below": False}])
def test_without_cupboards_on_a_wall_no_wood_is_taken_for_a_kitchens(what):
    """A sideboard and a floor of boards are wood too."""
    assert why(drawn(**what)) == "none"
    assert repaint_fronts(drawn(**what), ROOM, "coastal", 0) is None


def test_fronts_stay_where_much_of_their_wood_would(kitchen):
    """A carved oak board over the cupboards is no front: beside it white ones would be half a kitchen."""
    carved = kitchen.copy()
    board = np.zeros(carved.shape[:2], np.uint8)
    cv2.ellipse(board, (300, 66), (230, 18), 0, 0, 360, 1, -1)
    carved[board > 0] = (np.array(kitchens.OAK) * kitchens.grain(5))[board > 0].astype(np.uint8)
    assert why(carved) == "half"
    assert repaint_fronts(carved, ROOM, "coastal", 0) is None


def test_without_sure_directions_nothing_is_taken_for_upright(kitchen):
    assert why(kitchen, dataclasses.replace(ROOM, confidence={"camera": 0.6, "total": 0.6})) == "unsure"


def test_a_wire_before_a_door_stays_in_sight(kitchen):
    hung = kitchen.copy()
    x = np.arange(175, 235)
    curve = np.stack([x, 140 + 18 * np.sin((x - 175) / 9.0)], -1).round().astype(np.int32)
    cv2.polylines(hung, [curve], False, (22, 20, 20), 2)
    made = repaint_fronts(hung, ROOM, "coastal", 0)
    on, beside = (made.picture[curve[:, 1] + d, curve[:, 0]].mean(-1) for d in (0, 7))
    assert (beside - on > 60).mean() > 0.8

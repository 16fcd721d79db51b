"""A kitchen redesigned: its fronts are painted also where the room is read too unsurely for walls and floor."""

import dataclasses
import json

import numpy as np
import pytest

from staging.engine.errors import UnusablePhoto
from staging.engine.modes.redesign import redesign_room
from staging.engine.redesign.palettes import PALETTES
from tests.engine.redesign.kitchens import ROOM, drawn


@pytest.fixture(scope="module")
def kitchen():
    return drawn()


def test_a_kitchen_whose_room_is_unsure_gets_its_fronts_painted_and_the_record_says_so(kitchen):
    made = redesign_room(kitchen, room_type="kitchen", style="farmhouse", room=ROOM.to_dict(), quality="draft")
    record = json.loads(json.dumps(made.record()))
    assert record["redesign"]["cabinets"] == PALETTES["farmhouse"].cabinets[0]
    assert (record["redesign"]["walls"], record["redesign"]["floor"]) == ([], None)
    assert record["redesign"]["left"] == ["walls", "floor"]
    assert record["redesign"]["furniture"] is False
    assert "could not be read surely enough" in record["redesign"]["unfurnished"]
    kept = made.mask == 0
    assert np.array_equal(made.picture[kept], kitchen[kept])
    assert {"front_edges", "identity_outside_mask"} <= {gate["name"] for gate in record["gates"]}


def test_other_seeds_take_the_styles_other_colour(kitchen):
    made = redesign_room(kitchen, room_type="kitchen", style="coastal", seed=1, room=ROOM.to_dict(), quality="draft")
    assert made.done["cabinets"] == PALETTES["coastal"].cabinets[1]


def test_a_kitchen_without_such_fronts_keeps_its_error():
    with pytest.raises(UnusablePhoto) as refused:
        redesign_room(drawn(above=False), room_type="kitchen", style="coastal", room=ROOM.to_dict(), quality="draft")
    assert refused.value.code == "room_unsure"


def test_cupboards_of_another_room_are_no_kitchens(kitchen):
    """A wooden wardrobe is furniture: it is not painted with the walls."""
    room = dataclasses.replace(ROOM, confidence={"camera": 1.0, "total": 0.2}).to_dict()
    with pytest.raises(UnusablePhoto) as refused:
        redesign_room(kitchen, room_type="living", style="coastal", room=room, quality="draft")
    assert refused.value.code == "room_unsure"

"""Fruit, herbs and flowers on a counter: within its free stretches, apart from each other, and nowhere else."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from staging.engine.errors import UnusablePhoto
from staging.engine.furniture.catalogue import KINDS, size_for
from staging.engine.scene.arrangement import Arrangement
from staging.engine.scene.arranger import arrange
from staging.engine.scene.checks import check
from staging.engine.scene.faces import FLOOR, face_map
from staging.engine.scene.fittings import Fittings
from staging.engine.scene.room import Room, Top
from tests.engine.scene.showroom import PLAIN

FACES = face_map(PLAIN, 300, 200)
FLOORS = FACES.labels == FLOOR
NOTHING = np.zeros(FLOORS.shape, np.bool_)
FRONT = PLAIN.box.y1 - 0.62
TOP = Top(0, FRONT, -1.5, 1.5, 1, 0.91, free=((-1.4, -0.2), (0.6, 1.0)))


def dressed(seed: int, *, top: Top = TOP, clear: np.ndarray = NOTHING) -> tuple[Room, Arrangement]:
    room = dataclasses.replace(PLAIN, tops=(top,))
    return room, arrange(room, "kitchen", "coastal", seed, fittings=Fittings(clear, clear, tops=(top,)))


@pytest.mark.parametrize("seed", range(4))
def test_things_stand_on_the_bare_stretches_alone(seed: int) -> None:
    room, arrangement = dressed(seed)
    assert 2 <= len(arrangement.pieces) <= 3
    for piece in arrangement.pieces:
        assert piece.z == TOP.z
        low, high = piece.x - piece.size[0] / 2, piece.x + piece.size[0] / 2
        assert any(a <= low and high <= b for a, b in TOP.free), piece
        assert piece.y - piece.size[1] / 2 > FRONT
        assert piece.y + piece.size[1] / 2 < PLAIN.box.y1
        assert piece.size[2] <= 0.45
    assert len({piece.kind for piece in arrangement.pieces}) == len(arrangement.pieces)
    assert all(gate.passed for gate in check(room, arrangement))


def test_with_free_floor_a_runner_lies_there_as_well() -> None:
    aisle = FLOORS & (np.abs(FACES.points[..., 0]) < 0.8) & (FACES.points[..., 1] < 3.6)
    _, arrangement = dressed(1, clear=aisle)
    assert arrangement.pieces[0].kind == "runner"
    assert [piece for piece in arrangement.pieces if piece.z == TOP.z]


def test_a_counter_with_room_for_one_bowl_is_refused_as_before() -> None:
    with pytest.raises(UnusablePhoto):
        dressed(0, top=dataclasses.replace(TOP, free=((0.0, 0.41),)))


def test_every_thing_for_a_counter_fits_under_wall_cabinets() -> None:
    for kind in ("fruit_bowl", "herb_pots", "vase", "utensil_crock"):
        assert KINDS[kind].smallest[2] <= 0.42
        assert size_for(kind, "modern")[1] < 0.5

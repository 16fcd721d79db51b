"""Gates of an arrangement that a person edited: each says what is wrong, and only that."""

from dataclasses import replace

import pytest

from staging.engine.scene import blocks
from staging.engine.scene.arrangement import Arrangement, Piece
from staging.engine.scene.checks import check
from staging.engine.scene.room import Block
from tests.engine.scene.showroom import PLAIN, WITH_DOOR, door, room, window


def piece(kind: str, x: float, y: float, size: tuple[float, float, float], **fields: object) -> Piece:
    return Piece(f"{kind}-1", kind, "modern", size, x, y, **fields)  # type: ignore[arg-type]


SOFA = piece("sofa", 0.0, 3.9, (2.0, 0.9, 0.8), role="main")


def failed(room, *pieces):
    gates = check(room, Arrangement("living", "modern", 0, pieces))
    return [gate.name for gate in gates if not gate.passed]


def test_a_sofa_at_the_back_wall_passes():
    assert failed(PLAIN, SOFA) == []


@pytest.mark.parametrize(
    ("gate", "pieces"),
    [
        ("main_in_frame", (replace(SOFA, x=-1.0, y=1.9),)),
        ("main_distance", (replace(SOFA, x=0.0, y=1.5),)),
        ("intersections", (SOFA, piece("plant", 0.9, 3.8, (0.6, 0.6, 1.5)))),
        ("inside_room", (SOFA, piece("plant", 2.2, 3.0, (0.6, 0.6, 1.5)))),
    ],
)
def test_each_gate_names_its_fault(gate, pieces):
    assert gate in failed(PLAIN, *pieces)


def test_furniture_before_a_door_is_found():
    assert "doors_clear" in failed(WITH_DOOR, SOFA, piece("plant", -1.4, 4.6, (0.6, 0.6, 1.5)))


def test_a_row_of_furniture_across_the_room_cuts_its_door_off():
    hall = room(door("back", 0.0), width=3.6, depth=5.0)
    row = [replace(piece("sideboard", x, 2.5, (1.7, 0.45, 0.8)), id=f"sideboard-{x}") for x in (-0.9, 0.9)]

    assert "walkways" in failed(hall, *row)
    assert "walkways" not in failed(hall, row[0])


def test_a_wardrobe_before_a_window_is_found_and_a_low_bench_is_not():
    lit = room(window("left", 2.5))

    assert "windows_clear" in failed(lit, SOFA, piece("bookshelf", -2.0, 2.5, (1.4, 0.4, 2.0), turn=90.0))
    assert "windows_clear" not in failed(lit, SOFA, piece("bench", -2.0, 2.5, (1.4, 0.4, 0.45), turn=90.0))


def test_art_on_a_window_is_found():
    lit = room(window("back", 0.0))
    art = piece("wall_art", 0.5, 4.47, (0.6, 0.04, 0.8), z=1.2, role="wall")

    assert "art_on_bare_wall" in failed(lit, replace(SOFA, y=2.9), art)
    assert failed(lit, replace(SOFA, y=2.9), replace(art, x=1.3)) == []


def test_a_ceiling_read_at_the_wrong_scale_is_found():
    assert failed(room(height=4.0), SOFA) == ["ceiling_height"]


def test_a_door_that_is_no_door_by_its_height_is_found_unless_a_person_said_so():
    low = room(replace(door("left", 1.5), z1=1.7))
    assert failed(low, SOFA) == ["door_heights"]
    assert failed(replace(low, confidence={"total": 1.0, "person": 1.0}), SOFA) == []


def test_rugs_and_tucked_chairs_intersect_nothing():
    table = piece("dining_table", 0.0, 3.2, (1.6, 0.9, 0.75), role="main")
    chair = piece("dining_chair", 0.0, 2.6, (0.48, 0.54, 0.85), turn=180.0)
    rug = piece("rug", 0.0, 3.2, (2.6, 1.9, 0.012), role="rug")

    assert failed(PLAIN, table, chair, rug) == []


def test_a_room_without_furniture_passes():
    assert failed(PLAIN) == []


def test_a_piece_in_an_island_or_mostly_behind_one_is_found_and_one_before_it_is_not():
    island = blocks.occluder(PLAIN.camera, Block(-0.9, 0.9, 2.6, 3.3, 0.95))
    there = replace(PLAIN, occluders=(island,))

    assert "building_clear" in failed(there, replace(SOFA, y=3.1))
    assert "building_clear" in failed(there, replace(SOFA, size=(1.4, 0.9, 0.8)))
    assert failed(there, replace(SOFA, x=0.2, y=1.95, size=(0.8, 0.8, 0.8))) == []
    assert "walkways" in failed(replace(there, openings=(door("left", 3.0),)), *_fence())


def _fence():
    """A row of furniture from the left wall to the island: what lies behind it cannot be reached past it."""
    wall = piece("sideboard", -1.55, 2.3, (1.3, 0.45, 0.8))
    return replace(SOFA, x=1.55, y=2.9, size=(1.3, 0.9, 0.8)), wall

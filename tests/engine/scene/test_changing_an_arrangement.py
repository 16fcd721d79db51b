"""What a person does in the scene editor: move, turn, swap, delete and add pieces, in a furnished room."""

import json

import numpy as np
import pytest

from staging.engine.modes.samples.rooms import LIVING
from staging.engine.scene import changes
from staging.engine.scene.arranger import arrange
from staging.engine.scene.changes import ImpossibleChange, changed
from staging.engine.scene.footprints import footprint
from staging.engine.scene.projection import body_pixels, floor_point, footprint_pixels, wall_point

ROOM = LIVING.room


@pytest.fixture(scope="module")
def furnished():
    return arrange(ROOM, "living", "modern", 3).to_dict()


@pytest.fixture
def edit(furnished):
    def edit(*wishes):
        return changed(ROOM.to_dict(), furnished, *wishes)

    return edit


def of(answer, name):
    return next(p for p in answer["arrangement"]["pieces"] if p["id"] == name)


def named(furnished, kind):
    return next(p for p in furnished["pieces"] if p["kind"] == kind)


def problems(answer):
    return {gate["name"] for gate in answer["problems"]}


def test_an_untouched_arrangement_has_no_problems_and_is_plain_json(edit, furnished):
    answer = edit()
    assert answer["problems"] == []
    assert json.loads(json.dumps(answer)) == json.loads(json.dumps(answer | {"arrangement": furnished}))


def test_a_moved_table_takes_along_what_stands_on_it(furnished):
    table = named(furnished, "coffee_table")
    with_bowl = changed(ROOM.to_dict(), furnished, {"do": "add", "kind": "bowl", "x": table["x"], "y": table["y"]})
    bowl = with_bowl["arrangement"]["pieces"][-1]
    assert bowl["z"] == pytest.approx(table["z"] + table["size"][2], abs=0.001)
    after = changed(ROOM.to_dict(), with_bowl["arrangement"], {"do": "move", "id": table["id"], "x": table["x"] + 0.1})
    assert of(after, table["id"])["x"] == pytest.approx(table["x"] + 0.1, abs=0.001)
    assert of(after, bowl["id"])["x"] == pytest.approx(bowl["x"] + 0.1, abs=0.001)
    gone = changed(ROOM.to_dict(), after["arrangement"], {"do": "delete", "id": table["id"]})
    left = {p["id"] for p in gone["arrangement"]["pieces"]}
    assert not {table["id"], bowl["id"]} & left
    assert {p["id"] for p in furnished["pieces"] if p["z"] == 0.0} - left == {table["id"]}


def test_pieces_in_each_other_outside_or_before_a_door_are_told(edit, furnished):
    sofa, table = next(p for p in furnished["pieces"] if p["role"] == "main"), named(furnished, "coffee_table")
    assert "intersections" in problems(edit({"do": "move", "id": table["id"], "x": sofa["x"], "y": sofa["y"]}))
    assert "inside_room" in problems(edit({"do": "move", "id": table["id"], "x": ROOM.box.x1}))
    door = next(o for o in ROOM.openings if o.kind == "door")
    assert door.wall == "right"
    place = {"x": ROOM.box.x1 - 0.5, "y": (door.u0 + door.u1) / 2}
    answer = edit({"do": "add", "kind": "plant", **place})
    assert "doors_clear" in problems(answer)
    assert any("door" in gate["text"] for gate in answer["problems"])


def test_a_swapped_sofa_keeps_its_back_where_it_was(edit, furnished):
    sofa = next(p for p in furnished["pieces"] if p["role"] == "main")
    kind = "loveseat" if sofa["kind"] != "loveseat" else "sofa"
    after = of(edit({"do": "swap", "id": sofa["id"], "kind": kind, "style": "luxury"}), sofa["id"])
    assert (after["kind"], after["style"], after["role"]) == (kind, "luxury", "main")
    assert back(after) == pytest.approx(back(sofa), abs=0.003)
    again = of(edit({"do": "swap", "id": sofa["id"]}), sofa["id"])
    assert again["seed"] != sofa["seed"]
    assert again | {"seed": 0} == sofa | {"seed": 0, "size": list(sofa["size"])} or again["size"] == sofa["size"]


def back(piece):
    """The middle of a piece's back edge."""
    a = np.deg2rad(piece["turn"])
    return np.array([piece["x"], piece["y"]]) + piece["size"][1] / 2 * np.array([-np.sin(a), np.cos(a)])


def test_a_turned_piece_faces_the_way_that_was_asked(edit, furnished):
    table = named(furnished, "coffee_table")
    assert of(edit({"do": "turn", "id": table["id"], "turn": 200.0}), table["id"])["turn"] == -160.0


def test_art_hangs_on_the_nearest_wall_wherever_it_is_dropped(edit):
    box = ROOM.box
    answer = edit({"do": "add", "kind": "wall_art", "x": box.x0 + 0.4, "y": 2.5})
    art = answer["arrangement"]["pieces"][-1]
    assert art["turn"] == 90.0
    assert art["x"] == pytest.approx(box.x0 + art["size"][1] / 2, abs=0.01)
    assert 0.8 < art["z"] + art["size"][2] / 2 < 1.9
    moved = of(
        changed(ROOM.to_dict(), answer["arrangement"], {"do": "move", "id": art["id"], "x": 0, "y": 9}), art["id"]
    )
    assert moved["y"] == pytest.approx(box.y1 - art["size"][1] / 2, abs=0.01)


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"do": "add", "kind": "throne", "x": 0, "y": 2}, "throne"),
        ({"do": "add", "kind": "sofa", "x": 0, "y": 2, "style": "gothic"}, "gothic"),
        ({"do": "add", "kind": "sofa", "x": 0, "y": 2, "size": [9, 9, 9]}, "m wide"),
        ({"do": "add", "kind": "sofa", "x": float("nan"), "y": 2}, "number"),
        ({"do": "move", "id": "nobody", "x": 1}, "nobody"),
        ({"do": "explode", "id": None}, "piece"),
    ],
)
def test_what_means_nothing_is_refused_in_words(edit, wish, says):
    with pytest.raises(ImpossibleChange, match=says):
        edit(wish)


def test_a_broken_arrangement_is_refused_in_words(furnished):
    first = furnished["pieces"][0]
    for broken, says in (
        ({**first, "kind": "throne"}, "throne"),
        ({**first, "x": "left"}, "x must be a number"),
        ({**first, "size": [1, 2]}, "three numbers"),
        ({**first, "options": {"decor": {}}}, "options"),
    ):
        with pytest.raises(ImpossibleChange, match=says):
            changes.read({**furnished, "pieces": [broken]})
    with pytest.raises(ImpossibleChange, match="two pieces"):
        changes.read({**furnished, "pieces": [first, first]})


def test_the_catalogue_tells_an_editor_what_there_is():
    kinds = {entry["kind"]: entry for entry in changes.catalogue("luxury", "living")}
    assert {"sofa", "coffee_table", "rug"} <= set(kinds)
    assert "bed" not in kinds
    for entry in kinds.values():
        sizes = zip(entry["smallest"], entry["size"], entry["largest"], strict=True)
        assert all(low - 0.001 <= usual <= high + 0.001 for low, usual, high in sizes)


def test_pixels_and_metres_agree(furnished):
    sofa = changes.read(furnished).pieces[0]
    size = (800, round(800 * ROOM.camera.height_px / ROOM.camera.width))
    seen = footprint_pixels(ROOM, sofa, size)
    back_again = [floor_point(ROOM, u, v, size) for u, v in seen]
    assert np.allclose(back_again, footprint(sofa).corners, atol=1e-6)
    body = np.array(body_pixels(ROOM, sofa, size))
    assert body[:, 1].min() < min(v for _, v in seen)
    assert floor_point(ROOM, size[0] / 2, 0, size) is None
    _x, y, z = wall_point(ROOM, size[0] / 2, ROOM.camera.cy / ROOM.camera.height_px * size[1], size)
    assert y == pytest.approx(ROOM.box.y1)
    assert 0 < z < ROOM.box.height

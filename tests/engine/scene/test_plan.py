"""Rooms that are no rectangle: an L by a wall that returns, an alcove in the back wall."""

import json
from dataclasses import astuple, replace

import numpy as np
import pytest

from staging.engine.scene import faces
from staging.engine.scene.arranger import arrange_from
from staging.engine.scene.checks import check
from staging.engine.scene.editing import completed, rescaled
from staging.engine.scene.footprints import footprint, penetration
from staging.engine.scene.plan import cut_off, outline
from staging.engine.scene.room import Box, Room
from staging.engine.scene.site import Site
from tests.engine.geometry import synthetic
from tests.engine.scene.showroom import STOCK

BOX = Box(-2.4, 2.6, -1.0, 5.4, 2.55)
L_SHAPE = ((-2.4, -1.0), (2.6, -1.0), (2.6, 2.6), (0.9, 2.6), (0.9, 5.4), (-2.4, 5.4))
ALCOVE = ((-2.4, -1.0), (2.6, -1.0), (2.6, 4.2), (1.6, 4.2), (1.6, 5.4), (-0.6, 5.4), (-0.6, 4.2), (-2.4, 4.2))
ROOM = synthetic.room(yaw=-8.0, pitch=3.0, box=BOX)


def planned(plan: tuple[tuple[float, float], ...]) -> Room:
    return completed(replace(ROOM, plan=plan))


def area(polygon: tuple[tuple[float, float], ...]) -> float:
    x, y = np.array(polygon).T
    return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2


@pytest.mark.parametrize(("plan", "parts"), [(L_SHAPE, 1), (ALCOVE, 2), (outline(BOX, ()), 0)])
def test_a_plan_and_what_it_leaves_out_make_up_the_box(plan, parts):
    left_out = cut_off(plan, BOX)

    assert len(left_out) == parts
    out = sum((b.x1 - b.x0) * (b.y1 - b.y0) for b in left_out)
    assert area(plan) + out == pytest.approx(BOX.width * BOX.depth)
    drawn = outline(BOX, left_out)
    assert set(drawn) == set(plan)
    assert area(drawn) == pytest.approx(area(plan))


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        (((-2.0, -1.0), (2.0, -0.5), (2.0, 5.0), (-2.0, 5.0)), "axes"),
        (((-2.0, -1.0), (2.0, -1.0), (2.0, 5.0)), "four corners"),
        (((0.5, -1.0), (2.0, -1.0), (2.0, 5.0), (0.5, 5.0)), "inside the plan"),
    ],
)
def test_what_is_no_plan_is_refused_in_words(plan, why):
    with pytest.raises(ValueError, match=why):
        planned(plan)


def test_the_wall_of_an_l_hides_floor_and_is_a_wall_in_the_picture():
    room, plain = planned(L_SHAPE), completed(ROOM)

    assert room.visible["return"] > 0.2
    assert room.visible["floor"] < plain.visible["floor"]
    assert Site(room).visible_area < 0.8 * Site(plain).visible_area
    assert len(room.floor_polygon) > len(plain.floor_polygon)
    seen = faces.face_map(room, 180, 120)
    on_return = seen.points[seen.labels == faces.RETURN]
    assert on_return[:, 0].min() > 0.9 - 1e-6
    assert on_return[:, 1].min() > 2.6 - 1e-6


def test_a_plan_goes_through_json_and_follows_the_metre():
    room = planned(L_SHAPE)
    back = completed(Room.from_dict(json.loads(json.dumps(room.to_dict()))))
    assert back == room
    (grown,) = completed(rescaled(room, 1.1)).walls_inside
    assert astuple(grown) == pytest.approx([1.1 * v for v in (0.9, 2.6, 2.6, 5.4, 2.55)])


@pytest.mark.parametrize("plan", [L_SHAPE, ALCOVE])
@pytest.mark.parametrize("room_type", ["living", "dining"])
def test_furniture_keeps_to_the_plan(plan, room_type):
    room = planned(plan)
    site = Site(room)
    for seed in range(4):
        made = arrange_from(room, room_type, STOCK, seed)
        assert [g.text for g in check(room, made) if not g.passed] == []
        for piece in made.pieces:
            assert all(penetration(footprint(piece), wall) < 0.03 for wall in site.blocks), piece.kind
            assert site.hidden_share(piece) <= 0.02, piece.kind

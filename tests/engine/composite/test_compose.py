"""The composite keeps the photo where nothing happens, and lays furniture in where it stands."""

from dataclasses import replace
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from staging.engine.composite import ContactMap, compose
from staging.engine.composite.gates import check
from staging.engine.composite.panes import occluder_depth
from staging.engine.scene import blocks
from staging.engine.scene.faces import FLOOR, face_map
from staging.engine.scene.room import Block, Occluder
from tests.engine.composite import rooms
from tests.engine.geometry import synthetic


def staged(trace_width=rooms.WIDTH, **changes):
    room, mesh = rooms.room(**changes), rooms.block()
    empty, furnished, cover = rooms.traces(room, mesh, trace_width=trace_width)
    picture = rooms.photo()
    return picture, room, compose(picture, empty, furnished, cover, room, contacts=ContactMap.of([mesh], room.box))


def test_two_equal_traces_and_no_furniture_give_the_photo_back():
    room, picture = rooms.room(), rooms.photo()
    empty, _, cover = rooms.traces(room, rooms.block())
    nothing = SimpleNamespace(alpha=cover.alpha * 0, albedo=cover.albedo, depth=cover.depth)
    result = compose(picture, empty, empty, nothing, room)
    assert np.array_equal(result.picture, picture)
    assert not result.mask.any()


@pytest.mark.parametrize("trace_width", [rooms.WIDTH, 96, 80])
def test_bytes_outside_the_mask_are_the_photos(trace_width):
    picture, _, result = staged(trace_width)
    kept = result.mask == 0
    assert np.array_equal(result.picture[kept], picture[kept])
    assert 0.02 < (result.mask > 0).mean() < 0.8
    assert set(np.unique(result.mask)) == {0, 255}


def test_furniture_is_drawn_and_the_floor_beside_it_is_darker():
    picture, room, result = staged()
    column, row = room.camera.project(np.array([0.0, 3.1, 0.3]))[0].astype(int)
    assert np.abs(result.picture[row, column].astype(int) - picture[row, column]).max() > 20
    column, row = room.camera.project(np.array([0.0, 2.96, 0.0]))[0].astype(int)
    assert result.picture[row, column].mean() < 0.85 * picture[row, column].mean()


def test_same_arguments_same_bytes():
    first, second = staged()[2], staged()[2]
    assert np.array_equal(first.picture, second.picture)
    assert np.array_equal(first.mask, second.mask)


def test_the_mask_border_cannot_be_seen():
    picture, room, result = staged()
    edited = (result.mask > 0).astype(np.uint8)
    rim = (edited > 0) & (cv2.erode(edited, np.ones((3, 3), np.uint8), borderValue=1) == 0)
    # Away from furniture and from the foot of the walls, where shadows really end.
    floor = (face_map(room, rooms.WIDTH, rooms.HEIGHT).labels == FLOOR).astype(np.uint8)
    open_floor = cv2.erode(floor, np.ones((5, 5), np.uint8), borderValue=1) > 0
    rim &= open_floor & (cv2.dilate(result.alpha, np.ones((5, 5), np.uint8)) == 0)
    assert rim.sum() > 20
    assert np.abs(result.picture.astype(int) - picture)[rim].max() <= 2


def test_what_stands_before_the_room_hides_furniture():
    pillar = ((90.0, 0.0), (104.0, 0.0), (104.0, 128.0), (90.0, 128.0))
    _, _, result = staged(occluders=(Occluder(pillar, 1.5),))
    assert (result.alpha[:, 92:102] == 0).all()
    _, _, behind = staged(occluders=(Occluder(pillar, 9.0),))
    assert (behind.alpha[:, 92:102] > 0.9).any()


def test_an_island_hides_what_is_behind_it_and_nothing_over_or_before_it():
    def seen(block):
        return staged(occluders=(blocks.occluder(rooms.room().camera, block),))[2].alpha

    whole = staged()[2].alpha
    before = seen(Block(-1.0, 0.0, 2.0, 2.4, 0.45))  # the furniture's left half stands 3.1 m away, 0.6 m high
    low, high = (rooms.room().camera.project(np.array([-0.2, 3.1, z]))[0].astype(int) for z in (0.1, 0.57))
    assert whole[low[1], low[0]] > 0.9
    assert before[low[1], low[0]] == 0
    right = rooms.room().camera.project(np.array([0.2, 3.1, 0.1]))[0].astype(int)
    assert before[right[1], right[0]] > 0.9
    assert before[high[1], high[0]] == whole[high[1], high[0]]
    assert np.array_equal(seen(Block(-1.0, 0.0, 4.0, 4.3, 0.9)), whole)


def test_how_deep_a_wall_s_end_stands_is_told_along_the_view_of_a_turned_camera():
    turned = synthetic.room(width=90, height=60, yaw=40.0)
    face = Occluder(((0.0, 0.0), (90.0, 0.0), (90.0, 60.0), (0.0, 60.0)), 3.0)
    depth = occluder_depth(replace(turned, occluders=(face,)), 90, 60)
    (pixel, wanted) = turned.camera.project(np.array([-2.5, 3.0, 1.2]))
    column, row = pixel.astype(int)
    assert depth[row, column] == pytest.approx(float(wanted), rel=0.03)


def test_every_gate_passes_on_a_sound_composite():
    picture, room, result = staged()
    assert [gate.text for gate in check(picture, result, room) if not gate.passed] == []


def test_gates_fail_loudly():
    picture, room, result = staged()
    touched = result.picture.copy()
    touched[result.mask == 0] = 255
    spoilt = SimpleNamespace(**{**vars(result), "picture": touched, "clipped": 0.2, "contacts": None})
    failed = {gate.name for gate in check(picture, spoilt, room) if not gate.passed}
    assert failed == {"identity_outside_mask", "window_panes", "ceiling", "clipped_furniture"}


def test_contact_shadows_are_there_even_when_the_trace_shows_none():
    room, mesh, picture = rooms.room(), rooms.block(), rooms.photo()
    empty, furnished, cover = rooms.traces(room, mesh, shade=0.0)
    contacts = ContactMap.of([mesh], room.box)
    gates = {
        g.name: g for g in check(picture, compose(picture, empty, furnished, cover, room, contacts=contacts), room)
    }
    assert gates["contact_shadows"].passed
    assert 0.5 < gates["contact_shadows"].figure <= 0.85
    far = ContactMap.of([rooms.block(x=1.5, y=4.0)], room.box)
    astray = compose(picture, empty, furnished, cover, room, contacts=far)
    spoilt = SimpleNamespace(**{**vars(astray), "contacts": SimpleNamespace(rims=contacts.rims, at=far.at)})
    assert "contact_shadows" in {g.name for g in check(picture, spoilt, room) if not g.passed}


def test_what_stands_before_the_room_gets_no_shade_of_what_is_behind_it():
    pillar = ((60.0, 60.0), (190.0, 60.0), (190.0, 128.0), (60.0, 128.0))
    picture, _, result = staged(occluders=(Occluder(pillar, 1.5),))
    assert np.array_equal(result.picture[62:, 62:188], picture[62:, 62:188])


def test_a_lit_lamp_may_be_as_bright_as_the_photo_can_show_and_a_sofa_may_not():
    room, mesh, picture = rooms.room(), rooms.block(), rooms.photo()
    picture[:8] = 255  # a photo that holds white
    empty, furnished, cover = rooms.traces(room, mesh, trace_width=rooms.WIDTH)
    glaring = np.where(cover.alpha[..., None] > 0, 90.0, furnished.radiance).astype(np.float32)

    def clipped(reflected: float) -> float:
        albedo = np.full_like(furnished.albedo, reflected)
        drawn = SimpleNamespace(alpha=cover.alpha, albedo=albedo, depth=cover.depth)
        return compose(picture, empty, SimpleNamespace(radiance=glaring, albedo=albedo), drawn, room).clipped

    assert clipped(0.8) > 0.5
    assert clipped(1.0) == 0

"""What tells an emptied picture that is clean from one in which something was cut or botched."""

import cv2
import numpy as np

from staging.engine.removal import gates
from staging.engine.removal.scene import Scene
from staging.engine.scene.faces import BACK, FLOOR
from tests.engine.removal import furnished


def judged(photo, picture, mask):
    scene = Scene.of(photo, furnished.ROOM)
    return {gate.name: gate for gate in gates.after(photo, picture, mask, {}, scene)}


def border(photo, picture, mask):
    return judged(photo, picture, mask)["border"]


def walled(size):
    """A bare wall of one colour with grain, (H, W, 3)."""
    rng = np.random.default_rng(6)
    return np.clip(rng.normal(190, 2, (*size, 3)), 0, 255).astype(np.uint8)


def test_a_hole_may_end_where_a_door_begins_but_not_in_the_middle_of_a_thing():
    camera = furnished.ROOM.camera
    wall = walled((camera.height_px, camera.width))
    middle = camera.width // 2
    photo = wall.copy()
    photo[60:160, middle:] = (90, 60, 40)
    mask = np.zeros(photo.shape[:2], bool)
    mask[50:170, middle - 60 : middle] = True
    assert border(photo, photo, mask).passed
    # The same thing, of which the half is taken away: its rest ends where nothing ended.
    whole = wall.copy()
    whole[60:160, middle - 60 :] = (90, 60, 40)
    cut = np.where(mask[..., None], wall, whole)
    assert not border(whole, cut, mask).passed


def test_pieces_of_something_else_on_a_floor_are_told_from_the_floor():
    rng = np.random.default_rng(8)
    floor = (0.5 + cv2.GaussianBlur(rng.normal(0, 0.03, (200, 300, 3)), (0, 0), 0.8)).astype(np.float32)
    hole = np.zeros(floor.shape[:2], bool)
    hole[60:140, 100:200] = True
    everywhere = np.ones_like(hole)
    assert gates.roughness(floor, hole, ~hole, everywhere) < gates.MOST_ROUGH
    botched = floor.copy()
    botched[60:140, 100:150] += rng.normal(0, 0.2, (80, 50, 3)).astype(np.float32)
    assert gates.roughness(botched, hole, ~hole, everywhere) > 0.3


def test_the_edge_of_a_wall_makes_no_floor_rough():
    floor = np.full((200, 300, 3), 0.35, np.float32)
    floor += np.random.default_rng(1).normal(0, 0.01, floor.shape).astype(np.float32)
    floor[:100] = 0.45
    hole = np.zeros(floor.shape[:2], bool)
    hole[60:140, 50:250] = True
    at = np.zeros_like(hole)
    at[100:] = True
    assert gates.roughness(floor, hole, at & ~hole, at) < gates.MOST_ROUGH


def test_one_rougher_board_in_a_small_hole_is_no_botched_floor():
    rng = np.random.default_rng(2)
    floor = np.full((400, 600, 3), 0.35, np.float32) + rng.normal(0, 0.01, (400, 600, 3)).astype(np.float32)
    everywhere = np.ones(floor.shape[:2], bool)
    floor[190:200, 300:310] += rng.normal(0, 0.06, (10, 10, 3)).astype(np.float32)
    small, large = np.zeros((2, *floor.shape[:2]), bool)
    small[180:210, 290:320] = True
    assert 0 < gates.roughness(floor, small, ~small, everywhere) < gates.MOST_ROUGH
    large[100:300, 200:400] = True
    floor[150:220, 280:340] += rng.normal(0, 0.06, (70, 60, 3)).astype(np.float32)
    assert gates.roughness(floor, large, ~large, everywhere) > gates.MOST_ROUGH


def over_a_hole(*, thing, furniture=(60, 160)):
    """A wall over a floor, and a dark `thing` of so many columns right over a hole that was filled with both; faces."""
    rng = np.random.default_rng(4)
    picture = np.full((240, 400, 3), 0.7, np.float32) + rng.normal(0, 0.005, (240, 400, 3)).astype(np.float32)
    picture[180:] -= 0.3
    faces = np.where(np.arange(240)[:, None] < 180, BACK, FLOOR).repeat(400, 1).astype(np.int8)
    hole = np.zeros(faces.shape, bool)
    hole[100:220, slice(*furniture)] = True
    picture[40:100, 70 : 70 + thing] = 0.25
    return picture, hole, faces


def test_what_stood_on_what_is_gone_is_not_left_hanging():
    nowhere = np.zeros((240, 400), bool)
    assert gates.hanging(*over_a_hole(thing=80), nowhere) > gates.MOST_HANGING
    # A cable may end anywhere; and a window that was drawn on behind the furniture has not ended.
    assert gates.hanging(*over_a_hole(thing=3), nowhere) == 0
    window = nowhere.copy()
    window[100:140, 70:150] = True
    assert gates.hanging(*over_a_hole(thing=80), window) == 0


def test_a_box_left_on_a_cupboard_that_is_gone_is_seen_though_it_ended_there_in_the_photo():
    camera = furnished.ROOM.camera
    wall = walled((camera.height_px, camera.width))
    middle, wide = camera.width // 2, camera.width // 8
    photo = wall.copy()
    photo[70:110, middle - wide : middle + wide] = (90, 60, 40)
    picture = photo.copy()
    mask = np.zeros(photo.shape[:2], bool)
    mask[110:160, middle - wide : middle + wide] = True
    photo[mask] = (230, 160, 120)
    assert judged(photo, picture, mask)["border"].passed
    assert not judged(photo, picture, mask)["hanging"].passed
    assert judged(photo, wall, mask)["hanging"].passed


def test_a_wall_that_ends_at_the_floor_does_not_hang():
    picture, hole, faces = over_a_hole(thing=0)
    hole[:181] = False
    assert hole.any(0).sum() == 100
    assert gates.hanging(picture, hole, faces, np.zeros_like(hole)) == 0
    assert gates.hanging(picture, hole, np.full_like(faces, BACK), np.zeros_like(hole)) > gates.MOST_HANGING

"""What tells an emptied picture that is clean from one in which something was cut or botched."""

import cv2
import numpy as np

from staging.engine.removal import gates
from staging.engine.removal.scene import Scene
from tests.engine.removal import furnished


def border(photo, picture, mask):
    scene = Scene.of(photo, furnished.ROOM)
    found = {gate.name: gate for gate in gates.after(photo, picture, mask, {}, scene)}
    return found["border"]


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

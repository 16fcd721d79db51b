"""What goes with a thing that a caller marks by hand, and what of the room beside it stays."""

import numpy as np
import pytest

from staging.engine.removal import filling, growth
from staging.engine.removal.scene import Scene
from staging.engine.scene.faces import BACK, FLOOR, LEFT
from tests.engine.removal import furnished

RED = (150, 40, 30)


def redrawn(photo, mask):
    """Where (h, w) the room is drawn anew."""
    scene = Scene.of(photo, furnished.ROOM)
    return growth.grown(scene, mask > 0, filling.covered(scene, mask > 0)).hole


@pytest.fixture
def drawn():
    """The room with the chest in even light, and where the chest is."""
    photo, mask = furnished.furnished()
    return np.where(mask[..., None] > 0, photo, furnished.empty()), mask


def beside(mask, wide, tall=14):
    """A patch of the floor that touches the chest on its right."""
    last = int(np.nonzero(mask)[1].max())
    row = int(np.flatnonzero(mask[:, last - 1]).max()) - 2
    return slice(row - tall, row), slice(last + 1, last + 1 + wide)


def test_the_end_of_a_thing_that_an_outline_cuts_off_goes_too(drawn):
    photo, mask = drawn
    end = beside(mask, 26)
    other = end[0], slice(end[1].stop + 25, end[1].stop + 45)
    photo[end] = photo[other] = RED
    gone = redrawn(photo, mask)
    assert gone[end].all()
    assert not gone[other].any()


def test_a_post_in_the_colour_of_the_walls_is_no_end_of_a_thing(drawn):
    photo, mask = drawn
    scene, post = Scene.of(photo, furnished.ROOM), beside(mask, 22, 16)
    assert (scene.faces.labels[post] == FLOOR).all()
    photo[post] = np.median(photo[(scene.faces.labels >= LEFT) & (scene.faces.points[..., 2] > 1.4)], 0)
    assert redrawn(photo, mask)[post].mean() < 0.4


def test_a_large_thing_that_touches_another_stays(drawn):
    photo, mask = drawn
    thing = beside(mask, 60, 50)
    photo[thing] = RED
    assert redrawn(photo, mask)[thing].mean() < 0.3


def test_an_edge_that_goes_out_of_an_outline_on_a_wall_goes_too(drawn):
    photo, mask = drawn
    column = int(np.median(np.nonzero(mask)[1]))
    top = int(np.flatnonzero(mask[:, column]).min())
    tip = slice(top - 5, top), slice(column - 12, column + 12)
    photo[tip] = np.minimum(photo[tip] * 1.12, 255).astype(np.uint8)
    assert redrawn(photo, mask)[tip].all()


def test_the_board_that_is_seen_between_two_things_goes_on_behind_them():
    scene = Scene.of(furnished.empty(), furnished.ROOM)
    points = scene.faces.points
    foot = (scene.faces.labels >= LEFT) & (points[..., 2] < 0.4)
    between = foot & (scene.faces.labels == BACK) & (np.abs(points[..., 0]) < 0.5)
    assert filling.planes(scene, foot)[BACK].board is None
    board = filling.planes(scene, foot, between)[BACK].board
    assert board.face.max() > 0.1


def test_a_dark_cloth_that_hangs_out_of_an_outline_is_no_shadow_on_the_floor(drawn):
    photo, mask = drawn
    cloth = beside(mask, 24)
    photo[cloth] = (30, 12, 6)
    assert redrawn(photo, mask)[cloth].mean() > 0.95

"""What a plane looks like behind what is removed, where curtains and blinds show more of themselves than it."""

import cv2
import numpy as np

from staging.engine.removal import cover, filling, plain
from staging.engine.removal.scene import Scene
from staging.engine.scene.faces import BACK, FLOOR, LEFT
from tests.engine.removal import furnished


def test_a_wall_with_more_curtain_than_paint_is_painted():
    rng = np.random.default_rng(2)
    picture = np.full((200, 300, 3), (0.72, 0.70, 0.66), np.float32)
    folds = 0.09 * np.sin(np.arange(180) * 2 * np.pi / 12)
    picture[:, :180] += folds[None, :, None].astype(np.float32)
    picture += rng.normal(0, 0.004, picture.shape).astype(np.float32)
    everywhere, nowhere = np.ones((200, 300), bool), np.zeros((200, 300), bool)
    found = cover.covering(cover.Seen(picture, everywhere, nowhere, np.ones((200, 300), np.float32), 80.0, LEFT))
    assert plain.painted(found)
    assert found.confirmed[:, 200:290].mean() > 0.8
    assert found.confirmed[:, :170].mean() < 0.1


def test_a_wall_of_blinds_has_the_paint_of_the_other_walls():
    photo = furnished.empty()
    scene = Scene.of(photo, furnished.ROOM)
    back, height = scene.faces.labels == BACK, scene.faces.points[..., 2]
    paint = np.median(scene.photo[back & (height > 1.4)], 0)
    blinds = back & (height > 0.5) & (height < 2.2)
    rng = np.random.default_rng(4)
    light = np.array([205, 228, 246]) + rng.normal(0, 2.0, photo.shape)
    photo[blinds] = np.clip(light, 0, 255).astype(np.uint8)[blinds]
    assert blinds.sum() > 0.6 * back.sum()
    _, found = filling.covered(Scene.of(photo, furnished.ROOM), np.zeros(back.shape, bool))[BACK]
    assert np.abs(np.median(found.surface.reshape(-1, 3), 0) - paint).max() < 0.05


def test_walls_that_are_mostly_overexposed_panes_are_painted_as_their_rest():
    photo = furnished.empty()
    scene = Scene.of(photo, furnished.ROOM)
    walls, height = scene.faces.labels >= LEFT, scene.faces.points[..., 2]
    paint = np.median(scene.photo[walls & (height > 1.4)], 0)
    panes = walls & (height > 0.45) & (height < 2.4)
    rng = np.random.default_rng(4)
    day = 253 + rng.normal(0, 1.0, photo.shape)
    photo[panes] = np.clip(day, 0, 255).astype(np.uint8)[panes]
    assert panes.sum() > 0.6 * walls.sum()
    _, found = filling.covered(Scene.of(photo, furnished.ROOM), np.zeros(walls.shape, bool))[BACK]
    assert np.abs(np.median(found.surface.reshape(-1, 3), 0) - paint).max() < 0.08


def test_sun_that_blows_boards_out_is_no_colour_of_theirs():
    photo = furnished.empty()
    scene = Scene.of(photo, furnished.ROOM)
    x, y = scene.faces.points[..., 0], scene.faces.points[..., 1]
    floor = scene.faces.labels == FLOOR
    boards = np.median(scene.photo[floor], 0)
    sun = floor & (x - 0.4 * y < -1.2)
    assert sun.sum() > 0.6 * (floor & (x < 0.9)).sum()
    edge = cv2.GaussianBlur(sun.astype(np.float32), (0, 0), 2)[..., None] * floor[..., None]
    blown = np.clip(photo * (1 - edge) + 270 * edge, 0, 255).astype(np.uint8)
    hole = floor & (x > 0.9)
    sheet, found = filling.covered(Scene.of(blown, furnished.ROOM), hole)[FLOOR]
    assert np.abs(np.median(sheet.drawn(found.surface, scene.camera)[hole], 0) - boards).max() < 0.15


def test_what_is_hidden_of_a_floor_is_no_lighter_and_no_bluer_than_what_is_seen():
    seen = np.linspace(0.36, 0.44, 200, dtype=np.float32)[:, None, None] * np.float32([1.0, 0.95, 0.9])
    picture = np.tile(seen, (1, 300, 1)).astype(np.float32)
    hole = np.zeros((200, 300), bool)
    hole[:, :220] = True
    # The surface was fitted on the right, and runs away on the left.
    away = picture * np.exp(np.linspace(0.6, 0, 300)[None, :, None] * np.array([0.8, 1.0, 1.4])).astype(np.float32)
    floor = plain.Surface(FLOOR, np.ones_like(hole), ~hole, away.astype(np.float32), np.zeros_like(hole))
    found = np.exp(plain.lit(picture, ~hole, floor, hole))
    assert found.max() < 0.46
    assert np.abs(found[..., 2] / found[..., 0] - 0.9).max() < 0.03


def shining(*, edge):
    """A dark floor that shines on its left, sharply with an `edge`, and what is said of its light behind a hole
    beside that: along the hole's left end, against what is seen there.
    """
    rng = np.random.default_rng(5)
    picture = np.full((300, 400, 3), (0.24, 0.19, 0.16), np.float32) * np.exp(rng.normal(0, 0.05, (300, 400, 1)))
    right = np.arange(400, dtype=np.float32)
    shine = (right < 110).astype(np.float32) if edge else np.clip((130 - right) / 90, 0, 1)
    picture = (picture + 0.4 * shine[None, :, None] * np.array([0.7, 0.95, 1.2])).astype(np.float32)
    hole = np.zeros((300, 400), bool)
    hole[80:220, 60:260] = True
    seen = cover.Seen(picture, ~hole, hole, np.ones((300, 400), np.float32), 100.0, FLOOR)
    found = cover.covering(seen).surface
    return found[100:200, 64:80].mean(), picture[100:200, 50:58].mean()


def test_a_floor_goes_on_shining_beside_where_it_shines():
    drawn, seen = shining(edge=False)
    assert abs(np.log(drawn / seen)) < 0.5


def test_a_patch_of_sun_on_a_floor_is_not_drawn_on():
    drawn, seen = shining(edge=True)
    assert np.log(seen / drawn) > 0.5

"""Furniture is exposed as the room is: lit ordinarily it stays, lit far more it is held back, lamps keep their own."""

import numpy as np

from staging.engine.composite.exposure import evened, room_level
from staging.engine.composite.ratio import BOUNCE, clean
from staging.engine.composite.tone import ToneCurve
from staging.engine.scene.faces import BACK, face_map
from tests.engine.composite import rooms

SIZE = (64, 96)


def furniture(light, albedo=0.6):
    """Radiance, albedo and cover of furniture that fills the picture, under `light` (h, w)."""
    painted = np.full((*SIZE, 3), albedo, np.float32)
    return (painted * np.asarray(light, np.float32)[..., None]).astype(np.float32), painted, np.ones(SIZE, np.float32)


def test_the_level_of_a_room_is_the_light_on_its_walls():
    radiance, albedo, _ = furniture(np.full(SIZE, 0.5), 0.78)
    walls = np.zeros(SIZE, bool)
    walls[:, :40] = True
    radiance[:, 40:] = 5
    assert abs(room_level(radiance, albedo, walls) - 0.5) < 1e-5


def test_what_is_lit_as_the_room_is_stays_as_it_is():
    radiance, albedo, cover = furniture(np.full(SIZE, 0.5))
    assert np.allclose(evened(radiance, albedo, cover, 0.5), radiance)


def test_what_is_lit_three_times_as_much_is_held_back_and_keeps_its_folds():
    folds = 1 + 0.1 * np.sin(np.arange(96) * 2.0)
    radiance, albedo, cover = furniture(1.5 * np.ones(SIZE) * folds)
    held = evened(radiance, albedo, cover, 0.5)
    assert 0.4 < held.mean() / radiance.mean() < 0.75
    row = held[32, 20:76, 0] / radiance[32, 20:76, 0]
    assert np.ptp(row) < 0.03 * row.mean()  # one gain for the whole side


def test_a_shade_keeps_the_brightness_of_its_own_lamp():
    radiance, albedo, cover = furniture(np.full(SIZE, 0.85), 1.0)
    assert np.allclose(evened(radiance, albedo, cover, 0.1), radiance)


def test_lamplight_on_a_wall_is_kept_and_the_bounce_of_furniture_halved():
    room = rooms.room(openings=())
    faces = face_map(room, rooms.WIDTH, rooms.HEIGHT)
    empty = np.full((rooms.HEIGHT, rooms.WIDTH, 3), 0.2, np.float32)
    wall = (faces.labels == BACK) & (np.abs(faces.points[..., 0]) < 0.6)
    nothing = np.zeros(faces.labels.shape, np.float32)
    for gain, least, most in ((1.5, 1.4, 1.5), (1.06, 1.0, 1 + 0.06 * BOUNCE + 0.01)):
        lit = empty * np.where(wall, gain, 1.0)[..., None].astype(np.float32)
        applied = clean(empty, lit, nothing, room, faces).applied.mean(-1)
        assert least <= np.median(applied[wall]) <= most


def test_the_cameras_contrast_leaves_colours_as_loud_as_they_were():
    curve = ToneCurve(black=0.0, white=1.0, pivot=0.2)
    colour = np.array([[0.3, 0.15, 0.05]], np.float32)
    drawn = curve.fitted(colour)
    assert np.allclose(drawn / drawn.max(), colour / colour.max(), atol=1e-4)

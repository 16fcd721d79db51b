"""A floor that mirrors the walls is known as polished; carpet, and daylight on it, are not."""

import numpy as np
import pytest

from staging.engine.light.evidence import Evidence
from staging.engine.light.reflection import mirror_image, polish
from staging.engine.modes.samples.rooms import LIVING
from staging.engine.scene.faces import FLOOR, NONE, face_map

ROOM, WIDTH = LIVING.room, 176


def photographed(mirrors, grain=0.01):
    """The sample room with striped walls, over a floor that adds `mirrors` times the perfect mirror image."""
    height = round(WIDTH * ROOM.camera.height_px / ROOM.camera.width)
    faces = face_map(ROOM, WIDTH, height)
    stripes = 0.35 + 0.3 * (np.floor((faces.points[..., 0] + faces.points[..., 1]) / 0.7) % 2)
    light = np.where(faces.labels == FLOOR, 0.2, stripes)
    light += grain * np.random.default_rng(1).standard_normal(light.shape)
    linear = np.repeat(light[..., None], 3, -1).astype(np.float32)
    seen = Evidence(linear, faces.labels, faces.labels != NONE)
    image, known = mirror_image(seen, ROOM)
    return Evidence((linear + mirrors * (image * known)[..., None]).astype(np.float32), faces.labels, seen.usable)


@pytest.mark.parametrize("strength", [0.8, 1.5])
def test_a_varnished_floor_is_known_by_the_walls_in_it(strength):
    assert 0.3 <= polish(photographed(strength), ROOM) <= 0.8


def test_a_matt_floor_mirrors_nothing():
    assert polish(photographed(0.0), ROOM) == 0.0
    assert polish(photographed(0.0, grain=0.0), ROOM) == 0.0


def test_a_floor_darker_where_the_walls_are_bright_is_no_mirror():
    assert polish(photographed(-1.0), ROOM) == 0.0

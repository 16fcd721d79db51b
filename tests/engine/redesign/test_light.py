"""In what light walls and floors are painted."""

import numpy as np

from staging.engine.modes.samples.rooms import LIVING
from staging.engine.redesign import covering, paint
from staging.engine.redesign.palettes import PALETTES
from staging.engine.redesign.regions import Regions
from staging.engine.scene.faces import CEILING, FLOOR, LEFT
from tests.engine.redesign.test_rooms import SIZE


def measured(faces, *, ceiling=(160, 160, 160), walls=(200, 200, 200), floor=(120, 110, 100), painted=True):
    """The light in a room of these colours, whose walls can be `painted` or not."""
    picture = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    picture[faces.labels == CEILING], picture[faces.labels >= LEFT] = ceiling, walls
    picture[faces.labels == FLOOR] = floor
    regions = Regions.of(picture, LIVING.room)
    return paint.measured(regions, (faces.labels >= LEFT) & painted, faces.labels == FLOOR)


def test_a_light_floor_under_a_dim_ceiling_shows_how_much_light_falls_on_it(faces):
    dim = measured(faces, painted=False)
    light = measured(faces, painted=False, floor=(205, 203, 200))
    assert light.level > 1.5 * dim.level


def test_walls_say_more_of_the_light_than_a_floor(faces):
    assert measured(faces).level == measured(faces, floor=(205, 203, 200)).level


def test_the_hue_that_coloured_walls_throw_on_a_ceiling_is_not_the_lights(faces):
    pink = (190, 165, 165)
    from_lamps, from_walls = (measured(faces, ceiling=pink, walls=walls) for walls in (pink, (200, 90, 40)))
    assert from_lamps.colour[0] > 1.08
    assert abs(from_walls.colour[0] - 1) < 0.02


def test_what_a_brown_floor_mirrors_does_not_become_bright_and_black_bands_of_a_pale_one(faces):
    """Most of these boards mirrors windows: the rest shows what they are, and is not in the shade."""
    floor = faces.labels == FLOOR
    x = faces.points[..., 0]
    mirroring = floor & (np.abs(x) > 0.9)
    picture = np.full((SIZE[1], SIZE[0], 3), 190, np.uint8)
    picture[floor], picture[mirroring] = (92, 74, 60), (176, 160, 148)
    regions = Regions.of(picture, LIVING.room)
    light = paint.Light(0.7, np.ones(3, np.float32))
    laid = covering.Relaid.of(regions, floor, PALETTES["coastal"].floor, light, 0).rows(SIZE[0], SIZE[1], 0, SIZE[1])
    deep = floor & (faces.points[..., 1] > 1.2) & (faces.points[..., 1] < 3)
    bright, dark = (np.median(laid[deep & where].sum(-1)) for where in (np.abs(x) > 1.1, np.abs(x) < 0.5))
    before = 5.0  # times as much light comes from what mirrors
    assert 1.02 < bright / dark < 0.55 * before
    assert dark > 0.4  # of 3: limed oak in the shade, not black

"""In what light walls and floors are painted."""

import numpy as np

from staging.engine.modes.samples.rooms import LIVING
from staging.engine.redesign import paint
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

"""An accent wall ends at corners that the photo shows, or its wall keeps its paint."""

import numpy as np

from staging.engine.modes.samples.rooms import LIVING
from staging.engine.redesign import corners
from staging.engine.redesign.regions import Regions
from staging.engine.scene.faces import BACK, CEILING, FLOOR, RIGHT
from tests.engine.redesign.test_rooms import SIZE


def drawn(faces, back, right):
    """A room whose back and right walls are of these greys, (H, W, 3)."""
    picture = np.full((SIZE[1], SIZE[0], 3), 190, np.uint8)
    for label, grey in ((BACK, back), (RIGHT, right), (CEILING, 240), (FLOOR, 90)):
        picture[faces.labels == label] = grey
    return picture


def test_where_two_walls_look_the_same_at_their_corner_the_corner_is_somewhere_else(faces):
    alike, other = (Regions.of(drawn(faces, 200, grey), LIVING.room) for grey in (200, 184))
    back, right = faces.labels == BACK, faces.labels == RIGHT
    assert corners.unseen(alike, back, back, [RIGHT])
    assert not corners.unseen(other, back, back, [RIGHT])
    assert not corners.unseen(alike, back, back | right, [])

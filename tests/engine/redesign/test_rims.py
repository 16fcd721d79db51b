"""Where an edge of old paint is smeared, as lenses and JPEG do, new paint keeps neither a line of it nor a halo."""

import cv2
import numpy as np
import pytest

from staging.engine.composite.tone import encode, linear, quantised
from staging.engine.modes.samples.rooms import LIVING
from staging.engine.redesign.interior import _matte, _Work
from staging.engine.redesign.paint import Tint, parts
from staging.engine.redesign.regions import Regions
from staging.engine.redesign.rims import Rim
from staging.engine.scene.faces import CEILING, face_map
from tests.engine.redesign.test_rooms import SIZE

PINK, BLUE, WHITE, OAK, BLACK = (176, 92, 140), (44, 84, 140), (222, 220, 216), (190, 112, 60), (0, 0, 0)
PALE = np.array([0.42, 0.5, 0.55])  # linear light
EDGE = SIZE[1] // 2  # row at which the wall ends
WALL = (np.arange(SIZE[1]) < EDGE)[:, None] & (face_map(LIVING.room, *SIZE).labels != CEILING)


def smeared(wall, trim):
    """A wall over trim, linear light each (3,), under a white ceiling, as a camera shows them, (H, W, 3)."""
    light = np.broadcast_to(np.asarray(trim, np.float32), (SIZE[1], SIZE[0], 3)).copy()
    light[:EDGE] = 0.7
    light[WALL] = wall
    return quantised(encode(cv2.GaussianBlur(light, (0, 0), 1.6)))


def painted(old, trim, *, rim):
    """The wall of `old` paint over `trim`, sRGB, repainted; and how it would look if it had been so before."""
    photo = smeared(linear(np.uint8(old)), linear(np.uint8(trim)))
    regions = Regions.of(photo, LIVING.room)
    share = WALL.astype(np.float32)
    factor, mono = (
        np.broadcast_to(part, photo.shape).astype(np.float32) for part in parts(PALE, linear(np.uint8(old)))
    )
    work = _Work(photo, walls=(_matte(regions, share), Tint(factor, mono)), rim=Rim.of(regions, share) if rim else None)
    return work.drawn()[0].astype(int), smeared(PALE, linear(np.uint8(trim))).astype(int), photo.astype(int)


@pytest.mark.parametrize("old", [PINK, BLUE])
@pytest.mark.parametrize("trim", [WHITE, OAK])
def test_the_smeared_edge_of_a_strongly_coloured_wall_looks_as_if_it_had_always_been_so(old, trim):
    made, truth, _ = painted(old, trim, rim=True)
    plain, _, _ = painted(old, trim, rim=False)
    error, before = (np.abs(one - truth)[EDGE - 6 : EDGE + 6].max() for one in (made, plain))
    assert error < 16
    assert error < 0.7 * before


def test_in_a_dark_corner_of_a_coloured_wall_no_halo_stays():
    """There its chroma is as low as a grey wall's, and still it is the same paint."""
    dark = 0.06 * linear(np.uint8(BLUE))
    light = np.asarray(linear(smeared(linear(np.uint8(BLUE)), linear(np.uint8(OAK)))))
    corner = np.asarray(linear(smeared(dark, 0.5 * linear(np.uint8(OAK)))))
    here = (np.arange(SIZE[0]) > 0.8 * SIZE[0])[None, :, None]
    photo = quantised(encode(np.where(here, corner, light)))
    found = Rim.of(Regions.of(photo, LIVING.room), WALL.astype(np.float32))
    assert found is not None
    assert found.told[EDGE - 1 : EDGE + 1, -20:-10].min() > 0.5


def test_paint_away_from_its_edge_and_trim_away_from_it_stay_as_they_were():
    made, _, photo = painted(PINK, WHITE, rim=True)
    plain, _, _ = painted(PINK, WHITE, rim=False)
    assert np.array_equal(made[EDGE - 20 : EDGE - 10], plain[EDGE - 20 : EDGE - 10])
    assert np.array_equal(made[EDGE + 10 :], photo[EDGE + 10 :])


@pytest.mark.parametrize("trim", [WHITE, OAK])
def test_of_a_white_wall_no_hue_tells_a_mixture(trim):
    photo = smeared(linear(np.uint8((214, 214, 212))), linear(np.uint8(trim)))
    share = WALL.astype(np.float32)
    assert Rim.of(Regions.of(photo, LIVING.room), share) is None


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("wall", "trim"), [(PINK, BLACK), (BLACK, PINK)])
def test_black_beside_a_coloured_wall_makes_no_holes_in_the_picture(wall, trim):
    photo = smeared(linear(np.uint8(wall)), linear(np.uint8(trim)))
    colours = [np.broadcast_to(linear(np.uint8(c)), photo.shape).astype(np.float32) for c in (wall, trim)]
    found = Rim(*colours, np.ones(photo.shape[:2], np.float32))
    factor, mono = (np.broadcast_to(part, photo.shape).astype(np.float32) for part in parts(PALE, colours[0][0, 0]))
    _, mixed = found.rows(np.asarray(linear(photo), np.float32), Tint(factor, mono), len(photo), 0, len(photo))
    assert np.isfinite(mixed).all()

"""Where a front is planted and where not: on drawn houses, at 1000 pixels as the engine sees any photo."""

from functools import cache

import cv2
import numpy as np
import pytest

from staging.engine.redesign import beds, lawns, rows
from staging.engine.redesign.front import Front
from staging.engine.redesign.patches import Patches
from staging.engine.redesign.sky import Sky

SIZE = (1000, 660)
LEFT, RIGHT, FOOT = 220, 780, 470
METRE = 52.0  # pixels: windows end 2.3 m over the ground
HEAD, SILL = FOOT - round(2.3 * METRE), FOOT - round(1.0 * METRE)


def house(*things):
    """A sand-coloured wall with two windows that stands on a lawn; `things` are drawn last."""
    rng = np.random.default_rng(7)
    picture = np.empty((SIZE[1], SIZE[0], 3), np.float32)
    picture[:] = (120, 170, 226)
    picture[FOOT:] = (96, 128, 60)
    picture[FOOT:] += cv2.GaussianBlur(rng.normal(0, 40, (SIZE[1] - FOOT, SIZE[0], 1)), (0, 0), 1.2)[..., None]
    picture[FOOT - 190 : FOOT, LEFT:RIGHT] = (206, 190, 160)
    for x in (300, 620):
        picture[HEAD - 5 : SILL + 5, x - 5 : x + 85] = (246, 246, 244)
        picture[HEAD:SILL, x : x + 80] = (58, 66, 74)
    picture += rng.normal(0, 1.2, picture.shape)
    for area, look in things:
        picture[area] = look
    return np.clip(cv2.GaussianBlur(picture, (0, 0), 0.7), 0, 255).astype(np.uint8)


def strip(height, colour, rough):
    """Ground along the foot, `height` pixels of the picture, that varies by `rough`."""
    noise = np.random.default_rng(1).normal(0, rough, (height, SIZE[0], 1))
    return (slice(FOOT, FOOT + height), slice(0, SIZE[0])), np.asarray(colour) + cv2.blur(noise, (2, 1))[..., None]


DOOR = (slice(FOOT - 110, FOOT), slice(470, 530)), (120, 32, 30)
SHRUB = (slice(FOOT - 45, FOOT + 4), slice(540, 660)), (38, 58, 30)


def feet(photo):
    patches = Patches.cut(photo)
    nothing = np.zeros(photo.shape[:2], bool)
    front = Front(patches, Sky(nothing, np.ones(photo.shape, np.float32), patches.lab, False, 0.0))
    return beds.find(front, lawns.find(front))


@cache
def plain():
    return feet(house())


def columns(found):
    return np.concatenate([foot.columns for foot in found]) if found else np.zeros(0)


def test_a_wall_that_meets_the_lawn_has_a_foot_with_a_metre():
    found = columns(plain())
    assert found.min() < LEFT + 20
    assert found.max() > RIGHT - 20
    assert not ((found < LEFT - 6) | (found > RIGHT + 6)).any()
    for foot in plain():
        assert foot.metre == pytest.approx(METRE, rel=0.08)
        assert np.abs(foot.rows - FOOT).max() < 4


def test_nothing_is_planted_before_doors_and_shrubs():
    found = columns(feet(house(DOOR, SHRUB)))
    assert len(found)
    assert not ((found > 474) & (found < 526)).any()
    assert not ((found > 546) & (found < 654)).any()


def test_gravel_before_a_wall_is_a_bed_and_paving_or_a_drive_is_none():
    assert columns(feet(house(strip(8, (120, 104, 92), 44)))).size > 300
    assert not feet(house(strip(16, (120, 104, 92), 44)))  # as deep as a yard
    assert not feet(house(strip(8, (142, 140, 138), 1)))
    assert not feet(house(strip(90, (142, 140, 138), 1)))


def test_windows_upstairs_give_no_metre():
    wall = np.s_[HEAD - 5 : SILL + 5, LEFT + 5 : RIGHT - 5], (206, 190, 160)
    windows = [
        (np.s_[FOOT - 182 - d : FOOT - 138 + d, x - d : x + 60 + d], look)
        for x in (330, 600)
        for d, look in ((5, (246, 246, 244)), (0, (58, 66, 74)))
    ]
    assert not feet(house(wall, *windows))


def test_without_a_lawn_there_is_no_bed():
    photo = house()
    photo[FOOT:] = (140, 138, 136)
    assert not feet(photo)


@pytest.mark.parametrize("style", sorted(rows.STYLES))
def test_a_row_keeps_within_its_foot_and_under_the_sill(style):
    for seed in range(5):
        plants = rows.row(4.0, 0.75, style, np.random.default_rng(seed))
        assert len(plants) >= rows.FEWEST
        assert min(p.along - p.width / 2 for p in plants) >= 0
        assert max(p.along + p.width / 2 for p in plants) <= 4.0
        assert all(rows.LOWEST <= p.height <= 0.75 - rows.UNDER_SILL for p in plants)


def test_under_a_low_sill_nothing_is_planted():
    assert rows.row(4.0, 0.4, "coastal", np.random.default_rng(0)) == []

"""A house front is planted along its foot, end to end in a tracing child; at dusk and before paving it is not."""

import numpy as np
import pytest
from PIL import Image

from staging.engine.errors import UnusablePhoto
from tests.engine.redesign.test_beds import FOOT, LEFT, METRE, RIGHT, SILL, SIZE, house, strip

pytestmark = pytest.mark.trace
JOB = "staging.engine.modes.job.make"
SEEN = slice(150, 600)  # the rows of the photos that are redesigned, less sky and less lawn


@pytest.fixture(scope="module")
def redesigned(child, tmp_path_factory):
    def redesigned(photo, **said):
        folder = tmp_path_factory.mktemp("planted")
        photo = photo[SEEN]
        Image.fromarray(photo).save(folder / "photo.png")
        brief = {"kind": "redesign", "space": "exterior", "style": "luxury", "quality": "draft", "seed": 1, **said}
        made = child.run(JOB, {"photo": str(folder / "photo.png"), "folder": str(folder), "brief": brief}, None, 120)
        picture, mask = (np.asarray(Image.open(folder / f"{name}.png")) for name in ("redesigned", "mask"))
        assert np.array_equal(picture[mask == 0], photo[mask == 0])
        rows = (SEEN.start, SIZE[1] - SEEN.stop), (0, 0), (0, 0)
        return np.pad(picture, rows).astype(float), made["record"]["redesign"]

    return redesigned


@pytest.fixture(scope="module")
def planted(redesigned):
    return redesigned(house())


def leaves(picture):
    """The share of what is before the lowest metre of the wall, less its foot, that is darker and greener than it."""
    band = picture[FOOT - round(0.3 * METRE) : FOOT - 4, LEFT + 10 : RIGHT - 10]
    return float(((band[..., 1] > band[..., 2] + 15) & (band.sum(-1) < 330)).mean())


def test_shrubs_stand_along_the_foot_and_the_record_counts_them(planted):
    picture, done = planted
    assert set(done["plants"]) <= {"hydrangea", "box"}
    assert 5 <= sum(done["plants"].values()) <= 24
    assert leaves(picture) > 0.4


def test_windows_and_the_wall_over_the_sills_stay_clear_of_them(planted):
    picture, _ = planted
    wall = picture[SILL + 8 : SILL + 14, LEFT + 10 : RIGHT - 10].reshape(-1, 3)
    assert np.ptp(np.median(wall.reshape(6, -1, 3), 0)[:, 1]) < 60  # no leaf is before it
    glass = picture[SILL - 30 : SILL - 4, 304:376]
    assert np.abs(glass - [58, 66, 74]).max() < 12


def test_the_wall_darkens_towards_its_foot_between_plants(planted):
    picture, _ = planted

    def wall(low, high):
        pixels = picture[FOOT - high : FOOT - low, LEFT + 10 : RIGHT - 10].reshape(-1, 3)
        sandy = (pixels[:, 0] > pixels[:, 1] + 8) & (pixels[:, 0] - pixels[:, 2] > 25)
        return np.median(pixels[sandy], 0).mean()

    assert wall(4, 12) < wall(36, 44) - 12


def test_before_paving_nothing_is_planted_and_at_dusk_nothing_is_said_to_be(redesigned):
    with pytest.raises(UnusablePhoto) as refused:
        redesigned(house(strip(8, (142, 140, 138), 1)))
    assert refused.value.code == "nothing_to_redesign"
    evening, done = redesigned(house(), dusk=True)
    assert done["plants"] == {}
    assert leaves(evening) < 0.02


def test_the_same_brief_gives_the_same_plants(planted, redesigned):
    again, done = redesigned(house())
    assert np.array_equal(again, planted[0])
    assert done == planted[1]

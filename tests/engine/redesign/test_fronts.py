"""House fronts, drawn here: painted by style under a better sky; and what is no such photo."""

import cv2
import numpy as np
import pytest

from staging.engine.errors import UnusablePhoto
from staging.engine.modes.redesign import redesign_front
from staging.engine.redesign import sky
from staging.engine.redesign.facade import painted_wall
from staging.engine.redesign.front import Front
from staging.engine.redesign.matting import working_copy
from staging.engine.redesign.palettes import PALETTES
from staging.engine.redesign.patches import Patches
from tests.engine.redesign import test_beds

SIZE = (640, 480)
WALL, SKY = (slice(190, 350), slice(130, 510)), (slice(0, 90), slice(0, 640))
WINDOWS = [(180, 230), (300, 230), (420, 230)]
DOOR = (slice(270, 350), slice(240, 280))
ROOF = np.array([(110, 190), (530, 190), (470, 110), (170, 110)])


def house(sky=(214, 216, 218), wall=(206, 190, 160), brick=False):
    """A boarded or brick house with a blue-grey roof, three windows and a door, on a lawn under a plain sky.

    A paved walk runs along its foot, so that nothing is planted there.
    """
    rng = np.random.default_rng(4)
    picture = np.empty((SIZE[1], SIZE[0], 3), np.float32)
    picture[:] = sky
    picture[350:] = (126, 124, 70)
    picture[350:] += cv2.GaussianBlur(rng.normal(0, 40, (130, 640, 1)), (0, 0), 1.2)[..., None]
    picture[WALL] = wall
    if brick:
        picture[WALL] = (150, 84, 66)
        rows = np.arange(190, 350, 8)
        picture[rows, 130:510] = (196, 186, 176)
        for row in rows:
            picture[row : row + 8, 130 + (row // 8 % 2) * 8 : 510 : 16] = (196, 186, 176)
    picture[350:358] = (88, 86, 90)
    cv2.fillPoly(picture, [ROOF], (92, 100, 112))
    for x, y in WINDOWS:
        picture[y - 4 : y + 54, x - 4 : x + 44] = (246, 246, 244)
        picture[y : y + 50, x : x + 40] = (58, 66, 74)
    picture[DOOR] = (120, 32, 30)
    picture += rng.normal(0, 1.2, picture.shape)
    return np.clip(cv2.GaussianBlur(picture, (0, 0), 0.6), 0, 255).astype(np.uint8)


def fenced():
    """The same house between two fences of its own colour."""
    picture = house()
    for x in (*range(0, 100, 12), *range(540, 636, 12)):
        picture[195:349, x : x + 8] = (208, 192, 162)
        picture[195:349, x + 8 : x + 12] = (96, 92, 70)
    return picture


def branches(photo):
    """The same house behind bare twigs that part its sky into scraps."""
    twigs = photo.copy()
    for x in range(-200, 640, 80):
        cv2.line(twigs, (x, 0), (x + 200, 188), (60, 50, 44), 4)
        cv2.line(twigs, (x + 200, 0), (x, 188), (60, 50, 44), 4)
    twigs[185:] = photo[185:]
    return twigs


def inner(area, margin=5):
    return tuple(slice(s.start + margin, s.stop - margin) for s in area)


@pytest.fixture(scope="module")
def overcast():
    return house()


@pytest.fixture(scope="module")
def painted(overcast):
    return redesign_front(overcast, style="coastal", seed=0)


def test_wall_lawn_and_dull_sky_change_and_nothing_else(painted, overcast):
    kept = painted.mask == 0
    assert np.array_equal(painted.picture[kept], overcast[kept])
    changed = (painted.picture != overcast).any(-1)
    for x, y in WINDOWS:
        assert not changed[y + 2 : y + 48, x + 2 : x + 38].any()
    assert not changed[inner(DOOR)].any()
    assert not changed[120:180, 200:440].any()  # the roof, though blue-grey like a sky
    done = painted.record()["redesign"]
    assert done == {"front": "#a9c3d1", "lawn": True, "sky": True, "plants": {}, "dusk": False}
    bare = painted.picture[195:220, 140:500].reshape(-1, 3).mean(0)
    assert bare[2] > bare[0] + 8  # pale blue, where it was sand
    sky = painted.picture[inner(SKY)].reshape(-1, 3).mean(0)
    assert sky[2] > sky[0] + 15
    grass_before, grass = (p[370:].reshape(-1, 3).mean(0) for p in (overcast, painted.picture))
    assert grass[1] - grass[0] > grass_before[1] - grass_before[0] + 5


def test_a_fence_of_the_same_colour_keeps_no_front_from_being_painted():
    photo = fenced()
    made = redesign_front(photo, style="coastal", seed=0)
    assert made.done["front"] == "#a9c3d1"
    assert np.array_equal(made.picture[200:340, :95], photo[200:340, :95])


def test_the_same_bytes_twice_and_other_styles_differ(painted, overcast):
    assert np.array_equal(redesign_front(overcast, style="coastal", seed=0).picture, painted.picture)
    other = redesign_front(overcast, style="industrial")
    one, two = (made.picture[200:215, 140:160].reshape(-1, 3).mean(0) for made in (painted, other))
    assert np.abs(one - two).max() > 1
    assert len({palette.fronts[0] for palette in PALETTES.values()}) == len(PALETTES)


def test_brick_and_a_blue_sky_stay(overcast):
    photo = house(sky=(92, 148, 214), brick=True)
    made = redesign_front(photo, style="modern")
    assert made.done["front"] is None
    assert made.done["sky"] is False
    assert np.array_equal(made.picture[:340], photo[:340])


def test_a_brick_house_on_a_fresh_lawn_is_refused_rather_than_sold_as_it_was():
    photo = house(sky=(92, 148, 214), brick=True)
    photo[350:] = np.clip(photo[350:] + np.array([-40, 0, -20]), 0, 255)
    with pytest.raises(UnusablePhoto) as refused:
        redesign_front(photo, style="modern")
    assert refused.value.code == "nothing_to_redesign"


def test_what_cannot_be_dusk_or_a_front_is_refused_in_words(overcast):
    for photo, dusk, code in (
        (np.full((400, 500, 3), 120, np.uint8), True, "dusk_unsuitable"),
        (np.full((400, 500, 3), 120, np.uint8), False, "nothing_to_redesign"),
        (overcast[:200], False, "photo_too_small"),
    ):
        with pytest.raises(UnusablePhoto) as refused:
            redesign_front(photo, style="modern", dusk=dusk)
        assert refused.value.code == code
        assert len(refused.value.message) > 30


def eaves(wall=(206, 190, 160), light=0.3):
    """The same house with a band of its wall in the deep shade of the eaves."""
    picture = house(wall=wall).astype(np.float32)
    band = picture[190:208, 130:510]
    picture[190:208, 130:510] = band * np.array([0.58, 0.57, 0.56]) if light == 0.3 else band * light
    return np.clip(picture, 0, 255).astype(np.uint8)


def test_a_wall_is_painted_up_into_the_shade_of_its_eaves():
    photo = eaves()
    made = redesign_front(photo, style="coastal", seed=0)
    assert made.done["front"] == "#a9c3d1"
    shade = made.picture[194:204, 140:500].reshape(-1, 3).mean(0)
    assert shade[2] > shade[0] + 4  # bluish, where it was brown


def test_a_grey_wall_that_goes_on_in_the_shade_is_left_as_it_is():
    # Nobody can tell it from grey trim, and a wall painted up to a shadow is worse than none.
    photo = eaves(wall=(176, 176, 174), light=0.5)
    made = redesign_front(photo, style="midcentury", seed=0)
    assert made.done["front"] is None
    assert np.array_equal(made.picture[195:345, 135:505], photo[195:345, 135:505])


def test_an_off_white_wall_is_painted_if_it_has_windows():
    photo = house(sky=(92, 148, 214), wall=(212, 208, 194))
    made = redesign_front(photo, style="midcentury", seed=0)
    assert made.done["front"] == "#a9ad8f"
    wall = made.picture[200:225, 140:165].reshape(-1, 3).mean(0)
    assert wall[1] > wall[0] + 2  # sage, where it was off-white
    for x, y in WINDOWS:
        assert np.array_equal(made.picture[y + 2 : y + 48, x + 2 : x + 38], photo[y + 2 : y + 48, x + 2 : x + 38])
    blank = photo.copy()
    rng = np.random.default_rng(3)
    blank[195:350, 135:505] = np.clip(np.array([212, 208, 194]) + rng.normal(0, 1.2, (155, 370, 3)), 0, 255)
    assert redesign_front(blank, style="midcentury", seed=0).done["front"] is None


def lit_under_the_eaves():
    """A front whose upper end, from row 182 to 194, is lit in another colour."""
    lit = house(sky=(92, 148, 214), wall=(214, 200, 178))
    rng = np.random.default_rng(5)
    lit[182:194, 135:505] = np.clip(np.array([226, 196, 128]) + rng.normal(0, 1.2, (12, 370, 3)), 0, 255)
    return lit


@pytest.fixture(scope="module")
def under_eaves():
    """That front, and what is made of it."""
    lit = lit_under_the_eaves()
    return lit, redesign_front(lit, style="coastal", seed=0)


def test_a_wall_is_painted_up_into_other_light_under_its_eaves(under_eaves):
    """A band in the old colour there gives a painted front away."""
    lit, made = under_eaves
    assert made.done["front"] == "#a9c3d1"
    assert (made.mask[184:194, 140:500] > 0).mean() > 0.97
    changed = lit[184:193, 140:500].astype(int) - made.picture[184:193, 140:500]
    assert changed[..., 0].mean() - changed[..., 2].mean() > 30  # less red than blue is left
    # No farther than the eaves: the roof keeps its pixels.
    assert np.array_equal(made.picture[150:176, 140:500], lit[150:176, 140:500])


def test_a_wall_under_such_a_band_that_cannot_be_reached_stays_as_it_is(under_eaves):
    lit, reached = under_eaves
    parted = lit.copy()
    parted[194:198, 135:505] = (96, 84, 70)
    assert reached.done["front"]
    assert redesign_front(parted, style="coastal", seed=0).done["front"] is None


def test_what_is_over_a_window_under_the_same_eaves_is_painted_from_the_side():
    lit = lit_under_the_eaves()
    x, y = WINDOWS[0]
    lit[194:y, x - 4 : x + 44] = (246, 246, 244)  # its casing reaches up to the band
    made = redesign_front(lit, style="coastal", seed=0)
    assert (made.mask[184:193, x : x + 40] > 0).mean() > 0.97


def test_a_garage_door_in_the_paint_of_the_wall_keeps_its_pixels():
    photo = house()
    photo[282:350, 330:470] = (150, 138, 116)
    photo[288:350, 336:464] = (214, 199, 170)
    photo = cv2.GaussianBlur(photo, (0, 0), 0.6)
    made = redesign_front(photo, style="coastal", seed=0)
    assert made.done["front"] == "#a9c3d1"
    assert np.array_equal(made.picture[294:346, 342:458], photo[294:346, 342:458])


def test_only_what_is_level_is_lawn():
    photo = house(wall=(168, 170, 96))
    rng = np.random.default_rng(6)
    bush = np.clip(
        np.array([70, 96, 44]) + 44 * cv2.GaussianBlur(rng.normal(0, 2.4, (90, 70, 1)), (0, 0), 1.2)[..., None], 0, 255
    )
    photo[270:360, 20:90] = bush
    made = redesign_front(photo, style="modern", seed=0)
    assert made.done["lawn"]
    changed = (made.picture != photo).any(-1)
    assert changed[380:470, 20:600].mean() > 0.95
    assert not changed[280:345, 30:80].any()
    assert not changed[290:340, 290:500].any()


def test_an_overcast_sky_is_changed_on_both_sides_of_a_tree_and_up_to_the_roof(overcast):
    photo = overcast.copy()
    photo[:190, 380:400] = (70, 62, 52)
    made = redesign_front(photo, style="coastal", seed=0)
    assert made.done["sky"]
    sky = np.ones((190, 640), bool)
    cv2.fillPoly(roof := np.zeros((480, 640), np.uint8), [ROOF], 1)
    sky[cv2.dilate(roof, np.ones((7, 7), np.uint8))[:190] > 0] = False
    sky[:, 374:406] = False
    sky[-4:] = False
    assert (made.picture[:190] != photo[:190]).any(-1)[sky].mean() > 0.995


def test_a_dull_sky_is_changed_between_all_branches_or_not_at_all(overcast):
    photo = branches(overcast)
    made = redesign_front(photo, style="coastal", seed=0)
    old = np.abs(photo[:180].astype(int) - (214, 216, 218)).max(-1) < 8
    kept = (made.picture[:180] == photo[:180]).all(-1)[old].mean()
    assert kept < 0.03 or kept == 1


def test_of_a_wall_none_of_whose_paint_is_sure_nothing_is_painted_and_nothing_fails():
    """A small photo is smoothed in enlarging, so that what was chosen as paint is dropped again."""
    copy = working_copy(cv2.resize(test_beds.house(), (500, 330), interpolation=cv2.INTER_AREA))
    patches = Patches.cut(copy)
    assert not painted_wall(Front(patches, sky.find(patches))).any()

"""Dusk over house fronts, drawn here: lamps on behind the panes that are found, and evening over everything else."""

import cv2
import numpy as np
import pytest

from staging.engine.errors import UnusablePhoto
from staging.engine.modes.redesign import redesign_front
from staging.engine.redesign import panes, sky
from staging.engine.redesign.matting import working_copy
from staging.engine.redesign.patches import Patches
from tests.engine.redesign.test_fronts import DOOR, SKY, WINDOWS, branches, house, inner

NO_SKY = np.zeros((480, 640), bool)


def blinds(photo):
    """The same house with blinds half down in its windows."""
    photo = photo.copy()
    for x, y in WINDOWS:
        photo[y : y + 22, x : x + 40] = (124, 122, 116)
    return photo


def with_bars(photo):
    """The same house with white glazing bars across its windows."""
    photo = photo.copy()
    for x, y in WINDOWS:
        photo[y + 24 : y + 26, x : x + 40] = photo[y : y + 50, x + 19 : x + 21] = (240, 240, 238)
    return photo


def garage(photo):
    """The same house with a broad white garage door under its windows."""
    picture = photo.copy()
    picture[286:350, 328:472] = (90, 84, 76)
    picture[288:350, 330:470] = (247, 247, 245)
    return picture


def pane(x, y, margin=5):
    return slice(y + margin, y + 50 - margin), slice(x + margin, x + 40 - margin)


def brightness(picture, area):
    return picture[area].astype(float).mean()


@pytest.fixture(scope="module")
def at_dusk():
    photo = garage(blinds(house()))
    return photo, redesign_front(photo, style="modern", dusk=True)


def test_panes_glow_warm_and_all_else_gets_dark(at_dusk):
    photo, made = at_dusk
    assert made.done["dusk"] is True
    assert np.array_equal(made.picture[made.mask == 0], photo[made.mask == 0])
    for area in (inner(SKY), (slice(200, 215), slice(140, 160)), inner(DOOR), (slice(400, 470), slice(20, 600))):
        assert brightness(made.picture, area) < 0.75 * brightness(photo, area)
    for x, y in WINDOWS:
        lit = made.picture[pane(x, y)].reshape(-1, 3).mean(0)
        assert lit.mean() > 1.2 * brightness(made.picture, (slice(200, 215), slice(140, 160)))
        assert lit[0] > lit[1] > lit[2] + 25


def test_a_lit_pane_keeps_its_blind_and_its_frame_does_not_glow(at_dusk):
    _, made = at_dusk
    for x, y in WINDOWS:
        blind, room = (slice(y + 10, y + 20), slice(x + 6, x + 34)), (slice(y + 26, y + 44), slice(x + 6, x + 34))
        assert brightness(made.picture, blind) > brightness(made.picture, room) + 10
        frame, lit = (
            made.picture[a].reshape(-1, 3).mean(0) for a in ((slice(y + 10, y + 40), slice(x - 3, x - 1)), room)
        )
        assert frame[0] - frame[2] < 0.6 * (lit[0] - lit[2])


def test_lit_windows_throw_warm_light_on_the_wall_beside_them(at_dusk):
    _, made = at_dusk
    far = made.picture[200:215, 140:160].reshape(-1, 3).astype(float).mean(0)
    for x, y in WINDOWS:
        near = made.picture[y + 10 : y + 40, x - 16 : x - 8].reshape(-1, 3).astype(float).mean(0)
        assert near[0] > far[0] + 4
        assert near[0] - near[2] > far[0] - far[2] + 4


def test_windows_differ_and_the_same_seed_gives_the_same_evening(at_dusk):
    photo, made = at_dusk
    again = redesign_front(photo, style="modern", dusk=True)
    assert np.array_equal(again.picture, made.picture)
    bright = [brightness(made.picture, pane(x, y)) for x, y in WINDOWS]
    assert max(bright) > min(bright) + 4


def test_an_evening_without_a_style_paints_nothing(at_dusk):
    photo, painted = at_dusk
    made = redesign_front(photo, style=None, dusk=True)
    assert painted.done["front"]
    assert (made.done["front"], made.done["lawn"], made.done["dusk"]) == (None, False, True)
    wall = (slice(200, 215), slice(140, 160))
    plain, blue = (picture[wall].reshape(-1, 3).astype(float).mean(0) for picture in (made.picture, painted.picture))
    own = photo[wall].reshape(-1, 3).astype(float).mean(0)
    assert np.argmax(plain) == np.argmax(own)
    assert np.abs(plain - blue).max() > 4


def test_bars_stay_dark_between_lit_panes():
    photo = with_bars(house())
    glass = panes.find(photo, NO_SKY).glass
    glass = cv2.resize(glass.astype(np.uint8), (640, 480), interpolation=cv2.INTER_AREA) > 0
    for x, y in WINDOWS:
        assert glass[y + 4 : y + 20, x + 4 : x + 16].mean() > 0.9
        assert not glass[y + 25, x + 4 : x + 36].any()


def test_a_window_that_mirrors_leaves_stays_dark_rather_than_glow_in_blotches():
    photo = house()
    x, y = WINDOWS[0]
    leaves = cv2.GaussianBlur(np.random.default_rng(3).normal(size=(50, 40)), (0, 0), 1.6)
    photo[y : y + 50, x : x + 40][leaves > 0.02] = (112, 118, 122)
    glass = panes.find(photo, NO_SKY).glass
    glass = cv2.resize(glass.astype(np.uint8), (640, 480), interpolation=cv2.INTER_AREA) > 0
    assert not glass[y : y + 50, x : x + 40].any()
    for x, y in WINDOWS[1:]:
        assert glass[y + 5 : y + 45, x + 5 : x + 35].mean() > 0.9


def test_doors_shutters_and_garages_are_no_panes():
    photo = garage(house(wall=(150, 84, 66)))
    photo[DOOR] = (40, 42, 44)
    photo[265:270, 235:285] = photo[265:350, 235:240] = photo[265:350, 280:285] = (240, 240, 238)
    for x, y in WINDOWS:
        photo[y - 4 : y + 54, x - 24 : x - 5] = (48, 50, 52)
    glass = panes.find(photo, NO_SKY).glass
    glass = cv2.resize(glass.astype(np.uint8), (640, 480), interpolation=cv2.INTER_AREA) > 0
    assert not glass[DOOR].any()
    assert not glass[300:350, 330:470].any()
    for x, y in WINDOWS:
        assert not glass[y : y + 50, x - 22 : x - 7].any()
        assert glass[y + 5 : y + 45, x + 5 : x + 35].mean() > 0.9


def test_panes_that_mirror_a_bright_sky_are_found_in_dark_frames():
    photo = house(wall=(120, 70, 58))
    for x, y in WINDOWS:
        photo[y - 4 : y + 54, x - 4 : x + 44] = (52, 50, 50)
        photo[y : y + 50, x : x + 18] = photo[y : y + 50, x + 22 : x + 40] = (140, 176, 214)
    glass = panes.find(photo, NO_SKY).glass
    glass = cv2.resize(glass.astype(np.uint8), (640, 480), interpolation=cv2.INTER_AREA) > 0
    for x, y in WINDOWS:
        assert glass[y + 4 : y + 46, x + 3 : x + 15].mean() > 0.9
        assert not glass[y + 4 : y + 46, x + 20].any()


def test_a_garage_door_gets_dark_with_its_wall(at_dusk):
    _, made = at_dusk
    assert brightness(made.picture, (slice(300, 345), slice(340, 460))) < 0.6 * 247


def test_dusk_works_under_a_blue_sky_and_leaves_nothing_of_it_round_the_roof():
    photo = house(sky=(92, 148, 214))
    made = redesign_front(photo, style="modern", dusk=True)
    above = made.picture[4:180, 4:636].reshape(-1, 3).astype(int)
    day = np.abs(photo[4:180, 4:636].reshape(-1, 3).astype(int) - (92, 148, 214)).max(-1) < 12
    assert (np.abs(above[day] - (92, 148, 214)).max(-1) > 40).mean() > 0.995


def test_nothing_of_the_day_is_left_between_branches():
    photo = branches(house())
    made = redesign_front(photo, style="modern", dusk=True)
    day = np.abs(photo[:180].astype(int) - (214, 216, 218)).max(-1) < 8
    left = np.abs(made.picture[:180].astype(int) - photo[:180]).max(-1)[day] < 30
    assert left.mean() < 0.01


def test_a_grey_roof_of_shingles_keeps_its_edge_before_a_blue_sky():
    photo = house(sky=(150, 186, 236))
    rng = np.random.default_rng(3)
    roof = np.zeros((480, 640), np.uint8)
    cv2.fillPoly(roof, [np.array([(110, 190), (530, 190), (320, 130)])], 1)
    shingles = 172 + 22 * np.sign(np.sin(np.arange(480) * 1.3))[:, None] * rng.random((480, 640)) ** 2
    photo[80:190] = (150, 186, 236)
    photo[roof > 0] = np.clip(shingles, 0, 255)[roof > 0, None].astype(np.uint8)
    found = sky.find(Patches.cut(cv2.resize(photo, (1000, 750), interpolation=cv2.INTER_CUBIC)))
    inside = cv2.resize(cv2.erode(roof, np.ones((5, 5), np.uint8)), (1000, 750), interpolation=cv2.INTER_NEAREST) > 0
    assert found.rough[inside].mean() < 0.002


def twigs(count):
    """The same house with `count` bare twigs on both sides before its sky."""
    photo, rng = house(), np.random.default_rng(1)
    for start in (0, 410):
        for _ in range(count):
            x, y = int(rng.integers(start, start + 230)), int(rng.integers(20, 188))
            turn, long = rng.uniform(0, 6.3), rng.integers(6, 16)
            cv2.line(photo, (x, y), (int(x + long * np.cos(turn)), int(y + long * np.sin(turn))), (60, 54, 44), 1)
    photo[190:] = house()[190:]
    return photo


@pytest.mark.parametrize(("count", "whole"), [(300, True), (900, False)])
def test_a_sky_is_whole_only_as_far_as_it_was_sure_before_its_gaps_were_filled(count, whole):
    assert sky.find(Patches.cut(working_copy(twigs(count)))).whole is whole


def lamps_on():
    """The same house with yellow windows in dark frames."""
    photo = house()
    for x, y in WINDOWS:
        photo[y - 4 : y + 54, x - 4 : x + 44] = (60, 54, 50)
        photo[y : y + 50, x : x + 40] = (255, 196, 96)
    return photo


def blind_walls():
    photo = house()
    photo[195:345, 135:505] = (206, 190, 160)
    return photo


def half_in_shade():
    """The same house before a lawn of which half lies in the sun."""
    photo = house().astype(np.float32)
    photo[350:, :320] *= 1.4
    photo[350:, 320:] *= 0.5
    return np.clip(photo, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("photo", "why"),
    [
        (lamps_on(), "evening in it"),
        (blind_walls(), "no windows"),
        (half_in_shade(), "sun and shade"),
        (house(sky=(66, 84, 44)), "sky"),
    ],
    ids=["lamps", "blind", "shade", "sky"],
)
def test_what_cannot_be_an_evening_is_refused_in_words(photo, why):
    with pytest.raises(UnusablePhoto, match=why) as refused:
        redesign_front(photo, style="modern", dusk=True)
    assert refused.value.code == "dusk_unsuitable"

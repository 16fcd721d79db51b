"""What is not laid or painted after all, because its border is seen; and what is carried on to its real end."""

import dataclasses

import cv2
import numpy as np
import pytest

from staging.engine.modes.samples.rooms import LIVING
from staging.engine.redesign import extent, floors, things, walls
from staging.engine.redesign.coats import LONGEST_LOOSE, _Coat, _patchy
from staging.engine.redesign.regions import WALL_LABELS, Regions
from staging.engine.redesign.trim import Trim
from staging.engine.scene.faces import BACK, CEILING, FLOOR, LEFT
from staging.engine.scene.room import Opening
from tests.engine.redesign.test_rooms import SIZE


def drawn(faces, board=(176, 120, 70), wall=(205, 205, 205)):
    """A room with a floor and walls of one colour each, (H, W, 3), with a little grain."""
    noise = np.random.default_rng(1).normal(0, 1.5, (SIZE[1], SIZE[0], 1))
    picture = np.full((SIZE[1], SIZE[0], 3), wall, float)
    picture[faces.labels == FLOOR] = board
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def plain(faces):
    return Regions.of(drawn(faces), LIVING.room)


def test_a_long_stretch_of_border_on_bare_wall_spoils_a_coat_however_small_its_share(plain):
    paint = np.zeros(plain.patch.shape, bool)
    paint[60:200, 200:600] = True
    nothing = np.zeros_like(paint)
    length = walls.longest_unsupported(plain, paint, nothing)
    assert length > 500
    known = nothing.copy()
    known[55:65, 180:620] = known[195:205, 180:620] = known[55:205, 195:205] = True
    assert 100 < walls.longest_unsupported(plain, paint, known) < 200
    known[55:205, 595:605] = True
    assert walls.longest_unsupported(plain, paint, known) == 0
    step = np.zeros((*paint.shape, 3), np.float32)
    wall = walls.Wall("back", 5, paint, paint, paint, nothing, step)
    assert _Coat(wall, paint, 0.03, LONGEST_LOOSE + 1).flaw(plain) == "no_end"
    assert _Coat(wall, paint, 0.03, LONGEST_LOOSE - 1).flaw(plain) != "no_end"


@pytest.mark.parametrize(("left_over", "patchy"), [(0.0, False), (0.1, True)])
def test_an_accent_wall_is_patchy_where_the_other_walls_have_its_paint_and_so_has_a_part_of_it(
    faces, left_over, patchy
):
    room = dataclasses.replace(LIVING.room, openings=(), occluders=(), confidence={"total": 0.95})
    regions = Regions.of(drawn(faces), room)
    here = faces.labels == BACK
    columns = np.nonzero(here.any(0))[0]
    paint = here.copy()
    paint[:, : columns[0] + round(left_over * len(columns))] = False
    nothing = np.zeros_like(here)
    wall = walls.Wall("back", BACK, here, here, paint, nothing, np.zeros((*here.shape, 3), np.float32))
    assert _patchy(regions, Trim.of(regions), [_Coat(wall, paint, 0.0, 0)]) is patchy


@pytest.mark.parametrize(
    ("others", "patchy"), [((235, 165, 115), True), ((215, 140, 90), True), ((205, 205, 205), False)]
)
def test_an_orange_wall_gets_another_colour_only_where_no_other_wall_stays_orange(faces, others, patchy):
    room = dataclasses.replace(LIVING.room, openings=(), occluders=(), confidence={"total": 0.95})
    picture, here = drawn(faces, wall=others), faces.labels == BACK
    picture[here] = drawn(faces, wall=(235, 165, 115))[here]
    white = faces.labels == CEILING  # it tells the colour of the light
    picture[white] = drawn(faces, wall=(225, 225, 225))[white]
    regions = Regions.of(picture, room)
    nothing = np.zeros_like(here)
    wall = walls.Wall("back", BACK, here, here, here, nothing, np.zeros((*here.shape, 3), np.float32))
    assert _patchy(regions, Trim.of(regions), [_Coat(wall, here, 0.0, 0)]) is patchy


@pytest.mark.parametrize(("share", "patchy"), [(0.2, False), (0.7, True)])
def test_a_wall_that_stays_below_windows_which_were_read_down_to_the_floor_is_patchy(faces, share, patchy):
    """A door in the very paint of its wall, which is narrow, is none of that."""
    box = LIVING.room.box
    u0 = box.x0 + 0.1 * (box.x1 - box.x0)
    opening = Opening("opening", "back", u0, u0 + share * (box.x1 - box.x0), 0.0, 2.1, 0.5)
    room = dataclasses.replace(LIVING.room, openings=(opening,), occluders=(), confidence={"total": 0.8})
    seen = Regions.of(drawn(faces), room).seen(opening, margin=0.1)
    picture = drawn(faces)
    picture[seen & (faces.points[..., 2] > 0.7)] = (90, 130, 90)
    regions = Regions.of(picture, room)
    nothing, every, step = np.zeros_like(seen), faces.labels >= LEFT, np.zeros((*seen.shape, 3), np.float32)
    trim = Trim(seen, seen, nothing, seen, nothing, (opening,), frozenset())
    coats = []
    for name, label in WALL_LABELS.items():
        here = faces.labels == label
        coats.append(_Coat(walls.Wall(name, label, here, here, here, nothing, step), here & every & ~seen, 0.0, 0))
    assert _patchy(regions, trim, [coat for coat in coats if coat.paint.any()]) is patchy


def test_a_large_part_of_a_floor_between_sun_and_shade_is_floor_by_its_hue_and_a_small_one_may_be_a_thing(faces):
    picture = drawn(faces).astype(float)
    large, small = np.zeros(SIZE[::-1], bool), np.zeros(SIZE[::-1], bool)
    large[400:500, 150:350] = small[400:460, 480:560] = True
    for part in (large, small):
        picture[part & (faces.labels == FLOOR)] *= 0.7
    regions = Regions.of(np.clip(picture, 0, 255).astype(np.uint8), LIVING.room)
    floor = (faces.labels == FLOOR) & ~large & ~small
    own = things.own(regions, floor, ((large | small) & (faces.labels == FLOOR)).astype(np.uint8))
    assert own[large & (faces.labels == FLOOR)].mean() > 0.9
    assert not own[small].any()


def test_a_floor_that_ends_across_open_floor_stays_as_it_was(plain, faces):
    face = faces.labels == FLOOR
    ground = floors.Ground(face, ~face & False, ~face & False, ~face & False, ~face & False)
    assert floors._flaw(plain, face) is None
    half = face.copy()
    half[:, SIZE[0] // 2 :] = False
    assert floors._flaw(plain, half) is not None
    whole, why = floors.settled(plain, [face], ground)
    assert why is None
    assert whole.any()


def test_a_floor_in_the_next_room_whose_end_is_not_seen_ends_on_the_line_of_the_box(faces):
    """Beyond the box the floor goes on to the left, and on as carpet to the right, which ends on an edge."""
    picture = drawn(faces)
    face = faces.labels == FLOOR
    foot = int(np.nonzero(face[:, 400])[0].min())
    beyond, carpet = np.zeros_like(face), np.zeros_like(face)
    beyond[foot - 40 : foot, 250:400] = carpet[foot - 30 : foot, 420:520] = True
    picture[(beyond | carpet) & ~face] = (176, 120, 70)
    regions = Regions.of(picture, LIVING.room)
    ending = beyond.copy()
    ending[: foot - 18] = False
    kept = floors._without_endless(regions, face | ending | carpet)
    assert kept[face].all()
    assert kept[carpet & ~face].mean() > 0.99
    assert kept[ending & ~face].mean() < 0.4


def test_a_cut_that_ends_on_open_floor_goes_on_as_far_as_the_flood_does(plain, faces):
    face = faces.labels == FLOOR
    cut = face.copy()
    cut[:, 560:] = False
    found = extent.joined(plain, face, cut)
    assert found[face].mean() > 0.99


def test_a_flood_over_an_edge_is_not_taken_for_the_floor_of_a_cut(plain, faces):
    face = faces.labels == FLOOR
    flood = face | cv2.dilate(face.astype(np.uint8), np.ones((60, 1), np.uint8)).astype(bool)
    found = extent.joined(plain, flood, face)
    assert found[~face].sum() < 0.02 * face.sum()


@pytest.mark.parametrize(("sharp", "same"), [(False, True), (True, False)])
def test_a_coloured_floor_in_the_shade_of_a_wall_is_floor_where_no_edge_parts_the_two(faces, sharp, same):
    picture = drawn(faces).astype(float)
    face = faces.labels == FLOOR
    grain = np.random.default_rng(2).normal(0, 12, (SIZE[1] // 4 + 1, SIZE[0] // 4 + 1, 1))
    picture[face] += cv2.resize(grain, SIZE, interpolation=cv2.INTER_NEAREST)[face][:, None]
    part = np.zeros(face.shape, np.uint8)
    part[360:400, 300:360] = 1
    shade = part if sharp else cv2.GaussianBlur(part.astype(float), (0, 0), 14)
    picture *= 1 - 0.35 * shade[..., None]
    regions = Regions.of(np.clip(picture, 0, 255).astype(np.uint8), LIVING.room)
    here = cv2.resize(part, regions.patch.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    floor = cv2.resize(face.astype(np.uint8), regions.patch.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    assert things._shaded(regions, here, floor & ~here) is same


def test_a_coloured_floor_is_carried_on_into_deep_shade_but_not_under_what_lies_on_it(faces):
    picture = drawn(faces).astype(float)
    face = faces.labels == FLOOR
    dark, thing = np.zeros_like(face), np.zeros_like(face)
    dark[:, :260], thing[440:480, 100:160] = True, True
    picture[dark & face] *= 0.75
    regions = Regions.of(np.clip(picture, 0, 255).astype(np.uint8), LIVING.room)
    ground = floors.Ground(face & ~dark, face & False, face & False, face & False, thing)
    known = face.copy()
    known[:, :250] = False
    found = floors._carried_on(regions, known, ground)
    reached = np.zeros_like(face)
    reached[:, 200:250] = True
    assert found[face & reached].mean() > 0.95
    assert not found[thing].any()

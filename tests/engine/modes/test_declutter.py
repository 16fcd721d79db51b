"""Decluttering drawn rooms whose empty truth is known: what comes back is the room, and nothing else has changed."""

import dataclasses

import cv2
import numpy as np
import pytest
from PIL import Image

from staging.engine.errors import EngineError, UnusablePhoto
from staging.engine.modes.declutter import declutter, find
from staging.engine.scene.faces import CEILING, FLOOR, LEFT, face_map
from staging.engine.scene.room import Room
from tests.benches import subjects
from tests.engine.removal import furnished


@pytest.fixture(scope="module")
def drawn():
    photo, mask = furnished.furnished()
    return photo, mask, furnished.empty()


@pytest.fixture(scope="module")
def asked(drawn):
    photo, mask, _ = drawn
    return declutter(photo, mask=mask)


@pytest.fixture(scope="module")
def found(drawn):
    return declutter(drawn[0])


def error(picture, truth, where):
    """Mean difference in grey levels after averaging over 5 pixels: grain cannot be the same, planks and edges can."""
    apart = cv2.blur(picture.astype(np.float32), (5, 5)) - cv2.blur(truth.astype(np.float32), (5, 5))
    return float(np.abs(apart)[where].mean())


def test_outside_the_mask_every_pixel_is_the_photos(drawn, asked, found):
    kept = asked.mask == 0
    for made in (asked, found):
        assert np.array_equal(made.picture[made.mask == 0], drawn[0][made.mask == 0])
        assert set(np.unique(made.mask)) == {0, 255}
    assert (asked.mask[drawn[1] > 0] == 255).all()
    assert kept.mean() > 0.6


def test_floor_and_walls_go_on_behind_what_was_removed(drawn, asked):
    photo, mask, truth = drawn
    where = mask > 0
    telea = cv2.inpaint(photo, asked.mask, 5, cv2.INPAINT_TELEA)
    mine = error(asked.picture, truth, where)
    assert mine < 9
    assert mine < 0.6 * error(telea, truth, where)


def test_the_texture_goes_on_too(drawn, asked):
    _, mask, truth = drawn
    inner = cv2.erode(mask, np.ones((9, 9), np.uint8)) > 0

    def fine(picture):
        return np.abs(picture.astype(np.float32) - cv2.GaussianBlur(picture, (0, 0), 2))[inner].mean()

    assert 0.6 < fine(asked.picture) / fine(truth) < 1.6


def test_the_shadow_goes_with_its_thing(drawn, asked):
    photo, mask, truth = drawn
    dark = furnished.shadow() & (mask == 0)
    darker = float(truth[dark].mean()) - float(photo[dark].mean())
    assert darker > 15
    assert abs(float(truth[dark].mean()) - float(asked.picture[dark].mean())) < 0.3 * darker


def test_the_same_photo_gives_the_same_bytes(drawn, found, read_once):
    read_once.clear()
    again = declutter(drawn[0])
    assert np.array_equal(again.picture, found.picture)
    assert np.array_equal(again.mask, found.mask)


def test_without_a_mask_the_furniture_is_found(drawn, found):
    photo, mask, truth = drawn
    assert found.emptied
    assert (found.mask[mask > 0] > 0).mean() > 0.97
    assert (found.mask > 0).mean() < 2.2 * (mask > 0).mean()
    assert error(found.picture, truth, mask > 0) < 0.3 * error(photo, truth, mask > 0)


def test_an_empty_room_comes_back_as_it_is(drawn):
    made = declutter(drawn[2])
    assert not made.emptied
    assert np.array_equal(made.picture, drawn[2])
    assert not made.mask.any()
    assert made.record()["removed"]["anything"] is False


def test_a_mask_that_marks_nothing_leaves_the_photo(drawn):
    made = declutter(drawn[0], mask=np.zeros_like(drawn[1]))
    assert np.array_equal(made.picture, drawn[0])


def test_the_room_comes_with_the_picture_and_has_no_furniture_in_its_walls(drawn, asked):
    record = asked.record()
    assert record["room"]["camera"]["width"] == drawn[0].shape[1]
    assert len(record["room"]["openings"]) == 0
    assert all(gate["passed"] for gate in record["gates"])


@pytest.mark.parametrize("what", ["all of it", "a blank wall", "noise", "a thumbnail"])
def test_what_cannot_be_done_is_refused_in_words(drawn, what):
    photo, mask = drawn[0], np.full_like(drawn[1], 255)
    if what == "a blank wall":
        photo, mask = np.full_like(photo, 190), drawn[1]
    elif what == "noise":
        photo, mask = np.random.default_rng(0).integers(0, 256, photo.shape, np.uint8), drawn[1]
    elif what == "a thumbnail":
        photo, mask = photo[:200, :200], drawn[1][:200, :200]
    with pytest.raises(EngineError) as refused:
        declutter(photo, mask=mask)
    assert len(refused.value.message) > 40
    assert isinstance(refused.value, UnusablePhoto) or refused.value.code.startswith("gate_")


def test_a_thing_in_a_sea_of_light_is_not_found_surely_enough_to_be_taken_away(monkeypatch):
    monkeypatch.setattr(furnished, "HALF", np.array([0.45, 0.3]))
    monkeypatch.setattr(furnished, "TALL", 0.5)
    photo, mask = furnished.furnished()
    lit = np.zeros(photo.shape[:2])
    patch = np.array([(-2.0, 1.4, 0), (-0.2, 1.4, 0), (-0.2, 3.9, 0), (-2.0, 3.9, 0)])
    cv2.fillConvexPoly(lit, np.round(furnished.ROOM.camera.project(patch)[0]).astype(np.int32), 1.0)
    lit[mask > 0] = 0
    bright = photo + (255 - photo.astype(np.float64)) * 0.55 * cv2.GaussianBlur(lit, (0, 0), 1)[..., None]
    made = declutter(bright.astype(np.uint8))
    assert not made.emptied
    assert 0.2 < made.figures["solid"] < 0.45


def test_sun_on_the_floor_is_no_furniture(drawn):
    assert not declutter(furnished.sunlit()).emptied


def test_a_floor_that_was_read_too_low_is_set_at_the_feet_of_the_walls(drawn):
    photo, mask, truth = drawn
    sunk = furnished.lowered(0.15)
    made = declutter(photo, mask=mask, room=sunk.to_dict())
    assert made.room.camera.height == pytest.approx(furnished.ROOM.camera.height, abs=0.04)
    assert error(made.picture, truth, mask > 0) < 9


def test_paint_goes_on_without_patches(drawn):
    """Behind a thing before a painted wall its light goes on: no step anywhere, where pieces of wall would show one."""
    mask = np.zeros(drawn[2].shape[:2], np.uint8)
    mask[110:240, 50:190] = 255
    covered = np.where(mask[..., None] > 0, np.uint8([40, 70, 90]), drawn[2])
    made = declutter(covered, mask=mask, room=furnished.ROOM.to_dict())
    apart = cv2.blur(made.picture.astype(np.float32), (9, 9)) - cv2.blur(drawn[2].astype(np.float32), (9, 9))
    assert np.abs(apart)[mask > 0].max() < 6


def test_what_a_mask_missed_of_its_thing_goes_too(drawn):
    photo, mask, truth = drawn
    made = declutter(photo, mask=cv2.erode(mask, np.ones((13, 13), np.uint8)), room=furnished.ROOM.to_dict())
    assert error(made.picture, truth, mask > 0) < 12


@pytest.mark.parametrize(
    ("depth", "gate", "said"),
    # Where a person says that the walls are, the reading is not doubted; what is drawn up to them still is.
    [(0.6, "room_read", {}), (0.66, "border", {"person": 1.0}), (0.5, "room_read", {})],
)
def test_floor_that_would_become_wall_is_refused(drawn, asked, depth, gate, said):
    room = asked.record()["room"]
    room["confidence"] = {**room["confidence"], **said}
    # A back wall read far before its place stands on open floor, and what is drawn behind the thing is wall.
    room["box"] = {**room["box"], "y1": depth * room["box"]["y1"]}
    with pytest.raises(EngineError) as refused:
        declutter(drawn[0], mask=drawn[1], room=room)
    assert refused.value.code == f"gate_{gate}"
    # What it was refused for can be seen and corrected.
    told = Room.from_dict(refused.value.record["room"])
    assert told.camera.width == drawn[0].shape[1]
    assert told.box.y1 < 0.8 * asked.room.box.y1


@pytest.fixture(scope="module")
def carpet():
    truth = furnished.carpeted()
    photo, mask = furnished.with_chest(truth)
    return photo, mask, truth, declutter(photo, mask=mask, room=furnished.ROOM.to_dict())


def test_a_carpet_goes_on_with_its_light_and_its_pile(carpet):
    _, mask, truth, made = carpet
    seen = face_map(furnished.ROOM, mask.shape[1], mask.shape[0])
    inner = cv2.erode(mask, np.ones((7, 7), np.uint8)) > 0
    on_floor = inner & (seen.labels == FLOOR)
    apart = cv2.blur(made.picture.astype(np.float32), (15, 15)) - cv2.blur(truth.astype(np.float32), (15, 15))
    assert np.abs(apart)[on_floor].mean() < 8
    pile = [(p.astype(np.float32) - cv2.GaussianBlur(p.astype(np.float32), (0, 0), 3)) for p in (made.picture, truth)]
    assert 0.75 < pile[0][on_floor].std() / pile[1][on_floor].std() < 1.3


def test_in_a_shadow_that_is_taken_away_the_carpet_stays_the_photos(carpet):
    """Every speckle of the pile beside the thing is where it was, only lighter."""
    photo, mask, truth, made = carpet
    lit = (made.mask > 0) & ~(cv2.dilate(mask, np.ones((21, 21), np.uint8)) > 0) & furnished.shadow()
    assert lit.sum() > 150
    fine = [
        (p.astype(np.float32) - cv2.GaussianBlur(p.astype(np.float32), (0, 0), 3)).mean(-1)[lit]
        for p in (made.picture, photo)
    ]
    assert np.corrcoef(*fine)[0, 1] > 0.9
    dark = float(truth[lit].mean()) - float(photo[lit].mean())
    assert float(truth[lit].mean()) - float(made.picture[lit].mean()) < 0.6 * dark


def test_the_board_of_a_wall_goes_on_where_it_is_seen_though_the_wall_was_read_a_little_off(drawn):
    photo, mask, truth = drawn
    box = furnished.ROOM.box
    off = dataclasses.replace(furnished.ROOM, box=dataclasses.replace(box, y1=1.02 * box.y1))
    made = declutter(photo, mask=mask, room=off.to_dict())
    seen = face_map(furnished.ROOM, mask.shape[1], mask.shape[0])
    low = (seen.points[..., 2] < 0.12) & (seen.labels >= LEFT) & (mask > 0)
    assert low.sum() > 200
    assert error(made.picture, truth, low) < 14


def test_the_lower_end_of_a_coloured_wall_is_no_floor(drawn):
    """A view that shows next to no floor, filled by furniture: its floor would be drawn in the wall's colour."""
    photo, mask, _ = drawn
    seen = face_map(furnished.ROOM, mask.shape[1], mask.shape[0])
    wall = np.array([140, 105, 170], np.float64)
    light = cv2.GaussianBlur(photo.astype(np.float64).mean(-1), (0, 0), 6)[..., None] / 150
    grain = np.random.default_rng(2).normal(0, 2, photo.shape)
    tinted = np.where((seen.labels != CEILING)[..., None], np.clip(wall * light + grain, 0, 255), photo).astype(
        np.uint8
    )
    with pytest.raises(UnusablePhoto) as refused:
        declutter(np.where(mask[..., None] > 0, photo, tinted), mask=mask, room=furnished.ROOM.to_dict())
    assert refused.value.code == "gate_floor_found"


def test_what_stood_on_a_removed_thing_does_not_stay_in_the_air(drawn):
    """A slim lamp on the chest that the mask does not mark goes too; a picture on the wall beside it stays."""
    photo, mask, truth = (a.copy() for a in drawn)
    rows, columns = np.nonzero(mask)
    middle = int(np.median(columns))
    top = int(rows[columns == middle].min())
    lamp = slice(top - 26, top + 1), slice(middle - 4, middle + 5)
    picture = slice(top - 60, top - 45), slice(middle + 50, middle + 70)
    photo[lamp] = photo[picture] = (30, 60, 120)
    made = declutter(photo, mask=mask, room=furnished.ROOM.to_dict())
    where = np.zeros(mask.shape, bool)
    where[lamp] = True
    assert error(made.picture, truth, where) < 12
    assert np.array_equal(made.picture[picture], photo[picture])


def test_a_box_on_the_floor_of_a_room_that_reads_well_is_taken_away(tmp_path):
    paths = subjects.write("declutter, masked", tmp_path, 700)
    with Image.open(paths["photo"]) as photo, Image.open(paths["mask"]) as mask, Image.open(subjects.SAMPLE) as sample:
        asked, seen = np.asarray(mask), np.asarray(photo)
        truth = np.asarray(sample.convert("RGB").resize(photo.size))
    made = declutter(seen, mask=asked)
    assert error(made.picture, truth, asked > 0) < 0.3 * error(seen, truth, asked > 0)


def test_what_hides_much_of_the_walls_is_no_gloss_of_the_floor_when_a_person_told_where_they_are(monkeypatch):
    """A white bed on a pale floor has the floor's colour with light on it, and still stands before its walls."""
    monkeypatch.setattr(furnished, "TALL", 1.25)
    monkeypatch.setattr(furnished, "HALF", np.array([1.0, 0.4]))
    _, mask = furnished.furnished()
    photo = furnished.carpeted()
    floor = face_map(furnished.ROOM, photo.shape[1], photo.shape[0]).labels == FLOOR
    pale = np.median(photo[floor], 0)
    photo[mask > 0] = pale + (255 - pale) * 0.6
    photo[(mask > 0) & (cv2.erode(mask, np.ones((5, 5), np.uint8)) == 0)] = (70, 30, 25)
    frame = (mask > 0) & (np.roll(mask, -25, 0) == 0)
    photo[frame] = (25, 60, 130)
    told = {**furnished.ROOM.to_dict(), "confidence": {"total": 1.0, "person": 1.0}}
    assert find(photo, room=told)[0][mask > 0].mean() > 0.95
    assert not find(furnished.sunlit(), room=told)[0].any()
    assert not declutter(photo, room=told, certain=True, built_in=True).emptied


@pytest.mark.parametrize(("confidence", "found"), [(0.45, True), (0.9, False)])
def test_what_rises_before_the_walls_is_no_gloss_of_the_floor_in_a_room_that_reads_neither_ill_nor_well(
    monkeypatch, confidence, found
):
    """As little of it as a low white bed hides of them, if the most of what was found is no patch on the floor."""
    monkeypatch.setattr(furnished, "TALL", 0.95)
    monkeypatch.setattr(furnished, "HALF", np.array([0.8, 0.4]))
    _, mask = furnished.furnished()
    photo = furnished.carpeted()
    pale = np.median(photo[face_map(furnished.ROOM, photo.shape[1], photo.shape[0]).labels == FLOOR], 0)
    photo[mask > 0] = pale + (255 - pale) * 0.6
    photo[(mask > 0) & (cv2.erode(mask, np.ones((5, 5), np.uint8)) == 0)] = (70, 30, 25)
    photo[(mask > 0) & (np.roll(mask, -12, 0) == 0)] = (25, 60, 130)
    room = {**furnished.ROOM.to_dict(), "confidence": {"total": confidence}}
    made = find(photo, room=room)[0]
    assert made[mask > 0].mean() > 0.95 if found else not made.any()
    assert not find(furnished.sunlit(), room=room)[0].any()

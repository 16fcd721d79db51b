"""A furnished room staged or redesigned: emptied first, in one job, with both pictures and both masks."""

import contextlib

import numpy as np
import pytest
from PIL import Image

from staging.engine.errors import EngineError, UnusablePhoto
from staging.engine.geometry import read_room
from staging.engine.modes.asked import Asked
from staging.engine.modes.drafts import Wish
from staging.engine.modes.emptying import emptied, made_when_empty
from staging.engine.modes.furnishing import Furnishing
from staging.engine.modes.job import MAKERS
from tests.engine.removal import furnished

JOB = "staging.engine.modes.job.make"


def run(child, folder, photo, **brief):
    Image.fromarray(photo).save(folder / "photo.png")
    made = child.run(JOB, {"photo": str(folder / "photo.png"), "folder": str(folder), "brief": brief}, None, 220)
    return made["record"], {p["role"]: np.asarray(Image.open(folder / f"{p['role']}.png")) for p in made["pictures"]}


@pytest.mark.trace
def test_the_staged_picture_stands_on_the_emptied_room(child, tmp_path):
    photo, chest = furnished.furnished()
    asked = {"kind": "staging", "room_type": "living", "style": "modern", "quality": "draft", "declutter": "on"}
    record, pictures = run(child, tmp_path, photo, **asked)
    assert set(pictures) == {"staged", "mask", "emptied", "removed"}
    removed, edited = pictures["removed"] > 0, pictures["mask"] > 0
    assert (removed[chest > 0]).mean() > 0.95
    assert not (removed & ~edited).any()
    assert np.array_equal(pictures["staged"][~edited], photo[~edited])
    assert np.array_equal(pictures["emptied"][~removed], photo[~removed])
    assert (pictures["staged"] != pictures["emptied"]).any()
    assert record["arrangement"]["pieces"]
    assert record["emptied"]["removed"]["anything"] is True


@pytest.mark.trace
@pytest.mark.parametrize(
    ("lens", "confidence", "painted"),
    [(1.0, {"total": 0.1}, True), (1.3, {"total": 0.1}, False), (1.0, {"total": 0.1, "person": 1.0}, False)],
)
def test_a_room_read_unsurely_behind_its_furniture_is_painted_if_it_is_read_so_without(
    child, tmp_path, lens, confidence, painted
):
    photo, chest = furnished.furnished()
    Image.fromarray(chest).save(tmp_path / "mask.png")
    room = {**furnished.ROOM.to_dict(), "confidence": confidence}
    # Through another lens the same faces are seen of a room that is so much deeper.
    room["camera"]["f"] *= lens
    room["box"]["y1"] *= lens
    asked = {"kind": "redesign", "room_type": "living", "style": "modern", "quality": "draft", "declutter": "on"}
    Image.fromarray(photo).save(tmp_path / "photo.png")
    payload = {
        "photo": str(tmp_path / "photo.png"),
        "folder": str(tmp_path),
        "brief": asked,
        "room": room,
        "mask": str(tmp_path / "mask.png"),
    }
    # What a person said of it stays said.
    with contextlib.nullcontext() if painted else pytest.raises(UnusablePhoto, match="Confirm its corners"):
        record = child.run(JOB, payload, None, 220)["record"]
        assert record["redesign"]["walls"]
        assert record["emptied"]["removed"]["anything"] is True
        pictures = {
            role: np.asarray(Image.open(tmp_path / f"{role}.png"))
            for role in ("redesigned", "mask", "emptied", "removed")
        }
        removed, edited = pictures["removed"] > 0, pictures["mask"] > 0
        assert not (removed & ~edited).any()
        assert np.array_equal(pictures["redesigned"][~edited], photo[~edited])
        assert np.array_equal(pictures["emptied"][~removed], photo[~removed])


def test_nothing_to_remove_gives_the_photo_back_as_the_emptied_room(child, tmp_path):
    photo = furnished.empty()
    record, pictures = run(child, tmp_path, photo, kind="declutter", declutter="on")
    assert set(pictures) == {"emptied", "mask"}
    assert np.array_equal(pictures["emptied"], photo)
    assert not pictures["mask"].any()
    assert record["removed"]["anything"] is False


def test_a_room_with_things_that_were_not_found_is_not_given_back_as_empty():
    photo = furnished.empty()
    height, width = photo.shape[:2]
    for x, y, colour in ((0.35, 0.82, (30, 28, 26)), (0.5, 0.78, (170, 40, 30)), (0.6, 0.86, (25, 40, 90))):
        left, top = round(x * width), round(y * height)
        photo[top : top + height // 16, left : left + width // 12] = colour
    for brief in ({"kind": "declutter", "declutter": "on"}, {"kind": "declutter", "declutter": "auto"}):
        with pytest.raises(UnusablePhoto) as refused:
            emptied(Asked(photo, brief))
        assert refused.value.code == "furniture_unclear"
        assert "Mark what is to be removed" in refused.value.message
    # A person who has corrected the room has seen that.
    told = emptied(Asked(photo, {"kind": "declutter", "declutter": "on"}, room=furnished.ROOM.to_dict()))
    assert np.array_equal(told.picture, photo)


@pytest.mark.parametrize(("room_type", "declutter", "staged"),
    [("kitchen", "auto", True), ("kitchen", "on", False), ("living", "auto", False)])  # fmt: skip
def test_only_a_kitchen_that_is_full_of_what_is_built_in_is_staged_as_it_stands(room_type, declutter, staged):
    photo = furnished.crowded(0)
    asked = Asked(photo, {"kind": "staging", "room_type": room_type, "declutter": declutter})
    seen = []
    with contextlib.nullcontext() if staged else pytest.raises(UnusablePhoto, match="cannot be told from") as refused:
        made_when_empty(asked, lambda given: seen.append(given.photo))
    assert staged or refused.value.code == "furniture_unclear"
    assert len(seen) == staged
    assert all(np.array_equal(one, photo) for one in seen)


def test_so_is_a_kitchen_that_is_redesigned():
    brief = {"kind": "redesign", "room_type": "kitchen", "style": "modern", "declutter": "auto"}
    with pytest.raises(EngineError) as refused:
        MAKERS["redesign"](Asked(furnished.crowded(0), brief))
    assert refused.value.code != "furniture_unclear"


@pytest.mark.parametrize(("photo", "code"),
    [(furnished.crowded(0), "furniture_unclear"), (furnished.furnished()[0], "things_in_the_way")],
    ids=["crowded", "one chest"])  # fmt: skip
def test_a_room_that_reads_as_furnished_is_not_furnished_over_its_furniture(photo, code):
    """Only a person who has corrected the reading of the room may have it so."""
    known = read_room(photo)
    wish = Wish("living", "modern", 1)
    with Furnishing(photo, known, wish, None, fixed=False) as asked, pytest.raises(UnusablePhoto) as refused:
        _ = asked.room
    assert refused.value.code == code
    assert "empty room" in refused.value.message
    with Furnishing(photo, known, wish, None, fixed=True) as asked:
        assert asked.room.box

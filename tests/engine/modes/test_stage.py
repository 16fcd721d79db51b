"""Staging a photo end to end in a tracing child: sample rooms, small and with few samples."""

import copy
import dataclasses
import json

import cv2
import numpy as np
import pytest
from PIL import Image

from staging import renditions
from staging.engine.errors import UnusablePhoto
from staging.engine.modes.samples.rooms import LIVING
from staging.engine.scene.changes import changed
from staging.engine.scene.editing import completed
from staging.engine.scene.faces import RETURN, face_map
from staging.engine.scene.room import Box, Opening, Room
from tests.engine.geometry import synthetic

pytestmark = pytest.mark.trace
JOB = "staging.engine.modes.job.make"
_BOX = synthetic.room(
    width=396, height=264, yaw=-8.0, pitch=3.0, box=Box(-2.4, 2.6, -1.0, 5.4, 2.55),
    openings=(Opening("window", "left", 1.0, 2.6, 0.9, 2.1),),
)  # fmt: skip
_PLAN = ((-2.4, -1.0), (2.6, -1.0), (2.6, 2.6), (0.9, 2.6), (0.9, 5.4), (-2.4, 5.4))
L_ROOM = completed(dataclasses.replace(_BOX, plan=_PLAN))


@pytest.fixture(scope="module")
def stage(child, sample_photos, tmp_path_factory):
    def stage(**payload):
        folder = tmp_path_factory.mktemp("staged")
        photo = payload.pop("photo", sample_photos / "empty-living-room.png")
        brief = {"kind": "staging", "room_type": "living", "style": "modern", "quality": "draft", "seed": 3}
        job = {"photo": str(photo), "folder": str(folder), "brief": brief, "room": LIVING.room.to_dict(), **payload}
        told = []
        made = child.run(JOB, job, lambda fraction, stage: told.append((fraction, stage)), 220)
        made["told"] = told
        made["picture"] = np.asarray(Image.open(folder / "staged.png"))
        made["mask"] = np.asarray(Image.open(folder / "mask.png"))
        made["photo"] = np.asarray(Image.open(photo).convert("RGB"))
        return made

    return stage


@pytest.fixture(scope="module")
def made(stage):
    return stage()


def test_a_staged_room_keeps_the_photo_outside_its_mask(made):
    kept = made["mask"] == 0
    assert made["picture"].shape == made["photo"].shape
    assert np.array_equal(made["picture"][kept], made["photo"][kept])
    assert 0.05 < 1 - kept.mean() < 0.8


def test_every_gate_passes_and_the_record_says_what_was_made(made):
    record = json.loads(json.dumps(made["record"]))
    assert [g["name"] for g in record["gates"] if not g["passed"]] == []
    asked = {"identity_outside_mask", "contact_shadows", "main_in_frame", "light_fit", "window_panes", "ceiling"}
    assert asked <= {g["name"] for g in record["gates"]}
    assert record["room"]["box"]["height"] == LIVING.room.box.height
    assert any(p["role"] == "main" for p in record["arrangement"]["pieces"])
    assert record["tracer"]["variant"]
    assert record["trace"]["samples"] >= 4
    assert record["timings"]["total"] > 0


def test_progress_rises_and_says_what_is_done(made):
    fractions = [fraction for fraction, _ in made["told"]]
    assert fractions == sorted(fractions)
    assert {"reading the light", "tracing the furnished room", "composing the picture"} <= {s for _, s in made["told"]}


def test_the_same_brief_gives_the_same_bytes(made, stage):
    assert [p["sha256"] for p in stage()["pictures"]] == [p["sha256"] for p in made["pictures"]]


def test_an_edited_arrangement_is_traced_as_it_was_edited(made, stage):
    arrangement = copy.deepcopy(made["record"]["arrangement"])
    arrangement["pieces"] = [p for p in arrangement["pieces"] if p["role"] in ("main", "rug")]
    after = stage(arrangement=arrangement)
    assert [p["id"] for p in after["record"]["arrangement"]["pieces"]] == [p["id"] for p in arrangement["pieces"]]
    assert (after["mask"] > 0).mean() < (made["mask"] > 0).mean()


def test_a_moved_piece_makes_the_picture_that_its_arrangement_makes_anew(made, stage):
    """An editor's next picture takes room and light from the last one; an engine that forgot them makes the same."""
    record = made["record"]
    piece = next(p for p in record["arrangement"]["pieces"] if p["role"] == "companion" and p["z"] == 0.0)
    step = {"do": "move", "id": piece["id"], "x": piece["x"] + 0.04}
    moved = changed(record["room"], record["arrangement"], step)["arrangement"]
    edited = stage(room=record["room"], light=record["light"], arrangement=moved)
    anew = stage(room=record["room"], arrangement=moved, memory=0)
    assert [p["sha256"] for p in edited["pictures"]] == [p["sha256"] for p in anew["pictures"]]
    assert [p["sha256"] for p in edited["pictures"]] != [p["sha256"] for p in made["pictures"]]


def test_a_room_sent_back_with_its_light_is_staged_alike_without_reading_it_again(made, stage):
    record = made["record"]
    kept = {"room": record["room"], "arrangement": record["arrangement"]}
    brighter = {name: tuple(1.2 * v for v in value) for name, value in record["light"]["groups"].items()}
    sent = stage(**kept, light=record["light"], memory=0)
    stale = stage(**kept, light={**record["light"], "groups": brighter, "fits": "another room"})
    assert [p["sha256"] for p in stale["pictures"]] == [p["sha256"] for p in sent["pictures"]]
    lit = stage(**kept, light={**record["light"], "groups": brighter}, memory=0)
    assert lit["record"]["light"]["groups"] == brighter  # taken as it was sent


def test_an_enlarged_picture_keeps_the_resampled_photo_outside_its_mask(made, stage):
    brief = {"kind": "staging", "room_type": "living", "style": "modern", "quality": "draft", "seed": 3}
    large = stage(brief={**brief, "long_edge": 700}, arrangement=made["record"]["arrangement"])
    assert large["picture"].shape == (467, 700, 3)
    expected = np.asarray(renditions.resampled(Image.fromarray(large["photo"]), 700))
    assert np.array_equal(large["picture"][large["mask"] == 0], expected[large["mask"] == 0])
    assert large["record"]["resampled"] == {"part": "photo", "kernel": "lanczos", "from": [396, 264], "to": [700, 467]}
    assert made["record"]["resampled"] is None
    edges = [np.abs(np.diff(m["picture"].astype(float), axis=1))[m["mask"][:, 1:] > 0].max() for m in (large, made)]
    assert edges[0] > 0.6 * edges[1]  # furniture is drawn at that size, not blown up


def test_an_arrangement_that_blocks_a_door_is_refused_before_it_is_traced(made, stage):
    arrangement = copy.deepcopy(made["record"]["arrangement"])
    main = next(p for p in arrangement["pieces"] if p["role"] == "main")
    main["x"], main["y"] = LIVING.room.box.x1 - 1.3, 3.4
    arrangement["pieces"] = [main]
    with pytest.raises(UnusablePhoto) as refused:
        stage(arrangement=arrangement)
    assert refused.value.code == "gate_doors_clear"
    assert "door" in refused.value.message


def test_a_photo_without_a_room_says_how_to_take_a_better_one(stage, tmp_path):
    blank = tmp_path / "blank.png"
    Image.new("RGB", (400, 300), (180, 180, 180)).save(blank)
    with pytest.raises(UnusablePhoto) as refused:
        stage(photo=blank, room=None)
    assert refused.value.code == "room_unreadable"
    assert "floor" in refused.value.message
    assert Room.from_dict(refused.value.record["room"]).status == "manual"


def test_a_floor_on_which_tools_lie_about_is_refused_in_words(stage, sample_photos, tmp_path):
    """Three dark things of a foot on the floor of the sample; the same one without them is staged."""
    with Image.open(sample_photos / "empty-living-room.png") as sample:
        photo = np.asarray(sample.convert("RGB")).copy()
    camera = LIVING.room.camera.resized(photo.shape[1], photo.shape[0])
    for x, y in ((-0.6, 2.9), (0.2, 2.6), (0.9, 3.2)):
        ground = np.array([(x - 0.18, y, 0), (x + 0.18, y, 0), (x + 0.18, y + 0.3, 0), (x - 0.18, y + 0.3, 0)])
        cv2.fillConvexPoly(photo, np.round(camera.project(ground)[0]).astype(np.int32), (34, 30, 28))
    Image.fromarray(photo).save(tmp_path / "tools.png")
    with pytest.raises(UnusablePhoto) as refused:
        stage(photo=tmp_path / "tools.png", room=None)
    assert refused.value.code == "things_in_the_way"
    assert "lie about" in refused.value.message


def test_what_cannot_be_used_is_told_apart(stage, tmp_path):
    small, broken = tmp_path / "small.png", tmp_path / "broken.jpg"
    Image.new("RGB", (300, 200)).save(small)
    broken.write_bytes(b"\xff\xd8\xff\xe0 no more")
    for code, payload in {
        "photo_too_small": {"photo": small},
        "bad_photo": {"photo": broken},
        "bad_room": {"room": {"box": {}}},
        "bad_arrangement": {"arrangement": {"pieces": [{"id": "a"}]}},
    }.items():
        with pytest.raises(UnusablePhoto) as refused:
            stage(**payload)
        assert refused.value.code == code


def test_a_room_that_is_an_l_by_its_plan_keeps_its_returning_wall(stage, tmp_path):
    """What is drawn over a wall that hides the rest of the room would float before it."""
    photo = tmp_path / "l.png"
    Image.fromarray(synthetic.photo(L_ROOM)).save(photo)
    made = stage(photo=photo, room=L_ROOM.to_dict())

    record = made["record"]
    assert [g["name"] for g in record["gates"] if not g["passed"]] == []
    assert completed(Room.from_dict(record["room"])) == L_ROOM
    wall = face_map(L_ROOM, *made["picture"].shape[1::-1]).labels == RETURN
    change = np.abs(made["picture"][wall].astype(int) - made["photo"][wall]).max(-1)
    assert wall.mean() > 0.2
    assert np.mean(change > 40) < 0.02  # light and shade may fall on it, furniture does not
    with pytest.raises(UnusablePhoto, match="axes"):
        stage(photo=photo, room={**L_ROOM.to_dict(), "plan": [[-2, -1], [2, 0], [2, 5], [-2, 5]]})

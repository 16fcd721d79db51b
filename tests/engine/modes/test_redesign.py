"""Redesign end to end in a tracing child: walls, floor and furniture of a sample room, small and with few samples."""

import json

import numpy as np
import pytest
from PIL import Image

from staging.engine.errors import UnusablePhoto
from staging.engine.modes.samples.rooms import LIVING

pytestmark = pytest.mark.trace
JOB = "staging.engine.modes.job.make"


@pytest.fixture(scope="module")
def redesign(child, sample_photos, tmp_path_factory):
    def redesign(photo=None, room=None, **said):
        folder = tmp_path_factory.mktemp("redesigned")
        photo = photo or sample_photos / "empty-living-room.png"
        brief = {"kind": "redesign", "room_type": "living", "style": "farmhouse", "quality": "draft", "seed": 3, **said}
        made = child.run(JOB, {"photo": str(photo), "folder": str(folder), "brief": brief, "room": room}, None, 220)
        made["picture"] = np.asarray(Image.open(folder / "redesigned.png"))
        made["mask"] = np.asarray(Image.open(folder / "mask.png"))
        made["photo"] = np.asarray(Image.open(photo).convert("RGB"))
        return made

    return redesign


def test_a_room_is_painted_relaid_and_furnished(redesign):
    made = redesign(room=LIVING.room.to_dict())
    kept = made["mask"] == 0
    assert np.array_equal(made["picture"][kept], made["photo"][kept])
    record = json.loads(json.dumps(made["record"]))
    assert record["redesign"]["furniture"] is True
    assert record["redesign"]["floor"] == "wide rustic pine boards"
    assert record["redesign"]["walls"]
    assert {p["role"] for p in made["pictures"]} == {"redesigned", "mask"}
    assert any(p["role"] == "main" for p in record["arrangement"]["pieces"])
    assert [g["name"] for g in record["gates"] if not g["passed"]] == []
    assert {"openings_kept", "paint_edges", "identity_outside_mask", "clipped"} <= {g["name"] for g in record["gates"]}


def test_what_is_no_room_is_refused_in_words(redesign, tmp_path):
    for name, size, code in (("blank", (400, 300), "room_unreadable"), ("small", (300, 200), "photo_too_small")):
        path = tmp_path / f"{name}.png"
        Image.new("RGB", size, (180, 180, 180)).save(path)
        with pytest.raises(UnusablePhoto) as refused:
            redesign(photo=path)
        assert refused.value.code == code


def test_a_floor_on_which_tools_lie_about_is_not_relaid_round_them(redesign, sample_photos, tmp_path):
    path = tmp_path / "littered.png"
    photo = np.array(Image.open(sample_photos / "empty-living-room.png").convert("RGB"))
    height, width = photo.shape[:2]
    for x, y, colour in ((0.35, 0.82, (30, 28, 26)), (0.5, 0.78, (170, 40, 30)), (0.6, 0.86, (25, 40, 90))):
        left, top = round(x * width), round(y * height)
        photo[top : top + height // 16, left : left + width // 12] = colour
    Image.fromarray(photo).save(path)
    with pytest.raises(UnusablePhoto) as refused:
        redesign(photo=path)
    assert refused.value.code == "things_in_the_way"

"""Every mode on what does not fit it: a clear refusal in time, never a mess.

The inputs are drawn here, small, and nothing is traced. `python -m tests.benches.large` does the same with thirty
megapixels.
"""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image

from staging.engine.errors import UnusablePhoto
from tests.engine.modes.conftest import SHIPPED
from tests.engine.modes.drawing import sheets
from tests.engine.redesign import test_fronts

pytestmark = pytest.mark.trace
JOB = "staging.engine.modes.job.make"
TIME_LIMIT = 120.0
BRIEF = {"room_type": "bed", "style": "coastal", "quality": "draft", "seed": 1}
MODES = {
    "staging": {"kind": "staging"},
    "staging a kitchen": {"kind": "staging", "room_type": "kitchen"},
    "staging a terrace": {"kind": "staging", "room_type": "outdoor"},
    "declutter then stage": {"kind": "staging", "declutter": "on"},
    "declutter": {"kind": "declutter", "declutter": "on"},
    "declutter by a mask": {"kind": "declutter", "declutter": "on"},
    "redesign": {"kind": "redesign"},
    "front": {"kind": "redesign", "space": "exterior"},
    "dusk": {"kind": "redesign", "space": "exterior", "dusk": True},
    "sketch": {"kind": "sketch"},
    "sketch of a house": {"kind": "sketch", "space": "exterior"},
}
ROOMS = ("staging", "staging a kitchen", "declutter then stage", "declutter", "declutter by a mask", "redesign")
PHOTOS = (*ROOMS, "staging a terrace", "front", "dusk")
FRONTS = ("front", "dusk")
DRAWINGS = ("sketch", "sketch of a house")


def blank_wall():
    """A wall and nothing else, brighter to one side, with grain."""
    rng = np.random.default_rng(2)
    wall = np.broadcast_to(np.linspace(186, 214, 420)[None, :, None], (280, 420, 3))
    return np.clip(wall + rng.normal(0, 1.5, wall.shape), 0, 255).astype(np.uint8)


def panelled_wall():
    """The same wall from near by, with a moulding: two lines that a reader may take for a deck's."""
    wall = blank_wall()
    for x in (330, 352):
        cv2.line(wall, (x, 0), (x + 6, 280), (236, 232, 226), 4)
        cv2.line(wall, (x + 5, 0), (x + 11, 280), (150, 146, 140), 1)
    return wall


def thumbnail():
    with Image.open(SHIPPED / "empty-living-room.jpg") as photo:
        return np.asarray(photo.convert("RGB").resize((256, 171)))


def room():
    with Image.open(SHIPPED / "empty-living-room.jpg") as photo:
        plain = np.asarray(photo.convert("RGB").resize((560, 373))).copy()
    plain[90:200, 190:300] = (236, 236, 232)  # a blind before the garden in the window
    return plain


def street():
    return cv2.resize(test_fronts.house(sky=(120, 160, 224)), (448, 336), interpolation=cv2.INTER_AREA)


def leafy_street():
    """The street under trees that hide the sky."""
    rng = np.random.default_rng(5)
    picture = street().astype(np.float32)
    crowns = cv2.GaussianBlur(rng.normal(0, 1, (130, 448)).astype(np.float32), (0, 0), 2)
    picture[:130] = np.array([70, 104, 44]) + 300 * crowns[..., None] * np.array([0.7, 1.0, 0.5])
    return np.clip(picture, 0, 255).astype(np.uint8)


INPUTS = {
    "drawing": sheets.room,
    "street": street,
    "street to draw": street,
    "leafy street": leafy_street,
    "room": room,
    "blank wall": blank_wall,
    "panelled wall": panelled_wall,
    "thumbnail": thumbnail,
    "thumbnail of a house": lambda: cv2.resize(street(), (256, 192), interpolation=cv2.INTER_AREA),
}
# What every mode that an input does not fit says of it.
REFUSALS = {
    "drawing": (PHOTOS, "a_drawing"),
    "street": (ROOMS, "taken_outdoors"),
    "street to draw": (DRAWINGS, "not_a_drawing"),
    "leafy street": (["staging", "redesign"], "taken_outdoors"),
    "room": (FRONTS, "taken_indoors"),
    "blank wall": (MODES, ""),
    "panelled wall": (["staging a terrace"], "no_open_air"),
    "thumbnail": ([mode for mode in MODES if mode not in FRONTS], "photo_too_small"),
    "thumbnail of a house": (FRONTS, "photo_too_small"),
}


@pytest.fixture(scope="module")
def unfit(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unfit")
    for name, drawn in INPUTS.items():
        picture = drawn()
        Image.fromarray(picture).save(folder / f"{name}.png")
        mask = np.zeros(picture.shape[:2], np.uint8)
        mask[picture.shape[0] // 2 :, picture.shape[1] // 3 : picture.shape[1] // 2] = 255
        Image.fromarray(mask).save(folder / f"{name}.mask.png")
    return folder


@pytest.mark.parametrize(("name", "mode"), [(name, mode) for name, (modes, _) in REFUSALS.items() for mode in modes])
def test_what_does_not_fit_is_refused_in_words_and_in_time(name, mode, unfit, child, tmp_path):
    payload = {"photo": str(unfit / f"{name}.png"), "folder": str(tmp_path), "brief": {**BRIEF, **MODES[mode]}}
    if mode == "declutter by a mask":
        payload["mask"] = str(unfit / f"{name}.mask.png")
    with pytest.raises(UnusablePhoto) as refused:
        child.run(JOB, payload, None, TIME_LIMIT)
    assert refused.value.code == (REFUSALS[name][1] or refused.value.code)
    assert len(refused.value.message) > 20
    assert refused.value.message.endswith(".")
    assert not list(tmp_path.iterdir())

"""A drawn terrace, staged end to end: furniture and its shadows on free ground, all else untouched."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from staging.engine.errors import UnusablePhoto
from tests.engine.geometry.terraces import WALL_AT, camera, terrace

pytestmark = pytest.mark.trace
JOB = "staging.engine.modes.job.make"
BRIEF = {"kind": "staging", "room_type": "outdoor", "style": "scandinavian", "quality": "draft", "seed": 2}


def test_a_terrace_is_furnished_on_its_ground_and_nowhere_else(child, tmp_path):
    photo = terrace(camera())
    Image.fromarray(photo).save(tmp_path / "photo.png")
    made = child.run(JOB, {"photo": str(tmp_path / "photo.png"), "folder": str(tmp_path), "brief": BRIEF}, None, 220)

    record = made["record"]
    assert [g["name"] for g in record["gates"] if not g["passed"]] == []
    assert record["room"]["open_air"]
    assert list(record["light"]["groups"]) == ["sky"]
    staged, mask = (np.asarray(Image.open(tmp_path / f"{role}.png")) for role in ("staged", "mask"))
    assert np.array_equal(staged[mask == 0], photo[mask == 0])
    # Nothing changes in the sky and on the upper wall; the ground before the furniture gets darker at its feet.
    foot = camera().project([0.0, WALL_AT, 2.9])[0][1]
    assert (mask[: int(foot)] == 0).all()
    shaded = (mask > 0) & (staged.astype(int).sum(-1) < photo.astype(int).sum(-1) - 12)
    assert shaded.sum() > 500


def test_a_wall_close_up_is_refused_before_anything_is_traced(child, tmp_path):
    Image.fromarray(terrace(camera(pitch=-22.0))).save(tmp_path / "wall.png")
    with pytest.raises(UnusablePhoto, match="ground in this photo could not be read"):
        child.run(JOB, {"photo": str(tmp_path / "wall.png"), "folder": str(tmp_path), "brief": BRIEF}, None, 120)

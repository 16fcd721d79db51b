"""`manage.py stage` for the kinds of picture that are not staging."""

import io

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from tests.engine.modes.drawing.sheets import house


@pytest.fixture
def drawing(tmp_path):
    path = tmp_path / "house.png"
    Image.fromarray(house()).save(path)
    return path


def test_a_sketch_becomes_a_picture_and_a_mask_and_says_how(drawing, tmp_path):
    said = io.StringIO()
    target, mask = tmp_path / "house.jpg", tmp_path / "mask.png"
    asked = {"kind": "sketch", "space": "exterior", "style": "coastal", "quality": "draft", "mask_out": mask}
    call_command("stage", drawing, target, stdout=said, **asked)
    with Image.open(target) as made, Image.open(mask) as changed:
        assert made.size == changed.size == (640, 420)
        assert np.asarray(made).std() > 20
    told = said.getvalue()
    assert "gate       pass  lines_kept" in told
    assert "nothing was traced" in told


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({"kind": "sketch", "space": "interior", "style": "modern"}, "room_type must be one of"),
        ({"kind": "sketch", "space": "exterior"}, "style must be one of"),
        ({"space": "exterior", "style": "modern"}, "staging is not"),
        ({"kind": "sketch", "space": "exterior", "style": "modern", "long_edge": 10}, "long_edge must be"),
    ],
)
def test_a_brief_that_makes_no_sense_is_refused_before_any_work(asked, text, drawing, tmp_path):
    target = tmp_path / "out.png"
    with pytest.raises(CommandError, match=text):
        call_command("stage", drawing, target, **asked)
    assert not target.exists()

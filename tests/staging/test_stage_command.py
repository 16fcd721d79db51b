"""`manage.py stage` for the kinds of picture that are not staging."""

import io

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from tests.engine.modes.drawing.sheets import house
from tests.engine.removal import furnished


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


def test_a_room_that_is_only_emptied_is_written_where_it_was_asked_for(tmp_path):
    photo, things = furnished.furnished()
    source, mask, target = tmp_path / "room.png", tmp_path / "things.png", tmp_path / "emptied.png"
    Image.fromarray(photo).save(source)
    Image.fromarray(things).save(mask)
    said = io.StringIO()
    call_command("stage", source, target, kind="declutter", mask=mask, quality="draft", stdout=said)
    assert "removed    nothing" not in said.getvalue()
    with Image.open(target) as made:
        assert np.abs(np.asarray(made).astype(int) - photo)[things > 0].mean() > 5


def test_a_room_in_which_nothing_is_found_to_remove_is_told_from_one_that_was_emptied(tmp_path):
    source, target, said = tmp_path / "room.png", tmp_path / "same.png", io.StringIO()
    Image.fromarray(furnished.empty()).save(source)
    call_command("stage", source, target, kind="declutter", quality="draft", stdout=said)
    assert "removed    nothing" in said.getvalue()


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

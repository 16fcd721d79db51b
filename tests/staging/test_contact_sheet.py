"""`manage.py contact_sheet`: a folder of photos in, sheets and figures out; a failed photo is named with its cause."""

import json
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from staging.management.commands.contact_sheet import room_type_named

SAMPLES = Path(__file__).resolve().parents[2] / "config" / "static" / "samples"


@pytest.mark.trace
def test_a_folder_of_photos_becomes_sheets_with_figures(tmp_path, capsys):
    photos, out = tmp_path / "photos", tmp_path / "out"
    photos.mkdir()
    with Image.open(SAMPLES / "empty-living-room.jpg") as photo:
        photo.resize((420, 280)).save(photos / "living.png")
    Image.fromarray(np.full((300, 400, 3), 128, np.uint8)).save(photos / "wall.png")
    (photos / "broken.jpg").write_bytes(b"no picture")

    call_command("contact_sheet", photos, "--out", out, "--panel", "200")

    rows = {row["photo"]: row for row in json.loads((out / "figures.json").read_text())}
    assert set(rows) == {"living.png", "wall.png", "broken.jpg"}
    assert rows["living.png"]["returned"] is True
    assert rows["living.png"]["status"] in ("auto", "check")
    assert 2.3 <= rows["living.png"]["ceiling"] <= 3.2
    assert (rows["wall.png"]["returned"], rows["wall.png"]["cause"]) == (False, "room_unreadable")
    assert rows["broken.jpg"]["cause"] == "undecodable"
    with Image.open(out / "living.staged.png") as staged, Image.open(out / "living.sheet.jpg") as sheet:
        assert staged.size == (420, 280)
        assert sheet.width > 3 * 200
    assert "wall.sheet.jpg" in (out / "index.html").read_text()
    assert "1 of 3 photos came back" in capsys.readouterr().out


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(CommandError, match="no photo"):
        call_command("contact_sheet", tmp_path, "--out", tmp_path / "out")


@pytest.mark.parametrize(
    ("name", "room_type"),
    [
        ("bedroom_grey.jpg", "bed"),
        ("Dining-2.png", "dining"),
        ("office_loft.jpg", "home_office"),
        ("x.jpg", "living"),
        ("living_to_kitchen.jpg", "living"),
    ],
)
def test_the_name_of_a_file_tells_the_room(name, room_type):
    assert room_type_named(name) == room_type

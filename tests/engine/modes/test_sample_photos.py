"""The sample photos that are shipped: what they are, and that the engine reads them without help."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from staging.engine.geometry import read_room
from staging.engine.modes.samples.rooms import SAMPLES

SHIPPED = Path(__file__).resolve().parents[3] / "config" / "static" / "samples"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_the_shipped_photo_is_read_as_the_room_it_was_made_from(sample):
    path = SHIPPED / f"{sample.name}.jpg"
    assert path.stat().st_size < 400_000
    with Image.open(path) as photo:
        assert photo.size == (1600, 1067)
        focal = photo.getexif().get_ifd(0x8769)[0xA405]
        pixels = np.asarray(photo.convert("RGB"))
    room = read_room(pixels, focal_35mm=focal)
    assert room.status == "auto"
    found, true = room.box, sample.room.box
    assert found.height == pytest.approx(true.height, rel=0.12)
    assert found.width == pytest.approx(true.width, rel=0.2)
    assert found.y1 == pytest.approx(true.y1, rel=0.2)
    assert {(o.kind, o.wall) for o in room.openings} >= {
        (o.kind, o.wall) for o in sample.room.openings if o.wall == "back"
    }

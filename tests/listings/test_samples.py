"""Our sample rooms on the web: each in the widths that screens need, and in step with the pictures themselves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from PIL import Image

from listings import samples

STATIC = Path(settings.BASE_DIR) / "config" / "static"
NAMES = [name for sample in samples.SAMPLES.values() for name in (sample.empty, sample.staged)]


@pytest.mark.parametrize("name", NAMES)
def test_the_web_copies_show_the_picture_as_it_is_now(name: str) -> None:
    copies = samples.web_copies(name)
    assert sorted(copies) == [320, 640, 960, 1600]
    small = (160, 107)
    with Image.open(STATIC / name) as file:
        picture = np.asarray(file.convert("RGB").resize(small)).astype(float)
    for width, copy in copies.items():
        with Image.open(STATIC / copy) as file:
            assert file.width == width
            shown = np.asarray(file.convert("RGB").resize(small)).astype(float)
        assert np.abs(shown - picture).mean() < 3, "run: manage.py web_samples"

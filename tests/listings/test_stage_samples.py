"""Our sample pictures can be remade by one command; what it lays side by side is both rooms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from django.conf import settings
from PIL import Image

from listings import samples
from listings.management.commands import stage_samples

AFTER = Path(settings.BASE_DIR) / "config" / "static" / "samples" / "after"


def test_every_staged_sample_that_ships_is_one_that_the_command_makes() -> None:
    assert {path.stem for path in AFTER.glob("*.jpg")} == {shown.name for shown in stage_samples.SHOWN}
    for sample in samples.SAMPLES.values():
        assert Path(sample.staged).stem in {shown.name for shown in stage_samples.SHOWN if shown.room == sample}


def test_the_picture_of_both_shows_the_empty_room_left_of_a_white_line_and_the_staged_one_right_of_it() -> None:
    empty, staged = (Image.new("RGB", (1600, 1067), colour) for colour in ((200, 10, 10), (10, 10, 200)))
    both = np.asarray(stage_samples.split(empty, staged))
    at = round(stage_samples.SPLIT * stage_samples.SPLIT_WIDTH)
    assert both.shape == (800, 1200, 3)
    assert (both[:, : at - 1] == (200, 10, 10)).all()
    assert (both[:, at + stage_samples.DIVIDER :] == (10, 10, 200)).all()
    assert (both[:, at : at + stage_samples.DIVIDER] == 255).all()

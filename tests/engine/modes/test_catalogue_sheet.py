"""The picture of the catalogue: a row a kind, a column a style, each piece in the middle of its own cell."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from staging.engine.modes.samples.catalogue_sheet import COLUMNS, HEAD, LABEL

pytestmark = pytest.mark.trace
CELL = 40


def test_a_sheet_shows_each_kind_in_eight_styles_that_differ(child, tmp_path):
    path = tmp_path / "sheet.jpg"
    payload = {"path": str(path), "cell": CELL, "samples": 2, "kinds": ["pouf", "bean_bag"]}
    told = child.run("staging.engine.modes.samples.catalogue_sheet.render", payload, None, 200)
    assert "2 kinds in 8 styles" in told

    sheet = np.asarray(Image.open(path).convert("RGB"), dtype=float)
    assert sheet.shape == (HEAD + CELL, COLUMNS * (LABEL + 8 * CELL), 3)
    cells = [sheet[HEAD:, LABEL + CELL * k : LABEL + CELL * (k + 1)] for k in range(8)]
    for cell in cells:
        border, middle = np.median(cell[:4].reshape(-1, 3), 0), cell[16:26, 16:26].reshape(-1, 3).mean(0)
        assert np.abs(border - middle).max() > 8  # something stands there
    looks = [cell[14:28, 14:28].reshape(-1, 3).mean(0) for cell in cells]
    assert sum(np.abs(a - b).max() > 6 for a in looks for b in looks) >= 20

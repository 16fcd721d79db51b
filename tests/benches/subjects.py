"""Something for every mode to work on, at any size: the shipped sample room, and a house and drawings of our own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from tests.engine.modes.drawing import sheets
from tests.engine.redesign.test_fronts import house

SAMPLE = Path(__file__).resolve().parents[2] / "config" / "static" / "samples" / "empty-living-room.jpg"
# Briefs by mode, beside room type, style and quality. What is `masked` is sent with a mask over a piece of floor.
MODES: dict[str, dict[str, Any]] = {
    "declutter": {"kind": "declutter", "declutter": "on"},
    "declutter, masked": {"kind": "declutter", "declutter": "on"},
    "redesign of a room": {"kind": "redesign"},
    "redesign of a front": {"kind": "redesign", "space": "exterior"},
    "dusk": {"kind": "redesign", "space": "exterior", "dusk": True},
    "sketch of a room": {"kind": "sketch"},
    "sketch of a house": {"kind": "sketch", "space": "exterior"},
}


def write(mode: str, folder: Path, width: int) -> dict[str, str]:
    """Write what fits a mode, `width` pixels wide, to `folder`; the paths as a job takes them: photo, perhaps mask."""
    picture = _picture(mode)
    height = round(width * picture.shape[0] / picture.shape[1])
    sized = cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC)
    paths = {"photo": str(folder / "subject.png")}
    Image.fromarray(sized).save(paths["photo"], compress_level=1)
    if "masked" in mode:
        mask = np.zeros((height, width), np.uint8)
        mask[round(0.72 * height) : round(0.85 * height), width // 3 : width // 2] = 255
        paths["mask"] = str(folder / "asked.png")
        Image.fromarray(mask).save(paths["mask"], compress_level=1)
    return paths


def _picture(mode: str) -> Any:
    if mode.startswith("sketch"):
        return sheets.house() if "house" in mode else sheets.room()
    if mode in ("redesign of a front", "dusk"):
        return house()
    with Image.open(SAMPLE) as sample:
        return np.asarray(sample.convert("RGB"))

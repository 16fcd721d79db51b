"""Something for every mode to work on, at any size: the shipped sample room, and a house and drawings of our own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from tests.engine.modes.drawing import sheets
from tests.engine.redesign.test_dusk import blinds
from tests.engine.redesign.test_fronts import house

SAMPLE = Path(__file__).resolve().parents[2] / "config" / "static" / "samples" / "empty-living-room.jpg"
# Briefs by mode, beside room type, style and quality. What is MASKED is sent with a mask over a box on the floor.
MASKED = ("declutter, masked", "declutter, then stage")
MODES: dict[str, dict[str, Any]] = {
    "declutter": {"kind": "declutter", "declutter": "on"},
    "declutter, masked": {"kind": "declutter", "declutter": "on"},
    "declutter, then stage": {"declutter": "on"},
    "staging at 3840 px": {"long_edge": 3840},
    "redesign of a room": {"kind": "redesign"},
    "redesign of a front": {"kind": "redesign", "space": "exterior"},
    "dusk": {"kind": "redesign", "space": "exterior", "dusk": True},
    "sketch of a room": {"kind": "sketch"},
    "sketch of a house": {"kind": "sketch", "space": "exterior"},
}


def write(mode: str, folder: Path, width: int) -> dict[str, str]:
    """Write what fits a mode, `width` pixels wide, to `folder`; the paths as a job takes them: photo, perhaps mask."""
    picture = _with_box(_picture(mode)) if mode in MASKED else _picture(mode)
    height = round(width * picture.shape[0] / picture.shape[1])
    sized = cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC)
    paths = {"photo": str(folder / "subject.png")}
    Image.fromarray(sized).save(paths["photo"], compress_level=1)
    if mode in MASKED:
        mask = np.zeros((height, width), np.uint8)
        top, bottom, left, right = _box(height, width, margin=0.013)
        mask[top:bottom, left:right] = 255
        paths["mask"] = str(folder / "asked.png")
        Image.fromarray(mask).save(paths["mask"], compress_level=1)
    return paths


def _box(height: int, width: int, margin: float = 0.0) -> tuple[int, int, int, int]:
    """Top, bottom, left and right of a box on the floor of a picture, grown by a share of the height."""
    grown = margin * height
    top, bottom, left, right = 0.70 * height, 0.82 * height, 0.36 * width, 0.46 * width
    return round(top - grown), round(bottom + grown), round(left - grown), round(right + grown)


def _with_box(picture: Any) -> Any:
    """The room with a cardboard box on its floor, and the shade under it."""
    height, width = picture.shape[:2]
    top, bottom, left, right = _box(height, width)
    shade = np.zeros((height, width), np.float32)
    shade[bottom - height // 75 : bottom + height // 100, left - height // 100 : right + height // 100] = 0.4
    shade = np.asarray(cv2.GaussianBlur(shade, (0, 0), height / 150))
    made = picture * (1 - shade[..., None])
    made[top:bottom, left:right] = (112, 84, 60)
    made[top : top + (bottom - top) // 3, left:right] = (150, 118, 88)
    return np.clip(made, 0, 255).astype(np.uint8)


def _picture(mode: str) -> Any:
    if mode.startswith("sketch"):
        return sheets.house() if "house" in mode else sheets.room()
    if mode == "redesign of a front":
        return house()
    if mode == "dusk":
        return blinds(house())
    with Image.open(SAMPLE) as sample:
        return np.asarray(sample.convert("RGB"))

"""The structure check of generative pictures, on our two sample rooms and what happens to them: drawn by code."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from staging import structure
from staging.briefs import Brief, Kind, RoomType, Style
from staging.structure import Check

SAMPLES = Path("config/static/samples")
BRIEF = Brief(kind=Kind.STAGING, room_type=RoomType.LIVING, style=Style.MODERN)
SIZE = (800, 534)
# Places in the living room at SIZE.
DOOR = [[627, 172], [727, 150], [727, 430], [627, 388]]
WINDOW = (342, 166, 506, 304)


@cache
def picture(name: str) -> Image.Image:
    with Image.open(SAMPLES / name) as opened:
        return opened.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)


def room() -> Image.Image:
    return picture("empty-living-room.jpg")


def furnished() -> Image.Image:
    return picture("after/living-scandinavian.jpg")


def judged(after: Image.Image, before: Image.Image | None = None, brief: Brief = BRIEF) -> Check:
    before = before or room()
    return structure.judge(before, after, structure.difference(before, after), brief, exact=False)


def painted_over(image: Image.Image, corners: list[list[int]]) -> Image.Image:
    """Wall in the place of what was between the corners."""
    mask = np.zeros(image.size[::-1], np.uint8)
    cv2.fillPoly(mask, [np.array(corners)], 255)
    return Image.fromarray(cv2.inpaint(np.asarray(image), mask, 3, cv2.INPAINT_TELEA))


def without_door(image: Image.Image) -> Image.Image:
    return painted_over(image, DOOR)


def moved_window(image: Image.Image, across: int) -> Image.Image:
    left, top, right, bottom = WINDOW
    corners = [[left - 4, top - 4], [right + 4, top - 4], [right + 4, bottom + 4], [left - 4, bottom + 4]]
    moved = painted_over(image, corners)
    moved.paste(image.crop(WINDOW), (left + across, top))
    return moved


def cast(image: Image.Image, red: float, blue: float) -> Image.Image:
    bands = image.split()
    return Image.merge(
        "RGB",
        (bands[0].point(lambda v: min(255, int(v * red))), bands[1], bands[2].point(lambda v: int(v * blue))),
    )


def redrawn(image: Image.Image) -> Image.Image:
    """As a model's decoder gives a picture back: a little softer, and other noise in every pixel."""
    soft = np.asarray(image.filter(ImageFilter.GaussianBlur(0.7))).astype(float)
    noise = np.random.default_rng(1).normal(0, 3, soft.shape)
    return Image.fromarray(np.clip(soft + noise, 0, 255).astype(np.uint8))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("empty-living-room.jpg", "after/living-scandinavian.jpg"),
        ("empty-bedroom.jpg", "after/bed-scandinavian.jpg"),
        ("empty-bedroom.jpg", "after/bedroom-coastal.jpg"),
    ],
)
def test_a_furnished_room_passes_though_a_model_drew_every_pixel_anew(before: str, after: str) -> None:
    check = judged(redrawn(picture(after)), picture(before))
    assert (check.verdict, check.failed, check.noted) == ("pass", (), ())
    assert check.figures["openings_lost"] == 0
    assert check.figures["edges_kept"] > 0.9
    assert 0.02 < check.figures["mask_share"] < 0.6
    assert check.figures["changed_outside_share"] < 0.005


@pytest.mark.parametrize("of", [room, furnished])
@pytest.mark.parametrize(
    ("change", "found"),
    [
        (without_door, "openings"),
        (lambda image: moved_window(image, -100), "openings"),
        (lambda image: moved_window(image, -16), "openings"),
        (lambda image: ImageChops.offset(image, 8, 0), "frame"),
        (lambda image: cast(image, 1.1, 0.85), "colour"),
    ],
)
def test_what_a_model_must_not_do_fails(
    of: Callable[[], Image.Image], change: Callable[[Image.Image], Image.Image], found: str
) -> None:
    check = judged(redrawn(change(of())))
    assert check.verdict == "fail"
    assert found in check.failed
    assert check.to_dict()["failed"] == list(check.failed)


def test_a_little_of_it_is_a_warning(db: None) -> None:
    assert judged(cast(room(), 1.03, 0.96)).noted == ("colour",)
    shifted = judged(ImageChops.offset(room(), 3, 0))
    assert shifted.verdict == "warn"
    assert "frame" in shifted.noted


def test_light_is_no_alteration() -> None:
    for factor in (0.7, 1.15):
        assert judged(room().point(lambda v, f=factor: min(255, int(v * f)))).failed == ()


def test_what_was_removed_may_take_its_lines_along() -> None:
    cluttered = room().copy()
    ImageDraw.Draw(cluttered).rectangle((160, 180, 300, 420), fill=(90, 70, 50))
    asked = Brief(kind=Kind.DECLUTTER)
    assert judged(room(), cluttered, brief=asked).failed == ()
    assert "openings" in judged(room(), cluttered).failed
    assert "openings" in judged(without_door(room()), cluttered, brief=asked).failed


def test_a_drawing_is_not_held_to_its_lines() -> None:
    sketch = Brief(kind=Kind.SKETCH, room_type=RoomType.LIVING, style=Style.MODERN)
    check = judged(without_door(room()), brief=sketch)
    assert (check.verdict, check.failed) == ("warn", ())


def test_where_pixels_are_promised_one_pixel_fails_it() -> None:
    changed, mask = room().copy(), Image.new("L", SIZE, 0)
    changed.putpixel((5, 5), (0, 0, 0))
    check = structure.judge(room(), changed, mask, BRIEF, exact=True)
    assert (check.verdict, check.failed) == ("fail", ("changed_outside_mask",))
    assert check.figures == {"mask_share": 0.0, "changed_outside": 1, "changed_outside_share": 2e-06}
    mask.putpixel((5, 5), 1)
    assert structure.judge(room(), changed, mask, BRIEF, exact=True).verdict == "pass"

"""The "Virtually Staged" label, measured in the pixels of labelled pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from staging import label
from tests.staging import pictures

SIZES = [(1920, 1280), (1280, 1920), (3840, 2160), (1600, 1600), (400, 300), (256, 384), (480, 270), (1000, 800)]


def ground(kind: str, width: int, height: int) -> Image.Image:
    """Something to draw the label on."""
    match kind:
        case "white":
            return Image.new("RGB", (width, height), (255, 255, 255))
        case "noise":
            noise = np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)
            return Image.fromarray(noise)
        case "yellow":
            return Image.new("RGB", (width, height), (255, 255, 0))
        case "room":
            return pictures.room(width, height)
        case _:
            return Image.new("RGB", (width, height))


@dataclass(frozen=True)
class Measured:
    """Where the letters are: their share (0 to 255) of each pixel, seen on black, where the pill is not."""

    letters: NDArray[np.uint8]

    @classmethod
    def at(cls, width: int, height: int) -> Measured:
        return cls(np.asarray(label.drawn(ground("black", width, height)).convert("L")))

    @property
    def box(self) -> tuple[int, int, int, int]:
        rows, columns = np.nonzero(self.letters.any(1))[0], np.nonzero(self.letters.any(0))[0]
        return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1

    @property
    def capital(self) -> int:
        """Height in pixels of the first letter, counting pixels that are mostly white."""
        left, _, right, _ = self.box
        gap = left + int(np.nonzero(~self.letters[:, left:right].any(0))[0][0])
        return int((self.letters[:, left:gap] > 127).any(1).sum())


@pytest.mark.parametrize("size", SIZES)
def test_the_letters_are_high_enough_and_lie_where_crops_keep_them(size: tuple[int, int]) -> None:
    width, height = size
    measured = Measured.at(width, height)
    assert measured.capital >= 14
    assert measured.capital >= 0.025 * min(size)
    left, top, right, bottom = measured.box
    for aspect in (4 / 3, 1.0):
        crop_width, crop_height = min(width, height * aspect), min(height, width / aspect)
        assert left > (width - crop_width) / 2
        assert right < (width + crop_width) / 2
        assert top > (height - crop_height) / 2
        assert bottom < (height + crop_height) / 2
    # Lower right of what the crops keep, and small.
    assert left > width / 2 - min(size) * 0.3
    assert (top + bottom) / 2 > height / 2
    if min(size) >= 800:
        assert (right - left) * (bottom - top) < 0.02 * width * height


@pytest.mark.parametrize("kind", ["white", "black", "yellow", "noise", "room"])
@pytest.mark.parametrize("size", [(1920, 1280), (1080, 1920), (400, 300)])
def test_the_letters_stand_out_against_every_pixel_beside_them(kind: str, size: tuple[int, int]) -> None:
    measured = Measured.at(*size)
    left, top, right, bottom = measured.box
    box = (slice(top - 2, bottom + 2), slice(left - 2, right + 2))
    pixels, letters = np.asarray(label.drawn(ground(kind, *size)))[box], measured.letters[box]
    darkest_letter = label.luminance(pixels[letters == 255]).min()
    brightest_ground = label.luminance(pixels[letters == 0]).max()
    assert (darkest_letter + 0.05) / (brightest_ground + 0.05) >= 4.5


def test_the_ratio_is_the_one_of_wcag() -> None:
    black, grey = np.zeros((1, 3), np.uint8), np.full((1, 3), 118, np.uint8)
    assert label.contrast_with_white(black) == pytest.approx(21)
    assert label.contrast_with_white(grey) == pytest.approx(4.54, abs=0.01)


def test_a_dark_picture_is_darkened_less_than_a_bright_one() -> None:
    shares = []
    for level in (60, 255):
        before = Image.new("RGB", (900, 600), (level,) * 3)
        after = np.asarray(label.drawn(before))
        shares.append(after.min() / level)
    assert shares[0] > shares[1] > 0.3


def test_nothing_but_the_label_changes() -> None:
    before = pictures.room(960, 640)
    after = label.drawn(before)
    left, top, right, bottom = Measured.at(960, 640).box
    changed = np.asarray(before).astype(int) != np.asarray(after)
    rows, columns = np.nonzero(changed.any(2).any(1))[0], np.nonzero(changed.any(2).any(0))[0]
    around = bottom - top
    assert left - around < columns[0]
    assert columns[-1] < right + around
    assert top - around < rows[0]
    assert rows[-1] < bottom + around
    assert before.tobytes() == pictures.room(960, 640).tobytes()


@pytest.mark.parametrize("size", [(1920, 60), (1920, 25), (30, 1920), (1, 1)])
def test_a_picture_too_narrow_for_the_rule_is_labelled_all_the_same(size: tuple[int, int]) -> None:
    before = ground("white", *size)
    after = label.drawn(before)
    assert after.size == before.size
    if min(size) > 20:
        assert after.tobytes() != before.tobytes()

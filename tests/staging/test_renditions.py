"""Sizes, metadata, and the structure check on pictures made for it."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageFilter, PngImagePlugin

from staging import renditions, structure
from staging.structure import Unusable
from tests.staging import pictures


@pytest.mark.parametrize(
    ("size", "long_edge", "wanted"),
    [
        ((6000, 4000), 1920, (1920, 1280)),
        ((1067, 1600), 1920, (1280, 1920)),
        ((480, 320), 3840, (3840, 2560)),
        ((1920, 1081), 1920, (1920, 1081)),
        ((20000, 256), 1920, (1920, 25)),
    ],
)
def test_the_long_edge_is_met_up_and_down(size: tuple[int, int], long_edge: int, wanted: tuple[int, int]) -> None:
    assert renditions.size_for(*size, long_edge) == wanted


def test_a_picture_of_the_right_size_is_not_touched() -> None:
    image = pictures.room(1920, 1280)
    assert renditions.resampled(image, 1920) is image


@pytest.mark.parametrize("long_edge", [240, 960])
def test_outside_of_the_mask_the_delivered_picture_is_the_photo_resampled(long_edge: int) -> None:
    photo, box = pictures.room(), (120, 160, 360, 280)
    picture, mask = photo.copy(), Image.new("L", photo.size, 0)
    picture.paste((180, 40, 30), box)
    mask.paste(255, box)
    ours, theirs = renditions.resampled(picture, long_edge), renditions.resampled(photo, long_edge)
    # The filter reaches 3 pixels of the coarser of the two grids.
    reach = mask.filter(ImageFilter.MaxFilter(15)).resize(ours.size, Image.Resampling.NEAREST)
    assert structure.changed_outside(theirs, ours, reach) == 0


def test_metadata_are_cut_out_of_a_png_and_the_pixels_stay() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("prompt", "a secret workflow")
    noted = pictures.encoded(format="PNG", pnginfo=notes, dpi=(72, 72), exif=pictures.exif(gps=True))
    bare = renditions.bare_png(noted)
    assert b"secret" not in bare
    opened = Image.open(io.BytesIO(bare))
    assert opened.tobytes() == Image.open(io.BytesIO(noted)).tobytes()
    assert opened.info == {}
    assert not opened.getexif()


def test_one_changed_pixel_is_found_and_a_changed_one_inside_of_the_mask_is_allowed() -> None:
    photo = pictures.room()
    picture, mask = photo.copy(), Image.new("L", photo.size, 0)
    mask.putpixel((5, 5), 1)
    picture.putpixel((5, 5), (0, 0, 0))
    assert structure.changed_outside(photo, picture, mask) == 0
    red, green, blue = photo.getpixel((479, 319))
    picture.putpixel((479, 319), (red, green, blue + 1))
    assert structure.changed_outside(photo, picture, mask) == 1


@pytest.mark.parametrize("level", [0, 127, 255])
def test_a_blank_picture_is_told_from_a_plain_wall(level: int) -> None:
    with pytest.raises(Unusable):
        structure.require_content(Image.new("RGB", (400, 300), (level,) * 3))
    structure.require_content(pictures.room())

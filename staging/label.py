"""The "Virtually Staged" label: drawn on what is delivered and shown, never on the master.

White letters on a dark translucent pill, lower right inside the part that centred 4:3 and 1:1 crops keep. The pill is
only as opaque as the picture under it demands, and more where that is bright.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

TEXT = "Virtually Staged"
SHARE_OF_SHORT_EDGE = 0.025
LEAST_PIXELS = 14
# The rule asks for 4.5; the rest is for what JPEG and resizing take away.
CONTRAST = 5.5
_LEAST_OPACITY = 0.45
_WHITE = (255, 255, 255)
_CROPS = (4 / 3, 1.0)

Box = tuple[int, int, int, int]


def drawn(image: Image.Image) -> Image.Image:
    """A copy of the RGB `image` with the label.

    The height of the capital letter is what counts as the text's: at least 2.5 % of the short edge and 14 pixels. A
    picture so narrow that the kept part cannot hold the label carries it lower right all the same, as large as fits.
    """
    font, box = _placed(*image.size)
    copy = image.copy()
    under = copy.crop(box)
    copy.paste(_darkened(under), box, _pill(*under.size))
    left, top, right, bottom = box
    # Anchored by the middle of the text's width and by the baseline, so that the capitals stand in the pill's middle.
    at = ((left + right) // 2, (top + bottom + cap_height(font)) // 2)
    ImageDraw.Draw(copy).text(at, TEXT, _WHITE, font, anchor="ms")
    return copy


def kept_by_crops(width: int, height: int) -> Box:
    """Left, top, right, bottom of what both a centred 4:3 and a centred 1:1 crop of such a picture keep."""
    kept_width = min(width, *(height * aspect for aspect in _CROPS))
    kept_height = min(height, *(width / aspect for aspect in _CROPS))
    left, top = math.ceil((width - kept_width) / 2), math.ceil((height - kept_height) / 2)
    return left, top, width - left, height - top


def cap_height(font: ImageFont.FreeTypeFont) -> int:
    """Pixels from the baseline to the top of a capital letter."""
    _, top, _, bottom = font.getbbox("V", anchor="ls")
    return round(bottom - top)


def luminance(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Relative luminance (...,), 0 to 1, of sRGB pixels (..., 3); WCAG 2.2."""
    channels = pixels.astype(np.float64) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    result: NDArray[np.float64] = linear @ np.array([0.2126, 0.7152, 0.0722])
    return result


def contrast_with_white(pixels: NDArray[np.uint8]) -> float:
    """The least contrast ratio, 1 to 21, between white and any of these pixels; WCAG 2.2."""
    return float(1.05 / (luminance(pixels).max() + 0.05))


def _placed(width: int, height: int) -> tuple[ImageFont.FreeTypeFont, Box]:
    """The font and the pill's box."""
    font = _font(max(LEAST_PIXELS, math.ceil(SHARE_OF_SHORT_EDGE * min(width, height))))
    for kept in (kept_by_crops(width, height), (0, 0, width, height)):
        if (box := _lower_right(font, kept)) is not None:
            return font, box
    for cap in range(cap_height(font) - 1, 0, -1):
        if (box := _lower_right(_font(cap), (0, 0, width, height))) is not None:
            return _font(cap), box
    return _font(1), (0, 0, width, height)


def _lower_right(font: ImageFont.FreeTypeFont, kept: Box) -> Box | None:
    """The pill's box in the corner of `kept`; None when it does not fit."""
    cap = cap_height(font)
    pill_width, pill_height = math.ceil(font.getlength(TEXT)) + 2 * cap, math.ceil(2.4 * cap)
    left, top, right, bottom = kept
    room = min(right - left - pill_width, bottom - top - pill_height)
    if room < 0:
        return None
    margin = min(cap, room)
    return right - margin - pill_width, bottom - margin - pill_height, right - margin, bottom - margin


@cache
def _font(cap: int) -> ImageFont.FreeTypeFont:
    """Pillow's own font with capitals of at least `cap` pixels."""
    size = cap
    while True:
        font = ImageFont.load_default(size)
        if not isinstance(font, ImageFont.FreeTypeFont):
            raise RuntimeError("this Pillow was built without FreeType, which the label is drawn with")
        if cap_height(font) >= cap:
            return font
        size += 1


def _darkened(under: Image.Image) -> Image.Image:
    """The picture under the pill, darkened until white stands out against every pixel."""
    pixels = np.asarray(under.convert("RGB"))
    opacity = _LEAST_OPACITY
    while True:
        dark = (pixels * (1 - opacity)).astype(np.uint8)
        if contrast_with_white(dark) >= CONTRAST:
            return Image.fromarray(dark)
        opacity += 0.02


def _pill(width: int, height: int) -> Image.Image:
    """Where the pill is: an L mask with round ends, smoothed by drawing it four times as large."""
    mask = Image.new("L", (width * 4, height * 4), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, width * 4 - 1, height * 4 - 1), radius=height * 2, fill=255)
    return mask.resize((width, height), Image.Resampling.BOX)

"""The sheet taken out of a drawing: what is ink, what is wash, and whether this is a drawing at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import least, widest
from staging.engine.errors import UnusablePhoto

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

JUDGED_AT: Final = 800  # long side, pixels
# Measured on 19 drawings and 94 photos of houses and rooms: paper is bright, even and most of the picture, and the
# rest is thin strokes. Photos fail at least one of these by a wide margin.
_UNEVEN: Final = 7.0  # spread of the sheet's L*, over which it is a scene and not a sheet
_BRIGHT: Final = 78.0  # L* of the sheet
_SHEET: Final = 81.0  # the same of a sheet that nobody said is one
_LEAST_PAPER: Final = 0.33
_LEAST_STROKES: Final = 0.05
_BARE: Final = 0.9
# Of 19 drawings none, of 13 bright photos among 777 that pass for paper, strokes and all, ten have one of these.
_MASSES: Final = (0.6, 0.5)  # share of the dark in broad masses, where less than that of the sheet is of one tone
_MASS: Final = 9  # pixels, broader than a stroke
_COLOURS: Final = (5.0, 0.2)  # Lab units from the sheet's own hue, and the share of its bare parts that is so far off
_NO_STROKES: Final = 0.0005


@dataclass(frozen=True)
class Drawing:
    """`ink` (H, W) 0..1 is how dark the strokes are; `wash` (H, W) 0..1 the tone between them (1 is bare paper).

    `tint` (H, W, 3) is the drawn colour, sRGB 0..1 with the paper made white, and `tinted` (H, W) 0..1 how
    much of a colour was drawn there.
    """

    ink: Floats
    wash: Floats
    tint: Floats
    tinted: Floats

    @property
    def shape(self) -> tuple[int, int]:
        return self.ink.shape[0], self.ink.shape[1]


def read(picture: Bytes) -> Drawing:
    """Part `picture` (H, W, 3), sRGB, into strokes and washes. Raises UnusablePhoto when it is no line drawing."""
    _require_drawing(picture)
    colour = np.asarray(picture, np.float32) / np.float32(255)
    sheet = _sheet(colour)
    tint = np.clip(colour / sheet, 0, 1).astype(np.float32)
    light = least(tint) * 0.5 + tint.mean(-1) * 0.5
    unit = max(picture.shape[:2]) / 1000
    between = cv2.morphologyEx(light, cv2.MORPH_CLOSE, _disc(round(4 * unit)))
    between = cv2.GaussianBlur(between, (0, 0), max(1.0, 3 * unit))
    ink = np.clip((between - light) / np.maximum(between, 0.15) * 1.35, 0, 1)
    # Broad black areas have no brighter surroundings: they are ink too.
    ink = np.maximum(ink, np.clip((0.42 - light) / 0.3, 0, 1))
    smooth = np.asarray(cv2.GaussianBlur(tint, (0, 0), max(1.0, 2 * unit)), np.float32)
    tinted = np.clip(((widest(smooth) - least(smooth)) - 0.05) / 0.10, 0, 1)
    wash = cv2.GaussianBlur(light, (0, 0), 6 * unit)
    return Drawing(ink.astype(np.float32), wash.astype(np.float32), smooth, tinted.astype(np.float32))


def _sheet(colour: Floats) -> Floats:
    """The bare paper's colour everywhere, (H, W, 3): its brightest pixels, smoothed; never under half of white."""
    scale = 160 / max(colour.shape[:2])
    size = max(8, round(colour.shape[1] * scale)), max(8, round(colour.shape[0] * scale))
    small = cv2.resize(colour, size, interpolation=cv2.INTER_AREA)
    bright = cv2.dilate(small, np.ones((9, 9), np.uint8))
    level = np.percentile(bright.reshape(-1, 3), 60, axis=0)
    # A dark mass wider than the window is drawn, not a darker sheet.
    bright = np.clip(bright, level * 0.82, 1.0)
    sheet = cv2.GaussianBlur(bright.astype(np.float32), (0, 0), 12)
    whole = cv2.resize(sheet, (colour.shape[1], colour.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.maximum(whole, 0.5).astype(np.float32)


def is_drawing(picture: Bytes) -> bool:
    """Whether a picture (H, W, 3), sRGB, is strokes on light, even paper; a bare sheet is none."""
    lab, sheet = _judged(picture)
    light = lab[..., 0]
    return float(np.median(sheet)) > _SHEET and _on_paper(lab, sheet) and not _bare(light, sheet)


def _require_drawing(picture: Bytes) -> None:
    lab, sheet = _judged(picture)
    if not _on_paper(lab, sheet):
        raise UnusablePhoto(
            "not_a_drawing",
            "This does not look like a line drawing on light paper. Send a scan or an evenly lit, straight photo of "
            "the drawing alone, or ask for a redesign of a photo.",
        )
    if _bare(lab[..., 0], sheet):
        raise UnusablePhoto("empty_drawing", "There are no lines on this sheet.")


def _judged(picture: Bytes) -> tuple[Floats, Floats]:
    """CIE Lab (h, w, 3) of a small copy, and L* (h, w) of the sheet under its strokes."""
    height, width = picture.shape[:2]
    scale = min(1.0, JUDGED_AT / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    lab = np.asarray(cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)
    light = np.ascontiguousarray(lab[..., 0])
    window = max(size) // 25 | 1
    sheet = cv2.dilate(cv2.GaussianBlur(light, (0, 0), 1), np.ones((window, window), np.uint8))
    return lab, np.asarray(cv2.GaussianBlur(sheet, (0, 0), window), np.float32)


def _on_paper(lab: Floats, sheet: Floats) -> bool:
    light = np.ascontiguousarray(lab[..., 0])
    paper = float((light / np.maximum(sheet, 1) > 0.92).mean())
    strokes = float((cv2.morphologyEx(light, cv2.MORPH_BLACKHAT, np.ones((7, 7), np.uint8)) > 12).mean())
    even = float(sheet.std()) < _UNEVEN and float(np.median(sheet)) > _BRIGHT
    drawn = even and (paper > _BARE or (paper > _LEAST_PAPER and strokes > _LEAST_STROKES))
    return drawn and not _scene(lab, np.asarray(light / np.maximum(sheet, 1), np.float32))


def _scene(lab: Floats, light: Floats) -> bool:
    """Whether what looks like paper is a bright scene, CIE Lab (h, w, 3): dark masses before something of many tones,
    or no sheet of one colour. `light` (h, w) is that of the sheet, 1, or less.
    """
    dark = (light < 0.75).astype(np.uint8)
    broad = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((_MASS, _MASS), np.uint8)).sum() / max(1, dark.sum())
    tones = np.histogram(lab[..., 0], 100, (0, 100))[0] / light.size
    one_tone = float(np.convolve(tones, np.ones(3), "valid").max())
    if broad > _MASSES[0] and one_tone < _MASSES[1]:
        return True
    hues = lab[cv2.dilate((light < 0.88).astype(np.uint8), np.ones((5, 5), np.uint8)) == 0][:, 1:]
    return (
        len(hues) > 0 and float((np.linalg.norm(hues - np.median(hues, 0), axis=-1) > _COLOURS[0]).mean()) > _COLOURS[1]
    )


def _bare(light: Floats, sheet: Floats) -> bool:
    return float((light < 0.8 * np.maximum(sheet, 1)).mean()) < _NO_STROKES


def _disc(radius: int) -> NDArray[np.uint8]:
    size = 2 * max(1, radius) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)

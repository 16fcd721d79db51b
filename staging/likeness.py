"""Is it still the same room? Edges, openings, frame and colour of a picture compared with its photo's.

For pictures of generative backends, which draw every pixel anew: no mask can promise that they kept the room. The
comparison asks what became of the photo's straight lines. A line is *kept* where the picture has an edge in the same
place and direction; *covered* where something busier stands there now (a sofa before a wall); *erased* where the place
has become smoother than it was: that is how a painted-over door or a window that moved away shows.

Arrays in, figures out; no Django, no settings. Work is done at `EDGE` pixels, so that a large photo costs no more.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

EDGE = 800
Floats = npt.NDArray[np.float32]

# Shares of the working size's long edge: the shortest line that counts, and the shortest that bounds an opening.
_LINE, _OPENING = 0.05, 0.11
# Pixels: around a line in which its edge may lie; half the side of the place that is called busy or smooth; around
# what is not judged.
_NEAR, _AROUND, _BESIDE = 3, 9, 12
# An edge is the same one at this share of its contrast, and a place is smooth at this share of its former busyness.
_SAME, _SMOOTH = 0.4, 0.6
# Grey levels a pixel below which a gradient is noise.
_NOISE = 4.0
# Grey level from which a place is blown out: exposure is no alteration, and there no line can be seen.
_BLOWN = 251.0
# Slope of a line that still is upright (openings have upright sides).
_UPRIGHT = 0.25
# Frames further apart are not found by correlation: such a picture has lost its edges anyhow.
_SUREST = 0.08


@dataclass(frozen=True)
class Likeness:
    """`edges_kept`: share of the length of the photo's uncovered lines that the picture keeps, 0 to 1.

    `openings_lost`: length of upright lines (sides of doors, windows, corners) that were erased, as a share of the
    picture's height; a door has two sides. `shift`: how far the whole frame moved, as a share of the long edge.
    `cast`: change of colour that lies over everything, in CIELAB units of a and b.
    """

    edges_kept: float
    openings_lost: float
    shift: float
    cast: float

    def to_dict(self) -> dict[str, float]:
        """Rounded, as it is stored."""
        return {name: round(float(value), 4) for name, value in asdict(self).items()}


def compare(photo: Image.Image, picture: Image.Image, unjudged: Image.Image | None = None) -> Likeness:
    """How much of the photo's room the picture keeps; both are RGB and of one size. Lines are not asked after where
    `unjudged` (mode L) is not black.
    """
    before, after = _small(photo), _small(picture)
    grey_before, grey_after = (cv2.cvtColor(one, cv2.COLOR_RGB2GRAY).astype(np.float32) for one in (before, after))
    free = np.zeros(grey_before.shape, bool)
    if unjudged is not None:
        # What stood somewhere throws its shadow around, and its faint edges are in no mask.
        free = cv2.dilate(_small(unjudged)[..., 0], np.ones((2 * _BESIDE + 1, 2 * _BESIDE + 1), np.uint8)) > 0
    kept, lost = _lines(grey_before, grey_after, free)
    return Likeness(kept, lost, _shift(grey_before, grey_after), _cast(before, after))


def _small(image: Image.Image) -> npt.NDArray[np.uint8]:
    scale = EDGE / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return np.asarray(image.convert("RGB").resize(size, Image.Resampling.LANCZOS), np.uint8)


def _gradient(grey: Floats) -> tuple[Floats, Floats]:
    soft = cv2.GaussianBlur(grey, (0, 0), 1.0)
    across = cv2.Sobel(soft, cv2.CV_32F, 1, 0, ksize=3) / 8
    down = cv2.Sobel(soft, cv2.CV_32F, 0, 1, ksize=3) / 8
    return across.astype(np.float32), down.astype(np.float32)


def _lines(before: Floats, after: Floats, free: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Share of the uncovered lines' length that is kept, and the length of erased upright ones over the height."""
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(before.astype(np.uint8))[0]
    if found is None:
        return 1.0, 0.0
    here, there = _gradient(before), _gradient(after)
    busy_before, busy_after = (
        cv2.boxFilter(np.hypot(*one), -1, (2 * _AROUND + 1, 2 * _AROUND + 1)) for one in (here, there)
    )
    bright = cv2.boxFilter(after, -1, (2 * _NEAR + 1, 2 * _NEAR + 1))
    kept_length = seen_length = lost_length = 0.0
    for x1, y1, x2, y2 in found.reshape(-1, 4):
        length = float(np.hypot(x2 - x1, y2 - y1))
        if length < _LINE * EDGE:
            continue
        points = np.linspace((x1, y1), (x2, y2), max(2, int(length / 2)))
        normal = np.array([y2 - y1, x1 - x2]) / length
        strength = _across(here, points, normal, 1)
        same = _across(there, points, normal, _NEAR) >= np.maximum(_NOISE / 2, _SAME * strength)
        smooth = ~same & (_at(busy_after, points) < _SMOOTH * _at(busy_before, points))
        smooth &= _at(bright, points) < _BLOWN
        judged = same | smooth
        clear = (strength >= _NOISE / 2) & ~_at(free, points)
        if not clear.any():
            continue
        kept_length += length * float((same & clear).mean())
        seen_length += length * float((judged & clear).mean())
        upright = abs(x2 - x1) < _UPRIGHT * abs(y2 - y1)
        if upright and length >= _OPENING * EDGE and float(smooth[clear].mean()) > 0.5:
            lost_length += length
    return (kept_length / seen_length if seen_length else 1.0), lost_length / before.shape[0]


def _across(gradient: tuple[Floats, Floats], points: npt.NDArray[Any], normal: npt.NDArray[Any], reach: int) -> Floats:
    """The largest gradient across a line, at most `reach` pixels beside each of its points."""
    offsets = np.arange(-reach, reach + 1)[:, None, None] * normal[None, None]
    places = points[None] + offsets
    steep = np.abs(_at(gradient[0], places) * normal[0] + _at(gradient[1], places) * normal[1])
    return np.asarray(steep.max(0), np.float32)


def _at(values: npt.NDArray[Any], places: npt.NDArray[Any]) -> npt.NDArray[Any]:
    height, width = values.shape
    columns = np.clip(np.rint(places[..., 0]).astype(int), 0, width - 1)
    rows = np.clip(np.rint(places[..., 1]).astype(int), 0, height - 1)
    return values[rows, columns]


def _shift(before: Floats, after: Floats) -> float:
    """How far the frame moved, by phase correlation of the gradients; 0 where that finds no clear answer."""
    one, other = (np.hypot(*_gradient(grey)).astype(np.float64) for grey in (before, after))
    window = cv2.createHanningWindow((before.shape[1], before.shape[0]), cv2.CV_64F)
    (across, down), sure = cv2.phaseCorrelate(one, other, window)
    return float(np.hypot(across, down)) / EDGE if sure >= _SUREST else 0.0


def _cast(before: npt.NDArray[np.uint8], after: npt.NDArray[np.uint8]) -> float:
    """The median change of a and b over tiles: furniture changes some, a cast changes all."""
    tiles = (24, 16)
    one, other = (
        cv2.resize(
            cv2.cvtColor((image / 255).astype(np.float32), cv2.COLOR_RGB2LAB), tiles, interpolation=cv2.INTER_AREA
        )
        for image in (before, after)
    )
    change = (other - one)[..., 1:].reshape(-1, 2)
    return float(np.hypot(*np.median(change, axis=0)))

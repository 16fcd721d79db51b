"""What lies about on a floor and is too small to be furniture: tools, buckets, cloths, a wrapped table's legs.

`finding` looks for what neither floor nor walls explain, in the large; what is darker or more colourful than the floor
round it, or as pale as no light makes that floor, and sharply bounded, is a thing too, however small. Shadows and
reflections have soft borders, joints and planks the floor's own colours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import filled, reduced, steepness
from staging.engine.geometry.colours import length
from staging.engine.scene.faces import FLOOR, face_map
from staging.engine.scene.room import Room

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

AT: Final = 520  # long side in pixels of the picture that is judged
OFF_WALL: Final = 0.12  # metres: skirtings, and how exactly the foot of a wall is read
FARTHEST: Final = 9.0  # metres: farther things are a few pixels high
ROUND: Final = 61  # pixels of the floor about a pixel that it is compared with
# Of the lightness (0..100, and that share of the floor's) below the floor's, and of the distance of hue from it, Lab.
DARKER: Final = (12.0, 0.3)
HUE: Final = 16.0
SURELY: Final = 26.0  # Lab units by which the upper quarter of a thing is darker and of another hue, together
PALER: Final = 20.0  # of lightness above the floor's
BLOWN: Final = 94.0  # of lightness: sun may do that to any floor
TINT: Final = 4.0  # of chroma: a greyer floor has no colour to lose, and what is pale there may be gloss
KEPT: Final = 0.5  # share of a floor's colour that sun leaves in any case
SHARP: Final = 4.5  # Lab units a pixel across the border of a thing, in its median
SHARP_PALE: Final = (6.0, 2.5)  # and of a pale one, in its median and its lower quarter: sun has sharp borders too
SOLID: Final = 0.35  # least share of its bounding box that a thing fills: shadows of bars are long and thin
LEAST: Final = 0.00045  # of the picture
LEAST_PALE: Final = 0.002
UNTIDY: Final = 0.015  # share of the floor that things take together which one cannot but see


@dataclass(frozen=True)
class Litter:
    """`mask` (h, w) at the size that is judged, what share of the floor it takes, 0..1, and how many things it shows:
    `dark` ones, which are darker than the floor or of another colour, and `pale` ones.
    """

    mask: Mask
    share: float
    dark: int
    pale: int

    @property
    def things(self) -> int:
        """How many there are."""
        return self.dark + self.pale

    @property
    def untidy(self) -> bool:
        """Whether what lies about is more than a picture of a furnished room can hold.

        One dark thing may be a vent; beside it a single pale one may be a column, of which the box knows nothing.
        """
        return self.share > UNTIDY and (self.dark > 1 or (self.dark == 1 and self.pale > 1))


def find(photo: NDArray[np.uint8], room: Room) -> Litter:
    """The things on the floor of `photo` (H, W, 3), uint8 sRGB, of which `room` was read. The same photo, the same."""
    k = min(1.0, AT / max(photo.shape[:2]))
    width, height = max(1, round(photo.shape[1] * k)), max(1, round(photo.shape[0] * k))
    lab = np.asarray(cv2.cvtColor(reduced(photo, width, height), cv2.COLOR_RGB2Lab), np.float32)
    lab = np.asarray(cv2.GaussianBlur(lab, (0, 0), 1.0), np.float32)
    floor = _open_floor(room, width, height)
    nothing = np.zeros(floor.shape, bool)
    if not floor.any():
        return Litter(nothing, 0.0, 0, 0)
    step = lab - _round(lab, floor)
    border = steepness(lab[..., 0])
    dark = _dark(step, lab, floor, length(np.stack([border, steepness(lab[..., 1]), steepness(lab[..., 2])], -1)))
    pale = _pale(lab, floor, border)
    parts = [*dark, *pale]
    mask = np.logical_or.reduce(parts) if parts else nothing
    return Litter(np.asarray(mask, bool), float(mask.sum() / floor.sum()), len(dark), len(pale))


def _open_floor(room: Room, width: int, height: int) -> Mask:
    """Pixels of the floor a little off the walls."""
    faces, box = face_map(room, width, height), room.box
    x, y = faces.points[..., 0], faces.points[..., 1]
    off = (x - box.x0 > OFF_WALL) & (box.x1 - x > OFF_WALL) & (box.y1 - y > OFF_WALL)
    return np.asarray((faces.labels == FLOOR) & off & (y < FARTHEST))


def _round(lab: Floats, floor: Mask) -> Floats:
    """The median colour of the floor about each pixel."""
    whole = filled(lab * floor[..., None], floor.astype(np.float32))
    scale, zero = np.array([2.55, 1, 1], np.float32), np.array([0, 128, 128], np.float32)
    levels = np.clip(whole * scale + zero, 0, 255).astype(np.uint8)
    median = np.stack([cv2.medianBlur(np.ascontiguousarray(levels[..., c]), ROUND) for c in range(3)], -1)
    return ((median.astype(np.float32) - zero) / scale).astype(np.float32)


def _dark(step: Floats, lab: Floats, floor: Mask, border: Floats) -> list[Mask]:
    """What is darker than the floor about it, or of another hue, and ends on the floor or at the frame."""
    lightness = lab[..., 0] - step[..., 0]
    hue = length(np.concatenate([np.zeros_like(step[..., :1]), step[..., 1:]], -1))
    found = floor & ((-step[..., 0] > np.maximum(DARKER[0], DARKER[1] * lightness)) | (hue > HUE))
    edge = cv2.dilate((~floor).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    edge[:, :2] = edge[:, -2:] = True  # stairs and mats at the sides; a tool may lie at the photographer's feet
    kept = []
    for part, solid in _parts(found, LEAST):
        by = (max(float(np.percentile(away[part], 75)), 0.0) for away in (-step[..., 0], hue))
        sure = math.hypot(*by) > SURELY and solid > SOLID
        if sure and not (part & edge).any() and np.median(border[_rim(part)]) > SHARP:
            kept.append(part)
    return kept


def _pale(lab: Floats, floor: Mask, border: Floats) -> list[Mask]:
    """What is lighter than the floor and has lost its colour, with a sharp border: no sun, no gloss."""
    own = np.median(lab[floor], axis=0)
    tint = float(np.hypot(*own[1:]))
    if tint < TINT:
        return []
    left = (lab[..., 1] * own[1] + lab[..., 2] * own[2]) / tint
    found = floor & (lab[..., 0] > own[0] + PALER) & (lab[..., 0] < BLOWN) & (left < KEPT * tint)
    kept = []
    for part, _ in _parts(found, LEAST_PALE, closed=False):
        rim = border[_rim(part) & floor]
        if np.median(rim) > SHARP_PALE[0] and np.percentile(rim, 25) > SHARP_PALE[1]:
            kept.append(part)
    return kept


def _parts(found: Mask, least: float, *, closed: bool = True) -> list[tuple[Mask, float]]:
    """The connected parts of `found` that take `least` of the picture, each with the share of its bounding box.

    `closed` joins what a gap of a pixel or two parts; else what hangs together by so little is parted.
    """
    marked = found.astype(np.uint8)
    if closed:
        marked = np.asarray(cv2.morphologyEx(marked, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)), np.uint8)
    opened = cv2.morphologyEx(marked, cv2.MORPH_OPEN, np.ones((2, 2) if closed else (3, 3), np.uint8))
    count, labels, figures, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    large = [i for i in range(1, count) if figures[i, cv2.CC_STAT_AREA] >= least * found.size]
    boxes = figures[:, cv2.CC_STAT_WIDTH] * figures[:, cv2.CC_STAT_HEIGHT]
    return [(np.asarray(labels == i), float(figures[i, cv2.CC_STAT_AREA] / boxes[i])) for i in large]


def _rim(part: Mask) -> Mask:
    """The pixels on both sides of a part's border."""
    kernel = np.ones((3, 3), np.uint8)
    part8 = part.astype(np.uint8)
    return np.asarray(cv2.dilate(part8, kernel) > cv2.erode(part8, kernel))

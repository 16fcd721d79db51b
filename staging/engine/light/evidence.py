"""What the photo itself says of its light: colours of the faces, which openings shine, how the floor mirrors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.light.rig import LUMINANCE
from staging.engine.scene.faces import BACK, CEILING, FLOOR, LEFT, NONE, RETURN, RIGHT, face_map
from staging.engine.scene.projection import before_camera
from staging.engine.scene.room import Opening, Room

Image = NDArray[np.float32]
Mask = NDArray[np.bool_]

WALLS: Final = (LEFT, RIGHT, BACK, RETURN)
# Pixels above this luminance are clipped by the camera: they say "at least".
CLIPPED: Final = 0.93
# A passage or a door lets light in when it is this much brighter than the walls; a window unless it is this dark.
SHINING: Final = 1.35
NIGHT: Final = 0.6
# Largest over smallest channel of the light's colour. Lamps in daylight photos measure up to 1.7, but furniture
# tinted so much looks wrong beside walls that the eye has adapted to.
MOST_TINT: Final = 1.2
_FEW: Final = 40


@dataclass(frozen=True)
class Evidence:
    """The photo at fitting size. `linear` (H, W, 3) is linear RGB, `labels` (H, W) the faces, `usable` (H, W) the
    pixels of bare faces: no opening, no occluder, nothing clipped."""

    linear: Image
    labels: NDArray[np.int8]
    usable: Mask

    @property
    def luminance(self) -> Image:
        """(H, W)."""
        return (self.linear @ np.asarray(LUMINANCE, np.float32)).astype(np.float32)

    def on(self, *faces: int) -> Mask:
        """Usable pixels of these faces."""
        return self.usable & np.isin(self.labels, faces)

    def colour(self, *faces: int) -> NDArray[np.float64] | None:
        """Median linear RGB of these faces, (3,); None when too little of them is seen."""
        mask = self.on(*faces)
        return np.median(self.linear[mask], axis=0).astype(np.float64) if mask.sum() >= _FEW else None


def to_linear(photo: NDArray[np.uint8]) -> Image:
    """Linear RGB 0..1 of 8-bit sRGB (IEC 61966-2-1)."""
    encoded = np.arange(256) / 255.0
    table = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return table.astype(np.float32)[photo]


def gather(photo: NDArray[np.uint8], room: Room, width: int) -> Evidence:
    """Look at the photo, (H, W, 3) sRGB, at the given width."""
    height = max(1, round(width * room.camera.height_px / room.camera.width))
    linear = np.asarray(
        cv2.resize(to_linear_small(photo, width), (width, height), interpolation=cv2.INTER_AREA), np.float32
    )
    labels = face_map(room, width, height).labels
    covered = np.zeros((height, width), np.uint8)
    for opening in room.openings:
        covered |= outline(room, opening.corners(room.box), width, height)
    scale = width / room.camera.width
    for occluder in (o for o in room.occluders if not o.wall):
        cv2.fillPoly(covered, [np.round(np.asarray(occluder.polygon) * scale).astype(np.int32)], (1,))
    margin = max(2, width // 60)  # frames and sills reach beyond their opening
    grown = cv2.dilate(covered, np.ones((2 * margin + 1, 2 * margin + 1), np.uint8))
    luminance = linear @ np.asarray(LUMINANCE, np.float32)
    usable = (labels != NONE) & (grown == 0) & (luminance < CLIPPED)
    return Evidence(linear, labels, usable)


def to_linear_small(photo: NDArray[np.uint8], width: int) -> Image:
    """Linear RGB of a photo that is first brought to at most four times `width`, as a 30 megapixel float is 360 MB."""
    if photo.shape[1] > 4 * width:
        height = max(1, round(4 * width * photo.shape[0] / photo.shape[1]))
        photo = np.asarray(cv2.resize(photo, (4 * width, height), interpolation=cv2.INTER_AREA), np.uint8)
    return to_linear(photo)


def outline(room: Room, corners: NDArray[np.float64], width: int, height: int) -> NDArray[np.uint8]:
    """(H, W) mask of a flat polygon of the room, (N, 3) metres; the part behind the camera is cut off."""
    mask = np.zeros((height, width), np.uint8)
    visible = before_camera(room.camera, corners)
    if len(visible) >= 3:
        pixels, _ = room.camera.resized(width, height).project(visible)
        cv2.fillPoly(mask, [np.clip(np.round(pixels), -20000, 20000).astype(np.int32)], (1,))
    return mask


def panes(seen: Evidence, room: Room) -> tuple[int, ...]:
    """Indices of the openings that let light in, judged by their brightness against the walls."""
    walls = seen.on(*WALLS)
    luminance = seen.luminance
    wall = float(np.median(luminance[walls])) if walls.any() else float(np.median(luminance))
    height, width = luminance.shape
    shining = []
    for index, opening in enumerate(room.openings):
        inside = outline(room, opening.corners(room.box), width, height) > 0
        if inside.sum() < 4:
            if opening.kind == "window":
                shining.append(index)  # out of the picture or a sliver: a window is taken at its word
            continue
        # The upper third: curtains, bars and furniture outside darken the median of a bright window.
        brightness = float(np.percentile(luminance[inside], 67))
        if brightness > (NIGHT if opening.kind == "window" else SHINING) * wall:
            shining.append(index)
    return tuple(shining)


def floor_gloss(seen: Evidence, room: Room, shining: tuple[int, ...], predicted: Image) -> float:
    """How much the floor mirrors, 0..1: brightness where panes would be seen mirrored, against the matt prediction.

    `predicted` (H, W) is the luminance of the fitted matt room; falling daylight is in it, so what is
    left over in the mirrored outlines is reflection.
    """
    height, width = seen.labels.shape
    floor = seen.labels == FLOOR
    mirrored = np.zeros((height, width), np.uint8)
    for index in shining:
        mirrored |= outline(room, _mirrored(room.openings[index], room), width, height)
    inside = floor & (mirrored > 0)
    around = floor & (cv2.dilate(mirrored, np.ones((width // 12 | 1, width // 12 | 1), np.uint8)) > 0) & ~inside
    if inside.sum() < _FEW or around.sum() < _FEW:
        return 0.0
    left_over = (seen.luminance + 0.01) / (predicted + 0.01)
    ratio = float(np.median(left_over[inside]) / np.median(left_over[around]))
    return float(np.clip((ratio - 1.25) / 1.0, 0.0, 0.8))


def _mirrored(opening: Opening, room: Room) -> NDArray[np.float64]:
    """Corners of the opening's mirror image in the floor."""
    return opening.corners(room.box) * np.array([1.0, 1.0, -1.0])


def neutral(seen: Evidence) -> NDArray[np.float64]:
    """Colour of the light, (3,), luminance 1: what white would look like in this room.

    Walls and ceiling vote with their chroma; the less coloured a face is, the more its colour is the light's and
    not its own paint or a lamp beside it. The result is held within what a camera's white balance leaves over.
    """
    votes, weights = [], []
    for faces, trust in (((LEFT,), 1.0), ((RIGHT,), 1.0), ((BACK,), 1.0), ((CEILING,), 1.2)):
        colour = seen.colour(*faces)
        if colour is None or colour.min() <= 1e-4:
            continue
        chroma = np.log(colour / (colour @ np.asarray(LUMINANCE)))
        share = float(seen.on(*faces).mean())
        votes.append(chroma)
        weights.append(trust * np.sqrt(share) * np.exp(-((np.ptp(chroma) / 0.35) ** 2)) + 1e-6)
    if not votes:
        return np.ones(3)
    return held(np.exp(np.average(np.array(votes), axis=0, weights=weights)), MOST_TINT)


def held(colour: NDArray[np.float64], most: float) -> NDArray[np.float64]:
    """The colour at luminance 1, its channels drawn together until the largest is at most `most` times the smallest."""
    logarithm = np.log(np.maximum(colour, 1e-6))
    spread = float(np.ptp(logarithm))
    middle = logarithm.mean()
    drawn = middle + (logarithm - middle) * min(1.0, float(np.log(most)) / max(spread, 1e-9))
    result = np.exp(drawn)
    tinted: NDArray[np.float64] = result / (result @ np.asarray(LUMINANCE))
    return tinted

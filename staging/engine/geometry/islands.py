"""Islands, peninsulas and other low blocks in a room, by what a box cannot explain: a foot on open floor, with a top
edge upright over it and an end that goes down from one to the other.

Rugs and patches of sun have a foot of this kind but neither of the others; dados and sills on a wall have no foot
before it. What is taller is a wall's end or a column (`foreground`); what has no straight foot is left to the pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.geometry.foreground import upright
from staging.engine.geometry.segments import Segments
from staging.engine.scene import blocks
from staging.engine.scene.room import Block, Camera, Floats, Occluder, Room

OFF_WALLS: Final = 0.45  # metres of a foot from the walls that run along it: nearer, it is their skirting
NEAREST: Final = 0.9  # metres before the camera
SHORTEST: Final = 0.5  # metres of a foot and of a top edge that must be seen
ASKEW: Final = 0.1  # how far they may turn off the room's axes: tangent
HEIGHTS: Final = (0.6, 1.35)  # metres of a top edge over the floor
LEVEL: Final = 0.07  # metres by which its ends may differ in height
ENDS: Final = 0.15  # metres to which foot, top and end must meet
DEEP: Final = 0.65  # metres that a block reaches back from the face that is seen, at the least
MEET: Final = 0.06  # metres in height to which the end meets the top edge, which the worktop's far edge is not
BESIDE: Final = 0.07  # metres before a foot, and above it, where floor and face are compared
OTHER: Final = 6.0  # Lab units between them


@dataclass(frozen=True)
class Face:
    """An upright face that looks along -y (axis 0) or across the room (axis 1): it stands at `at` on the other axis and
    runs `low`..`high` along its own, `height` metres high; metres."""

    axis: int
    at: float
    low: float
    high: float
    height: float


def find(photo: NDArray[np.uint8], segments: Segments, room: Room) -> tuple[Occluder, ...]:
    """The blocks in an RGB photo; `segments` and `room` are at its size."""
    lab = cv2.cvtColor(photo.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    smooth = np.asarray(cv2.GaussianBlur(lab, (0, 0), 2), np.float32)
    ends = np.asarray(segments.ends, np.float64).reshape(-1, 2, 2)
    stems = upright(segments, room)
    faces = []
    for foot in _feet(ends, room):
        faces += [face for face in _faces(foot, ends, stems, room.camera) if _is_face(smooth, face, room.camera)]
    kept: list[Block] = []
    for face in sorted(faces, key=lambda f: f.low - f.high):
        block = _block(face, room)
        if not any(_overlap(block, other) for other in kept):
            kept.append(block)
    return tuple(seen for block in kept if (seen := blocks.occluder(room.camera, block)) is not None)


# The axis that it runs along, its place on the other one, from, to; metres.
Foot = tuple[int, float, float, float]


def _feet(ends: Floats, room: Room) -> list[Foot]:
    """Segments that would lie on the open floor, along one of the room's axes."""
    camera, box, feet = room.camera, room.box, []
    rays = camera.rays(ends)
    for ray in rays[(rays[..., 2] < -1e-3).all(1)]:
        points = (camera.height / -ray[:, 2])[:, None] * ray[:, :2]
        step = points[1] - points[0]
        axis = int(abs(step[1]) > abs(step[0]))
        at = float(points[:, 1 - axis].mean())
        inner = at < box.y1 - OFF_WALLS if axis == 0 else box.x0 + OFF_WALLS < at < box.x1 - OFF_WALLS and at != 0
        seen = points[:, 1].min() > NEAREST and points[:, 1].max() < box.y1 + ENDS
        if inner and seen and abs(step[axis]) > SHORTEST and abs(step[1 - axis]) < ASKEW * abs(step[axis]):
            low, high = sorted((float(points[0, axis]), float(points[1, axis])))
            feet.append((axis, at, low, high))
    return feet


def _faces(foot: Foot, tops: Floats, stems: Floats, camera: Camera) -> list[Face]:
    """Faces between a foot and a top edge, where an upright edge ends both at the same place."""
    axis, at, low, high = foot
    lines = _in_plane(stems, axis, at, camera)
    along = lines[:, :, 0].mean(1)
    ends_foot = np.minimum(abs(along - low), abs(along - high)) < ENDS
    whole = ends_foot & (abs(lines[:, 0, 1]) < ENDS) & (HEIGHTS[0] < lines[:, 1, 1]) & (lines[:, 1, 1] < HEIGHTS[1])
    if not whole.any():  # which is so of nearly all that lies on a floor
        return []
    edges = _in_plane(tops, axis, at, camera)
    heights, firsts, lasts = edges[:, :, 1].mean(1), edges[:, :, 0].min(1), edges[:, :, 0].max(1)
    level = abs(edges[:, 0, 1] - edges[:, 1, 1]) < LEVEL
    level &= np.minimum(high, lasts) - np.maximum(low, firsts) > SHORTEST
    found = []
    for end, top in zip(along[whole], lines[whole, 1, 1], strict=True):
        meet = level & (abs(heights - top) < MEET) & (np.minimum(abs(end - firsts), abs(end - lasts)) < ENDS)
        found += [
            Face(axis, at, min(low, float(firsts[i])), max(high, float(lasts[i])), float(heights[i]))
            for i in np.flatnonzero(meet)
        ]
    return found


def _in_plane(pixels: Floats, axis: int, at: float, camera: Camera) -> Floats:
    """(along, height) (N, 2, 2), metres, of pixels (N, 2, 2) in the upright plane over a foot; NaN where they do not
    meet it."""
    rays = camera.rays(pixels)
    across = rays[..., 1 - axis]
    reach = np.where(across * at > 1e-9, at / np.where(across == 0, 1.0, across), np.nan)
    points = camera.position + rays * reach[..., None]
    return points[..., [axis, 2]]


def _is_face(smooth: NDArray[np.float32], face: Face, camera: Camera) -> bool:
    """Whether floor ends at the foot: before it one colour, over it another, nearly all along."""
    along = np.linspace(face.low, face.high, 14)[1:-1]
    before = face.at - BESIDE if face.axis == 0 or face.at > 0 else face.at + BESIDE
    places = [np.full((len(along), 3), 0.0) for _ in range(2)]
    for points, at, z in ((places[0], before, 0.0), (places[1], face.at, 1.5 * BESIDE)):
        points[:, face.axis], points[:, 1 - face.axis], points[:, 2] = along, at, z
    height, width = smooth.shape[:2]
    colours = []
    for points in places:
        pixels, depth = camera.project(points)
        u, v = np.floor(pixels).astype(int).T
        inside = (depth > 0.2) & (u >= 0) & (v >= 0) & (u < width) & (v < height)
        colours.append(np.where(inside[:, None], smooth[np.clip(v, 0, height - 1), np.clip(u, 0, width - 1)], np.nan))
    apart = np.linalg.norm(colours[0] - colours[1], axis=1)
    seen = np.isfinite(apart)
    return bool(seen.sum() >= 5 and (apart[seen] > OTHER).mean() > 0.8)


def _block(face: Face, room: Room) -> Block:
    """The block behind a face, within the room."""
    box = room.box
    if face.axis == 0:
        return Block(face.low, face.high, face.at, max(min(face.at + DEEP, box.y1), face.at + 0.1), face.height)
    outer = face.at + DEEP if face.at > 0 else face.at - DEEP
    x0, x1 = sorted((face.at, min(max(outer, box.x0), box.x1)))
    return Block(x0, max(x1, x0 + 0.1), face.low, face.high, face.height)


def _overlap(one: Block, other: Block) -> bool:
    return one.x0 < other.x1 and other.x0 < one.x1 and one.y0 < other.y1 and other.y0 < one.y1

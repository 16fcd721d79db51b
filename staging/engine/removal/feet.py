"""Set the walls of a furnished room where the photo shows their feet and corners, beside what is removed.

The reading of a room weighs every line in it, and in a furnished room most lines are furniture's. Once it is known
what hides the room, the rest says where it ends: floor looks like floor up to the foot of a wall, and walls look like
walls down to it. Only walls move; the camera turns a little.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from itertools import product
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import dilated
from staging.engine.removal.scene import Scene
from staging.engine.removal.sheets import Floats, Mask
from staging.engine.scene.faces import CEILING, FLOOR, LEFT
from staging.engine.scene.room import Box, Camera, Room

AT: Final = 480  # long edge in pixels of the picture that is judged
STEP: Final = 2  # columns
WIDE: Final = np.exp(np.linspace(-0.4, 0.4, 33))  # times what was read
WIDEST: Final = np.exp(np.linspace(-0.9, 0.9, 41))  # the same where the reading is hardly believed
FINE: Final = np.exp(np.linspace(-0.05, 0.05, 9))
FINEST: Final = np.exp(np.linspace(-0.012, 0.012, 9))
TURNS: Final = np.radians([-2.0, -1.0, 0.0, 1.0, 2.0])
ROLLS: Final = np.radians([-1.0, 0.0, 1.0])
FAR_TURNS: Final = np.radians([-9.0, -6.0, -3.0, 0.0, 3.0, 6.0, 9.0])  # where the reading is hardly believed
BELIEVED: Final = 0.5  # confidence of a reading from which on it holds the walls in full
LEAST_BELIEF: Final = 0.03
MODES: Final = 3
RARE: Final = 0.15  # of the samples: a colour with less of them is no floor's and no wall's
SURE: Final = 1.5  # the most that one pixel may say
NEITHER: Final = 26.0  # units of looks: what is farther from both is a thing, and says nearly nothing
LIKE_WALL: Final = -0.15  # what it says: a skirting board belongs to its wall
EDGE: Final = 5.0  # what the strongest edge under a foot says, in pixels
CORNER: Final = 5.0  # the same of an upright edge along a corner
HELD: Final = 300.0  # pixels' worth a squared e-fold, for the walls together nearer or farther than they were read
UPRIGHT: Final = 6000.0  # the same, for each corner between walls that leaves its place in the picture
TURNED: Final = 40.0  # the same for two degrees of yaw and for one of roll
LOWEST: Final = 0.12  # of the height, free pixels at the lower end of each column: floor, rather than wall

ROUND: Final = 0.08  # of the long edge, how far round a hole its planes are asked what they look like
TELLING: Final = 0.4  # what a pixel must say to be heard
FEWEST: Final = 60  # pixels

Table = NDArray[np.float64]


@dataclass(frozen=True)
class _Evidence:
    """What the photo says, at its own size: `foot` (h, w) scores a foot at each pixel, `upright` (h, w) a corner.

    `says` (h, w) is above 0 where a pixel looks like floor and below where it looks like wall.
    """

    foot: Table
    upright: Floats
    says: Table


def refitted(scene: Scene, hole: Mask) -> Scene:
    """The scene with its walls at their visible feet, corners included; as it is where the photo does not say."""
    seen = _evidence(scene, hole)
    if seen is None:
        return scene
    room = scene.room
    small = _resized(room, seen.foot.shape)
    belief = float(np.clip(room.confidence.get("total", 1.0) / BELIEVED, LEAST_BELIEF, 1.0))
    coarse, score = _searched(seen, small, np.ones(3), WIDE, belief)
    turned, factors = small, coarse
    if belief < 1:
        for yaw in FAR_TURNS:
            candidate = dataclasses.replace(small, camera=_turned(small.camera, yaw, 0.0))
            found, total = _searched(seen, candidate, np.ones(3), WIDEST, belief)
            total -= belief * TURNED * np.degrees(yaw) ** 2 / 4
            if total > score:
                score, turned, coarse, factors = total, candidate, found, found
    base = turned
    for yaw, roll in product(TURNS, ROLLS):
        candidate = dataclasses.replace(base, camera=_turned(base.camera, yaw, roll))
        found, total = _searched(seen, candidate, coarse, FINE, belief)
        total -= belief * TURNED * (np.degrees(yaw) ** 2 / 4 + np.degrees(roll) ** 2)
        if total > score:
            score, turned, factors = total, candidate, found
    factors, _ = _searched(seen, turned, factors, FINEST, belief)
    camera = dataclasses.replace(room.camera, rotation=turned.camera.rotation)
    box = _moved(room.box, camera.height, factors)
    return scene.with_room(dataclasses.replace(room, camera=camera, box=box))


def agreement(scene: Scene, hole: Mask) -> float:
    """How much of what lies round a hole looks as its plane should, 0..1, the worse of floor and walls; 1 if unknown.

    Little, where the room was misread: floor would be drawn over wall, or wall over floor.
    """
    seen = _evidence(scene, hole)
    if seen is None:
        return 1.0
    size = seen.says.shape[1], seen.says.shape[0]
    labels = cv2.resize(scene.faces.labels.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    small = cv2.resize(hole.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.02
    round_it = dilated(small, round(ROUND * max(size))) & ~small & (np.abs(seen.says) > TELLING)
    parts = []
    for at, sign in ((labels == FLOOR, 1), (labels >= LEFT, -1)):
        mine = at & round_it
        if mine.sum() > FEWEST:
            parts.append(float((sign * seen.says[mine] > 0).mean()))
    return min(parts, default=1.0)


def _moved(box: Box, eye: float, factors: NDArray[np.float64]) -> Box:
    """The box with its left, right and back walls moved, the ceiling kept over the back wall's head in the picture."""
    left, right, back = (float(v) for v in factors)
    height = eye + (box.height - eye) * back
    height = max(height, eye + 0.3)
    return dataclasses.replace(box, x0=box.x0 * left, x1=box.x1 * right, y1=box.y1 * back, height=height)


def _resized(room: Room, shape: tuple[int, ...]) -> Room:
    return dataclasses.replace(room, camera=room.camera.resized(shape[1], shape[0]))


def _turned(camera: Camera, yaw: float, roll: float) -> Camera:
    """The camera turned about the room's upright axis and about its own."""
    about_up = np.array([[np.cos(yaw), -np.sin(yaw), 0], [np.sin(yaw), np.cos(yaw), 0], [0, 0, 1.0]])
    about_own = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1.0]])
    rows = about_own @ camera.matrix @ about_up
    return dataclasses.replace(camera, rotation=tuple((float(a), float(b), float(c)) for a, b, c in rows))


def _searched(
    seen: _Evidence, room: Room, about: NDArray[np.float64], steps: NDArray[np.float64], belief: float
) -> tuple[NDArray[np.float64], float]:
    """The best factors (3,) of left, right and back wall among `steps` times `about`, and their score."""
    height, width = seen.foot.shape
    columns = np.arange(0, width, STEP)
    left, right, back = (about[i] * steps for i in range(3))
    camera, box = room.camera, room.box
    feet = [
        np.stack([_foot(camera, axis, value, columns, height) for value in values])
        for axis, values in ((0, box.x0 * left), (0, box.x1 * right), (1, box.y1 * back))
    ]
    nearer = belief * HELD * np.log(back) ** 2
    aside = [belief * UPRIGHT * (np.log(side)[:, None] - np.log(back)) ** 2 for side in (left, right)]
    corner_left = np.array([[_corner(seen, room, box.x0 * a, box.y1 * b) for b in back] for a in left])
    corner_right = np.array([[_corner(seen, room, box.x1 * a, box.y1 * b) for b in back] for a in right])
    index = np.arange(len(columns))
    table = seen.foot[:, columns]
    best, found = -np.inf, (0, 0, 0)
    for at_back, at_left in product(range(len(back)), range(len(left))):
        low = np.maximum(feet[2][at_back], feet[0][at_left])
        rows = np.maximum(low[None], feet[1])
        total = table[rows, index].sum(1) * STEP - aside[1][:, at_back] + corner_right[:, at_back]
        total = total + corner_left[at_left, at_back] - aside[0][at_left, at_back] - nearer[at_back]
        at_right = int(total.argmax())
        if total[at_right] > best:
            best, found = float(total[at_right]), (at_left, at_right, at_back)
    return np.array([left[found[0]], right[found[1]], back[found[2]]]), best


def _foot(camera: Camera, axis: int, value: float, columns: NDArray[np.int64], height: int) -> NDArray[np.int64]:
    """The row at which the foot of a wall (x or y = `value`) crosses each column; 0 where it bounds no floor."""
    # Every pixel of a column: on the floor, is it on this side of the wall? The lowest row beyond it is its foot.
    rows = np.arange(height)
    u, v = np.meshgrid(columns + 0.5, rows + 0.5)
    ray = camera.rays(np.stack([u, v], -1))
    down = ray[..., 2] < -1e-4
    reach = np.where(down, camera.height / np.maximum(-ray[..., 2], 1e-4), 1e6)
    at = ray[..., axis] * reach
    beyond = ~down | ((at < value) if value < 0 else (at > value))
    lowest = height - 1 - beyond[::-1].argmax(0)
    return np.where(beyond.any(0), lowest, 0)


def _corner(seen: _Evidence, room: Room, x: float, y: float) -> float:
    """What the photo says of an upright edge between two walls at (x, y)."""
    heights = np.linspace(0.05, 0.95, 24) * room.box.height
    uv, depth = room.camera.project(np.stack([np.full(24, x), np.full(24, y), heights], -1))
    height, width = seen.upright.shape
    inside = (depth > 0.2) & (uv >= 0).all(-1) & (uv[:, 0] < width) & (uv[:, 1] < height)
    if not inside.any():
        return 0.0
    at = uv[inside].astype(int)
    return CORNER * float(seen.upright[at[:, 1], at[:, 0]].sum()) / 24 * (height / 24)


def _evidence(scene: Scene, hole: Mask) -> _Evidence | None:
    height, width = hole.shape
    k = min(1.0, AT / max(height, width))
    size = max(8, round(width * k)), max(8, round(height * k))
    free = cv2.resize(hole.astype(np.float32), size, interpolation=cv2.INTER_AREA) < 0.02
    free = cv2.erode(free.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1) > 0
    looks = _looks(scene.photo, size)
    labels = np.asarray(
        cv2.resize(scene.faces.labels.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST), np.uint8
    )
    z = cv2.resize(scene.faces.points[..., 2].astype(np.float32), size, interpolation=cv2.INTER_NEAREST)
    floor = _modes(looks[_lowest(free, labels)])
    wall = _modes(looks[free & (labels >= LEFT) & (z > 1.0)])
    if floor is None or wall is None:
        return None
    to_floor = np.linalg.norm(looks[:, :, None] - floor, axis=-1).min(-1)
    to_wall = np.linalg.norm(looks[:, :, None] - wall, axis=-1).min(-1)
    says = np.clip((to_wall - to_floor) / 8, -SURE, SURE)
    says = np.where(np.minimum(to_wall, to_floor) > NEITHER, LIKE_WALL, says) * free
    says[labels == CEILING] = np.minimum(says, 0)[labels == CEILING]
    below = np.cumsum(says[::-1], 0)[::-1]
    score = np.zeros_like(says)
    score[:-1] = below[1:]
    score -= np.cumsum(says, 0)
    across, upright = _edges(scene.photo, size, free)
    return _Evidence(score + EDGE * across, upright, says)


def _lowest(free: Mask, labels: NDArray[np.uint8]) -> Mask:
    """The lowest free pixels of each column, in the lower part of the picture."""
    height = free.shape[0]
    part = free & (np.arange(height) > 0.55 * height)[:, None]
    order = np.cumsum(part[::-1], 0)[::-1]
    near = part & (order <= LOWEST * height)
    on_floor = near & (labels == FLOOR)
    return on_floor if on_floor.sum() > 0.25 * near.sum() else near


def _looks(photo: Floats, size: tuple[int, int]) -> Floats:
    """Colour and texture (h, w, 4) in units of about one Lab step."""
    lab = cv2.cvtColor(np.clip(photo, 0, 1), cv2.COLOR_RGB2Lab)
    fine = np.abs(lab[..., 0] - cv2.GaussianBlur(lab[..., 0], (0, 0), 1.5))
    rough = cv2.resize(cv2.GaussianBlur(fine, (0, 0), 3.0), size, interpolation=cv2.INTER_AREA)
    colour = cv2.resize(lab, size, interpolation=cv2.INTER_AREA)
    parts = [0.5 * colour[..., :1], 1.6 * colour[..., 1:], 7.0 * np.log(rough + 0.15)[..., None]]
    return np.concatenate(parts, -1).astype(np.float32)


def _modes(looks: Floats) -> Floats | None:
    """The common looks (k, 4) among samples (n, 4)."""
    if len(looks) < 60:
        return None
    some = np.ascontiguousarray(looks[:: max(1, len(looks) // 4000)])
    cv2.setRNGSeed(5)
    ending = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 20, 0.1)
    first = np.zeros((len(some), 1), np.int32)
    _, member, middles = cv2.kmeans(some, MODES, first, ending, 2, cv2.KMEANS_PP_CENTERS)
    share = np.bincount(member.ravel(), minlength=MODES) / len(some)
    return np.asarray(middles[share > RARE], np.float32)


def _edges(photo: Floats, size: tuple[int, int], free: Mask) -> tuple[Floats, Floats]:
    """How strong edges are across (feet) and upright (corners), 0..1, at each free pixel."""
    grey = cv2.resize(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.0)
    down, right = np.abs(cv2.Sobel(smooth, cv2.CV_32F, 0, 1)), np.abs(cv2.Sobel(smooth, cv2.CV_32F, 1, 0))
    across = np.clip(down / 0.25, 0, 1) * free
    # Light steps at a corner are small, and long.
    long = cv2.blur(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), (1, 31))
    upright = np.clip(np.abs(long) / 0.05, 0, 1) * free * (right < 0.35)
    return across.astype(np.float32), upright.astype(np.float32)

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
# Confidence of a layout up to which it hardly holds the walls, and from which on in full.
DOUBTED, BELIEVED = 0.65, 0.75
LEAST_BELIEF: Final = 0.03
MODES: Final = 3
RARE: Final = 0.15  # of the samples: a colour with less of them is no floor's and no wall's
SURE: Final = 1.5  # the most that one pixel may say
NEITHER: Final = 26.0  # units of looks: what is farther from both is a thing, and says nearly nothing
LIKE_WALL: Final = -0.15  # what it says: a skirting board belongs to its wall
EDGE: Final = 14.0  # what the strongest edge under a foot says, in pixels
CORNER: Final = 5.0  # the same of an upright edge along a corner
UPRIGHT_SAMPLES: Final = 24
HEAD: Final = 8.0  # the same of a pixel of the ceiling's edge over a wall
HEAD_FROM: Final = 0.25  # of the way to the back wall: nearer, it is out of sight or seen at a slant
HEAD_SAMPLES, RUN = 32, 8
BESIDE: Final = 2.5  # pixels on each side of such an edge
CLEAR_STEP: Final = 4.0  # Lab units across it
FREED: Final = 500.0  # what it must gain not to keep the ceiling over the head of the back wall in the picture
HELD: Final = 300.0  # pixels' worth a squared e-fold, for the walls together nearer or farther than they were read
UPRIGHT: Final = 60000.0  # the same, for each corner between walls that leaves its place in the picture
TURNED: Final = 40.0  # the same for two degrees of yaw and for one of roll
LOUDEST: Final = 30.0  # pixels' worth, what one column may say against a foot
LOWEST: Final = 0.12  # of the height, free pixels at the lower end of each column: floor, rather than wall

LEAST_FLOOR: Final = 0.25  # of the lowest pixels, what must have been read as floor to be asked alone

ROUND: Final = 0.08  # of the long edge, how far round a hole its planes are asked what they look like
TELLING: Final = 0.4  # what a pixel must say to be heard
FEWEST: Final = 60  # pixels

Table = NDArray[np.float64]


@dataclass(frozen=True)
class _Evidence:
    """What the photo says, at its own size: `foot` (h, w) scores a foot at each pixel, `upright` (h, w) a corner.

    `says` (h, w) is above 0 where a pixel looks like floor and below where it looks like wall. `lab` (h, w, 3) and
    `free` (h, w) show the ceiling's edges, which furniture seldom hides.
    """

    foot: Table
    upright: Floats
    says: Table
    lab: Floats
    free: Mask


@dataclass(frozen=True)
class _Found:
    """Factors (3,) of the left, right and back wall; whether the ceiling follows the back wall; and their score."""

    factors: Table
    follow: bool
    score: float

    def less(self, cost: float) -> _Found:
        """The same at a cost."""
        return dataclasses.replace(self, score=self.score - cost)


def refitted(scene: Scene, hole: Mask) -> Scene:
    """The scene with its walls at their visible feet, corners included; as it is where the photo does not say."""
    seen = _evidence(scene, hole)
    if seen is None:
        return scene
    room = scene.room
    small = _resized(room, seen.foot.shape)
    belief = _belief(room)
    best = max(
        (_searched(seen, small, np.ones(3), WIDE, follow) for follow in (True, False)), key=lambda found: found.score
    )
    turned = small
    if belief < 1:
        for yaw, follow in product(FAR_TURNS, (True, False)):
            candidate = dataclasses.replace(small, camera=_turned(small.camera, yaw, 0.0))
            found = _searched(seen, candidate, np.ones(3), WIDEST, follow)
            found = found.less(belief * TURNED * np.degrees(yaw) ** 2 / 4)
            if found.score > best.score:
                best, turned = found, candidate
    start, base = turned, best.factors
    for yaw, roll in product(TURNS, ROLLS):
        candidate = dataclasses.replace(start, camera=_turned(start.camera, yaw, roll))
        found = _searched(seen, candidate, base, FINE, best.follow)
        found = found.less(belief * TURNED * (np.degrees(yaw) ** 2 / 4 + np.degrees(roll) ** 2))
        if found.score > best.score:
            best, turned = found, candidate
    best = _searched(seen, turned, best.factors, FINEST, best.follow)
    camera = dataclasses.replace(room.camera, rotation=turned.camera.rotation)
    return scene.with_room(dataclasses.replace(room, camera=camera, box=_moved(room, best)))


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


def _belief(room: Room) -> float:
    """How much a reading holds its walls where they are, 0..1.

    Furniture hides the edges of the floor, so a room read well by its ceiling and corners is not sure in all; those
    alone count here.
    """
    layout = room.confidence.get("layout", 1.0)
    return float(np.clip((layout - DOUBTED) / (BELIEVED - DOUBTED), LEAST_BELIEF, 1.0))


def _moved(room: Room, found: _Found) -> Box:
    """The box with its left, right and back walls moved, and its ceiling where they say."""
    box = room.box
    left, right, back = (float(v) for v in found.factors)
    height = float(_high(room, np.array([back]), found.follow)[0])
    return dataclasses.replace(box, x0=box.x0 * left, x1=box.x1 * right, y1=box.y1 * back, height=height)


def _high(room: Room, back: Table, follow: bool) -> Table:
    """Heights of the ceiling, metres, for factors of the back wall: kept over that wall's head in the picture, or
    kept.
    """
    eye, height = room.camera.height, room.box.height
    return np.maximum(eye + (height - eye) * back, eye + 0.3) if follow else np.full(back.shape, height)


def _resized(room: Room, shape: tuple[int, ...]) -> Room:
    return dataclasses.replace(room, camera=room.camera.resized(shape[1], shape[0]))


def _turned(camera: Camera, yaw: float, roll: float) -> Camera:
    """The camera turned about the room's upright axis and about its own."""
    about_up = np.array([[np.cos(yaw), -np.sin(yaw), 0], [np.sin(yaw), np.cos(yaw), 0], [0, 0, 1.0]])
    about_own = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1.0]])
    rows = about_own @ camera.matrix @ about_up
    return dataclasses.replace(camera, rotation=tuple((float(a), float(b), float(c)) for a, b, c in rows))


def _searched(seen: _Evidence, room: Room, about: Table, steps: Table, follow: bool) -> _Found:
    """The best factors of left, right and back wall among `steps` times `about`."""
    belief = _belief(room)
    height, width = seen.foot.shape
    columns = np.arange(0, width, STEP)
    left, right, back = (about[i] * steps for i in range(3))
    camera, box = room.camera, room.box
    feet = [
        np.stack([_foot(camera, axis, value, columns, height) for value in values])
        for axis, values in ((0, box.x0 * left), (0, box.x1 * right), (1, box.y1 * back))
    ]
    high = _high(room, back, follow)
    ahead = -belief * HELD * np.log(back) ** 2 - (0.0 if follow else FREED)
    aside = [
        _corners(seen, room, x * side, box.y1 * back, high)
        + _side_heads(seen, room, x * side, box.y1 * back, high)
        - belief**2 * UPRIGHT * (np.log(side)[:, None] - np.log(back)) ** 2
        for x, side in ((box.x0, left), (box.x1, right))
    ]
    index = np.arange(len(columns))
    table = seen.foot[:, columns]
    best, found = -np.inf, (0, 0, 0)
    for at_back, at_left in product(range(len(back)), range(len(left))):
        low = np.maximum(feet[2][at_back], feet[0][at_left])
        rows = np.maximum(low[None], feet[1])
        total = table[rows, index].sum(1) * STEP + aside[1][:, at_back] + aside[0][at_left, at_back] + ahead[at_back]
        at_right = int(total.argmax())
        if total[at_right] > best:
            best, found = float(total[at_right]), (at_left, at_right, at_back)
    return _Found(np.array([left[found[0]], right[found[1]], back[found[2]]]), follow, best)


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


def _corners(seen: _Evidence, room: Room, x: Table, y: Table, high: Table) -> Table:
    """What the photo says (N, M) of an upright edge between side walls at `x` (N,) and back walls at `y` (M,)."""
    shape = (len(x), len(y), UPRIGHT_SAMPLES)
    up = np.linspace(0.05, 0.95, UPRIGHT_SAMPLES)
    uv, depth = room.camera.project(_grid(shape, x[:, None, None], y[:, None], high[:, None] * up))
    height, width = seen.upright.shape
    inside = (depth > 0.2) & (uv >= 0).all(-1) & (uv[..., 0] < width) & (uv[..., 1] < height)
    at = np.where(inside[..., None], uv, 0).astype(int)
    shown = np.where(inside, seen.upright[at[..., 1], at[..., 0]], 0).sum(-1)
    return np.asarray(CORNER * shown * height / UPRIGHT_SAMPLES**2)


def _side_heads(seen: _Evidence, room: Room, x: Table, y: Table, high: Table) -> Table:
    """The same (N, M) of the ceiling's edge over side walls at `x`, up to back walls at `y`."""
    part = np.linspace(HEAD_FROM, 1.0, HEAD_SAMPLES)
    shape = (len(x), len(y), HEAD_SAMPLES)
    points = _grid(shape, x[:, None, None], y[:, None] * part, high[:, None])
    return _steps_along(seen, *room.camera.project(points))


def _grid(shape: tuple[int, ...], x: Table, y: Table, z: Table) -> Table:
    """Points (*shape, 3) of coordinates that are broadcast to `shape`."""
    return np.stack([np.broadcast_to(part, shape) for part in (x, y, z)], -1)


def _steps_along(seen: _Evidence, uv: Table, depth: Table) -> Table:
    """How much the colour steps across lines of points (..., K, 2), in pixels of line with a clear step.

    The mean of a run of samples is taken before its size: an edge is the same all along, a texture is not.
    """
    height, width = seen.free.shape
    along = np.gradient(uv, axis=-2)
    length = np.linalg.norm(along, axis=-1)
    normal = np.stack([-along[..., 1], along[..., 0]], -1) / np.maximum(length, 1e-6)[..., None]
    sides = []
    usable = (depth > 0.2) & (length < width)
    for sign in (-1, 1):
        at = uv + sign * BESIDE * normal
        usable &= (at >= 0).all(-1) & (at[..., 0] < width) & (at[..., 1] < height)
        sides.append(at)
    values = []
    for at in sides:
        column = np.clip(np.nan_to_num(at[..., 0]), 0, width - 1).astype(int)
        row = np.clip(np.nan_to_num(at[..., 1]), 0, height - 1).astype(int)
        usable &= seen.free[row, column]
        values.append(seen.lab[row, column])
    step = np.where(usable[..., None], values[0] - values[1], 0.0)
    weight = np.where(usable, length, 0.0)
    runs = (*step.shape[:-2], -1, RUN)
    step = (step * weight[..., None]).reshape(*runs, 3).sum(-2)
    weight = weight.reshape(runs).sum(-1)
    clear = np.clip(np.linalg.norm(step, axis=-1) / np.maximum(weight, 1e-6) / CLEAR_STEP, 0, 1)
    return np.asarray(HEAD * (clear * weight).sum(-1))


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
    floor = _modes(looks[_lowest(free, labels, 0.0 if _belief(scene.room) == 1 else LEAST_FLOOR)])
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
    score += EDGE * across
    # A column with a curtain or a dark thing in it is wrong by hundreds of pixels: none outvotes the rest.
    score = np.maximum(score, score.max(0) - LOUDEST)
    smooth = cv2.GaussianBlur(cv2.resize(scene.photo, size, interpolation=cv2.INTER_AREA), (0, 0), 1.0)
    return _Evidence(score, upright, says, np.asarray(cv2.cvtColor(smooth, cv2.COLOR_RGB2Lab), np.float32), free)


def _lowest(free: Mask, labels: NDArray[np.uint8], least: float) -> Mask:
    """The lowest free pixels of each column, in the lower part of the picture: those of the floor as it was read,
    where these are more than the share `least`.
    """
    height = free.shape[0]
    part = free & (np.arange(height) > 0.55 * height)[:, None]
    order = np.cumsum(part[::-1], 0)[::-1]
    near = part & (order <= LOWEST * height)
    on_floor = near & (labels == FLOOR)
    return on_floor if on_floor.sum() >= least * near.sum() else near


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

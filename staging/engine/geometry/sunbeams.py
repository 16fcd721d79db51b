"""Patches of sun on the floor, and from where the sun shines: by their edges, which run along no wall.

A window's uprights throw edges on the floor that run as the sun does, sharp and between light and shade. Joints of a
floor run along its walls and part no light from shade; in a polished floor windows are mirrored, but the edges of
a mirror image point at the zenith as those of the window do. So several sharp edges of one slant are the sun's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.tone import linear, luminance
from staging.engine.geometry import segments as line_segments
from staging.engine.geometry.foreground import upright
from staging.engine.geometry.segments import Segments
from staging.engine.scene.faces import FLOOR, face_map
from staging.engine.scene.frames import WALLS
from staging.engine.scene.room import Floats, Opening, Room, Wall
from staging.engine.scene.sunbeam import CELL, Sunbeam

LINES_AT: Final = 1000  # long side in pixels of the picture that edges are found in
AT: Final = 240  # and of the one that tells whether there may be any
CONTRAST: Final = 1.7  # of a floor's brightest parts to its middle, under which there is no sun on it
BESIDE: Final = 5.0  # pixels beside an edge where its two sides are looked at
STEP: Final = (0.6, 1.7)  # natural logarithm of sunlight over shade: less is gloss, more a pale thing on a dark floor
ALONG: Final = 0.75  # share of an edge along which its sides must differ by half of that
SHORTEST: Final = 0.4  # metres of an edge
SLANT: Final = 10.0  # degrees off the room's axes: edges nearer to them may be of things and of walls
ALIKE: Final = 5.0  # degrees by which edges of one sun may differ
TOTAL: Final = 1.0  # metres of such edges that there must be
FARTHEST: Final = 7.0  # metres
AROUND: Final = 0.25  # metres about the edges within which what is bright is the sun's
GRAIN: Final = 5  # cells of the patches' map: the floor's own grain is finer
HEAD: Final = 2.1  # metres: the upper edge of a window that is not read
ELEVATION: Final = (14.0, 62.0)  # degrees: lower, buildings and trees hide it; higher, it hardly comes in


@dataclass(frozen=True)
class Edge:
    """An edge between sun and shade on the floor: its ends (2, 2), metres; colours (3,) of its sides; its degrees to
    x."""

    ends: Floats
    light: Floats
    shade: Floats
    angle: float

    @property
    def length(self) -> float:
        return float(np.hypot(*(self.ends[1] - self.ends[0])))


def find(photo: NDArray[np.uint8], room: Room) -> Sunbeam | None:
    """The sun on the floor of an RGB photo of `room`; None where there is none, or its direction cannot be told."""
    if room.open_air or not _may_be(photo, room):
        return None
    scale = min(1.0, LINES_AT / max(photo.shape[:2]))
    size = round(photo.shape[1] * scale), round(photo.shape[0] * scale)
    fine = np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.uint8)
    here = room.resized(*size)
    light = linear(np.asarray(cv2.GaussianBlur(fine, (0, 0), 1.2), np.uint8))
    edges = _alike(_edges(fine, light, here))
    if not edges:
        return None
    toward = _toward(edges, here)
    if toward is None:
        return None
    lit, corner = _map(light, here, edges)
    colours = [np.median([getattr(e, side) for e in edges], axis=0) for side in ("light", "shade")]
    elevation = _elevation(lit, corner, toward, here)
    flat = float(np.cos(elevation))
    direction = (float(toward[0] * flat), float(toward[1] * flat), float(np.sin(elevation)))
    return Sunbeam(direction, *corner, lit, *colours)


def _may_be(photo: NDArray[np.uint8], room: Room) -> bool:
    """Whether a part of the floor is much brighter than the rest, which costs next to nothing to ask."""
    scale = AT / max(photo.shape[:2])
    size = max(1, round(photo.shape[1] * scale)), max(1, round(photo.shape[0] * scale))
    floor = face_map(room, *size).labels == FLOOR
    if floor.sum() < 200:
        return False
    seen = luminance(linear(np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.uint8)))[floor]
    return bool(np.percentile(seen, 97) > CONTRAST * np.median(seen))


def _edges(fine: NDArray[np.uint8], light: NDArray[np.float32], room: Room) -> list[Edge]:
    """Slanting edges on the floor between much and little light."""
    height, width = fine.shape[:2]
    coarse = max(1, round(max(width, height) / AT))
    floor = face_map(room, -(-width // coarse), -(-height // coarse)).labels == FLOOR
    top = int(floor.any(1).argmax()) * coarse
    below = line_segments.detect(np.asarray(cv2.cvtColor(fine[top:], cv2.COLOR_RGB2GRAY), np.uint8))
    lines = Segments(below.ends + np.array([0.0, top, 0.0, top]), width, height)
    standing = {tuple(np.round(sorted(e.ravel()), 1)) for e in upright(lines, room)}
    logs = np.log(luminance(light) + 0.01)
    found = []
    for ends in np.asarray(lines.ends, np.float64).reshape(-1, 2, 2):
        if tuple(np.round(sorted(ends.ravel()), 1)) in standing:
            continue
        along = ends[1] - ends[0]
        across = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-9) * BESIDE
        middle = ends[0] + np.linspace(0.05, 0.95, 24)[:, None] * along
        sides = np.clip(np.round([middle + across, middle - across]).astype(int), 0, [width - 1, height - 1])
        rows, columns = sides[..., 1], sides[..., 0]
        if floor[rows // coarse, columns // coarse].mean() < 0.95:
            continue
        steps = logs[rows[0], columns[0]] - logs[rows[1], columns[1]]
        step = float(np.median(steps))
        if not STEP[0] < abs(step) < STEP[1] or (np.sign(step) * steps > STEP[0] / 2).mean() < ALONG:
            continue
        rays = room.camera.rays(ends)
        places = (room.camera.height / -rays[:, 2])[:, None] * rays[:, :2]
        angle = float(np.degrees(np.arctan2(*(places[1] - places[0])[::-1])) % 180)
        bright, dark = (0, 1) if step > 0 else (1, 0)
        lit, unlit = (np.median(light[rows[k], columns[k]], axis=0).astype(np.float64) for k in (bright, dark))
        edge = Edge(places, lit, unlit, angle)
        slant = min(angle % 90, 90 - angle % 90)
        if edge.length > SHORTEST and slant > SLANT and places[:, 1].max() < FARTHEST:
            found.append(edge)
    return found


def _alike(edges: list[Edge]) -> list[Edge]:
    """Of all edges those of the one direction that most of them have; none where they are too few."""
    groups = [[e for e in edges if abs((e.angle - one.angle + 90) % 180 - 90) < ALIKE] for one in edges]
    best = max(groups, key=lambda group: sum(e.length for e in group), default=[])
    return best if len(best) > 1 and sum(e.length for e in best) > TOTAL else []


def _toward(edges: list[Edge], room: Room) -> Floats | None:
    """The way to the sun along the floor, a unit vector (2,): of both ways the one that leads to more of windows."""
    weights = np.array([e.length for e in edges])
    doubled = np.radians(2 * np.array([e.angle for e in edges]))
    angle = np.arctan2((weights * np.sin(doubled)).sum(), (weights * np.cos(doubled)).sum()) / 2
    way = np.array([np.cos(angle), np.sin(angle)])
    middle = np.mean([e.ends.mean(0) for e in edges], axis=0)
    seen = [_glass(room, middle, sign * way) for sign in (1, -1)]
    if seen[0] == seen[1]:
        return None
    return way if seen[0] > seen[1] else -way


def _glass(room: Room, start: Floats, way: Floats) -> float:
    """Square metres of windows, and of what may be glass doors, on the walls that a way from `start` leads to."""
    facing: dict[Wall, float] = {"left": -way[0], "right": way[0], "back": way[1], "front": -way[1]}
    walls = [wall for wall in WALLS if facing[wall] > 0.15]
    area = sum(_area(o) * facing[o.wall] for o in room.openings if o.wall in walls)
    # Where no opening is read the photo may still not show the wall: behind the camera, and beside it.
    return float(area + 0.1 * (facing["front"] > 0.15))


def _area(o: Opening) -> float:
    return (o.u1 - o.u0) * (o.z1 - o.z0) * (1.0 if o.kind == "window" else 0.5)


def _map(light: NDArray[np.float32], room: Room, edges: list[Edge]) -> tuple[NDArray[np.float32], tuple[float, float]]:
    """The lit share of the floor seen from above, (rows, columns), and its corner (x, y), metres."""
    corners = np.concatenate([e.ends for e in edges]).astype(np.float32)
    hull = cv2.convexHull(corners).reshape(-1, 2)
    (x0, y0), (x1, y1) = hull.min(0) - 2 * AROUND, hull.max(0) + 2 * AROUND
    xs, ys = np.arange(x0 + CELL / 2, x1, CELL), np.arange(y0 + CELL / 2, y1, CELL)
    x, y = np.meshgrid(xs, ys)
    pixels, depth = room.camera.project(np.stack([x, y, np.zeros_like(x)], -1))
    box = room.box
    inside = (depth > 0.2) & (x > box.x0) & (x < box.x1) & (y < box.y1)
    at = np.where(inside[..., None], pixels, -10.0).astype(np.float32) - np.float32(0.5)
    seen = cv2.remap(light, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0.0)
    high, low = (float(np.median([luminance(getattr(e, s)[None])[0] for e in edges])) for s in ("light", "shade"))
    share = (np.log(luminance(np.asarray(seen, np.float32)) + 0.01) - np.log(low + 0.01)) / (
        np.log(high + 0.01) - np.log(low + 0.01)
    )
    lit = np.clip((share - 0.35) / 0.4, 0, 1) * inside
    near = np.zeros(x.shape, np.uint8)
    cv2.fillConvexPoly(near, np.round((hull - (x0, y0)) / CELL).astype(np.int32), 1)
    reach = round(AROUND / CELL)
    about = cv2.dilate(near, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))) > 0
    whole = cv2.medianBlur((255 * lit * about).astype(np.uint8), GRAIN)
    smooth = cv2.GaussianBlur(whole.astype(np.float32) / 255, (0, 0), 1.0)
    return np.asarray(smooth, np.float32), (float(x0), float(y0))


def _elevation(lit: NDArray[np.float32], corner: tuple[float, float], toward: Floats, room: Room) -> float:
    """The sun's elevation, radians: light that comes farthest into the room comes by the upper edge of a window."""
    rows, columns = np.nonzero(lit > 0.5)
    if not len(rows):
        return float(np.radians(35.0))
    x, y = corner[0] + (columns + 0.5) * CELL, corner[1] + (rows + 0.5) * CELL
    box = room.box
    across = (box.x1 - x if toward[0] > 0 else x - box.x0) / max(abs(toward[0]), 1e-6)
    ahead = (box.y1 - y if toward[1] > 0 else y - box.y0) / max(abs(toward[1]), 1e-6)
    away = float(np.percentile(np.minimum(across, ahead), 95))
    return float(np.clip(np.arctan2(HEAD, max(away, 0.1)), *np.radians(ELEVATION)))

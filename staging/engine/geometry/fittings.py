"""Free floor in a room with built-ins, from the photo's pixels: what has the floor's colours and nothing stands on.

The room's box says where floor could be. GrabCut (Rother et al., 2004) parts it by colour from what the picture shows
elsewhere; upright edges that rise from it are things that stand there, and what touches them is given up.
"""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import steepness
from staging.engine.geometry import counters, footings, seams, tops
from staging.engine.geometry import segments as line_segments
from staging.engine.geometry.segments import Segments
from staging.engine.scene.faces import BACK, FLOOR, LEFT, RIGHT, FaceMap, face_map
from staging.engine.scene.fittings import Fittings, Mask
from staging.engine.scene.room import Camera, Room, Top

Picture = NDArray[np.uint8]

AT: Final = 480  # long side in pixels of the picture that is judged
LINES_AT: Final = 1000
FARTHEST: Final = 7.0  # metres: farther floor is a few pixels high
UPRIGHT: Final = 4.0  # degrees off the zenith's direction within which an edge is upright
AMBIGUOUS: Final = 6.0  # degrees: an edge this close to a floor direction may lie as well as stand
SHORTEST: Final = 18.0  # pixels of an upright edge; seams of planks are shorter
BESIDE: Final = 6  # pixels beside an upright edge where its sides are looked at
FLANKED: Final = 0.5  # share of an edge along which floor's colour makes its side doubtful
PATCH: Final = 0.004  # of the picture: smaller patches of floor are given up
STRANGE: Final = (70.0, 12.0)  # how far floor may be from its usual lightness and colour, 8-bit Lab
UPPER: Final = 1.2  # metres: a wall's paint is taken from above this height
LOW: Final = 0.6  # metres: upright edges that come down to this height on a wall are of things at its foot
JOINERY: Final = 37  # pixels about such an edge that belong to those things
SKIRTING: Final = 23  # pixels that skirtings and corners take at most
BUSY: Final = 0.16  # share of a neighbourhood that edges take, from which on it shows something
SMOOTH: Final = 2.0  # 8-bit Lab units a pixel: light, shade and stains change a wall by less, frames and things by more
LIT_PAINT: Final = 0.3  # share of what hangs together without an edge that must be the wall's usual colour
MOST: Final = 0.5  # share of a wall's quiet pixels that only the wall itself can take
PAINT: Final = (42.0, 10.0)  # how far bare wall may be from the wall's usual lightness and colour, 8-bit Lab


def find(photo: Picture, room: Room) -> Fittings:
    """Free floor and bare wall in `photo` (H, W, 3), uint8 sRGB, of which `room` was read. The same photo, the same."""
    small = _sized(photo, AT)
    height, width = small.shape[:2]
    camera = room.camera.resized(width, height)
    faces = face_map(room, width, height)
    fine = _sized(photo, LINES_AT)
    lines = line_segments.detect(np.asarray(cv2.cvtColor(fine, cv2.COLOR_RGB2GRAY), np.uint8)).resized(width, height)
    upright = _upright(lines, camera)
    possible = (faces.labels == FLOOR) & (faces.points[..., 1] < FARTHEST)
    coloured = _like_floor(small, possible, upright)
    clear = _plain(small, _unbuilt(coloured, faces, upright))
    calm = (_bare(small, faces, lines, clear) & ~_beside_joinery(faces, upright)) | clear
    found = counters.find(np.asarray(lines.ends, np.float64), upright, clear, camera)
    return Fittings(clear, calm, found, tops=_tops(fine, room, calm))


def find_walls(photo: Picture, room: Room) -> Fittings:
    """Bare wall for pictures and mirrors, and what of the walls is kept clear; sun and reflections on an empty floor
    would fool `find`."""
    small = _sized(photo, AT)
    height, width = small.shape[:2]
    fine = _sized(photo, LINES_AT)
    lines = line_segments.detect(np.asarray(cv2.cvtColor(fine, cv2.COLOR_RGB2GRAY), np.uint8)).resized(width, height)
    nothing = np.zeros((height, width), np.bool_)
    bare = _bare(small, face_map(room, width, height), lines, nothing, most=MOST)
    missing, flush = footings.missing(photo, room), seams.find(photo, room)
    return Fittings(nothing, bare, walls_only=True, footless=missing, flush=flush)


def _tops(fine: Picture, room: Room, calm: Mask) -> tuple[Top, ...]:
    """Counters that something may be put on; their edges want all the pixels that there are."""
    height, width = fine.shape[:2]
    camera = room.camera.resized(width, height)
    lines = line_segments.detect(np.asarray(cv2.cvtColor(fine, cv2.COLOR_RGB2GRAY), np.uint8)).resized(width, height)
    return tops.find(fine, np.asarray(lines.ends, np.float64), _upright(lines, camera), calm, camera)


def _upright(lines: Segments, camera: Camera) -> NDArray[np.float64]:
    """The segments (N, 4) that can only be upright edges, the lower end last."""
    ends = np.asarray(lines.ends, dtype=np.float64)
    middle = (ends[:, :2] + ends[:, 2:]) / 2
    step = ends[:, 2:] - ends[:, :2]
    length = np.maximum(np.hypot(*step.T), 1e-9)
    step /= length[:, None]

    def off(direction: tuple[float, float, float]) -> NDArray[np.float64]:
        """Degrees between each segment and the way to the vanishing point of a room direction."""
        x, y, z = camera.matrix @ np.array(direction)
        point = np.array([camera.f * x + camera.cx * z, camera.f * y + camera.cy * z])
        way = point[None] - z * middle
        way /= np.linalg.norm(way, axis=1, keepdims=True) + 1e-12
        angles: NDArray[np.float64] = np.degrees(np.arccos(np.clip(np.abs((step * way).sum(1)), 0, 1)))
        return angles

    lying = np.minimum(off((1.0, 0.0, 0.0)), off((0.0, 1.0, 0.0)))
    chosen = (off((0.0, 0.0, 1.0)) < UPRIGHT) & (lying > AMBIGUOUS) & (length > SHORTEST)
    found = ends[chosen]
    swap = found[:, 1] > found[:, 3]
    found[swap] = found[swap][:, [2, 3, 0, 1]]
    return found


def _like_floor(picture: Picture, possible: Mask, upright: NDArray[np.float64]) -> Mask:
    """The part of `possible` whose colours are the floor's and not those of the rest of the picture."""
    labels = np.full(possible.shape, cv2.GC_BGD, np.uint8)
    labels[possible] = cv2.GC_PR_FGD
    labels[_drawn(upright, possible.shape, 3) & possible] = cv2.GC_BGD
    if (labels == cv2.GC_PR_FGD).sum() < PATCH * possible.size:
        return np.zeros(possible.shape, np.bool_)
    smooth = cv2.cvtColor(cv2.bilateralFilter(picture, 5, 25, 5), cv2.COLOR_RGB2LAB)
    cv2.setRNGSeed(1)  # GrabCut begins with k-means
    cv2.grabCut(smooth, labels, (0, 0, 1, 1), np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK)
    found = (labels == cv2.GC_PR_FGD) & possible
    opened = cv2.morphologyEx(found.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    return np.asarray(opened > 0)


def _unbuilt(coloured: Mask, faces: FaceMap, upright: NDArray[np.float64]) -> Mask:
    """What is left of the floor-coloured pixels without those that may be faces of islands and cabinets in the floor's
    own colour: on each side of an upright edge that has such pixels along it, all that lies farther than its foot."""
    kept = coloured.copy()
    height, width = coloured.shape
    columns = np.arange(width)[None]
    farness = faces.points[..., 1]
    t = np.linspace(0.1, 0.8, 12)  # not its foot: there the floor begins
    for x0, y0, x1, y1 in upright:
        foot = min(int(y1), height - 1), min(max(int(x1), 0), width - 1)
        for side in (-BESIDE, BESIDE):
            u = np.clip(np.round(x0 + (x1 - x0) * t + side).astype(int), 0, width - 1)
            v = np.clip(np.round(y0 + (y1 - y0) * t).astype(int), 0, height - 1)
            if coloured[v, u].mean() >= FLANKED:
                kept &= ~((columns - x1) * side >= 0) | (farness < farness[foot] - 0.05)
    count, labels, figures, _ = cv2.connectedComponentsWithStats(kept.astype(np.uint8))
    large = [i for i in range(1, count) if figures[i, cv2.CC_STAT_AREA] > PATCH * kept.size]
    inner = cv2.erode(np.isin(labels, large).astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1)
    return np.asarray(inner > 0)


def _plain(picture: Picture, clear: Mask) -> Mask:
    """Without what lies on the floor in another colour: a rug, a mat, boxes."""
    if not clear.any():
        return clear
    lab = cv2.cvtColor(cv2.GaussianBlur(picture, (0, 0), 3.0), cv2.COLOR_RGB2LAB).astype(np.float32)
    away = lab - np.median(lab[clear], axis=0)
    # Lightness says little: sun and shade lie on the same floor.
    strange = (np.hypot(away[..., 1], away[..., 2]) > STRANGE[1]) | (np.abs(away[..., 0]) > STRANGE[0])
    kept = cv2.morphologyEx((clear & ~strange).astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    return np.asarray(kept > 0)


def _bare(picture: Picture, faces: FaceMap, lines: Segments, clear: Mask, most: float = math.inf) -> Mask:
    """`clear`, and each wall in the colour that most of its upper part has, without edges.

    What takes more than `most` of a wall's quiet pixels without an edge is that wall in whatever colour.
    """
    edges = _drawn(np.asarray(lines.ends), faces.labels.shape, 2).astype(np.float32)
    quiet = cv2.blur(edges, (13, 13)) < BUSY
    lab = cv2.cvtColor(cv2.GaussianBlur(picture, (0, 0), 1.5), cv2.COLOR_RGB2LAB).astype(np.float32)
    smooth = np.maximum.reduce([steepness(lab[..., c]) for c in range(3)]) < SMOOTH
    calm = clear.copy()
    for face in (LEFT, RIGHT, BACK):
        wall = (faces.labels == face) & quiet
        upper = wall & (faces.points[..., 2] > UPPER)
        if upper.sum() < PATCH * wall.size / 4:
            continue
        away = lab - np.median(lab[upper], axis=0)
        painted = wall & (np.abs(away[..., 0]) < PAINT[0]) & (np.hypot(away[..., 1], away[..., 2]) < PAINT[1])
        calm |= painted | _lit_paint(painted, wall & smooth, most * wall.sum())
    # Skirtings and the corners of the room hide nothing either: where both sides are calm, they are.
    kernel = np.ones((SKIRTING, SKIRTING), np.uint8)
    closed = cv2.morphologyEx(calm.astype(np.uint8), cv2.MORPH_CLOSE, kernel) > 0
    labels = faces.labels.astype(np.uint8)
    seams = cv2.morphologyEx(labels, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    band = cv2.dilate((seams > 0).astype(np.uint8), kernel) > 0
    return np.asarray(calm | (closed & band))


def _lit_paint(painted: Mask, smooth: Mask, large: float) -> Mask:
    """What goes over into paint without an edge: the same wall under a lamp, in the shade, or stained.

    What has more than `large` pixels without an edge is the wall, whatever colour most of its upper part has.
    """
    count, parts = cv2.connectedComponents(smooth.astype(np.uint8), connectivity=4)
    whole = np.bincount(parts.ravel(), minlength=count)
    own = np.bincount(parts[painted], minlength=count)
    kept = (own > LIT_PAINT * np.maximum(whole, 1)) | (whole > large)
    kept[0] = False
    return np.asarray(kept[parts])


def _beside_joinery(faces: FaceMap, upright: NDArray[np.float64]) -> Mask:
    """What is near upright edges that come down to the foot of a wall: cabinet doors, drawers, panels, door frames."""
    height, width = faces.labels.shape
    u = np.clip(upright[:, 2].round().astype(int), 0, width - 1)
    v = np.clip(upright[:, 3].round().astype(int), 0, height - 1)
    walls = np.isin(faces.labels, (LEFT, RIGHT, BACK))
    corners = np.zeros(faces.labels.shape, np.uint8)
    corners[:, 1:] = (faces.labels[:, 1:] != faces.labels[:, :-1]) & walls[:, 1:] & walls[:, :-1]
    at_corner = cv2.dilate(corners, np.ones((5, 13), np.uint8)) > 0
    low = (faces.points[v, u, 2] < LOW) & ~at_corner[v, u]
    return _drawn(upright[low], faces.labels.shape, JOINERY)


def _drawn(ends: NDArray[np.float64], shape: tuple[int, ...], thick: int) -> Mask:
    """Segments (N, 4) as a mask."""
    mask = np.zeros(shape[:2], np.uint8)
    for x0, y0, x1, y1 in ends:
        cv2.line(mask, (round(x0), round(y0)), (round(x1), round(y1)), 1, thick)
    return mask > 0


def _sized(photo: Picture, longest: int) -> Picture:
    """A copy whose long side is `longest` pixels."""
    k = longest / max(photo.shape[:2])
    size = (max(1, round(photo.shape[1] * k)), max(1, round(photo.shape[0] * k)))
    return np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA if k < 1 else cv2.INTER_CUBIC))

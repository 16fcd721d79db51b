"""Counter tops on which something may be put: level surfaces at working height whose bare part the photo shows.

A cabinet's front and its top meet in an edge. Lifted to working height it runs along the room; behind it lies a strip
of one plain colour, as deep as counters are; the front under it looks different, and upright edges of doors and drawers
hang from it. A floor, a wall or a door has some of these marks; all of them only a counter has.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import runs
from staging.engine.scene.fittings import Mask
from staging.engine.scene.room import Camera, Floats, Opening, Room, Top, Wall

Picture = NDArray[np.uint8]
Seen = NDArray[np.float32]  # lightness, two colours, outlines, and whether it is bare floor or wall

HEIGHT: Final = 0.91  # metres: a kitchen's counters are so high within a few centimetres
EYES: Final = (1.3, 1.7)  # metres: a camera that was read lower or higher was read at the wrong scale
LONG: Final = 0.35  # metres of front edge that must be seen
ASKEW: Final = 0.10  # how far it may turn off the room's axes: tangent
STEEP: Final = 14.0  # degrees off upright within which an edge says nothing
NEAR_FAR: Final = (0.3, 5.0)  # metres from the camera
BAND: Final = (0.06, 0.48)  # metres from the front edge between which the surface is judged
BEYOND: Final = (0.72, 0.98)  # metres from it where a counter has ended
CELL: Final = 0.025  # metres
PLAIN: Final = (18.0, 8.0)  # how far a bare cell may be from the surface's usual lightness and colour, 8-bit Lab
BUSY: Final = 26.0  # lightness between neighbours that shows an outline; joints of tiles show less
# Of the long side: a strip seen so flatly that an edge a finger off would shift a thing off its counter is none.
GRAZING: Final = 0.012
CALM: Final = 0.3  # most of a strip that may be bare floor or wall
BARE: Final = 0.6  # least share of a strip that is bare
EMPTY: Final = 0.92  # least share of bare cells across the strip where something may stand
SPOT: Final = 0.34  # metres of free edge that a thing wants
FRONT: Final = np.arange(0.61, 0.86, 0.03)  # metres: heights at which the front under a top is looked at
UNLIKE: Final = (16.0, 8.0, 0.6)  # lightness or colour from top to front, and along how much of the edge
HANGS: Final = (0.16, 0.3)  # metres: how near to the edge an upright edge begins, and how far down it goes at least
DEEP: Final = 0.62  # metres from a counter's front edge to its wall
APART: Final = 0.9  # metres between the front edges of two counters


def find(picture: Picture, ends: Floats, upright: Floats, calm: Mask, camera: Camera) -> tuple[Top, ...]:
    """Counter tops in `picture` (h, w, 3) uint8 sRGB, which `camera` took, with their free stretches.

    `ends` (N, 4) are segments in its pixels, `upright` (M, 4; lower end last) those that can only be upright.
    `calm` (any size) is bare floor and wall, which show plain strips as well.
    """
    if not EYES[0] <= camera.height <= EYES[1]:
        return ()
    lab = cv2.cvtColor(cv2.GaussianBlur(picture, (0, 0), 1.5), cv2.COLOR_RGB2LAB)
    step = cv2.morphologyEx(np.ascontiguousarray(lab[..., 0]), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    plain = cv2.resize(calm.astype(np.uint8), (camera.width, camera.height_px), interpolation=cv2.INTER_NEAREST)
    seen = np.dstack([lab, step, plain]).astype(np.float32)
    found = [top for edge in _edges(ends, camera) if (top := _top(edge, seen, upright, camera)) is not None]
    kept: list[Top] = []
    for top in sorted(found, key=lambda one: -sum(high - low for low, high in one.free)):
        if not any(_same(top, other) for other in kept):
            kept.append(top)
    return tuple(kept)


def _edges(ends: Floats, camera: Camera) -> list[Top]:
    """Segments that, lifted to working height, run along the room, as tops that begin there."""
    edges = []
    for segment in ends:
        rays = camera.rays(segment.reshape(2, 2))
        if (rays[:, 2] > -1e-3).any():
            continue
        points = camera.position + rays * ((camera.height - HEIGHT) / -rays[:, 2])[:, None]
        if _may_stand(segment, camera):
            continue
        step = points[1, :2] - points[0, :2]
        axis = int(abs(step[1]) > abs(step[0]))
        low, high = sorted((float(points[0, axis]), float(points[1, axis])))
        if high - low < LONG or abs(step[1 - axis]) > ASKEW * abs(step[axis]):
            continue
        if points[:, 1].min() < NEAR_FAR[0] or points[:, 1].max() > NEAR_FAR[1]:
            continue
        at = float(points[:, 1 - axis].mean())
        side = 1 if axis == 0 or at > 0 else -1
        edges.append(Top(axis, at, low, high, side, HEIGHT, float(step[1 - axis] / step[axis])))
    return edges


def _may_stand(segment: Floats, camera: Camera) -> bool:
    """Whether a segment runs so steeply that it may be upright as well: then it says nothing of a level edge."""
    middle = (segment[:2] + segment[2:]) / 2
    up = camera.matrix @ np.array([0.0, 0.0, 1.0])
    way = np.array([camera.f * up[0] + camera.cx * up[2], camera.f * up[1] + camera.cy * up[2]]) - up[2] * middle
    run = segment[2:] - segment[:2]
    cosine = abs(float(run @ way)) / (np.linalg.norm(run) * np.linalg.norm(way) + 1e-9)
    return bool(cosine > np.cos(np.radians(STEEP)))


def _top(edge: Top, seen: Seen, upright: Floats, camera: Camera) -> Top | None:
    """The top behind an edge, with its free stretches; None where anything speaks against one."""
    along = np.arange(edge.low + CELL / 2, edge.high, CELL)
    back = np.arange(BAND[0], BEYOND[1], CELL)
    cells, inside = _look(edge.place(along[:, None], back[None]), HEIGHT, seen, camera)
    band, beyond = (back < BAND[1]), (back > BEYOND[0])
    if inside[:, band].mean() < BARE:
        return None
    if cells[:, band][..., 4].mean() > CALM:
        return None
    usual = np.median(cells[:, band][inside[:, band]][:, :3], axis=0)
    plain = _like(cells, usual, PLAIN) & inside
    if plain[:, band].mean() < BARE or plain[:, beyond].mean() > 0.5:
        return None
    front, shown = _look(edge.place(along[:, None], 0.0), FRONT[None], seen, camera)
    unlike = ~_like(front, usual, UNLIKE[:2])
    if not shown.any() or unlike[shown].mean() < UNLIKE[2] or not _hanging(edge, upright, camera):
        return None
    bare = (plain & (cells[..., 3] < BUSY))[:, band].mean(1) >= EMPTY
    if _seen_deep(edge, camera) < GRAZING:
        return None
    free = tuple(
        (float(along[a] - CELL / 2), float(along[b - 1] + CELL / 2)) for a, b in runs(bare) if (b - a) * CELL >= SPOT
    )
    return Top(edge.axis, edge.at, edge.low, edge.high, edge.side, edge.z, edge.slope, free) if free else None


def _seen_deep(edge: Top, camera: Camera) -> float:
    """How broad the judged strip is in the picture at its middle, as a share of the long side."""
    along = (edge.low + edge.high) / 2
    points = [(*edge.place(u, v), edge.z) for u, v in ((along, BAND[0]), (along + CELL, BAND[0]), (along, BAND[1]))]
    (front, beside, back), _ = camera.project(np.array(points))
    run = (beside - front) / (np.linalg.norm(beside - front) + 1e-9)
    (du, dv) = back - front
    return float(abs(run[0] * dv - run[1] * du)) / max(camera.width, camera.height_px)


def _look(at: tuple[Floats, Floats], z: float | Floats, seen: Seen, camera: Camera) -> tuple[Floats, NDArray[np.bool_]]:
    """What the picture shows at places (x, y) and heights, and which of them it shows at all."""
    x, y, high = np.broadcast_arrays(*at, z)
    pixels, depth = camera.project(np.stack([x, y, high], -1))
    u, v = pixels[..., 0].astype(np.float32), pixels[..., 1].astype(np.float32)
    inside = (depth > 0.3) & (u >= 1) & (v >= 1) & (u < camera.width - 1) & (v < camera.height_px - 1)
    return np.asarray(cv2.remap(seen, u, v, cv2.INTER_LINEAR), np.float64), inside


def _like(cells: Floats, usual: Floats, limits: tuple[float, ...]) -> NDArray[np.bool_]:
    away = np.abs(cells[..., :3] - usual)
    alike: NDArray[np.bool_] = (away[..., 0] < limits[0]) & (np.hypot(away[..., 1], away[..., 2]) < limits[1])
    return alike


def _hanging(edge: Top, upright: Floats, camera: Camera) -> bool:
    """Whether an upright edge begins at the front edge and goes down: a door's, a drawer's, the cabinet's end."""
    for segment in upright:
        rays = camera.rays(segment.reshape(2, 2))
        across = rays[:, 1 - edge.axis]
        if (np.abs(across) < 1e-6).any():
            continue
        reach = (edge.at - camera.position[1 - edge.axis]) / across
        if (reach <= 0).any():
            continue
        (upper, lower) = camera.position + rays * reach[:, None]
        near = edge.low - 0.1 < upper[edge.axis] < edge.high + 0.1 and abs(upper[2] - edge.z) < HANGS[0]
        if near and lower[2] < edge.z - HANGS[1]:
            return True
    return False


def _same(one: Top, other: Top) -> bool:
    """Whether two tops cannot both be there: parallel and too close, or one across the other."""
    if one.axis == other.axis:
        return abs(one.at - other.at) < APART and min(one.high, other.high) > max(one.low, other.low)
    a, b = (np.array([top.place(u, v) for u in (top.low, top.high) for v in (0.0, 0.6)]) for top in (one, other))
    return bool((np.minimum(a.max(0), b.max(0)) > np.maximum(a.min(0), b.min(0))).all())


def enclosing(room: Room, tops: tuple[Top, ...]) -> Room:
    """The room with these tops, and its walls so far out that the tops lie before them: a counter stands at a wall and
    never behind one. What the photo shows on a wall that moves stays where it is seen."""
    box, openings = room.box, room.openings
    for top in tops:
        end = top.at + top.side * DEEP
        if top.axis == 0 and end > box.y1:
            box, openings = replace(box, y1=end), _pushed(openings, "back", end / box.y1, room.camera.height)
        elif top.axis == 1 and end > box.x1:
            box, openings = replace(box, x1=end), _pushed(openings, "right", end / box.x1, room.camera.height)
        elif top.axis == 1 and end < box.x0:
            box, openings = replace(box, x0=end), _pushed(openings, "left", end / box.x0, room.camera.height)
    return replace(room, box=box, openings=openings, tops=tops)


def _pushed(openings: tuple[Opening, ...], wall: Wall, share: float, eye: float) -> tuple[Opening, ...]:
    """Openings of a wall that stands `share` times as far off: on the same rays from the camera, `eye` metres high."""
    return tuple(
        replace(
            o, u0=o.u0 * share, u1=o.u1 * share, z0=max(eye + (o.z0 - eye) * share, 0.0), z1=eye + (o.z1 - eye) * share
        )
        if o.wall == wall
        else o
        for o in openings
    )

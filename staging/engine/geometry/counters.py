"""Counters that one can sit at: islands and bars with a plain back, found by their foot, their top edge and their end.

The foot lies on the free floor's border, so its place is known; the top edge is then measured in the upright plane over
it. A dado or a sill on a wall looks alike but for one thing: it does not end in an edge that goes down to the floor and
no farther up.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from staging.engine.scene.fittings import Counter, Mask
from staging.engine.scene.room import Camera, Floats

SHORTEST: Final = 0.6  # metres of a foot that must be seen
LONG: Final = 1.4  # metres of its top edge: ovens and dishwashers are shorter, and two people need as much
HEIGHTS: Final = (0.84, 1.16)  # metres: kitchen counters are 0.9 m high, bars 1.07
SLOPE: Final = 0.09  # metres by which the ends of a top edge may differ in height
ASKEW: Final = 0.14  # how far a foot may turn off the room's axes: tangent
DISTANCE: Final = (0.9, 8.0)  # metres from the camera
ENDS: Final = 0.15  # metres to which an end is known
DOORS: Final = 1  # more upright edges than this in a back are doors and drawers: there nobody sits
BORDER: Final = 6  # pixels below a foot that are floor, and above it that are not


def find(ends: Floats, upright: Floats, clear: Mask, camera: Camera) -> tuple[Counter, ...]:
    """Counters from segments (N, 4) and upright edges (M, 4; lower end last), pixels of `clear` and `camera`."""
    found: list[tuple[float, Counter]] = []
    for foot in _feet(ends, clear, camera):
        for top in ends:
            counter = _counter(foot, top, upright, camera)
            if counter is not None:
                found.append((min(foot[3], counter.high) - max(foot[2], counter.low), counter))
    kept: list[Counter] = []
    for _, counter in sorted(found, key=lambda pair: -pair[0]):
        if not any(counter.axis == other.axis and abs(counter.at - other.at) < 0.8 for other in kept):
            kept.append(counter)
    return tuple(kept)


# The axis along which it runs, its place on the other one in its middle, from, to, its drift a metre; metres.
Foot = tuple[int, float, float, float, float]


def _feet(ends: Floats, clear: Mask, camera: Camera) -> list[Foot]:
    """Segments along the room's axes that bound the free floor from above."""
    feet: list[Foot] = []
    for x0, y0, x1, y1 in ends:
        rays = camera.rays(np.array([(x0, y0), (x1, y1)]))
        if (rays[:, 2] > -1e-3).any():
            continue
        points = camera.position + rays * (camera.height / -rays[:, 2])[:, None]
        step = points[1, :2] - points[0, :2]
        axis = int(abs(step[1]) > abs(step[0]))
        if abs(step[axis]) < SHORTEST or abs(step[1 - axis]) > ASKEW * abs(step[axis]):
            continue
        if points[:, 1].min() < DISTANCE[0] or points[:, 1].max() > DISTANCE[1]:
            continue
        t = np.linspace(0.1, 0.9, 15)
        u, v = x0 + (x1 - x0) * t, y0 + (y1 - y0) * t
        if _share(clear, u, v + BORDER) > 0.6 and _share(clear, u, v - BORDER) < 0.3:
            low, high = sorted((float(points[0, axis]), float(points[1, axis])))
            slope = float(step[1 - axis] / step[axis])
            feet.append((axis, float(points[:, 1 - axis].mean()), low, high, slope))
    return feet


def _counter(foot: Foot, top: Floats, upright: Floats, camera: Camera) -> Counter | None:
    """The counter that a foot and a top edge make, if one of its ends is seen and its back has no doors."""
    axis, at, low, high, slope = foot
    edge = _in_plane(top.reshape(2, 2), axis, at, camera)
    if edge is None or abs(edge[0, 1] - edge[1, 1]) > SLOPE:
        return None
    height = float(edge[:, 1].mean())
    first, last = sorted((float(edge[0, 0]), float(edge[1, 0])))
    if last - first < LONG or not HEIGHTS[0] <= height <= HEIGHTS[1] or min(high, last) - max(low, first) < SHORTEST:
        return None
    ended, doors = False, 0
    for line in upright:
        side = _in_plane(line.reshape(2, 2), axis, at, camera)
        if side is None or abs(side[1, 1]) > 0.5 or side[0, 1] > height + ENDS or side[0, 1] < height / 2:
            continue
        along = float(side[:, 0].mean())
        if min(abs(along - first), abs(along - last)) < ENDS and abs(side[1, 1]) < ENDS:
            ended = ended or abs(side[0, 1] - height) < ENDS
        elif first + ENDS < along < last - ENDS:
            doors += 1
    if not ended or doors > DOORS:
        return None
    middle = at + slope * ((first + last) / 2 - (low + high) / 2)
    return Counter(axis, middle, first, last, height, slope)


def _in_plane(pixels: Floats, axis: int, at: float, camera: Camera) -> Floats | None:
    """(along, height), metres, of pixels (2, 2) in the upright plane over a foot; None when they do not meet it."""
    rays = camera.rays(pixels)
    across = rays[:, 1 - axis]
    if (np.abs(across) < 1e-6).any():
        return None
    reach = (at - camera.position[1 - axis]) / across
    if (reach <= 0).any():
        return None
    points = camera.position + rays * reach[:, None]
    return points[:, [axis, 2]]


def _share(mask: Mask, u: NDArray[np.float64], v: NDArray[np.float64]) -> float:
    rows = np.clip(np.round(v).astype(int), 0, mask.shape[0] - 1)
    columns = np.clip(np.round(u).astype(int), 0, mask.shape[1] - 1)
    return float(mask[rows, columns].mean())

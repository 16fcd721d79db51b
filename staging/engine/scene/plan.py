"""Rooms that are no rectangle: the plan of the walls, and what it leaves out of the box as blocks up to the ceiling.

A plan is the outline of the floor, (x, y) metres, with walls along the room's axes only: an L has one corner that turns
inwards, an alcove two. Light, furniture and what is hidden know boxes alone, so a plan is kept and its blocks follow.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from staging.engine.scene.room import Block, Box

Point = tuple[float, float]
Plan = tuple[Point, ...]

SAME: Final = 0.02  # metres: walls nearer to each other than this are one


def cut_off(plan: Plan, box: Box) -> tuple[Block, ...]:
    """What `plan` leaves out of the box, as blocks from floor to ceiling, front to back; none for a rectangle.

    Raises ValueError, in words, when it is no outline that the camera stands in.
    """
    if not plan:
        return ()
    corners = np.asarray(plan, np.float64)
    steps = np.roll(corners, -1, axis=0) - corners
    if len(corners) < 4 or not np.isfinite(corners).all() or (np.abs(steps).min(1) > SAME).any():
        raise ValueError("not a room: a plan needs four corners or more, and walls along the room's axes")
    if not _inside(np.zeros((1, 2)), corners)[0]:
        raise ValueError("not a room: the camera must stand inside the plan")
    xs, ys = _lines(corners[:, 0], box.x0, box.x1), _lines(corners[:, 1], box.y0, box.y1)
    middles = np.stack(np.meshgrid((xs[1:] + xs[:-1]) / 2, (ys[1:] + ys[:-1]) / 2), -1)
    outside = ~_inside(middles.reshape(-1, 2), corners).reshape(middles.shape[:2])
    blocks = []
    while outside.any():
        # The widest stretch of the foremost row, then as many rows as are outside over all of it.
        row = int(outside.any(1).argmax())
        left = int(outside[row].argmax())
        right = left + int(np.append(~outside[row, left:], True).argmax())
        over = np.append(~outside[row:, left:right].all(1), True)
        last = row + int(over.argmax())
        outside[row:last, left:right] = False
        blocks.append(Block(float(xs[left]), float(xs[right]), float(ys[row]), float(ys[last]), box.height))
    return tuple(blocks)


def outline(box: Box, walls: tuple[Block, ...]) -> Plan:
    """The outline of the floor that the camera stands on: the box without the blocks that are `walls`."""
    whole = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
    if not walls:
        return whole
    xs = _lines(np.array([v for b in walls for v in (b.x0, b.x1)]), box.x0, box.x1)
    ys = _lines(np.array([v for b in walls for v in (b.y0, b.y1)]), box.y0, box.y1)
    free = np.ones((len(ys) - 1, len(xs) - 1), bool)
    for b in walls:
        free[np.ix_(_between(ys, b.y0, b.y1), _between(xs, b.x0, b.x1))] = False
    start = int(np.searchsorted(ys, 0.0)) - 1, int(np.searchsorted(xs, 0.0)) - 1
    if not free[start]:
        return whole
    ring = _ring(_reached(free, start))
    return tuple((float(xs[i]), float(ys[j])) for i, j in ring)


def _lines(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """The walls' places on one axis, ends included, without doubles."""
    kept = [low]
    for value in np.sort(values[(values > low) & (values < high)]):
        if value - kept[-1] > SAME and high - value > SAME:
            kept.append(float(value))
    return np.array([*kept, high])


def _between(lines: NDArray[np.float64], low: float, high: float) -> NDArray[np.bool_]:
    middles = (lines[1:] + lines[:-1]) / 2
    return (middles > low) & (middles < high)


def _inside(points: NDArray[np.float64], corners: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Even-odd rule for walls along the axes."""
    found = np.zeros(len(points), bool)
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if abs(ay - by) > SAME:
            found ^= ((points[:, 1] > ay) != (points[:, 1] > by)) & (points[:, 0] < (ax + bx) / 2)
    return found


def _reached(free: NDArray[np.bool_], start: tuple[int, int]) -> NDArray[np.bool_]:
    """The free cells that hang together with `start`."""
    seen = np.zeros_like(free)
    todo = [start]
    while todo:
        j, i = todo.pop()
        if 0 <= j < free.shape[0] and 0 <= i < free.shape[1] and free[j, i] and not seen[j, i]:
            seen[j, i] = True
            todo += [(j + 1, i), (j - 1, i), (j, i + 1), (j, i - 1)]
    return seen


def _ring(cells: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The corners (column, row) of the outer border of cells that hang together, without those on a straight wall."""
    padded = np.pad(cells, 1)
    # Directed edges with the cells on their left; the outer ring begins at the lowest row's first cell.
    follow: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for j, i in np.argwhere(cells):
        for one, other, beyond in (
            ((i, j), (i + 1, j), (j, i + 1)),
            ((i + 1, j), (i + 1, j + 1), (j + 1, i + 2)),
            ((i + 1, j + 1), (i, j + 1), (j + 2, i + 1)),
            ((i, j + 1), (i, j), (j + 1, i)),
        ):
            if not padded[beyond]:
                follow.setdefault((int(one[0]), int(one[1])), []).append((int(other[0]), int(other[1])))
    first = min(follow, key=lambda corner: (corner[1], corner[0]))
    ring, here = [first], follow[first].pop()
    while here != first:
        ring.append(here)
        here = follow[here].pop()
    bends = []
    for before, corner, after in zip([ring[-1], *ring[:-1]], ring, [*ring[1:], ring[0]], strict=True):
        if (before[0] == corner[0]) != (corner[0] == after[0]):
            bends.append(corner)
    return bends

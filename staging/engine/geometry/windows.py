"""Windows and open doorways: rectangles with edges on all sides and something else than paint inside."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from staging.engine.geometry.borders import fades
from staging.engine.geometry.rectangles import EdgeSums, Fill, Framed, Rectangle, framed, without_overlaps
from staging.engine.geometry.walls import PER_METRE, WallPicture

WIDTH: Final = (0.35, 6.0)  # metres
LEAST_HEIGHT: Final = 0.4
ON_FLOOR: Final = 0.25  # metres: what reaches lower counts as reaching the floor


def find(picture: WallPicture, sums: EdgeSums) -> list[Rectangle]:
    """Rectangles with edges on all sides that are not filled with paint; of nested ones the outer is preferred."""
    columns = sums.columns(0.1, picture.height - 0.1, 0.6, 0.5)
    floor = picture.lab.shape[0]
    rows = [r for r in sums.rows(ON_FLOOR, picture.height - 0.08, 0.4, 0.5) if r < picture.row(ON_FLOOR)]
    found = framed(sums, columns, [*rows, floor], 0.45)
    width, height = (found.right - found.left) / PER_METRE, (found.bottom - found.top) / PER_METRE
    fits = (width > WIDTH[0]) & (width < WIDTH[1]) & (height > LEAST_HEIGHT) & (width < 5 * height)
    found = found.chosen(fits)
    fill = _evenly_filled(picture, sums, found)
    found, fill = found.chosen(fill > 0.35), fill[fill > 0.35]
    score = found.sides.mean(0) * np.minimum(1.0, fill + 0.4)
    area = (found.right - found.left) * (found.bottom - found.top) / PER_METRE**2
    best = np.argsort(-(score + 0.12 * np.log(area)), kind="stable")[:300]
    kept = without_overlaps(
        found.chosen(best).rectangles(score[best]), rank=lambda r: r.score + 0.12 * math.log(r.width * r.height)
    )
    return [_grounded(sums, r) for r in kept if not _fades(picture, r)]


def _fades(picture: WallPicture, r: Rectangle) -> bool:
    """Whether what would be a window is the paint in another light."""
    return picture.z(r.bottom) >= ON_FLOOR and fades(picture, r)


def _evenly_filled(picture: WallPicture, sums: EdgeSums, found: Framed) -> NDArray[np.float64]:
    """How little rectangles look like paint in the one of their four quarters that looks most like it, (N,).

    What reaches the floor must also differ, and have sides, down there; else it is a window and the wall under it.
    """
    fill = Fill(picture)
    x, y = (found.left + found.right) // 2, (found.top + found.bottom) // 2
    a, b, c, d = found.left, found.top, found.right, found.bottom
    quarters = [fill(a, b, x, y), fill(x, b, c, y), fill(a, y, x, d), fill(x, y, c, d)]
    least = np.min(quarters, 0)
    knee, foot = picture.row(0.75), picture.row(0.15)
    reaches = (d == picture.lab.shape[0]) & (b < knee)
    low = np.where(reaches, knee, b), np.where(reaches, foot, d)
    # where the photo's frame is a side, the other one decides
    left = np.where(a == 0, 1.0, sums.upright(a, *low))
    right = np.where(c == picture.lab.shape[1], 1.0, sums.upright(c, *low))
    legs = np.minimum(left, right)
    grounded = np.where(legs > 0.3, fill(a, low[0], c, low[1]), 0.0)
    return np.where(reaches, np.minimum(least, grounded), least)


def _below(sums: EdgeSums, r: Rectangle) -> list[float]:
    """Edge evidence of the sides of a raised rectangle, drawn on from its foot down to the skirting."""
    foot, end = sums.picture.row(0.1), sums.picture.lab.shape[1]
    return [float(sums.upright(at, r.bottom, foot)) for at in (r.left, r.right) if 0 < at < end]


def ends_in_sill(sums: EdgeSums, r: Rectangle) -> bool:
    """Whether the sides of a raised rectangle end at its foot, as those of windows do and those of shelves do not."""
    return max(_below(sums, r), default=1.0) < 0.4


def _grounded(sums: EdgeSums, r: Rectangle) -> Rectangle:
    """The rectangle down to the floor where its sides go on down there: a doorway with a step, a french window."""
    picture = sums.picture
    if not ON_FLOOR < picture.z(r.bottom) < 0.6 or picture.row(0.1) - r.bottom < 6:
        return r
    sides = _below(sums, r)
    if not sides or min(sides) < 0.5:
        return r
    return replace(r, bottom=picture.lab.shape[0])

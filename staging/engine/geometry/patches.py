"""What on a wall is no paint and no framed rectangle: fireplaces, shelves, curtains, arched windows, wide passages."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.geometry.borders import fades
from staging.engine.geometry.rectangles import EdgeSums, Rectangle
from staging.engine.geometry.walls import PER_METRE, WallPicture
from staging.engine.geometry.windows import ON_FLOOR

DEVIANT: Final = 13.0  # weighted Lab units from the paint
NARROWEST: Final = 0.35  # metres
BODY: Final = (0.15, 1.6)  # metres above the floor where something that stands on the floor is looked for
SHIN: Final = (0.17, 0.33)  # above skirtings and below the sills of low windows


def standing(picture: WallPicture, sums: EdgeSums, taken: list[Rectangle]) -> list[Rectangle]:
    """Stretches of wall that are not paint from the floor up, besides the `taken` rectangles."""
    low, high = picture.row(BODY[0]), picture.row(BODY[1])
    under_sills = _share(picture, picture.row(SHIN[1]), picture.row(SHIN[0]))
    occupied = (_share(picture, high, low) > 0.55) & (under_sills > 0.7)
    for r in taken:
        occupied[r.left : r.right] = False
    found = []
    for left, right in _runs(occupied, gap=round(0.15 * PER_METRE)):
        if right - left < NARROWEST * PER_METRE or not _has_sides(sums, left, right, high, low):
            continue
        rows = (picture.unlike[:low, left:right] * picture.seen[:low, left:right]).mean(1) > 0.35
        paint_above = np.flatnonzero(~rows[: picture.row(0.75)])
        top = int(paint_above[-1]) + 1 if len(paint_above) else 0
        found.append(Rectangle(left, top, right, picture.lab.shape[0], 0.5))
    return found


def _share(picture: WallPicture, top: int, bottom: int) -> NDArray[np.float64]:
    """Per column, how much of what is seen between two rows is not paint."""
    seen = picture.seen[top:bottom].sum(0)
    return np.where(seen > 0.3 * (bottom - top), picture.unlike[top:bottom].sum(0) / np.maximum(seen, 1), 0.0)


def _runs(flags: NDArray[np.bool_], gap: int) -> list[tuple[int, int]]:
    """Stretches of true columns, joined over gaps of at most `gap`."""
    runs: list[tuple[int, int]] = []
    for i in np.flatnonzero(flags).tolist():
        if runs and i - runs[-1][1] <= gap:
            runs[-1] = (runs[-1][0], i + 1)
        else:
            runs.append((i, i + 1))
    return runs


def _has_sides(sums: EdgeSums, left: int, right: int, top: int, bottom: int) -> bool:
    """Whether the stretch ends in edges; a corner's soft shade does not."""
    reach = np.arange(-6, 7)
    width = sums.picture.seen.shape[1]
    inner = [at for at in (left, right) if 6 < at < width - 6]
    return all(float(sums.upright(at + reach, top, bottom).max()) > 0.35 for at in inner) and bool(inner)


def raised(picture: WallPicture, sums: EdgeSums) -> list[Rectangle]:
    """Rectangles above the floor round connected areas that clearly do not have the paint's colour."""
    light, paint = picture.lab[..., 0], picture.paint[..., 0]
    blown_out = (light > 97.5) & (light - paint > 4)
    mask = (((picture.deviation > DEVIANT) | blown_out) & picture.seen).astype(np.uint8)
    rim = round(0.06 * PER_METRE)
    mask[: round(0.08 * PER_METRE)] = 0
    mask[picture.row(0.16) :] = 0
    mask[:, :rim] = 0
    mask[:, mask.shape[1] - rim :] = 0
    joined = cv2.morphologyEx(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _square(0.22)), cv2.MORPH_OPEN, _square(0.12))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    found = []
    for i in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[i])
        if min(w, h) < 0.35 * PER_METRE or area < 0.45 * w * h:
            continue
        rectangle = _snapped(sums, Rectangle(x, y, x + w, y + h, area / (w * h)))
        on_wall = picture.z(rectangle.bottom) >= ON_FLOOR and _outlined(sums, rectangle) > 0.35
        if on_wall and not fades(picture, rectangle):
            found.append(rectangle)
    return found


def _square(metres: float) -> NDArray[np.uint8]:
    n = round(metres * PER_METRE) | 1
    return np.ones((n, n), np.uint8)


def _snapped(sums: EdgeSums, r: Rectangle) -> Rectangle:
    """The rectangle with its sides on the strongest edges within 12 cm."""
    reach = np.arange(-7, 8)
    near = 1 - 0.02 * np.abs(reach)
    height, width = sums.picture.seen.shape

    def best(evidence: NDArray[np.float64], at: int, limit: int) -> int:
        k = int((evidence * near).argmax())
        return int(np.clip(at + reach[k], 0, limit)) if evidence[k] > 0.3 else at

    left = best(sums.upright(r.left + reach, r.top, r.bottom), r.left, width)
    right = best(sums.upright(r.right + reach, r.top, r.bottom), r.right, width)
    top = best(sums.level(r.top + reach, r.left, r.right), r.top, height)
    bottom = best(sums.level(r.bottom + reach, r.left, r.right), r.bottom, height)
    return Rectangle(left, top, max(right, left + 1), max(bottom, top + 1), r.score)


def _outlined(sums: EdgeSums, r: Rectangle) -> float:
    """Mean edge evidence of the four sides."""
    upright = sums.upright([r.left, r.right], r.top, r.bottom)
    level = sums.level([r.top, r.bottom], r.left, r.right)
    return float((upright.sum() + level.sum()) / 4)

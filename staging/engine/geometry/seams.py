"""What may be a flush door: a leaf in the wall's own colour without a casing, told by the thin dark gap about it.

The gap is a valley of the lightness one or two pixels wide, too faint for an edge: only along its whole length does it
stand out from the grain of the paint. So short stretches of wall are averaged along the line that is looked for, and
the shares of stretches with a valley are counted (the sides, and the head between them). It may as well be a cupboard
or a hatch; nothing tall or hung belongs before those either.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.geometry.rectangles import Rectangle, without_overlaps
from staging.engine.geometry.walls import PER_METRE, WALLS, WallPicture, rectified
from staging.engine.scene.room import Floats, Opening, Room

LONGEST: Final = 1200  # pixels
WIDTH: Final = (0.6, 1.2)  # metres between the gaps at both sides
HEAD: Final = (1.8, 2.45)  # metres of the gap over the leaf
FOOT: Final = 0.2  # metres: below it skirtings end at the leaf, or run on over it
STRETCH: Final = 0.12  # metres that are averaged along a line
BESIDE: Final = 3  # pixels from a line at which the paint beside it is looked at
NARROW: Final = 1  # pixels to both sides that a line may wander
FAINTEST: Final = 0.7  # of L*: the depth of a valley that is no noise
OF_NOISE: Final = 3.0  # and so many times the valley that bare paint has by chance
SIDE: Final = 0.6  # share of a side's stretches, and of the head's, that must show the gap
ALL: Final = 0.68  # and of all three together
BEYOND: Final = 0.5  # share of the stretches beyond a corner from which on the line runs on: a panel, a joint
FURTHER: Final = 0.4  # metres beyond a corner that are looked at
LEAST_SHARE: Final = 0.02  # of the picture that a wall must take to be searched
ALREADY: Final = 0.2  # of the smaller one: what overlaps an opening more is part of it


def find(photo: NDArray[np.uint8], room: Room) -> tuple[Opening, ...]:
    """Doors that may be in the visible walls, none of them over an opening that `room` has; photo (H, W, 3), sRGB."""
    found: list[Opening] = []
    photo = _shrunk(photo)
    room = dataclasses.replace(room, camera=room.camera.resized(photo.shape[1], photo.shape[0]))
    for wall in WALLS:
        if room.visible.get(wall, 0.0) < LEAST_SHARE:
            continue
        picture = rectified(photo, room.camera, room.box, wall)
        if picture is not None:
            known = [(o.u0, o.u1) for o in room.openings_on(wall) if o.z0 < HEAD[0]]
            found += [o for r in _leaves(picture) if not _covered(o := _opening(picture, r), known)]
    return tuple(found)


def _shrunk(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The photo with a long side of `LONGEST` pixels at most: in a finer one a gap falls between the samples."""
    k = LONGEST / max(photo.shape[:2])
    size = round(photo.shape[1] * k), round(photo.shape[0] * k)
    return photo if k >= 1 else np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA))


def _opening(picture: WallPicture, r: Rectangle) -> Opening:
    return Opening(
        "door", picture.wall, picture.u(r.left), picture.u(r.right), 0.0, picture.z(r.top), round(r.score, 3)
    )


def _covered(o: Opening, known: list[tuple[float, float]]) -> bool:
    """Whether an opening stands where another is known."""
    return any(min(o.u1, b) - max(o.u0, a) > ALREADY * min(o.u1 - o.u0, b - a) for a, b in known)


def _leaves(picture: WallPicture) -> list[Rectangle]:
    """Rectangles from the floor with a gap on both sides and over them that ends at its corners."""
    light = np.asarray(picture.lab[..., 0], np.float64)
    rows, columns = light.shape
    step = max(3, round(STRETCH * PER_METRE))
    upright = _valleys(light, picture.seen, step)  # (stretches down the wall, columns)
    level = _valleys(light.T, picture.seen.T, step).T  # (rows, stretches along the wall)
    foot = picture.row(FOOT) // step
    found = []
    heads = picture.row(min(HEAD[1], picture.height - 0.1)), picture.row(HEAD[0])
    for top in range(heads[0] // step, (heads[1] - 1) // step + 1):
        share = upright[top:foot].mean(0) if foot - top > 4 else np.zeros(columns)
        lines = _peaks(share)
        for left in lines:
            for right in lines:
                if not WIDTH[0] <= (right - left) / PER_METRE <= WIDTH[1]:
                    continue
                best = _head(level, range(max(top * step, 1), min((top + 1) * step, rows - 1)), left, right, step)
                if best is None or _runs_on(upright, top, left, right, step):
                    continue
                score = float((share[left] + share[right] + best[1]) / 3)
                if score < ALL:
                    continue
                found.append(Rectangle(int(left), best[0], int(right), rows, score))
    return without_overlaps(found, 0.1, rank=lambda r: r.score)


def _valleys(light: Floats, seen: NDArray[np.bool_], step: int) -> Floats:
    """1.0 where a stretch of `step` rows of lightness (H, W) has a dark line down a column, (H // step, W)."""
    count = light.shape[0] // step
    cut = light[: count * step].reshape(count, step, -1).mean(1)
    shown = seen[: count * step].reshape(count, step, -1).all(1)
    padded = np.pad(cut, ((0, 0), (BESIDE, BESIDE)), mode="edge")
    width = cut.shape[1]
    depth = np.minimum(padded[:, :width], padded[:, 2 * BESIDE :]) - cut
    depth = np.where(shown, depth, 0.0)
    noise = float(np.median(np.abs(depth[shown]))) if shown.any() else 0.0
    dark = depth > max(FAINTEST, OF_NOISE * noise)
    wide = np.pad(dark, ((0, 0), (NARROW, NARROW)))
    return np.asarray(np.max([wide[:, i : i + width] for i in range(2 * NARROW + 1)], 0), np.float64)


def _peaks(share: Floats) -> list[int]:
    """The middles of the runs of columns that reach `SIDE`."""
    ends = np.flatnonzero(np.diff(np.concatenate([[0], share >= SIDE, [0]]).astype(int)))
    runs = zip(ends[::2], ends[1::2], strict=True)
    return [int((a + b - 1) // 2) for a, b in runs if b - a <= 2 * (2 * NARROW + 1)]


def _head(level: Floats, heads: range, left: int, right: int, step: int) -> tuple[int, float] | None:
    """The row and share of the clearest line between two columns that does not run on beyond both."""
    a, b, more = -(-left // step), right // step, round(FURTHER * PER_METRE / step)
    if b - a < 2 or not len(heads):
        return None
    rows = np.array(heads)
    share = level[rows, a:b].mean(1)
    best = int(share.argmax())
    outer = [level[rows[best], max(a - 1 - more, 0) : max(a - 1, 0)], level[rows[best], b + 1 : b + 1 + more]]
    if share[best] < SIDE or all(len(part) and part.mean() > BEYOND for part in outer):
        return None
    return int(rows[best]), float(share[best])


def _runs_on(upright: Floats, top: int, left: int, right: int, step: int) -> bool:
    """Whether both sides go on above the head, as the joints of panels do."""
    over = upright[max(top - round(FURTHER * PER_METRE / step), 0) : top]
    return len(over) > 0 and min(over[:, left].mean(), over[:, right].mean()) > BEYOND

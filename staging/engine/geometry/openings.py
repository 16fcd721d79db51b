"""Windows, doors and passages of the visible walls.

Three finders look at each rectified wall: `windows` (edges on four sides, no paint inside), `doors` (pairs of
upright edges from the floor, white on white too) and `patches` (what else is no paint). `leaves` then looks
beside the doorways among them. A false window matters less than a missed door: nothing may stand before a door.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from staging.engine.geometry import doors, leaves, patches, windows
from staging.engine.geometry.rectangles import EdgeSums, Rectangle, without_overlaps
from staging.engine.geometry.walls import WALLS, WallPicture, common_paint, rectified
from staging.engine.scene.room import Opening, OpeningKind, Room

LEAST_SHARE = 0.02  # of the picture that a wall must take to be searched


def find(photo: NDArray[np.uint8], room: Room) -> tuple[Opening, ...]:
    """The openings of the visible walls, in the metres of `room`; the RGB photo has the size of its camera."""
    walls = [w for w in WALLS if room.visible.get(w, 0.0) >= LEAST_SHARE]
    pictures = [p for w in walls if (p := rectified(photo, room.camera, room.box, w)) is not None]
    common = common_paint(pictures)
    return tuple(o for p in pictures for o in on_wall(dataclasses.replace(p, common=common)))


def on_wall(picture: WallPicture) -> list[Opening]:
    """The openings of one wall picture."""
    sums = EdgeSums(picture)
    glazed = windows.find(picture, sums)
    shut = [d for d in doors.find(picture, sums) if not _is_pier(picture, d, glazed)]
    # where both finders see the same, it is the door: its threshold may look like a sill
    framed = without_overlaps(shut + glazed, rank=lambda r: r.score + (0.05 if r in shut else 0.0))
    clear = [r for r in framed if picture.z(r.bottom) < windows.ON_FLOOR or windows.ends_in_sill(sums, r)]
    standing = patches.standing(picture, sums, clear)
    # the frames of shelves and mantels are no windows
    sure = [r for r in framed if all(r.overlap(s) < 0.5 for s in standing)] + standing
    ajar = leaves.find(picture, sums, sure)
    more = [r for r in patches.raised(picture, sums) if all(r.overlap(s) < 0.2 for s in sure + ajar)]
    return [o for r in sure + more if (o := _opening(picture, r)) is not None] + [_leaf(picture, r) for r in ajar]


def _is_pier(picture: WallPicture, door: Rectangle, glazed: list[Rectangle]) -> bool:
    """Whether a door is only the bare wall beside a window, whose edge it borrows."""
    inside = picture.unlike[door.top : door.bottom, door.left : door.right]
    beside = (min(abs(w.left - door.right), abs(w.right - door.left)) for w in glazed)
    return float(inside.mean()) < 0.25 and any(gap <= 5 for gap in beside)


def _is_sunlit(picture: WallPicture, r: Rectangle) -> bool:
    """Whether a patch is the paint, only brighter: sun through a window."""
    inside = slice(r.top, r.bottom), slice(r.left, r.right)
    step = np.median((picture.lab - picture.paint)[inside].reshape(-1, 3), 0)
    return float(step[0]) > 3 and float(np.hypot(step[1], step[2])) < 8


def kind_of(z0: float, z1: float, width: float) -> OpeningKind | None:
    """What a rectangle of these metres is.

    What reaches the floor is a door, a passage when it is too wide or high for one, or something low: a
    fireplace is left free like a passage, a radiator or a socket is nothing.
    """
    if z0 >= windows.ON_FLOOR:
        return "window"
    if z1 < 1.6:
        return "opening" if width > 0.7 and z1 > 0.75 else None
    return "door" if z1 <= 2.4 and width <= 1.3 else "opening"


def _opening(picture: WallPicture, r: Rectangle) -> Opening | None:
    z0, z1 = picture.z(r.bottom), picture.z(r.top)
    kind = kind_of(z0, z1, r.width)
    if kind is None or (kind == "opening" and z1 < 1.6 and _is_sunlit(picture, r)):
        return None
    low = z0 if kind == "window" else 0.0
    return Opening(kind, picture.wall, picture.u(r.left), picture.u(r.right), low, z1, round(r.score, 3))


def _leaf(picture: WallPicture, r: Rectangle) -> Opening:
    """A door whatever its size: an open leaf stands before its wall and looks larger on it."""
    return Opening(
        "door", picture.wall, picture.u(r.left), picture.u(r.right), 0.0, picture.z(r.top), round(r.score, 3)
    )

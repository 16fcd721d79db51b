"""Whether what is seen round a hole looks as the room behind it says: floor like floor, walls like walls."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import dilated
from staging.engine.geometry.looks import looks
from staging.engine.removal.scene import Scene
from staging.engine.removal.sheets import Floats, Mask
from staging.engine.scene.faces import FLOOR, LEFT

AT: Final = 480  # long edge in pixels of the picture that is judged
MODES: Final = 3
RARE: Final = 0.15  # of the samples: a colour with less of them is no floor's and no wall's
SURE: Final = 1.5  # the most that one pixel may say
NEITHER: Final = 8.0  # units of looks: what is farther from both is another thing that stands there, and says nothing
LOWEST: Final = 0.12  # of the height, free pixels at the lower end of each column: floor, rather than wall
LEAST_FLOOR: Final = 0.25  # of the lowest pixels, what must have been read as floor to be asked alone
ROUND: Final = 0.08  # of the long edge, how far round a hole its planes are asked what they look like
TELLING: Final = 0.4  # what a pixel must say to be heard
FEWEST: Final = 60  # pixels


def agreement(scene: Scene, hole: Mask) -> float:
    """How much of what lies round a hole looks as its plane should, 0..1, the worse of floor and walls; 1 if unknown.

    Little, where the room was misread: floor would be drawn over wall, or wall over floor.
    """
    heard = _says(scene, hole)
    if heard is None:
        return 1.0
    says, labels, free = heard
    says = says * free
    size = says.shape[1], says.shape[0]
    small = cv2.resize(hole.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.02
    round_it = dilated(small, round(ROUND * max(size))) & ~small & (np.abs(says) > TELLING)
    parts = []
    for at, sign in ((labels == FLOOR, 1), (labels >= LEFT, -1)):
        mine = at & round_it
        if mine.sum() > FEWEST:
            parts.append(float((sign * says[mine] > 0).mean()))
    return min(parts, default=1.0)


def floor_taken(scene: Scene, hole: Mask) -> float:
    """How much of the hole looks like the floor and lies on walls, against what is seen of the floor, 0 and more.

    Much, where a room full of furniture was misread: floor that is seen between its legs was taken for furniture.
    """
    heard = _says(scene, hole)
    if heard is None:
        return 0.0
    says, labels, free = heard
    floor = says > TELLING
    return float((floor & ~free & (labels >= LEFT)).sum() / max(FEWEST, (floor & free & (labels == FLOOR)).sum()))


def _says(scene: Scene, hole: Mask) -> tuple[NDArray[np.float64], NDArray[np.uint8], Mask] | None:
    """Above 0 where a pixel of the small picture (h, w) looks like floor, below where like wall; its faces; and where
    the hole is not.
    """
    height, width = hole.shape
    k = min(1.0, AT / max(height, width))
    size = max(8, round(width * k)), max(8, round(height * k))
    free = cv2.resize(hole.astype(np.float32), size, interpolation=cv2.INTER_AREA) < 0.02
    free = cv2.erode(free.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1) > 0
    seen = looks(scene.photo, size)
    labels = np.asarray(
        cv2.resize(scene.faces.labels.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST), np.uint8
    )
    z = cv2.resize(scene.faces.points[..., 2].astype(np.float32), size, interpolation=cv2.INTER_NEAREST)
    floor = _modes(seen[_lowest(free, labels)])
    wall = _modes(seen[free & (labels >= LEFT) & (z > 1.0)])
    if floor is None or wall is None:
        return None
    to_floor = np.linalg.norm(seen[:, :, None] - floor, axis=-1).min(-1)
    to_wall = np.linalg.norm(seen[:, :, None] - wall, axis=-1).min(-1)
    says = np.clip((to_wall - to_floor) / 8, -SURE, SURE)
    return np.where(np.minimum(to_wall, to_floor) > NEITHER, 0, says), labels, np.asarray(free)


def _lowest(free: Mask, labels: NDArray[np.uint8]) -> Mask:
    """The lowest free pixels of each column, in the lower part of the picture: those of the floor as it was read,
    where these are more than the share LEAST_FLOOR.
    """
    height = free.shape[0]
    part = free & (np.arange(height) > 0.55 * height)[:, None]
    order = np.cumsum(part[::-1], 0)[::-1]
    near = part & (order <= LOWEST * height)
    on_floor = near & (labels == FLOOR)
    return on_floor if on_floor.sum() >= LEAST_FLOOR * near.sum() else near


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

"""The small copy of a room's photo cut into patches of one colour, with what the geometry says of each."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.redesign.matting import Bytes, Floats, Mask
from staging.engine.redesign.patches import Patches, lab_of
from staging.engine.scene.faces import BACK, CEILING, LEFT, RIGHT, FaceMap, face_map
from staging.engine.scene.room import Opening, Room

WALL_LABELS: Final = {"left": LEFT, "right": RIGHT, "back": BACK}
_OPENING: Final = LEFT + 1  # a group of its own beside the labels of faces
_SLACK: Final = 0.014  # of the long side: by how much a line of the box may miss the photo's
_LEAST_CEILING: Final = 0.02  # of the picture
_DEEP: Final = 60  # pixels farther than that from a line, on each side of it, of a patch that crosses it


@dataclass(frozen=True)
class Regions(Patches):
    """The patches of a room: none is part of two of floor, ceiling, walls and openings."""

    room: Room
    faces: FaceMap

    @classmethod
    def of(cls, copy: Bytes, room: Room) -> Regions:
        """Cut `copy` (h, w, 3) into patches; `room` may be of any size of the same photo."""
        cut = Patches.cut(copy)
        whole = cls(copy, cut.lab, cut.patch, room, face_map(room, copy.shape[1], copy.shape[0]))
        return dataclasses.replace(whole, patch=_split(cut.patch, whole._groups()))

    @classmethod
    def again(cls, copy: Bytes, room: Room, patch: NDArray[np.int32]) -> Regions:
        """`of` the same two, which answered this `patch` (h, w) before."""
        return cls(copy, lab_of(copy), patch, room, face_map(room, copy.shape[1], copy.shape[0]))

    def _groups(self) -> NDArray[np.int32]:
        """Floor, ceiling, wall or opening at every pixel (h, w): what one patch should not be part of twice."""
        groups = np.minimum(self.faces.labels, LEFT).astype(np.int32)  # all walls as one
        for opening in self.room.openings:
            groups[self.seen(opening)] = _OPENING
        return groups

    @cached_property
    def hue_of_light(self) -> Floats:
        """Lab a and b (2,) of the ceiling, which is white; of nothing but grey where too little of it is seen."""
        above = (self.faces.labels == CEILING) & (self.lab[..., 0] < 99)
        if above.mean() < _LEAST_CEILING:
            return np.zeros(2, np.float32)
        return np.asarray(np.median(self.lab[above], 0)[1:], np.float32)

    def along(self, label: int) -> Floats:
        """The coordinate along a wall of every pixel (h, w), metres; it means something where that wall is seen."""
        return self.faces.points[..., 0 if label == BACK else 1].astype(np.float32)

    def seen(self, opening: Opening, *, margin: float = 0.0) -> Mask:
        """Pixels (h, w) that see an opening grown on all sides by `margin` metres."""
        label = WALL_LABELS.get(opening.wall)
        if label is None:
            return np.zeros(self.patch.shape, bool)
        along, up = self.along(label), self.faces.points[..., 2]
        inside = (along > opening.u0 - margin) & (along < opening.u1 + margin)
        inside &= (up > opening.z0 - margin) & (up < opening.z1 + margin)
        return np.asarray(inside & (self.faces.labels == label))


def _split(patch: NDArray[np.int32], groups: NDArray[np.int32]) -> NDArray[np.int32]:
    """Cut patches that reach deep into two groups (h, w): where no edge is seen, the box decides.

    A patch that only laps over a line stays whole: the box may be off by a little, the photo's own edge is not.
    """
    slack = max(3, round(max(patch.shape) * _SLACK))
    kernel = np.ones((2 * slack + 1, 2 * slack + 1), np.uint8)
    count = int(patch.max()) + 1
    deep = np.zeros((count, _OPENING + 1))
    for group in range(_OPENING + 1):
        core = cv2.erode((groups == group).astype(np.uint8), kernel) > 0
        deep[:, group] = np.bincount(patch[core], minlength=count)
    crossing = (deep > _DEEP).sum(1) > 1
    # What lies in a group that the patch does not reach deep into goes with the patch's main part.
    main = deep.argmax(1)
    own = np.where(deep[patch, groups] > _DEEP, groups, main[patch])
    cut = np.where(crossing[patch], patch * (_OPENING + 1) + own, patch * (_OPENING + 1))
    _, numbers = np.unique(cut, return_inverse=True)
    return numbers.reshape(patch.shape).astype(np.int32)

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
from staging.engine.scene.faces import BACK, LEFT, RIGHT, FaceMap, face_map
from staging.engine.scene.room import Opening, Room

WALL_LABELS: Final = {"left": LEFT, "right": RIGHT, "back": BACK}
_SCALE: Final = 90.0  # of Felzenszwalb and Huttenlocher: larger patches with a larger value
_SMALLEST: Final = 30  # pixels of a patch
_OPENING: Final = LEFT + 1  # a group of its own beside the labels of faces
_SLACK: Final = 0.014  # of the long side: by how much a line of the box may miss the photo's
_DEEP: Final = 60  # pixels farther than that from a line, on each side of it, of a patch that crosses it
_BESIDE: Final = 3  # pixels from a border at which the colours of its two sides are compared
_EDGE: Final = 5.0  # Lab units within some pixels that are an edge
_WEIGHTS: Final = np.array([1.0, 1.3, 1.3], np.float32)


@dataclass(frozen=True)
class Borders:
    """Pairs of patches that touch: their numbers, how many pixels long, and the mean step across, Lab units."""

    one: NDArray[np.int64]
    other: NDArray[np.int64]
    length: Floats
    step: Floats

    def touching(self, chosen: Mask, count: int, weakest: float) -> tuple[Floats, Floats]:
        """Per patch (n,): the length of its border with chosen patches over steps below `weakest`, and of all."""
        weak = self.length * (self.step < weakest)
        near = np.bincount(self.one, weak * chosen[self.other], count)
        near += np.bincount(self.other, weak * chosen[self.one], count)
        whole = np.bincount(self.one, self.length, count) + np.bincount(self.other, self.length, count)
        return near.astype(np.float32), whole.astype(np.float32)


@dataclass(frozen=True)
class Regions:
    """`lab` (h, w, 3) CIE Lab of the `copy`; `patch` (h, w) numbers of connected areas of nearly one colour."""

    copy: Bytes
    lab: Floats
    patch: NDArray[np.int32]
    room: Room
    faces: FaceMap

    @classmethod
    def of(cls, copy: Bytes, room: Room) -> Regions:
        """Cut `copy` (h, w, 3) into patches; `room` may be of any size of the same photo."""
        height, width = copy.shape[:2]
        lab = np.asarray(cv2.cvtColor(copy.astype(np.float32) / 255, cv2.COLOR_RGB2Lab), np.float32)
        cutter = cv2.ximgproc.segmentation.createGraphSegmentation(0.7, _SCALE, _SMALLEST)
        patch = np.asarray(cutter.processImage(cv2.bilateralFilter(lab, 7, 4.0, 2.5)), np.int32)
        faces = face_map(room, width, height)
        whole = cls(copy, lab, patch, room, faces)
        return dataclasses.replace(whole, patch=_split(patch, whole._groups()))

    def _groups(self) -> NDArray[np.int32]:
        """Floor, ceiling, wall or opening at every pixel (h, w): what one patch should not be part of twice."""
        groups = np.minimum(self.faces.labels, LEFT).astype(np.int32)  # all walls as one
        for opening in self.room.openings:
            groups[self.seen(opening)] = _OPENING
        return groups

    @cached_property
    def edges(self) -> Mask:
        """Pixels (h, w) on or beside an edge of the photo."""
        smooth = np.asarray(cv2.GaussianBlur(self.lab, (0, 0), 0.8), np.float32)
        kernel = np.ones((7, 7), np.uint8)
        spread = cv2.dilate(smooth, kernel) - cv2.erode(smooth, kernel)
        return np.asarray(np.linalg.norm(spread, axis=-1) > _EDGE)

    @cached_property
    def near_lines(self) -> Mask:
        """Pixels (h, w) on or beside a line where the box's faces or openings meet."""
        groups = self._groups().astype(np.uint8)
        groups[groups == LEFT] = self.faces.labels[groups == LEFT].astype(np.uint8) + _OPENING
        kernel = np.ones((7, 7), np.uint8)
        return np.asarray(cv2.dilate(groups, kernel) != cv2.erode(groups, kernel))

    @cached_property
    def count(self) -> int:
        return int(self.patch.max()) + 1

    @cached_property
    def area(self) -> Floats:
        """Pixels of each patch (n,)."""
        return np.bincount(self.patch.ravel(), minlength=self.count).astype(np.float32)

    def mean(self, field: Floats | Mask) -> Floats:
        """The mean of a field (h, w) over each patch (n,)."""
        return (np.bincount(self.patch.ravel(), field.ravel(), self.count) / self.area).astype(np.float32)

    @cached_property
    def borders(self) -> Borders:
        """The borders between patches that touch."""
        smooth = np.asarray(cv2.GaussianBlur(self.lab, (0, 0), 0.8), np.float32) * _WEIGHTS
        found: list[tuple[NDArray[np.int32], NDArray[np.int32], Floats]] = []
        for axis in (0, 1):
            ahead, behind = np.roll(smooth, -_BESIDE, axis), np.roll(smooth, _BESIDE - 1, axis)
            step = np.linalg.norm(ahead - behind, axis=-1).astype(np.float32)
            here, there = self.patch, np.roll(self.patch, -1, axis)
            inner = [slice(_BESIDE, -_BESIDE)] * 2
            differs = (here != there)[tuple(inner)]
            found.append(
                (here[tuple(inner)][differs], there[tuple(inner)][differs], np.asarray(step[tuple(inner)][differs]))
            )
        one, other = (np.concatenate([f[i] for f in found]) for i in (0, 1))
        step = np.concatenate([f[2] for f in found])
        key = np.minimum(one, other).astype(np.int64) * self.count + np.maximum(one, other)
        keys, index, length = np.unique(key, return_inverse=True, return_counts=True)
        mean = np.bincount(index, step) / length
        return Borders(keys // self.count, keys % self.count, length.astype(np.float32), mean.astype(np.float32))

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

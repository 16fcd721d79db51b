"""The straight edges of a picture, and along which of a room's axes each runs.

Where three directions vanish is known of nearly every photo, also of one in which too little floor is seen for its box
to be read: in a kitchen all that is built in runs along them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.geometry import segments
from staging.engine.redesign.matting import Bytes, Floats, Mask
from staging.engine.scene.room import Room

UPRIGHT: Final = 2  # the axis of what stands
ASKEW: Final = (1.2, 25.0)  # degrees by which an edge may miss its axis, and more by so much over its length
ASLANT: Final = (2.0, 45.0)  # of that, from upright, and degrees from the picture's own vertical: between them aslant


@dataclass(frozen=True)
class Bearings:
    """Edges `ends` (N, 4) pixels x0, y0, x1, y1; `axis` (N,) 0, 1 or 2 (upright) of the room, -1 for none of them.

    `aslant` (N,) are those that are surely neither upright nor level. `points` (3, 3) are the axes' vanishing points,
    homogeneous pixels.
    """

    ends: NDArray[np.float64]
    axis: NDArray[np.int64]
    aslant: NDArray[np.bool_]
    points: NDArray[np.float64]

    @classmethod
    def of(cls, copy: Bytes, room: Room) -> Self:
        """Of the working `copy` (h, w, 3); `room` may be of any size of the same photo."""
        height, width = copy.shape[:2]
        camera = room.resized(width, height).camera
        lens = np.array([[camera.f, 0, camera.cx], [0, camera.f, camera.cy], [0, 0, 1]])
        points = (lens @ np.asarray(camera.rotation)).T
        ends = segments.detect(np.asarray(cv2.cvtColor(copy, cv2.COLOR_RGB2GRAY), np.uint8)).ends
        step = ends[:, 2:] - ends[:, :2]
        length = np.maximum(np.hypot(*step.T), 1e-6)
        middle = (ends[:, :2] + ends[:, 2:]) / 2
        towards = points[None, :, :2] - points[None, :, 2:] * middle[:, None]
        towards /= np.maximum(np.linalg.norm(towards, axis=-1, keepdims=True), 1e-9)
        along = step / length[:, None]
        sine = np.abs(towards[..., 0] * along[:, None, 1] - towards[..., 1] * along[:, None, 0])
        off = np.degrees(np.arcsin(np.clip(sine, 0, 1)))
        slack = ASKEW[0] + ASKEW[1] / np.maximum(length, 8.0)
        axis = np.where(off.min(1) < slack, off.argmin(1), -1) if len(ends) else np.zeros(0, np.int64)
        steep = np.degrees(np.arctan2(np.abs(step[:, 0]), np.abs(step[:, 1])))
        aslant = (axis < 0) & (off[:, UPRIGHT] > ASLANT[0] * slack) & (steep < ASLANT[1])
        return cls(ends, axis, aslant, points)

    @property
    def length(self) -> NDArray[np.float64]:
        """Pixels of each edge (N,)."""
        return np.asarray(np.hypot(*(self.ends[:, 2:] - self.ends[:, :2]).T))

    def horizon(self, x: float) -> float:
        """The row at which level directions vanish, at column `x`."""
        a, b, c = np.cross(self.points[0], self.points[1])
        return float(-(a * x + c) / b) if abs(b) > 1e-12 else float("nan")

    def within(self, here: Mask) -> Floats:
        """The share, 0..1, of each edge (N,) that lies in a region (h, w)."""
        t = np.linspace(0, 1, 21)[None, :, None]
        at = self.ends[:, None, :2] * (1 - t) + self.ends[:, None, 2:] * t
        at = np.clip(np.round(at).astype(int), 0, [here.shape[1] - 1, here.shape[0] - 1])
        return np.asarray(here[at[..., 1], at[..., 0]].mean(1), np.float32)

    def drawn(self, chosen: NDArray[np.bool_], shape: tuple[int, int], *, beyond: float, width: int) -> Mask:
        """Pixels (h, w) on the `chosen` edges (N,), each drawn `width` pixels wide and `beyond` its two ends."""
        canvas = np.zeros(shape, np.uint8)
        along = (self.ends[:, 2:] - self.ends[:, :2]) / np.maximum(self.length, 1e-6)[:, None] * beyond
        whole = np.round(self.ends + np.concatenate([-along, along], 1)).astype(int)
        for x0, y0, x1, y1 in whole[chosen].tolist():
            cv2.line(canvas, (x0, y0), (x1, y1), 1, width)
        return canvas > 0

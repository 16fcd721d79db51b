"""Whether the faces of a box look different from one another, as the faces of a room do.

Lines mislead in a furnished room, where most of them are furniture's, windows' and curtains'. But walls that meet take
the light differently, and floor and ceiling are of other stuff than walls: where the box is right, what a pixel looks
like says much about the face it is on. That is their mutual information (Cover and Thomas, Elements of Information
Theory, 2.3), and it needs no edge to be strong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.geometry.layout import nearest_faces
from staging.engine.geometry.view import Floats, View

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]

KINDS: Final = 24  # of looks that are told apart
FACES: Final = 5
SAMPLES: Final = 6000  # pixels that are asked
SEED: Final = 3
FEWEST: Final = 200  # pixels that say anything


def looks(photo: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """Colour and texture (h, w, 4) of a photo (H, W, 3), 0..1, at `size` (w, h), in units of about one Lab step."""
    lab = cv2.cvtColor(np.clip(photo, 0, 1), cv2.COLOR_RGB2Lab)
    fine = np.abs(lab[..., 0] - cv2.GaussianBlur(lab[..., 0], (0, 0), 1.5))
    rough = cv2.resize(cv2.GaussianBlur(fine, (0, 0), 3.0), size, interpolation=cv2.INTER_AREA)
    colour = cv2.resize(lab, size, interpolation=cv2.INTER_AREA)
    parts = [0.5 * colour[..., :1], 1.6 * colour[..., 1:], 7.0 * np.log(rough + 0.15)[..., None]]
    return np.concatenate(parts, -1).astype(np.float32)


@dataclass(frozen=True)
class Kinds:
    """What some pixels (N, 2) of a picture look like, as one of KINDS (N,)."""

    pixels: Floats
    kind: NDArray[np.int64]

    @classmethod
    def of(cls, photo: Bytes, hidden: Mask, size: tuple[int, int]) -> Kinds | None:
        """Of a photo (H, W, 3) without what is `hidden` (any size), pixels in a copy of `size` (w, h).

        None where hardly anything is left to see.
        """
        seen = looks((photo / 255).astype(np.float32), size)
        free = cv2.resize(hidden.astype(np.float32), size, interpolation=cv2.INTER_AREA) < 0.02
        y, x = np.nonzero(free)
        every = max(1, len(y) // SAMPLES)
        # neighbours in a row are hardly news of each other, so a stride of an odd number
        y, x = y[:: every | 1], x[:: every | 1]
        if len(y) < FEWEST:
            return None
        sample = np.ascontiguousarray(seen[y, x])
        cv2.setRNGSeed(SEED)
        ending = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 20, 0.1)
        first = np.zeros((len(sample), 1), np.int32)
        _, kind, _ = cv2.kmeans(sample, KINDS, first, ending, 2, cv2.KMEANS_PP_CENTERS)
        return cls(np.stack([x + 0.5, y + 0.5], -1), kind.ravel().astype(np.int64))

    def told_apart(self, view: View, boxes: Floats) -> Floats:
        """How much looks say of faces, nats (M,), for log boxes (M, 4) in a view of the same picture's size."""
        rays = view.rays(self.pixels)
        return np.array([self._information(nearest_faces(rays, np.exp(box[None]))[0][0]) for box in boxes])

    def _information(self, face: NDArray[np.int64]) -> float:
        joint = np.bincount(self.kind * FACES + face, minlength=KINDS * FACES).reshape(KINDS, FACES) / len(face)
        apart = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
        some = joint > 0
        return float((joint[some] * np.log(joint[some] / apart[some])).sum())

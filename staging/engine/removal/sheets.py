"""The planes of the room as pictures seen straight on, and the way from them to the photo and back.

A sheet's columns run along the plane (x of floor, ceiling and back wall, y of the side walls), its rows downwards
(walls, row 0 at the ceiling) or towards the camera (floor and ceiling, row 0 at the back wall).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.scene.faces import BACK, CEILING, FLOOR, LEFT, RIGHT, FaceMap
from staging.engine.scene.room import Camera, Room

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Matrix = NDArray[np.float64]

FACES: Final = (FLOOR, CEILING, LEFT, RIGHT, BACK)
# Pixels of one sheet: enough for boards and tiles, and quick to search through.
MOST_PIXELS: Final = 360_000
FINEST: Final = {FLOOR: 170.0, CEILING: 50.0, LEFT: 80.0, RIGHT: 80.0, BACK: 80.0}  # pixels per metre
NEAREST: Final = 0.25  # metres before the camera
BELOW: Final = 0.2  # metres that a wall's sheet goes on under its foot, which may have been read too high


@dataclass(frozen=True)
class Sheet:
    """`face` of the room at `ppm` pixels per metre; `width` and `height` are its pixels.

    Column c and row r have their centre at `origin` + c * `right` + r * `down`, room metres (3,). A wall's foot is the
    lower edge of the row before `foot`.
    """

    face: int
    ppm: float
    width: int
    height: int
    origin: Matrix
    right: Matrix
    down: Matrix

    @property
    def foot(self) -> int:
        """The first row under the foot of a wall; of floor and ceiling, the height."""
        return self.height if self.face in (FLOOR, CEILING) else self.height - round(BELOW * self.ppm)

    def matrix(self, camera: Camera) -> Matrix:
        """The homography (3, 3) from sheet pixels to the camera's; both have their centres at whole numbers."""
        lens = np.array([[camera.f, 0, camera.cx - 0.5], [0, camera.f, camera.cy - 0.5], [0, 0, 1.0]])
        columns = np.stack([self.right, self.down, self.origin - camera.position], -1)
        return np.asarray(lens @ camera.matrix @ columns)

    def seen(self, picture: Floats, camera: Camera) -> Floats:
        """A photo (H, W, 3) brought to the sheet; 0 where the photo does not show the plane."""
        size = (self.width, self.height)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        drawn = cv2.warpPerspective(picture, self.matrix(camera), size, flags=flags)
        return np.where(self._ahead(camera)[..., None], drawn, 0).astype(np.float32)

    def marked(self, mask: Mask, camera: Camera) -> Mask:
        """A mask over the photo (H, W), brought to the sheet."""
        flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        drawn = cv2.warpPerspective(mask.astype(np.uint8), self.matrix(camera), (self.width, self.height), flags=flags)
        return np.asarray((drawn > 0) & self._ahead(camera))

    def drawn(self, field: Floats, camera: Camera, kernel: int = cv2.INTER_LINEAR) -> Floats:
        """A field over the sheet (h, w[, C]), brought to the camera's picture."""
        size = (camera.width, camera.height_px)
        matrix = self.matrix(camera)
        back = cv2.warpPerspective(field, matrix, size, flags=kernel, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(back, np.float32)

    def drawn_mask(self, mask: Mask, camera: Camera) -> Mask:
        """A mask over the sheet (h, w), brought to the camera's picture."""
        size = (camera.width, camera.height_px)
        back = cv2.warpPerspective(mask.astype(np.uint8), self.matrix(camera), size, flags=cv2.INTER_NEAREST)
        return np.asarray(back > 0)

    def resolution(self, camera: Camera) -> Floats:
        """Photo pixels per sheet pixel, (height, width); 0 behind the camera."""
        matrix = self.matrix(camera)
        depth = self._depth(matrix)
        area = np.abs(np.linalg.det(matrix)) / np.maximum(depth, 1e-6) ** 3
        return np.where(depth > NEAREST, np.sqrt(area), 0).astype(np.float32)

    def places(self, camera: Camera, columns: Floats, rows: Floats) -> tuple[Floats, Floats]:
        """Sheet coordinates of photo pixels, whose centres are at whole numbers."""
        return applied(np.linalg.inv(self.matrix(camera)), columns, rows)

    def _depth(self, matrix: Matrix) -> Matrix:
        return matrix[2, 0] * np.arange(self.width) + (matrix[2, 1] * np.arange(self.height) + matrix[2, 2])[:, None]

    def _ahead(self, camera: Camera) -> Mask:
        return np.asarray(self._depth(self.matrix(camera)) > NEAREST)


def applied(matrix: NDArray[np.floating], x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """A homography put to points."""
    w = matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2]
    w = np.where(np.abs(w) < 1e-9, 1e-9, w)
    across = (matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2]) / w
    down = (matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2]) / w
    return across.astype(np.float32), down.astype(np.float32)


def sheet_of(room: Room, faces: FaceMap, face: int) -> Sheet | None:
    """The sheet that holds what the photo shows of a face; None when it shows next to nothing of it."""
    points = faces.points[faces.labels == face]
    if len(points) < 100:
        return None
    box = room.box
    along = 1 if face in (LEFT, RIGHT) else 0
    up = 1 if face in (FLOOR, CEILING) else 2
    u0, u1 = (float(v) for v in (points[:, along].min(), points[:, along].max()))
    v0, v1 = (float(v) for v in (points[:, up].min(), points[:, up].max()))
    if up == 2:
        v0, v1 = -BELOW, box.height
    area = max((u1 - u0) * (v1 - v0), 0.01)
    ppm = min(FINEST[face], float(np.sqrt(MOST_PIXELS / area)))
    fixed, value = {
        FLOOR: (2, 0.0),
        CEILING: (2, box.height),
        LEFT: (0, box.x0),
        RIGHT: (0, box.x1),
        BACK: (1, box.y1),
    }[face]
    origin, right, down = np.zeros(3), np.zeros(3), np.zeros(3)
    origin[fixed], origin[along], origin[up] = value, u0 + 0.5 / ppm, v1 - 0.5 / ppm
    right[along], down[up] = 1 / ppm, -1 / ppm
    width, height = max(8, round((u1 - u0) * ppm)), max(8, round((v1 - v0) * ppm))
    return Sheet(face, ppm, width, height, origin, right, down)


def sampled(picture: Floats | NDArray[np.uint8], x: Floats, y: Floats, kernel: int = cv2.INTER_LINEAR) -> Floats:
    """Values (N[, C]) at N places; OpenCV wants them as a picture that is not too long."""
    count, wide = len(x), 4096
    short = -count % wide
    shape = (-1, wide)
    at = [np.concatenate([v, np.zeros(short, np.float32)]).reshape(shape).astype(np.float32) for v in (x, y)]
    found = cv2.remap(picture, at[0], at[1], kernel, borderMode=cv2.BORDER_REPLICATE)
    flat = found.reshape(-1, found.shape[2]) if found.ndim == 3 else found.ravel()
    return np.asarray(flat[:count], np.float32)

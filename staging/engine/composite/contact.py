"""Contact shadows: the dark seam where a leg or a base meets the floor, which holds furniture down.

A trace of a few dozen samples, denoised at low resolution, loses this seam first. It is therefore
computed from the geometry: a map of the floor, in metres, of everything that touches it, and a darkening that depends
on the distance to the nearest touch.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import Floats
from staging.engine.scene.mesh import Mesh
from staging.engine.scene.room import Box, Camera

CELL: Final = 0.01  # metres of floor per cell
TOUCH: Final = 0.03  # what is lower than this stands on the floor or on a rug
LOW: Final = 0.30  # undersides lower than this keep the light off the floor below them
REACH: Final = 0.30  # beyond this distance the darkening is exactly nothing

# Depth and width (metres) of the sharp seam and of the soft shade around it. Together they keep R under
# .85 within 5 cm of a leg, the gate of engine.md, even where the trace shows no shadow at all.
_SEAM: Final = (0.30, 0.035)
_SHADE: Final = (0.13, 0.12)


def _darkening(distance: NDArray[np.float32]) -> Floats:
    distance = np.minimum(distance, 2 * REACH)  # without any touch OpenCV answers the largest float
    seam = _SEAM[0] * np.exp(-((distance / _SEAM[1]) ** 2))
    shade = _SHADE[0] * np.exp(-((distance / _SHADE[1]) ** 2))
    fade = np.clip((REACH - distance) / 0.1, 0, 1)
    return (1 - (seam + shade) * fade).astype(np.float32)


def _lower(underside: Floats, mesh: Mesh, cells: NDArray[np.int32]) -> None:
    """Draw the mesh's low triangles into `underside`, metres above the floor; the lowest one counts."""
    heights = mesh.vertices[mesh.faces, 2]
    corners = cells[mesh.faces]
    size = np.array(underside.shape[::-1])
    on_map = (corners >= 0).all((1, 2)) & (corners < size).all((1, 2))
    low = np.flatnonzero((heights.max(-1) < LOW) & on_map)
    if not len(low):
        return
    corners, height = corners[low], heights[low].mean(-1)
    first, last = corners.min((0, 1)), corners.max((0, 1)) + 1
    own = np.full((last[1] - first[1], last[0] - first[0]), LOW, np.float32)
    order = np.argsort(-height, kind="stable")
    for triangle, above in zip(corners[order] - first, height[order].tolist(), strict=True):
        cv2.fillConvexPoly(own, triangle, above)  # the lowest one last, over what is higher
    patch = underside[first[1] : last[1], first[0] : last[0]]
    np.minimum(patch, own, out=patch)


def _below(underside: Floats) -> Floats:
    """Light that reaches the floor through the gap below furniture: less, the lower the gap and the farther in."""
    covered = (underside < LOW).astype(np.uint8)
    inwards = cv2.distanceTransform(covered, cv2.DIST_L2, 5) * CELL
    opening = np.maximum(underside, 0.02)
    limit = 0.15 + 0.85 * (opening / (opening + 1.5 * inwards)) ** 1.5
    return np.where(covered > 0, limit, 1).astype(np.float32)


@dataclass(frozen=True)
class ContactMap:
    """The floor from above: `touched` (uint8, rows along y) and `factor`, what the floor's light is multiplied with.

    `limit` is how much light at most reaches the floor below low furniture, 1 elsewhere. Cell (0, 0) begins
    at (`x0`, `y0`) metres; a cell is `CELL` wide.
    """

    x0: float
    y0: float
    touched: NDArray[np.uint8]
    factor: Floats
    limit: Floats

    @classmethod
    def of(cls, meshes: Iterable[Mesh], box: Box) -> ContactMap:
        """From the furniture's meshes in the room frame; leave rugs out, they lie and do not stand."""
        columns, rows = int(np.ceil(box.width / CELL)) + 1, int(np.ceil(box.depth / CELL)) + 1
        touched = np.zeros((rows, columns), np.uint8)
        underside = np.full((rows, columns), LOW, np.float32)
        for mesh in meshes:
            low = mesh.vertices[:, 2] < TOUCH
            cells = np.floor((mesh.vertices[:, :2] - (box.x0, box.y0)) / CELL).astype(np.int32)
            _lower(underside, mesh, cells)
            if not low.any():
                continue
            inside = low & np.all((cells >= 0) & (cells < (columns, rows)), -1)
            touched[cells[inside, 1], cells[inside, 0]] = 1
            soles = mesh.faces[low[mesh.faces].all(-1)]
            for triangle in cells[soles]:
                cv2.fillConvexPoly(touched, triangle, 1)
        # A leg's open end is a ring of single cells; closing joins it.
        touched = cv2.morphologyEx(touched, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)).astype(np.uint8)
        distance = cv2.distanceTransform(1 - touched, cv2.DIST_L2, 5) * CELL
        return cls(box.x0, box.y0, touched, _darkening(distance), _below(underside))

    def at(self, points: NDArray[np.float64]) -> Floats:
        """The factor at floor points (..., 2) in metres; exactly 1 off the map and out of reach."""
        return self._read(self.factor, points)

    def limit_at(self, points: NDArray[np.float64]) -> Floats:
        """The limit at floor points (..., 2) in metres; exactly 1 where nothing low stands above."""
        return self._read(self.limit, points)

    def _read(self, field: Floats, points: NDArray[np.float64]) -> Floats:
        u = ((points[..., 0] - self.x0) / CELL - 0.5).astype(np.float32)
        v = ((points[..., 1] - self.y0) / CELL - 0.5).astype(np.float32)
        flat = u.ndim == 1
        read = cv2.remap(
            field,
            np.atleast_2d(u),
            np.atleast_2d(v),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=1.0,
        )
        return (read[0] if flat else read).astype(np.float32)

    def rims(self, within: float = 0.05) -> list[NDArray[np.float64]]:
        """For each separate touch the floor points, (n, 2) metres, between it and `within` metres of it."""
        count, labels = cv2.connectedComponents(self.touched, connectivity=8)
        reach = round(within / CELL)
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
        rims = []
        for label in range(1, count):
            near = cv2.dilate((labels == label).astype(np.uint8), disc) > 0
            rows, columns = np.nonzero(near & (self.touched == 0))
            rims.append(np.stack([self.x0 + (columns + 0.5) * CELL, self.y0 + (rows + 0.5) * CELL], -1))
        return rims


@dataclass(frozen=True)
class Below:
    """What each pixel's ray does: the `points` (rows, W, 2) in metres where it meets the floor plane, whether it
    `falls` to it at all (rows, W), and its `slope`, metres up for each metre along the optical axis."""

    points: NDArray[np.float64]
    falls: NDArray[np.bool_]
    slope: NDArray[np.float64]


def floor_points(camera: Camera, top: int, bottom: int) -> Below:
    """Where the rays of pixel rows `top`..`bottom` meet the floor plane."""
    # `Camera.rays` of every pixel, by column and by row: their directions are sums of the two.
    right, down, ahead = camera.matrix
    columns = (np.arange(camera.width) + 0.5 - camera.cx)[:, None] / camera.f * right
    rows = (np.arange(top, bottom) + 0.5 - camera.cy)[:, None] / camera.f * down + ahead
    slope = columns[:, 2] + rows[:, None, 2]
    falls = slope < -1e-6
    distance = camera.height / np.where(falls, -slope, 1.0)
    points = columns[:, :2] + rows[:, None, :2]
    points *= distance[..., None]
    return Below(points, falls, slope)

"""A patch of sun and the furniture: what stands in the beam is lit by it, and throws its shadow into the patch.

The photo itself is the mask of the beam: where it shows sun on the floor, sun comes along the whole ray to there. A map
over that patch of how high the furniture reaches into each ray tells what is shaded, on the floor and on furniture.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import Floats, Mask
from staging.engine.composite.tone import luminance
from staging.engine.scene.faces import FLOOR, FaceMap
from staging.engine.scene.mesh import Mesh
from staging.engine.scene.room import Camera
from staging.engine.scene.sunbeam import CELL, Sunbeam

ABOVE: Final = 0.06  # metres that something must reach over a point to shade it: rugs, and rounding of the map
SPLITS: Final = 5  # times that a triangle is split at the most
DEEPEST: Final = 0.15  # share of the sunlit floor's light that its shade keeps at the least
SUN: Final = (1.06, 1.0, 0.86)  # colour of sunlight beside that of the sky, which photos are balanced for
MOST: Final = 0.9  # of the photo's white that the sun adds to a perfectly white surface, as photos are exposed
DARKEST_FLOOR: Final = 0.03  # albedo that a floor has at least: of less, no patch of sun would be seen


@dataclass(frozen=True)
class Sunlight:
    """A `beam`, and for each cell of its map the greatest height, metres, at which furniture is in its way."""

    beam: Sunbeam
    heights: Floats

    @classmethod
    def of(cls, beam: Sunbeam, meshes: Iterable[Mesh]) -> Sunlight:
        """With the furniture's meshes, in the room frame, in the way."""
        heights = np.zeros(beam.lit.shape, np.float32)
        x, y, z = beam.direction
        size = np.array(heights.shape[::-1])
        for mesh in meshes:
            corners = _split(np.asarray(mesh.vertices, np.float64)[mesh.faces])
            down = corners[..., 2:] / z
            triangles = ((corners[..., :2] - [x, y] * down - (beam.x0, beam.y0)) / CELL).astype(np.int32)
            there = (triangles.max(1) >= 0).all(1) & (triangles.min(1) < size).all(1)
            high = corners[..., 2].mean(1)
            order = np.flatnonzero(there)[np.argsort(high[there], kind="stable")]
            own = np.zeros_like(heights)
            for triangle, height in zip(triangles[order], high[order].tolist(), strict=True):
                cv2.fillConvexPoly(own, triangle, height)  # the highest one last
            np.maximum(heights, own, out=heights)
        return cls(beam, heights)

    def on(self, points: NDArray[np.float64]) -> Floats:
        """How much sun reaches `points` (h, w, 3), metres, past the furniture, 0..1."""
        return self.beam.at(points) * (1 - self._shaded(points))

    def shade(self, faces: FaceMap, seen: Floats) -> Floats:
        """What the floor's light, `seen` (h, w, 3) in the photo, linear, is multiplied with where furniture takes the
        sun from it: it gets the shade's colour, and keeps its own pattern."""
        floor = faces.labels == FLOOR
        taken = self.beam.at(faces.points) * self._shaded(faces.points) * floor
        light, shade = (np.asarray(colour, np.float32) for colour in (self.beam.light, self.beam.shade))
        pattern = luminance(seen) / max(float(luminance(light[None])[0]), 1e-4)
        left = np.clip(shade * pattern[..., None] / np.maximum(seen, 1e-3), DEEPEST, 1)
        return (1 - taken[..., None] * (1 - left)).astype(np.float32)

    def furniture(self, camera: Camera, depth: Floats, normal: Floats, albedo: Floats, floor: Floats) -> Floats:
        """The radiance, (h, w, 3), that the sun adds to furniture of this `depth` (h, w), `normal` and `albedo`
        (h, w, 3), as `camera` sees it at that size; `floor` (3,) is the albedo of the floor that the patch is on.

        The depth is 0 where no furniture is.
        """
        height, width = depth.shape
        u, v = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
        rays = camera.rays(np.stack([u, v], -1))
        points = camera.position + rays * depth[..., None]
        direction = np.asarray(self.beam.direction)
        facing = np.clip(normal @ direction, 0, 1) * (depth > 0)
        # By brightness alone: in patches that are clipped the photo does not tell the light's colour.
        sun, ground = (
            max(float(luminance(np.asarray(colour, np.float32)[None])[0]), least)
            for colour, least in ((self.beam.light - self.beam.shade, 0.0), (floor, DARKEST_FLOOR))
        )
        full = np.array(SUN, np.float32) * min(sun / (ground * direction[2]), MOST)
        return (albedo * full * (facing * self.on(points))[..., None]).astype(np.float32)

    def _shaded(self, points: NDArray[np.float64]) -> Floats:
        column, row = self.beam.cells(points)
        over = cv2.remap(self.heights, column, row, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=0.0)
        shaded: Mask = over > points[..., 2] + ABOVE
        return np.asarray(cv2.GaussianBlur(shaded.astype(np.float32), (0, 0), 0.7), np.float32)


def _split(triangles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Triangles (N, 3, 3) each split in four, until none spans more of the height than a shadow may be off."""
    for _ in range(SPLITS):
        tall = np.ptp(triangles[..., 2], axis=1) > ABOVE
        if not tall.any():
            break
        a, b, c = np.moveaxis(triangles[tall], 1, 0)
        ab, bc, ca = (a + b) / 2, (b + c) / 2, (c + a) / 2
        parts = [np.stack(part, 1) for part in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))]
        triangles = np.concatenate([triangles[~tall], *parts])
    return triangles


def floor_albedo(albedo: Floats, faces: FaceMap) -> Floats:
    """The albedo (3,) of the floor in a trace (h, w, 3) of the empty room."""
    seen = albedo[faces.labels == FLOOR]
    return np.median(seen, axis=0).astype(np.float32) if len(seen) else np.full(3, 0.3, np.float32)

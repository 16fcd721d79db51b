"""Where the picture shows edges that run along a room axis, and where it looks like floor."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from staging.engine.geometry.colours import length
from staging.engine.geometry.segments import Segments
from staging.engine.geometry.view import ACROSS, ALONG, DOWN, View

Plane = NDArray[np.float32]

ACROSS_FLOOR: Final = 3  # further layers of `Evidence.edges`: edges with floor colour on their lower side
ALONG_FLOOR: Final = 4
BINS = 24


@dataclass(frozen=True)
class FloorColour:
    """Log odds that a pixel has the floor's colour, (H, W) -1..1, and how well floor and wall colours differ, 0..1."""

    odds: Plane
    contrast: float


@dataclass(frozen=True)
class Evidence:
    """`edges` (5, H, W) holds the evidence for an edge along each axis; `level` (5,) is what empty areas have of it.

    `lab` is the picture in CIE Lab, `diagonal` its diagonal in pixels.
    """

    lab: Plane
    edges: Plane
    level: Plane
    floor: FloorColour

    @property
    def height(self) -> int:
        return int(self.lab.shape[0])

    @property
    def width(self) -> int:
        return int(self.lab.shape[1])

    @property
    def diagonal(self) -> float:
        return math.hypot(self.width, self.height)


def gather(photo: NDArray[np.uint8], view: View, segments: Segments, axis: NDArray[np.int64]) -> Evidence:
    """Evidence from a small RGB picture (H, W, 3); view and segments are at its size, `axis` labels the segments."""
    lab = np.asarray(cv2.cvtColor(photo.astype(np.float32) / 255, cv2.COLOR_RGB2Lab), np.float32)
    gradient = _gradient(lab)
    smooth = np.asarray(cv2.GaussianBlur(lab, (0, 0), 2.5), np.float32)
    layers = [_edges_along(a, view, gradient, smooth, segments.chosen(axis == a)) for a in (ACROSS, DOWN, ALONG)]
    levels = [float(layer.mean()) + 0.13 for layer in layers]
    floor = floor_colour(lab, view)
    for a in (ACROSS, ALONG):
        layers.append(_above_floor(layers[a], a, view, floor))
        levels.append(levels[a])
    return Evidence(lab, np.stack(layers), np.array(levels, np.float32), floor)


def _gradient(lab: Plane) -> tuple[Plane, Plane, Plane]:
    """x, y and magnitude of the gradient, taken at each pixel from the channel where it is strongest."""
    channels = [cv2.GaussianBlur(lab[..., i], (0, 0), 0.8) for i in range(3)]
    gx = np.stack([cv2.Scharr(c, cv2.CV_32F, 1, 0) / 16 for c in channels], -1)
    gy = np.stack([cv2.Scharr(c, cv2.CV_32F, 0, 1) / 16 for c in channels], -1)
    magnitude = np.hypot(gx, gy)
    strongest = magnitude.argmax(-1)[..., None]
    x, y, m = (np.take_along_axis(a, strongest, -1)[..., 0] for a in (gx, gy, magnitude))
    return x, y, m


def _normals(view: View, a: int, height: int, width: int) -> tuple[Plane, Plane]:
    """At each pixel the unit normal of the line towards the vanishing point of axis `a`."""
    point = view.vanishing_points()[a]
    y, x = np.mgrid[0:height, 0:width] + 0.5
    tx = point[0] - point[2] * (x - width / 2)
    ty = point[1] - point[2] * (y - height / 2)
    n = np.maximum(np.hypot(tx, ty), 1e-9)
    return (-ty / n).astype(np.float32), (tx / n).astype(np.float32)


def _shifted(image: Plane, dx: Plane, dy: Plane) -> Plane:
    y, x = np.mgrid[0 : image.shape[0], 0 : image.shape[1]].astype(np.float32)
    return np.asarray(cv2.remap(image, x + dx, y + dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def _edges_along(
    a: int,
    view: View,
    gradient: tuple[Plane, Plane, Plane],
    smooth: Plane,
    segments: Segments,
) -> Plane:
    """Gradients and the axis's own `segments` that run towards its vanishing point.

    Both are weighted by how much the two sides of the line differ.
    """
    gx, gy, magnitude = gradient
    height, width = magnitude.shape
    nx, ny = _normals(view, a, height, width)
    cosine = np.abs(gx * nx + gy * ny) / (magnitude + 1e-6)
    wide, narrow = math.cos(math.radians(22)), math.cos(math.radians(7))
    aligned = np.clip((cosine - wide) / (narrow - wide), 0, 1)
    kernel = np.ones((3, 3), np.uint8)
    pixels = cv2.dilate((magnitude / (magnitude + 1.6) * aligned).astype(np.float32), kernel)
    drawn = cv2.dilate(_drawn(segments), kernel).astype(np.float32) / 255
    reach = np.float32(0.016 * math.hypot(width, height))
    sides = _shifted(smooth, reach * nx, reach * ny) - _shifted(smooth, -reach * nx, -reach * ny)
    difference = length(sides)
    difference = difference / (difference + 6.0)
    edges = (0.5 * pixels + 0.5 * drawn) * (0.4 + 0.96 * difference)
    return np.asarray(cv2.GaussianBlur(edges.astype(np.float32), (0, 0), 1.1))


def _drawn(segments: Segments) -> NDArray[np.uint8]:
    """The segments longer than 2 % of the diagonal as white lines."""
    canvas = np.zeros((segments.height, segments.width), np.uint8)
    shortest = 0.02 * math.hypot(segments.width, segments.height)
    for x0, y0, x1, y1 in np.round((segments.ends[segments.length > shortest] - 0.5) * 8).astype(int).tolist():
        cv2.line(canvas, (x0, y0), (x1, y1), 255, 1, cv2.LINE_AA, 3)
    return canvas


def floor_colour(lab: Plane, view: View, hidden: NDArray[np.bool_] | None = None) -> FloorColour:
    """Colour odds of floor against wall, before any wall is known.

    Pixels at the bottom middle are taken for floor, those around the horizon for wall; none of what is `hidden`
    (H, W) is taken for either, and then all that lies low in the picture may be floor.
    """
    height, width = lab.shape[:2]
    y, x = np.mgrid[0:height, 0:width] + 0.5
    rays = view.rays(np.stack([x, y], -1))
    sink = rays[..., DOWN] / length(rays)
    floor = (y > 0.86 * height) & (np.abs(x - width / 2) < 0.30 * width) & (sink > 0.12)
    wall = np.abs(sink) < 0.10
    if hidden is not None:
        low = (y > 0.6 * height) & (sink > 0.25) & ~hidden
        floor, wall = (floor & ~hidden if (floor & ~hidden).sum() > 0.3 * floor.sum() else low), wall & ~hidden
    if floor.sum() <= 200 or wall.sum() <= 200:
        return FloorColour(np.zeros((height, width), np.float32), 0.0)
    smooth = cv2.GaussianBlur(lab, (0, 0), 1.2)
    low, span = np.array([0, -40, -40], np.float32), np.array([100, 80, 80], np.float32)
    index = np.round(np.clip((smooth - low) / span, 0, 1) * (BINS - 1)).astype(np.int32)
    of_floor = _histogram(index[floor], (3.0, 1.1, 1.1))
    of_wall = _histogram(index[wall], (1.6, 0.9, 0.9))
    overlap = float(np.sqrt(of_floor * of_wall).sum())
    odds = np.log((of_floor + 2e-5) / (of_wall + 2e-5))[index[..., 0], index[..., 1], index[..., 2]]
    odds = cv2.GaussianBlur(np.clip(odds / 2.5, -1, 1).astype(np.float32), (0, 0), 2.0)
    return FloorColour(odds, float(np.clip((1 - overlap) / 0.5, 0, 1)))


def _histogram(index: NDArray[np.int32], blur: tuple[float, float, float]) -> Plane:
    cell = (index[:, 0] * BINS + index[:, 1]) * BINS + index[:, 2]
    counts = np.bincount(cell, minlength=BINS**3).astype(np.float32).reshape(BINS, BINS, BINS)
    counts = gaussian_filter(counts, blur)
    return np.asarray(counts / counts.sum())


def _above_floor(edges: Plane, a: int, view: View, floor: FloorColour) -> Plane:
    """Edges along axis `a`, stronger where floor colour begins on their lower side."""
    height, width = edges.shape
    nx, ny = _normals(view, a, height, width)
    downward = np.where(ny < 0, np.float32(-1), np.float32(1)) * np.float32(0.009 * math.hypot(width, height))
    nx, ny = nx * downward, ny * downward
    step = _shifted(floor.odds, nx, ny) - _shifted(floor.odds, -nx, -ny)
    k = np.float32(floor.contrast)
    return np.asarray(edges * (1 - 0.35 * k) + k * (0.55 * edges + 0.12) * np.clip(step / 1.2, -0.6, 1))

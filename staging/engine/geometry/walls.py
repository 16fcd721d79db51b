"""The walls of a box as if seen straight on: pictures in metres, the paint's colour, and edges along both axes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.geometry.colours import commonest, least_squares, length
from staging.engine.geometry.evidence import Plane
from staging.engine.scene.room import Box, Camera, Floats, Wall

PER_METRE: Final = 60
WALLS: Final[tuple[Wall, ...]] = ("back", "left", "right")
LONGEST: Final = 14.0  # metres of a wall that are looked at
NEAREST: Final = 0.15  # metres before the camera
LAB_WEIGHTS: Final = np.array([0.8, 1.5, 1.5], np.float32)  # shade varies more on a wall than hue
FAINTEST: Final = 0.45  # Lab units per pixel of an edge between white and white


@dataclass(frozen=True)
class WallPicture:
    """A wall in CIE Lab, (H, W, 3), row 0 at the ceiling; `seen` (H, W) is where the photo shows it.

    `common` is the colour, Lab, that the walls of the room share, where it is known.
    Column i is `u0 + (i + 0.5) / PER_METRE` metres along the wall (x or y of the room frame).
    """

    wall: Wall
    lab: Plane
    seen: NDArray[np.bool_]
    u0: float
    common: Plane | None = None

    @property
    def height(self) -> float:
        """Metres."""
        return self.lab.shape[0] / PER_METRE

    @property
    def length(self) -> float:
        """Metres."""
        return self.lab.shape[1] / PER_METRE

    def row(self, z: float) -> int:
        """The row boundary `z` metres above the floor."""
        return int(np.clip(round(self.lab.shape[0] - z * PER_METRE), 0, self.lab.shape[0]))

    def z(self, row: float) -> float:
        """Metres above the floor of a row boundary."""
        return (self.lab.shape[0] - row) / PER_METRE

    def u(self, column: float) -> float:
        """Metres along the wall of a column boundary."""
        return self.u0 + column / PER_METRE

    @cached_property
    def paint(self) -> Plane:
        """The wall's own colour as it would be without openings, (H, W, 3) Lab."""
        return _paint(self)

    @cached_property
    def unlike(self) -> Plane:
        """How surely each pixel is not bare paint, by colour or by texture, 0..1, (H, W)."""
        colour = np.clip((self.deviation - 5) / 10, 0, 1)
        texture = np.clip((_roughness(self.lab) - 2) / 4, 0, 1)
        return np.asarray(np.maximum(colour, texture) * self.seen, np.float32)

    @cached_property
    def deviation(self) -> Plane:
        """How far each pixel is from the paint, weighted Lab units, (H, W)."""
        return np.asarray(length((self.lab - self.paint) * LAB_WEIGHTS))

    @cached_property
    def off_paint(self) -> Plane:
        """The step from the paint to each pixel, smoothed a little, (H, W, 3) weighted Lab."""
        return np.asarray(cv2.blur((self.lab - self.paint) * LAB_WEIGHTS, (3, 3)), np.float32)

    @cached_property
    def upright_edges(self) -> Plane:
        """Evidence 0..1 for upright edges, (H, W)."""
        return _edges(self, upright=True)

    @cached_property
    def level_edges(self) -> Plane:
        """Evidence 0..1 for level edges, (H, W)."""
        return _edges(self, upright=False)


def rectified(photo: NDArray[np.uint8], camera: Camera, box: Box, wall: Wall) -> WallPicture | None:
    """The picture of a wall from an RGB photo of the camera's size, or None where too little of it is seen."""
    span = _seen_span(camera, box, wall)
    if span is None:
        return None
    u0, u1 = span
    width, height = round((u1 - u0) * PER_METRE), round(box.height * PER_METRE)
    if width < 0.3 * PER_METRE or height < PER_METRE:
        return None
    # twice as fine and averaged: the near end of a wall is much denser in the photo than PER_METRE
    u, z = np.meshgrid(
        u0 + (np.arange(2 * width) + 0.5) / (2 * PER_METRE),
        (2 * height - np.arange(2 * height) - 0.5) / (2 * PER_METRE),
    )
    uv, depth = camera.project(on_wall(box, wall, u, z))
    seen = (depth > NEAREST) & (uv > 2).all(-1) & (uv < [camera.width - 3, camera.height_px - 3]).all(-1)
    at = np.where(seen[..., None], uv, 0.0).astype(np.float32) - np.float32(0.5)
    fine = cv2.remap(photo, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    picture = cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA)
    seen = np.asarray(seen.reshape(height, 2, width, 2).all((1, 3)))
    if seen.mean() < 0.1:
        return None
    lab = np.asarray(cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2Lab), np.float32)
    return WallPicture(wall, lab, seen, u0)


def on_wall(box: Box, wall: Wall, u: Floats, z: Floats) -> Floats:
    """Room points (..., 3) of places on a wall."""
    if wall == "back":
        return np.stack([u, np.full_like(u, box.y1), z], -1)
    return np.stack([np.full_like(u, box.x0 if wall == "left" else box.x1), u, z], -1)


def _seen_span(camera: Camera, box: Box, wall: Wall) -> tuple[float, float] | None:
    """From where to where along the wall the photo shows any of it."""
    low, high = (box.x0, box.x1) if wall == "back" else (NEAREST, box.y1)
    low = max(low, high - LONGEST)
    if high - low < 0.3:
        return None
    along = np.linspace(low, high, 240)
    u, z = np.meshgrid(along, np.linspace(0.05, box.height - 0.05, 12))
    uv, depth = camera.project(on_wall(box, wall, u, z))
    inside = (depth > NEAREST) & (uv > 0).all(-1) & (uv < [camera.width, camera.height_px]).all(-1)
    columns = np.flatnonzero(inside.any(0))
    if len(columns) < 2:
        return None
    return float(along[columns[0]]), float(along[columns[-1]])


def _paint(picture: WallPicture) -> Plane:
    """Robust quadratic surface of the wall's colour: least squares, reweighted.

    It starts from smooth, unsaturated pixels near the commonest colour, because a wall full of windows has
    more glass and blinds than paint.
    """
    lab = picture.lab
    height, width = lab.shape[:2]
    y, x = (np.mgrid[0:height, 0:width] / max(height, width)).astype(np.float32)
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], -1)
    inner = picture.seen.copy()
    inner[: round(0.12 * PER_METRE)] = False
    inner[picture.row(0.15) :] = False
    index = np.flatnonzero(inner)
    if len(index) < 200:
        return np.broadcast_to(np.median(lab[picture.seen], 0), lab.shape).astype(np.float32)
    index = index[:: max(1, len(index) // 4000)]
    a, colour = terms.reshape(-1, 6)[index], lab.reshape(-1, 3)[index]
    smooth = 1 / (1 + (_roughness(lab).ravel()[index] / 1.5) ** 2) * (colour[:, 0] < 98)
    if picture.common is not None:
        below_sills = index // width > picture.row(0.6)
        smooth = smooth * _likely_paint(colour, picture.common, smooth, below_sills)
    common = _commonest(colour, smooth + 1e-3)
    weight = smooth * np.exp(-((length((colour - common) * LAB_WEIGHTS) / 16) ** 2)) + 1e-6
    # shades of one colour are a plane; only when most pixels agree is there enough of it for a curved surface
    for order, rounds in ((3, 3), (6, 5)):
        for _ in range(rounds):
            root = np.sqrt(weight)[:, None]
            ridge = 0.06 * np.sqrt(weight.sum()) * np.diag([0.0, *[1.0] * (order - 1)])
            system = np.concatenate([a[:, :order] * root, ridge])
            target = np.concatenate([colour * root, np.zeros((order, 3))])
            solution = least_squares(system, target)
            rest = length((colour - a[:, :order] @ solution) * LAB_WEIGHTS)
            sigma = max(2.5, 1.5 * _weighted_median(rest, smooth + 1e-3))
            weight = (smooth + 0.01) / (1 + (rest / min(sigma, 6.0)) ** 2) ** 2
    return np.asarray(terms @ solution, np.float32)


def _likely_paint(colour: Plane, common: Plane, smooth: Floats, below_sills: NDArray[np.bool_]) -> Floats:
    """Weights of colours (N, 3), by what the walls of the room have in common.

    Where a fair part of the wall has the common colour, or most of what is below the height of window sills,
    the rest is something else, however large: a blind, a wall of shelves. Else this wall has another colour.
    """
    distance = length((colour - common) * LAB_WEIGHTS)
    near = distance < 14
    low = smooth * below_sills
    if smooth[near].sum() > 0.18 * smooth.sum() or low[near].sum() > 0.6 * low.sum() > 0:
        return np.where(near, 1.0, 0.02)
    return np.asarray(1 / (1 + (distance / 20) ** 2))


def common_paint(pictures: list[WallPicture]) -> Plane | None:
    """The commonest smooth colour of all walls together, Lab (3,): most of what is smooth and not glass is paint."""
    colours, weights = [np.zeros((0, 3), np.float32)], [np.zeros(0)]
    for p in pictures:
        some = np.flatnonzero(p.seen)
        some = some[:: max(1, len(some) // 1500)]
        colour = p.lab.reshape(-1, 3)[some]
        rough = _roughness(p.lab).ravel()[some]
        colours.append(colour)
        # glass is blown out, and walls seldom are
        weights.append(p.seen.sum() / len(some) / (1 + rough**2) * np.where(colour[:, 0] < 96, 1.0, 0.1))
    colour = np.concatenate(colours)
    return np.asarray(_commonest(colour, np.concatenate(weights)), np.float32) if len(colour) else None


def _commonest(colour: Plane, weight: Floats) -> Floats:
    """The weighted mode of colours (N, 3): the sample with most others near it."""
    some, colour, weight = colour[:: max(1, len(colour) // 150)], colour[::2], weight[::2]
    return np.asarray(some[commonest(some * LAB_WEIGHTS, colour * LAB_WEIGHTS, weight)])


def _weighted_median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values)
    reached = np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2)
    return float(values[order[min(int(reached), len(order) - 1)]])


def _roughness(lab: Plane) -> Plane:
    """Local standard deviation of lightness over about 15 cm."""
    light = lab[..., 0]
    size = (9, 9)
    mean = cv2.blur(light, size)
    return np.asarray(np.sqrt(np.maximum(cv2.blur(light * light, size) - mean * mean, 0)))


def _edges(picture: WallPicture, *, upright: bool) -> Plane:
    """Saturating gradient across the edge, where it clearly dominates the gradient along the edge."""
    smooth = cv2.GaussianBlur(picture.lab, (0, 0), 1.0) * LAB_WEIGHTS
    gx = np.max([np.abs(cv2.Sobel(smooth[..., i], cv2.CV_32F, 1, 0)) for i in range(3)], axis=0) / 8
    gy = np.max([np.abs(cv2.Sobel(smooth[..., i], cv2.CV_32F, 0, 1)) for i in range(3)], axis=0) / 8
    across, along = (gx, gy) if upright else (gy, gx)
    usable = cv2.erode(picture.seen.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0) > 0
    noise = float(np.median(across[usable])) if usable.any() else 0.0
    threshold = max(FAINTEST, 2.5 * noise)
    edges = np.clip(across / (2 * threshold), 0, 1) * (across > 1.3 * along) * usable
    kernel = np.ones((1, 3) if upright else (3, 1), np.uint8)
    return np.asarray(cv2.dilate(edges.astype(np.float32), kernel))

"""Edges that run in none of a room's three directions: legs, backs, cushions, leaves.

A room is built of straight edges along three directions (the "Manhattan world" of Coughlan and Yuille, 1999), and what
is furnished is full of others. They are counted below the eye, where furniture is and lamps are not, and whatever the
colours are: a white chair before a white wall has them too, and a room that was misread does.
"""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import dilated
from staging.engine.removal.scene import Scene
from staging.engine.removal.sheets import Floats, Mask
from staging.engine.scene.faces import FLOOR

STRONG: Final = 6.0  # Lab units a pixel, an edge that is seen at a glance
ASIDE: Final = 20.0  # degrees from the nearest direction: a room read a little askew is not bent
BLUR: Final = 1.2  # pixels of sigma: less is a carpet's pile
BLOWN: Final = 93.0  # of lightness, the lighter side of an edge of sun: its rays come from anywhere
BESIDE: Final = 3  # pixels that an edge is wide
LAID: Final = (6.0, 0.5)  # degrees round the commonest direction on the floor, and the share of edges that is a pattern


def share(scene: Scene, elsewhere: Mask) -> float:
    """How much of the picture, 0..1, is edges below the eye that run in none of the room's directions.

    `elsewhere` (h, w) is what is seen through windows and doors: trees are no furniture. A floor that was laid aslant
    has directions of its own, which do not count.
    """
    lab = np.asarray(cv2.cvtColor(cv2.GaussianBlur(scene.photo, (0, 0), BLUR), cv2.COLOR_RGB2Lab), np.float32)
    across, down = _gradient(lab)
    steep = np.hypot(across, down)
    sun = dilated(lab[..., 0] > BLOWN, BESIDE)
    strong = (steep > STRONG) & ~sun & ~dilated(elsewhere, BESIDE)
    rows, columns = np.nonzero(strong)
    pixels = np.stack([columns, rows], -1) + 0.5
    edges = np.stack([-down[strong], across[strong]], -1) / steep[strong, None]
    counted = (scene.camera.rays(pixels)[:, 2] < 0) & (_nearest(scene, pixels, edges) > ASIDE)
    counted[counted] = ~_laid(scene, pixels[counted], edges[counted], scene.faces.labels[strong][counted] == FLOOR)
    return float(counted.sum() / strong.size)


def _gradient(lab: Floats) -> tuple[Floats, Floats]:
    """The gradient (h, w) to the right and down, Lab units a pixel, of the channel of `lab` (h, w, 3) that has most."""
    across, down = (np.asarray(cv2.Sobel(lab, cv2.CV_32F, *way) / 8, np.float32) for way in ((1, 0), (0, 1)))
    most = np.hypot(across, down).argmax(-1)[..., None]
    return np.take_along_axis(across, most, -1)[..., 0], np.take_along_axis(down, most, -1)[..., 0]


def _nearest(scene: Scene, pixels: NDArray[Any], edges: NDArray[Any]) -> NDArray[np.float64]:
    """Degrees (N,) between unit `edges` (N, 2) at `pixels` (N, 2) and that direction of the room, as it is seen there,
    which is nearest to each.
    """
    camera, along = scene.camera, np.zeros(len(pixels))
    for direction in camera.matrix.T:
        to = camera.f * direction[:2] + ((camera.cx, camera.cy) - pixels) * direction[2]
        along = np.maximum(along, np.abs((to * edges).sum(-1)) / np.maximum(np.linalg.norm(to, axis=-1), 1e-9))
    return np.degrees(np.arccos(np.clip(along, 0, 1)))


def _laid(scene: Scene, pixels: NDArray[Any], edges: NDArray[Any], floor: Mask) -> Mask:
    """Which of the edges (N,) on the `floor` (N,) are joints of tiles or boards laid aslant: most run one way there, or
    at right angles to it.
    """
    laid = np.zeros(len(pixels), bool)
    if not floor.any():
        return laid
    ends = [_on_floor(scene, pixels[floor] + step * edges[floor]) for step in (-0.5, 0.5)]
    way = np.degrees(np.arctan2(*(ends[1] - ends[0]).T)) % 90
    off = np.abs((way[:, None] - np.arange(0, 90, 2) + 45) % 90 - 45) < LAID[0]
    commonest = off[:, int(off.sum(0).argmax())]
    if commonest.mean() > LAID[1]:
        columns, rows = pixels[floor].astype(int).T
        joints = np.zeros(scene.faces.labels.shape, bool)
        joints[rows[commonest], columns[commonest]] = True
        laid[floor] = dilated(joints, BESIDE)[rows, columns]  # where joints cross they have no direction
    return laid


def _on_floor(scene: Scene, pixels: NDArray[Any]) -> NDArray[np.float64]:
    """Where on the floor (N, 2), metres, the camera sees pixels (N, 2) that lie below the eye."""
    rays = scene.camera.rays(pixels)
    return np.asarray(rays[:, :2] / np.minimum(rays[:, 2:], -1e-6) * -scene.camera.height)

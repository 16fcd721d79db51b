"""Drawn terraces: paving before a house with windows, ray by ray, with the truth known in metres."""

from __future__ import annotations

import numpy as np

from staging.engine.modes.samples.rooms import looking
from staging.engine.scene.room import Camera

WALL_AT = 6.5  # metres to the house
SIZE = (900, 600)


def camera(yaw: float = 12.0, pitch: float = 6.0) -> Camera:
    width, height = SIZE
    return Camera(width, height, 0.62 * width, width / 2, height / 2, 1.55, looking(yaw, pitch), "given")


def terrace(
    eye: Camera, *, bush: tuple[float, float] | None = None, shade: tuple[float, float] | None = None, seed: int = 0
) -> np.ndarray:
    """(H, W, 3) uint8. A bush stands on the paving at `bush`; the paving is in the shade between x = `shade`."""
    width, height = SIZE
    u, v = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    rays = eye.rays(np.stack([u, v], -1))
    picture = np.empty((height, width, 3))
    picture[:] = (150, 185, 225)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = WALL_AT / rays[..., 1]
        x, z = rays[..., 0] * t, eye.height + rays[..., 2] * t
    wall = (t > 0) & (z > 0) & (z < 5.2) & (np.abs(x) < 8)
    picture[wall] = _house(x[wall], z[wall])
    with np.errstate(divide="ignore", invalid="ignore"):
        t = -eye.height / rays[..., 2]
        gx, gy = rays[..., 0] * t, rays[..., 1] * t
    ground = (rays[..., 2] < 0) & (gy < WALL_AT) & (gy > 0)
    picture[ground] = _paving(gx[ground], gy[ground], shade)
    if bush is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            t = bush[1] / rays[..., 1]
            x, z = rays[..., 0] * t - bush[0], eye.height + rays[..., 2] * t
        leaves = (t > 0) & (np.abs(x) < 0.55) & (z > 0) & (z < 0.9)
        picture[leaves] = (40, 75, 35)
    noise = np.random.default_rng(seed).normal(0, 2.5, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def _house(x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Pale boards with dark joints, tall windows with frames, a plinth."""
    colour = np.empty((len(x), 3))
    colour[:] = (214, 208, 196)
    colour[(z % 0.3) < 0.02] = (150, 145, 136)
    for middle in (-4.5, -1.5, 1.5, 4.5):
        frame = (np.abs(x - middle) < 0.75) & (z > 0.15) & (z < 2.3)
        pane = (np.abs(x - middle) < 0.66) & (z > 0.24) & (z < 2.2)
        colour[frame] = (240, 240, 238)
        colour[pane] = (52, 62, 74)
    colour[z > 4.9] = (120, 60, 45)
    return colour


def _paving(x: np.ndarray, y: np.ndarray, shade: tuple[float, float] | None) -> np.ndarray:
    colour = np.empty((len(x), 3))
    colour[:] = (158, 150, 138)
    colour[((x % 0.6) < 0.012) | ((y % 0.6) < 0.012)] = (128, 121, 111)
    if shade is not None:
        colour[(x > shade[0]) & (x < shade[1])] *= 0.62
    return colour

"""A row of pieces photographed side by side in an even light, for the picture of the catalogue.

Import only in a process in which a variant is active.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import mitsuba as mi
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.tone import encode, quantised, shoulder
from staging.engine.furniture.catalogue import Built, build
from staging.engine.light.rig import LightRig
from staging.engine.scene.arrangement import Piece
from staging.engine.scene.mesh import Mesh
from staging.engine.trace import scene as scenes
from staging.engine.trace.denoise import denoise
from staging.engine.trace.passes import View, first_surface, radiance

GROUND: Final = (0.80, 0.80, 0.79)
DAYLIGHT: Final = 0.62  # radiance of the even sky
LAMP: Final = (5.2, 5.1, 4.9)
MARGIN: Final = 1.06  # cell over the largest piece in it
_PRIMARY: Final = 8
_LYING: Final = 0.05  # metres: what is lower shows its top alone


def row(pieces: Sequence[Piece], cell: int, samples: int, seed: int = 0) -> NDArray[np.uint8]:
    """The pieces from a little to the right and above, each in the middle of its square of `cell` pixels, to one scale.

    What lies flat is shown from higher up. Answers (cell, cell * len(pieces), 3) uint8 sRGB.
    """
    axes = _axes(yaw=-24.0, pitch=17.0 if max(piece.size[2] for piece in pieces) > _LYING else 48.0)
    right, up, forward = axes
    built = [build(piece) for piece in pieces]
    spans = [_span(one, axes) for one in built]
    size = MARGIN * max(max(high - low) for low, high in spans)
    meshes: list[Mesh] = []
    materials: dict[str, Any] = {}
    for index, (one, (low, high)) in enumerate(zip(built, spans, strict=True)):
        # Cells lie along the camera's right, which is level: moved there, every piece still stands on the ground.
        middle = (low + high) / 2
        along = right * ((index + 0.5 - len(built) / 2) * size - middle[0])
        level = _level(forward)
        ahead = level * (-middle[1] / float(up @ level))
        shift = along + ahead
        meshes += [mesh.moved(float(shift[0]), float(shift[1])) for mesh in one.meshes]
        materials |= one.materials
    view = _view(axes, size, (cell * len(built), cell))
    light = _rig()
    furniture = scenes.parts(Built(tuple(meshes), materials))
    shapes = _studio(size * len(built)) | scenes.furniture_shapes(furniture, light)
    flat = {"ground": _ground(size * len(built))} | scenes.flat_furniture_shapes(furniture)
    noisy = radiance(View(scenes.load(shapes), view.sensor, view.cosines), samples, seed=seed, brightest=40.0)
    seen = first_surface(View(scenes.load(flat), view.sensor, view.cosines), _PRIMARY, seed=seed)
    picture = denoise(noisy, seen.albedo, seen.normal)
    return quantised(encode(shoulder(picture)))


def _axes(yaw: float, pitch: float) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Right, up and forward of a camera that looks along +y, turned and tilted down by degrees."""
    a, b = np.deg2rad(yaw), np.deg2rad(pitch)
    forward = np.array([np.sin(a) * np.cos(b), np.cos(a) * np.cos(b), -np.sin(b)])
    right = np.array([np.cos(a), -np.sin(a), 0.0])
    return right, np.cross(right, forward), forward


def _level(forward: NDArray[np.float64]) -> NDArray[np.float64]:
    flat = forward * [1.0, 1.0, 0.0]
    unit: NDArray[np.float64] = flat / np.linalg.norm(flat)
    return unit


def _span(built: Built, axes: tuple[NDArray[np.float64], ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lowest and highest coordinate of a piece to the right and up in the picture, (2,) each, metres."""
    points = np.concatenate([mesh.vertices for mesh in built.meshes])
    seen = points @ np.stack(axes[:2]).T
    return seen.min(0), seen.max(0)


def _view(axes: tuple[NDArray[np.float64], ...], size: float, pixels: tuple[int, int]) -> View:
    """An orthographic camera whose picture is `size` metres high."""
    _right, up, forward = axes
    width, height = pixels
    origin = -forward * 40.0
    half = size / 2 * width / height
    look = mi.ScalarTransform4f().look_at(origin.tolist(), [0.0, 0.0, 0.0], up.tolist())
    film = {
        "type": "hdrfilm", "width": width, "height": height, "rfilter": {"type": "box"},
        "pixel_format": "rgba", "component_format": "float32",
    }  # fmt: skip
    sensor = {
        "type": "orthographic",
        "to_world": look @ mi.ScalarTransform4f().scale([half, half, 1.0]),
        "film": film,
        "sampler": {"type": "independent"},
    }
    return View(None, mi.load_dict(sensor), np.ones((height, width), np.float32))


def _ground(reach: float) -> dict[str, Any]:
    far = 10.0 * reach
    return scenes.rectangle([-far, -far, 0], [2 * far, 0, 0], [0, 2 * far, 0], _matt())


def _matt() -> dict[str, Any]:
    return {"type": "diffuse", "reflectance": {"type": "rgb", "value": list(GROUND)}}


def _studio(reach: float) -> scenes.Shapes:
    """The ground, an even sky, and a large lamp from the left and above that moves with the size of the row."""
    sky = {"type": "constant", "radiance": {"type": "rgb", "value": [DAYLIGHT] * 3}}
    lamp = scenes.rectangle(
        [-2.0 * reach, -1.5 * reach, 1.6 * reach], [0, 1.2 * reach, 0], [1.1 * reach, 0, 0.5 * reach], _matt(), LAMP
    )
    return {"ground": _ground(reach), "sky": sky, "lamp": lamp}


def _rig() -> LightRig:
    """What staged lamps are measured by: they are on."""
    return LightRig(
        groups={"lamps": GROUND}, wall=GROUND, ceiling=GROUND, floor=GROUND, neutral=(1.0, 1.0, 1.0), floor_gloss=0.0,
        error=0.0, preset=True, wall_radiance=0.7,
    )  # fmt: skip

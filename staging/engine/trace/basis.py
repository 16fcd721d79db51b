"""Basis renders: the empty room lit by one emitter group at a time, from which the light of the photo is mixed.

Import only in a process in which a variant is active.
"""

from __future__ import annotations

from typing import Any, Final

import mitsuba as mi

from staging.engine.light.rig import LightRig
from staging.engine.scene.room import Room
from staging.engine.trace import kernels
from staging.engine.trace import scene as scenes
from staging.engine.trace.denoise import denoise
from staging.engine.trace.passes import Image, View, affordable, radiance, side_for
from staging.engine.trace.render import surface_of_box

# Emitting shapes of trace.scene belong to the group whose name this maps to.
_SHAPES: Final = {
    "pane": "windows", "lamp": "lamps", "back_light": "back", "ceiling": "ceiling", "left_light": "left",
    "right_light": "right",
}  # fmt: skip
# A path cannot carry more than its emitter shows, but for rounding.
_BRIGHTEST: Final = 1.01
_DARK: Final = [0.0, 0.0, 0.0]
# A group that is off keeps this weight, as a scene in which nothing may be sampled is refused.
_UNSAMPLED: Final = 1e-6


def render_basis(room: Room, rig: LightRig, width: int, samples: int, *, beside: bool = False) -> dict[str, Image]:
    """The empty room as each group of `rig` alone lights it, denoised linear radiance (H, W, 3) by group.

    `beside` other work it is traced on one core.

    One scene serves all: radiances are switched, not rebuilt, so that its kernels compile once.
    """
    kernels.keep_alike()
    camera = room.camera
    size = width, max(1, round(width * camera.height_px / camera.width))
    scene = scenes.load(scenes.box_shapes(room, rig))
    view = View.of(scene, camera, size, side=side_for(affordable(samples), size))
    seen = surface_of_box(room, rig, size)
    switches = _switches(scene)
    parameters = mi.traverse(scene)
    pictures = {}
    for group, strength in rig.groups.items():
        for shape, weight in switches.items():
            on = _group(shape) == group
            parameters[f"{shape}.emitter.radiance.value"] = list(strength) if on else _DARK
            parameters[f"{shape}.emitter.sampling_weight"] = weight if on else _UNSAMPLED
        parameters.update()
        noisy = radiance(view, affordable(samples), seed=17, brightest=_BRIGHTEST * max(strength), beside=beside)
        pictures[group] = denoise(noisy, seen.albedo, seen.normal)
    return pictures


def _switches(scene: Any) -> dict[str, float]:
    """Ids of the emitting shapes, and the sampling weights that they were loaded with."""
    parameters, suffix = mi.traverse(scene), ".emitter.sampling_weight"
    return {str(key)[: -len(suffix)]: float(parameters[key]) for key, _ in parameters if str(key).endswith(suffix)}


def _group(shape: str) -> str:
    return next(group for prefix, group in _SHAPES.items() if shape.startswith(prefix))

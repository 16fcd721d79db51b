"""The scene of a terrace or garden: a plane of ground under the sky, and the sun where it is known.

Import only in a process in which a variant is active.
"""

from __future__ import annotations

from typing import Any, Final

import mitsuba as mi
import numpy as np

from staging.engine.light.rig import LightRig
from staging.engine.scene.room import Room
from staging.engine.trace import bsdf

REACH: Final = 60.0  # metres of ground in every direction: all that the camera sees of it


def ground(room: Room, light: LightRig) -> dict[str, Any]:
    """The ground alone."""
    to_world = np.diag([REACH, REACH, 1.0, 1.0]).astype(np.float32)
    to_world[1, 3] = room.box.y1 / 2
    plane = {"type": "rectangle", "to_world": mi.ScalarTransform4f(to_world), "bsdf": bsdf.diffuse(light.floor)}
    return {"floor": plane}


def shapes(room: Room, light: LightRig) -> dict[str, Any]:
    """The ground with the sky over it."""
    dark = (0.0, 0.0, 0.0)
    lit: dict[str, Any] = {"sky": {"type": "constant", "radiance": bsdf.colour(light.groups.get("sky", dark))}}
    if light.sun is not None and "sun" in light.groups:
        down = [-float(v) for v in light.sun]
        lit["sun"] = {"type": "directional", "direction": down, "irradiance": bsdf.colour(light.groups["sun"])}
    return {**ground(room, light), **lit}

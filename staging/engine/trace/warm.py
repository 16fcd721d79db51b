"""The first job of a fresh child: trace something small, so that the customer's first picture finds compiled kernels.

Import only in a process in which a variant is active.
"""

from __future__ import annotations

import numpy as np

from staging.engine.furniture.catalogue import Built
from staging.engine.light.rig import LightRig
from staging.engine.scene.material import Material
from staging.engine.scene.mesh import Mesh
from staging.engine.scene.room import Box, Camera, Opening, Room
from staging.engine.trace.render import Progress, Tracer
from staging.engine.trace.variant import Variant

_LOOKING_LEVEL = ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.0, 1.0, 0.0))


def warm(*, variant: Variant, progress: Progress | None = None) -> str:
    """Trace a small furnished room once through every kind of surface; answers the name of the variant."""
    camera = Camera(48, 32, 28.0, 24.0, 16.0, 1.38, _LOOKING_LEVEL)
    room = Room(camera, Box(-2.0, 2.0, -1.0, 4.0, 2.55), (Opening("window", "back", -0.8, 0.8, 0.9, 2.1),))
    light = LightRig(
        groups={"windows": (5.0, 5.0, 5.0), "ceiling": (0.1, 0.1, 0.1)},
        wall=(0.7, 0.7, 0.7), ceiling=(0.8, 0.8, 0.8), floor=(0.3, 0.25, 0.2), neutral=(1.0, 1.0, 1.0),
        floor_gloss=0.0, error=0.0, preset=True, wall_radiance=0.4, panes=(0,),
    )  # fmt: skip
    materials = {
        "cloth": Material("linen", "#b9b5ae"),
        "wood": Material("wood", "#9a7650", second="#6a4a30"),
        "paint": Material("paint", "#888888"),
        "metal": Material("metal", "#777777", metallic=1.0, roughness=0.3),
        "glass": Material("glass", "#ffffff"),
        "mirror": Material("mirror", "#ffffff"),
        "shade": Material("emit", "#ffe8c8", radiance=1.5),
    }
    triangles = tuple(_triangle(index - 3.0, name) for index, name in enumerate(materials))
    tracer = Tracer(room, light, progress)
    built = Built(triangles, materials)
    tracer.empty(48, 1)
    tracer.furnished(built, 48, 1)
    tracer.cover(built, 48, 32, 1)
    return variant.name


def _triangle(x: float, material: str) -> Mesh:
    corners = np.array([[x * 0.5, 3.0, 0.2], [x * 0.5 + 0.4, 3.0, 0.2], [x * 0.5, 3.1, 0.9]])
    return Mesh(corners, np.array([[0, 1, 2]]), corners[:, [0, 2]], material)

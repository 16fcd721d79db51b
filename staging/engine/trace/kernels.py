"""What makes all pictures run the same compiled kernels, which take seconds to compile.

Dr.Jit compiles into each kernel one function for each kind of surface, shape and emitter that is alive, with tables as
long as the highest number that one of them has. So one of each kind is kept alive, and one of each sort with a number
so high that no room needs more: then other rooms, lights and furniture are other numbers in the same code. What differs
within a kind is data: scene.py and bsdf.py see to it.
Import only in a process in which a variant is active.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

import drjit as dr
import mitsuba as mi
import numpy as np

from staging.engine.furniture import textures
from staging.engine.furniture.textures import Bitmap
from staging.engine.light.rig import LightRig
from staging.engine.scene.material import Material
from staging.engine.scene.mesh import Mesh
from staging.engine.trace import bsdf
from staging.engine.trace import scene as scenes

# Surfaces, shapes and emitters of all scenes that are alive at once; with more of them kernels are compiled anew.
# A room full of furniture has some 200, 100 and 15 in the scenes of its light and of its albedo.
SURFACES: Final = 1000
SHAPES: Final = 500
EMITTERS: Final = 100
_GREY: Final = (0.5, 0.5, 0.5)
_LIT: Final = LightRig(
    groups={}, wall=_GREY, ceiling=_GREY, floor=_GREY, neutral=_GREY, floor_gloss=0.0, error=0.0, preset=True,
    wall_radiance=0.1,
)  # fmt: skip


@cache
def keep_alike() -> tuple[Any, ...]:
    """Let all scenes of this process share their kernels, by what is kept alive here for good; does so once.

    To be called before a scene is made. On the scalar variant nothing is compiled.
    """
    if scenes.on_scalar():
        return ()
    surfaces = [mi.load_dict(described) for described in _surfaces()]
    matt = surfaces[0]
    return (
        *surfaces,
        *scenes.furniture_shapes(_furniture(), _LIT).values(),
        _numbered(EMITTERS, lambda: _shining(matt), lambda shape: mi.EmitterPtr(shape.emitter())),
        _numbered(SHAPES, lambda: mi.load_dict({"type": "rectangle", "bsdf": matt}), mi.ShapePtr),
        _numbered(SURFACES, lambda: mi.load_dict(bsdf.diffuse(_GREY)), mi.BSDFPtr),
    )


def _surfaces() -> Iterator[dict[str, Any]]:
    """A surface of each kind that a scene may have."""
    yield bsdf.diffuse(_GREY)
    for material, bitmap in _materials():
        colour = bsdf.base_colour(material, bitmap)
        yield bsdf.surface(material, bitmap, colour)
        yield bsdf.flat_surface(material, colour)


def _materials() -> Iterator[tuple[Material, Bitmap | None]]:
    """A material for each kind of surface: glass, mirror, plain, painted, and painted with a relief of each size."""
    for kind in ("glass", "mirror", "paint"):
        yield Material(kind, "#808080"), None
    painted = np.full((2, 2, 3), 0.5, np.float32)
    yield Material("art", "#808080"), Bitmap(painted, None, (1.0, 1.0))
    for size in textures.RELIEFS:
        yield Material("linen", "#808080"), Bitmap(painted, np.zeros(size, np.float32), (1.0, 1.0))


def _furniture() -> list[scenes.Part]:
    """Two squares as furniture: one that shines, and one that does not."""
    corners = np.array([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]])
    square = Mesh(corners, np.array([[0, 1, 2], [0, 2, 3]]), corners[:, :2], "kind")
    up = np.broadcast_to([0.0, 0.0, 1.0], corners.shape)
    lamp, table = Material("emit", "#808080", radiance=1.0), Material("paint", "#808080")
    return [scenes.Part(square, up, material, None) for material in (lamp, table)]


def _shining(surface: Any) -> Any:
    return mi.load_dict({"type": "rectangle", "bsdf": surface, "emitter": {"type": "area"}})


def _numbered(number: int, make: Callable[[], Any], pointer: Callable[[Any], Any]) -> Any:
    """What `make` makes, with this `number` or a higher one: each gets the lowest that is free, and gives it back."""
    made = [make()]
    while _number(pointer(made[-1])) < number:
        made.append(make())
    return made[-1]


def _number(pointer: Any) -> int:
    found: Any = dr.reinterpret_array(mi.UInt32, pointer)
    return int(found[0])

"""The tracer: a room with its light in; denoised radiance, and coverage of the furniture, out.

Import only in a process in which a variant is active.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import drjit as dr
import mitsuba as mi

from staging.engine.furniture.catalogue import Built
from staging.engine.light.rig import LightRig
from staging.engine.memory import MEMORY
from staging.engine.scene.room import Camera, Room
from staging.engine.trace import bare_box, kernels
from staging.engine.trace import scene as scenes
from staging.engine.trace.cover import Cover, outline
from staging.engine.trace.denoise import denoise
from staging.engine.trace.passes import (
    Image,
    Surface,
    View,
    affordable,
    first_surface,
    on_scalar,
    radiance,
    side_for,
)

Progress = Callable[[float, str], None]

AUXILIARY_SAMPLES: Final = 4
# Paths brighter than this multiple of the walls, which no pane or lamp explains, are fireflies.
FIREFLY: Final = 40.0


@dataclass(frozen=True)
class Traced:
    """A traced picture, all (H, W, 3) float32.

    `radiance` is denoised linear HDR in the photo's units; `albedo` and `normal` (room frame) are of the first
    surface. `samples` is how many paths each pixel really got.
    """

    radiance: Image
    albedo: Image
    normal: Image
    samples: int


class Tracer:
    """Traces one room in one light."""

    def __init__(self, room: Room, light: LightRig, on_progress: Progress | None = None) -> None:
        """`on_progress(fraction, stage)` is called between passes, fraction 0..1 of the picture being traced."""
        kernels.keep_alike()
        self.room = room
        self.light = light
        self._tell: Progress = on_progress or (lambda _fraction, _stage: None)
        self._flat: tuple[Built, scenes.Flat] | None = None
        self._parts: tuple[Built, list[scenes.Part]] | None = None

    def size(self, width: int) -> tuple[int, int]:
        """(width, height) of a traced picture of this width, in the photo's proportions."""
        camera = self.room.camera
        return width, max(1, round(width * camera.height_px / camera.width))

    def empty(self, width: int, samples: int, seed: int = 0, *, beside: bool = False) -> Traced:
        """The room without furniture. Kept in memory: the same request again answers at once.

        `beside` other work it is traced on one core.
        """
        room = self.room
        built = (
            room.camera,
            room.box,
            room.openings,
            room.occluders,
            room.lamps,
            room.tops,
        )  # the rest of a room is not traced
        request = repr((built, json.dumps(self.light.to_dict(), sort_keys=True), width, samples, seed, mi.variant()))

        def traced() -> Traced:
            shapes = scenes.box_shapes(self.room, self.light)
            stage = "tracing the empty room"
            return self._traced(shapes, None, width, samples, seed=seed, stage=stage, beside=beside)

        return MEMORY.recall(("empty", hashlib.sha256(request.encode()).hexdigest()), traced)

    def prepare(self, built: Built, parts: list[scenes.Part]) -> None:
        """Take over `scenes.parts` of furniture that is to be traced, where they are there already."""
        self._parts = built, parts

    def furnished(self, built: Built, width: int, samples: int, seed: int = 0) -> Traced:
        """The room with the furniture standing in it."""
        shapes = scenes.box_shapes(self.room, self.light) | scenes.furniture_shapes(self._parts_of(built), self.light)
        flat = scenes.Flat.box(self.room, self.light) | self._flat_shapes(built) if built.meshes else None
        return self._traced(shapes, flat, width, samples, seed=seed, stage="tracing the furnished room")

    def cover(self, built: Built, width: int, height: int, samples: int = 8) -> Cover:
        """What the furniture covers of a picture of any size, by primary rays."""
        shapes = self._flat_shapes(built)
        self._flat = None
        return outline(
            self.room.camera,
            (built, shapes),
            (width, height),
            samples,
            lambda done: self._tell(done, "outlining the furniture"),
        )

    def _parts_of(self, built: Built) -> list[scenes.Part]:
        """The furniture by material with its normals, worked out once for the shapes of both kinds."""
        if self._parts is None or self._parts[0] is not built:
            self._parts = built, scenes.parts(built)
        return self._parts[1]

    def _flat_shapes(self, built: Built) -> scenes.Flat:
        """The furniture as albedo alone, made once for the trace and the outline."""
        if self._flat is None or self._flat[0] is not built:
            self._flat = built, scenes.Flat.furniture(self._parts_of(built), self.room.camera.position)
            self._parts = None  # the shapes hold it all from now on
        return self._flat[1]

    def _traced(
        self,
        shapes: scenes.Shapes,
        flat: scenes.Flat | None,
        width: int,
        samples: int,
        *,
        seed: int,
        stage: str,
        beside: bool = False,
    ) -> Traced:
        """The picture of `shapes`, whose albedo alone is `flat`; without one it is the empty room."""
        samples = affordable(samples)
        camera, size = self.room.camera, self.size(width)
        view = View.of(scenes.load(shapes), camera, size, side=side_for(samples, size))
        noisy = radiance(
            view,
            samples,
            seed=seed,
            brightest=self._brightest(),
            each=lambda index: self._tell((index + 1) * view.side**2 / samples, stage),
            beside=beside,
        )
        seen = surface_of_box(self.room, self.light, size, seed) if flat is None else _surface(flat, camera, size, seed)
        dr.flush_malloc_cache()  # before the denoiser, which wants some hundred megabytes of its own
        return Traced(denoise(noisy, seen.albedo, seen.normal), seen.albedo, seen.normal, samples)

    def _brightest(self) -> float:
        """Radiance that a path may carry: what the emitters show, and some more for their mirror images."""
        emitted = max((max(value) for value in self.light.groups.values()), default=0.0)
        return emitted + FIREFLY * max(self.light.wall_radiance, 1e-3)


def surface_of_box(room: Room, light: LightRig, size: tuple[int, int], seed: int = 0) -> Surface:
    """What is seen first of the empty room, for a picture of `size` (width, height)."""
    if on_scalar() and bare_box.is_bare(room):
        return bare_box.surface(room, light, size, AUXILIARY_SAMPLES)
    return _surface(scenes.Flat.box(room, light), room.camera, size, seed)


def _surface(flat: scenes.Flat, camera: Camera, size: tuple[int, int], seed: int) -> Surface:
    view = View.of(flat.loaded(), camera, size, side=side_for(AUXILIARY_SAMPLES, size))
    return first_surface(view, AUXILIARY_SAMPLES, seed=seed, depths=False)

"""Jobs that the tests run inside a child process, as the engine's own jobs are run.

Mitsuba is imported inside the jobs: pytest reads this module in its own process.
"""

# ruff: noqa: PLC0415
from __future__ import annotations

import itertools
import os
import time
from typing import Any

import numpy as np

from staging.engine.errors import UnusablePhoto
from staging.engine.trace.variant import Variant


def echo(*, said: Any, variant: Variant, progress: Any) -> tuple[Any, str, int]:
    progress(0.5, "half way")
    return said, variant.name, os.getpid()


def sleep(*, seconds: float, variant: Variant, progress: Any) -> str:
    progress(0.0, "asleep")
    time.sleep(seconds)
    return "awake"


def refuse(*, variant: Variant, progress: Any) -> None:
    raise UnusablePhoto("room_unreadable", "No floor can be seen.", {"room": {"status": "manual"}})


def break_down(*, variant: Variant, progress: Any) -> None:
    raise ZeroDivisionError("a bug in a job")


def spin(*, variant: Variant, progress: Any) -> None:
    while True:
        np.ones(1000).sum()


def traced(
    *, room: Any, light: Any, built: Any, width: int, samples: int, seed: int, variant: Any, progress: Any
) -> Any:
    """Empty and furnished pictures and the cover, with the progress that was told."""
    from staging.engine.trace.render import Tracer

    told: list[tuple[float, str]] = []
    tracer = Tracer(room, light, lambda fraction, stage: told.append((fraction, stage)))
    empty = tracer.empty(width, samples, seed)
    furnished = tracer.furnished(built, width, samples, seed)
    cover = tracer.cover(built, *tracer.size(width), samples=4)
    return {
        "empty": empty,
        "furnished": furnished,
        "cover": cover,
        "told": told,
        "same": tracer.empty(width, samples, seed) is empty,
    }


def furnished(*, room: Any, light: Any, built: Any, width: int, samples: int, variant: Any, progress: Any) -> Any:
    """The furnished picture alone."""
    from staging.engine.trace.render import Tracer

    return Tracer(room, light).furnished(built, width, samples, 0)


def outlined(
    *, room: Any, light: Any, built: Any, width: int, height: int, variant: Any, progress: Any, samples: int = 2
) -> Any:
    """The cover at any size."""
    from staging.engine.trace.render import Tracer

    return Tracer(room, light).cover(built, width, height, samples=samples)


def fitted(*, photo: Any, room: Any, variant: Any, progress: Any) -> Any:
    """The light of a photo, and the empty room in it."""
    from staging.engine.light.fit import fit
    from staging.engine.trace.basis import render_basis
    from staging.engine.trace.render import Tracer

    light = fit(photo, room, render_basis)
    return light, Tracer(room, light).empty(96, 12)


def empty_room(*, room: Any, light: Any, variant: Any, progress: Any, width: int = 96) -> Any:
    from staging.engine.trace.render import Tracer

    return Tracer(room, light).empty(width, 16)


def denoised(*, width: int, height: int, variant: Any, progress: Any) -> Any:
    """Noise of a grey wall before and after denoising, and the resident size of this process then, megabytes."""
    from staging.engine.trace.denoise import denoise

    def resident() -> float:
        with open("/proc/self/statm", encoding="ascii") as sizes:
            return int(sizes.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

    wall = np.full((height, width, 3), 0.5, np.float32)
    noisy = (wall * np.random.default_rng(5).uniform(0.6, 1.4, wall.shape)).astype(np.float32)
    facing = np.broadcast_to(np.float32([0, -1, 0]), wall.shape)
    denoise(noisy[:16, :16], wall[:16, :16], facing[:16, :16])  # the libraries are loaded, which stay
    before = resident()
    smooth = denoise(noisy, wall, facing)
    return {"noise": (float(noisy.std()), float(smooth.std())), "megabytes": (before, resident())}


def compiled_for_covers(*, room: Any, light: Any, built: Any, sizes: Any, variant: Any, progress: Any) -> Any:
    """Which kernels the furniture's outline runs at each of `sizes`, by their hashes."""
    import drjit as dr

    from staging.engine.trace.render import Tracer

    run = []
    with dr.scoped_set_flag(dr.JitFlag.KernelHistory, True):
        for width, height in sizes:
            dr.kernel_history_clear()
            Tracer(room, light).cover(built, width, height, samples=4)
            run.append({kernel["hash"] for kernel in dr.kernel_history() if "hash" in kernel})
    return run


def compiled_for_rooms(*, rooms: Any, variant: Any, progress: Any) -> Any:
    """Which kernels a fresh child's first job runs, and which each of the `rooms` (room, light, built, width), by their
    hashes."""
    import drjit as dr

    from staging.engine.memory import MEMORY
    from staging.engine.trace.render import Tracer
    from staging.engine.trace.warm import warm

    def ran() -> set[str]:
        # Not those of a few operations, which bring a texture into its format: 15 ms each, once for all pictures.
        return {k["hash"] for k in dr.kernel_history() if "hash" in k and k["operation_count"] > 100}

    with dr.scoped_set_flag(dr.JitFlag.KernelHistory, True):
        dr.kernel_history_clear()
        warm(variant=variant)
        run = [ran()]
        for room, light, built, width in rooms:
            MEMORY.clear()
            tracer = Tracer(room, light)
            tracer.empty(width, 2)
            tracer.furnished(built, width, 2)
            tracer.cover(built, *tracer.size(width), samples=4)
            run.append(ran())
    return run


def textures_in_both(*, light: Any, built: Any, variant: Any, progress: Any) -> Any:
    """How many arrays of texels the path tracer's scene of the furniture holds, and how many the one of its albedo
    holds with it."""
    import mitsuba as mi

    from staging.engine.trace import scene as scenes

    def texels(shapes: Any) -> set[int]:
        found = mi.traverse(scenes.load(shapes))
        return {found[key].array.index for key, _ in found if str(key).endswith(".data")}

    furniture = scenes.parts(built)
    traced = texels(scenes.furniture_shapes(furniture, light))
    return len(traced), len(traced & texels(scenes.flat_furniture_shapes(furniture)))


def surfaces(*, room: Any, light: Any, size: Any, variant: Any, progress: Any) -> Any:
    """What is seen first of the empty room: traced ray by ray, and as the pictures of this variant take it."""
    from staging.engine.trace import passes
    from staging.engine.trace import scene as scenes
    from staging.engine.trace.render import surface_of_box

    view = passes.View.of(scenes.Flat.box(room, light).loaded(), room.camera, size)
    return passes.first_surface(view, 16, seed=1), surface_of_box(room, light, size)


def empty_on_one_core(*, room: Any, light: Any, variant: Any, progress: Any) -> Any:
    """The empty room traced on all cores, and on one; and how many threads there are before and after."""
    import drjit as dr

    from staging.engine.memory import MEMORY
    from staging.engine.trace.render import Tracer

    before = dr.thread_count()
    pictures = []
    for beside in (False, True):
        MEMORY.clear()
        pictures.append(Tracer(room, light).empty(96, 4, beside=beside))
    return pictures, (before, dr.thread_count())


def replayed(*, pictures: Any, record: bool, variant: Any, progress: Any) -> Any:
    """The noisy light of `pictures` (room, light, built, width, samples), one after the other in one process, and how
    many of their passes were put together by Dr.Jit; where they are not to `record`, recording is made to fail."""
    import drjit as dr

    from staging.engine.trace import passes, replay
    from staging.engine.trace import scene as scenes

    together = itertools.count()  # no list: what a recorded function holds is looked into for changes
    original = passes._light

    def counted(*given: Any) -> Any:
        next(together)
        if not record and dr.flag(dr.JitFlag.FreezingScope):
            raise RuntimeError("Dr.Jit cannot record this")
        return original(*given)

    passes._light, replay.Replay.failed = counted, False
    try:
        made = []
        for room, light, built, width, samples in pictures:
            shapes = scenes.box_shapes(room, light) | scenes.furniture_shapes(scenes.parts(built), light)
            view = passes.View.of(scenes.load(shapes), room.camera, (width, width * 2 // 3))
            made.append(passes.radiance(view, samples, seed=5, brightest=50.0))
        return made, next(together)
    finally:
        passes._light, replay.Replay.failed = original, False

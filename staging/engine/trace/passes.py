"""Passes of one sample per pixel over a scene, summed in order.

In one pass each pixel is written once, so no order of threads can change a sum: the same seed gives the same
bytes on every variant. Memory stays small, and progress can be told between passes.
Import only in a process in which a variant is active.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import mitsuba as mi
import numpy as np
from numpy.typing import NDArray

from staging.engine.scene.room import Camera
from staging.engine.trace import scene as scenes

Image = NDArray[np.float32]
EachPass = Callable[[int], None]

PATH_DEPTH: Final = 4
# Scalar is about 5 times slower. Aimed at 120 s for a standard picture on two cores; 0.4 took 145 s (make bench).
SCALAR_SHARE: Final = 0.3
SCALAR_FEWEST: Final = 4


@dataclass(frozen=True)
class View:
    """A loaded scene, the loaded sensor that looks at it, and each pixel's cosine to the optical axis, (H, W)."""

    scene: Any
    sensor: Any
    cosines: Image

    @classmethod
    def of(cls, scene: Any, camera: Camera, size: tuple[int, int], tile: scenes.Window | None = None) -> View:
        """The scene through the photo's camera, as a picture of `size` (width, height) or one tile of it."""
        width, height = size
        columns = np.arange(width) if tile is None else np.arange(tile.left, tile.right)
        rows = np.arange(height) if tile is None else np.arange(tile.top, tile.bottom)
        pixels = np.stack(np.meshgrid(columns + 0.5, rows + 0.5), -1)
        rays = camera.resized(width, height).rays(pixels)
        cosines = (1.0 / np.linalg.norm(rays, axis=-1)).astype(np.float32)
        return cls(scene, mi.load_dict(scenes.sensor(camera, width, height, tile)), cosines)


@dataclass(frozen=True)
class Surface:
    """What primary rays see first: means over each pixel, in which rays that hit nothing count as 0.

    `alpha` (H, W) is the share that hit; `albedo` (H, W, 3) linear; `normal` (H, W, 3) in the room frame;
    `depth` (H, W) metres along the optical axis.
    """

    alpha: Image
    albedo: Image
    normal: Image
    depth: Image


def on_scalar() -> bool:
    """Whether the slow variant is active, which renders ray by ray."""
    return str(mi.variant()).startswith("scalar")


def affordable(samples: int) -> int:
    """How many of the samples asked for are traced on the active variant."""
    if on_scalar():
        return max(min(samples, SCALAR_FEWEST), round(samples * SCALAR_SHARE))
    return samples


def radiance(view: View, samples: int, *, seed: int, brightest: float, each: EachPass | None = None) -> Image:
    """Mean radiance over `samples` paths per pixel, (H, W, 3).

    Paths above `brightest` are fireflies and are held to it. `each(index)` is called after every pass.
    """
    integrator = mi.load_dict({"type": "path", "max_depth": PATH_DEPTH, "rr_depth": PATH_DEPTH + 1})

    def held(sample: Image) -> Image:
        # A path that ends in a degenerate bump normal is not a number; it counts as dark.
        return np.clip(np.nan_to_num(sample[..., :3], nan=0.0, posinf=brightest), 0.0, brightest)

    return _mean(view, integrator, samples, seed, held, each)


def first_surface(view: View, samples: int, *, seed: int, normals: bool = True) -> Surface:
    """Alpha, albedo, normal and depth, by `samples` primary rays per pixel; without `normals` those are zeros."""
    wanted = "a:albedo,n:sh_normal" if normals else "a:albedo"  # every channel is memory traffic in every pass
    integrator = mi.load_dict({"type": "aov", "aovs": wanted, "first": {"type": "depth"}})
    channels = _mean(view, integrator, samples, seed, np.nan_to_num, None)
    alpha = np.clip(channels[..., 3], 0, 1)
    # The depth integrator answers the distance along the ray, counted from the near clip.
    depth = channels[..., 0] * view.cosines + alpha * np.float32(scenes.NEAR_CLIP)
    normal = channels[..., 7:10] if normals else np.zeros_like(channels[..., 4:7])
    return Surface(alpha, np.clip(channels[..., 4:7], 0, 1), normal, depth)


def _mean(  # noqa: PLR0917  private, and called in two places
    view: View, integrator: Any, samples: int, seed: int, clean: Callable[[Image], Image], each: EachPass | None
) -> Image:
    if samples < 1:
        raise ValueError("a picture needs at least one sample")
    total: Image | None = None
    for index in range(samples):
        raw = mi.render(view.scene, sensor=view.sensor, integrator=integrator, spp=1, seed=_seed(seed, index))
        sample = clean(np.asarray(raw, dtype=np.float32))
        total = sample if total is None else total + sample
        if each is not None:
            each(index)
    assert total is not None
    return total / np.float32(samples)


def _seed(seed: int, index: int) -> Any:  # an int; Mitsuba's stubs want their own UInt32
    """A seed per pass; far apart, as neighbouring seeds of one sampler need not be independent."""
    return (seed * 1_000_003 + index * 7919 + 1) % (1 << 31)

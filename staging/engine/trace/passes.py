"""Passes over a scene, summed in order.

In one pass each ray has a pixel of its own, so no order of threads can change a sum: the same seed gives the same
bytes on every variant. Memory stays small, and progress can be told between passes. A pass that is not replayed (see
replay.py) costs 20 to 120 ms of one core beside its rays, so a small picture is traced several times as large and
averaged, instead of several times.
Import only in a process in which a variant is active.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import cv2
import drjit as dr
import mitsuba as mi
import numpy as np
from numpy.typing import NDArray

from staging.engine.scene.room import Camera
from staging.engine.trace import scene as scenes
from staging.engine.trace.replay import Replay
from staging.engine.trace.scene import on_scalar

Image = NDArray[np.float32]
EachPass = Callable[[int], None]

PATH_DEPTH: Final = 4
# A path takes scalar about 3 times as long. With half the samples a standard picture took 40 s on two cores (make
# bench): this keeps it well under 120 s, and the best quality under five minutes.
SCALAR_SHARE: Final = 0.8
SCALAR_FEWEST: Final = 4
# Rays in flight at once where a pass has several for each pixel: bounds memory.
RAYS_AT_ONCE: Final = 600_000


@dataclass(frozen=True)
class View:
    """A loaded scene and the loaded sensor that looks at it, with `side` x `side` rays to each pixel in a pass.

    `cosines` (H side, W side) are those of the rays to the optical axis. `lights` are the same surfaces loaded as
    lights, where they are. `eye` is a pinhole camera's in numbers.
    """

    scene: Any
    sensor: Any
    cosines: Image
    side: int = 1
    lights: scenes.Loaded | None = None
    eye: Eye | None = None

    @classmethod
    def of(
        cls,
        scene: Any,
        camera: Camera,
        size: tuple[int, int],
        tile: scenes.Window | None = None,
        *,
        side: int = 1,
        centred: bool = False,
    ) -> View:
        """The scene through the photo's camera, as a picture of `size` (width, height) or one tile of it.

        A `scene` that is `Loaded` is looked at as surfaces of its albedo alone.
        `centred` rays meet the middle of their part of the pixel, others any point of it.
        """
        width, height = size[0] * side, size[1] * side
        window = None if tile is None else _Window(*(side * v for v in (tile.top, tile.bottom, tile.left, tile.right)))
        columns = np.arange(width) if window is None else np.arange(window.left, window.right)
        rows = np.arange(height) if window is None else np.arange(window.top, window.bottom)
        lens = camera.resized(width, height)
        across, down = (columns + 0.5 - lens.cx) / lens.f, (rows + 0.5 - lens.cy) / lens.f
        cosines = (1.0 / np.sqrt(1.0 + across**2 + down[:, None] ** 2)).astype(np.float32)
        sensor = scenes.sensor(camera, width, height, window, centred=centred)
        lights = scene if isinstance(scene, scenes.Loaded) else None
        # Mitsuba's pixels are square, and as wide as the picture says.
        eye = Eye(replace(lens, f=camera.f * width / camera.width), int(columns[0]), int(rows[0]), centred)
        return cls(scene if lights is None else lights.flat, mi.load_dict(sensor), cosines, side, lights, eye)


@dataclass(frozen=True)
class Eye:
    """The camera of the whole picture at its rays, the column and row that a view begins at, and whether rays are
    `centred`."""

    lens: Camera
    left: int
    top: int
    centred: bool


@dataclass(frozen=True)
class _Window:
    top: int
    bottom: int
    left: int
    right: int


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


def affordable(samples: int) -> int:
    """How many of the samples asked for are traced on the active variant."""
    if on_scalar():
        return max(min(samples, SCALAR_FEWEST), round(samples * SCALAR_SHARE))
    return samples


def side_for(samples: int, size: tuple[int, int]) -> int:
    """How many rays wide and high each pixel of a picture of `size` (width, height) is in one pass, so that whole
    passes make the `samples`.

    Spread evenly over the pixel they also find its mean sooner than as many that fall anywhere in it.
    """
    at_once = math.isqrt(RAYS_AT_ONCE // max(size[0] * size[1], 1))
    most = max(1, min(math.isqrt(samples), at_once))
    return next(side for side in range(most, 0, -1) if samples % side**2 == 0)


def radiance(
    view: View, samples: int, *, seed: int, brightest: float, each: EachPass | None = None, beside: bool = False
) -> Image:
    """Mean radiance over `samples` paths per pixel, (H, W, 3); `beside` other work on one core.

    Paths above `brightest` are fireflies and are held to it. `each(index)` is called after every pass.
    """
    integrator = mi.load_dict({"type": "path", "max_depth": PATH_DEPTH, "rr_depth": PATH_DEPTH + 1})
    count = samples // view.side**2

    def held(sample: Image) -> Image:
        # A path that ends in a degenerate bump normal is not a number; it counts as dark.
        known = np.fmax(sample[..., :3], np.float32(0))
        return np.minimum(known, np.float32(brightest), out=known)

    with _on_one_core() if beside else contextlib.nullcontext():
        once = partial(_rendered, view, integrator)
        if view.eye is not None and not on_scalar():
            # To record a pass costs half as much again as the pass: one alone is not.
            light = Replay(_light) if count > 1 else _light
            once = partial(_paths, view, view.eye, integrator, light)
        return _mean(view, once, count, seed=seed, clean=held, each=each)


def _paths(view: View, eye: Eye, integrator: Any, light: Callable[..., Any], seed: Any) -> Any:
    """What a path through each part of each pixel brings, (H side, W side, 3), on its way, by `_light`.

    `mi.render` compiles the size of the picture and the place of the tile in, and adds the paths up in a film, where
    each is alone in its pixel.
    """
    height, width = view.cosines.shape
    sampler, opaque = view.sensor.sampler(), dr.opaque(mi.UInt32, seed)
    found = light(view.scene, integrator, sampler, opaque, (width * height, eye.centred, _known(view, eye)))
    dr.eval(found)
    return mi.TensorXf(found, (height, width, 3))


def _light(scene: Any, integrator: Any, sampler: Any, seed: Any, rays: tuple[int, bool, list[Any]]) -> Any:
    """The radiance that paths bring, in one row, not evaluated; of `rays` it gets all that `_rays` wants."""
    own = sampler.clone()  # a sampler keeps its state, and a replay finds it as it was when the pass was recorded
    own.seed(seed, rays[0])
    light, _, _ = integrator.sample(scene, own, _rays(own, *rays))
    return dr.ravel(light)


@contextlib.contextmanager
def _on_one_core() -> Iterator[None]:
    """Trace with the calling thread alone, where kernels are run by Dr.Jit's own threads.

    Those wait for work by spinning, some milliseconds after each of many short kernels, on a core that others want. The
    denoiser must not run so: on another number of threads its sums come out otherwise.
    """
    if on_scalar():
        yield
        return
    usual = dr.thread_count()
    dr.set_thread_count(1)
    try:
        yield
    finally:
        dr.set_thread_count(usual)


def first_surface(view: View, samples: int, *, seed: int, normals: bool = True, depths: bool = True) -> Surface:
    """Alpha, albedo, normal and depth, by `samples` primary rays per pixel; without `normals` those are zeros, without
    `depths` those may be.
    """
    if view.lights is not None and view.lights.shining is not None:
        return _first_shining(view, view.lights, samples, seed=seed, depths=depths)
    if view.eye is not None and not on_scalar():
        return _first_met(view, view.eye, samples, seed=seed, normals=normals)
    wanted = "a:albedo,n:sh_normal" if normals else "a:albedo"  # every channel is memory traffic in every pass
    integrator = mi.load_dict({"type": "aov", "aovs": wanted, "first": {"type": "depth"}})

    def along_axis(sample: Image) -> Image:
        """The depth integrator answers the distance along the ray, counted from the near clip."""
        known = np.where(np.isfinite(sample), sample, np.float32(0))
        known[..., 0] *= view.cosines
        return known

    rendered = partial(_rendered, view, integrator)
    channels = _mean(view, rendered, samples // view.side**2, seed=seed, clean=along_axis)
    alpha = np.clip(channels[..., 3], 0, 1)
    depth = channels[..., 0] + alpha * np.float32(scenes.NEAR_CLIP)
    normal = channels[..., 7:10] if normals else np.zeros_like(channels[..., 4:7])
    return Surface(alpha, np.clip(channels[..., 4:7], 0, 1), normal, depth)


def _first_met(view: View, eye: Eye, samples: int, *, seed: int, normals: bool) -> Surface:
    """`first_surface` by rays of our own.

    The kernels of Mitsuba's integrators have a picture's size and a tile's place in them, each compiled anew in a fifth
    of a second, and they add every number up in a film.
    """
    count = samples // view.side**2
    total = [np.zeros(())] * 8
    for index in range(count):
        met = _met(view, eye, _seed(seed, index), normals=normals)
        total = [sofar + _coarser(one, view.side) for sofar, one in zip(total, met, strict=False)]
    alpha, depth, *rest = (np.asarray(one, np.float32) / np.float32(count) for one in total)
    albedo = np.clip(np.stack(rest[:3], -1), 0, 1)
    normal = np.stack(rest[3:], -1) if normals else np.zeros_like(albedo)
    return Surface(np.clip(alpha, 0, 1), albedo, normal, depth + alpha * np.float32(scenes.NEAR_CLIP))


def _met(view: View, eye: Eye, seed: Any, *, normals: bool) -> Iterator[Image]:
    """What a ray to each part of each pixel meets, pictures (H side, W side): whether anything, how far along the
    optical axis from the near clip, three of its albedo, three of its normal; 0 where there is nothing.
    """
    height, width = view.cosines.shape
    sampler = view.sensor.sampler()
    if not eye.centred:
        sampler.seed(seed, width * height)
    ray = _rays(sampler, width * height, eye.centred, _known(view, eye))
    seen = view.scene.ray_intersect(ray, mi.RayFlags.All, coherent=True)
    hit = seen.is_valid()
    albedo = seen.bsdf().eval_diffuse_reflectance(seen, hit)
    found = [dr.select(hit, mi.Float(1), mi.Float(0)), seen.t, *albedo, *(seen.sh_frame.n if normals else ())]
    found = [dr.select(hit & dr.isfinite(one), one, mi.Float(0)) for one in found]
    dr.eval(found)
    for number, one in enumerate(found):
        picture = np.asarray(one, np.float32).reshape(height, width)
        yield picture * view.cosines if number == 1 else picture


def _known(view: View, eye: Eye) -> list[Any]:
    """All numbers of a view that its rays depend on, opaque to the compiler: other ones need no other kernel."""
    lens = eye.lens
    known = [1 / lens.f, (eye.left - lens.cx) / lens.f, (eye.top - lens.cy) / lens.f, lens.height, *lens.matrix.ravel()]
    numbers = [dr.opaque(mi.Float, float(number)) for number in known]
    return [dr.opaque(mi.UInt32, view.cosines.shape[1]), *numbers]


def _rays(sampler: Any, count: int, centred: bool, known: list[Any]) -> Any:
    """A ray from the near clip through each of `count` parts of pixels, the first row first; `known` is of `_known`."""
    columns, unit, left, top, tall, *turned = known
    index = dr.arange(mi.UInt32, count)
    row = index // columns
    x, y = mi.Float(index - row * columns), mi.Float(row)
    if centred:
        x, y = x + 0.5, y + 0.5
    else:
        within = sampler.next_2d()
        x, y = x + within.x, y + within.y
    x, y = dr.fma(x, unit, left), dr.fma(y, unit, top)
    along = [x * turned[k] + y * turned[3 + k] + turned[6 + k] for k in range(3)]  # of depth 1
    clip = mi.Float(scenes.NEAR_CLIP)
    origin = mi.Point3f(along[0] * clip, along[1] * clip, dr.fma(along[2], clip, tall))
    return mi.Ray3f(origin, dr.normalize(mi.Vector3f(*along)))


def _first_shining(view: View, lights: scenes.Loaded, samples: int, *, seed: int, depths: bool) -> Surface:
    """`first_surface` by the light that surfaces give in their albedo and in the colour of their normals."""

    def once(scene: Any, integrator: dict[str, Any], clean: Callable[[Image], Image]) -> Image:
        rendered = partial(_rendered, replace(view, scene=scene), mi.load_dict(integrator))
        return _mean(view, rendered, samples // view.side**2, seed=seed, clean=clean)

    def known(sample: Image) -> Image:
        return np.where(np.isfinite(sample), sample, np.float32(0))

    def along_axis(sample: Image) -> Image:
        away = known(sample)
        away[..., 0] *= view.cosines
        return away

    straight = {"type": "path", "max_depth": 1, "rr_depth": 2}
    seen = once(lights.shining, straight, known)
    alpha = np.clip(seen[..., 3], 0, 1)
    normal = np.zeros_like(seen[..., :3])
    if lights.facing is not None:
        normal = 2 * once(lights.facing, straight, known)[..., :3] - alpha[..., None]
    depth = np.zeros_like(alpha)
    if depths:
        depth = once(view.scene, {"type": "depth"}, along_axis)[..., 0] + alpha * np.float32(scenes.NEAR_CLIP)
    return Surface(alpha, np.clip(seen[..., :3], 0, 1), normal, depth)


def _rendered(view: View, integrator: Any, seed: Any) -> Any:
    """One ray through each part of each pixel by Mitsuba's own film, (H side, W side, c), on its way."""
    return mi.render(view.scene, sensor=view.sensor, integrator=integrator, spp=1, seed=seed)


def _mean(
    view: View,
    once: Callable[[Any], Any],
    count: int,
    *,
    seed: int,
    clean: Callable[[Image], Image],
    each: EachPass | None = None,
) -> Image:
    """The mean (H, W, c) over `count` passes, each begun by `once` with a seed of its own and put right by `clean`."""
    if count < 1:
        raise ValueError("a picture needs at least one pass")

    def begun(index: int) -> Any:
        return once(_seed(seed, index))

    total: Image | None = None
    underway = begun(0)
    for index in range(count):
        raw = np.asarray(underway, dtype=np.float32)  # waits for the pass
        if index + 1 < count:
            underway = begun(index + 1)  # where kernels run in threads of their own, while this one is summed
        sample = _coarser(clean(raw), view.side)
        total = sample if total is None else np.add(total, sample, out=total)
        if each is not None:
            each(index)
    assert total is not None
    return np.divide(total, np.float32(count), out=total)


def _coarser(fine: Image, side: int) -> Image:
    """The means over side x side rays, (H side, W side, c) -> (H, W, c)."""
    if side == 1:
        return fine
    size = fine.shape[1] // side, fine.shape[0] // side
    return np.asarray(cv2.resize(fine, size, interpolation=cv2.INTER_AREA), np.float32)


def _seed(seed: int, index: int) -> Any:  # an int; Mitsuba's stubs want their own UInt32
    """A seed per pass; far apart, as neighbouring seeds of one sampler need not be independent."""
    return (seed * 1_000_003 + index * 7919 + 1) % (1 << 31)

"""From a sample room to a listing photo: trace, expose, fuse the view outside, add what a camera adds.

Import only in a process in which a tracer variant is active.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import cv2
import mitsuba as mi
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import dilated
from staging.engine.composite.tone import encode, luminance, quantised, shoulder
from staging.engine.furniture.catalogue import Built
from staging.engine.light.rig import LightRig
from staging.engine.modes.samples import surfaces
from staging.engine.modes.samples.joinery import REVEAL, fitted_out
from staging.engine.modes.samples.rooms import SampleRoom
from staging.engine.scene.faces import BACK, LEFT, face_map
from staging.engine.scene.material import Material
from staging.engine.scene.room import Box, Opening
from staging.engine.trace import scene as scenes
from staging.engine.trace.bsdf import linear
from staging.engine.trace.denoise import denoise
from staging.engine.trace.passes import View, first_surface, radiance

Image = NDArray[np.float32]
Progress = Callable[[float, str], None]

GRAIN: Final = 0.0045  # spread of the grain, sRGB units
# How bright the view is in the finished photo: listing photographers fuse a second exposure for it.
VIEW_WHITE: Final = 0.98
# Linear light of the brighter walls: bright and airy, as listings are exposed.
WALL_LIGHT: Final = 0.70
_VIEW_DISTANCE: Final = 0.45  # metres behind the wall


def photograph(sample: SampleRoom, width: int, samples: int, progress: Progress | None = None) -> NDArray[np.uint8]:
    """The room as a listing photo (H, W, 3), uint8 sRGB; the same arguments give the same bytes."""
    room = sample.room
    height = round(width * room.camera.height_px / room.camera.width)
    tell = progress or (lambda _fraction, _stage: None)
    seen = View.of(scenes.load(_shapes(sample)), room.camera, (width, height))
    noisy = radiance(seen, samples, seed=5, brightest=60.0, each=lambda index: tell((index + 1) / samples, "tracing"))
    first = first_surface(seen, 16, seed=0)
    clean = denoise(noisy, first.albedo, first.normal)
    return developed(clean, _outside(first.depth, sample), sample)


def developed(light: Image, outside: Image, sample: SampleRoom) -> NDArray[np.uint8]:
    """Balance, expose, fuse the view (`outside` (H, W) 0..1), tone, soften, grain: linear HDR to sRGB bytes."""
    inside = outside < 0.01
    faces = face_map(sample.room, light.shape[1], light.shape[0])
    walls = np.median(light[inside & (faces.labels >= LEFT)], 0) / linear(sample.wall)
    balance = float(walls.mean()) / walls * np.array([sample.warmth, 1.0, 2 - sample.warmth])
    balanced = (light * balance).astype(np.float32)
    exposed = balanced * (WALL_LIGHT / float(np.percentile(luminance(balanced)[inside], 75)))
    view = light / sample.daylight * VIEW_WHITE
    # Glare: some of the bright outside spills over the frames.
    glare = cv2.GaussianBlur(outside, (0, 0), light.shape[1] / 45)[..., None] * 0.05
    fused = (
        outside[..., None] * view
        + (1 - outside[..., None]) * shoulder(exposed, 0.62)
        + glare * (1 - outside[..., None])
    )
    rng = np.random.default_rng(11)
    soft = cv2.GaussianBlur(encode(fused), (0, 0), 0.45)
    # Where frame and view share a pixel, few samples decide between two very different values.
    seam = dilated((outside > 0.01) & (outside < 0.99), 1)
    soft[seam] = cv2.GaussianBlur(soft, (0, 0), 1.3)[seam]
    noise = cv2.GaussianBlur(rng.standard_normal(soft.shape[:2], dtype=np.float32), (0, 0), 0.6) / 0.454
    return quantised((soft + noise[..., None] * GRAIN).astype(np.float32))


def _shapes(sample: SampleRoom) -> scenes.Shapes:
    room, box = sample.room, sample.room.box
    materials = {
        "wall": Material("paint", sample.wall, roughness=0.9, specular=0.15),
        "joinery": Material("paint", "#f3f2ee", roughness=0.35, specular=0.4),
        "plastic": Material("paint", "#f2f2f0", roughness=0.3),
        "plastic_dark": Material("paint", "#dcdcda", roughness=0.3),
        "steel": Material("metal", "#b9b8b4", roughness=0.28, metallic=1.0),
    }
    dark = LightRig({}, (0.7,) * 3, (0.7,) * 3, (0.3,) * 3, (1.0,) * 3, 0.0, 0.0, True, 0.5)
    shapes = scenes.furniture_shapes(scenes.parts(Built(tuple(fitted_out(sample)), materials)), dark)
    white = {"type": "diffuse", "reflectance": {"type": "rgb", "value": linear("#f4f3f1").tolist()}}
    x0, y0, w, d = box.x0, box.y0, box.width, box.depth
    shapes["ceiling"] = scenes.rectangle([x0, y0, box.height], [0, d, 0], [w, 0, 0], white)
    shapes["floor"] = scenes.rectangle([x0, y0, 0], [w, 0, 0], [0, d, 0], _floor(sample))
    fill = np.array([1.0, 0.97, 0.92]) * sample.fill
    shapes["behind"] = scenes.rectangle(
        [x0 + 0.2 * w, y0 + 0.03, 0.4], [0, 0, box.height - 0.6], [0.6 * w, 0, 0], white, fill
    )
    for index, o in enumerate(room.openings):
        if o.kind == "window":
            shapes[f"view{index}"] = _view(box, o, sample.daylight, index)
    return shapes


def _floor(sample: SampleRoom) -> dict[str, Any]:
    bitmap = surfaces.oak() if sample.floor == "oak" else surfaces.carpet()
    box = sample.room.box
    texture = {
        "type": "bitmap",
        "bitmap": mi.Bitmap(bitmap),
        "raw": True,
        "to_uv": mi.ScalarTransform3f().scale([box.width / surfaces.FLOOR_METRES, box.depth / surfaces.FLOOR_METRES]),
    }
    if sample.floor == "carpet":
        return {"type": "diffuse", "reflectance": texture}
    return {"type": "principled", "base_color": texture, "roughness": 0.42, "specular": 0.4}


def _view(box: Box, o: Opening, daylight: float, seed: int) -> dict[str, Any]:
    """The garden as a glowing picture close behind a window, so wide that its edges are never seen from inside.

    Close, because most of what leaves it then enters the room: a tenth of the samples give the same picture.
    """
    low, high, start, end = o.z0 - 0.5, o.z1 + 0.4, o.u0 - 0.7, o.u1 + 0.7
    wide, far = end - start, _VIEW_DISTANCE
    corner, u = {
        "back": ([start, box.y1 + far, low], [wide, 0, 0]),
        "front": ([end, box.y0 - far, low], [-wide, 0, 0]),
        "left": ([box.x0 - far, start, low], [0, wide, 0]),
        "right": ([box.x1 + far, end, low], [0, -wide, 0]),
    }[o.wall]
    black = {"type": "diffuse", "reflectance": {"type": "rgb", "value": [0.0, 0.0, 0.0]}}
    shape = scenes.rectangle(corner, u, [0, 0, high - low], black)
    # The rectangle's v runs upwards, and so do the rows of an emitter's bitmap.
    picture = np.ascontiguousarray(surfaces.view(seed + 3)[::-1]) * np.float32(daylight)
    shape["emitter"] = {"type": "area", "radiance": {"type": "bitmap", "bitmap": mi.Bitmap(picture), "raw": True}}
    return shape


def _outside(depth: Image, sample: SampleRoom) -> Image:
    """Share (H, W) of each pixel that sees the view: what lies farther beyond its wall than any window frame."""
    height, width = depth.shape
    camera = sample.room.camera.resized(width, height)
    faces = face_map(sample.room, width, height)
    on_wall = faces.points - camera.position
    wall_depth = np.maximum(on_wall @ camera.matrix[2], 1e-3)
    across = np.where(faces.labels == BACK, on_wall[..., 1], np.abs(on_wall[..., 0])) / wall_depth
    beyond = across * (depth - wall_depth)
    seen = np.clip((beyond - REVEAL - 0.03) / (_VIEW_DISTANCE - REVEAL - 0.06), 0, 1) * (faces.labels >= LEFT)
    return seen.astype(np.float32)

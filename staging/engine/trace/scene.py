"""The Mitsuba scene of a room: the box, its emitters, the furniture, the camera of the photo.

Import only in a process in which a variant is active.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Protocol

import drjit as dr
import mitsuba as mi
import numpy as np
from numpy.typing import ArrayLike, NDArray

from staging.engine.furniture import textures
from staging.engine.furniture.catalogue import Built
from staging.engine.furniture.textures import Bitmap
from staging.engine.light import aside
from staging.engine.light.rig import LUMINANCE, LightRig
from staging.engine.scene.material import Material
from staging.engine.scene.mesh import Mesh
from staging.engine.scene.room import Camera, Opening, Room
from staging.engine.trace import bsdf, open_air
from staging.engine.trace.normals import merged, shaded

Shapes = dict[str, Any]

# Emitters float this far before their wall, metres, so that they never fight it for visibility.
STANDOFF: Final = 0.012
NEAR_CLIP: Final = 0.05
LAMP_RADIUS: Final = 0.10
TOP_DEPTH: Final = 0.6  # metres from a counter's front edge to the wall
_REGISTER: Final = 64  # bytes of the widest that there are
# What a pane or lamp reflects of the room.
_DARK: Final = (0.02, 0.02, 0.02)


class Window(Protocol):
    """A part of a picture: rows top..bottom, columns left..right (beyond the last)."""

    @property
    def top(self) -> int: ...
    @property
    def bottom(self) -> int: ...
    @property
    def left(self) -> int: ...
    @property
    def right(self) -> int: ...


def sensor(
    camera: Camera, width: int, height: int, tile: Window | None = None, *, centred: bool = False
) -> dict[str, Any]:
    """The photo's camera for a picture of `width` x `height`, or for one tile of it.

    A box filter, because any wider one correlates neighbours and leaves grain under the denoiser. `centred` rays
    meet the middle of their pixel: what they outline has steps instead of a ragged rim.
    """
    film: dict[str, Any] = {
        "type": "hdrfilm",
        "width": width,
        "height": height,
        "rfilter": {"type": "box"},
        "pixel_format": "rgba",
        "component_format": "float32",
    }
    if tile is not None:
        film |= {"crop_offset_x": tile.left, "crop_offset_y": tile.top}
        film |= {"crop_width": tile.right - tile.left, "crop_height": tile.bottom - tile.top}
    origin, forward, up = camera.position, camera.matrix[2], -camera.matrix[1]
    return {
        "type": "perspective",
        "fov": float(2 * np.degrees(np.arctan(camera.width / 2 / camera.f))),
        "fov_axis": "x",
        # Mitsuba moves the film, not the point: the sign turns (proven against `face_map` in the tests).
        "principal_point_offset_x": float((camera.width / 2 - camera.cx) / camera.width),
        "principal_point_offset_y": float((camera.height_px / 2 - camera.cy) / camera.height_px),
        "near_clip": NEAR_CLIP,
        "to_world": mi.ScalarTransform4f().look_at(origin.tolist(), (origin + forward).tolist(), up.tolist()),
        "film": film,
        "sampler": {"type": "stratified", "sample_count": 1, "jitter": False} if centred else {"type": "independent"},
    }


def rectangle(
    corner: ArrayLike, edge_u: ArrayLike, edge_v: ArrayLike, surface: dict[str, Any], radiance: Any = None
) -> Shapes:
    """The rectangle corner + s edge_u + t edge_v, 0 <= s, t <= 1, facing edge_u x edge_v; metres."""
    start, u, v = (np.asarray(a, dtype=np.float64) for a in (corner, edge_u, edge_v))
    to_world = np.eye(4, dtype=np.float32)
    normal = np.cross(u, v)
    to_world[:3, 0], to_world[:3, 1], to_world[:3, 2] = u / 2, v / 2, normal / np.linalg.norm(normal)
    to_world[:3, 3] = start + (u + v) / 2
    shape = {"type": "rectangle", "to_world": mi.ScalarTransform4f(to_world), "bsdf": surface}
    if radiance is not None:
        power = float(np.dot(radiance, LUMINANCE)) * float(np.linalg.norm(normal))
        shape["emitter"] = _area(radiance, power)
    return shape


def _area(radiance: Any, power: float) -> dict[str, Any]:
    """An area emitter that is sampled in proportion to its power: a lamp must not take the windows' samples."""
    weight = max(power, 1e-4)
    return {"type": "area", "radiance": bsdf.colour(radiance), "sampling_weight": weight}


def load(shapes: Shapes) -> Any:
    """The scene of these shapes, in their order.

    Not in parallel and without merging alike shapes: both shuffle the emitters from load to load, and with them
    which light each random number picks, and then the same seed would not give the same bytes.
    """
    if not on_scalar():
        shapes = {name: _hidden(name, shape) if isinstance(shape, dict) else shape for name, shape in shapes.items()}
    return mi.load_dict({"type": "scene", **shapes}, parallel=False, optimize=False)


def _hidden(name: str, described: dict[str, Any]) -> Any:
    """A part of a scene, with where it stands made data, as Mitsuba makes its other numbers: it would be compiled into
    kernels. Done in a loaded scene, it would sort all triangles of that scene again."""
    part = mi.load_dict({**described, "id": name}, parallel=False, optimize=False)
    parameters = mi.traverse(part)
    if "to_world" in parameters:
        placed = parameters["to_world"]
        dr.make_opaque(placed)
        parameters["to_world"] = placed
        parameters.update()
    return part


def box_shapes(room: Room, light: LightRig) -> Shapes:
    """The empty room with its emitters."""
    if room.open_air:
        return open_air.shapes(room, light)
    return {**_faces(room, light, flat=False), **dict(_emitters(room, light))}


def flat_box_shapes(room: Room, light: LightRig) -> Shapes:
    """The empty room as albedo alone, for primary-ray passes."""
    if room.open_air:
        return open_air.ground(room, light)
    return _faces(room, light, flat=True)


def on_scalar() -> bool:
    """Whether the slow variant is active, which renders ray by ray."""
    return str(mi.variant()).startswith("scalar")


@dataclass(frozen=True)
class Flat:
    """Surfaces as albedo alone, for primary-ray passes: `shapes`, and on the scalar variant the same ones twice more as
    lights, `shining` in their albedo and `facing` in the colour of their normal, (n + 1) / 2.

    There the AOV integrator takes twenty times as long for a ray as the light of what it meets.
    """

    shapes: Shapes
    shining: Shapes
    facing: Shapes

    @classmethod
    def box(cls, room: Room, light: LightRig) -> Flat:
        """The empty room."""
        shapes = flat_box_shapes(room, light)
        if not on_scalar():
            return cls(shapes, {}, {})
        shining = {k: {**one, "emitter": _shine(one["bsdf"]["reflectance"])} for k, one in shapes.items()}
        facing = {k: {**one, "emitter": _shine(_facing(one["to_world"]))} for k, one in shapes.items()}
        return cls(shapes, shining, facing)

    @classmethod
    def furniture(cls, furniture: list[Part], eye: NDArray[np.float64]) -> Flat:
        """Furniture, seen from `eye` (3,), metres."""
        shapes = flat_furniture_shapes(furniture)
        if not on_scalar():
            return cls(shapes, {}, {})
        opaque = {f"furniture_{k}": part for k, part in enumerate(furniture) if part.material.kind != "glass"}
        shining = {name: _shining_mesh(part, eye, normals=False) for name, part in opaque.items()}
        return cls(shapes, shining, {name: _shining_mesh(part, eye, normals=True) for name, part in opaque.items()})

    def __or__(self, other: Flat) -> Flat:
        return Flat(self.shapes | other.shapes, self.shining | other.shining, self.facing | other.facing)

    def loaded(self, *, normals: bool = True) -> Loaded:
        """Their scenes; without `normals` the one of those is left out."""
        shining = load(self.shining) if self.shining else None
        return Loaded(load(self.shapes), shining, load(self.facing) if self.facing and normals else None)


@dataclass(frozen=True)
class Loaded:
    """The scenes of `Flat`; None where there are none."""

    flat: Any
    shining: Any = None
    facing: Any = None


def _shine(colour: dict[str, Any]) -> dict[str, Any]:
    return {"type": "area", "radiance": colour}


def _facing(to_world: Any) -> dict[str, Any]:
    """The colour of a rectangle's normal."""
    normal = np.array(to_world.matrix, np.float64)[:3, 2]
    return bsdf.colour((normal / np.linalg.norm(normal) + 1) / 2)


def _faces(room: Room, light: LightRig, *, flat: bool) -> Shapes:
    box = room.box
    x0, y0, w, d, h = box.x0, box.y0, box.width, box.depth, box.height
    wall, ceiling = bsdf.diffuse(light.wall), bsdf.diffuse(light.ceiling)
    floor = (
        bsdf.diffuse(light.floor) if flat or light.floor_gloss <= 0 else bsdf.polished(light.floor, light.floor_gloss)
    )
    glow = None if flat else light.groups.get("ceiling")
    return {
        "floor": rectangle([x0, y0, 0], [w, 0, 0], [0, d, 0], floor),
        "ceiling": rectangle([x0, y0, h], [0, d, 0], [w, 0, 0], ceiling, glow),
        "back": rectangle([x0, box.y1, 0], [w, 0, 0], [0, 0, h], wall),
        "left": rectangle([x0, y0, 0], [0, d, 0], [0, 0, h], wall),
        "right": rectangle([box.x1, y0, 0], [0, 0, h], [0, d, 0], wall),
        "front": rectangle([x0, y0, 0], [0, 0, h], [w, 0, 0], wall),
        **dict(_walls_inside(room, wall)),
        **dict(_tops(room, wall)),
    }


def _walls_inside(room: Room, surface: dict[str, Any]) -> Iterator[tuple[str, Shapes]]:
    """The walls of an L or an alcove, without those that lie on the box's own."""
    box = room.box
    for number, b in enumerate(room.walls_inside):
        along, into, up = [b.x1 - b.x0, 0, 0], [0, b.y1 - b.y0, 0], [0, 0, box.height]
        faces = (
            ("near", b.y0 - box.y0, [b.x0, b.y0, 0], along, up),
            ("far", box.y1 - b.y1, [b.x0, b.y1, 0], up, along),
            ("left", b.x0 - box.x0, [b.x0, b.y0, 0], up, into),
            ("right", box.x1 - b.x1, [b.x1, b.y0, 0], into, up),
        )
        for name, gap, corner, u, v in faces:
            if gap > STANDOFF:
                yield f"inside-{number}-{name}", rectangle(corner, u, v, surface)


def _tops(room: Room, surface: dict[str, Any]) -> Iterator[tuple[str, Shapes]]:
    """The tops of counters, on which what stands there throws its shadow; nothing else of a counter is known."""
    for number, top in enumerate(room.tops):
        corner, along, back = (
            np.array([*top.place(u, v), top.z]) for u, v in ((top.low, 0.0), (top.high, 0.0), (top.low, TOP_DEPTH))
        )
        edges = along - corner, back - corner
        # It must face up, whichever way its front edge runs.
        u, v = edges if np.cross(*edges)[2] > 0 else edges[::-1]
        yield f"top-{number}", rectangle(corner, u, v, surface)


def _emitters(room: Room, light: LightRig) -> Iterator[tuple[str, Shapes]]:
    box, groups = room.box, light.groups
    dark = bsdf.diffuse(_DARK)
    if "windows" in groups:
        for index in light.panes:
            yield f"pane{index}", _pane(room, room.openings[index], dark, groups["windows"])
    if "lamps" in groups:
        r = LAMP_RADIUS
        for index, (x, y, z) in enumerate(room.lamps):
            below = min(z, box.height - 0.05)
            yield f"lamp{index}", rectangle([x - r, y - r, below], [0, 2 * r, 0], [2 * r, 0, 0], dark, groups["lamps"])
    if "back" in groups:
        corner = [box.x0 + 0.15 * box.width, box.y0 + STANDOFF, 0.5]
        yield "back_light", rectangle(corner, [0, 0, box.height - 0.8], [0.7 * box.width, 0, 0], dark, groups["back"])
    up = [0, 0, aside.HIGH - aside.LOW]
    if "left" in groups and (stands := aside.stretch(room, "left")) is not None:
        corner, along = [box.x0 + STANDOFF, stands[0], aside.LOW], [0, stands[1] - stands[0], 0]
        yield "left_light", rectangle(corner, along, up, dark, groups["left"])
    if "right" in groups and (stands := aside.stretch(room, "right")) is not None:
        corner, along = [box.x1 - STANDOFF, stands[0], aside.LOW], [0, stands[1] - stands[0], 0]
        yield "right_light", rectangle(corner, up, along, dark, groups["right"])


def _pane(room: Room, opening: Opening, surface: dict[str, Any], radiance: Any) -> Shapes:
    """The opening as an emitting rectangle that faces into the room."""
    box, width, height = room.box, opening.u1 - opening.u0, opening.z1 - opening.z0
    if opening.wall == "left":
        corner, u, v = [box.x0 + STANDOFF, opening.u0, opening.z0], [0, width, 0], [0, 0, height]
    elif opening.wall == "right":
        corner, u, v = [box.x1 - STANDOFF, opening.u0, opening.z0], [0, 0, height], [0, width, 0]
    elif opening.wall == "back":
        corner, u, v = [opening.u0, box.y1 - STANDOFF, opening.z0], [width, 0, 0], [0, 0, height]
    else:
        corner, u, v = [opening.u0, box.y0 + STANDOFF, opening.z0], [0, 0, height], [width, 0, 0]
    return rectangle(corner, u, v, surface, radiance)


@dataclass(frozen=True)
class Part:
    """All meshes of one material as one, split along creases, with a unit normal for each vertex, and its texture."""

    mesh: Mesh
    normals: NDArray[np.float64]
    material: Material
    bitmap: Bitmap | None

    @property
    def period(self) -> tuple[float, float]:
        """Texture coordinates over which the texture repeats."""
        return (1.0, 1.0) if self.bitmap is None else self.bitmap.size_m

    @cached_property
    def buffers(self) -> dict[str, Any]:
        """The arrays of a mesh by Mitsuba's names, once for all scenes."""
        return {
            "vertex_positions": _aligned(self.mesh.vertices),
            "vertex_normals": _aligned(self.normals),
            "vertex_texcoords": _aligned(self.mesh.uv / self.period),
            "faces": _aligned(self.mesh.faces),
        }

    @cached_property
    def base_colour(self) -> Any:
        """What both kinds of surfaces show: a texture is loaded once for all scenes, which costs time and memory."""
        described = bsdf.base_colour(self.material, self.bitmap)
        return described if self.bitmap is None else mi.load_dict(described)


def parts(built: Built, painted: Mapping[Material, Bitmap | None] | None = None) -> list[Part]:
    """What is traced of the furniture, in a fixed order; both kinds of shapes are made of it.

    `painted` are the textures of its materials, where somebody has begun them already.
    """
    groups: defaultdict[str, list[Mesh]] = defaultdict(list)
    for mesh in built.meshes:
        if len(mesh.faces):
            groups[mesh.material].append(mesh)
    named = [(built.materials[name], meshes) for name, meshes in sorted(groups.items())]
    bitmaps = textures.bitmaps(material for material, _ in named) if painted is None else painted
    return [Part(*shaded(merged(meshes)), material, bitmaps[material]) for material, meshes in named]


def furniture_shapes(furniture: list[Part], light: LightRig) -> Shapes:
    """One mesh per material, as the path tracer sees it."""
    return {f"furniture_{index}": _mesh(part, light) for index, part in enumerate(furniture)}


def flat_furniture_shapes(furniture: list[Part]) -> Shapes:
    """One mesh per material as albedo alone, without emitters and without glass (which shows what is behind it)."""
    return {
        f"furniture_{index}": _mesh(part, None) for index, part in enumerate(furniture) if part.material.kind != "glass"
    }


def _mesh(part: Part, light: LightRig | None) -> Any:
    """A Mitsuba mesh straight from the arrays; without `light` it gets the flat surface."""
    split, material = part.mesh, part.material
    properties = mi.Properties()
    colour = part.base_colour
    described = bsdf.flat_surface(material, colour) if light is None else bsdf.surface(material, part.bitmap, colour)
    properties["bsdf"] = mi.load_dict(described)
    if light is not None and material.kind == "emit" and light.lamplight > 0:
        radiance = _glow(material, light)
        power = float(np.dot(radiance, LUMINANCE)) * _area_of(split)
        properties["emitter"] = mi.load_dict(_area(radiance, power))
    return _loaded(part, part.buffers, properties)


def _shining_mesh(part: Part, eye: NDArray[np.float64], *, normals: bool) -> Any:
    """A mesh that shines in its albedo, or in the colour of its `normals`, on both sides: lights shine where their
    shading normals look, and these look at the eye."""
    properties = mi.Properties()
    properties["bsdf"] = mi.load_dict(bsdf.diffuse(_DARK))
    albedo = bsdf.flat_surface(part.material, part.base_colour)["bsdf"]["reflectance"]
    colour = {"type": "mesh_attribute", "name": "vertex_facing"} if normals else albedo
    properties["emitter"] = mi.load_dict(_shine(colour))
    towards = eye - part.mesh.vertices
    towards /= np.linalg.norm(towards, axis=1, keepdims=True)
    shape = _loaded(part, part.buffers | {"vertex_normals": _aligned(towards)}, properties)
    if normals:
        shape.add_attribute("vertex_facing", 3, ((part.normals + 1) / 2).astype(np.float32).ravel())
    return shape


def _loaded(part: Part, arrays: dict[str, Any], properties: Any) -> Any:
    split = part.mesh
    shape = mi.Mesh(
        split.material,
        len(split.vertices),
        len(split.faces),
        has_vertex_normals=True,
        has_vertex_texcoords=True,
        props=properties,
    )
    buffers = mi.traverse(shape)
    for name, array in arrays.items():
        buffers[name] = array
    buffers.update()
    return shape


def _aligned(values: NDArray[Any]) -> NDArray[Any]:
    """The values in a row, as Mitsuba wants them, where a vector register may begin: Dr.Jit takes NumPy's memory as it
    lies, and the code that reads it depends on where it lies."""
    kind = np.uint32 if np.issubdtype(values.dtype, np.integer) else np.float32
    memory = np.empty(values.size * 4 + _REGISTER, np.uint8)
    start = -memory.ctypes.data % _REGISTER
    array = memory[start : start + values.size * 4].view(kind)
    array[:] = values.ravel()
    return array


def _glow(material: Material, light: LightRig) -> Any:
    """Radiance of a staged lamp: its colour at the material's multiple of a lit shade's."""
    tint = bsdf.linear(material.colour)
    return tint / max(float(np.dot(tint, LUMINANCE)), 1e-3) * material.radiance * light.lamplight


def _area_of(mesh: Mesh) -> float:
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)

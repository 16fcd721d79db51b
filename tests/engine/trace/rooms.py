"""A small room, its light, and simple things to put into it."""

from __future__ import annotations

import dataclasses
from typing import get_args

import numpy as np

from staging.engine.furniture.catalogue import Built
from staging.engine.light.rig import LightRig
from staging.engine.scene.material import Material, MaterialKind
from staging.engine.scene.mesh import Mesh
from staging.engine.scene.room import Box, Camera, Opening, Room


def room(width: int = 960, height: int = 640, turned: float = 12) -> Room:
    """Looks `turned` degrees to the right and a little down, with the principal point off the middle, as corrected
    photos have it.
    """
    yaw, pitch = np.deg2rad(turned), np.deg2rad(8)
    forward = np.array([np.sin(yaw) * np.cos(pitch), np.cos(yaw) * np.cos(pitch), -np.sin(pitch)])
    right = np.array([np.cos(yaw), -np.sin(yaw), 0.0])
    rows = np.stack([right, np.cross(forward, right), forward])
    rotation = tuple((float(a), float(b), float(c)) for a, b, c in rows)
    camera = Camera(width, height, 0.58 * width, 0.53 * width, 0.44 * height, 1.38, rotation)
    return Room(camera, Box(-2.1, 2.3, -1.0, 4.2, 2.55), (Opening("window", "back", -1.0, 0.5, 0.9, 2.1),))


LIGHT = LightRig(
    groups={"windows": (4.0, 4.0, 4.0), "ceiling": (0.15, 0.15, 0.15)},
    wall=(0.78, 0.78, 0.78),
    ceiling=(0.82, 0.82, 0.82),
    floor=(0.35, 0.25, 0.17),
    neutral=(1.0, 1.0, 1.0),
    floor_gloss=0.0,
    error=0.0,
    preset=False,
    wall_radiance=0.4,
    panes=(0,),
)
POLISHED = dataclasses.replace(LIGHT, floor_gloss=0.8)


def block(x: float, y: float, z: float, size: tuple[float, float, float], material: str) -> Mesh:
    """A closed box standing at (x, y, z), each face with its own four vertices."""
    half = np.array(size) / 2
    centre = np.array([x, y, z + half[2]])
    vertices, faces, uv = [], [], []
    for axis in range(3):
        for sign in (-1.0, 1.0):
            u, v = np.eye(3)[(axis + 1) % 3], np.eye(3)[(axis + 2) % 3]
            if sign < 0:
                u, v = v, u
            start = len(vertices)
            for s, t in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
                vertices.append(centre + half * (sign * np.eye(3)[axis] + s * u + t * v))
                uv.append((s * 0.5, t * 0.5))
            faces += [(start, start + 1, start + 2), (start, start + 2, start + 3)]
    return Mesh(np.array(vertices), np.array(faces), np.array(uv), material)


def furniture() -> Built:
    """A cloth bench, a wooden cube, a lamp on it, and a sheet of glass."""
    return Built(
        meshes=(
            block(-0.2, 2.6, 0.0, (1.4, 0.6, 0.5), "cloth"),
            block(1.3, 2.6, 0.0, (0.5, 0.5, 0.5), "wood"),
            block(1.3, 2.6, 0.52, (0.2, 0.2, 0.3), "shade"),
            block(-1.4, 2.4, 0.0, (0.4, 0.02, 0.6), "glass"),
        ),
        materials={
            "cloth": Material("linen", "#b9b5ae"),
            "wood": Material("wood", "#9a7650", second="#6a4a30"),
            "shade": Material("emit", "#ffe8c8", radiance=2.0),
            "glass": Material("glass", "#ffffff"),
        },
    )


def every_material() -> Built:
    """A block of each kind of material."""
    kinds = get_args(MaterialKind)
    meshes = tuple(block(-1.6 + 0.19 * k, 3.0, 0.0, (0.15, 0.15, 0.5), kind) for k, kind in enumerate(kinds))
    palette = ("#808080", "#404040", "#202020", "#aaaaaa", "#cccccc")
    materials = {kind: Material(kind, "#805040", "#403020", palette=palette, radiance=1.0) for kind in kinds}
    return Built(meshes, materials)

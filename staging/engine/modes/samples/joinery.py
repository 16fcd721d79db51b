"""Walls with holes, windows with frames, doors with panels, skirting boards: the meshes of an empty room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from staging.engine.furniture.primitives import box, moved, tube, turned
from staging.engine.modes.samples.rooms import SampleRoom
from staging.engine.scene.mesh import Mesh
from staging.engine.scene.room import Box, Opening, Wall

REVEAL: Final = 0.20  # metres from the wall's face to the window frame's outside
SKIRTING: Final = (0.095, 0.016)  # height and thickness, metres
CASING: Final = (0.07, 0.018)  # width and thickness of a door's architrave

WALLS: Final[tuple[Wall, ...]] = ("left", "right", "back", "front")


@dataclass(frozen=True)
class Frame:
    """A wall seen from inside: `u` runs along it, the wall's face is y = 0, the outside is y > 0."""

    wall: Wall
    box: Box

    def placed(self, meshes: list[Mesh]) -> list[Mesh]:
        """From the wall's frame (u, outwards, z) into the room's frame."""
        match self.wall:
            case "back":
                return moved(meshes, y=self.box.y1)
            case "front":
                return moved([_u_reversed(m) for m in turned(meshes, 180)], y=self.box.y0)
            case "left":
                return moved([_along_y(m, -1) for m in meshes], x=self.box.x0)
            case "right":
                return moved([_along_y(m, 1) for m in meshes], x=self.box.x1)

    @property
    def span(self) -> tuple[float, float]:
        return (self.box.x0, self.box.x1) if self.wall in ("back", "front") else (self.box.y0, self.box.y1)


def _along_y(mesh: Mesh, outwards: int) -> Mesh:
    """(u, out, z) -> (out * outwards, u, z); a mirroring when `outwards` is positive, which turns the faces."""
    v = np.stack([mesh.vertices[:, 1] * outwards, mesh.vertices[:, 0], mesh.vertices[:, 2]], -1)
    faces = mesh.faces[:, ::-1] if outwards > 0 else mesh.faces
    return Mesh(v, faces, mesh.uv, mesh.material)


def _u_reversed(mesh: Mesh) -> Mesh:
    """Undo the mirrored u of a half turn, so that openings of the front wall keep their x."""
    v = mesh.vertices * np.array([-1.0, 1.0, 1.0])
    return Mesh(v, mesh.faces[:, ::-1], mesh.uv, mesh.material)


def _sheet(u0: float, u1: float, z0: float, z1: float, material: str) -> Mesh:
    """A flat piece of wall facing the room (-y)."""
    v = np.array([(u0, 0, z0), (u1, 0, z0), (u1, 0, z1), (u0, 0, z1)], dtype=np.float64)
    return Mesh(v, np.array([(0, 1, 2), (0, 2, 3)]), v[:, [0, 2]], material)


def wall_sheets(span: tuple[float, float], height: float, openings: tuple[Opening, ...]) -> list[Mesh]:
    """A wall of rectangles around its openings."""
    sheets, at = [], span[0]
    for o in sorted(openings, key=lambda o: o.u0):
        sheets.append(_sheet(at, o.u0, 0, height, "wall"))
        if o.z0 > 0:
            sheets.append(_sheet(o.u0, o.u1, 0, o.z0, "wall"))
        sheets.append(_sheet(o.u0, o.u1, o.z1, height, "wall"))
        at = o.u1
    return [*sheets, _sheet(at, span[1], 0, height, "wall")]


def bar(u: tuple[float, float], y: tuple[float, float], z: tuple[float, float], material: str = "joinery") -> Mesh:
    """A board with slightly rounded edges between the given bounds."""
    size = (u[1] - u[0], y[1] - y[0], z[1] - z[0])
    return box(size, material, radius=0.004, at=((u[0] + u[1]) / 2, (y[0] + y[1]) / 2, z[0]))


def window(o: Opening) -> list[Mesh]:
    """Plastered reveal, sill board, fixed frame, two sashes with a mullion between them."""
    deep = REVEAL
    parts = [
        bar((o.u0 - 0.02, o.u0), (0.0, deep), (o.z0, o.z1), "wall"),
        bar((o.u1, o.u1 + 0.02), (0.0, deep), (o.z0, o.z1), "wall"),
        bar((o.u0, o.u1), (0.0, deep), (o.z1, o.z1 + 0.02), "wall"),
        bar((o.u0 - 0.04, o.u1 + 0.04), (-0.035, deep), (o.z0 - 0.028, o.z0)),
    ]
    face = (deep - 0.07, deep - 0.01)
    middle = (o.u0 + o.u1) / 2
    for left, right in ((o.u0, middle), (middle, o.u1)):
        parts += _ring((left, right), (o.z0, o.z1), 0.045, face)
        sash = (left + 0.045, right - 0.045), (o.z0 + 0.045, o.z1 - 0.045)
        parts += _ring(*sash, 0.04, (face[0] - 0.012, face[1] - 0.02))
    handle = [(middle - 0.05, face[0] - 0.03, (o.z0 + o.z1) / 2 + dz) for dz in (-0.06, 0.06)]
    return [*parts, tube(np.array(handle), 0.008, "steel")]


def _ring(u: tuple[float, float], z: tuple[float, float], wide: float, y: tuple[float, float]) -> list[Mesh]:
    """Four boards around a rectangle of the wall, `wide` metres each."""
    (u0, u1), (z0, z1) = u, z
    return [
        bar((u0, u0 + wide), y, (z0, z1)),
        bar((u1 - wide, u1), y, (z0, z1)),
        bar((u0 + wide, u1 - wide), y, (z0, z0 + wide)),
        bar((u0 + wide, u1 - wide), y, (z1 - wide, z1)),
    ]


def door(o: Opening) -> list[Mesh]:
    """Architrave, and a leaf of stiles and rails around four recessed panels, with a lever handle."""
    wide, thick = CASING
    casing = [
        bar((o.u0 - wide, o.u0), (-thick, 0.0), (0.0, o.z1 + wide)),
        bar((o.u1, o.u1 + wide), (-thick, 0.0), (0.0, o.z1 + wide)),
        bar((o.u0, o.u1), (-thick, 0.0), (o.z1, o.z1 + wide)),
    ]
    # Without a lining one would look past the leaf's edge into nothing.
    lining = [
        bar((o.u0 - 0.02, o.u0), (0.0, 0.09), (0.0, o.z1 + 0.02)),
        bar((o.u1, o.u1 + 0.02), (0.0, 0.09), (0.0, o.z1 + 0.02)),
        bar((o.u0, o.u1), (0.0, 0.09), (o.z1, o.z1 + 0.02)),
        bar((o.u0, o.u1), (0.0, 0.12), (-0.02, 0.001)),
    ]
    gap, stile = 0.0025, 0.115
    u0, u1, z0, z1 = o.u0 + gap, o.u1 - gap, 0.008, o.z1 - gap
    middle, lock = (u0 + u1) / 2, 0.92
    front, panel = (0.012, 0.05), (0.024, 0.045)
    leaf = [bar((u, u + stile), front, (z0, z1)) for u in (u0, u1 - stile)]
    leaf.append(bar((middle - 0.05, middle + 0.05), front, (z0, z1)))
    rails = ((z0, 0.22), (lock, lock + 0.16), (z1 - 0.12, z1))
    for low, high in rails:
        leaf.append(bar((u0 + stile, u1 - stile), (front[0] + 0.0005, front[1]), (low, high)))
    leaf.append(bar((u0 + 0.02, u1 - 0.02), panel, (z0 + 0.02, z1 - 0.02)))
    for left, right in ((u0 + stile, middle - 0.05), (middle + 0.05, u1 - stile)):
        for low, high in ((0.22, lock), (lock + 0.16, z1 - 0.12)):
            field = bar((left + 0.03, right - 0.03), (panel[0] - 0.007, panel[1]), (low + 0.03, high - 0.03))
            leaf.append(field)
    return [*casing, *lining, *leaf, *_handle(u0 + 0.06, 1.02)]


def _handle(u: float, z: float) -> list[Mesh]:
    rose = tube(np.array([(u, 0.012, z), (u, 0.002, z)]), 0.026, "steel", sides=20)
    neck = tube(np.array([(u, 0.004, z), (u, -0.045, z)]), 0.009, "steel")
    lever = tube(np.array([(u, -0.045, z), (u + 0.06, -0.05, z), (u + 0.125, -0.047, z)]), 0.009, "steel")
    return [rose, neck, lever]


def skirting(span: tuple[float, float], openings: tuple[Opening, ...]) -> list[Mesh]:
    """Boards along the wall's foot, broken by doors and their architraves."""
    height, thick = SKIRTING
    boards, at = [], span[0]
    for o in sorted(openings, key=lambda o: o.u0):
        if o.z0 < height:
            boards.append(bar((at, o.u0 - CASING[0]), (-thick, 0.0), (0.0, height)))
            at = o.u1 + CASING[0]
    return [*boards, bar((at, span[1]), (-thick, 0.0), (0.0, height))]


def socket(u: float) -> list[Mesh]:
    """A double wall socket near the floor."""
    plate = bar((u - 0.073, u + 0.073), (-0.009, 0.0), (0.28, 0.36), "plastic")
    holes = [
        bar((u + d - 0.022, u + d + 0.022), (-0.0105, 0.0), (0.298, 0.342), "plastic_dark") for d in (-0.036, 0.036)
    ]
    return [plate, *holes]


def fitted_out(sample: SampleRoom) -> list[Mesh]:
    """Everything of the room but floor and ceiling: walls, windows, doors, skirting, sockets."""
    room = sample.room
    meshes: list[Mesh] = []
    for wall in WALLS:
        frame, openings = Frame(wall, room.box), room.openings_on(wall)
        parts = wall_sheets(frame.span, room.box.height, openings) + skirting(frame.span, openings)
        for o in openings:
            parts += window(o) if o.kind == "window" else door(o)
        for at, u in sample.sockets:
            if at == wall:
                parts += socket(u)
        meshes += frame.placed(parts)
    return meshes

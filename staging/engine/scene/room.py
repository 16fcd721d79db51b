"""The room as read from one photo: camera, box, openings. JSON in, JSON out; all that follows reads only this.

Room frame: metres, right-handed, origin on the floor below the camera, x to the right along the back
wall, y into the room (away from the camera), z up.  Camera frame: x right, y down, z forward.
Pixels: (u, v) with the origin at the upper left corner of the upper left pixel, so that the centre of
the first pixel is (0.5, 0.5).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Wall = Literal["left", "right", "back", "front"]
OpeningKind = Literal["window", "door", "opening"]
Status = Literal["auto", "check", "manual"]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Camera:
    """A pinhole camera standing `height` metres above the room's origin.

    Lengths `f`, `cx`, `cy` are pixels of a `width` x `height_px` picture. `rotation` is the 3x3 matrix,
    as three rows, that takes room directions to camera directions.
    """

    width: int
    height_px: int
    f: float
    cx: float
    cy: float
    height: float
    rotation: tuple[tuple[float, float, float], ...]
    f_source: str = "prior"

    @property
    def matrix(self) -> Floats:
        """Room-to-camera rotation, shape (3, 3)."""
        return np.asarray(self.rotation, dtype=np.float64)

    @property
    def position(self) -> Floats:
        """Camera position in the room frame, shape (3,), metres."""
        return np.array([0.0, 0.0, self.height])

    def project(self, points: Any) -> tuple[Floats, Floats]:
        """Project room points, shape (..., 3), to pixels (..., 2) and depths (...) along the optical axis.

        Points with a depth of zero or less lie behind the camera; their pixels mean nothing.
        """
        p = (np.asarray(points, dtype=np.float64) - self.position) @ self.matrix.T
        z = p[..., 2]
        safe = np.where(np.abs(z) < 1e-9, 1e-9, z)
        uv = p[..., :2] / safe[..., None] * self.f
        uv += (self.cx, self.cy)
        return uv, z

    def rays(self, pixels: Any) -> Floats:
        """Room-frame directions (..., 3) through pixels (..., 2), scaled to depth 1 along the axis, not to length 1."""
        px = np.asarray(pixels, dtype=np.float64)
        d = np.ones((*px.shape[:-1], 3))
        d[..., :2] = (px - (self.cx, self.cy)) / self.f
        return d @ self.matrix

    def resized(self, width: int, height_px: int) -> Camera:
        """The same camera for the same picture at another size."""
        sx, sy = width / self.width, height_px / self.height_px
        return dataclasses.replace(
            self, width=width, height_px=height_px, f=self.f * (sx + sy) / 2, cx=self.cx * sx, cy=self.cy * sy
        )


@dataclass(frozen=True)
class Box:
    """The box in metres: side walls at x0 < 0 < x1, back wall at y1, the unseen one at y0 < 0, ceiling at `height`."""

    x0: float
    x1: float
    y0: float
    y1: float
    height: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def depth(self) -> float:
        return self.y1 - self.y0


@dataclass(frozen=True)
class Opening:
    """A window, door or passage in a wall.

    `u0`..`u1` run along the wall (x for back and front, y for left and right), `z0`..`z1` above the floor; metres.
    """

    kind: OpeningKind
    wall: Wall
    u0: float
    u1: float
    z0: float
    z1: float
    score: float = 1.0

    def corners(self, box: Box) -> Floats:
        """The four corners in the room frame, shape (4, 3): lower u0, lower u1, upper u1, upper u0."""
        uz = [(self.u0, self.z0), (self.u1, self.z0), (self.u1, self.z1), (self.u0, self.z1)]
        if self.wall in ("back", "front"):
            y = box.y1 if self.wall == "back" else box.y0
            return np.array([(u, y, z) for u, z in uz])
        x = box.x0 if self.wall == "left" else box.x1
        return np.array([(x, u, z) for u, z in uz])


@dataclass(frozen=True)
class Block:
    """What stands in the room and is part of the building (an island, a stair): a box on the floor, metres."""

    x0: float
    x1: float
    y0: float
    y1: float
    height: float

    def __post_init__(self) -> None:
        if not (self.x0 < self.x1 and self.y0 < self.y1 and self.height > 0):
            raise ValueError("not a room: a block needs x0 < x1, y0 < y1 and a height")


@dataclass(frozen=True)
class Occluder:
    """A part of the building before the room (a wall's end, a column): a polygon in pixels and how deep it stands.

    `depth` is the y of its face, metres: what stands farther into the room and within the polygon is hidden by it.
    Where `block` says how far it reaches in the room, that alone counts, and polygon and depth follow from it.
    `wall` is for blocks up to the ceiling that follow from the room's plan: light falls on them as on other walls.
    """

    polygon: tuple[tuple[float, float], ...]
    depth: float
    block: Block | None = None
    wall: bool = False


@dataclass(frozen=True)
class Top:
    """The top of a counter, `z` metres above the floor. Its front edge runs along `axis` (0: x, 1: y) from `low` to
    `high`, stands at `at` on the other axis in its middle and drifts `slope` metres a metre; the top lies to that
    axis's `side` (1 or -1) of it. `free` are stretches (from, to) of the edge behind which the photo shows it bare."""

    axis: int
    at: float
    low: float
    high: float
    side: int
    z: float
    slope: float = 0.0
    free: tuple[tuple[float, float], ...] = ()

    def place(self, along: Any, back: Any) -> tuple[Any, Any]:
        """(x, y) of the point `along` the axis and `back` metres behind the front edge."""
        across = self.at + self.slope * (along - (self.low + self.high) / 2) + self.side * back
        return (along, across) if self.axis == 0 else (across, along)

    def grown(self, factor: float) -> Top:
        """The same top in a room that is `factor` times as large."""
        at, low, high, z = (v * factor for v in (self.at, self.low, self.high, self.z))
        free = tuple((a * factor, b * factor) for a, b in self.free)
        return Top(self.axis, at, low, high, self.side, z, self.slope, free)

    @property
    def turn(self) -> float:
        """Degrees by which a thing on it is turned that looks over the front edge."""
        return 0.0 if self.axis == 0 else -90.0 * self.side


@dataclass(frozen=True)
class Room:
    """What one photo shows, in metres, with how sure we are.

    `visible` is the share of the picture that each face takes (floor, ceiling, left, right, back).
    `floor_polygon` is the visible floor inside the box, (x, y) metres.  `lamps` are ceiling lamps (x, y, z).
    `confidence` holds named figures 0..1, of which "total" decides `status`:
    auto (stage at once), check (stage carefully, ask a person where there is one), manual (do not stage).
    `scale_source` names the cue that fixed the metre: "door", "ceiling", "camera", "given".
    `alternatives` are the next-best hypotheses, as boxes, best first.
    `tops` are counters on which something may stand.
    `open_air` is for terraces and gardens: only the ground inside `floor_polygon` is there; the box bounds it and has
    neither walls nor ceiling.
    `plan` is the outline of the floor where the room is no rectangle, (x, y) metres, with walls along the axes only: an
    L, an alcove. The box bounds it, and what it leaves out of the box is among the occluders.
    """

    camera: Camera
    box: Box
    openings: tuple[Opening, ...] = ()
    occluders: tuple[Occluder, ...] = ()
    lamps: tuple[tuple[float, float, float], ...] = ()
    visible: dict[str, float] = field(default_factory=dict)
    floor_polygon: tuple[tuple[float, float], ...] = ()
    confidence: dict[str, float] = field(default_factory=dict)
    status: Status = "auto"
    scale_source: str = "camera"
    alternatives: tuple[Box, ...] = ()
    open_air: bool = False
    tops: tuple[Top, ...] = ()
    plan: tuple[tuple[float, float], ...] = ()

    @property
    def walls_inside(self) -> tuple[Block, ...]:
        """What the plan leaves out of the box."""
        return tuple(o.block for o in self.occluders if o.block is not None and o.wall)

    def openings_on(self, wall: Wall, *kinds: OpeningKind) -> tuple[Opening, ...]:
        """Openings of one wall, of the given kinds (all kinds when none is given)."""
        return tuple(o for o in self.openings if o.wall == wall and (not kinds or o.kind in kinds))

    def resized(self, width: int, height_px: int) -> Room:
        """The same room for the same picture at another size."""
        sx, sy = width / self.camera.width, height_px / self.camera.height_px
        return dataclasses.replace(
            self,
            camera=self.camera.resized(width, height_px),
            occluders=tuple(
                dataclasses.replace(o, polygon=tuple((x * sx, y * sy) for x, y in o.polygon)) for o in self.occluders
            ),
        )

    def top_under(self, x: float, y: float, z: float) -> Top | None:
        """The counter's top on which something at (x, y, z) stands, if it stands on one."""
        for top in self.tops:
            along, across = (x, y) if top.axis == 0 else (y, x)
            back = top.side * (across - top.at - top.slope * (along - (top.low + top.high) / 2))
            if abs(z - top.z) < 0.01 and top.low <= along <= top.high and 0.0 <= back <= 0.7:
                return top
        return None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types only."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Room:
        """Inverse of `to_dict`; raises ValueError with the reason when the data does not describe a room."""
        try:
            camera = dict(data["camera"])
            camera["rotation"] = tuple(tuple(float(v) for v in row) for row in camera["rotation"])
            room = cls(
                camera=Camera(**camera),
                box=Box(**data["box"]),
                openings=tuple(Opening(**o) for o in data.get("openings", ())),
                occluders=tuple(_occluder(o) for o in data.get("occluders", ())),
                lamps=tuple((float(x), float(y), float(z)) for x, y, z in data.get("lamps", ())),
                visible=dict(data.get("visible", {})),
                floor_polygon=tuple((float(x), float(y)) for x, y in data.get("floor_polygon", ())),
                confidence=dict(data.get("confidence", {})),
                status=data.get("status", "auto"),
                scale_source=data.get("scale_source", "given"),
                alternatives=tuple(Box(**b) for b in data.get("alternatives", ())),
                open_air=bool(data.get("open_air", False)),
                tops=tuple(
                    Top(**{**t, "free": tuple((float(a), float(b)) for a, b in t.get("free", ()))})
                    for t in data.get("tops", ())
                ),
                plan=tuple((float(x), float(y)) for x, y in data.get("plan", ())),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a room: {error}") from error
        if room.box.x0 >= 0 or room.box.x1 <= 0 or room.box.y1 <= 0 or room.box.height <= 0:
            raise ValueError("not a room: the camera must stand inside the box")
        if len(room.camera.rotation) != 3 or any(len(row) != 3 for row in room.camera.rotation):
            raise ValueError("not a room: rotation must be 3x3")
        return room


def _occluder(data: dict[str, Any]) -> Occluder:
    """From JSON; of a block, polygon and depth need not be given."""
    block = Block(**data["block"]) if data.get("block") else None
    polygon = data.get("polygon", ()) if block else data["polygon"]
    depth = data.get("depth", block.y0) if block else data["depth"]
    return Occluder(tuple((float(x), float(y)) for x, y in polygon), float(depth), block, bool(data.get("wall", False)))

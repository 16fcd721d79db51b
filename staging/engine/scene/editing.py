"""A room as a person corrects it: from points dragged over the photo to a room that fits them. Pure numpy and quick.

`from_corners` is what a layout editor calls; `opening_at` turns two points on a wall into a window or door;
`resized_to_door` fixes the metre by a door; `completed` brings what follows from the box up to date.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np

from staging.engine.scene import blocks, floor, plan
from staging.engine.scene.frames import WALLS
from staging.engine.scene.room import Block, Box, Camera, Floats, Occluder, Opening, OpeningKind, Room, Wall

Pixel = tuple[float, float]

EXACT: Final = 0.003  # of the picture's diagonal: how exactly a person drags a point
FARTHEST_OFF: Final = 0.02  # of the diagonal: points that no room fits better than this were misplaced
# One sigma each of log focal, vertical shift (of the picture's height), pitch, yaw and roll (radians): how far a
# room that was read is off, and how far from a level camera with a usual lens a room that was not read can be.
READ: Final = np.array([0.12, 0.015, 0.03, 0.15, 0.01])
UNREAD: Final = np.array([0.3, 0.04, 0.15, 0.6, 0.03])
YAWS: Final = (0.0, -0.35, 0.35, -0.7, 0.7)
CEILING: Final = (2.3, 3.2)  # metres
DOOR: Final = 2.03  # metres
LEAST: Final = 0.05  # camera heights: no wall is nearer


@dataclass(frozen=True)
class Corners:
    """Points of the photo, in pixels; any of them may lie outside of the picture.

    `back_left` and `back_right` are where the back wall's foot ends. `front_left` and `front_right` are any points
    farther along the feet of the side walls, for example where they leave the picture. `ceiling_left` and
    `ceiling_right` are where the back wall, a side wall and the ceiling meet; either may be missing, or both.
    """

    back_left: Pixel
    back_right: Pixel
    front_left: Pixel
    front_right: Pixel
    ceiling_left: Pixel | None = None
    ceiling_right: Pixel | None = None

    @classmethod
    def of(cls, room: Room) -> Corners:
        """The corners of a room where an editor would first show them: the front ones at the picture's border."""
        box, camera = room.box, room.camera
        points, depth = camera.project([(x, box.y1, z) for z in (0.0, box.height) for x in (box.x0, box.x1)])
        if depth.min() <= 0:
            raise ValueError("the back wall of this room lies behind the camera")
        ends = [_border_point(camera, x, box.y1) for x in (box.x0, box.x1)]
        left, right, high_left, high_right = (_pixel(p) for p in points)
        return cls(left, right, ends[0], ends[1], high_left, high_right)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Corners:
        """From JSON, {name: [u, v]}; raises ValueError with the reason."""
        try:
            given = {name: (float(p[0]), float(p[1])) for name, p in data.items() if p is not None}
            corners = cls(**given)
        except (AttributeError, IndexError, TypeError, ValueError) as error:
            raise ValueError(f"not corners: {error}") from error
        if not np.isfinite([p for p in dataclasses.astuple(corners) if p is not None]).all():
            raise ValueError("not corners: every point needs two finite numbers")
        return corners

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types only."""
        return {name: None if p is None else list(p) for name, p in vars(self).items()}


def from_corners(near: Room, corners: Corners) -> Room:
    """The room that fits `corners`, nearest to the room `near` that was read (or guessed) before.

    Camera and box are solved together, since a room read wrongly has both wrong; the metre, and openings and lamps
    where they are in the picture, are kept. The answer's status is "auto": a person has said how it is. Raises
    ValueError in words for people when no room has such corners.
    """
    camera, logs, error = _solved(near, corners)
    if not error <= FARTHEST_OFF:
        raise ValueError("no room fits these corners; check that left and right, up and down are not swapped")
    left, right, depth, ceiling = (float(v) * camera.height for v in np.exp(logs))
    behind = 1.0 + 0.15 * max(0.0, depth - 4.0)
    box = Box(-left, right, -behind, depth, camera.height + ceiling)
    openings = tuple(moved for o in near.openings if (moved := _carried(near, camera, box, o)))
    sure = {"total": 1.0, "person": 1.0}
    # The read alternatives answer a question that is settled now; what was before the room stays in the picture.
    fresh = dataclasses.replace(
        near,
        camera=camera,
        box=box,
        openings=openings,
        occluders=_standing(near, camera),
        lamps=_lamps(near, camera, box),
        confidence=sure,
        status="auto",
        alternatives=(),
        tops=(),  # counters are looked for anew, by the camera as it is now
        plan=(),  # what it left out stays where the picture shows it
    )
    low, high = CEILING
    if corners.ceiling_left is None and corners.ceiling_right is None:
        return completed(fresh)
    return completed(rescaled(fresh, min(max(box.height, low), high) / box.height, near.scale_source))


def completed(room: Room) -> Room:
    """The room with its visible floor and faces worked out anew, for a box, camera or plan that was edited.

    Raises ValueError, in words, when its plan is none.
    """
    if room.open_air:  # its ground is what was seen, and does not follow from its box
        return room
    inside = [blocks.occluder(room.camera, block, wall=True) for block in plan.cut_off(room.plan, room.box)]
    before = [_outlined(room.camera, o) for o in room.occluders if not (o.wall and room.plan)]
    there = dataclasses.replace(room, occluders=tuple(o for o in [*before, *inside] if o is not None))
    walls = plan.outline(room.box, there.walls_inside)
    return dataclasses.replace(
        there, visible=floor.face_shares(there), floor_polygon=floor.visible_polygon(room.camera, walls)
    )


def _outlined(camera: Camera, known: Occluder) -> Occluder | None:
    return known if known.block is None else blocks.occluder(camera, known.block, wall=known.wall)


def _scaled(known: Occluder, factor: float) -> Occluder:
    block = known.block and Block(*(v * factor for v in dataclasses.astuple(known.block)))
    return dataclasses.replace(known, depth=known.depth * factor, block=block)


def rescaled(room: Room, factor: float, source: str = "given") -> Room:
    """The same picture of a room that is `factor` times as large; angles and confidence stay."""

    def opening(o: Opening) -> Opening:
        return dataclasses.replace(o, u0=o.u0 * factor, u1=o.u1 * factor, z0=o.z0 * factor, z1=o.z1 * factor)

    return dataclasses.replace(
        room,
        camera=dataclasses.replace(room.camera, height=room.camera.height * factor),
        box=_grown(room.box, factor),
        openings=tuple(opening(o) for o in room.openings),
        occluders=tuple(_scaled(o, factor) for o in room.occluders),
        lamps=tuple((x * factor, y * factor, z * factor) for x, y, z in room.lamps),
        floor_polygon=tuple((x * factor, y * factor) for x, y in room.floor_polygon),
        alternatives=tuple(_grown(b, factor) for b in room.alternatives),
        tops=tuple(top.grown(factor) for top in room.tops),
        plan=tuple((x * factor, y * factor) for x, y in room.plan),
        scale_source=source,
    )


def resized_to_door(room: Room, door: Opening, height: float = DOOR) -> Room:
    """The room at the scale in which `door` is `height` metres high; raises ValueError for a door without height."""
    if door.z1 <= 0.1:
        raise ValueError("this door has no height")
    return rescaled(room, height / door.z1, "door")


def opening_at(room: Room, kind: OpeningKind, wall: Wall, one: Pixel, other: Pixel) -> Opening:
    """The opening of `wall` that has the pixels `one` and `other` as opposite corners; ValueError off the wall.

    Doors and passages begin at the floor, wherever their lower corner was put.
    """
    (u0, z0), (u1, z1) = sorted((_on_wall(room.camera, room.box, wall, p) for p in (one, other)), key=lambda p: p[0])
    low, high = sorted((z0, z1))
    return Opening(kind, wall, u0, u1, max(low, 0.0) if kind == "window" else 0.0, min(high, room.box.height))


def with_alternative(room: Room, index: int) -> Room:
    """The room with its `index`-th next-best box instead of its own, which becomes an alternative; openings go."""
    boxes = list(room.alternatives)
    chosen = boxes.pop(index)
    return completed(
        dataclasses.replace(room, box=chosen, openings=(), lamps=(), tops=(), alternatives=(room.box, *boxes))
    )


def _solved(near: Room, corners: Corners) -> tuple[Camera, Floats, float]:
    """Camera, log (left, right, depth, ceiling) in camera heights, and the worst point's distance over the diagonal."""
    camera = near.camera
    diagonal = math.hypot(camera.width, camera.height_px)
    sigma = UNREAD if near.status == "manual" else READ
    sides = -near.box.x0, near.box.x1, near.box.y1, near.box.height - camera.height
    box = [math.log(max(v / camera.height, LEAST)) for v in sides]

    def residuals(p: Floats) -> Floats:
        off = _off(adjusted(camera, p), p[5:], corners) / (EXACT * diagonal)
        return np.concatenate([off, p[:5] / sigma, 0.1 * (p[8:] - box[3])])

    starts = YAWS if near.status == "manual" else YAWS[:1]
    found = [_least_squares(residuals, np.array([0.0, 0.0, 0.0, yaw, 0.0, *box])) for yaw in starts]
    best = min(found, key=lambda p: float((residuals(p) ** 2).sum()))
    seen = adjusted(camera, best)
    return seen, best[5:], float(np.abs(_off(seen, best[5:], corners)).max()) / diagonal


def adjusted(camera: Camera, p: Floats) -> Camera:
    """The camera with log focal, shift, pitch, yaw and roll changed by `p[:5]`."""
    a = np.array([[0.0, -p[4], p[3]], [p[4], 0.0, -p[2]], [-p[3], p[2], 0.0]])
    angle = float(np.linalg.norm(p[2:5]))
    s, c = (math.sin(angle) / angle, (1 - math.cos(angle)) / angle**2) if angle > 1e-9 else (1.0, 0.5)
    matrix = (np.eye(3) + s * a + c * a @ a) @ camera.matrix
    rows = tuple((float(x), float(y), float(z)) for x, y, z in matrix)
    return dataclasses.replace(
        camera, f=camera.f * math.exp(p[0]), cy=camera.cy + float(p[1]) * camera.height_px, rotation=rows
    )


def _off(camera: Camera, logs: Floats, corners: Corners) -> Floats:
    """Pixels by which the corners miss the box: two for each corner of the back wall, one for each front point."""
    left, right, depth, ceiling = np.exp(np.clip(logs, -4, 4)) * camera.height
    missed: list[float] = []
    for x, back, front, high in (
        (-left, corners.back_left, corners.front_left, corners.ceiling_left),
        (right, corners.back_right, corners.front_right, corners.ceiling_right),
    ):
        p, q = (_seen(camera, x, y, -camera.height) for y in (depth, depth - camera.height))
        foot = np.cross(p, q)
        missed += [*(p[:2] / max(p[2], LEAST * camera.height) - back)]
        missed.append(float(foot @ [*front, 1.0]) / max(float(np.hypot(*foot[:2])), 1e-9))
        if high is not None:
            top = _seen(camera, x, depth, ceiling)
            missed += [*(top[:2] / max(top[2], LEAST * camera.height) - high)]
    return np.array(missed)


def _seen(camera: Camera, x: float, y: float, up: float) -> Floats:
    """Homogeneous pixel of a point of the room, `up` metres over the camera."""
    right, down, forward = camera.matrix @ [x, y, up]
    return np.array([camera.f * right + camera.cx * forward, camera.f * down + camera.cy * forward, forward])


def _least_squares(residuals: Any, start: Floats) -> Floats:
    """Levenberg and Marquardt's way down, by difference quotients."""
    p, damp = start, 1e-2
    r = residuals(p)
    for _ in range(60):
        jacobian = np.stack([(residuals(p + step) - r) / 1e-6 for step in 1e-6 * np.eye(len(p))], 1)
        normal = jacobian.T @ jacobian
        step = np.linalg.solve(normal + damp * np.diag(np.diag(normal) + 1e-9), jacobian.T @ r)
        tried = residuals(p - step)
        if tried @ tried < r @ r:
            settled = float(np.abs(step).max()) < 1e-7
            p, r, damp = p - step, tried, max(damp / 5, 1e-9)
            if settled:
                break
        else:
            damp *= 4
            if damp > 1e9:
                break
    return p


def _on_wall(camera: Camera, box: Box, wall: Wall, pixel: Pixel) -> tuple[float, float]:
    """Coordinate along the wall and height of what a pixel shows of it, held to the wall; ValueError behind it."""
    ray = camera.rays(pixel)
    axis = 1 if wall in ("back", "front") else 0
    at = {"back": box.y1, "front": box.y0, "left": box.x0, "right": box.x1}[wall]
    t = at / ray[axis] if abs(ray[axis]) > 1e-9 else -1.0
    if t <= 0:
        raise ValueError(f"this point of the photo cannot show the {wall} wall")
    low, high = (box.x0, box.x1) if axis else (box.y0, box.y1)
    return float(np.clip(t * ray[1 - axis], low, high)), float(np.clip(camera.height + t * ray[2], 0.0, box.height))


def _carried(near: Room, camera: Camera, box: Box, opening: Opening) -> Opening | None:
    """The opening where it is in the picture, on the same wall of the new box; None where that wall is not there."""
    pixels, depth = near.camera.project(opening.corners(near.box))
    if depth.min() <= 0.05 or opening.wall not in WALLS:
        return None
    try:
        places = [_on_wall(camera, box, opening.wall, cast("Pixel", tuple(p))) for p in pixels]
    except ValueError:
        return None
    us, zs = np.array(places).T
    u0, u1 = (us[0] + us[3]) / 2, (us[1] + us[2]) / 2
    z0, z1 = (zs[0] + zs[1]) / 2, (zs[2] + zs[3]) / 2
    if opening.z0 < 0.05:
        z0 = 0.0
    if u1 - u0 < 0.1 or z1 - z0 < 0.1:
        return None
    return dataclasses.replace(opening, u0=float(u0), u1=float(u1), z0=float(z0), z1=float(z1))


def _standing(near: Room, camera: Camera) -> tuple[Occluder, ...]:
    """What stood before the room, where it is in the picture."""
    kept = []
    for known in near.occluders:
        block = known.block and blocks.carried(near.camera, camera, known.block)
        if known.block is None or block is not None:
            kept.append(dataclasses.replace(known, block=block))
    return tuple(kept)


def _lamps(near: Room, camera: Camera, box: Box) -> tuple[tuple[float, float, float], ...]:
    """The lamps where they are in the picture, as far below the new ceiling as they were below the old one."""
    lamps = []
    for lamp in near.lamps:
        (pixel, depth), z = near.camera.project(lamp), box.height - near.box.height + lamp[2]
        ray = camera.rays(pixel)
        if depth > 0.05 and ray[2] > 1e-6:
            x, y = ((z - camera.height) / ray[2] * ray)[:2]
            lamps.append((float(x), float(y), z))
    return tuple(lamps)


def _border_point(camera: Camera, x: float, y1: float) -> Pixel:
    """The last point of a side wall's foot that the picture shows, or a point well before the back wall."""
    ys = np.linspace(y1 - 0.05, min(-1.0, y1 - 2.0), 400)
    pixels, depth = camera.project(np.column_stack([np.full_like(ys, x), ys, np.zeros_like(ys)]))
    before = depth > 0.05
    inside = before & (pixels >= 0).all(1) & (pixels <= [camera.width, camera.height_px]).all(1)
    if inside.any():
        return _pixel(pixels[np.flatnonzero(inside)[-1]])
    return _pixel(pixels[before][min(40, int(before.sum()) - 1)])


def _pixel(uv: Floats) -> Pixel:
    return float(uv[0]), float(uv[1])


def _grown(box: Box, factor: float) -> Box:
    return Box(*(v * factor for v in dataclasses.astuple(box)))

"""The room as furniture meets it: what must stay clear, what is bare wall, which floor the camera sees."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from staging.engine.scene import blocks, thresholds
from staging.engine.scene.arrangement import Piece
from staging.engine.scene.bulk import lattice
from staging.engine.scene.fittings import AT_FOOT, BARE, CALM, ON_FLOOR, Fittings
from staging.engine.scene.footprints import Footprint, footprint, penetration
from staging.engine.scene.frames import WALLS, wall_coordinate, wall_distance, wall_frame, wall_range
from staging.engine.scene.room import Box, Opening, Room, Wall

DOOR_CLEAR: Final = 0.9  # metres in front of a door or passage: its swing, and a step
DOOR_MARGIN: Final = 0.08  # beside it: the frame
WINDOW_CLEAR: Final = 0.45  # what is taller than the sill keeps this far from a window
SILL_SLACK: Final = 0.2  # how far the back of a sofa may rise over a sill, and how well a sill is read
REACHES_FLOOR: Final = 0.3  # an opening that begins lower than this is walked through
HEAD_ROOM: Final = 1.75  # metres, if it ends higher than this: what ends lower is a hearth or a niche
HEARTH_CLEAR: Final = 0.6  # metres before a hearth that stay free of all but low things
HEARTH_LOW: Final = 0.3
WINDOW_COVERED: Final = 0.35  # share of a window that furniture may take at worst: a headboard, not a wardrobe
PIER: Final = 3.0  # metres: a broader stretch between two doors is a wall of its own
PIER_REACH: Final = 0.3  # metres from its ends at which passages bound it
FARTHEST: Final = 15.0  # metres from the camera at which walls end
PASSABLE: Final = 0.55  # metres: nobody walks through less (a curtain or a pilaster was read as an opening)
AT_COUNTERS: Final = frozenset({"bar_stool"})  # they stand before the back of an island, which they may hide
BLOCK_SLACK: Final = 0.02  # metres by which a piece may reach into an island's box
FOOT_OF_STAIR: Final = 0.45  # metres: what is built in and lower is the first steps of a stair
STAIR_CLEAR: Final = 0.7  # metres about them: a step before one climbs
STOOL_SLACK: Final = 0.2  # and a stool, which stands under its overhang
HIDDEN: Final = 0.02  # share of a piece that a wall or column before it may hide
TOUCHING: Final = 0.1  # metres from a wall within which another one stands at it
FOOTLESS_CLEAR: Final = 0.35  # metres before a wall that the photo does not show
CELL: Final = 0.1  # metres of a cell of the floor grids


@dataclass(frozen=True)
class Zone:
    """A part of the floor to keep clear of everything that rises above `height` metres, and why."""

    area: Footprint
    height: float
    opening: Opening

    @property
    def is_passage(self) -> bool:
        """Whether people walk here."""
        return self.height <= 0.0


def is_passage(opening: Opening) -> bool:
    """Whether people walk through: a door, or a passage or glass door from the floor up, if wide and high enough."""
    whole = opening.z0 < REACHES_FLOOR and opening.z1 > HEAD_ROOM
    return opening.u1 - opening.u0 >= PASSABLE and (opening.kind == "door" or whole)


def is_hearth(opening: Opening) -> bool:
    """Whether it is a fireplace with its surround, or a niche at the floor: too low to be walked through."""
    low = opening.z0 < REACHES_FLOOR and opening.z1 <= HEAD_ROOM
    return opening.kind == "opening" and low and opening.u1 - opening.u0 >= PASSABLE


def _zone(box: Box, opening: Opening) -> Zone:
    passage, hearth = is_passage(opening), is_hearth(opening)
    reach = DOOR_CLEAR if passage else HEARTH_CLEAR if hearth else WINDOW_CLEAR
    margin = DOOR_MARGIN if passage else 0.0
    frame = wall_frame(box, opening.wall, (opening.u0 + opening.u1) / 2, reach / 2)
    width = opening.u1 - opening.u0 + 2 * margin
    # 1 mm of depth is given back, so that a piece that just touches the zone is not in it.
    area = Footprint(frame.x, frame.y, width, reach - 0.001, frame.turn, 0.0, box.height)
    return Zone(area, 0.0 if passage else HEARTH_LOW if hearth else opening.z0 + SILL_SLACK, opening)


class Site:
    """A room with what follows from it for furniture; built once for each arrangement."""

    def __init__(self, room: Room, fittings: Fittings | None = None) -> None:
        """`fittings` are what the photo allows: everywhere in kitchens and bathrooms, elsewhere on the walls."""
        flush = fittings.flush if fittings is not None else ()
        self.room, self.fittings = replace(room, openings=(*room.openings, *flush)), fittings
        # A wall that the photo does not show may be read at any distance.
        far, box = FARTHEST, room.box
        self.box = Box(max(box.x0, -far), min(box.x1, far), max(box.y0, -far), min(box.y1, far), box.height)
        kept = (o for o in self.room.openings if o.kind == "window" or is_passage(o) or is_hearth(o))
        self.zones = tuple(_zone(self.box, o) for o in kept)

    @cached_property
    def passages(self) -> tuple[Zone, ...]:
        """The zones of doors and passages."""
        return tuple(zone for zone in self.zones if zone.is_passage)

    @cached_property
    def thresholds(self) -> tuple[NDArray[np.float64], ...]:
        """The points (N, 3) of each door's threshold that the picture shows."""
        found = (thresholds.points(self.room, zone.opening) for zone in self.passages)
        return tuple(spots for spots in found if len(spots))

    def bars(self, pieces: list[Piece]) -> float:
        """The largest share of a door's threshold (0..1) that pieces hide in the picture."""
        return max((thresholds.hidden(self.room, spots, pieces) for spots in self.thresholds), default=0.0)

    def blocked(self, shape: Footprint, *, flat: bool = False) -> Zone | None:
        """The zone that `shape` would obstruct, if any; a `flat` one (a rug) may lie where people walk."""
        for zone in self.zones:
            if flat or shape.z1 <= zone.height or shape.z0 > zone.opening.z1:
                continue
            if penetration(shape, zone.area) > 0:
                return zone
        return None

    def on_counter(self, piece: Piece) -> bool:
        """Whether it stands on a counter, which was in the way before, and may hide what is behind it."""
        return self.room.top_under(piece.x, piece.y, piece.z) is not None

    def inside(self, shape: Footprint, margin: float = 0.0) -> bool:
        """Whether all of `shape` is in the box, `margin` metres off its walls (the wall behind the camera excepted)."""
        box = self.box
        return shape.z1 <= box.height + 0.001 and all(
            box.x0 + margin <= x <= box.x1 - margin and box.y0 <= y <= box.y1 - margin for x, y in shape.corners
        )

    def in_the_way(self, piece: Piece, *, flat: bool = False) -> str:
        """Why the photo's pixels speak against a piece, in a few words; empty when they do not, or nobody looked."""
        camera = self.room.camera
        room_left = STOOL_SLACK if piece.kind in AT_COUNTERS else BLOCK_SLACK
        if not (flat or self.on_counter(piece)) and self.in_block(footprint(piece), room_left):
            return "a wall, an island or a stair stands there"
        if self.hidden_share(piece) > HIDDEN:
            return "behind a part of the building"
        if not flat and piece.z < REACHES_FLOOR and any(penetration(footprint(piece), f) > 0 for f in self._footless):
            return "at a wall that the photo does not show"
        if self.fittings is not None and self.fittings.hides_things(camera, piece):
            return "would be drawn over something left in the room"
        return "" if self.fittings is None else self._speaks_against(self.fittings, piece, flat=flat)

    def _speaks_against(self, fittings: Fittings, piece: Piece, *, flat: bool) -> str:
        camera, at_counter = self.room.camera, piece.kind in AT_COUNTERS
        if fittings.walls_only:
            hung = piece.role == "wall" and fittings.hides_only_calm(camera, piece) < BARE
            return "would hang before something" if hung else ""
        if piece.z > self.box.height / 2 or self.on_counter(piece):
            return ""
        if piece.z < 0.05 and fittings.on_floor(camera, piece) < (AT_FOOT if at_counter else ON_FLOOR):
            return "not on floor that is surely free"
        if not (flat or at_counter) and fittings.hides_only_calm(camera, piece) < CALM:
            return "would hide a part of the room"
        return ""

    @cached_property
    def _footless(self) -> tuple[Footprint, ...]:
        """The floor along the stretches of walls that the photo does not show: another wall may stand before them."""
        zones = []
        for stretch in self.fittings.footless if self.fittings is not None else ():
            middle = wall_frame(self.box, stretch.wall, (stretch.low + stretch.high) / 2, FOOTLESS_CLEAR / 2)
            length = stretch.high - stretch.low
            zones.append(Footprint(middle.x, middle.y, length, FOOTLESS_CLEAR, middle.turn, 0.0, self.box.height))
        return tuple(zones)

    @cached_property
    def blocks(self) -> tuple[Footprint, ...]:
        """The floor that islands, stairs and the like take up, with that about the foot of a stair."""
        standing = [o.block for o in self.room.occluders if o.block is not None]
        return tuple(blocks.footprint(b).grown(STAIR_CLEAR if b.height < FOOT_OF_STAIR else 0.0) for b in standing)

    def in_block(self, shape: Footprint, slack: float = 0.0) -> bool:
        """Whether something stands more than `slack` metres in an island, a stair or the like."""
        return any(penetration(shape, block) > slack for block in self.blocks)

    def hidden_share(self, piece: Piece) -> float:
        """The share of a piece (0..1) that parts of the building hide."""
        return float(self._behind_building(lattice(piece)).mean()) if self.room.occluders else 0.0

    def _behind_building(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which of the points (N, 3) a wall or column before the room hides."""
        pixels, depth = self.room.camera.project(points)
        hidden = np.zeros(len(points), dtype=np.bool_)
        hidden |= blocks.hidden(self.room.camera, points, self.room.occluders)
        for occluder in (o for o in self.room.occluders if o.block is None):
            hidden |= (depth > 0.1) & (points[:, 1] > occluder.depth) & within_polygon(pixels, occluder.polygon)
        return hidden

    def free_spans(self, wall: Wall, height: float, least: float) -> list[tuple[float, float]]:
        """The stretches of a wall, `least` metres long or more, where something `height` metres tall blocks nothing."""
        low, high = wall_range(self.box, wall)
        taken = sorted(
            (zone.opening.u0 - DOOR_MARGIN, zone.opening.u1 + DOOR_MARGIN)
            for zone in self.zones
            if zone.opening.wall == wall and height > zone.height
        )
        taken = sorted([*taken, *self._built_over(wall)])
        spans, start = [], low
        for begin, end in [*taken, (high, high)]:
            if begin - start >= least:
                spans.append((start, begin))
            start = max(start, end)
        return spans

    def _built_over(self, wall: Wall) -> list[tuple[float, float]]:
        """The stretches of a wall of the box before which the walls of an L or an alcove stand, or that the photo does
        not show."""
        axis = 0 if wall in ("back", "front") else 1
        footless = self.fittings.footless if self.fittings is not None else ()
        spans = [(stretch.low, stretch.high) for stretch in footless if stretch.wall == wall]
        for block in self.room.walls_inside:
            middle = (block.x0 + block.x1) / 2, (block.y0 + block.y1) / 2
            half = (block.y1 - block.y0, block.x1 - block.x0)[axis] / 2
            if wall_distance(self.box, wall, *middle) - half < TOUCHING:
                spans.append(((block.x0, block.x1), (block.y0, block.y1))[axis])
        return spans

    def is_pier(self, wall: Wall, low: float, high: float) -> bool:
        """Whether a short stretch of wall has a passage close by at both ends: chimney breasts and piers stay bare."""
        passages = [zone.opening for zone in self.passages if zone.opening.wall == wall]
        before = any(low - PIER_REACH < o.u1 <= low + PIER_REACH for o in passages)
        after = any(high - PIER_REACH <= o.u0 < high + PIER_REACH for o in passages)
        return before and after and high - low < PIER

    def bare(self, wall: Wall, along: tuple[float, float], up: tuple[float, float], margin: float = 0.12) -> bool:
        """Whether a rectangle of a wall, `along` x `up` metres, keeps `margin` from openings and the wall's edges."""
        (u0, u1), (z0, z1) = along, up
        low, high = wall_range(self.box, wall)
        if u0 < low + margin or u1 > high - margin or z0 < margin or z1 > self.box.height - margin:
            return False
        if any(u0 < end + margin and u1 > start - margin for start, end in self._built_over(wall)):
            return False
        return not any(
            u0 < o.u1 + margin and u1 > o.u0 - margin and z0 < o.z1 + margin and z1 > o.z0 - margin
            for o in self.room.openings_on(wall)
        )

    def nearest_wall(self, x: float, y: float) -> tuple[Wall, float]:
        """The wall nearest to a point of the floor, and how far it is, metres."""
        return min(((w, wall_distance(self.box, w, x, y)) for w in WALLS), key=lambda pair: pair[1])

    def window_behind(self, shape: Footprint, wall: Wall) -> float:
        """The share of the width of `shape`, standing at `wall`, that has a window behind it."""
        u = [wall_coordinate(wall, x, y) for x, y in shape.corners]
        low, high = min(u), max(u)
        covered = sum(max(0.0, min(high, o.u1) - max(low, o.u0)) for o in self.room.openings_on(wall, "window"))
        return min(covered / max(high - low, 1e-6), 1.0)

    def window_cover(self, shape: Footprint) -> float:
        """The largest share of a window's area (0..1) that a piece standing right at it takes."""
        worst = 0.0
        for zone in self.zones:
            opening = zone.opening
            if (
                zone.is_passage
                or opening.kind != "window"
                or shape.z1 <= zone.height
                or penetration(shape, zone.area) <= 0.02
            ):
                continue
            us = [wall_coordinate(opening.wall, x, y) for x, y in shape.corners]
            wide = min(max(us), opening.u1) - max(min(us), opening.u0)
            high = min(shape.z1, opening.z1) - max(shape.z0, opening.z0)
            area = (opening.u1 - opening.u0) * (opening.z1 - opening.z0)
            worst = max(worst, max(wide, 0.0) * max(high, 0.0) / max(area, 1e-6))
        return worst

    @cached_property
    def cells(self) -> NDArray[np.float64]:
        """Middles (N, 2) of the floor cells that the camera sees, metres; cells are `CELL` wide."""
        box = self.box
        xs = np.arange(box.x0 + CELL / 2, box.x1, CELL)
        ys = np.arange(max(box.y0, 0.0) + CELL / 2, box.y1, CELL)
        grid = np.stack(np.meshgrid(xs, ys), -1).reshape(-1, 2)
        camera = self.room.camera
        pixels, depth = camera.project(np.column_stack([grid, np.zeros(len(grid))]))
        u, v = pixels[:, 0], pixels[:, 1]
        seen = (depth > 0.2) & (u >= 0) & (u < camera.width) & (v >= 0) & (v < camera.height_px)
        if len(self.room.floor_polygon) >= 3:
            seen &= within_polygon(grid, self.room.floor_polygon)
        seen &= ~self._behind_building(np.column_stack([grid, np.zeros(len(grid))]))
        cells: NDArray[np.float64] = grid[seen]
        return cells

    @property
    def visible_area(self) -> float:
        """Square metres of floor that the camera sees."""
        return len(self.cells) * CELL * CELL

    def on_visible_floor(self, shape: Footprint) -> float:
        """The share of `shape` (0..1) that stands on floor which the camera sees, by counting cells."""
        return min(float(within_rectangle(self.cells, shape).sum()) * CELL * CELL / max(shape.area, 1e-6), 1.0)


def within_rectangle(points: NDArray[np.float64], shape: Footprint) -> NDArray[np.bool_]:
    """Which of the points (N, 2) lie in a footprint."""
    axes = np.array(shape.axes)
    local = (points - np.array([shape.x, shape.y])) @ axes.T
    inside: NDArray[np.bool_] = (np.abs(local[:, 0]) <= shape.width / 2) & (np.abs(local[:, 1]) <= shape.depth / 2)
    return inside


def within_polygon(points: NDArray[np.float64], polygon: tuple[tuple[float, float], ...]) -> NDArray[np.bool_]:
    """Which of the points (N, 2) lie in a simple polygon, by the even-odd rule."""
    inside = np.zeros(len(points), dtype=np.bool_)
    x, y = points[:, 0], points[:, 1]
    for (ax, ay), (bx, by) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        if ay == by:
            continue
        crosses = (y > ay) != (y > by)
        inside ^= crosses & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
    return inside

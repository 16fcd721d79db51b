"""Stands: the places where the main piece of a room could go, and how good each looks from the camera."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from staging.engine.scene.arrangement import Piece
from staging.engine.scene.footprints import Footprint, footprint
from staging.engine.scene.frames import WALLS, Frame, wall_coordinate, wall_distance, wall_frame
from staging.engine.scene.layout import FLAT, NEAREST, ON_GROUND, WALL_MARGIN
from staging.engine.scene.room import Wall
from staging.engine.scene.site import WINDOW_COVERED, Site
from staging.engine.scene.stock import Size, Stock
from staging.engine.scene.visibility import View, sees_middle, view

STEP: Final = 0.2  # metres between neighbouring stands along a wall
GRID: Final = 0.45  # metres between neighbouring stands in the open room
GRID_MOST: Final = 10  # of them in each direction, farther apart in a hall
IN_FRAME: Final = 0.87  # least share of a main piece in the picture
IN_FRAME_TIGHT: Final = 0.81  # where nothing else fits; the gate is at 0.8
EDGE_COST: Final = 1.4  # score of a main piece that the left or right edge of the picture cuts
LOW_COST: Final = 8.0  # for each share of the height by which it comes close to the lower edge
CUT_BELOW: Final = 0.8  # and once more where that edge cuts it
EACH: Final = 3  # stands of one family
ON_FLOOR: Final = 0.4  # least share of its footprint on floor that the camera sees
WALKWAY: Final = 0.75  # metres behind a piece that stands in the open room


@dataclass(frozen=True)
class Manner:
    """How boldly a room is furnished.

    `careful`: its geometry is not sure, so few and small pieces about a rug. `tight`: nothing of the usual size
    fitted, so the smallest pieces, and a headboard may rise before the lower part of a window.
    """

    careful: bool = False
    tight: bool = False


@dataclass(frozen=True)
class Stand:
    """A main piece in its place, with its score so far.

    `frame` has its origin in the middle of the piece's back edge.
    """

    piece: Piece
    frame: Frame
    wall: Wall | None
    view: View
    score: float = 0.0

    @property
    def family(self) -> str:
        """Stands of one family make pictures that differ little."""
        return f"{self.wall or 'open'}/{self.piece.turn:.0f}/{self.piece.kind}"

    def room_before(self, site: Site) -> float:
        """Metres from the front of the piece to the box, straight ahead."""
        turn = self.piece.turn % 360.0
        ahead: Wall = (
            "front" if turn < 45 or turn > 315 else "right" if turn < 135 else "back" if turn < 225 else "left"
        )
        return wall_distance(site.box, ahead, *self.frame.point(0.0, self.piece.size[1]))


@dataclass(frozen=True)
class Taste:
    """What a good main piece of a room type looks like in the picture.

    `distance` metres and `width` (share of the picture) are ranges that score fully; `at_wall` and `in_open`
    are added for standing there, `window_behind` is taken off for a whole width of window; `behind` is the
    least allowed cosine between its front and the way to the camera; `before` metres must be free in front.
    `reach` is how far before its front the middle of its group lies, metres.
    """

    distance: tuple[float, float] = (2.2, 4.8)
    width: tuple[float, float] = (0.18, 0.45)
    at_wall: float = 0.5
    in_open: float = 0.0
    window_behind: float = 0.3
    behind: float = -0.3
    before: float = 1.5
    reach: float = 0.6
    front: float = 0.35


def along_walls(
    site: Site, stock: Stock, kind: str, sizes: Sequence[Size], *, gap: float, over_sills: bool = False
) -> Iterator[Stand]:
    """Stands of `kind` with the back `gap` metres off each wall, in each size, all along the free stretches.

    With `over_sills`, windows do not end a stretch: the piece may rise before their lower part.
    """
    for wall in WALLS:
        for size in sizes:
            width, depth, height = size
            for low, high in site.free_spans(wall, 0.01 if over_sills else height, width + 0.1):
                room = high - low - width - 0.1
                count = int(room / STEP) + 1
                for i in range(count):
                    u = (low + high) / 2 + (i - (count - 1) / 2) * STEP
                    frame = wall_frame(site.box, wall, u, gap)
                    piece = stock.piece(kind, frame.moved(0.0, depth / 2), size=size, role="main")
                    yield from _seen(site, piece, frame, wall)


def in_the_open(
    site: Site,
    stock: Stock,
    kind: str,
    sizes: Sequence[Size],
    *,
    turns: Sequence[float],
    walkway: float = WALKWAY,
    at: Sequence[tuple[float, float]] = (),
) -> Iterator[Stand]:
    """Stands of `kind` in the open room, looking each of `turns`, a walkway off the walls; only `at` if given."""
    box = site.box
    for size in sizes:
        side = max(size[0], size[1]) / 2
        xs, ys = _grid(box.x0 + side, box.x1 - side), _grid(max(box.y0, 1.0), box.y1 - side)
        for turn, (x, y) in itertools.product(turns, at or list(itertools.product(xs, ys))):
            piece = stock.piece(kind, Frame(x, y, turn), size=size, role="main")
            edges = [wall_distance(box, w, cx, cy) for cx, cy in footprint(piece).corners for w in WALLS]
            if min(edges) >= walkway:
                frame = Frame(x, y, turn).moved(0.0, -size[1] / 2)
                yield from _seen(site, piece, frame, None)


def _seen(site: Site, piece: Piece, frame: Frame, wall: Wall | None) -> Iterator[Stand]:
    """The stand, unless the camera does not even see the middle of the piece at all."""
    if sees_middle(site.room, piece):
        yield Stand(piece, frame, wall, view(site.room, piece))


def _grid(low: float, high: float) -> Iterator[float]:
    count = min(int((high - low) / GRID) + 1, GRID_MOST) if high > low else 0
    for i in range(count):
        yield (low + high) / 2 + (i - (count - 1) / 2) * max(GRID, (high - low) / GRID_MOST)


def plateau(value: float, low: float, high: float, slope: float) -> float:
    """1 between `low` and `high`, falling linearly to 0 within `slope` outside them, negative beyond (not under -1)."""
    away = max(low - value, value - high, 0.0)
    return max(1.0 - away / slope, -1.0)


def shortlist(site: Site, stands: Iterable[Stand], taste: Taste, manner: Manner) -> list[Stand]:
    """The best stands, at most `EACH` of a family and at least half a metre apart; best first."""
    least = IN_FRAME_TIGHT if manner.tight else IN_FRAME
    rated: list[Stand] = []
    for stand in stands:
        seen = stand.view
        if seen.in_frame >= least and seen.facing >= taste.behind and stand.room_before(site) >= taste.before:
            rated.append(replace(stand, score=stand.score + rate_stand(site, stand, taste)))
    rated.sort(key=lambda s: -s.score)
    chosen: list[Stand] = []
    for stand in rated:
        kin = [s.frame for s in chosen if s.family == stand.family]
        crowded = any(math.dist((f.x, f.y), (stand.frame.x, stand.frame.y)) < 0.5 for f in kin)
        if len(kin) < EACH and not crowded and _stands_free(site, stand, manner):
            chosen.append(stand)
    return chosen


def _stands_free(site: Site, stand: Stand, manner: Manner) -> bool:
    shape, flat = footprint(stand.piece), stand.piece.kind in FLAT
    return (
        stand.view.nearest >= NEAREST
        and site.inside(shape, WALL_MARGIN)
        and not site.in_the_way(stand.piece, flat=flat)
        and (site.on_counter(stand.piece) or not site.blocked(_sunk(shape) if manner.tight else shape, flat=flat))
        and site.window_cover(shape) <= (WINDOW_COVERED if manner.tight else 0.0)
        and (manner.tight or site.on_counter(stand.piece) or site.on_visible_floor(shape) >= ON_FLOOR)
        and (not site.room.open_air or site.on_visible_floor(shape) >= ON_GROUND)
    )


def _sunk(shape: Footprint) -> Footprint:
    """The footprint of something too low to bar a window."""
    return replace(shape, z1=0.01)


def rate_stand(site: Site, stand: Stand, taste: Taste) -> float:
    """How good the main piece looks from the camera, about 0..4; the group before it counts as its middle."""
    seen, piece = stand.view, stand.piece
    distance = math.hypot(piece.x, piece.y)
    score = plateau(distance, *taste.distance, 2.0)
    score += plateau(seen.width, *taste.width, 0.25)
    score += 1.5 * min((seen.in_frame - 0.85) / 0.13, 1.0)
    score -= EDGE_COST * (seen.left < 0.004 or seen.right > 0.996)
    score -= LOW_COST * max(seen.bottom - 0.88, 0.0) + CUT_BELOW * (seen.bottom > 0.996)
    score += taste.front * min(max(seen.facing, -0.3), 0.8)
    score += taste.at_wall if stand.wall else taste.in_open
    if stand.wall:
        score -= taste.window_behind * site.window_behind(footprint(piece), stand.wall)
        score += 0.25 * _centred(site, stand)
    group = stand.frame.point(0.0, piece.size[1] + taste.reach)
    pixel, depth = site.room.camera.project([group[0], group[1], 0.3])
    if depth < 0.5:
        return score - 2.0
    off = abs(float(pixel[0]) / site.room.camera.width - 0.5)
    low = float(pixel[1]) / site.room.camera.height_px
    score -= 2.0 * max(off - 0.12, 0.0) + 2.0 * max(low - 0.92, 0.0)
    return score


def _centred(site: Site, stand: Stand) -> float:
    """1 when the piece stands in the middle of the free stretch of its wall, 0 half a metre off it or more."""
    assert stand.wall is not None
    u = wall_coordinate(stand.wall, stand.piece.x, stand.piece.y)
    spans = site.free_spans(stand.wall, stand.piece.size[2], stand.piece.size[0])
    middles = [(low + high) / 2 for low, high in spans if low <= u <= high]
    return max(0.0, 1.0 - 2.0 * min((abs(u - m) for m in middles), default=1.0))

"""A kitchen: a breakfast table with its chairs and fruit where there is room for one, else a runner in the aisle;
fruit, herbs and flowers where a counter is seen to be bare; green and art.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from staging.engine.scene.arrangement import Piece
from staging.engine.scene.fittings import ON_FLOOR, Counter
from staging.engine.scene.footprints import footprint, penetration
from staging.engine.scene.frames import WALLS, Frame, wall_distance, wall_frame
from staging.engine.scene.layout import Demand, Layout
from staging.engine.scene.rules import dining, dressing, worktops
from staging.engine.scene.site import Site
from staging.engine.scene.stands import Manner, Stand, Taste, in_the_open
from staging.engine.scene.stock import Stock
from staging.engine.scene.visibility import view

TASTE: Final = Taste(
    distance=(2.2, 4.6), width=(0.14, 0.4), in_open=0.3, behind=-2.0, before=0.0, reach=-0.3, front=0.0
)
AROUND: Final = 0.8  # metres about a table: a chair that is pushed back, and a step
TABLE: Final = 3.0  # how much more a table is worth than a runner alone
PAIR: Final = 0.5  # how much each pair of chairs after the first is
AISLE: Final = 5.0  # square metres of free floor: on more of it a runner alone looks forgotten
HALL: Final = 12.0  # square metres of floor in sight, free or not, on which it does so too
FAMILY: Final = (2.0, 1.7, 1.45)  # metres: tables for six and four, for a kitchen that is a hall
# Width and depth of runners in a kitchen's aisle, metres.
RUNNERS: Final = ((2.4, 0.75), (1.8, 0.66), (1.4, 0.6), (1.1, 0.5), (0.9, 0.5))
STOOLS: Final = 6.0  # and how much more stools at a counter are
ONLY_COUNTERS: Final = 2.0  # and how much less fruit on a counter, with all that the floor is left as it is
LEAST_THINGS: Final = 2
PITCH: Final = 0.62  # metres from stool to stool
DRAWN: Final = (0.10, 0.26)  # metres from a counter to its stools
STEP: Final = 0.31  # metres between the places that are tried for the first
MOST_STOOLS: Final = 4
LEGROOM: Final = 0.26  # metres from a seat up to the counter's top
LOW_BACK: Final = 1.0  # metres: a stool's back at most, that it does not bar the view
SEAT: Final = 0.66  # metres: of the usual stool
WHOLE: Final = 0.97  # least share of a runner or mat in the picture, where it is what the picture is about
OFF_WALL: Final = 0.75  # metres from a wall to a runner's middle: where one stands at a counter


def stands(site: Site, stock: Stock, manner: Manner) -> Iterator[Stand]:
    """Small tables along and across the room, nearer to its far end than to the camera; runners on free floor."""
    lengths = (1.0,) if manner.careful else (0.9,) if manner.tight else (1.25, 1.1, 0.95)
    if site.visible_area > HALL and not manner.careful:
        lengths = (*FAMILY, *lengths)
    sizes = [stock.size("dining_table", width=w, depth=min(w, 0.95 if w in FAMILY else 0.85)) for w in lengths]
    around = 0.7 if manner.tight else AROUND
    for stand in in_the_open(site, stock, "dining_table", sizes, turns=(0.0, 90.0), walkway=around):
        pairs = _pairs(site, stock, stand.piece)
        if pairs:
            far = min(wall_distance(site.box, wall, stand.piece.x, stand.piece.y) for wall in WALLS)
            yield replace(stand, score=TABLE + PAIR * (pairs - 1) - 0.25 * max(far - 1.3, 0.0))
    if site.fittings is not None:
        if site.fittings.area(site.room.camera) < AISLE and site.visible_area < HALL:
            yield from lying(site, stock, "runner", RUNNERS)
        for counter in site.fittings.counters:
            yield from _at_counter(site, stock, counter)
    yield from worktops.stands(site, stock, "fruit_bowl", -ONLY_COUNTERS)


def _pairs(site: Site, stock: Stock, table: Piece) -> int:
    """How many pairs of chairs, on both long sides of a table, the photo's pixels and its frame allow."""
    offers = [stock.piece("dining_chair", place, turn=turn) for place, turn in dining.beside(stock, table)]
    fit = [not site.in_the_way(chair) and view(site.room, chair).in_frame >= dining.CHAIR_IN_FRAME for chair in offers]
    return sum(one and other for one, other in zip(fit[::2], fit[1::2], strict=True))


def _at_counter(site: Site, stock: Stock, counter: Counter) -> Iterator[Stand]:
    """One stool at each place along a counter; its neighbours follow."""
    count = int((counter.high - counter.low - PITCH) / STEP) + 1
    for i, back in itertools.product(range(max(count, 0)), DRAWN):
        piece = _stool(stock, counter, counter.low + PITCH / 2 + i * STEP, back, role="main")
        frame = Frame(piece.x, piece.y, piece.turn).moved(0.0, -piece.size[1] / 2)
        seen = view(site.room, piece)
        if seen.in_frame >= WHOLE:
            yield Stand(piece, frame, None, seen, STOOLS)


def _stool(stock: Stock, counter: Counter, along: float, back: float, *, role: str = "companion") -> Piece:
    """A stool of the counter's height, drawn `back` metres from it."""
    seat = counter.height - LEGROOM
    usual = stock.usual("bar_stool")
    size = stock.size("bar_stool", height=min(usual[2] + seat - SEAT, LOW_BACK))
    x, y, turn = counter.place(along, size[1] / 2 + back)
    return stock.piece("bar_stool", Frame(x, y, turn), size=size, role=role, seat=round(seat, 3))


def _stools(layout: Layout) -> bool:
    """Stools at both sides of the first, one pitch apart, up to four; fewer than two are none."""
    fittings, main = layout.site.fittings, layout.main
    assert fittings is not None
    counter = min(fittings.counters, key=lambda c: abs((main.x, main.y)[1 - c.axis] - c.at))
    middle = (main.x, main.y)[counter.axis]
    back = math.dist((main.x, main.y), counter.place(middle, 0.0)[:2]) - main.size[1] / 2
    demand = Demand(in_frame=0.95, gap=0.05, hides=0.5, hidden=0.8, lowest=1.0)
    for side in (1, -1):
        # Outwards as long as each can stay: a gap in a row looks like a missing tooth.
        for number in (1, 2):
            along = middle + side * number * PITCH
            inside = counter.low + PITCH / 2 - 0.01 <= along <= counter.high - PITCH / 2 + 0.01
            full = len(layout.of("bar_stool")) >= MOST_STOOLS
            if full or not inside or not layout.add(_stool(layout.stock, counter, along, back), demand):
                break
    layout.note(f"{len(layout.of('bar_stool'))} stools at a counter {counter.height:.2f} m high")
    return len(layout.of("bar_stool")) >= 2


def lying(site: Site, stock: Stock, kind: str, extents: tuple[tuple[float, float], ...]) -> Iterator[Stand]:
    """Flat pieces of `kind`, wide and deep as in `extents`, all over the floor that the photo shows to be free; the
    larger and the farther from the floor's edges, the better."""
    assert site.fittings is not None
    camera, box = site.room.camera, site.box
    spots = [(float(x), float(y)) for x, y in site.cells[:: max(1, len(site.cells) // 400)]]
    for (width, depth), (x, y), turn in itertools.product(extents, spots, (0.0, 90.0)):
        size = stock.size(kind, width=width, depth=depth)
        frame = Frame(x, y, turn)
        piece = stock.piece(kind, frame, size=size, role="main")
        if y < 1.0 or y > box.y1 or site.fittings.on_floor(camera, piece) < ON_FLOOR:
            continue
        airy = replace(piece, size=(size[0] + 0.2, size[1] + 0.3, size[2]))
        seen = view(site.room, piece)
        if seen.in_frame >= WHOLE:
            score = 0.9 * size[0] * size[1] + 2.0 * site.fittings.on_floor(camera, airy) - 2.0
            yield Stand(piece, frame.moved(0.0, -size[1] / 2), None, seen, score)


def furnish(layout: Layout, stand: Stand) -> bool:
    """Everything about the table, stool or runner of `stand`; a table wants two chairs, a stool another one."""
    if stand.piece.kind == "bar_stool":
        worktops.dress(layout, worktops.KITCHEN)
        return _stools(layout)
    if stand.piece.kind in {"runner", "fruit_bowl"}:
        there = worktops.dress(layout, worktops.KITCHEN)
        dressing.plant(layout)
        # Fruit alone in a kitchen was forgotten there.
        return stand.piece.kind == "runner" or there >= LEAST_THINGS
    dining.chairs(layout, Frame(stand.piece.x, stand.piece.y, stand.piece.turn), paired=True)
    if len(layout.of("dining_chair")) < 2:
        return False
    _on_table(layout)
    worktops.dress(layout, worktops.KITCHEN, 2)
    dressing.plant(layout)
    if not layout.careful:
        _runner(layout)
        dressing.art_elsewhere(layout)
    return True


def _on_table(layout: Layout) -> None:
    """Fruit in the middle; on a longer table fruit beside herbs or a folded towel."""
    width = layout.main.size[0]
    side = layout.rng.choice((-1, 1))
    if width < 1.05:
        dressing.on_top(layout, "fruit_bowl", layout.main, along=layout.rng.uniform(-0.06, 0.06))
        return
    dressing.on_top(layout, "fruit_bowl", layout.main, along=side * 0.16)
    dressing.on_top(layout, layout.rng.choice(("herb_pots", "tea_towel")), layout.main, along=-side * 0.22)


def _runner(layout: Layout) -> bool:
    """A runner along the wall where it shows best, clear of the table and its chairs."""
    box, stock = layout.site.box, layout.stock
    offers: list[Piece] = []
    for wall in WALLS:
        for low, high in layout.site.free_spans(wall, 0.01, 1.4):
            size = stock.size("runner", width=min(high - low - 0.4, 2.4))
            frame = wall_frame(box, wall, (low + high) / 2, OFF_WALL)
            offers.append(stock.piece("runner", frame, size=size, role="rug"))
    layout.rng.shuffle(offers)
    standing = [footprint(p).grown(0.05) for p in layout.pieces if p.z < 0.1]
    free = [p for p in offers if not any(penetration(replace(footprint(p), z1=1.0), s) > 0 for s in standing)]
    if layout.add_first(free, Demand(in_frame=0.85)):
        layout.note("runner along a wall")
        return True
    return False

"""A reading nook: an armchair or two, a small table, a lamp, a rug. For rooms that show no place for a sofa."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from staging.engine.scene.frames import WALLS, Frame, wall_frame, wall_range
from staging.engine.scene.layout import Demand, Layout
from staging.engine.scene.rules import dressing
from staging.engine.scene.site import Site
from staging.engine.scene.stands import Stand, in_the_open
from staging.engine.scene.stock import Stock
from staging.engine.scene.visibility import view

KIND: Final = "armchair"
INSET: Final = 0.65  # metres from the walls to the middle of a chair that is turned to the room
PITCH: Final = 0.4  # metres between the places that are tried
TURNS: Final = (0.0, -30.0, 30.0)  # degrees off looking straight away from the wall
BEHIND: Final = 1.0  # score of a chair without a sofa: it is what is left where nothing else fits
PLANTS: Final = (1.2, 1.0)  # metres: heights of plants beside a chair
LAMPS: Final = ((0.72, -0.35), (0.72, 0.0), (0.6, -0.15))  # metres to the side and to the front of a chair
AWAY: Final = (-50.0, -25.0, 0.0, 25.0, 50.0)  # degrees off looking along the room, of chairs in the open
# A second chair: metres to the side and to the front of the first, and how far it is turned to it, degrees.
SECOND: Final = ((1.55, 0.35, 50.0), (1.3, 0.1, 35.0), (1.2, -0.25, 20.0))


def stands(site: Site, stock: Stock) -> Iterator[Stand]:
    """Armchairs along every wall, straight and turned to either side."""
    for wall in WALLS:
        low, high = wall_range(site.box, wall)
        count = int((high - low - 2 * INSET) / PITCH) + 1
        for i, turn in itertools.product(range(max(count, 0)), TURNS):
            frame = wall_frame(site.box, wall, low + INSET + i * PITCH, INSET)
            piece = stock.piece(KIND, frame, turn=turn, role="main")
            seen = view(site.room, piece)
            yield Stand(piece, Frame(piece.x, piece.y, piece.turn).moved(0.0, -piece.size[1] / 2), None, seen, -BEHIND)


def open_stands(site: Site, stock: Stock) -> Iterator[Stand]:
    """Armchairs in the open room, a walkway off the walls."""
    for stand in in_the_open(site, stock, KIND, [stock.usual(KIND)], turns=AWAY):
        yield replace(stand, score=-BEHIND)


def furnish(layout: Layout) -> bool:
    """A second chair turned to the first, a table between them, a lamp, a rug, green, and art where a wall is bare.

    False where the chair would have no more than its rug, or no more than a table.
    """
    chair = Frame(layout.main.x, layout.main.y, layout.main.turn)
    _rug(layout, chair)
    sides = [-1, 1]
    layout.rng.shuffle(sides)
    for side, (along, out, turn) in itertools.product(sides, SECOND):
        other = layout.stock.piece(KIND, chair.moved(side * along, out), turn=-side * turn)
        if layout.add(other, Demand(in_frame=0.9, hides=0.15, gap=0.1, from_behind=False)):
            layout.note("a second armchair turned to the first")
            sides = [side, -side]
            break
    _table(layout, chair, sides)
    spots = itertools.product(LAMPS, reversed(sides))
    dressing.floor_lamp(layout, [chair.moved(s * along, out) for (along, out), s in spots])
    if not dressing.plant(layout):
        _plant_beside(layout, chair, sides)
    dressing.art_elsewhere(layout)
    return len([p for p in layout.pieces if p.kind in {KIND, "rug", "side_table", "floor_lamp", "plant"}]) > 2


def _rug(layout: Layout, chair: Frame) -> None:
    for wide, deep in ((2.3, 1.6), (1.9, 1.4), (1.6, 1.2), (1.4, 1.1)):
        size = layout.stock.size("rug", width=wide, depth=deep)
        spots = itertools.product((0.6, 0.3), (0.0, 0.5, -0.5))
        offers = [layout.stock.piece("rug", chair.moved(along, out), size=size, role="rug") for out, along in spots]
        if layout.add_first(offers, Demand(in_frame=dressing.RUG_IN_FRAME)):
            return


def _table(layout: Layout, chair: Frame, sides: list[int]) -> None:
    size = layout.stock.usual("side_table")
    offers = [layout.stock.piece("side_table", chair.moved(s * (0.5 + size[0] / 2), 0.25)) for s in sides]
    if layout.add_first(offers, Demand(in_frame=0.95, gap=0.03)):
        dressing.on_top(layout, layout.rng.choice(("books", "plant_small", "vase")), layout.pieces[-1], height=0.3)


def _plant_beside(layout: Layout, chair: Frame, sides: list[int]) -> None:
    for height in PLANTS:
        size = layout.stock.size("plant", width=0.5, depth=0.5, height=height)
        reach = (layout.main.size[0] + size[0]) / 2
        steps = itertools.product((0.1, 0.2), (-0.3, 0.05, -0.15), reversed(sides))
        spots = [chair.moved(s * (reach + off), out) for off, out, s in steps]
        # Turned with the room, for a square about a pot fits into a corner only so.
        offers = [layout.stock.piece("plant", Frame(spot.x, spot.y, 0.0), size=size) for spot in spots]
        if layout.add_first(offers, Demand(in_frame=0.95, hides=0.1, gap=0.03)):
            return

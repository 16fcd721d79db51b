"""A bedroom: the bed with its head to a wall, nightstands with lamps, a rug, art over it, something at its foot."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from staging.engine.scene.footprints import Footprint
from staging.engine.scene.frames import WALLS, Frame, wall_frame
from staging.engine.scene.layout import Demand, Layout
from staging.engine.scene.rules import dressing
from staging.engine.scene.site import Site
from staging.engine.scene.stands import STEP, Manner, Stand, Taste, along_walls
from staging.engine.scene.stock import Stock
from staging.engine.scene.visibility import view

TASTE = Taste(
    distance=(2.6, 5.0),
    width=(0.2, 0.5),
    at_wall=0.0,
    window_behind=0.9,
    behind=-0.2,
    before=0.5,
    reach=-0.6,
    front=0.4,
)
NARROW: Final = 0.95  # metres: a bed for one
LENGTHWISE: Final = 3.7  # score of a bed that has a long side at the wall
BESIDE: Final = 0.06  # metres between bed and nightstand


def stands(site: Site, stock: Stock, manner: Manner) -> Iterator[Stand]:
    """Beds with the head to each wall, from broad to narrow."""
    widths = (1.45,) if manner.careful else (1.4, 1.2, 0.95) if manner.tight else (1.8, 1.6, 1.4)
    # Before a window only the lowest headboard will do.
    sizes = [stock.size("bed", width=w, height=0.0 if manner.tight else None) for w in widths]
    gap = 0.12 if manner.careful else 0.05
    for stand in along_walls(site, stock, "bed", sizes, gap=gap, over_sills=manner.tight):
        yield replace(stand, score=_sides(site, stand))
    if manner.tight:
        yield from _lengthwise(site, stock)


def _lengthwise(site: Site, stock: Stock) -> Iterator[Stand]:
    """Narrow beds with a long side to a wall, as a small room has them: the head at either end."""
    width, depth, height = stock.size("bed", width=NARROW, height=0.0)
    for wall in WALLS:
        for low, high in site.free_spans(wall, 0.01, depth + 0.1):
            slack = high - low - depth - 0.1
            for i, side in itertools.product(range(int(slack / STEP) + 1), (-1, 1)):
                u = low + 0.05 + depth / 2 + i * STEP
                against = wall_frame(site.box, wall, u, 0.04 + width / 2)
                piece = stock.piece("bed", against, size=(width, depth, height), turn=90.0 * side, role="main")
                head = Frame(piece.x, piece.y, piece.turn).moved(0.0, -depth / 2)
                yield Stand(piece, head, None, view(site.room, piece), LENGTHWISE)


def _sides(site: Site, stand: Stand) -> float:
    """Room for a nightstand on both sides, and the broader bed; a bed with one side at the wall is a child's."""
    width = stand.piece.size[0]
    free = 0
    for side in (-1, 1):
        place = stand.frame.moved(side * (width / 2 + 0.3), 0.3)
        beside = Footprint(place.x, place.y, 0.55, 0.5, stand.piece.turn, 0.0, 0.55)
        free += site.inside(beside) and not site.blocked(beside)
    return 0.6 * free + 0.4 * (width - 1.4)


def furnish(layout: Layout, stand: Stand) -> None:
    """Everything about the bed of `stand`."""
    depth = stand.piece.size[1]
    foot = stand.frame.moved(0.0, depth)
    _nightstands(layout, stand)
    _rug(layout, stand)
    if stand.wall:
        dressing.art_over(layout, stand.piece, stand.wall, mirror=layout.rng.random() < 0.15)
    if not layout.careful:
        _at_the_foot(layout, foot)
        if layout.rng.random() < 0.85:
            kinds = layout.rng.sample(["dresser", "sideboard", "console_table"], 2)
            dressing.hang_over_storage(layout, dressing.storage(layout, kinds))
        _reading_corner(layout)
        dressing.plant(layout)
        dressing.art_elsewhere(layout)


def _nightstands(layout: Layout, stand: Stand) -> None:
    usual = layout.stock.usual("nightstand")
    for side in (-1, 1):
        for share in (1.0, 0.8):
            size = layout.stock.scaled("nightstand", share)
            along = stand.piece.size[0] / 2 + BESIDE + size[0] / 2
            place = stand.frame.moved(side * along, size[1] / 2)
            if layout.add(
                layout.stock.piece("nightstand", place, size=size), Demand(in_frame=0.9, gap=0.02, hidden=0.95)
            ):
                dressing.on_top(layout, "table_lamp", layout.pieces[-1])
                break
    if layout.of("nightstand"):
        layout.note(f"{len(layout.of('nightstand'))} nightstand(s), {usual[0]:.2f} m wide")


def _rug(layout: Layout, stand: Stand) -> None:
    width, depth, _ = stand.piece.size
    for wide, deep in ((1.1, 1.9), (0.8, 1.6), (0.5, 1.4), (0.3, 1.2)):
        size = layout.stock.size("rug", width=width + wide, depth=deep)
        rug = layout.stock.piece("rug", stand.frame.moved(0.0, depth + 0.45 - size[1] / 2), size=size, role="rug")
        if layout.add(rug, Demand(in_frame=dressing.RUG_IN_FRAME)):
            layout.note("rug under the lower part of the bed")
            return


def _at_the_foot(layout: Layout, foot: Frame) -> None:
    width = layout.main.size[0]
    if layout.rng.random() < 0.7:
        size = layout.stock.size("bench", width=0.75 * width)
        place = foot.moved(0.0, 0.06 + size[1] / 2)
        layout.add(layout.stock.piece("bench", place, size=size), Demand(in_frame=0.95, hides=0.2, gap=0.02))


def _reading_corner(layout: Layout) -> None:
    """An armchair in a corner, looking into the room, with a lamp beside it where it fits."""
    size = layout.stock.scaled("armchair", 0.95)
    inset = max(size[0], size[1]) / 2 + 0.2
    demand = Demand(in_frame=0.95, hides=0.1, gap=0.25, from_behind=False)
    for where, frame in [*dressing.corner_frames(layout, inset), *dressing.wall_frames(layout, inset)]:
        chair = layout.stock.piece("armchair", frame, size=size, turn=layout.rng.uniform(-12, 12))
        if layout.add(chair, demand):
            layout.note(f"armchair: {where}")
            side = layout.rng.choice((-1, 1))
            dressing.floor_lamp(layout, [frame.moved(s * (size[0] / 2 + 0.25), -0.15) for s in (side, -side)])
            return

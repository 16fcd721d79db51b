"""An empty kitchen: a breakfast table with its chairs, fruit, a runner along a wall, green and art."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from staging.engine.scene.arrangement import Piece
from staging.engine.scene.footprints import footprint, penetration
from staging.engine.scene.frames import WALLS, Frame, wall_distance, wall_frame
from staging.engine.scene.layout import Demand, Layout
from staging.engine.scene.rules import dining, dressing
from staging.engine.scene.site import Site
from staging.engine.scene.stands import Manner, Stand, Taste, in_the_open
from staging.engine.scene.stock import Stock

TASTE: Final = Taste(
    distance=(2.2, 4.6), width=(0.14, 0.4), in_open=0.3, behind=-2.0, before=0.6, reach=-0.3, front=0.0
)
AROUND: Final = 0.8  # metres about a table: a chair that is pushed back, and a step
OFF_WALL: Final = 0.75  # metres from a wall to a runner's middle: where one stands at a counter


def stands(site: Site, stock: Stock, manner: Manner) -> Iterator[Stand]:
    """Small tables along and across the room, nearer to its far end than to the camera."""
    lengths = (1.0,) if manner.careful else (0.9,) if manner.tight else (1.25, 1.1, 0.95)
    sizes = [stock.size("dining_table", width=w, depth=min(w, 0.85)) for w in lengths]
    around = 0.7 if manner.tight else AROUND
    for stand in in_the_open(site, stock, "dining_table", sizes, turns=(0.0, 90.0), walkway=around):
        far = min(wall_distance(site.box, wall, stand.piece.x, stand.piece.y) for wall in WALLS)
        yield replace(stand, score=-0.25 * max(far - 1.3, 0.0))


def furnish(layout: Layout, stand: Stand) -> None:
    """Everything about the table of `stand`."""
    dining.chairs(layout, Frame(stand.piece.x, stand.piece.y, stand.piece.turn))
    dressing.on_top(layout, "fruit_bowl", layout.main, along=layout.rng.uniform(-0.06, 0.06))
    dressing.plant(layout)
    if not layout.careful:
        _runner(layout)
        dressing.art_elsewhere(layout)


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

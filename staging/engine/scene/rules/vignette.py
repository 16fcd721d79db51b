"""What a stager puts where a photo shows little floor: a console or bench with art, a chair to read in, a runner.

Corridors, halls and pictures of one wall have no place for a sofa or a bed, but are not left bare either.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from staging.engine.scene.footprints import footprint
from staging.engine.scene.frames import Frame
from staging.engine.scene.layout import Demand, Layout
from staging.engine.scene.rules import dressing, nook
from staging.engine.scene.site import Site
from staging.engine.scene.stands import Manner, Stand, Taste, along_walls
from staging.engine.scene.stock import Stock
from staging.engine.scene.visibility import view

TASTE: Final = Taste(
    distance=(1.5, 3.6), width=(0.2, 0.55), at_wall=0.3, window_behind=0.0, behind=-2.0, before=0.7, reach=0.2
)
# Widths in metres, the broadest first; all as shallow as they are built.
AGAINST: Final = {"console_table": (1.3, 1.05, 0.8), "bench": (1.2, 0.95)}
# Width and depth of runners, metres.
RUNNERS: Final = ((2.4, 0.75), (1.9, 0.7), (1.5, 0.66), (1.2, 0.6))
CORRIDOR: Final = 2.0  # metres: what is broader is no corridor, and a runner looks lost in it
BESIDE: Final = 0.25  # metres of floor at least on both sides of a runner
NEAREST_RUNNER: Final = 1.25  # metres from the camera
CHAIR: Final = 1.0  # score of a chair to read in: it fills a corner better than what stands at a wall
PLANT: Final = (1.5, 1.2, 1.0)  # metres: heights of plants that are tried, the lowest nearer to the camera


def stands(site: Site, stock: Stock, manner: Manner) -> Iterator[Stand]:
    """Consoles and benches along the walls, armchairs where they show their seat, runners in corridors."""
    for kind, widths in AGAINST.items():
        sizes = [stock.size(kind, width=width, depth=0.0) for width in widths]
        for stand in along_walls(site, stock, kind, sizes, gap=0.12 if manner.careful else 0.03):
            yield replace(stand, score=0.4 * stand.piece.size[0] + 0.3 * (kind == "console_table"))
    for stand in itertools.chain(nook.stands(site, stock), nook.open_stands(site, stock)):
        if stand.view.facing > 0.0:
            yield replace(stand, score=CHAIR)
    yield from _runners(site, stock)


def _runners(site: Site, stock: Stock) -> Iterator[Stand]:
    """Runners along the middle of a corridor, as far as the camera sees it."""
    box = site.box
    if min(box.width, box.depth) > CORRIDOR:
        return
    lengthwise = box.width <= box.depth
    for width, depth in RUNNERS:
        size = stock.size("runner", width=width, depth=min(depth, min(box.width, box.depth) - 2 * BESIDE))
        for step in range(9):
            far = 0.15 + size[0] / 2 + 0.2 * step
            x, y = ((box.x0 + box.x1) / 2, box.y1 - far) if lengthwise else (box.x0 + far, (box.y0 + box.y1) / 2)
            piece = stock.piece("runner", Frame(x, y, 90.0 if lengthwise else 0.0), size=size, role="main")
            seen = view(site.room, piece)
            if seen.nearest >= NEAREST_RUNNER and site.on_visible_floor(footprint(piece)) > 0.9:
                yield Stand(piece, Frame(x, y, piece.turn), None, seen, 0.5 * size[0])


def furnish(layout: Layout, stand: Stand) -> bool:
    """Everything about the main piece of `stand`; False where it would stand there forlorn."""
    kind = stand.piece.kind
    if kind == nook.KIND:
        return nook.furnish(layout)
    if kind == "runner":
        _plant(layout, stand)
        dressing.art_elsewhere(layout)
        return True
    assert stand.wall is not None
    if kind == "console_table":
        hung = dressing.hang_and_dress(layout, layout.main, stand.wall)
    else:
        mirror = layout.rng.random() < 0.4
        hung = any(dressing.art_over(layout, layout.main, stand.wall, mirror=m) for m in (mirror, not mirror))
    green = _plant(layout, stand)
    _runner_beside(layout)
    return hung or green or len(layout.pieces) > 2


def _runner_beside(layout: Layout) -> None:
    """In a corridor, a runner along the middle of what is left of it beside the main piece."""
    box, main = layout.site.box, layout.main
    if box.width > CORRIDOR or box.width > box.depth or abs(main.turn) != 90.0:
        return
    inner = main.x + main.size[1] / 2 if main.turn > 0 else main.x - main.size[1] / 2
    middle = (inner + (box.x1 if main.turn > 0 else box.x0)) / 2
    for width, depth in RUNNERS:
        size = layout.stock.size("runner", width=width, depth=depth - 0.1)
        ys = [main.y + 0.2 * step for step in (0, 1, -1, 2, -2, 3, -3)]
        offers = [layout.stock.piece("runner", Frame(middle, y, 90.0), size=size, role="rug") for y in ys]
        if layout.add_first(offers, Demand(in_frame=0.9)):
            layout.note("runner along the corridor")
            return


def _plant(layout: Layout, stand: Stand) -> bool:
    """A plant at one end of the piece, else where rooms have one; lower ones where it would be near the camera."""
    if layout.main.kind != "runner":
        for height in PLANT:
            size = layout.stock.size("plant", width=0.5, depth=0.5, height=height)
            reach = layout.main.size[0] / 2 + size[0] / 2 + 0.06
            places = [stand.frame.moved(side * reach, size[1] / 2 + 0.05) for side in (-1, 1)]
            layout.rng.shuffle(places)
            offers = [layout.stock.piece("plant", place, size=size) for place in places]
            if layout.add_first(offers, Demand(in_frame=0.95, hides=0.1, gap=0.03)):
                layout.note(f"plant {height:.1f} m high beside it")
                return True
    return dressing.plant(layout)

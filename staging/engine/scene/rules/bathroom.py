"""A bathroom: a ladder of towels at a bare wall, a stool with towels or a tray, a mat, a basket, green and art; where
fixtures leave no wall free, a mat on the free floor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from staging.engine.scene.arrangement import Piece
from staging.engine.scene.footprints import footprint, penetration
from staging.engine.scene.frames import WALLS, Frame, wall_frame, wall_range
from staging.engine.scene.layout import Demand, Layout
from staging.engine.scene.rules import dressing, worktops
from staging.engine.scene.rules.kitchen import lying
from staging.engine.scene.site import Site
from staging.engine.scene.stands import Manner, Stand, Taste, along_walls
from staging.engine.scene.stock import Stock

TASTE: Final = Taste(
    distance=(1.9, 4.2),
    width=(0.07, 0.3),
    at_wall=0.5,
    window_behind=1.0,
    behind=-0.2,
    before=0.9,
    reach=0.5,
    front=0.3,
)
LEANS: Final = 0.01  # metres between the ladder's head and its wall
LADDER: Final = 3.0  # how much more a ladder with all about it is worth than a mat alone
MATS: Final = ((0.95, 0.6), (0.8, 0.52), (0.62, 0.44))  # width and depth, metres
RAIL: Final = 0.5  # share of bathrooms with a rail of towels as well
RAIL_FOOT: Final = 0.72  # metres from the floor to the lower hem of the towels on a rail
BESIDE: Final = 0.16  # metres between the ladder and what stands beside it


def stands(site: Site, stock: Stock, manner: Manner) -> Iterator[Stand]:
    """Towel ladders all along the walls."""
    heights = (1.5,) if manner.careful else (1.4,) if manner.tight else (1.75, 1.6)
    sizes = [stock.size("towel_ladder", height=min(h, site.box.height - 0.4)) for h in heights]
    yield from along_walls(site, stock, "towel_ladder", sizes, gap=LEANS + 0.012)
    if site.fittings is not None:
        for stand in lying(site, stock, "bath_mat", MATS):
            yield replace(stand, score=stand.score - LADDER)


def furnish(layout: Layout, stand: Stand) -> bool:
    """Everything about the ladder or mat of `stand`; a ladder wants its mat."""
    if stand.piece.kind == "bath_mat":
        worktops.dress(layout, worktops.BATHROOM, 2)
        _stool_anywhere(layout)
        dressing.plant(layout)
        _basket(layout)
        return True
    _stool(layout, stand)
    _mat(layout, stand)
    if not layout.of("bath_mat"):
        return False
    _about(layout)
    return True


def _about(layout: Layout) -> None:
    """What stands and hangs elsewhere in the room."""
    worktops.dress(layout, worktops.BATHROOM, 2)
    dressing.plant(layout)
    _basket(layout)
    if layout.careful:
        return
    if layout.rng.random() < RAIL:
        _rail(layout)
    dressing.art_elsewhere(layout)


def _rail(layout: Layout) -> bool:
    """A rail with towels on a bare stretch of another wall than the ladder's."""
    size = layout.stock.usual("towel_rail")
    for wall in (w for w in WALLS if w != layout.wall):
        low, high = wall_range(layout.site.box, wall)
        for u in np.arange(low + 0.6, high - 0.6, 0.4):
            extent = (float(u) - size[0] / 2, float(u) + size[0] / 2)
            if not layout.site.bare(wall, extent, (RAIL_FOOT, RAIL_FOOT + size[2])):
                continue
            frame = wall_frame(layout.site.box, wall, float(u), size[1] / 2 + 0.003)
            piece = layout.stock.piece("towel_rail", frame, z=RAIL_FOOT, role="wall")
            if layout.add(piece, Demand(in_frame=0.97, hidden=0.2)):
                layout.note(f"towel rail on the {wall} wall")
                return True
    return False


def _stool(layout: Layout, stand: Stand) -> None:
    """A stool beside the ladder, with folded towels or a tray on it."""
    w, d, _ = layout.stock.usual("bath_stool")
    reach = layout.main.size[0] / 2 + w / 2 + BESIDE
    sides = layout.rng.sample((-1, 1), 2)
    offers = [
        layout.stock.piece("bath_stool", stand.frame.moved(side * reach, d / 2 + out))
        for out in (0.12, 0.3)
        for side in sides
    ]
    stool = layout.add_first(offers, Demand(in_frame=0.95, hides=0.1))
    if stool is not None:
        _on_stool(layout, stool)


def _stool_anywhere(layout: Layout) -> None:
    """A stool in a corner or at a wall."""
    w, d, _ = layout.stock.usual("bath_stool")
    places = [*dressing.corner_frames(layout, max(w, d) / 2 + 0.1), *dressing.wall_frames(layout, d / 2 + 0.08)]
    offers = [layout.stock.piece("bath_stool", frame) for _, frame in places]
    stool = layout.add_first(offers, Demand(in_frame=0.95))
    if stool is not None:
        _on_stool(layout, stool)


def _on_stool(layout: Layout, stool: Piece) -> None:
    """Folded towels, a tray or candles on a stool."""
    thing = layout.rng.choice(("towel_stack", "bath_tray", "candles"))
    if dressing.on_top(layout, thing, stool):
        layout.note(f"{thing} on the stool")


def _mat(layout: Layout, stand: Stand) -> None:
    """A mat on the free floor before the ladder, or beside that."""
    depth = layout.main.size[1]
    size = layout.stock.usual("bath_mat")
    places = [(along, depth + 0.25 + size[1] / 2 + out) for out in (0.0, 0.3, 0.6) for along in (0.0, 0.5, -0.5)]
    offers = [layout.stock.piece("bath_mat", stand.frame.moved(a, o), role="rug") for a, o in places]
    if layout.add_first(_clear(layout, offers), Demand(in_frame=0.85)):
        layout.note("mat before the towels")


def _clear(layout: Layout, offers: list[Piece]) -> list[Piece]:
    """Those of the flat pieces that lie under nothing."""
    standing = [footprint(p) for p in layout.pieces if p.z < 0.1]
    return [p for p in offers if not any(penetration(replace(footprint(p), z1=1.0), s) > 0 for s in standing)]


def _basket(layout: Layout) -> None:
    """A laundry basket in a corner, beside an opening or at a wall."""
    size = layout.stock.usual("laundry_basket")
    inset = max(size[:2]) / 2 + 0.08
    demand = Demand(in_frame=0.95, hides=0.05, gap=0.08)
    places = [*dressing.corner_frames(layout, inset), *dressing.wall_frames(layout, inset)]
    for where, frame in places:
        straight = Frame(frame.x, frame.y, round(frame.turn / 90.0) * 90.0)
        if layout.add(layout.stock.piece("laundry_basket", straight, size=size), demand):
            layout.note(f"laundry basket: {where}")
            return

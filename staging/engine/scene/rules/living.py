"""A living room: a sofa, a rug under its front legs, a coffee table, chairs about it, light, green and art."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from staging.engine.scene.arrangement import Piece
from staging.engine.scene.footprints import footprint
from staging.engine.scene.frames import Frame
from staging.engine.scene.layout import Demand, Layout
from staging.engine.scene.rules import dressing, nook
from staging.engine.scene.site import Site
from staging.engine.scene.stands import Manner, Stand, Taste, along_walls, in_the_open
from staging.engine.scene.stock import Stock
from staging.engine.scene.visibility import view

TASTE = Taste(distance=(2.2, 4.2), width=(0.21, 0.45), at_wall=0.5, window_behind=0.15, before=1.5, reach=0.6)
SEAT_WORTH: Final = 0.3  # score for each metre of sofa
SEAT_WORTH_LARGE: Final = 0.03  # and for each square metre of floor
NEAR_END: Final = 0.5  # metres by which one end of the sofa is nearer to the camera than the other, seen from the side
LOOMS: Final = 0.95  # of the sofa's size in the picture: a nearer chair may not look as large
NEAR_HIDES: Final = 0.06  # share of the sofa that a table at its near end may hide
POUF_NEAREST: Final = 1.9  # metres from the camera: nearer, a wide lens makes a barrel of it
POUF_OFF_WALL: Final = 0.35  # metres: closer, it looks pushed out of the way, against a curtain or into a corner
TABLE_GAP: Final = 0.38  # metres between sofa and coffee table: knees and a step


def stands(site: Site, stock: Stock, manner: Manner) -> Iterator[Stand]:
    """Sofas against each wall and in the open room; two-seaters where a sofa is too long."""
    # Where both fit, the longer seat looks more like a living room, the more so the larger the room is.
    worth = SEAT_WORTH + SEAT_WORTH_LARGE * min(site.visible_area, 25.0)
    for stand in _places(site, stock, manner):
        yield replace(stand, score=stand.score + worth * (stand.piece.size[0] - 1.5))


def _places(site: Site, stock: Stock, manner: Manner) -> Iterator[Stand]:
    turns = (0.0, 90.0, -90.0)
    if manner.tight:
        small = [stock.scaled("loveseat", share) for share in (0.6, 0.8)]
        yield from along_walls(site, stock, "loveseat", small, gap=0.06)
        yield from in_the_open(site, stock, "loveseat", small[:1], turns=turns)
        yield from nook.stands(site, stock)
        return
    sofas = [stock.scaled("sofa", share) for share in ((0.85,) if manner.careful else (1.12, 1.0, 0.88))]
    small = [stock.scaled("loveseat", share) for share in ((0.9,) if manner.careful else (1.0, 0.88))]
    gap = 0.25 if manner.careful else 0.1
    yield from along_walls(site, stock, "sofa", sofas, gap=gap)
    yield from along_walls(site, stock, "loveseat", small, gap=gap)
    yield from in_the_open(site, stock, "sofa", sofas[-2:], turns=turns)
    yield from in_the_open(site, stock, "loveseat", small[-1:], turns=turns)


def furnish(layout: Layout, stand: Stand) -> bool:
    """Everything about the sofa, or the armchair, of `stand`; False where a sofa would stand alone."""
    if stand.piece.kind == nook.KIND:
        return nook.furnish(layout)
    depth = stand.piece.size[1]
    group = stand.frame.moved(0.0, depth)  # the sofa's front edge
    _rug(layout, group)
    table = _coffee_table(layout, group)
    _chairs(layout, group)
    _ends(layout, stand)
    if stand.wall:
        dressing.art_over(layout, stand.piece, stand.wall)
    if table:
        layout.note("coffee table in reach of the sofa")
    if all(p.z > 0.1 for p in layout.pieces[1:]):
        return False
    if layout.careful:
        dressing.plant(layout, at_sofa=True)
        return True
    if layout.rng.random() < 0.8:
        kinds = layout.rng.sample(["sideboard", "tv_unit", "bookshelf", "console_table"], 3)
        dressing.hang_over_storage(layout, dressing.storage(layout, kinds))
    dressing.plant(layout)
    dressing.art_elsewhere(layout)
    if not layout.of("floor_lamp", "table_lamp"):
        places = [*dressing.corner_frames(layout, 0.35), *dressing.beside_main(layout, 0.3)]
        dressing.floor_lamp(layout, [frame for _, frame in places])
    return True


def _rug(layout: Layout, group: Frame) -> None:
    """The largest rug that the picture shows whole, or nearly so; no rug looks better than one cut in half."""
    width = layout.main.size[0]
    offers = []
    for wide, deep in ((0.6, 2.1), (0.5, 1.8), (0.2, 1.6), (0.0, 1.4), (-0.2, 1.2)):
        size = layout.stock.size("rug", width=width + wide, depth=deep)
        offers.append(layout.stock.piece("rug", group.moved(0.0, size[1] / 2 - 0.25), size=size, role="rug"))
    # A smaller one may be whole, but where it is narrower than the sofa it looks like a mat.
    broad = [rug for rug in offers if rug.size[0] > width]
    for rugs, share in ((broad, dressing.RUG_WHOLE), (offers, dressing.RUG_IN_FRAME)):
        if layout.add_first(rugs, Demand(in_frame=share)):
            layout.note("rug under the front legs of the sofa")
            return


def _coffee_table(layout: Layout, group: Frame) -> bool:
    """The largest table that the picture shows whole; failing that, one that touches its lower edge."""
    width = layout.main.size[0]
    usual = layout.stock.usual("coffee_table")
    for demand in (Demand(in_frame=0.98, hides=0.3), Demand(in_frame=0.93, hides=0.3, lowest=1.0)):
        for share, gap in ((0.56, TABLE_GAP), (0.46, TABLE_GAP), (0.42, 0.3)):
            # A table that is usually square stays so.
            size = layout.stock.size("coffee_table", width=width * share, depth=width * share * usual[1] / usual[0])
            place = group.moved(0.0, gap + size[1] / 2)
            table = layout.stock.piece("coffee_table", place, size=size, turn=layout.rng.uniform(-2, 2))
            if layout.add(table, demand):
                _on_the_table(layout, layout.pieces[-1])
                return True
    return False


def _on_the_table(layout: Layout, table: Piece) -> None:
    side = layout.rng.choice((-1, 1))
    width = table.size[0]
    dressing.on_top(layout, "books", table, along=side * 0.22 * width, turn=layout.rng.uniform(-15, 15))
    other = layout.rng.choice(("vase", "bowl", "plant_small"))
    dressing.on_top(layout, other, table, along=-side * 0.2 * width, height=0.3)


def _chairs(layout: Layout, group: Frame) -> None:
    """One or two armchairs beside the table or across it, looking at the middle of the group; else a pouf."""
    rng = layout.rng
    half = layout.main.size[0] / 2
    sides = sorted((-1, 1), key=lambda side: _facing(layout, group, side) + rng.uniform(-0.4, 0.4), reverse=True)
    wanted = 1 if layout.careful else rng.choice((1, 2, 2))
    demand = Demand(in_frame=0.92, hides=0.18, gap=0.08, from_behind=False)
    for side in sides:
        if wanted and layout.add_first(_chair_offers(layout, group, side), demand):
            wanted -= 1
    count = len(layout.of("armchair"))
    if count:
        layout.note(f"{count} armchair(s) turned to the sofa")
        return
    poufs = [layout.stock.piece("pouf", group.moved(side * (half - 0.2), 1.3)) for side in sides]
    free = [pouf for pouf in poufs if layout.site.inside(footprint(pouf), POUF_OFF_WALL)]
    layout.add_first(free, Demand(in_frame=0.97, hides=0.15, nearest=POUF_NEAREST))


def _facing(layout: Layout, group: Frame, side: int) -> float:
    """How much an armchair on that side of the group turns its face to the camera, -1..1."""
    chair = layout.stock.piece("armchair", group.moved(side, 1.2), turn=180.0 + side * 75)
    return view(layout.site.room, chair).facing


def _chair_offers(layout: Layout, group: Frame, side: int) -> list[Piece]:
    half = layout.main.size[0] / 2
    # (beside the sofa's middle, before its front, turned inwards from facing it), metres and degrees
    spots = [(half + 0.1, 1.15, 75), (half - 0.15, 1.75, 40), (half + 0.25, 0.75, 100), (half - 0.35, 1.95, 25)]
    if layout.rng.random() < 0.5:
        spots[0], spots[1] = spots[1], spots[0]
    offers = [
        layout.stock.piece(
            "armchair", group.moved(side * along, out), turn=180.0 + side * turn + layout.rng.uniform(-3, 3)
        )
        for along, out, turn in spots
    ]
    return [chair for chair in offers if not _looms(layout, chair)]


def _looms(layout: Layout, chair: Piece) -> bool:
    """Whether a chair before the sofa would look as large as that."""
    sofa, seen = layout.views[layout.main.id], view(layout.site.room, chair)
    return seen.nearest < sofa.nearest and seen.area > LOOMS * sofa.area


def _ends(layout: Layout, stand: Stand) -> None:
    """A side table with a lamp at one end of the sofa, a floor lamp at the other; nothing tall at a near end."""
    sides = [-1, 1]
    layout.rng.shuffle(sides)
    away = {side: math.hypot(*stand.frame.point(side * stand.piece.size[0] / 2, 0.4)) for side in sides}
    if abs(away[1] - away[-1]) > NEAR_END:  # seen from the side: what stands at the near end stands before the sofa
        far = max(sides, key=lambda side: away[side])
        lamp = layout.rng.random() < 0.5
        (_lamp_end if lamp else _table_end)(layout, stand, far)
        if lamp and layout.rng.random() < 0.6:
            _table_end(layout, stand, -far, lit=False, hides=NEAR_HIDES)
        return
    if not _table_end(layout, stand, sides[0]):
        sides.reverse()
        _table_end(layout, stand, sides[0])
    if layout.rng.random() < 0.75:
        _lamp_end(layout, stand, sides[1])


def _table_end(layout: Layout, stand: Stand, side: int, *, lit: bool = True, hides: float = 0.15) -> bool:
    width, depth, _ = stand.piece.size
    table = layout.stock.usual("side_table")
    place = stand.frame.moved(side * (width / 2 + 0.05 + table[0] / 2), depth * 0.55)
    if not layout.add(layout.stock.piece("side_table", place), Demand(in_frame=0.95, gap=0.02, hides=hides)):
        return False
    kept = layout.pieces[-1]
    if not (lit and dressing.on_top(layout, "table_lamp", kept)):
        dressing.on_top(layout, layout.rng.choice(("books", "plant_small")), kept)
    return True


def _lamp_end(layout: Layout, stand: Stand, side: int) -> bool:
    lamp = layout.stock.usual("floor_lamp")
    reach = stand.piece.size[0] / 2 + 0.08 + lamp[0] / 2
    return not layout.careful and dressing.floor_lamp(layout, [stand.frame.moved(side * reach, 0.3)])

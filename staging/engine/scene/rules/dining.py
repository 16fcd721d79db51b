"""A dining room: a table under the lamp or in the middle of the floor, chairs about it, a rug, a sideboard."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from staging.engine.scene.arrangement import Piece
from staging.engine.scene.frames import Frame
from staging.engine.scene.layout import Demand, Layout
from staging.engine.scene.rules import dressing
from staging.engine.scene.site import Site
from staging.engine.scene.stands import Manner, Stand, Taste, in_the_open
from staging.engine.scene.stock import Stock

TASTE = Taste(distance=(2.6, 5.0), width=(0.2, 0.5), in_open=0.3, behind=-2.0, before=0.6, reach=-0.4, front=0.0)
AROUND = 0.85  # metres about a table: a chair that is pushed back, and a step
LAMP_REACH = 0.25  # a table this close to under a lamp stands under it, metres
CHAIR_IN_FRAME: Final = 0.8  # least share of a chair in the picture
SHADE_HEIGHT = 1.55  # metres from the floor to the lower edge of a pendant, clear of the eyes of people who sit


def stands(site: Site, stock: Stock, manner: Manner) -> Iterator[Stand]:
    """Tables along and across the room, from long to short, in the open and right under each lamp."""
    lengths = (1.2,) if manner.careful else (1.1, 0.9) if manner.tight else (2.0, 1.7, 1.4, 1.2)
    sizes = [stock.size("dining_table", width=w, depth=0.0 if manner.tight else None) for w in lengths]
    around = 0.7 if manner.tight else AROUND
    lamps = [(lamp[0], lamp[1]) for lamp in site.room.lamps]
    turns = (0.0, 90.0)
    for stand in in_the_open(site, stock, "dining_table", sizes, turns=turns, walkway=around):
        yield replace(stand, score=_placed(site, stand))
    if lamps:
        for stand in in_the_open(site, stock, "dining_table", sizes, turns=turns, walkway=around, at=lamps):
            yield replace(stand, score=_placed(site, stand))


def _placed(site: Site, stand: Stand) -> float:
    """Under the lamp is where a table belongs; a longer one fills a large room better."""
    piece = stand.piece
    under = any(math.dist((piece.x, piece.y), lamp[:2]) < LAMP_REACH for lamp in site.room.lamps)
    return 2.5 * under + 0.5 * (piece.size[0] - 1.4)


def furnish(layout: Layout, stand: Stand) -> None:
    """Everything about the table of `stand`."""
    width, depth, _ = stand.piece.size
    middle = Frame(stand.piece.x, stand.piece.y, stand.piece.turn)
    for margin in (0.65, 0.5, 0.35):
        size = layout.stock.size("rug", width=width + 2 * margin, depth=depth + 2 * margin)
        if layout.add(layout.stock.piece("rug", middle, size=size, role="rug"), Demand(in_frame=0.7)):
            break
    chairs(layout, middle)
    dressing.on_top(
        layout, layout.rng.choice(("vase", "bowl")), layout.main, along=layout.rng.uniform(-0.1, 0.1), height=0.42
    )
    if layout.careful:
        return
    _pendants(layout, middle)
    dressing.hang_over_storage(layout, dressing.storage(layout, ["sideboard", "console_table", "bookshelf"]))
    dressing.plant(layout)
    dressing.art_elsewhere(layout)


def beside(stock: Stock, table: Piece) -> list[tuple[Frame, float]]:
    """Places of chairs along both long sides of a table and how each is turned, degrees: pairs one after the other."""
    width, depth, _ = table.size
    chair = stock.usual("dining_chair")
    count = max(1, min(4, int(width / 0.6)))
    pitch = width / count
    out = depth / 2 + chair[1] / 2 - 0.2
    middle = Frame(table.x, table.y, table.turn)
    places = [((i - (count - 1) / 2) * pitch, side) for i in range(count) for side in (-1, 1)]
    return [(middle.moved(along, side * out), 0.0 if side < 0 else 180.0) for along, side in places]


def chairs(layout: Layout, middle: Frame, *, paired: bool = False) -> None:
    """Chairs in pairs along both sides, and at both ends of a long table; if `paired`, never one without the other."""
    width = layout.main.size[0]
    chair = layout.stock.usual("dining_chair")
    demand = Demand(in_frame=CHAIR_IN_FRAME, hides=0.4, gap=0.02, lowest=1.0)
    offers = [
        layout.stock.piece("dining_chair", place, turn=turn + layout.rng.uniform(-3, 3))
        for place, turn in beside(layout.stock, layout.main)
    ]
    for pair in zip(offers[::2], offers[1::2], strict=True):
        if paired and any(layout.refusal(offer, demand) for offer in pair):
            continue
        for offer in pair:
            layout.add(offer, demand)
    if width >= 1.55 and not layout.careful:
        for side in (-1, 1):
            reach = width / 2 + chair[1] / 2 - 0.12
            turn = -90.0 * side + layout.rng.uniform(-3, 3)
            layout.add(layout.stock.piece("dining_chair", middle.moved(side * reach, 0.0), turn=turn), demand)
    layout.note(f"{len(layout.of('dining_chair'))} chairs about the table")


def _pendants(layout: Layout, middle: Frame) -> None:
    """One or two pendants over the table, unless the room has ceiling lamps of its own."""
    if layout.site.room.lamps:
        layout.note("no pendant: the room has its own lamp")
        return
    ceiling, width = layout.site.box.height, layout.main.size[0]
    size = layout.stock.size("pendant", height=ceiling - SHADE_HEIGHT)
    offsets = (-width / 4, width / 4) if width > 1.6 and size[0] < 0.45 else (0.0,)
    offers: list[Piece] = [
        layout.stock.piece("pendant", middle.moved(along, 0.0), size=size, z=ceiling - size[2], role="light")
        for along in offsets
    ]
    demand = Demand(in_frame=0.6, hides=0.8)
    if all(not layout.refusal(offer, demand) for offer in offers):
        for offer in offers:
            layout.keep(offer)

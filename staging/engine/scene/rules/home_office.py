"""A home office: a desk that looks into the room or stands at a wall, its chair, a shelf, light, green and art."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from staging.engine.scene.frames import Frame
from staging.engine.scene.layout import Demand, Layout
from staging.engine.scene.rules import dressing
from staging.engine.scene.site import Site
from staging.engine.scene.stands import Manner, Stand, Taste, along_walls, in_the_open
from staging.engine.scene.stock import Stock
from staging.engine.scene.visibility import view

TASTE = Taste(
    distance=(2.2, 4.2), width=(0.16, 0.42), at_wall=0.3, in_open=0.3, window_behind=0.0, behind=-2.0, before=0.3,
    reach=0.2, front=-0.1,
)  # fmt: skip
SEAT = 0.95  # metres between a desk that looks into the room and the wall behind its chair


def stands(site: Site, stock: Stock, manner: Manner) -> Iterator[Stand]:
    """Desks at each wall, and before each wall with the chair between."""
    shares = (0.9,) if manner.careful else (0.8, 0.6) if manner.tight else (1.1, 1.0, 0.88)
    sizes = [stock.scaled("desk", share) for share in shares]
    yield from along_walls(site, stock, "desk", sizes, gap=0.25 if manner.careful else 0.06)
    for stand in along_walls(site, stock, "desk", sizes, gap=SEAT):
        # The sitting side is a desk's front: turned about, it looks at the wall, and the person at the room.
        depth = stand.piece.size[1]
        about = replace(stand.piece, turn=(stand.piece.turn + 360.0) % 360.0 - 180.0)
        frame = replace(stand.frame.moved(0.0, depth), turn=about.turn)
        yield Stand(about, frame, None, view(site.room, about))
    yield from in_the_open(site, stock, "desk", sizes[-1:], turns=(90.0, -90.0, 180.0), walkway=0.9)


def furnish(layout: Layout, stand: Stand) -> None:
    """Everything about the desk of `stand`."""
    depth = stand.piece.size[1]
    front = stand.frame.moved(0.0, depth)
    _chair_and_rug(layout, front)
    _on_the_desk(layout)
    if stand.wall:
        dressing.art_over(layout, stand.piece, stand.wall)
    if layout.careful:
        return
    shelf = dressing.storage(layout, layout.rng.sample(["bookshelf", "bookshelf", "sideboard"], 2), _shelf_demand())
    dressing.hang_over_storage(layout, shelf)
    if stand.wall is None or layout.rng.random() < 0.7:
        _guest_chair(layout, front)
    if not dressing.plant(layout):
        _plant_beside(layout, front)
    dressing.art_elsewhere(layout)
    if not layout.of("floor_lamp", "desk_lamp"):
        dressing.floor_lamp(layout, [frame for _, frame in dressing.corner_frames(layout, 0.35)])


def _shelf_demand() -> Demand:
    return Demand(in_frame=0.95, hides=0.1, front=0.5, gap=0.1, nearest=2.0, from_behind=False)


def _chair_and_rug(layout: Layout, front: Frame) -> None:
    width = layout.main.size[0]
    chair = layout.stock.usual("office_chair")
    for wide, deep in ((0.9, 1.9), (0.6, 1.6), (0.3, 1.4)):
        size = layout.stock.size("rug", width=width + wide, depth=deep)
        if layout.add(layout.stock.piece("rug", front.moved(0.0, 0.25), size=size, role="rug"), Demand(in_frame=0.6)):
            break
    offers = [
        layout.stock.piece(
            "office_chair", front.moved(along, out + chair[1] / 2), turn=180.0 + layout.rng.uniform(-12, 12)
        )
        for out in (-0.12, 0.05)
        for along in (layout.rng.uniform(-0.08, 0.08), 0.0)
    ]
    if layout.add_first(offers, Demand(in_frame=0.85, hides=0.7, hidden=1.0, gap=0.0, lowest=1.0)):
        layout.note("chair at the desk")


def _on_the_desk(layout: Layout) -> None:
    width = layout.main.size[0]
    side = layout.rng.choice((-1, 1))
    dressing.on_top(layout, "laptop", layout.main, along=-0.05 * side, out=0.05)
    dressing.on_top(layout, "desk_lamp", layout.main, along=side * (width / 2 - 0.2), out=-0.1)
    small = layout.rng.choice(("books", "vase", "plant_small"))
    dressing.on_top(layout, small, layout.main, along=-side * (width / 2 - 0.18), out=-0.1, height=0.34)


def _plant_beside(layout: Layout, front: Frame) -> None:
    """A plant off one end of a desk that has no corner or wall near it."""
    size = layout.stock.size("plant", width=0.6, depth=0.6, height=1.4)
    reach = layout.main.size[0] / 2 + 0.6
    offers = [
        layout.stock.piece("plant", front.moved(s * reach, out), size=size) for out in (-0.3, 0.9) for s in (-1, 1)
    ]
    layout.rng.shuffle(offers)
    if layout.add_first(offers, Demand(in_frame=0.97, hides=0.1, gap=0.05)):
        layout.note("plant beside the desk")


def _guest_chair(layout: Layout, front: Frame) -> None:
    """A chair for a guest in a corner or along a wall; else on the desk's far side from who works at it."""
    size = layout.stock.scaled("armchair", 0.95)
    inset = max(size[0], size[1]) / 2 + 0.2
    demand = Demand(in_frame=0.95, hides=0.12, gap=0.25, from_behind=False)
    reach = layout.main.size[0] / 2 + 0.9
    island = [
        layout.stock.piece("armchair", front.moved(s * reach, out), size=size, turn=s * turn)
        for out, turn in ((-1.0, 50.0), (0.4, 110.0), (1.2, 140.0))
        for s in (-1, 1)
    ]
    if layout.wall is None and layout.add_first(island, demand):
        chair = layout.pieces[-1]
        layout.note("armchair beside the desk")
        frame = Frame(chair.x, chair.y, chair.turn)
        dressing.floor_lamp(layout, [frame.moved(s * (size[0] / 2 + 0.25), -0.2) for s in (-1, 1)])
        return
    for where, frame in [*dressing.corner_frames(layout, inset), *dressing.wall_frames(layout, inset)]:
        if layout.add(layout.stock.piece("armchair", frame, size=size, turn=layout.rng.uniform(-12, 12)), demand):
            layout.note(f"armchair: {where}")
            return

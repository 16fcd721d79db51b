"""A terrace or garden: a lounge group, a table to eat at, or a pair of loungers, on free ground; green about it."""

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

TASTE = Taste(
    distance=(2.8, 5.5), width=(0.16, 0.45), at_wall=0.0, in_open=0.0, window_behind=0.0, behind=-0.2, before=0.6,
    reach=0.6, front=0.5,
)  # fmt: skip
KNEES: Final = 0.36  # metres between a sofa and its table
LOUNGER_FLOOR: Final = 16.0  # square metres of ground from which on loungers are offered
STEP: Final = 0.5  # metres between neighbouring places for a planter


def stands(site: Site, stock: Stock, manner: Manner) -> Iterator[Stand]:
    """Sofas, tables and loungers anywhere on the free ground."""
    shares = (0.85,) if manner.careful or manner.tight else (1.05, 0.9)
    sofas = [stock.scaled("outdoor_sofa", share) for share in shares]
    for stand in in_the_open(site, stock, "outdoor_sofa", sofas, turns=(0.0, 90.0, -90.0), walkway=0.02):
        yield replace(stand, score=0.35)
    tables = [stock.scaled("outdoor_dining_table", 0.85 if manner.careful or manner.tight else 1.0)]
    yield from in_the_open(site, stock, "outdoor_dining_table", tables, turns=(0.0, 90.0), walkway=0.5)
    if site.visible_area > LOUNGER_FLOOR and not manner.tight:
        lounger = [stock.usual("sun_lounger")]
        yield from in_the_open(site, stock, "sun_lounger", lounger, turns=(0.0, 25.0, -25.0), walkway=0.1)


def furnish(layout: Layout, stand: Stand) -> None:
    """Everything about the main piece of `stand`."""
    kind = stand.piece.kind
    if kind == "outdoor_sofa":
        _lounge(layout, stand)
    elif kind == "outdoor_dining_table":
        _dining(layout, stand)
    else:
        _loungers(layout, stand)
    _planters(layout, 1 if layout.careful else layout.rng.choice((2, 2, 3)))
    _lanterns(layout)


# ------------------------------------------------------------------------------------------ three groups
def _lounge(layout: Layout, stand: Stand) -> None:
    """Rug, low table or fire bowl, one or two armchairs, a parasol behind an end of the sofa."""
    group = stand.frame.moved(0.0, stand.piece.size[1])
    _rug(layout, group, ((0.7, 2.1), (0.4, 1.8), (0.1, 1.5)))
    fire = not layout.careful and layout.rng.random() < 0.2
    kind = "fire_bowl" if fire else "outdoor_table"
    for share in (1.0, 0.85, 0.7):
        size = layout.stock.scaled(kind, share)
        place = group.moved(0.0, KNEES + (0.2 if fire else 0.0) + size[1] / 2)
        table = layout.stock.piece(kind, place, size=size, decor=not fire)
        if layout.add(table, Demand(in_frame=0.96, hides=0.3, lowest=1.0)):
            break
    _armchairs(layout, group)
    if not layout.careful and layout.rng.random() < 0.6:
        half = stand.piece.size[0] / 2
        places = [stand.frame.moved(side * (half + 0.35), -0.05) for side in layout.rng.sample((-1, 1), 2)]
        _parasol(layout, places)


def _armchairs(layout: Layout, group: Frame) -> None:
    """Beside the table, turned to it; the side that shows its face to the camera first."""
    half = layout.main.size[0] / 2
    wanted = 1 if layout.careful else layout.rng.choice((1, 2, 2))
    demand = Demand(in_frame=0.92, hides=0.18, gap=0.08, from_behind=False)
    for side in layout.rng.sample((-1, 1), 2):
        spots = [(half + 0.15, 0.95, 78), (half - 0.10, 1.60, 40), (half + 0.3, 0.6, 100), (half - 0.4, 1.9, 20)]
        offers = [
            layout.stock.piece("outdoor_armchair", group.moved(side * along, out), turn=180.0 + side * turn)
            for along, out, turn in spots
        ]
        if wanted and layout.add_first(offers, demand):
            wanted -= 1
    layout.note(f"{len(layout.of('outdoor_armchair'))} armchair(s) turned to the table")


def _dining(layout: Layout, stand: Stand) -> None:
    """Chairs along the long sides or all round, a parasol beside."""
    width, depth, _ = stand.piece.size
    main = layout.pieces[0]
    layout.pieces[0] = replace(main, options=main.options | {"decor": True})
    middle = Frame(main.x, main.y, main.turn)
    _rug(layout, middle.moved(0.0, -depth / 2 - 0.7), ((1.4, depth + 1.5), (1.0, depth + 1.2)), inset=0.0)
    chair = layout.stock.usual("outdoor_chair")
    demand = Demand(in_frame=0.85, hides=0.6, hidden=1.0, gap=0.0, lowest=1.0, nearest=1.4)
    for place in _seats(middle, width, depth, chair):
        layout.add(layout.stock.piece("outdoor_chair", place, turn=layout.rng.uniform(-5, 5)), demand)
    layout.note(f"{len(layout.of('outdoor_chair'))} chairs at the table")
    if not layout.careful and layout.rng.random() < 0.7:
        places = [middle.moved(s * (width / 2 + 0.55), -0.75) for s in layout.rng.sample((-1, 1), 2)]
        _parasol(layout, places)


def _seats(middle: Frame, width: float, depth: float, chair: tuple[float, float, float]) -> list[Frame]:
    """Where chairs stand, facing the table: round a round one, else on the long sides and at the ends."""
    out = chair[1] / 2 - 0.20
    if width / depth < 1.25:
        count = 4
        r = width / 2 + out
        angles = [360.0 / count * k + 45.0 for k in range(count)]
        return [_facing_middle(middle, r * math.sin(math.radians(a)), r * math.cos(math.radians(a))) for a in angles]
    per_side = 3 if width > 1.95 else 2
    places = []
    for k in range(per_side):
        along = (k - (per_side - 1) / 2) * width / per_side
        places += [
            Frame(*middle.point(along, s * (depth / 2 + out)), middle.turn + (180.0 if s > 0 else 0.0)) for s in (-1, 1)
        ]
    return places + [Frame(*middle.point(s * (width / 2 + out), 0.0), middle.turn - 90.0 * s) for s in (-1, 1)]


def _facing_middle(middle: Frame, along: float, out: float) -> Frame:
    """A frame at a point of `middle` that looks at its origin."""
    x, y = middle.point(along, out)
    return Frame(x, y, math.degrees(math.atan2(middle.x - x, -(middle.y - y))))


def _loungers(layout: Layout, stand: Stand) -> None:
    """A second lounger beside the first, a small table between, a parasol behind."""
    width, depth, _ = stand.piece.size
    main = layout.pieces[0]
    middle = Frame(main.x, main.y, main.turn)
    demand = Demand(in_frame=0.92, hides=0.25, gap=0.1, lowest=1.0)
    for side in layout.rng.sample((-1, 1), 2):
        beside = layout.stock.piece("sun_lounger", middle.moved(side * (width + 0.75), 0.0), size=main.size)
        if not layout.add(beside, demand):
            continue
        size = layout.stock.size("outdoor_table", width=0.6, depth=0.5)
        between = middle.moved(side * (width + 0.75) / 2, -0.25)
        layout.add(layout.stock.piece("outdoor_table", between, size=size), Demand(in_frame=0.9, gap=0.02, hidden=0.9))
        _parasol(layout, [middle.moved(side * (width + 0.75) / 2, -depth / 2 - 0.1)])
        break


# ------------------------------------------------------------------------------------------ companions
def _rug(layout: Layout, front: Frame, sizes: tuple[tuple[float, float], ...], *, inset: float = 0.25) -> None:
    width = layout.main.size[0]
    for wide, deep in sizes:
        size = layout.stock.size("outdoor_rug", width=width + wide, depth=deep)
        rug = layout.stock.piece("outdoor_rug", front.moved(0.0, size[1] / 2 - inset), size=size, role="rug")
        if layout.add(rug, Demand(in_frame=dressing.RUG_IN_FRAME)):
            layout.note("outdoor rug under the group")
            return


def _parasol(layout: Layout, places: list[Frame]) -> None:
    """At the first of `places` where its foot can stand and most of its canopy is in the picture."""
    offers = [layout.stock.piece("parasol", Frame(f.x, f.y, layout.rng.uniform(-20, 20))) for f in places]
    if layout.add_first(offers, Demand(in_frame=0.8, hides=0.35, gap=0.05)):
        layout.note("parasol")


def _planters(layout: Layout, wanted: int) -> None:
    """Planters at the far edge of the ground and beside the group, the tallest farthest away."""
    places = _edge_places(layout)
    demand = Demand(in_frame=0.95, hides=0.08, gap=0.12)
    for _ in range(wanted):
        height = layout.rng.uniform(0.95, 1.5)
        for width in (0.75, 0.58):
            size = layout.stock.size("planter", width=width, depth=width, height=height)
            offers = [
                layout.stock.piece("planter", Frame(f.x, f.y, layout.rng.uniform(-180, 180)), size=size) for f in places
            ]
            if layout.add_first(offers, demand):
                break
    if layout.of("planter"):
        layout.note(f"{len(layout.of('planter'))} planter(s)")


def _edge_places(layout: Layout) -> list[Frame]:
    """Beside and behind the main piece, then a grid over the ground, the farthest first."""
    main, site = layout.main, layout.site
    middle, half = Frame(main.x, main.y, main.turn), main.size[0] / 2 + 0.5
    near = [middle.moved(side * half, -0.25) for side in (-1, 1)]
    layout.rng.shuffle(near)
    box, grid = site.box, []
    rows, columns = int((box.y1 - 1.6) / STEP) + 1, int(box.width / STEP) + 1
    for j in range(max(rows, 0)):
        for i in range(columns):
            grid.append(Frame(box.x0 + STEP * (i + 0.5), box.y1 - 0.45 - STEP * j, 0.0))
    # Far from the group's middle and far from the camera: edges, not the middle of the ground.
    grid.sort(key=lambda f: -(0.5 * math.hypot(f.x, f.y) + abs(f.x - main.x)))
    spread = grid[:40]
    layout.rng.shuffle(spread)
    return [*near, *spread[:14]]


def _lanterns(layout: Layout) -> None:
    """One or two lanterns on the ground beside a planter or the main piece."""
    anchors: list[Piece] = [*layout.of("planter"), layout.main]
    size = layout.stock.usual("lantern")
    for share in (1.0, 0.72):
        small = layout.stock.size("lantern", width=size[0] * share, depth=size[1] * share, height=size[2] * share)
        offers = []
        for anchor in anchors:
            frame = Frame(anchor.x, anchor.y, 0.0)
            reach = min(anchor.size[0], 0.9) / 2 + small[0] / 2 + 0.06
            offers += [layout.stock.piece("lantern", frame.moved(s * reach, 0.12 / share), size=small) for s in (-1, 1)]
        layout.add_first(offers, Demand(in_frame=0.97, hides=0.05, gap=0.03, nearest=1.8))

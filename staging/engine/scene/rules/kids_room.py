"""A child's room: the bed with its long side to a wall, a free place to play on a rug, a desk, toys along the walls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from staging.engine.scene.arrangement import Piece
from staging.engine.scene.frames import WALLS, Frame, wall_coordinate, wall_distance
from staging.engine.scene.layout import Demand, Layout, front_zone
from staging.engine.scene.rules import dressing
from staging.engine.scene.site import Site
from staging.engine.scene.stands import Manner, Stand, Taste, along_walls
from staging.engine.scene.stock import Stock

TASTE = Taste(
    distance=(2.2, 4.8), width=(0.2, 0.55), at_wall=0.0, window_behind=0.5, behind=-0.35, before=1.0, reach=0.7,
    front=0.35,
)  # fmt: skip
PLAY = 0.9  # metres before the bed where nothing but toys may stand
CORNER = 0.5  # score of a bed whose head or foot is near a corner: the middle of the room stays free
BUNK_HEADROOM = 0.85  # metres between a bunk's top and the ceiling
DESIGNS = ("shapes", "arches", "sunburst", "line", "botanical")


def stands(site: Site, stock: Stock, manner: Manner) -> Iterator[Stand]:
    """Beds along each wall: single ones, and bunks where the ceiling is high enough and the room is sure."""
    width, depth, _ = stock.usual("kids_bed")
    sizes = [stock.size("kids_bed")]
    if manner.careful or manner.tight:
        sizes = [stock.size("kids_bed", width=0.92 * width, depth=0.92 * depth)]
    gap = 0.1 if manner.careful else 0.04
    yield from (_turned(site, stand) for stand in along_walls(site, stock, "kids_bed", sizes, gap=gap))
    bunk = stock.usual("bunk_bed")
    if not (manner.careful or manner.tight) and site.box.height - bunk[2] > BUNK_HEADROOM - 0.45:
        for stand in along_walls(site, stock, "bunk_bed", [bunk], gap=gap):
            yield replace(_turned(site, stand), score=stand.score - 0.1)


def _turned(site: Site, stand: Stand) -> Stand:
    """The bed with its head to the nearer corner, and what it is worth to be near one."""
    half = stand.piece.size[0] / 2
    ends = {hand: stand.frame.point(side * half, 0.0) for hand, side in (("left", -1), ("right", 1))}
    others = [w for w in WALLS if w != stand.wall]
    room = {hand: min(wall_distance(site.box, w, *end) for w in others) for hand, end in ends.items()}
    hand = min(room, key=lambda h: room[h])
    piece = replace(stand.piece, options={"hand": hand})
    return replace(stand, piece=piece, score=stand.score + CORNER * max(0.0, 1.0 - room[hand]))


def furnish(layout: Layout, stand: Stand) -> None:
    """Everything about the bed of `stand`."""
    _rug(layout, stand)
    if stand.wall and layout.main.size[2] < 1.2:
        _over_bed(layout, stand)
    _on_the_rug(layout)
    if layout.careful:
        return
    layout.kept.append(front_zone(stand.piece, PLAY))
    steps = [_desk, _toys_along_walls, _corner]
    # In a small room the first ones take the walls: which come first makes the variations.
    layout.rng.shuffle(steps)
    for step in steps:
        step(layout)
    dressing.art_elsewhere(layout)
    layout.pieces = [_childlike(layout, p) if p.kind == "wall_art" else p for p in layout.pieces]


def _childlike(layout: Layout, piece: Piece) -> Piece:
    return replace(piece, options=piece.options | {"design": layout.rng.choice(DESIGNS)})


def _rug(layout: Layout, stand: Stand) -> None:
    """A rug before the bed, round now and then; it marks the place to play."""
    depth = stand.piece.size[1]
    round_one = layout.rng.random() < 0.4
    places = ((1.7, 1.7), (1.5, 1.5), (1.2, 1.2)) if round_one else ((2.0, 1.5), (1.7, 1.3), (1.5, 1.1), (1.2, 0.9))
    for wide, deep in places:
        size = layout.stock.size("rug", width=wide, depth=deep)
        along = layout.rng.uniform(-0.15, 0.15)
        place = stand.frame.moved(along, depth + 0.3 + size[1] / 2)
        options = {"round": True} if round_one else {}
        rug = layout.stock.piece("rug", place, size=size, role="rug", **options)
        if layout.add(rug, Demand(in_frame=dressing.RUG_IN_FRAME)):
            layout.note("rug to play on before the bed")
            return


def _over_bed(layout: Layout, stand: Stand) -> None:
    """A shelf and a picture side by side over the bed, or pictures alone."""
    wall = stand.wall
    assert wall is not None
    u = wall_coordinate(wall, stand.piece.x, stand.piece.y)
    above = max(stand.piece.size[2] + 0.25, 1.15)
    if layout.rng.random() < 0.65:
        side = layout.rng.choice((-1, 1))
        for shift in (0.45 * side, -0.45 * side, 0.0):
            if _shelf(layout, stand, u + shift, above):
                dressing.hang(layout, wall, u - shift, above=above, breadth=0.7)
                return
    dressing.art_over(layout, stand.piece, wall)


def _shelf(layout: Layout, stand: Stand, u: float, bottom: float) -> bool:
    assert stand.wall is not None
    width, _, height = layout.stock.usual("wall_shelf")
    if bottom + height > layout.site.box.height - 0.25:
        return False
    offer = dressing.hung(layout, "wall_shelf", stand.wall, u, extent=(width, height), bottom=bottom)
    if offer is None or not layout.add(offer, Demand(in_frame=0.97, hidden=0.3)):
        return False
    layout.note("shelf over the bed")
    return True


def _desk(layout: Layout) -> None:
    """A desk along a wall with its chair half under it."""
    demand = Demand(in_frame=0.95, hides=0.08, front=0.0, gap=0.15, nearest=1.9, from_behind=False)
    desk = dressing.storage(layout, ["kids_desk"], demand)
    if desk is None:
        return
    index = layout.pieces.index(desk)
    layout.pieces[index] = desk = replace(desk, options={"decor": True})
    chair = layout.stock.usual("kids_chair")
    front = Frame(desk.x, desk.y, desk.turn).moved(0.0, desk.size[1] / 2)
    offers = [
        layout.stock.piece(
            "kids_chair", front.moved(layout.rng.uniform(-0.06, 0.06), out + chair[1] / 2),
            turn=180.0 + layout.rng.uniform(-14, 14),
        )
        for out in (-0.16, 0.0)
    ]  # fmt: skip
    layout.add_first(offers, Demand(in_frame=0.9, hides=0.2, hidden=1.0, gap=0.0))


def _toys_along_walls(layout: Layout) -> None:
    """A shelf for toys, and a chest with something soft on it."""
    demand = Demand(in_frame=0.95, hides=0.08, front=0.4, gap=0.1, nearest=2.0, from_behind=False)
    shelf = dressing.storage(layout, ["toy_shelf"], demand)
    if shelf is not None:
        dressing.on_top(layout, "plush", shelf, along=layout.rng.choice((-1, 1)) * 0.25)
    chest = dressing.storage(layout, ["toy_chest"], demand)
    if chest is not None and layout.rng.random() < 0.7:
        dressing.on_top(layout, "plush", chest, along=layout.rng.choice((-1, 1)) * 0.2)


def _corner(layout: Layout) -> None:
    """A tent or a bean bag in a corner or by a wall, looking into the room; both where there is space."""
    for kind in layout.rng.sample(["play_tent", "bean_bag"], 2):
        size = layout.stock.usual(kind)
        inset = max(size[0], size[1]) / 2 + 0.12
        demand = Demand(in_frame=0.96, hides=0.1, gap=0.12, from_behind=False)
        places = dressing.corner_frames(layout, inset)
        if kind == "bean_bag":
            places += dressing.wall_frames(layout, inset)
        for where, frame in places:
            piece = layout.stock.piece(kind, frame, size=size, turn=layout.rng.uniform(-14, 14))
            if layout.add(piece, demand):
                layout.note(f"{kind}: {where}")
                break


def _on_the_rug(layout: Layout) -> None:
    """A toy and a ball at the edges of the rug, so that its middle stays free."""
    rugs = layout.of("rug")
    if not rugs:
        return
    rug = rugs[0]
    frame = Frame(rug.x, rug.y, rug.turn)
    for kind in ("toys", "play_ball"):
        for _ in range(6):
            along = layout.rng.choice((-1, 1)) * layout.rng.uniform(0.25, 0.40) * rug.size[0]
            out = layout.rng.uniform(-0.30, 0.30) * rug.size[1]
            piece = layout.stock.piece(
                kind,
                frame.moved(along, out),
                turn=layout.rng.uniform(-40, 40),
                z=rug.size[2],
            )
            if layout.add(piece, Demand(in_frame=0.98, gap=0.1, nearest=1.9, hides=0.08)):
                break

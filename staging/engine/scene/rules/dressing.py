"""Companions that several room types share: lamps, plants, art on bare wall, storage along a wall, things on tables."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from staging.engine.scene.arrangement import Piece
from staging.engine.scene.frames import WALLS, Frame, wall_coordinate, wall_frame, wall_range
from staging.engine.scene.layout import NEAREST_BESIDE, Demand, Layout
from staging.engine.scene.room import Wall

ART_MIDDLE: Final = 1.5  # metres from the floor to the middle of a picture, where people hang them
SHIFT: Final = 0.45  # metres between neighbouring places along a wall
BESIDE_FRAME: Final = 0.12  # metres between an opening and what stands beside it
LEAST_ART: Final = 0.42  # metres: less, alone on a wall, looks forgotten there
STRETCH: Final = 1.2  # metres: on a shorter stretch of wall without furniture nothing is hung
ART_OVER: Final = 0.2  # metres between a piece and the art over it
RUG_WHOLE: Final = 0.97  # share of a rug in the picture from which on nobody sees it cut
RUG_IN_FRAME: Final = 0.8  # least share of a rug in the picture
VIEWING: Final = (2.0, 5.0)  # metres between a seat and the television that it looks at
VIEWING_ANGLE: Final = 45.0  # degrees off straight ahead, of either
END: Final = 0.22  # metres from the end of a cupboard to the middle of what stands there
HALF_LAMP: Final = 0.16  # metres from that to what hangs beside it
LOW_THING: Final = 0.2  # metres: no higher than the gap between a cupboard and the art over it
STORAGE: Final = ("sideboard", "console_table", "tv_unit", "bookshelf", "dresser")


def corner_frames(layout: Layout, inset: float) -> list[tuple[str, Frame]]:
    """Places for a plant, a lamp or a chair, best first: the back corners in the seed's order, then beside openings."""
    box = layout.site.box
    places = [("back left corner", Frame(box.x0 + inset, box.y1 - inset, 45.0))]
    places.append(("back right corner", Frame(box.x1 - inset, box.y1 - inset, -45.0)))
    layout.rng.shuffle(places)
    for opening in sorted(layout.site.room.openings, key=lambda o: o.kind != "window"):
        low, high = wall_range(box, opening.wall)
        for u in (opening.u0 - inset - BESIDE_FRAME, opening.u1 + inset + BESIDE_FRAME):
            if low + inset <= u <= high - inset:
                frame = wall_frame(box, opening.wall, u, inset)
                places.append((f"beside the {opening.wall} {opening.kind}", frame))
    return places


def wall_frames(layout: Layout, inset: float) -> list[tuple[str, Frame]]:
    """Places half a metre apart along all walls, the farthest from the camera first."""
    places = []
    for wall in WALLS:
        low, high = wall_range(layout.site.box, wall)
        steps = int((high - low - 2 * inset) / 0.5)
        frames = [wall_frame(layout.site.box, wall, low + inset + 0.5 * i, inset) for i in range(steps + 1)]
        places += [(f"{wall} wall", frame) for frame in frames]
    return sorted(places, key=lambda place: -math.hypot(place[1].x, place[1].y))


def plant(layout: Layout, *, at_sofa: bool = False) -> bool:
    """A tall plant in a corner or by an opening that the camera sees; else at the end of the sofa or along a wall; low
    ones last. With `at_sofa`, at an end of the sofa or nowhere."""
    height = min(layout.rng.uniform(1.1, 1.75), layout.site.box.height - 0.6)
    usual = layout.stock.usual("plant")[0]
    demand = Demand(in_frame=0.97, hides=0.1, gap=0.05)
    for width, tall in ((usual, height), (0.5, height), (0.42, min(height, 1.2))):
        size = layout.stock.size("plant", width=width, depth=width, height=tall)
        inset = size[0] / 2 + 0.06
        corners = [] if at_sofa else corner_frames(layout, inset)
        walls = [] if at_sofa or width > 0.5 else wall_frames(layout, inset)
        for where, frame in [*corners, *beside_main(layout, inset), *walls]:
            # By quarters: a pot is round, but the square about it, turned any other way, fits no corner.
            turned = Frame(frame.x, frame.y, 90.0 * layout.rng.randrange(4))
            if layout.add(layout.stock.piece("plant", turned, size=size), demand):
                layout.note(f"plant: {where}")
                return True
    return False


def beside_main(layout: Layout, inset: float) -> list[tuple[str, Frame]]:
    """Places at both ends of a sofa, in line with its back."""
    main = layout.main
    if main.kind not in {"sofa", "loveseat"}:
        return []
    middle, reach = Frame(main.x, main.y, main.turn), main.size[0] / 2 + inset + 0.1
    return [("beside the sofa", middle.moved(side * reach, inset - main.size[1] / 2)) for side in (-1, 1)]


def floor_lamp(layout: Layout, places: list[Frame]) -> bool:
    """A floor lamp at the first of `places` where it can stand."""
    offers = [layout.stock.piece("floor_lamp", frame, role="light") for frame in places]
    return layout.add_first(offers, Demand(in_frame=0.97, hides=0.1, gap=0.02)) is not None


def on_top(
    layout: Layout,
    kind: str,
    table: Piece,
    *,
    along: float = 0.0,
    out: float = 0.0,
    turn: float = 0.0,
    height: float | None = None,
) -> bool:
    """A thing of `kind` on `table`, at most `height` metres high, at a point of the table's frame from its middle."""
    frame = Frame(table.x, table.y, table.turn).moved(along, out)
    width, depth, _ = table.size
    w, d, h = layout.stock.usual(kind)
    fit = min((width - 2 * abs(along)) / w, (depth - 2 * abs(out)) / d, (height or h) / h, 1.0)
    size = layout.stock.size(kind, width=w * fit, depth=d * fit, height=min(h, height or h))
    role = "light" if kind.endswith("_lamp") else "companion"
    piece = layout.stock.piece(kind, frame, size=size, turn=turn, z=table.z + table.size[2], role=role)
    # What stands on a table may be as near to the camera as the table itself.
    nearest = min(NEAREST_BESIDE, layout.views[table.id].nearest)
    return layout.add(piece, Demand(in_frame=0.6, hides=0.1, gap=0.0, nearest=nearest))


def art_over(layout: Layout, piece: Piece, wall: Wall, *, mirror: bool = False, share: float = 0.8) -> bool:
    """Pictures, or a mirror, on the bare wall over `piece`, no wider together than that `share` of it."""
    if layout.careful:
        return False
    u = wall_coordinate(wall, piece.x, piece.y)
    above = piece.z + piece.size[2] + ART_OVER
    return hang(layout, wall, u, above=above, breadth=share * piece.size[0], mirror=mirror)


def hang(layout: Layout, wall: Wall, u: float, *, above: float, breadth: float, mirror: bool = False) -> bool:
    """Art about `u` on a wall: bottom at `above` metres or more, all of it at most `breadth` metres wide."""
    kind = "mirror" if mirror else "wall_art"
    top = layout.site.box.height - 0.25
    for count, width, height in _hangings(layout, kind, breadth):
        if count * width < LEAST_ART:
            continue
        bottom = max(above, ART_MIDDLE - height / 2)
        if bottom + height > top or bottom - above > 0.45:
            bottom = above
        if bottom + height > top:
            continue
        pitch = width + 0.1
        centres = [u + (i - (count - 1) / 2) * pitch for i in range(count)]
        offers = [hung(layout, kind, wall, c, extent=(width, height), bottom=bottom) for c in centres]
        if all(offer is not None and not layout.refusal(offer, Demand(in_frame=1.0, hidden=0.3)) for offer in offers):
            for offer in offers:
                assert offer is not None
                layout.keep(offer)
            layout.note(f"{kind}: {count} on the {wall} wall")
            return True
    return False


def _hangings(layout: Layout, kind: str, breadth: float) -> Iterator[tuple[int, float, float]]:
    """(how many, width, height) to try: pairs and triples for broad places, in the seed's order, then smaller ones."""
    if kind == "mirror":
        w, _, h = layout.stock.usual("mirror")
        yield 1, min(w, breadth), min(h, 1.1)
        return
    wishes = [(1, min(breadth, 1.3), min(breadth, 1.3) * 0.66)]
    if breadth >= 0.95:
        wishes.append((2, (breadth - 0.1) / 2, (breadth - 0.1) / 2 * 1.3))
    if breadth >= 1.5:
        wishes.append((3, (breadth - 0.2) / 3, (breadth - 0.2) / 3 * 1.35))
    layout.rng.shuffle(wishes)
    for count, width, height in [*wishes, (1, breadth * 0.6, breadth * 0.75), (1, breadth * 0.4, breadth * 0.5)]:
        w, _, h = layout.stock.size(kind, width=min(width, 1.3), height=min(height, 0.95))
        if count * w + (count - 1) * 0.1 <= breadth + 0.3:
            yield count, w, h


def hung(
    layout: Layout, kind: str, wall: Wall, u: float, *, extent: tuple[float, float], bottom: float
) -> Piece | None:
    width, height = extent
    if not layout.site.bare(wall, (u - width / 2, u + width / 2), (bottom, bottom + height)):
        return None
    size = layout.stock.size(kind, width=width, height=height)
    frame = wall_frame(layout.site.box, wall, u, size[1] / 2 + 0.003)
    return layout.stock.piece(kind, frame, size=size, z=bottom, role="wall")


def art_elsewhere(layout: Layout) -> bool:
    """Pictures on the bare stretch of wall that looks broadest to the camera, if none hang on that wall yet."""
    if layout.careful:
        return False
    taken = {layout.site.nearest_wall(p.x, p.y)[0] for p in layout.of("wall_art", "mirror")}
    for look, wall, low, high in _bare_stretches(layout):
        if look < (0.12 if taken else 0.08):  # of the picture's width: art there would be a sliver
            return False
        if wall in taken:
            continue
        breadth = min(0.5 * (high - low), 1.1)
        for share in (0.5, 0.35, 0.65):
            if hang(layout, wall, low + share * (high - low), above=1.0, breadth=breadth):
                return True
    return False


def _bare_stretches(layout: Layout) -> list[tuple[float, Wall, float, float]]:
    """Free stretches of walls with the share of the picture's width that each takes, broadest first."""
    site = layout.site
    camera, stretches = site.room.camera, []
    for wall in WALLS:
        for low, high in site.free_spans(wall, site.box.height, STRETCH):
            if site.is_pier(wall, low, high):
                continue
            ends = [wall_frame(site.box, wall, u) for u in np.linspace(low, high, 9)]
            pixels, depth = camera.project([(end.x, end.y, ART_MIDDLE) for end in ends])
            us = pixels[:, 0] / camera.width
            seen = (depth > 0.2) & (us > 0) & (us < 1)
            if seen.sum() > 1:
                stretches.append((float(np.ptp(us[seen])), wall, low, high))
    return sorted(stretches, reverse=True)


def storage(layout: Layout, kinds: list[str], demand: Demand | None = None) -> Piece | None:
    """A low or tall cupboard along a wall, away from the main piece's wall first; answers it as kept."""
    wish = demand or Demand(in_frame=0.95, hides=0.08, front=0.6, gap=0.12, nearest=2.1, from_behind=False)
    walls = [w for w in WALLS if w != layout.wall] + [w for w in WALLS if w == layout.wall]
    for kind in kinds:
        for share in (1.0, 0.8):
            size = layout.stock.scaled(kind, share)
            for wall in walls:
                piece = layout.add_first(_along(layout, kind, wall, size), wish)
                if piece:
                    layout.note(f"{kind}: {wall} wall")
                    return piece
    return None


def _along(layout: Layout, kind: str, wall: Wall, size: tuple[float, float, float]) -> list[Piece]:
    """Offers of a piece along a wall: near the main piece and near the middle of a free stretch first."""
    offers = []
    for low, high in layout.site.free_spans(wall, size[2], size[0] + 0.1):
        if layout.site.is_pier(wall, low, high):
            continue
        slack = (high - low - size[0] - 0.1) / 2
        for i in range(-int(slack / SHIFT), int(slack / SHIFT) + 1):
            frame = wall_frame(layout.site.box, wall, (low + high) / 2 + i * SHIFT, size[1] / 2 + 0.04)
            away = math.hypot(frame.x - layout.main.x, frame.y - layout.main.y)
            piece = layout.stock.piece(kind, frame, size=size)
            if kind != "tv_unit" or looks_at(layout.main, piece):
                offers.append((away + 0.5 * abs(i) * SHIFT, piece))
    return [piece for _, piece in sorted(offers, key=lambda offer: offer[0])]


def looks_at(seat: Piece, screen: Piece) -> bool:
    """Whether one sits before a screen: both face each other within `VIEWING_ANGLE`, at a good distance."""
    apart = math.dist((seat.x, seat.y), (screen.x, screen.y))
    if not VIEWING[0] <= apart <= VIEWING[1]:
        return False
    least = math.cos(math.radians(VIEWING_ANGLE)) * apart
    return _ahead(seat, screen) >= least and _ahead(screen, seat) >= least


def _ahead(piece: Piece, other: Piece) -> float:
    """How far, in metres, `other` is ahead of the middle of `piece`, the way that `piece` faces."""
    a = math.radians(piece.turn)
    return (other.x - piece.x) * math.sin(a) - (other.y - piece.y) * math.cos(a)


def dress_top(layout: Layout, piece: Piece) -> None:
    """A lamp, a vase or bowl, and books on a long low piece, off its middle; a television on a media unit.

    Where a picture hangs over it, what would stand before that is left out.
    """
    width, _, height = piece.size
    side = layout.rng.choice((-1, 1))
    if piece.kind == "tv_unit":
        on_top(layout, "tv", piece)
        return
    end = width / 2 - END
    if width > 0.9 and height < 1.0 and not on_top(layout, "table_lamp", piece, along=side * end):
        on_top(layout, "table_lamp", piece, along=-side * end)
    side = -1 if any(_beside(p, piece) > 0 for p in layout.of("table_lamp")) else 1
    if width > 0.7 and height < 1.2:
        tall = layout.rng.choice(("vase", "bowl"))
        for kind, high in ((tall, None), (tall, LOW_THING), ("bowl", LOW_THING)):
            if on_top(layout, kind, piece, along=side * end, height=high):
                break
    lit = any(_beside(p, piece) for p in layout.of("table_lamp"))
    if width > (1.3 if lit else 0.9) and height < 1.0:
        # Where no lamp stands, its end is theirs.
        on_top(layout, "books", piece, along=side * (width / 2 - 0.6) if lit else -side * end)


def _beside(thing: Piece, table: Piece) -> float:
    """How far, in metres, a thing stands along a table's width from its middle; 0 where it is not on the table."""
    a = math.radians(table.turn)
    dx, dy = thing.x - table.x, thing.y - table.y
    on = abs(thing.z - table.z - table.size[2]) < 0.01 and math.hypot(dx, dy) < table.size[0] / 2
    return dx * math.cos(a) + dy * math.sin(a) if on else 0.0


def hang_over_storage(layout: Layout, piece: Piece | None) -> None:
    """A mirror or a picture over a cupboard, and things on top of it that do not stand before that."""
    if piece is None or piece.size[2] > 1.2:
        return
    wall, distance = layout.site.nearest_wall(piece.x, piece.y)
    if distance < 0.6 and piece.kind != "tv_unit":
        hang_and_dress(layout, piece, wall)
    else:
        dress_top(layout, piece)


def hang_and_dress(layout: Layout, piece: Piece, wall: Wall) -> bool:
    """What hangs over a piece first, and then what fits beside that; says whether anything hangs.

    Broad art hangs over low things, a narrower picture or a mirror between a lamp and a vase.
    """
    mirror = layout.rng.random() < 0.4
    share = 0.8 if layout.rng.random() < 0.5 else max(1.0 - 2 * (END + HALF_LAMP) / piece.size[0], 0.4)
    tries = [(mirror, share), (not mirror, share), (False, 0.4)]
    hangs = any(art_over(layout, piece, wall, mirror=m, share=s) for m, s in tries)
    dress_top(layout, piece)
    return hangs

"""What stands on counters: fruit, herbs, boards, a crock, flowers, only where the photo shows the top to be bare."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from staging.engine.scene.arrangement import Piece
from staging.engine.scene.frames import Frame
from staging.engine.scene.layout import Demand, Layout
from staging.engine.scene.room import Top
from staging.engine.scene.site import Site
from staging.engine.scene.stands import Stand
from staging.engine.scene.stock import Stock
from staging.engine.scene.visibility import view

BACK: Final = 0.30  # metres from the front edge to the middle of what stands there
MARGIN: Final = 0.06  # metres of bare edge that stay to both sides of a thing
NEAREST: Final = 1.1  # metres to the camera: nearer they would be larger than the room
MOST: Final = 3  # things in a kitchen: a stager clears counters, and puts down little
BETWEEN: Final = 0.5  # metres of edge from one thing's middle to the next one's
KITCHEN: Final = ("fruit_bowl", "herb_pots", "vase", "utensil_crock")
BATHROOM: Final = ("towel_stack", "bath_tray", "candles", "plant_small")
TALLEST: Final = 0.42  # metres: wall cabinets hang half a metre over a counter


def stands(site: Site, stock: Stock, kind: str, score: float) -> Iterator[Stand]:
    """Places of `kind` on every free stretch, for where the floor has no room for more."""
    if not site.room.tops:
        return
    for top, along in _spots(site.room.tops, stock.usual(kind)[0]):
        piece = _piece(stock, kind, top, along, role="main")
        frame = Frame(piece.x, piece.y, piece.turn).moved(0.0, -piece.size[1] / 2)
        yield Stand(piece, frame, None, view(site.room, piece), score)


def dress(layout: Layout, kinds: tuple[str, ...], most: int = MOST) -> int:
    """Put up to `most` things of different `kinds` on the free stretches; answers how many stand there then."""
    wanted = [kind for kind in kinds if not layout.of(kind)] if layout.site.room.tops else []
    layout.rng.shuffle(wanted)
    for kind in wanted:
        spots = list(_spots(layout.site.room.tops, layout.stock.usual(kind)[0]))
        layout.rng.shuffle(spots)
        offers = [_piece(layout.stock, kind, top, along) for top, along in spots]
        if len(_standing(layout)) < most and layout.add_first(
            [offer for offer in offers if _apart(layout, offer)], Demand(in_frame=0.97, nearest=NEAREST, gap=0.05)
        ):
            layout.note(f"{kind} on a counter")
    return len(_standing(layout))


def _spots(tops: tuple[Top, ...], width: float) -> Iterator[tuple[Top, float]]:
    """Where along which top a thing so wide finds all the edge that it takes free."""
    for top in tops:
        for low, high in top.free:
            first, last = low + width / 2 + MARGIN, high - width / 2 - MARGIN
            count = int((last - first) / 0.2) + 1 if last >= first else 0
            for k in range(count):
                yield top, (first + last) / 2 + (k - (count - 1) / 2) * 0.2


def _piece(stock: Stock, kind: str, top: Top, along: float, *, role: str = "companion") -> Piece:
    x, y = top.place(along, BACK)
    height = min(stock.usual(kind)[2], TALLEST)
    return stock.piece(kind, Frame(x, y, top.turn), size=stock.size(kind, height=height), z=top.z, role=role)


def _standing(layout: Layout) -> list[Piece]:
    return [piece for piece in layout.pieces if layout.site.on_counter(piece)]


def _apart(layout: Layout, piece: Piece) -> bool:
    """Whether it leaves air to what stands on counters already."""
    return all(abs(piece.x - one.x) + abs(piece.y - one.y) >= BETWEEN for one in _standing(layout))

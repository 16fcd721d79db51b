"""A layout in the making: pieces are offered one by one, and each stays only where it disturbs nothing."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from staging.engine.scene.arrangement import Piece
from staging.engine.scene.crossings import DISPLAYED, ON_TABLES, THIN, bounds, crosses, opening_bounds
from staging.engine.scene.footprints import Footprint, footprint, penetration
from staging.engine.scene.frames import Frame
from staging.engine.scene.room import Wall
from staging.engine.scene.site import Site
from staging.engine.scene.stock import Stock
from staging.engine.scene.visibility import View, hidden_by, open_share, sees_middle, view

NEAREST: Final = 1.25  # metres between camera and furniture; the gate is at 1.2
NEAREST_BESIDE: Final = 1.55  # for companions: nearer they are larger than the main piece
NEAREST_TALL: Final = 1.9  # for what is taller than a table and bars the view
PICTURE_HIDDEN: Final = 0.2  # share of a picture on the wall that one piece may hide
PICTURE_HIDDEN_BY_THINGS: Final = 0.05  # and what stands on the cupboard below it
THRESHOLD_HIDDEN: Final = 0.5  # share of a door's threshold that one companion may hide in the picture
LOWEST: Final = 0.985  # share of the picture's height that companions may reach down to
FAR_ENOUGH: Final = 2.8  # from here on tall pieces may stand anywhere
RUG_MARGIN: Final = 0.12  # metres of floor that show between a rug and a wall
ON_GROUND: Final = 0.93  # least share of a footprint on the free ground in the open air; cells are coarse
WALL_MARGIN: Final = 0.02  # metres between any piece and a wall

# Chairs are pushed under tables: by so many metres their bounding boxes may overlap.
TUCKED: Final = {
    ("dining_chair", "dining_table"): 0.28,
    ("office_chair", "desk"): 0.28,
    ("kids_chair", "kids_desk"): 0.24,
    ("outdoor_chair", "outdoor_dining_table"): 0.3,
}

FLAT: Final = frozenset({"rug", "runner", "bath_mat", "outdoor_rug"})
HUNG: Final = frozenset({"wall_art", "mirror", "curtain", "wall_shelf", "towel_rail"})


def tucked(a: str, b: str) -> float:
    """How far the bounding boxes of two kinds may overlap, metres."""
    return max(TUCKED.get((a, b), 0.0), TUCKED.get((b, a), 0.0))


def collides(a: Piece, b: Piece, gap: float = 0.0) -> bool:
    """Whether two pieces come closer than `gap` metres; rugs lie under everything."""
    if a.kind in FLAT or b.kind in FLAT:
        return False
    apart = math.hypot(a.x - b.x, a.y - b.y)
    if apart > (math.hypot(*a.size[:2]) + math.hypot(*b.size[:2])) / 2 + 1.5 * gap:  # most pairs: spare the rectangles
        return False
    allowed = tucked(a.kind, b.kind)
    if allowed:
        return penetration(footprint(a), footprint(b)) > allowed
    return penetration(footprint(a).grown(gap), footprint(b)) > 0.0


@dataclass(frozen=True)
class Demand:
    """What a piece must satisfy to be kept.

    `in_frame`: least share of it in the picture. `gap`: metres to its neighbours. `nearest`: to the camera.
    `lowest`: share of the picture's height that it may reach down to, 1 where it may touch the lower edge.
    `hides`: the largest share of the main piece that it may hide of what was still seen; `hidden`: that of
    the piece itself behind others.
    `front`: metres before it that stay free. `from_behind`: it may turn its back on the camera.
    """

    in_frame: float = 0.9
    gap: float = 0.04
    nearest: float = NEAREST_BESIDE
    lowest: float = LOWEST
    hides: float = 0.15
    hidden: float = 0.7
    front: float = 0.0
    from_behind: bool = True


@dataclass
class Layout:
    """Pieces that stand in a `site`, the first being the main one, with the zones that they keep free."""

    site: Site
    stock: Stock
    rng: random.Random
    pieces: list[Piece] = field(default_factory=list)
    views: dict[str, View] = field(default_factory=dict)
    kept: list[Footprint] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)
    wall: Wall | None = None
    careful: bool = False
    _open: NDArray[np.float64] | None = None
    _looked: tuple[Piece, View] | None = None

    @property
    def main(self) -> Piece:
        """The piece that the room is about."""
        return self.pieces[0]

    def of(self, *kinds: str) -> list[Piece]:
        """The pieces of the given kinds."""
        return [p for p in self.pieces if p.kind in kinds]

    def refusal(self, piece: Piece, demand: Demand) -> str:
        """Why `piece` cannot be kept, in a word or two; empty when it can. The cheap questions come first."""
        shape = footprint(piece)
        hung = piece.kind in HUNG
        margin = 0.0 if hung else RUG_MARGIN if piece.kind in FLAT else WALL_MARGIN
        if not self.site.inside(shape, margin) or not self._on_ground(shape):
            return "outside the room"
        if not (hung or self.site.on_counter(piece)) and self.site.blocked(shape, flat=piece.kind in FLAT):
            return "in the way of an opening"
        if any(collides(piece, other, demand.gap) for other in self.pieces):
            return "no space"
        if piece.kind not in FLAT and not hung and any(penetration(shape, zone) > 0.01 for zone in self.kept):
            return "where people sit or walk"
        if demand.front and self._front_taken(piece, demand.front):
            return "no space before it"
        return self._refusal_in_photo(piece) or self._refusal_in_picture(piece, demand)

    def _refusal_in_photo(self, piece: Piece) -> str:
        return "" if self._on_a_piece(piece) else self.site.in_the_way(piece, flat=piece.kind in FLAT)

    def _on_a_piece(self, piece: Piece) -> bool:
        """Whether it stands on top of another one, which then answers for both."""
        return any(
            abs(other.z + other.size[2] - piece.z) < 0.01
            for other in self.pieces
            if math.hypot(other.x - piece.x, other.y - piece.y) < max(other.size[:2])
        )

    def _on_ground(self, shape: Footprint) -> bool:
        """Whether a piece keeps to the free ground; indoors the walls alone bound the floor."""
        return not self.site.room.open_air or self.site.on_visible_floor(shape) >= ON_GROUND

    def _refusal_in_picture(self, piece: Piece, demand: Demand) -> str:
        if demand.in_frame > 0.5 and not sees_middle(self.site.room, piece):
            return "outside the picture"
        seen = view(self.site.room, piece)
        self._looked = piece, seen
        if seen.in_frame < demand.in_frame:
            return "outside the picture"
        if piece.kind in FLAT or not self.pieces:
            return ""
        if seen.nearest < (self._nearest_tall() if piece.size[2] > 1.0 and not piece.z else demand.nearest):
            return "too near the camera"
        if seen.bottom > demand.lowest:
            return "cut by the lower edge of the picture"
        return self._hiding(piece, seen, demand)

    def _hiding(self, piece: Piece, seen: View, demand: Demand) -> str:
        room = self.site.room
        if not demand.from_behind and seen.facing < -0.35:
            return "seen from behind"
        before = self._main_open()
        if float((before * (1.0 - open_share(room, self.main, [piece]))).mean()) > demand.hides:
            return "hides the main piece"
        pictures = self.of(*HUNG) if piece.kind not in HUNG else []
        most = PICTURE_HIDDEN_BY_THINGS if piece.z else PICTURE_HIDDEN
        if any(hidden_by(room, picture, [piece]) > most for picture in pictures):
            return "hides a picture"
        if self._crossed(piece, seen):
            return "a tall thin piece would stand before it or before what is on the wall"
        if not piece.z and piece.kind not in HUNG and self.site.bars([piece]) > THRESHOLD_HIDDEN:
            return "would seem to bar a door"
        return "hidden" if hidden_by(room, piece, self.pieces) > demand.hidden else ""

    def _crossed(self, piece: Piece, seen: View) -> bool:
        """Whether a lamp or plant and something to look at, an opening or art, would cross in the picture."""
        if piece.kind in DISPLAYED:
            nearer = [other for other in self.of(*THIN) if self.views[other.id].nearest < seen.nearest]
            return any(crosses(bounds(self.views[other.id]), bounds(seen)) for other in nearer)
        if piece.kind not in THIN | ON_TABLES:
            return False
        shown = self.of(*DISPLAYED) if piece.kind in THIN else []
        behind = [bounds(self.views[p.id]) for p in shown if self.views[p.id].nearest > seen.nearest]
        # Foliage before a window is welcome; a lamp's pole there is not.
        kinds = {"door", "opening", "window"} if piece.kind == "floor_lamp" else {"door", "opening"}
        openings = (
            opening_bounds(self.site.room, self.site.box, o) for o in self.site.room.openings if o.kind in kinds
        )
        behind += [place for place in openings if place]
        return any(crosses(bounds(seen), place) for place in behind)

    def _nearest_tall(self) -> float:
        """Tall pieces stand behind the front of the main one, or well away from the camera."""
        return max(NEAREST_TALL, min(self.views[self.main.id].nearest, FAR_ENOUGH))

    def _main_open(self) -> NDArray[np.float64]:
        """How openly the main piece is seen past the companions so far; known until a piece is kept."""
        if self._open is None:
            self._open = open_share(self.site.room, self.main, self.pieces[1:])
        return self._open

    def _front_taken(self, piece: Piece, front: float) -> bool:
        zone = front_zone(piece, front)
        return any(
            penetration(zone, footprint(other)) > 0.01
            for other in self.pieces
            if other.kind not in FLAT and other.z < 1.0 and other.kind not in HUNG
        )

    def add(self, piece: Piece, demand: Demand | None = None) -> bool:
        """Keep `piece` if nothing speaks against it; says whether it was kept."""
        wish = demand or Demand()
        if self.refusal(piece, wish):
            return False
        self.keep(piece)
        if wish.front:
            self.kept.append(front_zone(piece, wish.front))
        return True

    def keep(self, piece: Piece) -> None:
        """Keep `piece` without asking."""
        number = 1 + sum(p.kind == piece.kind for p in self.pieces)
        # A seed of its own each: from it come its books, cushions and pictures, of which no two may be alike.
        taken = {p.seed for p in self.pieces}
        seed = next(s for s in iter(lambda: self.rng.randrange(1 << 16), None) if s not in taken)
        named = replace(piece, id=f"{piece.kind}-{number}", seed=seed)
        self.pieces.append(named)
        self._open = None
        looked = self._looked
        self.views[named.id] = looked[1] if looked and looked[0] is piece else view(self.site.room, named)

    def add_first(self, offers: Iterable[Piece], demand: Demand | None = None) -> Piece | None:
        """Keep the first of `offers` that can stay; answers it as kept."""
        for offer in offers:
            if self.add(offer, demand):
                return self.pieces[-1]
        return None

    def note(self, sentence: str) -> None:
        """Add to the trace of the rules."""
        self.trace.append(sentence)


def front_zone(piece: Piece, front: float) -> Footprint:
    """The floor before a piece, `front` metres deep, from ankle height up."""
    width, depth, height = piece.size
    middle = Frame(piece.x, piece.y, piece.turn).moved(0.0, depth / 2 + front / 2)
    return Footprint(middle.x, middle.y, width, front, piece.turn, 0.05, max(height, 0.5))

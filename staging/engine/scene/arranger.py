"""Arrange a room: try many places for the main piece, furnish about the best, keep what looks best in the picture."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from staging.engine.errors import UnusablePhoto
from staging.engine.furniture.catalogue import KINDS, size_for
from staging.engine.scene.arrangement import Arrangement
from staging.engine.scene.fittings import Fittings
from staging.engine.scene.layout import FLAT, Layout
from staging.engine.scene.picture import rate, sparse
from staging.engine.scene.room import Room
from staging.engine.scene.rules import bathroom, bed, dining, home_office, kids_room, kitchen, living, outdoor, vignette
from staging.engine.scene.site import Site
from staging.engine.scene.stands import Manner, Stand, Taste, shortlist
from staging.engine.scene.stock import Stock
from staging.engine.scene.walkways import cut_off

NARROWEST: Final = 1.7  # metres: narrower is a corridor or a closet
LEAST_FLOOR: Final = 2.5  # square metres that the camera must see
LEAST_FREE: Final = 0.7  # square metres of floor that the photo must show to be free, where built-ins are expected
SHORTLIST: Final = 12  # stands that are furnished in full
LAYOUTS: Final = 24  # furnished in all: the fewer stands, the more ways of furnishing each
MAIN_WEIGHT: Final = 1.5  # of the main piece's own score in that of the layout
LEAST_SCORE: Final = 3.0  # a lone sofa, table or bed cut by the frame has less
SLACK: Final = 0.9  # layouts that score this much less than the best are still shown for other seeds
HEAT: Final = 0.4  # how much chance mixes into the choice among them


@dataclass(frozen=True)
class Rules:
    """How one room type is furnished; without so many of each kind that it `needs`, a layout is not one.

    `furnish` may answer False when a stand cannot be furnished. `narrowest` metres and `least_floor` square metres are
    the least that must be seen of the room.
    Layouts that score under `least_score` look worse than an empty room. `instead` is what such a room gets where
    the photo shows no place for what it is named after.
    """

    title: str
    taste: Taste
    stands: Callable[[Site, Stock, Manner], Iterator[Stand]]
    furnish: Callable[[Layout, Stand], bool | None]
    needs: Mapping[str, int] = field(default_factory=dict)
    narrowest: float = NARROWEST
    least_floor: float = LEAST_FLOOR
    least_score: float = -math.inf
    open_air: bool = False
    instead: Rules | None = None


# A corner to read in, a console with art, a runner: for halls, and for photos that show little floor.
CORNER: Final = Rules(
    "hall", vignette.TASTE, vignette.stands, vignette.furnish, narrowest=0.95, least_floor=0.9, least_score=1.0
)
# Rooms that are shown with a reading corner rather than badly.
_or_corner = partial(Rules, least_score=LEAST_SCORE, instead=CORNER)
RULES: Final = {
    "living": _or_corner("living room", living.TASTE, living.stands, living.furnish),
    "bed": _or_corner("bedroom", bed.TASTE, bed.stands, bed.furnish),
    "dining": _or_corner("dining room", dining.TASTE, dining.stands, dining.furnish, {"dining_chair": 2}),
    "home_office": _or_corner(
        "home office", home_office.TASTE, home_office.stands, home_office.furnish, {"office_chair": 1}
    ),
    "kids_room": _or_corner("child's room", kids_room.TASTE, kids_room.stands, kids_room.furnish),
    "kitchen": Rules("kitchen", kitchen.TASTE, kitchen.stands, kitchen.furnish, narrowest=1.4, least_floor=0.7),
    "bathroom": Rules("bathroom", bathroom.TASTE, bathroom.stands, bathroom.furnish, narrowest=1.4, least_floor=1.2),
    "outdoor": Rules("terrace or garden", outdoor.TASTE, outdoor.stands, outdoor.furnish, open_air=True),
}


def arrange(
    room: Room, room_type: str, style: str, seed: int, *, careful: bool = False, fittings: Fittings | None = None
) -> Arrangement:
    """Furnish `room` as a `room_type` in `style`; the same room and seed always give the same arrangement.

    `careful` is for rooms whose geometry is not sure: small pieces about a rug in the middle of what is seen.
    `fittings` say where the photo shows bare wall, and of a kitchen or bathroom also where free floor is; nothing is
    put elsewhere then.
    Raises UnusablePhoto with the code "room_type_unknown", "no_free_floor", "things_in_the_way", or "no_space" when
    nothing sensible fits.
    """
    return arrange_from(room, room_type, Stock(KINDS, size_for, style), seed, careful=careful, fittings=fittings)


def arrange_from(
    room: Room, room_type: str, stock: Stock, seed: int, *, careful: bool = False, fittings: Fittings | None = None
) -> Arrangement:
    """As `arrange`, with furniture from a given stock."""
    if room_type not in RULES:
        raise UnusablePhoto("room_type_unknown", f"The engine cannot furnish a room of the type {room_type!r}.")
    rules, site = RULES[room_type], Site(room, fittings)
    if rules.open_air != room.open_air:
        raise UnusablePhoto("bad_room", f"The room that was read from this photo is no place for a {rules.title}.")
    on_counters = fittings is not None and bool(fittings.tops)
    if not (on_counters or _shows_enough(site, rules) or (rules.instead and _shows_enough(site, rules.instead))):
        raise UnusablePhoto(
            "no_space",
            f"This photo shows too little of the floor for the furniture of a {rules.title}. Take it from farther "
            "back, out of a corner or a doorway, with the floor in view.",
        )
    bare = fittings is not None and not fittings.walls_only and fittings.area(room.camera) < LEAST_FREE
    if bare and not on_counters:
        raise UnusablePhoto(
            "no_free_floor",
            "This photo shows hardly any floor that is surely free of cabinets, islands, tubs and the like, so "
            "nothing was put in. Take the photo from farther back, with more of the floor in view.",
        )
    for kind_of_room, manner in _tries(site, rules, careful=careful):
        options = _options(site, stock, kind_of_room, manner, f"{seed}/{room_type}")
        if options:
            score, layout = _choose(options, _chance(seed, room_type, "choice"))
            if kind_of_room is not rules:
                layout.note(f"The photo shows no place for the furniture of a {rules.title}: a corner of one instead.")
            return Arrangement(room_type, stock.style, seed, tuple(layout.pieces), round(score, 4), tuple(layout.trace))
    if fittings is not None and fittings.things is not None and fittings.things.any():
        # Raises in its turn where there is no place without them either.
        arrange_from(room, room_type, stock, seed, careful=careful, fittings=replace(fittings, things=None))
        raise UnusablePhoto(
            "things_in_the_way",
            f"Things stand in this room where the furniture of a {rules.title} would go, and it would be drawn over "
            "them. Take a photo of the empty room, or let them be removed first.",
        )
    raise _no_space(rules)


def _shows_enough(site: Site, rules: Rules) -> bool:
    return min(site.box.width, site.box.y1) >= rules.narrowest and site.visible_area >= rules.least_floor


def _tries(site: Site, rules: Rules, *, careful: bool) -> Iterator[tuple[Rules, Manner]]:
    """A room in which nothing stands well is tried again with the smallest pieces, then as what it gets instead."""
    if _shows_enough(site, rules) or site.room.tops:
        yield rules, Manner(careful)
        yield rules, Manner(careful, tight=True)
    if rules.instead is not None and _shows_enough(site, rules.instead):
        yield rules.instead, Manner(careful, tight=True)


def _no_space(rules: Rules) -> UnusablePhoto:
    return UnusablePhoto(
        "no_space",
        f"We found no place for the furniture of a {rules.title} in the part of this room that the photo shows.",
    )


def _chance(*words: object) -> random.Random:
    """Random numbers that follow from `words` alone; Python keeps this generator's output across versions."""
    return random.Random("/".join(map(str, words)))  # noqa: S311 - no secret hangs on where a sofa stands


@dataclass(frozen=True)
class Option:
    """A furnished layout, its score, and the family of its stand."""

    score: float
    family: str
    layout: Layout


def _options(site: Site, stock: Stock, rules: Rules, manner: Manner, luck: str) -> list[Option]:
    """The best stands, each furnished in a few ways."""
    options: list[Option] = []
    stands = shortlist(site, rules.stands(site, stock, manner), rules.taste, manner)
    stands = stands[:SHORTLIST]
    for index, stand in enumerate(stands):
        for attempt in range(min(LAYOUTS // len(stands), 4)):
            layout = Layout(site, stock, _chance(luck, index, attempt), wall=stand.wall, careful=manner.careful)
            if _furnish(layout, rules, stand) and all(len(layout.of(k)) >= n for k, n in rules.needs.items()):
                score = stand.score * MAIN_WEIGHT + rate(layout)
                if score >= rules.least_score:
                    options.append(Option(score - sparse(layout), stand.family, layout))
    return options


def _furnish(layout: Layout, rules: Rules, stand: Stand) -> bool:
    """Furnish about a stand; says whether people can still walk."""
    where = f"against the {stand.wall} wall" if stand.wall else "in the open room"
    layout.keep(stand.piece)
    layout.note(f"{stand.piece.kind} {where}, {math.hypot(stand.piece.x, stand.piece.y):.1f} m from the camera")
    if rules.furnish(layout, stand) is False:
        return False
    while cut_off(layout.site, layout.pieces):
        # The piece that was placed last is the one that the room can best do without.
        movable = [p for p in layout.pieces[1:] if p.role != "wall" and p.kind not in FLAT and p.z < 0.1]
        if not movable:
            return False
        _remove(layout, movable[-1].id)
    return True


def _remove(layout: Layout, piece_id: str) -> None:
    """Take a piece away, with what stands on it."""
    gone = next(p for p in layout.pieces if p.id == piece_id)
    top = gone.z + gone.size[2]
    layout.pieces = [
        p
        for p in layout.pieces
        if p.id != piece_id
        and not (abs(p.z - top) < 0.01 and math.dist((p.x, p.y), (gone.x, gone.y)) < max(gone.size[:2]) / 2)
    ]
    layout.note(f"{gone.kind} left out: it would stand in the way")


def _choose(options: list[Option], rng: random.Random) -> tuple[float, Layout]:
    """The best option after a little chance (Gumbel noise) for each family and option, among those near the best."""
    best = max(option.score for option in options)
    luck = {family: _gumbel(rng) * HEAT for family in sorted({option.family for option in options})}
    near = [option for option in options if option.score >= best - SLACK]
    chosen = max(near, key=lambda option: option.score + luck[option.family] + _gumbel(rng) * HEAT / 2)
    return chosen.score, chosen.layout


def _gumbel(rng: random.Random) -> float:
    return -math.log(-math.log(min(max(rng.random(), 1e-9), 1 - 1e-9)))

"""Changes that a person makes to an arrangement: move, turn, swap, delete and add pieces, and what the gates say to it.

All functions are pure: they answer a new arrangement. What stands on a piece goes with it; what hangs stays on a wall
or below the ceiling. A change may break a gate: `judged` tells which, so that an editor can show it while dragging.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from staging.engine.furniture.catalogue import KINDS, KindSpec, size_for
from staging.engine.furniture.styles import STYLES
from staging.engine.scene.arrangement import Arrangement, Piece
from staging.engine.scene.checks import check
from staging.engine.scene.footprints import footprint
from staging.engine.scene.frames import wall_coordinate, wall_frame, wall_range
from staging.engine.scene.gates import Gate
from staging.engine.scene.room import Room
from staging.engine.scene.site import Site

MOST_PIECES: Final = 80
# How far beyond the catalogue's smallest and largest a piece may be made: further out it looks like a toy.
STRETCH: Final = (0.6, 1.4)
RESTS: Final = 0.06  # metres between the top of a piece and what counts as standing on it
OFF_WALL: Final = 0.003
# Pieces of these kinds carry others; what stood on a piece that becomes another kind goes away with it.
CARRIERS: Final = frozenset({
    "coffee_table", "side_table", "console_table", "sideboard", "tv_unit", "bookshelf", "nightstand", "dresser",
    "dining_table", "desk",
})  # fmt: skip
SEEDS: Final = 1 << 16


class ImpossibleChange(ValueError):
    """The change, or the arrangement, means nothing: an unknown kind or piece, a number that is none."""


@dataclass(frozen=True)
class Changed:
    """An arrangement after a change, and every gate that can be judged before tracing, passed or not."""

    arrangement: Arrangement
    gates: tuple[Gate, ...]

    @property
    def problems(self) -> tuple[Gate, ...]:
        """The gates that do not pass: with these the engine would refuse the arrangement."""
        return tuple(gate for gate in self.gates if not gate.passed)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types only."""
        return {
            "arrangement": self.arrangement.to_dict(),
            "gates": [gate.to_dict() for gate in self.gates],
            "problems": [gate.to_dict() for gate in self.problems],
        }


def catalogue(style: str, room_type: str | None = None) -> list[dict[str, Any]]:
    """What can be added or swapped in, in plain JSON types: kind, title, room types, usual, smallest and largest size.

    Sizes are (width, depth, height), metres, the usual one in this `style`. Raises ImpossibleChange for no style.
    """
    _known("style", style, STYLES)
    return [
        {
            "kind": spec.kind,
            "title": spec.title,
            "room_types": list(spec.room_types),
            "size": list(size_for(spec.kind, style)),
            "smallest": list(spec.smallest),
            "largest": list(spec.largest),
            "hangs": spec.hangs,
        }
        for spec in KINDS.values()
        if room_type is None or room_type in spec.room_types
    ]


def read(data: dict[str, Any]) -> Arrangement:
    """An arrangement from a caller's JSON; raises ImpossibleChange with the reason when it means nothing."""
    try:
        arrangement = Arrangement.from_dict(data)
    except ValueError as error:
        raise ImpossibleChange(str(error)) from error
    if len(arrangement.pieces) > MOST_PIECES:
        raise ImpossibleChange(f"it has {len(arrangement.pieces)} pieces; {MOST_PIECES} are the most")
    seen: set[str] = set()
    for piece in arrangement.pieces:
        if piece.id in seen:
            raise ImpossibleChange(f"two pieces have the id {piece.id!r}")
        seen.add(piece.id)
        _sound(piece)
    return arrangement


def judged(room: Room, arrangement: Arrangement) -> Changed:
    """The arrangement as it is, judged."""
    return Changed(arrangement, check(room, arrangement))


def change(room: Room, arrangement: Arrangement, wish: Mapping[str, Any]) -> Arrangement:
    """The arrangement after one change in JSON; raises ImpossibleChange.

    {"do": "move", "id", "x"?, "y"?, "z"?} | {"do": "turn", "id", "turn"} | {"do": "delete", "id"} |
    {"do": "swap", "id", "kind"?, "style"?, "size"?, "seed"?, "options"?} |
    {"do": "add", "kind", "x", "y", "z"?, "turn"?, "style"?, "size"?, "seed"?, "options"?}.
    """
    verb = wish.get("do")
    if verb == "add":
        return added(room, arrangement, wish)
    piece = _piece(arrangement, wish.get("id"))
    if verb == "move":
        at = {axis: _number(wish.get(axis, getattr(piece, axis)), axis) for axis in ("x", "y", "z")}
        return moved(room, arrangement, piece, (at["x"], at["y"], at["z"]))
    if verb == "turn":
        return turned(arrangement, piece, _number(wish.get("turn"), "turn"))
    if verb == "swap":
        return swapped(room, arrangement, piece, wish)
    if verb == "delete":
        return deleted(arrangement, piece)
    raise ImpossibleChange(f"there is no change {verb!r}; use move, turn, swap, delete or add")


def changed(room: dict[str, Any], arrangement: dict[str, Any], *wishes: Mapping[str, Any]) -> dict[str, Any]:
    """JSON in, JSON out: `arrangement` in `room` after the `wishes` (see `change`), as `Changed.to_dict`.

    Raises ValueError with the reason (ImpossibleChange is one).
    """
    there, now = Room.from_dict(room), read(arrangement)
    for wish in wishes:
        now = change(there, now, wish)
    return judged(there, now).to_dict()


def moved(room: Room, arrangement: Arrangement, piece: Piece, to: tuple[float, float, float]) -> Arrangement:
    """The piece at `to` (x, y, z) metres, with all that stands on it; what hangs goes to the nearest wall."""
    there = _hung(room, replace(piece, x=to[0], y=to[1], z=to[2]))
    riders = {p.id for p in on_top(arrangement, piece)}
    shift = there.x - piece.x, there.y - piece.y, there.z - piece.z
    return _with(
        arrangement,
        *(
            there if p.id == piece.id else replace(p, x=p.x + shift[0], y=p.y + shift[1], z=p.z + shift[2])
            for p in arrangement.pieces
            if p.id == piece.id or p.id in riders
        ),
    )


def turned(arrangement: Arrangement, piece: Piece, turn: float) -> Arrangement:
    """The piece at `turn` degrees (0 looks to the camera, counter-clockwise from above), with what stands on it."""
    by = turn - piece.turn
    a = math.radians(by)
    c, s = math.cos(a), math.sin(a)
    after = [replace(piece, turn=_circle(turn))]
    for p in on_top(arrangement, piece):
        dx, dy = p.x - piece.x, p.y - piece.y
        after.append(replace(p, x=piece.x + c * dx - s * dy, y=piece.y + s * dx + c * dy, turn=_circle(p.turn + by)))
    return _with(arrangement, *after)


def swapped(room: Room, arrangement: Arrangement, piece: Piece, wish: Mapping[str, Any]) -> Arrangement:
    """Another kind, style, size, seed (the details) or options in the piece's place; its back stays where it was.

    Without any of them the next seed is taken: the same kind of thing, another one.
    """
    kind = str(wish.get("kind", piece.kind))
    style = str(wish.get("style", piece.style))
    other = kind != piece.kind or style != piece.style
    said = any(name in wish for name in ("kind", "style", "size", "seed", "options"))
    spec = _spec(kind)
    there = replace(
        piece,
        kind=kind,
        style=style,
        size=_size(wish["size"]) if "size" in wish else _usual(kind, style) if other else piece.size,
        seed=int(_number(wish.get("seed", piece.seed if said else piece.seed + 1), "seed")) % SEEDS,
        options=_options(wish["options"]) if "options" in wish else {} if kind != piece.kind else piece.options,
    )
    _sound(there)
    riders = on_top(arrangement, piece)
    there = _hung(room, _same_back(piece, there)) if spec.hangs == _spec(piece.kind).hangs else _settled(room, there)
    lift = there.z + there.size[2] - piece.z - piece.size[2]
    shape = footprint(there)
    kept = [replace(p, z=p.z + lift) for p in riders if kind in CARRIERS and shape.distance(p.x, p.y) == 0.0]
    gone = {p.id for p in riders} - {p.id for p in kept}
    return _with(_without(arrangement, gone), there, *kept)


def deleted(arrangement: Arrangement, piece: Piece) -> Arrangement:
    """Without the piece and without what stands on it."""
    return _without(arrangement, {piece.id} | {p.id for p in on_top(arrangement, piece)})


def added(room: Room, arrangement: Arrangement, wish: Mapping[str, Any]) -> Arrangement:
    """One piece more, of the kind's usual size and the arrangement's style unless told; on top of what is there.

    A thing for tabletops (without clearances) that is put where a table stands is set upon it.
    """
    kind, style = str(wish.get("kind")), str(wish.get("style", arrangement.style))
    spec = _spec(kind)
    numbers = [int(p.id.rpartition("-")[2]) for p in arrangement.pieces if p.id.rpartition("-")[2].isdigit()]
    name = f"{kind}-{max(numbers, default=0) + 1}"
    piece = Piece(
        id=name,
        kind=kind,
        style=style,
        size=_size(wish["size"]) if "size" in wish else _usual(kind, style),
        x=_number(wish.get("x"), "x"),
        y=_number(wish.get("y"), "y"),
        z=_number(wish.get("z", 0.0), "z"),
        turn=_circle(_number(wish.get("turn", 0.0), "turn")),
        seed=int(_number(wish.get("seed", arrangement.seed + max(numbers, default=0)), "seed")) % SEEDS,
        role="wall" if spec.hangs and kind != "pendant" else "rug" if kind == "rug" else "companion",
        options=_options(wish.get("options", {})),
    )
    _sound(piece)
    if "z" not in wish:
        piece = _settled(room, piece)
        under = [p for p in arrangement.pieces if p.kind in CARRIERS and footprint(p).distance(piece.x, piece.y) == 0.0]
        if under and spec.front == 0.0 and not spec.hangs and piece.size[2] < 0.8 and kind != "rug":
            piece = replace(piece, z=under[0].z + under[0].size[2])
    if len(arrangement.pieces) >= MOST_PIECES:
        raise ImpossibleChange(f"{MOST_PIECES} pieces are the most")
    return replace(arrangement, pieces=(*arrangement.pieces, _hung(room, piece)))


def on_top(arrangement: Arrangement, piece: Piece) -> tuple[Piece, ...]:
    """What stands on a piece: its middle over the piece's rectangle, its foot at the piece's top."""
    if piece.kind == "rug" or _spec(piece.kind).hangs:
        return ()
    shape, top = footprint(piece), piece.z + piece.size[2]
    return tuple(
        p
        for p in arrangement.pieces
        if p.id != piece.id and p.z > 0.1 and abs(p.z - top) < RESTS and shape.distance(p.x, p.y) == 0.0
        and p.role != "wall" and not _spec(p.kind).hangs
    )  # fmt: skip


def _hung(room: Room, piece: Piece) -> Piece:
    """What hangs, back on the wall nearest to it and between its ends, or below the ceiling; all else as it is."""
    if not _spec(piece.kind).hangs:
        return piece
    width, depth, height = piece.size
    if piece.kind == "pendant":
        return replace(piece, z=room.box.height - height)
    site = Site(room)
    wall, _ = site.nearest_wall(piece.x, piece.y)
    low, high = wall_range(site.box, wall)
    u = min(max(wall_coordinate(wall, piece.x, piece.y), low + width / 2), max(high - width / 2, low + width / 2))
    frame = wall_frame(site.box, wall, u, depth / 2 + OFF_WALL)
    return replace(
        piece, x=frame.x, y=frame.y, turn=frame.turn, z=min(max(piece.z, 0.0), max(room.box.height - height, 0.0))
    )


def _settled(room: Room, piece: Piece) -> Piece:
    """A piece that comes anew: art with its middle at the height of the eyes, curtains and all that stands below."""
    if _spec(piece.kind).hangs and piece.kind in {"wall_art", "mirror"}:
        return replace(piece, z=max(1.5 - piece.size[2] / 2, 0.3))
    return _hung(room, replace(piece, z=0.0))


def _same_back(before: Piece, after: Piece) -> Piece:
    """`after` with its back where the back of `before` was: a deeper sofa grows into the room, not into the wall."""
    if before.size == after.size or _spec(before.kind).hangs:
        return after
    a, out = math.radians(after.turn), (after.size[1] - before.size[1]) / 2
    return replace(after, x=after.x + math.sin(a) * out, y=after.y - math.cos(a) * out)


def _with(arrangement: Arrangement, *pieces: Piece) -> Arrangement:
    """The arrangement with these in the places of their namesakes."""
    by_id = {piece.id: _rounded(piece) for piece in pieces}
    return replace(arrangement, pieces=tuple(by_id.get(p.id, p) for p in arrangement.pieces))


def _without(arrangement: Arrangement, ids: set[str]) -> Arrangement:
    return replace(arrangement, pieces=tuple(p for p in arrangement.pieces if p.id not in ids))


def _rounded(piece: Piece) -> Piece:
    """To the millimetre and a tenth of a degree, as the arranger writes them."""
    return replace(piece, x=round(piece.x, 3), y=round(piece.y, 3), z=round(piece.z, 3), turn=round(piece.turn, 1))


def _piece(arrangement: Arrangement, name: object) -> Piece:
    for piece in arrangement.pieces:
        if piece.id == name:
            return piece
    raise ImpossibleChange(f"there is no piece with the id {name!r}")


def _spec(kind: str) -> KindSpec:
    _known("kind", kind, KINDS)
    return KINDS[kind]


def _known(what: str, word: str, words: Mapping[str, Any]) -> None:
    if word not in words:
        raise ImpossibleChange(f"there is no {what} {word!r}; there are {', '.join(words)}")


def _sound(piece: Piece) -> None:
    """Raise ImpossibleChange for a piece that cannot be built."""
    spec = _spec(piece.kind)
    _known("style", piece.style, STYLES)
    for index, side in enumerate(("wide", "deep", "high")):
        low, high = spec.smallest[index] * STRETCH[0], spec.largest[index] * STRETCH[1]
        if not low - 0.002 <= piece.size[index] <= high + 0.002:
            raise ImpossibleChange(
                f"{piece.id} is {piece.size[index]:.2f} m {side}; a {spec.title.lower()} is {low:.2f} to {high:.2f} m"
            )


def _usual(kind: str, style: str) -> tuple[float, float, float]:
    _known("kind", kind, KINDS)
    _known("style", style, STYLES)
    return size_for(kind, style)


def _size(value: object) -> tuple[float, float, float]:
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise ImpossibleChange("size must be three numbers: width, depth and height in metres")
    width, depth, height = (_number(v, "size") for v in value)
    return width, depth, height


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ImpossibleChange(f"{name} must be a number; it is {value!r}")
    return float(value)


def _options(value: object) -> dict[str, Any]:
    if not isinstance(value, dict) or not all(isinstance(v, bool | int | float | str) for v in value.values()):
        raise ImpossibleChange("options must be an object of plain values")
    return {str(name): v for name, v in value.items()}


def _circle(turn: float) -> float:
    return (turn + 180.0) % 360.0 - 180.0

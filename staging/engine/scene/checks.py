"""The gates of an arrangement: what must hold before a picture is traced, whoever placed the pieces."""

from __future__ import annotations

import itertools
from typing import Final

from staging.engine.scene.arrangement import Arrangement, Piece
from staging.engine.scene.footprints import footprint, penetration
from staging.engine.scene.frames import wall_coordinate, wall_range
from staging.engine.scene.gates import Gate
from staging.engine.scene.layout import FLAT, HUNG, tucked
from staging.engine.scene.room import Room
from staging.engine.scene.site import WINDOW_COVERED, Site
from staging.engine.scene.visibility import view
from staging.engine.scene.walkways import cut_off

MAIN_IN_FRAME: Final = 0.8
MAIN_DISTANCE: Final = 1.2  # metres
CEILING: Final = (2.3, 3.2)  # metres; what lies outside was read at the wrong scale
DOOR: Final = (1.9, 2.2)  # metres
CEILING_READ: Final = 0.1  # metres to which a ceiling is read
LEAST_ON_GROUND: Final = 0.9  # of a footprint, where there are no walls to stand before
IN_BLOCK: Final = 0.2  # metres: stools stand under an island's overhang, and no island is read to the centimetre
BEHIND: Final = 0.5  # of a piece: what is hidden more is better left out
OVERLAP: Final = 0.02  # metres by which bounding boxes may touch: they are a little larger than what they bound


def check(room: Room, arrangement: Arrangement) -> tuple[Gate, ...]:
    """Every gate that can be answered before tracing, passed or not, in a fixed order.

    An arrangement without a main piece (a person removed it) is judged by its largest piece; one without
    any piece passes all but the gates of the room.
    """
    site, pieces = Site(room), arrangement.pieces
    main = _main(pieces)
    return (
        *((_main_in_frame(room, main), _main_distance(main)) if main else ()),
        _intersections(pieces),
        _inside(site, pieces),
        _doors(site, pieces),
        _walkways(site, pieces),
        _windows(site, pieces),
        _art(site, pieces),
        *((_building(site, pieces),) if room.occluders else ()),
        *((_on_ground(site, pieces),) if room.open_air else (_ceiling(room), _door_heights(room))),
    )


def _main(pieces: tuple[Piece, ...]) -> Piece | None:
    standing = [p for p in pieces if p.kind not in FLAT | HUNG]
    return next(
        (p for p in pieces if p.role == "main"), max(standing, key=lambda p: p.size[0] * p.size[1], default=None)
    )


def _main_in_frame(room: Room, main: Piece) -> Gate:
    share = view(room, main).in_frame
    text = f"{share:.0%} of the {main.kind} is in the picture; at least {MAIN_IN_FRAME:.0%} must be."
    return Gate("main_in_frame", share >= MAIN_IN_FRAME, round(share, 3), MAIN_IN_FRAME, text)


def _main_distance(main: Piece) -> Gate:
    distance = footprint(main).distance(0.0, 0.0)
    text = f"The {main.kind} stands {distance:.2f} m from the camera; at least {MAIN_DISTANCE} m are needed."
    return Gate("main_distance", distance >= MAIN_DISTANCE, round(distance, 3), MAIN_DISTANCE, text)


def _intersections(pieces: tuple[Piece, ...]) -> Gate:
    worst, pair = 0.0, ("", "")
    for a, b in itertools.combinations([p for p in pieces if p.kind not in FLAT], 2):
        depth = penetration(footprint(a), footprint(b)) - tucked(a.kind, b.kind)
        if depth > worst:
            worst, pair = depth, (a.id, b.id)
    text = f"{pair[0]} and {pair[1]} overlap by {worst:.2f} m." if worst > OVERLAP else "No two pieces overlap."
    return Gate("intersections", worst <= OVERLAP, round(worst, 3), OVERLAP, text)


def _inside(site: Site, pieces: tuple[Piece, ...]) -> Gate:
    """How far, in metres, the worst piece sticks out of the box."""
    box, worst = site.box, 0.0
    for shape in (footprint(p) for p in pieces):
        worst = max(worst, shape.z1 - box.height)
        for x, y in shape.corners:
            worst = max(worst, box.x0 - x, x - box.x1, y - box.y1)
    text = f"Furniture sticks {worst:.2f} m out of the room." if worst > OVERLAP else "All pieces are inside the room."
    return Gate("inside_room", worst <= OVERLAP, round(max(worst, 0.0), 3), OVERLAP, text)


def _doors(site: Site, pieces: tuple[Piece, ...]) -> Gate:
    blocked = [
        (piece.id, zone.opening.kind)
        for zone in site.passages
        for piece in pieces
        if not (piece.kind in FLAT | HUNG or site.on_counter(piece))
        and penetration(footprint(piece), zone.area) > OVERLAP
    ]
    text = f"{blocked[0][0]} blocks a {blocked[0][1]}." if blocked else "Nothing stands before a door."
    return Gate("doors_clear", not blocked, float(len(blocked)), 0.0, text)


def _walkways(site: Site, pieces: tuple[Piece, ...]) -> Gate:
    lost = cut_off(site, pieces)
    text = f"Furniture cuts {len(lost)} door(s) off." if lost else "Every door can be reached on a path 0.75 m wide."
    return Gate("walkways", not lost, float(len(lost)), 0.0, text)


def _windows(site: Site, pieces: tuple[Piece, ...]) -> Gate:
    """The largest share of a window's area that one piece right before it takes."""
    covers = [(site.window_cover(footprint(p)), p.id) for p in pieces if p.kind not in FLAT]
    worst, name = max(covers, default=(0.0, ""))
    text = f"{name} covers {worst:.0%} of a window." if worst else "No window is covered."
    return Gate("windows_clear", worst <= WINDOW_COVERED, round(worst, 3), WINDOW_COVERED, text)


def _art(site: Site, pieces: tuple[Piece, ...]) -> Gate:
    wrong = [p for p in pieces if p.kind in {"wall_art", "mirror", "towel_rail"} and not _hangs_on_wall(site, p)]
    text = f"{wrong[0].id} hangs on an opening or off the wall." if wrong else "Art hangs on bare wall only."
    return Gate("art_on_bare_wall", not wrong, float(len(wrong)), 0.0, text)


def _hangs_on_wall(site: Site, piece: Piece) -> bool:
    wall, _ = site.nearest_wall(piece.x, piece.y)
    u = wall_coordinate(wall, piece.x, piece.y)
    low, high = wall_range(site.box, wall)
    half = piece.size[0] / 2
    if u - half < low or u + half > high:
        return False
    return site.bare(wall, (u - half, u + half), (piece.z, piece.z + piece.size[2]), 0.0)


def _building(site: Site, pieces: tuple[Piece, ...]) -> Gate:
    """No piece stands in an island or a stair, or mostly behind one; the share of the worst that is hidden."""
    inside = [
        p.id for p in pieces if not (p.kind in FLAT or site.on_counter(p)) and site.in_block(footprint(p), IN_BLOCK)
    ]
    worst, name = max(((site.hidden_share(p), p.id) for p in pieces), default=(0.0, ""))
    passed = not inside and worst <= BEHIND
    text = (
        f"{inside[0]} stands in an island, a stair or another part of the building."
        if inside
        else f"{worst:.0%} of {name} is behind a part of the building."
        if worst > BEHIND
        else "Nothing stands in or behind parts of the building."
    )
    return Gate("building_clear", passed, 1.0 if inside else round(worst, 3), BEHIND, text)


def _on_ground(site: Site, pieces: tuple[Piece, ...]) -> Gate:
    """The least share of a piece's footprint on the free ground."""
    shares = [(site.on_visible_floor(footprint(p)), p.id) for p in pieces if p.z < 0.1]
    worst, name = min(shares, default=(1.0, ""))
    text = (
        f"Only {worst:.0%} of {name} stands on the free ground."
        if worst < LEAST_ON_GROUND
        else "All is on free ground."
    )
    return Gate("on_free_ground", worst >= LEAST_ON_GROUND, round(worst, 3), LEAST_ON_GROUND, text)


def _ceiling(room: Room) -> Gate:
    low, high = CEILING
    height = room.box.height
    limit = low if height < (low + high) / 2 else high
    text = f"The ceiling was read at {height:.2f} m; rooms are {low} to {high} m high."
    passed = low - CEILING_READ <= height <= high + CEILING_READ
    return Gate("ceiling_height", passed, round(height, 3), limit, text)


def _door_heights(room: Room) -> Gate:
    """The door whose height is least like a door's; a person who has set the room knows better."""
    low, high = DOOR
    middle = (low + high) / 2
    heights = [o.z1 for o in room.openings if o.kind == "door"] if "person" not in room.confidence else []
    worst = max(heights, key=lambda z: abs(z - middle), default=middle)
    text = f"A door was read {worst:.2f} m high; doors are {low} to {high} m." if heights else "No door is judged."
    return Gate("door_heights", low <= worst <= high, round(worst, 3), low if worst < middle else high, text)

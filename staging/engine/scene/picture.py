"""How good a whole layout looks in the picture: what it shows, how it is balanced, what it leaves open."""

from __future__ import annotations

from typing import Final

import numpy as np

from staging.engine.scene.arrangement import Piece
from staging.engine.scene.bulk import openness
from staging.engine.scene.footprints import footprint
from staging.engine.scene.layout import FLAT, HUNG, Layout
from staging.engine.scene.room import Opening
from staging.engine.scene.site import within_rectangle
from staging.engine.scene.stands import plateau
from staging.engine.scene.visibility import hidden_by

# What a kind adds to a room that is lived in; the second of a kind adds half.
WORTH: Final = {
    "rug": 1.0, "coffee_table": 1.6, "armchair": 0.8, "nightstand": 0.6, "wall_art": 0.7, "mirror": 0.6, "plant": 0.5,
    "floor_lamp": 0.4, "table_lamp": 0.35, "side_table": 0.3, "sideboard": 0.6, "console_table": 0.4, "tv_unit": 0.5,
    "bookshelf": 0.55, "dresser": 0.6, "bench": 0.4, "pendant": 0.4, "dining_chair": 0.45, "office_chair": 1.2,
    "desk_lamp": 0.3, "laptop": 0.3,
    "kids_desk": 0.7, "kids_chair": 0.5, "toy_shelf": 0.6, "toy_chest": 0.4, "bean_bag": 0.5, "play_tent": 0.8,
    "outdoor_armchair": 0.8, "outdoor_table": 1.2, "outdoor_chair": 0.45, "outdoor_rug": 0.8, "sun_lounger": 0.9,
    "planter": 0.5, "parasol": 0.6, "lantern": 0.2, "fire_bowl": 1.0, "wall_shelf": 0.4,
    "plush": 0.25, "toys": 0.25, "play_ball": 0.2,
    "tv": 0.2, "pouf": 0.25, "vase": 0.15, "bowl": 0.15, "books": 0.15, "plant_small": 0.15,
    "bar_stool": 0.9, "runner": 0.6, "fruit_bowl": 0.4, "bath_mat": 0.8, "bath_stool": 0.6, "towel_stack": 0.3,
    "bath_tray": 0.25, "candles": 0.2, "laundry_basket": 0.4, "towel_rail": 0.5,
}  # fmt: skip

# What fills a room beside a bed with its nightstands or a sofa with its table: any `FILLED` of these.
FILLS: Final = (
    ("armchair", "bench", "office_chair", "dining_chair", "kids_chair", "outdoor_armchair", "outdoor_chair"),
    ("floor_lamp", "table_lamp", "desk_lamp", "pendant", "lantern"),
    ("plant", "planter"),
    ("wall_art", "mirror"),
    ("sideboard", "console_table", "tv_unit", "bookshelf", "dresser", "toy_shelf"),
)
FILLED: Final = 3
SPARSE: Final = 0.5

LOW: Final = 1.8  # metres: what reaches the floor and ends lower is a hearth with its mantel
HEARTH: Final = 2.5  # score of a hearth that is wholly hidden: a room looks at its fire, and nobody turns a back on it
PASSAGE: Final = 0.8  # and of a door or passage
BARRED: Final = 2.0  # of a door whose threshold is wholly hidden: nobody sees that one can walk there
LOOMING: Final = 3.0  # score of a large companion, nearer than the main piece, that looks twice as large
LOOMS: Final = 0.8  # of the main piece's size in the picture, from which on it does
CLUTTER: Final = 1.2  # score of a large companion that is wholly hidden
LARGE: Final = frozenset(
    {
        "armchair",
        "tv_unit",
        "sideboard",
        "console_table",
        "bookshelf",
        "dresser",
        "bench",
        "plant",
        "kids_desk",
        "toy_shelf",
        "play_tent",
    }
)


def rate(layout: Layout) -> float:
    """The score of a layout, larger is better; the main piece's own score is not in it."""
    return (
        _worth(layout)
        + _faces(layout)
        + _balance(layout)
        + _cover(layout)
        - _cuts(layout)
        - _hidden(layout)
        - _clutter(layout)
        - _bars(layout)
        - _barred(layout)
        - _foreground(layout)
        - _looming(layout)
    )


def _worth(layout: Layout) -> float:
    seen: dict[str, int] = {}
    total = 0.0
    for piece in layout.pieces[1:]:
        number = seen[piece.kind] = seen.get(piece.kind, 0) + 1
        total += WORTH.get(piece.kind, 0.1) / number * layout.views[piece.id].in_frame
    return total


def sparse(layout: Layout) -> float:
    """What a room lacks of what a stager brings beside the main group: 0 .. `SPARSE` for each that is missing."""
    brought = sum(bool(layout.of(*kinds)) for kinds in FILLS)
    # Two chairs that look at each other are a group, one is a chair in a room.
    brought += layout.main.kind == "armchair" and len(layout.of("armchair")) > 1
    return SPARSE * max(FILLED - brought, 0)


def _faces(layout: Layout) -> float:
    """Armchairs that show their seat are inviting, those that show their back are not."""
    return sum(0.5 * min(layout.views[p.id].facing, 0.5) for p in layout.of("armchair"))


def _balance(layout: Layout) -> float:
    """Furniture on both halves of the picture, with its centre of gravity near the middle: -1.2 .. 0."""
    mass = [
        (view.area**0.5, view.middle) for p in layout.pieces if p.kind not in FLAT for view in (layout.views[p.id],)
    ]
    total = sum(m for m, _ in mass) or 1.0
    centre = sum(m * x for m, x in mass) / total
    return -min(4.0 * max(abs(centre - 0.5) - 0.06, 0.0), 1.2)


def _cover(layout: Layout) -> float:
    """35 to 60 % of the visible floor stays free, rugs counted as furniture: -1 .. 0.6."""
    cells = layout.site.cells
    if not len(cells):
        return 0.0
    taken = within_rectangle(cells, footprint(layout.main))
    for piece in layout.pieces[1:]:
        if piece.z < 0.3 and piece.kind not in HUNG:
            taken |= within_rectangle(cells, footprint(piece))
    free = 1.0 - float(taken.mean())
    # In a hall the furniture is an island: more than 20 square metres cannot be covered.
    area = layout.site.visible_area
    high = 0.6 if area < 20 else min(0.6 + (area - 20) / 60, 0.85)
    return max(0.6 * plateau(free, 0.35, high, 0.2), -1.0)


def _cuts(layout: Layout) -> float:
    """Pieces that the frame cuts."""
    return sum(
        2.5 * (1.0 - layout.views[p.id].in_frame) * min(layout.views[p.id].area * 8, 1.0)
        for p in layout.pieces
        if p.kind not in FLAT
    )


def _hidden(layout: Layout) -> float:
    """How much of the main piece is hidden."""
    others = [p for p in layout.pieces[1:] if p.kind not in FLAT and p.z < 0.3]
    # Chairs belong before their table and their desk; they do not hide them.
    own = {"dining_table": "dining_chair", "desk": "office_chair"}.get(layout.main.kind)
    return 2.5 * hidden_by(layout.site.room, layout.main, [p for p in others if p.kind != own])


def _clutter(layout: Layout) -> float:
    """Companions that the camera sees one behind the other; what stands on tables goes with its table."""
    standing = [p for p in layout.pieces if p.kind not in FLAT | HUNG and p.z < 0.1]
    screens = layout.of("tv")
    total = 0.0
    for piece in [p for p in standing[1:] if p.kind in LARGE] + screens:
        size = min(layout.views[piece.id].area * 20, 1.0)
        total += CLUTTER * size * hidden_by(layout.site.room, piece, standing)
    return total


def _bars(layout: Layout) -> float:
    """Hearths, doors and passages that furniture stands before in the picture: the worst of them."""
    standing = [p for p in layout.pieces if p.kind not in FLAT | HUNG and p.size[2] > 0.3]
    return max((_bar(layout, o) * _hidden_share(layout, o, standing) for o in layout.site.room.openings), default=0.0)


def _barred(layout: Layout) -> float:
    """Doors whose threshold the furniture hides: the worst of them."""
    return BARRED * layout.site.bars([p for p in layout.pieces if p.kind not in FLAT | HUNG and p.z < 0.3])


def _bar(layout: Layout, o: Opening) -> float:
    """What it costs to hide an opening; glass walls and windows are looked through over a sofa's back."""
    wide = o.u1 - o.u0
    if o.kind == "window" or wide < 0.6:
        return 0.0
    if o.kind == "opening" and o.z1 < LOW and wide < 2.2:
        return HEARTH
    return PASSAGE if wide < 1.6 else 0.0


def _hidden_share(layout: Layout, o: Opening, standing: list[Piece]) -> float:
    """How much of an opening in the picture is hidden, 0..1."""
    a, b, _, d = o.corners(layout.site.box)
    s, t = np.meshgrid(np.linspace(0.1, 0.9, 6), np.linspace(0.1, 0.9, 6))
    points = (a + s[..., None] * (b - a) + t[..., None] * (d - a)).reshape(-1, 3)
    camera = layout.site.room.camera
    pixels, depth = camera.project(points)
    seen = (depth > 0.2) & (pixels >= 0).all(1) & (pixels <= [camera.width, camera.height_px]).all(1)
    if seen.sum() < 6:
        return 0.0
    return 1.0 - float(openness(camera.position, points[seen], standing).mean())


def _foreground(layout: Layout) -> float:
    """Pieces that bar the lower edge of the picture, or turn their back on the camera from close by."""
    total = 0.0
    for piece in layout.pieces:
        view = layout.views[piece.id]
        if piece.kind in FLAT or piece.z > 0.3:
            continue
        if view.bottom > 0.93:
            total += 1.5 * view.width
        if piece.kind in {"armchair", "sofa", "loveseat", "dining_chair"} and view.facing < -0.3:
            total += 1.5 * view.width * min(2.5 / max(view.nearest, 0.5), 1.5)
    return total


def _looming(layout: Layout) -> float:
    """Large companions close to the camera that take more of the picture than what the room is about."""
    main = layout.views[layout.main.id]
    seen = (layout.views[p.id] for p in layout.pieces[1:] if p.kind in LARGE and p.z < 0.3)
    shares = (view.area / max(main.area, 1e-3) for view in seen if view.nearest < main.nearest)
    return sum(LOOMING * min(max(share - LOOMS, 0.0), 1.0) for share in shares)

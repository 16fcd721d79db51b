"""The catalogue: which kinds of pieces there are, what room they want, and how each is built and put in its place.

What `Piece.options` may ask for: "decor" (bool, off) dresses the tops of tables and cabinets; "tv" (bool, off) puts a
television on a tv_unit; "cushions" and "throw" (bool) on seats and beds; "stems" (bool) in a vase; "books" (bool) in a
bookshelf; "species" of a plant; "design" of rugs and art; "round" (bool) rugs; "panels" (1 or 2) of curtains; "hand"
("left", "right") of a corner sofa; "seat" (metres) of a counter stool; "hung" (bool) for a television on a wall.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from staging.engine.furniture import (
    armchairs,
    beds,
    books,
    chairs,
    coffee_tables,
    decor,
    desk_chairs,
    desk_lamps,
    kids,
    kids_beds,
    lighting,
    outdoors,
    plants,
    poufs,
    screens,
    seating,
    storage,
    tables,
    tents,
    toys,
    walls,
    wetrooms,
)
from staging.engine.furniture.primitives import merged, without_slivers
from staging.engine.furniture.styles import STYLES
from staging.engine.furniture.workshop import Workshop
from staging.engine.memory import MEMORY
from staging.engine.scene.arrangement import Piece
from staging.engine.scene.material import Material
from staging.engine.scene.mesh import Mesh

Size = tuple[float, float, float]
Builder = Callable[[Workshop], list[Mesh]]


@dataclass(frozen=True)
class KindSpec:
    """What an arranger must know of a kind. Sizes are (width, depth, height), metres.

    `front` and `side` are the free metres wanted before and beside it; `hangs` is true for what a wall or the
    ceiling carries. Things for tabletops have no clearances.
    """

    kind: str
    title: str
    room_types: tuple[str, ...]
    default: Size
    smallest: Size
    largest: Size
    front: float = 0.0
    side: float = 0.0
    hangs: bool = False


@dataclass(frozen=True)
class Built:
    """A finished piece: one mesh per material; `mesh.material` is a key of `materials`, unique by content."""

    meshes: tuple[Mesh, ...]
    materials: dict[str, Material]


_LIVING, _BED, _DINING, _OFFICE, _KIDS = "living", "bed", "dining", "home_office", "kids_room"
_ALL = (_LIVING, _BED, _DINING, _OFFICE, _KIDS)

_SPECS = (
    KindSpec("sofa", "Sofa", (_LIVING, _OFFICE), (2.15, 0.92, 0.82), (1.75, 0.84, 0.74), (2.6, 1.02, 0.92), 0.75, 0.05),
    KindSpec(
        "loveseat",
        "Loveseat",
        (_LIVING, _BED, _OFFICE),
        (1.55, 0.88, 0.82),
        (1.30, 0.80, 0.74),
        (1.75, 0.98, 0.92),
        0.7,
        0.05,
    ),
    KindSpec(
        "sectional", "Corner sofa", (_LIVING,), (2.75, 1.60, 0.82), (2.30, 1.45, 0.74), (3.20, 1.90, 0.92), 0.75, 0.05
    ),
    KindSpec(
        "armchair",
        "Armchair",
        (_LIVING, _BED, _OFFICE),
        (0.76, 0.80, 0.80),
        (0.66, 0.70, 0.72),
        (0.92, 0.92, 0.98),
        0.6,
        0.10,
    ),
    KindSpec("pouf", "Pouf", (_LIVING, _BED), (0.50, 0.50, 0.40), (0.38, 0.38, 0.32), (0.70, 0.70, 0.46), 0.2, 0.1),
    KindSpec(
        "bench",
        "Bench",
        (_BED, _DINING, _LIVING),
        (1.25, 0.42, 0.46),
        (0.80, 0.36, 0.42),
        (1.70, 0.50, 0.50),
        0.5,
        0.05,
    ),
    KindSpec(
        "coffee_table",
        "Coffee table",
        (_LIVING,),
        (1.15, 0.62, 0.40),
        (0.70, 0.50, 0.32),
        (1.45, 0.90, 0.46),
        0.35,
        0.35,
    ),
    KindSpec(
        "side_table",
        "Side table",
        (_LIVING, _BED, _OFFICE),
        (0.46, 0.46, 0.54),
        (0.34, 0.34, 0.42),
        (0.60, 0.60, 0.64),
        0.1,
        0.02,
    ),
    KindSpec(
        "console_table",
        "Console table",
        (_LIVING, _DINING),
        (1.30, 0.36, 0.78),
        (0.80, 0.28, 0.70),
        (1.80, 0.45, 0.86),
        0.6,
        0.05,
    ),
    KindSpec(
        "sideboard",
        "Sideboard",
        (_LIVING, _DINING, _OFFICE),
        (1.70, 0.44, 0.76),
        (1.10, 0.36, 0.66),
        (2.20, 0.50, 0.90),
        0.7,
        0.05,
    ),
    KindSpec(
        "tv_unit", "Media unit", (_LIVING, _BED), (1.80, 0.42, 0.50), (1.20, 0.34, 0.40), (2.40, 0.50, 0.62), 0.9, 0.05
    ),
    KindSpec("tv", "Television", (_LIVING, _BED), (1.24, 0.24, 0.77), (0.90, 0.20, 0.57), (1.60, 0.28, 0.98)),
    KindSpec(
        "bookshelf",
        "Bookshelf",
        (_LIVING, _OFFICE, _BED),
        (0.90, 0.34, 1.85),
        (0.55, 0.26, 1.20),
        (1.60, 0.42, 2.20),
        0.6,
        0.03,
    ),
    KindSpec(
        "floor_lamp",
        "Floor lamp",
        (_LIVING, _BED, _OFFICE),
        (0.46, 0.46, 1.56),
        (0.34, 0.28, 1.35),
        (0.60, 0.60, 1.75),
        0.0,
        0.05,
    ),
    KindSpec("table_lamp", "Table lamp", _ALL, (0.30, 0.30, 0.52), (0.20, 0.18, 0.36), (0.40, 0.40, 0.68)),
    KindSpec("desk_lamp", "Desk lamp", (_OFFICE,), (0.36, 0.16, 0.44), (0.26, 0.15, 0.34), (0.45, 0.18, 0.52)),
    KindSpec(
        "pendant",
        "Pendant lamp",
        (_DINING, _BED, _LIVING),
        (0.46, 0.46, 0.90),
        (0.28, 0.28, 0.45),
        (0.75, 0.75, 1.40),
        hangs=True,
    ),
    KindSpec("plant", "Tall plant", _ALL, (0.75, 0.75, 1.50), (0.50, 0.50, 1.00), (1.00, 1.00, 1.90), 0.0, 0.02),
    KindSpec("plant_small", "Small plant", _ALL, (0.26, 0.26, 0.34), (0.16, 0.16, 0.20), (0.42, 0.42, 0.60)),
    KindSpec("vase", "Vase with stems", _ALL, (0.34, 0.34, 0.52), (0.20, 0.20, 0.26), (0.50, 0.50, 0.75)),
    KindSpec("bowl", "Bowl", _ALL, (0.28, 0.28, 0.09), (0.14, 0.14, 0.05), (0.40, 0.40, 0.14)),
    KindSpec("books", "Stack of books", _ALL, (0.26, 0.20, 0.09), (0.18, 0.14, 0.04), (0.34, 0.26, 0.18)),
    KindSpec("laptop", "Laptop", (_OFFICE,), (0.33, 0.24, 0.22), (0.28, 0.20, 0.18), (0.38, 0.28, 0.26)),
    KindSpec("monitor", "Monitor", (_OFFICE,), (0.62, 0.18, 0.50), (0.50, 0.17, 0.42), (0.82, 0.24, 0.58)),
    KindSpec("rug", "Rug", _ALL, (2.60, 1.80, 0.012), (1.20, 0.80, 0.008), (4.20, 3.20, 0.020)),
    KindSpec("wall_art", "Framed art", _ALL, (0.62, 0.03, 0.82), (0.30, 0.02, 0.30), (1.60, 0.05, 1.30), hangs=True),
    KindSpec("mirror", "Mirror", _ALL, (0.80, 0.03, 0.80), (0.45, 0.02, 0.45), (1.20, 0.05, 1.90), hangs=True),
    KindSpec("curtain", "Curtains", _ALL, (1.90, 0.14, 2.35), (0.60, 0.10, 1.20), (4.50, 0.20, 3.10), hangs=True),
    KindSpec("bed", "Bed", (_BED,), (1.66, 2.14, 1.15), (0.96, 2.04, 0.92), (2.00, 2.30, 1.45), 0.6, 0.6),
    KindSpec(
        "nightstand", "Nightstand", (_BED,), (0.48, 0.40, 0.54), (0.34, 0.32, 0.44), (0.65, 0.48, 0.66), 0.4, 0.02
    ),
    KindSpec("dresser", "Dresser", (_BED,), (1.25, 0.46, 0.84), (0.75, 0.40, 0.72), (1.70, 0.52, 1.10), 0.8, 0.03),
    KindSpec(
        "dining_table",
        "Dining table",
        (_DINING, _LIVING),
        (1.80, 0.92, 0.75),
        (0.90, 0.75, 0.73),
        (2.60, 1.35, 0.77),
        0.75,
        0.75,
    ),
    KindSpec(
        "dining_chair",
        "Dining chair",
        (_DINING, _OFFICE),
        (0.48, 0.54, 0.82),
        (0.42, 0.48, 0.76),
        (0.60, 0.62, 0.94),
        0.3,
        0.03,
    ),
    KindSpec("desk", "Desk", (_OFFICE, _BED), (1.40, 0.66, 0.75), (0.95, 0.52, 0.72), (1.80, 0.80, 0.77), 0.9, 0.05),
    KindSpec(
        "office_chair", "Office chair", (_OFFICE,), (0.64, 0.64, 0.98), (0.60, 0.60, 0.92), (0.70, 0.70, 1.08), 0.4, 0.1
    ),
    KindSpec("kids_bed", "Child's bed", (_KIDS,), (2.06, 1.00, 0.86), (1.70, 0.84, 0.70), (2.16, 1.10, 1.80), 0.6, 0.0),
    KindSpec("bunk_bed", "Bunk bed", (_KIDS,), (2.08, 1.06, 1.62), (1.90, 0.96, 1.50), (2.16, 1.12, 1.98), 0.7, 0.0),
    KindSpec(
        "kids_desk", "Child's desk", (_KIDS,), (0.96, 0.52, 0.60), (0.76, 0.46, 0.54), (1.10, 0.60, 0.66), 0.7, 0.05
    ),
    KindSpec(
        "kids_chair", "Child's chair", (_KIDS,), (0.36, 0.40, 0.60), (0.30, 0.34, 0.52), (0.42, 0.46, 0.68), 0.2, 0.03
    ),
    KindSpec("toy_shelf", "Toy shelf", (_KIDS,), (0.96, 0.34, 0.98), (0.70, 0.28, 0.80), (1.40, 0.40, 1.20), 0.6, 0.03),
    KindSpec("toy_chest", "Toy chest", (_KIDS,), (0.80, 0.42, 0.46), (0.60, 0.36, 0.38), (1.00, 0.48, 0.54), 0.4, 0.03),
    KindSpec(
        "bean_bag", "Bean bag", (_KIDS, _LIVING), (0.78, 0.84, 0.66), (0.60, 0.64, 0.50), (0.95, 1.00, 0.80), 0.3, 0.05
    ),
    KindSpec("play_tent", "Play tent", (_KIDS,), (1.10, 1.10, 1.55), (0.90, 0.90, 1.30), (1.30, 1.30, 1.75), 0.5, 0.05),
    KindSpec(
        "wall_shelf",
        "Wall shelf",
        (_KIDS, _OFFICE),
        (0.70, 0.20, 0.36),
        (0.45, 0.16, 0.26),
        (1.00, 0.26, 0.70),
        hangs=True,
    ),
    KindSpec("plush", "Plush animal", (_KIDS,), (0.34, 0.36, 0.44), (0.15, 0.14, 0.16), (0.60, 0.62, 0.80)),
    KindSpec("toys", "Toys", (_KIDS,), (0.34, 0.24, 0.26), (0.16, 0.10, 0.10), (0.48, 0.36, 0.40)),
    KindSpec("play_ball", "Ball", (_KIDS,), (0.26, 0.26, 0.26), (0.14, 0.14, 0.14), (0.45, 0.45, 0.45)),
)

KINDS: dict[str, KindSpec] = {
    spec.kind: spec for spec in (*_SPECS, *(KindSpec(*row) for row in (*wetrooms.ROWS, *outdoors.ROWS)))
}

_BUILDERS: dict[str, Builder] = {
    "sofa": seating.sofa, "loveseat": seating.sofa, "sectional": seating.sectional, "armchair": armchairs.armchair,
    "pouf": poufs.pouf, "bench": chairs.bench, "coffee_table": coffee_tables.coffee_table,
    "side_table":
    tables.side_table,
    "console_table": tables.console_table, "sideboard": storage.sideboard, "tv_unit": storage.tv_unit,
    "tv": screens.television, "bookshelf": storage.bookshelf, "floor_lamp": lighting.floor_lamp,
    "table_lamp": lighting.table_lamp, "desk_lamp": desk_lamps.desk_lamp, "pendant": lighting.pendant,
    "plant": plants.plant, "plant_small": plants.plant_small, "vase": decor.vase, "bowl": decor.bowl,
    "books": books.books, "laptop": screens.laptop, "monitor": screens.monitor, "rug": walls.rug,
    "wall_art": walls.wall_art, "mirror": walls.mirror, "curtain": walls.curtain, "bed": beds.bed,
    "nightstand": storage.nightstand, "dresser": storage.dresser, "dining_table": tables.dining_table,
    "dining_chair": chairs.dining_chair, "desk": tables.desk, "office_chair": desk_chairs.office_chair,
    "kids_bed": kids_beds.kids_bed, "bunk_bed": kids_beds.bunk_bed, "kids_desk": kids.kids_desk,
    "kids_chair": kids.kids_chair, "toy_shelf": kids.toy_shelf, "toy_chest": kids.toy_chest, "bean_bag": poufs.bean_bag,
    "play_tent": tents.tent, "wall_shelf": kids.wall_shelf, "plush": toys.plush, "toys": toys.toys,
    "play_ball": toys.play_ball,
}  # fmt: skip

_BUILDERS |= wetrooms.BUILDERS | outdoors.BUILDERS

# Where a style's own silhouette is lower, taller, wider or rounder than the default.
_SIZES: dict[tuple[str, str], Size] = (
    {
        ("sofa", "modern"): (2.20, 0.96, 0.78),
        ("sofa", "scandinavian"): (2.00, 0.86, 0.82),
        ("sofa", "midcentury"): (2.05, 0.86, 0.80),
        ("sofa", "luxury"): (2.25, 0.95, 0.80),
        ("sofa", "farmhouse"): (2.15, 0.96, 0.90),
        ("sofa", "coastal"): (2.20, 0.98, 0.86),
        ("armchair", "modern"): (0.78, 0.76, 0.74),
        ("armchair", "scandinavian"): (0.70, 0.78, 0.82),
        ("armchair", "midcentury"): (0.82, 0.86, 0.90),
        ("armchair", "luxury"): (0.76, 0.74, 0.78),
        ("armchair", "farmhouse"): (0.76, 0.82, 0.98),
        ("armchair", "coastal"): (0.76, 0.76, 0.80),
        ("armchair", "industrial"): (0.82, 0.84, 0.80),
        ("armchair", "standard"): (0.80, 0.84, 0.84),
        ("coffee_table", "modern"): (1.20, 0.66, 0.34),
        ("coffee_table", "scandinavian"): (0.86, 0.86, 0.42),
        ("coffee_table", "luxury"): (0.90, 0.90, 0.40),
        ("coffee_table", "coastal"): (0.88, 0.88, 0.40),
        ("coffee_table", "midcentury"): (1.25, 0.60, 0.40),
        ("floor_lamp", "modern"): (0.58, 0.34, 1.72),
        ("floor_lamp", "industrial"): (0.52, 0.30, 1.55),
        ("floor_lamp", "farmhouse"): (0.52, 0.30, 1.55),
        ("floor_lamp", "luxury"): (0.42, 0.42, 1.62),
        ("table_lamp", "industrial"): (0.30, 0.22, 0.48),
        ("table_lamp", "scandinavian"): (0.28, 0.28, 0.38),
        ("bed", "modern"): (1.70, 2.14, 0.95),
        ("bed", "luxury"): (1.74, 2.16, 1.40),
        ("bed", "scandinavian"): (1.66, 2.12, 0.98),
        ("bed", "coastal"): (1.68, 2.12, 1.28),
        ("pendant", "luxury"): (0.70, 0.70, 0.90),
        ("pendant", "scandinavian"): (0.50, 0.50, 0.90),
        ("pendant", "midcentury"): (0.34, 0.34, 0.90),
        ("pendant", "farmhouse"): (0.38, 0.38, 0.95),
        ("mirror", "luxury"): (0.80, 0.03, 1.10),
        ("mirror", "farmhouse"): (0.75, 0.04, 1.05),
        ("mirror", "industrial"): (0.60, 0.03, 1.20),
        ("rug", "luxury"): (2.80, 2.00, 0.014),
        ("kids_bed", "scandinavian"): (2.06, 1.00, 1.68),
        ("kids_bed", "luxury"): (2.10, 1.02, 0.92),
        ("kids_bed", "midcentury"): (2.06, 0.98, 0.84),
        ("kids_bed", "farmhouse"): (2.06, 1.00, 1.02),
        ("kids_bed", "coastal"): (2.06, 1.00, 0.98),
        ("kids_bed", "industrial"): (2.06, 0.98, 0.98),
        ("kids_bed", "standard"): (2.12, 1.00, 0.98),
        ("kids_bed", "modern"): (2.08, 1.00, 0.88),
        ("bunk_bed", "scandinavian"): (2.08, 1.06, 1.90),
        ("play_tent", "modern"): (1.10, 1.00, 1.40),
        ("play_tent", "standard"): (1.10, 1.00, 1.40),
        ("play_tent", "luxury"): (1.20, 1.20, 1.60),
        ("wall_shelf", "scandinavian"): (0.50, 0.18, 0.52),
        ("wall_shelf", "farmhouse"): (0.50, 0.18, 0.52),
        ("wall_shelf", "midcentury"): (0.54, 0.18, 0.54),
        ("wall_shelf", "coastal"): (0.54, 0.18, 0.54),
        ("wall_shelf", "modern"): (0.80, 0.18, 0.30),
    }
    | wetrooms.SIZES
    | outdoors.SIZES
)


def size_for(kind: str, style: str) -> Size:
    """The usual (width, depth, height) of a kind in a style, metres; KeyError when either does not exist."""
    if style not in STYLES:
        raise KeyError(style)
    return _SIZES.get((kind, style), KINDS[kind].default)


def build(piece: Piece) -> Built:
    """The piece in its own frame: origin on the floor at the middle of its footprint, z up, front to -y.

    It fills `piece.size` within a few centimetres (decor on its top excepted). What hangs stands on z = 0 as well:
    `piece.z` lifts it. Raises ValueError for an unknown kind or style.
    """
    if piece.kind not in _BUILDERS:
        raise ValueError(f"no such kind of furniture: {piece.kind}")
    shop = Workshop(piece)
    meshes = tuple(without_slivers(mesh) for mesh in merged(_BUILDERS[piece.kind](shop)))
    used = {mesh.material for mesh in meshes}
    return Built(meshes, {name: m for name, m in shop.materials.items() if name in used})


def place(piece: Piece) -> Built:
    """The piece in the room frame: built, turned by `piece.turn`, moved to `piece.x`, `piece.y`, `piece.z`."""
    local = replace(piece, id="", x=0.0, y=0.0, z=0.0, turn=0.0, role="")
    built = MEMORY.recall(("piece", json.dumps(asdict(local), sort_keys=True)), lambda: build(local))
    meshes = tuple(m.turned(piece.turn).moved(piece.x, piece.y, piece.z) for m in built.meshes)
    return Built(meshes, built.materials)

"""The kinds of terraces and gardens, for the catalogue: what each is, how large, and who builds it.

A row is (kind, title, room types, usual size, smallest, largest, front, side, hangs), as in `catalogue.KindSpec`.
"""

from __future__ import annotations

from typing import Any, Final

from staging.engine.furniture import outdoor_decor, terrace, terrace_tables

Size = tuple[float, float, float]
Row = tuple[Any, ...]

_OUT = ("outdoor",)

ROWS: Final[tuple[Row, ...]] = (
    ("outdoor_sofa", "Garden sofa", _OUT, (1.95, 0.86, 0.78), (1.50, 0.80, 0.70), (2.30, 0.95, 0.86), 0.6, 0.05),
    ("outdoor_armchair", "Garden armchair", _OUT, (0.82, 0.82, 0.78), (0.74, 0.76, 0.70), (0.95, 0.90, 0.86), 0.5, 0.1),
    ("outdoor_table", "Low garden table", _OUT, (1.00, 0.60, 0.36), (0.60, 0.50, 0.30), (1.20, 0.80, 0.42), 0.3, 0.3),
    ("outdoor_dining_table", "Garden table", _OUT,
     (1.70, 0.90, 0.75), (0.90, 0.80, 0.72), (2.20, 1.20, 0.77), 0.7, 0.7),
    ("outdoor_chair", "Garden chair", _OUT, (0.56, 0.58, 0.84), (0.50, 0.52, 0.78), (0.62, 0.64, 0.92), 0.3, 0.03),
    ("sun_lounger", "Sun lounger", _OUT, (0.70, 1.95, 0.72), (0.62, 1.80, 0.60), (0.80, 2.10, 0.85), 0.3, 0.2),
    ("planter", "Planter", _OUT, (0.80, 0.80, 1.35), (0.55, 0.55, 0.80), (1.00, 1.00, 1.80), 0.0, 0.02),
    ("parasol", "Parasol", _OUT, (2.50, 2.50, 2.45), (2.10, 2.10, 2.30), (3.00, 3.00, 2.60)),
    ("lantern", "Lantern", _OUT, (0.24, 0.24, 0.46), (0.16, 0.16, 0.28), (0.32, 0.32, 0.65)),
    ("outdoor_rug", "Outdoor rug", _OUT, (2.60, 1.80, 0.010), (1.40, 1.00, 0.006), (3.60, 2.60, 0.014)),
    ("fire_bowl", "Fire bowl", _OUT, (0.78, 0.78, 0.42), (0.60, 0.60, 0.34), (0.95, 0.95, 0.50), 0.5, 0.5),
)  # fmt: skip

BUILDERS: Final = {
    "outdoor_sofa": terrace.outdoor_sofa, "outdoor_armchair": terrace.outdoor_armchair,
    "outdoor_table": terrace_tables.outdoor_table, "outdoor_dining_table": terrace_tables.outdoor_dining_table,
    "outdoor_chair": terrace_tables.outdoor_chair, "sun_lounger": terrace_tables.sun_lounger,
    "planter": outdoor_decor.planter, "parasol": outdoor_decor.parasol, "lantern": outdoor_decor.lantern,
    "outdoor_rug": outdoor_decor.outdoor_rug, "fire_bowl": outdoor_decor.fire_bowl,
}  # fmt: skip

# Where a style's own silhouette is lower, wider or rounder than the usual one.
SIZES: Final[dict[tuple[str, str], Size]] = {
    ("outdoor_sofa", "modern"): (2.05, 0.90, 0.72),
    ("outdoor_sofa", "luxury"): (2.10, 0.92, 0.76),
    ("outdoor_sofa", "coastal"): (2.00, 0.90, 0.80),
    ("outdoor_sofa", "standard"): (1.95, 0.88, 0.82),
    ("outdoor_table", "coastal"): (0.80, 0.80, 0.36),
    ("outdoor_table", "standard"): (0.76, 0.76, 0.38),
    ("outdoor_table", "midcentury"): (0.84, 0.80, 0.38),
    ("outdoor_dining_table", "coastal"): (1.20, 1.20, 0.75),
    ("outdoor_dining_table", "standard"): (1.20, 1.20, 0.75),
    ("outdoor_dining_table", "midcentury"): (1.25, 1.20, 0.75),
    ("lantern", "midcentury"): (0.26, 0.26, 0.34),
    ("lantern", "coastal"): (0.26, 0.26, 0.40),
}

"""The kinds of kitchens and bathrooms, for the catalogue: what each is, how large, and who builds it.

A row is (kind, title, room types, usual size, smallest, largest, front, side, hangs), as in `catalogue.KindSpec`;
what is left out at its end has that class's default.
"""

from __future__ import annotations

from typing import Any, Final

from staging.engine.furniture import bathware, kitchenware, linens, stools

Size = tuple[float, float, float]
Row = tuple[Any, ...]

_KITCHEN, _BATHROOM, _DINING = "kitchen", "bathroom", "dining"

ROWS: Final[tuple[Row, ...]] = (
    ("bar_stool", "Counter stool", (_KITCHEN,),
     (0.42, 0.44, 0.90), (0.36, 0.36, 0.56), (0.50, 0.52, 1.20), 0.3, 0.08),
    ("runner", "Runner", (_KITCHEN, _BATHROOM), (1.80, 0.66, 0.010), (0.90, 0.50, 0.008), (3.20, 0.90, 0.016)),
    ("fruit_bowl", "Fruit bowl", (_KITCHEN, _DINING), (0.28, 0.28, 0.17), (0.22, 0.22, 0.13), (0.38, 0.38, 0.24)),
    ("cutting_boards", "Cutting boards", (_KITCHEN,), (0.40, 0.14, 0.42), (0.30, 0.12, 0.30), (0.52, 0.18, 0.52)),
    ("utensil_crock", "Crock of utensils", (_KITCHEN,), (0.17, 0.17, 0.33), (0.15, 0.15, 0.27), (0.22, 0.22, 0.40)),
    ("herb_pots", "Herbs in pots", (_KITCHEN,), (0.42, 0.16, 0.24), (0.30, 0.12, 0.18), (0.60, 0.20, 0.32)),
    ("tea_towel", "Tea towel", (_KITCHEN,), (0.26, 0.20, 0.026), (0.20, 0.16, 0.018), (0.34, 0.26, 0.035)),
    ("towel_stack", "Folded towels", (_BATHROOM,), (0.38, 0.28, 0.19), (0.26, 0.20, 0.10), (0.46, 0.36, 0.32)),
    ("towel_rail", "Towel rail", (_BATHROOM,),
     (0.62, 0.10, 0.66), (0.45, 0.09, 0.50), (0.80, 0.12, 0.80), 0.0, 0.0, True),
    ("towel_ladder", "Towel ladder", (_BATHROOM,),
     (0.50, 0.36, 1.70), (0.42, 0.26, 1.40), (0.60, 0.45, 1.90), 0.3, 0.03),
    ("bath_mat", "Bath mat", (_BATHROOM,), (0.80, 0.52, 0.022), (0.60, 0.42, 0.014), (1.10, 0.70, 0.030)),
    ("bath_stool", "Bath stool", (_BATHROOM,),
     (0.40, 0.32, 0.45), (0.30, 0.28, 0.40), (0.48, 0.42, 0.50), 0.1, 0.02),
    ("bath_tray", "Tray with bottles", (_BATHROOM,), (0.30, 0.20, 0.20), (0.26, 0.18, 0.17), (0.42, 0.26, 0.24)),
    ("candles", "Candles", (_BATHROOM, _DINING), (0.26, 0.17, 0.17), (0.20, 0.14, 0.12), (0.36, 0.22, 0.26)),
    ("laundry_basket", "Laundry basket", (_BATHROOM,),
     (0.42, 0.42, 0.58), (0.34, 0.32, 0.48), (0.52, 0.52, 0.68), 0.1, 0.02),
)  # fmt: skip

BUILDERS: Final = {
    "bar_stool": stools.bar_stool, "runner": kitchenware.runner, "fruit_bowl": kitchenware.fruit_bowl,
    "cutting_boards": kitchenware.cutting_boards, "utensil_crock": kitchenware.utensil_crock,
    "herb_pots": kitchenware.herb_pots, "tea_towel": linens.tea_towel, "towel_stack": linens.towel_stack,
    "towel_rail": linens.towel_rail, "towel_ladder": linens.towel_ladder, "bath_mat": linens.bath_mat,
    "bath_stool": stools.bath_stool, "bath_tray": bathware.bath_tray, "candles": bathware.candles,
    "laundry_basket": bathware.laundry_basket,
}  # fmt: skip

# Where a style's own silhouette is lower, taller, wider or rounder than the usual one.
SIZES: Final[dict[tuple[str, str], Size]] = {
    ("bar_stool", "scandinavian"): (0.40, 0.40, 0.66),
    ("bar_stool", "industrial"): (0.42, 0.42, 0.66),
    ("bar_stool", "luxury"): (0.46, 0.46, 0.92),
    ("bar_stool", "farmhouse"): (0.44, 0.46, 1.00),
    ("bar_stool", "midcentury"): (0.44, 0.46, 0.86),
    ("bar_stool", "standard"): (0.44, 0.48, 0.96),
    ("bath_stool", "scandinavian"): (0.34, 0.34, 0.44),
    ("bath_stool", "midcentury"): (0.34, 0.34, 0.45),
    ("bath_stool", "industrial"): (0.34, 0.34, 0.45),
    ("bath_stool", "luxury"): (0.42, 0.42, 0.46),
    ("bath_mat", "scandinavian"): (0.70, 0.70, 0.024),
    ("laundry_basket", "industrial"): (0.44, 0.34, 0.60),
    ("laundry_basket", "scandinavian"): (0.42, 0.34, 0.58),
    ("laundry_basket", "midcentury"): (0.42, 0.34, 0.60),
}

"""What the eight styles look like outdoors: which form each family of pieces takes, and of what it is made."""

from __future__ import annotations

from dataclasses import dataclass

from staging.engine.furniture.finishes import RATTAN, cloth, metal, paint, wood
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.material import Material


@dataclass(frozen=True)
class Garden:
    """A style outdoors. `frame` is what seats and tables are built of, `seat` how: slatted, tubular, woven, solid
    or rope; `pad` and `accent` are weatherproof cloths; `top` the table top; `planter` and `parasol` forms.
    """

    seat: str
    frame: Material
    pad: Material
    accents: tuple[Material, Material]
    top: Material
    planter: str
    pot: Material
    parasol: str
    canopy: Material
    lantern: str
    rug: Material
    species: tuple[str, ...]


_TEAK = wood("#a9794d", "#7a5230", 0.6, "planks")
_SILVER_TEAK = wood("#b3aa9c", "#8d8375", 0.7, "planks")
_STRIPES = Material("plaid", "#e6e2d8", "#6889a0", pattern="stripes", roughness=0.95, specular=0.1)

GARDEN: dict[str, Garden] = {
    "modern": Garden(
        "solid", paint("#4a4c4e", 0.5), cloth("linen", "#c9c8c4"),
        (cloth("linen", "#5b6063"), cloth("linen", "#b08b62")),
        Material("concrete", "#a5a29d", roughness=0.7), "cube", Material("concrete", "#8f8d89", roughness=0.8),
        "square", cloth("linen", "#d9d6cf"), "cube", cloth("linen", "#b9b7b2"), ("strelitzia", "snake"),
    ),
    "scandinavian": Garden(
        "slatted", wood("#c9a77c", "#a07b52", 0.6, "planks"), cloth("linen", "#dad6cc"),
        (cloth("linen", "#98a596"), cloth("linen", "#cfb29c")), wood("#c9a77c", "#a07b52", 0.6, "planks"), "tapered",
        paint("#d8d4cb", 0.7), "round", cloth("linen", "#e3ded3"), "house", cloth("knit", "#cfc8ba"),
        ("olive", "rubber"),
    ),
    "industrial": Garden(
        "tubular", metal("#2b2b2c", 0.5, 0.3), cloth("linen", "#77756f"),
        (cloth("leather", "#7c4d2f"), cloth("linen", "#b5ada0")), wood("#7d5f43", "#4c3521", 0.65, "planks"), "trough",
        metal("#7b5a45", 0.75, 0.2), "square", cloth("linen", "#57585a"), "cage", cloth("linen", "#6d6a65"),
        ("snake", "rubber"),
    ),
    "midcentury": Garden(
        "rope", wood("#8b5c3b", "#56341f", 0.5, "planks"), cloth("linen", "#d2c7ac"),
        (cloth("linen", "#aa8048"), cloth("linen", "#58736f")), wood("#8b5c3b", "#56341f", 0.5, "planks"), "bullet",
        paint("#d9d2c4", 0.5), "round", cloth("linen", "#c9a15c"), "globe", cloth("linen", "#c9b98f"),
        ("palm", "snake"),
    ),
    "luxury": Garden(
        "solid", _SILVER_TEAK, cloth("linen", "#e2dcd0"), (cloth("velvet", "#3d4b52"), cloth("linen", "#b9a684")),
        Material("marble", "#e2dfd8", "#9b978f", roughness=0.25, specular=0.5), "urn", paint("#3a3b3d", 0.45),
        "square", cloth("linen", "#efe9dd"), "cube", cloth("linen", "#d3cabb"), ("olive", "palm"),
    ),
    "farmhouse": Garden(
        "slatted", paint("#e0dbd0", 0.6), Material("plaid", "#ddd6c8", "#7f8a8f", roughness=0.95),
        (cloth("linen", "#7d8774"), cloth("linen", "#b5a992")), wood("#a9835a", "#715138", 0.65, "rustic"), "barrel",
        wood("#8d6b4a", "#5e432c", 0.7, "planks"), "round", cloth("linen", "#e9e4d8"), "house",
        Material("plaid", "#d3c9b6", "#8d9799", roughness=0.95), ("olive", "fiddle"),
    ),
    "coastal": Garden(
        "woven", RATTAN, cloth("linen", "#eae6dc"), (cloth("linen", "#788f9e"), _STRIPES),
        wood("#ccb594", "#a98e68", 0.62), "basket", Material("rattan", "#b8966a", roughness=0.7), "round", _STRIPES,
        "rope", Material("plaid", "#e4e0d4", "#86a6ba", pattern="stripes", roughness=0.95), ("palm", "strelitzia"),
    ),
    "standard": Garden(
        "woven", Material("rattan", "#5e5148", roughness=0.7), cloth("linen", "#cfcac1"),
        (cloth("linen", "#55656f"), cloth("linen", "#a9a49a")), _TEAK, "tapered", paint("#75685c", 0.7), "round",
        cloth("linen", "#b9b09f"), "house", cloth("linen", "#a8a49c"), ("palm", "rubber"),
    ),
}  # fmt: skip


def garden(shop: Workshop) -> Garden:
    """The outdoor side of the shop's style."""
    return GARDEN[shop.style.name]

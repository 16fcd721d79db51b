"""What the eight styles look like in a child's room: which form each family of pieces takes, and in which colours."""

from __future__ import annotations

from dataclasses import dataclass

from staging.engine.furniture.finishes import RATTAN, cloth, paint, wood
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.material import Material


@dataclass(frozen=True)
class Play:
    """A style for children. Names are variants of the builders in `kids_beds`, `kids`, `toys`.

    `infill` fills ends and guards of bunks; `frame` is their timber or metal; `accents` are four colours of toys,
    bins and children's books; `stuff` is the cloth of bean bags, `tent_cloth` that of tents.
    """

    bed: str
    infill: str
    frame: Material
    tent: str
    tent_cloth: Material
    chest: str
    shelf: str
    stuff: Material
    bins: Material
    accents: tuple[str, str, str, str]
    plush: str


_WHITE = paint("#e6e2d8", 0.45)
_BIRCH = wood("#d8bf98", "#b8956a", 0.5)

PLAY: dict[str, Play] = {
    "modern": Play(
        "platform", "panel", paint("#d9d6cf", 0.4), "house", cloth("linen", "#d6d3cc"), "bench", "ledge",
        cloth("boucle", "#d3cfc7"), cloth("linen", "#8c8f90"), ("#d2a94e", "#7d98a1", "#c08a76", "#454f56"), "elephant",
    ),
    "scandinavian": Play(
        "house", "slats", _BIRCH, "teepee", cloth("linen", "#e4ded1"), "crate", "house",
        cloth("linen", "#a9b8a6"), cloth("knit", "#d9d2c4"), ("#a3b59d", "#dcb29b", "#d6c184", "#6f8896"), "rabbit",
    ),
    "industrial": Play(
        "tube", "bars", paint("#2b2c2d", 0.5), "teepee", Material("plaid", "#75716a", "#3a3c3d", roughness=0.95),
        "planks", "bracket", cloth("leather", "#6d4a33"), Material("concrete", "#8f8c87", roughness=0.8),
        ("#a9543d", "#41596a", "#bd9650", "#6d6a63"), "bear",
    ),
    "midcentury": Play(
        "spindle", "spindles", wood("#8b5c3b", "#56341f", 0.36), "teepee", cloth("linen", "#d8c79d"), "cane", "ring",
        cloth("linen", "#a97a3c"), cloth("linen", "#58736f"), ("#cc8b40", "#4f7f7b", "#ae5138", "#ddc88f"), "elephant",
    ),
    "luxury": Play(
        "sleigh", "panel", _WHITE, "pavilion", cloth("velvet", "#cdb9b4"), "bench", "ledge",
        cloth("velvet", "#b9a3a0"), cloth("velvet", "#d6cbbb"), ("#d2b0ab", "#a3b1c0", "#c2a163", "#e0d6c8"), "rabbit",
    ),
    "farmhouse": Play(
        "picket", "planks", _WHITE, "teepee", Material("plaid", "#e2dccf", "#8d979c", roughness=0.95), "planks",
        "house", Material("plaid", "#ddd6c8", "#7f8a8f", roughness=0.95), Material("rattan", "#b0946d", roughness=0.7),
        ("#8fa3ad", "#b9a07c", "#bf7a68", "#93a285"), "bear",
    ),
    "coastal": Play(
        "cane", "cane", wood("#d3bf9f", "#b39a75", 0.6), "teepee",
        Material("plaid", "#e8e4da", "#86a6ba", pattern="stripes", roughness=0.95), "cane", "ring",
        cloth("linen", "#8aa9bb"), RATTAN, ("#6f9dbb", "#dfc08f", "#86b3ac", "#d98c75"), "rabbit",
    ),
    "standard": Play(
        "captain", "slats", wood("#8c6747", "#5b3f29", 0.42), "house", cloth("linen", "#b9c3c9"), "bench", "ledge",
        cloth("linen", "#6f8597"), cloth("linen", "#c9c6c0"), ("#5d84a6", "#8aa97f", "#d9ae53", "#c0675a"), "bear",
    ),
}  # fmt: skip


def play(shop: Workshop) -> Play:
    """The child's side of the shop's style."""
    return PLAY[shop.style.name]


def accent(shop: Workshop, k: int, *, roughness: float = 0.5) -> str:
    """The `k`-th accent as painted wood, counted round."""
    colours = play(shop).accents
    return shop.use(paint(colours[k % len(colours)], roughness))


def accent_cloth(shop: Workshop, k: int) -> str:
    """The `k`-th accent as cloth."""
    colours = play(shop).accents
    return shop.use(cloth("linen", colours[k % len(colours)]))

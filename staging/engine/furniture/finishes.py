"""Finishes: how a colour becomes a cloth, a wood, a metal; and the stuffs that every style shares."""

from __future__ import annotations

from staging.engine.scene.material import Material, MaterialKind


def cloth(kind: MaterialKind, colour: str, second: str = "", pattern: str = "") -> Material:
    rough = {"leather": 0.42, "velvet": 0.7}.get(kind, 0.92)
    shine = {"leather": 0.5, "velvet": 0.25}.get(kind, 0.15)
    return Material(kind, colour, second, pattern=pattern, roughness=rough, specular=shine)


def percale(colour: str) -> Material:
    """Fine even cotton for bedding."""
    return cloth("linen", colour, pattern="percale")


def wood(light: str, dark: str, roughness: float = 0.45, pattern: str = "") -> Material:
    """`pattern`: "" veneer with flat grain, "planks" of several boards, "rustic" boards with open pores and knots."""
    return Material("wood", light, dark, pattern=pattern, roughness=roughness)


def paint(colour: str, roughness: float = 0.55, specular: float = 0.4) -> Material:
    return Material("paint", colour, roughness=roughness, specular=specular)


def metal(colour: str, roughness: float = 0.3, metallic: float = 1.0) -> Material:
    return Material("metal", colour, roughness=roughness, metallic=metallic, specular=0.5)


def rug(*palette: str) -> Material:
    return Material("rug", palette[0], palette=palette, roughness=1.0, specular=0.05)


def art(*palette: str) -> Material:
    return Material("art", palette[0], palette=palette, roughness=0.6, specular=0.2)


def glow(colour: str, radiance: float) -> Material:
    return Material("emit", colour, radiance=radiance)


MARBLE = Material("marble", "#eceae6", "#8b8985", roughness=0.15, specular=0.5)
RATTAN = Material("rattan", "#c4a274", roughness=0.65)
BLACK_IRON = metal("#232323", 0.5, 0.4)

# What every style shares.
HOUSE: dict[str, Material] = {
    "leaf": Material("leaf", "#26452a", "#5d8050", roughness=0.4),
    "leaf_light": Material("leaf", "#3b5a33", "#86a06c", roughness=0.42),
    "leaf_grey": Material("leaf", "#5b6b52", "#9aa68b", roughness=0.55),
    "straw": Material("leaf", "#c9b692", "#e6dcc4", roughness=0.9, specular=0.1),
    "bark": wood("#7a6046", "#4e3c2b", 0.8),
    "soil": paint("#2a211b", 0.95, 0.1),
    "white": paint("#e9e6e0", 0.4),
    "paper": paint("#ebe6da", 0.8, 0.1),
    "mat_board": paint("#efece5", 0.85, 0.1),
    "black": paint("#1b1b1c", 0.45),
    "rubber": paint("#161617", 0.8, 0.2),
    "screen": paint("#08090b", 0.1, 0.6),
    "chrome": metal("#c4c7cb", 0.18),
    "aluminium": metal("#c2c4c6", 0.38),
    "graphite": metal("#55575b", 0.42),
    "bronze": metal("#8a6f57", 0.42),
    "champagne": metal("#d6c2a2", 0.36),
    "charcoal": paint("#2b2c2e", 0.55),
    "charcoal_net": paint("#35373a", 0.85, 0.15),
    "glass": Material("glass", "#ffffff", roughness=0.0),
    "mirror": Material("mirror", "#f4f4f4", roughness=0.02),
    "wax": paint("#ece3d0", 0.6),
    "mattress": percale("#dedad2"),
    "sheet": percale("#e3e0d9"),
    "rod": BLACK_IRON,
    "shade_glow": glow("#ffe7cc", 1.0),
    "bulb": glow("#ffe9cd", 8.0),
}

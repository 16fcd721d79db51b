"""What each style paints and lays: colours as sRGB hex, floors by pattern, size and material."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Pattern = Literal["planks", "herringbone", "chevron", "screed", "tiles"]


@dataclass(frozen=True)
class Flooring:
    """A floor covering. `light` and `dark` are its two tones; `width` and `length` are those of a piece, metres.

    `variety` is how far the tones of single pieces differ, `joint` how dark the joints are (0 none, 1 black).
    """

    name: str
    pattern: Pattern
    light: str
    dark: str
    width: float
    length: float
    variety: float
    joint: float


@dataclass(frozen=True)
class Palette:
    """The finishes of a style. `walls` are paints of which a seed takes one; `fronts` are those of a house front, and
    `cabinets` those of the fronts in a kitchen.
    """

    walls: tuple[str, ...]
    floor: Flooring
    fronts: tuple[str, ...]
    cabinets: tuple[str, ...]


PALETTES: Final[dict[str, Palette]] = {
    "modern": Palette(
        walls=("#d3d4d3", "#c6c9cb"),
        floor=Flooring("wide grey oak planks", "planks", "#b3a591", "#8a7b69", 0.19, 1.9, 0.15, 0.55),
        fronts=("#e7e7e4", "#5c6166"),
        cabinets=("#e9e8e4", "#4a4e52"),
    ),
    "scandinavian": Palette(
        walls=("#ecebe5", "#e3e4dc"),
        floor=Flooring("pale ash planks", "planks", "#e2cda9", "#cbb086", 0.14, 1.6, 0.10, 0.42),
        fronts=("#9c4a3c", "#f0eee8"),
        cabinets=("#efeeea", "#b9c1b4"),
    ),
    "industrial": Palette(
        walls=("#a3a29e", "#b1ada6"),
        floor=Flooring("polished screed", "screed", "#a8a5a0", "#9a9792", 3.0, 3.0, 0.01, 0.25),
        fronts=("#6f7173", "#8b8378"),
        cabinets=("#45494c", "#7c7f7d"),
    ),
    "midcentury": Palette(
        walls=("#b5bb9d", "#c9b48c"),
        floor=Flooring("teak parquet in herringbone", "herringbone", "#b07a49", "#85532c", 0.075, 0.375, 0.22, 0.6),
        fronts=("#a9ad8f", "#c7a878"),
        cabinets=("#6c8a83", "#e6dfcf"),
    ),
    "luxury": Palette(
        walls=("#a7a39c", "#8f9aa3"),
        floor=Flooring("smoked oak in chevron", "chevron", "#7d5d43", "#563c2a", 0.09, 0.52, 0.20, 0.65),
        fronts=("#ded6c8", "#b9b0a3"),
        cabinets=("#2f4058", "#e6e1d7"),
    ),
    "farmhouse": Palette(
        walls=("#e8dcc1", "#d9d3bd"),
        floor=Flooring("wide rustic pine boards", "planks", "#c1935f", "#93653a", 0.22, 2.4, 0.20, 0.7),
        fronts=("#f3f1ea", "#c9c4b2"),
        cabinets=("#ebe4d2", "#a9b49b"),
    ),
    "coastal": Palette(
        walls=("#bfd3dc", "#cfdcd8"),
        floor=Flooring("limed oak planks", "planks", "#d6cbb9", "#b7a992", 0.16, 1.8, 0.13, 0.5),
        fronts=("#a9c3d1", "#e9efef"),
        cabinets=("#eceeec", "#b9cbd3"),
    ),
    "standard": Palette(
        walls=("#ddd3c2", "#d6cfc4"),
        floor=Flooring("oak planks", "planks", "#c69e6d", "#a47a4c", 0.13, 1.3, 0.18, 0.55),
        fronts=("#d8cbb4", "#c3b8a5"),
        cabinets=("#efece5", "#d6d0c3"),
    ),
}

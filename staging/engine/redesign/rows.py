"""Which plants stand in a bed, by style, and where along a foot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

SIZES: Final = {
    "box": (0.72, 0.52),
    "hydrangea": (0.92, 0.70),
    "lavender": (0.62, 0.50),
    "grass": (0.82, 0.72),
}  # metres wide and high, of plants some years old
VARIED: Final = 0.12  # of its size, by which one differs from the next
APART: Final = (-0.05, 0.10)  # metres between two: leaves of one reach into the other, or a hand of soil is seen
ENDS: Final = 0.08  # metres kept free at the ends of a row
UNDER_SILL: Final = 0.12  # metres of wall that stay in sight under a window
LOWEST: Final = 0.35  # metres: what would be lower is not planted
FEWEST: Final = 2  # plants of a row: a single one is no bed
MOST: Final = 24  # plants of a picture
OFF_WALL: Final = 0.08  # metres between a plant and the wall

# What a style plants, over and over: the tall one, and what goes with it. Blooms are those of its hydrangeas.
STYLES: Final = {
    "modern": (("grass", "box", "box"), "#e6e9e2"),
    "scandinavian": (("grass", "lavender", "box"), "#eceee8"),
    "industrial": (("grass", "grass", "box"), "#e6e9e2"),
    "midcentury": (("grass", "box", "lavender"), "#e6dcc4"),
    "luxury": (("hydrangea", "box", "box"), "#eef0ea"),
    "farmhouse": (("hydrangea", "lavender", "lavender"), "#e7c9d6"),
    "coastal": (("grass", "lavender", "hydrangea"), "#c3d0ea"),
    "standard": (("hydrangea", "box", "grass"), "#e3d3e2"),
}


@dataclass(frozen=True)
class Plant:
    """A plant of a `species`, `width` and `height` metres, whose middle is `along` metres from a foot's start and
    `off` metres before the wall.
    """

    species: str
    bloom: str
    width: float
    height: float
    along: float
    off: float
    seed: int


def row(length: float, sill: float, style: str, rng: np.random.Generator) -> list[Plant]:
    """The plants along a foot of `length` metres, lower than the `sill` (metres from the ground) of its window.

    They take turns; near the end, where the next one is too broad, another one of the style fills the place.
    """
    unit, bloom = STYLES[style]
    plants: list[Plant] = []
    end, turn = ENDS, int(rng.integers(len(unit)))
    while True:
        order = [unit[(turn + k) % len(unit)] for k in range(len(unit))]
        sizes = {species: _size(species, sill, rng) for species in unit}
        fits = [s for s in order if end + sizes[s][0] <= length - ENDS and sizes[s][1] >= LOWEST]
        if not fits:
            break
        width, height = sizes[fits[0]]
        off = OFF_WALL + width / 2 + float(rng.uniform(0, 0.08))
        plants.append(Plant(fits[0], bloom, width, height, end + width / 2, off, int(rng.integers(1 << 30))))
        end, turn = end + width + float(rng.uniform(*APART)), turn + 1
    # What is left over goes between them.
    left = length - ENDS - (plants[-1].along + plants[-1].width / 2) if plants else 0.0
    wider = left / (len(plants) + 1)
    return [replace(p, along=p.along + wider * (k + 1)) for k, p in enumerate(plants)]


def _size(species: str, sill: float, rng: np.random.Generator) -> tuple[float, float]:
    """Metres wide and high of a plant of a `species` under a `sill`."""
    width, height = (v * float(rng.uniform(1 - VARIED, 1 + VARIED)) for v in SIZES[species])
    return width, min(height, sill - UNDER_SILL)

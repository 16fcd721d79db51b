"""The colours of the eight styles for drawings, sRGB; what is drawn in colour keeps its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Palette:
    """One style. House: `facade`, `gable` (a second facade material), `roof`, `trim`, `door`. Room: `wall`,
    `accent_wall`, `floor`, `rug`, `upholstery`, `second`, `wood`, `cabinet`, `cushions`.
    """

    facade: str
    gable: str
    roof: str
    trim: str
    door: str
    wall: str
    accent_wall: str
    floor: str
    rug: str
    upholstery: str
    second: str
    wood: str
    cabinet: str
    cushions: tuple[str, ...]


PALETTES: Final[dict[str, Palette]] = {
    "modern": Palette(
        facade="#e6e4df", gable="#8b6a4e", roof="#63666b", trim="#35373a", door="#5b4030",
        wall="#ecebe8", accent_wall="#a9a8a5", floor="#b79570", rug="#cfccc5", upholstery="#b9b8b5",
        second="#4f5255", wood="#7d5c43", cabinet="#d9d8d4", cushions=("#4f5255", "#97795a", "#dddbd8"),
    ),
    "scandinavian": Palette(
        facade="#ece6da", gable="#b98e62", roof="#74787c", trim="#f4f2ec", door="#7a8f86",
        wall="#f0eee9", accent_wall="#c4cec4", floor="#d8bd97", rug="#e2dccf", upholstery="#cbc8c1",
        second="#98a596", wood="#cfb086", cabinet="#efece5", cushions=("#98a596", "#cfb29c", "#e4dfd4"),
    ),
    "industrial": Palette(
        facade="#b58872", gable="#6b6e70", roof="#5a5c60", trim="#242526", door="#2c2d2e",
        wall="#cfcac3", accent_wall="#9a5f48", floor="#97765a", rug="#77736d", upholstery="#7c4d2f",
        second="#43484a", wood="#6a4a33", cabinet="#57595b", cushions=("#43484a", "#c6bdad", "#8a5a3a"),
    ),
    "midcentury": Palette(
        facade="#d8c6a3", gable="#93592f", roof="#6a5a4d", trim="#efe7d6", door="#d07a35",
        wall="#efe8db", accent_wall="#5f8079", floor="#a8734a", rug="#d6b27a", upholstery="#5f8079",
        second="#c57b3c", wood="#8a5330", cabinet="#9b6239", cushions=("#c57b3c", "#d9b44a", "#3f5a56"),
    ),
    "luxury": Palette(
        facade="#e3d8c5", gable="#cdbfa8", roof="#5a5d68", trim="#f3ede2", door="#2a2320",
        wall="#ece6dc", accent_wall="#5b6470", floor="#8a6a4c", rug="#ded6c8", upholstery="#d8cfc0",
        second="#3f4c63", wood="#4e3426", cabinet="#e7e0d4", cushions=("#3f4c63", "#b08d4f", "#efe9de"),
    ),
    "farmhouse": Palette(
        facade="#f0ede6", gable="#e2ddd2", roof="#706d68", trim="#ffffff", door="#3b4a44",
        wall="#f1ece2", accent_wall="#c7c3b4", floor="#b48b60", rug="#d8cdb8", upholstery="#d9d0bf",
        second="#7c8b86", wood="#9c7449", cabinet="#e9e4d8", cushions=("#7c8b86", "#a9573f", "#efe8da"),
    ),
    "coastal": Palette(
        facade="#dbe6ea", gable="#b9ced6", roof="#7a838a", trim="#ffffff", door="#3d7f97",
        wall="#f1f3f1", accent_wall="#b8d0d8", floor="#d6c3a3", rug="#dfe5e3", upholstery="#e3e2da",
        second="#6f9fb2", wood="#c2a27a", cabinet="#eef1f0", cushions=("#6f9fb2", "#d9c7a3", "#2f6f8a"),
    ),
    "standard": Palette(
        facade="#dcd2c0", gable="#c7b79d", roof="#7a5f52", trim="#f2eee6", door="#6e3b2c",
        wall="#eeeae2", accent_wall="#cbbfae", floor="#b68b60", rug="#c9bfae", upholstery="#bcae9b",
        second="#7f6a58", wood="#8f6a48", cabinet="#e3dccf", cushions=("#8c5a48", "#c8a76f", "#6b7a6e"),
    ),
}  # fmt: skip


def srgb(code: str) -> Floats:
    """`#rrggbb` as three values 0..1."""
    return np.array([int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)

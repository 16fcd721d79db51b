"""Books, lying and standing: bound in cloth, with what is printed on a spine. No two of a shelf are alike."""

from __future__ import annotations

import numpy as np

from staging.engine.furniture.primitives import box, fitted, grid, moved, tilted, turned
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.material import Material
from staging.engine.scene.mesh import Mesh

# Spines as a stager buys them: mostly paper, clay, grey and ink, seldom a colour.
SPINES = (
    "#d8d1c2", "#cbbfa9", "#e2ddd2", "#b9ab95", "#8c8577", "#54565a", "#2f3236", "#3c4a55", "#6f7b80", "#8a5b44",
    "#a67c52", "#7a8272", "#c4b4a0", "#dcd6cc", "#4b3b33", "#93a0a3", "#6b3a34", "#46584c", "#b58b3f", "#20262e",
)  # fmt: skip
_PRINTS = ("#efe9da", "#1f2022", "#b99a5b", "#8e2f28")  # paper, ink, foil, red
_FIGURES = ("plain", "title", "title", "label", "bands", "head")


def _cover(shop: Workshop, colour: str) -> str:
    return shop.use(Material("paint", colour, roughness=0.72, specular=0.25))


def _ink(shop: Workshop, rng: np.random.Generator, cover: str) -> str:
    """A printing colour that can be read on the cover."""
    light = sum(int(cover[k : k + 2], 16) for k in (1, 3, 5)) > 380
    return _cover(shop, str(rng.choice(_PRINTS[1:] if light else (_PRINTS[0], _PRINTS[2]))))


def _plate(at: tuple[float, float, float], size: tuple[float, float], material: str) -> Mesh:
    """A flat rectangle of `size` (w, h) facing -y, its middle at `at`: what is printed on a spine."""
    x, z = np.array([[-1, -1], [1, 1]]) * size[0] / 2 + at[0], np.array([[-1, 1], [-1, 1]]) * size[1] / 2 + at[2]
    return grid(np.stack([x, np.full((2, 2), at[1]), z], -1), np.zeros((2, 2, 2)), material)


def _spine(
    shop: Workshop, rng: np.random.Generator, size: tuple[float, float], y: float, *, ink: str, lying: bool = False
) -> list[Mesh]:
    """What is printed on a spine of `size` (across, along) whose front is at `y`: along z from 0 on, or along x when
    the book lies.
    """
    thick, long = size
    figure = str(rng.choice(_FIGURES))
    width = thick * float(rng.uniform(0.22, 0.4))
    label = float(rng.uniform(0.66, 0.76))
    # (middle along, length along, length across)
    runs = {
        "plain": [],
        "title": [(0.56 * long, long * float(rng.uniform(0.28, 0.5)), width * 0.8), (0.12 * long, 0.06 * long, width)],
        "label": [(label * long, 0.16 * long, thick * 0.86)],
        "bands": [(at * long, 0.003, thick * 0.96) for at in (0.1, 0.14, 0.82, 0.86)],
        "head": [(0.9 * long, 0.06 * long, thick * 0.96), (0.5 * long, 0.3 * long, width * 0.7)],
    }[figure]
    front = y - 0.0004
    if lying:
        return [_plate((at - long / 2, front, thick / 2), (length, across), ink) for at, length, across in runs]
    return [_plate((0.0, front, at), (across, length), ink) for at, length, across in runs]


def book(shop: Workshop, rng: np.random.Generator, length: float, depth: float, thick: float) -> list[Mesh]:
    """A closed book lying on z = 0, spine towards -y: two boards, a rounded spine, a block of pages set back."""
    colour = str(rng.choice(SPINES))
    cover, paper = _cover(shop, colour), shop.use("paper")
    board = 0.0022
    parts = [box((length, depth, board), cover, radius=0.0009, segments=1, at=(0, 0, z)) for z in (0.0, thick - board)]
    parts.append(box((length, 0.006, thick), cover, radius=0.0025, segments=1, at=(0, -depth / 2 + 0.003, 0)))
    parts.append(
        box((length - 0.007, depth - 0.012, thick - 2 * board), paper, radius=0.001, segments=1, at=(0, 0.001, board))
    )
    return parts + _spine(shop, rng, (thick, length), -depth / 2, ink=_ink(shop, rng, colour), lying=True)


def book_stack(
    shop: Workshop, rng: np.random.Generator, count: int, length: float, depth: float
) -> tuple[list[Mesh], float]:
    """Lying books, larger ones below, each turned a little; the parts and the height of the stack."""
    parts: list[Mesh] = []
    z = 0.0
    for _ in range(count):
        thick = float(rng.uniform(0.016, 0.034))
        one = book(shop, rng, length * rng.uniform(0.93, 1.0), depth * rng.uniform(0.93, 1.0), thick)
        parts += moved(
            turned(one, float(rng.normal(0, 5))), float(rng.normal(0, 0.004)), float(rng.normal(0, 0.004)), z
        )
        z += thick
        length, depth = length * 0.94, depth * 0.94
    return parts, z


def book_row(
    shop: Workshop,
    rng: np.random.Generator,
    length: float,
    tall: float,
    depth: float,
    *,
    palette: tuple[str, ...] = SPINES,
) -> list[Mesh]:
    """Standing books filling `length` metres from x = 0, spines towards -y, of uneven height and depth; the last ones
    lean. `palette` are the colours of their covers.
    """
    parts: list[Mesh] = []
    x = 0.0
    shade = str(rng.choice(palette))
    while x < length - 0.05:
        thick = float(rng.uniform(0.014, 0.042))
        height = float(np.clip(tall * rng.normal(0.80, 0.10), tall * 0.55, tall * 0.97))
        deep = float(min(depth, rng.uniform(0.14, 0.21)))
        if rng.random() < 0.7:
            shade = str(rng.choice(palette))
        y = -depth / 2 + deep / 2 + float(rng.uniform(0.0, 0.022))
        volume = _standing(shop, rng, shade, (thick, deep, height))
        leaning = x > length * 0.72 and rng.random() < 0.35
        if leaning:
            angle = float(rng.uniform(5, 11))
            slip = height * np.sin(np.deg2rad(angle))
            volume = moved(tilted(moved(volume, thick / 2), -angle, "y"), slip)
            parts += moved(volume, x, y)
            x += thick + slip * 0.35 + 0.004
        else:
            parts += moved(volume, x + thick / 2, y)
            x += thick + 0.0015
    return parts


def _standing(shop: Workshop, rng: np.random.Generator, colour: str, size: tuple[float, float, float]) -> list[Mesh]:
    """A standing book of `size` (thickness, depth, height), its pages a little below the boards."""
    thick, deep, height = size
    pages = (thick - 0.004, deep - 0.006, 0.003)
    return [
        box((thick, deep, height), _cover(shop, colour), radius=min(0.004, thick * 0.3), segments=1),
        box(pages, shop.use("paper"), radius=0.001, segments=1, at=(0, 0.002, height - 0.001)),
        *_spine(shop, rng, (thick, height), -deep / 2, ink=_ink(shop, rng, colour)),
    ]


def books(shop: Workshop) -> list[Mesh]:
    """A stack of lying books that fills the piece's size."""
    rng = shop.rng("stack")
    count = max(2, round(shop.height / 0.026))
    parts, _ = book_stack(shop, rng, count, shop.width * 0.96, shop.depth * 0.96)
    return fitted(parts, (shop.width, shop.depth, shop.height))

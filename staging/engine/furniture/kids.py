"""Small furniture of children's rooms: desk, chair, toy shelf, chest, bean bag, tent, wall shelf."""

from __future__ import annotations

import numpy as np

from staging.engine.furniture import books, chairs, decor, tables, toys
from staging.engine.furniture import upholstery as soft
from staging.engine.furniture.kids_beds import infill
from staging.engine.furniture.parts import handle, legs
from staging.engine.furniture.playrooms import accent, accent_cloth, play
from staging.engine.furniture.primitives import bar, box, fitted, grid, moved, tilted, tube, turned
from staging.engine.furniture.storage import shelf_sides
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh

_ADULT_CHAIR = (0.48, 0.54, 0.82)


def kids_desk(shop: Workshop) -> list[Mesh]:
    """A low desk in the style's form; `options`: decor (bool), a cup of pencils, a sheet to draw on and a toy."""
    w, d, h = shop.width, shop.depth, shop.height
    plain = shop.for_part("desk", (w, d, h))  # without the grown-up's things on it
    parts = tables.desk(plain)
    if not shop.option("decor", False):
        return parts
    parts += moved(decor.cup(shop), w / 2 - 0.12, d / 2 - 0.12, h)
    sheet = box((0.21, 0.29, 0.002), shop.use("paper"), radius=0.0008, segments=1)
    parts += moved(turned([sheet], float(shop.rng("sheet").uniform(-14, 14))), -0.04, -0.04, h)
    parts += moved(toys.toy(shop, shop.seed + 1, 0.10), -w / 2 + 0.14, d / 2 - 0.13, h)
    return parts


def kids_chair(shop: Workshop) -> list[Mesh]:
    """The style's dining chair at two thirds of its size."""
    grown = chairs.dining_chair(shop.for_part("dining_chair", _ADULT_CHAIR))
    return fitted(grown, (shop.width, shop.depth, shop.height))


# ------------------------------------------------------------------------------------------ storage
def toy_shelf(shop: Workshop) -> list[Mesh]:
    """A low open shelf: bins below, toys in the middle, picture books facing out on top."""
    w, d, h = shop.width, shop.depth, shop.height
    board, lines, columns = 0.022, 3, max(2, round(w / 0.42))
    wood = shop.use("wood")
    parts = shelf_sides(shop, board)
    levels = np.linspace(0.06, h - board, lines + 1)
    parts += [box((w - 0.03, d - 0.02, board), wood, radius=0.003, at=(0, 0, float(z)), grain=0) for z in levels]
    step = (w - 0.05) / columns
    for j in range(lines):
        z, tall = float(levels[j]) + board, float(levels[j + 1] - levels[j]) - board
        for i in range(columns):
            x = -(w - 0.05) / 2 + step * (i + 0.5)
            parts += moved(_filling(shop, i + columns * j, (step - 0.03, d - 0.06, tall), lines - 1 - j), x, 0, z)
    return parts


def _filling(shop: Workshop, k: int, room: tuple[float, float, float], above: int) -> list[Mesh]:
    """What one compartment holds, by its row: 2 is the lowest."""
    w, d, h = room
    rng = shop.rng(f"compartment {k}")
    if above == 2 or (above == 1 and k % 3 == 0):
        return bin_(shop, (w * 0.92, d * 0.94, h * 0.78), k)
    if above == 0 and k % 2 == 0:
        return moved(books.book_row(shop, rng, w * 0.8, h * 0.95, d, palette=play(shop).accents), -w * 0.42)
    if above == 0:
        return _facing_books(shop, rng, w, h)
    if k % 2:
        pet = shop.for_part("plush", (min(0.17, w * 0.6), 0.16, min(0.22, h * 0.85)))
        return moved(toys.plush(pet), 0, -0.02)
    return moved(toys.toy(shop, k + shop.seed, min(0.13, h * 0.6, w * 0.5)), 0, -0.02)


def bin_(shop: Workshop, size: tuple[float, float, float], k: int) -> list[Mesh]:
    """An open soft bin with something of every colour looking out."""
    w, d, h = size
    slot = shop.use(play(shop).bins) if k % 2 else accent_cloth(shop, k)
    parts = [soft.padded((w, d, h), slot, radius=0.018, belly=0.004, seed=k)]
    parts += [
        toys.egg((0.045, 0.045, 0.04), accent(shop, k + i), (w * (i - 1) * 0.28, -d * 0.1, h + 0.004), 12)
        for i in range(3)
    ]
    return parts


def _facing_books(shop: Workshop, rng: np.random.Generator, w: float, h: float) -> list[Mesh]:
    """Two picture books that lean back with their covers to the room."""
    parts: list[Mesh] = []
    for s in (-1, 1):
        wide, tall = w * 0.40, min(h * 0.86, 0.27) * float(rng.uniform(0.85, 1.0))
        cover = box((wide, 0.012, tall), accent(shop, int(rng.integers(4))), radius=0.002)
        face = box(
            (wide * 0.7, 0.003, tall * 0.5),
            accent(shop, int(rng.integers(4)) + 1),
            radius=0.001,
            at=(0, -0.006, tall * 0.3),
        )
        parts += moved(tilted([cover, face], -12), s * w * 0.24, 0.0)
    return parts


def toy_chest(shop: Workshop) -> list[Mesh]:
    """A chest for toys: planked, caned, with a cushioned lid, or an open crate on castors."""
    look = play(shop)
    w, d, h = shop.width, shop.depth, shop.height
    wood = shop.use("wood")
    if look.chest == "crate":
        return _crate(shop)
    foot = 0.05
    body = shop.use("front" if look.chest != "bench" else look.frame)
    lid = 0.07 if look.chest == "bench" else 0.03
    tall = h - foot - lid
    parts = [box((w - 0.03, d - 0.03, tall), body, radius=0.006, at=(0, 0, foot), grain=0)]
    parts += legs(shop, w - 0.02, d - 0.02, foot + 0.01, inset=0.05, kind="block" if look.chest == "planks" else "")
    if look.chest == "bench":
        parts += moved(soft.seat_cushion(w, d, lid, shop.use(look.stuff), crown=0.02, seed=shop.seed), 0, 0, h - lid)
    else:
        parts.append(box((w, d, lid), wood, radius=0.006, at=(0, 0, h - lid), grain=0))
    if look.chest in ("planks", "cane"):
        panel = infill(shop, look.chest, w - 0.12, tall - 0.06, wood)
        parts += moved(panel, 0, -d / 2 + 0.012, foot + 0.03)
        parts += [
            box((0.06, 0.03, tall), wood, radius=0.004, at=(s * (w / 2 - 0.045), -d / 2 + 0.015, foot), grain=2)
            for s in (-1, 1)
        ]
    return parts + handle(shop, (0, -d / 2 + (0.003 if look.chest != "bench" else 0.015), h - lid - 0.06))


def _crate(shop: Workshop) -> list[Mesh]:
    """A slatted crate on castors, full of toys."""
    w, d, h = shop.width, shop.depth, shop.height
    wood = shop.use("wood")
    low, tall = 0.05, h * 0.78
    parts = [box((w - 0.02, d - 0.02, 0.02), wood, radius=0.003, at=(0, 0, low), grain=0)]
    boards = 3
    step = (tall - low) / boards
    for k in range(boards):
        z = low + step * k
        for s in (-1, 1):
            parts.append(
                box((w, 0.016, step - 0.012), wood, radius=0.004, at=(0, s * (d / 2 - 0.008), z), grain=0, seed=k)
            )
            parts.append(
                box(
                    (0.016, d - 0.03, step - 0.012), wood, radius=0.004, at=(s * (w / 2 - 0.008), 0, z), grain=1, seed=k
                )
            )
    for sx in (-1, 1):
        for sy in (-1, 1):
            parts.append(
                toys.egg(
                    (0.025, 0.025, 0.025), shop.use("rubber"), (sx * (w / 2 - 0.05), sy * (d / 2 - 0.05), 0.025), 12
                )
            )
    pet = shop.for_part("plush", (0.22, 0.22, h - tall + 0.16))
    parts += moved(toys.plush(pet), w * 0.18, 0, tall - 0.16)
    parts += moved(toys.play_ball(shop.for_part("play_ball", (0.2, 0.2, 0.2))), -w * 0.2, 0.0, tall - 0.12)
    return parts


def wall_shelf(shop: Workshop) -> list[Mesh]:
    """A shelf on the wall with small things on it: a ledge, a house, a ring, or a board on iron brackets."""
    w, d, h = shop.width, shop.depth, shop.height
    form, wood = play(shop).shelf, shop.use("wood")
    parts = {"ledge": _ledge, "house": _house_shelf, "ring": _ring_shelf, "bracket": _bracket}[form](shop, wood)
    rng = shop.rng("things")
    base = {"ledge": 0.02, "house": 0.02, "ring": h * 0.25, "bracket": h * 0.3}[form]
    room = min(h - base, 0.24) * (0.8 if form in ("house", "ring") else 0.95)
    row = books.book_row(shop, rng, w * 0.30, room, d * 0.9, palette=play(shop).accents)
    parts += moved(row, -w * 0.30, 0, base) + moved(toys.toy(shop, shop.seed, room * 0.5), w * 0.20, 0, base)
    return parts


def _ledge(shop: Workshop, wood: str) -> list[Mesh]:
    w, d, h = shop.width, shop.depth, shop.height
    lip = shop.use("metal") if shop.style.name == "luxury" else wood
    parts = [
        box((w, d, 0.02), wood, radius=0.003, grain=0),
        box((w, 0.012, 0.05), lip, radius=0.003, at=(0, -d / 2 + 0.006, 0), grain=0),
    ]
    return [*parts, box((w, 0.012, h), wood, radius=0.003, at=(0, d / 2 - 0.006, 0), grain=0)]


def _house_shelf(shop: Workshop, wood: str) -> list[Mesh]:
    w, d, h = shop.width, shop.depth, shop.height
    eave = h * 0.62
    parts = [
        box((w, d, 0.02), wood, radius=0.003, grain=0),
        box((w - 0.02, d, 0.016), wood, radius=0.003, at=(0, 0, eave), grain=0),
    ]
    parts += [box((0.02, d, eave), wood, radius=0.003, at=(s * (w - 0.02) / 2, 0, 0), grain=2) for s in (-1, 1)]
    run = float(np.hypot(w / 2, h - eave))
    angle = float(np.degrees(np.arctan2(h - eave, w / 2)))
    slope = moved([box((run, d, 0.02), wood, radius=0.003, grain=0)], -run / 2, 0, 0)
    parts += moved(tilted(slope, angle, "y"), w / 2, 0, eave - 0.004)
    other = moved([box((run, d, 0.02), wood, radius=0.003, grain=0)], run / 2, 0, 0)
    return parts + moved(tilted(other, -angle, "y"), -w / 2, 0, eave - 0.004)


def _ring_shelf(shop: Workshop, wood: str) -> list[Mesh]:
    w, d, h = shop.width, shop.depth, shop.height
    a = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    weave = shop.use(play(shop).bins) if shop.style.name == "coastal" else wood
    parts: list[Mesh] = []
    for y in (-d / 2 + 0.012, d / 2 - 0.012):
        loop = np.stack([(w / 2 - 0.012) * np.cos(a), np.full(48, y), h / 2 + (h / 2 - 0.012) * np.sin(a)], 1)
        parts.append(tube(loop, 0.012, wood, sides=8, closed=True))
    band = np.stack(
        [
            np.stack([(w / 2 - 0.012) * np.cos(a), np.full(48, y), h / 2 + (h / 2 - 0.012) * np.sin(a)], 1)
            for y in (-d / 2, d / 2)
        ]
    )
    band = np.concatenate([band, band[:, :1]], 1)
    uv = np.stack([np.broadcast_to(np.linspace(0, 2 * np.pi * h / 2, 49), (2, 49)), band[..., 1]], -1)
    parts += [grid(band, uv, weave), grid(band, uv, weave, flip=True)]
    for z in (h * 0.25 - 0.016, h * 0.66):
        half = float(np.sqrt(max((h / 2) ** 2 - (z - h / 2) ** 2, 0.0))) * w / h
        parts.append(box((2 * half - 0.02, d - 0.02, 0.016), wood, radius=0.003, at=(0, 0, z), grain=0))
    return parts


def _bracket(shop: Workshop, wood: str) -> list[Mesh]:
    w, d, h = shop.width, shop.depth, shop.height
    metal = shop.use("metal")
    parts = [box((w, d, 0.03), wood, radius=0.004, at=(0, 0, h * 0.3 - 0.03), grain=0)]
    for s in (-1, 1):
        x = s * (w / 2 - 0.12)
        parts.append(bar((x, d / 2 - 0.01, 0), (x, d / 2 - 0.01, h), 0.009, metal, sides=8))
        parts.append(bar((x, d / 2 - 0.01, 0.01), (x, -d / 2 + 0.03, h * 0.3 - 0.03), 0.008, metal, sides=8))
    return parts

"""Hand-made rooms, cameras and a small stock of furniture for the tests of arrangements."""

from __future__ import annotations

import math
from dataclasses import dataclass

from staging.engine.furniture.catalogue import KINDS as CATALOGUE
from staging.engine.scene.room import Box, Camera, Opening, Room
from staging.engine.scene.stock import Size, Stock


@dataclass(frozen=True)
class Kind:
    """A kind's sizes, as the catalogue's `KindSpec` has them."""

    default: Size
    smallest: Size
    largest: Size


def _kind(default: Size, smallest: Size, largest: Size) -> Kind:
    return Kind(default, smallest, largest)


KINDS = {
    "sofa": _kind((2.1, 0.92, 0.82), (1.7, 0.8, 0.7), (2.8, 1.1, 0.95)),
    "loveseat": _kind((1.55, 0.88, 0.8), (1.25, 0.78, 0.7), (1.8, 1.0, 0.95)),
    "armchair": _kind((0.78, 0.8, 0.8), (0.6, 0.65, 0.7), (0.95, 0.95, 1.05)),
    "coffee_table": _kind((1.1, 0.6, 0.4), (0.6, 0.4, 0.32), (1.5, 0.9, 0.48)),
    "side_table": _kind((0.46, 0.46, 0.52), (0.34, 0.34, 0.45), (0.6, 0.6, 0.62)),
    "console_table": _kind((1.2, 0.36, 0.8), (0.8, 0.28, 0.72), (1.6, 0.45, 0.9)),
    "sideboard": _kind((1.6, 0.44, 0.75), (1.0, 0.36, 0.65), (2.2, 0.52, 0.9)),
    "tv_unit": _kind((1.7, 0.42, 0.5), (1.1, 0.34, 0.4), (2.2, 0.5, 0.6)),
    "bookshelf": _kind((0.85, 0.34, 1.85), (0.5, 0.26, 1.2), (1.3, 0.42, 2.2)),
    "floor_lamp": _kind((0.42, 0.42, 1.6), (0.3, 0.3, 1.3), (0.6, 0.6, 1.9)),
    "table_lamp": _kind((0.3, 0.3, 0.5), (0.2, 0.2, 0.35), (0.42, 0.42, 0.7)),
    "pendant": _kind((0.42, 0.42, 0.9), (0.25, 0.25, 0.3), (0.8, 0.8, 2.0)),
    "plant": _kind((0.7, 0.7, 1.5), (0.4, 0.4, 0.9), (1.0, 1.0, 2.0)),
    "plant_small": _kind((0.25, 0.25, 0.35), (0.15, 0.15, 0.2), (0.4, 0.4, 0.6)),
    "vase": _kind((0.16, 0.16, 0.3), (0.1, 0.1, 0.15), (0.3, 0.3, 0.5)),
    "bowl": _kind((0.28, 0.28, 0.1), (0.15, 0.15, 0.06), (0.4, 0.4, 0.15)),
    "books": _kind((0.26, 0.2, 0.1), (0.18, 0.14, 0.03), (0.35, 0.26, 0.25)),
    "rug": _kind((2.6, 1.9, 0.012), (1.2, 0.8, 0.008), (4.2, 3.2, 0.02)),
    "wall_art": _kind((0.7, 0.04, 0.9), (0.3, 0.02, 0.3), (1.6, 0.06, 1.3)),
    "mirror": _kind((0.8, 0.04, 0.8), (0.4, 0.02, 0.4), (1.2, 0.06, 1.2)),
    "bed": _kind((1.6, 2.12, 1.1), (0.95, 2.02, 0.8), (2.0, 2.3, 1.5)),
    "nightstand": _kind((0.48, 0.42, 0.55), (0.34, 0.32, 0.45), (0.65, 0.5, 0.68)),
    "bench": _kind((1.2, 0.42, 0.46), (0.8, 0.34, 0.4), (1.7, 0.55, 0.52)),
    "dresser": _kind((1.3, 0.48, 0.85), (0.8, 0.4, 0.7), (1.8, 0.55, 1.1)),
    "dining_table": _kind((1.8, 0.92, 0.75), (0.9, 0.75, 0.72), (2.4, 1.1, 0.78)),
    "dining_chair": _kind((0.48, 0.54, 0.85), (0.4, 0.45, 0.75), (0.6, 0.62, 1.0)),
    "desk": _kind((1.4, 0.68, 0.75), (0.9, 0.5, 0.72), (1.8, 0.85, 0.78)),
    "office_chair": _kind((0.62, 0.62, 0.95), (0.55, 0.55, 0.85), (0.7, 0.7, 1.2)),
    "desk_lamp": _kind((0.2, 0.2, 0.42), (0.14, 0.14, 0.3), (0.3, 0.3, 0.55)),
    "laptop": _kind((0.34, 0.25, 0.22), (0.3, 0.2, 0.18), (0.4, 0.3, 0.26)),
    "tv": _kind((1.24, 0.24, 0.77), (0.9, 0.2, 0.57), (1.6, 0.28, 0.98)),
    "bar_stool": _kind((0.42, 0.44, 0.9), (0.36, 0.36, 0.56), (0.5, 0.52, 1.2)),
    "herb_pots": _kind((0.42, 0.16, 0.24), (0.3, 0.12, 0.18), (0.6, 0.2, 0.32)),
    "tea_towel": _kind((0.26, 0.2, 0.026), (0.2, 0.16, 0.018), (0.34, 0.26, 0.035)),
    "towel_rail": _kind((0.62, 0.1, 0.66), (0.45, 0.09, 0.5), (0.8, 0.12, 0.8)),
    "runner": _kind((1.8, 0.66, 0.01), (1.0, 0.5, 0.008), (3.2, 0.9, 0.016)),
    "fruit_bowl": _kind((0.28, 0.28, 0.17), (0.22, 0.22, 0.13), (0.38, 0.38, 0.24)),
    "towel_ladder": _kind((0.5, 0.36, 1.7), (0.42, 0.26, 1.4), (0.6, 0.45, 1.9)),
    "towel_stack": _kind((0.38, 0.28, 0.19), (0.26, 0.2, 0.1), (0.46, 0.36, 0.32)),
    "bath_mat": _kind((0.8, 0.52, 0.022), (0.6, 0.42, 0.014), (1.1, 0.7, 0.03)),
    "bath_stool": _kind((0.4, 0.32, 0.45), (0.3, 0.28, 0.4), (0.48, 0.42, 0.5)),
    "bath_tray": _kind((0.3, 0.2, 0.2), (0.26, 0.18, 0.17), (0.42, 0.26, 0.24)),
    "candles": _kind((0.26, 0.17, 0.17), (0.2, 0.14, 0.12), (0.36, 0.22, 0.26)),
    "laundry_basket": _kind((0.42, 0.42, 0.58), (0.34, 0.32, 0.48), (0.52, 0.52, 0.68)),
    "pouf": _kind((0.5, 0.5, 0.4), (0.4, 0.4, 0.34), (0.6, 0.6, 0.46)),
}

# Children's furniture has the catalogue's own sizes.
KINDS |= {
    name: _kind(spec.default, spec.smallest, spec.largest)
    for name, spec in CATALOGUE.items()
    if "kids_room" in spec.room_types and name not in KINDS
}

STOCK = Stock(KINDS, lambda kind, _style: KINDS[kind].default, "modern")


def camera(height: float = 1.4, yaw: float = 0.0, pitch: float = 6.0, focal: float = 0.62) -> Camera:
    """A 1200 x 800 camera: `yaw` degrees to the right, `pitch` degrees down, `focal` in widths of the picture."""
    a, b = math.radians(yaw), math.radians(pitch)
    forward = (math.sin(a) * math.cos(b), math.cos(a) * math.cos(b), -math.sin(b))
    right = (math.cos(a), -math.sin(a), 0.0)
    down = (
        forward[1] * right[2] - forward[2] * right[1],
        forward[2] * right[0] - forward[0] * right[2],
        forward[0] * right[1] - forward[1] * right[0],
    )
    return Camera(1200, 800, focal * 1200, 600.0, 400.0, height, (right, down, forward))


def room(
    *openings: Opening,
    width: float = 4.4,
    depth: float = 5.0,
    shift: float = 0.0,
    yaw: float = 0.0,
    height: float = 2.6,
    lamps: tuple[tuple[float, float, float], ...] = (),
) -> Room:
    """A room of `width` x `depth` metres; the camera stands half a metre into it, `shift` metres off its middle."""
    box = Box(-width / 2 - shift, width / 2 - shift, -0.5, depth - 0.5, height)
    return Room(camera(yaw=yaw), box, openings=openings, lamps=lamps)


def door(wall: str, u: float, width: float = 0.9) -> Opening:
    """A door with its middle at `u`."""
    return Opening("door", wall, u - width / 2, u + width / 2, 0.0, 2.05)  # type: ignore[arg-type]


def window(wall: str, u: float, width: float = 1.4, sill: float = 0.8) -> Opening:
    """A window with its middle at `u`."""
    return Opening("window", wall, u - width / 2, u + width / 2, sill, 2.2)  # type: ignore[arg-type]


PLAIN = room()
WITH_DOOR = room(door("back", -1.4), window("left", 2.6), width=4.8, depth=5.6)
CORNER = room(window("right", 2.5), door("back", 0.2), width=4.6, depth=4.6, shift=-0.9, yaw=22.0)
SMALL = room(width=3.0, depth=3.9)
LARGE = room(window("back", 0.0, 2.4), width=6.5, depth=7.5)
ROOMS = {"plain": PLAIN, "with_door": WITH_DOOR, "corner": CORNER, "large": LARGE}

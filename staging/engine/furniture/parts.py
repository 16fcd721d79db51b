"""Hard parts that many pieces share: legs, frames, handles, drawer and door fronts."""

from __future__ import annotations

import numpy as np

from staging.engine.furniture.primitives import ORIGIN, Point, bar, box, eased_profile, lathe, mirrored, moved, tube
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh

_SPLAY = {"tapered": 7.0, "splayed": 14.0, "brass_tip": 6.0}


def leg(shop: Workshop, kind: str, height: float, foot: tuple[float, float], *, thick: float = 1.0) -> list[Mesh]:
    """One leg from z = 0 to `height` whose foot stands at `foot`; it leans inwards, towards the piece's middle.

    `thick` scales its section for heavy tables.
    """
    x, y = foot
    sx, sy = np.sign(x), np.sign(y)
    lean = np.tan(np.deg2rad(_SPLAY.get(kind, 0.0))) * height
    top = (x - sx * lean * 0.8, y - sy * lean * 0.8, height)
    wood, metal = shop.use("wood"), shop.use("metal")
    if kind in ("tapered", "splayed"):
        return [bar((x, y, 0), top, (0.011 * thick, 0.019 * thick), wood, sides=16)]
    if kind == "brass_tip":
        return [bar((x, y, 0), top, (0.007 * thick, 0.013 * thick), metal, sides=14)]
    if kind == "blade":
        return [box((0.034 * thick, 0.012, height), metal, radius=0.002, at=(x, y, 0), grain=2)]
    if kind == "turned":
        r = 0.030 * thick
        profile = [(0, 0), (r * 0.55, 0), (r * 0.8, height * 0.12), (r * 0.6, height * 0.22), (r, height * 0.55),
                   (r * 0.72, height * 0.82), (r * 1.05, height * 0.86), (r * 1.05, height), (0, height)]  # fmt: skip
        return [lathe(eased_profile(profile, 0.01), wood, sides=18, at=(x, y, 0))]
    if kind == "straight":
        side = 0.042 * thick
        return [box((side, side, height), wood, radius=0.003, at=(x, y, 0), grain=2)]
    side = 0.058 * thick
    return [box((side, side, height), wood, radius=0.006, at=(x, y, 0), grain=2)]


def legs(
    shop: Workshop, w: float, d: float, height: float, *, inset: float = 0.05, kind: str = "", thick: float = 1.0
) -> list[Mesh]:
    """Four legs at the corners of w x d, feet `inset` metres inside the outline; `kind` defaults to the style's."""
    return [
        mesh
        for sx in (-1, 1)
        for sy in (-1, 1)
        for mesh in leg(shop, kind or shop.style.leg, height, (sx * (w / 2 - inset), sy * (d / 2 - inset)), thick=thick)
    ]


def sled(d: float, height: float, material: str, *, x: float, section: float = 0.03) -> list[Mesh]:
    """A closed rectangular metal frame in the yz plane at `x`: the end of a table or a desk."""
    post = height - 2 * section
    rails = [box((section, d, section), material, radius=0.002, at=(x, 0, z), grain=1) for z in (0.0, height - section)]
    posts = [
        box((section, section, post + 0.004), material, radius=0.002, at=(x, s * (d - section) / 2, section - 0.002))
        for s in (-1, 1)
    ]
    return rails + posts


def hoop(points: list[Point], radius: float, material: str, *, sides: int = 10) -> Mesh:
    """A bent round bar through straight runs, with its corners rounded as a pipe bender does."""
    p = np.asarray(points, dtype=np.float64)
    out = [p[0]]
    for before, corner, after in zip(p[:-2], p[1:-1], p[2:], strict=True):
        lead, trail = before - corner, after - corner
        cut = min(radius * 4, float(np.linalg.norm(lead)) * 0.45, float(np.linalg.norm(trail)) * 0.45)
        a, b = corner + lead / np.linalg.norm(lead) * cut, corner + trail / np.linalg.norm(trail) * cut
        t = np.linspace(0, 1, 6)[:, None]
        out += list((1 - t) ** 2 * a + 2 * t * (1 - t) * corner + t**2 * b)
    return tube(np.array([*out, p[-1]]), radius, material, sides=sides)


def handle(shop: Workshop, at: Point, *, upright: bool = False) -> list[Mesh]:
    """A handle of the style on a front that looks to -y; `at` lies on the front's surface."""
    metal = shop.use("metal")
    x, y, z = at
    kind = shop.style.handle
    if kind in ("groove", "cutout"):
        return []
    if kind in ("knob", "pull"):
        profile = eased_profile([(0, 0), (0.006, 0), (0.006, 0.012), (0.014, 0.016), (0.014, 0.022), (0, 0.026)], 0.004)
        knob = lathe(profile, metal, sides=16)
        # The lathe's z becomes -y.
        v = knob.vertices
        turned = np.stack([v[:, 0], -v[:, 2], v[:, 1]], 1)
        return [Mesh(turned + np.array([x, y, z]), knob.faces, knob.uv, metal)]
    if kind == "ring":
        a = np.linspace(0, 2 * np.pi, 20, endpoint=False)
        loop = np.stack([0.022 * np.cos(a), np.full(20, -0.008), 0.022 * np.sin(a) - 0.018], 1)
        return moved([tube(loop, 0.0032, metal, sides=8, closed=True)], x, y, z)
    half = 0.065
    ends = [(0, 0, -half), (0, 0, half)] if upright else [(-half, 0, 0), (half, 0, 0)]
    (x0, y0, z0), (x1, y1, z1) = ends
    path = [ends[0], (x0, y0 - 0.026, z0), (x1, y1 - 0.026, z1), ends[1]]
    return moved([hoop(path, 0.0045, metal, sides=8)], x, y, z)


def front(shop: Workshop, w: float, h: float, at: Point, *, door: bool = False, hinge: int = 1) -> list[Mesh]:
    """One drawer or door front in the style's manner, w x h, 18 mm thick, its back on the carcass at `at` (lower
    middle).

    Variants: flush, slatted and reeded (vertical battens), framed (shaker), planked, cane (woven in a frame), sliding.
    """
    x, y, z = at
    t, material, wood = 0.018, shop.use("front"), shop.use("wood")
    kind = shop.style.case
    face = y - t
    middle = (x, y - t / 2, z)
    parts: list[Mesh]
    if kind in ("slatted", "reeded") and (door or kind == "reeded"):
        count = max(4, round(w / (0.030 if kind == "reeded" else 0.034)))
        step = w / count
        parts = [box((w, t * 0.5, h), material, radius=0.002, at=(x, y - t * 0.25, z), grain=2)]
        round_to = 0.008 if kind == "reeded" else 0.003
        parts += [
            box((step * 0.82, t * 0.9, h), material, radius=round_to, at=(x - w / 2 + step * (k + 0.5), y - t * 0.6, z),
                grain=2, segments=1)
            for k in range(count)
        ]  # fmt: skip
    elif kind in ("framed", "cane"):
        rail = min(0.055, w * 0.18, h * 0.28)
        frame = wood if kind == "cane" else material
        parts = [box((w - 0.01, t * 0.5, h - 0.01), material, radius=0.001, at=(x, y - t * 0.3, z + 0.005), grain=2)]
        for s in (-1, 1):
            parts.append(box((rail, t, h), frame, radius=0.002, at=(x + s * (w - rail) / 2, y - t / 2, z), grain=2))
            parts.append(
                box((w - 2 * rail + 0.002, t, rail), frame, radius=0.002,
                    at=(x, y - t / 2, z + (0 if s < 0 else h - rail)), grain=0)
            )  # fmt: skip
    else:
        grain = 2 if kind == "planked" and door else 0
        parts = [box((w, t, h), material, radius=0.0025, at=middle, grain=grain)]
    across = x + (w / 2 - 0.035) * hinge if door else x
    up = z + h * (0.5 if door else 0.55)
    return parts + handle(shop, (across, face, up), upright=door)


def carcass(shop: Workshop, size: Point, *, at: Point = ORIGIN, board: float = 0.022, slot: str = "wood") -> list[Mesh]:
    """The box of a cabinet: two sides, top, bottom, back. Open towards -y."""
    w, d, h = size
    x, y, z = at
    material = shop.use(slot)
    side = box((board, d, h), material, radius=0.002, at=(x - (w - board) / 2, y, z), grain=2)
    other = box((board, d, h), material, radius=0.002, at=(x + (w - board) / 2, y, z), grain=2)
    flats = [
        box((w - 2 * board + 0.002, d, board), material, radius=0.002, at=(x, y, z + k), grain=0)
        for k in (0.0, h - board)
    ]
    rear = box((w - board, 0.008, h - board), material, radius=0.001, at=(x, y + d / 2 - 0.006, z + board / 2), grain=0)
    return [side, other, *flats, rear]


def pair(meshes: list[Mesh]) -> list[Mesh]:
    """The given right-hand parts and their mirror images."""
    return meshes + mirrored(meshes)

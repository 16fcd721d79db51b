"""What hangs on walls and lies on floors: framed art, mirrors, curtains, rugs. Wall pieces have their back at y =
+depth/2.
"""

from __future__ import annotations

import numpy as np

from staging.engine.furniture.drapery import draping
from staging.engine.furniture.primitives import (
    bar,
    box,
    disc_profile,
    eased_profile,
    grid,
    lathe,
    moved,
    tilted,
    tube,
)
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh


def _picture(w: float, h: float, y: float, z: float, material: str) -> Mesh:
    """A flat rectangle facing -y, lower edge at z; uv 0..1 with v = 0 at the top, where a bitmap has its first row."""
    x = np.array([[-w / 2, -w / 2], [w / 2, w / 2]])
    up = np.array([[z, z + h], [z, z + h]])
    points = np.stack([x, np.full((2, 2), y), up], -1)
    uv = np.stack([x / w + 0.5, 1 - (up - z) / h], -1)
    return grid(points, uv, material)


def _frame(w: float, h: float, material: str, *, face: float, deep: float, y: float) -> list[Mesh]:
    """Four mitre-less mouldings, `face` wide and `deep` thick, filling w x h with their back at y."""
    parts: list[Mesh] = []
    for s in (-1, 1):
        parts.append(box((face, deep, h), material, radius=0.002, at=(s * (w - face) / 2, y - deep / 2, 0), grain=2))
        parts.append(
            box(
                (w - 2 * face + 0.001, deep, face),
                material,
                radius=0.002,
                at=(0, y - deep / 2, (h - face) if s > 0 else 0),
                grain=0,
            )
        )
    return parts


# Designs that stand upright on the sheet and would be lost in a wide one.
_UPRIGHT = frozenset({"botanical", "line", "arches", "sunburst"})


def _suited(designs: tuple[str, ...], aspect: float) -> tuple[str, ...]:
    """Those designs that fill a sheet of this width over height; all of them when none does."""
    wide = tuple(d for d in designs if d not in _UPRIGHT)
    return wide if aspect > 1.15 and wide else designs


def wall_art(shop: Workshop) -> list[Mesh]:
    """A framed print of a design painted for this seed; most have a passe-partout, some are canvases in a floating
    frame.

    `options`: design (name of a texture pattern).
    """
    w, h = shop.width, shop.height
    rng = shop.rng("art")
    deep = max(0.018, min(shop.depth, 0.045))
    back = shop.depth / 2
    frame = shop.use("frame")
    face = {"thin": 0.016, "deep": 0.032, "gilt": 0.028}[shop.style.frame]
    design = str(shop.option("design", str(rng.choice(_suited(shop.style.art, w / h)))))
    canvas = design in ("strokes", "fluid", "field") and rng.random() < 0.45
    mat = 0.0 if canvas else float(rng.uniform(0.11, 0.17)) * min(w, h)
    print_w, print_h = w - 2 * face - 2 * mat, h - 2 * face - 2 * mat
    art = shop.use("art", pattern=design, seed=int(rng.integers(1 << 30)), aspect=round(print_w / print_h, 2))
    parts = _frame(w, h, frame, face=face, deep=deep, y=back)
    if canvas:
        gap = 0.006
        parts.append(_picture(print_w - 2 * gap, print_h - 2 * gap, back - deep + 0.003, face + gap, art))
        parts.append(
            box(
                (w - 2 * face, 0.004, h - 2 * face),
                shop.use("black"),
                radius=0.0005,
                segments=1,
                at=(0, back - 0.004, face),
            )
        )
        return parts
    inner_w, inner_h = w - 2 * face + 0.002, h - 2 * face + 0.002
    y = back - deep * 0.45
    parts.append(
        box((inner_w, 0.004, inner_h), shop.use("mat_board"), radius=0.0005, segments=1, at=(0, y, face - 0.001))
    )
    parts.append(_picture(print_w, print_h, y - 0.0026, face + mat, art))
    return parts


def mirror(shop: Workshop) -> list[Mesh]:
    """A wall mirror: round, arched or rectangular by style and proportions."""
    w, h = shop.width, shop.height
    y = shop.depth / 2
    material = shop.use(
        "frame"
        if shop.style.frame != "thin" or shop.style.name in ("scandinavian", "midcentury", "coastal")
        else "metal"
    )
    glass = shop.use("mirror")
    if abs(w - h) < 0.08:
        r = min(w, h) / 2
        disc = moved(tilted([lathe([(0.0, 0.0), (r - 0.01, 0.0)], glass, sides=56)], -90), 0, y - 0.016, h / 2)
        disc = [Mesh(m.vertices, m.faces if _faces_front(m) else m.faces[:, ::-1], m.uv, m.material) for m in disc]
        ring = np.linspace(0, 2 * np.pi, 64, endpoint=False)
        loop = np.stack([(r - 0.012) * np.cos(ring), np.full(64, y - 0.013), h / 2 + (r - 0.012) * np.sin(ring)], 1)
        parts = [*disc, tube(loop, 0.012, material, sides=10, closed=True)]
        if shop.style.table == "drum" or shop.style.name == "luxury":
            parts += _rays(r, y, h / 2, material)
        return parts
    if shop.style.frame == "thin":
        return _arched_mirror(w, h, y, glass, material)
    return [
        *_frame(w, h, material, face=0.045, deep=min(0.035, shop.depth), y=y),
        _picture(w - 0.085, h - 0.085, y - 0.012, 0.0425, glass),
    ]


def _faces_front(mesh: Mesh) -> bool:
    a, b, c = (mesh.vertices[mesh.faces[0, k]] for k in range(3))
    return bool(np.cross(b - a, c - a)[1] < 0)


def _rays(r: float, y: float, z: float, material: str) -> list[Mesh]:
    """Short rays between the ring and the outline, for sunburst frames: kept inside the piece's size by a smaller
    ring.
    """
    return [
        bar(
            ((r - 0.05) * np.cos(a), y - 0.010, z + (r - 0.05) * np.sin(a)),
            ((r - 0.004) * np.cos(a), y - 0.010, z + (r - 0.004) * np.sin(a)),
            (0.006, 0.003),
            material,
            sides=6,
        )
        for a in np.linspace(0, 2 * np.pi, 48, endpoint=False)
    ]


def _arched_mirror(w: float, h: float, y: float, glass: str, material: str) -> list[Mesh]:
    """A tall mirror with a half-round head."""
    r = w / 2 - 0.010
    a = np.linspace(0, np.pi, 25)
    head = np.stack([r * np.cos(a), np.full(25, y - 0.012), h - 0.010 - r + r * np.sin(a)], 1)
    loop = np.concatenate([head, [[-r, y - 0.012, 0.010], [r, y - 0.012, 0.010]]])
    centre = np.array([0, y - 0.012, h * 0.5])
    fan = np.stack([np.broadcast_to(centre, loop.shape), loop])
    fan = np.concatenate([fan, fan[:, :1]], 1)
    sheet = grid(fan, fan[..., [0, 2]], glass)
    if not _faces_front(sheet):
        sheet = Mesh(sheet.vertices, sheet.faces[:, ::-1], sheet.uv, glass)
    edge = np.concatenate(
        [
            head,
            np.linspace([-r, y - 0.012, h - 0.01 - r], [-r, y - 0.012, 0.01], 6)[1:],
            np.linspace([-r, y - 0.012, 0.01], [r, y - 0.012, 0.01], 6)[1:],
            np.linspace([r, y - 0.012, 0.01], [r, y - 0.012, h - 0.01 - r], 6)[1:-1],
        ]
    )
    return [sheet, tube(edge, 0.010, material, sides=8, closed=True)]


WIDEST = 0.55  # metres of a curtain that hang from one length of cloth


def curtain(shop: Workshop) -> list[Mesh]:
    """Two curtain panels at the ends of a rod over a window `width` wide, from floor (z = 0) to rod; `options`
    {"panels": 1}.
    """
    w, d, h = shop.width, shop.depth, shop.height
    rod_z, rod = h - 0.03, shop.use("rod")
    cloth = shop.use("curtain")
    panel = min(0.55, w * 0.24) if shop.option("panels", 2) == 2 else w * 0.96
    deep = min(0.11, d * 0.8)
    parts: list[Mesh] = []
    sides = (-1, 1) if shop.option("panels", 2) == 2 else (0,)
    for s in sides:
        # A wide curtain is sewn from several lengths.
        lengths = max(1, round(panel / WIDEST))
        for k in range(lengths):
            seed = shop.seed + k + (s > 0) * 2
            one = draping.curtain(panel / lengths, rod_z - 0.032, deep, cloth, seed=seed)
            parts.append(one.moved(s * (w / 2 - panel / 2 - 0.05) + ((k + 0.5) / lengths - 0.5) * panel, 0, 0.012))
    parts.append(bar((-w / 2 + 0.03, 0, rod_z), (w / 2 - 0.03, 0, rod_z), 0.012, rod, sides=12))
    finial = tilted(
        [
            lathe(
                eased_profile([(0, -0.028), (0.02, -0.022), (0.024, 0), (0.018, 0.026), (0, 0.028)], 0.006),
                rod,
                sides=16,
            )
        ],
        90,
        "y",
    )
    for s in (-1, 1):
        parts += moved(finial, s * (w / 2 - 0.028), 0, rod_z)
        parts.append(bar((s * (w / 2 - 0.10), d / 2, rod_z), (s * (w / 2 - 0.10), 0, rod_z), 0.007, rod, sides=8))
    return parts


def rug(shop: Workshop) -> list[Mesh]:
    """A rug lying on the floor; uv 0..1 over its top. `options`: design (name of a texture pattern), round (bool)."""
    w, d = shop.width, shop.depth
    rng = shop.rng("rug")
    design = str(shop.option("design", str(rng.choice(shop.style.rugs))))
    thick = max(0.006, min(shop.height, 0.02))
    material = shop.use("rug", pattern=design, seed=int(rng.integers(1 << 30)), aspect=round(w / d, 2))
    if shop.option("round", False):
        flat = lathe(disc_profile(0.5, 0, thick, 0.006), material, sides=72)
        v = flat.vertices * [w, d, 1]
        return [Mesh(v, flat.faces, v[:, :2] / [w, d] + 0.5, material)]
    body = box((w, d, thick), material, radius=thick * 0.45, segments=2, cells=(24, 16, 0))
    v = body.vertices.copy()
    # A real rug is never dead flat or dead straight: waves of a few millimetres.
    v[:, 1] += 0.004 * np.sin(v[:, 0] * 3.1 + shop.seed) * (np.abs(v[:, 1]) > d / 2 - 0.02)
    rug_mesh = Mesh(v, body.faces, v[:, :2] / [w, d] + 0.5, material)
    if design in ("distressed", "moroccan"):
        return [rug_mesh, *_tassels(shop, w, d, rng)]
    return [rug_mesh]


def _tassels(shop: Workshop, w: float, d: float, rng: np.random.Generator) -> list[Mesh]:
    """Fringe on the two short sides."""
    cotton = shop.use("mattress")
    count = int(d / 0.022)
    parts: list[Mesh] = []
    for s in (-1, 1):
        y = np.linspace(-d / 2 + 0.01, d / 2 - 0.01, count)
        out = 0.045 + 0.008 * rng.normal(size=count)
        skew = 0.006 * rng.normal(size=count)
        for k in range(count):
            root = np.array([[s * (w / 2 - 0.05), y[k] - 0.005, 0.009], [s * (w / 2 - 0.05), y[k] + 0.005, 0.009]])
            tip = np.array(
                [
                    [s * (w / 2 - 0.05 + out[k]), y[k] + skew[k] - 0.004, 0.003],
                    [s * (w / 2 - 0.05 + out[k]), y[k] + skew[k] + 0.004, 0.003],
                ]
            )
            parts.append(grid(np.stack([root, tip]), np.zeros((2, 2, 2)), cotton, flip=s < 0))
    return parts

"""Rug designs, painted over the whole rug (uv 0..1). Proportions come from the material's aspect, so that motifs keep
their shape.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from staging.engine.furniture.colours import linear
from staging.engine.furniture.noise import field
from staging.engine.scene.material import Material

Floats = NDArray[np.float64]
_PIXELS = 512 * 1024


class _Loom:
    """A rug being woven: `x`, `y` in half-heights from the middle, `edge` the distance from the border in heights."""

    def __init__(self, material: Material, rng: np.random.Generator) -> None:
        aspect = float(np.clip(material.aspect, 0.4, 3.0))
        self.h = int(np.sqrt(_PIXELS / aspect)) // 2 * 2
        self.w = int(self.h * aspect) // 2 * 2
        self.rng = rng
        self.colours = [linear(c) for c in (material.palette or (material.colour,))]
        row, column = np.mgrid[: self.h, : self.w].astype(float)
        self.x = (column - (self.w - 1) / 2) / (self.h / 2)
        self.y = (row - (self.h - 1) / 2) / (self.h / 2)
        self.edge = np.minimum(np.minimum(column, self.w - 1 - column), np.minimum(row, self.h - 1 - row)) / self.h
        self.half_width = self.w / self.h
        self.image: Floats = np.ones((self.h, self.w, 3)) * self.colours[0]

    def colour(self, k: int) -> Floats:
        return self.colours[k % len(self.colours)]

    def lay(self, amount: Floats, colour: Floats) -> None:
        """Colour over the rug, where there is any of it: most motifs take little of a rug."""
        at = amount > 0
        m = np.minimum(amount[at], 1)[:, None]
        self.image[at] = self.image[at] * (1 - m) + colour * m

    def noise(self, rows: float, columns: float) -> Floats:
        return field((self.h, self.w), (rows * self.h, columns * self.h), self.rng)


def rug(material: Material, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Albedo (h, w, 3) and pile (h, w) of the design `material.pattern`; unknown designs come out as "border"."""
    loom = _Loom(material, rng)
    DESIGNS.get(material.pattern, _border)(loom)
    pile = 0.05 * field((loom.h, loom.w), 1.0, rng) + 0.03 * field((loom.h, loom.w), 4, rng)
    rows = 0.02 * field((loom.h, loom.w), (0.7, 60), rng)
    patches = 0.025 * loom.noise(0.07, 0.07)
    tone = np.clip(1 + pile + rows + patches, 0.7, 1.3)
    return loom.image * tone[..., None], 0.5 + pile + rows


def _heathered(loom: _Loom, amount: float = 0.3) -> None:
    """The ground's own yarn: short flecks of two close tones along the rows."""
    flecks = np.clip(0.5 + 0.5 * field((loom.h, loom.w), (0.8, 3.0), loom.rng), 0, 1)
    loom.lay(flecks * amount, loom.colour(1))


def _line(distance: Floats, width: float) -> Floats:
    """A line of `width` half-heights about distance 0, as a share of each pixel."""
    return np.clip((width / 2 - np.abs(distance)) / 0.006 + 0.5, 0, 1)


def _carved(loom: _Loom) -> None:
    """Tone on tone: sweeps of concentric arcs cut into the pile, each until it meets another's."""
    _heathered(loom, 0.18)
    beside = np.array([(-1.2, -1.3), (1.3, -1.25), (-0.9, 1.45), (1.2, 1.4)])
    places = beside + loom.rng.uniform(-0.25, 0.25, beside.shape)
    away = np.stack([np.hypot(loom.x - x * loom.half_width, loom.y - y) for x, y in places])
    nearest = np.sort(away, axis=0)
    pitch = 0.13
    arcs = (nearest[0] / pitch + 0.5) % 1.0 - 0.5
    loom.lay(_line(arcs * pitch, 0.02) * 0.6, loom.colour(2))
    loom.lay(_line(nearest[1] - nearest[0], 0.045), loom.colour(0))
    loom.lay(_line(nearest[1] - nearest[0] - 0.03, 0.018) * 0.6, loom.colour(2))
    _bound(loom)


def _bound(loom: _Loom) -> None:
    """A narrow binding, without which a pale rug on a pale floor has no end."""
    loom.lay((loom.edge < 0.008).astype(float) * 0.55, loom.colour(2))


def _panels(loom: _Loom) -> None:
    """A few broad fields a tone apart, as a Bauhaus weaver sets them, with narrow seams of the ground between.

    Strong tones would look like tiles, or like several rugs.
    """
    _heathered(loom, 0.2)
    t = loom.x / loom.half_width
    first, second = loom.rng.uniform(-0.40, -0.22), loom.rng.uniform(0.28, 0.46)
    middle, low = loom.rng.uniform(-0.15, 0.2), loom.rng.uniform(-0.45, -0.3)
    fields = (
        (-1.0, first, -1.0, middle, 1, 0.55), (-1.0, first, middle, 1.0, 2, 0.16), (first, second, -1.0, low, 2, 0.34),
        (first, second, low, 1.0, 0, 0.0), (second, 1.0, -1.0, -middle, 3, 0.22), (second, 1.0, -middle, 1.0, 1, 0.3),
    )  # fmt: skip
    for left, right, bottom, top, k, strength in fields:
        loom.lay(((t > left) & (t < right) & (loom.y > bottom) & (loom.y < top)) * strength, loom.colour(k))
    for at, across in ((first, t), (second, t)):
        loom.lay(_line((across - at) * loom.half_width, 0.016), loom.colour(0))
    loom.lay(_line(loom.y - middle, 0.014) * (t < first), loom.colour(0))
    loom.lay(_line(loom.y + middle, 0.014) * (t > second), loom.colour(0))
    loom.lay(_line(loom.y - (middle + low) / 2, 0.02) * ((t > first) & (t < second)) * 0.6, loom.colour(2))
    _bound(loom)


def _framed(loom: _Loom) -> None:
    """A plain lustrous field within fine lines whose corners step back, and a deeper border."""
    sheen = np.clip(0.5 + 0.35 * loom.noise(0.25, 0.4), 0, 1)
    loom.lay(sheen * 0.22, loom.colour(1))

    def inset(by: float, step: float) -> Floats:
        """Distance from a rectangle `by` within the rug whose corners are cut back by squares of side `step`."""
        w, h = loom.half_width - by, 1.0 - by
        sides = np.maximum(np.abs(loom.x) - w, np.abs(loom.y) - h)
        corners = np.minimum(np.abs(loom.x) - (w - step), np.abs(loom.y) - (h - step))
        return np.maximum(sides, corners)

    loom.lay(np.clip(inset(0.20, 0.16) / 0.008 + 0.5, 0, 1) * 0.55, loom.colour(1))
    for by, step, width, k in ((0.20, 0.16, 0.03, 3), (0.26, 0.16, 0.012, 3), (0.42, 0.10, 0.014, 2)):
        loom.lay(_line(inset(by, step), width) * 0.85, loom.colour(k))
    loom.lay((loom.edge < 0.012).astype(float) * 0.8, loom.colour(2))


def _trellis(loom: _Loom) -> None:
    """Quatrefoils side by side in outline, within a plain border."""
    _heathered(loom, 0.2)
    pitch = 2 * loom.half_width / max(2, round(2 * loom.half_width / 0.4))
    u, v = (np.abs((c / pitch + 0.5) % 1.0 - 0.5) for c in (loom.x, loom.y))
    lobes = np.minimum(np.hypot(u - 0.24, v), np.hypot(u, v - 0.24)) - 0.25
    field_ = loom.edge > 0.075
    loom.lay(field_ * _line(lobes * pitch, 0.034) * 0.85, loom.colour(1))
    loom.lay(((loom.edge > 0.055) & (loom.edge < 0.075)).astype(float) * 0.9, loom.colour(1))
    loom.lay((loom.edge < 0.012).astype(float) * 0.9, loom.colour(1))


def _moroccan(loom: _Loom) -> None:
    """Beni Ourain: a hand-drawn lattice of dark lozenges on ivory, lines uneven, some lozenges with a small mark."""
    sway_x, sway_y = 0.022 * loom.noise(0.06, 0.06), 0.022 * loom.noise(0.06, 0.06)
    a = (loom.x + sway_x) * 1.55 + (loom.y + sway_y) * 1.05
    b = (loom.x + sway_x) * 1.55 - (loom.y + sway_y) * 1.05
    width = 0.022 * (1 + 0.25 * loom.noise(0.02, 0.02))
    for t in (a, b):
        off = np.abs(t % 1.0 - 0.5)
        loom.lay(np.clip((width - off) / 0.008 + 0.5, 0, 1) * 0.88, loom.colour(1))
    mark = np.hypot((a + 0.5) % 1.0 - 0.5, (b + 0.5) % 1.0 - 0.5)
    which = (np.floor(a + 0.5) * 3 + np.floor(b + 0.5) * 5) % 7 == 0
    loom.lay(np.clip((0.05 - mark) / 0.012 + 0.5, 0, 1) * which * 0.7, loom.colour(1))
    loom.lay(np.clip(0.25 + 0.2 * loom.noise(0.05, 0.3), 0, 0.5), loom.colour(2) * 0.5 + loom.colour(0) * 0.5)


def _lines(loom: _Loom) -> None:
    """Flat weave: ivory with groups of thin uneven stripes across."""
    t = loom.x / loom.half_width
    wobble = 0.002 * loom.noise(0.05, 0.02)
    for centre in (-0.86, -0.5, 0.5, 0.86):
        for k, shift in enumerate((-0.03, 0.0, 0.03)):
            off = np.abs(t + wobble - centre - shift)
            loom.lay(np.clip((0.006 + 0.003 * (k == 1) - off) / 0.002, 0, 1) * 0.8, loom.colour(1))
    loom.lay(np.clip(0.5 * np.abs(np.sin(loom.y * 140)), 0, 1) * 0.10, loom.colour(2))


def _distressed(loom: _Loom) -> None:
    """A Persian design, worn: borders with a running vine, a lobed medallion, corner pieces, a field of small
    palmettes.
    """
    e, x, y = loom.edge * 2, loom.x, loom.y
    inner = e > 0.30
    loom.lay(inner * 0.55, loom.colour(3))
    for pitch, shift, petals, size, colour, strength in (
        (0.27, 0.0, 6, 0.42, 1, 0.75), (0.27, 0.5, 8, 0.30, 2, 0.75), (0.135, 0.25, 4, 0.28, 0, 0.40),
    ):  # fmt: skip
        u, v = x / pitch + shift, y / pitch + shift
        p, q = u - np.round(u), v - np.round(v)
        reach, turn = np.hypot(p, q), np.arctan2(q, p)
        rosette = size * (0.72 + 0.28 * np.cos(petals * turn))
        loom.lay(inner * np.clip((rosette - reach) * pitch * 90, 0, 1) * strength, loom.colour(colour))
        loom.lay(inner * np.clip((size * 0.25 - reach) * pitch * 90, 0, 1) * strength, loom.colour(colour + 2))
    tendril = np.abs(np.sin(np.pi * (x + y) / 0.27 + 0.9 * np.sin(np.pi * (x - y) / 0.135)))
    loom.lay(inner * np.clip(1 - tendril / 0.09, 0, 1) * 0.45, loom.colour(2))
    r, a = np.hypot(x / 1.05, y / 0.80), np.arctan2(y / 0.80, x / 1.05)
    corner = np.hypot((loom.half_width - 0.30 - np.abs(x)) / 1.0, (0.70 - np.abs(y)) / 0.8)
    for radius, lobes, k in ((0.52, 16, 1), (0.46, 16, 0), (0.43, 16, 1), (0.24, 8, 2), (0.20, 8, 3), (0.10, 8, 0)):
        loom.lay(np.clip((radius * (1 + 0.06 * np.cos(lobes * a)) - r) * 60, 0, 1) * 0.8, loom.colour(k))
        if radius > 0.4:
            loom.lay(
                (e > 0.30)
                * np.clip((radius * 0.85 * (1 + 0.05 * np.cos(16 * np.arctan2(y, x))) - corner) * 60, 0, 1)
                * 0.7,
                loom.colour(k),
            )
    for inner, outer, k in ((0.0, 0.30, 1), (0.02, 0.05, 2), (0.065, 0.08, 0), (0.23, 0.245, 0), (0.26, 0.29, 2)):
        loom.lay(((e > inner) & (e < outer)) * 0.85, loom.colour(k))
    run = np.where(np.abs(x) / loom.half_width > np.abs(y), y, x)
    vine = np.abs(e - 0.155 - 0.035 * np.sin(run * 20))
    flower = np.hypot((run * 20 / np.pi) % 1 - 0.5, (e - 0.155) / 0.13)
    loom.lay((e < 0.225) * (e > 0.085) * np.clip((0.012 - vine) * 150, 0, 1) * 0.8, loom.colour(0))
    loom.lay((e < 0.225) * (e > 0.085) * np.clip((0.24 - flower) * 14, 0, 1) * 0.8, loom.colour(3))
    wear = np.clip(0.42 + 0.26 * loom.noise(0.05, 0.07) + 0.16 * loom.noise(0.006, 0.014), 0.05, 0.88)
    loom.lay(wear, loom.colour(0) * 0.97)


def _stripes(loom: _Loom) -> None:
    """Broad cabana stripes with thin companions."""
    t = (loom.x / loom.half_width * 3.5 + 0.25) % 1.0
    loom.lay(((t > 0.04) & (t < 0.46)).astype(float) * 0.9, loom.colour(1))
    loom.lay(((t > 0.50) & (t < 0.525)).astype(float) * 0.8, loom.colour(1))
    loom.lay(((t > 0.975) | (t < 0.0)).astype(float) * 0.8, loom.colour(1))


def _geometric(loom: _Loom) -> None:
    """Quarter arcs and half discs, one to a cell of a strict grid, in muted colours unlike their neighbours."""
    rng = loom.rng
    lines = 5
    size = 2 / lines
    columns = max(2, round(2 * loom.half_width / size))
    u, v = (loom.x + loom.half_width) * columns / (2 * loom.half_width), (loom.y + 1) / size
    shades = max(1, len(loom.colours) - 1)
    start = int(rng.integers(shades))
    for i in range(columns):
        for j in range(lines):
            p, q = u - i, v - j
            cell = (p >= 0) & (p < 1) & (q >= 0) & (q < 1)
            colour = 0.78 * loom.colour(1 + (start + i * 2 + j * 3) % shades) + 0.22 * loom.colour(0)
            for _ in range(int(rng.integers(0, 4))):
                p, q = q, 1 - p
            form = int(rng.integers(0, 5))
            if form <= 1:
                mask = np.hypot(p, q) - 0.96
            elif form == 2:
                mask = np.maximum(np.abs(np.hypot(p, q) - 0.70) - 0.26, -1.0)
            elif form == 3:
                mask = np.hypot(p - 0.5, q) - 0.47
            else:
                continue
            loom.lay(cell * np.clip(0.5 - mask / 0.015, 0, 1) * 0.85, colour)
    loom.lay(np.clip(0.20 + 0.10 * loom.noise(0.03, 0.06) + 0.08 * loom.noise(0.002, 0.01), 0, 0.5), loom.colour(0))


def _border(loom: _Loom) -> None:
    """A plain heathered ground with a darker band and a bound edge."""
    e = loom.edge
    heather = np.clip(0.35 + 0.35 * field((loom.h, loom.w), (0.8, 3.0), loom.rng), 0, 0.8)
    loom.lay(heather * 0.6, loom.colour(2))
    loom.lay(((e > 0.055) & (e < 0.085)).astype(float) * 0.9, loom.colour(1))
    loom.lay((e < 0.012).astype(float) * 0.9, loom.colour(1))


def _jute(loom: _Loom) -> None:
    """Braided natural fibre: rows of slanting strands, and a stitched border."""
    straw = linear("#b7a48b")
    loom.lay(np.ones_like(loom.x), straw)
    rows = loom.y * 64
    strand = np.sin(2 * np.pi * (loom.x * 44 + 0.35 * np.sign(np.sin(np.pi * rows)) * (rows % 1)))
    seam = np.abs(np.sin(np.pi * rows)) ** 0.4
    loom.image = loom.image * (0.72 + 0.16 * strand + 0.22 * seam)[..., None]
    loom.image = loom.image * (1 + 0.08 * field((loom.h, loom.w), (1, 10), loom.rng))[..., None]
    loom.lay((loom.edge < 0.03).astype(float) * 0.75, loom.colour(0))


DESIGNS: dict[str, Callable[[_Loom], None]] = {
    "carved": _carved, "panels": _panels, "framed": _framed, "trellis": _trellis, "moroccan": _moroccan,
    "lines": _lines, "distressed": _distressed, "stripes": _stripes, "geometric": _geometric, "border": _border,
    "jute": _jute,
}  # fmt: skip

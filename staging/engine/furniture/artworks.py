"""Pictures for frames: eleven kinds of design, each composed anew for every seed, on paper or canvas."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from staging.engine.furniture.colours import linear
from staging.engine.furniture.noise import field
from staging.engine.scene.material import Material

Floats = NDArray[np.float64]
_PIXELS = 512 * 512
_INK = "#26272a"
_ALL = (slice(None), slice(None))


class _Sheet:
    """A picture in the making: `x` 0..aspect to the right, `y` 0..1 upwards, so that circles are round."""

    def __init__(self, material: Material, rng: np.random.Generator) -> None:
        aspect = float(np.clip(material.aspect, 0.3, 3.0))
        self.h = int(np.sqrt(_PIXELS / aspect))
        self.w = int(self.h * aspect)
        self.aspect = self.w / self.h
        self.rng = rng
        colours = [linear(c) for c in (material.palette or (material.colour,))]
        order = rng.permutation(len(colours))
        self.colours = [colours[k] for k in order]
        row, column = np.mgrid[: self.h, : self.w].astype(float)
        self.x = (column + 0.5) / self.h
        self.y = 1 - (row + 0.5) / self.h
        self.paper = linear("#efeade")
        self.image: Floats = np.ones((self.h, self.w, 3)) * self.paper

    def colour(self, k: int) -> Floats:
        return self.colours[k % len(self.colours)]

    def lay(self, amount: Floats, colour: Floats, window: tuple[slice, slice] = _ALL) -> None:
        """Colour over the sheet, or over a `window` of it that `amount` has the size of."""
        m = np.clip(amount, 0, 1)[..., None]
        self.image[window] = self.image[window] * (1 - m) + colour * m

    def fill(self, distance: Floats, colour: Floats, strength: float = 0.95) -> None:
        """Paint where `distance` (in picture heights) is negative, with an edge one pixel soft and a slightly uneven
        coat.
        """
        coat = strength * (1 + 0.05 * self.noise(0.02, 0.03))
        self.lay(np.clip(0.5 - distance * self.h, 0, 1) * coat, colour)

    def noise(self, rows: float, columns: float) -> Floats:
        return field((self.h, self.w), (rows * self.h, columns * self.h), self.rng)

    def spot(self, margin: float = 0.2) -> tuple[float, float]:
        return float(self.rng.uniform(margin, 1 - margin)) * self.aspect, float(self.rng.uniform(margin, 1 - margin))


def art(material: Material, rng: np.random.Generator) -> Floats:
    """Albedo (h, w, 3) of the design `material.pattern`; unknown designs come out as "field"."""
    sheet = _Sheet(material, rng)
    _DESIGNS.get(material.pattern, _field)(sheet)
    tooth = 0.018 * field((sheet.h, sheet.w), 0.8, rng) + 0.012 * field((sheet.h, sheet.w), 3, rng)
    return sheet.image * (1 + tooth)[..., None]


def _shapes(s: _Sheet) -> None:
    """Cut-paper forms: pebbles, half discs and bars stacked about a slanting axis."""
    count = int(s.rng.integers(4, 7))
    tilt = s.rng.uniform(-0.5, 0.5)
    for k in range(count):
        t = (k + 0.5) / count
        cx = s.aspect * (0.5 + tilt * (t - 0.5) + s.rng.normal(0, 0.08))
        cy = 0.14 + 0.72 * t
        r = s.rng.uniform(0.10, 0.20) * min(1.0, s.aspect + 0.2)
        a = s.rng.uniform(0, np.pi)
        u, v = (s.x - cx) * np.cos(a) + (s.y - cy) * np.sin(a), -(s.x - cx) * np.sin(a) + (s.y - cy) * np.cos(a)
        angle = np.arctan2(v, u)
        form = int(s.rng.integers(0, 4))
        pebble = np.hypot(u, v * 1.25) - r * (1 + 0.13 * np.cos(2 * angle + a) + 0.07 * np.cos(3 * angle))
        half = np.maximum(np.hypot(u, v) - r, v)
        bar = np.maximum(np.abs(u) - r * 1.15, np.abs(v) - r * 0.28)
        s.fill((pebble, half, bar, pebble)[form], s.colour(k))
    _curve(s, linear(_INK), 0.0035)


def _curve(s: _Sheet, colour: Floats, width: float) -> None:
    """One wandering pen line through the sheet."""
    t = np.linspace(0, 1, 400)
    rng = s.rng
    x = s.aspect * (0.15 + 0.7 * t + 0.10 * np.sin(2 * np.pi * (1.3 * t + rng.uniform())))
    y = (
        0.5
        + 0.26 * np.sin(2 * np.pi * (0.9 * t + rng.uniform()))
        + 0.08 * np.sin(2 * np.pi * (2.7 * t + rng.uniform()))
    )
    _stroke(s, x, y, width, colour)


def _stroke(s: _Sheet, x: Floats, y: Floats, width: Floats | float, colour: Floats, *, strength: float = 0.92) -> None:
    """Draw a polyline (picture heights) with round pen of half width `width`, by stamping its distance field."""
    pen = np.broadcast_to(np.asarray(width, dtype=float), x.shape)
    distance = np.full((s.h, s.w), 1.0)
    touched = [s.h, 0, s.w, 0]  # rows and columns from, to
    for px, py, r in zip(x, y, pen, strict=True):
        reach = r + 0.01
        c0, c1 = int((px - reach) * s.h), int((px + reach) * s.h) + 2
        r0, r1 = int((1 - py - reach) * s.h), int((1 - py + reach) * s.h) + 2
        c0, r0 = max(c0, 0), max(r0, 0)
        if c1 <= c0 or r1 <= r0:
            continue
        window = (slice(r0, r1), slice(c0, c1))
        d = np.hypot(s.x[window] - px, s.y[window] - py) - r
        distance[window] = np.minimum(distance[window], d)
        touched = [min(touched[0], r0), max(touched[1], r1), min(touched[2], c0), max(touched[3], c1)]
    r0, r1, c0, c1 = touched
    s.lay(np.clip(0.5 - distance[r0:r1, c0:c1] * s.h, 0, 1) * strength, colour, (slice(r0, r1), slice(c0, c1)))


def _line(s: _Sheet) -> None:
    """A vase with a few leaves in one unbroken-looking line, over a single patch of colour."""
    cx, cy = s.aspect * 0.5 + s.rng.normal(0, 0.04), 0.42
    s.fill(
        np.hypot(s.x - cx - s.rng.normal(0, 0.08), (s.y - cy - 0.1)) - 0.24 * min(1, s.aspect + 0.3), s.colour(0), 0.75
    )
    t = np.linspace(0, 1, 220)
    half = 0.05 + 0.09 * np.sin(np.pi * t**0.8) ** 1.2 + 0.02 * np.cos(9 * t)
    ink = linear(_INK)
    for side in (-1, 1):
        _stroke(s, cx + side * half, 0.12 + 0.33 * t, 0.003, ink)
    _stroke(s, cx + np.linspace(-half[0], half[0], 80), np.full(80, 0.12), 0.003, ink)
    for _ in range(int(s.rng.integers(3, 6))):
        lean, tall = s.rng.normal(0, 0.16), s.rng.uniform(0.22, 0.42)
        x, y = cx + lean * t**1.4, 0.45 + tall * t
        _stroke(s, x, y, 0.0026, ink)
        for f in np.linspace(0.35, 1.0, 5):
            i = int(f * 219)
            for side in (-1, 1):
                a = np.pi / 2 - lean + side * 0.9
                size = 0.07 * (1.2 - 0.5 * f)
                along = np.linspace(0, 1, 50)
                for edge in (-1, 1):
                    bow = edge * 0.25 * np.sin(np.pi * along)
                    _stroke(
                        s,
                        x[i] + size * (along * np.cos(a) - bow * np.sin(a)),
                        y[i] + size * (along * np.sin(a) + bow * np.cos(a)),
                        0.002,
                        ink,
                    )


def _botanical(s: _Sheet) -> None:
    """A pressed branch: filled leaves in two tones along a bowed stem."""
    t = np.linspace(0, 1, 300)
    bow = s.rng.uniform(-0.22, 0.22)
    x = s.aspect * 0.5 - bow / 2 + bow * t**1.5 + 0.015 * np.sin(5 * t)
    y = 0.10 + 0.80 * t
    green = s.colour(0) * 0.75
    pairs = int(s.rng.integers(7, 12))
    narrow = s.rng.uniform(0.16, 0.40)
    for k, f in enumerate(np.linspace(0.18, 1.0, pairs)):
        i = min(int(f * 299), 299)
        for side in (-1, 1):
            a = np.pi / 2 - bow * 1.2 * f + side * s.rng.uniform(0.6, 0.95) * (1 if f < 0.99 else 0.15)
            size = 0.22 * np.sin(np.pi * (0.25 + 0.65 * f)) * min(1.0, s.aspect + 0.15)
            u = (s.x - x[i]) * np.cos(a) + (s.y - y[i]) * np.sin(a)
            v = -(s.x - x[i]) * np.sin(a) + (s.y - y[i]) * np.cos(a)
            p = np.clip(u / size, 0, 1)
            d = np.maximum(np.abs(v) - size * narrow * 0.5 * np.sin(np.pi * p**0.85), np.maximum(-u, u - size))
            s.fill(d, green * (0.85 + 0.3 * ((k + side) % 2)), 0.88)
            s.lay(np.clip(0.5 - (np.abs(v) - 0.0012) * s.h, 0, 1) * (u > 0) * (u < size) * 0.5, s.paper)
    _stroke(s, x, y, 0.0035 * (1.3 - t), green * 0.7)


def _strokes(s: _Sheet) -> None:
    """Broad dry brush strokes in ink and earth on a bare ground."""
    t = np.linspace(0, 1, 160)
    for k in range(int(s.rng.integers(3, 6))):
        x0, y0 = s.spot(0.12)
        a, length, bend = s.rng.normal(0.5, 0.7), s.rng.uniform(0.45, 0.85) * s.aspect, s.rng.normal(0, 1.0)
        heading = a + bend * (t - 0.5)
        x = x0 - length / 2 * np.cos(a) + np.cumsum(np.cos(heading)) * length / 160
        y = y0 - length / 2 * np.sin(a) + np.cumsum(np.sin(heading)) * length / 160
        width = s.rng.uniform(0.035, 0.10) * (0.8 + 0.2 * np.sin(3 * t + k))
        before = s.image.copy()
        _stroke(s, x, y, width, linear(_INK) if k == 0 else s.colour(k), strength=0.94)
        # The brush runs dry: bristle marks along its heading let the ground through.
        along = s.x * np.cos(a) + s.y * np.sin(a)
        across = -s.x * np.sin(a) + s.y * np.cos(a)
        bristle = 0.5 + 0.5 * np.sin(across * 420 + 6 * s.noise(0.05, 0.05)) + 0.5 * s.noise(0.01, 0.01)
        dry = np.clip(bristle - 0.9 + 1.0 * (along - along.mean()) / s.aspect, 0, 1)[..., None]
        s.image = s.image * (1 - dry * 0.8) + before * dry * 0.8


def _arches(s: _Sheet) -> None:
    """Nested arches and a disc, flat earthen colours."""
    cx = s.aspect * s.rng.uniform(0.40, 0.60)
    outer = 0.40 * min(1.0, s.aspect)
    count = int(s.rng.integers(3, 6))
    top = s.rng.uniform(0.40, 0.52)
    for k in range(count):
        r = outer * (1 - k / count)
        head = np.hypot(s.x - cx, s.y - top) - r
        body = np.maximum(np.abs(s.x - cx) - r, s.y - top)
        s.fill(np.maximum(np.minimum(head, body), 0.10 - s.y), s.colour(k) if k % 2 == 0 else s.paper, 0.95)
    s.fill(np.hypot(s.x - s.aspect * s.rng.uniform(0.2, 0.8), s.y - 0.86) - 0.055, s.colour(count), 0.95)


def _field(s: _Sheet) -> None:
    """Two or three soft-edged rectangles of colour, breathing into the ground."""
    s.image = s.image * 0 + (0.55 * s.paper + 0.45 * s.colour(3))
    cuts = np.sort(s.rng.uniform(0.25, 0.75, int(s.rng.integers(1, 3))))
    edges = np.concatenate([[0.06], cuts, [0.94]])
    for k, (low, high) in enumerate(itertools.pairwise(edges)):
        ragged = 0.008 * s.noise(0.02, 0.04)
        d = np.maximum(
            np.maximum(low + 0.012 - s.y, s.y - high + 0.012), np.maximum(0.06 * s.aspect - s.x, s.x - 0.94 * s.aspect)
        )
        s.lay(np.clip(0.5 - (d + ragged) / 0.022, 0, 1) * (0.86 + 0.07 * s.noise(0.08, 0.12)), s.colour(k))


def _fluid(s: _Sheet) -> None:
    """Poured ink on wet paper: two or three washes that bleed out softly on one side, and a fine metallic vein."""
    warp = 0.10 * s.noise(0.12, 0.12) + 0.03 * s.noise(0.03, 0.03)
    for k in range(int(s.rng.integers(2, 4))):
        a = s.rng.uniform(0, 2 * np.pi)
        slope = (s.x / s.aspect - 0.5) * np.cos(a) + (s.y - 0.5) * np.sin(a) + warp
        level = s.rng.uniform(-0.05, 0.22)
        wash = np.clip((slope - level) / 0.28, 0, 1) ** 0.7 * np.clip(1.15 - (slope - level) / 0.7, 0, 1)
        s.lay(wash * (0.75 + 0.12 * s.noise(0.05, 0.05)), s.colour(k))
        s.lay(np.clip(1 - np.abs(slope - level - 0.012) / 0.012, 0, 1) * 0.22, s.colour(k) * 0.5)
        if k == 0:
            gold = np.clip(1 - np.abs(slope - level - 0.05 - 0.02 * s.noise(0.05, 0.05)) / 0.004, 0, 1)
    s.lay(gold * np.clip(0.4 + 0.7 * s.noise(0.06, 0.06), 0, 1), linear("#b8945a"))


def _ridge(s: _Sheet, level: float, rough: float) -> Floats:
    """Height (w,) of a hill line."""
    line = field((1, s.w * 2), (0.0, rough * s.h), s.rng)[0, : s.w]
    fine = field((1, s.w * 2), (0.0, rough * s.h * 0.2), s.rng)[0, : s.w]
    return level + 0.055 * line + 0.012 * fine


def _landscape(s: _Sheet) -> None:
    """Hazy hills receding under a pale sky."""
    sky = linear("#e4e2da")
    glow = np.clip(1 - np.abs(s.y - 0.62) / 0.5, 0, 1)[..., None]
    s.image = np.ones_like(s.image) * sky * (0.92 + 0.08 * glow)
    s.lay(np.clip(s.noise(0.04, 0.22) * 0.25, 0, 0.35) * (s.y > 0.6), linear("#f4f1ea"))
    layers = int(s.rng.integers(4, 6))
    for k in range(layers):
        depth = k / (layers - 1)
        ridge = _ridge(s, 0.62 - 0.48 * depth, 0.28 - 0.14 * depth)
        colour = sky * (0.62 - 0.5 * depth) + s.colour(k) * (0.38 + 0.5 * depth) * (1 - 0.35 * depth)
        s.fill(s.y - ridge[None], colour, 0.97)
        mist = np.exp(-np.clip(ridge[None] - s.y, 0, 1) / 0.05) * (s.y < ridge[None])
        s.lay((1 - mist) * (s.y < ridge[None]) * 0.28, sky)


def _seascape(s: _Sheet) -> None:
    """Beach, surf and sea: from the shore with a horizon, or from the air without one."""
    grey = float(s.rng.uniform(0.0, 0.5))
    sea = (1 - grey) * linear("#6f97ad") + grey * linear("#7d959b")
    sand = (1 - grey) * linear("#d9cbb0") + grey * linear("#d3c8b6")
    slope = float(s.rng.normal(0, 0.16))
    if s.rng.random() < 0.45:
        _from_the_air(s, sea, sand)
        return
    horizon = s.rng.uniform(0.42, 0.68)
    s.image = np.ones_like(s.image) * linear("#e0e5e6") * (0.90 + 0.10 * np.clip(s.y, 0, 1)[..., None])
    s.lay(np.clip(0.35 * s.noise(0.05, 0.25), 0, 0.7) * (s.y > horizon), linear("#f6f5f1"))
    shore = _ridge(s, horizon * s.rng.uniform(0.25, 0.6), 0.35)[None] + slope * (s.x / s.aspect - 0.5)
    depth = np.clip((horizon - s.y) / np.maximum(horizon - shore, 0.05), 0, 1)
    water = sea * (0.75 + 0.55 * depth)[..., None]
    inside = (s.y < horizon).astype(float)
    s.image = s.image * (1 - inside[..., None]) + water * inside[..., None]
    chop = s.noise(0.004, 0.05) * (0.3 + depth)
    s.lay(np.clip(chop - 0.9, 0, 1) * inside * 0.6, linear("#e9eef0"))
    s.fill(s.y - shore, sand, 1.0)
    _surf(s, s.y - shore)


def _from_the_air(s: _Sheet, sea: Floats, sand: Floats) -> None:
    """The shore as a diagonal: deep water, shallows, three lines of surf, wet and dry sand."""
    a = s.rng.uniform(0.3, 1.3) * s.rng.choice([-1, 1])
    offset = (s.x / s.aspect - 0.5) * np.sin(a) + (s.y - s.rng.uniform(0.35, 0.6)) * np.cos(a)
    offset = offset + 0.035 * s.noise(0.16, 0.16) + 0.008 * s.noise(0.03, 0.03)
    shallow = np.clip(1 - offset / 0.45, 0, 1)[..., None]
    s.image = sea * (0.62 + 0.75 * shallow**1.5) * (1 + 0.05 * s.noise(0.01, 0.01)[..., None])
    s.fill(offset, sand * 0.86, 1.0)
    s.lay(np.clip(-offset / 0.08, 0, 1), sand * 1.02)
    _surf(s, offset)


def _surf(s: _Sheet, offset: Floats) -> None:
    """Foam along offset = 0 and two lines further out; offset in picture heights, positive towards the sea."""
    for distance, strength in ((0.0, 0.95), (0.035, 0.75), (0.085, 0.5)):
        foam = np.abs(offset - distance - 0.012 * s.noise(0.03, 0.06)) - 0.008 * (1 - distance * 4)
        s.lay(np.clip(0.5 - foam * s.h * 0.5, 0, 1) * strength, linear("#f3f3ef"))


def _skyline(s: _Sheet) -> None:
    """A city in tonal blocks, lit windows few, fog below."""
    s.image = s.image * 0 + linear("#c9c6bf")
    for layer in range(3):
        tone = linear("#a9a7a2") * (1 - 0.38 * layer)
        x = 0.0
        while x < s.aspect:
            w, tall = s.rng.uniform(0.04, 0.11), s.rng.uniform(0.30, 0.72) * (1 - 0.16 * layer)
            s.fill(np.maximum(np.abs(s.x - x - w / 2) - w / 2, s.y - tall), tone * s.rng.uniform(0.9, 1.08), 0.97)
            x += w * s.rng.uniform(0.8, 1.3)
        s.lay(np.exp(-s.y / 0.16) * 0.45, linear("#d8d5cd"))
    s.lay(np.clip(0.4 + 0.3 * s.noise(0.05, 0.2), 0, 1) * 0.18, linear("#e6e2d8"))


def _sunburst(s: _Sheet) -> None:
    """A half sun of concentric bands over stripes: the seventies' poster."""
    cx, base = s.aspect * 0.5, s.rng.uniform(0.30, 0.42)
    outer = 0.40 * min(1.0, s.aspect + 0.05)
    count = int(s.rng.integers(4, 7))
    for k in range(count):
        r = outer * (1 - k / count)
        s.fill(np.maximum(np.hypot(s.x - cx, s.y - base) - r, base - s.y), s.colour(k), 0.95)
    for k in range(count):
        y = base - 0.022 - 0.040 * k
        half = outer * (1 - 0.06 * k)
        s.fill(np.maximum(np.abs(s.x - cx) - half, np.abs(s.y - y) - 0.011), s.colour(k), 0.95)


_DESIGNS: dict[str, Callable[[_Sheet], None]] = {
    "shapes": _shapes, "line": _line, "botanical": _botanical, "strokes": _strokes, "arches": _arches, "field": _field,
    "fluid": _fluid, "landscape": _landscape, "seascape": _seascape, "skyline": _skyline, "sunburst": _sunburst,
}  # fmt: skip

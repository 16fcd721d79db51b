"""Lamps on behind a front's windows: each pane's own picture in warm light, and what of it falls on the house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from staging.engine.composite.fields import band
from staging.engine.composite.tone import linear, luminance
from staging.engine.redesign.matting import Bytes, Floats, Matte
from staging.engine.redesign.panes import Panes
from staging.engine.redesign.rectangles import Piece

BRIGHT: Final = 0.66  # linear light of a window's brightest part, before its own detail
VARIED: Final = (0.62, 1.0)  # of it, from window to window
WARM: Final = np.array([1.0, 0.55, 0.19], np.float32)  # a dim room
WHITE: Final = np.array([1.0, 0.74, 0.40], np.float32)  # near the lamp
DETAIL: Final = 0.45  # power of a pane's own contrast that is kept: a lit room evens out what glass mirrors
MOST_DETAIL: Final = (0.45, 1.6)
EDGE: Final = 0.06  # of a window's size, over which its reveals shade it
RIM: Final = 6  # pixels beyond the glass, so that its soft edge finds a glow too
ONE_WINDOW: Final = 0.5  # of a pane's size, within which the next one belongs to the same room


@dataclass(frozen=True)
class Glow:
    """Glowing panes at any size: their `matte`, and on the copy (h, w) how bright the lamps are there, `level`, and
    the pane's own middle brightness, `middle`, linear light; `spill` (h, w) is what falls on the house and the ground.
    """

    matte: Matte
    level: Floats
    middle: Floats
    spill: Floats

    @classmethod
    def of(cls, panes: Panes, seed: int) -> Glow:
        """Each window its own brightness by the `seed`, brighter low and in the middle."""
        glass = panes.glass
        light = cv2.GaussianBlur(luminance(linear(panes.copy)), (0, 0), 1.0)
        level, middle = np.zeros(glass.shape, np.float32), np.full(glass.shape, 0.05, np.float32)
        rng = np.random.default_rng(seed + 5)
        for window in _windows(panes.pieces):
            x0, y0 = (min(p.box[i] for p in window) for i in (0, 1))
            x1, y1 = (max(p.box[i] + p.box[i + 2] for p in window) for i in (0, 1))
            lamp = _lamp(y1 - y0, x1 - x0, rng)
            for piece in window:
                own = np.zeros_like(glass)
                own[piece.where] = glass[piece.where] & piece.shape
                if not own.any():
                    continue
                x, y, width, height = piece.box
                rows = slice(max(0, y - RIM), y + height + RIM)
                columns = slice(max(0, x - RIM), x + width + RIM)
                middle[rows, columns] = max(float(np.median(light[own])), 0.004)
                inner = lamp[y - y0 : y - y0 + height, x - x0 : x - x0 + width]
                padded = np.pad(inner, RIM, mode="edge")
                part = level[rows, columns]
                off = RIM - (y - rows.start), RIM - (x - columns.start)
                part[...] = np.maximum(part, padded[off[0] : off[0] + part.shape[0], off[1] : off[1] + part.shape[1]])
        glowing = (glass * level).astype(np.float32)
        size = max(glass.shape)
        near = cv2.GaussianBlur(glowing, (0, 0), size * 0.005) * 0.5 + cv2.GaussianBlur(glowing, (0, 0), size * 0.018)
        # Light from a window falls down to the ground before it.
        far = cv2.GaussianBlur(glowing, (0, 0), sigmaX=size * 0.035, sigmaY=size * 0.05)
        low = np.roll(far, round(size * 0.03), axis=0)
        matte = Matte.of(glass.astype(np.float32), panes.copy, radius=2, epsilon=3e-4, reach=1)
        return cls(matte, level, middle, (near + low).astype(np.float32))

    def rows(self, photo: Bytes, day: Floats, top: int, bottom: int) -> tuple[Floats, Floats]:
        """How much of each pixel of rows `top`..`bottom` is lit glass, and its light; `day` is that of the photo."""
        height, width = photo.shape[:2]
        level, middle = (
            band(f, width, height, top, bottom, kernel=cv2.INTER_LINEAR)[..., None] for f in (self.level, self.middle)
        )
        detail = np.clip((luminance(day)[..., None] / middle) ** DETAIL, *MOST_DETAIL)
        bright = level * BRIGHT * detail
        colour = WARM + (WHITE - WARM) * np.clip(bright / 0.7, 0, 1)
        own = np.clip(day / np.maximum(luminance(day)[..., None], 0.01), 0.6, 1.5) ** 0.35
        return self.matte.rows(photo, top, bottom), np.asarray(bright * colour * own, np.float32)


def _windows(pieces: list[Piece]) -> list[list[Piece]]:
    """The panes by window: those that lie near one another are lit by one lamp."""
    groups: list[list[Piece]] = []
    for piece in pieces:
        near = [g for g in groups if any(_near(piece, other) for other in g)]
        groups = [g for g in groups if not any(g is n for n in near)]
        groups.append([piece, *(other for g in near for other in g)])
    return groups


def _near(one: Piece, other: Piece) -> bool:
    (x, y, w, h), (x2, y2, w2, h2) = one.box, other.box
    across, down = max(x, x2) - min(x + w, x2 + w2), max(y, y2) - min(y + h, y2 + h2)
    return across < ONE_WINDOW * min(w, w2) and down < ONE_WINDOW * min(h, h2)


def _lamp(height: int, width: int, rng: np.random.Generator) -> Floats:
    """How bright a window (height, width) is, 0..1: brightest low and near the middle, dim at its reveals."""
    y, x = (np.arange(height, dtype=np.float32) + 0.5) / height, (np.arange(width, dtype=np.float32) + 0.5) / width
    at_x, at_y = rng.uniform(0.35, 0.65), rng.uniform(0.5, 0.72)
    round_it = ((x[None] - at_x) / 0.75) ** 2 + ((y[:, None] - at_y) / 0.7) ** 2
    edge = np.minimum(*np.meshgrid(np.minimum(x, 1 - x), np.minimum(y, 1 - y)))
    reveal = 0.72 + 0.28 * np.clip(edge / EDGE, 0, 1)
    bright = rng.uniform(*VARIED)
    return np.asarray(bright * (0.42 + 0.58 * np.exp(-round_it)) * reveal, np.float32)

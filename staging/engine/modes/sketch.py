"""Sketch to render: a line drawing of a room or a house becomes a coloured, lit picture that keeps every line.

Nothing is invented: what the lines do not close is not there. The picture says in its record how it was made.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import widest
from staging.engine.errors import NothingUsable, UnusablePhoto
from staging.engine.geometry import read_room
from staging.engine.modes.drawing import house, indoors, ink, margins, outdoors, paper, reading, room, viewpoint
from staging.engine.modes.drawing.indoors import Inside
from staging.engine.modes.drawing.palette import PALETTES
from staging.engine.modes.drawing.reading import Reading
from staging.engine.modes.drawing.regions import strokes as stroked
from staging.engine.scene.faces import face_map
from staging.engine.scene.gates import Gate
from staging.engine.scene.room import Room

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
Progress = Callable[[float, str], None]

SMALLEST_SIDE: Final = 256
WORKED_AT: Final = {"draft": 900, "standard": 1400, "best": 2000}  # long side of the colour, pixels
# Long side at which lines and areas are read: in larger copies every hair of a pencil closes areas of its own.
READ_AT: Final = 900
_LEAST_KEPT: Final = 0.87
_LEAST_COLOURED: Final = 0.15
# Of 18 drawings looked at, the two with blots had 3.7 % and 4.8 %, and all others 2.5 % and less.
_MOST_LOOSE: Final = 0.03
# Of 14 houses, those whose materials ran into each other had 0.39 and more here; clean ones, 0.36 and less.
_MOST_IN_HATCHING: Final = 0.375
_HATCHING: Final = (0.034, 0.65)  # of the long side, and share of such a window that strokes cover
_SEEN: Final = 9.0  # in L*a*b*
_APART: Final = 3  # pixels to either side of a border, at a long side of 1000


@dataclass(frozen=True)
class Rendered:
    """The `picture` (H, W, 3) of a drawing, its edit `mask` (H, W; 255, but 0 on a bare margin) and what was read."""

    picture: Bytes
    mask: Bytes
    space: str
    seed: int
    gates: tuple[Gate, ...]
    timings: dict[str, float]
    worked_at: tuple[int, int]
    areas: int
    room: Room | None

    @property
    def pictures(self) -> dict[str, Bytes]:
        """The pictures by their roles."""
        return {"rendered": self.picture, "mask": self.mask}

    def record(self) -> dict[str, Any]:
        """What the engine says of the making, in plain JSON types."""
        return {
            "seed": self.seed,
            "space": self.space,
            "areas": self.areas,
            "perspective": "none" if self.room is None or self.room.status == "manual" else "read",
            "room": None if self.room is None else self.room.to_dict(),
            "gates": [gate.to_dict() for gate in self.gates],
            "timings": self.timings,
            "mask_share": round(float((self.mask > 0).mean()), 4),
            "resampled": {"colour": list(self.worked_at), "lines": "the drawing's own size"},
        }


def render_sketch(
    drawing: Bytes,
    *,
    style: str,
    space: str = "interior",
    room_type: str = "living",
    seed: int = 0,
    quality: str = "standard",
    progress: Progress | None = None,
) -> Rendered:
    """Colour and light a `drawing` (H, W, 3), uint8 sRGB, in one of the eight styles.

    The colour is made at `WORKED_AT` pixels and enlarged under lines of the drawing's own size. A margin around a
    drawing that a frame cuts off stays bare paper, outside of the mask. The same arguments give the same bytes.
    Raises UnusablePhoto when this is no line drawing, its lines close nothing, or it shows a room where a house is
    asked for, or the other way round.
    """
    if min(drawing.shape[:2]) < SMALLEST_SIDE:
        raise UnusablePhoto(
            "photo_too_small", f"The drawing needs at least {SMALLEST_SIDE} pixels on its shorter side."
        )
    tell = progress or (lambda _fraction, _stage: None)
    started = time.perf_counter()
    tell(0.0, "reading the lines")
    inner = _without_margin(drawing)
    made = _rendered(
        drawing[inner], style=style, space=space, room_type=room_type, seed=seed, quality=quality, tell=tell
    )
    picture, mask = drawing.copy(), np.zeros(drawing.shape[:2], np.uint8)
    picture[inner], mask[inner] = made.picture, 255
    done = round(time.perf_counter() - started, 3)
    return replace(made, picture=picture, mask=mask, timings={**made.timings, "total": done})


def _without_margin(drawing: Bytes) -> tuple[slice, slice]:
    """Rows and columns of the `drawing` (H, W, 3) without a margin that its lines end before."""
    small = _sized(drawing, READ_AT)
    x0, y0, x1, y1 = margins.within(paper.read(small).ink)
    scale = drawing.shape[1] / small.shape[1]
    whole = (x0, y0, x1, y1) == (0, 0, small.shape[1], small.shape[0])
    if whole or min(x1 - x0, y1 - y0) * scale < SMALLEST_SIDE:
        return slice(None), slice(None)
    rows, columns = (slice(round(low * scale), round(high * scale)) for low, high in ((y0, y1), (x0, x1)))
    return rows, columns


def _rendered(
    drawing: Bytes, *, style: str, space: str, room_type: str, seed: int, quality: str, tell: Progress
) -> Rendered:
    """The whole `drawing` (H, W, 3) coloured, whatever its margin."""
    drawing = np.ascontiguousarray(drawing)
    started = time.perf_counter()
    small = _sized(drawing, READ_AT)
    known = reading.read(small)
    read = time.perf_counter()
    tell(0.4, "colouring")
    large = _sized(drawing, WORKED_AT[quality])
    height, width = large.shape[:2]
    seen_room: Room | None = None
    if space == "exterior":
        front = house.read(known)
        viewpoint.require_house(known)
        open_ended = house.GROUND_AND_SKY
        parts = front.parts
        colour = outdoors.painted(known.enlarged(large), front.resized(width, height), PALETTES[style], seed)
    else:
        viewpoint.require_room(known)
        seen_room = read_room(small)
        drawn = room.read(known, face_map(seen_room, small.shape[1], small.shape[0]), room_type)
        open_ended, parts = room.SURFACES, drawn.parts
        inside = Inside(face_map(seen_room, width, height), seen_room.box)
        colour = indoors.painted(known.enlarged(large), drawn.resized(width, height), inside, PALETTES[style], seed)
    loose = lines_missed(known, parts, open_ended, _sized_colour(colour, parts.shape))
    # Indoors the box tells floor, walls and ceiling from each other, however they are drawn.
    hatched = in_hatching(known, parts, open_ended) if space == "exterior" else 0.0
    tell(0.9, "drawing the lines")
    strokes = paper.read(drawing).ink
    picture = ink.joined(colour, strokes)
    done = time.perf_counter()
    gates = judged(drawing, picture, strokes, loose, hatched)
    refused = next((gate for gate in gates if not gate.passed), None)
    if refused is not None:
        raise NothingUsable(f"gate_{refused.name}", f"The picture did not pass the engine's own checks. {refused.text}")
    return Rendered(
        picture=picture,
        mask=np.full(picture.shape[:2], 255, np.uint8),
        space=space,
        seed=seed,
        gates=gates,
        timings={"lines": round(read - started, 3), "colour": round(done - read, 3), "total": round(done - started, 3)},
        worked_at=(width, height),
        areas=known.regions.count,
        room=seen_room,
    )


def lines_missed(known: Reading, parts: NDArray[np.int8], open_ended: tuple[int, ...], colour: Floats) -> float:
    """The share, 0..1, of the borders between materials that lie on no drawn line and can be seen: blots of colour.

    `parts` (H, W) are the materials; between those that are `open_ended`, as sky and lawn, no line is needed. In
    `colour` (H, W, 3), sRGB 0..1, a border is seen that parts tones `_SEEN` apart, in L*a*b*.
    """
    near = stroked(known.drawing.ink)
    unit = max(1.0, max(parts.shape) / 1000)
    reach = round(_APART * unit)
    tone = np.asarray(cv2.cvtColor(cv2.GaussianBlur(colour, (0, 0), 1.5 * unit), cv2.COLOR_RGB2LAB), np.float32)
    border = missed = 0
    for axis in (0, 1):
        other = np.moveaxis(tone, axis, 0)
        differs = _borders(parts, open_ended, axis)
        count = len(other)
        before, after = (
            np.maximum(np.arange(count - 1) - reach, 0),
            np.minimum(np.arange(1, count) + reach, count - 1),
        )
        step = np.linalg.norm(other[after] - other[before], axis=-1)
        border += int(differs.sum())
        missed += int((differs & ~np.moveaxis(near, axis, 0)[1:] & (step > _SEEN)).sum())
    return missed / max(border, 1)


def in_hatching(known: Reading, parts: NDArray[np.int8], open_ended: tuple[int, ...]) -> float:
    """The share, 0..1, of the borders between materials that lie amid hatching and on no long straight line.

    Among many strokes any border lies on one, which says nothing of where a material ends. `parts` (H, W) are the
    materials; between those that are `open_ended` no line is needed.
    """
    covered = stroked(known.bounding).astype(np.float32)
    reach, share = _HATCHING
    window = round(reach * max(parts.shape)) | 1
    amid = np.asarray(cv2.blur(covered, (window, window))) > share
    amid &= ~stroked(known.lines.barriers(reading.LONG_LINES))
    border = np.zeros(parts.shape, bool)
    for axis in (0, 1):
        np.moveaxis(border, axis, 0)[1:] |= _borders(parts, open_ended, axis)
    # A shrub is scribbled all through, and its colour may end anywhere in it.
    border &= cv2.dilate((parts == house.FOLIAGE).astype(np.uint8), np.ones((3, 3), np.uint8)) == 0
    return float((border & amid).sum() / max(int(border.sum()), 1))


def _borders(parts: NDArray[np.int8], open_ended: tuple[int, ...], axis: int) -> NDArray[np.bool_]:
    """Where a material of `parts` (H, W) is another than the one before it along an `axis`, which comes first here and
    is one shorter; not between those that are `open_ended`.
    """
    part, free = (np.moveaxis(v, axis, 0) for v in (parts, np.isin(parts, open_ended)))
    return np.asarray((part[1:] != part[:-1]) & ~(free[1:] & free[:-1]))


def judged(
    drawing: Bytes, picture: Bytes, strokes: Floats, loose: float = 0.0, hatched: float = 0.0
) -> tuple[Gate, ...]:
    """The lines are still where they were, the paper has become something else, and colour ends where lines are.

    `loose` is the share of the colour's borders that lie on no line, `hatched` that of those amid hatching.
    """
    dark = strokes > 0.6
    # A line is kept where it is darker than the paper around it.
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    reach = max(7, round(max(grey.shape) / 120)) | 1
    around = cv2.dilate(grey, np.ones((reach, reach), np.uint8))
    kept = float((grey[dark] < around[dark] - 6).mean()) if dark.any() else 0.0
    bare = widest(np.abs(picture.astype(np.int16) - drawing))
    coloured = float((bare > 12).mean())
    return (
        Gate(
            "lines_kept", kept >= _LEAST_KEPT, round(kept, 4), _LEAST_KEPT, f"{kept:.0%} of the drawn lines still show."
        ),
        Gate(
            "coloured",
            coloured >= _LEAST_COLOURED,
            round(coloured, 4),
            _LEAST_COLOURED,
            f"{coloured:.0%} of the sheet is coloured.",
        ),
        Gate(
            "outlined",
            hatched <= _MOST_IN_HATCHING,
            round(hatched, 4),
            _MOST_IN_HATCHING,
            f"Of the borders between materials, {hatched:.0%} lie amid hatching. Send a drawing with clear outlines.",
        ),
        Gate(
            "ends_on_lines",
            loose <= _MOST_LOOSE,
            round(loose, 4),
            _MOST_LOOSE,
            f"{loose:.1%} of the borders between materials lie on no drawn line.",
        ),
    )


def _sized(picture: Bytes, longest: int) -> Bytes:
    """A copy whose long side is at most `longest` pixels."""
    scale = longest / max(picture.shape[:2])
    if scale >= 1:
        return picture
    size = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _sized_colour(colour: Floats, shape: tuple[int, ...]) -> Floats:
    """A copy of `colour` (h, w, 3) of the given height and width."""
    if colour.shape[:2] == shape[:2]:
        return colour
    return np.asarray(cv2.resize(colour, (shape[1], shape[0]), interpolation=cv2.INTER_AREA), np.float32)

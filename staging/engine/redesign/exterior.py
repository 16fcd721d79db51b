"""A house front in a style's colours under a better sky; or the same front at dusk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

import cv2
import numpy as np

from staging.engine.composite.fields import band
from staging.engine.composite.tone import encode, linear, luminance, quantised
from staging.engine.errors import UnusablePhoto
from staging.engine.furniture.colours import linear as colour_of
from staging.engine.redesign import dusk, facade, lawns, sky
from staging.engine.redesign.front import Front
from staging.engine.redesign.matting import Bytes, Floats, Mask, Matte, working_copy
from staging.engine.redesign.paint import Tint, parts
from staging.engine.redesign.palettes import PALETTES
from staging.engine.redesign.patches import Patches, lab_of

_BAND: Final = 256
_HOW: Final = "Take the photo of the house from the street, with the whole front in view."
_SEEN_AT: Final = 600  # pixels of the long side at which before and after are compared
_SEEN: Final = 5.0  # Lab units of a change that shows when two pictures lie side by side
LEAST_SEEN: Final = 0.04  # of the picture that must change as much: a strip of lawn alone is no redesign
LEAST_PLANTED: Final = 0.02  # the same where shrubs were planted: new things are seen sooner than fresher colours


@dataclass(frozen=True)
class Freshened:
    """The `picture` (H, W, 3) with its edit `mask` (H, W; 0 or 255), and what was done, in plain JSON types."""

    picture: Bytes
    mask: Bytes
    done: dict[str, Any]


class Grown(Protocol):
    """A `picture` (H, W, 3) with plants in it, its `mask` (H, W; 0 or 255), and how many there are by `species`."""

    @property
    def picture(self) -> Bytes: ...
    @property
    def mask(self) -> Bytes: ...
    @property
    def species(self) -> dict[str, int]: ...


# Plants the foot of a front in a picture (H, W, 3), its lawn (h, w) being known, by style and seed; None where no foot
# is surely free.
Gardener = Callable[[Bytes, Front, Mask, str, int], Grown | None]


def freshen(
    photo: Bytes, style: str | None, seed: int, *, at_dusk: bool, gardener: Gardener | None = None
) -> Freshened:
    """Paint the front, freshen lawn and dull sky, let a `gardener` plant its foot; or if asked let it become evening.

    Without a `style`, which only an evening can be, the front keeps its colours, and the lawn its own.
    Raises UnusablePhoto, also where all of that would hardly be seen: nobody pays for the photo that they sent.
    """
    copy = working_copy(photo)
    patches = Patches.cut(copy)
    front = Front(patches, sky.find(patches))
    # What cannot be an evening is refused before anything is painted.
    evening = dusk.Evening.of(photo, front, seed) if at_dusk else None
    work = _Work(photo, evening=evening)
    wall = grass = np.zeros(copy.shape[:2], bool)
    colour = None
    if style is not None:
        wall, grass = facade.painted_wall(front), lawns.find(front)
        colours = PALETTES[style].fronts
        colour = colours[seed % len(colours)]
    if colour is not None and wall.any():
        work.wall = _matte(wall, copy), _tint(copy, wall, colour)
    if grass.any():
        work.grass = _matte(grass, copy)
    overcast = front.sky.share > sky.LEAST and front.sky.dull and front.sky.whole
    if overcast and not at_dusk:
        small = sky.day(copy.shape[0], copy.shape[1], front.sky.horizon, seed)
        work.sky = sky.matte(front.sky, patches), small, front.sky.colour
    if not (wall.any() or grass.any() or overcast or at_dusk):
        raise UnusablePhoto(
            "nothing_to_redesign",
            f"Neither a painted wall, nor a lawn, nor a dull sky could be told from the rest of this picture. {_HOW}",
        )
    picture, mask = work.drawn()
    grown = None if at_dusk or style is None or gardener is None else gardener(picture, front, grass, style, seed)
    if grown is not None:
        picture, mask = grown.picture, np.maximum(mask, grown.mask)
    if not at_dusk and _changed(photo, picture) < (LEAST_SEEN if grown is None else LEAST_PLANTED):
        raise UnusablePhoto(
            "nothing_to_redesign",
            f"What could be renewed in this picture is so little that it would hardly be seen. {_HOW}",
        )
    done = {
        "front": colour if wall.any() else None,
        "lawn": bool(grass.any()),
        "sky": bool(overcast and not at_dusk),
        "plants": {} if grown is None else grown.species,
        "dusk": at_dusk,
    }
    return Freshened(picture, mask, done)


def _changed(photo: Bytes, picture: Bytes) -> float:
    """The share, 0..1, of the picture that anybody sees to be another than in the photo (both H, W, 3)."""
    k = min(1.0, _SEEN_AT / max(photo.shape[:2]))
    small = (cv2.resize(one, None, fx=k, fy=k, interpolation=cv2.INTER_AREA) for one in (photo, picture))
    one, other = (lab_of(np.asarray(each, np.uint8)) for each in small)
    return float((np.linalg.norm(one - other, axis=-1) > _SEEN).mean())


def _matte(rough: Mask, copy: Bytes) -> Matte:
    return Matte.of(rough.astype(np.float32), copy, radius=3, epsilon=3e-4, reach=2)


def _tint(copy: Bytes, wall: Mask, colour: str) -> Tint:
    """Between the old brightness and that of the new colour in daylight: the sun on this wall is not known."""
    old = np.median(linear(copy)[wall], 0)
    target = colour_of(colour).astype(np.float32)
    wanted = 0.95 * float(luminance(target))
    bright = float(luminance(old)) ** 0.35 * wanted**0.65
    factor, mono = parts((target * bright / float(luminance(target))).astype(np.float32), old)
    shape = copy.shape
    return Tint(np.broadcast_to(factor, shape).astype(np.float32), np.broadcast_to(mono, shape).astype(np.float32))


@dataclass
class _Work:
    """The full-size picture in bands, so that a large photo takes little memory."""

    photo: Bytes
    wall: tuple[Matte, Tint] | None = None
    grass: Matte | None = None
    sky: tuple[Matte, Floats, Floats] | None = None
    evening: dusk.Evening | None = None

    def drawn(self) -> tuple[Bytes, Bytes]:
        height, width = self.photo.shape[:2]
        picture, mask = self.photo.copy(), np.zeros((height, width), np.uint8)
        for top in range(0, height, _BAND):
            bottom = min(top + _BAND, height)
            after, covered = self._rows(top, bottom)
            changed = covered > 0
            picture[top:bottom][changed] = quantised(encode(after[changed]))
            mask[top:bottom][changed] = 255
        return picture, mask

    def _rows(self, top: int, bottom: int) -> tuple[Floats, Floats]:
        height, width = self.photo.shape[:2]
        after = linear(self.photo[top:bottom])
        covered = np.zeros((bottom - top, width), np.float32)
        if self.wall is not None:
            matte, tint = self.wall
            share = matte.rows(self.photo, top, bottom)
            after = after + share[..., None] * (tint.rows(after, height, top, bottom) - after)
            covered = np.maximum(covered, share)
        if self.grass is not None:
            share = self.grass.rows(self.photo, top, bottom)
            after = after + share[..., None] * (lawns.fresh(after) - after)
            covered = np.maximum(covered, share)
        if self.sky is not None:
            matte, new, old = self.sky
            share = matte.rows(self.photo, top, bottom)
            new, old = (band(f, width, height, top, bottom, kernel=cv2.INTER_LINEAR) for f in (new, old))
            after = behind(after, share, new, old)
            covered = np.maximum(covered, share)
        if self.evening is not None:
            after = self.evening.rows(self.photo, after, top, bottom)
            covered = np.ones_like(covered)
        return after, covered


def behind(light: Floats, share: Floats, new: Floats, old: Floats) -> Floats:
    """Linear light with the sky `new` instead of `old` behind it; `share` (h, w) is how much of a pixel is sky.

    What is before the sky keeps its own colour: the old sky is taken out of mixed pixels before the new one goes in.
    """
    part = share[..., None]
    own = np.clip(light - part * old, 0, None)
    own = own * np.clip((1 - part) / 0.12, 0, 1)
    # Where the sky was brighter than its model, its own share must not turn dark.
    own = np.minimum(own, light)
    return (own + part * new).astype(np.float32)

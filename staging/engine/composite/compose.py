"""out = a * F + (1 - a) * photo * R, in linear light, at the photo's own size, band by band (engine.md, Composite)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite import grain
from staging.engine.composite.contact import ContactMap, floor_points
from staging.engine.composite.exposure import bare_walls, evened, room_level, shines
from staging.engine.composite.fields import Floats, Mask, band, reduced, shrunk, widest
from staging.engine.composite.furniture import FurnitureLight, border_weight
from staging.engine.composite.panes import before_room, occluder_depth, opening_mask, walls_before
from staging.engine.composite.ratio import Ratio, clean, faded
from staging.engine.composite.sunlight import Sunlight, floor_albedo
from staging.engine.composite.tone import Bytes, ToneCurve, decode, encode, linear, quantised
from staging.engine.scene.faces import FLOOR, FaceMap, face_map
from staging.engine.scene.room import Camera, Room

BAND_PIXELS: Final = 200_000
THREADS: Final = 2  # bands at a time: a job has two cores
# Changes of the room's light under 2.5 % are not made; from 8 % on they are made in full.
FADE: Final = (0.025, 0.08)
# The mask must stay under 80 % of the picture (issue 2); shadows give way first.
MASK_AIM: Final = 0.72
# Softness of the furniture's edges, pixels; it also evens out the few rays that each edge pixel got.
EDGE_SIGMA: Final = 0.55
EDGE_ROWS: Final = 4
LYING: Final = 0.035  # metres; furniture surfaces lower than this (rugs) receive contact shadows


class Traced(Protocol):
    """What the tracer hands over at trace size: denoised linear `radiance`, `albedo` and `normal` in the room's frame,
    (h, w, 3) float32."""

    @property
    def radiance(self) -> Floats: ...
    @property
    def albedo(self) -> Floats: ...
    @property
    def normal(self) -> Floats: ...


class Cover(Protocol):
    """The furniture at full size: `alpha` (H, W), `albedo` (H, W, 3), `depth` (H, W) metres on the optical axis."""

    @property
    def alpha(self) -> Floats: ...
    @property
    def albedo(self) -> NDArray[np.floating]: ...
    @property
    def depth(self) -> Floats: ...


@dataclass(frozen=True)
class Composite:
    """The staged picture (H, W, 3) and its edit mask (H, W, 0 or 255): where the mask is 0 the bytes are the photo's.

    `ratio` (h, w, 3) is what the room's light was multiplied with at trace size, before contact shadows
    and before `fade` = (start, full) took small changes to nothing. `alpha` (H, W) is the furniture's cover
    with what stands before it cut out; `clipped` the share of furniture pixels, lit lamps left out, at the top of the
    range.
    """

    picture: Bytes
    mask: Bytes
    ratio: Floats
    fade: tuple[float, float]
    alpha: Floats
    contacts: ContactMap | None
    clipped: float


def compose(
    photo: Bytes,
    empty: Traced,
    furnished: Traced,
    cover: Cover,
    room: Room,
    *,
    contacts: ContactMap | None = None,
    sun: Sunlight | None = None,
    seed: int = 0,
) -> Composite:
    """Lay the furniture into `photo` (H, W, 3), uint8 sRGB. Same arguments, same bytes.

    The traces may be smaller than the photo; `cover` has the photo's size. Peak memory beyond the
    arguments is about twice the photo in bytes plus two bands of 200,000 pixels in floats.
    """
    height, width = photo.shape[:2]
    small_height, small_width = empty.radiance.shape[:2]
    sharp = _unoccluded(cover, room, width, height)
    alpha = _through_lens(sharp)
    alpha[alpha < 1 / 512] = 0  # less than that no byte can show
    faces = face_map(room, small_width, small_height)
    small_alpha = shrunk(alpha, small_width, small_height)
    ratio = clean(empty.radiance, furnished.radiance, small_alpha, room, faces)
    same_size = (small_width, small_height) == (width, height)
    radiance = furnished.radiance
    if sun is not None:
        small = decode(reduced(photo, small_width, small_height))
        ratio = replace(ratio, applied=ratio.applied * sun.shade(faces, small))
        radiance = radiance + _sunlit(sun, furnished, cover, room, floor_albedo(empty.albedo, faces))
    light = FurnitureLight.of(
        (radiance, furnished.albedo),
        (empty.radiance * ratio.raw, empty.albedo),
        small_alpha,
        None if same_size else border_weight(sharp, cover.albedo, small_width, small_height),
    )
    level = room_level(empty.radiance, empty.albedo, bare_walls(faces.labels, opening_mask(room, faces, "window")))
    light = replace(light, radiance=evened(light.radiance, _albedo_of(light, furnished), small_alpha, level))
    fade = _fade(ratio, small_alpha, faces, room.camera.resized(small_width, small_height), contacts)
    layers = _Layers(
        photo,
        alpha,
        sharp,
        cover,
        light,
        ratio.applied,
        fade,
        room.camera.resized(width, height),
        contacts,
        before_room(room, width, height) if room.occluders else None,
        walls_before(room, width, height) if room.walls_inside else None,
    )
    tone, noise = ToneCurve.of(photo), grain.measured(photo)
    picture, mask = photo.copy(), np.zeros((height, width), np.uint8)
    step = max(16, BAND_PIXELS // width)

    def laid(top: int) -> tuple[int, int]:
        """Lay a band into picture and mask; how many pixels of it are solid furniture, and clipped."""
        bottom = min(height, top + step)
        encoded, edited = layers.rows(top, bottom, tone, noise, seed)
        picture[top:bottom][edited] = quantised(encoded)
        mask[top:bottom][edited] = 255
        # A lit shade may be as bright as the photo can show.
        furniture = (alpha[top:bottom] > 0.9) & ~shines(cover.albedo[top:bottom])
        return int(furniture.sum()), int((picture[top:bottom][furniture].max(-1, initial=0) == 255).sum())

    with ThreadPoolExecutor(THREADS) as pool:
        solid, clipped = np.sum(list(pool.map(laid, range(0, height, step))), axis=0).tolist()
    return Composite(picture, mask, ratio.applied, fade, alpha, contacts, clipped / max(solid, 1))


def _albedo_of(light: FurnitureLight, furnished: Traced) -> Floats:
    """The furniture's albedo at trace size."""
    return np.asarray(furnished.albedo, np.float32) if light.albedo is None else light.albedo


def _sunlit(sun: Sunlight, furnished: Traced, cover: Cover, room: Room, floor: Floats) -> Floats:
    """What the sun adds to the furniture's radiance, (h, w, 3) at trace size; `floor` (3,) is the floor's albedo."""
    height, width = furnished.radiance.shape[:2]
    depth = np.asarray(cv2.resize(cover.depth, (width, height), interpolation=cv2.INTER_NEAREST), np.float32)
    return sun.furniture(room.camera.resized(width, height), depth, furnished.normal, furnished.albedo, floor)


def _through_lens(field: Floats) -> Floats:
    """A full-size field (H, W[, c]) as a lens would draw it: no photo is as sharp as primary rays."""
    return cv2.GaussianBlur(field, (0, 0), EDGE_SIGMA).astype(np.float32, copy=False)


def _unoccluded(cover: Cover, room: Room, width: int, height: int) -> Floats:
    """The cover's alpha without what columns, islands and the like hide."""
    before = occluder_depth(room, width, height)
    return cover.alpha if before is None else np.where(cover.depth > before, np.float32(0), cover.alpha)


def _fade(
    ratio: Ratio, alpha: Floats, faces: FaceMap, camera: Camera, contacts: ContactMap | None
) -> tuple[float, float]:
    """Where small changes begin to be dropped, so that the mask stays near `MASK_AIM` of the picture at most."""
    change = widest(np.abs(ratio.applied - 1))
    if contacts is not None:
        near = contacts.at(faces.points[..., :2]) * (faces.labels == FLOOR)
        change = np.maximum(change, np.where(faces.labels == FLOOR, 1 - near, 0))
    covered = alpha > 0
    budget = MASK_AIM - float(covered.mean())
    start, full = FADE
    outside = change[~covered]
    if outside.size and (outside > start).sum() > budget * change.size:
        rank = 1 - max(budget, 0.02) * change.size / outside.size
        start = max(start, float(np.quantile(outside, np.clip(rank, 0, 1))))
    return start, max(full, start + FADE[1] - FADE[0])


@dataclass(frozen=True)
class _Layers:
    """Everything that a band of rows is composed of."""

    photo: Bytes
    alpha: Floats
    sharp: Floats
    cover: Cover
    light: FurnitureLight
    ratio: Floats
    fade: tuple[float, float]
    camera: Camera
    contacts: ContactMap | None
    foreign: Mask | None
    inner_walls: Mask | None

    def rows(self, top: int, bottom: int, tone: ToneCurve, noise: float, seed: int) -> tuple[Floats, Mask]:
        """Which pixels are edited (rows, W), and the encoded picture of those, (n, 3)."""
        height, width = self.photo.shape[:2]
        alpha = self.alpha[top:bottom]
        contact, limit, lying = self._contact(top, bottom)
        ratio = faded(band(self.ratio, width, height, top, bottom), *self.fade)
        ratio = np.minimum(ratio, limit[..., None]) * contact[..., None]
        if self.foreign is not None:
            ratio[self.foreign[top:bottom]] = 1
        covered = alpha > 0
        edited = covered | (widest(np.abs(ratio - 1)) > 1e-5)
        light = linear(self.photo[top:bottom][edited]) * ratio[edited]
        if not covered.any():
            return encode(light), edited
        radiance = self.light.rows(self._albedo(top, bottom), width, height, top, bottom)[covered]
        radiance *= (1 + (contact[covered] - 1) * lying[covered])[:, None]
        share, at = alpha[covered][:, None], covered[edited]
        light[at] = share * tone.fitted(radiance) + (1 - share) * light[at]
        encoded = encode(light)
        encoded[at] += share * grain.field(bottom - top, width, noise, (seed, top))[covered][:, None]
        return encoded, edited

    def _albedo(self, top: int, bottom: int) -> Floats:
        """The furniture's albedo (rows, W, 3), drawn by the same lens as alpha and not darkened at its edges."""
        above, below = max(0, top - EDGE_ROWS), min(len(self.sharp), bottom + EDGE_ROWS)
        alpha = self.sharp[above:below]
        covered = _through_lens(np.asarray(self.cover.albedo[above:below], np.float32) * alpha[..., None])
        covered /= np.maximum(_through_lens(alpha), 1e-3)[..., None]
        return covered[top - above : top - above + bottom - top]

    def _contact(self, top: int, bottom: int) -> tuple[Floats, Floats, Floats]:
        """Contact factor and limit at each pixel's floor point, 1 off the floor; and whether a rug lies there, 0..1."""
        shape = (bottom - top, self.photo.shape[1])
        if self.contacts is None:
            return np.ones(shape, np.float32), np.ones(shape, np.float32), np.zeros(shape, np.float32)
        below = floor_points(self.camera, top, bottom)
        falls = below.falls
        if self.inner_walls is not None:  # the floor behind them is not seen
            falls = falls & ~self.inner_walls[top:bottom]
        factor = np.where(falls, self.contacts.at(below.points), 1).astype(np.float32)
        limit = np.where(falls, self.contacts.limit_at(below.points), 1).astype(np.float32)
        surface = self.camera.height + self.cover.depth[top:bottom] * below.slope
        lying = np.clip((LYING - surface) / 0.02, 0, 1) * (self.alpha[top:bottom] > 0)
        return factor, limit, lying.astype(np.float32)

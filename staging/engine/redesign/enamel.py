"""Cabinet fronts in new paint: the light that falls on wood without its grain, times the colour of the paint.

Relief runs straight along the room's directions and grain does not: averaged along those directions, joints and bevels
stay and grain goes. What stands out far more than grain does, as handles, twigs and wire before a front, stays too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import cv2
import numpy as np

from staging.engine.composite.fields import band, blurred_within, dilated, filled
from staging.engine.composite.tone import LUMINANCE, linear, luminance, shoulder
from staging.engine.furniture.colours import linear as colour_of
from staging.engine.redesign.bearings import UPRIGHT, Bearings
from staging.engine.redesign.cabinets import Cabinets
from staging.engine.redesign.matting import Bytes, Floats, Mask, working_copy
from staging.engine.redesign.patches import lab_of
from staging.engine.redesign.wood import shape

SHARPEST: Final = 2000  # pixels of the long side at which paint is made: it is smooth, larger photos gain nothing
WIDE: Final = 14.0  # pixels of the working copy over which light falls evenly
ROBUST: Final = (0.3, 0.15, 0.12)  # log units beyond which a joint has no part in that, one pass after the other
ALONG: Final = (22, 1.4)  # steps along a direction, on each side, and pixels of one
EDGES: Final = (28.0, 45.0)  # pixels of a level and of an upright edge of relief: grain runs upright
OF_FRONT: Final = 0.3  # of the height of a front, over which its upright relief goes: grain ends sooner
RELIEF: Final = 0.14  # log units of the profile across it, at the least
PROFILE: Final = 5  # pixels on each side of an edge
STANDING_OUT: Final = (5.0, 0.4, 0.8)  # times the grain, and log units, by which things before a front do
SPOT: Final = 20  # pixels of such a thing
DARKEST: Final = 0.008  # of white, added so that black has a logarithm
NEUTRAL: Final = (10.0, 40.0, 97.0)  # Lab chroma and lightness of what shows how bright white is
WHITE: Final = (85, 0.84)  # percentile of those that is a white surface, and its albedo
ALBEDO: Final = (0.16, 0.5)  # of stained wood, from walnut to pickled oak
SOFTENED: Final = (0.55, 0.85)  # share of the light's rise and fall, log, on a paint lighter than the wood
KNEE: Final = 0.6  # of white, above which highlights are rolled off
LEAST_SHARE: Final = 0.02  # of a pixel that is painted
RIM: Final = 6  # pixels round the paint into which the wood's hue was smeared, by lens and compression
APART: Final = (8.0, 16.0)  # Lab units between wood and what is beside it, from which on that hue can be taken away
THIN: Final = (0.15, 0.75)  # of the wood's hue that a pixel between twigs has, from none of it to all of it


@dataclass(frozen=True)
class Enamel:
    """New `paint` (h, w, 3) linear light with the `share` (h, w) of each pixel that it covers, and `cleaned` (h, w, 3),
    linear light to be added round it, where the old wood's hue was smeared over its border.
    """

    share: Floats
    paint: Floats
    cleaned: Floats

    @classmethod
    def of(cls, photo: Bytes, cabinets: Cabinets, colour: str) -> Self:
        """Paint the fronts of a `photo` (H, W, 3) in `colour` ("#rrggbb")."""
        copy = photo if max(photo.shape[:2]) <= SHARPEST else working_copy(photo, SHARPEST)
        height, width = copy.shape[:2]
        share = np.asarray(cv2.resize(cabinets.share, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
        mask = share > 0.5
        scale = max(copy.shape[:2]) / max(cabinets.share.shape)
        lab, reach = lab_of(copy), max(2, round(RIM * scale))
        paint = _painted(copy, lab, mask, _scaled(cabinets, copy), scale=scale, colour=colour)
        soft = np.asarray(np.clip(cv2.GaussianBlur(share, (0, 0), 0.6), 0, 1), np.float32)
        veiled = _sized(cabinets.veiled, mask) & ~mask
        around = np.where(
            veiled[..., None], _between(copy, lab, paint, mask, veiled), _cleaned(copy, lab, mask, reach)
        ).astype(np.float32)
        return cls(np.where(soft > LEAST_SHARE, soft, 0).astype(np.float32), paint, around)

    def rows(self, light: Floats, height: int, top: int, bottom: int) -> tuple[Floats, Mask]:
        """Linear `light` (bottom - top, W, 3) of rows `top`..`bottom` of a photo `height` rows high with the new paint
        on it, and which pixels of it changed (bottom - top, W).
        """
        width = light.shape[1]
        share, paint, cleaned = (
            band(field, width, height, top, bottom, kernel=cv2.INTER_LINEAR)
            for field in (self.share, self.paint, self.cleaned)
        )
        around = np.maximum(light + cleaned, 0)
        new = around * (1 - share[..., None]) + share[..., None] * paint
        return new.astype(np.float32), (share > 0) | np.any(cleaned != 0, axis=-1)


def _painted(copy: Bytes, lab: Floats, mask: Mask, bearings: Bearings, *, scale: float, colour: str) -> Floats:
    """The linear light (h, w, 3) of new paint on the fronts under `mask` (h, w), which is `scale` times as found."""
    light = luminance(linear(copy))
    even, relief = _light(np.log(light + DARKEST).astype(np.float32), mask, bearings, scale)
    wood = float(np.median(light[mask]))
    albedo = float(np.clip(wood / _white(light, lab), *ALBEDO))
    target = colour_of(colour).astype(np.float32)
    middle = float(np.log(wood + DARKEST))
    rise = even - middle
    if float(target @ LUMINANCE) > albedo:
        # A light paint throws light into its own shadows, and a camera does not let it burn out.
        rise = np.where(rise > 0, SOFTENED[0] * rise, SOFTENED[1] * rise)
    bright = np.maximum(np.exp(middle + rise + relief) - DARKEST, 0)
    return shoulder((bright[..., None] * (target / albedo)).astype(np.float32), KNEE)


def _scaled(cabinets: Cabinets, copy: Bytes) -> Bearings:
    """The bearings of the fronts in pixels of a `copy` (h, w, 3) of any size."""
    known = cabinets.bearings
    k = np.array([copy.shape[1] / cabinets.share.shape[1], copy.shape[0] / cabinets.share.shape[0]])
    return Bearings(known.ends * np.tile(k, 2), known.axis, known.aslant, known.points * np.append(k, 1.0))


def _white(light: Floats, lab: Floats) -> float:
    """How bright a white surface is in this picture, linear."""
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    pale = (chroma < NEUTRAL[0]) & (lab[..., 0] > NEUTRAL[1]) & (lab[..., 0] < NEUTRAL[2])
    return float(np.percentile(light[pale], WHITE[0])) / WHITE[1] if pale.mean() > 0.01 else 0.75


def _light(logs: Floats, mask: Mask, bearings: Bearings, scale: float) -> tuple[Floats, Floats]:
    """The even light on the fronts (h, w) and what their relief makes of it (h, w), log; `scale` is pixels a pixel."""
    known = mask.astype(np.float32)
    even, _ = blurred_within(logs, known, WIDE * scale)
    for apart in ROBUST:
        weight = known * np.exp(-0.5 * np.square((logs - even) / apart)) + 1e-4 * known
        even, _ = blurred_within(logs, weight.astype(np.float32), WIDE * scale)
    whole = np.where(mask, logs, even).astype(np.float32)
    relief = np.zeros_like(logs)
    for axis, point in enumerate(bearings.points):
        along = _averaged(whole, point, scale) - even
        lines = _near_edges(along, mask, bearings, axis, scale=scale)
        relief = np.where(np.abs(lines * along) > np.abs(relief), lines * along, relief)
    return even, (relief + _standing_out(logs - even - relief, mask)).astype(np.float32)


def _averaged(field: Floats, point: np.ndarray, scale: float) -> Floats:
    """A field (h, w) averaged at each pixel along the line to a vanishing `point` (3,)."""
    height, width = field.shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    dx, dy = point[0] - point[2] * x, point[1] - point[2] * y
    length = np.maximum(np.hypot(dx, dy), 1e-9)
    dx, dy = (dx / length).astype(np.float32), (dy / length).astype(np.float32)
    total, weights = field.copy(), 1.0
    for step in range(1, ALONG[0] + 1):
        weight = float(np.exp(-0.5 * (step / (0.6 * ALONG[0])) ** 2))
        for far in (-step * ALONG[1] * scale, step * ALONG[1] * scale):
            total += weight * cv2.remap(field, x + far * dx, y + far * dy, cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE)
            weights += weight
    return np.asarray(total / weights, np.float32)


def _near_edges(along: Floats, mask: Mask, bearings: Bearings, axis: int, *, scale: float) -> Floats:
    """Shares 0..1 (h, w) near edges of relief along an `axis`, across which a field (h, w) that was averaged along it
    has a profile.
    """
    least = EDGES[1 if axis == UPRIGHT else 0] * scale
    chosen = (bearings.axis == axis) & (bearings.length > least)
    if axis == UPRIGHT:
        chosen &= bearings.length > OF_FRONT * _fronts_at(bearings, mask)
    across = np.arange(-PROFILE, PROFILE + 1) * scale
    for number in np.flatnonzero(chosen):
        x0, y0, x1, y1 = bearings.ends[number]
        t = np.linspace(0, 1, max(8, int(bearings.length[number] / 2)))
        nx, ny = np.array([y0 - y1, x1 - x0]) / bearings.length[number]
        u = (x0 + (x1 - x0) * t)[:, None] + nx * across
        v = (y0 + (y1 - y0) * t)[:, None] + ny * across
        profile = cv2.remap(along, u.astype(np.float32), v.astype(np.float32), cv2.INTER_LINEAR)
        chosen[number] = np.ptp(np.median(profile, axis=0)) > RELIEF
    band_ = dilated(bearings.drawn(chosen, along.shape, beyond=6 * scale, width=1), round(PROFILE * scale))
    return np.asarray(np.clip(cv2.GaussianBlur(band_.astype(np.float32), (0, 0), 1.5 * scale), 0, 1), np.float32)


def _fronts_at(bearings: Bearings, mask: Mask) -> np.ndarray:
    """How far the `mask` (h, w) goes up and down from the middle of each edge (N,), pixels."""
    height, width = mask.shape
    ends = bearings.ends
    middles = np.round([(ends[:, 0] + ends[:, 2]) / 2, (ends[:, 1] + ends[:, 3]) / 2]).astype(int)
    found = np.zeros(len(ends))
    for number, (x, y) in enumerate(middles.T):
        column = mask[:, np.clip(x, 0, width - 1)]
        row = np.clip(y, 0, height - 1)
        over, under = np.flatnonzero(~column[:row]), np.flatnonzero(~column[row:])
        found[number] = (row + under[0] if under.size else height) - (over[-1] + 1 if over.size else 0)
    return found


def _standing_out(rest: Floats, mask: Mask) -> Floats:
    """What of the `rest` (h, w), log, is no grain of the wood under `mask` (h, w)."""
    inner = shape(mask, cv2.MORPH_ERODE, 9)
    grain = 1.4826 * float(np.median(np.abs(rest[inner]))) if inner.any() else 0.1
    most = float(np.clip(STANDING_OUT[0] * grain, *STANDING_OUT[1:]))
    spots = shape(np.abs(rest) > most, cv2.MORPH_CLOSE, 3)
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(spots.astype(np.uint8))
    large = stats[:, cv2.CC_STAT_AREA] >= SPOT
    large[0] = False
    near = np.clip(cv2.GaussianBlur(dilated(large[pieces], 1).astype(np.float32), (0, 0), 0.7), 0, 1)
    kept = np.sign(rest) * np.maximum(np.abs(rest) - 0.7 * most, 0) * near
    return np.asarray(np.where(kept > 0, 0.5 * kept, kept), np.float32)


def _sized(mask: Mask, like: Mask) -> Mask:
    """A mask (h, w) at the size of another."""
    return np.asarray(cv2.resize(mask.astype(np.uint8), like.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0)


def _between(copy: Bytes, lab: Floats, paint: Floats, mask: Mask, veiled: Mask) -> Floats:
    """What is added to the linear light (h, w, 3) where fine things are before the fronts: as much of a pixel as has
    the wood's hue is wood.
    """
    light = linear(copy)
    inside = shape(mask, cv2.MORPH_ERODE, 9)
    if not inside.any() or not veiled.any():
        return np.zeros_like(light)
    known = inside.astype(np.float32)
    own, new, hues = (
        filled(np.where(inside[..., None], field, 0).astype(np.float32), known)
        for field in (light, paint, lab[..., 1:])
    )
    share = np.clip((lab[..., 1:] * hues).sum(-1) / np.maximum(np.square(hues).sum(-1), 1), 0, 1)
    grey = np.concatenate([lab[..., :1], lab[..., 1:] - share[..., None] * hues], -1)
    grey = linear((np.clip(cv2.cvtColor(grey, cv2.COLOR_Lab2RGB), 0, 1) * 255 + 0.5).astype(np.uint8))
    # By as much as the paint differs from the wood beside it: what is dark before it stays dark.
    painted = luminance(light)[..., None] * new / np.maximum(luminance(own), DARKEST)[..., None]
    part = np.clip((share - THIN[0]) / (THIN[1] - THIN[0]), 0, 1)[..., None]
    return np.asarray(shoulder(grey * (1 - part) + part * painted, KNEE) - light, np.float32)


def _cleaned(copy: Bytes, lab: Floats, mask: Mask, reach: int) -> Floats:
    """What is added to the linear light round the `mask` (h, w), up to `reach` pixels from it, to take the wood's hue
    out of it, (h, w, 3).
    """
    hues = lab[..., 1:]
    inside, outside = shape(mask, cv2.MORPH_ERODE, 9), ~dilated(mask, reach)
    own, other = (
        filled(np.where(known[..., None], hues, 0).astype(np.float32), known.astype(np.float32))
        for known in (inside if inside.any() else mask, outside)
    )
    step = np.asarray(cv2.GaussianBlur(own, (0, 0), 5.0)) - other
    size = np.square(step).sum(-1)
    part = np.clip(((hues - other) * step).sum(-1) / np.maximum(size, 1), 0, 1)
    sure = np.clip((np.sqrt(size) - APART[0]) / (APART[1] - APART[0]), 0, 1)
    near = dilated(mask, reach)
    pure = lab.copy()
    pure[..., 1:] -= (part * sure)[..., None] * step
    clean = linear((np.clip(cv2.cvtColor(pure, cv2.COLOR_Lab2RGB), 0, 1) * 255 + 0.5).astype(np.uint8))
    return np.where(near[..., None], clean - linear(copy), 0).astype(np.float32)

"""The furniture layer F: its light at trace size without the room behind it, and its look at the photo's full size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import Floats, band, blurred_within, filled, shrunk
from staging.engine.composite.tone import luminance

SOLID: Final = 0.9
# Keeps black surfaces from dividing by nothing.
ALBEDO_FLOOR: Final = 0.002
# Spread of the albedo within one traced pixel, relative to its mean: cloth and wood stay under the first
# figure, a border between two things passes the second.
_ONE_SURFACE: Final = 0.2
_BORDER: Final = 0.5


@dataclass(frozen=True)
class FurnitureLight:
    """The furniture at trace size, (h, w, 3) each, extended over its edges: no background mixed in.

    `albedo` is None when the trace has the photo's size. When it is smaller, radiance / albedo is what falls
    on the furniture, and the full-size albedo gives back the detail.
    """

    radiance: Floats
    albedo: Floats | None

    @classmethod
    def of(
        cls,
        furnished: tuple[Floats, Floats],
        behind: tuple[Floats, Floats],
        alpha: Floats,
        borders: Floats | None,
    ) -> Self:
        """From (radiance, albedo), (h, w, 3) each, of the furnished trace and of the room behind the furniture.

        `alpha` (h, w) is the cover; `borders` is `border_weight`, or None when the trace has the full size.
        Solid pixels are taken as they are. At thin parts (legs, leaves), which nowhere fill a pixel, the
        background is subtracted: F = (W - (1 - a) B) / a. All other edge pixels take the light of their
        solid neighbours.
        """
        solid = (alpha > SOLID).astype(np.float32)
        _, near_solid = blurred_within(alpha, solid, 1.2)
        thin = (alpha <= SOLID) & (alpha > 0.04) & (near_solid < 0.05)
        a = alpha[..., None]
        radiance, albedo = (
            np.where(thin[..., None], np.clip((w - (1 - a) * b) / np.maximum(a, 0.15), 0, None), w)
            for w, b in zip(furnished, behind, strict=True)
        )
        known = np.where(thin, alpha, solid).astype(np.float32)
        if borders is None:
            return cls(np.maximum(filled(radiance.astype(np.float32), known), 0), None)
        albedo = np.clip(albedo, 0, 1).astype(np.float32)
        radiance = _believable(radiance.astype(np.float32), albedo, solid * borders)
        # Extended together: at a border the brighter surface then decides what light falls there, and the gloss
        # of a dark table does not light the edge of a white bowl.
        both = np.concatenate([radiance, albedo], -1).astype(np.float32)
        both = np.maximum(filled(both, (known * borders).astype(np.float32)), 0)
        return cls(both[..., :3], both[..., 3:])

    def rows(self, albedo: Floats, width: int, height: int, top: int, bottom: int) -> Floats:
        """Radiance of the rows `top`..`bottom` at full size, given the full-size `albedo` of those rows."""
        if self.albedo is None:
            return np.maximum(band(self.radiance, width, height, top, bottom), 0)
        # Linear: a bicubic albedo overshoots to nothing beside a white edge, and would be divided by.
        radiance = band(self.radiance, width, height, top, bottom, kernel=cv2.INTER_LINEAR)
        coarse = band(self.albedo, width, height, top, bottom, kernel=cv2.INTER_LINEAR)
        result: Floats = radiance * ((albedo + ALBEDO_FLOOR) / (coarse + ALBEDO_FLOOR))
        return result


def _believable(radiance: Floats, albedo: Floats, sure: Floats) -> Floats:
    """Radiance (h, w, 3) without pixels that would need more light than any of the `sure` (h, w) ones shows.

    Where thin parts were unmixed from a few rays, radiance and albedo may not belong together.
    """
    brightness = luminance((radiance / (albedo + ALBEDO_FLOOR)).astype(np.float32))
    seen = brightness[sure > 0.5]
    if not seen.size:
        return radiance
    # All channels alike: gloss on a brown table is rightly bluer than the table.
    most = 1.5 * float(np.percentile(seen, 99.5))
    return (radiance * np.minimum(1, most / np.maximum(brightness, 1e-6))[..., None]).astype(np.float32)


def border_weight(alpha: Floats, albedo: NDArray[np.floating], width: int, height: int) -> Floats:
    """How far each of `width` x `height` traced pixels shows one surface alone, 0.001..1, by the full-size cover.

    Where two surfaces meet, radiance and albedo were sampled by different rays and do not divide: a dark cushion
    before a light one would get a dotted seam. Such pixels take their light from their neighbours.
    """
    share = np.maximum(shrunk(alpha, width, height), 1e-3)
    weighted = np.empty(alpha.shape, np.float32)
    bands = [slice(top, top + 512) for top in range(0, len(alpha), 512)]  # at 12 megapixels a field is 48 MB
    for rows in bands:
        weighted[rows] = luminance(np.asarray(albedo[rows], np.float32)) * alpha[rows]
    mean = shrunk(weighted, width, height) / share
    for rows in bands:
        weighted[rows] *= weighted[rows] / np.maximum(alpha[rows], 1e-3)
    square = shrunk(weighted, width, height) / share
    spread = np.sqrt(np.clip(square - mean * mean, 0, None)) / (mean + ALBEDO_FLOOR)
    return np.clip((_BORDER - spread) / (_BORDER - _ONE_SURFACE), 0.001, 1).astype(np.float32)

"""From a rough mask on a small copy of the photo to a soft one on its own edges, at any size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import band

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

WORKING: Final = 1000  # pixels of the long side of the copy in which masks are found
SHARPEST: Final = 900  # pixels of the long side of a photo that is as sharp as a room's copy may be
# A guided filter's answer is never quite 0 or 1; what is this near is taken for it.
_SURE: Final = 0.10
_EXPLAINED: Final = (0.3, 0.6)  # share of a mask's variance that colours explain, where they say nothing and all
_SOFT: Final = 0.7  # pixels of the working copy over which a border without an edge is soft


def working_copy(photo: Bytes, longest: int = WORKING) -> Bytes:
    """The photo (H, W, 3) at `longest` pixels on its long side, so that a pixel means the same in every photo."""
    k = longest / max(photo.shape[:2])
    size = max(1, round(photo.shape[1] * k)), max(1, round(photo.shape[0] * k))
    return np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA if k < 1 else cv2.INTER_CUBIC), np.uint8)


def even_copy(photo: Bytes) -> Bytes:
    """The working copy of the photo (H, W, 3), no sharper than that of a small one.

    In a sharper copy there is more grain and there are more faint edges, so that a floor that is laid in the draft of a
    photo might stay in the large picture.
    """
    sharp = max(photo.shape[:2]) > SHARPEST
    return working_copy(working_copy(photo, SHARPEST) if sharp else photo)


@dataclass(frozen=True)
class Matte:
    """A soft mask that follows the edges of its photo: locally a linear function of its colours.

    After He and Sun, "Fast Guided Filter" (2015). `factors` (h, w, 4) are the coefficients on red, green, blue (0..1)
    and the constant. Whatever the colours say, the answer is 0 where `limit` (h, w) is 0, and 1 where `sure` is 1.
    Where no colours part the two sides the filter would only blur: there `plain` (h, w) is the answer, the rough mask
    itself; `trust` (h, w) 0..1 is the share of the mask's variance that the colours explain.
    """

    factors: Floats
    limit: Floats
    sure: Floats
    plain: Floats
    trust: Floats

    @classmethod
    def of(cls, mask: Floats, guide: Bytes, *, radius: int, epsilon: float, reach: int) -> Matte:
        """Fit to a rough `mask` (h, w) 0..1 over the working copy `guide`; no answer beyond `reach` pixels of it."""
        colours = guide.astype(np.float32) / 255
        size = (2 * radius + 1, 2 * radius + 1)

        def mean(field: Any) -> Floats:
            return np.asarray(cv2.blur(field, size), np.float32)

        average, mask_average = mean(colours), mean(mask)
        pairs = [(i, j) for i in range(3) for j in range(i, 3)]
        red, rg, rb, green, gb, blue = (
            mean(colours[..., i] * colours[..., j]) - average[..., i] * average[..., j] + np.float32(epsilon * (i == j))
            for i, j in pairs
        )
        cross = mean(colours * mask[..., None]) - average * mask_average[..., None]
        slope = _solved((red, rg, rb, green, gb, blue), cross)
        constant = mask_average - (slope * average).sum(-1)
        spread = np.maximum(mean(mask * mask) - mask_average**2, 1e-4)
        explained = (slope * cross).sum(-1) / spread
        trust = np.clip((mean(explained) - _EXPLAINED[0]) / (_EXPLAINED[1] - _EXPLAINED[0]), 0, 1).astype(np.float32)
        plain = np.asarray(cv2.GaussianBlur(mask, (0, 0), _SOFT), np.float32)
        factors = mean(np.concatenate([slope, constant[..., None]], -1).astype(np.float32))
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
        near = cv2.dilate((mask > 0.5).astype(np.uint8), disc).astype(np.float32)
        core = cv2.erode((mask > 0.5).astype(np.uint8), np.ones(size, np.uint8), borderValue=1).astype(np.float32)
        return cls(factors, near, core, plain, trust)

    def rows(self, photo: Bytes, top: int, bottom: int) -> Floats:
        """The mask (bottom - top, W), 0..1, of rows `top`..`bottom` of the `photo` (H, W, 3) of any size."""
        height, width = photo.shape[:2]
        factors = band(self.factors, width, height, top, bottom, kernel=cv2.INTER_LINEAR)
        colours = photo[top:bottom].astype(np.float32) / 255
        soft = (colours * factors[..., :3]).sum(-1) + factors[..., 3]
        limit = band(self.limit, width, height, top, bottom, kernel=cv2.INTER_LINEAR)
        trust = band(self.trust, width, height, top, bottom, kernel=cv2.INTER_LINEAR)
        plain = band(self.plain, width, height, top, bottom, kernel=cv2.INTER_LINEAR)
        sharp = trust * np.clip((soft - _SURE) / (1 - 2 * _SURE), 0, 1)
        sharp += (1 - trust) * np.clip((plain - _SURE) / (1 - 2 * _SURE), 0, 1)
        sure = band(self.sure, width, height, top, bottom, kernel=cv2.INTER_LINEAR)
        return np.where(limit > 0.5, np.maximum(sharp, sure), 0).astype(np.float32)


def _solved(matrices: tuple[Floats, ...], vectors: Floats) -> Floats:
    """What each of the symmetric `matrices` makes each of the `vectors` (h, w, 3) of, by Cramer's rule, (h, w, 3).

    The matrices' numbers are (h, w) each, the first row's three, two of the second, one of the third. In double
    precision, and six times as fast as a call of LAPACK for each pixel.
    """
    a, b, c, d, e, f = (one.astype(np.float64) for one in matrices)
    x, y, z = (vectors[..., k].astype(np.float64) for k in range(3))
    first, second, third = d * f - e * e, c * e - b * f, b * e - c * d
    whole = a * first + b * second + c * third
    middle, below, last = a * f - c * c, b * c - a * e, a * d - b * b
    rows = ((first, second, third), (second, middle, below), (third, below, last))
    found = [(p * x + q * y + r * z) / whole for p, q, r in rows]
    return np.stack(found, -1).astype(np.float32)

"""Flat light for rooms whose light no fit explains: soft ceiling, windows, a little from behind the camera."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from staging.engine.light.evidence import WALLS, Evidence

# Shares of the light that the walls get from each group, of those that the room has.
SHARES: Final = {"windows": 0.5, "ceiling": 0.35, "back": 0.15}


def flat_light(seen: Evidence, basis: NDArray[np.floating], names: tuple[str, ...]) -> NDArray[np.float64]:
    """Strength of each group, (G,), for walls as bright as the photo's on the median.

    `basis` (H, W, G) is the luminance of the empty room with each group at unit radiance.
    """
    walls = seen.on(*WALLS)
    if walls.sum() < 40:
        walls = seen.usable if seen.usable.any() else np.ones(seen.labels.shape, bool)
    target = float(np.median(seen.luminance[walls]))
    shares = np.array([SHARES.get(name, 0.0) for name in names])
    shares /= shares.sum()
    given = np.maximum(np.median(basis[walls], axis=0).astype(np.float64), 1e-4)
    strengths: NDArray[np.float64] = shares * target / given
    # Medians do not add up exactly: one more step brings the sum to the target.
    reached = float(np.median(basis[walls] @ strengths))
    return strengths * target / max(reached, 1e-6)

"""What a repainted picture must hold before anyone pays for it."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from staging.engine.redesign.cabinets import Cabinets
from staging.engine.redesign.matting import Bytes, Mask
from staging.engine.redesign.regions import Regions
from staging.engine.redesign.walls import Walls, unsupported
from staging.engine.scene.gates import Gate

_SIZE: Final = 900  # long side at which pictures are compared
MOST_MASK: Final = 0.995
MOST_CLIPPED: Final = 0.04
MOST_IN_OPENINGS: Final = 0.1
MOST_BLEEDING: Final = 0.3
MOST_RAGGED: Final = 0.15  # of the border of fronts, which joints and worktops end sharply
NO_FLOOR: Final = 1.2  # metres up a wall


def check(photo: Bytes, picture: Bytes, mask: Bytes, most: float = MOST_MASK) -> tuple[Gate, ...]:
    """Gates of any repainted picture: (H, W, 3) before and after, and its edit mask (H, W), `most` of it white."""
    kept = mask == 0
    differing = int(np.any(picture[kept] != photo[kept], axis=-1).sum())
    share = float((mask > 0).mean())
    before, after = _small(photo), _small(picture)
    inside = cv2.resize(mask, before.shape[1::-1], interpolation=cv2.INTER_NEAREST) > 0
    white = np.all(after >= 254, axis=-1) & ~np.all(before >= 250, axis=-1)
    burnt = float(np.asarray(white)[inside].mean()) if inside.any() else 0.0
    return (
        Gate(
            "identity_outside_mask", differing == 0, differing, 0, f"{differing} pixels outside the edit mask differ."
        ),
        Gate("mask_share", 0 < share <= most, share, most, f"The edit mask covers {share:.0%} of the picture."),
        Gate("clipped", burnt <= MOST_CLIPPED, burnt, MOST_CLIPPED, f"{burnt:.1%} of what was painted is burnt out."),
    )


def check_room(regions: Regions, walls: Walls, floor: Mask) -> tuple[Gate, ...]:
    """Gates of a room, on its working copy: openings keep their pixels, and paint ends at edges."""
    openings = np.zeros_like(floor)
    for opening in walls.openings:
        openings |= regions.seen(opening, margin=-0.08)
    # Through doors, in mirrors and under a box that ends too early the floor is seen; higher up it never is.
    over = walls.rough | (floor & (regions.faces.points[..., 2] > NO_FLOOR))
    touched = float(over[openings].mean()) if openings.any() else 0.0
    ragged = walls.ragged
    return (
        Gate(
            "openings_kept",
            touched <= MOST_IN_OPENINGS,
            touched,
            MOST_IN_OPENINGS,
            f"{touched:.1%} of what is seen of windows and doors was painted over.",
        ),
        Gate(
            "paint_edges",
            ragged <= MOST_BLEEDING,
            ragged,
            MOST_BLEEDING,
            f"{ragged:.0%} of the border of the paint lies on no edge of the photo.",
        ),
    )


def check_fronts(regions: Regions, fronts: Cabinets) -> tuple[Gate, ...]:
    """Gates of a kitchen's painted fronts, on their working copy: they end at edges too."""
    ragged = unsupported(regions, fronts.rough, fronts.ends)
    return (
        Gate(
            "front_edges",
            ragged <= MOST_RAGGED,
            ragged,
            MOST_RAGGED,
            f"{ragged:.0%} of the border of the paint on the cabinets lies on no edge of the photo.",
        ),
    )


def _small(picture: Bytes) -> Bytes:
    k = min(1.0, _SIZE / max(picture.shape[:2]))
    size = max(1, round(picture.shape[1] * k)), max(1, round(picture.shape[0] * k))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_NEAREST), np.uint8)

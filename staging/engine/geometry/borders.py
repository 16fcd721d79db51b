"""Whether a patch of a wall has a border: frames and panes do, light and shade on the paint do not."""

from __future__ import annotations

from typing import Final

import numpy as np

from staging.engine.geometry.colours import length
from staging.engine.geometry.rectangles import Rectangle
from staging.engine.geometry.walls import PER_METRE, WallPicture

RIM: Final = 0.1  # metres across the border of a patch
SOFT: Final = 0.4  # of the whole step: the border of a glare, a shade or a stain takes less of it
LEAST_STEP: Final = 3.0  # weighted Lab units: less is no patch at all
CORNICE: Final = 0.2  # metres below the ceiling, where mouldings make an edge of anything


def fades(picture: WallPicture, r: Rectangle) -> bool:
    """Whether a patch is the paint itself under a lamp, in the shade, or stained: it fades out on three sides or more.

    Across a frame or the edge of a pane the colour changes within a few centimetres, across the rim of a glare it does
    not: there the step over `RIM` metres is a small part of the whole. Where the photo or the wall ends at the patch,
    all other sides must be soft.
    """
    step, rim = picture.off_paint, max(2, round(RIM / 2 * PER_METRE))
    whole = float(np.linalg.norm(np.median(step[r.top : r.bottom, r.left : r.right].reshape(-1, 3), 0)))
    if whole < LEAST_STEP:
        return False
    height, width = picture.seen.shape
    soft = own = 0
    for upright, at in ((True, r.left), (True, r.right), (False, r.top), (False, r.bottom)):
        inside, beyond = (at - rim, at + rim) if at in {r.right, r.bottom} else (at + rim, at - rim)
        if not 0 <= beyond < (width if upright else height) or (at == r.top and at < CORNICE * PER_METRE):
            continue
        along = slice(r.top, r.bottom) if upright else slice(r.left, r.right)
        lines = [(along, u) if upright else (u, along) for u in (inside, beyond)]
        seen = picture.seen[lines[0]] & picture.seen[lines[1]]
        if seen.mean() < 0.5:
            continue
        own += 1
        soft += float(np.median(length(step[lines[0]] - step[lines[1]])[seen])) < SOFT * whole
    # One side may have been snapped to a moulding that has nothing to do with it.
    return soft >= 3 or (own >= 2 and soft == own)

"""Surfaces painted cell by cell: what no edge and no line parts is one surface, and gets one colour.

A border of paint across a bare surface is a mistake that anyone sees, wherever the box of the room or a misread opening
put it. So the picture is cut into cells along its edges and along the lines at which paint was found to end, and a cell
most of which is painted is painted as a whole, and one of which hardly anything is not at all.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from staging.engine.composite.fields import dilated
from staging.engine.redesign.matting import Mask
from staging.engine.redesign.patches import FAINT, Patches

_MOSTLY: Final = 0.5  # share of a cell that is painted, if the rest is to be
_HARDLY: Final = 0.2  # and if that is to go
_ELSEWHERE: Final = 0.05  # share of a cell that may lie where no wall can be: more, and something ran out
_BORDER: Final = 3  # pixels from an edge at which contrast sees it


def evened(patches: Patches, paint: Mask, lines: Mask, may_be: Mask, edge: float = FAINT) -> Mask:
    """`paint` (h, w) with its cells whole; `lines` (h, w) part cells as edges do, and the surface is where it `may_be`.

    An `edge` is a crease of that many Lab units: more than the surface's own grain.
    """
    free = (patches.creases < edge) & ~lines
    count, cells = cv2.connectedComponents(free.astype(np.uint8), connectivity=4)
    area, painted, elsewhere = (
        np.bincount(cells[where], minlength=count).astype(np.float32) for where in (free, paint & free, free & ~may_be)
    )
    partly = (painted > 0) & (painted < area)
    partly[0] = False
    more = partly & (painted > _MOSTLY * area) & (elsewhere < _ELSEWHERE * area)
    less = partly & (painted < _HARDLY * area)
    return np.asarray((paint & ~dilated(less[cells], _BORDER)) | (dilated(more[cells], _BORDER) & may_be))

"""Paint that goes on until something ends it: over a corner that the box of the room put elsewhere, into the shade."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from staging.engine.composite.fields import dilated, filled
from staging.engine.redesign.matting import Floats, Mask
from staging.engine.redesign.patches import FAINT
from staging.engine.redesign.regions import Regions
from staging.engine.redesign.trim import CORNICE, SKIRTING, Trim
from staging.engine.scene.faces import LEFT

_HUE: Final = 10.0  # Lab units of a and b by which what no edge parts from paint may differ from it
_SHADE: Final = (-45.0, 30.0)  # the same of lightness: into corners, towards windows
_OWN_HUE: Final = 4.0  # the same of the last pixels before an edge
_OWN_SHADE: Final = 5.0
_NARROW: Final = 7  # pixels of a gap in an edge through which paint does not run
_SEAM: Final = 14  # pixels along which more paint must touch the known one
_BAND: Final = 5  # pixels beside an edge in which nothing is told to be without one


def grown(regions: Regions, trim: Trim, paint: Mask) -> Mask:
    """The `paint` (h, w) with all bare wall that no edge of the photo parts from it."""
    if not paint.any():
        return paint
    up = regions.faces.points[..., 2]
    # Skirtings and cornices are often as white as their wall: how far down and up it goes is for lines to say.
    between = (up > SKIRTING) & (up < regions.room.box.height - CORNICE)
    on_wall = (regions.faces.labels >= LEFT) & between & ~trim.framed & ~trim.mouldings & ~trim.before
    step = _step(regions, paint)
    hue, shade = np.hypot(step[..., 1], step[..., 2]), step[..., 0]
    soft = on_wall & (regions.creases < FAINT) & (hue < _HUE) & (shade > _SHADE[0]) & (shade < _SHADE[1])
    open_ = cv2.morphologyEx(
        (soft | (paint & on_wall)).astype(np.uint8), cv2.MORPH_OPEN, np.ones((_NARROW,) * 2, np.uint8)
    )
    more = (open_ > 0) & ~paint
    count, parts = cv2.connectedComponents(more.astype(np.uint8), connectivity=4)
    seam = dilated(paint, 1) & more & (regions.creases < FAINT)
    joins = np.bincount(parts[seam], minlength=count) > _SEAM
    joins[0] = False
    more = joins[parts]
    if not more.any():
        return paint
    whole = paint | more
    step = _step(regions, whole)
    own = (np.hypot(step[..., 1], step[..., 2]) < _OWN_HUE) & (np.abs(step[..., 0]) < _OWN_SHADE)
    return np.asarray(whole | (dilated(more, _BAND) & own & on_wall))


def _step(regions: Regions, paint: Mask) -> Floats:
    """How far each pixel is from the paint near it, (h, w, 3) Lab."""
    known = np.where(paint[..., None], regions.lab, 0).astype(np.float32)
    smooth = np.asarray(cv2.GaussianBlur(regions.lab, (0, 0), 1.5), np.float32)
    return np.asarray(smooth - filled(known, paint.astype(np.float32)), np.float32)

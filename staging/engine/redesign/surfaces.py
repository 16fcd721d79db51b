"""Where paint and floor end: flooded from what is surely theirs, up to the photo's own edges.

The box of the room is only nearly right, and the photo's edges are exact. So each surface starts from pixels well
inside it and of its own colour, and watershed (Meyer 1991) finds the strongest edge between two such. Where the photo
shows none, as between a white wall and a white ceiling, a faint step along the box's lines decides. Of a floor there
are two guesses, this flood and a cut by its colours, of which the better founded one is laid.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import dilated
from staging.engine.redesign import coats, extent, floors, walls
from staging.engine.redesign.floors import Ground, Unlaid
from staging.engine.redesign.matting import Mask
from staging.engine.redesign.regions import Regions
from staging.engine.redesign.trim import Trim
from staging.engine.redesign.walls import Wall, Walls
from staging.engine.scene.faces import CEILING, FLOOR, LEFT, RIGHT

SLACK: Final = 0.014  # of the long side: by how much a line of the box may miss the photo's
OTHER: Final = LEFT + 8  # the label of all that is neither
# Of lightness, of 255, at the box's own lines and where a casing may end.
_STEPS: Final = {FLOOR: -4.0, CEILING: 4.0, LEFT: -2.0, RIGHT: -2.0}
_TRIM_STEP: Final = 4.0
_LIGHTNESS: Final = 2.2  # what a Lab unit counts in the flooded picture
_HUE: Final = 2.0


def find(regions: Regions) -> tuple[Walls, Mask, Unlaid | None]:
    """The bare painted walls of a room, and its floor (h, w), or why there is none."""
    trim = Trim.of(regions)
    seen = walls.sure(regions, trim)
    paint = np.any([wall.paint for wall in seen], 0) if seen else np.zeros(regions.patch.shape, bool)
    ground = floors.sure(regions, paint, trim.before)
    reach = max(4, round(max(regions.patch.shape) * SLACK))
    cut = extent.reached(regions, trim, seen, ground)
    flooded = _flooded(regions, trim, _markers(regions, trim, seen, ground, reach))
    flood = (flooded == FLOOR) & dilated((regions.faces.labels == FLOOR) | ground.beyond, reach)
    flood |= floors.remnants(regions, flood, ground)
    floor, why = floors.settled(regions, [extent.joined(regions, flood, cut), flood], ground)
    return coats.settled(regions, trim, seen, flooded, reach), floor, why


def _markers(regions: Regions, trim: Trim, seen: list[Wall], ground: Ground, reach: int) -> NDArray[np.int32]:
    """The label of each pixel (h, w) that is sure, 0 elsewhere."""
    labels = regions.faces.labels
    found = np.zeros(labels.shape, np.int32)
    for wall in seen:
        deep = _eroded(wall.face, 2 * reach + 1)
        found[_eroded(wall.paint & deep, 5)] = wall.label
        other = cv2.morphologyEx((wall.other & deep).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        found[(other > 0) | _eroded(wall.face & trim.mouldings, 3)] = OTHER
    deep = _eroded(labels == FLOOR, 2 * reach + 1)
    found[_eroded(ground.floor & deep, 5)] = FLOOR
    found[_eroded(ground.beyond, 5)] = FLOOR
    found[ground.things & _eroded(labels == FLOOR, 7)] = OTHER
    found[_eroded(labels == CEILING, 2 * reach + 1)] = CEILING
    openings = _eroded(trim.inside, 3)
    found[openings & (found < LEFT) & ~ground.beyond] = OTHER
    # The box may end before the floor does: what looks like it close by is not sure to be anything else.
    near = dilated(ground.floor | ground.beyond, 40)
    skirting = trim.mouldings & ~dilated(ground.beyond, 20)
    found[(found == OTHER) & ground.like & near & (labels >= LEFT) & ~skirting] = 0
    found[_eroded(ground.ends, 5) & (found == 0) & near] = OTHER
    found[_eroded(extent.before(regions, trim, ground), 9)] = OTHER
    return found


def _flooded(regions: Regions, trim: Trim, markers: NDArray[np.int32]) -> NDArray[np.int32]:
    """The label of every pixel (h, w)."""
    lab = regions.lab
    picture = np.stack([lab[..., 0] * _LIGHTNESS, lab[..., 1] * _HUE + 128, lab[..., 2] * _HUE + 128], -1)
    for face, step in _STEPS.items():
        picture[..., 0] += step * (regions.faces.labels == face)
    picture[..., 0] += _TRIM_STEP * (trim.framed & ~trim.before) - _TRIM_STEP * trim.mouldings
    picture = np.clip(cv2.GaussianBlur(picture, (0, 0), 0.7), 0, 255).astype(np.uint8)
    flooded = cv2.watershed(np.ascontiguousarray(picture), markers.copy())
    # Watershed leaves a line of -1 between two floods.
    spread = cv2.dilate(np.maximum(flooded, 0).astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.int32)
    return np.asarray(np.where(flooded < 0, spread, flooded), np.int32)


def _eroded(mask: Mask, size: int) -> Mask:
    return cv2.erode(mask.astype(np.uint8), np.ones((size, size), np.uint8), borderValue=1) > 0

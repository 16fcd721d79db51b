"""What a floor ran up although it stands on it: a column, a casing, the end of a wall of about the floor's colour.

Such a floor ends somewhere up that thing, where the box of the room has it end, across a surface on which the photo
shows nothing; its true end is the edge between the two. So wherever a stretch of a floor's border has the very same on
both sides, what is beyond it is flooded back into the floor, against the floor itself (watershed, Meyer 1991), and what
it takes is given back if the two then part along an edge. Where they do not, the floor really goes on there.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from staging.engine.composite.fields import dilated, holding
from staging.engine.redesign import tape
from staging.engine.redesign.matting import Mask
from staging.engine.redesign.regions import Regions
from staging.engine.redesign.verges import SAME, verge

_ACROSS: Final = np.arange(-5.0, 5.5, 1.0)  # pixels from a border at which it is looked at
_NOTHING: Final = 4.0  # Lab units between all that is seen there, where nothing parts the two sides
_BURNT: Final = 98.0  # Lab lightness
_SHORTEST: Final = 6  # pixels of a stretch of such a border, and of a new end
_BESIDE: Final = (5, 12)  # pixels round it within which what is no floor is the other surface: as broad as posts are
_REACH: Final = 0.1  # of the long side: how far up things a box that is off may put a floor's end
_CLEAR: Final = 0.65  # share of a new end along which the photo must part the two: of boards hardly .4 ever does
_WAVER: Final = np.ones((5, 5), np.uint8)  # pixels by which floods waver along an edge
_COUNTS: Final = np.array([2.2, 2.0, 2.0])  # what a Lab unit counts for a flood
_MIDDLE: Final = np.array([0.0, 128.0, 128.0])
_FLOOR, _OTHER, _ELSE = 1, 2, 3


def taken_back(regions: Regions, floor: Mask) -> Mask:
    """The `floor` (h, w) without what stands on it and goes on beyond its border."""
    count, parts, stats, _ = cv2.connectedComponentsWithStats(
        _without_edge(regions, floor).astype(np.uint8), connectivity=8
    )
    for part in range(1, count):
        if stats[part, cv2.CC_STAT_AREA] >= _SHORTEST:
            tried = [_overrun(regions, floor, parts == part, beside) for beside in _BESIDE]
            clearest, taken = max(tried, key=lambda one: one[0])
            floor = floor & ~taken if clearest > _CLEAR else floor
    return floor


def _without_edge(regions: Regions, floor: Mask) -> Mask:
    """The pixels (h, w) on the floor's border where the photo shows the very same on both sides."""
    found = np.zeros_like(floor)
    points, normals = tape.border(floor)
    if not len(points):
        return found
    smooth = np.asarray(cv2.GaussianBlur(regions.lab, (0, 0), 1.0), np.float32)
    at = (points[:, None] + _ACROSS[:, None] * normals[:, None]).astype(np.float32)
    seen = cv2.remap(smooth, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    # What is burnt out looks the same whatever it is.
    bare = (np.linalg.norm(seen.max(1) - seen.min(1), axis=-1) < _NOTHING) & (seen[..., 0].max(1) < _BURNT)
    places = np.round(points[bare]).astype(int)
    found[places[:, 1], places[:, 0]] = True
    return found


def _overrun(regions: Regions, floor: Mask, stretch: Mask, beside: int) -> tuple[float, Mask]:
    """What of the `floor` (h, w) belongs to what lies up to `beside` pixels from a `stretch` (h, w) of its border, and
    the share, 0..1, of its new end there along which the photo parts the two.
    """
    nothing = 0.0, np.zeros_like(floor)
    reach = round(_REACH * max(floor.shape))
    rows, columns = np.nonzero(stretch)
    window = tuple(slice(max(int(at.min()) - 2 * reach, 0), int(at.max()) + 2 * reach) for at in (rows, columns))
    here, end = floor[window], stretch[window]
    markers = np.where(here, 0, _ELSE).astype(np.int32)
    markers[here & ~dilated(end, reach)] = _FLOOR
    markers[~here & dilated(end, beside)] = _OTHER
    if not (markers == _FLOOR).any() or not (markers == _OTHER).any():
        return nothing
    smooth = cv2.GaussianBlur(regions.lab[window], (0, 0), 0.7) * _COUNTS + _MIDDLE
    flooded = cv2.watershed(np.ascontiguousarray(np.clip(smooth, 0, 255).astype(np.uint8)), markers)
    # Along other ends of the floor the floods only waver.
    other = cv2.morphologyEx(((flooded == _OTHER) & here).astype(np.uint8), cv2.MORPH_OPEN, _WAVER) > 0
    taken = np.zeros_like(floor)
    taken[window] = here & dilated(holding(other, dilated(end, 2)), 1)
    rest = floor & ~taken
    if not taken.any() or not rest.any():
        return nothing
    border, apart, faint = verge(regions, rest)
    seam = border & dilated(taken, 1)
    return (float(((apart > SAME) & ~faint)[seam].mean()), taken) if seam.sum() >= _SHORTEST else nothing

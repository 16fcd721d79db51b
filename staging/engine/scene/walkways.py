"""Whether people can still walk: from every door and passage to where the photographer stood, 0.75 m wide."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.scene.arrangement import Piece
from staging.engine.scene.footprints import Footprint, footprint
from staging.engine.scene.frames import wall_frame
from staging.engine.scene.room import Box, Opening
from staging.engine.scene.site import DOOR_CLEAR, Site

WALKWAY: Final = 0.75  # metres
CELL: Final = 0.05  # metres
HEAD: Final = 1.9  # what hangs higher than this is walked under


def cut_off(site: Site, pieces: tuple[Piece, ...] | list[Piece]) -> tuple[Opening, ...]:
    """The doors and passages that furniture cuts off from the camera; not those that the bare room cuts off itself."""
    if not site.passages:
        return ()
    standing = [
        footprint(p) for p in pieces if p.size[2] > 0.05 and p.z < HEAD and p.role != "wall" and not site.on_counter(p)
    ]
    bare, furnished = _paths(site.box, list(site.blocks)), _paths(site.box, [*site.blocks, *standing])
    start = _cell(site.box, 0.0, 0.0)
    return tuple(
        zone.opening
        for zone in site.passages
        if _connected(bare, start, _threshold(site, zone.opening))
        and not _connected(furnished, start, _threshold(site, zone.opening))
    )


def _paths(box: Box, standing: list[Footprint]) -> NDArray[np.int32]:
    """Numbered regions of the floor where the middle of a person can be; 0 is nowhere."""
    rows, columns = int(np.ceil(box.depth / CELL)), int(np.ceil(box.width / CELL))
    free = np.zeros((rows + 2, columns + 2), np.uint8)
    free[1:-1, 1:-1] = 1
    for shape in standing:
        corners = [[(x - box.x0) / CELL + 0.5, (y - box.y0) / CELL + 0.5] for x, y in shape.corners]
        cv2.fillConvexPoly(free, np.round(np.array(corners)).astype(np.int32), 0)
    # Half a walkway off everything, less a cell for the rounding of the grid.
    wide = cv2.distanceTransform(free, cv2.DIST_L2, 5) * CELL >= WALKWAY / 2 - CELL
    _, regions = cv2.connectedComponents(wide.astype(np.uint8), connectivity=8)
    return np.asarray(regions, dtype=np.int32)


def _threshold(site: Site, opening: Opening) -> tuple[int, int]:
    frame = wall_frame(site.box, opening.wall, (opening.u0 + opening.u1) / 2, DOOR_CLEAR / 2)
    return _cell(site.box, frame.x, frame.y)


def _cell(box: Box, x: float, y: float) -> tuple[int, int]:
    return int((y - box.y0) / CELL) + 1, int((x - box.x0) / CELL) + 1


def _connected(regions: NDArray[np.int32], a: tuple[int, int], b: tuple[int, int]) -> bool:
    first, second = _around(regions, a), _around(regions, b)
    return bool(first & second)


def _around(regions: NDArray[np.int32], cell: tuple[int, int]) -> set[int]:
    """The regions within a step of a cell: neither the camera nor a threshold need be in the middle of a path."""
    step = int(0.5 / CELL)
    row, column = cell
    patch = regions[max(row - step, 0) : row + step + 1, max(column - step, 0) : column + step + 1]
    return {int(v) for v in np.unique(patch)} - {0}

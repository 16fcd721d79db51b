"""A tiled floor behind what is removed: joints drawn as lines, between them the faces of whole tiles that are seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import blurred_within
from staging.engine.removal import joints
from staging.engine.removal.cover import SMOOTH, Cover, lit
from staging.engine.removal.sheets import Floats, Mask, applied

GAP: Final = 0.06  # metres, the widest gap in a floor that may be its joints
FACE: Final = 0.05  # of a step beside a joint, that is not copied with a tile's face
WHOLE: Final = 0.97  # of a tile that must be seen for it to be copied
FEWEST: Final = 3  # such tiles
SHARP: Final = (0.8, 0.5, 0.25, 0.0)  # of a place's own sharpness that its tile has; the first that some have
CHOICE: Final = 12  # tiles among which one is drawn

Table = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Tiles:
    """A tiled floor: its `joints`; `local` (h, w, 3), sRGB, the picture averaged over the faces alone, and `surface`
    (h, w, 3) as light falls on them everywhere; `clear` (h, w) is 1 where faces are seen.

    `taken` (n, m, 2) tells for each tile from `first` (2,) on from how many tiles away its face is taken.
    """

    joints: joints.Joints
    local: Floats
    surface: Floats
    clear: Floats
    first: Integers
    taken: Integers

    def source(self, column: Floats, row: Floats) -> tuple[Floats, Floats]:
        """From which places (N,) of the sheet the faces at places (N,) are taken."""
        u, v = self.joints.off(column, row)
        one, other = np.floor(u), np.floor(v)
        far = [np.array(self.taken.shape[:2]) - 1, self.first]
        i, j = (np.clip(np.asarray(cell, np.int64) - far[1][k], 0, far[0][k]) for k, cell in enumerate((one, other)))
        step = self.taken[i, j].astype(np.float32)
        u = one + np.clip(u - one, FACE, 1 - FACE) + step[:, 0]
        v = other + np.clip(v - other, FACE, 1 - FACE) + step[:, 1]
        return applied(np.linalg.inv(self.joints.matrix), u.astype(np.float32), v.astype(np.float32))


def tiled(cover: Cover, open_: Mask, steps: Table, resolution: Floats, look: joints.Look) -> Tiles | None:
    """A floor of tiles that repeats itself by `steps` (2, 2), of which `open_` (h, w) is seen; None where its joints do
    not lie on one lattice, or too few whole tiles are seen. `look` is as for `joints.found`.
    """
    # Wide dark joints are not what most of the floor is like, and were left out of it.
    gap = (2 * round(GAP * cover.ppm) + 1,) * 2
    whole = cv2.morphologyEx(open_.astype(np.uint8), cv2.MORPH_CLOSE, np.ones(gap, np.uint8)) > 0
    found = joints.found(joints.Shown(cover.picture, whole, resolution, cover.ppm, look), steps)
    if found is None:
        return None
    clear = np.asarray(cv2.erode(open_.astype(np.float32), np.ones((3, 3)), borderValue=0), np.float32)
    faces = open_ & ~found.near(open_.shape, cover.ppm)
    local = blurred_within(cover.picture, faces.astype(np.float32), SMOOTH * cover.ppm)[0]
    surface = lit(cover.picture, faces, cover.smooth, cover.ppm)
    taken = _taken(found, open_, resolution)
    return None if taken is None else Tiles(found, local, surface, clear, *taken)


def _taken(found: joints.Joints, open_: Mask, resolution: Floats) -> tuple[Integers, Integers] | None:
    """The first tile (2,) of the sheet, and from how many tiles away (n, m, 2) each takes its face."""
    row, column = (np.asarray(a, np.float32) for a in np.indices(open_.shape))
    cells = np.floor(np.stack(found.off(column, row), -1)).astype(np.int64)
    first = cells.min((0, 1))
    shape = cells.max((0, 1)) - first + 1
    index = ((cells[..., 0] - first[0]) * shape[1] + cells[..., 1] - first[1]).ravel()
    total = int(shape.prod())
    count = np.bincount(index, minlength=total)
    seen = np.bincount(index, open_.ravel(), minlength=total)
    sharp = np.bincount(index, resolution.ravel(), minlength=total) / np.maximum(count, 1)
    # A tile that the sheet cuts has fewer pixels than are due to it.
    whole = np.flatnonzero(seen > WHOLE * np.median(count[seen > WHOLE * count]))
    if len(whole) < FEWEST:
        return None
    taken = np.zeros((total, 2), np.int64)
    draw = np.random.default_rng(0)
    place = np.stack(np.divmod(np.arange(total), shape[1]), -1)
    for cell in np.flatnonzero((count > 0) & ~np.isin(np.arange(total), whole)):
        good = next(own for k in SHARP if len(own := whole[sharp[whole] >= k * sharp[cell]]))
        far = np.linalg.norm(place[good] - place[cell], axis=1)
        near = good[np.argsort(far, kind="stable")[:CHOICE]]
        taken[cell] = place[near[draw.integers(len(near))]] - place[cell]
    return first, taken.reshape(*shape, 2)

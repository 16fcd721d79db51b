"""Continue floor and walls behind what is removed: each plane from its own confirmed pixels, seen straight on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import blurred_within, dilated
from staging.engine.removal import continuation, flooring, lattice, plain, rails, skirting
from staging.engine.removal.boards import Boards, planked
from staging.engine.removal.cover import Cover, Seen, covering
from staging.engine.removal.joints import Look
from staging.engine.removal.quilt import Quilt, quilted
from staging.engine.removal.scene import Scene
from staging.engine.removal.sheets import FACES, Floats, Mask, Sheet, applied, sampled, sheet_of
from staging.engine.removal.tiling import Tiles, tiled
from staging.engine.scene.faces import BACK, FLOOR, LEFT, RIGHT
from staging.engine.scene.room import Camera

Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]

FEWEST: Final = 25  # pixels at working size under which a plane's part is not worth its own texture
LOW: Final = 1.0  # metres above the floor up to which furniture hides most of a wall
ALIKE: Final = 0.12  # metres over which the strength of a pattern is averaged
STRONGER: Final = 2.2  # times the strength that a third of the plane stays under
PAINTED: Final = 0.15  # of what is seen of a wall: with so much of the walls' common colour, it has that paint
WALLS: Final = (LEFT, RIGHT, BACK)


@dataclass(frozen=True)
class Plane:
    """A face of the room as it will be continued: `surface` (h, w, 3) with rails, `quilt` its pattern.

    `hidden` and `confirmed_pixels` are its pixels of the working photo to fill, and seen for sure. `line` (columns,) is
    the row of a wall's sheet at which it ends, with the `board` along it; `covering` is set where it has no pattern;
    `fixed` are the windows, curtains and doors that go on behind the hole; `tiles` and `boards` are of floors of such.
    """

    sheet: Sheet
    cover: Cover
    surface: Floats
    quilt: Quilt | None
    hidden: int
    confirmed_pixels: int
    covering: plain.Surface | None = None
    line: NDArray[np.float64] | None = None
    board: skirting.Board | None = None
    fixed: continuation.Continued | None = None
    tiles: Tiles | None = None
    boards: Boards | None = None

    def confirmed_in(self, scene: Scene) -> Mask:
        """Its confirmed pixels in the working photo."""
        return confirmed_in(scene, self.sheet, self.cover)


def confirmed_in(scene: Scene, sheet: Sheet, cover: Cover) -> Mask:
    """A sheet's confirmed pixels in the working photo."""
    return sheet.drawn_mask(cover.confirmed, scene.camera)


def covered(scene: Scene, hole: Mask, faces: tuple[int, ...] = FACES) -> dict[int, tuple[Sheet, Cover]]:
    """The covering of each of `faces` of which enough is seen outside of the hole (working size)."""
    paint = flooring.colour_of_walls(scene, hole)
    with ThreadPoolExecutor(2) as pool:  # a job has two cores, and most of it is OpenCV's and numpy's own work
        found = pool.map(lambda face: _covered(scene, hole, face, paint), faces)
        return {face: one for face, one in zip(faces, found, strict=True) if one is not None}


def planes(scene: Scene, hole: Mask, missed: Mask | None = None) -> dict[int, Plane]:
    """How each plane that the `hole` (working size) touches goes on behind it; a plane too little seen is left out.

    `missed` (h, w) pixels of the hole may show the feet of walls all the same.
    """
    covers = covered(scene, hole)
    hiding = hole if missed is None else hole & ~missed
    on_walls = {face: _foot(scene, hiding, covers[face]) for face in WALLS if face in covers}
    feet: dict[int, skirting.Foot] = {face: foot for face, foot in on_walls.items() if foot is not None}
    lenders = skirting.lenders(feet, WALLS)
    simple = plain.surfaces(scene, hole, covers.values())
    fixed = _fixed(scene, hole, covers)
    made = {}
    for face, (sheet, cover) in covers.items():
        hidden = hole & (scene.faces.labels == face)
        if hidden.sum() < FEWEST:
            continue
        surface, line, board = cover.surface, None, None
        if face in WALLS:
            line = feet[face].line if face in feet else np.full(sheet.width, float(sheet.foot))
            board = feet[lenders[face]].board if face in lenders else None
            shown = sheet.marked(~hole & (scene.faces.labels == face), scene.camera)
            surface = rails.continued(sheet, cover.picture, surface, shown, sheet.marked(hidden, scene.camera))
        over = _over(sheet, hidden, scene.camera)
        quilt, tiles, boards = None, None, None
        if face not in simple:
            usual, resolution = _usual(cover.detail, cover.confirmed, sheet.ppm), sheet.resolution(scene.camera)
            steps = lattice.steps(cover.detail, usual & ~over, sheet.ppm)
            if face == FLOOR and steps is not None:
                tiles = tiled(cover, cover.confirmed & ~over, steps, resolution, _look(scene, sheet))
            if face == FLOOR and steps is None:
                boards = planked(cover, usual & ~over, over, resolution)
            if tiles is None and steps is not None:
                quilt = lattice.repeated(steps, usual & ~over, over, resolution)
            if tiles is None and boards is None and quilt is None:
                quilt = quilted(cover.detail, usual, over, resolution, sheet.ppm)
        seen = int((confirmed_in(scene, sheet, cover) & (scene.faces.labels == face)).sum())
        made[face] = Plane(
            sheet,
            cover,
            surface,
            quilt,
            int(hidden.sum()),
            seen,
            simple.get(face),
            line,
            board,
            fixed.get(face),
            tiles,
            boards,
        )
    return made


def fixed(made: dict[int, Plane], hole: Mask) -> Mask:
    """Where (h, w) windows, curtains and doors are seen on the plain walls among `made`."""
    seen = np.zeros(hole.shape, bool)
    for plane in made.values():
        if plane.covering is not None:
            seen |= plane.covering.fixed
    return seen


def _fixed(scene: Scene, hole: Mask, covers: dict[int, tuple[Sheet, Cover]]) -> dict[int, continuation.Continued]:
    """How windows, curtains and doors go on behind the hole, by wall."""
    made = {}
    for face, (sheet, cover) in covers.items():
        if face in WALLS:
            found, shown = plain.fixtures_on(scene, hole, sheet, cover)
            hidden = sheet.marked(hole & (scene.faces.labels == face), scene.camera)
            goes_on = continuation.continued(sheet, cover.picture, found, shown, hidden)
            if goes_on is not None:
                made[face] = goes_on
    return made


def _covered(scene: Scene, hole: Mask, face: int, paint: Floats | None) -> tuple[Sheet, Cover] | None:
    sheet = sheet_of(scene.room, scene.faces, face)
    if sheet is None:
        return None
    free = (scene.faces.labels == face) & ~hole
    free = cv2.erode(free.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0)
    candidate = sheet.marked(free > 0, scene.camera)
    picture = sheet.seen(scene.photo, scene.camera)
    resolution = sheet.resolution(scene.camera)
    hidden = sheet.marked(hole & (scene.faces.labels == face), scene.camera)
    weight = np.minimum(resolution, np.float32(1.5)) ** 2
    common = flooring.colour_of_floor(scene, hole) if face == FLOOR else None
    if face == FLOOR:
        candidate = flooring.not_overexposed(candidate, picture)
    if face in WALLS:
        seen = candidate & ~flooring.overexposed(picture)
        candidate = seen if seen.any() else candidate
        # Furniture is low, and above it a wall is rather its own.
        weight[sheet.foot - round(LOW * sheet.ppm) :] *= np.float32(0.15)
    if face in WALLS and paint is not None and flooring.share_of(paint, picture[candidate]) > PAINTED:
        common = paint
    cover = covering(Seen(picture, candidate, hidden, weight, sheet.ppm, face, common))
    return None if cover is None else (sheet, cover)


def _foot(scene: Scene, hole: Mask, covered: tuple[Sheet, Cover]) -> skirting.Foot | None:
    sheet, cover = covered
    return skirting.foot_of(sheet, cover.picture, cover.surface, _free(scene, hole, sheet))


def _free(scene: Scene, hole: Mask, sheet: Sheet) -> Mask:
    """Where a wall's sheet shows the wall, and what lies under it, without the hole and without other walls."""
    mine = (scene.faces.labels == sheet.face) | (scene.faces.labels == FLOOR)
    return sheet.marked(~hole & mine, scene.camera)


def _look(scene: Scene, sheet: Sheet) -> Look:
    """What the photo itself shows at places of a sheet."""
    matrix = sheet.matrix(scene.camera)
    return lambda column, row: sampled(scene.photo, *applied(matrix, column, row))


def _usual(detail: Floats, known: Mask, ppm: float) -> Mask:
    """The `known` pixels (h, w) without what has far more pattern than most: a thing that was taken for the plane."""
    strength, _ = blurred_within(np.abs(detail).mean(-1).astype(np.float32), known.astype(np.float32), ALIKE * ppm)
    if not known.any():
        return known
    usual = known & (strength < STRONGER * np.quantile(strength[known], 0.35))
    return usual if usual.sum() > 0.4 * known.sum() else known


def _over(sheet: Sheet, hidden: Mask, camera: Camera) -> Mask:
    """Hidden pixels of the working photo, on the sheet, with a rim."""
    return dilated(sheet.marked(hidden, camera), 2)


def coats_of(scene: Scene, photo: Bytes, hole: Mask, made: dict[int, Plane]) -> dict[int, plain.Coat]:
    """How the plain planes among `made` look behind the `hole` (working size), by face."""
    found = {face: plane.covering for face, plane in made.items() if plane.covering is not None}
    coats = {surface: plain.coat(scene, photo, hole, surface) for surface in dict.fromkeys(found.values())}
    return {face: coat for face, surface in found.items() if (coat := coats[surface]) is not None}

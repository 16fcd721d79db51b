"""Continue floor and walls behind what is removed: each plane from its own confirmed pixels, seen straight on."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import blurred_within, dilated
from staging.engine.removal import continuation, flooring, lattice, plain, rails, skirting
from staging.engine.removal.cover import Cover, Seen, covering
from staging.engine.removal.joints import Look
from staging.engine.removal.quilt import Quilt, quilted
from staging.engine.removal.scene import Scene
from staging.engine.removal.sheets import FACES, Floats, Mask, Sheet, applied, sampled, sheet_of
from staging.engine.removal.tiling import Tiles, tiled
from staging.engine.scene.faces import BACK, CEILING, FLOOR, LEFT, RIGHT
from staging.engine.scene.room import Box, Camera, Room

Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]

BAND: Final = 128  # rows of the photo that are filled at a time
FEWEST: Final = 25  # pixels at working size under which a plane's part is not worth its own texture
LOW: Final = 1.0  # metres above the floor up to which furniture hides most of a wall
ALIKE: Final = 0.12  # metres over which the strength of a pattern is averaged
STRONGER: Final = 2.2  # times the strength that a third of the plane stays under
PAINTED: Final = 0.15  # of what is seen of a wall: with so much of the walls' common colour, it has that paint
WALLS: Final = (LEFT, RIGHT, BACK)
# Where edges are looked at: a photo's own are about two pixels wide.
SUBPIXELS: Final = tuple((down, right) for down in (-0.6, 0.0, 0.6) for right in (-0.6, 0.0, 0.6))


@dataclass(frozen=True)
class Plane:
    """A face of the room as it will be continued: `surface` (h, w, 3) with rails, `quilt` its pattern.

    `hidden` and `confirmed_pixels` are its pixels of the working photo to fill, and seen for sure. `line` (columns,) is
    the row of a wall's sheet at which it ends, with the `board` along it; `covering` is set where it has no pattern;
    `fixed` are the windows, curtains and doors that go on behind the hole; `tiles` is set on a floor of such.
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
        quilt, tiles = None, None
        if face not in simple:
            usual, resolution = _usual(cover.detail, cover.confirmed, sheet.ppm), sheet.resolution(scene.camera)
            pattern = (cover.detail, usual, over, resolution, sheet.ppm)
            steps = lattice.steps(cover.detail, usual & ~over, sheet.ppm)
            if face == FLOOR and steps is not None:
                tiles = tiled(cover, cover.confirmed & ~over, steps, resolution, _look(scene, sheet))
            if tiles is None:
                quilt = lattice.repeated(*pattern) or quilted(*pattern)
        seen = int((confirmed_in(scene, sheet, cover) & (scene.faces.labels == face)).sum())
        made[face] = Plane(
            sheet, cover, surface, quilt, int(hidden.sum()), seen, simple.get(face), line, board, fixed.get(face), tiles
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


def filled_photo(photo: Bytes, room: Room, hole: Mask, made: dict[int, Plane], coats: dict[int, plain.Coat]) -> Bytes:
    """The photo (H, W, 3) with the planes drawn where `hole` (H, W); its other pixels are the photo's own.

    Pixels of the hole whose plane is not among `made` take the plane that is nearest in the picture.
    """
    picture = photo.copy()
    if not made or not hole.any():
        return picture
    half = np.asarray(cv2.pyrDown(photo), np.uint8)
    levels = [photo, half, np.asarray(cv2.pyrDown(half), np.uint8)]
    depth = cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 3)
    soft = max(1.5, max(photo.shape[:2]) / 700)
    camera = room.camera.resized(photo.shape[1], photo.shape[0])
    for top in range(0, photo.shape[0], BAND):
        rows = slice(top, min(top + BAND, photo.shape[0]))
        y, x = np.nonzero(hole[rows])
        if len(y) == 0:
            continue
        y = y + top
        colour = _band(levels, dataclasses.replace(room, camera=camera), made, x, y, coats=coats)
        share = np.clip(depth[y, x] / soft, 0, 1)[:, None]
        mixed = colour * 255 * share + photo[y, x] * (1 - share)
        picture[y, x] = np.clip(np.round(mixed), 0, 255).astype(np.uint8)
    return picture


def _band(
    levels: list[Bytes], room: Room, made: dict[int, Plane], x: Integers, y: Integers, *, coats: dict[int, plain.Coat]
) -> Floats:
    """Colours (N, 3) 0..1 of the photo's pixels (x, y)."""
    columns, rows = x.astype(np.float32), y.astype(np.float32)
    corners = [_faces_at(room, columns + right, rows + down, made) for down, right in SUBPIXELS]
    colour = np.zeros((len(x), 3), np.float32)
    for face, plane in made.items():
        share = np.asarray(sum((faces == face) for faces in corners), np.float32) / len(corners)
        at = np.flatnonzero(share)
        if len(at) == 0:
            continue
        if face in coats:
            own = coats[face].at(x[at], y[at], (room.camera.width, room.camera.height_px))
            if face in WALLS:
                own += _rails(room.camera, plane, columns[at], rows[at])
        elif plane.tiles is not None:
            own = _tiled(levels, room.camera, plane.sheet, plane.tiles, (columns[at], rows[at]))
        else:
            own = _coloured(levels, room.camera, plane, columns[at], rows[at])
        own = _boarded(room.camera, plane, columns[at], rows[at], own)
        _draw_fixed(levels, room.camera, plane, (columns[at], rows[at]), own)
        colour[at] += share[at, None] * own
    return colour


def _rails(camera: Camera, plane: Plane, x: Floats, y: Floats) -> Floats:
    """What rails add to the paint of a wall at pixels (x, y), (N, 3)."""
    column, row = plane.sheet.places(camera, x, y)
    return sampled((plane.surface - plane.cover.surface).astype(np.float32), column, row)


def _boarded(camera: Camera, plane: Plane, x: Floats, y: Floats, colour: Floats) -> Floats:
    """The `colour` (N, 3) of a wall's pixels (x, y) with the board at its foot, as sharp as the photo can show it."""
    if plane.board is None or plane.line is None:
        return colour
    sheet = plane.sheet
    column, row = sheet.places(camera, x, y)
    foot = np.interp(column, np.arange(len(plane.line)), plane.line) - 0.5
    metre = sheet.ppm * _scale(sheet.matrix(camera), column, row)
    return plane.board.drawn((foot - row) / sheet.ppm, metre, colour)


def _faces_at(room: Room, x: Floats, y: Floats, made: dict[int, Plane]) -> Integers:
    """The face that each pixel sees, walls ending at their lines; the nearest of `made` where it is not in it."""
    rays = room.camera.rays(np.stack([x + 0.5, y + 0.5], -1))
    box, origin = room.box, room.camera.position
    reach, labels = np.full(len(x), np.inf), np.full(len(x), FLOOR, np.int64)
    for face, axis, value, sign in ((LEFT, 0, box.x0, -1), (RIGHT, 0, box.x1, 1), (BACK, 1, box.y1, 1)):
        along = _along(rays, origin, axis, value, sign)
        labels, reach = np.where(along < reach, face, labels), np.minimum(along, reach)
    z = origin[2] + np.where(np.isfinite(reach), reach, 0.0) * rays[:, 2]
    labels = np.where(np.isfinite(reach), labels, np.where(rays[:, 2] > 0, CEILING, FLOOR))
    for face in WALLS:
        at = np.flatnonzero(labels == face)
        ends = z[at] < 0
        plane = made.get(face)
        if plane is not None and plane.line is not None:
            column, row = plane.sheet.places(room.camera, x[at], y[at])
            ends = row + 0.5 > np.interp(column, np.arange(len(plane.line)), plane.line)
        labels[at[ends]] = FLOOR
    labels = _carried_up(np.where((labels >= LEFT) & (z > box.height), CEILING, labels), room.camera, x, y, made)
    lost = np.flatnonzero(~np.isin(labels, list(made)))
    if len(lost):
        labels[lost] = _nearest(rays[lost], origin, box, tuple(made))
    return labels


def _carried_up(labels: Integers, camera: Camera, x: Floats, y: Floats, made: dict[int, Plane]) -> Integers:
    """What was read as ceiling and is the paint of the wall under it is that wall."""
    for face in WALLS:
        covering = made[face].covering if face in made else None
        if covering is not None:
            at = np.flatnonzero(labels == CEILING)
            height, width = covering.all.shape
            row = (y[at] * (height / camera.height_px)).astype(int).clip(0, height - 1)
            column = (x[at] * (width / camera.width)).astype(int).clip(0, width - 1)
            labels[at[covering.all[row, column]]] = face
    return labels


def _along(rays: NDArray[np.float64], origin: NDArray[np.float64], axis: int, value: float, sign: int) -> Any:
    """How far (N,) along each ray a plane of the box lies; infinity where it is not ahead."""
    part = rays[:, axis]
    ahead = part * sign > 1e-6
    return np.where(ahead, (value - origin[axis]) / np.where(ahead, part, 1.0), np.inf)


def _nearest(rays: NDArray[np.float64], origin: NDArray[np.float64], box: Box, known: tuple[int, ...]) -> Integers:
    """The nearest of the `known` faces along each ray."""
    nearest, labels = np.full(len(rays), np.inf), np.full(len(rays), known[0], np.int64)
    for face, axis, value, sign in (
        (FLOOR, 2, 0.0, -1), (CEILING, 2, box.height, 1), (LEFT, 0, box.x0, -1), (RIGHT, 0, box.x1, 1),
        (BACK, 1, box.y1, 1),
    ):  # fmt: skip
        if face in known:
            t = _along(rays, origin, axis, value, sign)
            nearest, labels = np.minimum(t, nearest), np.where(t < nearest, face, labels)
    return labels


def _coloured(levels: list[Bytes], camera: Camera, plane: Plane, x: Floats, y: Floats) -> Floats:
    """Colours (N, 3) of the pixels (x, y): the surface there and the pattern from where the quilt takes it."""
    matrix = plane.sheet.matrix(camera)
    column, row = applied(np.linalg.inv(matrix), x, y)
    colour = sampled(plane.surface, column, row)
    quilt = plane.quilt
    if quilt is None:
        return colour
    to = _scale(matrix, column, row)
    share = sampled(quilt.share, column, row, cv2.INTER_NEAREST)
    total = np.zeros_like(colour)
    for offsets, weight in ((quilt.first, share), (quilt.second, 1 - share)):
        move = sampled(offsets, column, row, cv2.INTER_NEAREST)
        c, r = column + move[:, 0], row + move[:, 1]
        sx, sy = applied(matrix, c, r)
        sharper = np.log2(np.maximum(_scale(matrix, c, r), 1e-6) / np.maximum(to, 1e-6))
        pattern = _detail(levels, sx, sy, sharper) - sampled(plane.cover.local, c, r)
        total += weight[:, None] * pattern
    spread = np.sqrt(share**2 + (1 - share) ** 2)
    return np.asarray(colour + total / spread[:, None], np.float32)


def _tiled(levels: list[Bytes], camera: Camera, sheet: Sheet, tiles: Tiles, at: tuple[Floats, Floats]) -> Floats:
    """Colours (N, 3) of the pixels `at` (x, y) on a floor of tiles."""
    matrix = sheet.matrix(camera)
    places = sheet.places(camera, *at)
    source = tiles.source(*places)
    metre, taken = _scale(matrix, *places), _scale(matrix, *source)
    seen = _detail(levels, *applied(matrix, *source), np.log2(np.maximum(taken, 1e-6) / np.maximum(metre, 1e-6)))
    texture = (seen - sampled(tiles.local, *source)) * sampled(tiles.clear, *source)[:, None]
    beside = sheet.places(camera, at[0] + 1, at[1]), sheet.places(camera, at[0], at[1] + 1)
    face = sampled(tiles.surface, *places) + texture
    return np.asarray(face * np.exp(tiles.joints.drawn(places, beside, metre * sheet.ppm)), np.float32)


def _draw_fixed(levels: list[Bytes], camera: Camera, plane: Plane, at: tuple[Floats, Floats], colour: Floats) -> None:
    """Put what goes on of fixtures over the `colour` (N, 3) of the pixels `at` (x, y), in place."""
    sheet, fixed = plane.sheet, plane.fixed
    if fixed is None:
        return
    column, row = sheet.places(camera, *at)
    share = sampled(fixed.where.astype(np.float32), column, row)
    some = np.flatnonzero(share > 0)
    if len(some) == 0:
        return
    c, r = column[some], row[some]
    sx, sy = applied(sheet.matrix(camera), *fixed.places(c, r))
    seen = _detail(levels, sx, sy, np.zeros_like(c)) * np.exp(sampled(fixed.gain, c, r))[:, None]
    mixed = share[some, None]
    colour[some] = colour[some] * (1 - mixed) + seen * mixed


def _scale(matrix: NDArray[np.float64], column: Floats, row: Floats) -> Floats:
    """Photo pixels per sheet pixel at places of the sheet."""
    w = matrix[2, 0] * column + matrix[2, 1] * row + matrix[2, 2]
    return np.sqrt(np.abs(np.linalg.det(matrix)) / np.maximum(np.abs(w), 1e-6) ** 3).astype(np.float32)


def _detail(levels: list[Bytes], x: Floats, y: Floats, sharper: Floats) -> Floats:
    """The photo at (x, y), 0..1, from the copy that is as sharp as the place it goes to."""
    level = np.clip(np.round(sharper), 0, len(levels) - 1).astype(int)
    colour = np.zeros((len(x), 3), np.float32)
    for k, picture in enumerate(levels):
        at = np.flatnonzero(level == k)
        if len(at):
            colour[at] = sampled(picture, x[at] / 2**k, y[at] / 2**k) / 255
    return colour

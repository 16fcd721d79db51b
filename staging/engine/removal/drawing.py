"""The planes of a room drawn into its photo, pixel by pixel, where furniture hid them."""

from __future__ import annotations

import dataclasses
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.removal import plain
from staging.engine.removal.boards import CLIP, Boards
from staging.engine.removal.filling import WALLS, Bytes, Integers, Plane
from staging.engine.removal.sheets import Floats, Mask, Sheet, applied, sampled
from staging.engine.removal.tiling import Tiles
from staging.engine.scene.faces import BACK, CEILING, FLOOR, LEFT, RIGHT
from staging.engine.scene.room import Box, Camera, Room

BAND: Final = 128  # rows of the photo that are filled at a time
# Where edges are looked at: a photo's own are about two pixels wide.
SUBPIXELS: Final = tuple((down, right) for down in (-0.6, 0.0, 0.6) for right in (-0.6, 0.0, 0.6))


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
        elif plane.boards is not None:
            own = _planked(levels, room.camera, plane, plane.boards, (columns[at], rows[at]))
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


def _planked(levels: list[Bytes], camera: Camera, plane: Plane, boards: Boards, at: tuple[Floats, Floats]) -> Floats:
    """Colours (N, 3) of the pixels `at` (x, y) on a floor of boards."""
    matrix = plane.sheet.matrix(camera)
    places = plane.sheet.places(camera, *at)
    source, tone = boards.source(*places)
    here, there = _scale(matrix, *places), _scale(matrix, *source)
    seen = _detail(levels, *applied(matrix, *source), np.log2(np.maximum(there, 1e-6) / np.maximum(here, 1e-6)))
    local, surface = sampled(boards.local, *source), sampled(plane.surface, *places)
    light = np.clip(np.log(np.maximum(seen, 0.02)) - np.log(np.maximum(local, 0.02)), -CLIP, CLIP)
    # In less light boards keep their contrast; where a floor shines, that is light without boards in it.
    shines = np.minimum(1, local.mean(-1) / np.maximum(surface.mean(-1), 0.02))
    return np.asarray(surface * np.exp(light * shines[:, None] + tone), np.float32)


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

"""Find what stands in a room: what neither the covering of the floor nor the paint of the walls explains.

Only what stands on the floor, clear of the foot of the walls, is furniture. Doors, windows with their curtains,
radiators, fireplaces, sockets, lamps and pictures on walls all fail that test, and so they stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import dilated, least, widest
from staging.engine.geometry.colours import length
from staging.engine.removal.cover import LAB_WEIGHTS, Cover
from staging.engine.removal.filling import confirmed_in
from staging.engine.removal.scene import Scene
from staging.engine.removal.sheets import Floats, Mask, Sheet
from staging.engine.scene.faces import CEILING, FLOOR, LEFT
from staging.engine.scene.room import Room

CUT_ROUNDS: Final = 4
LIKE: Final = {FLOOR: 15.0}  # weighted Lab units from the surface within which a pixel may be the plane's own
LIKE_WALL: Final = 11.0
OFF_WALL: Final = 0.30  # metres that furniture reaches into the room from the foot of a wall, at the least
LEAST_STANDING: Final = 0.0035  # of the picture: a component with less of it before the floor does not stand there
LEAST: Final = 0.006  # of the picture: a smaller thing is a spot on the floor
ABOVE: Final = 1.3  # metres: higher than most furniture
THIN: Final = 0.02  # of the long edge
BLOWN: Final = 0.93  # of white: a pane, seldom a thing
GLOSSY: Final = 0.09  # sRGB from the floor in any light
LEAST_ADDED: Final = 0.15  # of the way to white
# With more of the picture than UNTOLD unlike floor, walls and ceiling, a room is not empty if it reads so unsurely; the
# more of it is unexplained, the surer it must read.
UNTOLD: Final = 0.12
UNSURE_ROOM: Final = 0.35  # confidence
UNSURE_WITH: Final = 0.2  # the same, added to how much of the picture is unexplained
HEAD: Final = 1.5  # metres: windows end higher, headboards lower
TALL: Final = 0.88  # of the room's height: what reaches higher and is narrow is a curtain or a column


@dataclass(frozen=True)
class Found:
    """`mask` (h, w) at working size, the `things` in it, and its share of the picture and of the floor, 0..1.

    `solid` is how much of it before the floor cannot be the floor itself in sun or gloss, 0..1.
    """

    mask: Mask
    things: int
    share: float
    floor_share: float
    solid: float = 1.0


def furniture(scene: Scene, covers: dict[int, tuple[Sheet, Cover]], *, rounds: int = CUT_ROUNDS) -> Found:
    """What stands in the room; nothing where its floor is not known. `rounds` are those of the cut."""
    height, width = scene.faces.labels.shape
    if FLOOR not in covers:
        return Found(np.zeros((height, width), bool), 0, 0.0, 0.0)
    distance = unlike(scene, covers)
    own = own_pixels(scene, covers)
    cut = _cut(scene, distance, own, rounds) & ~panes(scene)
    mask, things = _standing(scene, cut)
    on_floor = scene.faces.labels == FLOOR
    share = float(mask[on_floor].mean()) if on_floor.any() else 0.0
    return Found(mask, things, float(mask.mean()), share, _solid(scene, covers[FLOOR], mask & on_floor))


def _solid(scene: Scene, floor: tuple[Sheet, Cover], at: Mask) -> float:
    """How much of the pixels `at` differs from the floor and from the floor with white light added to it."""
    if not at.any():
        return 1.0
    photo, surface = _against_floor(scene, floor, at)
    glossy, _ = _off_gloss(photo, surface)
    darker = np.clip((photo * surface).sum(-1) / (surface * surface).sum(-1), 0.3, 1.3)[:, None]
    lit = np.minimum(glossy, widest(np.abs(photo - darker * surface)))
    return float((lit > GLOSSY).mean())


def glossy(scene: Scene, covers: dict[int, tuple[Sheet, Cover]]) -> Mask:
    """Where (h, w) the floor is seen with white light added to it: sun and gloss."""
    at = scene.faces.labels == FLOOR
    if FLOOR in covers and at.any():
        off, added = _off_gloss(*_against_floor(scene, covers[FLOOR], at))
        at[at] = (off <= GLOSSY) & (added > LEAST_ADDED)
    return np.asarray(at)


def _against_floor(scene: Scene, floor: tuple[Sheet, Cover], at: Mask) -> tuple[Floats, Floats]:
    """What the photo shows at N pixels, and what colour the floor has there; both (N, 3)."""
    sheet, cover = floor
    surface = np.clip(sheet.drawn(cover.surface, scene.camera)[at], 0.01, 0.99)
    return np.asarray(cv2.GaussianBlur(scene.photo, (0, 0), 1.5)[at], np.float32), surface


def _off_gloss(photo: Floats, surface: Floats) -> tuple[Floats, Floats]:
    """How far colours (N, 3) are from a surface's with the white light added that suits best, (N,); and how much."""
    step, gloss = photo - surface, 1 - surface
    added = np.clip((step * gloss).sum(-1) / (gloss * gloss).sum(-1), 0, 1)
    return widest(np.abs(step - added[:, None] * gloss)), added


def unexplained(scene: Scene, covers: dict[int, tuple[Sheet, Cover]]) -> Mask:
    """All that is no floor, paint or ceiling, thin things left out: what may hide the room from its reading."""
    if FLOOR not in covers:
        return np.zeros(scene.faces.labels.shape, bool)
    cut = _cut(scene, unlike(scene, covers), own_pixels(scene, covers), CUT_ROUNDS)
    n = max(3, round(THIN * max(cut.shape))) | 1
    return cv2.morphologyEx(cut.astype(np.uint8), cv2.MORPH_OPEN, np.ones((n, n), np.uint8)) > 0


def unsure(room: Room, hiding: float) -> bool:
    """Whether a room was read with so little confidence that what hides the share `hiding` of it, 0..1, may be why."""
    return room.confidence.get("total", 1.0) < max(UNSURE_ROOM, UNSURE_WITH + hiding)


def unclear(scene: Scene, hiding: Mask) -> bool:
    """Whether the room is not empty, though it cannot be told what stands in it: read unsurely, and with much that is
    `unexplained` (h, w) in it. The edges of empty rooms are seen, and so they are read with confidence.
    """
    share = float(hiding.mean())
    return share > UNTOLD and unsure(scene.room, share)


def clear_outline(
    scene: Scene, covers: dict[int, tuple[Sheet, Cover]], mask: Mask, *, fixed: Mask | None = None
) -> float:
    """How much of what lies round a mask is floor or wall for sure, 0..1: little, where it cuts through a thing.

    `fixed` (h, w) are windows and curtains, which are known too.
    """
    reach = max(3, round(0.008 * max(mask.shape)))
    ring = dilated(mask, 2 * reach) & ~dilated(mask, reach // 2)
    own = own_pixels(scene, covers)
    own = dilated(own if fixed is None else own | fixed, 2)
    return float(own[ring].mean()) if ring.any() else 1.0


def own_pixels(scene: Scene, covers: dict[int, tuple[Sheet, Cover]]) -> Mask:
    """Pixels confirmed as a plane's own."""
    own = np.zeros(scene.faces.labels.shape, bool)
    for face, (sheet, cover) in covers.items():
        mine = confirmed_in(scene, sheet, cover) & (scene.faces.labels == face)
        own |= _large(mine) if face in {FLOOR, CEILING} else _seen_above(scene, mine)
    return own


def _large(mine: Mask) -> Mask:
    """The large parts of a floor: what is enclosed by furniture is its top, whatever its colour."""
    count, parts = cv2.connectedComponents(mine.astype(np.uint8), connectivity=4)
    sizes = np.bincount(parts.ravel(), minlength=count)
    sizes[0] = 0
    kept = sizes > 0.12 * sizes.max()
    kept[0] = False
    return np.asarray(kept[parts])


def _seen_above(scene: Scene, mine: Mask) -> Mask:
    """Parts of a wall that go up above furniture: a bed may have the paint's colour."""
    count, parts = cv2.connectedComponents(mine.astype(np.uint8), connectivity=4)
    z = scene.faces.points[..., 2]
    high = np.bincount(parts[mine & (z > ABOVE)], minlength=count)
    whole = np.bincount(parts[mine], minlength=count)
    kept = high > 0.1 * np.maximum(whole, 1)
    kept[0] = False
    return np.asarray(kept[parts])


def unlike(scene: Scene, covers: dict[int, tuple[Sheet, Cover]]) -> Floats:
    """How far each pixel is from looking like its plane, 1 being the limit; unknown planes say 1."""
    lab = cv2.cvtColor(cv2.GaussianBlur(scene.photo, (0, 0), 1.2), cv2.COLOR_RGB2Lab)
    unlike = np.ones(scene.faces.labels.shape, np.float32)
    for face, (sheet, cover) in covers.items():
        at = scene.faces.labels == face
        surface = sheet.drawn(cover.surface, scene.camera)
        step = lab - cv2.cvtColor(np.clip(surface, 0, 1), cv2.COLOR_RGB2Lab)
        # Sun on a floor and gloss make it lighter, never another hue.
        step[..., 0] = np.where(step[..., 0] > 0, 0.6 * step[..., 0], step[..., 0])
        far = length(step * LAB_WEIGHTS) / LIKE.get(face, LIKE_WALL)
        unlike[at] = far[at]
    unlike[scene.faces.labels == CEILING] = 0
    return unlike


def panes(scene: Scene) -> Mask:
    """Window panes and what hangs or stands from the ceiling down: curtains, columns, built-in cupboards."""
    labels, room = scene.faces.labels, scene.room
    fixed = np.zeros(labels.shape, np.uint8)
    for o in room.openings:
        corners = o.corners(room.box)
        uv, depth = room.camera.project(corners)
        if o.kind == "window" and o.z1 > HEAD and (depth > 0.2).all():
            inside = np.zeros_like(fixed)
            cv2.fillConvexPoly(inside, np.round(np.clip(uv, -2e4, 2e4)).astype(np.int32), 1)
            bright = scene.photo[inside > 0].mean() if inside.any() else 0.0
            if bright > scene.photo[(labels >= LEFT) & (inside == 0)].mean():
                fixed |= inside
    blown = (least(scene.photo) > BLOWN) & (labels >= LEFT) & (scene.faces.points[..., 2] > 0.7)
    return dilated((fixed > 0) | blown, 2)


def _cut(scene: Scene, unlike: Floats, own: Mask, rounds: int) -> Mask:
    """Furniture against room, by colour and edges from sure seeds (GrabCut)."""
    sure_room = cv2.erode((own & (unlike < 0.8)).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    sure_room |= scene.faces.labels == CEILING
    thing = cv2.morphologyEx((unlike > 1.3).astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)) > 0
    sure_thing = cv2.erode((thing & ~own).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    if not sure_thing.any() or not sure_room.any():
        return np.zeros(own.shape, bool)
    labels = np.where(thing, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[sure_room] = cv2.GC_BGD
    labels[sure_thing] = cv2.GC_FGD
    picture = np.ascontiguousarray((scene.photo * 255).astype(np.uint8))
    room, things = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(7)
    cv2.grabCut(picture, labels, (0, 0, 1, 1), room, things, rounds, cv2.GC_INIT_WITH_MASK)
    cut = (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)
    n = max(3, round(0.006 * max(own.shape))) | 1
    closed = cv2.morphologyEx(cut.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((n, n), np.uint8))
    return cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0


def off_walls(scene: Scene) -> NDArray[np.float64]:
    """How far each pixel's point (h, w) is from the nearest wall that is seen, metres."""
    box, x, y = scene.room.box, scene.faces.points[..., 0], scene.faces.points[..., 1]
    return np.asarray(np.minimum(np.minimum(x - box.x0, box.x1 - x), box.y1 - y))


def _standing(scene: Scene, cut: Mask) -> tuple[Mask, int]:
    """The components that stand on the floor away from the walls, without holes."""
    clear = (scene.faces.labels == FLOOR) & (off_walls(scene) > OFF_WALL)
    count, parts = cv2.connectedComponents(cut.astype(np.uint8), connectivity=4)
    kept, things = np.zeros(cut.shape, bool), 0
    for i in range(1, count):
        part = parts == i
        part = _below_ceiling(scene, part)
        if part.sum() < LEAST * cut.size or (part & clear).sum() < LEAST_STANDING * cut.size:
            continue
        kept |= without_holes(part)
        things += 1
    return dilated(kept, max(1, round(0.003 * max(cut.shape)))), things


def _below_ceiling(scene: Scene, part: Mask) -> Mask:
    """The part without the columns of a wall in which it goes up to the ceiling."""
    z, labels = scene.faces.points[..., 2] / scene.room.box.height, scene.faces.labels
    on_wall = part & (labels >= LEFT)
    tall = np.asarray((on_wall & (z > TALL)).any(0, keepdims=True))
    kept: Mask = part & ~(on_wall & tall)
    return kept


def without_holes(part: Mask) -> Mask:
    """The part (h, w) with all that it encloses."""
    outlines, _ = cv2.findContours(part.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    canvas = np.zeros(part.shape, np.uint8)
    cv2.drawContours(canvas, outlines, -1, 1, cv2.FILLED)
    return canvas > 0

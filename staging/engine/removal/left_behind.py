"""What was left in a room that is to be furnished: ladders, boxes, cloths, appliances. Furniture keeps off its pixels.

Finding things to remove may err on the side of little; here a patch of sun must not be taken for a thing, because
nothing would then stand in the sun. So what only looks like its plane in more light, or in the light of a window's
reflection, is left out, and with it a pale thing on a darker floor.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np

from staging.engine.composite.fields import dilated, widest
from staging.engine.removal import astray, filling, finding, standing
from staging.engine.removal.cover import Cover
from staging.engine.removal.scene import Bytes, Scene
from staging.engine.removal.sheets import Mask, Sheet
from staging.engine.scene.faces import FLOOR, LEFT
from staging.engine.scene.room import Room

AT: Final = 520  # long side in pixels of the picture that is judged
LIT: Final = 0.09  # sRGB from the plane with white light added to it
DARKEST: Final = 0.62  # of the plane's colour: shadows of a room's own walls are not darker
MOST_HIDING: Final = 0.5  # of the picture: more of it is seldom unexplained, and to know takes a third of a second
UNLIT: Final = 0.28  # least share of a thing that light does not explain
LEAST: Final = 0.003  # of the picture
# Of the picture: so many things are furniture. The edges of an empty room are seen, and so it reads surely: what is
# found in such a room is more often a floor's gloss or a painted wall.
MUCH: Final = {"manual": 0.06, "check": 0.06, "auto": 0.13}
ASTRAY: Final = 0.0027  # of the picture: so many edges that run in none of the room's directions are furniture's
LITTLE_FLOOR: Final = 0.1  # of the picture: an empty room is photographed with more of it, or its edges are seen
READ_LESS: Final = 0.6  # confidence, over which what looks like a floor in the sun is that
# Of the cut between things and room: whether anything stands there shows in the first, its outline takes them all.
# Most rooms are empty, and each round takes a tenth of a second.
ROUNDS: Final = (2, finding.CUT_ROUNDS)


@dataclass(frozen=True)
class Left:
    """What was left in a `room`, as seen in the `photo` (H, W, 3), uint8 sRGB, of which it was read.

    The same photo and room give the same answers. What several of them need is worked out once.
    """

    photo: Bytes
    room: Room

    def things(self) -> Mask:
        """The pixels (h, w) of things that stand or lie in the room, at the size that they are judged at."""
        kept = np.zeros(self._scene.faces.labels.shape, bool)
        for rounds in ROUNDS:
            found = finding.furniture(self._scene, self._covers, rounds=rounds).mask
            if found.any():
                found &= ~_openings(self._scene)
            kept = _things(found, _unlit(self._scene, self._covers)) if found.any() else found
            if not kept.any():
                return kept
        return dilated(kept, 1)

    def furnished(self, things: Mask) -> bool:
        """Whether furniture stands in the room, rather than some `things` that were found in it (h, w).

        White chairs before a white wall are no `things`, but their edges run in directions that a room has not. A pale
        bed looks like a floor in the sun, but it stands before a wall, and hides enough of the room for that to read
        unsurely.
        """
        if float(things.mean()) > MUCH[self.room.status]:
            return True
        scene = self._scene
        if astray.share(scene, finding.panes(scene) | _openings(scene)) > ASTRAY:
            return True
        if self._sureness > READ_LESS:
            return False
        found = finding.furniture(scene, self._covers).mask
        return standing.rises(scene, standing.whole(scene, self._covers, found).mask)

    def unclear(self) -> bool:
        """Whether something stands in the room that cannot be told from it.

        What fills the picture hides the floor, and all edges of the room: a strip in front of it is then read as floor.
        """
        if not finding.unsure(self.room, MOST_HIDING):
            return False
        little = float((self._scene.faces.labels == FLOOR).mean()) < LITTLE_FLOOR
        if little and self._sureness < READ_LESS:
            return True
        return finding.unclear(self._scene, finding.unexplained(self._scene, self._covers))

    @property
    def _sureness(self) -> float:
        return self.room.confidence.get("total", 1.0)

    @cached_property
    def _scene(self) -> Scene:
        """The room at the size that is judged."""
        height, width = self.photo.shape[:2]
        k = min(1.0, AT / max(height, width))
        size = max(1, round(width * k)), max(1, round(height * k))
        return Scene.of(np.asarray(cv2.resize(self.photo, size, interpolation=cv2.INTER_AREA)), self.room)

    @cached_property
    def _covers(self) -> dict[int, tuple[Sheet, Cover]]:
        """Floor and walls: nothing stands on a ceiling, and finding knows that by itself."""
        nothing = np.zeros(self._scene.faces.labels.shape, bool)
        return filling.covered(self._scene, nothing, (FLOOR, *filling.WALLS))


def _things(found: Mask, unlit: Mask) -> Mask:
    """The parts of what was found that are large enough, and that light does not explain."""
    count, parts = cv2.connectedComponents(found.astype(np.uint8), connectivity=4)
    kept = np.zeros(found.shape, bool)
    for i in range(1, count):
        part = parts == i
        if part.sum() > LEAST * part.size and unlit[part].mean() > UNLIT:
            kept |= part
    return kept


def _openings(scene: Scene) -> Mask:
    """Pixels of doors, windows and passages: what shows there stands in another room, or outside."""
    canvas = np.zeros(scene.faces.labels.shape, np.uint8)
    for o in scene.room.openings:
        uv, depth = scene.camera.project(o.corners(scene.room.box))
        if (depth > 0.2).all():
            cv2.fillConvexPoly(canvas, np.round(np.clip(uv, -2e4, 2e4)).astype(np.int32), 1)
    return (canvas > 0) & (scene.faces.labels >= LEFT)


def _unlit(scene: Scene, covers: dict[int, tuple[Sheet, Cover]]) -> Mask:
    """Pixels that are neither their plane in more light, nor in the shade that a room has."""
    unlit = np.ones(scene.faces.labels.shape, bool)
    photo = cv2.GaussianBlur(scene.photo, (0, 0), 1.2)
    for face, (sheet, cover) in covers.items():
        at = scene.faces.labels == face
        surface = np.clip(sheet.drawn(cover.surface, scene.camera)[at], 0.01, 0.99)
        seen, gloss = photo[at], 1 - surface
        added = np.clip(((seen - surface) * gloss).sum(-1) / (gloss * gloss).sum(-1), 0, 1)[:, None]
        scale = np.clip((seen * surface).sum(-1) / (surface * surface).sum(-1), DARKEST, 1.6)[:, None]
        off = np.minimum(widest(np.abs(seen - surface - added * gloss)), widest(np.abs(seen - scale * surface)))
        unlit[at] = off > LIT
    return unlit

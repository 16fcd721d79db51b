"""Decluttering, end to end: a photo of a furnished room in, the same room empty out."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.errors import NothingUsable, UnusablePhoto
from staging.engine.geometry import read_room
from staging.engine.geometry.reading import with_openings
from staging.engine.removal import (
    agreement,
    drawing,
    exemplar,
    filling,
    finding,
    footing,
    gates,
    growth,
    levelling,
    plain,
    relight,
    standing,
)
from staging.engine.removal.cover import Cover
from staging.engine.removal.scene import Scene
from staging.engine.removal.sheets import Mask, Sheet
from staging.engine.scene.faces import FLOOR
from staging.engine.scene.gates import Gate
from staging.engine.scene.room import Room

Bytes = NDArray[np.uint8]
Progress = Callable[[float, str], None]

SMALLEST_SIDE: Final = 256
READING_EDGE: Final = 1000
# Of the picture and of its floor: with less furniture than this a room is not surely furnished.
CERTAIN: Final = 0.25
CERTAIN_FLOOR: Final = 0.06
CERTAIN_CLEAR: Final = 0.55
LEAST_SOLID: Final = 0.6  # of what was found before the floor: with less that is surely none of it, nothing is sure
# A hole of at most this share of the picture is filled from what is round it, where that is not plainly floor or wall.
SMALL: Final = 0.04
PLAIN: Final = 0.45  # share of what lies round a hole that is surely floor or wall: then the planes go on behind it
SURE_ROOM: Final = 0.5  # confidence from which the faces of a room are believed
# Confidence of a room before anything is hidden of it. Below, what is found of its furniture is what was misread of its
# floor and walls as often; above, the edges are seen that furniture hides, and what was found may be sun and gloss.
READ_WITH: Final = (0.25, 0.6)
RAISED: Final = 0.08  # of the picture: with so much before its walls a room is furnished, however unclear it is
UNSURE_BEHIND: Final = 0.2  # confidence of the reading behind what was found, below which a room is not empty either
MOST_MOVED: Final = 0.1  # of the picture: what two readings, with the furniture and without, may dispute as floor
LEAST_MASK: Final = 0.0004  # of the picture: a smaller mask of the caller's is no wish
UNCLEAR: Final = (
    "Something stands in this room, but it cannot be told from floor and walls. Mark what is to be removed."
)


@dataclass(frozen=True)
class Decluttered:
    """The emptied `picture` (H, W, 3) and its edit `mask` (H, W; 0 or 255), all 0 where nothing was removed.

    `room` is the room as read behind the furniture; `timings` are seconds by step; `figures` say what was found.
    """

    picture: Bytes
    mask: Bytes
    room: Room
    gates: tuple[Gate, ...]
    timings: dict[str, float]
    figures: dict[str, float] = field(default_factory=dict)

    @property
    def emptied(self) -> bool:
        """Whether anything was removed."""
        return bool(self.mask.any())

    @property
    def pictures(self) -> dict[str, Bytes]:
        """The pictures by their roles."""
        return {"emptied": self.picture, "mask": self.mask}

    def record(self) -> dict[str, Any]:
        """What the engine says of the making, in plain JSON types."""
        return {
            "removed": {"anything": self.emptied, **{k: round(float(v), 4) for k, v in self.figures.items()}},
            "room": self.room.to_dict(),
            "gates": [gate.to_dict() for gate in self.gates],
            "timings": self.timings,
            "mask_share": round(float((self.mask > 0).mean()), 4),
        }


def declutter(
    photo: Bytes,
    *,
    mask: Bytes | None = None,
    certain: bool = False,
    built_in: bool = False,
    focal_35mm: float | None = None,
    room: dict[str, Any] | None = None,
    progress: Progress | None = None,
) -> Decluttered:
    """Take the furniture out of `photo` (H, W, 3), uint8 sRGB, upright.

    `mask` (H, W), 0 or 255, is what the caller wants removed; without one it is found, and with `certain` only where
    there is so much of it that the room is surely furnished. Where there is nothing to remove, the photo comes back as
    it is. The same arguments give the same bytes. Raises UnusablePhoto where the room cannot be read, too little of its
    floor and walls is seen, or what stands in it cannot be told from them, unless it may be `built_in`, as in kitchens;
    NothingUsable where a gate refuses the picture.
    """
    if min(photo.shape[:2]) < SMALLEST_SIDE:
        raise UnusablePhoto("photo_too_small", f"The photo needs at least {SMALLEST_SIDE} pixels on its shorter side.")
    work = _Work(photo, focal_35mm, None if room is None else _given(room, photo), progress)
    with work.step("find", 0.0, "looking for furniture"):
        scene, hole, figures = work.asked(mask) if mask is not None else work.found(certain, built_in=built_in)
    if not hole.any():
        untouched = np.zeros(photo.shape[:2], np.uint8)
        return Decluttered(photo, untouched, work.at_size(scene.room), (), dict(work.timings), figures)
    with work.step("plan", 0.4, "continuing floor and walls"):
        scene = footing.settled(scene, hole)
        covers = filling.covered(scene, hole)
        parts = _parts(scene, hole, covers)
        figures = {
            **figures,
            "outline": finding.clear_outline(scene, covers, parts.hole, fixed=_fixed(scene, parts.hole, covers)),
            "agreement": agreement.agreement(scene, parts.hole & ~parts.missed),
        }
        if mask is None:  # a person who marked it has seen what it is
            figures["floor_taken"] = agreement.floor_taken(scene, parts.hole)
    full = _full_size(parts.hole, mask, photo)
    if mask is not None and parts.hole.mean() <= SMALL and figures["outline"] < PLAIN:
        return work.by_example(scene, full, figures)
    return work.by_planes(scene, parts, full, mask, figures)


def find(
    photo: Bytes,
    mask: Bytes | None = None,
    *,
    certain: bool = False,
    focal_35mm: float | None = None,
    room: dict[str, Any] | None = None,
) -> tuple[Mask, Room]:
    """What `declutter` would remove (H, W), shadows included, and the room behind it; takes and raises what it does."""
    work = _Work(photo, focal_35mm, None if room is None else _given(room, photo), None)
    scene, hole, _figures = work.asked(mask) if mask is not None else work.found(certain)
    if not hole.any():
        return np.zeros(photo.shape[:2], bool), work.at_size(scene.room)
    scene = footing.settled(scene, hole)
    parts = _parts(scene, hole, filling.covered(scene, hole))
    return _full_size(parts.hole | parts.shade, mask, photo), work.at_size(scene.room)


def _parts(scene: Scene, hole: Mask, covers: dict[int, tuple[Sheet, Cover]]) -> relight.Relit:
    """What is drawn anew for the sake of a hole, and what only changes its light."""
    grown = growth.grown(scene, hole, covers)
    covers = filling.covered(scene, grown.all)
    return relight.relit(scene, grown, plain.surfaces(scene, grown.all, covers.values(), every_floor=True))


def _fixed(scene: Scene, hole: Mask, covers: dict[int, tuple[Sheet, Cover]]) -> Mask:
    """Where (h, w) windows, curtains and doors are seen: they are told from furniture, and go on behind the hole."""
    seen = np.zeros(hole.shape, bool)
    for sheet, cover in covers.values():
        seen |= plain.fixed_on(scene, hole, sheet, cover)
    return seen


class _Work:
    """One photo's work: its readings, its clock."""

    def __init__(self, photo: Bytes, focal_35mm: float | None, given: Room | None, progress: Progress | None) -> None:
        self.photo = photo
        self.given = given
        self.timings: dict[str, float] = {}
        self._focal = focal_35mm
        self._tell = progress or (lambda _fraction, _stage: None)
        k = min(1.0, READING_EDGE / max(photo.shape[:2]))
        size = (max(1, round(photo.shape[1] * k)), max(1, round(photo.shape[0] * k)))
        self._small = np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.uint8) if k < 1 else photo

    @contextmanager
    def step(self, name: str, start: float, stage: str) -> Iterator[None]:
        """Tell that a step begins, and take its time."""
        self._tell(start, stage)
        since = time.perf_counter()
        yield
        self.timings[name] = round(time.perf_counter() - since, 3)
        self.timings["total"] = round(sum(v for k, v in self.timings.items() if k != "total"), 3)

    def asked(self, mask: Bytes) -> tuple[Scene, Mask, dict[str, float]]:
        """The scene and the hole (working size) that the caller's mask asks for."""
        share = float((mask > 0).mean())
        figures = {"asked_share": share}
        if share < LEAST_MASK:
            return self._scene(self.given or self._read(None)), np.zeros((1, 1), bool), figures
        scene = self._scene(self.given or self._read(mask > 0, needed=share > SMALL))
        height, width = scene.faces.labels.shape
        hole = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA) > 0
        return scene, np.asarray(hole), figures

    def found(self, certain: bool, *, built_in: bool = False) -> tuple[Scene, Mask, dict[str, float]]:
        """The scene and the hole (working size) where furniture was found. Raises UnusablePhoto if it is unclear."""
        scene = self._scene(self.given or self._read(None))
        nothing = np.zeros(scene.faces.labels.shape, bool)
        covers = filling.covered(scene, nothing)
        moved, unclear, read_with = 0.0, False, _confidence(scene)
        if self.given is None:
            # What hides the room misleads its reading: read it anew without.
            hiding = finding.unexplained(scene, covers)
            unclear = finding.unclear(scene, hiding)
            if hiding.any():
                first = scene
                scene = footing.settled(self._scene(self._read(hiding)), hiding)
                moved = _floor_moved(first, scene)
                covers = filling.covered(scene, hiding)
        things = finding.furniture(scene, covers)
        clear = finding.clear_outline(scene, covers, things.mask)
        sure = things.share > CERTAIN and things.floor_share > CERTAIN_FLOOR
        sure &= clear > CERTAIN_CLEAR
        stands = standing.whole(scene, covers, things.mask)
        whole, raised = stands.mask, standing.raised(scene, stands.mask)
        # Sun and gloss on a floor are no furniture, whoever asks; and what was found on a floor that is another without
        # it may be floor itself.
        doubted = things.solid < LEAST_SOLID or moved > MOST_MOVED or (certain and not sure)
        rising = not unclear and standing.rises(scene, whole)
        furnished = (raised > RAISED or rising) and (self._told or READ_WITH[0] < read_with < READ_WITH[1])
        if doubted and (built_in or not furnished):
            unclear |= self.given is None and _confidence(scene) < UNSURE_BEHIND and things.share > finding.UNTOLD
            whole = nothing
        clear = finding.clear_outline(scene, covers, whole)
        if unclear and not built_in and not whole.any():
            # Given back as empty, it would be charged for, and furnished over what stands in it.
            raise UnusablePhoto("furniture_unclear", UNCLEAR, self._learnt(scene))
        figures = {
            "things": things.things if whole.any() else 0,
            "found_share": float(whole.mean()),
            "raised": raised,
            "untold": stands.untold,
            "floor_share": things.floor_share,
            "clear_outline": clear,
            "solid": things.solid,
            "floor_moved": moved,
        }
        return scene, whole, figures

    def by_planes(
        self, scene: Scene, parts: relight.Relit, full: Mask, mask: Bytes | None, figures: dict[str, float]
    ) -> Decluttered:
        """Floor and walls drawn behind the hole of `parts`, `full` at the photo's size. Raises as `declutter`."""
        lit = parts.lit(scene)
        planes = filling.planes(lit, parts.hole, parts.missed)
        checks = (
            *gates.before(parts.hole, planes, lit),
            *gates.reading(figures, asked=mask is not None, told=self._told),
        )
        self._require(checks, scene)
        with self.step("fill", 0.8, "drawing what was hidden"):
            shade = _full_size(parts.shade, None, self.photo) & ~full
            photo = self.photo.copy()
            relight.lightened(photo, shade | full, parts.gain)
            coats = filling.coats_of(lit, photo, parts.hole, planes)
            picture = drawing.filled_photo(photo, scene.room, full, planes, coats)
            levelling.levelled(picture, full, scene.faces, filling.fixed(planes, parts.hole))
        with self.step("check", 0.95, "checking the picture"):
            checks = (*checks, *gates.after(self.photo, picture, full | shade, planes, lit, drawn=full))
            return self._checked(picture, full | shade, checks, scene, figures)

    def by_example(self, scene: Scene, full: Mask, figures: dict[str, float]) -> Decluttered:
        """The hole `full` (H, W) filled from what is round it. Raises as `declutter`."""
        with self.step("fill", 0.8, "drawing what was hidden"):
            sure = _confidence(scene) >= SURE_ROOM
            faces = scene.faces.labels if sure else np.zeros_like(scene.faces.labels)
            picture = exemplar.completed(self.photo, full, faces)
        if picture is None:
            raise UnusablePhoto(
                "too_little_round_it",
                "Too little is seen round what was marked to draw what it hides. Mark one thing at a time.",
                self._learnt(scene),
            )
        with self.step("check", 0.95, "checking the picture"):
            return self._checked(picture, full, gates.drawn(self.photo, picture, full), scene, figures)

    def _checked(
        self, picture: Bytes, full: Mask, checks: tuple[Gate, ...], scene: Scene, figures: dict[str, float]
    ) -> Decluttered:
        failed = [gate for gate in checks if not gate.passed]
        if failed:
            text = f"No clean picture of the empty room could be made. {failed[0].text}"
            raise NothingUsable(f"gate_{failed[0].name}", text, self._learnt(scene))
        edited = np.where(full, np.uint8(255), np.uint8(0))
        room_behind = _reopened(picture, self.at_size(scene.room))
        return Decluttered(picture, edited, room_behind, checks, self.timings, figures)

    def _require(self, checks: tuple[Gate, ...], scene: Scene) -> None:
        failed = [gate for gate in checks if not gate.passed]
        if failed:
            raise UnusablePhoto(
                f"gate_{failed[0].name}",
                f"Too little of the empty room can be seen to draw the rest of it. {failed[0].text} "
                "Mark less to be removed, or take a photo that shows more of the floor and the walls.",
                self._learnt(scene),
            )

    @property
    def _told(self) -> bool:
        """Whether a person told where the walls are."""
        return self.given is not None and self.given.confidence.get("person", 0.0) > 0.0

    def _learnt(self, scene: Scene) -> dict[str, Any]:
        """What a refusal tells: the room as read behind the furniture, for a person to correct."""
        return {"room": self.at_size(scene.room).to_dict()}

    def at_size(self, room: Room) -> Room:
        """The room with the camera of the whole photo."""
        height, width = self.photo.shape[:2]
        return dataclasses.replace(room, camera=room.camera.resized(width, height))

    def _read(self, hidden: Mask | None, *, needed: bool = True) -> Room:
        room = read_room(self._small, focal_35mm=self._focal, hidden=hidden)
        if needed and room.confidence.get("total", 0.0) <= 0.0:
            raise UnusablePhoto(
                "room_unreadable",
                "The room in this photo could not be read: too few of the edges between floor, walls and ceiling "
                "can be seen.",
                {"room": self.at_size(room).to_dict()},
            )
        return room

    def _scene(self, room: Room) -> Scene:
        return Scene.of(self._small, room)


def _confidence(scene: Scene) -> float:
    """How surely the room was read, 0..1."""
    return scene.room.confidence.get("total", 1.0)


def _floor_moved(one: Scene, other: Scene) -> float:
    """The share of the picture, 0..1, that only one of two readings takes for floor."""
    return float(((one.faces.labels == FLOOR) != (other.faces.labels == FLOOR)).mean())


def _given(data: dict[str, Any], photo: Bytes) -> Room:
    try:
        room = Room.from_dict(data)
    except ValueError as error:
        raise UnusablePhoto("bad_room", f"The room that was sent with the photo cannot be used: {error}.") from error
    return dataclasses.replace(room, camera=room.camera.resized(photo.shape[1], photo.shape[0]))


def _full_size(hole: Mask, mask: Bytes | None, photo: Bytes) -> Mask:
    """The hole at the photo's size, with all that the caller asked for."""
    size = (photo.shape[1], photo.shape[0])
    grown = cv2.resize(hole.astype(np.float32), size, interpolation=cv2.INTER_LINEAR) > 0.4
    return np.asarray(grown if mask is None else grown | (mask > 0))


def _reopened(picture: Bytes, room: Room) -> Room:
    """The room with the openings that the emptied picture shows: furniture is none."""
    k = min(1.0, READING_EDGE / max(picture.shape[:2]))
    size = (max(1, round(picture.shape[1] * k)), max(1, round(picture.shape[0] * k)))
    small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8) if k < 1 else picture
    return with_openings(small, dataclasses.replace(room, openings=(), lamps=()))

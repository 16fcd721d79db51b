"""Redesign, end to end: a room repainted, relaid and furnished in a style, or a house front in new colours."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from staging.engine.errors import NothingUsable, UnusablePhoto
from staging.engine.modes.furnishing import BUILT_IN, tidied
from staging.engine.modes.stage import SMALLEST_SIDE, Bytes, Progress, Staged, known_room, stage
from staging.engine.modes.vocabulary import Quality
from staging.engine.redesign import gates
from staging.engine.redesign.exterior import freshen
from staging.engine.redesign.interior import Redecorated, redecorate, repaint_fronts, sure
from staging.engine.redesign.planting import plant
from staging.engine.scene.faces import face_map
from staging.engine.scene.gates import Gate
from staging.engine.scene.room import Room

DECORATED: Final = 0.15  # of the job's progress, when walls and floor are done
# Two readings of an emptied room agree on its faces but for this share of the picture, and on the focal length but for
# this, log. Where they did not, beds were larger than doors.
MOST_APART: Final = 0.05
OTHER_LENS: Final = 0.1
COMPARED_AT: Final = 300  # rows
SURE_WITHOUT_FLOOR: Final = 0.7  # confidence in a room of which too little floor is seen to furnish it


@dataclass(frozen=True)
class Redesigned:
    """The `picture` (H, W, 3) and edit `mask` (H, W; 0 or 255) of a redesign.

    `done` says what was changed, `furnished` is the record of the furniture, or the reason why there is none.
    """

    picture: Bytes
    mask: Bytes
    space: str
    done: dict[str, Any]
    gates: tuple[Gate, ...]
    timings: dict[str, float]
    room: Room | None = None
    furnished: Staged | str | None = None

    @property
    def pictures(self) -> dict[str, Bytes]:
        """The pictures by their roles."""
        return {"redesigned": self.picture, "mask": self.mask}

    def record(self) -> dict[str, Any]:
        """What the engine says of the making, in plain JSON types."""
        furniture: dict[str, Any] = {}
        if isinstance(self.furnished, Staged):
            record = self.furnished.record()
            furniture = {name: record[name] for name in ("seed", "trace", "arrangement", "light")}
        return {
            **furniture,
            "space": self.space,
            "redesign": {
                **self.done,
                **({} if self.furnished is None else {"furniture": isinstance(self.furnished, Staged)}),
                **({"unfurnished": self.furnished} if isinstance(self.furnished, str) else {}),
            },
            "room": None if self.room is None else self.room.to_dict(),
            "gates": [gate.to_dict() for gate in self.gates],
            "timings": self.timings,
            "mask_share": round(float((self.mask > 0).mean()), 4),
            "resampled": None,
        }


def redesign_room(
    photo: Bytes,
    *,
    room_type: str,
    style: str,
    seed: int = 0,
    quality: Quality = "standard",
    focal_35mm: float | None = None,
    room: dict[str, Any] | None = None,
    arrangement: dict[str, Any] | None = None,
    progress: Progress | None = None,
) -> Redesigned:
    """Repaint, relay and furnish the empty room of `photo` (H, W, 3), uint8 sRGB, upright.

    In a kitchen the wooden fronts of its cabinets are painted too, and they alone where the room cannot be
    read. A room that cannot be furnished is still painted, and the record says why it stays empty. The same arguments
    give the same bytes. Raises UnusablePhoto where the room cannot be read, NothingUsable where a gate refuses the
    picture.
    """
    _require_size(photo)
    tell = progress or (lambda _fraction, _stage: None)
    began = time.perf_counter()
    tell(0.0, "reading the room")
    if room_type == "kitchen":
        painted, hidden = _kitchen(photo, focal_35mm, room, style=style, seed=seed, tell=tell)
    else:
        known, hidden = _read(photo, focal_35mm, room)
        if room is None and room_type not in BUILT_IN:
            # On a new floor nobody would find what lies about on the old one.
            tidied(photo, known)
        tell(0.05, "painting walls and floor")
        painted = redecorate(photo, known, style, seed)
    checks = gates.check_room(painted.regions, painted.walls, painted.floor)
    if painted.fronts is not None:
        checks = (*checks, *gates.check_fronts(painted.regions, painted.fronts))
    _require(checks)
    timings = {"redecorate": round(time.perf_counter() - began, 3)}
    furnished = hidden or _furnished(
        painted.picture,
        room_type=room_type,
        style=style,
        seed=seed,
        quality=quality,
        room=painted.regions.room.to_dict(),
        arrangement=arrangement,
        progress=lambda fraction, stage: tell(DECORATED + (1 - DECORATED) * fraction, stage),
    )
    return _united(photo, painted, furnished, checks=checks, timings=timings)


def redesign_front(
    photo: Bytes, *, style: str | None, seed: int = 0, dusk: bool = False, progress: Progress | None = None
) -> Redesigned:
    """Paint the house front of `photo` (H, W, 3), uint8 sRGB, upright, freshen and plant what is round it; or let it be
    dusk, without a `style` in its own colours. Needs an active tracer variant in this process.

    The same arguments give the same bytes. Raises UnusablePhoto where nothing fit for it is seen, NothingUsable where
    a gate refuses the picture.
    """
    _require_size(photo)
    tell = progress or (lambda _fraction, _stage: None)
    began = time.perf_counter()
    tell(0.0, "painting the front")
    made = freshen(photo, style, seed, at_dusk=dusk, gardener=plant)
    tell(0.9, "checking the picture")
    # At dusk the whole picture is changed: only there may the mask be everything.
    checks = gates.check(photo, made.picture, made.mask, most=1.0 if dusk else gates.MOST_MASK)
    _require(checks)
    timings = {"total": round(time.perf_counter() - began, 3)}
    return Redesigned(made.picture, made.mask, "exterior", made.done, checks, timings)


def _kitchen(
    photo: Bytes, focal_35mm: float | None, given: dict[str, Any] | None, *, style: str, seed: int, tell: Progress
) -> tuple[Redecorated, str | None]:
    """A kitchen with new paint, and why it cannot be furnished, if that is known. Raises UnusablePhoto.

    Little is seen of its walls and floor, so that it is often read too unsurely to paint them. Its fronts need but the
    directions of the room, which are sure in nearly every photo.
    """
    known: Room | None = None
    try:
        known, hidden = _read(photo, focal_35mm, given)
        tell(0.05, "painting walls, floor and cabinets")
        return redecorate(photo, known, style, seed, kitchen=True), hidden
    except UnusablePhoto as error:
        found = error.record.get("room")
        known = known or (None if found is None else Room.from_dict(found))
        painted = None if known is None else repaint_fronts(photo, known, style, seed)
        if painted is None:
            raise
        return painted, error.message


def _read(photo: Bytes, focal_35mm: float | None, given: dict[str, Any] | None) -> tuple[Room, str | None]:
    """The room, and why it cannot be furnished, if that is known: walls are painted even where hardly a floor is seen.

    One that is `given` and was read too unsurely, behind furniture that is gone, is read in the photo as it is now, and
    that is believed where both readings agree: what is painted follows the edges that are drawn there. Raises
    UnusablePhoto.
    """
    known, why = _known(photo, focal_35mm, given)
    if given is not None and not known.confidence.get("person", 0.0) and not sure(known):
        try:
            again, why_again = _known(photo, focal_35mm, None)
        except UnusablePhoto:
            return known, why
        if _agree(known, again):
            return again, why_again
    return known, why


def _known(photo: Bytes, focal_35mm: float | None, given: dict[str, Any] | None) -> tuple[Room, str | None]:
    try:
        return known_room(photo, focal_35mm, given), None
    except UnusablePhoto as error:
        found = error.record.get("room")
        if found is None or found["confidence"].get("total", 0.0) < SURE_WITHOUT_FLOOR:
            raise
        return Room.from_dict(found), error.message


def _agree(one: Room, other: Room) -> bool:
    """Whether two readings of a picture see the same faces, through about the same lens: furniture is sized by it."""
    height, width = COMPARED_AT, round(COMPARED_AT * one.camera.width / one.camera.height_px)
    faces = [face_map(room.resized(width, height), width, height).labels for room in (one, other)]
    apart = float((faces[0] != faces[1]).mean())
    return apart < MOST_APART and abs(float(np.log(one.camera.f / other.camera.f))) < OTHER_LENS


def _furnished(picture: Bytes, **brief: Any) -> Staged | str:
    """The room with furniture, or why it has none."""
    try:
        return stage(picture, **brief)
    except (UnusablePhoto, NothingUsable) as error:
        return error.message


def _united(
    photo: Bytes,
    painted: Redecorated,
    furnished: Staged | str,
    *,
    checks: tuple[Gate, ...],
    timings: dict[str, float],
) -> Redesigned:
    picture, mask, room = painted.picture, painted.mask, painted.regions.room
    if isinstance(furnished, Staged):
        picture, mask, room = furnished.picture, np.maximum(mask, furnished.mask), furnished.room
        # The staging's own gates compare with the painted room; these two speak of the photo.
        own = {"identity_outside_mask", "mask_share"}
        checks = (*checks, *(gate for gate in furnished.gates if gate.name not in own))
        timings = {**timings, **furnished.timings}
        timings["total"] = round(timings["redecorate"] + timings["total"], 3)
    last = gates.check(photo, picture, mask)
    _require(last)
    return Redesigned(picture, mask, "interior", painted.done, (*checks, *last), timings, room, furnished)


def _require_size(photo: Bytes) -> None:
    if min(photo.shape[:2]) < SMALLEST_SIDE:
        raise UnusablePhoto("photo_too_small", f"The photo needs at least {SMALLEST_SIDE} pixels on its shorter side.")


def _require(checks: tuple[Gate, ...]) -> None:
    """Raise NothingUsable for the first gate that refuses."""
    for gate in checks:
        if not gate.passed:
            raise NothingUsable(f"gate_{gate.name}", f"No picture passed the engine's own checks. {gate.text}")

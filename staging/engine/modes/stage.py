"""Virtual staging, end to end: a photo of an empty room in, the same photo furnished out."""

from __future__ import annotations

import dataclasses
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from staging.engine.composite import Composite, ContactMap, compose
from staging.engine.composite.gates import check as check_composite
from staging.engine.errors import NothingUsable, UnusablePhoto
from staging.engine.furniture import catalogue
from staging.engine.furniture.catalogue import Built
from staging.engine.geometry import fittings, read_ground, read_room
from staging.engine.geometry.tops import enclosing
from staging.engine.light.fit import fit
from staging.engine.light.rig import LightRig
from staging.engine.memory import MEMORY
from staging.engine.modes.drafts import Furnishable, Wish, furnishable
from staging.engine.modes.plan import PLANS, Plan, traced_size
from staging.engine.modes.vocabulary import Quality
from staging.engine.removal import left_behind
from staging.engine.scene import changes
from staging.engine.scene.arrangement import Arrangement
from staging.engine.scene.checks import check as check_arrangement
from staging.engine.scene.editing import completed
from staging.engine.scene.fittings import Fittings
from staging.engine.scene.gates import Gate
from staging.engine.scene.layout import FLAT
from staging.engine.scene.material import Material
from staging.engine.scene.mesh import Mesh
from staging.engine.scene.room import Room
from staging.engine.trace.basis import render_basis
from staging.engine.trace.render import Tracer

Bytes = NDArray[np.uint8]
Progress = Callable[[float, str], None]

SMALLEST_SIDE: Final = 256
# Pictures traced before giving up.
PICTURES: Final = 2
# Room types filled with cabinets and fixtures: only floor that the photo's pixels show to be free is furnished.
BUILT_IN: Final = frozenset({"kitchen", "bathroom"})
SURE_CAMERA: Final = 0.9


@dataclass(frozen=True)
class Staged:
    """The staged `picture` (H, W, 3) and edit `mask` (H, W; 0 or 255) with all that they rest on.

    `timings` are seconds by step; `trace` is the size and samples that were really traced; `fits` tells which photo and
    room the light belongs to.
    """

    picture: Bytes
    mask: Bytes
    room: Room
    arrangement: Arrangement
    light: LightRig
    gates: tuple[Gate, ...]
    timings: dict[str, float]
    trace: dict[str, int]
    composite: Composite = field(repr=False)
    fits: str

    @property
    def pictures(self) -> dict[str, Bytes]:
        """The pictures by their roles."""
        return {"staged": self.picture, "mask": self.mask}

    def record(self) -> dict[str, Any]:
        """What the engine says of the making, in plain JSON types: enough to make the picture again, or to edit it."""
        return {
            "seed": self.arrangement.seed,
            "trace": self.trace,
            "room": self.room.to_dict(),
            "arrangement": self.arrangement.to_dict(),
            "light": {**self.light.to_dict(), "fits": self.fits},
            "gates": [gate.to_dict() for gate in self.gates],
            "timings": self.timings,
            "mask_share": round(float((self.mask > 0).mean()), 4),
        }


def stage(
    photo: Bytes,
    *,
    room_type: str,
    style: str,
    seed: int = 0,
    quality: Quality = "standard",
    focal_35mm: float | None = None,
    room: dict[str, Any] | None = None,
    arrangement: dict[str, Any] | None = None,
    light: dict[str, Any] | None = None,
    progress: Progress | None = None,
    plan: Plan | None = None,
) -> Staged:
    """Furnish `photo` (H, W, 3), uint8 sRGB, upright. Needs an active tracer variant in this process.

    `room`, `arrangement` and `light` are JSON of an earlier picture, when they shall be kept or were edited by a
    person; the light of another photo or room is fitted anew. The same arguments on the same variant give the same
    bytes. Raises UnusablePhoto when the room cannot be read or furnished, NothingUsable when every picture made was
    refused by a gate.
    """
    if min(photo.shape[:2]) < SMALLEST_SIDE:
        raise UnusablePhoto("photo_too_small", f"The photo needs at least {SMALLEST_SIDE} pixels on its shorter side.")
    clock = _Clock(progress)
    with clock.step("geometry", 0.0, 0.06, "reading the room"):
        known = known_room(photo, focal_35mm, room, wet=room_type in BUILT_IN, outdoors=room_type == "outdoor")
        seen = None if arrangement is not None or known.open_air else _allowed(photo, known, room_type)
        if seen is not None:
            # The walls of a room that was given stay where they are.
            known = enclosing(known, seen.tops) if room is None else replace(known, tops=seen.tops)
    given = None if arrangement is None else _given(arrangement, known)
    with clock.step("arrangement", 0.05, 0.06, "choosing furniture"):
        # A person's arrangement alone, else those that are worth a picture.
        wish = Wish(room_type, style, seed, seen)
        plans = Furnishable(known, iter([given])) if given else furnishable(photo, known, wish)
    known = plans.room
    with clock.step("light", 0.06, 0.2, "reading the light"):
        fits = _digest(photo, _lit_by(known))
        built = known.camera, known.box, known.openings, known.occluders, known.lamps
        rig = _sent(light, fits) or MEMORY.recall(
            ("light", _digest(photo, built)), lambda: fit(photo, replace(known, tops=()), render_basis)
        )
    work = _Work(photo, known, rig, plan or PLANS[quality], seed, clock, fits, edited=given is not None)
    refused: list[Gate] = []
    for attempt, candidate in enumerate(plans.arrangements):
        staged = work.picture(candidate)
        refused = [gate for gate in staged.gates if not gate.passed]
        if not refused:
            return staged
        if attempt + 1 >= PICTURES:
            break
    gate = refused[0]
    raise NothingUsable(f"gate_{gate.name}", f"No picture passed the engine's own checks. {gate.text}")


def known_room(
    photo: Bytes,
    focal_35mm: float | None,
    given: dict[str, Any] | None,
    *,
    wet: bool = False,
    outdoors: bool = False,
) -> Room:
    """The room as given, brought to this photo's size, or as read; UnusablePhoto when it cannot be read.

    Kitchens and bathrooms (`wet`) show little of their walls' feet; what is put there rests on the photo's pixels, so
    that a sure camera is enough. `outdoors` there is no box to read, but free ground.
    """
    height, width = photo.shape[:2]
    if given is not None:
        try:
            # What follows from the box is worked out anew: an editor may have changed the box alone.
            return completed(Room.from_dict(given).resized(width, height))
        except ValueError as error:
            raise UnusablePhoto(
                "bad_room", f"The room that was sent with the photo cannot be used: {error}."
            ) from error
    if outdoors:
        return MEMORY.recall(("ground", _digest(photo), focal_35mm), lambda: read_ground(photo, focal_35mm=focal_35mm))
    room = MEMORY.recall(("room", _digest(photo), focal_35mm), lambda: read_room(photo, focal_35mm=focal_35mm))
    if room.status == "manual" and wet and room.confidence.get("camera", 0.0) >= SURE_CAMERA:
        return replace(room, status="check")
    if room.status == "manual":
        raise UnusablePhoto(
            "room_unreadable",
            "The room in this photo could not be read: too little of its floor and of the edges between floor, "
            "walls and ceiling can be seen. Take the photo from a corner or a doorway, level, at chest height, "
            "with the floor in view.",
            {"room": room.to_dict()},
        )
    return room


def _allowed(photo: Bytes, room: Room, room_type: str) -> Fittings:
    """Where the photo's pixels let furniture stand and hang."""
    if room_type in BUILT_IN:
        return fittings.find(photo, room)
    built = room.camera, room.box, room.openings
    things = MEMORY.recall(("things", _digest(photo, built)), lambda: left_behind.find(photo, room))
    return replace(fittings.find_walls(photo, room), things=things)


def _digest(photo: Bytes, *said: object) -> str:
    """Tells photos, and what else is `said`, apart."""
    digest = hashlib.sha256(repr((photo.shape, said)).encode())
    digest.update(np.ascontiguousarray(photo).data)
    return digest.hexdigest()[:32]


def _lit_by(room: Room) -> str:
    """What of a room the light hangs on, to a tenth of a millimetre: one that was sent back is still the same."""
    camera = room.camera
    lens = [length / camera.width for length in (camera.f, camera.cx, camera.cy)]
    openings = [(o.kind, o.wall, [round(v, 4) for v in (o.u0, o.u1, o.z0, o.z1)]) for o in room.openings]
    numbers = np.round(
        [
            *lens,
            camera.height,
            *np.ravel(camera.rotation),
            *dataclasses.astuple(room.box),
            *np.ravel(room.floor_polygon if room.open_air else ()),
            *np.ravel([dataclasses.astuple(block) for block in room.walls_inside]),
        ],
        4,
    )
    return repr((numbers.tolist(), openings, np.round(room.lamps, 4).tolist()))


def _sent(light: dict[str, Any] | None, fits: str) -> LightRig | None:
    """The light that came with the job, if it is that of this photo and room. Raises UnusablePhoto when it is none."""
    if light is None or light.get("fits") != fits:
        return None
    try:
        return LightRig.from_dict(light)
    except ValueError as error:
        raise UnusablePhoto("bad_light", f"The light that was sent cannot be used: {error}.") from error


class _Clock:
    """Measures the steps and maps each step's own progress to the whole job's."""

    def __init__(self, progress: Progress | None) -> None:
        self._tell = progress or (lambda _fraction, _stage: None)
        self._span = (0.0, 0.0, "")
        self._name = ""
        self._started = time.perf_counter()
        self.timings: dict[str, float] = {}

    def step(self, name: str, start: float, end: float, stage: str) -> _Clock:
        """Use as a context: `start`..`end` is this step's share of the job."""
        self._span, self._name = (start, end, stage), name
        return self

    def tell(self, fraction: float, _stage: str = "") -> None:
        """Progress within the current step, 0..1."""
        start, end, stage = self._span
        self._tell(start + (end - start) * min(max(fraction, 0.0), 1.0), stage)

    def __enter__(self) -> None:
        self._since = time.perf_counter()
        self.tell(0.0)

    def __exit__(self, *_error: object) -> None:
        spent = time.perf_counter() - self._since
        self.timings[self._name] = round(self.timings.get(self._name, 0.0) + spent, 3)
        self.timings["total"] = round(time.perf_counter() - self._started, 3)


@dataclass
class _Work:
    """One photo's work: what stays the same between attempts."""

    photo: Bytes
    room: Room
    light: LightRig
    plan: Plan
    seed: int
    clock: _Clock
    fits: str
    edited: bool

    def picture(self, arrangement: Arrangement) -> Staged:
        """Build, trace and compose one arrangement, and judge the picture."""
        height, width = self.photo.shape[:2]
        with self.clock.step("build", 0.22, 0.24, "building furniture"):
            built, contacts = furnish(arrangement, self.room)
        tracer = Tracer(self.room, self.light, self.clock.tell)
        trace_width = traced_size(self.plan, width, height)
        with self.clock.step("trace_empty", 0.24, 0.42, "tracing the empty room"):
            empty = tracer.empty(trace_width, self.plan.samples, self.seed)
        with self.clock.step("trace_furnished", 0.42, 0.82, "tracing the furnished room"):
            samples = self.plan.edited_samples if self.edited else self.plan.samples
            furnished = tracer.furnished(built, trace_width, samples, self.seed)
        with self.clock.step("cover", 0.82, 0.92, "outlining the furniture"):
            cover = tracer.cover(built, width, height, self.plan.cover_samples)
        with self.clock.step("composite", 0.92, 1.0, "composing the picture"):
            made = compose(self.photo, empty, furnished, cover, self.room, contacts=contacts, seed=self.seed)
            gates = (
                *check_arrangement(self.room, arrangement),
                light_gate(self.light),
                *check_composite(self.photo, made, self.room),
            )
        trace = {"width": trace_width, "height": furnished.radiance.shape[0], "samples": furnished.samples}
        return Staged(
            made.picture,
            made.mask,
            self.room,
            arrangement,
            self.light,
            gates,
            dict(self.clock.timings),
            trace,
            made,
            self.fits,
        )


def _given(data: dict[str, Any], room: Room) -> Arrangement:
    """A person's arrangement as it is; UnusablePhoto when it breaks a rule, before anything is traced."""
    try:
        arrangement = changes.read(data)
    except ValueError as error:
        raise UnusablePhoto("bad_arrangement", f"The arrangement that was sent cannot be used: {error}.") from error
    refused = [gate for gate in check_arrangement(room, arrangement) if not gate.passed]
    if refused:
        raise UnusablePhoto(f"gate_{refused[0].name}", f"This arrangement cannot be used. {refused[0].text}")
    return arrangement


def furnish(arrangement: Arrangement, room: Room) -> tuple[Built, ContactMap]:
    """All pieces as one, in the room frame, and the map of what touches the floor (rugs lie and do not count)."""
    meshes: list[Mesh] = []
    standing: list[Mesh] = []
    materials: dict[str, Material] = {}
    for piece in arrangement.pieces:
        built = catalogue.place(piece)
        meshes.extend(built.meshes)
        materials.update(built.materials)
        if piece.kind not in FLAT:
            standing.extend(built.meshes)
    return Built(meshes=tuple(meshes), materials=materials), ContactMap.of(standing, room.box)


def light_gate(light: LightRig) -> Gate:
    """The light must explain the photo, or the preset stands in for it."""
    limit = 0.20
    text = "The flat-light preset is used." if light.preset else f"The light explains the photo to {light.error:.0%}."
    return Gate("light_fit", light.preset or light.error <= limit, light.error, limit, text)

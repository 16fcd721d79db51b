"""Virtual staging, end to end: a photo of an empty room in, the same photo furnished out."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from staging.engine.composite import Composite, compose
from staging.engine.composite.gates import check as check_composite
from staging.engine.composite.sunlight import Sunlight
from staging.engine.errors import NothingUsable, UnusablePhoto
from staging.engine.geometry import read_ground, read_room, sunbeams
from staging.engine.light.fit import fit
from staging.engine.light.rig import LightRig
from staging.engine.memory import MEMORY, digest
from staging.engine.modes.drafts import Wish
from staging.engine.modes.furnishing import BUILT_IN, Furnishing, Furniture, given
from staging.engine.modes.plan import PLANS, Plan, traced_size
from staging.engine.modes.vocabulary import Quality
from staging.engine.scene.arrangement import Arrangement
from staging.engine.scene.checks import check as check_arrangement
from staging.engine.scene.editing import completed
from staging.engine.scene.gates import Gate
from staging.engine.scene.room import Room
from staging.engine.scene.sunbeam import Sunbeam
from staging.engine.trace.basis import render_basis
from staging.engine.trace.render import Traced, Tracer

Bytes = NDArray[np.uint8]
Progress = Callable[[float, str], None]

SMALLEST_SIDE: Final = 256
# Pictures traced before giving up.
PICTURES: Final = 2
# Samples of an empty room's trace up to which it is done on one core while furniture is chosen on the other.
SHORT: Final = 4
_basis_beside: Final = partial(render_basis, beside=True)
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
    # A person's arrangement alone, else those that are worth a picture.
    asked = None if arrangement is None else given(arrangement, known)
    work = _Work(photo, light, plan or PLANS[quality], seed, clock, edited=asked is not None)
    with Furnishing(photo, known, Wish(room_type, style, seed), asked, fixed=room is not None) as furnishing:
        work.refuse = furnishing.refuse
        if room_type in BUILT_IN:
            # Their counters move the walls, and nothing can be traced before.
            with clock.step("arrangement", 0.06, 0.06, "choosing furniture"):
                known = furnishing.room
        lit = work.lit(known)
        with clock.step("arrangement", 0.4, 0.42, "choosing furniture"):
            refurnished = furnishing.room
        if not lit.shows(refurnished):
            lit = work.lit(refurnished)
        return work.first_passing(replace(lit, room=refurnished), furnishing.all())


def known_room(
    photo: Bytes,
    focal_35mm: float | None,
    sent: dict[str, Any] | None,
    *,
    wet: bool = False,
    outdoors: bool = False,
) -> Room:
    """The room as given, brought to this photo's size, or as read; UnusablePhoto when it cannot be read.

    Kitchens and bathrooms (`wet`) show little of their walls' feet; what is put there rests on the photo's pixels, so
    that a sure camera is enough. `outdoors` there is no box to read, but free ground.
    """
    height, width = photo.shape[:2]
    if sent is not None:
        try:
            # What follows from the box is worked out anew: an editor may have changed the box alone.
            return completed(Room.from_dict(sent).resized(width, height))
        except ValueError as error:
            raise UnusablePhoto(
                "bad_room", f"The room that was sent with the photo cannot be used: {error}."
            ) from error
    if outdoors:
        return MEMORY.recall(("ground", digest(photo), focal_35mm), lambda: read_ground(photo, focal_35mm=focal_35mm))
    room = MEMORY.recall(("room", digest(photo), focal_35mm), lambda: read_room(photo, focal_35mm=focal_35mm))
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


@dataclass(frozen=True)
class _Lit:
    """A room in the photo's light, traced empty; `fits` tells which photo and room the light belongs to."""

    room: Room
    rig: LightRig
    fits: str
    empty: Traced

    def shows(self, room: Room) -> bool:
        """Whether all that is lit and traced of a room is as it was."""
        return _built(self.room) == _built(room)


def _built(room: Room) -> tuple[object, ...]:
    return room.camera, room.box, room.openings, room.occluders, room.lamps, room.tops


@dataclass
class _Work:
    """One photo's work: what stays the same between attempts. `refuse` raises when it need not go on."""

    photo: Bytes
    light: dict[str, Any] | None
    plan: Plan
    seed: int
    clock: _Clock
    edited: bool
    refuse: Callable[[], None] = lambda: None

    def lit(self, room: Room) -> _Lit:
        """Read the light of a room, and trace it empty."""
        clock, untopped = self.clock, replace(room, tops=())
        with clock.step("light", 0.06, 0.2, "reading the light"):
            fits = digest(self.photo, _lit_by(room))
            kept = "light", digest(self.photo, _built(untopped))
            rig = _sent(self.light, fits) or MEMORY.recall(kept, lambda: fit(self.photo, untopped, _basis_beside))
            self.refuse()
        with clock.step("trace_empty", 0.2, 0.4, "tracing the empty room"):
            samples, tracer = self.plan.samples, Tracer(room, rig, self._tell)
            empty = tracer.empty(self._traced_width, samples, self.seed, beside=samples <= SHORT)
            return _Lit(room, rig, fits, empty)

    def first_passing(self, lit: _Lit, offered: Iterator[Furniture]) -> Staged:
        """The first of the `offered` that passes the gates in its picture; NothingUsable when none does."""
        refused: list[Gate] = []
        for furniture in islice(offered, PICTURES):
            staged = self._picture(lit, furniture)
            refused = [gate for gate in staged.gates if not gate.passed]
            if not refused:
                return staged
        gate = refused[0]
        raise NothingUsable(f"gate_{gate.name}", f"No picture passed the engine's own checks. {gate.text}")

    @property
    def _traced_width(self) -> int:
        return traced_size(self.plan, self.photo.shape[1], self.photo.shape[0])

    def _beam(self, room: Room) -> Sunbeam | None:
        """The sun on the room's floor, if there is any."""
        built = room.camera, room.box, room.openings
        return MEMORY.recall(("sun", digest(self.photo, built)), lambda: sunbeams.find(self.photo, room))

    def _tell(self, fraction: float, stage: str) -> None:
        self.refuse()
        self.clock.tell(fraction, stage)

    def _picture(self, lit: _Lit, furniture: Furniture) -> Staged:
        """Trace and compose one arrangement, and judge the picture."""
        height, width = self.photo.shape[:2]
        arrangement, built, contacts = furniture.arrangement, furniture.built, furniture.contacts
        tracer = Tracer(lit.room, lit.rig, self._tell)
        with self.clock.step("trace_furnished", 0.42, 0.82, "tracing the furnished room"):
            samples = self.plan.edited_samples if self.edited else self.plan.samples
            if furniture.parts is not None:
                tracer.prepare(built, furniture.take_parts())
            furnished = tracer.furnished(built, self._traced_width, samples, self.seed)
        with self.clock.step("cover", 0.82, 0.92, "outlining the furniture"):
            cover = tracer.cover(built, width, height, self.plan.cover_samples)
        with self.clock.step("composite", 0.92, 1.0, "composing the picture"):
            beam = self._beam(lit.room)
            sun = Sunlight.of(beam, built.meshes) if beam is not None else None
            made = compose(
                self.photo, lit.empty, furnished, cover, lit.room, contacts=contacts, sun=sun, seed=self.seed
            )
            gates = (
                *check_arrangement(lit.room, arrangement),
                light_gate(lit.rig),
                *check_composite(self.photo, made, lit.room),
            )
        trace = {"width": self._traced_width, "height": furnished.radiance.shape[0], "samples": furnished.samples}
        return Staged(
            made.picture, made.mask, lit.room, arrangement, lit.rig, gates, dict(self.clock.timings), trace, made,
            lit.fits,
        )  # fmt: skip


def light_gate(light: LightRig) -> Gate:
    """The light must explain the photo, or the preset stands in for it."""
    limit = 0.20
    text = "The flat-light preset is used." if light.preset else f"The light explains the photo to {light.error:.0%}."
    return Gate("light_fit", light.preset or light.error <= limit, light.error, limit, text)

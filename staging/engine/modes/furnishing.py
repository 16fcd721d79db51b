"""The furniture of a picture, chosen and built beside the tracer: reading the light and tracing the empty room need
none of it, and a job has two cores.

Nothing here may call the tracer, which belongs to the job's own thread; of `trace.scene` only what is plain arrays.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite import ContactMap
from staging.engine.errors import UnusablePhoto
from staging.engine.furniture import catalogue
from staging.engine.furniture.catalogue import Built
from staging.engine.furniture.textures import Studio
from staging.engine.geometry import fittings
from staging.engine.geometry.tops import enclosing
from staging.engine.memory import MEMORY, digest
from staging.engine.modes.drafts import Furnishable, Wish, furnishable
from staging.engine.removal import litter
from staging.engine.removal.left_behind import Left
from staging.engine.removal.litter import Litter
from staging.engine.scene import changes
from staging.engine.scene.arrangement import Arrangement
from staging.engine.scene.checks import check
from staging.engine.scene.fittings import Fittings
from staging.engine.scene.layout import FLAT
from staging.engine.scene.material import Material
from staging.engine.scene.mesh import Mesh
from staging.engine.scene.room import Room
from staging.engine.trace.scene import Part, parts

Bytes = NDArray[np.uint8]

# Room types filled with cabinets and fixtures: only floor that the photo's pixels show to be free is furnished.
BUILT_IN: Final = frozenset({"kitchen", "bathroom"})


@dataclass
class Furniture:
    """An arrangement's pieces as one, in the room frame, and the map of what touches the floor.

    `parts` are what is traced of them, where that is there already.
    """

    arrangement: Arrangement
    built: Built
    contacts: ContactMap
    parts: list[Part] | None = None

    def take_parts(self) -> list[Part]:
        """Give the parts away, which nobody else may keep: a large room's take a hundred megabytes."""
        parts, self.parts = self.parts or [], None
        return parts


class Furnishing:
    """Chooses and builds furniture in a thread of its own from the moment it is made; use as a context."""

    def __init__(self, photo: Bytes, room: Room, wish: Wish, arrangement: Arrangement | None, *, fixed: bool) -> None:
        """`arrangement` is a person's, which is built as it is. The walls of a `fixed` room stay where they are."""
        self._pool = ThreadPoolExecutor(1)
        self._chosen = self._pool.submit(_chosen, photo, room, wish, arrangement, fixed=fixed)
        self._first = self._pool.submit(self._built)

    def __enter__(self) -> Furnishing:
        return self

    def __exit__(self, *_error: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def refuse(self) -> None:
        """Raise what the choosing raised, if it has; it may go on."""
        if self._chosen.done():
            self._chosen.result()

    @property
    def room(self) -> Room:
        """The reading of the room that was furnished; waits for it. Raises the EngineError why none can be."""
        return self._chosen.result().room

    def all(self) -> Iterator[Furniture]:
        """Every arrangement that is worth a picture, best first; the first one has been built meanwhile."""
        yield self._first.result()
        for arrangement in self._chosen.result().arrangements:
            yield furnish(arrangement, self.room)

    def _built(self) -> Furniture:
        with Studio() as studio:
            made = furnish(next(self._chosen.result().arrangements), self.room, studio)
            made.parts = parts(made.built, studio.bitmaps())
        return made


def _chosen(photo: Bytes, room: Room, wish: Wish, arrangement: Arrangement | None, *, fixed: bool) -> Furnishable:
    if arrangement is not None:
        return Furnishable(room, iter([arrangement]))
    if not room.open_air:
        seen = _allowed(photo, room, wish.room_type, fixed=fixed)
        room = replace(room, tops=seen.tops) if fixed else enclosing(room, seen.tops)
        wish = replace(wish, fittings=seen)
    return furnishable(photo, room, wish)


def _allowed(photo: Bytes, room: Room, room_type: str, *, fixed: bool) -> Fittings:
    """Where the photo's pixels let furniture stand and hang; UnusablePhoto where too much lies about to stage it."""
    if room_type in BUILT_IN:
        return fittings.find(photo, room)
    lying = _lying(photo, room) if fixed else tidied(photo, room)  # a person who sent the room has seen the photo
    return replace(fittings.find_walls(photo, room), things=_joined(_things(Left(photo, room)), lying.mask))


def tidied(photo: Bytes, room: Room) -> Litter:
    """What lies on the floor of a room; UnusablePhoto where it is too much to publish a picture of it, or furniture."""
    lying = _lying(photo, room)
    if lying.untidy:
        raise UnusablePhoto(
            "things_in_the_way",
            f"{lying.things} things or more lie about on this floor, and would be seen beside the furniture. Take a "
            "photo of the empty room, or let them be removed first.",
        )
    left = Left(photo, room)
    if left.unclear():
        raise UnusablePhoto(
            "furniture_unclear",
            "Something stands in this room, but it cannot be told from floor and walls. Take a photo of the empty "
            "room, or mark what is to be removed.",
        )
    if left.furnished(_things(left)):
        raise UnusablePhoto(
            "things_in_the_way",
            "Furniture stands in this room, and new furniture would be put over it. Take a photo of the empty room, "
            "or let it be removed first.",
        )
    return lying


def _things(left: Left) -> NDArray[np.bool_]:
    built = left.room.camera, left.room.box, left.room.openings
    return MEMORY.recall(("things", digest(left.photo, built)), left.things)


def _lying(photo: Bytes, room: Room) -> Litter:
    built = room.camera, room.box, room.openings
    return MEMORY.recall(("litter", digest(photo, built)), lambda: litter.find(photo, room))


def _joined(things: NDArray[np.bool_], lying: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Both masks, at the size of the first."""
    height, width = things.shape
    sized = cv2.resize(lying.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    return things | (sized > 0)


def furnish(arrangement: Arrangement, room: Room, studio: Studio | None = None) -> Furniture:
    """An arrangement built (rugs lie, and do not count among what touches the floor).

    The textures of each piece are begun in the `studio` while the next one is built.
    """
    meshes: list[Mesh] = []
    standing: list[Mesh] = []
    materials: dict[str, Material] = {}
    for piece in arrangement.pieces:
        built = catalogue.place(piece)
        meshes.extend(built.meshes)
        materials.update(built.materials)
        if studio is not None:
            studio.begin(built.materials[name] for name in dict.fromkeys(mesh.material for mesh in built.meshes))
        if piece.kind not in FLAT:
            standing.extend(built.meshes)
    return Furniture(arrangement, Built(tuple(meshes), materials), ContactMap.of(standing, room.box))


def given(data: dict[str, Any], room: Room) -> Arrangement:
    """A person's arrangement as it is; UnusablePhoto when it breaks a rule, before anything is traced."""
    try:
        arrangement = changes.read(data)
    except ValueError as error:
        raise UnusablePhoto("bad_arrangement", f"The arrangement that was sent cannot be used: {error}.") from error
    refused = [gate for gate in check(room, arrangement) if not gate.passed]
    if refused:
        raise UnusablePhoto(f"gate_{refused[0].name}", f"This arrangement cannot be used. {refused[0].text}")
    return arrangement

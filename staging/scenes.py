"""A scene as pages show and change it: the pieces' places over the photo, and changes told in its pixels.

JSON in and out; arithmetic alone, no tracer. What each change does, the engine's `scene.changes` says.
"""

from __future__ import annotations

import math
from typing import Any

from staging.engine.furniture.catalogue import KINDS
from staging.engine.scene import changes, projection
from staging.engine.scene.arrangement import Arrangement, Piece
from staging.engine.scene.room import Room

# How people call each kind of piece.
TITLES = {kind: spec.title for kind, spec in KINDS.items()}
# A change points at the photo: these verbs may carry `at`, a pixel, in the place of metres.
_POINTING = frozenset({"move", "add"})


class ImpossibleEdit(ValueError):
    """The change cannot be made; the text is for people."""


def shown(scene: dict[str, Any]) -> dict[str, Any]:
    """What an editor draws: each piece with its handle, outline and words, and what does not fit, in words."""
    room, arrangement = _read(scene)
    return {
        "size": [room.camera.width, room.camera.height_px],
        "arrangement": arrangement.to_dict(),
        "pieces": [told for piece in arrangement.pieces if (told := _piece(room, piece))],
        "problems": [gate.text for gate in changes.judged(room, arrangement).problems],
    }


def changed(scene: dict[str, Any], wishes: Any) -> dict[str, Any]:
    """The scene's arrangement after the wishes, as `shown`. Raises ImpossibleEdit."""
    room, arrangement = _read(scene)
    if not isinstance(wishes, list) or not all(isinstance(wish, dict) for wish in wishes):
        raise ImpossibleEdit("This is not what the editor sends")
    try:
        for wish in wishes:
            arrangement = changes.change(room, arrangement, _in_metres(room, arrangement, wish))
    except ValueError as error:
        raise ImpossibleEdit(str(error)) from error
    return shown({"room": scene["room"], "arrangement": arrangement.to_dict()})


def catalogue(scene: dict[str, Any]) -> list[dict[str, Any]]:
    """What can be added or swapped in: kind, title and whether it hangs."""
    found = changes.catalogue(str(scene["arrangement"]["style"]))
    return sorted(
        ({"kind": one["kind"], "title": one["title"], "hangs": one["hangs"]} for one in found),
        key=lambda one: str(one["title"]),
    )


def _read(scene: dict[str, Any]) -> tuple[Room, Arrangement]:
    try:
        return Room.from_dict(scene["room"]), changes.read(scene["arrangement"])
    except (KeyError, ValueError) as error:
        raise ImpossibleEdit(f"This scene cannot be edited: {error}") from error


def _piece(room: Room, piece: Piece) -> dict[str, Any] | None:
    """A piece in pixels; None for one that lies behind the camera."""
    body = projection.body_pixels(room, piece)
    pixel, depth = room.camera.project((piece.x, piece.y, piece.z + _grip(piece)))
    if not body or depth <= projection.NEAREST:
        return None
    return {
        "id": piece.id,
        "kind": piece.kind,
        "title": KINDS[piece.kind].title,
        "style": piece.style,
        "turn": piece.turn,
        "hangs": KINDS[piece.kind].hangs,
        "handle": [float(pixel[0]), float(pixel[1])],
        "body": body,
        "foot": projection.footprint_pixels(room, piece),
    }


def _grip(piece: Piece) -> float:
    """Metres above its foot at which a piece is held: the floor for what stands there, else its middle."""
    return 0.0 if piece.z < 0.1 else piece.size[2] / 2


def _in_metres(room: Room, arrangement: Arrangement, wish: dict[str, Any]) -> dict[str, Any]:
    """The wish with the pixel `at` turned into metres of the room."""
    if wish.get("do") not in _POINTING or "at" not in wish:
        return wish
    u, v = _pixel(wish["at"])
    rest = {name: value for name, value in wish.items() if name != "at"}
    piece = next((one for one in arrangement.pieces if one.id == wish.get("id")), None)
    kind = piece.kind if piece else str(wish.get("kind"))
    if kind in KINDS and KINDS[kind].hangs and kind != "pendant":
        x, y, z = projection.wall_point(room, u, v)
        lifted = {"z": max(z - _grip(piece), 0.0)} if piece else {}
        return {**rest, "x": x, "y": y, **lifted}
    height = piece.z + _grip(piece) if piece else 0.0
    x, y = _on_plane(room, u, v, height)
    return {**rest, "x": x, "y": y}


def _on_plane(room: Room, u: float, v: float, height: float) -> tuple[float, float]:
    """Where a pixel's ray passes this height, held to the box."""
    camera, box = room.camera, room.box
    ray = camera.rays((u, v))
    down = (height - camera.height) / ray[2] if abs(ray[2]) > 1e-6 else -1.0
    if down <= 0:  # beyond the horizon: as far away as the room goes
        down = box.y1 / max(ray[1], 1e-6)
    x, y = ray[0] * down, ray[1] * down
    return float(min(max(x, box.x0), box.x1)), float(min(max(y, box.y0), box.y1))


def _pixel(said: Any) -> tuple[float, float]:
    try:
        u, v = (float(value) for value in said)
    except (TypeError, ValueError):
        raise ImpossibleEdit("This is not what the editor sends") from None
    if not (math.isfinite(u) and math.isfinite(v)):
        raise ImpossibleEdit("This is not what the editor sends")
    return u, v

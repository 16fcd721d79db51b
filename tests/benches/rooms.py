"""`python -m tests.benches.rooms DIR`: how near rooms are read to the lines that people drew over real photos.

DIR holds `empty_layout.json`, the drawn lines, and the photos that it names; none of them is ours to ship. Of each
drawn line that its author was sure of, the mean distance to the nearest edge of the room of the same kind (foot, head
or corner of a wall) is told as a share of the photo's long side, and so is the height of each door.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from staging.decoding import decode
from staging.engine.geometry import read_room
from staging.engine.scene.room import Floats, Room

LONGEST: Final = 1200  # pixels that the photos are shrunk to
SURE: Final = frozenset({"high", "medium"})
POINTS: Final = 40  # along a line
# Where only the upper edge of a skirting was drawn, the wall's foot lies so many metres lower.
SKIRTINGS: Final = np.linspace(0.05, 0.2, 16)
NEAR: Final = 0.05  # metres before the camera where edges are cut


@dataclass(frozen=True)
class Drawn:
    """One line over a photo: its name, and points (N, 2) along it in pixels of the shrunk photo."""

    name: str
    points: Floats

    @property
    def kind(self) -> str:
        """What it is an edge of: "floor", "ceil", or "vert" for the corner of two walls; else "" (a cornice)."""
        return next((kind for kind in ("floor", "ceil", "vert") if self.name.startswith(kind)), "")


def edges(room: Room, kind: str, up: float = 0.0) -> Iterator[Floats]:
    """The ends (2, 3) of the room's edges of one kind, metres; feet of walls `up` metres over the floor."""
    box = room.box
    if kind == "vert":
        yield from (np.array([(x, box.y1, 0.0), (x, box.y1, box.height)]) for x in (box.x0, box.x1))
        return
    z = up if kind == "floor" else box.height
    yield np.array([(box.x0, box.y1, z), (box.x1, box.y1, z)])
    yield from (np.array([(x, box.y0, z), (x, box.y1, z)]) for x in (box.x0, box.x1))


def distance(room: Room, edge: Floats, points: Floats) -> float:
    """The mean distance in pixels of points (N, 2) from an edge (2, 3) of the room as the photo shows it."""
    depth = (edge - room.camera.position) @ room.camera.matrix[2]
    if depth.max() < 2 * NEAR:
        return float("inf")
    if depth.min() < NEAR:
        far, near = edge[depth.argmax()], edge[depth.argmin()]
        edge = np.stack([far, far + (near - far) * (depth.max() - NEAR) / (depth.max() - depth.min())])
    (a, b), _ = room.camera.project(edge)
    along = (b - a) / max(float(np.hypot(*(b - a))), 1e-9)
    away = points - (a + np.clip((points - a) @ along, 0.0, float(np.hypot(*(b - a))))[:, None] * along)
    return float(np.hypot(*away.T).mean())


def error(room: Room, line: Drawn) -> float:
    """How far, as a share of the long side, a drawn line is from the room's nearest edge of its kind."""
    ups = SKIRTINGS if "skirting" in line.name else (0.0,)
    away = min(distance(room, edge, line.points) for up in ups for edge in edges(room, line.kind, float(up)))
    return away / max(room.camera.width, room.camera.height_px)


def subjects(folder: Path) -> Iterator[tuple[str, Room, list[Drawn]]]:
    """Each photo's name, its room and the lines over it that are sure."""
    for name, told in json.loads((folder / "empty_layout.json").read_text(encoding="utf-8")).items():
        decoded = decode(folder / told["file"])
        picture = decoded.image.convert("RGB")
        picture.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
        scale = picture.width / told["size"][0]
        share = np.linspace(0.0, 1.0, POINTS)[:, None]
        lines = []
        for title, line in told["lines"].items():
            x0, y0, x1, y1 = np.array(line["line_px"], float) * scale
            drawn = Drawn(title, np.array([x0, y0]) + share * np.array([x1 - x0, y1 - y0]))
            if line["confidence"] in SURE and drawn.kind:
                lines.append(drawn)
        yield name, read_room(np.asarray(picture), focal_35mm=decoded.focal_35mm), lines


def main(folder: Path) -> None:
    """Print a row for each photo and each line, and the median over those read surely."""
    of_auto: list[float] = []
    for name, room, lines in subjects(folder):
        doors = ", ".join(f"{o.z1:.2f} m" for o in room.openings if o.kind == "door") or "none"
        print(f"{name}: {room.status} {room.confidence['total']:.2f}, doors: {doors}")
        for line in lines:
            off = error(room, line)
            print(f"    {line.name}: {off:.2%}")
            of_auto += [off] if room.status == "auto" else []
    print(f"median of {len(of_auto)} lines on photos of status auto: {statistics.median(of_auto):.2%} of the long side")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

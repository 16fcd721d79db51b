"""`python -m tests.benches.behind DIR`: how far edges of furnished rooms are read from where we drew them.

DIR holds the photos that `furnished_edges.json` and `furniture.json` name, and all furniture is masked. An edge is two
points, pixels of a copy of 900; L and R stand for the walls beside a corner where only one corner is seen, and
either of them may have been read as the back wall. Rooms with an alcove, a slope or no plain box were not drawn.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from staging.engine.geometry import read_room
from staging.engine.scene.room import Room
from tests.benches import emptying
from tests.benches.drawn import DRAWN_AT, EDGES, Edges, ends, namings

NEAR = 8.0  # pixels of that copy, the mean over a room's edges
MOST = 60.0  # pixels that one edge counts
SAMPLES = 60


def edge_of(room: Room, name: str) -> NDArray[np.float64] | None:
    """Two pixels (2, 2) of an edge of the box in the room's own picture, or None where it lies behind the camera."""
    first, last = ends(room, name)
    points = first + np.linspace(0, 1, SAMPLES)[:, None] * (last - first)
    uv, depth = room.camera.project(points)
    ahead = uv[depth > 0.2]
    return ahead[[0, -1]] if len(ahead) > 1 else None


def apart(room: Room, drawn: Edges) -> float:
    """The mean distance of drawn edges from those of a room, pixels of a copy of DRAWN_AT."""
    scale = DRAWN_AT / max(room.camera.width, room.camera.height_px)
    found = []
    for name, points in drawn.items():
        edge = edge_of(room, name)
        if edge is None:
            found.append(MOST)
            continue
        start, along = edge[0] * scale, (edge[1] - edge[0]) * scale
        off = np.reshape(points, (2, 2)) - start
        across = np.abs(along[0] * off[:, 1] - along[1] * off[:, 0]) / max(float(np.hypot(*along)), 1e-9)
        found.append(min(float(across.mean()), MOST))
    return float(np.mean(found))


def main() -> None:
    """Every photo whose edges were drawn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    folder = parser.parse_args().photos
    furniture = json.loads(emptying.OUTLINES.read_text())
    found = []
    for name, drawn in json.loads(EDGES.read_text()).items():
        photo = emptying.read(folder / name)
        ((_, mask),) = emptying.masks(furniture[name], photo, apart=False)
        room = read_room(photo, hidden=mask > 0)
        found.append(min(apart(room, named) for named in namings(drawn)))
        print(f"{Path(name).stem}: {found[-1]:.1f} pixels", flush=True)
    print(f"{sum(one < NEAR for one in found)} of {len(found)} rooms are read to {NEAR:.0f} pixels")


if __name__ == "__main__":
    main()

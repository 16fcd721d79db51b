"""What fixes the metre: how high photographers hold cameras, how high ceilings are, how high door heads are."""

from __future__ import annotations

import dataclasses
import math
from typing import Final

import numpy as np

from staging.engine.scene.editing import rescaled
from staging.engine.scene.room import Box, Camera, Opening, Room

CAMERA: Final = (1.38, 0.12)  # metres, relative sigma: tripods of listing photographers
CEILING: Final = (2.55, 0.09)
DOOR_HEAD: Final = (2.05, 0.04)  # 2.03 m, and the upper edge of the casing a little higher
DOOR_RANGE: Final = (1.9, 2.2)  # metres: what has its head lower or higher is no door, or the metre is wrong
NUDGES: Final = np.exp(np.linspace(-0.15, 0.15, 61))  # scales that are tried so that more doors are as high as doors
SURE: Final = 0.6  # score over which what was found is probably a door
CEILING_RANGE: Final = (2.3, 3.2)  # metres: outside it furniture looks like toys or giants
LOWEST_CAMERA: Final = 0.75  # metres
SEEN: Final = 0.02  # share of the picture that the ceiling must take to be a cue


def camera_height(
    ceiling_ratio: float, ceiling_share: float, door_heads: tuple[tuple[float, float], ...] = ()
) -> tuple[float, str]:
    """Height of the camera in metres, and the cue that fixed it.

    `ceiling_ratio` is the ceiling's height over the camera's, `ceiling_share` its share of the picture,
    `door_heads` the heights of door heads over the camera's with their scores. Log-normal fusion of what
    cameras, ceilings and doors are like, then the ceiling is held to `CEILING_RANGE`.
    """
    cues = [(math.log(CAMERA[0]), CAMERA[1])]
    source = "camera"
    if ceiling_share > SEEN:
        implied = CEILING[0] / ceiling_ratio
        # a ceiling that needs a camera in no photographer's hand was misread, or is a cathedral's: trust it less
        cues.append((math.log(implied), CEILING[1] if 0.75 < implied < 1.9 else 0.4))
        source = "ceiling"
    if door_heads:
        implied = _implied_by_doors(door_heads, math.exp(_fused(cues)))
        if _credible(implied, ceiling_ratio, ceiling_share):
            cues.append((math.log(implied), DOOR_HEAD[1]))
            source = "door"
    height = math.exp(_fused(cues))
    # an unseen ceiling is at least as high as the box says, so its upper bound holds all the same
    low = CEILING_RANGE[0] / ceiling_ratio if ceiling_share > SEEN else 0.0
    return float(np.clip(height, low, max(LOWEST_CAMERA, CEILING_RANGE[1] / ceiling_ratio))), source


def with_doors(room: Room) -> Room:
    """The room rescaled so that its doors, where it has any, are as high as doors are."""
    camera = room.camera.height
    heads = tuple((o.z1 / camera, o.score) for o in room.openings if _door_like(o))
    height, source = camera_height(room.box.height / camera, room.visible.get("ceiling", 0.0), heads)
    return rescaled(room, height / camera, source) if source == "door" else room


def with_credible_doors(room: Room) -> Room:
    """The room in the nearest scale in which most of its sure doors are as high as doors are, and none is otherwise.

    What still has its head elsewhere is no door, but a passage, a tall window or an alcove. Where more speaks against
    the scale than for it, a room of status "auto" becomes one of "check".
    """
    sure = [o for o in room.openings if o.kind == "door" and o.score > SURE]
    factor = min(NUDGES, key=lambda k: (-_believed(room, sure, k), abs(math.log(k))))
    if _believed(room, sure, 1.0) < _believed(room, sure, factor):
        room = rescaled(room, float(factor), "door")
        sure = [o for o in room.openings if o.kind == "door" and o.score > SURE]
    openings = tuple(
        dataclasses.replace(o, kind="opening") if o.kind == "door" and not _high_as_doors(o.z1) else o
        for o in room.openings
    )
    total = sum(o.score for o in sure)
    doubtful = total > 0 and _believed(room, sure, 1.0) < total / 2
    status = "check" if doubtful and room.status == "auto" else room.status
    return dataclasses.replace(room, openings=openings, status=status)


def _high_as_doors(height: float) -> bool:
    return _within(height, DOOR_RANGE)


def _believed(room: Room, doors: list[Opening], factor: float) -> float:
    """How many doors, by their scores, are as high as doors are at this scale; -1 where a seen ceiling is not."""
    ceiling = room.box.height * factor
    if room.visible.get("ceiling", 0.0) > SEEN and factor != 1.0 and not _within(ceiling, CEILING_RANGE):
        return -1.0
    return sum(o.score for o in doors if _high_as_doors(o.z1 * factor))


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _door_like(o: Opening) -> bool:
    """By its proportions, because in the wrong scale a door has the wrong size."""
    return o.kind != "window" and o.score > SURE and 0.28 < (o.u1 - o.u0) / o.z1 < 0.62


def _implied_by_doors(door_heads: tuple[tuple[float, float], ...], expected: float) -> float:
    """Camera height that the doors imply together; those near the `expected` one count more, for some are no doors."""
    ratios, scores = np.array(door_heads).T
    heights = np.log(DOOR_HEAD[0] / ratios)
    weights = scores * np.exp(-(((heights - math.log(expected)) / 0.15) ** 2)) + 1e-6
    return math.exp(float(np.average(heights, weights=weights)))


def _credible(camera: float, ceiling_ratio: float, ceiling_share: float) -> bool:
    """A door that would put the camera or the seen ceiling where they cannot be was misread."""
    ceiling_fits = CEILING_RANGE[0] * 0.94 <= camera * ceiling_ratio <= CEILING_RANGE[1] * 1.06
    return LOWEST_CAMERA <= camera <= 1.9 and (ceiling_fits or ceiling_share <= SEEN)


def held_ceiling(camera: Camera, box: Box) -> Box:
    """The box with an unseen ceiling put where ceilings are; the walls and the floor stay."""
    low = max(CEILING_RANGE[0], camera.height + 0.3)
    return dataclasses.replace(box, height=float(np.clip(box.height, low, max(low, CEILING_RANGE[1]))))


def _fused(cues: list[tuple[float, float]]) -> float:
    """Mean of (value, sigma) pairs, weighted by precision."""
    precision = np.array([1 / sigma**2 for _, sigma in cues])
    return float((precision * [value for value, _ in cues]).sum() / precision.sum())

"""Straight flights of stairs, by the edges of their steps: parallel, level, and each a rise higher and a going farther.

Seen along their own direction such edges are points. From the camera's height these points lie at angles that no other
row of parallel edges has (joints of a floor, shelves, blinds, courses of brick): one flight explains them all.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Final

import numpy as np

from staging.engine.geometry.segments import Segments
from staging.engine.scene import blocks
from staging.engine.scene.room import Block, Camera, Floats, Occluder, Room

RISES: Final = (0.16, 0.17, 0.18, 0.19, 0.2)  # metres: building codes ask for 0.15 to 0.2 in dwellings
GOINGS: Final = (0.22, 0.24, 0.26, 0.28, 0.3)  # metres
STEEPNESS: Final = (0.57, 0.87)  # rise over going: twice the rise and the going are a pace of about 0.62 m
PACE: Final = (0.56, 0.68)  # metres: twice the rise and the going
MOST: Final = 16  # steps of a flight
LEAST: Final = 5  # steps in a row whose edges must be seen
PITCH: Final = 0.04  # metres between the places that are tried for the foot of a flight
INSIDE: Final = 2  # steps that must stand inside the room
NEAREST: Final = 0.9  # metres before the camera
POINTED: Final = 2.0  # degrees by which an edge may turn off the flight's direction
OFF: Final = 0.003  # of the picture's long side by which an edge may lie off its place
SHORTEST: Final = 0.45  # metres of an edge that is seen
WIDEST: Final = 3.0  # metres of a step
ALIGNED: Final = 0.06  # metres by which the steps' ends may scatter on one side (median), and twice it on the other
AT_FRAME: Final = 0.015  # of the picture's width: an end so near to the frame is cut
EXPLAINED: Final = 0.6  # share of the edges there that are the flight's: nosings, and feet of risers
GROUP: Final = 2  # steps that are one block


@dataclass(frozen=True)
class Flight:
    """Steps along `axis` (0: x, 1: y) from `low` to `high`; the first riser stands at `at` on the other axis, the
    others `going` metres on each towards `way` (1 or -1) and `rise` higher; metres."""

    axis: int
    at: float
    way: int
    rise: float
    going: float
    low: float
    high: float
    steps: int


def find(segments: Segments, room: Room) -> tuple[Occluder, ...]:
    """The stairs of a room as blocks; `segments` and `room` are at one size."""
    ends = np.asarray(segments.ends, np.float64).reshape(-1, 2, 2)
    flights = [found for axis in (0, 1) if (found := _flight(ends, axis, room)) is not None]
    best = max(flights, key=lambda flight: flight.steps, default=None)
    if best is None:
        return ()
    seen = (blocks.occluder(room.camera, block) for block in _blocks(best))
    return tuple(occluder for occluder in seen if occluder is not None)


def _flight(ends: Floats, axis: int, room: Room) -> Flight | None:
    """The flight along an axis that most steps are seen of."""
    camera, box = room.camera, room.box
    lines = _pointed(ends, axis, camera)
    if len(lines) < LEAST:
        return None
    tangents = _tangents(lines, axis, camera)
    order = np.argsort(tangents)
    lines, tangents = lines[order], tangents[order]
    # Of a flight that climbs towards the camera no step is seen.
    sides = [(NEAREST, box.y1, 1)] if axis == 0 else [(box.x0, -NEAREST, -1), (NEAREST, box.x1, 1)]
    best: Flight | None = None
    for rise, going, (low, high, way) in itertools.product(RISES, GOINGS, sides):
        if not (STEEPNESS[0] < rise / going < STEEPNESS[1] and PACE[0] < 2 * rise + going < PACE[1]):
            continue
        inside = INSIDE * going
        feet = np.arange(low + inside * (way < 0), high - inside * (way > 0), PITCH)
        for at, first, count in _runs(tangents, feet, rise, going * way, camera):
            if best is None or count > best.steps:
                guess = Flight(axis, at, way, rise, going, 0.0, 0.0, first + count)
                best = _measured(lines, tangents, guess, room, first) or best
    return best


def _pointed(ends: Floats, axis: int, camera: Camera) -> Floats:
    """The segments (N, 2, 2) that may run along an axis, by where they point."""
    middle = ends.mean(1)
    here = camera.rays(middle)
    toward = np.zeros(3)
    toward[axis] = 0.01
    there, _ = camera.project(camera.position + here + toward)
    wanted, along = there - middle, ends[:, 1] - ends[:, 0]
    cross = np.abs(wanted[:, 0] * along[:, 1] - wanted[:, 1] * along[:, 0])
    sine = cross / np.maximum(np.hypot(*wanted.T) * np.hypot(*along.T), 1e-12)
    return ends[sine < np.sin(np.radians(POINTED))]


def _tangents(lines: Floats, axis: int, camera: Camera) -> Floats:
    """Of each line its height over the camera's, divided by how far it is away across the axis, (N,)."""
    rays = camera.rays(lines.mean(1))
    across = rays[:, 1 - axis]
    return rays[:, 2] / np.where(np.abs(across) < 1e-6, 1e-6, across)


def _runs(tangents: Floats, feet: Floats, rise: float, going: float, camera: Camera) -> list[tuple[float, int, int]]:
    """Where a flight may begin, the number of its first step that is seen, and how many follow without a gap."""
    numbers = np.arange(1, MOST + 1)
    across = feet[:, None] + (numbers - 1) * going
    expected = (numbers * rise - camera.height) / np.where(np.abs(across) < 0.2, np.nan, across)
    near = np.clip(np.searchsorted(tangents, expected), 1, len(tangents) - 1)
    off = np.minimum(np.abs(tangents[near] - expected), np.abs(tangents[near - 1] - expected))
    # An edge that is off by so many pixels is off by more of its tangent, the more obliquely it is seen.
    tolerance = OFF * max(camera.width, camera.height_px) / camera.f * (1 + expected**2)
    with np.errstate(invalid="ignore"):
        hit = off < tolerance
    found = []
    for at, row in zip(feet, hit, strict=True):
        for first in (0, 1):
            count = int(np.append(~row[first:], True).argmax())
            if count >= LEAST:
                found.append((float(at), first, count))
                break
    return found


def _measured(lines: Floats, tangents: Floats, flight: Flight, room: Room, first: int) -> Flight | None:
    """The flight with the ends of its steps; None where they do not end at one line, or explain too few edges."""
    camera = room.camera
    across = flight.at + np.arange(flight.steps) * flight.going * flight.way
    heights = np.arange(1, flight.steps + 1) * flight.rise
    reach = OFF * max(camera.width, camera.height_px) / camera.f
    stretches, explained = [], np.zeros(len(lines), bool)
    for number, (away, z) in enumerate(zip(across, heights, strict=True)):
        for corner in (away, away + flight.going * flight.way):  # the nosing, and the foot of the next riser
            expected = (z - camera.height) / corner
            mine = np.abs(tangents - expected) < reach * (1 + expected**2)
            explained |= mine
            if corner == away and number >= first:
                along = _along(lines[mine], flight.axis, away, camera)
                if not len(along):
                    return None
                stretches.append((along.min(), along.max()))
    lows, highs = np.array(stretches).T
    low, high = float(np.median(lows)), float(np.median(highs))
    if not SHORTEST < high - low < WIDEST or (highs - lows).min() < SHORTEST:
        return None
    places = np.column_stack([across[first:], heights[first:]])
    scatter = [_scatter(ends, places, flight.axis, camera) for ends in (lows, highs)]
    if min(scatter) > ALIGNED or max(scatter) > 2 * ALIGNED:
        return None
    between = (tangents > min(_ends(flight, camera)) - reach) & (tangents < max(_ends(flight, camera)) + reach)
    spots = np.array([_along(line[None], flight.axis, across[len(across) // 2], camera).mean() for line in lines])
    there = between & (spots > low) & (spots < high)
    if explained[there].mean() < EXPLAINED:
        return None
    return Flight(flight.axis, flight.at, flight.way, flight.rise, flight.going, low, high, flight.steps)


def _scatter(ends: Floats, places: Floats, axis: int, camera: Camera) -> float:
    """How far steps end off one line: `ends` (N,) along the axis, `places` (N, 2) across it and up; metres.

    What the picture's frame cuts does not count. Slats of blinds end over each other, which steps do not.
    """
    points = np.zeros((len(ends), 3))
    points[:, axis], points[:, 1 - axis], points[:, 2] = ends, places[:, 0], places[:, 1]
    pixels, _ = camera.project(points)
    edge = AT_FRAME * camera.width
    inside = (pixels[:, 0] > edge) & (pixels[:, 0] < camera.width - edge)
    return float(np.median(np.abs(ends[inside] - np.median(ends[inside])))) if inside.sum() > 2 else 0.0


def _ends(flight: Flight, camera: Camera) -> tuple[float, float]:
    last = flight.at + (flight.steps - 1) * flight.going * flight.way
    return (flight.rise - camera.height) / flight.at, (flight.steps * flight.rise - camera.height) / last


def _along(lines: Floats, axis: int, away: float, camera: Camera) -> Floats:
    """Where the ends of lines (N, 2, 2) are along their axis, (N, 2), if they are `away` across it; metres."""
    rays = camera.rays(lines)
    return rays[..., axis] * away / np.where(np.abs(rays[..., 1 - axis]) < 1e-6, 1e-6, rays[..., 1 - axis])


def _blocks(flight: Flight) -> list[Block]:
    """The flight as a few blocks, each up to the highest of its steps; all to the floor, for nothing goes below."""
    found = []
    for first in range(0, flight.steps, GROUP):
        last = min(first + GROUP, flight.steps)
        one, other = sorted(flight.at + n * flight.going * flight.way for n in (first, last))
        spans = (flight.low, flight.high, one, other) if flight.axis == 0 else (one, other, flight.low, flight.high)
        found.append(Block(*spans, last * flight.rise))
    return found

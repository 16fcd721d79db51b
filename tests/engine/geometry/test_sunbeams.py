"""Patches of sun in drawn rooms: found with the sun's direction, and not taken for what else is bright on a floor."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest

from staging.engine.composite.sunlight import Sunlight
from staging.engine.geometry import sunbeams
from staging.engine.scene.faces import FLOOR, face_map
from staging.engine.scene.room import Box, Opening
from tests.engine.geometry import synthetic
from tests.engine.trace.rooms import block

WINDOW = Opening("window", "right", 1.6, 3.4, 0.9, 2.1)
TRUTH = synthetic.room(
    width=960, height=640, yaw=-9.0, pitch=9.0, box=Box(-2.6, 2.2, -1.0, 5.2, 2.6), openings=(WINDOW,)
)
FACES = face_map(TRUTH, 960, 640)


def toward(azimuth: float, elevation: float) -> np.ndarray:
    a, e = np.radians([azimuth, elevation])
    return np.array([np.cos(a) * np.cos(e), np.sin(a) * np.cos(e), np.sin(e)])


def in_the_sun(direction: np.ndarray) -> np.ndarray:
    """Pixels (H, W) of the floor that see the sun through the window, a bar down its middle left out."""
    points = FACES.points
    t = (TRUTH.box.x1 - points[..., 0]) / direction[0]
    y, z = (points[..., k] + t * direction[k] for k in (1, 2))
    glass = (y > WINDOW.u0) & (y < WINDOW.u1) & (z > WINDOW.z0) & (z < WINDOW.z1) & (np.abs(y - 2.5) > 0.06)
    return np.asarray((FACES.labels == FLOOR) & glass)


def sunny(direction: np.ndarray, gain: float = 2.6) -> np.ndarray:
    """The photo of the true room with the sun shining in."""
    picture = synthetic.photo(TRUTH).astype(np.float32) * 0.55
    linear = (picture / 255) ** 2.2
    linear *= 1 + (gain - 1) * cv2.GaussianBlur(in_the_sun(direction).astype(np.float32), (0, 0), 0.8)[..., None]
    return (np.clip(linear, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8)


@pytest.mark.parametrize(("azimuth", "elevation"), [(25.0, 35.0), (-20.0, 32.0), (38.0, 42.0)])
def test_the_direction_of_the_sun_is_read_from_its_patch(azimuth: float, elevation: float) -> None:
    true = toward(azimuth, elevation)
    beam = sunbeams.find(sunny(true), TRUTH)
    assert beam is not None
    across = np.degrees(np.arctan2(beam.direction[1], beam.direction[0]))
    assert across == pytest.approx(azimuth, abs=4)
    # The photo does not show how high the window is that it comes by, so a door's height is taken for that.
    assert np.degrees(np.arcsin(beam.direction[2])) == pytest.approx(elevation, abs=6)
    assert np.linalg.norm(beam.direction) == pytest.approx(1.0)


def test_the_lit_floor_is_what_the_photo_shows_lit() -> None:
    true = toward(25.0, 35.0)
    beam = sunbeams.find(sunny(true), TRUTH)
    assert beam is not None
    floor, lit = FACES.labels == FLOOR, in_the_sun(true)
    read = beam.at(FACES.points) > 0.5
    assert (read & lit)[floor].sum() / lit.sum() > 0.85
    assert (read & ~lit)[floor].sum() / lit.sum() < 0.1


def test_a_floor_without_sun_has_none() -> None:
    assert sunbeams.find(synthetic.photo(TRUTH), TRUTH) is None


def test_what_a_polished_floor_mirrors_is_no_sun() -> None:
    """The mirror image of a window is as bright and as sharp, but its sides are upright."""
    picture = sunny(toward(25.0, 35.0), gain=1.0)
    corners = [(x, TRUTH.box.y1, z) for x, z in ((-0.9, -0.4), (0.2, -0.4), (0.2, -1.7), (-0.9, -1.7))]
    pixels, _ = TRUTH.camera.project(corners)
    cv2.fillPoly(picture, [np.round(pixels).astype(np.int32)], (235, 238, 240), cv2.LINE_AA)
    assert sunbeams.find(picture, TRUTH) is None


def test_furniture_in_the_beam_is_lit_and_takes_the_sun_from_the_floor_behind_it() -> None:
    true = toward(25.0, 35.0)
    beam = sunbeams.find(sunny(true), TRUTH)
    assert beam is not None
    spot = np.mean(FACES.points[in_the_sun(true)], axis=0)
    cube = block(float(spot[0]), float(spot[1]), 0.0, (0.4, 0.4, 0.4), "wood")
    sun = Sunlight.of(beam, [cube])

    def reached(along: float, z: float) -> float:
        """How much sun is `along` metres behind the cube's middle, as the sun shines, and `z` metres up."""
        x, y = spot[:2] - along * true[:2] / np.hypot(*true[:2])
        return float(sun.on(np.array([[[x, y, z]]]))[0, 0])

    assert reached(0.0, 0.4) > 0.8, "its top"
    assert min(reached(-0.2 / np.cos(np.radians(25)) - 0.02, z) for z in (0.1, 0.2, 0.3)) > 0.8, "its side to the sun"
    assert reached(0.45, 0.0) < 0.2, "the floor behind it"
    assert reached(-0.45, 0.0) > 0.8, "the floor before it"
    seen = np.full((640, 960, 3), 0.5, np.float32)
    shade = sun.shade(FACES, seen)
    assert shade[FACES.labels != FLOOR].min() == 1.0
    assert shade.min() < 0.6
    assert Sunlight.of(beam, []).shade(FACES, seen).min() == 1.0


def test_the_sun_dazzles_on_no_furniture_however_dark_the_floor_is() -> None:
    """The darker the floor, the more light its patch seems to take; the photo's white is all that there is."""
    beam = sunbeams.find(sunny(toward(25.0, 35.0)), TRUTH)
    assert beam is not None
    flat = np.broadcast_to(np.float32(beam.direction), (640, 960, 3))  # everything faces the sun, as near as the floor
    depth = np.einsum("hwc,c->hw", FACES.points - TRUTH.camera.position, TRUTH.camera.matrix[2]).astype(np.float32)
    white = np.ones((640, 960, 3), np.float32)
    added = [
        Sunlight.of(beam, []).furniture(TRUTH.camera, depth, flat, white, np.full(3, floor, np.float32)).max()
        for floor in (0.5, 0.01)
    ]
    assert 0.1 < added[0] < added[1] < 1.1


def test_the_open_air_has_no_patches() -> None:
    assert sunbeams.find(sunny(toward(25.0, 35.0)), dataclasses.replace(TRUTH, open_air=True)) is None

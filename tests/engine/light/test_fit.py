"""A photo made with known lights is explained; one that nothing explains still gets plausible light."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from staging.engine.child import Child
from staging.engine.light.rig import LUMINANCE, LightRig
from staging.engine.scene.faces import face_map
from tests.engine.trace.rooms import LIGHT, room

WIDTH, HEIGHT = 96, 64
Known = tuple[NDArray[np.uint8], LightRig, NDArray[np.float32]]


def photo_of(radiance: NDArray[np.float32], tint: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> NDArray[np.uint8]:
    """What a camera writes of this radiance: sRGB, clipped, 8 bits."""
    linear = np.clip(radiance * np.array(tint), 0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return (encoded * 255 + 0.5).astype(np.uint8)


def photographed(
    child: Child, light: LightRig, tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
) -> NDArray[np.uint8]:
    empty = child.run("tests.engine.trace.jobs.empty_room", {"room": room(), "light": light}, None, 120)
    return photo_of(empty.radiance, tint)


def fit(child: Child, photo: NDArray[np.uint8]) -> tuple[LightRig, NDArray[np.float32]]:
    height, width = photo.shape[:2]
    seen = room(width, height)
    light, empty = child.run("tests.engine.trace.jobs.fitted", {"photo": photo, "room": seen}, None, 120)
    return light, empty.radiance


def luminance(picture: NDArray[Any]) -> NDArray[Any]:
    return picture @ np.array(LUMINANCE)


@pytest.fixture(scope="module")
def known(llvm: Child) -> tuple[NDArray[np.uint8], LightRig, NDArray[np.float32]]:
    """The photo of a room whose light is known, and what the fit makes of it."""
    photo = photographed(llvm, LIGHT)
    return photo, *fit(llvm, photo)


@pytest.mark.trace
def test_a_rendered_room_is_explained_and_rendered_again(known: Known) -> None:
    photo, light, again = known
    assert not light.preset
    assert light.error < 0.08
    assert light.panes == (0,)
    assert luminance(np.array(light.groups["windows"])) == pytest.approx(4.0, rel=0.35)
    difference = photo_of(again).astype(int) - photo.astype(int)
    assert np.median(np.abs(difference)) < 8
    # The floor's colour was solved from the picture alone.
    assert np.allclose(light.floor, LIGHT.floor, atol=0.09)
    assert light.floor_gloss == 0.0


@pytest.mark.trace
def test_a_picture_that_nothing_explains_gets_the_flat_preset_as_bright_as_its_walls(llvm: Child) -> None:
    rng = np.random.default_rng(5)
    blotches = np.kron(rng.uniform(10, 235, (8, 12)), np.ones((8, 8)))
    photo = np.repeat(blotches[..., None], 3, -1).astype(np.uint8)
    light, again = fit(llvm, photo)
    assert light.preset
    assert light.error > 0.20
    walls = face_map(room(), WIDTH, HEIGHT).labels >= 3
    assert 0.6 < np.median(luminance(again)[walls]) / light.wall_radiance < 1.6
    assert sum(luminance(np.array(value)) for value in light.groups.values()) > 0


@pytest.mark.trace
def test_lamp_coloured_rooms_keep_their_furniture_near_neutral(llvm: Child) -> None:
    """An orange lamp must not make grey furniture orange, nor the floor's albedo redder than wood is."""
    light, _ = fit(llvm, photographed(llvm, LIGHT, (1.15, 0.85, 0.5)))
    assert max(light.neutral) / min(light.neutral) < 1.3
    assert max(light.floor) / min(light.floor) < 3.1
    assert luminance(np.array(light.neutral)) == pytest.approx(1.0, abs=0.01)


@pytest.mark.trace
def test_a_darker_photo_gives_darker_light_of_the_same_kind(llvm: Child, known: Known) -> None:
    dim = dataclasses.replace(LIGHT, groups={name: (v[0] / 4, v[1] / 4, v[2] / 4) for name, v in LIGHT.groups.items()})
    _, bright_light, bright = known
    dim_light, dark = fit(llvm, photographed(llvm, dim))
    assert dim_light.wall_radiance == pytest.approx(bright_light.wall_radiance / 4, rel=0.2)
    assert np.median(luminance(dark)) == pytest.approx(np.median(luminance(bright)) / 4, rel=0.25)


@pytest.mark.trace
def test_a_floor_that_mirrors_the_window_is_found(llvm: Child) -> None:
    # From a low camera the floor before the far wall shows the window's mirror image.
    polished = dataclasses.replace(LIGHT, floor_gloss=0.8, floor=(0.12, 0.08, 0.05))
    assert fit(llvm, photographed(llvm, polished))[0].floor_gloss > 0.2
    matt = dataclasses.replace(polished, floor_gloss=0.0)
    assert fit(llvm, photographed(llvm, matt))[0].floor_gloss < 0.1


@pytest.mark.trace
def test_the_same_photo_gives_the_same_light_in_a_fresh_process_too(llvm: Child, known: Known) -> None:
    photo, light, _ = known
    llvm.cancel()
    assert fit(llvm, photo)[0] == light


def test_a_rig_survives_json() -> None:
    assert LightRig.from_dict(json.loads(json.dumps(LIGHT.to_dict()))) == LIGHT
    with pytest.raises(ValueError, match="not a light rig"):
        LightRig.from_dict({"groups": {}})

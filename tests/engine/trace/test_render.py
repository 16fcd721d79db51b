"""What the tracer shows is the room of the photo, and the same every time."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from staging.engine.child import Child
from staging.engine.furniture.catalogue import Built
from staging.engine.scene.faces import BACK, CEILING, FLOOR, LEFT, RIGHT, face_map
from staging.engine.scene.material import Material
from staging.engine.scene.room import Box, Opening
from tests.engine.trace.rooms import LIGHT, POLISHED, block, every_material, furniture, room

pytestmark = pytest.mark.trace
WIDTH, HEIGHT = 96, 64


def trace(
    child: Child,
    *,
    samples: int = 10,
    seed: int = 3,
    light: Any = LIGHT,
    built: Built | None = None,
    turned: float = 12,
) -> dict[str, Any]:
    payload = {
        "room": room(turned=turned),
        "light": light,
        "built": built or furniture(),
        "width": WIDTH,
        "samples": samples,
        "seed": seed,
    }
    result: dict[str, Any] = child.run("tests.engine.trace.jobs.traced", payload, None, 120)
    return result


def test_the_same_seed_gives_the_same_bytes_in_a_fresh_process_too(tracing_child: Child) -> None:
    first = trace(tracing_child, samples=4)
    tracing_child.cancel()
    again = trace(tracing_child, samples=4)
    other = trace(tracing_child, samples=4, seed=4)
    for picture in ("empty", "furnished"):
        for channel in ("radiance", "albedo", "normal"):
            assert np.array_equal(getattr(first[picture], channel), getattr(again[picture], channel)), (
                picture,
                channel,
            )
    for channel in ("alpha", "albedo", "depth"):
        assert np.array_equal(getattr(first["cover"], channel), getattr(again["cover"], channel)), channel
    assert not np.array_equal(first["empty"].radiance, other["empty"].radiance)


def test_scalar_and_llvm_show_the_same_room(scalar: Child, llvm: Child) -> None:
    one, other = trace(scalar, samples=24), trace(llvm)
    for picture in ("empty", "furnished"):
        a, b = one[picture].radiance, other[picture].radiance
        assert np.median(np.abs(a - b) / (b + 0.05)) < 0.06


def test_scalar_and_llvm_see_the_same_surfaces(scalar: Child, llvm: Child) -> None:
    one, other = trace(scalar, samples=4), trace(llvm, samples=4)
    for channel, limit in (("albedo", 0.02), ("normal", 0.05)):
        a, b = (getattr(pictures["furnished"], channel) for pictures in (one, other))
        assert np.mean(np.abs(a - b)) < limit, channel
        assert np.median(np.abs(a - b)) < limit / 5, channel
    for channel in ("alpha", "albedo", "depth"):
        a, b = (np.asarray(getattr(pictures["cover"], channel), np.float32) for pictures in (one, other))
        assert np.mean(np.abs(a - b) > 0.02) < 0.05, channel


def test_scalar_takes_fewer_samples_and_says_so(scalar: Child) -> None:
    assert 4 <= trace(scalar, samples=20)["furnished"].samples < 20


def test_the_camera_of_the_photo_sees_each_face_where_the_photo_has_it(tracing_child: Child) -> None:
    payload = {"room": room(), "light": LIGHT, "size": (WIDTH, HEIGHT)}
    traced, empty = tracing_child.run("tests.engine.trace.jobs.surfaces", payload, None, 120)
    faces = face_map(room(), WIDTH, HEIGHT)
    _, depth = room().camera.project(faces.points)
    assert np.median(np.abs(traced.depth - depth)) < 0.01
    inward = {FLOOR: (0, 0, 1), CEILING: (0, 0, -1), LEFT: (1, 0, 0), RIGHT: (-1, 0, 0), BACK: (0, -1, 0)}
    for face, normal in inward.items():
        seen = empty.normal[faces.labels == face]
        assert np.abs(np.median(seen, axis=0) - normal).max() < 0.02


def test_an_empty_box_is_worked_out_as_it_would_be_traced(scalar: Child) -> None:
    payload = {"room": room(), "light": LIGHT, "size": (WIDTH, HEIGHT)}
    traced, known = scalar.run("tests.engine.trace.jobs.surfaces", payload, None, 120)
    for channel in ("alpha", "albedo", "normal", "depth"):
        apart = np.abs(getattr(traced, channel) - getattr(known, channel))
        assert np.quantile(apart, 0.9) < 0.01, channel  # where faces meet, rays fall by chance
        assert apart.max() < 0.6, channel


def test_furniture_darkens_the_floor_beside_it_and_leaves_far_walls_alone(llvm: Child) -> None:
    pictures = trace(llvm, samples=24)
    ratio = pictures["furnished"].radiance.mean(-1) / pictures["empty"].radiance.mean(-1)
    bare = pictures["cover"].alpha < 0.01
    faces = face_map(room(), WIDTH, HEIGHT)
    # The floor just before the bench: the window is behind it.
    x, y = faces.points[..., 0], faces.points[..., 1]
    before = bare & (faces.labels == FLOOR) & (np.abs(x + 0.2) < 0.5) & (y > 2.05) & (y < 2.28)
    assert before.sum() > 10
    assert np.median(ratio[before]) < 0.85
    assert abs(np.median(ratio[bare & (faces.labels == CEILING)]) - 1) < 0.08


def test_a_polished_floor_mirrors_the_window_and_the_furniture_hides_its_reflection(llvm: Child) -> None:
    matt, polished = trace(llvm, samples=24), trace(llvm, samples=24, light=POLISHED)
    floor = face_map(room(), WIDTH, HEIGHT).labels == FLOOR
    gain = polished["empty"].radiance.mean(-1) / matt["empty"].radiance.mean(-1)
    assert np.percentile(gain[floor], 98) > 1.5 * np.percentile(gain[floor], 20)


def test_the_cover_is_the_furniture_and_glass_is_seen_through(tracing_child: Child) -> None:
    cover = trace(tracing_child)["cover"]
    camera = room().camera.resized(WIDTH, HEIGHT)
    at, depth = camera.project(np.array([[-0.2, 2.3, 0.25], [-1.4, 2.39, 0.3], [2.0, 4.0, 2.0]]))
    (bench, glass, wall) = [(int(v), int(u)) for u, v in at]
    assert cover.alpha[bench] == 1.0
    assert abs(cover.depth[bench] - depth[0]) < 0.05
    assert np.allclose(cover.albedo[bench], 0.46, atol=0.16)  # "#b9b5ae" in linear light, with its weave
    assert cover.alpha[glass] == 0.0
    assert cover.alpha[wall] == 0.0
    assert set(np.unique(cover.albedo[cover.alpha == 0])) == {0}


def test_the_cover_at_another_size_is_the_same_outline(scalar: Child) -> None:
    payload = {"room": room(), "light": LIGHT, "built": furniture(), "width": 330, "height": 220}
    large = scalar.run("tests.engine.trace.jobs.outlined", payload, None, 120)
    small = trace(scalar)["cover"]
    assert large.alpha.shape == (220, 330)
    assert abs(large.alpha.mean() - small.alpha.mean()) < 0.01


def test_nine_rays_find_an_edge_better_than_nine_that_fall_anywhere(scalar: Child) -> None:
    payload = {"room": room(), "light": LIGHT, "built": furniture(), "width": 150, "height": 100}
    exact, nine = (
        scalar.run("tests.engine.trace.jobs.outlined", {**payload, "samples": n}, None, 120).alpha for n in (100, 9)
    )
    edge = (exact > 0.05) & (exact < 0.95)
    assert edge.sum() > 100
    # A sample of nine independent rays is off by a seventh in the mean square; in a grid, by half as much.
    assert np.sqrt(np.mean((nine - exact)[edge] ** 2)) < 0.11


def test_the_frame_of_a_picture_is_a_line_and_no_row_of_dots(scalar: Child) -> None:
    bar = Built((block(0.2, 3.9, 1.2, (1.4, 0.02, 0.05), "frame"),), {"frame": Material("paint", "#222222")})
    payload = {"room": room(), "light": LIGHT, "built": bar, "width": 150, "height": 100, "samples": 4}
    alpha = scalar.run("tests.engine.trace.jobs.outlined", payload, None, 120).alpha
    thick = alpha.sum(0)[alpha.sum(0) > 0][1:-1]  # in each column, its ends left out
    # In perspective it gets thinner towards its far end, but never thicker again by more than a ray's share.
    assert len(thick) > 15
    assert np.ptp(thick) <= 0.5 + 1e-6


def test_nothing_to_place_is_an_empty_cover_and_the_empty_room(scalar: Child) -> None:
    pictures = trace(scalar, built=Built((), {}))
    assert not pictures["cover"].alpha.any()
    assert np.array_equal(pictures["furnished"].radiance, pictures["empty"].radiance)


def test_a_lamp_glows_at_its_multiple_of_a_lit_shade(llvm: Child) -> None:
    built = Built(
        (block(0.0, 2.5, 0.5, (0.6, 0.6, 0.6), "shade"),), {"shade": Material("emit", "#ffffff", radiance=2.0)}
    )
    pictures = trace(llvm, built=built)
    camera = room().camera.resized(WIDTH, HEIGHT)
    ((u, v),), _ = camera.project(np.array([[0.0, 2.2, 0.8]]))
    assert abs(pictures["furnished"].radiance[int(v), int(u)].mean() - 2.0 * LIGHT.lamplight) < 0.15


@pytest.mark.parametrize(("turned", "side"), [(-60, "left"), (55, "right")])
def test_a_turned_camera_does_not_see_the_light_beside_it(llvm: Child, turned: float, side: str) -> None:
    strength = 3.0
    light = dataclasses.replace(LIGHT, groups={side: (strength,) * 3})
    radiance = trace(llvm, light=light, turned=turned)["empty"].radiance
    assert radiance.max() < 0.5 * strength
    assert radiance.mean() > 0.002 * strength


def test_a_staged_lamp_lights_the_wall_of_a_dim_room_and_is_off_in_daylight(llvm: Child) -> None:
    lamp = Built((block(0.9, 3.9, 0.9, (0.3, 0.3, 0.25), "shade"),), {"shade": Material("emit", "#ffe7cc")})
    lamp.materials["shade"] = dataclasses.replace(lamp.materials["shade"], radiance=1.0)
    dim = dataclasses.replace(LIGHT, groups={"ceiling": (0.05, 0.05, 0.05)}, wall_radiance=0.08)
    sunny = dataclasses.replace(LIGHT, wall_radiance=0.6)
    where = face_map(room(), WIDTH, HEIGHT)
    near = (where.labels == BACK) & (np.abs(where.points[..., 0] - 1.35) < 0.25) & (where.points[..., 2] < 1.5)
    for light, least, most in ((dim, 1.3, 9.0), (sunny, 0.7, 1.05)):
        pictures = trace(llvm, samples=16, light=light, built=lamp)
        bare = near & (pictures["cover"].alpha < 0.01)
        gain = pictures["furnished"].radiance.mean(-1)[bare] / pictures["empty"].radiance.mean(-1)[bare]
        assert least < np.median(gain) < most


def test_progress_rises_through_each_picture_and_the_empty_room_is_kept(scalar: Child) -> None:
    pictures = trace(scalar, samples=10)
    stages = list(dict.fromkeys(stage for _, stage in pictures["told"]))
    assert stages[-2:] == ["tracing the furnished room", "outlining the furniture"]
    fractions = [f for f, stage in pictures["told"] if stage == "tracing the furnished room"]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert pictures["same"]


def test_furniture_is_outlined_at_another_size_without_compiling_anew(llvm: Child) -> None:
    payload = {"room": room(), "light": LIGHT, "built": furniture(), "sizes": [(960, 640), (1200, 800), (1920, 1280)]}
    first, second, third = llvm.run("tests.engine.trace.jobs.compiled_for_covers", payload, None, 120)
    assert first
    assert second <= first
    assert third <= first


def test_other_rooms_lights_and_furniture_run_what_a_fresh_child_has_compiled(llvm: Child) -> None:
    dim = dataclasses.replace(
        LIGHT, groups={"windows": (1.0, 1.1, 1.2), "lamps": (3.0, 2.0, 1.0), "left": (0.5, 0.5, 0.5)},
        wall=(0.5, 0.4, 0.3), floor_gloss=0.7, wall_radiance=0.1, panes=(0, 1),
    )  # fmt: skip
    small = room(900, 700)
    windows = (*small.openings, Opening("window", "left", 0.5, 1.5, 0.9, 2.0))
    small = dataclasses.replace(small, box=Box(-1.5, 1.9, -0.5, 3.6, 2.4), openings=windows, lamps=((0.0, 1.0, 2.4),))
    rooms = [(room(), LIGHT, furniture(), 96), (small, dim, every_material(), 75), (room(), POLISHED, furniture(), 120)]
    warmed, *others = llvm.run("tests.engine.trace.jobs.compiled_for_rooms", {"rooms": rooms}, None, 120)
    assert len(warmed) >= 3  # of light, and of first surfaces with and without normals
    for compiled in others:
        assert compiled <= warmed


def test_a_texture_is_loaded_once_for_light_and_albedo(llvm: Child) -> None:
    linen, wood = Material("linen", "#b9b5ae"), Material("wood", "#9a7650", second="#6a4a30")
    meshes = (block(-0.5, 2.5, 0, (0.5, 0.5, 0.5), "a"), block(0.5, 2.5, 0, (0.5, 0.5, 0.5), "b"))
    payload = {"light": LIGHT, "built": Built(meshes, {"a": linen, "b": wood})}
    traced, shared = llvm.run("tests.engine.trace.jobs.textures_in_both", payload, None, 120)
    assert (traced, shared) == (4, 2)  # the light's scene has a relief each besides


def test_on_one_core_the_same_picture_comes_out_and_the_others_are_there_afterwards(tracing_child: Child) -> None:
    payload = {"room": room(), "light": LIGHT}
    pictures, (before, after) = tracing_child.run("tests.engine.trace.jobs.empty_on_one_core", payload, None, 60)
    assert np.array_equal(pictures[0].radiance, pictures[1].radiance)
    assert before == after


def test_passes_are_put_together_once_a_picture_and_come_out_as_if_each_was(llvm: Child) -> None:
    bright = dataclasses.replace(LIGHT, groups={"windows": (6.0, 5.0, 4.0), "left": (1.0, 1.0, 1.0)}, floor_gloss=0.7)
    pictures = [(room(), LIGHT, furniture(), 96, 4), (room(900, 700), bright, every_material(), 72, 3)]

    def made(these: Any, *, record: bool = True) -> Any:
        return llvm.run("tests.engine.trace.jobs.replayed", {"pictures": these, "record": record}, None, 120)

    both, together = made(pictures)
    other_way, _ = made(pictures[::-1])
    one_by_one, each = made(pictures, record=False)
    assert (together, each) == (2, 8)  # a recording that fails begins its pass again
    for first, second, third in zip(both, other_way[::-1], one_by_one, strict=True):
        assert np.array_equal(first, second)
        assert np.array_equal(first, third)

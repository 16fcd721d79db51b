"""Tiles behind furniture go on as geometry: one lattice through all joints that are seen, drawn as lines."""

from functools import cache

import cv2
import numpy as np
import pytest

from staging.engine.removal import joints
from staging.engine.removal.cover import Cover
from staging.engine.removal.sheets import applied, sampled
from staging.engine.removal.tiling import tiled

PPM, SIZE, PITCH = 150.0, 420, 63.0
# From the sheet to the lattice: the room was read a little askew, so that joints run together.
TRUE = np.array([[1 / PITCH, 2e-4, 0.3], [-2e-4, 1 / PITCH, 0.6], [-3e-5, 2e-5, 1.0]])


def floor(column, row, stagger=0.0):
    """What a photo shows (N, 3) of tiles with dark joints of 8 mm, every other row of them moved by `stagger`."""
    u, v = applied(TRUE, column, row)
    u = u + stagger * (np.floor(v) % 2)
    far = np.minimum(*(np.abs(a - np.round(a)) * PITCH / PPM for a in (u, v)))
    joint = np.clip((0.004 - far) / 0.004 + 0.5, 0, 1)[..., None]
    shade = 0.02 * np.sin(7.1 * np.floor(u) + 3.7 * np.floor(v))[..., None]
    return ((0.6 + shade) * (1 - joint) + 0.15 * joint * np.ones(3)).astype(np.float32)


def shown(stagger=0.0):
    row, column = np.indices((SIZE, SIZE), np.float32)
    known = np.ones((SIZE, SIZE), bool)
    known[:250, :170] = False
    picture = np.where(known[..., None], floor(column, row, stagger), 0.1).astype(np.float32)
    flat = np.ones((SIZE, SIZE), np.float32)
    return joints.Shown(picture, known, flat, PPM, lambda x, y: floor(x, y, stagger))


STEPS = np.array([[PITCH, 0.0], [0.0, PITCH]])


@cache
def laid():
    seen = shown()
    paint = np.full((SIZE, SIZE, 3), 0.6, np.float32)
    cover = Cover(seen.picture, seen.known, paint, paint, PPM, 2.0)
    return tiled(cover, seen.known, STEPS, seen.resolution, seen.look)


def hidden_joints(points=40):
    """Places (N,) on true joints that are hidden, columns and rows."""
    rows = np.linspace(20, 230, points, dtype=np.float32)
    u = np.float32(2.0)
    _, v = applied(TRUE, np.full(points, 90, np.float32), rows)
    return applied(np.linalg.inv(TRUE), np.full(points, u), v)


def test_joints_go_on_in_line_behind_what_is_removed():
    found = joints.found(shown(), STEPS)
    u, _ = found.off(*hidden_joints())
    assert (np.abs(u - np.round(u)) * PITCH).max() < 1.0
    assert abs(found.wide - 0.008) < 0.002


def test_a_drawn_joint_is_as_dark_as_a_seen_one_and_a_face_as_a_tile():
    tiles = laid()
    column, row = hidden_joints()
    metre = np.full(len(row), PPM * 4, np.float32)
    for aside, depth in ((0.0, np.log(0.25)), (PITCH / 3, 0.0)):
        at, down = column + np.float32(aside), row + np.float32(PITCH / 2.7)
        middle = np.abs(tiles.joints.off(at, row)[1] % 1 - 0.5) < 0.4
        off = tiles.joints.drawn((at, row), ((at + 0.25, row), (at, row + 0.25)), metre)
        assert np.abs(off[middle] - depth).max() < 0.3, (aside, down)


def test_faces_are_taken_from_whole_tiles_that_are_seen():
    tiles = laid()
    row, column = (a.ravel() for a in np.indices((240, 160), np.float32))
    source = tiles.source(column, row)
    inside = (source[0] > 1) & (source[0] < SIZE - 2) & (source[1] > 1) & (source[1] < SIZE - 2)
    assert inside.mean() > 0.95
    assert sampled(shown().picture, *(a[inside] for a in source)).min() > 0.4


@pytest.mark.parametrize("stagger", [0.5])
def test_staggered_tiles_lie_on_no_lattice(stagger):
    assert joints.found(shown(stagger), STEPS) is None


def test_carpet_has_no_joints():
    noise = np.random.default_rng(2).normal(0, 0.05, (SIZE, SIZE, 1)).astype(np.float32)
    picture = 0.5 + cv2.GaussianBlur(noise, (0, 0), 1.5)[..., None] * np.ones(3, np.float32)
    known = np.ones((SIZE, SIZE), bool)
    flat = np.ones((SIZE, SIZE), np.float32)
    carpet = joints.Shown(picture, known, flat, PPM, lambda x, y: sampled(picture, x, y))
    assert joints.found(carpet, STEPS) is None

"""Islands and peninsulas: found where they stand, part of the room's JSON, and never built over."""

from __future__ import annotations

import functools
import itertools
import json

import cv2
import numpy as np
import pytest

from staging.engine.geometry import islands, read_room
from staging.engine.geometry import segments as line_segments
from staging.engine.scene import blocks
from staging.engine.scene.arranger import arrange
from staging.engine.scene.bulk import lattice
from staging.engine.scene.footprints import footprint, penetration
from staging.engine.scene.room import Block, Box, Occluder, Room
from tests.engine.geometry import synthetic

BOX = Box(-2.8, 2.6, -1.0, 6.0, 2.6)
TRUTH = synthetic.room(yaw=-6.0, pitch=8.0, box=BOX)
ISLAND = Block(0.5, 2.4, 3.2, 4.0, 0.92)
PENINSULA = Block(1.7, 2.6, 2.6, 4.4, 0.92)


@functools.cache
def empty() -> np.ndarray:
    return synthetic.photo(TRUTH)


def photo_with(block: Block, truth: Room = TRUTH) -> np.ndarray:
    """The photo of a room with a painted block in it."""
    picture = empty().copy()
    x, y, low, high = block.x0 if block.x0 > 0 else block.x1, block.y0, 0.0, block.height
    far_x = block.x1 if block.x0 > 0 else block.x0
    faces = (
        (((x, y, low), (x, block.y1, low), (x, block.y1, high), (x, y, high)), (96, 104, 112)),
        (((x, y, low), (far_x, y, low), (far_x, y, high), (x, y, high)), (124, 132, 140)),
        (((x, y, high), (far_x, y, high), (far_x, block.y1, high), (x, block.y1, high)), (226, 224, 220)),
    )
    for corners, colour in faces:
        pixels, _ = truth.camera.project(corners)
        cv2.fillPoly(picture, [np.round(pixels).astype(np.int32)], colour, cv2.LINE_AA)
    return picture


def found(picture: np.ndarray) -> tuple[Occluder, ...]:
    lines = line_segments.detect(np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8))
    return islands.find(picture, lines, TRUTH)


@pytest.mark.parametrize("block", [ISLAND, PENINSULA])
def test_a_block_is_found_where_it_stands(block: Block) -> None:
    (seen,) = found(photo_with(block))
    assert seen.block is not None
    assert seen.block.y0 == pytest.approx(block.y0, abs=0.1)
    assert seen.block.x0 == pytest.approx(block.x0, abs=0.1)
    assert seen.block.height == pytest.approx(block.height, abs=0.08)


def test_rugs_and_sun_on_a_floor_are_no_blocks() -> None:
    for colour in ((225, 215, 200), (60, 60, 70)):
        picture = empty().copy()
        pixels, _ = TRUTH.camera.project([(-1.2, 2.4, 0), (1.0, 2.4, 0), (1.0, 4.0, 0), (-1.2, 4.0, 0)])
        cv2.fillPoly(picture, [np.round(pixels).astype(np.int32)], colour, cv2.LINE_AA)
        assert found(picture) == ()
    assert found(empty()) == ()


@pytest.fixture(scope="module")
def read() -> Room:
    return read_room(photo_with(ISLAND))


def test_nothing_is_put_into_it_over_it_or_behind_it(read: Room) -> None:
    (block,) = [o.block for o in read.occluders if o.block]
    for seed in range(2):
        for piece in arrange(read, "living", "modern", seed).pieces:
            if piece.size[2] > 0.05:
                assert penetration(footprint(piece), blocks.footprint(block)) < 0.03, piece.kind
            assert blocks.hidden(read.camera, lattice(piece), read.occluders).mean() < 0.05, piece.kind


def test_it_is_json_that_a_person_may_edit_or_write(read: Room) -> None:
    data = json.loads(json.dumps(read.to_dict()))
    assert Room.from_dict(data).occluders == read.occluders
    data["occluders"] = [{"block": {"x0": -1.0, "x1": 0.4, "y0": 2.5, "y1": 3.3, "height": 0.9}}]
    (written,) = Room.from_dict(data).occluders
    assert written.block == Block(-1.0, 0.4, 2.5, 3.3, 0.9)
    for x0, height in itertools.product((0.4, 2.0), (0.9, -1.0)):
        data["occluders"][0]["block"] |= {"x0": x0, "height": height}
        with pytest.raises(ValueError, match="not a room"):
            Room.from_dict(data)

"""A grate that is let into a floor keeps its whole frame, and joints between boards are laid over."""

import cv2
import numpy as np

from staging.engine.modes.samples.rooms import LIVING
from staging.engine.redesign import floors
from staging.engine.redesign.regions import Regions
from staging.engine.scene.faces import FLOOR
from tests.engine.redesign.test_rooms import SIZE

OAK, FRAME, SLOTS = (168, 120, 76), (104, 100, 96), (34, 32, 30)


def floor_with(faces, *, joint=False):
    """A drawn room of oak with a grate in its floor, and a dark joint from the grate to the side on request.

    Gives the room, its floor, the frame of the grate with what is in it, and that alone, (H, W).
    """
    floor = faces.labels == FLOOR
    picture = np.where(floor[..., None], OAK, 205.0)
    row, column = SIZE[1] - 60, SIZE[0] // 2
    frame, slots, line = (np.zeros(floor.shape, np.uint8) for _ in range(3))
    cv2.rectangle(frame, (column - 22, row - 9), (column + 22, row + 9), 1, cv2.FILLED)
    cv2.rectangle(slots, (column - 19, row - 6), (column + 19, row + 6), 1, cv2.FILLED)
    if joint:
        cv2.rectangle(line, (column + 22, row), (SIZE[0] - 30, row), 1, cv2.FILLED)
    picture[(line > 0) & floor] = SLOTS
    picture[frame > 0], picture[slots > 0] = FRAME, SLOTS
    noise = np.random.default_rng(1).normal(0, 2, (SIZE[1], SIZE[0], 1))
    regions = Regions.of(np.clip(picture + noise, 0, 255).astype(np.uint8), LIVING.room)
    return regions, floor, frame > 0, slots > 0, (line > 0) & floor & (frame == 0)


def laid(regions, floor, things):
    nothing = np.zeros_like(floor)
    found, why = floors.settled(regions, [floor], floors.Ground(floor, nothing, nothing, nothing, things))
    assert why is None
    return found


def test_the_frame_of_a_grate_stays_round_it(faces):
    regions, floor, frame, slots, _ = floor_with(faces)
    found = laid(regions, floor & ~frame, slots)
    assert not found[frame].any()
    assert found[floor & ~cv2.dilate(frame.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)].mean() > 0.98


def test_a_joint_between_boards_is_laid_over(faces):
    regions, floor, frame, slots, line = floor_with(faces, joint=True)
    found = laid(regions, floor & ~frame & ~line, slots)
    assert found[line].mean() > 0.9

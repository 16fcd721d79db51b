"""Borders of paint on straight lines: wavering ones, their corners, and those that are no lines."""

import cv2
import numpy as np

from staging.engine.redesign import tape

SHAPE = (300, 420)
ROWS, COLUMNS = np.mgrid[: SHAPE[0], : SHAPE[1]]


def seen(paint, step, grain=1.0):
    """A photo (h, w, 3) in Lab of a wall that is darker than what is round it by `step`, with grain."""
    light = 70 - step * cv2.GaussianBlur(paint.astype(np.float32), (0, 0), 0.8)
    light = light + np.random.default_rng(0).normal(0, grain, SHAPE).astype(np.float32)
    return np.stack([light, np.zeros(SHAPE), np.zeros(SHAPE)], -1).astype(np.float32)


def frayed(paint, most):
    """`paint` as a flood leaves it: off by up to `most` pixels, another way every dozen columns."""
    off = np.random.default_rng(1).integers(-most, most + 1, SHAPE[1] // 12 + 1)
    rows = np.clip(ROWS - np.repeat(off, 12)[: SHAPE[1]], 0, SHAPE[0] - 1)
    return paint[rows, COLUMNS]


def test_a_wavering_border_on_a_faint_edge_is_drawn_on_the_edge():
    ceiling = 80 + 0.12 * COLUMNS
    wall = ceiling < ROWS
    share, lines = tape.drawn(seen(wall, 2.5), frayed(wall, 5))
    tops = SHAPE[0] - share.sum(0)
    assert np.abs(tops - ceiling[0] - 0.5)[8:-8].max() < 1.0
    assert len(lines) == 1
    assert sum(stop - start for start, stop in lines[0].seen) > 0.8 * lines[0].length


def test_where_two_lines_meet_the_corner_is_sharp():
    wall = ~((ROWS > 90) & (ROWS < 220) & (COLUMNS > 150) & (COLUMNS < 300))
    frayed_round = cv2.medianBlur(wall.astype(np.uint8), 25) > 0
    share, _ = tape.drawn(seen(wall, 4.0), frayed_round)
    assert (frayed_round != wall).sum() > 100
    assert np.abs(share - wall)[80:230, 140:310].sum() < 30 + 0.6 * 560


def test_at_a_posts_narrow_foot_the_floor_ends_there_and_not_where_the_lines_beside_it_would_meet():
    slanting = np.minimum(90 + 0.6 * COLUMNS, 198)
    floor = ~((slanting > ROWS) & (COLUMNS < 210))
    share, lines = tape.drawn(seen(floor, 12.0), floor)
    assert len(lines) == 2
    assert (share > 0.5)[202:230, 180:209].all()


def test_an_arch_on_a_clear_edge_stays_an_arch():
    wall = np.hypot(COLUMNS - 210, ROWS - 260) > 150
    share, _ = tape.drawn(seen(wall, 20.0), wall)
    assert np.abs(share - wall).sum() < 0.8 * np.pi * 150


def test_along_a_line_on_bare_wall_nothing_is_seen():
    wall = np.full(SHAPE, True)
    _, lines = tape.drawn(seen(wall, 0.0), ROWS > 120)
    assert [line.seen for line in lines] == [()]
    assert not tape.beside(lines, SHAPE).any()

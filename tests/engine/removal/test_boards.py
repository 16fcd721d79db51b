"""A floor of boards goes on behind furniture board by board: joint on joint, each end of a board its own."""

from functools import cache

import cv2
import numpy as np
import pytest

from staging.engine.removal.boards import planked
from staging.engine.removal.cover import Cover
from staging.engine.removal.sheets import sampled

PPM, SIZE, WIDE, LONG = 150.0, 420, 24.0, 180.0
ANGLE = np.deg2rad(3.0)
HIDDEN = np.zeros((SIZE, SIZE), bool)
HIDDEN[90:300, 110:330] = True


def along(column, row, angle=ANGLE):
    """Where places lie along and across boards, in pixels."""
    return column * np.cos(angle) + row * np.sin(angle), row * np.cos(angle) - column * np.sin(angle) + 400


def tone(k, n):
    """The log of the light of the n-th board of row k."""
    return 0.15 * np.sin(12.9898 * k + 78.233 * n)


def floor(column, row, angle=ANGLE):
    """The log of what a photo shows of boards with dark joints of 6 mm between their rows."""
    u, v = along(column, row, angle)
    k = np.floor(v / WIDE)
    n = np.floor((u + 67 * k) / LONG)
    off = np.abs(v / WIDE - np.round(v / WIDE)) * WIDE
    return tone(k, n) - 0.5 * np.clip(1.5 - off, 0, 1)


def cover(light, known):
    picture = np.repeat(0.4 * np.exp(np.where(known, light, 0.0))[..., None], 3, -1).astype(np.float32)
    paint = np.full((SIZE, SIZE, 3), 0.4, np.float32)
    return Cover(picture, known, paint, paint, PPM, 2.0)


def laid_on(light, hidden=HIDDEN):
    return planked(cover(light, ~hidden), ~hidden, hidden, np.ones((SIZE, SIZE), np.float32))


@cache
def boards():
    row, column = np.indices((SIZE, SIZE), np.float32)
    return laid_on(floor(column, row))


def level(laid, column, row):
    """The log of what is even over the floor at places (N,)."""
    return np.log(np.maximum(sampled(laid.local, column, row), 0.02)).mean(-1) - np.log(0.4)


def drawn(laid, column, row):
    """The log of the light (N,) of boards drawn at hidden places, without what is even over the floor."""
    source, change = laid.source(column, row)
    return floor(*source) - level(laid, *source) + change.mean(-1)


def inner():
    """Hidden places (N,), columns and rows."""
    row, column = np.nonzero(HIDDEN)
    return column.astype(np.float32), row.astype(np.float32)


def test_rows_of_boards_go_on_in_line():
    column, row = inner()
    off = np.abs(along(column, row)[1] / WIDE - np.round(along(column, row)[1] / WIDE)) * WIDE
    light = drawn(boards(), column, row)
    assert np.median(light[off < 0.4]) < np.median(light[off > 4]) - 0.25


def test_boards_are_taken_from_what_is_seen():
    column, row = (np.rint(a).astype(int) for a in boards().source(*inner())[0])
    inside = (column >= 0) & (row >= 0) & (column < SIZE) & (row < SIZE)
    assert inside.mean() > 0.98
    assert not HIDDEN[row[inside], column[inside]].any()


def test_a_board_that_goes_on_under_what_is_removed_keeps_its_tone():
    row, column = np.indices((SIZE, SIZE), np.float32)
    u, v = along(column, row)
    # One board ends 60 pixels behind the left edge of what is hidden, and is lighter than any other.
    its = (np.floor(v / WIDE) == np.floor(along(110, 200)[1] / WIDE)) & (u < along(110, 200)[0] + 60)
    laid = laid_on(floor(column, row) + 0.3 * its)
    here = its & HIDDEN & (column < 120) & (np.abs(v / WIDE % 1 - 0.5) < 0.3)
    seen = its & ~HIDDEN & (column > 96) & (np.abs(v / WIDE % 1 - 0.5) < 0.3)
    beside = (floor(column, row) + 0.3)[seen] - level(laid, column[seen], row[seen])
    assert abs(drawn(laid, column[here], row[here]).mean() - beside.mean()) < 0.06


def test_no_stub_of_a_board_is_laid():
    row, column = np.indices((SIZE, SIZE), np.float32)
    laid = laid_on(floor(column, row), np.asarray(column > 150))
    # A row at the sheet's very corner is itself no longer than that.
    within = (laid.move != 0) & (laid.lies > 2) & (laid.lies < laid.rows.count - 3)
    assert (laid.end - laid.begin)[within].min() > 0.2 * PPM


def test_boards_that_lie_just_as_the_sheet_does_go_on_to_its_end():
    row, column = np.indices((SIZE, SIZE), np.float32)
    laid = laid_on(floor(column, row, 0.0), np.asarray(column > 260))
    source = laid.source(np.full(300, SIZE - 1, np.float32), np.arange(100, 400, dtype=np.float32))[0]
    assert source[0].max() < 262


def grain():
    noise = np.random.default_rng(3).normal(0, 0.1, (SIZE, SIZE)).astype(np.float32)
    return cv2.GaussianBlur(noise, (0, 0), 1.5) * 3


def tiles():
    row, column = np.indices((SIZE, SIZE), np.float32)
    off = np.minimum(*(np.abs(a / 60 - np.round(a / 60)) * 60 for a in along(column, row)))
    return grain() - 0.5 * np.clip(1.5 - off, 0, 1)


def herringbone():
    row, column = np.indices((SIZE, SIZE), np.float32)
    x, y = (column + row) / np.sqrt(2), (row - column) / np.sqrt(2)
    other = (np.floor(column / 60) % 2) > 0
    at = np.where(other, x, y)
    return np.sin(3.1 * np.floor(at / 16)) * 0.15 - 0.4 * (np.abs(at / 16 - np.round(at / 16)) * 16 < 1)


@pytest.mark.parametrize("pattern", [grain, tiles, herringbone])
def test_what_is_no_floor_of_boards_is_not_laid_in_rows(pattern):
    assert laid_on(pattern().astype(np.float32)) is None


def test_a_floor_of_which_too_little_is_seen_is_not_laid():
    row, column = np.indices((SIZE, SIZE), np.float32)
    hidden = np.ones((SIZE, SIZE), bool)
    hidden[:, :20] = False
    assert laid_on(floor(column, row), hidden) is None

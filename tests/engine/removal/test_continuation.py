"""What goes on of fixtures behind furniture is whole and regular: one hem, one sill, panes as their neighbours' are."""

import cv2
import numpy as np
import pytest

from staging.engine.removal import continuation, fixtures
from staging.engine.removal.sheets import Sheet
from staging.engine.scene.faces import BACK

PAINT = np.array([0.62, 0.6, 0.55], np.float32)
SIZE = (220, 300)
FOOT = 204
LEAVES = np.random.default_rng(3)


def bare():
    """The sheet of a wall with nothing on it, at 80 pixels a metre."""
    return Sheet(BACK, 80.0, SIZE[1], SIZE[0], np.zeros(3), np.zeros(3), np.zeros(3)), np.broadcast_to(
        PAINT, (*SIZE, 3)
    ).astype(np.float32).copy()


def sash(picture, left, *, top=20, rail=60, sill=110, wide=80):
    """Draw a white window of two panes above each other, with leaves behind them that differ from window to window."""
    picture[top:sill, left : left + wide] = 0.95
    for high, low in ((top + 4, rail), (rail + 5, sill - 5)):
        leaves = LEAVES.uniform(0.1, 0.5, (low - high, wide - 10, 3)).astype(np.float32)
        picture[high:low, left + 5 : left + wide - 5] = cv2.GaussianBlur(leaves, (0, 0), 1.0) * (0.6, 1.0, 0.5)


def cloth(picture, left, right, hem, *, top=10):
    """Draw a curtain."""
    folds = 0.3 + 0.06 * np.sin(np.arange(left, right) * 2 * np.pi / 11).astype(np.float32)
    picture[top:hem, left:right] = folds[None, :, None] * np.array([1.1, 0.8, 0.6], np.float32)


def hiding(truth, *boxes):
    """The picture with dark furniture before it in boxes (rows, columns), and where that is."""
    hidden = np.zeros(SIZE, bool)
    for rows, columns in boxes:
        hidden[rows, columns] = True
    return np.where(hidden[..., None], np.float32([0.3, 0.1, 0.1]), truth).astype(np.float32), hidden


def drawn(sheet, truth, *boxes, unseen=None):
    """The picture with the fixtures going on behind furniture in `boxes`, where they do, and where that is."""
    picture, hidden = hiding(truth, *boxes)
    shown = ~hidden if unseen is None else ~hidden & ~unseen
    hidden &= True if unseen is None else ~unseen
    confirmed = shown & (np.abs(picture - PAINT).max(-1) < 0.01)
    surface = np.broadcast_to(PAINT, picture.shape).astype(np.float32)
    found = fixtures.found(sheet, picture, surface, confirmed, shown)
    made = continuation.continued(sheet, picture, found, shown, hidden)
    if made is None:
        return np.where(hidden[..., None], surface, picture), np.zeros(SIZE, bool), hidden
    row, column = np.nonzero(made.where)
    x, y = (values.astype(int) for values in made.places(column.astype(np.float32), row.astype(np.float32)))
    result = np.where(hidden[..., None], surface, picture)
    result[row, column] = picture[y, x] * np.exp(made.gain[row, column])[:, None]
    return result, made.where, hidden


def last_rows(where, columns):
    """The last row, of those drawn, in each of the columns."""
    return len(where) - 1 - np.argmax(where[::-1, columns], 0)


def test_a_hidden_sash_is_that_of_the_window_beside_it():
    sheet, truth = bare()
    for left in (20, 130):
        sash(truth, left)
    result, _, _ = drawn(sheet, truth, (slice(56, 200), slice(0, 90)), (slice(125, 200), slice(90, 260)))
    assert np.abs(result[61:64, 30:88] - 0.95).max() < 0.1, "the rail between the panes does not go on"
    assert result[70:100, 28:88].mean() < 0.45, "no pane under the rail"
    assert np.abs(result[106:109, 24:96] - 0.95).mean() < 0.1, "no sill"
    assert np.abs(result[112:200, 20:100] - PAINT).max() < 0.02


def test_a_curtain_behind_a_wardrobe_hangs_as_low_as_the_other():
    sheet, truth = bare()
    sash(truth, 90, wide=120)
    cloth(truth, 60, 92, 190)
    cloth(truth, 208, 240, 190)
    result, where, _ = drawn(sheet, truth, (slice(80, 210), slice(200, 290)))
    assert np.abs(last_rows(where, slice(210, 238)) - 189).max() < 3
    assert np.abs(result - truth)[82:188, 212:236].mean() < 0.1, "no cloth"


def test_both_curtains_of_a_window_end_in_one_line_when_nobody_sees_their_hems():
    sheet, truth = bare()
    sash(truth, 90, wide=120)
    cloth(truth, 60, 92, 200)
    cloth(truth, 208, 240, 200)
    _, where, _ = drawn(sheet, truth, (slice(95, 210), slice(40, 100)), (slice(150, 210), slice(190, 290)))
    left, right = last_rows(where, slice(62, 88)), last_rows(where, slice(212, 238))
    assert np.ptp(left) == np.ptp(right) == 0
    assert left[0] == right[0]
    assert left[0] >= 149


def test_the_sill_beside_curtains_stays_a_sill():
    sheet, truth = bare()
    sash(truth, 90, wide=120)
    cloth(truth, 60, 92, 190)
    result, where, _ = drawn(sheet, truth, (slice(90, 210), slice(150, 260)))
    assert np.abs(last_rows(where, slice(156, 206)) - 109).max() < 3
    assert np.abs(result[114:200, 150:250] - PAINT).max() < 0.02


def test_a_blind_goes_on_slat_by_slat_under_a_slanting_back():
    sheet, truth = bare()
    slat = np.where(np.arange(SIZE[0]) % 8 < 4, 0.95, 0.4).astype(np.float32)
    truth[20:150, 60:160] = slat[20:150, None, None]
    hidden = np.zeros(SIZE, np.uint8)
    cv2.fillPoly(hidden, [np.array([[40, 92], [180, 112], [180, 200], [40, 200]], np.int32)], 1)
    boxes = [(rows, columns) for columns in range(SIZE[1]) if (rows := np.flatnonzero(hidden[:, columns])).size]
    result, where, _ = drawn(sheet, truth, *boxes)
    assert np.ptp(last_rows(where, slice(62, 158))) == 0
    lowest = last_rows(where, slice(62, 158))[0]
    assert np.abs(result - truth)[95 : lowest - 1, 64:156].mean() < 0.02


def test_a_blind_goes_on_to_the_border_of_the_photo():
    sheet, truth = bare()
    slat = np.where(np.arange(SIZE[0]) % 8 < 4, 0.95, 0.4).astype(np.float32)
    truth[20:150, 0:110] = slat[20:150, None, None]
    row, column = np.mgrid[: SIZE[0], : SIZE[1]]
    _, where, _ = drawn(
        sheet,
        truth,
        (slice(120, 200), slice(0, 70)),
        (slice(135, 200), slice(70, 200)),
        unseen=column < 60 - row * 0.4,
    )
    assert last_rows(where, slice(60, 108))[0] == 135
    assert where[122:134, 8:69].mean() > 0.95


def test_between_what_is_seen_of_a_curtain_and_what_goes_on_there_is_no_paint():
    sheet, truth = bare()
    cloth(truth, 60, 120, 190)
    _, where, hidden = drawn(sheet, truth, (slice(160, 210), slice(40, 200)))
    assert where[159, 64:116].all()
    assert not hidden[159].any()


@pytest.mark.parametrize(("seen_to", "drawn_to"), [(34, 0), (45, 0), (56, 56)])  # pixels above the floor, 80 a metre
def test_what_is_seen_lower_than_sills_are_goes_on_to_the_floor(seen_to, drawn_to):
    sheet, truth = bare()
    cloth(truth, 60, 120, FOOT)
    _, where, _ = drawn(sheet, truth, (slice(FOOT - seen_to, 210), slice(40, 200)))
    assert np.abs(last_rows(where, slice(62, 118)) - (FOOT - drawn_to)).max() <= 1


def test_a_window_seen_to_its_sill_is_not_drawn_again_below_it():
    sheet, truth = bare()
    sash(truth, 90, wide=120)
    cloth(truth, 60, 92, 190)
    _, where, _ = drawn(sheet, truth, (slice(120, 210), slice(40, 150)))
    assert not where[:, 100:150].any()


def test_a_frame_that_ends_where_furniture_begins_gets_no_second_one():
    sheet, truth = bare()
    sash(truth, 90, wide=120)
    _, where, _ = drawn(sheet, truth, (slice(108, 200), slice(60, 150)))
    assert not where.any()

"""What a drawing shows within its walls: panes, tiles, boards, and things on the floor."""

import cv2
import numpy as np
import pytest

from staging.engine.modes.drawing.texture import grain
from staging.engine.modes.sketch import render_sketch
from tests.engine.modes.drawing.sheets import INK, house, polygon, room


def colour(picture, where):
    return picture[where].reshape(-1, 3).mean(0)


def framed(paper, x0, y0, x1, y1):
    """A pane in a frame: three lines close together."""
    for out in (0, 3, 6):
        polygon(paper, (x0 - out, y0 - out), (x1 + out, y0 - out), (x1 + out, y1 + out), (x0 - out, y1 + out))


def panelled_house():
    """The house with a framed window in its front, and with a board drawn as thinly as all others beside it."""
    paper = house()
    cv2.rectangle(paper, (300, 215), (415, 300), (252, 252, 252), -1)
    framed(paper, 370, 235, 400, 275)
    cv2.rectangle(paper, (315, 235), (345, 275), INK, 1, cv2.LINE_AA)
    return paper


def tiled_house():
    """The house with every tile of its roof drawn."""
    paper = house()
    roof = np.zeros(paper.shape[:2], np.uint8)
    cv2.fillPoly(roof, [np.array([(180, 200), (320, 90), (460, 200)], np.int32)], 1)
    tiles = paper.copy()
    for row, y in enumerate(range(96, 200, 8)):
        cv2.line(tiles, (0, y), (640, y), INK, 1)
        for x in range(row % 2 * 6, 640, 12):
            cv2.line(tiles, (x, y), (x, y + 8), INK, 1)
    return np.where(roof[..., None] > 0, tiles, paper)


def test_a_pane_in_a_frame_is_glass_and_a_board_is_wall():
    made = render_sketch(panelled_house(), style="farmhouse", space="exterior", quality="draft", seed=4).picture
    pane, board, wall = (colour(made, np.s_[242:268, x]) for x in (np.s_[376:394], np.s_[320:340], np.s_[422:434]))
    assert pane[2] > pane[0] + 10
    assert wall.mean() > pane.mean() + 40
    assert np.abs(board - wall).max() < 14


def barred_house():
    """The house with a window of two by three panes, of which only the uppermost two have a heavy frame."""
    paper = house()
    cv2.rectangle(paper, (300, 215), (435, 335), (252, 252, 252), -1)
    for x in (340, 390):
        framed(paper, x, 218, x + 30, 246)
        for y in (256, 292):
            cv2.rectangle(paper, (x, y), (x + 30, y + 30), INK, 1, cv2.LINE_AA)
    return paper


def test_panes_under_one_that_is_sure_are_of_the_same_window():
    made = render_sketch(barred_house(), style="farmhouse", space="exterior", quality="draft", seed=4).picture
    for x in (340, 390):
        for y in (224, 264, 300):
            pane = colour(made, np.s_[y : y + 14, x + 8 : x + 22])
            assert pane[2] > pane[0] + 10, (x, y)


def test_a_stone_at_the_foot_of_a_wall_is_no_window():
    paper = house()
    framed(paper, 320, 310, 336, 334)
    framed(paper, 300, 220, 325, 242)
    made = render_sketch(paper, style="farmhouse", space="exterior", quality="draft", seed=4).picture
    stone, pane = colour(made, np.s_[314:330, 323:333]), colour(made, np.s_[225:237, 305:320])
    assert pane[2] > pane[0] + 10
    assert stone[2] < stone[0] + 5


def test_a_roof_drawn_tile_by_tile_is_of_one_material():
    paper = tiled_house()
    made = render_sketch(paper, style="farmhouse", space="exterior", quality="draft", seed=4).picture
    bare = cv2.erode((paper.min(-1) > 200).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    parts = [
        made[rows, columns][bare[rows, columns]].mean(0)
        for rows, columns in (
            (np.s_[130:185], np.s_[290:350]),
            (np.s_[170:185], np.s_[230:280]),
            (np.s_[170:185], np.s_[360:410]),
        )
    ]
    assert np.ptp(parts, axis=0).max() < 22
    assert np.min(parts, axis=0)[0] >= np.max(parts, axis=0)[2]  # no glass


def test_the_grain_of_the_ground_has_no_seam():
    columns = np.linspace(-40, 40, 641, dtype=np.float32)[None].repeat(200, 0)
    rows = np.linspace(0, 25, 200, dtype=np.float32)[:, None].repeat(641, 1)
    steps = np.abs(np.diff(grain(columns, rows, np.full_like(rows, 0.05), 3), axis=1)).mean(0)
    assert steps.max() < 2.2 * np.median(steps)


@pytest.fixture(scope="module")
def tiled_floor():
    paper = room()
    cv2.rectangle(paper, (236, 258), (404, 350), (252, 252, 252), -1)
    cv2.line(paper, (200, 270), (440, 270), INK, 2, cv2.LINE_AA)
    for x in range(55, 600, 53):
        cv2.line(paper, (x, 419), (round(320 + (x - 320) * 0.375), 272), INK, 1, cv2.LINE_AA)
    return paper


def test_a_floor_whose_tiles_are_drawn_gets_no_boards_across_them(tiled_floor):
    def spread(paper):
        made = render_sketch(paper, style="modern", space="interior", room_type="living", quality="draft").picture
        bare = cv2.erode((paper.min(-1) > 200).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
        floor = np.s_[380:415, 170:470]
        return made[floor][bare[floor]].mean(-1).std()

    assert spread(tiled_floor) < 0.7 * spread(room())

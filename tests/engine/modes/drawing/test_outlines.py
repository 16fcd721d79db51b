"""Shading is no border: what a pencil hatches, tiles or dots is of one stuff up to its outline."""

import cv2
import numpy as np
import pytest

from staging.engine.errors import UnusablePhoto
from staging.engine.modes.drawing import house, outlines
from staging.engine.modes.drawing import regions as areas
from staging.engine.modes.sketch import render_sketch
from tests.engine.modes.drawing.sheets import INK, polygon, sheet

ROOF = [(150, 70), (520, 70), (560, 190), (110, 190)]
PORCH = [(180, 240), (400, 240), (440, 285), (140, 285)]
WALL = [(130, 190), (540, 190), (540, 350), (130, 350)]


def shaded_house():
    """A house seen from its eaves, whose tiles are short strokes, with a lean-to roof before the wall."""
    paper, rng = sheet(), np.random.default_rng(5)
    inside = cv2.fillPoly(np.zeros(paper.shape[:2], np.uint8), [np.array(ROOF, np.int32)], 1)
    inside = cv2.erode(inside, np.ones((9, 9), np.uint8))
    for y in range(72, 190, 5):
        for x in range(112 + int(rng.integers(6)), 556, 11):
            if inside[y, x] and inside[y, x + 7]:
                cv2.line(paper, (x, y), (x + 7, y + int(rng.integers(-1, 2))), INK, 1, cv2.LINE_AA)
    for outline in (WALL, ROOF):
        polygon(paper, *outline)
    cv2.fillPoly(paper, [np.array(PORCH, np.int32)], (252, 252, 252))
    polygon(paper, *PORCH)
    polygon(paper, (460, 230), (510, 230), (510, 290), (460, 290))
    polygon(paper, (250, 290), (300, 290), (300, 350), (250, 350))
    polygon(paper, (240, 355), (310, 355), (360, 419), (190, 419))
    return paper


def colours(paper, *where):
    """Colour of the bare spots of each place in the rendered drawing."""
    made = render_sketch(paper, style="farmhouse", space="exterior", quality="draft", seed=4).picture
    bare = cv2.erode((paper.min(-1) > 200).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return [np.median(made[y0:y1, x0:x1][bare[y0:y1, x0:x1]], axis=0) for x0, y0, x1, y1 in where]


def test_a_roof_shaded_by_short_strokes_is_of_one_stuff_and_no_wall():
    roofs = colours(shaded_house(), (160, 90, 250, 120), (300, 90, 400, 120), (420, 140, 530, 180))
    wall = colours(shaded_house(), (450, 310, 530, 340))[0]
    assert np.ptp(roofs, axis=0).max() < 25
    assert wall.mean() > np.mean(roofs) + 40


def test_a_roof_that_leans_to_both_sides_before_a_wall_is_a_roof():
    porch, wall = colours(shaded_house(), (200, 255, 380, 278), (450, 310, 530, 340))
    assert wall.mean() > porch.mean() + 40


def test_no_sky_comes_in_through_the_gaps_of_a_ridge():
    parts = np.full((400, 600), house.SKY)
    parts[150:250, 100:500] = house.ROOF
    parts[250:, :] = house.LAWN
    parts[150:190, 200:480:40] = house.SKY  # lines one pixel wide, and between two dormers enough for a ball
    parts[150:190, 300:330] = house.SKY
    found = house.without_slits(parts)
    assert (found[160:250, 200:280] == house.ROOF).all()
    assert (found[155:180, 310:320] == house.SKY).all()
    assert (found[:145] == house.SKY).all()


@pytest.mark.parametrize("faint", [False, True])
def test_strokes_that_only_shade_close_no_area(faint):
    ink = np.zeros((400, 600), np.float32)
    cv2.rectangle(ink, (100, 100), (500, 240), 1.0, 3)
    cv2.line(ink, (300, 100), (300, 240), 1.0, 3)
    for x in range(110, 290, 12):
        end = (x + 4, 237) if faint else (x + 4, 115)
        cv2.line(ink, (x, 103 if faint else 106), end, 0.45 if faint else 1.0, 3)
    bounding, found = outlines.find(ink)
    assert len(np.unique(found.labels[110:230, 112:288])) == 1
    assert found.labels[200, 200] != found.labels[200, 400]
    assert found.count < areas.find(ink).count
    assert bounding[200, 300] == 1


def test_a_faint_line_between_two_large_things_stays():
    ink = np.zeros((400, 600), np.float32)
    cv2.rectangle(ink, (100, 100), (500, 300), 1.0, 3)
    cv2.line(ink, (300, 100), (300, 300), 0.4, 3)
    _, found = outlines.find(ink)
    assert found.labels[200, 200] != found.labels[200, 400]


def test_a_house_without_walls_is_refused():
    paper = sheet()
    polygon(paper, (150, 70), (520, 70), (590, 300), (80, 300))
    polygon(paper, (130, 300), (540, 300), (540, 350), (130, 350))
    for left in (170, 270, 370, 470):
        polygon(paper, (left, 310), (left + 40, 310), (left + 40, 335), (left, 335))
    with pytest.raises(UnusablePhoto, match="Hardly any wall") as refused:
        render_sketch(paper, style="modern", space="exterior", quality="draft")
    assert refused.value.code == "walls_unclear"
